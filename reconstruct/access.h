/* The access side of a call: the PPPoE session or the line through which the caller reaches the
 * LAC, in a recording that shows the L2TP session as well. Its PPP is relayed, so a challenge or
 * both magic numbers are the same in both: one call, whose start is the caller's first packet. */
#ifndef L2TPSCOPE_ACCESS_H
#define L2TPSCOPE_ACCESS_H

#include "join.h"

/* A line that was captured; of a pppd's log nobody knows which end of the tunnel it serves. */
bool tunnel_is_access(const struct tunnel *t);

/* Joins links into the sessions that go on with their PPP. */
void access_join(struct report *r, struct redirects *moved);

/* The link through which the call came (the call's own, or its access side), or NULL. */
const struct tunnel *access_link(const struct session *s);

#endif
