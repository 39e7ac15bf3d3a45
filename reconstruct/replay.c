#include "replay.h"

#include <stdlib.h>

#include "batch.h"
#include "half_open.h"
#include "jump.h"
#include "l2f_replay.h"
#include "lately.h"
#include "link.h"
#include "meter.h"
#include "mirror.h"
#include "operator.h"
#include "over.h"
#include "ppp_link.h"
#include "radius_join.h"
#include "registry.h"
#include "reorder.h"
#include "replay_state.h"
#include "said.h"
#include "session.h"
#include "speaker.h"
#include "spoken.h"
#include "step.h"
#include "tunnel.h"
#include "watch.h"
#include "wire.h"

static size_t memory_ceiling(const struct thresholds *t)
{
	double octets = threshold(t, THRESHOLD_MEMORY) * (1 << 20);

	return octets < (double)LIMIT_REPLAY_ARENA ? (size_t)octets : LIMIT_REPLAY_ARENA;
}

struct replay *replay_new(const struct replay_options *o)
{
	struct replay *r = must_alloc(1, sizeof(*r));

	memset(r, 0, sizeof(*r));
	r->options = *o;
	r->arena = arena_new_spilled(memory_ceiling(o->thresholds),
				     o->keep_steps ? LIMIT_KEPT_MEMORY : LIMIT_FACTS_MEMORY);
	r->batch = arena_new(memory_ceiling(o->thresholds));
	if (o->keep_steps)
		r->steps = r->report.steps_at =
			arena_new_spilled(memory_ceiling(o->thresholds), LIMIT_STEPS_MEMORY);
	r->report.arena = o->tell ? r->batch : r->arena;
	r->report.has_file = arena_has_file(r->report.arena);
	r->report.thresholds = o->thresholds;
	r->report.in_order = o->in_order;
	r->report.is_hurried = o->is_hurried;
	r->report.hurry_context = o->hurry_context;
	r->report.asks_steps = o->asks_steps;
	return r;
}

void replay_free(struct replay *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->n_observers; i++) {
		meters_free(r->observers[i]->meters);
		registry_free(r->observers[i]->registry);
		ended_free(&r->observers[i]->ended);
		company_free(r->observers[i]);
		text_free(&r->observers[i]->words);
	}
	arena_free(r->arena);
	arena_free(r->steps);
	arena_free(r->batch);
	free(r);
}

const struct report *replay_report(const struct replay *r)
{
	return &r->report;
}

const struct tunnel *replay_tunnel(const struct tunnel *t)
{
	while (((const struct live_tunnel *)t)->became)
		t = ((const struct live_tunnel *)t)->became;
	return t;
}

const struct session *replay_session(const struct session *s)
{
	while (((const struct live_session *)s)->became)
		s = ((const struct live_session *)s)->became;
	return s;
}

const struct tunnel *replay_half_tunnel(const struct tunnel *t)
{
	const struct live_tunnel *half = ((const struct live_tunnel *)t)->absorbed;

	return half ? &half->tunnel : NULL;
}

const struct session *replay_half_session(const struct session *s)
{
	const struct live_session *half = ((const struct live_session *)s)->absorbed;

	return half ? &half->session : NULL;
}

void replay_set_steps(struct replay *r, struct step **steps, size_t n)
{
	r->report.steps = steps;
	r->report.n_steps = n;
}

bool replay_tunnels(const struct replay *r, size_t i, struct tunnel **ret)
{
	if (i >= r->n_observers)
		return false;
	*ret = r->observers[i]->tunnels;
	return true;
}

uint64_t replay_calls(const struct replay *r)
{
	uint64_t n = 0;

	for (size_t i = 0; r && i < r->n_observers; i++)
		n += r->observers[i]->parts ? r->observers[i]->calls_begun
					    : r->observers[i]->n_sessions;
	return n;
}

static struct observer *observer_known(const struct replay *r, uint16_t vantage)
{
	for (size_t i = r->n_observers; i-- > 0;) {
		if (r->options.are_apart || r->observers[i]->vantage == vantage)
			return r->observers[i];
	}
	return NULL;
}

static __attribute__((noinline)) struct observer *observer_new(struct replay *r,
							       const struct event *e)
{
	struct observer *o;

	if (r->n_observers == LIMIT_VANTAGES)
		return NULL;
	o = arena_alloc(r->arena, sizeof(*o));
	if (!o)
		return NULL;
	*o = (struct observer){.vantage = e->origin.vantage,
			       .input = e->origin.input,
			       .is_text = e->origin.line > 0 && e->origin.frame == 0 &&
					  e->sense != CROSSING,
			       .arena = r->arena,
			       .thresholds = r->options.thresholds,
			       .options = &r->options,
			       .words = text_make(LIMIT_RECORD),
			       .registry = registry_new()};
	o->parts = !o->is_text || r->options.parts_text;
	o->leaves = o->parts && r->options.tell;
	if (r->options.are_apart)
		o->spans = arena_array(r->arena, LIMIT_VANTAGES, sizeof(*o->spans));
	over_looked(o, e->when);
	o->report = &r->report;
	r->observers[r->n_observers] = o;
	r->n_observers++;
	return o;
}

static inline struct observer *observer_of(struct replay *r, const struct event *e)
{
	struct observer *o = observer_known(r, e->origin.vantage);

	return o ? o : observer_new(r, e);
}

/* ---- defects ---- */

static void defect_note_add(struct context *c, struct defect_note **list, const struct defect *d)
{
	struct defect_note *note = *list;

	/* damage is one finding per record; the others are counted per kind */
	while (note && note->defect.id != d->id)
		note = note->next;
	if (note && d->id != DEFECT_INPUT_DAMAGED) {
		note->count++;
		return;
	}
	note = arena_alloc(c->arena, sizeof(*note));
	if (!note)
		return;
	note->defect = *d;
	note->defect.text = keep(c, d->text);
	note->defect.was = keep(c, d->was);
	note->defect.should_be = keep(c, d->should_be);
	note->defect.proof = keep(c, d->proof);
	note->mark = spoken_mark(c);
	note->count = 1;
	if (*list)
		(*list)->last->next = note;
	else
		*list = note;
	(*list)->last = note;
}

static void defects_add(struct context *c, struct tunnel *t, struct session *s)
{
	struct defect_note **list = &c->observer->loose_defects;
	struct arena *outside = c->arena;

	if (s && s->tunnel) {
		list = &s->defects;
		context_in_session(c, s);
	} else if (t) {
		list = &t->defects;
		context_in_tunnel(c, t);
	}
	for (size_t i = 0; i < c->event->n_defects; i++)
		defect_note_add(c, list, &c->event->defects[i]);
	c->arena = outside;
}

static void defects_take(struct context *c, struct tunnel *t, struct session *s)
{
	if (c->event->n_defects)
		defects_add(c, t, s);
}

/* ---- one event ---- */

static void step_place(struct context *c, struct tunnel *t, struct session *s, enum role from,
		       enum role to)
{
	if (!c->step)
		return;
	c->step->tunnel = t ? t : s ? s->tunnel : NULL;
	c->step->session = s ? s : c->step->session;
	c->step->from = from;
	c->step->to = to;
}

static void context_place(struct context *c, struct tunnel *t, struct session *s, unsigned from)
{
	c->tunnel = t ? t : s ? s->tunnel : NULL;
	c->session = s;
	c->from = from;
}

static void take_control(struct context *c)
{
	const struct event *e = c->event;
	struct session *s = NULL;
	unsigned from = INITIATOR;
	struct tunnel *t;

	if (c->observer->is_text) {
		t = speaker_tunnel(c);
		s = session_message(e->control.message) ? speaker_session(c, t) : NULL;
		if (t)
			from = e->sense == RECEIVED ? 1u - live_tunnel(t)->local
						    : live_tunnel(t)->local;
		if (s)
			speaker_bind(c, s);
	} else {
		t = e->l2tp.version == 1 ? l2f_take(c, &s, &from) : wire_tunnel(c, &from);
	}
	if (!t) {
		defects_take(c, NULL, NULL);
		return;
	}
	step_place(c, t, s, tunnel_role(from), tunnel_role(1 - from));
	if (t->version != 1 && c->observer->is_text)
		tunnel_take(c, t, from, s);
	else if (t->version != 1)
		s = tunnel_take(c, t, from, NULL);
	context_place(c, t, s, from);
	if (s)
		s->last = c->mark;
	if (s && c->observer->is_text && e->sense == SENT && e->control.message == ICRQ)
		speaker_forward(c, s);
	if (s && c->observer->is_text && e->sense == SENT && e->control.message == CDN)
		operator_ends(c, s);
	if (t->version != 1 && c->observer->is_text && e->sense == SENT &&
	    e->control.message == STOPCCN)
		operator_closes(c, t);
	defects_take(c, t, s);
}

/* A copy of the last packet of this direction, made by the network, or of a late one. */
static bool is_copy(struct context *c, struct session *s, unsigned from)
{
	const struct ppp *p = &c->event->ppp;
	struct live_session *ls = live_session(s);
	uint32_t packet = (uint32_t)p->protocol << 16 | (uint32_t)p->code << 8 | p->id;
	uint32_t print = (uint32_t)hash_octets(p->body.at, p->body.len) ^ packet;
	uint16_t ip_id = c->event->path.ip_id;
	bool same = (ip_id && ls->last_ip_id[from] == ip_id && ls->last_packet[from] == packet) ||
		    lately_is_copy(c->observer, s, from, print, c->event->when.ns);

	ls->last_ip_id[from] = ip_id;
	ls->last_packet[from] = packet;
	return same;
}

static void take_ppp_text(struct context *c)
{
	const struct event *e = c->event;
	struct tunnel *t = e->from.tunnel_id || e->to.tunnel_id ? speaker_tunnel(c) : NULL;
	struct session *s = t ? speaker_session(c, t) : NULL;
	struct arena *outside;
	unsigned local, from;
	bool at_lac;

	if (s)
		speaker_bind(c, s);
	else
		s = speaker_link(c);
	if (!s) {
		defects_take(c, NULL, NULL);
		return;
	}
	local = speaker_side(c, s, &at_lac);
	from = e->sense == RECEIVED ? 1 - local : local;
	context_place(c, t, s, from == CLIENT ? s->lac_end : 1u - s->lac_end);
	if (!e->is_virtual)
		s->counters.ppp_messages++;
	s->last = c->mark;
	step_place(c, t, s,
		   from == CLIENT ? ROLE_CLIENT
		   : at_lac       ? ROLE_LAC
				  : ROLE_LNS,
		   from != CLIENT ? ROLE_CLIENT
		   : at_lac       ? ROLE_LAC
				  : ROLE_LNS);
	if (e->sense == SENT && e->ppp.protocol == PPP_LCP && e->ppp.code == CP_TERMREQ)
		operator_ends(c, s);
	outside = context_in_session(c, s);
	ppp_link_packet(c, s, from, at_lac);
	c->arena = outside;
	defects_take(c, t, s);
}

static void take_ppp(struct context *c)
{
	struct arena *outside;
	struct session *s;
	unsigned end = 0, from;

	if (c->observer->is_text) {
		take_ppp_text(c);
		return;
	}
	s = c->event->l2tp.is_present ? wire_session(c, &end) : link_session(c, &end);
	if (!s) {
		defects_take(c, NULL, NULL);
		return;
	}
	from = session_side(s, end) == LAC ? CLIENT : LNS;
	context_place(c, s->tunnel, s, end);
	step_place(c, s->tunnel, s, from == CLIENT ? ROLE_CLIENT : ROLE_LNS,
		   from == CLIENT ? ROLE_LNS : ROLE_CLIENT);
	s->last = c->mark;
	defects_take(c, s->tunnel, s);
	if (is_copy(c, s, from)) {
		s->counters.duplicates++;
		c->delivery = DELIVERY_DUPLICATE;
		if (c->step)
			c->step->delivery = DELIVERY_DUPLICATE;
		return;
	}
	s->counters.ppp_messages++;
	if (!tunnel_is_link(s->tunnel)) {
		tunnel_prove(c, s->tunnel, 1 - end, s);
		session_traffic(c, s, end);
	}
	outside = context_in_session(c, s);
	ppp_link_packet(c, s, from, false);
	c->arena = outside;
}

/* IP over PPP needs its control protocol open: else its opening was not seen. */
static bool network_is_open(const struct session *s, uint16_t protocol)
{
	const struct cp *cp = link_cp(&s->ppp, protocol == PPP_IPV6 ? CP_IPV6CP : CP_IPCP);

	if (protocol != PPP_IPV4 && protocol != PPP_IPV6)
		return true;
	return cp->opened.is_set;
}

/* Payload is only counted; the machines learn of it once: true. */
static bool take_data(struct context *c)
{
	struct session *s;
	unsigned end = 0, to;

	s = c->observer->is_text ? NULL : wire_session(c, &end);
	if (!s)
		return false;
	to = session_side(s, end) == LAC ? 0 : 1;
	context_place(c, s->tunnel, s, end);
	s->counters.data_packets[to]++;
	s->counters.data_bytes[to] += c->event->data.length;
	s->last = c->mark;
	s->tunnel->last = c->mark;
	defects_take(c, s->tunnel, s);
	if (!network_is_open(s, c->event->data.protocol))
		session_note_hole(c, s);
	if (s->end[LAC].state == SESSION_ESTABLISHED && s->end[LNS].state == SESSION_ESTABLISHED)
		return false;
	tunnel_prove(c, s->tunnel, 1 - end, s);
	session_traffic(c, s, end);
	return true;
}

static void take_said(struct context *c)
{
	const struct event *e = c->event;
	bool is_about_tunnel = e->from.tunnel_id || e->said.topic == SAID_TUNNEL_AUTH ||
			       e->said.topic == SAID_RETRANSMIT || e->said.topic == SAID_UNSENT;
	struct tunnel *t = is_about_tunnel ? speaker_tunnel(c) : NULL;
	struct session *s = t && e->from.session_id ? speaker_session(c, t) : NULL;

	s = said_take(c, t, s);
	context_place(c, t, s, INITIATOR);
	step_place(c, t, s, ROLE_UNKNOWN, ROLE_UNKNOWN);
	defects_take(c, t, s);
}

/* The end that the packet was sent to which the error quotes. */
static unsigned end_quoted(const struct event *e, const struct tunnel *t)
{
	const struct peer *p = t->peer;

	if (!address_equal(&p[INITIATOR].address, &p[RESPONDER].address)) {
		for (unsigned i = 0; i < 2; i++)
			if (e->to.address.family && address_equal(&p[i].address, &e->to.address))
				return i;
	}
	return e->row ? 1U - ((const struct live_tunnel *)t)->local : RESPONDER;
}

/* RFC 792: a host that is asked to send less is reached, or may be. */
static bool is_source_quench(const struct event *e)
{
	return e->icmp_type == 4 && e->to.address.family != 6;
}

static void take_icmp(struct context *c)
{
	struct tunnel *t = wire_quoted(c);

	if (!t && c->event->row && c->event->from.tunnel_id) /* a daemon's word */
		t = speaker_tunnel(c);

	if (t && !t->icmp.is_set && !is_source_quench(c->event)) {
		t->icmp = c->mark;
		t->icmp_type = c->event->icmp_type;
		t->icmp_code = c->event->icmp_code;
		t->icmp_about = (uint8_t)end_quoted(c->event, t);
	}
	context_place(c, t, NULL, INITIATOR);
	step_place(c, t, NULL, ROLE_NETWORK, ROLE_UNKNOWN);
	defects_take(c, t, NULL);
}

/* A record of which not everything is known: what comes next may rest on what it hid. */
static bool is_unsure(const struct event *e)
{
	for (size_t i = 0; i < e->n_defects; i++) {
		if (e->defects[i].id == DEFECT_INPUT_DAMAGED)
			return true;
	}
	return e->kind == EVENT_SAID && e->said.topic == SAID_UNREAD;
}

/* What came to an L2TP port and is none: only why it is none is kept. */
static void other_take(struct context *c)
{
	if (c->event->n_defects == 0)
		return;
	mark_keep(c);
	defects_take(c, NULL, NULL);
}

static void take(struct context *c)
{
	switch (c->event->kind) {
	case EVENT_CONTROL:
		take_control(c);
		break;
	case EVENT_PPP:
		take_ppp(c);
		break;
	case EVENT_SAID:
		take_said(c);
		break;
	case EVENT_ICMP:
		take_icmp(c);
		break;
	case EVENT_PPPOE:
		pppoe_take(c);
		defects_take(c, c->tunnel, c->session);
		break;
	case EVENT_PPTP:
		pptp_take(c);
		defects_take(c, c->tunnel, c->session);
		break;
	case EVENT_RADIUS:
		radius_take(c);
		defects_take(c, c->tunnel, c->session);
		break;
	case EVENT_DATA:
	case EVENT_OTHER:
		break;
	}
}

static bool is_due(const struct replay *r)
{
	return r->n_observers == 1 && over_is_worth(r->observers[0]);
}

/* `given` is what was fed: the event of `c` may be another one made of it. */
static void feed(struct replay *r, struct context *c, const struct event *given)
{
	const struct event *e = c->event;

	observer_widen(c->observer, &e->when);
	observer_span(c->observer, e->origin.vantage, e->origin.input, e->when);
	if (is_unsure(e))
		c->observer->unsure = e->number;
	if (c->observer->is_text) {
		struct session *latest = c->observer->last_session;

		if (latest && over_is_past(c->observer, latest))
			c->observer->last_session = NULL;
		link_hear(c);
		operator_hear(c);
	}
	if (e->kind == EVENT_DATA) {
		if (take_data(c) && r->options.placed)
			r->options.placed(r->options.placed_context, given, c->tunnel, c->session);
		if (c->session)
			meter_settle(c->session);
		watch_event(c);
		meter_open(c);
		half_open_hear(c);
		return;
	}
	mark_keep(c);
	if (r->options.keep_steps)
		c->step = step_new(r, c);
	take(c);
	if (c->session)
		meter_close(c->session);
	if (r->options.placed)
		r->options.placed(r->options.placed_context, given, c->tunnel, c->session);
	watch_event(c);
	if (r->options.say)
		spoken_note(c);
	if (c->session)
		company_changed(c->observer, c->session);
	half_open_hear(c);
	if (r->options.tell && !r->options.waits_to_tell && is_due(r))
		batch_tell(r);
}

static void feed_waited(struct replay *r, struct observer *o, const struct event *e);

/* The clock was set before: its time is one of the new clock. */
static void feed_on_new_clock(struct replay *r, const struct context *c, const struct event *given,
			      struct moment when)
{
	struct event on_new_clock = *c->event;
	struct context renewed = *c;

	on_new_clock.when = when;
	renewed.event = &on_new_clock;
	mark_set_when(&renewed.mark, when);
	feed(r, &renewed, given);
}

/* `may_wait`: for what it answers (reorder.h). */
static void feed_to(struct replay *r, struct observer *o, const struct event *e,
		    const struct event *given, bool may_wait)
{
	struct context c = {.arena = r->arena,
			    .observer = o,
			    .event = e,
			    .mark = mark_of_event(e),
			    .delivery = DELIVERY_NONE};
	struct moment when;

	if (may_wait && reorder_take(r, &c, feed_waited))
		return;
	if (e->kind == EVENT_OTHER) {
		other_take(&c);
		return;
	}
	if (jump_is_none(o, &e->when)) {
		o->latest = c.mark;
	} else if (jump_moment(&c, &when)) {
		feed_on_new_clock(r, &c, given, when);
		return;
	}
	feed(r, &c, given);
}

static void feed_waited(struct replay *r, struct observer *o, const struct event *e)
{
	feed_to(r, o, e, e, false);
}

/* It came on a mirror of `path`. */
static __attribute__((noinline)) void feed_mirrored(struct replay *r, struct observer *o,
						    const struct event *e,
						    const struct event *given,
						    const struct path *path)
{
	struct event mirrored = *e;

	mirrored.path.vlan[0] = path->vlan[0];
	mirrored.path.vlan[1] = path->vlan[1];
	mirrored.path.pppoe = path->pppoe;
	feed_to(r, o, &mirrored, given, true);
}

static void feed_as(struct replay *r, const struct event *e, const struct event *given)
{
	struct observer *o = observer_of(r, e);
	const struct path *path = o ? mirror_watch(o, e) : NULL;

	if (path)
		feed_mirrored(r, o, e, given, path);
	else if (o)
		feed_to(r, o, e, given, !o->is_text);
}

void replay_all_fed(struct replay *r)
{
	for (size_t i = 0; i < r->n_observers; i++)
		reorder_end(r, r->observers[i], feed_waited);
}

/* The router's own words on a RADIUS packet are a step of its call. */
static void feed_said(struct replay *r, const struct event *given)
{
	struct event said = *given;

	said.kind = EVENT_SAID;
	feed_as(r, &said, given);
}

void replay_feed(struct replay *r, const struct event *e)
{
	if (e->kind == EVENT_RADIUS && e->said.n_values)
		feed_said(r, e);
	else
		feed_as(r, e, e);
}

bool replay_are_apart(const struct replay *r)
{
	const struct observer *o = r->n_observers ? r->observers[0] : NULL;

	return !o ||
	       (!o->is_text && o->spans && !o->is_apart_in_vain && !o->n_jumps && !o->has_stopped);
}

bool replay_is_due(const struct replay *r)
{
	return r->options.waits_to_tell && is_due(r);
}

void replay_tell(struct replay *r)
{
	if (is_due(r))
		batch_tell(r);
}

bool replay_wants_glance(const struct replay *r)
{
	bool are_open = false;

	for (size_t i = 0; i < r->n_observers; i++) {
		if (reorder_waits(r->observers[i]))
			return false;
		are_open |= meters_are_open(r->observers[i]->meters);
	}
	return are_open;
}

bool replay_glance(struct replay *r, struct glance *g)
{
	struct observer *o = observer_known(r, g->vantage);

	return o && !o->is_text && !reorder_waits(o) && meter_count(o, g);
}

/* Of vantage points that are apart each has a time of its own. */
static bool span_latest(const struct observer *o, uint16_t vantage, int64_t *ret_ns)
{
	const struct moment *last;

	if (vantage >= LIMIT_VANTAGES || !o->spans[vantage].is_there)
		return false;
	last = &o->spans[vantage].last;
	if (last->kind != CLOCK_ABSOLUTE)
		return false;
	*ret_ns = last->ns;
	return true;
}

bool replay_leave(const struct replay *r, uint16_t vantage, struct glance_leave *ret)
{
	const struct observer *o = observer_known(r, vantage);

	if (!o || o->is_text || reorder_waits(o) || !o->latest.is_set ||
	    o->latest.kind != CLOCK_ABSOLUTE)
		return false;
	ret->latest_ns = o->latest.ns;
	return !o->spans || span_latest(o, vantage, &ret->latest_ns);
}

void replay_counted(struct replay *r, const struct glance_lease *newest)
{
	struct observer *o = observer_known(r, newest->vantage);

	if (o)
		meter_counted(o, newest);
}
