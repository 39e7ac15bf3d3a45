/* Captures: which tunnel and session a packet belongs to. */
#ifndef L2TPSCOPE_WIRE_H
#define L2TPSCOPE_WIRE_H

#include "observer.h"

/* Only a look, before the event is taken: the tunnel that its header names; the session of payload
 * of RFC 2661. `ret_end` is the end that the packet goes to. NULL: not there. */
struct tunnel *wire_look(struct context *c, unsigned *ret_end);
struct session *wire_look_session(struct context *c, unsigned *ret_end);

/* The tunnel of a control message, found or made; `ret_from` is the sending end. NULL at the
 * limit, or when it cannot be one (L2F). */
struct tunnel *wire_tunnel(struct context *c, unsigned *ret_from);

/* Tunnel and session of payload. */
struct session *wire_session(struct context *c, unsigned *ret_from);

/* The tunnel an ICMP error speaks of, or NULL. */
struct tunnel *wire_quoted(struct context *c);

/* A new tunnel's ends are where the packet of end `from` shows them. */
void wire_place(struct tunnel *t, const struct event *e, unsigned from);

#endif
