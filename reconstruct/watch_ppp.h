/* What the watchers of PPP share: which packets count, and who sent them. */
#ifndef L2TPSCOPE_WATCH_PPP_H
#define L2TPSCOPE_WATCH_PPP_H

#include "session.h"
#include "watch.h"

/* A PPP packet of a call that went over its link: neither a router's own event nor a copy by the
 * network. */
static inline bool ppp_is_real(const struct watch *w)
{
	return w->s && !w->e->is_virtual && w->delivery != DELIVERY_DUPLICATE;
}
/* The same in a capture: a log may print half of it. */
static inline bool ppp_is_wire(const struct watch *w)
{
	return ppp_is_real(w) && !w->e->origin.line;
}

/* CLIENT or LNS: who sent it. */
static inline unsigned ppp_from(const struct watch *w)
{
	return session_side(w->s, w->from) == LAC ? CLIENT : LNS;
}

/* "The client" … and "the LNS" …, in the words that the input allows: a log may be of the LAC,
 * which then stands where the LNS would. */
const char *ppp_sender(const struct watch *w);
const char *ppp_receiver(const struct watch *w);

/* "LCP", "IPCP"; never NULL. */
const char *ppp_protocol_word(uint16_t protocol);

const struct cp *ppp_cp(const struct watch *w, uint16_t protocol);

/* Seconds; −1 when one of them has no time. */
double ppp_seconds(struct moment from, struct moment to);

/* Both are whole and have the same value. */
bool option_same(const struct ppp_option *a, const struct ppp_option *b);

/* A recording that proves to miss packets of this call, or began within it, proves no absence. */
bool call_is_half_seen(const struct call *c);
/* It failed or fell: only then a breach of the protocol explains anything. */
bool call_went_wrong(const struct call *c);

#endif
