#include "wire_v3.h"

#include "halves.h"
#include "registry.h"
#include "session.h"
#include "tunnel.h"
#include "wire.h"

/* No end assigns 0: under it stands what payload alone has shown of a tunnel. */
enum { NO_ID = 0 };

static struct tunnel *by_addresses(const struct context *c, unsigned *ret_from)
{
	unsigned end = 0;
	struct tunnel *t =
		registry_tunnel(c->observer->registry, c->event, NO_ID, LOOK_QUOTED, &end);

	*ret_from = 1 - end;
	return t;
}

struct tunnel *wire_v3_unnamed(struct context *c, unsigned *ret_from)
{
	struct tunnel *t = by_addresses(c, ret_from);

	return t && !t->peer[0].tunnel_id && !t->peer[1].tunnel_id ? t : NULL;
}

void wire_v3_was_there(struct context *c, struct tunnel *t)
{
	for (unsigned end = 0; end < 2; end++)
		registry_add_tunnel(c->observer->registry, t, end, NO_ID);
}

static struct tunnel *tunnel_of_payload(struct context *c)
{
	const struct event *e = c->event;
	struct tunnel *t = tunnel_new(c, false);

	if (!t)
		return NULL;
	wire_place(t, e, INITIATOR);
	wire_v3_was_there(c, t);
	return t;
}

/* A session id that no control message assigned. */
static struct session *session_of_payload(struct context *c, unsigned *ret_from)
{
	struct tunnel *t = by_addresses(c, ret_from);
	struct session *s;

	if (!t)
		t = half_tunnel(c, ret_from);
	if (!t) {
		t = tunnel_of_payload(c);
		*ret_from = INITIATOR;
	}
	if (!t)
		return NULL;
	s = half_session(c, t, 1 - *ret_from);
	if (!s)
		s = session_new(c, t, false);
	if (s)
		session_learn_used_id(c, s, 1 - *ret_from, c->event->l2tp.session_id);
	return s;
}

struct session *wire_v3_session(struct context *c, unsigned *ret_from)
{
	unsigned end = 0;
	struct session *s =
		registry_data(c->observer->registry, c->event, c->event->l2tp.session_id, &end);

	*ret_from = 1 - end;
	if (!s)
		s = session_of_payload(c, ret_from);
	if (!s)
		return NULL;
	live_tunnel(s->tunnel)->is_heard[*ret_from] = true;
	s->tunnel->heard[*ret_from] = c->mark;
	s = half_complete(c, s, ret_from);
	if (c->event->l2tp.pw_type && !session_circuit(s)->pw_type)
		session_circuit_make(c->arena, s)->pw_type = c->event->l2tp.pw_type;
	return s;
}
