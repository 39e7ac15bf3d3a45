#include "said.h"

#include "link.h"
#include "over.h"
#include "said_field.h"
#include "said_session.h"
#include "said_tunnel.h"
#include "session.h"
#include "speaker.h"
#include "speaker_link.h"

/* `ISDN Se0:15: … bchan = 17`: the call will be on Se0:17. */
static void isdn_call_said(struct context *c)
{
	struct observer *o = c->observer;
	struct str interface = c->event->interface;
	struct str channel = said_value(c, FIELD_CHANNEL);
	size_t colon;

	if (!interface.len)
		interface = said_value(c, FIELD_INTERFACE);
	if (!interface.len || !channel.len)
		return;
	interface = speaker_interface(c, interface);
	colon = str_find(interface, STR(":"));
	if (colon == SIZE_MAX)
		return;
	o->isdn_interface =
		arena_printf(c->arena, "%.*s:%.*s", (int)colon, interface.at, STR_ARG(channel));
	o->isdn_number = keep(c, said_value(c, FIELD_NUMBER));
	o->isdn_call = c->mark;
}

/* A dialer profile (`Di2 IPCP: Install route to …`) speaks for the call with that address. */
static struct session *session_with_address(struct context *c)
{
	struct address address;

	if (!address_parse(said_value(c, FIELD_ADDRESS), &address) || address.family != 4)
		return NULL;
	for (struct binding *b = c->observer->bindings; b; b = b->next) {
		const struct cp_side *client =
			b->session && !over_is_past(c->observer, b->session)
				? &link_cp(&b->session->ppp, CP_IPCP)->side[CLIENT]
				: NULL;
		struct ppp_option o;

		if (client && kept_find(client->agreed, 3, &o) && o.value.len == 4 &&
		    memcmp(o.value.at, address.octets, 4) == 0)
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

	if (address_parse(said_value(c, FIELD_ADDRESS), &address))
		c->observer->to_address = address;
	if (address_parse(said_value(c, FIELD_ADDRESS2), &address))
		c->observer->own_address = address;
}

static bool is_soon(const struct context *c, const struct mark *before)
{
	static const int64_t soon_ns = INT64_C(5) * 1000000000;
	int64_t since = moment_minus(c->event->when, mark_when(before));

	return since >= 0 && since <= soon_ns;
}

/* The CDN that was printed last is as young as its `%VPDN-6-CLOSED`. */
static bool has_just_ended(const struct context *c, const struct session *s)
{
	return s && session_cdn(s)->is_set && is_soon(c, &session_cdn(s)->mark);
}

/* It is his, or nobody's name was seen. */
static bool is_his(const struct session *s, struct str user)
{
	struct str own = link_auth(&s->ppp, CLIENT)->peer_name;

	if (!own.len)
		own = session_told(s)->said_user;
	return !own.len || str_equal_nocase(own, user);
}

/* `%VPDN-6-CLOSED: … user u@isp.example; Result 4, Error 0`: the CDN right before it, whose
 * attributes were not printed. */
static void closed_said(struct context *c)
{
	struct session *s = c->observer->last_session;
	struct str user = said_value(c, FIELD_USER);
	uint32_t result, error;

	if (!user.len || !has_just_ended(c, s) || !is_his(s, user) ||
	    !str_u32(said_value(c, FIELD_RESULT), &result) || result > UINT16_MAX ||
	    (session_cdn(s)->result >= 0 && session_cdn(s)->result != (int)result))
		return;
	session_cdn_make(c->arena, s)->result = (int)result;
	if (session_cdn(s)->error < 0 && str_u32(said_value(c, FIELD_ERROR), &error) &&
	    error <= UINT16_MAX)
		session_cdn_make(c->arena, s)->error = (int)error;
	if (!session_cdn(s)->text.len)
		session_cdn_make(c->arena, s)->text = keep(c, said_value(c, FIELD_REASON));
	said_keep(c, FIELD_USER, &session_told_make(c->arena, s)->said_user);
}

/* `%VPDN-6-CLOSED` of a call of which nothing else is in the log: the peer whom it names ended it,
 * or (TIMEOUT) this end did. `%VPDN-6-MAX_SESS_EXCD` names this end, which turned it away. */
static struct session *closed_alone(struct context *c)
{
	struct session *before = c->observer->last_session;
	bool is_lns = said_is(c, FIELD_DOMAIN, "LNS") || said_is(c, FIELD_DOMAIN, "HGW");
	bool is_own = said_value(c, FIELD_HOST).len > 0;
	bool is_refused = is_own && !said_is(c, FIELD_MNEMONIC, "TIMEOUT");
	unsigned local = is_lns != is_own ? INITIATOR : RESPONDER;
	unsigned from = said_is(c, FIELD_MNEMONIC, "CLOSED") ? 1 - local : local;
	struct ending *cdn;
	struct tunnel *t;
	struct session *s;
	uint32_t number;

	if (!said_value(c, FIELD_MNEMONIC).len || !said_value(c, FIELD_USER).len ||
	    (has_just_ended(c, before) && is_his(before, said_value(c, FIELD_USER))))
		return NULL;
	t = speaker_tunnel_new(c, local, !is_refused, false);
	s = t ? session_new(c, t, false) : NULL;
	if (!s)
		return NULL;
	if (!address_parse(said_value(c, FIELD_NAME), &t->peer[1 - local].address))
		said_keep(c, FIELD_NAME, &t->peer[1 - local].name);
	if (!address_parse(said_value(c, FIELD_HOST), &t->peer[local].address))
		said_keep(c, FIELD_HOST, &t->peer[local].name);
	said_keep(c, FIELD_USER, &session_told_make(c->arena, s)->said_user);
	session_told_make(c->arena, s)->was_up = is_own && !is_refused; /* a timer ended it */
	cdn = session_cdn_make(c->arena, s);
	*cdn = (struct ending){.is_set = true,
			       .from = (uint8_t)session_side(s, from),
			       .result = -1,
			       .error = -1,
			       .text = keep(c, said_value(c, FIELD_REASON)),
			       .mark = c->mark};
	if (str_u32(said_value(c, FIELD_RESULT), &number) && number <= UINT16_MAX)
		cdn->result = (int)number;
	if (str_u32(said_value(c, FIELD_ERROR), &number) && number <= UINT16_MAX)
		cdn->error = (int)number;
	for (unsigned i = 0; i < 2 && !is_refused; i++) { /* or it had no interface */
		s->established[i] = c->mark;
		s->established[i].is_inferred = true;
	}
	session_received(c, s, from, CDN, true);
	s->roles_known = true; /* it says which of both the named one is */
	if (is_refused) {      /* its name is known of its PPP */
		mark_first(&s->ppp.first, c->mark);
		s->was_there = false;
	}
	t->last = c->mark;
	return speaker_moved(c, s);
}

/* `%VPDN-6-MAX_SESS_EXCD … rejected user u@isp.example` names no interface: it is of the call that
 * was heard of last, if that has no name yet, or this one, and goes on. */
static struct session *refused_said(struct context *c)
{
	struct session *s = c->observer->last_session;
	struct str user;

	if (!s || !said_value(c, FIELD_HOST).len || session_cdn(s)->is_set || !is_soon(c, &s->last))
		return NULL;
	user = session_user(s);
	return !user.len || str_equal_nocase(user, said_value(c, FIELD_USER)) ? s : NULL;
}

/* `%VPDN-6-AUTHENFAIL: L2TP LNS lns1, authentication failure for tunnel lac1`: all that a log
 * without debugging has of a tunnel. */
static void tunnel_refused_said(struct context *c)
{
	bool is_lns = said_is(c, FIELD_DOMAIN, "LNS") || said_is(c, FIELD_DOMAIN, "HGW");
	unsigned local = is_lns ? RESPONDER : INITIATOR;
	struct tunnel *t = c->observer->last_tunnel;

	if (!t || !is_soon(c, &t->last) ||
	    !str_equal_nocase(t->peer[1 - local].name, said_value(c, FIELD_NAME)))
		t = speaker_tunnel_new(c, local, false, false);
	if (!t)
		return;
	said_keep(c, FIELD_HOST, &t->peer[local].name);
	said_keep(c, FIELD_NAME, &t->peer[1 - local].name);
	t->auth_used = true;
	mark_first(&t->claimed_auth_failed[local], c->mark);
	t->last = c->mark;
}

/* An interface of which nothing is known but that it went up: `%LINK-3-UPDOWN`. */
static bool is_only_a_line(const struct session *s)
{
	return (!s->tunnel || tunnel_is_link(s->tunnel)) && !s->ppp.first.is_set && !s->id[LAC] &&
	       !s->id[LNS];
}

/* `%RADIUS-4-RADIUS_DEAD`, `AAA/AUTHEN (…): status = ERROR`: of no call by itself. */
static void aaa_silent_said(struct context *c)
{
	struct observer *o = c->observer;

	static const char *const words[] = {"ERROR", "No response", "Request timed out"};
	bool is_silent = said_value(c, FIELD_MNEMONIC).len > 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		is_silent |= said_is(c, FIELD_RESULT, words[i]);
	if (!is_silent || c->event->interface.len)
		return;
	o->aaa_silent = c->mark;
	snprintf(o->aaa_silent_text, sizeof(o->aaa_silent_text), "%.*s", STR_ARG(c->event->text));
}

struct session *said_take(struct context *c, struct tunnel *t, struct session *s)
{
	if (c->event->said.topic == SAID_AAA)
		aaa_silent_said(c);
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
	if (!s && !t && c->event->said.topic == SAID_RESULT)
		s = refused_said(c);
	if (t)
		said_of_tunnel(c, t);
	if (!s && !t && c->event->said.topic == SAID_TUNNEL_AUTH && said_value(c, FIELD_HOST).len)
		tunnel_refused_said(c);
	if ((!s || is_only_a_line(s)) && !t && c->event->said.topic == SAID_RESULT &&
	    (c->event->interface.len || said_value(c, FIELD_HOST).len)) {
		struct session *alone = closed_alone(c);

		if (alone)
			speaker_bind(c, alone);
		if (alone || !s)
			return alone;
	}
	if (s)
		said_of_session(c, s);
	return s;
}
