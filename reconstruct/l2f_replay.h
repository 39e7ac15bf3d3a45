/* The management messages of L2F, replayed (RFC 2341 4.5).
 *
 * L2TP is what became of L2F, so each message is told to the tunnel and its calls as what it is
 * in L2TP: CONF as SCCRQ and SCCRP, OPEN as SCCCN and, from the Home Gateway, L2F_CONFIRM, a
 * client's OPEN as ICRQ and ICRP, CLOSE as StopCCN and CDN. `seen` is counted so, too. There is no
 * acknowledgement: that a message has arrived shows in its answer, and a repeat is the same
 * message once more. */
#ifndef L2TPSCOPE_L2F_REPLAY_H
#define L2TPSCOPE_L2F_REPLAY_H

#include "observer.h"

/* The tunnel of a management message, found or made, and moved by it; `ret_session` its client or
 * NULL. NULL when it belongs to none. */
struct tunnel *l2f_take(struct context *c, struct session **ret_session, unsigned *ret_from);

/* Name of a message of a tunnel, as L2F or L2TP calls it; NULL unknown. */
const char *tunnel_message_name(const struct tunnel *t, uint32_t message);

#endif
