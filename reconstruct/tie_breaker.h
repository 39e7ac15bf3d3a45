/* Both ends ask for a tunnel at once (RFC 2661 4.4.3): the lower Tie Breaker wins, who has one
 * wins against who has none, equal ones both lose, without any there are two tunnels. */
#ifndef L2TPSCOPE_TIE_BREAKER_H
#define L2TPSCOPE_TIE_BREAKER_H

#include "observer.h"

/* `t` is new, the event its SCCRQ. */
void tie_found(struct context *c, struct tunnel *t);

/* The SCCRQ of `t` has reached the other end: the loser drops its own request. */
void tie_decided(struct context *c, struct tunnel *t);

/* The end of a capture: the attempt that was dropped is told with the tunnel that came of
 * the other one. */
void ties_settle(struct context *c);

#endif
