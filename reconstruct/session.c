#include "session.h"

#include "ending.h"
#include "halves.h"
#include "join.h"
#include "meter.h"
#include "over.h"
#include "ppp_link.h"
#include "registry.h"
#include "remembered.h"
#include "roll.h"
#include "session_v3.h"

static unsigned version_of(const struct session *s)
{
	return s->tunnel ? s->tunnel->version : 2;
}

uint8_t session_machine(const struct session *s, enum direction d, unsigned side)
{
	unsigned version = version_of(s);

	if (version == 1)
		return side == LAC ? MACHINE_L2F_NAS_CLIENT : MACHINE_L2F_HGW_CLIENT;
	if (version == 3)
		return session_v3_machine(d, side);
	if (d == OUTGOING)
		return side == LAC ? MACHINE_SESSION_LAC_OUT : MACHINE_SESSION_LNS_OUT;
	return side == LAC ? MACHINE_SESSION_LAC_IN : MACHINE_SESSION_LNS_IN;
}

const struct console_session session_of_no_console;

/* Of a text, or of what stays to the end. */
struct fresh_session {
	struct live_session live;
	struct console_session console;
};

static size_t record_size(const struct observer *o)
{
	return o->is_text ? sizeof(struct fresh_session) : sizeof(struct live_session);
}

/* Of a text, those that stay to the end are all looked at again and again there: side by side they
 * lie in few pages of the file that they are in. */
static struct fresh_session *record_new(struct observer *o, struct arena *arena)
{
	enum { TOGETHER = 32 };

	if (arena != o->arena)
		return arena_alloc(arena, record_size(o));
	if (!o->n_fresh) {
		o->fresh = arena_array(arena, TOGETHER, sizeof(*o->fresh));
		if (!o->fresh)
			return NULL;
		o->n_fresh = TOGETHER;
	}
	o->n_fresh--;
	return o->fresh++;
}

struct session *session_new(struct context *c, struct tunnel *t, bool is_fresh)
{
	struct observer *o = c->observer;
	bool is_beside = o->is_text && !o->leaves;
	struct arena *arena = is_beside ? o->arena : observer_record(o, record_size(o));
	struct fresh_session *record = NULL;
	struct live_session *ls;
	struct session *s;

	if (o->n_sessions < LIMIT_SESSIONS)
		record = record_new(o, arena);
	if (!record) {
		o->is_limited = true;
		if (arena != o->arena)
			arena_free(arena);
		return NULL;
	}
	ls = &record->live;
	ls->arena = arena;
	if (o->is_text)
		ls->console = &record->console;
	o->n_sessions++;
	s = &ls->session;
	s->tunnel = t;
	s->vantage = c->mark.vantage;
	s->lac_end = INITIATOR;
	s->was_there = !is_fresh;
	for (unsigned i = 0; i < 2; i++)
		s->end[i] = (struct end){.machine = session_machine(s, INCOMING, i),
					 .state = is_fresh ? SESSION_IDLE : SESSION_UNKNOWN};
	ppp_link_begin(&s->ppp, is_fresh);
	s->first = c->mark;
	s->last = c->mark;
	ls->settles_ns = INT64_MAX;
	over_number_call(o, s);
	if (!t)
		return s;
	roll_add(o, t, s);
	if (!o->is_text)
		roll_add_half(t, ls);
	t->n_sessions++;
	return s;
}

static bool tunnel_has_holes_behind(const struct tunnel *t, const struct mark *m)
{
	return t->is_holey && (!t->hole.is_set || t->hole.vantage != m->vantage ||
			       mark_number(&t->hole) >= mark_number(m));
}

bool session_has_holes(const struct session *s)
{
	/* what its control messages lack, before PPP, its PPP need not lack */
	const struct mark *first = s->ppp.first.is_set ? &s->ppp.first : &s->first;

	return s->is_holey || tunnel_has_holes_behind(s->tunnel, first);
}

bool session_has_holes_behind(const struct session *s, const struct mark *m)
{
	if (s->joined || s->vantage != m->vantage) /* another recording has its own numbers */
		return session_has_holes(s);
	return (s->is_holey && (!s->hole || s->hole >= mark_number(m))) ||
	       tunnel_has_holes_behind(s->tunnel, m);
}

void session_note_hole(struct context *c, struct session *s)
{
	s->hole = s->is_holey && !s->hole ? 0 : c->event->number;
	s->is_holey = true;
}

void session_note_hole_anywhere(struct session *s)
{
	s->is_holey = true;
	s->hole = 0;
}

void session_learn_id(struct context *c, struct session *s, unsigned tunnel_end, uint32_t id)
{
	unsigned side = session_side(s, tunnel_end);

	if (!id || s->id[side])
		return;
	s->id[side] = id;
	if (!s->was_there && s->tunnel)
		remembered_id(s->tunnel, tunnel_end, id);
	registry_add_session(c->observer->registry, s, tunnel_end, id);
}

void session_take_used_id(struct context *c, struct session *s, unsigned tunnel_end, uint32_t id)
{
	if (!c->observer->is_text && !s->was_there)
		session_note_hole(c, s);
	session_learn_id(c, s, tunnel_end, id);
}

/* Direction and role decide which machine an end has. Of a state that only the other one has
 * nothing is left. */
static void machines_again(struct session *s)
{
	for (unsigned i = 0; i < 2; i++) {
		struct end *end = &s->end[i];

		end->machine = session_machine(s, s->direction, i);
		if (!machine_state_name(end_machine(end), end->state))
			end->state = SESSION_UNKNOWN;
	}
}

void session_direction(struct session *s, enum direction d)
{
	if (d == DIRECTION_UNKNOWN || s->direction == d)
		return;
	s->direction = d;
	machines_again(s);
}

static bool cdn_from_responder(const struct session *s)
{
	const struct ending *e = session_cdn(s);

	return e->is_set && (e->from == LAC ? s->lac_end : 1 - s->lac_end) == RESPONDER;
}

bool session_is_answered(const struct session *s)
{
	return cdn_from_responder(s) || s->established[LAC].is_set || s->established[LNS].is_set ||
	       seen_of(s->seen, ICRP)->count || seen_of(s->seen, OCRP)->count;
}

void session_give_back(struct session *s)
{
	struct live_session *half = live_session(s)->absorbed, *next;

	for (; half; half = next) {
		next = half->absorbed;
		arena_free(half->arena);
	}
	arena_free(live_session(s)->arena);
}

void session_flip(struct session *s)
{
	struct end end = s->end[0];
	uint32_t id = s->id[0];
	struct mark established = s->established[0];
	uint64_t data, bytes;

	meter_close(s);
	data = s->counters.data_packets[0];
	bytes = s->counters.data_bytes[0];
	s->lac_end = (uint8_t)(1 - s->lac_end);
	s->end[0] = s->end[1];
	s->end[1] = end;
	s->id[0] = s->id[1];
	s->id[1] = id;
	told_turn(s);
	s->established[0] = s->established[1];
	s->established[1] = established;
	s->counters.data_packets[0] = s->counters.data_packets[1];
	s->counters.data_packets[1] = data;
	s->counters.data_bytes[0] = s->counters.data_bytes[1];
	s->counters.data_bytes[1] = bytes;
	seen_turn(s->seen);
	if (s->cdn)
		s->cdn->from = (uint8_t)(1 - s->cdn->from);
	machines_again(s);
	ppp_link_flip(&s->ppp);
}

/* ---- finding ---- */

static uint32_t assigned_id(const struct event *e)
{
	const struct avp *a = event_avp(e, 14);
	uint64_t number;

	if (!a)
		a = event_avp(e, 63);
	if (!a && e->l2tp.version == 3) /* Cisco's drafts have AVPs of their own for it */
		return e->from.session_id;
	return a && a->is_whole && avp_number(a, &number) ? (uint32_t)number : 0;
}

static uint32_t remote_id(const struct event *e)
{
	const struct avp *a = event_avp(e, 64);
	uint64_t number;

	if (e->l2tp.has_ids && e->l2tp.session_id)
		return e->l2tp.session_id;
	if (a && a->is_whole && avp_number(a, &number))
		return (uint32_t)number;
	return e->to.session_id;
}

struct session *session_known(struct context *c, const struct tunnel *t, unsigned from)
{
	const struct registry *r = c->observer->registry;
	uint32_t sent_by, sent_to;
	struct session *s = NULL;

	if (!session_message(c->event->control.message))
		return NULL;
	sent_to = remote_id(c->event);
	if (sent_to)
		s = registry_session(r, t, 1 - from, sent_to);
	if (s)
		return s;
	sent_by = assigned_id(c->event);
	return sent_by ? registry_session(r, t, from, sent_by) : NULL;
}

/* The call to which a message belongs that names an end's id for the first time: the only one
 * where it is still missing. */
static struct session *session_waiting(const struct tunnel *t, unsigned end, uint32_t other_id)
{
	struct session *found = NULL;

	for (struct session *s = t->sessions; s; s = s->next) {
		unsigned side = session_side(s, end);

		if (s->id[side] || s->was_there || live_session(s)->is_ended ||
		    (other_id && s->id[1 - side] && s->id[1 - side] != other_id))
			continue;
		if (found)
			return NULL;
		found = s;
	}
	return found;
}

struct session *session_of_message(struct context *c, struct tunnel *t, unsigned from)
{
	uint16_t message = c->event->control.message;
	bool is_request = message == ICRQ || message == OCRQ;
	struct session *s;

	if (!session_message(message))
		return NULL;
	s = session_known(c, t, from);
	/* an id may be used again once its call is gone */
	if (s && is_request && (live_session(s)->is_ended || seen_of(s->seen, message)->count))
		s = NULL;
	if (!s && !is_request && !remote_id(c->event))
		s = session_waiting(t, from, 0);
	/* L2TPv3 names both ids where both are known */
	else if (!s && !is_request && (t->version != 3 || assigned_id(c->event)))
		s = session_waiting(t, 1 - from, assigned_id(c->event));
	if (!s) {
		s = session_new(c, t, is_request);
		if (s && is_request)
			session_direction(s, message == ICRQ ? INCOMING : OUTGOING);
	}
	if (!s)
		return NULL;
	if (!s->id[session_side(s, from)]) {
		s = half_named(c, s, from, assigned_id(c->event));
		session_learn_id(c, s, from, assigned_id(c->event));
	}
	session_learn_used_id(c, s, 1 - from, remote_id(c->event));
	return s;
}

/* ---- facts ---- */

static void roles_from(struct session *s, uint16_t message, unsigned from)
{
	bool is_lac = message == ICRQ || message == ICCN || message == OCRP || message == OCCN;
	bool is_lns = message == ICRP || message == OCRQ;

	if (!is_lac && !is_lns)
		return;
	session_direction(s, message >= ICRQ ? INCOMING : OUTGOING);
	if (s->roles_known)
		return;
	if (session_side(s, from) != (is_lac ? LAC : LNS))
		session_flip(s);
	s->roles_known = true;
}

static void text_fact(struct context *c, uint16_t avp, struct str *ret)
{
	const struct avp *a = event_avp(c->event, avp);

	if (a && avp_text(a).len)
		*ret = keep(c, avp_text(a));
}

static void number_fact(struct context *c, uint16_t avp, uint32_t *ret)
{
	const struct avp *a = event_avp(c->event, avp);
	uint64_t number;

	if (a && avp_number(a, &number))
		*ret = (uint32_t)number;
}

static void cdn_facts(struct context *c, struct session *s, unsigned from)
{
	unsigned side = session_side(s, from);

	if (!session_cdn(s)->is_set)
		ending_take(c, session_cdn_make(c->arena, s), side);
	else if (session_cdn(s)->from != side)
		mark_first(&session_told_make(c->arena, s)->second_cdn, c->mark);
}

void session_facts(struct context *c, struct session *s, unsigned from)
{
	uint16_t message = c->event->control.message;
	const struct avp *serial = event_avp(c->event, 15);
	struct arena *outside = context_in_session(c, s);
	uint64_t number;

	roles_from(s, message, from);
	s->last = c->mark;
	/* in a log the id may just not be printed */
	s->id_is_hidden |= (message == ICRQ || message == OCRQ) && !assigned_id(c->event) &&
			   (event_avp(c->event, 14) || event_avp(c->event, 63));
	if (serial && serial->is_whole && avp_number(serial, &number)) {
		s->serial = (uint32_t)number;
		s->has_serial = true;
	}
	text_fact(c, 22, &s->calling);
	text_fact(c, 21, &s->called);
	if (event_avp(c->event, 23))
		text_fact(c, 23, &session_told_make(c->arena, s)->sub_address);
	number_fact(c, 24, &s->connect_speed[0]);
	number_fact(c, 38, &s->connect_speed[1]);
	if (message == ICCN || message == OCCN)
		ppp_link_proxy(c, s);
	if (version_of(s) == 3)
		session_v3_facts(c, s, from);
	if (message == CDN)
		cdn_facts(c, s, from);
	c->arena = outside;
}

/* ---- the machines ---- */

static int message_event(uint16_t message)
{
	switch (message) {
	case ICRQ:
	case OCRQ:
		return SESSION_SEND_REQUEST;
	case ICRP:
	case OCRP:
		return SESSION_SEND_REPLY;
	case ICCN:
	case OCCN:
		return SESSION_SEND_CONNECTED;
	case CDN:
		return SESSION_SEND_CDN;
	default:
		return -1;
	}
}

enum role session_role(const struct session *s, unsigned side)
{
	if (s->roles_known)
		return side == LAC ? ROLE_LAC : ROLE_LNS;
	return side == LAC ? ROLE_INITIATOR : ROLE_RESPONDER;
}

void session_side_step(struct context *c, struct session *s, unsigned side, uint8_t event,
		       bool is_concluded)
{
	const struct tunnel *t = s->tunnel;
	bool is_sure = s->roles_known && t && t->way[0].gaps + t->way[1].gaps == 0;
	struct arena *outside = context_in_session(c, s);

	meter_close(s);
	end_step(c, &s->end[side], event,
		 (struct end_of){session_role(s, side), 0, is_sure ? &s->verdicts : NULL},
		 is_concluded);
	c->arena = outside;
	if (s->end[side].state == SESSION_ESTABLISHED && !s->established[side].is_set) {
		s->established[side] = c->mark;
		s->established[side].is_inferred = s->end[side].is_inferred;
	}
}

void session_sent(struct context *c, struct session *s, unsigned from, uint16_t message,
		  bool is_concluded)
{
	int event = message_event(message);
	unsigned side = session_side(s, from);

	/* the log of who asked has no word of the request's arrival but its refusal */
	if (event == SESSION_SEND_CDN && c->observer->is_text &&
	    s->end[side].state == SESSION_IDLE && s->end[1 - side].state == SESSION_WAIT_REPLY)
		session_side_step(c, s, side, SESSION_RECV_REQUEST, true);
	if (event >= 0)
		session_side_step(c, s, side, (uint8_t)event, is_concluded);
	if (event == SESSION_SEND_REQUEST)
		session_v3_asked(c, s, from);
}

void session_received(struct context *c, struct session *s, unsigned from, uint16_t message,
		      bool is_concluded)
{
	int event = message_event(message);

	if (message == CDN)
		live_session(s)->told = mark_when(&c->mark);
	if (event >= 0)
		session_side_step(c, s, session_side(s, 1 - from), (uint8_t)(event + 1),
				  is_concluded);
}

void session_step(struct context *c, struct session *s, unsigned tunnel_end, uint8_t event)
{
	unsigned side = session_side(s, tunnel_end);

	if (s->end[side].state != SESSION_IDLE)
		session_side_step(c, s, side, event, false);
}

void session_first_traffic(struct context *c, struct session *s, unsigned from)
{
	for (unsigned end = 0; end < 2; end++) {
		unsigned side = session_side(s, end);
		uint8_t state = s->end[side].state;

		/* the other end may not know yet: only a late start tells of both */
		if (state == SESSION_ESTABLISHED || (end != from && state != SESSION_UNKNOWN))
			continue;
		session_side_step(c, s, side, SESSION_TRAFFIC, true);
	}
}
