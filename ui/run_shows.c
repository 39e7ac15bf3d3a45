/* What the options let through. */
#include <inttypes.h>
#include <stdlib.h>

#include "legs.h"
#include "reread.h"
#include "run.h"

struct subject run_subject(struct run *r)
{
	arena_reset(r->scratch);
	return (struct subject){
		.report = r->report,
		.input_names = r->names,
		.n_inputs = r->n_inputs,
		.show_secrets = r->options->show_secrets,
		.arena = r->scratch,
		.run = r,
	};
}

const struct call *step_call(const struct step *s)
{
	return s->session == NULL ? NULL : s->session->call;
}

const struct tunnel *step_tunnel(const struct step *s)
{
	const struct call *c = step_call(s);

	return c != NULL && c->tunnel != NULL ? c->tunnel : s->tunnel;
}

static size_t parts_of(const struct event *e)
{
	switch (e->kind) {
	case EVENT_CONTROL:
		return e->control.n_avps;
	case EVENT_PPP:
		return e->ppp.n_options + (e->ppp.name.len > 0) + (e->ppp.message.len > 0);
	default:
		return 0;
	}
}

const struct event *step_fullest(const struct step *s)
{
	const struct event *best = s->event;

	for (const struct step *also = s->seen_also; also != NULL; also = also->seen_also) {
		if (also->event->kind == best->kind && parts_of(also->event) > parts_of(best))
			best = also->event;
	}
	return best;
}

struct moment run_step_time(const struct run *r, const struct step *s)
{
	struct moment m = s->event->when;

	if (!moment_known(m))
		return m;
	m = when_aligned(r->report, s->event->origin.vantage, m);
	if (moment_known(r->report->earliest))
		m.kind = r->report->earliest.kind;
	return m;
}

static struct moment earliest(const struct run *r)
{
	const struct moment unknown = {0};

	return r->report == NULL ? unknown : r->report->earliest;
}

/* For --since and --until: without them nobody asks. */
static struct moment mark_time(const struct run *r, const struct mark *m)
{
	const struct window *w = &r->window;

	if (!m->is_set || (w->since.kind == BOUND_NONE && w->until.kind == BOUND_NONE))
		return (struct moment){0};
	return when_aligned(r->report, m->vantage, mark_when(m));
}

/* A filter on messages fits a call, or a tunnel, when it fits one of its messages. */
static void find_fitting(struct run *r)
{
	size_t n_calls = r->report->last_call + 1;
	size_t n_tunnels = r->report->last_tunnel + 1;

	r->calls_fit = must_alloc(n_calls, sizeof(*r->calls_fit));
	r->tunnels_fit = must_alloc(n_tunnels, sizeof(*r->tunnels_fit));
	memset(r->calls_fit, 0, n_calls * sizeof(*r->calls_fit));
	memset(r->tunnels_fit, 0, n_tunnels * sizeof(*r->tunnels_fit));
	for (size_t i = 0; i < r->report->n_steps; i++) {
		const struct step *step = r->report->steps[i];
		struct subject s = run_subject(r);

		s.call = step_call(step);
		s.tunnel = step_tunnel(step);
		s.event = step->event;
		if (!filter_fits(r->filter, &s))
			continue;
		if (s.call != NULL && s.call->number < n_calls)
			r->calls_fit[s.call->number] = true;
		if (s.tunnel != NULL && s.tunnel->number < n_tunnels)
			r->tunnels_fit[s.tunnel->number] = true;
	}
}

static bool any_step_fits(struct run *r, const struct call *c, const struct tunnel *t)
{
	if (r->reread != NULL)
		return c != NULL ? reread_call_fits(r->reread, c)
				 : t != NULL && reread_tunnel_fits(r->reread, t);
	if (r->calls_fit == NULL)
		find_fitting(r);
	if (c != NULL)
		return c->number <= r->report->last_call && r->calls_fit[c->number];
	return t != NULL && t->number <= r->report->last_tunnel && r->tunnels_fit[t->number];
}

static bool call_uses_number(const struct call *c, uint64_t tunnel)
{
	for (const struct call *leg = c->legs; leg != NULL; leg = leg->next_leg) {
		if (leg->tunnel != NULL && leg->tunnel->number == tunnel)
			return true;
	}
	return c->tunnel != NULL && c->tunnel->number == tunnel;
}

bool run_shows_call(struct run *r, const struct call *c)
{
	const struct options *o = r->options;
	struct subject s = run_subject(r);

	if (o->call != 0 && c->number != o->call)
		return false;
	if (o->tunnel != 0 && !call_uses_number(c, o->tunnel))
		return false;
	if (!window_holds(&r->window, mark_time(r, &c->start),
			  c->end.is_set ? mark_time(r, &c->end) : (struct moment){0}, earliest(r)))
		return false;
	s.call = c;
	s.tunnel = c->tunnel;
	if (filter_asks_message(r->filter))
		return any_step_fits(r, c, c->tunnel);
	return filter_fits(r->filter, &s);
}

/* Each tunnel of the call once: `at` moves its place, or counts where there are no places yet. */
static void note_tunnels(struct run *r, const struct call *c, size_t *at, const struct call **calls)
{
	const struct tunnel *last = NULL;

	for (const struct call *leg = c->legs == NULL ? c : c->legs; leg != NULL;
	     leg = leg == c ? NULL : leg->next_leg) {
		if (leg->tunnel == NULL || leg->tunnel == last ||
		    leg->tunnel->number > r->report->last_tunnel)
			continue;
		last = leg->tunnel;
		if (calls != NULL)
			calls[at[last->number]] = c;
		at[last->number]++;
	}
}

/* So that asking for every tunnel does not walk every call for each. */
static void index_tunnels(struct run *r)
{
	size_t n = r->report->last_tunnel + 2;
	size_t *next = must_alloc(n, sizeof(*next));
	size_t sum = 0;

	r->tunnel_at = must_alloc(n, sizeof(*r->tunnel_at));
	memset(next, 0, n * sizeof(*next));
	for (const struct call *c = r->report->calls; c != NULL; c = call_after(r->report, c))
		note_tunnels(r, c, next, NULL);
	for (size_t i = 0; i < n; i++) {
		r->tunnel_at[i] = sum;
		sum += next[i];
		next[i] = r->tunnel_at[i];
	}
	r->tunnel_calls = must_alloc(sum + 1, sizeof(*r->tunnel_calls));
	for (const struct call *c = r->report->calls; c != NULL; c = call_after(r->report, c))
		note_tunnels(r, c, next, r->tunnel_calls);
	free(next);
}

const struct call *const *run_tunnel_calls(struct run *r, const struct tunnel *t, size_t *ret_n)
{
	*ret_n = 0;
	if (t->number == 0 || t->number > r->report->last_tunnel)
		return NULL;
	if (r->tunnel_at == NULL)
		index_tunnels(r);
	*ret_n = r->tunnel_at[t->number + 1] - r->tunnel_at[t->number];
	return r->tunnel_calls + r->tunnel_at[t->number];
}

static bool is_in_view(const struct run *r, const struct tunnel *t)
{
	if (r->options->tunnel != 0 && t->number != r->options->tunnel)
		return false;
	return window_holds(&r->window, mark_time(r, &t->start),
			    t->ended.is_set ? mark_time(r, &t->ended) : (struct moment){0},
			    earliest(r));
}

bool run_shows_bare_tunnel(struct run *r, const struct tunnel *t)
{
	struct subject s = run_subject(r);

	if (r->options->call != 0 || !is_in_view(r, t))
		return false;
	if (filter_asks_message(r->filter))
		return any_step_fits(r, NULL, t);
	s.tunnel = t;
	return filter_fits(r->filter, &s);
}

bool run_shows_tunnel(struct run *r, const struct tunnel *t)
{
	const struct options *o = r->options;
	struct subject s = run_subject(r);
	bool has_calls = false;
	bool fits = false;

	if (!is_in_view(r, t))
		return false;
	if (filter_asks_message(r->filter))
		return any_step_fits(r, NULL, t);
	if (r->filter == NULL && o->call == 0)
		return true;
	if (r->tunnel_at == NULL)
		index_tunnels(r);
	for (size_t i = r->tunnel_at[t->number]; i < r->tunnel_at[t->number + 1]; i++) {
		const struct call *c = r->tunnel_calls[i];

		if (o->call != 0 && c->number != o->call)
			continue;
		has_calls = true;
		s.call = c;
		s.tunnel = t;
		fits = fits || filter_fits(r->filter, &s);
	}
	if (has_calls || o->call != 0)
		return fits;
	s.call = NULL;
	s.tunnel = t;
	return filter_fits(r->filter, &s);
}

bool run_shows_finding(struct run *r, const struct finding *f)
{
	const struct options *o = r->options;
	struct subject s = run_subject(r);
	struct moment when = mark_time(r, &f->mark);

	if (o->call != 0 && (f->call == NULL || f->call->number != o->call))
		return false;
	if (o->tunnel != 0 && (f->tunnel == NULL || f->tunnel->number != o->tunnel) &&
	    (f->call == NULL || f->call->tunnel == NULL || f->call->tunnel->number != o->tunnel))
		return false;
	if (!window_holds(&r->window, when, when, earliest(r)))
		return false;
	s.finding = f;
	s.call = f->call;
	s.tunnel = f->tunnel != NULL ? f->tunnel : f->call == NULL ? NULL : f->call->tunnel;
	if (filter_asks_message(r->filter))
		return any_step_fits(r, s.call, s.tunnel);
	return filter_fits(r->filter, &s);
}

static const struct call *call_numbered(const struct run *r, uint64_t number)
{
	for (const struct call *c = r->report->calls; c != NULL; c = call_after(r->report, c)) {
		if (c->number == number)
			return c;
	}
	return NULL;
}

static void complain_number(const char *noun, uint64_t number, uint64_t last)
{
	if (last == 0)
		run_refuse("there is no %s %" PRIu64 ": no %s was found", noun, number, noun);
	else if (last == 1)
		run_refuse("there is no %s %" PRIu64 "; the only %s is 1", noun, number, noun);
	else
		run_refuse("there is no %s %" PRIu64 "; the %ss are 1 to %" PRIu64, noun, number,
			   noun, last);
}

const struct call *run_call_numbered(const struct run *r, uint64_t number)
{
	const struct call *c = call_numbered(r, number);

	if (c != NULL)
		return c;
	if (r->report->last_call == 0 && r->report->last_tunnel > 0)
		run_refuse("there is no call %" PRIu64
			   ": no call was found; of the tunnel `calls` and `tunnels` tell",
			   number);
	else
		complain_number("call", number, r->report->last_call);
	return NULL;
}

const struct call *run_find_chosen(const struct run *r)
{
	return r->options->call == 0 ? NULL : call_numbered(r, r->options->call);
}

/* Tunnels may be told and forgotten by now: their numbers go up without gaps. */
bool run_has_numbered(struct run *r)
{
	const struct options *o = r->options;

	if (o->call != 0 && !r->has_told_chosen && run_call_numbered(r, o->call) == NULL)
		return false;
	if (o->tunnel <= r->report->last_tunnel)
		return true;
	complain_number("tunnel", o->tunnel, r->report->last_tunnel);
	return false;
}

static const struct call *chosen_call(struct run *r)
{
	if (r->chosen != NULL || r->options->call == 0)
		return r->chosen;
	r->chosen = call_numbered(r, r->options->call);
	return r->chosen;
}

/* A step of a tunnel belongs to every call in it: its setup is part of the story. */
static bool of_chosen(struct run *r, const struct step *s)
{
	const struct options *o = r->options;
	const struct call *c = step_call(s);
	const struct tunnel *t = step_tunnel(s);

	if (o->tunnel != 0 && (t == NULL || t->number != o->tunnel))
		return false;
	if (o->call == 0 || (c != NULL && c->number == o->call))
		return true;
	return s->session == NULL && t != NULL && chosen_call(r) != NULL &&
	       call_uses_tunnel(chosen_call(r), t);
}

const struct step *run_step_of(const struct run *r, uint64_t event)
{
	size_t low = 0;
	size_t high = r->steps_by_event == NULL ? 0 : r->report->n_steps;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->steps_by_event[middle]->event->number < event)
			low = middle + 1;
		else
			high = middle;
	}
	if (r->steps_by_event == NULL || low == r->report->n_steps ||
	    r->steps_by_event[low]->event->number != event)
		return NULL;
	return r->steps_by_event[low];
}

bool run_shows_step(struct run *r, const struct step *step)
{
	struct subject s = run_subject(r);
	struct moment when = run_step_time(r, step);

	if (step->is_second_sight || !of_chosen(r, step) ||
	    !window_holds(&r->window, when, when, earliest(r)))
		return false;
	s.call = step_call(step);
	s.tunnel = step_tunnel(step);
	s.event = step->event;
	if (filter_asks_finding(r->filter)) {
		const struct evidence_at *at;
		size_t n = run_findings_at(r, step->event->number, &at);

		for (size_t i = 0; i < n; i++) {
			s.finding = at[i].finding;
			if (filter_fits(r->filter, &s))
				return true;
		}
		s.finding = NULL;
		s.call = NULL;
		s.tunnel = NULL;
	}
	return filter_fits(r->filter, &s);
}

bool run_shows_event(struct run *r, const struct event *e)
{
	struct subject s = run_subject(r);

	if (!window_holds(&r->window, e->when, e->when, earliest(r)))
		return false;
	s.event = e;
	return filter_fits(r->filter, &s);
}
