/* An answer that a capture has ahead of what it answers.
 *
 * What is captured on several queues or interfaces is written as they are emptied: packets of
 * opposite directions may stand in the wrong order, less than a millisecond apart. Nobody answers
 * what was not asked: the answer waits for the request, and what was captured after it waits too.
 * When none comes at once, the recording misses it, and all goes on as it was captured. */
#ifndef L2TPSCOPE_REORDER_H
#define L2TPSCOPE_REORDER_H

#include "observer.h"

typedef void reorder_feed(struct replay *r, struct observer *o, const struct event *e);

/* True: the event of `c` was fed, or waits. False: nothing waits, and it is to be fed as it is. */
bool reorder_take(struct replay *r, struct context *c,
		  reorder_feed *feed); /* The end of the input: what waits goes on. */
void reorder_end(struct replay *r, struct observer *o, reorder_feed *feed);

static inline bool reorder_waits(const struct observer *o)
{
	return o->n_ahead > 0;
}

#endif
