#include "reorder.h"

#include "auth_link.h"
#include "cp_link.h"
#include "link.h"
#include "ppp_link.h"
#include "session.h"
#include "tunnel.h"
#include "wire.h"

/* As near as copies of one packet are (contract.md: 2 ms): no end asks again so soon. */
static const int64_t at_once_ns = 2000000;

/* ---- is it ahead of what it answers? ---- */

/* It answers what its Nr covers; to an id that nobody assigned, the message that assigns it. */
static bool control_is_ahead(struct context *c)
{
	const struct event *e = c->event;
	unsigned end;
	const struct tunnel *t = wire_look(c, &end);

	return t ? tunnel_acknowledges_unseen(t, 1 - end, e) : e->l2tp.tunnel_id && e->l2tp.nr > 0;
}

static bool cp_is_ahead(const struct ppp_link *l, unsigned from, const struct ppp *p)
{
	size_t which = cp_index(p->protocol);
	const struct cp_side *asker = &link_cp(l, which)->side[1 - from];

	if (which == CP_OTHER && link_cp(l, which)->protocol != p->protocol)
		return false;
	switch (p->code) {
	case CP_CONFACK:
	case CP_CONFNAK:
	case CP_CONFREJ:
		return !cp_used_id(asker, p->id);
	case CP_TERMACK:
		return !side_ending(asker)->request.is_set;
	case CP_ECHOREP:
		return !side_echo(asker)->unanswered;
	default:
		return false;
	}
}

static const struct session *link_of(struct context *c, unsigned *ret_from)
{
	const struct event *e = c->event;
	bool is_pppoe = e->path.pppoe != 0;
	struct link_entry key = link_key(e, is_pppoe ? CARRIER_PPPOE : CARRIER_PPTP,
					 is_pppoe ? e->path.pppoe : e->path.gre_key);
	const struct link_entry *entry = link_find(c, &key, false);
	int from = entry && entry->tunnel ? link_sender(e, entry->tunnel) : -1;

	if (from < 0)
		return NULL;
	*ret_from = (unsigned)from;
	return entry->tunnel->sessions;
}

static const struct session *session_of(struct context *c, unsigned *ret_from)
{
	const struct event *e = c->event;
	const struct session *s;
	unsigned end = 0;

	if (!e->l2tp.is_present)
		return link_of(c, ret_from);
	if (!e->l2tp.has_ids || e->l2tp.version != 2)
		return NULL;
	s = wire_look_session(c, &end);
	*ret_from = 1 - end;
	return s;
}

static bool ppp_is_ahead(struct context *c)
{
	const struct event *e = c->event;
	unsigned end = 0, from;
	const struct session *s = session_of(c, &end);

	if (!s)
		return false;
	from = session_side(s, end) == LAC ? CLIENT : LNS;
	return auth_is_protocol(e->ppp.protocol) ? auth_is_ahead(&s->ppp, from, &e->ppp)
						 : cp_is_ahead(&s->ppp, from, &e->ppp);
}

/* RFC 1661 5, 1334 2.2, 1994 4, 3748 4: the same numbers in all. */
static inline bool is_answer(const struct ppp *p)
{
	return (p->code >= CP_CONFACK && p->code <= CP_CONFREJ) || p->code == CP_TERMACK ||
	       p->code == CP_ECHOREP;
}

/* Most packets need no look further. */
static inline bool is_ahead(struct context *c)
{
	const struct event *e = c->event;

	if (e->kind == EVENT_CONTROL)
		return e->l2tp.has_sequence && e->l2tp.has_ids && e->l2tp.version != 1 &&
		       control_is_ahead(c);
	return e->kind == EVENT_PPP && e->ppp.has_id && is_answer(&e->ppp) &&
	       (e->from.address.family || e->path.pppoe) && ppp_is_ahead(c);
}

/* ---- is it what is answered? ---- */

static bool is_opposite(const struct event *a, const struct event *b)
{
	if (a->path.pppoe)
		return a->path.pppoe == b->path.pppoe &&
		       memcmp(a->path.from_mac, b->path.to_mac, sizeof(a->path.to_mac)) == 0;
	return address_equal(&a->from.address, &b->to.address) &&
	       address_equal(&a->to.address, &b->from.address);
}

/* Whether it takes it out of the wait is seen when it was fed. */
static bool may_answer(const struct event *answer, const struct event *e)
{
	if (answer->kind != e->kind || !is_opposite(answer, e))
		return false;
	if (e->kind == EVENT_CONTROL)
		return e->l2tp.has_sequence && e->control.message != ZLB &&
		       e->control.message != ACK &&
		       (uint16_t)(answer->l2tp.nr - e->l2tp.ns) - 1u < LIMIT_REORDER;
	return answer->ppp.protocol == e->ppp.protocol && e->ppp.has_id &&
	       answer->ppp.id == e->ppp.id;
}

/* ---- what waits ---- */

static void hold(struct observer *o, const struct event *e)
{
	if (!o->ahead_arena)
		o->ahead_arena = arena_child(o->arena, sizeof(*e));
	o->ahead[o->n_ahead++] = event_copy(o->ahead_arena, e);
}

static void first_goes(struct replay *r, struct observer *o, reorder_feed *feed)
{
	const struct event *e = o->ahead[0];

	o->n_ahead--;
	memmove(o->ahead, o->ahead + 1, o->n_ahead * sizeof(o->ahead[0]));
	feed(r, o, e);
	if (!o->n_ahead) {
		arena_free(o->ahead_arena);
		o->ahead_arena = NULL;
	}
}

void reorder_end(struct replay *r, struct observer *o, reorder_feed *feed)
{
	while (o->n_ahead)
		first_goes(r, o, feed);
}

static bool is_at_once(const struct event *a, const struct event *b)
{
	int64_t apart = moment_minus(b->when, a->when);

	return moment_comparable(a->when, b->when) && apart < at_once_ns && apart > -at_once_ns;
}

static bool first_is_ahead(struct observer *o)
{
	struct context c = {.observer = o, .arena = o->arena, .event = o->ahead[0]};

	return is_ahead(&c);
}

/* Something waits, or the event of `c` is to. */
static __attribute__((noinline)) bool take_waiting(struct replay *r, struct context *c,
						   reorder_feed *feed)
{
	struct observer *o = c->observer;
	const struct event *e = c->event;

	if (o->n_ahead && (o->n_ahead == LIMIT_AHEAD || !is_at_once(o->ahead[0], e)))
		reorder_end(r, o, feed);
	if (!o->n_ahead && !is_ahead(c))
		return false;
	if (!o->n_ahead || !may_answer(o->ahead[0], e)) {
		hold(o, e);
		return true;
	}
	feed(r, o, e);
	while (o->n_ahead && !first_is_ahead(o))
		first_goes(r, o, feed);
	return true;
}

bool reorder_take(struct replay *r, struct context *c, reorder_feed *feed)
{
	return (c->observer->n_ahead || is_ahead(c)) && take_waiting(r, c, feed);
}
