/* The stages of replay_end, each in its own file, in this order. */
#ifndef L2TPSCOPE_STAGES_H
#define L2TPSCOPE_STAGES_H

#include "replay.h"

/* correlate.c: joins the tunnels and sessions of different vantage points (`joined`), pairs
 * their steps, estimates clock offsets, fills report.views' offsets and every step's
 * aligned_ns, orders report.steps. */
void correlate(struct report *r);

/* verify_report.c: checks tunnel challenges and CHAP responses against the secrets. */
void verify_report(struct report *r, struct secrets *secrets);

/* call.c: turns every (joined) session into a numbered `struct call` and numbers the tunnels. */
void seal_calls(struct report *r);

/* legs.c: which of them are legs of one call; causes are found for each leg. */
void legs_find(struct report *r);

/* cause.c: outcome, ended_by, cause, confidence and cause_text of each call and tunnel. */
void find_causes(struct report *r);

/* legs.c: legs become one call, and the calls are numbered anew. */
void legs_join(struct report *r);

/* rule.c: rules_run. */

/* multilink_bundle.c: calls of one multilink bundle share a number. */
void bundles_find(struct report *r);
/* Its link may be one of a bundle. */
bool call_is_link(const struct call *c);

/* attempts.c: what failed before, for the same caller. */
void attempts_find(struct report *r);

#endif
