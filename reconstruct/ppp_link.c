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

#define UNSPOKEN(protocol, machine, state)                                                         \
	{                                                                                          \
		protocol,                                                                          \
		{                                                                                  \
			{.end = {machine, state}},                                                 \
			{                                                                          \
				.end = { machine, state }                                          \
			}                                                                          \
		}                                                                                  \
	}
#define UNSPOKEN_LINK(state)                                                                       \
	{                                                                                          \
		[CP_LCP] = UNSPOKEN(PPP_LCP, &machine_lcp, state),                                 \
		[CP_IPCP] = UNSPOKEN(PPP_IPCP, &machine_cp, state),                                \
		[CP_IPV6CP] = UNSPOKEN(PPP_IPV6CP, &machine_cp, state),                            \
		[CP_CCP] = UNSPOKEN(PPP_CCP, &machine_cp, state),                                  \
		[CP_OTHER] = UNSPOKEN(0, &machine_cp, state),                                      \
		[CP_LCP_AT_LAC] = UNSPOKEN(PPP_LCP, &machine_lcp, state),                          \
	}

/* What nobody has spoken yet, on a link that was joined in mid-life and on a fresh one. */
static const struct cp unspoken[2][ALL_CP] = {
	UNSPOKEN_LINK(CP_STATE_UNKNOWN),
	UNSPOKEN_LINK(CP_STATE_INITIAL),
};

const struct cp *link_cp(const struct ppp_link *l, size_t which)
{
	return l->cp[which] ? l->cp[which] : &unspoken[l->is_fresh][which];
}

struct cp *link_cp_make(struct arena *a, struct ppp_link *l, size_t which)
{
	static struct cp spare; /* of a full arena: the replay is told to be cut short */

	if (l->cp[which])
		return l->cp[which];
	l->cp[which] = arena_alloc(a, sizeof(*l->cp[which]));
	if (!l->cp[which]) {
		spare = unspoken[l->is_fresh][which];
		return &spare;
	}
	*l->cp[which] = unspoken[l->is_fresh][which];
	return l->cp[which];
}

void ppp_link_begin(struct ppp_link *l, bool is_fresh)
{
	uint8_t auth_state = is_fresh ? machine_authenticator.first : AUTH_UNKNOWN;

	l->is_fresh = is_fresh;
	for (size_t k = 0; k < ALL_CP; k++)
		for (int i = 0; l->cp[k] && i < 2; i++)
			l->cp[k]->side[i].end = unspoken[is_fresh][k].side[i].end;
	for (int i = 0; i < 2; i++) {
		l->phase[i] = (struct end){.machine = &machine_link,
					   .state = is_fresh ? machine_link.first : LINK_UNKNOWN};
		l->auth[i].authenticator =
			(struct end){.machine = &machine_authenticator, .state = auth_state};
		l->auth[i].peer =
			(struct end){.machine = &machine_authenticated, .state = auth_state};
	}
}

void ppp_link_phase(struct context *c, struct session *s, uint8_t event, bool at_lac)
{
	/* model.h keeps the phases of client and LNS only, not those of client and LAC */
	if (at_lac)
		return;
	for (int i = 0; i < 2; i++) {
		if (c->event->is_virtual && i == CLIENT)
			continue;
		end_step(c, &s->ppp.phase[i], event, ppp_roles[i], 0, NULL, false);
	}
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
		*cp = unspoken[0][CP_OTHER];
		cp->protocol = protocol;
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
	if (!lns->agreed) {
		lns->agreed = options_keep(c, p->options, p->n_options);
		lns->n_agreed = lns->agreed ? p->n_options : 0;
	}
	auth_agreed(&s->ppp, LNS);
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
			ppp_link_phase(c, s, LINK_UP, at_lac);
		if (l->proxy_lcp && !at_lac && from == LNS && p->code == CP_CONFREQ &&
		    l->proxy_accepted != TRUTH_TRUE) {
			if (l->proxy_accepted == TRUTH_UNKNOWN) {
				l->renegotiations++;
				l->renegotiated = mark_text(c, "LCP Configure-Request of the LNS");
			}
			l->proxy_accepted = TRUTH_FALSE;
		}
	} else if (!at_lac) {
		if (from == LNS)
			ppp_link_takes_proxy(c, s, false);
		ppp_link_phase(c, s, LINK_NETWORK_BEGINS, at_lac);
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

void ppp_link_takes_proxy(struct context *c, struct session *s, bool is_said)
{
	struct ppp_link *l = &s->ppp;
	struct cp *lcp;

	if (!l->proxy_lcp || l->proxy_accepted != TRUTH_UNKNOWN)
		return;
	lcp = link_cp_make(c->arena, l, CP_LCP);
	l->proxy_accepted = TRUTH_TRUE;
	for (int i = 0; i < 2; i++)
		end_adopt(c, &lcp->side[i].end, CP_STATE_OPENED, ppp_roles[i], PPP_LCP,
			  !is_said || i == CLIENT);
	if (!lcp->opened.is_set) {
		lcp->opened = mark_text(c, "proxy LCP accepted");
		lcp->opened.is_inferred = !is_said;
	}
	ppp_link_phase(c, s, LINK_UP, false);
	auth_agreed(l, LNS);
}

static void proxy_options(struct context *c, struct session *s, uint16_t avp, unsigned side)
{
	const struct avp *a = event_avp(c->event, avp);
	struct cp_side *cp;
	struct defect_list ignored = {.arena = c->arena};
	struct ppp_option *options = NULL;
	const struct ppp_option *mru;
	uint64_t number;
	size_t n = 0;

	if (!a)
		return;
	s->ppp.proxy_lcp = true;
	if (!a->value.len)
		return;
	option_parse(c->arena, PPP_LCP, keep_span(c, a->value), 4, &options, &n, &ignored);
	cp = &link_cp_make(c->arena, &s->ppp, CP_LCP)->side[side];
	cp->agreed = options;
	cp->n_agreed = n;
	mru = option_find(options, n, LCP_OPTION_MRU);
	s->ppp.proxy_mru[side] = mru && option_number(mru, &number) ? (uint16_t)number : 1500;
}

void ppp_link_proxy(struct context *c, struct session *s)
{
	if (event_avp(c->event, 26))
		s->ppp.proxy_lcp = true;
	proxy_options(c, s, 27, LNS);
	proxy_options(c, s, 28, CLIENT);
	auth_agreed(&s->ppp, LNS);
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
				end_step(c, &cp->side[i].end, CP_EVENT_DOWN, ppp_roles[i],
					 cp->protocol, NULL, true);
		}
		if (cp->opened.is_set)
			mark_first(&cp->closed, c->mark);
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
	struct auth auth = l->auth[0];
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

int ppp_link_lns(const struct ppp_link *l)
{
	for (int i = 0; i < 2; i++) {
		if (l->auth[1 - i].first.is_set && !l->auth[i].first.is_set)
			return i;
	}
	/* who wants to know its peer before it lets it in */
	if (l->auth_method_refused.is_set)
		return l->auth_asker;
	for (int i = 0; i < 2; i++) {
		const struct cp_side *giver = &link_cp(l, CP_IPCP)->side[i];
		const struct cp_side *asker = &link_cp(l, CP_IPCP)->side[1 - i];
		const struct ppp_option *given =
			option_find(giver->refused, giver->n_refused, IPCP_OPTION_ADDRESS);

		if (given && !giver->refused_is_reject && !is_zero(given->value) &&
		    asker->requests > 0)
			return i;
	}
	return -1;
}
