#include "replay.h"

#include <stdlib.h>

#include "batch.h"
#include "half_open.h"
#include "jump.h"
#include "link.h"
#include "meter.h"
#include "mirror.h"
#include "operator.h"
#include "over.h"
#include "registry.h"
#include "reorder.h"
#include "replay_state.h"
#include "spoken.h"
#include "step.h"
#include "take.h"
#include "watch.h"

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

	if (r->n_observers == LIMIT_VANTAGES) {
		r->vantages_full = true;
		return NULL;
	}
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

/* ---- one event ---- */

/* A record of which not everything is known: what comes next may rest on what it hid. */
static bool is_unsure(const struct event *e)
{
	for (size_t i = 0; i < e->n_defects; i++) {
		if (e->defects[i].id == DEFECT_INPUT_DAMAGED)
			return true;
	}
	return e->kind == EVENT_SAID && e->said.topic == SAID_UNREAD;
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
	take_event(c);
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
		take_other(&c);
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
