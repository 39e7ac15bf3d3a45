#include "ppp_link.h"

#include "log_record.h"

static const enum role roles[2] = {ROLE_CLIENT, ROLE_LNS};
static const enum role roles_at_lac[2] = {ROLE_CLIENT, ROLE_LAC};

enum { LCP_OPTION_MRU = 1, LCP_OPTION_AUTH = 3, LCP_OPTION_MAGIC = 5 };
enum { IPCP_OPTION_ADDRESS = 3 };

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

static bool is_auth(uint16_t protocol)
{
	return protocol == PPP_PAP || protocol == PPP_CHAP || protocol == PPP_EAP;
}

static bool is_cp(uint16_t protocol)
{
	return protocol == PPP_LCP || (protocol & 0xc000) == 0x8000;
}

static void cp_begin(struct cp *cp, const struct machine *machine, uint16_t protocol, uint8_t state)
{
	cp->protocol = protocol;
	for (int i = 0; i < 2; i++)
		cp->side[i].end = (struct end){.machine = machine, .state = state};
}

void ppp_link_begin(struct ppp_link *l, bool is_fresh)
{
	uint8_t cp_state = is_fresh ? machine_cp.first : CP_STATE_UNKNOWN;
	uint8_t auth_state = is_fresh ? machine_authenticator.first : AUTH_UNKNOWN;

	cp_begin(&l->cp[CP_LCP], &machine_lcp, PPP_LCP, cp_state);
	cp_begin(&l->lac_lcp, &machine_lcp, PPP_LCP, cp_state);
	cp_begin(&l->cp[CP_IPCP], &machine_cp, PPP_IPCP, cp_state);
	cp_begin(&l->cp[CP_IPV6CP], &machine_cp, PPP_IPV6CP, cp_state);
	cp_begin(&l->cp[CP_CCP], &machine_cp, PPP_CCP, cp_state);
	cp_begin(&l->cp[CP_OTHER], &machine_cp, 0, cp_state);
	for (int i = 0; i < 2; i++) {
		l->phase[i] = (struct end){.machine = &machine_link,
					   .state = is_fresh ? machine_link.first : LINK_UNKNOWN};
		l->auth[i].authenticator =
			(struct end){.machine = &machine_authenticator, .state = auth_state};
		l->auth[i].peer =
			(struct end){.machine = &machine_authenticated, .state = auth_state};
	}
}

static void phase_step(struct context *c, struct session *s, uint8_t event, bool at_lac)
{
	/* model.h keeps the phases of client and LNS only, not those of client and LAC */
	if (at_lac)
		return;
	for (int i = 0; i < 2; i++) {
		if (c->event->is_virtual && i == CLIENT)
			continue;
		end_step(c, &s->ppp.phase[i], event, roles[i], 0, NULL, false);
	}
}

/* ---- control protocols ---- */

/* One packet of a control protocol while it is judged. */
struct cp_step {
	struct context *c;
	struct session *s;
	struct cp *cp;
	const enum role *who;
	unsigned from;
	bool at_lac;
};

static void cp_sender(struct cp_step *x, uint8_t event)
{
	if (x->c->event->is_virtual && x->from == CLIENT)
		return;
	end_step(x->c, &x->cp->side[x->from].end, event, x->who[x->from], x->cp->protocol,
		 &x->s->verdicts, false);
}

static void cp_receiver(struct cp_step *x, uint8_t event)
{
	unsigned to = 1 - x->from;

	if (x->c->event->is_virtual && to == CLIENT)
		return;
	end_step(x->c, &x->cp->side[to].end, event, x->who[to], x->cp->protocol, &x->s->verdicts,
		 false);
}

static const struct ppp_option *options_keep(struct context *c, const struct ppp_option *options,
					     size_t n)
{
	struct ppp_option *kept = n ? arena_array(c->arena, n, sizeof(*kept)) : NULL;

	if (!kept)
		return NULL;
	memcpy(kept, options, n * sizeof(*kept));
	for (size_t i = 0; i < n; i++)
		kept[i].value = keep_span(c, options[i].value);
	return kept;
}

static bool same_request(const struct cp_side *me, const struct ppp *p)
{
	return p->has_id && me->requests > 0 && me->request_id == p->id;
}

/* LCP that negotiates anew takes everything above it down (RFC 1661 4.3, tld). */
static void lcp_starts_over(struct cp_step *x)
{
	struct ppp_link *l = &x->s->ppp;

	for (size_t i = 0; i < 2; i++)
		x->cp->side[i].acked = (struct mark){0};
	if (x->at_lac || x->cp->protocol != PPP_LCP)
		return;
	l->renegotiations++;
	l->renegotiated = mark_text(x->c, "LCP Configure-Request in Opened");
	phase_step(x->c, x->s, LINK_RENEGOTIATES, x->at_lac);
	for (size_t k = CP_IPCP; k < N_CP; k++) {
		for (int i = 0; i < 2; i++) {
			struct cp_side *side = &l->cp[k].side[i];

			side->acked = (struct mark){0};
			if (side->end.state > CP_STATE_STARTING)
				end_step(x->c, &side->end, CP_EVENT_DOWN, roles[i],
					 l->cp[k].protocol, NULL, true);
		}
	}
}

static bool is_loop(const struct cp *cp, unsigned from, const struct ppp *p)
{
	const struct ppp_option *mine = option_find(p->options, p->n_options, LCP_OPTION_MAGIC);
	const struct cp_side *other = &cp->side[1 - from];
	const struct ppp_option *theirs =
		option_find(other->options, other->n_options, LCP_OPTION_MAGIC);

	return cp->protocol == PPP_LCP && mine && theirs && mine->is_whole && mine->value.len &&
	       span_equal(mine->value, theirs->value) && same_request(other, p);
}

static void take_request(struct cp_step *x)
{
	const struct ppp *p = &x->c->event->ppp;
	struct cp_side *me = &x->cp->side[x->from];

	if (x->cp->side[0].end.state == CP_STATE_OPENED ||
	    x->cp->side[1].end.state == CP_STATE_OPENED)
		lcp_starts_over(x);
	if (is_loop(x->cp, x->from, p))
		mark_first(&x->s->ppp.loopback,
			   mark_text(x->c, "the Configure-Request came back: same magic number"));
	if (same_request(me, p))
		me->request_repeats++;
	else
		me->requests++;
	me->request_id = p->id;
	me->last_request = mark_text(x->c, "Configure-Request id %u", p->id);
	mark_first(&me->first_request, me->last_request);
	me->options = options_keep(x->c, p->options, p->n_options);
	me->n_options = me->options ? p->n_options : 0;
	me->acked = (struct mark){0};
	cp_sender(x, CP_EVENT_SEND_CONFREQ);
	cp_receiver(x, CP_EVENT_RECV_CONFREQ);
}

/* The algorithm an authenticator asked for and got. */
static void auth_agreed(struct ppp_link *l, unsigned authenticator)
{
	const struct cp_side *side = &l->cp[CP_LCP].side[authenticator];
	const struct ppp_option *o = option_find(side->agreed, side->n_agreed, LCP_OPTION_AUTH);
	struct auth *auth = &l->auth[1 - authenticator];
	struct bytes b;
	uint16_t protocol;

	if (!o || o->value.len < 2)
		return;
	b = bytes_of(o->value);
	protocol = bytes_u16(&b);
	if (auth->result == RESULT_UNKNOWN || auth->protocol == 0)
		auth->protocol = protocol;
	if (protocol == PPP_CHAP && b.left)
		auth->algorithm = bytes_u8(&b);
}

static void cp_opened(struct cp_step *x)
{
	struct cp *cp = x->cp;

	if (!cp->side[0].acked.is_set || !cp->side[1].acked.is_set)
		return;
	mark_first(&cp->opened, mark_text(x->c, "acknowledged both ways"));
	cp->closed = (struct mark){0};
}

static void take_ack(struct cp_step *x)
{
	const struct ppp *p = &x->c->event->ppp;
	struct cp_side *me = &x->cp->side[x->from], *peer = &x->cp->side[1 - x->from];
	bool fits = peer->requests == 0 || !p->has_id || peer->request_id == p->id;

	me->acks++;
	cp_sender(x, CP_EVENT_SEND_CONFACK);
	/* RFC 1661 5.2: an Ack for another request is discarded; a second one for the same
	 * request is a copy of the first */
	if (!fits || peer->acked.is_set)
		return;
	peer->acked = mark_text(x->c, "Configure-Ack id %u", p->id);
	if (peer->requests && peer->n_options) {
		peer->agreed = peer->options;
		peer->n_agreed = peer->n_options;
	} else {
		peer->agreed = options_keep(x->c, p->options, p->n_options);
		peer->n_agreed = peer->agreed ? p->n_options : 0;
	}
	cp_receiver(x, CP_EVENT_RECV_CONFACK);
	if (x->cp->protocol == PPP_LCP && !x->at_lac)
		auth_agreed(&x->s->ppp, 1 - x->from);
	cp_opened(x);
}

static void take_refusal(struct cp_step *x)
{
	const struct ppp *p = &x->c->event->ppp;
	struct cp_side *me = &x->cp->side[x->from], *peer = &x->cp->side[1 - x->from];
	bool fits = peer->requests == 0 || !p->has_id || peer->request_id == p->id;

	if (p->code == CP_CONFNAK)
		me->naks++;
	else
		me->rejects++;
	me->refused = options_keep(x->c, p->options, p->n_options);
	me->n_refused = me->refused ? p->n_options : 0;
	me->refused_is_reject = p->code == CP_CONFREJ;
	me->refused_mark =
		mark_text(x->c, "%s id %u",
			  p->code == CP_CONFNAK ? "Configure-Nak" : "Configure-Reject", p->id);
	if (x->cp->protocol == PPP_LCP && option_find(p->options, p->n_options, LCP_OPTION_AUTH))
		x->s->ppp.auth_method_refused = me->refused_mark;
	cp_sender(x, CP_EVENT_SEND_CONFNAK);
	if (fits)
		cp_receiver(x, CP_EVENT_RECV_CONFNAK);
}

static void take_terminate(struct cp_step *x)
{
	const struct ppp *p = &x->c->event->ppp;
	struct cp_side *me = &x->cp->side[x->from];
	bool is_request = p->code == CP_TERMREQ;

	if (is_request) {
		mark_first(&me->terminate, mark_text(x->c, "Terminate-Request id %u", p->id));
		if (!me->terminate_text.len)
			me->terminate_text = keep(x->c, p->message);
		mark_first(&x->cp->closed, me->terminate);
	} else {
		mark_first(&me->terminate_ack, mark_text(x->c, "Terminate-Ack id %u", p->id));
	}
	cp_sender(x, is_request ? CP_EVENT_SEND_TERMREQ : CP_EVENT_SEND_TERMACK);
	cp_receiver(x, is_request ? CP_EVENT_RECV_TERMREQ : CP_EVENT_RECV_TERMACK);
	if (x->cp->protocol == PPP_LCP && is_request)
		phase_step(x->c, x->s, LINK_CLOSES, x->at_lac);
}

static void take_protocol_reject(struct cp_step *x)
{
	uint16_t rejected = x->c->event->ppp.rejected_protocol;
	struct cp_step about = *x;
	struct ppp_link *l = &x->s->ppp;

	cp_sender(x, CP_EVENT_SEND_REJECT);
	if (!is_cp(rejected) || rejected == PPP_LCP || x->at_lac)
		return;
	about.cp = &l->cp[cp_index(rejected)];
	if (about.cp->protocol == 0)
		about.cp->protocol = rejected;
	if (about.cp->protocol != rejected)
		return;
	mark_first(&about.cp->side[x->from].protocol_reject,
		   mark_text(x->c, "Protocol-Reject of %s",
			     code_name(CODE_PPP_PROTOCOL, rejected)
				     ? code_name(CODE_PPP_PROTOCOL, rejected)
				     : "an unknown protocol"));
	cp_receiver(&about, CP_EVENT_RECV_PROTREJ);
}

static void take_echo(struct cp_step *x)
{
	const struct ppp *p = &x->c->event->ppp;
	struct cp_side *me = &x->cp->side[x->from], *peer = &x->cp->side[1 - x->from];

	if (p->code == CP_ECHOREQ) {
		me->echo_requests++;
		me->echo_unanswered++;
		me->echo_last = x->c->mark;
	} else if (p->code == CP_ECHOREP) {
		me->echo_replies++;
		peer->echo_unanswered = 0;
	}
	cp_sender(x, CP_EVENT_SEND_ECHO);
	cp_receiver(x, CP_EVENT_RECV_ECHO);
}

static void take_cp(struct cp_step *x)
{
	switch (x->c->event->ppp.code) {
	case CP_CONFREQ:
		take_request(x);
		break;
	case CP_CONFACK:
		take_ack(x);
		break;
	case CP_CONFNAK:
	case CP_CONFREJ:
		take_refusal(x);
		break;
	case CP_TERMREQ:
	case CP_TERMACK:
		take_terminate(x);
		break;
	case CP_CODEREJ:
		cp_sender(x, CP_EVENT_SEND_REJECT);
		cp_receiver(x, CP_EVENT_RECV_CODEREJ);
		break;
	case CP_PROTREJ:
		take_protocol_reject(x);
		break;
	case CP_ECHOREQ:
	case CP_ECHOREP:
	case CP_DISCARD:
	case CP_IDENTIFICATION:
	case CP_TIME_REMAINING:
		take_echo(x);
		break;
	default:
		cp_receiver(x, CP_EVENT_RECV_UNKNOWN);
	}
}

/* ---- authentication ---- */

enum auth_word { AUTH_WORD_NONE, WORD_CHALLENGE, WORD_RESPONSE, WORD_SUCCESS, WORD_FAILURE };

static enum auth_word auth_word(const struct ppp *p)
{
	static const enum auth_word pap[] = {AUTH_WORD_NONE, WORD_RESPONSE, WORD_SUCCESS,
					     WORD_FAILURE};
	static const enum auth_word others[] = {AUTH_WORD_NONE, WORD_CHALLENGE, WORD_RESPONSE,
						WORD_SUCCESS, WORD_FAILURE};

	if (p->protocol == PPP_PAP)
		return p->code <= PAP_NAK ? pap[p->code] : AUTH_WORD_NONE;
	return p->code <= CHAP_FAILURE ? others[p->code] : AUTH_WORD_NONE;
}

static void auth_guess_algorithm(struct auth *a)
{
	if (a->protocol != PPP_CHAP || a->algorithm)
		return;
	if (a->response.len == 16)
		a->algorithm = CHAP_MD5;
	else if (a->response.len == 49)
		a->algorithm = a->challenge.len == 16 ? CHAP_MSV2 : CHAP_MS;
}

static void auth_challenge(struct context *c, struct auth *a, const struct ppp *p)
{
	a->authenticator_name = p->name.len ? keep(c, p->name) : a->authenticator_name;
	/* a challenge that never went out does not replace the proxy's */
	if (c->event->is_virtual)
		return;
	a->challenges++;
	a->challenge_id = p->id;
	if (p->value.len || !a->is_proxy)
		a->challenge = keep_span(c, p->value);
	a->challenged = mark_text(c, "Challenge id %u", p->id);
	mark_first(&a->first, a->challenged);
}

static void auth_response(struct context *c, struct auth *a, const struct ppp *p)
{
	a->peer_name = p->name.len ? keep(c, p->name) : a->peer_name;
	if (c->event->is_virtual) {
		a->is_proxy = true; /* the LAC got it, and passed it on */
		return;
	}
	a->responses++;
	a->response_id = p->id;
	if (p->value.len)
		a->response = keep_span(c, p->value);
	a->responded = mark_text(
		c, "%s id %u", p->protocol == PPP_PAP ? "Authenticate-Request" : "Response", p->id);
	mark_first(&a->first, a->responded);
	auth_guess_algorithm(a);
}

static void auth_decision(struct context *c, struct auth *a, const struct ppp *p, bool success)
{
	a->result = success ? RESULT_SUCCESS : RESULT_FAILURE;
	a->message = keep(c, p->message);
	a->decided = mark_text(c, success ? "Success id %u" : "Failure id %u", p->id);
	mark_first(&a->first, a->decided);
}

static void auth_machines(struct context *c, struct auth *a, unsigned authenticator,
			  const enum role *who, uint8_t event, struct verdict_note **notes)
{
	bool only_lns = c->event->is_virtual;

	if (!only_lns || authenticator == LNS)
		end_step(c, &a->authenticator, event, who[authenticator], a->protocol, notes,
			 false);
	if (!only_lns || authenticator == CLIENT)
		end_step(c, &a->peer, event, who[1 - authenticator], a->protocol, notes, false);
}

static void take_auth(struct context *c, struct session *s, unsigned from, bool at_lac)
{
	const struct ppp *p = &c->event->ppp;
	const enum role *who = at_lac ? roles_at_lac : roles;
	enum auth_word word = auth_word(p);
	/* requests and decisions come from the authenticator, responses from the other */
	unsigned authenticator = word == WORD_RESPONSE ? 1 - from : from;
	struct auth *a = &s->ppp.auth[1 - authenticator];
	static const uint8_t events[] = {0, AUTH_CHALLENGE, AUTH_RESPONSE, AUTH_SUCCESS,
					 AUTH_FAILURE};

	if (word == AUTH_WORD_NONE)
		return;
	if (a->protocol != p->protocol) {
		a->protocol = p->protocol;
		a->algorithm = 0;
		auth_agreed(&s->ppp, authenticator);
		a->protocol = p->protocol;
	}
	if (!at_lac)
		phase_step(c, s, LINK_AUTH_BEGINS, at_lac);
	if (word == WORD_CHALLENGE)
		auth_challenge(c, a, p);
	else if (word == WORD_RESPONSE)
		auth_response(c, a, p);
	else
		auth_decision(c, a, p, word == WORD_SUCCESS);
	if (authenticator == LNS && at_lac)
		a->by_lac = true;
	else if (authenticator == LNS)
		a->by_lns = true;
	auth_machines(c, a, authenticator, who, events[word], &s->verdicts);
	if (word == WORD_FAILURE && !at_lac)
		phase_step(c, s, LINK_AUTH_FAILS, at_lac);
}

/* ---- the link ---- */

static struct cp *cp_of(struct ppp_link *l, uint16_t protocol, bool at_lac)
{
	struct cp *cp = &l->cp[cp_index(protocol)];

	if (protocol == PPP_LCP && at_lac)
		return &l->lac_lcp;
	if (cp == &l->cp[CP_OTHER] && cp->protocol != protocol) {
		/* one struct for the rarer protocols: the latest one is kept */
		memset(cp, 0, sizeof(*cp));
		cp_begin(cp, &machine_cp, protocol, CP_STATE_UNKNOWN);
	}
	return cp;
}

/* `I FORCED CONFREQ`: the LNS puts the LAC's last request into its own machine. */
static void take_forced(struct context *c, struct session *s)
{
	const struct ppp *p = &c->event->ppp;
	struct cp *cp = &s->ppp.cp[CP_LCP];
	struct cp_side *lns = &cp->side[LNS];

	s->ppp.proxy_lcp = true;
	if (!lns->agreed) {
		lns->agreed = options_keep(c, p->options, p->n_options);
		lns->n_agreed = lns->agreed ? p->n_options : 0;
	}
	auth_agreed(&s->ppp, LNS);
	end_adopt(c, &lns->end, CP_STATE_REQ_SENT, ROLE_LNS, PPP_LCP, false);
	phase_step(c, s, LINK_UP, false);
}

void ppp_link_packet(struct context *c, struct session *s, unsigned from, bool at_lac)
{
	const struct ppp *p = &c->event->ppp;
	struct ppp_link *l = &s->ppp;
	bool is_lcp = p->protocol == PPP_LCP;

	if (!c->event->is_virtual) {
		l->last = c->mark;
		mark_first(&l->first, c->mark);
	}
	if (c->event->is_virtual && is_lcp) {
		take_forced(c, s);
		return;
	}
	if (is_auth(p->protocol)) {
		if (from == LNS && !at_lac && !c->event->is_virtual)
			ppp_link_takes_proxy(c, s, false);
		take_auth(c, s, from, at_lac);
		return;
	}
	if (!is_cp(p->protocol))
		return;
	if (is_lcp) {
		if (p->code == CP_CONFREQ)
			phase_step(c, s, LINK_UP, at_lac);
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
		phase_step(c, s, LINK_NETWORK_BEGINS, at_lac);
	}
	take_cp(&(struct cp_step){.c = c,
				  .s = s,
				  .cp = cp_of(l, p->protocol, at_lac),
				  .who = at_lac ? roles_at_lac : roles,
				  .from = from,
				  .at_lac = at_lac});
}

void ppp_link_takes_proxy(struct context *c, struct session *s, bool is_said)
{
	struct ppp_link *l = &s->ppp;
	struct cp *lcp = &l->cp[CP_LCP];

	if (!l->proxy_lcp || l->proxy_accepted != TRUTH_UNKNOWN)
		return;
	l->proxy_accepted = TRUTH_TRUE;
	for (int i = 0; i < 2; i++)
		end_adopt(c, &lcp->side[i].end, CP_STATE_OPENED, roles[i], PPP_LCP,
			  !is_said || i == CLIENT);
	if (!lcp->opened.is_set) {
		lcp->opened = mark_text(c, "proxy LCP accepted");
		lcp->opened.is_inferred = !is_said;
	}
	phase_step(c, s, LINK_UP, false);
	auth_agreed(l, LNS);
}

static void proxy_options(struct context *c, struct session *s, uint16_t avp, unsigned side)
{
	const struct avp *a = event_avp(c->event, avp);
	struct cp_side *cp = &s->ppp.cp[CP_LCP].side[side];
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
	cp->agreed = options;
	cp->n_agreed = n;
	mru = option_find(options, n, LCP_OPTION_MRU);
	s->ppp.proxy_mru[side] = mru && option_number(mru, &number) ? (uint16_t)number : 1500;
}

static void proxy_auth(struct context *c, struct session *s)
{
	const struct avp *type = event_avp(c->event, 29), *name = event_avp(c->event, 30);
	const struct avp *challenge = event_avp(c->event, 31), *id = event_avp(c->event, 32);
	const struct avp *response = event_avp(c->event, 33);
	static const uint16_t protocols[] = {0, 0, PPP_CHAP, PPP_PAP, 0, PPP_CHAP, 0, PPP_EAP};
	struct auth *a = &s->ppp.auth[CLIENT];
	uint64_t number;

	if (!type || !avp_number(type, &number))
		return;
	s->proxy_type = (uint8_t)number;
	if (name) {
		s->proxy_name = keep(c, avp_text(name));
		a->peer_name = s->proxy_name;
	}
	if (number >= sizeof(protocols) / sizeof(protocols[0]) || protocols[number] == 0)
		return;
	a->is_proxy = true;
	a->by_lac = true;
	a->protocol = protocols[number];
	if (number == 2)
		a->algorithm = CHAP_MD5;
	else if (number == 5)
		a->algorithm = CHAP_MS;
	if (challenge)
		a->challenge = keep_span(c, challenge->value);
	if (response)
		a->response = keep_span(c, response->value);
	if (id && avp_number(id, &number)) {
		a->challenge_id = (uint8_t)number;
		a->response_id = (uint8_t)number;
	}
	if (a->response.len) {
		mark_first(&a->responded, mark_text(c, "proxy response"));
		mark_first(&a->first, a->responded);
	}
}

void ppp_link_proxy(struct context *c, struct session *s)
{
	if (event_avp(c->event, 26))
		s->ppp.proxy_lcp = true;
	proxy_options(c, s, 27, LNS);
	proxy_options(c, s, 28, CLIENT);
	auth_agreed(&s->ppp, LNS);
	proxy_auth(c, s);
}

/* ---- what routers say ---- */

static int claimed_cp_state(struct str word)
{
	static const struct {
		const char *word;
		uint8_t state;
	} words[] = {
		{"open", CP_STATE_OPENED},
		{"opened", CP_STATE_OPENED},
		{"closed", CP_STATE_CLOSED},
		{"listen", CP_STATE_STOPPED},
		{"stopped", CP_STATE_STOPPED},
		{"initial", CP_STATE_INITIAL},
		{"not negotiated", CP_STATE_INITIAL},
		{"starting", CP_STATE_STARTING},
		{"closing", CP_STATE_CLOSING},
		{"stopping", CP_STATE_STOPPING},
		{"reqsent", CP_STATE_REQ_SENT},
		{"ackrcvd", CP_STATE_ACK_RCVD},
		{"acksent", CP_STATE_ACK_SENT},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (str_equal_nocase(word, str_of(words[i].word)))
			return words[i].state;
	}
	return -1;
}

static uint16_t said_protocol(const struct event *e)
{
	static const struct {
		const char *name;
		uint16_t protocol;
	} names[] = {{"LCP", PPP_LCP},
		     {"IPCP", PPP_IPCP},
		     {"IPV6CP", PPP_IPV6CP},
		     {"IPv6CP", PPP_IPV6CP},
		     {"CCP", PPP_CCP}};
	struct str said = said_text(e, FIELD_PROTOCOL);

	if (e->ppp.protocol)
		return e->ppp.protocol;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_is(said, names[i].name))
			return names[i].protocol;
	}
	return 0;
}

void ppp_link_said_state(struct context *c, struct session *s, unsigned at, bool at_lac)
{
	uint16_t protocol = said_protocol(c->event);
	int state = claimed_cp_state(said_text(c->event, FIELD_STATE));
	struct cp *cp;
	struct cp_side *side;

	if (!protocol || state < 0)
		return;
	cp = cp_of(&s->ppp, protocol, at_lac);
	side = &cp->side[at];
	if (state == CP_STATE_OPENED) {
		mark_first(&side->claimed_open, c->mark);
		mark_first(&cp->opened, mark_text(c, "the router says it is open"));
	}
	if (state == CP_STATE_CLOSED || state == CP_STATE_INITIAL) {
		mark_first(&side->claimed_closed, c->mark);
		mark_first(&cp->closed, c->mark);
	}
	end_adopt(c, &side->end, (uint8_t)state, at_lac ? roles_at_lac[at] : roles[at], protocol,
		  false);
}

void ppp_link_said_phase(struct context *c, struct session *s, unsigned at)
{
	static const struct {
		const char *word;
		uint8_t state;
	} phases[] = {
		{"establishing", LINK_ESTABLISH},
		{"authenticating", LINK_AUTHENTICATE},
		{"forwarding", LINK_AUTHENTICATE},
		{"forwarded", LINK_AUTHENTICATE},
		{"up", LINK_NETWORK},
		{"network", LINK_NETWORK},
		{"terminating", LINK_TERMINATE},
		{"down", LINK_DEAD},
		{"dead", LINK_DEAD},
	};
	struct str word = said_text(c->event, FIELD_PHASE);

	for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]); i++) {
		if (str_equal_nocase(word, str_of(phases[i].word)))
			end_adopt(c, &s->ppp.phase[at], phases[i].state, roles[at], 0, false);
	}
}

void ppp_link_down(struct context *c, struct session *s)
{
	struct ppp_link *l = &s->ppp;

	phase_step(c, s, LINK_DOWN, false);
	for (size_t k = 0; k < N_CP; k++) {
		for (int i = 0; i < 2; i++) {
			if (l->cp[k].side[i].end.state > CP_STATE_STARTING)
				end_step(c, &l->cp[k].side[i].end, CP_EVENT_DOWN, roles[i],
					 l->cp[k].protocol, NULL, true);
		}
		if (l->cp[k].opened.is_set)
			mark_first(&l->cp[k].closed, c->mark);
	}
}

void ppp_link_flip(struct ppp_link *l)
{
	struct end phase = l->phase[0];
	struct auth auth = l->auth[0];
	uint16_t mru = l->proxy_mru[0];

	l->phase[0] = l->phase[1];
	l->phase[1] = phase;
	l->auth[0] = l->auth[1];
	l->auth[1] = auth;
	l->proxy_mru[0] = l->proxy_mru[1];
	l->proxy_mru[1] = mru;
	for (size_t k = 0; k < N_CP; k++) {
		struct cp_side side = l->cp[k].side[0];

		l->cp[k].side[0] = l->cp[k].side[1];
		l->cp[k].side[1] = side;
	}
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
	for (int i = 0; i < 2; i++) {
		const struct cp_side *giver = &l->cp[CP_IPCP].side[i];
		const struct cp_side *asker = &l->cp[CP_IPCP].side[1 - i];
		const struct ppp_option *given =
			option_find(giver->refused, giver->n_refused, IPCP_OPTION_ADDRESS);

		if (given && !giver->refused_is_reject && !is_zero(given->value) &&
		    asker->requests > 0)
			return i;
	}
	return -1;
}
