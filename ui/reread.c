#include "reread.h"

#include <pthread.h>
#include <stdlib.h>

#include "inputs.h"
#include "limits.h"
#include "reread_wanted.h"

/* The session of a call that was told, as it is while its messages are there. */
struct revived {
	struct call *call; /* or its leg */
	struct session *session;
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
	struct revived *revived;
	size_t n_revived, revived_room;
	bool is_whole;
};

struct reread {
	struct run *run;
	pthread_mutex_t reads; /* who reads in the capture */
	struct standing *standing;
	struct told *told;
	struct arena *copies; /* of messages that no single record gives again */
	const struct event **copied;
	size_t n_copied, copied_room;
	struct reading *readings; /* the current one first */
	const void **forgotten;   /* sessions */
	size_t n_forgotten, forgotten_room;
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
	pthread_mutex_init(&x->reads, NULL);
	reread_begin(x);
	return x;
}

void reading_free(struct reading *g)
{
	if (g == NULL)
		return;
	replay_free(g->replay);
	free(g->revived);
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

void reread_free(struct reread *x)
{
	if (x == NULL)
		return;
	readings_free(x);
	standing_free(x->standing);
	told_free(x->told);
	arena_free(x->copies);
	free(x->copied);
	free(x->forgotten);
	pthread_mutex_destroy(&x->reads);
	free(x);
}

void reread_begin(struct reread *x)
{
	readings_free(x);
	standing_free(x->standing);
	told_free(x->told);
	x->standing = standing_new();
	x->told = told_new();
	arena_reset(x->copies);
	x->n_copied = x->n_forgotten = 0;
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
	standing_add(x->standing, e, t, s);
}

static void forgotten(void *context, const void *record)
{
	struct reread *x = context;

	standing_drop(x->standing, record);
	if (x->n_forgotten == x->forgotten_room) {
		x->forgotten_room = x->forgotten_room == 0 ? 256 : x->forgotten_room * 2;
		x->forgotten = must_grow(x->forgotten, x->forgotten_room, sizeof(*x->forgotten));
	}
	x->forgotten[x->n_forgotten++] = record;
}

static void take_told(void *context, const struct report *report)
{
	struct reread *x = context;
	struct told_source s = standing_source(x->standing);

	told_take(x->told, report, &s);
}

/* With secrets of RADIUS what comes later may tell more of what was before. */
void reread_prepare(struct reread *x, struct replay_options *o)
{
	o->keep_steps = false;
	o->placed = placed;
	o->placed_context = x;
	if (secrets_has(x->run->secrets, SECRET_RADIUS))
		return;
	o->forgotten = forgotten;
	o->tell = take_told;
	/* screens settle when nobody looks */
	o->waits_to_tell = (x->run->options->command->needs & LOADS_ITSELF) != 0;
	o->tell_context = x;
}

const struct report *reread_report(struct reread *x, const struct report *last)
{
	return told_end(x->told, last);
}

void reread_set_steps(struct reread *x, struct step **steps, size_t n)
{
	told_set_steps(x->told, steps, n);
}

const struct told *reread_told(const struct reread *x)
{
	return x->told;
}

static int by_address(const void *a, const void *b)
{
	const char *x = *(const void *const *)a, *y = *(const void *const *)b;

	return (x > y) - (x < y);
}

bool reread_has_forgotten(const struct reread *x)
{
	if (x->n_forgotten > 1)
		qsort(x->forgotten, x->n_forgotten, sizeof(*x->forgotten), by_address);
	return x->n_forgotten > 0;
}

bool reread_is_forgotten(const struct reread *x, const struct session *s)
{
	const void *key = s;

	return x->n_forgotten > 0 && bsearch(&key, x->forgotten, x->n_forgotten,
					     sizeof(*x->forgotten), by_address) != NULL;
}

void reread_forgotten_seen(struct reread *x)
{
	x->n_forgotten = 0;
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

/* ---- reading ---- */

static bool is_asked_for(const struct reading *g, const struct call *c)
{
	uint64_t number = c->whole == NULL ? c->number : c->whole->number;

	if (g->tunnel != 0)
		return true;
	for (size_t i = 0; i < g->n_calls; i++) {
		if (g->calls[i] == number)
			return true;
	}
	return false;
}

static void revive(struct reading *g, struct call *c, struct session *s)
{
	if (g->n_revived == g->revived_room) {
		g->revived_room = g->revived_room == 0 ? 16 : g->revived_room * 2;
		g->revived = must_grow(g->revived, g->revived_room, sizeof(*g->revived));
	}
	g->revived[g->n_revived++] = (struct revived){c, s};
}

/* The session that the messages of a told call make is the call's, in its tunnel. */
static void name_told(struct reading *g, struct session *s, const struct wanted *w)
{
	struct call *leg = (struct call *)(uintptr_t)w->call;

	if (s == NULL || s->call != NULL)
		return;
	s->call = leg->whole == NULL ? leg : leg->whole;
	s->tunnel = leg->tunnel;
	s->counters = leg->counters;
	if (is_asked_for(g, leg))
		revive(g, leg, s);
}

static void steps_take(struct reading *g, const struct wanted_list *list)
{
	const struct report *r = replay_report(g->replay);

	g->steps = r->steps;
	g->n_steps = r->n_steps;
	for (size_t i = 0; i < g->n_steps; i++) {
		struct step *s = g->steps[i];
		const struct wanted *w = wanted_find(list, s->event->number);

		s->tunnel = w == NULL ? NULL : (struct tunnel *)(uintptr_t)w->tunnel;
		if (w != NULL && w->call != NULL)
			name_told(g, s->session, w);
		else
			s->session = w == NULL ? NULL : (struct session *)(uintptr_t)w->session;
	}
}

static struct reading *reading_new(const struct reread_what *what)
{
	struct reading *g = must_alloc(1, sizeof(*g));

	*g = (struct reading){.calls = must_alloc(what->n_calls + 1, sizeof(*g->calls)),
			      .n_calls = what->n_calls,
			      .tunnel = what->tunnel == NULL ? 0 : what->tunnel->number,
			      .event = what->event};
	for (size_t i = 0; i < what->n_calls; i++)
		g->calls[i] = what->calls[i]->number;
	return g;
}

/* False: it shall stop. */
static bool feed(struct reread *x, struct reading *g, const struct wanted_list *list,
		 struct reading_progress *progress)
{
	struct event e;

	atomic_store(&progress->all, list->n);
	for (size_t i = 0; i < list->n; i++) {
		if (atomic_load(&progress->stop))
			return false;
		if (progress->ends_with_run && run_is_interrupted(x->run))
			return true;
		if (message_read(x, &list->at[i].place, &e))
			replay_feed(g->replay, &e);
		else
			g->is_whole = false;
		atomic_store(&progress->done, i);
	}
	return true;
}

static struct reading *make(struct reread *x, const struct reread_what *what,
			    struct reading_progress *progress)
{
	struct reading *g = reading_new(what);
	struct replay_options o = run_replay_options(x->run);
	struct wanted_list list = standing_wanted(x->standing, x->run, what);
	struct vantage *vantages;
	size_t n_vantages = inputs_vantages(x->run, &vantages);

	g->is_whole = !list.is_full;
	o.keep_steps = o.asks_steps = true;
	o.tell = NULL;
	g->replay = replay_new(&o);
	if (!(what->is_whole && list.is_full) && feed(x, g, &list, progress)) {
		replay_end_steps(g->replay, vantages, n_vantages);
		steps_take(g, &list);
	} else {
		reading_free(g);
		g = NULL;
	}
	free(vantages);
	free(list.at);
	return g;
}

struct reading *reread_make(struct reread *x, const struct reread_what *what,
			    struct reading_progress *progress)
{
	struct reading *g;

	pthread_mutex_lock(&x->reads);
	g = make(x, what, progress);
	pthread_mutex_unlock(&x->reads);
	return g;
}

/* What is made once, when it is asked for first. */
void reread_expect(struct reread *x)
{
	size_t n;

	if (x->run->report->tunnels != NULL)
		run_tunnel_calls(x->run, x->run->report->tunnels, &n);
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

bool reread_is_there(const struct reread *x, const struct reread_what *what)
{
	const struct reading *g = x->readings;

	while (g != NULL && !is_reading_of(g, what))
		g = g->next;
	return g != NULL;
}

/* ---- what is there ---- */

static void set_session(const struct revived *v, struct session *s)
{
	struct call *whole = v->call->whole;

	v->call->session = s;
	if (whole != NULL && told_alias(whole) == v->call)
		whole->session = s;
	if (v->call->tunnel != NULL && v->call->tunnel->is_told)
		v->call->tunnel->sessions = s;
}

bool reread_take(struct reread *x, struct reading *g)
{
	g->next = x->readings;
	x->readings = g;
	for (size_t i = g->n_revived; i-- > 0;)
		set_session(&g->revived[i], g->revived[i].session);
	run_steps_are(x->run, g->steps, g->n_steps);
	return g->is_whole;
}

bool reread(struct reread *x, const struct reread_what *what)
{
	struct reading **at = &x->readings, *g;
	struct reading_progress progress = {.ends_with_run = !run_is_interrupted(x->run)};

	while (*at != NULL && !is_reading_of(*at, what))
		at = &(*at)->next;
	g = *at;
	if (g != NULL)
		*at = g->next;
	else
		g = reread_make(x, what, &progress);
	return g != NULL && reread_take(x, g);
}

void reread_forget(struct reread *x)
{
	for (const struct reading *g = x->readings; g != NULL; g = g->next) {
		for (size_t i = 0; i < g->n_revived; i++)
			set_session(&g->revived[i], NULL);
	}
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

	if (q->fits)
		return false;
	if (!message_read(q->reread, p, &e))
		return true;
	s.call = q->call;
	s.tunnel = q->tunnel;
	s.event = &e;
	q->fits = filter_fits(r->filter, &s);
	return !q->fits;
}

bool reread_call_fits(struct reread *x, const struct call *c)
{
	struct question q = {.reread = x, .call = c, .tunnel = c->tunnel};

	pthread_mutex_lock(&x->reads);
	standing_each_of_call(x->standing, c, ask, &q);
	pthread_mutex_unlock(&x->reads);
	return q.fits;
}

bool reread_tunnel_fits(struct reread *x, const struct tunnel *t)
{
	struct question q = {.reread = x, .tunnel = t};
	size_t n;
	const struct call *const *calls = run_tunnel_calls(x->run, t, &n);

	pthread_mutex_lock(&x->reads);
	standing_each_of_tunnel(x->standing, t, ask, &q);
	for (size_t i = 0; i < n && !q.fits; i++) {
		q.call = calls[i];
		standing_each_of_call(x->standing, calls[i], ask, &q);
	}
	pthread_mutex_unlock(&x->reads);
	return q.fits;
}
