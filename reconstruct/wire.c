#include "wire.h"

#include "fit.h"
#include "halves.h"
#include "meter.h"
#include "registry.h"
#include "remembered.h"
#include "session.h"
#include "tie_breaker.h"
#include "tunnel.h"
#include "unbound.h"
#include "wire_l2f.h"
#include "wire_stop.h"
#include "wire_v3.h"

enum { L2TP_PORT = 1701, LOOK_BACK = 256 };

/* A request is repeated as long as this; a copy of it that the network delays comes so late. */
static const int64_t repeat_ns = INT64_C(60) * 1000000000, late_ns = INT64_C(500) * 1000000;

/* The initiator knows that its SCCRQ was answered, or has closed: it repeats it no more. */
static bool request_is_done(const struct tunnel *t)
{
	const struct channel *answers = &t->way[RESPONDER];

	if (wire_is_refused_unread(t))
		return false;
	return t->way[INITIATOR].messages > 1 || (answers->has_acked && answers->acked != 0);
}

/* The same SCCRQ again, or one of a peer that comes again and counts its ids anew? */
static bool same_request(const struct context *c, struct tunnel *t)
{
	const struct moment last = mark_when(seen_last(seen_of(t->seen, SCCRQ)));
	int64_t since = moment_minus(c->event->when, last);

	if (live_tunnel(t)->request != request_print(c->event))
		return false;
	if (!moment_comparable(c->event->when, last))
		return !request_is_done(t);
	return since < (request_is_done(t) ? late_ns : repeat_ns);
}

static void lane_learn(struct tunnel *t, unsigned from, const struct path *path)
{
	struct lane *lane = &live_tunnel(t)->lane[from];

	if (!lane->is_known)
		*lane = (struct lane){true, path->label, path->gre_key};
}

void wire_place(struct tunnel *t, const struct event *e, unsigned from)
{
	t->peer[from].address = e->from.address;
	t->peer[from].port = e->from.port;
	t->peer[1 - from].address = e->to.address;
	t->peer[1 - from].port = e->to.port;
	live_tunnel(t)->at[from] = (struct place){e->from.address, e->from.port};
	live_tunnel(t)->at[1 - from] = (struct place){e->to.address, e->to.port};
}

/* A SCCRQ cut before its Assigned Tunnel ID, again: the same octets between the same places. */
static struct tunnel *nameless_again(const struct context *c)
{
	const struct event *e = c->event;
	size_t looked = 0;

	for (struct tunnel *t = *unbound_between(c->observer, &e->from.address, &e->to.address);
	     t && looked < LIMIT_HALF_LOOK; t = live_tunnel(t)->next_unbound, looked++) {
		if (!t->peer[INITIATOR].tunnel_id && seen_of(t->seen, SCCRQ)->count &&
		    t->peer[INITIATOR].port == e->from.port &&
		    address_equal(&t->peer[INITIATOR].address, &e->from.address) &&
		    address_equal(&t->peer[RESPONDER].address, &e->to.address) &&
		    path_equal(&t->path, &e->path) && same_request(c, t))
			return t;
	}
	return NULL;
}

/* A request that comes out of the reassembly late, cut because a fragment of it is missing: the
 * tunnel that it opened is known from what came meanwhile. */
static struct tunnel *opened_meanwhile(struct context *c, uint32_t id, unsigned *ret_from)
{
	const struct event *e = c->event;
	size_t looked = 0;

	if (moment_minus(e->when, c->observer->last) >= 0)
		return NULL;
	for (struct tunnel *t = c->observer->tunnels; t && looked < LOOK_BACK;
	     t = t->next, looked++) {
		bool is_turned = !address_equal(&t->peer[INITIATOR].address, &e->from.address);
		unsigned from = is_turned ? RESPONDER : INITIATOR;
		int64_t late = moment_minus(mark_when(&t->first), e->when);

		if (late <= 0 || late > repeat_ns ||
		    (id && t->peer[from].tunnel_id && t->peer[from].tunnel_id != id))
			continue;
		if (seen_of(t->seen, SCCRQ)->count || !path_equal(&t->path, &e->path) ||
		    t->version != e->l2tp.version ||
		    !address_equal(&t->peer[from].address, &e->from.address) ||
		    !address_equal(&t->peer[1 - from].address, &e->to.address))
			continue;
		*ret_from = from;
		if (!t->peer[from].tunnel_id)
			tunnel_learn_id(c, t, from, id);
		return t;
	}
	return NULL;
}

static struct tunnel *request_tunnel(struct context *c, unsigned *ret_from)
{
	const struct event *e = c->event;
	uint32_t id = assigned_tunnel(e);
	unsigned end = INITIATOR;
	struct tunnel *t = id ? registry_tunnel(c->observer->registry, e, id, LOOK_SENDER, &end)
			      : nameless_again(c);

	if (t && end == INITIATOR && seen_of(t->seen, SCCRQ)->count && same_request(c, t))
		return t;
	t = opened_meanwhile(c, id, ret_from);
	if (t)
		return t;
	t = tunnel_new(c, true);
	if (!t)
		return NULL;
	t->roles_known = true;
	wire_place(t, e, INITIATOR);
	lane_learn(t, INITIATOR, &e->path);
	live_tunnel(t)->request = request_print(e);
	live_tunnel(t)->asked = live_tunnel(t)->at[RESPONDER];
	tunnel_learn_id(c, t, INITIATOR, id);
	tie_found(c, t);
	unbound_add(c->observer, t);
	return t;
}

/* A message of the setup: the SCCRQ was not seen, and the tunnel was not up yet. A StopCCN is one
 * when nothing but SCCRQ and SCCRP came before it: its Nr, and how many its sender sent, tell. */
static bool is_of_setup(const struct event *e)
{
	switch (e->control.message) {
	case SCCRP:
	case SCCCN:
		return true;
	case STOPCCN:
		return e->l2tp.has_sequence && e->l2tp.ns <= 1 && e->l2tp.nr == 1;
	default:
		return false;
	}
}

/* Who sent it: the first message of the responder has Ns 0 and answers, the one that asks uses a
 * port of its own and asks port 1701 (RFC 2661 8.1). */
static unsigned sender_of(const struct event *e, bool *ret_is_sure)
{
	uint16_t message = e->kind == EVENT_CONTROL ? e->control.message : 0;

	*ret_is_sure = true;
	if (message == SCCRP || (message == STOPCCN && is_of_setup(e) && e->l2tp.ns == 0))
		return RESPONDER;
	if (message == SCCCN)
		return INITIATOR;
	*ret_is_sure = false;
	return e->from.port == L2TP_PORT && e->to.port != L2TP_PORT ? RESPONDER : INITIATOR;
}

static struct tunnel *inferred_tunnel(struct context *c, uint32_t id, unsigned *ret_from)
{
	const struct event *e = c->event;
	struct tunnel *t;

	/* no L2TP sends control messages without Ns and Nr (RFC 2661 3.1) */
	if (e->origin.frame && e->l2tp.is_control && !e->l2tp.has_sequence)
		return NULL;
	/* who acknowledges a StopCCN that refused its SCCRQ may not look for an id in it */
	if (e->origin.frame && e->l2tp.version == 2 && !id && e->control.message == ZLB &&
	    e->kind == EVENT_CONTROL)
		return NULL;
	t = tunnel_new(c, false);
	if (!t)
		return NULL;
	*ret_from = sender_of(e, &t->roles_known);
	t->was_there = e->kind != EVENT_CONTROL || !is_of_setup(e);
	wire_place(t, e, *ret_from);
	tunnel_learn_id(c, t, 1 - *ret_from, id);
	unbound_add(c->observer, t);
	if (t->version == 3)
		wire_v3_was_there(c, t);
	return t;
}

/* What only payload had shown of a tunnel has a control connection after all. */
static struct tunnel *unnamed_tunnel(struct context *c, unsigned *ret_from)
{
	struct tunnel *t = wire_v3_unnamed(c, ret_from);

	if (t)
		unbound_add(c->observer, t);
	return t;
}

/* A SCCCN to a tunnel that was closed, after a new SCCRQ of its sender: the ids are used again, and
 * the recording misses the SCCRP that said so. */
static struct tunnel *used_again(struct context *c, struct tunnel *closed, unsigned *ret_from)
{
	unsigned from;
	struct tunnel *t;

	if (!live_tunnel(closed)->is_closed || c->event->control.message != SCCCN ||
	    c->event->kind != EVENT_CONTROL)
		return NULL;
	t = half_tunnel(c, &from);
	if (!t || from != INITIATOR || !seen_of(t->seen, SCCRQ)->count)
		return NULL;
	*ret_from = from;
	return t;
}

/* An SCCRP to an id of which the SCCRP was another one: it was assigned anew, and the recording
 * misses the SCCRQ that said so. A peer that is asked twice may offer itself twice, until one offer
 * is taken. */
static bool is_assigned_anew(const struct context *c, const struct tunnel *t, unsigned end)
{
	const struct event *e = c->event;
	const struct seen *before = seen_of(t->seen, SCCRP);
	uint32_t id = assigned_tunnel(e);
	bool is_closed = ((const struct live_tunnel *)t)->is_closed;

	if (e->kind != EVENT_CONTROL || e->control.message != SCCRP || end != INITIATOR ||
	    !before->count || !id || !(is_closed || seen_of(t->seen, SCCCN)->count))
		return false;
	return t->peer[RESPONDER].tunnel_id != id ||
	       (is_closed && moment_minus(e->when, mark_when(seen_last(before))) > late_ns);
}

/* An SCCCN to Tunnel ID 0: its sender does not use the id that the SCCRP assigned. It is of the
 * latest tunnel that it asked that peer for and that was answered. */
static struct tunnel *connected_to_zero(const struct context *c)
{
	const struct event *e = c->event;
	size_t looked = 0;

	if (e->kind != EVENT_CONTROL || e->control.message != SCCCN || e->l2tp.version != 2 ||
	    !e->l2tp.has_ids)
		return NULL;
	for (struct tunnel *t = c->observer->tunnels; t && looked < LOOK_BACK;
	     t = t->next, looked++)
		if (t->version == 2 && seen_of(t->seen, SCCRP)->count &&
		    !live_tunnel(t)->is_closed && path_equal(&t->path, &e->path) &&
		    address_equal(&t->peer[INITIATOR].address, &e->from.address) &&
		    address_equal(&t->peer[RESPONDER].address, &e->to.address))
			return t;
	return NULL;
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
	if (t && is_assigned_anew(c, t, end))
		return inferred_tunnel(c, id, ret_from);
	if (t) {
		struct tunnel *again = used_again(c, t, ret_from);

		if (again) {
			tunnel_learn_id(c, again, RESPONDER, id);
			return again;
		}
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
	if (!t && e->l2tp.version == 3)
		t = unnamed_tunnel(c, ret_from);
	if (!t && !id) {
		t = wire_stop(c, ret_from);
		if (t)
			return t;
		t = connected_to_zero(c);
		if (t) {
			*ret_from = INITIATOR;
			return t;
		}
	}
	if (t) {
		tunnel_learn_id(c, t, 1 - *ret_from, id);
		return t;
	}
	return inferred_tunnel(c, id, ret_from);
}

/* The first answer may come from another port or address (RFC 2661 8.1); later the ends must stay
 * where they are, and a NAT may move them all the same. */
static void place_learn(struct context *c, struct tunnel *t, unsigned from)
{
	struct live_tunnel *lt = live_tunnel(t);
	const struct party *p = &c->event->from;
	bool is_same = address_equal(&lt->at[from].address, &p->address);
	bool is_answer = from == RESPONDER && !t->peer[from].tunnel_id;
	struct move *move = is_same ? &t->port_move[from] : &t->address_move[from];

	if (!p->address.family || (is_same && lt->at[from].port == p->port))
		return;
	if ((!is_answer || !is_same) && move->count++ == 0) {
		move->mark = c->mark;
		move->from = lt->at[from].address;
		move->to = p->address;
		move->from_port = lt->at[from].port;
		move->to_port = p->port;
		move->is_answer = is_answer;
	}
	lt->at[from] = (struct place){p->address, p->port};
	meter_turn(t);
	if (is_answer) {
		t->peer[from].address = p->address;
		t->peer[from].port = p->port;
		if (!is_same)
			unbound_moved(c->observer, t);
	} else if (t->peer[from].tunnel_id) {
		registry_add_tunnel(c->observer->registry, t, from, t->peer[from].tunnel_id);
	}
}

static struct tunnel *tunnel_placed(struct context *c, unsigned *ret_from)
{
	struct tunnel *t = tunnel_by_header(c, ret_from);

	if (t)
		place_learn(c, t, *ret_from);
	return t;
}

/* As nearly always: both ends are known, and where they were; `ret_end` is the receiver. */
static struct tunnel *tunnel_again(struct context *c, unsigned *ret_end)
{
	const struct event *e = c->event;
	uint32_t id = e->l2tp.has_ids ? e->l2tp.tunnel_id : e->to.tunnel_id;

	if (c->leads.of != e) {
		c->leads.of = e;
		c->leads.session = NULL;
		c->leads.tunnel = registry_way(c->observer->registry, e, id, &c->leads.end);
	}
	*ret_end = c->leads.end;
	return c->leads.tunnel;
}

struct tunnel *wire_look(struct context *c, unsigned *ret_end)
{
	struct tunnel *t = tunnel_again(c, ret_end);

	if (t)
		return t;
	c->leads.of = NULL; /* there may be a way now */
	return registry_tunnel(c->observer->registry, c->event, c->event->l2tp.tunnel_id,
			       LOOK_RECEIVER, ret_end);
}

struct session *wire_look_session(struct context *c, unsigned *ret_end)
{
	struct tunnel *t = wire_look(c, ret_end);

	c->leads.session =
		t ? registry_session(c->observer->registry, t, *ret_end, c->event->l2tp.session_id)
		  : NULL;
	return c->leads.session;
}

/* Cut inside its header: a tunnel that it could belong to cannot be told, let alone a new one. */
static bool names_no_tunnel(const struct event *e)
{
	return !e->l2tp.has_ids && !e->to.tunnel_id && !assigned_tunnel(e);
}

struct tunnel *wire_tunnel(struct context *c, unsigned *ret_from)
{
	struct tunnel *t = NULL;
	unsigned end = 0;

	if (c->event->control.message == SCCRQ) {
		*ret_from = INITIATOR;
		return request_tunnel(c, ret_from);
	}
	/* these two may be of another tunnel with the same ids */
	if (c->event->control.message != SCCCN && c->event->control.message != SCCRP)
		t = tunnel_again(c, &end);
	if (t)
		*ret_from = 1 - end;
	if (!t && names_no_tunnel(c->event))
		return NULL;
	if (!t)
		t = tunnel_placed(c, ret_from);
	if (!t)
		return NULL;
	lane_learn(t, *ret_from, &c->event->path);
	return t;
}

struct session *wire_session(struct context *c, unsigned *ret_from)
{
	const struct event *e = c->event;
	uint32_t id = e->l2tp.has_ids ? e->l2tp.session_id : e->to.session_id;
	struct tunnel *t;
	struct session *s;
	unsigned end;

	if (e->l2tp.version == 1)
		return wire_l2f_session(c, ret_from);
	if (!id)
		return NULL;
	if (e->l2tp.version == 3)
		return wire_v3_session(c, ret_from);
	t = tunnel_again(c, &end);
	if (t)
		*ret_from = 1 - end;
	else
		t = tunnel_placed(c, ret_from);
	if (!t)
		return NULL;
	live_tunnel(t)->is_heard[*ret_from] = true;
	t->heard[*ret_from] = c->mark;
	s = c->leads.session;
	if (!s)
		s = registry_session(c->observer->registry, t, 1 - *ret_from, id);
	if (!s && remembered_late(c, t, 1 - *ret_from, id) >= 0) {
		c->tunnel = t;
		c->from = *ret_from;
		t->last = c->mark;
		return NULL;
	}
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
	for (struct tunnel *t = *unbound_between(c->observer, &e->from.address, &e->to.address);
	     t && !found; t = live_tunnel(t)->next_unbound) {
		for (unsigned i = 0; i < 2 && !found; i++) {
			if (address_equal(&t->peer[i].address, &e->from.address) &&
			    address_equal(&t->peer[1 - i].address, &e->to.address))
				found = t;
		}
	}
	return found;
}
