#include "step_pairs.h"

#include <stdlib.h>

#include "arena.h"
#include "step_order.h"

/* Copies of one message in two views lie this close after alignment, else they are two. */
static const int64_t NEAR_NS = INT64_C(3000000000);

/* What makes two sights the same message. Ns is unknown in most text. */
struct key {
	const struct tunnel *tunnel;
	const struct session *session;
	enum event_kind kind;
	uint8_t from; /* 0 unknown, else 1 + tunnel end */
	uint32_t type, number;
	bool has_number;
	bool is_open; /* its group has one without number, which may be any of them */
	uint16_t vantage;
	size_t index; /* into steps */
	/* Among those that may be the same message, which stand together in order of arrival: */
	size_t next_view; /* where those of another view begin */
	size_t next_free; /* the next one, this one included, that is not paired yet */
	/* of those of its view the latest up to it, and the earliest from it on */
	int64_t latest_ns, earliest_ns;
};

static bool step_key(const struct report *r, size_t index, struct key *ret)
{
	const struct step *s = r->steps[index];
	const struct event *e = s->event;
	const struct ppp *p = &e->ppp;

	if (!s->tunnel || !s->tunnel->joined || e->is_virtual)
		return false;
	*ret = (struct key){.tunnel = s->tunnel,
			    .kind = e->kind,
			    .from = step_sending_end(s),
			    .vantage = e->origin.vantage,
			    .index = index};
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

/* Those that may be the same message: of one type, in one tunnel or session. */
static int group_compare(const struct key *a, const struct key *b)
{
	if (a->tunnel != b->tunnel)
		return (uintptr_t)a->tunnel < (uintptr_t)b->tunnel ? -1 : 1;
	if (a->session != b->session)
		return (uintptr_t)a->session < (uintptr_t)b->session ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->type != b->type ? a->type < b->type ? -1 : 1 : 0;
}

static int index_compare(const void *left, const void *right)
{
	const struct key *a = left, *b = right;
	int c = group_compare(a, b);

	return c ? c : a->index < b->index ? -1 : a->index > b->index;
}

/* Where all have one, of one number. */
static int number_compare(const void *left, const void *right)
{
	const struct key *a = left, *b = right;
	int c = group_compare(a, b);

	if (!c && !a->is_open && a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return c ? c : a->index < b->index ? -1 : a->index > b->index;
}

static bool is_together(const struct key *a, const struct key *b)
{
	return group_compare(a, b) == 0 && (a->is_open || a->number == b->number);
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

/* The first one from `i` on that is not paired yet, or `n`. */
static size_t free_from(struct key *keys, size_t i, size_t n)
{
	size_t at = i;

	while (at < n && keys[at].next_free != at)
		at = keys[at].next_free;
	while (i < at) {
		size_t next = keys[i].next_free;

		keys[i].next_free = at;
		i = next;
	}
	return at;
}

/* One without a time may be of any. */
static void note_times(const struct report *r, struct key *keys, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct step *s = r->steps[keys[i].index];
		bool is_timed = moment_known(s->event->when);

		keys[i].earliest_ns = is_timed ? s->aligned_ns : INT64_MIN;
		keys[i].latest_ns = is_timed ? s->aligned_ns : INT64_MAX;
	}
	for (size_t i = 1; i < n; i++)
		if (keys[i].vantage == keys[i - 1].vantage &&
		    keys[i - 1].latest_ns > keys[i].latest_ns)
			keys[i].latest_ns = keys[i - 1].latest_ns;
	for (size_t i = n; i-- > 0;) {
		bool is_last = i + 1 == n || keys[i + 1].vantage != keys[i].vantage;

		keys[i].next_view = is_last ? i + 1 : keys[i + 1].next_view;
		keys[i].next_free = i;
		if (!is_last && keys[i + 1].earliest_ns < keys[i].earliest_ns)
			keys[i].earliest_ns = keys[i + 1].earliest_ns;
	}
}

/* Those of a view stand in order of arrival, which mostly is that of their times: before the first
 * one none is near. */
static size_t first_near(const struct key *keys, size_t from, size_t end, int64_t ns)
{
	while (from < end) {
		size_t middle = from + (end - from) / 2;

		if (keys[middle].latest_ns < ns - NEAR_NS)
			from = middle + 1;
		else
			end = middle;
	}
	return from;
}

enum { LOOK_AHEAD = 256 }; /* a sight further away than the first one is not this message */

/* The nearest sight of `keys[i]` in the views behind its own. */
static size_t sight_of(const struct report *r, struct key *keys, size_t i, size_t n)
{
	const struct step *a = r->steps[keys[i].index], *best = NULL;
	bool is_timed = moment_known(a->event->when);
	size_t found = n, end;

	for (size_t view = keys[i].next_view; view < n; view = end) {
		size_t k = view;

		end = keys[view].next_view;
		if (has_sight_of(a, keys[view].vantage))
			continue;
		if (is_timed)
			k = first_near(keys, view, end, a->aligned_ns);
		for (k = free_from(keys, k, n); k < end; k = free_from(keys, k + 1, n)) {
			const struct step *b = r->steps[keys[k].index];

			if (is_timed && keys[k].earliest_ns > a->aligned_ns + NEAR_NS)
				break;
			if (!same_message(&keys[i], &keys[k]) ||
			    (both_timed(a, b) && distance(a, b) > NEAR_NS))
				continue;
			if (!best || (both_timed(a, b) && distance(a, b) < distance(a, best))) {
				best = b;
				found = k;
			}
			if (k - i > LOOK_AHEAD)
				return found;
		}
	}
	return found;
}

/* `keys` may be the same message, in order of arrival. */
static void pair_group(struct report *r, struct key *keys, size_t n)
{
	note_times(r, keys, n);
	for (size_t i = 0; i < n && keys[i].next_view < n; i++) {
		struct step *a = r->steps[keys[i].index];
		size_t other;

		if (a->is_second_sight)
			continue;
		other = sight_of(r, keys, i, n);
		if (other == n)
			continue;
		pair_steps(r, a, r->steps[keys[other].index]);
		keys[i].next_free = i + 1;
		keys[other].next_free = other + 1;
	}
}

enum { FAR_APART = 16 }; /* steps of a group are, and bring others along into memory */

/* Those without number open their group. */
static void open_groups(struct key *keys, size_t n)
{
	size_t end;

	for (size_t i = 0; i < n; i = end) {
		bool is_open = false;

		for (end = i; end < n && group_compare(&keys[i], &keys[end]) == 0; end++)
			is_open |= !keys[end].has_number;
		for (size_t k = i; k < end; k++)
			keys[k].is_open = is_open;
	}
}

void steps_pair(struct report *r)
{
	struct key *keys = must_alloc(r->n_steps + 1, sizeof(*keys));
	size_t n = 0, end, n_groups = 0;

	for (size_t i = 0; i < r->n_steps; i++) {
		steps_rest(r, i);
		n += step_key(r, i, &keys[n]);
	}
	qsort(keys, n, sizeof(*keys), index_compare);
	open_groups(keys, n);
	qsort(keys, n, sizeof(*keys), number_compare);
	for (size_t i = 0; i < n; i = end) {
		for (end = i + 1; end < n && is_together(&keys[i], &keys[end]); end++)
			;
		steps_rest(r, FAR_APART * n_groups++);
		pair_group(r, &keys[i], end - i);
	}
	free(keys);
}
