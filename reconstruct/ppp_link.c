#include "ppp_link.h"

#include "auth_link.h"
#include "cp_link.h"

const enum role ppp_roles[2] = {ROLE_CLIENT, ROLE_LNS};
const enum role ppp_roles_at_lac[2] = {ROLE_CLIENT, ROLE_LAC};

enum { LCP_OPTION_MRU = 1, IPCP_OPTION_ADDRESS = 3 };

size_t cp_index(uint16_t protocol)
{
	switch (protocol) {
	case PPP_LCP:
		return CP_LCP;
	case PPP_IPCP:
		return CP_IPCP;
	case PPP_IPV6CP:
		return CP_IPV6CP;
	case PPP_CCP:
		return CP_CCP;
	default:
		return CP_OTHER;
	}
}

void ppp_link_begin(struct ppp_link *l, bool is_fresh)
{
	link_begin_parts(l, is_fresh);
	for (int i = 0; i < 2; i++)
		l->phase[i] = (struct end){.machine = MACHINE_LINK,
					   .state = is_fresh ? machine_link.first : LINK_UNKNOWN};
}

void ppp_link_phase(struct context *c, struct session *s, uint8_t event, bool at_lac)
{
	/* model_ppp.h keeps the phases of client and LNS only, not those of client and LAC */
	if (at_lac)
		return;
	for (int i = 0; i < 2; i++) {
		if (c->event->is_virtual && i == CLIENT)
			continue;
		end_step(c, &s->ppp.phase[i], event, (struct end_of){.who = ppp_roles[i]}, false);
	}
}

/* Nearly all packets of a phase come when both ends are in it, and tell nothing new of it. */
static void phase_leads_to(struct context *c, struct session *s, uint8_t phase, uint8_t event,
			   bool at_lac)
{
	if (s->ppp.phase[CLIENT].state != phase || s->ppp.phase[LNS].state != phase)
		ppp_link_phase(c, s, event, at_lac);
}

struct cp *ppp_link_cp(struct arena *a, struct ppp_link *l, uint16_t protocol, bool at_lac)
{
	size_t which = cp_index(protocol);
	struct cp *cp;

	if (which == CP_LCP && at_lac)
		which = CP_LCP_AT_LAC;
	cp = link_cp_make(a, l, which);
	if (which == CP_OTHER && cp->protocol != protocol) {
		/* one struct for the rarer protocols: the latest one is kept */
		*cp = (struct cp){.protocol = protocol};
		for (int i = 0; i < 2; i++)
			cp->side[i].end.machine = MACHINE_CP;
	}
	return cp;
}

/* `I FORCED CONFREQ`: the LNS puts the LAC's last request into its own machine. */
static void take_forced(struct context *c, struct session *s)
{
	const struct ppp *p = &c->event->ppp;
	struct cp *cp = link_cp_make(c->arena, &s->ppp, CP_LCP);
	struct cp_side *lns = &cp->side[LNS];

	s->ppp.proxy_lcp = true;
	if (!lns->agreed)
		lns->agreed = options_keep(c->arena, p->options, p->n_options);
	auth_agreed(c->arena, &s->ppp, LNS);
	end_adopt(c, &lns->end, CP_STATE_REQ_SENT, ROLE_LNS, PPP_LCP, false);
	ppp_link_phase(c, s, LINK_UP, false);
}

void ppp_link_packet(struct context *c, struct session *s, unsigned from, bool at_lac)
{
	const struct ppp *p = &c->event->ppp;
	struct ppp_link *l = &s->ppp;
	bool is_lcp = p->protocol == PPP_LCP;
	struct cp_step step;

	if (!c->event->is_virtual) {
		l->last = c->mark;
		mark_first(&l->first, c->mark);
	}
	if (c->event->is_virtual && is_lcp) {
		take_forced(c, s);
		return;
	}
	if (auth_is_protocol(p->protocol)) {
		if (from == LNS && !at_lac && !c->event->is_virtual)
			ppp_link_takes_proxy(c, s, false);
		auth_take(c, s, from, at_lac);
		return;
	}
	if (!cp_is_control(p->protocol))
		return;
	if (is_lcp) {
		if (p->code == CP_CONFREQ)
			phase_leads_to(c, s, LINK_ESTABLISH, LINK_UP, at_lac);
		if (l->proxy_lcp && !at_lac && from == LNS && p->code == CP_CONFREQ &&
		    l->proxy_accepted != TRUTH_TRUE) {
			if (l->proxy_accepted == TRUTH_UNKNOWN) {
				l->renegotiations++;
				link_rare_make(c->arena, l)->renegotiated =
					mark_text(c, "LCP Configure-Request of the LNS");
			}
			l->proxy_accepted = TRUTH_FALSE;
		}
	} else if (!at_lac) {
		if (from == LNS)
			ppp_link_takes_proxy(c, s, false);
		phase_leads_to(c, s, LINK_NETWORK, LINK_NETWORK_BEGINS, at_lac);
	}
	step = (struct cp_step){.c = c,
				.s = s,
				.cp = ppp_link_cp(c->arena, l, p->protocol, at_lac),
				.who = at_lac ? ppp_roles_at_lac : ppp_roles,
				.from = from,
				.at_lac = at_lac};
	if (c->observer->is_text)
		cp_bracket(&step);
	cp_take(&step);
}

void ppp_link_take_proxy(struct context *c, struct session *s, bool is_said)
{
	struct ppp_link *l = &s->ppp;
	struct cp *lcp = link_cp_make(c->arena, l, CP_LCP);

	l->proxy_accepted = TRUTH_TRUE;
	for (int i = 0; i < 2; i++)
		end_adopt(c, &lcp->side[i].end, CP_STATE_OPENED, ppp_roles[i], PPP_LCP,
			  !is_said || i == CLIENT);
	if (!lcp->opened.is_set) {
		lcp->opened = mark_text(c, "proxy LCP accepted");
		lcp->opened.is_inferred = !is_said;
	}
	ppp_link_phase(c, s, LINK_UP, false);
	auth_agreed(c->arena, l, LNS);
}

static void proxy_options(struct context *c, struct session *s, uint16_t avp, unsigned side)
{
	const struct avp *a = event_avp(c->event, avp);
	struct cp_side *cp;
	struct defect_list ignored = {0};
	struct ppp_option *options = NULL;
	const struct ppp_option *mru;
	uint64_t number;
	size_t n = 0;

	if (!a)
		return;
	s->ppp.proxy_lcp = true;
	if (!a->value.len)
		return;
	ignored.arena = arena_new(LIMIT_SCRATCH);
	option_parse(ignored.arena, PPP_LCP, a->value, 4, &options, &n, &ignored);
	cp = &link_cp_make(c->arena, &s->ppp, CP_LCP)->side[side];
	cp->agreed = options_keep(c->arena, options, n);
	mru = option_find(options, n, LCP_OPTION_MRU);
	s->ppp.proxy_mru[side] = mru && option_number(mru, &number) ? (uint16_t)number : 1500;
	arena_free(ignored.arena);
}

void ppp_link_proxy(struct context *c, struct session *s)
{
	if (event_avp(c->event, 26))
		s->ppp.proxy_lcp = true;
	proxy_options(c, s, 27, LNS);
	proxy_options(c, s, 28, CLIENT);
	auth_agreed(c->arena, &s->ppp, LNS);
	auth_proxy(c, s);
}

void ppp_link_down(struct context *c, struct session *s)
{
	struct ppp_link *l = &s->ppp;

	ppp_link_phase(c, s, LINK_DOWN, false);
	for (size_t k = 0; k < N_CP; k++) {
		struct cp *cp = l->cp[k];

		if (!cp)
			continue;
		for (int i = 0; i < 2; i++) {
			if (cp->side[i].end.state > CP_STATE_STARTING)
				end_step(c, &cp->side[i].end, CP_EVENT_DOWN,
					 (struct end_of){ppp_roles[i], cp->protocol, NULL}, true);
		}
		if (cp->opened.is_set)
			cp_close(c->arena, cp, c->mark);
	}
}

void cps_turn(struct ppp_link *l)
{
	for (size_t k = 0; k < N_CP; k++) {
		struct cp *cp = l->cp[k];
		struct cp_side side;

		if (!cp)
			continue;
		side = cp->side[0];
		cp->side[0] = cp->side[1];
		cp->side[1] = side;
	}
}

void ppp_link_flip(struct ppp_link *l)
{
	struct end phase = l->phase[0];
	struct auth *auth = l->auth[0];
	uint16_t mru = l->proxy_mru[0];

	l->phase[0] = l->phase[1];
	l->phase[1] = phase;
	l->auth_asker = (uint8_t)(1 - l->auth_asker);
	l->auth[0] = l->auth[1];
	l->auth[1] = auth;
	l->proxy_mru[0] = l->proxy_mru[1];
	l->proxy_mru[1] = mru;
	cps_turn(l);
}

static bool is_zero(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i])
			return false;
	}
	return true;
}

/* An address or a name server is asked for with zeros (RFC 1332 3.3, RFC 1877 1.1). */
static bool asks_to_be_told(const struct cp_side *side)
{
	static const uint8_t told[] = {1, IPCP_OPTION_ADDRESS, 129, 131};

	for (size_t i = 0; i < sizeof(told); i++) {
		struct ppp_option o;

		if (kept_find(side->options, told[i], &o) && o.value.len >= 4 && is_zero(o.value))
			return true;
	}
	return false;
}

/* It says which address its peer is to have. */
static bool gives_address(const struct cp_side *ipcp, int giver)
{
	const struct cp_refusal *r = side_refusal(&ipcp[giver]);
	struct ppp_option given;

	return kept_find(r->options, IPCP_OPTION_ADDRESS, &given) && !r->is_reject &&
	       !is_zero(given.value) && ipcp[1 - giver].requests > 0;
}

int ppp_link_lns(const struct ppp_link *l)
{
	const struct cp_side *ipcp = link_cp(l, CP_IPCP)->side;

	for (size_t i = 0; i < 2; i++) {
		if (link_auth(l, 1 - i)->first.is_set && !link_auth(l, i)->first.is_set)
			return (int)i;
	}
	/* who wants to know its peer before it lets it in */
	if (link_rare(l)->auth_method_refused.is_set)
		return l->auth_asker;
	for (int i = 0; i < 2; i++)
		if (gives_address(ipcp, i) && !gives_address(ipcp, 1 - i))
			return i;
	for (int i = 0; i < 2; i++)
		if (asks_to_be_told(&ipcp[1 - i]) && !asks_to_be_told(&ipcp[i]))
			return i;
	return -1;
}
