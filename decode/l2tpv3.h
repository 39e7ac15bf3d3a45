/* L2TPv3 (RFC 3931) behind its header: payload, and the authentication of control messages.
 *
 * Payload says neither how long its cookie is nor whether a sublayer follows. The control
 * messages of the session do (AVP 65, 68, 69, or Cisco's of vendor 9), and are remembered by
 * the id that the receiver assigned. Where they were not seen, the only layout is taken under
 * which a checksum or a whole header of Ethernet, PPP, HDLC, frame relay or IP is right; then
 * l2tp.is_inferred says so, and where there is none, l2tp.has_layout stays false.
 *
 * UTI (IP protocol 120) is what Cisco had before: a session id, then always 8 octets of key. */
#ifndef L2TPSCOPE_L2TPV3_H
#define L2TPSCOPE_L2TPV3_H

#include "event.h"

struct l2tpv3;

struct l2tpv3 *l2tpv3_new(void);
void l2tpv3_free(struct l2tpv3 *v);

/* Remembers what a control message with e->control tells of connection and session. Also the
 * ids that Cisco's draft AVPs assign become those of e->from, and its ACK a message. */
void l2tpv3_learn(struct l2tpv3 *v, struct event *e, struct defect_list *defects);

/* Is the message (e->packet) authenticated as its connection demands, and right? One that is
 * not complete is not judged. With no secret only what needs none is. */
void l2tpv3_authenticate(const struct l2tpv3 *v, const struct event *e, const struct span *secrets,
			 size_t n_secrets, struct defect_list *defects);
/* Would l2tpv3_authenticate use a secret? */
bool l2tpv3_has_digest(const struct event *e);
/* Does the sender authenticate its messages: a nonce, or a digest that needs a secret? */
bool l2tpv3_is_sealed(struct arena *scratch, const struct event *e);

/* Payload: `body` is what is known behind the session id, of `whole` octets. Fills e->l2tp from
 * has_layout on, and e->data. A PPP frame is left to the caller in *ret_payload. */
void l2tpv3_payload(struct l2tpv3 *v, struct span body, size_t whole, struct event *e,
		    struct defect_list *defects, struct span *ret_payload);

/* Inside decode/ only. */
void l2tpv3_values(struct arena *a, struct event *e, struct span cookie, struct span sublayer);
const struct v3_table *l2tpv3_table(const struct l2tpv3 *v);

#endif
