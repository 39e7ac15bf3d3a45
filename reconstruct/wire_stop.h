/* A StopCCN to Tunnel ID 0: of an end that refuses a request of which it cannot read the id, or
 * does not look for it, or that knows nothing (any more) of the tunnel that it got a message of. */
#ifndef L2TPSCOPE_WIRE_STOP_H
#define L2TPSCOPE_WIRE_STOP_H

#include "observer.h"

/* The tunnel that it is about, or NULL; `ret_from` is its sender. */
struct tunnel *wire_stop(struct context *c, unsigned *ret_from);

/* Its sender was up in this tunnel, knew the id of its peer, and counts its messages anew. */
bool wire_is_forgotten(const struct context *c, const struct tunnel *t, unsigned from);

/* The request was refused in a version that its sender does not read. */
static inline bool wire_is_refused_unread(const struct tunnel *t)
{
	return t->stopccn.is_set && t->stopccn.version && t->stopccn.version != t->version;
}

#endif
