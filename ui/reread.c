#include "reread.h"

#include <stdlib.h>

#include "inputs.h"
#include "legs.h"
#include "limits.h"
#include "places.h"
#include "radius_join.h"
#include "replay.h"

/* A message that is to be read, and whose it is. */
struct wanted {
	struct spot place;
	const struct tunnel *tunnel;
	const struct session *session;
};

/* What was read again. */
struct reading {
	struct reading *next;
	uint64_t *calls; /* by number */
	size_t n_calls;
	uint64_t tunnel, event;
	struct replay *replay;
	struct step **steps;
	size_t n_steps;
	bool is_whole;
};

/* A record that became part of another one; its places are under its own name. */
struct merged {
	const void *into, *owner;
};

struct owners {
	struct places *places;
	struct merged *merged;
	size_t n_merged;
	bool has_merged;
};

struct reread {
	struct run *run;
	struct owners tunnels, sessions; /* messages of no session, and those of one */
	struct arena *copies;            /* of messages that no single record gives again */
	const struct event **copied;
	size_t n_copied, copied_room;
	struct reading *readings; /* the current one first */
	/* while something is collected */
	struct wanted *wanted;
	size_t n_wanted, wanted_room;
	bool is_full;
};

/* ---- which inputs ---- */

struct reread *reread_new(struct run *r)
{
	double keeps = threshold(&r->thresholds, THRESHOLD_REREAD) * (1 << 20);
	const struct source *s = r->n_inputs == 1 ? r->inputs[0].source : NULL;
	struct reread *x;

	if (s == NULL || !source_goes_back(s) || (double)source_size(s) <= keeps)
		return NULL;
	x = must_alloc(1, sizeof(*x));
	*x = (struct reread){.run = r, .copies = arena_new(LIMIT_REPLAY_ARENA)};
	reread_begin(x);
	return x;
}

static void reading_free(struct reading *g)
{
	replay_free(g->replay);
	free(g->calls);
	free(g);
}

static void readings_free(struct reread *x)
{
	while (x->readings != NULL) {
		struct reading *next = x->readings->next;

		reading_free(x->readings);
		x->readings = next;
	}
}

static void owners_free(struct owners *o)
{
	places_free(o->places);
	free(o->merged);
	*o = (struct owners){0};
}

void reread_free(struct reread *x)
{
	if (x == NULL)
		return;
	readings_free(x);
	owners_free(&x->tunnels);
	owners_free(&x->sessions);
	arena_free(x->copies);
	free(x->copied);
	free(x->wanted);
	free(x);
}

void reread_begin(struct reread *x)
{
	readings_free(x);
	owners_free(&x->tunnels);
	owners_free(&x->sessions);
	x->tunnels.places = places_new();
	x->sessions.places = places_new();
	arena_reset(x->copies);
	x->n_copied = 0;
}

size_t reread_size(const struct reread *x)
{
	return places_size(x->tunnels.places) + places_size(x->sessions.places) +
	       arena_used(x->copies);
}

/* ---- while all is read ---- */

static void copy_keep(struct reread *x, const struct event *e)
{
	if (x->n_copied == x->copied_room) {
		x->copied_room = x->copied_room == 0 ? 64 : x->copied_room * 2;
		x->copied = must_grow(x->copied, x->copied_room, sizeof(*x->copied));
	}
	x->copied[x->n_copied++] = event_copy(x->copies, e);
}

static void placed(void *context, const struct event *e, const struct tunnel *t,
		   const struct session *s)
{
	struct reread *x = context;

	if (e->is_assembled)
		copy_keep(x, e);
	places_add(s != NULL ? x->sessions.places : x->tunnels.places,
		   s != NULL ? (const void *)s : t,
		   &(struct spot){.offset = e->origin.offset,
				  .frame = e->origin.frame,
				  .number = e->number,
				  .is_control = e->kind == EVENT_CONTROL});
}

void reread_prepare(struct reread *x, struct replay_options *o)
{
	o->keep_steps = false;
	o->placed = placed;
	o->placed_context = x;
}

/* ---- one message ---- */

static int copy_by_number(const void *a, const void *b)
{
	uint64_t number = *(const uint64_t *)a;
	const struct event *e = *(const struct event *const *)b;

	return (number > e->number) - (number < e->number);
}

static bool message_read(struct reread *x, const struct spot *p, struct event *ret)
{
	struct source *s = x->run->inputs[0].source;
	const struct event *const *copy = NULL;

	if (x->n_copied > 0)
		copy = bsearch(&p->number, x->copied, x->n_copied, sizeof(*x->copied),
			       copy_by_number);
	if (copy != NULL) {
		*ret = **copy;
		return true;
	}
	if (!source_back(s, p->offset, p->frame) || source_next(s, ret) != PULLED ||
	    ret->origin.frame != p->frame)
		return false;
	ret->number = p->number;
	return true;
}

/* ---- which messages ---- */

static int by_into(const void *a, const void *b)
{
	const char *x = ((const struct merged *)a)->into, *y = ((const struct merged *)b)->into;

	return (x > y) - (x < y);
}

static const void *tunnel_of(const void *tunnel)
{
	return tunnel == NULL ? NULL : replay_tunnel(tunnel);
}

static const void *session_of(const void *session)
{
	return replay_session(session);
}

static void merged_find(struct owners *o, const void *(*became)(const void *owner))
{
	size_t n = places_owners(o->places);

	if (o->has_merged)
		return;
	o->has_merged = true;
	o->merged = must_alloc(n + 1, sizeof(*o->merged));
	o->n_merged = 0;
	for (size_t i = 0; i < n; i++) {
		const void *owner = places_owner(o->places, i), *into = became(owner);

		if (into != owner)
			o->merged[o->n_merged++] = (struct merged){into, owner};
	}
	qsort(o->merged, o->n_merged, sizeof(*o->merged), by_into);
}

/* The first of those that became part of `into`. */
static size_t merged_first(const struct owners *o, const void *into)
{
	size_t low = 0, high = o->n_merged;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if ((const char *)o->merged[middle].into < (const char *)into)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* All places of an owner and of what became part of it. */
static void each_place(const struct owners *o, const void *owner,
		       bool (*take)(void *context, const struct spot *p), void *context)
{
	places_each(o->places, owner, take, context);
	for (size_t i = merged_first(o, owner); i < o->n_merged && o->merged[i].into == owner; i++)
		places_each(o->places, o->merged[i].owner, take, context);
}

/* What is collected of one owner. */
struct collection {
	struct reread *reread;
	const struct tunnel *tunnel;
	const struct session *session;
	bool is_control_only;
	uint64_t from, until; /* events */
};

static bool collect(void *context, const struct spot *p)
{
	const struct collection *c = context;
	struct reread *x = c->reread;

	if ((c->is_control_only && !p->is_control) || p->number < c->from || p->number > c->until)
		return true;
	if (x->n_wanted == LIMIT_REREAD) {
		x->is_full = true;
		return false;
	}
	if (x->n_wanted == x->wanted_room) {
		x->wanted_room = x->wanted_room == 0 ? 256 : x->wanted_room * 2;
		x->wanted = must_grow(x->wanted, x->wanted_room, sizeof(*x->wanted));
	}
	x->wanted[x->n_wanted++] = (struct wanted){*p, c->tunnel, c->session};
	return true;
}

static void collect_session(struct reread *x, const struct session *s, bool is_control_only)
{
	struct collection c = {x, s->tunnel, s, is_control_only, 0, UINT64_MAX};

	each_place(&x->sessions, s, collect, &c);
}

static void collect_tunnel(struct reread *x, const struct tunnel *t)
{
	struct collection c = {x, t, NULL, false, 0, UINT64_MAX};

	each_place(&x->tunnels, t, collect, &c);
}

static void collect_loose(struct reread *x, uint64_t from, uint64_t until)
{
	struct collection c = {x, NULL, NULL, false, from, until};

	places_each(x->tunnels.places, NULL, collect, &c);
}

/* The control messages of the others in the tunnel are counted together with the call's. */
static void collect_others(struct reread *x, const struct tunnel *t, bool is_control_only)
{
	collect_tunnel(x, t);
	for (const struct session *s = t->sessions; s != NULL && !x->is_full; s = s->next)
		collect_session(x, s, is_control_only);
}

static void collect_call(struct reread *x, const struct call *c)
{
	const struct call *leg = c->legs == NULL ? c : c->legs;

	for (; leg != NULL; leg = leg == c ? NULL : leg->next_leg)
		collect_session(x, leg->session, false);
	if (c->radius != NULL)
		collect_loose(x, mark_number(&c->radius->asked),
			      c->radius->answered.is_set ? mark_number(&c->radius->answered)
							 : mark_number(&c->radius->last));
}

static void collect_tunnels(struct reread *x, const struct call *c)
{
	const struct call *leg = c->legs == NULL ? c : c->legs;

	for (; leg != NULL; leg = leg == c ? NULL : leg->next_leg)
		collect_others(x, leg->session->tunnel, true);
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = ((const struct wanted *)a)->place.number;
	uint64_t y = ((const struct wanted *)b)->place.number;

	return (x > y) - (x < y);
}

static void collect_all(struct reread *x, const struct reread_what *what)
{
	size_t n = 0;

	merged_find(&x->tunnels, tunnel_of);
	merged_find(&x->sessions, session_of);
	x->n_wanted = 0;
	x->is_full = false;
	if (what->event != 0)
		collect_loose(x, what->event, what->event);
	for (size_t i = 0; i < what->n_calls; i++)
		collect_call(x, what->calls[i]);
	for (size_t i = 0; i < what->n_calls; i++)
		collect_tunnels(x, what->calls[i]);
	if (what->tunnel != NULL)
		collect_others(x, what->tunnel, false);
	if (x->n_wanted == 0) /* nothing but data */
		return;
	qsort(x->wanted, x->n_wanted, sizeof(*x->wanted), by_number);
	for (size_t i = 0; i < x->n_wanted; i++) {
		if (n == 0 || x->wanted[n - 1].place.number != x->wanted[i].place.number)
			x->wanted[n++] = x->wanted[i];
	}
	x->n_wanted = n;
}

/* ---- reading ---- */

static void steps_take(struct reread *x, struct reading *g)
{
	const struct report *r = replay_report(g->replay);

	g->steps = r->steps;
	g->n_steps = r->n_steps;
	for (size_t i = 0; i < g->n_steps; i++) {
		struct step *s = g->steps[i];
		struct wanted key = {.place.number = s->event->number};
		const struct wanted *w =
			bsearch(&key, x->wanted, x->n_wanted, sizeof(*x->wanted), by_number);

		s->tunnel = w == NULL ? NULL : (struct tunnel *)(uintptr_t)w->tunnel;
		s->session = w == NULL ? NULL : (struct session *)(uintptr_t)w->session;
	}
}

static struct reading *read_all(struct reread *x, const struct reread_what *what)
{
	struct reading *g = must_alloc(1, sizeof(*g));
	struct replay_options o = run_replay_options(x->run);
	struct vantage *vantages;
	size_t n_vantages = inputs_vantages(x->run, &vantages);
	struct event e;

	*g = (struct reading){.calls = must_alloc(what->n_calls + 1, sizeof(*g->calls)),
			      .n_calls = what->n_calls,
			      .tunnel = what->tunnel == NULL ? 0 : what->tunnel->number,
			      .event = what->event};
	for (size_t i = 0; i < what->n_calls; i++)
		g->calls[i] = what->calls[i]->number;
	collect_all(x, what);
	g->is_whole = !x->is_full;
	o.keep_steps = true;
	g->replay = replay_new(&o);
	for (size_t i = 0; i < x->n_wanted; i++) {
		if (message_read(x, &x->wanted[i].place, &e))
			replay_feed(g->replay, &e);
		else
			g->is_whole = false;
	}
	replay_end_steps(g->replay, vantages, n_vantages);
	steps_take(x, g);
	free(vantages);
	return g;
}

static bool is_reading_of(const struct reading *g, const struct reread_what *what)
{
	if (g->n_calls != what->n_calls || g->event != what->event ||
	    g->tunnel != (what->tunnel == NULL ? 0 : what->tunnel->number))
		return false;
	for (size_t i = 0; i < g->n_calls; i++) {
		if (g->calls[i] != what->calls[i]->number)
			return false;
	}
	return true;
}

bool reread(struct reread *x, const struct reread_what *what)
{
	struct reading **at = &x->readings, *g;

	while (*at != NULL && !is_reading_of(*at, what))
		at = &(*at)->next;
	g = *at;
	if (g != NULL)
		*at = g->next;
	else
		g = read_all(x, what);
	g->next = x->readings;
	x->readings = g;
	run_steps_are(x->run, g->steps, g->n_steps);
	return g->is_whole;
}

void reread_forget(struct reread *x)
{
	readings_free(x);
	run_steps_are(x->run, NULL, 0);
}

/* ---- does a filter on messages fit? ---- */

struct question {
	struct reread *reread;
	const struct call *call;
	const struct tunnel *tunnel;
	bool fits;
};

static bool ask(void *context, const struct spot *p)
{
	struct question *q = context;
	struct run *r = q->reread->run;
	struct subject s = run_subject(r);
	struct event e;

	if (!message_read(q->reread, p, &e))
		return true;
	s.call = q->call;
	s.tunnel = q->tunnel;
	s.event = &e;
	q->fits = filter_fits(r->filter, &s);
	return !q->fits;
}

static bool session_fits(struct reread *x, const struct session *s)
{
	struct question q = {.reread = x, .call = s->call, .tunnel = s->tunnel};

	each_place(&x->sessions, s, ask, &q);
	return q.fits;
}

bool reread_call_fits(struct reread *x, const struct call *c)
{
	const struct call *leg = c->legs == NULL ? c : c->legs;
	bool fits = false;

	merged_find(&x->sessions, session_of);
	for (; leg != NULL && !fits; leg = leg == c ? NULL : leg->next_leg)
		fits = session_fits(x, leg->session);
	return fits;
}

bool reread_tunnel_fits(struct reread *x, const struct tunnel *t)
{
	struct question q = {.reread = x, .tunnel = t};

	merged_find(&x->tunnels, tunnel_of);
	merged_find(&x->sessions, session_of);
	each_place(&x->tunnels, t, ask, &q);
	for (const struct session *s = t->sessions; s != NULL && !q.fits; s = s->next)
		q.fits = session_fits(x, s);
	return q.fits;
}
