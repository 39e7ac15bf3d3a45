#include "wire_l2f.h"

#include "fit.h"
#include "registry.h"
#include "session.h"
#include "tunnel.h"
#include "unbound.h"
#include "wire.h"

static struct tunnel *tunnel_make(struct context *c, unsigned from, bool is_fresh)
{
	const struct event *e = c->event;
	struct tunnel *t = tunnel_new(c, is_fresh);

	if (!t)
		return NULL;
	t->roles_known = is_fresh;
	wire_place(t, e, from);
	tunnel_learn_id(c, t, from, e->from.tunnel_id);
	tunnel_learn_id(c, t, 1 - from, e->l2tp.tunnel_id);
	unbound_add(c->observer, t);
	return t;
}

static bool has_client(const struct context *c, const struct tunnel *t, uint32_t mid)
{
	const struct registry *r = c->observer->registry;

	return registry_session(r, t, INITIATOR, mid) || registry_session(r, t, RESPONDER, mid);
}

/* A tunnel of which this direction was not seen yet; one that knows the client goes before. */
static struct tunnel *other_half(const struct context *c, unsigned *ret_from)
{
	const struct event *e = c->event;
	struct tunnel *found = NULL;
	size_t looked = 0;

	for (struct tunnel *t = *unbound_between(c->observer, &e->from.address, &e->to.address);
	     t && looked < LIMIT_HALF_LOOK; t = live_tunnel(t)->next_unbound, looked++) {
		bool knows = e->l2tp.session_id && has_client(c, t, e->l2tp.session_id);

		for (unsigned from = 0; from < 2 && t->version == 1; from++) {
			if (t->peer[1 - from].tunnel_id || !path_equal(&t->path, &e->path) ||
			    !address_equal(&t->peer[from].address, &e->from.address) ||
			    !address_equal(&t->peer[1 - from].address, &e->to.address) ||
			    (found && !knows))
				continue;
			found = t;
			*ret_from = from;
		}
		if (found && knows)
			break;
	}
	return found;
}

/* RFC 2341 4.4.2: a NAS that begins knows no Client ID of the other end. */
static bool is_request(const struct event *e)
{
	return e->kind == EVENT_CONTROL && e->control.message == L2F_CONF && !e->l2tp.tunnel_id;
}

static struct tunnel *of_request(struct context *c)
{
	const struct event *e = c->event;
	unsigned end = INITIATOR;
	struct tunnel *t =
		registry_tunnel(c->observer->registry, e, e->from.tunnel_id, LOOK_SENDER, &end);

	if (t && end == INITIATOR && live_tunnel(t)->request == request_print(e))
		return t;
	t = tunnel_make(c, INITIATOR, true);
	if (t)
		live_tunnel(t)->request = request_print(e);
	return t;
}

struct tunnel *wire_l2f_tunnel(struct context *c, unsigned *ret_from)
{
	const struct event *e = c->event;
	unsigned end = 0;
	struct tunnel *t;

	*ret_from = INITIATOR;
	if (!e->l2tp.has_ids || (!e->l2tp.tunnel_id && !e->from.tunnel_id))
		return NULL;
	if (is_request(e))
		return of_request(c);
	t = e->l2tp.tunnel_id ? registry_tunnel(c->observer->registry, e, e->l2tp.tunnel_id,
						LOOK_RECEIVER, &end)
			      : NULL;
	if (t) {
		*ret_from = 1 - end;
	} else {
		t = other_half(c, ret_from);
		if (t)
			tunnel_learn_id(c, t, 1 - *ret_from, e->l2tp.tunnel_id);
	}
	if (!t) {
		/* a CONF that names a Client ID answers one */
		*ret_from = e->from.tunnel_id ? RESPONDER : INITIATOR;
		return tunnel_make(c, *ret_from, false);
	}
	tunnel_learn_id(c, t, *ret_from, e->from.tunnel_id);
	return t;
}

struct session *wire_l2f_client(struct context *c, struct tunnel *t, unsigned from, bool is_fresh)
{
	uint32_t mid = c->event->l2tp.session_id;
	struct session *s = registry_session(c->observer->registry, t, 1 - from, mid);

	if (s && !(is_fresh && live_session(s)->is_ended))
		return s;
	s = session_new(c, t, is_fresh);
	if (!s)
		return NULL;
	session_direction(s, INCOMING);
	s->roles_known = t->roles_known;
	session_learn_id(c, s, INITIATOR, mid);
	session_learn_id(c, s, RESPONDER, mid);
	return s;
}

struct session *wire_l2f_session(struct context *c, unsigned *ret_from)
{
	struct tunnel *t = wire_l2f_tunnel(c, ret_from);

	if (!t || !c->event->l2tp.session_id)
		return NULL;
	live_tunnel(t)->is_heard[*ret_from] = true;
	t->heard[*ret_from] = c->mark;
	return wire_l2f_client(c, t, *ret_from, false);
}
