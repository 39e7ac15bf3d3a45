#include "speaker_link.h"

#include "log_record.h"
#include "over.h"
#include "ppp_link.h"
#include "registry.h"
#include "said_word.h"
#include "session.h"
#include "tunnel.h"
#include "unbound.h"

enum { LOOK_BACK = 256 }; /* of tunnels whose own id was never printed */

const struct party *speaker_local(const struct event *e)
{
	return e->kind != EVENT_SAID && e->sense == RECEIVED ? &e->to : &e->from;
}

const struct party *speaker_remote(const struct event *e)
{
	return speaker_local(e) == &e->from ? &e->to : &e->from;
}

/* ---- tunnels ---- */

static uint32_t peer_tunnel_id(const struct event *e)
{
	const struct avp *a = event_avp(e, 9);
	uint64_t number;

	if (speaker_remote(e)->tunnel_id)
		return speaker_remote(e)->tunnel_id;
	return e->sense == RECEIVED && a && avp_number(a, &number) ? (uint32_t)number : 0;
}

static bool peer_fits(const struct tunnel *t, const struct event *e)
{
	const struct peer *peer = &t->peer[1 - ((const struct live_tunnel *)t)->local];
	const struct party *party = speaker_remote(e);
	uint32_t id = peer_tunnel_id(e);
	struct str name = party->name.len ? party->name : said_text(e, FIELD_NAME);

	if (id && peer->tunnel_id && id != peer->tunnel_id)
		return false;
	return !name.len || !peer->name.len || str_equal(name, peer->name);
}

static void tunnel_bind(struct context *c, struct tunnel *t, uint32_t id)
{
	struct live_tunnel *lt = live_tunnel(t);

	lt->is_bound = true;
	t->peer[lt->local].tunnel_id = id;
	registry_add_tunnel_local(c->observer->registry, t, id);
}

struct tunnel *speaker_tunnel_new(struct context *c, unsigned local, bool roles_known,
				  bool is_fresh)
{
	struct tunnel *t = tunnel_new(c, is_fresh);

	if (!t)
		return NULL;
	live_tunnel(t)->local = (uint8_t)local;
	t->peer[local].is_text_source = true;
	if (local == INITIATOR && is_fresh) {
		t->peer[RESPONDER].address = c->observer->to_address;
		t->peer[INITIATOR].address = c->observer->own_address;
		c->observer->to_address = (struct address){0};
	}
	t->roles_known = roles_known;
	return t;
}

/* Where the newest tunnel stands of which the console's own id is not known, and whose peer may be
 * that of the event; or NULL. */
static struct tunnel **unbound_find(struct context *c)
{
	struct tunnel **at = unbound_of_text(c->observer);

	for (size_t looked = 0; *at && looked < LIMIT_UNBOUND_LOOK; looked++) {
		if (peer_fits(*at, c->event))
			return at;
		at = unbound_after(at);
	}
	return NULL;
}

/* A tunnel that the peer asked for, whose own id is now printed for the first time. */
static struct tunnel *opened_by_peer(struct context *c)
{
	struct tunnel **at = unbound_find(c);

	return at ? unbound_take(at) : NULL;
}

static struct tunnel *unbound_meant(struct context *c)
{
	struct tunnel **at = unbound_find(c);

	return at ? *at : NULL;
}

static bool begins_tunnel(const struct event *e)
{
	const uint8_t *after;

	if (e->kind == EVENT_CONTROL)
		return e->control.message == SCCRQ;
	if (e->kind != EVENT_SAID)
		return false;
	if (e->said.topic == SAID_TUNNEL_NEW)
		return true;
	if (e->said.topic != SAID_TUNNEL_STATE ||
	    !str_equal_nocase(said_text(e, FIELD_BEFORE), STR("idle")))
		return false;
	after = said_tunnel_word(said_text(e, FIELD_AFTER));
	return after && after[0] != TUNNEL_IDLE;
}

static bool says_idle(const struct event *e)
{
	return e->kind == EVENT_SAID && e->said.topic == SAID_TUNNEL_STATE &&
	       str_equal_nocase(said_text(e, FIELD_STATE), STR("idle"));
}

/* PPP of this interface was heard before the ids of its tunnel were printed. */
static struct session *nameless(struct context *c)
{
	struct str interface = speaker_named_interface(c);
	struct binding *b = interface.len ? speaker_binding(c, interface, false) : NULL;
	struct session *s = b ? b->session : NULL;

	if (!s || !s->tunnel || live_tunnel(s->tunnel)->is_bound ||
	    s->tunnel->peer[live_tunnel(s->tunnel)->local].tunnel_id)
		return NULL;
	return s;
}

static struct tunnel *nameless_tunnel(struct context *c)
{
	struct session *s = nameless(c);

	return s ? s->tunnel : NULL;
}

/* RFC 2661 7.2.1: only the end that was asked waits for the SCCCN. */
static bool waits_for_connected(const struct event *e)
{
	return e->kind == EVENT_SAID && e->said.topic == SAID_TUNNEL_STATE &&
	       str_equal_nocase(said_text(e, FIELD_AFTER), STR("wait-ctl-conn"));
}

static struct tunnel *tunnel_by_id(struct context *c, uint32_t id)
{
	const struct event *e = c->event;
	struct tunnel *t = registry_tunnel_local(c->observer->registry, id);
	bool begins = begins_tunnel(e);

	if (t && !(live_tunnel(t)->is_closed && begins))
		return t;
	t = opened_by_peer(c);
	if (!t)
		t = nameless_tunnel(c);
	if (!t) {
		bool is_request = e->kind == EVENT_CONTROL && e->control.message == SCCRQ;
		bool is_new = e->kind == EVENT_SAID && e->said.topic == SAID_TUNNEL_NEW;
		bool is_replying = waits_for_connected(e);
		bool is_asked = is_new || is_replying || (is_request && e->sense == RECEIVED);

		t = speaker_tunnel_new(c, is_asked ? RESPONDER : INITIATOR,
				       is_request || is_new || is_replying, begins || says_idle(e));
	}
	if (t)
		tunnel_bind(c, t, id);
	return t;
}

/* Who opened a tunnel that began with a record naming no direction. */
static void settle_roles(struct context *c, struct tunnel *t)
{
	const struct event *e = c->event;
	bool opens, answers;
	unsigned local;

	if (t->roles_known || e->kind != EVENT_CONTROL)
		return;
	opens = e->control.message == SCCRQ || e->control.message == SCCCN;
	answers = e->control.message == SCCRP;
	if (!opens && !answers)
		return;
	local = (e->sense == SENT) == opens ? INITIATOR : RESPONDER;
	if (live_tunnel(t)->local != local)
		tunnel_flip(t);
	t->roles_known = true;
}

/* A message that names no tunnel, of a daemon that names the line. */
static struct tunnel *interface_tunnel(struct context *c)
{
	struct str interface = speaker_named_interface(c);
	struct binding *b = interface.len ? speaker_binding(c, interface, false) : NULL;

	return b && b->session ? b->session->tunnel : NULL;
}

/* Later releases of IOS name the tunnel of a session by a handle only, which stands for nothing
 * where the log begins behind the tunnel: then the peer tells it, or the session's own id. */
static struct tunnel *tunnel_of_session(struct context *c)
{
	struct observer *o = c->observer;
	const struct event *e = c->event;
	uint32_t id = speaker_local(e)->session_id;
	size_t looked = 0;
	struct tunnel *t;

	if (!id)
		return NULL;
	for (t = *unbound_of_text(o); t && looked < LOOK_BACK;
	     t = live_tunnel(t)->next_unbound, looked++)
		if (registry_session(o->registry, t, live_tunnel(t)->local, id))
			return t;
	if (e->kind != EVENT_CONTROL || !session_message(e->control.message) || !peer_tunnel_id(e))
		return NULL;
	t = unbound_meant(c);
	if (!t) {
		t = speaker_tunnel_new(c, e->sense == RECEIVED ? RESPONDER : INITIATOR, false,
				       false);
		if (t)
			unbound_add(o, t);
	}
	return t;
}

struct tunnel *speaker_tunnel(struct context *c)
{
	struct observer *o = c->observer;
	const struct event *e = c->event;
	uint32_t id = speaker_local(e)->tunnel_id;
	struct tunnel *t = NULL;

	if (!id && e->l2tp.has_ids && e->sense == RECEIVED)
		id = e->l2tp.tunnel_id;
	if (id) {
		t = tunnel_by_id(c, id);
	} else if ((t = tunnel_of_session(c))) {
		; /* as good as an id */
	} else if (e->kind == EVENT_CONTROL && e->control.message == SCCRQ) {
		t = e->sense == RECEIVED ? unbound_meant(c) : NULL;
		if (!t) {
			t = speaker_tunnel_new(c, e->sense == RECEIVED ? RESPONDER : INITIATOR,
					       true, true);
			if (t)
				unbound_add(o, t);
		}
	} else if (e->kind == EVENT_CONTROL) {
		t = interface_tunnel(c);
		if (!t && o->last_session && session_message(e->control.message))
			t = o->last_session->tunnel;
		if (!t && o->last_tunnel && peer_fits(o->last_tunnel, e))
			t = o->last_tunnel;
		if (!t && (e->control.message == SCCRP || e->control.message == SCCCN))
			t = speaker_tunnel_new(c,
					       (e->sense == SENT) == (e->control.message == SCCCN)
						       ? INITIATOR
						       : RESPONDER,
					       true, false);
		if (!t && e->control.message == STOPCCN && !o->tunnels)
			t = speaker_tunnel_new(c, INITIATOR, false, false);
	} else if (e->kind == EVENT_SAID &&
		   (e->said.topic == SAID_RETRANSMIT || e->said.topic == SAID_UNSENT)) {
		t = interface_tunnel(c);
		if (!t)
			t = unbound_meant(c);
	} else if (e->kind == EVENT_SAID && e->said.topic == SAID_TUNNEL_AUTH) {
		/* its own id is not printed yet, or never: a host that was refused at once */
		t = said_text(e, FIELD_NAME).len ? unbound_meant(c) : NULL;
		if (!t && o->last_tunnel && peer_fits(o->last_tunnel, e))
			t = o->last_tunnel;
	}
	if (!t)
		return NULL;
	settle_roles(c, t);
	o->last_tunnel = t;
	return t;
}

/* ---- sessions ---- */

/* The first session that may still wait for the console's own id. */
static struct session *session_unbound_first(struct tunnel *t)
{
	struct session **at = &live_tunnel(t)->may_wait_id;

	if (!*at)
		*at = t->sessions;
	while (*at && live_session(*at)->is_bound && (*at)->next)
		*at = (*at)->next;
	return *at;
}

static struct session *session_unbound(struct tunnel *t, unsigned local, uint32_t peer_id)
{
	struct session *found = NULL;

	for (struct session *s = session_unbound_first(t); s; s = s->next) {
		unsigned side = session_side(s, local);

		if (live_session(s)->is_bound || s->id[side] || live_session(s)->is_ended)
			continue;
		if (peer_id && s->id[1 - side] == peer_id)
			return s;
		if (!found && (!peer_id || !s->id[1 - side]))
			found = s;
	}
	return found;
}

struct session *speaker_moved(struct context *c, struct session *s)
{
	if (s)
		c->observer->last_session = s;
	return s;
}

/* What only answers or ends, or is said of a call that stands: the log begins behind the request.
 */
static bool comes_late(const struct event *e)
{
	static const enum topic late[] = {SAID_RESULT, SAID_PPP_PHASE, SAID_CP_STATE,
					  SAID_AAA,    SAID_FORWARDED, SAID_PPP_DISCONNECT};

	for (size_t i = 0; e->kind == EVENT_SAID && i < sizeof(late) / sizeof(late[0]); i++)
		if (e->said.topic == late[i])
			return true;
	return e->kind == EVENT_PPP || (e->kind == EVENT_CONTROL && e->control.message != ICRQ &&
					e->control.message != OCRQ);
}

static struct session *session_nameless(struct context *c, const struct tunnel *t)
{
	struct str interface = speaker_named_interface(c);
	struct binding *b = interface.len ? speaker_binding(c, interface, false) : NULL;
	struct session *s = b ? b->session : NULL;

	return s && s->tunnel == t && !s->id[LAC] && !s->id[LNS] ? s : NULL;
}

static struct session *session_by_id(struct context *c, struct tunnel *t, uint32_t id,
				     uint32_t peer_id)
{
	unsigned local = live_tunnel(t)->local;
	struct session *s = registry_session(c->observer->registry, t, local, id);
	bool begins = c->event->kind == EVENT_SAID &&
		      (c->event->said.topic == SAID_SESSION_NEW ||
		       (c->event->said.topic == SAID_SESSION_STATE &&
			str_equal_nocase(said_text(c->event, FIELD_BEFORE), STR("idle"))));

	if (s && !over_is_past(c->observer, s) && !(live_session(s)->is_ended && begins))
		return s;
	s = session_unbound(t, local, peer_id);
	if (!s)
		s = session_nameless(c, t);
	if (!s)
		s = session_new(c, t, !comes_late(c->event));
	if (!s)
		return NULL;
	live_session(s)->is_bound = true;
	session_learn_id(c, s, local, id);
	return s;
}

static uint32_t peer_session_id(const struct event *e)
{
	const struct avp *a = event_avp(e, 14);
	uint64_t number;

	if (speaker_remote(e)->session_id)
		return speaker_remote(e)->session_id;
	return e->sense == RECEIVED && a && avp_number(a, &number) ? (uint32_t)number : 0;
}

/* The request is a repeat: its call is there. */
static struct session *session_asked_again(struct context *c, struct tunnel *t, uint32_t peer_id)
{
	const struct event *e = c->event;
	unsigned from = 1 - live_tunnel(t)->local;
	const struct channel *way = &t->way[from];
	bool is_old = e->l2tp.has_sequence && way->is_started &&
		      (uint16_t)(e->l2tp.ns - way->next_ns) >= 0x8000;
	struct session *s = is_old && peer_id
				    ? registry_session(c->observer->registry, t, from, peer_id)
				    : NULL;

	return s && seen_of(s->seen, e->control.message)->count && !live_session(s)->is_ended
		       ? s
		       : NULL;
}

static struct session *session_without_id(struct context *c, struct tunnel *t, uint32_t peer_id)
{
	const struct event *e = c->event;
	unsigned local = live_tunnel(t)->local;
	uint16_t message = e->control.message;
	bool is_request = message == ICRQ || message == OCRQ;
	struct session *s = NULL, *last = c->observer->last_session;

	if (is_request && e->sense == RECEIVED) {
		s = session_asked_again(c, t, peer_id);
		return s ? s : session_new(c, t, true);
	}
	if (peer_id)
		s = registry_session(c->observer->registry, t, 1 - local, peer_id);
	if (s && over_is_past(c->observer, s))
		s = NULL;
	if (!s && last && last->tunnel == t && !(is_request && live_session(last)->is_ended))
		s = last; /* a call that has ended is not asked for again: another one is */
	if (!s && is_request)
		s = session_new(c, t, true);
	return s;
}

struct session *speaker_session(struct context *c, struct tunnel *t)
{
	const struct event *e = c->event;
	uint32_t id = speaker_local(e)->session_id, peer_id = peer_session_id(e);
	struct session *s = NULL;

	if (!t)
		return NULL;
	if (!id && e->l2tp.has_ids && e->sense == RECEIVED)
		id = e->l2tp.session_id;
	if (!id && e->kind == EVENT_CONTROL && e->sense == SENT && event_avp(e, 14)) {
		uint64_t number;

		if (avp_number(event_avp(e, 14), &number))
			id = (uint32_t)number;
	}
	if (id)
		s = session_by_id(c, t, id, peer_id);
	else if (e->kind == EVENT_CONTROL && session_message(e->control.message))
		s = session_without_id(c, t, peer_id);
	if (!s)
		return NULL;
	session_learn_id(c, s, 1 - live_tunnel(t)->local, peer_id);
	return speaker_moved(c, s);
}
