#include "step_order.h"

#include <stdlib.h>

#include "must.h"
#include "step_pairs.h"

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

static void align_steps(struct report *r, const struct redirects *moved, struct step_sight *sights)
{
	for (size_t i = 0; i < r->n_steps; i++) {
		struct step *s = r->steps[i];
		const struct mark *m = &s->key.mark;

		steps_rest(r, i);
		s->tunnel = redirected(moved, s->tunnel);
		s->session = redirected(moved, s->session);
		if (!mark_ns(r, m, &s->aligned_ns))
			s->aligned_ns = r->earliest.ns;
		sights[i] = (struct step_sight){.ns = s->aligned_ns,
						.number = mark_number(m),
						.also = NO_SIGHT,
						.vantage = m->vantage,
						.sense = s->key.sense,
						.is_timed = moment_known(mark_when(m))};
	}
}

/* Merging: one queue per view, in order of arrival; `leader[i]` is the step that shows step i
 * (itself, unless it is a second sight), as positions in report.steps. */
struct queue {
	uint32_t *at; /* owned */
	size_t n, next;
};

struct merge {
	const struct report *r;
	const struct step_sight *sights;
	struct queue *queues; /* one per view, and one for steps of no view */
	size_t n_queues;
	uint32_t *leader;
	bool *is_out;
};

static void find_leaders(struct merge *m)
{
	for (uint32_t i = 0; i < m->r->n_steps; i++)
		for (uint32_t k = i; k != NO_SIGHT && !m->sights[i].is_second;
		     k = m->sights[k].also)
			m->leader[k] = i;
}

static size_t queue_of(const struct report *r, uint16_t vantage)
{
	for (size_t i = 0; i < r->n_views; i++)
		if (r->views[i].vantage == vantage)
			return i;
	return r->n_views;
}

static void fill_queues(struct merge *m)
{
	const struct report *r = m->r;

	for (size_t i = 0; i < r->n_steps; i++)
		m->queues[queue_of(r, m->sights[i].vantage)].n++;
	for (size_t q = 0; q < m->n_queues; q++) {
		m->queues[q].at = must_alloc(m->queues[q].n + 1, sizeof(*m->queues[q].at));
		m->queues[q].n = 0;
	}
	for (uint32_t i = 0; i < r->n_steps; i++) {
		struct queue *q = &m->queues[queue_of(r, m->sights[i].vantage)];

		q->at[q->n++] = i;
	}
}

static bool comes_first(const struct merge *m, uint32_t i, uint32_t j)
{
	const struct step_sight *a = &m->sights[i], *b = &m->sights[j];

	if (a->ns != b->ns)
		return a->ns < b->ns;
	if (a->sense != b->sense && b->sense == RECEIVED)
		return true;
	if (a->sense != b->sense && a->sense == RECEIVED)
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
		uint32_t head;

		if (one->next == one->n)
			continue;
		head = one->at[one->next];
		slot = m->leader[head] != head && !m->is_out[m->leader[head]] ? &blocked : &best;
		if (!*slot || comes_first(m, head, (*slot)->at[(*slot)->next]))
			*slot = one;
	}
	return best ? best : blocked;
}

static void merge_steps(struct report *r, const struct step_sight *sights)
{
	struct merge m = {.r = r, .sights = sights, .n_queues = r->n_views + 1};
	struct step **ordered = must_alloc(r->n_steps + 1, sizeof(struct step *));
	struct queue *q;
	size_t n = 0;

	m.queues = must_alloc(m.n_queues, sizeof(*m.queues));
	m.leader = must_alloc(r->n_steps + 1, sizeof(*m.leader));
	m.is_out = must_alloc(r->n_steps + 1, sizeof(*m.is_out));
	find_leaders(&m);
	fill_queues(&m);
	while ((q = next_queue(&m))) {
		uint32_t i = q->at[q->next++];

		m.is_out[i] = true;
		ordered[n++] = r->steps[i];
	}
	memcpy(r->steps, ordered, n * sizeof(struct step *));
	for (size_t i = 0; i < m.n_queues; i++)
		free(m.queues[i].at);
	free(m.queues);
	free(m.leader);
	free(m.is_out);
	free(ordered);
}

void steps_order(struct report *r, const struct redirects *moved)
{
	struct step_sight *sights;

	if (!r->steps || !r->n_steps || report_is_hurried(r))
		return;
	sights = must_alloc(r->n_steps, sizeof(*sights));
	align_steps(r, moved, sights);
	if (r->n_views > 1) {
		steps_pair(r, sights);
		merge_steps(r, sights);
	}
	free(sights);
}
