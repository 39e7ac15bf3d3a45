/* The tunnels of an observer of which an id is not known yet: requests that nobody answered so far,
 * halves of a recording that begins late, and in a text those that the peer opened and whose own
 * id was not printed.
 *
 * Of a capture those between the same two addresses are in one list, with few others, so that
 * requests under forged addresses stand before nobody else's; who looks through a list looks at
 * LIMIT_HALF_LOOK of it. A text tells addresses late or never, and has one list, of which
 * LIMIT_UNBOUND_LOOK are looked at. Newest first. */
#ifndef L2TPSCOPE_UNBOUND_H
#define L2TPSCOPE_UNBOUND_H

#include "observer.h"

/* Where those between these two addresses begin. */
struct tunnel **unbound_between(struct observer *o, const struct address *a,
				const struct address *b);

/* Nothing is done when it is there already. */
void unbound_add(struct observer *o, struct tunnel *t);
/* One of its ends answered from another address. */
void unbound_moved(struct observer *o, struct tunnel *t);
/* Nothing is done when it is not there. */
void unbound_leave(struct observer *o, struct tunnel *t);
/* All that are like this. */
void unbound_leave_all(struct observer *o, bool (*is_leaving)(const struct live_tunnel *lt));

/* Those of a text. */
static inline struct tunnel **unbound_of_text(struct observer *o)
{
	return &o->unbound[0];
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
