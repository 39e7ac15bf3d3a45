/* How well a tunnel fits a packet that names an id of it.
 *
 * Equal ids are common: every client behind a NAT calls its tunnel 1, and ids are used again.
 * First the place decides (path, addresses, ports), then whether the packet goes on with what was
 * seen: its Ns and Nr, the ids it names, the call it belongs to. Who sends from a new address is
 * believed only when all of that goes on (RFC 2661 8.1 forbids it, a NAT does it). */
#ifndef L2TPSCOPE_FIT_H
#define L2TPSCOPE_FIT_H

#include "observer.h"
#include "registry.h"

/* 0: not at all. `end` assigned the id that `look` tells of. `is_alone`: it has no rival, how well
 * it fits does not matter. */
unsigned tunnel_fit(const struct tunnel *t, unsigned end, const struct event *e, enum look look,
		    bool is_alone);

/* A label-switched path and a GRE key hold for one direction; the other one has its own. */
static inline bool lane_fits(const struct live_tunnel *lt, unsigned sender, const struct path *path)
{
	const struct lane *lane = &lt->lane[sender];

	return !lane->is_known || (lane->label == path->label && lane->gre_key == path->gre_key);
}

/* What an SCCRQ asks, to tell its repeat from a new one. */
uint64_t request_print(const struct event *e);

/* The Assigned Tunnel ID (AVP 9, in L2TPv3 61) of a message, 0 unknown. */
uint32_t assigned_tunnel(const struct event *e);

#endif
