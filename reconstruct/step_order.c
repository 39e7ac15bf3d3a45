#include "step_order.h"

#include <stdlib.h>

/* Copies of one message in two views lie this close after alignment, else they are two. */
static const int64_t NEAR_NS = INT64_C(3000000000);

static int redirect_compare(const void *left, const void *right)
{
	const struct redirect *a = left, *b = right;

	return (uintptr_t)a->from < (uintptr_t)b->from ? -1
						       : (uintptr_t)a->from > (uintptr_t)b->from;
}

/* What makes two sights the same message. Ns is unknown in most text. */
struct key {
	const struct tunnel *tunnel;
	const struct session *session;
	enum event_kind kind;
	uint8_t from; /* 0 unknown, else 1 + tunnel end */
	uint32_t type, number;
	bool has_number;
	size_t index; /* into steps */
};

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

static bool step_key(const struct report *r, size_t index, struct key *ret)
{
	const struct step *s = r->steps[index];
	const struct event *e = s->event;
	const struct ppp *p = &e->ppp;

	if (!s->tunnel || !s->tunnel->joined || e->is_virtual)
		return false;
	*ret = (struct key){
		.tunnel = s->tunnel, .kind = e->kind, .from = step_sending_end(s), .index = index};
	if (e->kind == EVENT_CONTROL) {
		ret->type = e->control.message;
		ret->has_number = e->l2tp.has_sequence;
		ret->number = e->l2tp.ns;
		if (ret->type == ZLB)
			ret->number |= (uint32_t)e->l2tp.nr << 16;
		return ret->type != ZLB || ret->has_number;
	}
	if (e->kind != EVENT_PPP || !s->session)
		return false;
	ret->session = s->session;
	ret->type = (uint32_t)p->protocol << 8 | p->code;
	ret->has_number = p->has_id;
	ret->number = p->id;
	return true;
}

static int key_compare(const void *left, const void *right)
{
	const struct key *a = left, *b = right;

	if (a->tunnel != b->tunnel)
		return (uintptr_t)a->tunnel < (uintptr_t)b->tunnel ? -1 : 1;
	if (a->session != b->session)
		return (uintptr_t)a->session < (uintptr_t)b->session ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

static bool same_group(const struct key *a, const struct key *b)
{
	return a->tunnel == b->tunnel && a->session == b->session && a->kind == b->kind &&
	       a->type == b->type;
}

static bool same_message(const struct key *a, const struct key *b)
{
	if (a->from && b->from && a->from != b->from)
		return false;
	return !a->has_number || !b->has_number || a->number == b->number;
}

static bool has_sight_of(const struct step *s, uint16_t vantage)
{
	for (; s; s = s->seen_also)
		if (s->event->origin.vantage == vantage)
			return true;
	return false;
}

static bool both_timed(const struct step *a, const struct step *b)
{
	return moment_known(a->event->when) && moment_known(b->event->when);
}

static int64_t distance(const struct step *a, const struct step *b)
{
	int64_t d = a->aligned_ns - b->aligned_ns;

	return d < 0 ? -d : d;
}

/* The sender's own view leads; then the earlier one. */
static bool leads(const struct step *a, const struct step *b)
{
	bool a_sent = a->event->sense == SENT, b_sent = b->event->sense == SENT;

	if (a_sent != b_sent)
		return a_sent;
	if (a->event->sense != b->event->sense)
		return b->event->sense == RECEIVED;
	return a->aligned_ns != b->aligned_ns ? a->aligned_ns < b->aligned_ns
					      : a->event->number < b->event->number;
}

static bool has_change(const struct step *s, const struct state_change *x)
{
	for (size_t i = 0; i < s->n_changes; i++)
		if (s->changes[i].who == x->who && s->changes[i].machine == x->machine &&
		    s->changes[i].protocol == x->protocol)
			return true;
	return false;
}

/* The line that is shown tells what the message did at both ends. */
static void take_changes(struct report *r, struct step *to, const struct step *from)
{
	struct state_change *all;
	size_t n = to->n_changes;

	all = arena_array(r->arena, to->n_changes + from->n_changes + 1, sizeof(*all));
	if (!all)
		return;
	for (size_t i = 0; i < to->n_changes; i++)
		all[i] = to->changes[i];
	for (size_t i = 0; i < from->n_changes; i++)
		if (!has_change(to, &from->changes[i]))
			all[n++] = from->changes[i];
	to->changes = all;
	to->n_changes = n;
}

static void pair_steps(struct report *r, struct step *a, struct step *b)
{
	struct step *first = leads(a, b) ? a : b, *second = first == a ? b : a;
	struct step *tail = first;

	second->is_second_sight = true;
	while (tail->seen_also)
		tail = tail->seen_also;
	tail->seen_also = second;
	take_changes(r, first, second);
}

/* `keys` are the sights of one type in one tunnel or session, in order of arrival. */
static void pair_group(struct report *r, const struct key *keys, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct step *a = r->steps[keys[i].index];
		struct step *best = NULL;

		if (a->is_second_sight)
			continue;
		for (size_t j = i + 1; j < n; j++) {
			struct step *b = r->steps[keys[j].index];

			if (b->is_second_sight || b->seen_also ||
			    has_sight_of(a, b->event->origin.vantage) ||
			    !same_message(&keys[i], &keys[j]))
				continue;
			if (both_timed(a, b) && distance(a, b) > NEAR_NS)
				continue;
			if (!best || (both_timed(a, b) && distance(a, b) < distance(a, best)))
				best = b;
			if (j - i > 256)
				break; /* a sight further away is not this message */
		}
		if (best)
			pair_steps(r, a, best);
	}
}

enum { FAR_APART = 16 }; /* steps of a group are, and bring others along into memory */

static void pair_all(struct report *r)
{
	struct key *keys = must_alloc(r->n_steps + 1, sizeof(*keys));
	size_t n = 0, end, n_groups = 0;

	for (size_t i = 0; i < r->n_steps; i++) {
		steps_rest(r, i);
		n += step_key(r, i, &keys[n]);
	}
	qsort(keys, n, sizeof(*keys), key_compare);
	for (size_t i = 0; i < n; i = end) {
		for (end = i + 1; end < n && same_group(&keys[i], &keys[end]); end++)
			;
		steps_rest(r, FAR_APART * n_groups++);
		pair_group(r, &keys[i], end - i);
	}
	free(keys);
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
	pair_all(r);
	merge_steps(r);
}
