/* Failed and dropped calls that have one cause, across the run: what cost most comes first.
 * Tunnel attempts that led to no call count as calls that never were, in groups of their own. */
#ifndef L2TPSCOPE_CAUSE_GROUP_H
#define L2TPSCOPE_CAUSE_GROUP_H

#include "run.h"

enum { GROUP_NUMBERS = 12 };

struct cause_group {
	const char *cause;        /* slug of contract.md §4 */
	const char *tunnel_cause; /* of tunnel-lost: that of the tunnels; else NULL */
	bool of_tunnels;          /* attempts without a call */
	size_t n;
	/* Of the first: its sentence and its ends. */
	struct str text;
	struct call_side side[2];
	uint64_t numbers[GROUP_NUMBERS];
	/* What all of them share: an end's words, the same user; empty when they differ. */
	struct str lac, lns, user;
};

struct cause_groups {
	struct cause_group *at; /* free() */
	size_t n;
	size_t failed; /* calls that failed or dropped */
	size_t bad;    /* with tunnel attempts that led to no call */
	size_t calls;  /* that are shown at all */
};

/* Of the calls and tunnels that --call, --tunnel and --where let through. Strings live as long
 * as the run. */
struct cause_groups cause_groups_of(struct run *r);
/* The same bit by bit: each call of the report in its order, its tunnels, and so on with what is
 * told later; then the rest. */
struct cause_groups cause_groups_new(void);
void cause_groups_take(struct run *r, struct cause_groups *all, const struct call *c);
void cause_groups_take_tunnels(struct run *r, struct cause_groups *all);
/* It failed and never had a call. */
bool cause_group_is_attempt(struct run *r, const struct tunnel *t);
void cause_groups_end(struct cause_groups *all);

/* Why the tunnel fell that a call fell with; NULL for any other call. */
const char *cause_group_of_tunnel(const struct call *c);
/* What to do about it: of tunnel-lost, what the tunnels' own cause asks for. */
struct str cause_group_advice(const struct cause_group *g);
/* "312 of 340 failed calls: auth-rejected; all to LNS lns1 (192.0.2.7)". */
void cause_group_words(struct text *t, const struct cause_groups *all, const struct cause_group *g,
		       bool show_secrets);
void cause_groups_print(struct run *r, const struct cause_groups *all);
void cause_groups_json(struct run *r, const struct cause_groups *all);

#endif
