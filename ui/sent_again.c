#include "sent_again.h"

#include <stdlib.h>

struct of_tunnel {
	struct delivered *rows;           /* as they were sent */
	const struct delivered **by_call; /* by call, then as they were sent */
	size_t n;
	bool is_made;
};

struct sent_again {
	struct run *run;
	struct arena *arena;       /* one tunnel at a time */
	struct of_tunnel *tunnels; /* by number; made when asked for */
	uint64_t last;
	/* The control messages of tunnel N, in order of time: steps[begins[N]] up to begins[N + 1].
	 */
	struct step **steps;
	size_t *begins;
};

/* 0: none, or it is no control message. */
static uint64_t tunnel_of(const struct sent_again *x, const struct step *s)
{
	const struct tunnel *t = step_tunnel(s);

	return s->event->kind != EVENT_CONTROL || t == NULL || t->number > x->last ? 0 : t->number;
}

static void sort_steps(struct sent_again *x)
{
	const struct report *r = x->run->report;
	size_t *next = must_alloc(x->last + 1, sizeof(*next));
	size_t sum = 0;

	for (size_t i = 0; i < r->n_steps; i++) {
		steps_rest(r, i);
		next[tunnel_of(x, r->steps[i])]++;
	}
	for (uint64_t i = 0; i <= x->last; i++) {
		x->begins[i] = sum;
		sum += next[i];
		next[i] = x->begins[i];
	}
	x->begins[x->last + 1] = sum;
	x->steps = must_alloc(sum + 1, sizeof(struct step *));
	for (size_t i = 0; i < r->n_steps; i++) {
		steps_rest(r, i);
		x->steps[next[tunnel_of(x, r->steps[i])]++] = r->steps[i];
	}
	free(next);
}

struct sent_again *sent_again_new(struct run *r)
{
	struct sent_again *x = must_alloc(1, sizeof(*x));

	*x = (struct sent_again){
		.run = r, .arena = arena_new(LIMIT_REPLAY_ARENA), .last = r->report->last_tunnel};
	x->tunnels = must_alloc(x->last + 1, sizeof(*x->tunnels));
	x->begins = must_alloc(x->last + 2, sizeof(*x->begins));
	return x;
}

void sent_again_free(struct sent_again *x)
{
	for (uint64_t i = 0; i <= x->last; i++) {
		free(x->tunnels[i].rows);
		free(x->tunnels[i].by_call);
	}
	free(x->tunnels);
	free(x->begins);
	free(x->steps);
	arena_free(x->arena);
	free(x);
}

static int by_call(const void *left, const void *right)
{
	const struct delivered *a = *(const struct delivered *const *)left;
	const struct delivered *b = *(const struct delivered *const *)right;
	uint64_t one = step_call(a->first)->number, other = step_call(b->first)->number;

	if (one != other)
		return one < other ? -1 : 1;
	return (a > b) - (a < b);
}

static void make(struct sent_again *x, struct of_tunnel *of, const struct tunnel *t)
{
	size_t begins = x->begins[t->number];
	struct deliveries d;

	arena_reset(x->arena);
	d = delivery_of(x->run, t, x->steps + begins, x->begins[t->number + 1] - begins, x->arena);
	for (size_t i = 0; i < d.n; i++) {
		if (d.rows[i].copies > 1 && step_call(d.rows[i].first) != NULL)
			d.rows[of->n++] = d.rows[i];
	}
	of->is_made = true;
	of->rows = must_alloc(of->n, sizeof(*of->rows));
	of->by_call = must_alloc(of->n, sizeof(*of->by_call));
	for (size_t i = 0; i < of->n; i++) {
		of->rows[i] = d.rows[i];
		of->by_call[i] = &of->rows[i];
	}
	qsort(of->by_call, of->n, sizeof(*of->by_call), by_call);
}

/* The place of the first one of this call, or of one behind it. */
static size_t place_of(const struct of_tunnel *of, uint64_t call)
{
	size_t low = 0, high = of->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (step_call(of->by_call[middle]->first)->number < call)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct delivered *const *sent_again_of(struct sent_again *x, const struct call *c,
					     size_t *ret_n)
{
	const struct tunnel *t = c->tunnel;
	struct of_tunnel *of;
	size_t first, end;

	*ret_n = 0;
	if (t == NULL || t->number > x->last || c->counters.retransmissions == 0)
		return NULL;
	if (x->steps == NULL)
		sort_steps(x);
	of = &x->tunnels[t->number];
	if (!of->is_made)
		make(x, of, t);
	first = end = place_of(of, c->number);
	while (end < of->n && step_call(of->by_call[end]->first) == c)
		end++;
	*ret_n = end - first;
	return of->by_call + first;
}
