/* What leaves the replay, so that memory follows what is alive: calls and tunnels that are over
 * (over.h) and were told, and those of which only one end was heard and too many came
 * (half_open.h). Nothing finds them any more, and their arenas are given back, except of what is
 * remembered (remembered.h).
 *
 * The order, for what is over: over_part(), the stages, over_take(), the report is told,
 * over_leave(). */
#ifndef L2TPSCOPE_OVER_LEAVE_H
#define L2TPSCOPE_OVER_LEAVE_H

#include "observer.h"

/* It is not followed any more; out of all lists already. */
void over_drop_tunnel(struct observer *o, struct tunnel *t);
/* The calls of a tunnel that were given up (half_open.h) are not followed any more; how many. */
size_t over_drop_sessions(struct observer *o, struct tunnel *t);

/* Of the report's tunnels those that are over stay there, the others are the observer's again. */
void over_take(struct observer *o, struct report *r);

/* What was told leaves: nothing points to it any more. The others are together again. */
void over_leave(struct observer *o, struct report *r);

#endif
