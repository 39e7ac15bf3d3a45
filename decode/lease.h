/* Packets that their source counts by itself: a lease (glance.h) says of which. */
#ifndef L2TPSCOPE_LEASE_H
#define L2TPSCOPE_LEASE_H

#include "glance.h"

/* Forward, but no more than glance.h allows; what goes back is a large number. */
static inline bool lease_is_step(int64_t from, int64_t to)
{
	return (uint64_t)to - (uint64_t)from <= GLANCE_STEP_S * UINT64_C(1000000000);
}

/* The next packet of a key with that much payload is counted; false: it is to be looked at.
 * `is_numbered`: it has Ns. */
static inline bool lease_count(struct glance_lease *l, struct glance_leave *leave, uint64_t frame,
			       int64_t now_ns, bool is_numbered, uint16_t ns, uint64_t length)
{
	if (!l->is_open || (is_numbered && ns != l->ns) || now_ns >= leave->until_ns ||
	    !lease_is_step(leave->latest_ns, now_ns) || !lease_is_step(*l->heard_ns, now_ns))
		return false;
	l->n++;
	l->octets += length;
	l->ns = (uint16_t)(ns + 1);
	l->frame = frame;
	l->number = ++leave->number;
	l->when.ns = *l->heard_ns = leave->latest_ns = now_ns;
	return true;
}

#endif
