#include "wire.h"

#include "halves.h"
#include "registry.h"
#include "session.h"
#include "tunnel.h"

enum { L2TP_PORT = 1701, LOOK_BACK = 256 };

static const int64_t repeat_ns = INT64_C(60) * 1000000000;

static uint32_t assigned_tunnel(const struct event *e)
{
	const struct avp *a = event_avp(e, 9);
	uint64_t number;

	if (!a)
		a = event_avp(e, 61);
	return a && a->is_whole && avp_number(a, &number) ? (uint32_t)number : 0;
}

static struct span challenge_of(const struct event *e)
{
	const struct avp *a = event_avp(e, 11);

	return a ? a->value : (struct span){0};
}

/* The same SCCRQ again, or one of a peer that has restarted and counts its ids anew? */
static bool same_request(const struct context *c, struct tunnel *t)
{
	const struct seen *seen = &t->seen[SCCRQ];

	if (live_tunnel(t)->is_closed && t->stopccn.mark.is_set &&
	    moment_minus(c->event->when, t->stopccn.mark.when) > 0 && seen->repeats == 0 &&
	    moment_minus(c->event->when, seen->first.when) > repeat_ns)
		return false;
	return span_equal(live_tunnel(t)->request_challenge, challenge_of(c->event)) &&
	       moment_minus(c->event->when, seen->first.when) < repeat_ns;
}

static void lane_learn(struct tunnel *t, unsigned from, const struct path *path)
{
	struct lane *lane = &live_tunnel(t)->lane[from];

	if (!lane->is_known)
		*lane = (struct lane){true, path->label, path->gre_key};
}

static void peers_from(struct tunnel *t, const struct event *e, unsigned from)
{
	t->peer[from].address = e->from.address;
	t->peer[from].port = e->from.port;
	t->peer[1 - from].address = e->to.address;
	t->peer[1 - from].port = e->to.port;
}

static void half_add(struct context *c, struct tunnel *t)
{
	live_tunnel(t)->next_unbound = c->observer->unbound;
	c->observer->unbound = t;
}

/* Both ends ask at once: the one that is waiting hears the other's SCCRQ (RFC 2661 4.4.3). */
static void tie(struct context *c)
{
	const struct event *e = c->event;
	size_t looked = 0;

	if (!event_avp(e, 5))
		return;
	for (struct tunnel *t = c->observer->unbound; t && looked < LOOK_BACK;
	     t = live_tunnel(t)->next_unbound, looked++) {
		if (address_equal(&t->peer[INITIATOR].address, &e->to.address) &&
		    address_equal(&t->peer[RESPONDER].address, &e->from.address) &&
		    t->end[INITIATOR].state == TUNNEL_WAIT_CTL_REPLY)
			end_step(c, &t->end[INITIATOR], TUNNEL_RECV_SCCRQ, ROLE_INITIATOR, 0, NULL,
				 false);
	}
}

static struct tunnel *request_tunnel(struct context *c)
{
	const struct event *e = c->event;
	uint32_t id = assigned_tunnel(e);
	unsigned end = INITIATOR;
	struct tunnel *t =
		id ? registry_tunnel(c->observer->registry, e, id, LOOK_SENDER, &end) : NULL;

	if (t && end == INITIATOR && t->seen[SCCRQ].count && same_request(c, t))
		return t;
	tie(c);
	t = tunnel_new(c, true);
	if (!t)
		return NULL;
	t->roles_known = true;
	peers_from(t, e, INITIATOR);
	lane_learn(t, INITIATOR, &e->path);
	live_tunnel(t)->request_challenge = keep_span(c, challenge_of(e));
	tunnel_learn_id(c, t, INITIATOR, id);
	half_add(c, t);
	return t;
}

static struct tunnel *inferred_tunnel(struct context *c, uint32_t id, unsigned *ret_from)
{
	const struct event *e = c->event;
	struct tunnel *t = tunnel_new(c, false);

	if (!t)
		return NULL;
	/* the one that asks uses a port of its own and asks port 1701 (RFC 2661 8.1) */
	*ret_from = e->from.port == L2TP_PORT && e->to.port != L2TP_PORT ? RESPONDER : INITIATOR;
	peers_from(t, e, *ret_from);
	tunnel_learn_id(c, t, 1 - *ret_from, id);
	half_add(c, t);
	return t;
}

static struct tunnel *tunnel_by_header(struct context *c, unsigned *ret_from)
{
	const struct event *e = c->event;
	const struct registry *r = c->observer->registry;
	uint32_t id = e->l2tp.has_ids ? e->l2tp.tunnel_id : e->to.tunnel_id;
	uint32_t sender_id = e->kind == EVENT_CONTROL ? assigned_tunnel(e) : 0;
	struct tunnel *t = NULL;
	unsigned end = 0;

	if (id)
		t = registry_tunnel(r, e, id, LOOK_RECEIVER, &end);
	if (t) {
		*ret_from = 1 - end;
		return t;
	}
	if (sender_id)
		t = registry_tunnel(r, e, sender_id, LOOK_SENDER, &end);
	if (t && (!id || !t->peer[1 - end].tunnel_id)) {
		*ret_from = end;
		tunnel_learn_id(c, t, 1 - end, id);
		return t;
	}
	t = half_tunnel(c, ret_from);
	if (t) {
		tunnel_learn_id(c, t, 1 - *ret_from, id);
		return t;
	}
	return inferred_tunnel(c, id, ret_from);
}

/* The first answer may come from another port or address (RFC 2661 8.1). */
static void peer_moves(struct context *c, struct tunnel *t, unsigned from)
{
	struct peer *p = &t->peer[from];

	if (p->tunnel_id || from != RESPONDER)
		return;
	p->address = c->event->from.address;
	p->port = c->event->from.port;
}

/* Cut inside its header: a tunnel that it could belong to cannot be told, let alone a new one. */
static bool names_no_tunnel(const struct event *e)
{
	return !e->l2tp.has_ids && !e->to.tunnel_id && !assigned_tunnel(e);
}

struct tunnel *wire_tunnel(struct context *c, unsigned *ret_from)
{
	struct tunnel *t;

	if (c->event->l2tp.version == 1)
		return NULL;
	if (c->event->control.message == SCCRQ) {
		*ret_from = INITIATOR;
		return request_tunnel(c);
	}
	if (names_no_tunnel(c->event))
		return NULL;
	t = tunnel_by_header(c, ret_from);
	if (t && c->event->control.message == SCCRP)
		peer_moves(c, t, *ret_from);
	if (t)
		lane_learn(t, *ret_from, &c->event->path);
	return t;
}

/* L2TPv3 payload names only the session (RFC 3931 4.1). */
static struct session *session_of_v3(struct context *c, unsigned *ret_from)
{
	const struct event *e = c->event;

	for (struct tunnel *t = c->observer->tunnels; t; t = t->next) {
		for (unsigned end = 0; t->version == 3 && end < 2; end++) {
			struct session *s;

			if (!address_equal(&t->peer[end].address, &e->to.address))
				continue;
			s = registry_session(c->observer->registry, t, end, e->l2tp.session_id);
			*ret_from = 1 - end;
			if (s)
				return s;
		}
	}
	return NULL;
}

struct session *wire_session(struct context *c, unsigned *ret_from)
{
	const struct event *e = c->event;
	uint32_t id = e->l2tp.has_ids ? e->l2tp.session_id : e->to.session_id;
	struct tunnel *t;
	struct session *s;

	if (e->l2tp.version == 1 || !id)
		return NULL;
	if (e->l2tp.version == 3)
		return session_of_v3(c, ret_from);
	t = tunnel_by_header(c, ret_from);
	if (!t)
		return NULL;
	live_tunnel(t)->is_heard[*ret_from] = true;
	s = registry_session(c->observer->registry, t, 1 - *ret_from, id);
	if (!s)
		s = half_session(c, t, 1 - *ret_from);
	if (!s)
		s = session_new(c, t, false);
	if (!s)
		return NULL;
	session_learn_used_id(c, s, 1 - *ret_from, id);
	return half_complete(c, s, ret_from);
}

struct tunnel *wire_quoted(struct context *c)
{
	const struct event *e = c->event;
	uint32_t id = e->l2tp.has_ids ? e->l2tp.tunnel_id : 0;
	struct tunnel *found = NULL;
	unsigned end;

	if (id)
		found = registry_tunnel(c->observer->registry, e, id, LOOK_QUOTED, &end);
	for (struct tunnel *t = c->observer->unbound; t && !found;
	     t = live_tunnel(t)->next_unbound) {
		for (unsigned i = 0; i < 2 && !found; i++) {
			if (address_equal(&t->peer[i].address, &e->from.address) &&
			    address_equal(&t->peer[1 - i].address, &e->to.address))
				found = t;
		}
	}
	return found;
}
