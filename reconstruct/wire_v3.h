/* Captures of L2TPv3: payload, which names its session and nothing else (RFC 3931 4.1). */
#ifndef L2TPSCOPE_WIRE_V3_H
#define L2TPSCOPE_WIRE_V3_H

#include "observer.h"

/* The session of payload, found or made; `ret_from` is the sending end. Where no control
 * connection is known that it may belong to (a static tunnel, a late start), its tunnel is a
 * record with addresses and without ids. NULL at the limit. */
struct session *wire_v3_session(struct context *c, unsigned *ret_from);

/* A control connection that was there before: payload of unknown sessions between its ends is
 * its. */
void wire_v3_was_there(struct context *c, struct tunnel *t);

/* Such a record between the parties of a control message: that is its control connection. */
struct tunnel *wire_v3_unnamed(struct context *c, unsigned *ret_from);

#endif
