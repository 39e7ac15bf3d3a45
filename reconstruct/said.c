#include "said.h"

#include "cause.h"
#include "ios_events.h"
#include "link.h"
#include "log_record.h"
#include "operator.h"
#include "ppp_link.h"
#include "registry.h"
#include "session.h"
#include "speaker.h"
#include "tunnel.h"

static struct str value(const struct context *c, enum log_field field)
{
	return said_text(c->event, (uint16_t)field);
}

static bool value_is(const struct context *c, enum log_field field, const char *word)
{
	return str_equal_nocase(value(c, field), str_of(word));
}

static void fact(struct context *c, enum log_field field, struct str *ret)
{
	if (value(c, field).len && !ret->len)
		*ret = keep(c, value(c, field));
}

/* ---- tunnel ---- */

static void tunnel_new_said(struct context *c, struct tunnel *t)
{
	struct peer *peer = &t->peer[1 - live_tunnel(t)->local];
	struct address address;

	if (!peer->address.family && address_parse(value(c, FIELD_ADDRESS), &address))
		peer->address = address;
	fact(c, FIELD_NAME, &peer->name);
}

/* No entry of this end lets a host of that name in. */
static bool says_stranger(struct str result)
{
	return str_starts(result, "Could not find vpdn group") ||
	       str_starts(result, "No vpdn-group") || str_is(result, "Never heard of");
}

/* The peer was challenged, and went on without proving anything. */
static bool says_no_response(struct str result)
{
	return str_starts(result, "Expected but missing") ||
	       str_starts(result, "No response to challenge");
}

static void tunnel_auth_said(struct context *c, struct tunnel *t)
{
	unsigned local = live_tunnel(t)->local;
	struct str result = value(c, FIELD_RESULT);

	if (!result.len)
		result = value(c, FIELD_STATUS);
	if (says_stranger(result)) {
		if (local == RESPONDER) /* else it is of a tunnel that was not printed */
			mark_first(&t->claimed_stranger[local], c->mark);
		return;
	}
	t->auth_used = true; /* `Got a challenge in SCCRQ`: no more than that */
	if (str_starts(result, "succ"))
		mark_first(&t->claimed_auth[local], c->mark);
	else if (str_starts(result, "fail") || str_is(result, "Bad"))
		mark_first(&t->claimed_auth_failed[local], c->mark);
	else if (says_no_response(result))
		mark_first(&t->claimed_no_secret[1 - local], c->mark);
	else if (str_is(result, "missing"))
		mark_first(&t->claimed_no_secret[value_is(c, FIELD_BY, "peer") ? 1 - local : local],
			   c->mark);
}

/* A row of `show vpdn`. */
static void table_said(struct context *c, struct tunnel *t)
{
	struct peer *peer = &t->peer[1 - live_tunnel(t)->local];
	struct address address;
	uint32_t port;

	if (!peer->address.family && address_parse(value(c, FIELD_ADDRESS), &address))
		peer->address = address;
	if (!peer->port && str_u32(value(c, FIELD_PORT), &port) && port <= UINT16_MAX)
		peer->port = (uint16_t)port;
	fact(c, FIELD_NAME, &peer->name);
}

/* The last message this console's end sent that nothing answers, or one that was not printed. */
static uint16_t given_up_on(const struct tunnel *t, unsigned local)
{
	if (!t->established[local].is_set && !t->was_there)
		return local == INITIATOR ? SCCRQ : SCCRP;
	return HELLO;
}

/* RFC 2661 5.8: at least five tries before the tunnel is given up. */
enum { GIVEN_UP_COPIES = 5 };

/* `O Resend SCCRQ`: one more copy of what this console has sent. */
static void copy_said(struct context *c, struct tunnel *t)
{
	uint16_t message = message_of(value(c, FIELD_MESSAGE));
	const struct seen *seen = seen_of(t->seen, message);

	if (seen->count && seen->from == live_tunnel(t)->local)
		seen_repeat(c->arena, &t->seen, message, c->mark);
}

/* A message of the peer came again although it was answered. Its first one has the Ns 0. */
static void peer_copy_said(struct context *c, struct tunnel *t)
{
	uint16_t message = live_tunnel(t)->local == INITIATOR ? SCCRP : SCCRQ;

	if (value_is(c, FIELD_NS, "0") && seen_of(t->seen, message)->count)
		seen_repeat(c->arena, &t->seen, message, c->mark);
}

/* `Maximum retries exceeded`: what was outstanding was never acknowledged. */
static void retransmit_said(struct context *c, struct tunnel *t)
{
	unsigned local = live_tunnel(t)->local;
	uint16_t message = given_up_on(t, local);
	const struct seen *seen = seen_of(t->seen, message);

	t->counters.retransmissions++;
	if (value_is(c, FIELD_BY, "peer")) {
		peer_copy_said(c, t);
		return;
	}
	copy_said(c, t);
	if (!value_is(c, FIELD_RESULT, "exhausted") || t->unanswered.is_set)
		return;
	t->unanswered = (struct unanswered){.is_set = true,
					    .from = (uint8_t)local,
					    .message = message,
					    .copies = GIVEN_UP_COPIES,
					    .is_given_up = true,
					    .first = seen->first.is_set ? seen->first : c->mark,
					    .last = c->mark};
}

/* What is printed beside a StopCCN or CDN whose attributes are not. */
static void result_said(struct context *c, struct ending *ending)
{
	uint32_t number;

	if (!ending->is_set)
		return;
	if (str_u32(value(c, FIELD_CODE), &number) && number <= UINT16_MAX) {
		if (ending->result < 0 && value_is(c, FIELD_ATTRIBUTE, "Result Code"))
			ending->result = (int)number;
		if (ending->error < 0 && value_is(c, FIELD_ATTRIBUTE, "Error Code"))
			ending->error = (int)number;
	}
	if (ending->result < 0 && str_u32(value(c, FIELD_RESULT), &number) && number <= UINT16_MAX)
		ending->result = (int)number;
	if (ending->error < 0 && str_u32(value(c, FIELD_ERROR), &number) && number <= UINT16_MAX)
		ending->error = (int)number;
	if (!ending->text.len)
		ending->text = keep(c, value(c, FIELD_TEXT));
}

/* Where both ends are, as far as the record or the daemon's lines before it tell. */
static void parties_said(struct context *c, struct tunnel *t)
{
	const struct party *parties[2] = {&c->event->from, &c->event->to};

	for (unsigned i = 0; i < 2; i++) {
		unsigned local = live_tunnel(t)->local;
		struct peer *p = &t->peer[i == 0 ? local : 1 - local];

		if (!p->address.family)
			p->address = parties[i]->address;
		if (!p->port)
			p->port = parties[i]->port;
		if (!p->dialed.len)
			p->dialed = keep(c, parties[i]->dialed);
		if (i == 1)
			tunnel_learn_id(c, t, 1 - local, parties[i]->tunnel_id);
	}
}

static void tunnel_said(struct context *c, struct tunnel *t)
{
	t->last = c->mark;
	parties_said(c, t);
	switch (c->event->said.topic) {
	case SAID_TUNNEL_STATE:
		tunnel_said_state(c, t);
		break;
	case SAID_TUNNEL_NEW:
		tunnel_new_said(c, t);
		break;
	case SAID_TUNNEL_AUTH:
		tunnel_auth_said(c, t);
		break;
	case SAID_TABLE:
		table_said(c, t);
		break;
	case SAID_RETRANSMIT:
		retransmit_said(c, t);
		break;
	case SAID_COMMAND:
		if (value_is(c, FIELD_ACTION, "stop") && !t->stopped.is_set) {
			t->stopped = c->mark;
			t->stopped_at = live_tunnel(t)->local;
		}
		break;
	case SAID_RESULT:
		if (!c->event->from.session_id)
			result_said(c, &t->stopccn);
		break;
	default:
		break;
	}
}

/* ---- session ---- */

/* The ends of a tunnel changed places: its calls are found by the ids of the other end. */
static void sessions_found_again(struct context *c, const struct tunnel *t)
{
	for (struct session *s = t->sessions; s; s = s->next) {
		for (unsigned end = 0; end < 2; end++) {
			uint32_t id = s->id[session_side(s, end)];

			if (id)
				registry_add_session(c->observer->registry, s, end, id);
		}
	}
}

/* The daemon that started a server's pppd for the call is its LNS. */
static void session_is_lns(struct session *s, struct context *c, unsigned local)
{
	bool is_turned = false;

	if (s->roles_known || !value(c, FIELD_SERVICE).len)
		return;
	/* who opened the tunnel is not known either; mostly it is the LAC */
	if (!s->tunnel->roles_known && !live_tunnel(s->tunnel)->is_turned &&
	    (local == INITIATOR) == value_is(c, FIELD_SERVICE, "LNS")) {
		tunnel_flip(s->tunnel);
		local = live_tunnel(s->tunnel)->local;
		is_turned = true;
	}
	if ((session_side(s, local) == LNS) != value_is(c, FIELD_SERVICE, "LNS"))
		session_flip(s);
	s->roles_known = true;
	live_tunnel(s->tunnel)->is_turned = true; /* once: the next call does not know better */
	if (is_turned)
		sessions_found_again(c, s->tunnel);
}

static void session_new_said(struct session *s, struct context *c)
{
	unsigned local = live_tunnel(s->tunnel)->local;

	if (value_is(c, FIELD_PROTOCOL, "PPP")) /* it speaks, and no packet is printed */
		mark_first(&s->ppp.first, c->mark);
	session_is_lns(s, c, local);
	local = live_tunnel(s->tunnel)->local;
	if (value_is(c, FIELD_DIRECTION, "dialin")) {
		session_direction(s, INCOMING);
	} else if (value_is(c, FIELD_DIRECTION, "dialout")) {
		session_direction(s, OUTGOING);
		/* a console that creates a dial-out session by itself is the LNS */
		if (!s->roles_known && session_side(s, local) != LNS)
			session_flip(s);
	}
}

static void lookup_said(struct context *c, struct session *s)
{
	struct str domain = value(c, FIELD_DOMAIN);

	if (!domain.len)
		domain = value(c, FIELD_NUMBER);
	if (str_starts(domain, "dnis:"))
		domain = str_from(domain, 5);
	else if (!value(c, FIELD_NUMBER).len)
		return;
	if (!s->called.len)
		s->called = keep(c, domain);
}

static void isdn_said(struct context *c, struct session *s, bool is_connect)
{
	struct session_told *told = session_told_make(c->arena, s);

	mark_first(is_connect ? &told->isdn_connect : &told->isdn_disconnect, c->mark);
	fact(c, FIELD_NUMBER, &told->isdn_number);
	fact(c, FIELD_USER, &told->isdn_user);
}

/* Of several addresses the one that is said last is tried last. */
static void tunnel_info_said(struct context *c, struct session *s)
{
	struct address address;

	if (address_parse(value(c, FIELD_ADDRESS), &address))
		session_told_make(c->arena, s)->said_lns = address;
	if (value_is(c, FIELD_ATTRIBUTE, "LAC"))
		fact(c, FIELD_NAME, &session_told_make(c->arena, s)->said_lac_name);
}

static void route_said(struct context *c, struct session *s)
{
	bool removes = value_is(c, FIELD_ACTION, "remove");
	struct session_told *told = session_told_make(c->arena, s);

	mark_first(removes ? &told->route_removed : &told->route_installed, c->mark);
	fact(c, FIELD_ADDRESS, &told->said_address);
}

/* `Phase is DOWN, Setup` stands at the beginning of a virtual interface's life too. */
static bool was_used(const struct session *s, bool at_lac)
{
	return s->ppp.first.is_set || session_cdn(s)->is_set || link_rare(&s->ppp)->told.is_set ||
	       s->ppp.phase[LNS].state > LINK_DEAD || session_told(s)->was_up ||
	       (at_lac && s->established[LAC].is_set);
}

static void link_down(struct context *c, struct session *s, bool at_lac)
{
	if (!was_used(s, at_lac))
		return;
	mark_first(&session_told_make(c->arena, s)->link_down, c->mark);
	if (at_lac && s->tunnel)
		session_step(c, s, live_tunnel(s->tunnel)->local, SESSION_LINE_DROPS);
	else if (!at_lac)
		ppp_link_down(c, s);
	speaker_unbind(c, s);
}

static void line_said(struct context *c, struct session *s, bool at_lac)
{
	bool is_protocol = value_is(c, FIELD_LAYER, "protocol");

	if (value_is(c, FIELD_STATUS, "down") && !is_protocol)
		link_down(c, s, at_lac);
	if (value_is(c, FIELD_STATUS, "up") && is_protocol)
		mark_first(&session_told_make(c->arena, s)->line_up,
			   mark_text(c, "line protocol up"));
}

static void phase_said(struct context *c, struct session *s, unsigned at, bool at_lac)
{
	if (!at_lac)
		ppp_link_said_phase(c, s, at);
	if (at_lac &&
	    (value_is(c, FIELD_PHASE, "forwarding") || value_is(c, FIELD_PHASE, "forwarded")))
		live_session(s)->is_forwarded = true;
	if (value_is(c, FIELD_PHASE, "down"))
		link_down(c, s, at_lac);
}

/* Of the pppd itself, and of the daemon that started it. */
static void pppd_said(struct context *c, struct session *s)
{
	struct str pid = value(c, FIELD_REQUEST), line = value(c, FIELD_VALUE);

	if (pid.len && line.len && !session_told(s)->pppd.len)
		session_told_make(c->arena, s)->pppd =
			arena_printf(c->arena, "%.*s %.*s", STR_ARG(pid), STR_ARG(line));
}

/* Its daemon waited for it. */
static void exit_said(struct context *c, struct session *s, unsigned at)
{
	struct session_told *told;
	uint32_t status;

	if (!str_u32(value(c, FIELD_CODE), &status) || !status || status > UINT8_MAX ||
	    session_told(s)->exited.is_set)
		return;
	told = session_told_make(c->arena, s);
	told->exited = c->mark;
	told->exit_status = (uint8_t)status;
	told->exited_at = (uint8_t)at;
	/* a timer ends only what was up; 14 is a callback, before IPCP */
	told->was_up |= status == 12 || status == 13;
}

/* `Received bad configure-ack`: LCP was spoken, even if nothing else of it was printed. */
static void bad_answer_said(struct context *c, struct session *s)
{
	struct link_rare *rare;

	if (!value_is(c, FIELD_RESULT, "ack") && !value_is(c, FIELD_RESULT, "nak/rej"))
		return;
	mark_first(&s->ppp.first, c->mark);
	s->ppp.last = c->mark;
	rare = link_rare_make(c->arena, &s->ppp);
	mark_first(&rare->bad_answer, c->mark);
	rare->bad_answers++;
}

static void usage_said(struct context *c, struct session *s, unsigned at)
{
	struct session_told *told = session_told_make(c->arena, s);
	uint64_t seconds, sent, received;

	if (str_u64(value(c, FIELD_SECONDS), &seconds))
		told->counted_s = (double)seconds;
	if (!str_u64(value(c, FIELD_COUNT), &sent) ||
	    !str_u64(value(c, FIELD_VALUE_DECIMAL), &received))
		return;
	told->counted = c->mark;
	told->counted_bytes[at == CLIENT ? 0 : 1] = sent;
	told->counted_bytes[at == CLIENT ? 1 : 0] = received;
}

/* Somebody stops the daemon that runs the call. */
static void stop_said(struct context *c, struct session *s)
{
	if (s->tunnel && value_is(c, FIELD_ACTION, "stop"))
		link_clear(c, s, live_tunnel(s->tunnel)->local, "the stop of its daemon",
			   "admin-clear", (struct str){0});
}

/* An end hung up: no packet of that was printed. */
static void hangup_said(struct context *c, struct session *s)
{
	bool by_peer = value_is(c, FIELD_BY, "peer");
	unsigned local;

	if (!s->tunnel || (!by_peer && !value_is(c, FIELD_BY, "this-end")))
		return;
	local = live_tunnel(s->tunnel)->local;
	link_clear(c, s, by_peer ? 1 - local : local,
		   value_is(c, FIELD_PROTOCOL, "LCP") ? "an LCP Terminate-Request" : "a hangup",
		   NULL, value(c, FIELD_REASON));
}

/* `LCP terminated by peer (User request)`, `Terminating connection due to lack of activity.`: why a
 * pppd goes without its packets. One that is stopped from outside says nothing of the cause. */
static void termination_said(struct context *c, struct session *s)
{
	if (!value_is(c, FIELD_PHASE, "terminating"))
		return;
	if (value_is(c, FIELD_BY, "peer") || cause_of_phrase(value(c, FIELD_REASON)))
		hangup_said(c, s);
	else if (value(c, FIELD_REASON).len && !link_rare(&s->ppp)->disconnect_reason.len)
		fact(c, FIELD_REASON, &link_rare_make(c->arena, &s->ppp)->disconnect_reason);
}

static bool says_aaa_silent(struct str reason)
{
	const char *cause = cause_of_phrase(reason);

	return cause && strcmp(cause, "aaa-unreachable") == 0;
}

/* A daemon says what became of the authentication, and whose it was: `by` is who judged it. Its
 * packets, where it prints them, said so before. */
static void auth_judged_said(struct context *c, struct session *s, unsigned at)
{
	bool by_peer = value_is(c, FIELD_BY, "peer");
	bool failed = value_is(c, FIELD_RESULT, "failed");
	unsigned judged = by_peer ? at : 1 - at;
	const struct code_row *protocol = code_by_name(CODE_PPP_PROTOCOL, value(c, FIELD_PROTOCOL));
	struct auth *a;

	/* another server, or the local list, answered after all */
	if ((value_is(c, FIELD_RESULT, "PASS") || value_is(c, FIELD_RESULT, "FAIL")) &&
	    says_aaa_silent(link_rare(&s->ppp)->disconnect_reason))
		link_rare_make(c->arena, &s->ppp)->disconnect_reason = (struct str){0};
	/* `Received LOGIN Response ERROR`: the AAA server's, not the password's */
	if (value_is(c, FIELD_RESULT, "ERROR") && !link_rare(&s->ppp)->disconnect_reason.len &&
	    cause_of_phrase(c->event->text))
		link_rare_make(c->arena, &s->ppp)->disconnect_reason = keep(c, c->event->text);
	if ((!failed && !value_is(c, FIELD_RESULT, "succeeded")) ||
	    (!by_peer && !value_is(c, FIELD_BY, "this-end")))
		return;
	a = link_auth_make(c->arena, &s->ppp, judged);
	fact(c, FIELD_USER, &a->peer_name);
	if (a->result != RESULT_UNKNOWN)
		return;
	a->result = failed ? RESULT_FAILURE : RESULT_SUCCESS;
	a->decided = c->mark;
	mark_first(&a->first, a->decided);
	mark_first(&s->ppp.first, a->decided);
	a->by_lns = judged == CLIENT;
	if (!a->protocol && protocol)
		a->protocol = (uint16_t)protocol->number;
	fact(c, FIELD_TEXT, &a->message);
}

/* pppd: no agreement came, however often it asked. */
static bool says_lcp_timeout(struct str reason)
{
	return str_starts(reason, "LCP:") &&
	       str_find(reason, STR("timeout sending Config-Requests")) != SIZE_MAX;
}

/* A timer of a call ends only what was up, however little of it was printed. */
static void timer_said(struct context *c, struct session *s)
{
	const char *cause = cause_of_phrase(value(c, FIELD_REASON));

	if (cause && (strcmp(cause, "session-timeout") == 0 || strcmp(cause, "idle-timeout") == 0))
		session_told_make(c->arena, s)->was_up = true;
}

static void session_said(struct context *c, struct session *s)
{
	bool at_lac;
	unsigned at = speaker_side(c, s, &at_lac);

	s->last = c->mark;
	switch (c->event->said.topic) {
	case SAID_SESSION_STATE:
		pppd_said(c, s);
		if (s->tunnel)
			session_said_state(c, s, live_tunnel(s->tunnel)->local);
		break;
	case SAID_SESSION_NEW:
		if (s->tunnel)
			session_new_said(s, c);
		break;
	case SAID_PPPD:
		pppd_said(c, s);
		exit_said(c, s, at);
		break;
	case SAID_PPP_PHASE:
		pppd_said(c, s);
		if (value(c, FIELD_USER).len)
			fact(c, FIELD_USER, &session_told_make(c->arena, s)->said_user);
		if (value_is(c, FIELD_PHASE, "terminating"))
			operator_ends(c, s);
		termination_said(c, s);
		phase_said(c, s, at, at_lac);
		break;
	case SAID_CP_STATE:
		ppp_link_said_state(c, s, at, at_lac);
		break;
	case SAID_PPP_DISCONNECT:
		operator_ends(c, s);
		timer_said(c, s);
		fact(c, FIELD_REASON, &link_rare_make(c->arena, &s->ppp)->disconnect_reason);
		hangup_said(c, s);
		if (says_lcp_timeout(value(c, FIELD_REASON))) {
			link_rare_make(c->arena, &s->ppp)->lcp_timed_out = true;
			mark_first(&s->ppp.first, c->mark); /* it has asked */
		}
		break;
	case SAID_AAA:
		auth_judged_said(c, s, at);
		break;
	case SAID_LOOKUP:
		lookup_said(c, s);
		break;
	case SAID_TUNNEL_INFO:
		tunnel_info_said(c, s);
		break;
	case SAID_FORWARDED:
	case SAID_CLONED:
		fact(c, FIELD_USER, &session_told_make(c->arena, s)->said_user);
		break;
	case SAID_LINK:
		line_said(c, s, at_lac);
		break;
	case SAID_ISDN_CONNECT:
		isdn_said(c, s, true);
		break;
	case SAID_ISDN_DISCONNECT:
		isdn_said(c, s, false);
		break;
	case SAID_DIAL:
		fact(c, FIELD_NUMBER, &session_told_make(c->arena, s)->dialed);
		break;
	case SAID_ROUTE:
		route_said(c, s);
		break;
	case SAID_LCP_FORCED:
		if (!at_lac && value_is(c, FIELD_RESULT, "accepted"))
			ppp_link_takes_proxy(c, s, true);
		break;
	case SAID_RESULT:
		fact(c, FIELD_USER, &session_told_make(c->arena, s)->said_user);
		result_said(c, session_cdn_make(c->arena, s));
		bad_answer_said(c, s);
		break;
	case SAID_COMMAND:
		stop_said(c, s);
		break;
	case SAID_USAGE:
		usage_said(c, s, at);
		break;
	case SAID_DESTROYED:
		live_session(s)->is_ended = true;
		break;
	default:
		break;
	}
}

/* ---- which session ---- */

/* `ISDN Se0:15: … bchan = 17`: the call will be on Se0:17. */
static void isdn_call_said(struct context *c)
{
	struct observer *o = c->observer;
	struct str interface = c->event->interface;
	struct str channel = value(c, FIELD_CHANNEL);
	size_t colon;

	if (!interface.len)
		interface = value(c, FIELD_INTERFACE);
	if (!interface.len || !channel.len)
		return;
	interface = speaker_interface(c, interface);
	colon = str_find(interface, STR(":"));
	if (colon == SIZE_MAX)
		return;
	o->isdn_interface =
		arena_printf(c->arena, "%.*s:%.*s", (int)colon, interface.at, STR_ARG(channel));
	o->isdn_number = keep(c, value(c, FIELD_NUMBER));
	o->isdn_call = c->mark;
}

/* A dialer profile (`Di2 IPCP: Install route to …`) speaks for the call with that address. */
static struct session *session_with_address(struct context *c)
{
	struct address address;

	if (!address_parse(value(c, FIELD_ADDRESS), &address) || address.family != 4)
		return NULL;
	for (struct binding *b = c->observer->bindings; b; b = b->next) {
		const struct cp_side *client =
			b->session ? &link_cp(&b->session->ppp, CP_IPCP)->side[CLIENT] : NULL;
		const struct ppp_option *o =
			client ? option_find(client->agreed, client->n_agreed, 3) : NULL;

		if (o && o->value.len == 4 && memcmp(o->value.at, address.octets, 4) == 0)
			return b->session;
	}
	return NULL;
}

static struct session *session_by_interface(struct context *c)
{
	struct session *s = NULL;

	if (c->event->said.topic == SAID_CLONED)
		s = speaker_cloned(c);
	if (!s)
		s = speaker_link(c);
	if ((!s || live_session(s)->is_stray) && c->event->said.topic == SAID_ROUTE) {
		struct session *owner = session_with_address(c);

		s = owner ? owner : s;
	}
	return s;
}

/* The answer to a VPDN lookup names the LNS before the tunnel exists; an attempt that leads to
 * no call has nothing else. */
static void next_tunnel_said(struct context *c)
{
	struct address address;

	if (address_parse(value(c, FIELD_ADDRESS), &address))
		c->observer->to_address = address;
	if (address_parse(value(c, FIELD_ADDRESS2), &address))
		c->observer->own_address = address;
}

/* `%VPDN-6-CLOSED: … user u@isp.example; Result 4, Error 0`: the CDN right before it, whose
 * attributes were not printed. */
static void closed_said(struct context *c)
{
	static const int64_t soon_ns = INT64_C(5) * 1000000000;
	struct session *s = c->observer->last_session;
	struct str user = value(c, FIELD_USER), own;
	uint32_t result, error;
	int64_t since;

	if (!s || !user.len || !session_cdn(s)->is_set || session_cdn(s)->result >= 0)
		return;
	own = link_auth(&s->ppp, CLIENT)->peer_name.len ? link_auth(&s->ppp, CLIENT)->peer_name
							: session_told(s)->said_user;
	since = moment_minus(c->event->when, mark_when(&session_cdn(s)->mark));
	if ((own.len && !str_equal_nocase(own, user)) || since < 0 || since > soon_ns ||
	    !str_u32(value(c, FIELD_RESULT), &result) || result > UINT16_MAX)
		return;
	session_cdn_make(c->arena, s)->result = (int)result;
	if (str_u32(value(c, FIELD_ERROR), &error) && error <= UINT16_MAX)
		session_cdn_make(c->arena, s)->error = (int)error;
	if (!session_cdn(s)->text.len)
		session_cdn_make(c->arena, s)->text = keep(c, value(c, FIELD_REASON));
	fact(c, FIELD_USER, &session_told_make(c->arena, s)->said_user);
}

struct session *said_take(struct context *c, struct tunnel *t, struct session *s)
{
	if (c->event->said.topic == SAID_RESULT)
		closed_said(c);
	if (c->event->said.topic == SAID_TUNNEL_INFO)
		next_tunnel_said(c);
	if (c->event->said.topic == SAID_ISDN_CALL)
		isdn_call_said(c);
	if (s)
		speaker_bind(c, s);
	else if (!t || c->event->l2tp.is_present)
		s = session_by_interface(c);
	if (t)
		tunnel_said(c, t);
	if (s)
		session_said(c, s);
	return s;
}
