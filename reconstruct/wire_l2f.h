/* Captures of L2F (RFC 2341): which tunnel and client a packet belongs to. The header names the
 * receiver's Client ID and the client's Multiplex ID, which is the same in both directions. The
 * NAS is the initiator and the LAC, the Home Gateway the responder and the LNS. */
#ifndef L2TPSCOPE_WIRE_L2F_H
#define L2TPSCOPE_WIRE_L2F_H

#include "observer.h"

/* Found or made; `ret_from` is the sending end. NULL at the limit, or when nothing names it. */
struct tunnel *wire_l2f_tunnel(struct context *c, unsigned *ret_from);

/* The client of a packet, found or made; `is_fresh`: its beginning is seen. */
struct session *wire_l2f_client(struct context *c, struct tunnel *t, unsigned from, bool is_fresh);

/* The same of payload. */
struct session *wire_l2f_session(struct context *c, unsigned *ret_from);

#endif
