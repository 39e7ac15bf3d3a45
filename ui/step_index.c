#include "step_index.h"

#include <stdlib.h>

#include "radius_join.h"

static size_t group_of_call(const struct step_index *x, uint64_t number)
{
	return number <= x->run->report->last_call ? (size_t)number : 0;
}

static size_t group_of_tunnel(const struct step_index *x, uint64_t number)
{
	const struct report *r = x->run->report;

	return number > 0 && number <= r->last_tunnel ? r->last_call + (size_t)number : 0;
}

static size_t group_of(const struct step_index *x, const struct step *s)
{
	const struct call *c = step_call(s);
	const struct tunnel *t = step_tunnel(s);

	size_t group = c == NULL ? 0 : group_of_call(x, c->number);

	return group == 0 && t != NULL ? group_of_tunnel(x, t->number) : group;
}

struct step_index step_index_make(struct run *r)
{
	const struct report *report = r->report;
	struct step_index x = {.run = r, .n_groups = 1 + report->last_call + report->last_tunnel};
	size_t *next;

	x.begins = must_alloc(x.n_groups + 1, sizeof(*x.begins));
	next = must_alloc(x.n_groups + 1, sizeof(*next));
	x.places = must_alloc(report->n_steps + 1, sizeof(*x.places));
	x.found = must_alloc(report->n_steps + 1, sizeof(*x.found));
	x.steps = must_alloc(report->n_steps + 1, sizeof(*x.steps));
	for (size_t i = 0; i < report->n_steps; i++)
		x.begins[group_of(&x, report->steps[i]) + 1]++;
	for (size_t i = 0; i < x.n_groups; i++)
		x.begins[i + 1] += x.begins[i];
	memcpy(next, x.begins, (x.n_groups + 1) * sizeof(*next));
	for (size_t i = 0; i < report->n_steps; i++)
		x.places[next[group_of(&x, report->steps[i])]++] = i;
	free(next);
	return x;
}

void step_index_free(struct step_index *x)
{
	free(x->places);
	free(x->begins);
	free(x->found);
	free(x->steps);
}

/* ---- questions ---- */

static void add_group(struct step_index *x, size_t group)
{
	for (size_t i = x->begins[group]; i < x->begins[group + 1]; i++)
		x->found[x->n++] = x->places[i];
}

/* What no call of it is about. */
static void add_tunnel(struct step_index *x, const struct tunnel *t)
{
	if (t != NULL && group_of_tunnel(x, t->number) != 0)
		add_group(x, group_of_tunnel(x, t->number));
}

/* The exchange about a call stands between its first and its last packet. */
static void add_radius(struct step_index *x, const struct radius_exchange *exchange)
{
	const struct mark *last = exchange->answered.is_set ? &exchange->answered : &exchange->last;

	for (size_t i = x->begins[0]; i < x->begins[1]; i++) {
		const struct event *e = x->run->report->steps[x->places[i]]->event;

		if (e->number >= mark_number(&exchange->asked) && e->number <= mark_number(last))
			x->found[x->n++] = x->places[i];
	}
}

static int by_place(const void *left, const void *right)
{
	const size_t a = *(const size_t *)left, b = *(const size_t *)right;

	return (a > b) - (a < b);
}

static void finish(struct step_index *x)
{
	qsort(x->found, x->n, sizeof(*x->found), by_place);
	for (size_t i = 0; i < x->n; i++)
		x->steps[i] = x->run->report->steps[x->found[i]];
}

void step_index_of_call(struct step_index *x, const struct call *c)
{
	x->n = 0;
	add_group(x, group_of_call(x, c->number));
	if (c->legs == NULL)
		add_tunnel(x, c->tunnel);
	for (const struct call *leg = c->legs; leg != NULL; leg = leg->next_leg) {
		const struct call *before = c->legs;

		while (before != leg && before->tunnel != leg->tunnel)
			before = before->next_leg;
		if (before == leg)
			add_tunnel(x, leg->tunnel);
	}
	if (c->radius != NULL)
		add_radius(x, c->radius);
	finish(x);
}

void step_index_of_tunnel(struct step_index *x, const struct tunnel *t)
{
	size_t n;
	const struct call *const *calls = run_tunnel_calls(x->run, t, &n);

	x->n = 0;
	add_tunnel(x, t);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || calls[i] != calls[i - 1])
			add_group(x, group_of_call(x, calls[i]->number));
	}
	finish(x);
}
