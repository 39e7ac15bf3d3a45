#include "auth_link.h"

#include "ppp_link.h"
#include "session.h"
#include "speaker.h"

enum { LCP_OPTION_AUTH = 3 };

void auth_agreed(struct arena *arena, struct ppp_link *l, unsigned authenticator)
{
	const struct cp_side *side = &link_cp(l, CP_LCP)->side[authenticator];
	struct ppp_option o;
	struct auth *auth;
	struct bytes b;
	uint16_t protocol;

	if (!kept_find(side->agreed, LCP_OPTION_AUTH, &o) || o.value.len < 2)
		return;
	b = bytes_of(o.value);
	protocol = bytes_u16(&b);
	auth = link_auth_make(arena, l, 1 - authenticator);
	if (auth->result == RESULT_UNKNOWN || auth->protocol == 0)
		auth->protocol = protocol;
	if (protocol == PPP_CHAP && b.left)
		auth->algorithm = bytes_u8(&b);
}

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

/* The value that an EAP packet asks with or answers with: MD5-Challenge (RFC 3748 5.4), and the
 * CHAP packet of EAP-MSCHAPv2 (draft-kamath-pppext-eap-mschapv2 2). Empty for all else. */
static struct span eap_value(const struct ppp *p, uint8_t *ret_method, uint8_t *ret_id)
{
	struct bytes b = bytes_of(p->body);
	struct span value;
	uint8_t opcode;

	*ret_method = bytes_u8(&b);
	*ret_id = p->id;
	if (*ret_method == EAP_MSCHAPV2) {
		opcode = bytes_u8(&b);
		*ret_id = bytes_u8(&b);
		bytes_u16(&b);
		if (opcode != p->code) /* a success packet, and what answers it */
			return (struct span){0};
	} else if (*ret_method != EAP_MD5) {
		return (struct span){0};
	}
	value = bytes_take(&b, bytes_u8(&b));
	return bytes_ok(&b) ? value : (struct span){0};
}

/* Of several methods the last one that was answered counts. */
static void eap_take(struct context *c, struct auth *a, const struct ppp *p, bool is_response)
{
	uint8_t method, id;
	struct span value = eap_value(p, &method, &id);

	if (!value.len)
		return;
	if (!is_response) {
		a->challenge = keep_span(c, value);
		a->eap_method = method;
		a->response = (struct span){0};
		return;
	}
	a->response_id = id;
	if (a->eap_method == method)
		a->response = keep_span(c, value);
}

/* EAP-MSCHAPv2 says why before the EAP Failure, which cannot
 * (draft-kamath-pppext-eap-mschapv2 2.4; the text is that of RFC 2759 6). */
static void eap_failure_take(struct context *c, struct auth *a, const struct ppp *p)
{
	enum { FAILURE_REQUEST = 4 };
	struct bytes b = bytes_of(p->body);
	struct span rest;
	bool is_failure = bytes_u8(&b) == EAP_MSCHAPV2 && bytes_u8(&b) == FAILURE_REQUEST;

	bytes_take(&b, 3); /* id, length */
	rest = bytes_rest(&b);
	if (is_failure && bytes_ok(&b))
		a->message = keep(c, (struct str){(const char *)rest.at, rest.len});
}

/* Only before its keys are made is an alert of TLS readable (RFC 8446 6, RFC 5246 7.2): those about
 * certificates of TLS up to 1.2 are. "" for all others. */
static const char *alert_name(uint8_t description)
{
	static const struct {
		uint8_t description;
		const char *name;
	} rows[] = {
		{40, "handshake failure"},
		{42, "bad certificate"},
		{43, "unsupported certificate"},
		{44, "certificate revoked"},
		{45, "certificate expired"},
		{46, "certificate unknown"},
		{48, "unknown CA"},
		{49, "access denied"},
		{70, "protocol version"},
		{71, "insufficient security"},
		{116, "certificate required"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].description == description)
			return rows[i].name;
	return "";
}

/* EAP-TLS, TTLS, PEAP, FAST and TEAP carry records of TLS behind flags and, with L, a length
 * (RFC 5216 3.1); the EAP peer is TLS's client. */
static void eap_alert_take(struct context *c, struct auth *a, const struct ppp *p,
			   const char *whose)
{
	enum { LENGTH_INCLUDED = 0x80, ALERT = 21, FATAL = 2 };
	struct bytes b = bytes_of(p->body);
	uint8_t method = bytes_u8(&b), flags = bytes_u8(&b), description;
	bool is_tls = method == 13 || method == 21 || method == 25 || method == 43 || method == 55;
	const char *name;

	if (flags & LENGTH_INCLUDED)
		bytes_take(&b, 4);
	if (!is_tls || bytes_u8(&b) != ALERT || bytes_u16(&b) >> 8 != 3 || bytes_u16(&b) != 2 ||
	    bytes_u8(&b) != FATAL)
		return;
	description = bytes_u8(&b);
	name = alert_name(description);
	if (bytes_ok(&b) && *name)
		a->message = arena_printf(c->arena, "TLS alert of the %s: %s", whose, name);
}

/* Which method is asked for, and whether the peer will have it (RFC 3748 5.3.1). */
static void eap_type_take(struct auth *a, const struct ppp *p, bool is_response)
{
	enum { NAK = 3 };
	struct bytes b = bytes_of(p->body);
	uint8_t type = bytes_u8(&b);

	if (!bytes_ok(&b))
		return;
	if (!is_response) {
		a->eap_asked = type;
		return;
	}
	a->eap_refused = type == NAK;
	a->eap_wanted = a->eap_refused && b.left ? bytes_u8(&b) : 0;
}

static void auth_challenge(struct context *c, struct auth *a, const struct ppp *p)
{
	a->authenticator_name = p->name.len ? keep(c, p->name) : a->authenticator_name;
	/* a challenge that never went out does not replace the proxy's */
	if (c->event->is_virtual)
		return;
	a->challenges++;
	a->unanswered++;
	a->challenge_id = p->id;
	if (p->protocol == PPP_EAP) {
		eap_take(c, a, p, false);
		eap_type_take(a, p, false);
		eap_failure_take(c, a, p);
		eap_alert_take(c, a, p, "server");
	} else if (p->value.len || !a->is_proxy) {
		a->challenge = keep_span(c, p->value);
	}
	a->challenged = mark_gist(c, GIST_CHALLENGE, p->id);
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
	a->unanswered = 0;
	a->response_id = p->id;
	if (p->protocol == PPP_EAP) {
		eap_take(c, a, p, true);
		eap_type_take(a, p, true);
		eap_alert_take(c, a, p, "client");
	} else if (p->value.len)
		a->response = keep_span(c, p->value);
	a->responded =
		mark_gist(c, p->protocol == PPP_PAP ? GIST_PAP_REQUEST : GIST_RESPONSE, p->id);
	mark_first(&a->first, a->responded);
	auth_guess_algorithm(a);
}

static void auth_decision(struct context *c, struct auth *a, const struct ppp *p, bool success)
{
	a->result = success ? RESULT_SUCCESS : RESULT_FAILURE;
	if (success || p->protocol != PPP_EAP || p->message.len)
		a->message = keep(c, p->message);
	a->decided = mark_gist(c, success ? GIST_SUCCESS : GIST_FAILURE, p->id);
	mark_first(&a->first, a->decided);
}

static void auth_machines(struct context *c, struct auth *a, unsigned authenticator,
			  const enum role *who, uint8_t event, struct verdict_note **notes)
{
	bool only_lns = c->event->is_virtual;

	if (!only_lns || authenticator == LNS)
		end_step(c, &a->authenticator, event,
			 (struct end_of){who[authenticator], a->protocol, notes}, false);
	if (!only_lns || authenticator == CLIENT)
		end_step(c, &a->peer, event,
			 (struct end_of){who[1 - authenticator], a->protocol, notes}, false);
}

/* A response to no challenge, a decision on no response: the recording misses them. */
static bool answers_unseen(const struct auth *a, enum auth_word word)
{
	if (word == WORD_RESPONSE)
		return a->protocol != PPP_PAP && !a->challenges && !a->is_proxy;
	return word != WORD_CHALLENGE && !a->responses && !a->is_proxy;
}

bool auth_is_ahead(const struct ppp_link *l, unsigned from, const struct ppp *p)
{
	enum auth_word word = auth_word(p);

	return word != AUTH_WORD_NONE &&
	       answers_unseen(link_auth(l, word == WORD_RESPONSE ? from : 1 - from), word);
}

/* Refused while its console says that no AAA server answers: nobody judged the response. */
static void auth_refused_unjudged(struct context *c, struct session *s, const struct auth *a)
{
	static const int64_t soon_ns = INT64_C(5) * 1000000000;
	const struct observer *o = c->observer;
	bool is_since =
		a->responded.is_set && mark_number(&o->aaa_silent) > mark_number(&a->responded);
	struct moment silent = mark_when(&o->aaa_silent);
	/* the log begins behind the response */
	bool is_soon = !a->responded.is_set && moment_comparable(c->event->when, silent) &&
		       moment_minus(c->event->when, silent) <= soon_ns;
	struct link_rare *rare;

	if (!o->aaa_silent.is_set || (!is_since && !is_soon))
		return;
	rare = link_rare_make(c->arena, &s->ppp);
	if (!rare->aaa_silent.len)
		rare->aaa_silent = keep(c, str_of(o->aaa_silent_text));
}

void auth_take(struct context *c, struct session *s, unsigned from, bool at_lac)
{
	const struct ppp *p = &c->event->ppp;
	const enum role *who = at_lac ? ppp_roles_at_lac : ppp_roles;
	enum auth_word word = auth_word(p);
	/* requests and decisions come from the authenticator, responses from the other */
	unsigned authenticator = word == WORD_RESPONSE ? 1 - from : from;
	struct auth *a;
	static const uint8_t events[] = {0, AUTH_CHALLENGE, AUTH_RESPONSE, AUTH_SUCCESS,
					 AUTH_FAILURE};

	if (word == AUTH_WORD_NONE)
		return;
	a = link_auth_make(c->arena, &s->ppp, 1 - authenticator);
	if (a->protocol != p->protocol) {
		a->protocol = p->protocol;
		a->algorithm = 0;
		auth_agreed(c->arena, &s->ppp, authenticator);
		a->protocol = p->protocol;
	}
	if (!at_lac)
		ppp_link_phase(c, s, LINK_AUTH_BEGINS, at_lac);
	if (!c->observer->is_text && answers_unseen(a, word))
		session_note_hole(c, s);
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
	if (word == WORD_FAILURE && c->observer->is_text && authenticator == LNS)
		auth_refused_unjudged(c, s, a);
	if (word == WORD_FAILURE && !at_lac)
		ppp_link_phase(c, s, LINK_AUTH_FAILS, at_lac);
}

unsigned auth_unanswered(const struct auth *a)
{
	bool is_asked_again = a->protocol == PPP_CHAP && a->result != RESULT_UNKNOWN;

	return a->protocol == PPP_EAP || is_asked_again ? a->unanswered : 0;
}

/* As long as any end waits before it asks again (IOS: 10 s), and some more. */
static const int64_t patience_ns = INT64_C(12) * 1000000000;

bool auth_missed_answer(const struct auth *a, struct moment until)
{
	bool is_pap = a->protocol == PPP_PAP;
	const struct mark *asked = is_pap ? &a->responded : &a->challenged;

	return a->result == RESULT_UNKNOWN && !a->is_proxy && asked->is_set &&
	       (is_pap ? a->responses == 1 : a->challenges == 1 && !a->responses) &&
	       moment_minus(until, mark_when(asked)) >= patience_ns;
}

void auth_proxy(struct context *c, struct session *s)
{
	const struct avp *type = event_avp(c->event, 29), *name = event_avp(c->event, 30);
	const struct avp *challenge = event_avp(c->event, 31), *id = event_avp(c->event, 32);
	const struct avp *response = event_avp(c->event, 33);
	static const uint16_t protocols[] = {0, 0, PPP_CHAP, PPP_PAP, 0, PPP_CHAP, 0, PPP_EAP};
	struct auth *a;
	uint64_t number;

	if (!type || !avp_number(type, &number))
		return;
	s->proxy_type = (uint8_t)number;
	a = link_auth_make(c->arena, &s->ppp, CLIENT);
	if (name && avp_text(name).len) {
		s->proxy_name = keep(c, avp_text(name));
		a->peer_name = s->proxy_name;
		speaker_named(c, s);
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
