/* What is remembered of calls and tunnels that were told and have left (over_leave.h), because what
 * is settled later is compared with it: the latest calls and tunnels that failed, tunnels that were
 * up, and of a tunnel that goes on what the rules ask of all its calls.
 *
 * Each keeps the arena of its record; the oldest are given back beyond LIMIT_TOLD_CALLS and
 * LIMIT_TOLD_TUNNELS. */
#ifndef L2TPSCOPE_REMEMBERED_H
#define L2TPSCOPE_REMEMBERED_H

#include "observer.h"

/* Of a call that leaves: true when it is remembered. Its session stays then; of all else only what
 * the session holds. */
bool remembered_call(struct observer *o, const struct session *s);
/* A tunnel that has left. */
void remembered_tunnel(struct observer *o, struct tunnel *t);

/* They join what is looked at: the calls are the report's `told_calls`, the tunnels come before the
 * observer's own. */
void remembered_recall(struct observer *o, struct report *r);
/* One of those tunnels was looked at. */
void remembered_return(struct observer *o, struct tunnel *t);

/* Of a tunnel that goes on: a call of it leaves. */
void remembered_tally(struct tunnel *t, const struct session *s);
/* That end of the tunnel assigned an id to a call that began in the recording. */
void remembered_id(struct tunnel *t, unsigned end, uint32_t id);

#endif
