#include "step_order.h"

#include <stdlib.h>

#include "step_pairs.h"

static int redirect_compare(const void *left, const void *right)
{
	const struct redirect *a = left, *b = right;

	return (uintptr_t)a->from < (uintptr_t)b->from ? -1
						       : (uintptr_t)a->from > (uintptr_t)b->from;
}

uint8_t step_sending_end(const struct step *s)
{
	enum role from = s->from;

	if (from == ROLE_INITIATOR || from == ROLE_RESPONDER)
		return from == ROLE_INITIATOR ? 1 : 2;
	if (from == ROLE_LAC || from == ROLE_LNS || from == ROLE_CLIENT) {
		const struct session *x = s->session  ? s->session
					  : s->tunnel ? s->tunnel->sessions
						      : NULL;
		bool is_lac_side = from != ROLE_LNS;

		if (x)
			return (uint8_t)(1 + (is_lac_side ? x->lac_end : 1 - x->lac_end));
	}
	return 0;
}

static void align_steps(struct report *r, const struct redirects *moved)
{
	for (size_t i = 0; i < r->n_steps; i++) {
		struct step *s = r->steps[i];
		struct mark m = mark_of_event(s->event);

		steps_rest(r, i);
		s->tunnel = redirected(moved, s->tunnel);
		s->session = redirected(moved, s->session);
		if (!mark_ns(r, &m, &s->aligned_ns))
			s->aligned_ns = r->earliest.ns;
	}
}

/* Merging: one queue per view, in order of arrival; `leader[i]` is the step that shows step i
 * (itself, unless it is a second sight), as positions in report.steps. */
struct queue {
	size_t *at; /* owned */
	size_t n, next;
};

struct merge {
	struct report *r;
	struct queue *queues; /* one per view, and one for steps of no view */
	size_t n_queues;
	size_t *leader;
	bool *is_out;
};

static size_t position_of(const struct redirect *sorted, size_t n, const struct step *s,
			  struct step *const *steps)
{
	struct redirect key = {.from = s};
	const struct redirect *found = bsearch(&key, sorted, n, sizeof(key), redirect_compare);

	return found ? (size_t)((struct step *const *)found->to - steps) : 0;
}

static void find_leaders(struct merge *m)
{
	struct report *r = m->r;
	struct redirect *sorted = must_alloc(r->n_steps + 1, sizeof(*sorted));

	for (size_t i = 0; i < r->n_steps; i++)
		sorted[i] = (struct redirect){.from = r->steps[i], .to = &r->steps[i]};
	qsort(sorted, r->n_steps, sizeof(*sorted), redirect_compare);
	for (size_t i = 0; i < r->n_steps; i++) {
		steps_rest(r, i);
		if (!r->steps[i]->is_second_sight)
			m->leader[i] = i;
		for (const struct step *s = r->steps[i]->seen_also;
		     s && !r->steps[i]->is_second_sight; s = s->seen_also)
			m->leader[position_of(sorted, r->n_steps, s, r->steps)] = i;
	}
	free(sorted);
}

static size_t queue_of(const struct report *r, const struct step *s)
{
	for (size_t i = 0; i < r->n_views; i++)
		if (r->views[i].vantage == s->event->origin.vantage)
			return i;
	return r->n_views;
}

static void fill_queues(struct merge *m)
{
	struct report *r = m->r;

	for (size_t i = 0; i < r->n_steps; i++) {
		steps_rest(r, i);
		m->queues[queue_of(r, r->steps[i])].n++;
	}
	for (size_t q = 0; q < m->n_queues; q++) {
		m->queues[q].at = must_alloc(m->queues[q].n + 1, sizeof(size_t));
		m->queues[q].n = 0;
	}
	for (size_t i = 0; i < r->n_steps; i++) {
		struct queue *q = &m->queues[queue_of(r, r->steps[i])];

		steps_rest(r, i);
		q->at[q->n++] = i;
	}
}

static bool comes_first(const struct merge *m, size_t i, size_t j)
{
	const struct step *a = m->r->steps[i], *b = m->r->steps[j];

	if (a->aligned_ns != b->aligned_ns)
		return a->aligned_ns < b->aligned_ns;
	if (a->event->sense != b->event->sense && b->event->sense == RECEIVED)
		return true;
	if (a->event->sense != b->event->sense && a->event->sense == RECEIVED)
		return false;
	return i < j;
}

/* The queue whose head is next: the earliest that does not wait for its sending to be shown.
 * When all wait for each other, the earliest goes. */
static struct queue *next_queue(const struct merge *m)
{
	struct queue *best = NULL, *blocked = NULL;

	for (size_t q = 0; q < m->n_queues; q++) {
		struct queue *one = &m->queues[q];
		struct queue **slot;
		size_t head;

		if (one->next == one->n)
			continue;
		head = one->at[one->next];
		slot = m->leader[head] != head && !m->is_out[m->leader[head]] ? &blocked : &best;
		if (!*slot || comes_first(m, head, (*slot)->at[(*slot)->next]))
			*slot = one;
	}
	return best ? best : blocked;
}

static void merge_steps(struct report *r)
{
	struct merge m = {.r = r, .n_queues = r->n_views + 1};
	struct step **ordered = must_alloc(r->n_steps + 1, sizeof(struct step *));
	struct queue *q;
	size_t n = 0;

	m.queues = must_alloc(m.n_queues, sizeof(*m.queues));
	m.leader = must_alloc(r->n_steps + 1, sizeof(*m.leader));
	m.is_out = must_alloc(r->n_steps + 1, sizeof(*m.is_out));
	find_leaders(&m);
	fill_queues(&m);
	while ((q = next_queue(&m))) {
		size_t i = q->at[q->next++];

		steps_rest(r, n);
		m.is_out[i] = true;
		ordered[n++] = r->steps[i];
	}
	for (size_t i = 0; i < n; i++)
		r->steps[i] = ordered[i];
	for (size_t i = 0; i < m.n_queues; i++)
		free(m.queues[i].at);
	free(m.queues);
	free(m.leader);
	free(m.is_out);
	free(ordered);
}

void steps_order(struct report *r, const struct redirects *moved)
{
	if (!r->steps || !r->n_steps)
		return;
	align_steps(r, moved);
	steps_pair(r);
	merge_steps(r);
}
