/* The tunnels of an observer of which an id is not known yet, newest first: requests that nobody
 * answered so far, and in a text those that the peer opened and whose own id was not printed. */
#ifndef L2TPSCOPE_UNBOUND_H
#define L2TPSCOPE_UNBOUND_H

#include "observer.h"

/* Nothing is done when it is there already. */
static inline void unbound_add(struct observer *o, struct tunnel *t)
{
	if (live_tunnel(t)->is_unbound)
		return;
	live_tunnel(t)->is_unbound = true;
	live_tunnel(t)->next_unbound = o->unbound;
	o->unbound = t;
}

/* The one after it. */
static inline struct tunnel **unbound_after(struct tunnel **at)
{
	return &live_tunnel(*at)->next_unbound;
}

/* Takes it out: `at`, where the list points to it, then points to the one after it. */
static inline struct tunnel *unbound_take(struct tunnel **at)
{
	struct tunnel *t = *at;

	*at = live_tunnel(t)->next_unbound;
	live_tunnel(t)->next_unbound = NULL;
	live_tunnel(t)->is_unbound = false;
	return t;
}

#endif
