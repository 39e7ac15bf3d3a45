/* The PPP link of a session: every control packet moves both ends' machines and leaves its
 * facts in struct ppp_link (model_ppp.h). */
#ifndef L2TPSCOPE_PPP_LINK_H
#define L2TPSCOPE_PPP_LINK_H

#include "observer.h"

/* Gives every end its machine; `is_fresh`: the link's life is seen from its beginning. */
void ppp_link_begin(struct ppp_link *l, bool is_fresh);

/* A packet sent by end `from` (CLIENT or LNS). `at_lac`: it is spoken between the client and
 * the LAC, before the call is forwarded; then `from` LNS means the LAC. A virtual packet moves
 * the LNS's own machines only. */
void ppp_link_packet(struct context *c, struct session *s, unsigned from, bool at_lac);

/* Proxy LCP and proxy authentication of an ICCN or OCCN. */
void ppp_link_proxy(struct context *c, struct session *s);

/* Traffic, or a later protocol, of the LNS: it did not negotiate LCP, so it took the proxy's. */
void ppp_link_take_proxy(struct context *c, struct session *s, bool is_said);
static inline void ppp_link_takes_proxy(struct context *c, struct session *s, bool is_said)
{
	if (s->ppp.proxy_lcp && s->ppp.proxy_accepted == TRUTH_UNKNOWN)
		ppp_link_take_proxy(c, s, is_said);
}

/* The line under the link is gone. */
void ppp_link_down(struct context *c, struct session *s);

/* Exchanges client and LNS, when it turns out to be the other way round. */
void ppp_link_flip(struct ppp_link *l);

/* The same for its control protocols only. */
void cps_turn(struct ppp_link *l);

/* Which end PPP itself shows to be the LNS (authenticator, address giver): CLIENT, LNS or −1. */
int ppp_link_lns(const struct ppp_link *l);

/* CP_LCP … CP_OTHER of a protocol number. */
size_t cp_index(uint16_t protocol);

/* For the link's other files: the roles of its ends, a control protocol's record, a phase. */
extern const enum role ppp_roles[2], ppp_roles_at_lac[2];
struct cp *ppp_link_cp(struct arena *a, struct ppp_link *l, uint16_t protocol, bool at_lac);
void ppp_link_phase(struct context *c, struct session *s, uint8_t event, bool at_lac);

#endif
