#include "speaker_link.h"

#include "cause.h"
#include "character.h"
#include "log_record.h"
#include "over.h"
#include "ppp_link.h"
#include "registry.h"
#include "session.h"
#include "stray.h"
#include "unbound.h"

/* How many letters stand between the two of the short form and the digits. IOS abbreviates Serial,
 * Virtual-Access …; `ppp11` and `pptp-in1` are nobody's long form. */
static size_t letters_more(struct str name)
{
	size_t digits = 0;

	while (digits < name.len && !char_is_digit(name.at[digits]))
		digits++;
	return digits <= 2 || digits == name.len || name.at[0] < 'A' || name.at[0] > 'Z'
		       ? 0
		       : digits - 2;
}

/* Nearly always it is known: there is no copy for each event. */
struct str speaker_interface(struct context *c, struct str name)
{
	enum { ROOM = 64 };
	char room[ROOM];
	struct str shorter = name;
	size_t more = letters_more(name);
	const struct binding *b;

	if (more && name.len - more <= ROOM) {
		memcpy(room, name.at, 2);
		memcpy(room + 2, name.at + 2 + more, name.len - 2 - more);
		shorter = (struct str){room, name.len - more};
	} else if (more) {
		shorter = arena_printf(c->observer->arena, "%.2s%.*s", name.at,
				       STR_ARG(str_from(name, 2 + more)));
	}
	b = registry_binding(c->observer->registry, shorter);
	return b ? b->interface : arena_str(c->observer->arena, shorter);
}

static void binding_set(struct binding *b, struct session *s)
{
	struct binding **at = b->session ? &live_session(b->session)->console->bindings : NULL;

	while (at && *at != b)
		at = &(*at)->next_of_session;
	if (at)
		*at = b->next_of_session;
	b->session = s;
	b->next_of_session = s ? live_session(s)->console->bindings : NULL;
	if (s)
		live_session(s)->console->bindings = b;
}

static void bindings_clear(struct live_session *ls)
{
	while (ls->console->bindings)
		binding_set(ls->console->bindings, NULL);
}

struct binding *speaker_binding(struct context *c, struct str interface, bool make)
{
	struct binding *b = registry_binding(c->observer->registry, interface);

	if (b && b->session && over_is_past(c->observer, b->session))
		binding_set(b, NULL);
	if (b || !make)
		return b;
	b = arena_alloc(c->observer->arena, sizeof(*b));
	if (!b)
		return NULL;
	b->interface = interface;
	b->next = c->observer->bindings;
	c->observer->bindings = b;
	registry_add_binding(c->observer->registry, b);
	return b;
}

struct str speaker_named_interface(struct context *c)
{
	struct str name = c->event->interface;

	if (!name.len && c->event->kind == EVENT_SAID)
		name = said_text(c->event, FIELD_INTERFACE);
	return name.len ? speaker_interface(c, name) : (struct str){0};
}

static bool asks_lcp(const struct event *e)
{
	return e->kind == EVENT_PPP && e->ppp.protocol == PPP_LCP && e->ppp.code == CP_CONFREQ;
}

/* Something that only the beginning of a new use of an interface can be. */
static bool begins_use(const struct event *e)
{
	if (e->kind == EVENT_PPP)
		return e->ppp.code == CP_CONFREQ;
	if (e->kind != EVENT_SAID)
		return false;
	switch (e->said.topic) {
	case SAID_LINK:
		return str_equal_nocase(said_text(e, FIELD_STATUS), STR("up"));
	case SAID_PPP_PHASE:
		return str_equal_nocase(said_text(e, FIELD_PHASE), STR("establishing"));
	case SAID_SESSION_NEW:
		return said_text(e, FIELD_DIRECTION).len > 0;
	case SAID_ISDN_CALL:
	case SAID_ISDN_CONNECT:
	case SAID_CLONED:
	case SAID_DIAL:
	case SAID_LOOKUP:
		return true;
	default:
		return false;
	}
}

static bool says_session(const struct event *e)
{
	return e->kind == EVENT_SAID && e->said.topic == SAID_SESSION_NEW;
}

/* Daemons that name no ids (mpd) say of a call that its tunnel has just come up. */
static bool says_tunnel_up(const struct event *e)
{
	return says_session(e) && str_is(said_text(e, FIELD_STATUS), "connected");
}

static void ends_up(struct context *c, struct tunnel *t)
{
	t->was_there = false;
	for (unsigned i = 0; i < 2; i++) {
		end_adopt(c, &t->end[i], TUNNEL_ESTABLISHED,
			  i == INITIATOR ? ROLE_INITIATOR : ROLE_RESPONDER, 0, true);
		mark_first(&t->established[i], c->mark);
	}
}

/* Addresses and ids of both ends, as far as the record names them. */
static void parties_take(struct context *c, struct tunnel *t, struct session *s)
{
	unsigned local = live_tunnel(t)->local;

	for (unsigned i = 0; i < 2; i++) {
		const struct party *party =
			i == 0 ? speaker_local(c->event) : speaker_remote(c->event);
		unsigned end = i == 0 ? local : 1 - local;
		struct peer *p = &t->peer[end];

		if (!p->address.family)
			p->address = party->address;
		if (!p->port)
			p->port = party->port;
		session_learn_id(c, s, end, party->session_id);
	}
}

/* The tunnel that this console has asked for there, and that has come up now. */
static struct tunnel *asked_for(struct context *c)
{
	struct tunnel **at = unbound_of_text(c->observer);

	while (*at && (live_tunnel(*at)->local != INITIATOR ||
		       !address_equal(&(*at)->peer[RESPONDER].address,
				      &speaker_remote(c->event)->address)))
		at = unbound_after(at);
	return *at ? unbound_take(at) : NULL;
}

static struct tunnel *tunnel_told(struct context *c)
{
	struct tunnel *t = says_tunnel_up(c->event) ? asked_for(c) : NULL;

	if (t)
		return t;
	return speaker_local(c->event)->tunnel_id ? speaker_tunnel(c)
						  : speaker_tunnel_new(c, INITIATOR, false, false);
}

/* PPP of a tunnel of which nothing else is known (the log of a pppd alone). */
static struct session *tunnelled_new(struct context *c, struct str interface)
{
	struct tunnel *t = tunnel_told(c);
	struct session *s = t ? session_new(c, t, false) : NULL;

	if (!s)
		return NULL;
	if (says_tunnel_up(c->event))
		ends_up(c, t);
	parties_take(c, t, s);
	if (says_session(c->event))
		address_parse(said_text(c->event, FIELD_ADDRESS),
			      &t->peer[1 - live_tunnel(t)->local].address);
	live_session(s)->is_bound = true;
	ppp_link_begin(&s->ppp, begins_use(c->event));
	s->was_there = !begins_use(c->event);
	live_session(s)->console->interface[LAC] = interface;
	return speaker_moved(c, s);
}

static struct session *stray_new(struct context *c, struct str interface)
{
	struct session *s;

	if (c->event->l2tp.is_present)
		return tunnelled_new(c, interface);
	s = session_new(c, NULL, true);

	if (!s)
		return NULL;
	s->was_there = !begins_use(c->event);
	live_session(s)->is_stray = true;
	live_session(s)->console->first_step = c->step;
	live_session(s)->console->interface[LAC] = interface;
	live_session(s)->console->next_stray = c->observer->strays;
	c->observer->strays = live_session(s);
	if (c->observer->isdn_call.is_set && str_equal(c->observer->isdn_interface, interface)) {
		session_told_make(c->arena, s)->before_first = c->observer->isdn_call;
		session_told_make(c->arena, s)->isdn_number = c->observer->isdn_number;
		c->observer->isdn_call = (struct mark){0};
	}
	return s;
}

/* IOS-XE negotiates on `ppp11` and goes on, once the caller is let in, on `Vi1.1`; no record
 * names both. */
static struct session *forwarded_to(struct context *c, struct str interface)
{
	struct binding *found = NULL;
	struct str *names;
	struct session *s;

	if (!str_starts(interface, "Vi") || asks_lcp(c->event))
		return NULL;
	for (struct binding *b = c->observer->bindings; b; b = b->next) {
		const struct ppp_link *l = b->session ? &b->session->ppp : NULL;

		if (!l || over_is_past(c->observer, b->session) ||
		    !str_starts(b->interface, "ppp") || live_session(b->session)->is_down ||
		    link_cp(l, CP_IPCP)->side[LNS].last_request.is_set)
			continue;
		if (found)
			return NULL;
		found = b;
	}
	if (!found)
		return NULL;
	s = found->session;
	binding_set(found, NULL);
	names = live_session(s)->console->interface;
	names[names[LAC].len ? LAC : LNS] = interface;
	return s;
}

/* `IPCP: Event[DOWN] State[Open to Starting]`: what nobody saw come up goes down; `Terminating on
 * signal 15` says why. A pppd that has its addresses is open, whatever of it was not printed. */
static bool leaves_open(const struct event *e)
{
	if (e->kind == EVENT_SAID && e->said.topic == SAID_PPP_PHASE)
		return str_is(said_text(e, FIELD_PHASE), "terminating") &&
		       (str_is(said_text(e, FIELD_BY), "this-end") ||
			str_is(said_text(e, FIELD_BY), "peer"));
	return e->kind == EVENT_SAID && e->said.topic == SAID_CP_STATE &&
	       (str_is(said_text(e, FIELD_BEFORE), "Open") ||
		(e->l2tp.is_present && str_is(said_text(e, FIELD_STATE), "Open")));
}

/* `LCP: timeout sending Config-Requests`, `Timeout waiting for PADO packets`, `Couldn't create new
 * ppp unit`: who prints no packets may speak first when it gives up. */
static bool gives_up(const struct event *e)
{
	struct str reason = said_text(e, FIELD_REASON);

	return e->kind == EVENT_SAID && e->said.topic == SAID_PPP_DISCONNECT &&
	       (str_find(reason, STR("timeout sending Config-Requests")) != SIZE_MAX ||
		str_find(reason, STR("Timeout waiting for PAD")) != SIZE_MAX ||
		str_find(reason, STR("PPPoE Discovery")) != SIZE_MAX ||
		cause_is_decision(cause_of_phrase(reason)) ||
		(reason.len && str_is(said_text(e, FIELD_BY), "this-end")));
}

/* `IPCP: State is Open`, `PPP: Phase is UP`, `Phase is FORWARDING`, `PPP DISC: Idle timeout`: only
 * a call has that, though the log begins behind its first word. */
static bool tells_of_call(const struct event *e)
{
	if (e->kind != EVENT_SAID || e->l2tp.is_present)
		return false;
	if (e->said.topic == SAID_PPP_PHASE)
		return str_equal_nocase(said_text(e, FIELD_PHASE), STR("up")) ||
		       str_equal_nocase(said_text(e, FIELD_PHASE), STR("forwarding"));
	if (e->said.topic == SAID_CP_STATE)
		return str_is(said_text(e, FIELD_STATE), "Open") &&
		       !str_is(said_text(e, FIELD_PROTOCOL), "LCP");
	return e->said.topic == SAID_PPP_DISCONNECT && said_text(e, FIELD_REASON).len;
}

/* The first session that may still come up and wait for the interface of the LNS. */
static struct session *session_bare_first(struct tunnel *t)
{
	struct session **at = &live_tunnel(t)->may_wait_interface;

	if (!*at)
		*at = t->sessions;
	while (*at && (*at)->next &&
	       (live_session(*at)->console->interface[LNS].len || live_session(*at)->is_ended))
		*at = (*at)->next;
	return *at;
}

/* `Vi2 PPP: Phase is ESTABLISHING, Active Open`: a client of L2TP begins; a caller of a LAC does
 * before his session exists, and passively. */
static bool begins_as_client(const struct event *e)
{
	return e->kind == EVENT_SAID && e->said.topic == SAID_PPP_PHASE && begins_use(e) &&
	       str_is(said_text(e, FIELD_BY), "Active Open");
}

static bool is_fresh_at(const struct context *c, struct session *s)
{
	static const int64_t FRESH_NS = 10000000000;
	unsigned side = session_side(s, live_tunnel(s->tunnel)->local);
	const struct mark *up = &s->established[side];

	return up->is_set && !live_session(s)->is_ended &&
	       !live_session(s)->console->interface[side].len && !s->ppp.first.is_set &&
	       (side == LNS || begins_as_client(c->event)) &&
	       mark_when(&c->mark).ns - mark_when(up).ns <= FRESH_NS;
}

/* IOS 12.4 and later name an interface nowhere beside a session: PPP that begins at an LNS is the
 * one session's that just came up and has none yet; so it is at a client that asked for his. */
static bool bind_fresh(struct context *c, struct str interface)
{
	struct session *found = NULL;

	if ((!str_starts(interface, "ppp") && !str_starts(interface, "Vi")) ||
	    c->event->l2tp.is_present || (c->observer->said_carriers & ~(1u << CARRIER_L2TP)))
		return false;
	for (struct tunnel *t = c->observer->tunnels; t; t = t->next) {
		for (struct session *s = session_bare_first(t); s; s = s->next) {
			if (!is_fresh_at(c, s))
				continue;
			if (found)
				return false;
			found = s;
		}
	}
	if (found)
		speaker_bind(c, found);
	if (found && begins_as_client(c->event))
		live_session(found)->is_client = !live_session(found)->console->interface[LNS].len;
	return found != NULL;
}

struct session *speaker_link(struct context *c)
{
	struct str interface = speaker_named_interface(c);
	struct binding *b;

	if (!interface.len)
		return NULL;
	b = speaker_binding(c, interface, true);
	if (!b)
		return NULL;
	if (!b->session || live_session(b->session)->is_down) {
		struct session *s = forwarded_to(c, interface);

		if (s)
			binding_set(b, s);
	}
	if (!b->session && bind_fresh(c, interface))
		return b->session;
	if (!b->session || (live_session(b->session)->is_down && begins_use(c->event)))
		binding_set(b, c->event->kind == EVENT_PPP || begins_use(c->event) ||
					       says_session(c->event) || leaves_open(c->event) ||
					       gives_up(c->event) || tells_of_call(c->event)
				       ? stray_new(c, interface)
				       : NULL);
	return b->session;
}

void speaker_bind(struct context *c, struct session *s)
{
	struct str interface = speaker_named_interface(c);
	struct binding *b;
	unsigned side;

	if (!interface.len || !s || !s->tunnel)
		return;
	b = speaker_binding(c, interface, true);
	if (!b || b->session == s)
		return;
	side = session_side(s, live_tunnel(s->tunnel)->local);
	if (b->session && live_session(b->session)->is_stray)
		stray_adopt(c, s, b->session);
	binding_set(b, s);
	live_session(s)->is_down = false;
	live_session(s)->console->interface[side] = interface;
}

/* `uid:412`: IOS's number for a caller, which no line of his PPP bears. */
static bool is_interface(struct str name)
{
	return name.len && !str_starts(name, "uid:");
}

void speaker_forward(struct context *c, struct session *s)
{
	struct live_session *waiting = NULL;
	struct binding *b;

	if (is_interface(speaker_named_interface(c)) ||
	    is_interface(live_session(s)->console->interface[LAC]))
		return;
	for (struct live_session *ls = c->observer->strays; ls; ls = ls->console->next_stray) {
		if (!ls->is_forwarded || ls->is_down)
			continue;
		if (waiting)
			return; /* which of them is not told */
		waiting = ls;
	}
	b = waiting ? speaker_binding(c, waiting->console->interface[LAC], false) : NULL;
	if (!b || b->session != &waiting->session)
		return;
	stray_adopt(c, s, b->session);
	binding_set(b, s);
	live_session(s)->console->interface[LAC] = b->interface;
}

static void named_put(struct live_session **at, struct live_session *ls)
{
	*at = ls;
	if (ls)
		ls->console->named_at = at;
}

static void named_leave(struct live_session *ls)
{
	if (!ls->console->named_at)
		return;
	named_put(ls->console->named_at, ls->console->next_named);
	ls->console->next_named = NULL;
	ls->console->named_at = NULL;
}

void speaker_named(struct context *c, struct session *s)
{
	struct live_session *ls = live_session(s);

	if (!c->observer->is_text || !s->proxy_name.len || ls->is_named)
		return;
	ls->is_named = true;
	named_put(&ls->console->next_named, c->observer->named);
	named_put(&c->observer->named, ls);
}

/* The call of that user, lately named, that has no interface yet. */
static struct session *named_bare(struct context *c, const struct tunnel *t, struct str user)
{
	struct live_session **at = &c->observer->named;

	while (*at) {
		struct session *s = &(*at)->session;

		if (session_console(s)->interface[LNS].len || over_is_past(c->observer, s)) {
			named_leave(*at);
			continue;
		}
		if (s->tunnel == t && str_equal(s->proxy_name, user))
			return s;
		at = &(*at)->console->next_named;
	}
	return NULL;
}

struct session *speaker_cloned(struct context *c)
{
	struct session *s = c->observer->last_session;
	struct str user = said_text(c->event, FIELD_USER);
	struct session *named = s && s->tunnel && user.len ? named_bare(c, s->tunnel, user) : NULL;
	unsigned local;

	if (named)
		s = named;
	if (!s || !s->tunnel)
		return NULL;
	local = live_tunnel(s->tunnel)->local;
	if (session_side(s, local) != LNS || live_session(s)->console->interface[LNS].len)
		return NULL;
	speaker_bind(c, s);
	return s;
}

void speaker_forget(struct observer *o, struct session *s)
{
	if (o->last_session == s)
		o->last_session = NULL;
	named_leave(live_session(s));
	for (struct live_session *part = live_session(s); part; part = part->absorbed)
		bindings_clear(part);
}

void speaker_unbind(struct context *c, struct session *s)
{
	(void)c;
	live_session(s)->is_down = true;
}

unsigned speaker_side(const struct context *c, const struct session *s, bool *ret_at_lac)
{
	const struct live_session *ls = (const struct live_session *)s;
	bool is_client;
	unsigned local;

	*ret_at_lac = true;
	if (ls->is_stray)
		return LNS;
	local = session_side(s, ((const struct live_tunnel *)s->tunnel)->local);
	is_client = c->event->l2tp.is_present || ls->is_client;
	*ret_at_lac = local == LAC && !is_client;
	return local == LAC && is_client ? CLIENT : LNS;
}
