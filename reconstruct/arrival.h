/* Whether the other end has a message: its machine waits until that is proven by an
 * acknowledgement, an answer, or by traffic (architecture.md 3). */
#ifndef L2TPSCOPE_ARRIVAL_H
#define L2TPSCOPE_ARRIVAL_H

#include "observer.h"

/* The message of `c` was sent by end `from`; not yet known to have arrived. */
void arrival_await(struct context *c, struct tunnel *t, unsigned from, struct session *s);

/* What was sent before `last` has arrived too: the channel keeps order. */
void arrival_through(struct context *c, struct tunnel *t, unsigned from,
		     const struct awaiting *last);

/* What the other end's Nr covers has arrived. */
void arrival_acknowledged(struct context *c, struct tunnel *t, unsigned from);

/* `message` of the other end answers what `from` sent, which therefore arrived. */
void arrival_answered(struct context *c, struct tunnel *t, unsigned from, const struct session *s,
		      uint16_t message);

/* A message that was not printed but must have come: an SCCCN needs an SCCRP, an ICCN an
 * ICRP. The other end's path is pulled along. */
void arrival_pull(struct context *c, struct tunnel *t, unsigned from, struct session *s);

/* What end `from` sent of this session (NULL: of the tunnel) has arrived, and nothing is known of
 * the rest: L2F keeps no order between its clients. */
void arrival_of_session(struct context *c, struct tunnel *t, unsigned from, struct session *s);

#endif
