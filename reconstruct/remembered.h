/* What is remembered of calls and tunnels that were told and have left (over_leave.h), because what
 * is settled later is compared with it: the latest calls and tunnels that failed, tunnels that were
 * up, and of a tunnel that goes on what the rules ask of all its calls; and the ids of calls that
 * were told just now, so that late data to them is no call of its own.
 *
 * Each has an arena, mostly a small one of its own; the oldest are given back beyond
 * LIMIT_TOLD_CALLS and LIMIT_TOLD_TUNNELS. */
#ifndef L2TPSCOPE_REMEMBERED_H
#define L2TPSCOPE_REMEMBERED_H

#include "observer.h"

/* Of a call that leaves what later ones are compared with is copied. True: its session stays. */
bool remembered_call(struct observer *o, struct session *s);
/* A tunnel that has left. */
void remembered_tunnel(struct observer *o, struct tunnel *t);

/* They join what is looked at: the calls are the report's `told_calls`, the tunnels come before the
 * observer's own. */
void remembered_recall(struct observer *o, struct report *r);
/* One of those tunnels was looked at. */
void remembered_return(struct observer *o, struct tunnel *t);

/* Of a tunnel that goes on: a call of it leaves. */
void remembered_tally(struct tunnel *t, const struct session *s);
/* Its ids, for as long as late data may come to them. */
void remembered_left(struct observer *o, const struct session *s);
/* The event goes to an id that `end` of the tunnel assigned to a call that was told just now: so
 * many nanoseconds after the last packet of that. −1: to none. */
int64_t remembered_late(const struct context *c, const struct tunnel *t, unsigned end, uint32_t id);
/* That end of the tunnel assigned an id to a call that began in the recording. */
void remembered_id(struct tunnel *t, unsigned end, uint32_t id);

#endif
