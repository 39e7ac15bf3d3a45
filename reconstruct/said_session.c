#include "said_session.h"

#include "cause.h"
#include "link.h"
#include "operator.h"
#include "over.h"
#include "ppp_link.h"
#include "registry.h"
#include "said_field.h"
#include "session.h"
#include "speaker.h"
#include "tunnel.h"

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

	if (s->roles_known || !said_value(c, FIELD_SERVICE).len)
		return;
	/* who opened the tunnel is not known either; mostly it is the LAC */
	if (!s->tunnel->roles_known && !live_tunnel(s->tunnel)->is_turned &&
	    (local == INITIATOR) == said_is(c, FIELD_SERVICE, "LNS")) {
		tunnel_flip(s->tunnel);
		local = live_tunnel(s->tunnel)->local;
		is_turned = true;
	}
	if ((session_side(s, local) == LNS) != said_is(c, FIELD_SERVICE, "LNS"))
		session_flip(s);
	s->roles_known = true;
	live_tunnel(s->tunnel)->is_turned = true; /* once: the next call does not know better */
	if (is_turned)
		sessions_found_again(c, s->tunnel);
}

static void session_new_said(struct session *s, struct context *c)
{
	unsigned local = live_tunnel(s->tunnel)->local;

	if (said_is(c, FIELD_PROTOCOL, "PPP")) /* it speaks, and no packet is printed */
		mark_first(&s->ppp.first, c->mark);
	session_is_lns(s, c, local);
	local = live_tunnel(s->tunnel)->local;
	if (said_is(c, FIELD_DIRECTION, "dialin")) {
		session_direction(s, INCOMING);
	} else if (said_is(c, FIELD_DIRECTION, "dialout")) {
		session_direction(s, OUTGOING);
		/* a console that creates a dial-out session by itself is the LNS */
		if (!s->roles_known && session_side(s, local) != LNS)
			session_flip(s);
	}
}

static void lookup_said(struct context *c, struct session *s)
{
	struct str domain = said_value(c, FIELD_DOMAIN);

	if (!domain.len)
		domain = said_value(c, FIELD_NUMBER);
	if (str_starts(domain, "dnis:"))
		domain = str_from(domain, 5);
	else if (!said_value(c, FIELD_NUMBER).len)
		return;
	if (!s->called.len)
		s->called = keep(c, domain);
}

static void isdn_said(struct context *c, struct session *s, bool is_connect)
{
	struct session_told *told = session_told_make(c->arena, s);

	mark_first(is_connect ? &told->isdn_connect : &told->isdn_disconnect, c->mark);
	said_keep(c, FIELD_NUMBER, &told->isdn_number);
	said_keep(c, FIELD_USER, &told->isdn_user);
}

/* Of several addresses the one that is said last is tried last. */
static void tunnel_info_said(struct context *c, struct session *s)
{
	struct address address;

	if (address_parse(said_value(c, FIELD_ADDRESS), &address))
		session_told_make(c->arena, s)->said_lns = address;
	if (said_is(c, FIELD_ATTRIBUTE, "LAC"))
		said_keep(c, FIELD_NAME, &session_told_make(c->arena, s)->said_lac_name);
}

static void route_said(struct context *c, struct session *s)
{
	bool removes = said_is(c, FIELD_ACTION, "remove");
	struct session_told *told = session_told_make(c->arena, s);

	mark_first(removes ? &told->route_removed : &told->route_installed, c->mark);
	said_keep(c, FIELD_ADDRESS, &told->said_address);
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
	bool is_protocol = said_is(c, FIELD_LAYER, "protocol");

	if (said_is(c, FIELD_STATUS, "down") && !is_protocol) {
		if (said_value(c, FIELD_REASON).len && !link_rare(&s->ppp)->disconnect_reason.len)
			said_keep(c, FIELD_REASON,
				  &link_rare_make(c->arena, &s->ppp)->disconnect_reason);
		link_down(c, s, at_lac);
	}
	if (said_is(c, FIELD_STATUS, "up") && is_protocol)
		mark_first(&session_told_make(c->arena, s)->line_up,
			   mark_text(c, "line protocol up"));
}

/* Of the pppd itself, and of the daemon that started it. */
static void pppd_said(struct context *c, struct session *s)
{
	struct str pid = said_value(c, FIELD_REQUEST), line = said_value(c, FIELD_VALUE);

	if (pid.len && line.len && !session_told(s)->pppd.len)
		session_told_make(c->arena, s)->pppd =
			arena_printf(c->arena, "%.*s %.*s", STR_ARG(pid), STR_ARG(line));
}

/* Its daemon waited for it. */
static void exit_said(struct context *c, struct session *s, unsigned at)
{
	struct session_told *told;
	uint32_t status;

	if (!str_u32(said_value(c, FIELD_CODE), &status) || !status || status > UINT8_MAX ||
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

	if (!said_is(c, FIELD_RESULT, "ack") && !said_is(c, FIELD_RESULT, "nak/rej"))
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

	if (str_u64(said_value(c, FIELD_SECONDS), &seconds))
		told->counted_s = (double)seconds;
	if (!str_u64(said_value(c, FIELD_COUNT), &sent) ||
	    !str_u64(said_value(c, FIELD_VALUE_DECIMAL), &received))
		return;
	told->counted = c->mark;
	told->counted_bytes[at == CLIENT ? 0 : 1] = sent;
	told->counted_bytes[at == CLIENT ? 1 : 0] = received;
}

/* Somebody stops the daemon that runs the call. */
static void stop_said(struct context *c, struct session *s)
{
	if (s->tunnel && said_is(c, FIELD_ACTION, "stop"))
		link_clear(c, s, live_tunnel(s->tunnel)->local, "the stop of its daemon",
			   "admin-clear", (struct str){0});
}

/* An end hung up: no packet of that was printed. */
static void hangup_said(struct context *c, struct session *s)
{
	bool by_peer = said_is(c, FIELD_BY, "peer");
	unsigned local;

	if (!s->tunnel || (!by_peer && !said_is(c, FIELD_BY, "this-end")))
		return;
	local = live_tunnel(s->tunnel)->local;
	link_clear(c, s, by_peer ? 1 - local : local,
		   said_is(c, FIELD_PROTOCOL, "LCP") ? "an LCP Terminate-Request" : "a hangup",
		   NULL, said_value(c, FIELD_REASON));
}

/* `LCP terminated by peer (User request)`, `Terminating connection due to lack of activity.`: why a
 * pppd goes without its packets. One that is stopped from outside says nothing of the cause. */
static void termination_said(struct context *c, struct session *s)
{
	if (!said_is(c, FIELD_PHASE, "terminating"))
		return;
	if (said_is(c, FIELD_BY, "peer") || cause_of_phrase(said_value(c, FIELD_REASON)))
		hangup_said(c, s);
	else if (said_value(c, FIELD_REASON).len && !link_rare(&s->ppp)->disconnect_reason.len)
		said_keep(c, FIELD_REASON, &link_rare_make(c->arena, &s->ppp)->disconnect_reason);
}

static void phase_said(struct context *c, struct session *s, unsigned at, bool at_lac)
{
	if (said_value(c, FIELD_USER).len)
		said_keep(c, FIELD_USER, &session_told_make(c->arena, s)->said_user);
	if (said_is(c, FIELD_PHASE, "up") && said_is(c, FIELD_STATUS, "up"))
		session_told_make(c->arena, s)->was_up = true; /* traffic may pass, it says */
	if (said_is(c, FIELD_PHASE, "terminating")) {
		operator_ends(c, s);
		session_told_make(c->arena, s)->terminating = c->mark;
	}
	termination_said(c, s);
	if (!at_lac)
		said_link_phase(c, s, at);
	if (at_lac &&
	    (said_is(c, FIELD_PHASE, "forwarding") || said_is(c, FIELD_PHASE, "forwarded")))
		live_session(s)->is_forwarded = true;
	if (said_is(c, FIELD_PHASE, "down"))
		link_down(c, s, at_lac);
}

static bool says_aaa_silent(struct str reason)
{
	const char *cause = cause_of_phrase(reason);

	return cause && strcmp(cause, "aaa-unreachable") == 0;
}

/* `AUTH: Timeout 1` behind a response: it is the AAA server that is waited for. */
static void auth_waits_said(struct context *c, struct session *s)
{
	const struct auth *a = link_auth(&s->ppp, CLIENT);

	if (!said_value(c, FIELD_COUNT).len || a->result != RESULT_UNKNOWN || !a->responses ||
	    a->unanswered || !a->responded.is_set || link_rare(&s->ppp)->aaa_silent.len)
		return;
	link_rare_make(c->arena, &s->ppp)->aaa_silent = keep(c, c->event->text);
}

/* A daemon says what became of the authentication, and whose it was: `by` is who judged it. Its
 * packets, where it prints them, said so before. */
static void auth_judged_said(struct context *c, struct session *s, unsigned at)
{
	bool by_peer = said_is(c, FIELD_BY, "peer");
	bool failed = said_is(c, FIELD_RESULT, "failed");
	unsigned judged = by_peer ? at : 1 - at;
	const struct code_row *protocol =
		code_by_name(CODE_PPP_PROTOCOL, said_value(c, FIELD_PROTOCOL));
	struct auth *a;

	/* another server, or the local list, answered after all */
	if ((said_is(c, FIELD_RESULT, "PASS") || said_is(c, FIELD_RESULT, "FAIL")) &&
	    says_aaa_silent(link_rare(&s->ppp)->disconnect_reason))
		link_rare_make(c->arena, &s->ppp)->disconnect_reason = (struct str){0};
	/* `Received LOGIN Response ERROR`: the AAA server's, not the password's */
	if (said_is(c, FIELD_RESULT, "ERROR") && !link_rare(&s->ppp)->disconnect_reason.len &&
	    cause_of_phrase(c->event->text))
		link_rare_make(c->arena, &s->ppp)->disconnect_reason = keep(c, c->event->text);
	auth_waits_said(c, s);
	if (said_is(c, FIELD_ACTION, "validate Response"))
		said_keep(c, FIELD_TEXT, &link_rare_make(c->arena, &s->ppp)->judged);
	if ((!failed && !said_is(c, FIELD_RESULT, "succeeded")) ||
	    (!by_peer && !said_is(c, FIELD_BY, "this-end")))
		return;
	a = link_auth_make(c->arena, &s->ppp, judged);
	said_keep(c, FIELD_USER, &a->peer_name);
	if (a->result != RESULT_UNKNOWN)
		return;
	a->result = failed ? RESULT_FAILURE : RESULT_SUCCESS;
	a->decided = c->mark;
	mark_first(&a->first, a->decided);
	mark_first(&s->ppp.first, a->decided);
	a->by_lns = judged == CLIENT;
	if (!a->protocol && protocol) {
		a->protocol = (uint16_t)protocol->number;
		a->is_told = true;
	}
	/* within EAP, too */
	if (a->protocol != PPP_EAP && said_is(c, FIELD_PROTOCOL, "MS-CHAPv2")) {
		a->protocol = PPP_CHAP;
		a->algorithm = CHAP_MSV2;
	}
	said_keep(c, FIELD_TEXT, &a->message);
}

/* pppd: no agreement came, however often it asked. */
static bool says_lcp_timeout(struct str reason)
{
	return str_starts(reason, "LCP:") &&
	       str_find(reason, STR("timeout sending Config-Requests")) != SIZE_MAX;
}

/* A pppd that got no PPPoE session: there was a call, of which no more is printed. */
static bool says_no_discovery(struct str reason)
{
	return str_find(reason, STR("Timeout waiting for PAD")) != SIZE_MAX ||
	       str_find(reason, STR("PPPoE Discovery")) != SIZE_MAX;
}

/* A timer of a call ends only what was up, however little of it was printed. */
static void timer_said(struct context *c, struct session *s)
{
	const char *cause = cause_of_phrase(said_value(c, FIELD_REASON));

	if (cause && (strcmp(cause, "session-timeout") == 0 || strcmp(cause, "idle-timeout") == 0))
		session_told_make(c->arena, s)->was_up = true;
}

static void disconnect_said(struct context *c, struct session *s)
{
	struct link_rare *rare;

	operator_ends(c, s);
	timer_said(c, s);
	rare = link_rare_make(c->arena, &s->ppp);
	if (!says_no_discovery(said_value(c, FIELD_REASON)) || !rare->disconnect_reason.len)
		said_keep(c, FIELD_REASON, &rare->disconnect_reason);
	mark_first(&rare->disconnect_said, c->mark);
	hangup_said(c, s);
	if (says_no_discovery(said_value(c, FIELD_REASON))) {
		s->was_there = false;
		mark_first(&s->ppp.first, c->mark);
	}
	if (says_lcp_timeout(said_value(c, FIELD_REASON))) {
		rare->lcp_timed_out = true;
		mark_first(&s->ppp.first, c->mark); /* it has asked */
	}
}

/* Of the PPP link and of the line below it; false: it is about something else. */
static bool said_of_link(struct context *c, struct session *s, unsigned at, bool at_lac)
{
	switch (c->event->said.topic) {
	case SAID_PPP_PHASE:
		pppd_said(c, s);
		phase_said(c, s, at, at_lac);
		return true;
	case SAID_CP_STATE:
		said_link_state(c, s, at, at_lac);
		return true;
	case SAID_PPP_DISCONNECT:
		disconnect_said(c, s);
		return true;
	case SAID_AAA:
		auth_judged_said(c, s, at);
		return true;
	case SAID_LINK:
		line_said(c, s, at_lac);
		return true;
	case SAID_ISDN_CONNECT:
		isdn_said(c, s, true);
		return true;
	case SAID_ISDN_DISCONNECT:
		isdn_said(c, s, false);
		return true;
	case SAID_DIAL:
		said_keep(c, FIELD_NUMBER, &session_told_make(c->arena, s)->dialed);
		return true;
	case SAID_ROUTE:
		route_said(c, s);
		return true;
	case SAID_LCP_FORCED:
		if (!at_lac && said_is(c, FIELD_RESULT, "accepted"))
			ppp_link_takes_proxy(c, s, true);
		else if (!at_lac)
			mark_first(&session_told_make(c->arena, s)->not_taken, c->mark);
		return true;
	case SAID_USAGE:
		usage_said(c, s, at);
		return true;
	default:
		return false;
	}
}

/* Of the call itself. */
static void said_take_up(struct context *c, struct session *s)
{
	bool at_lac;
	unsigned at = speaker_side(c, s, &at_lac);

	s->last = c->mark;
	if (said_of_link(c, s, at, at_lac))
		return;
	switch (c->event->said.topic) {
	case SAID_SESSION_STATE:
		pppd_said(c, s);
		if (s->tunnel)
			said_session_state(c, s, live_tunnel(s->tunnel)->local);
		if (s->tunnel && said_is(c, FIELD_AFTER, "wait-for-tunnel"))
			speaker_forward(c, s);
		break;
	case SAID_SESSION_NEW:
		if (s->tunnel)
			session_new_said(s, c);
		break;
	case SAID_PPPD:
		pppd_said(c, s);
		exit_said(c, s, at);
		break;
	case SAID_LOOKUP:
		lookup_said(c, s);
		break;
	case SAID_TUNNEL_INFO:
		tunnel_info_said(c, s);
		break;
	case SAID_FORWARDED:
	case SAID_CLONED:
		said_keep(c, FIELD_USER, &session_told_make(c->arena, s)->said_user);
		break;
	case SAID_RESULT:
		said_keep(c, FIELD_USER, &session_told_make(c->arena, s)->said_user);
		said_ending(c, session_cdn_make(c->arena, s));
		bad_answer_said(c, s);
		if (said_value(c, FIELD_HOST).len) /* this end turns it away */
			disconnect_said(c, s);
		break;
	case SAID_COMMAND:
		stop_said(c, s);
		break;
	case SAID_DESTROYED:
		over_note_call(c->observer, s);
		break;
	default:
		break;
	}
}

/* Of a long log most of what is kept is of calls that were told: it goes with them. */
void said_of_session(struct context *c, struct session *s)
{
	struct arena *outside = context_in_session(c, s);

	said_take_up(c, s);
	c->arena = outside;
}
