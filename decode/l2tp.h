/* L2TP itself: what stands in a UDP payload (or in IP protocol 115).
 *
 * One decoder belongs to one source. It keeps what later packets need: the host names of
 * the addresses, to choose among the tunnel secrets, and the ports on which tunnels run
 * (RFC 2661 8.1 lets both ends choose theirs). All of it is bounded by LIMIT_PEERS.
 *
 * Of L2TPv3 (l2tpv3.h) it also keeps the connections and sessions that it saw. L2F (l2f.h)
 * comes on the same port. Events tell them apart by l2tp.version. */
#ifndef L2TPSCOPE_L2TP_H
#define L2TPSCOPE_L2TP_H

#include "event.h"
#include "secrets.h"

enum { L2TP_PORT = 1701 };

struct l2tp_decoder;

/* `scratch` takes what an event points to; the caller resets it between events. `secrets` may
 * be NULL; both are borrowed. */
struct l2tp_decoder *l2tp_decoder_new(struct arena *scratch, struct secrets *secrets);
void l2tp_decoder_free(struct l2tp_decoder *d);

/* Is this certainly an L2TP control message? Strict, because it is asked of any port: flags,
 * version, Length, a known Message Type first and AVPs that end where the message does. A
 * capture may have cut it behind the Message Type. */
bool l2tp_plausible(struct span udp_payload);

/* Did one of the two ends carry L2TP on its port before, */
bool l2tp_has_learned(const struct l2tp_decoder *d, const struct party *from,
		      const struct party *to);

/* or is the port 1701? */
static inline bool l2tp_is_learned(const struct l2tp_decoder *d, const struct party *from,
				   const struct party *to)
{
	return from->port == L2TP_PORT || to->port == L2TP_PORT || l2tp_has_learned(d, from, to);
}

/* Decodes one message. `packet` is the UDP payload as far as it is known; `e` comes with
 * addresses, ports and path filled in: path.captured below path.original says that octets
 * are missing at the end, which is a FRAME_CUT and no fault of the sender.
 *
 * Fills e->kind, l2tp, control, packet, data.length and the ids of the parties. Data
 * messages are left as EVENT_DATA with the PPP part in *ret_payload (else empty). What is no
 * L2TP of any version is EVENT_OTHER with l2tp.is_present false. */
void l2tp_decode(struct l2tp_decoder *d, struct span packet, struct event *e,
		 struct defect_list *defects, struct span *ret_payload);

#endif
