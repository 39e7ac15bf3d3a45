/* Authentication of one end of a link by the other: PAP, CHAP, EAP and what a proxy passed on. */
#ifndef L2TPSCOPE_AUTH_LINK_H
#define L2TPSCOPE_AUTH_LINK_H

#include "observer.h"

static inline bool auth_is_protocol(uint16_t protocol)
{
	return protocol == PPP_PAP || protocol == PPP_CHAP || protocol == PPP_EAP;
}

/* A packet sent by end `from`; `at_lac` as in ppp_link_packet. */
void auth_take(struct context *c, struct session *s, unsigned from, bool at_lac);

/* A response to no challenge, a decision on no response, sent by end `from`. */
bool auth_is_ahead(const struct ppp_link *l, unsigned from, const struct ppp *p);

/* How many of the last requests had no answer: of EAP, which asks several times (RFC 3748 2), and
 * of a CHAP that asks again once it has decided (RFC 1994 2). */
unsigned auth_unanswered(const struct auth *a);

/* An end asked once, with a challenge or for PAP, and did not ask again up to then although it must
 * until it is answered (RFC 1994 4.1, RFC 1334 2.2.1): the recording misses the answer. */
bool auth_missed_answer(const struct auth *a, struct moment until);

/* The algorithm an authenticator asked for in LCP and got. */
void auth_agreed(struct arena *arena, struct ppp_link *l, unsigned authenticator);

/* Proxy authentication of an ICCN or OCCN (RFC 2661 4.4.5). */
void auth_proxy(struct context *c, struct session *s);

#endif
