#include "step_pairs.h"

#include <stdlib.h>

#include "arena.h"
#include "step_order.h"

/* Copies of one message in two views lie this close after alignment, else they are two. */
static const int64_t NEAR_NS = INT64_C(3000000000);

/* What makes two sights the same message. Ns is unknown in most text. */
struct key {
	const void *of; /* tunnel or session */
	uint8_t kind;   /* enum event_kind */
	uint8_t from;   /* 0 unknown, else 1 + tunnel end */
	bool has_number;
	bool is_open; /* its group has one without number, which may be any of them */
	uint32_t type, number;
	uint32_t index; /* into steps and sights */
	/* Among those that may be the same message, which stand together in order of arrival: */
	uint32_t next_view; /* where those of another view begin */
	uint32_t next_free; /* the next one, this one included, that is not paired yet */
};

/* Of those of a view the latest up to one of them, and the earliest from it on. */
struct bounds {
	int64_t latest_ns, earliest_ns;
};

/* Two sights of one message. */
struct pair {
	uint32_t a, b; /* into steps; `a` asked */
};

struct pairing {
	struct step_sight *sights;
	struct key *keys; /* owned, as those below */
	size_t n_keys;
	struct bounds *bounds; /* of the keys at hand */
	size_t bounds_room;
	struct pair *pairs;
	size_t n_pairs, pairs_room;
};

static bool step_key(const struct step *s, uint32_t index, struct key *ret)
{
	const struct message_key *m = &s->key;

	if (!s->tunnel || !s->tunnel->joined || m->is_virtual)
		return false;
	*ret = (struct key){
		.of = s->tunnel, .kind = m->kind, .from = step_sending_end(s), .index = index};
	ret->has_number = m->has_number;
	if (m->kind == EVENT_CONTROL) {
		ret->type = m->type;
		ret->number = m->ns;
		if (ret->type == ZLB)
			ret->number |= (uint32_t)m->nr << 16;
		return ret->type != ZLB || ret->has_number;
	}
	if (m->kind != EVENT_PPP || !s->session)
		return false;
	ret->of = s->session;
	ret->type = (uint32_t)m->type << 8 | m->code;
	ret->number = m->id;
	return true;
}

/* Those that may be the same message: of one type, in one tunnel or session. */
static int group_compare(const struct key *a, const struct key *b)
{
	if (a->of != b->of)
		return (uintptr_t)a->of < (uintptr_t)b->of ? -1 : 1;
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

static bool has_sight_of(const struct pairing *x, uint32_t i, uint16_t vantage)
{
	for (; i != NO_SIGHT; i = x->sights[i].also)
		if (x->sights[i].vantage == vantage)
			return true;
	return false;
}

static bool both_timed(const struct step_sight *a, const struct step_sight *b)
{
	return a->is_timed && b->is_timed;
}

static int64_t distance(const struct step_sight *a, const struct step_sight *b)
{
	return a->ns < b->ns ? b->ns - a->ns : a->ns - b->ns;
}

/* The sender's own view leads; then the earlier one. */
static bool leads(const struct step_sight *a, const struct step_sight *b)
{
	bool a_sent = a->sense == SENT, b_sent = b->sense == SENT;

	if (a_sent != b_sent)
		return a_sent;
	if (a->sense != b->sense)
		return b->sense == RECEIVED;
	return a->ns != b->ns ? a->ns < b->ns : a->number < b->number;
}

static void pairing_add(struct pairing *x, uint32_t a, uint32_t b)
{
	bool is_first = leads(&x->sights[a], &x->sights[b]);
	uint32_t first = is_first ? a : b, second = is_first ? b : a;

	x->sights[second].is_second = true;
	while (x->sights[first].also != NO_SIGHT)
		first = x->sights[first].also;
	x->sights[first].also = second;
	if (x->n_pairs == x->pairs_room) {
		x->pairs_room = x->pairs_room ? 2 * x->pairs_room : 1024;
		x->pairs = must_grow(x->pairs, x->pairs_room, sizeof(*x->pairs));
	}
	x->pairs[x->n_pairs++] = (struct pair){a, b};
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
	to->n_changes = (uint32_t)n;
}

static void pair_steps(struct report *r, struct step *first, struct step *second)
{
	struct step *tail = first;

	second->is_second_sight = true;
	while (tail->seen_also)
		tail = tail->seen_also;
	tail->seen_also = second;
	if (step_is_shown(first))
		take_changes(r, first, second);
}

/* The first one from `i` on that is not paired yet, or `n`. */
static uint32_t free_from(struct key *keys, uint32_t i, uint32_t n)
{
	uint32_t at = i;

	while (at < n && keys[at].next_free != at)
		at = keys[at].next_free;
	while (i < at) {
		uint32_t next = keys[i].next_free;

		keys[i].next_free = at;
		i = next;
	}
	return at;
}

/* One without a time may be of any. */
static void note_times(struct pairing *x, struct key *keys, uint32_t n)
{
	struct bounds *bounds;

	if (x->bounds_room < n) {
		x->bounds_room = 2 * (size_t)n;
		x->bounds = must_grow(x->bounds, x->bounds_room, sizeof(*x->bounds));
	}
	bounds = x->bounds;
	for (uint32_t i = 0; i < n; i++) {
		const struct step_sight *s = &x->sights[keys[i].index];
		bool goes_on = i > 0 && s->vantage == x->sights[keys[i - 1].index].vantage;

		bounds[i].earliest_ns = s->is_timed ? s->ns : INT64_MIN;
		bounds[i].latest_ns = s->is_timed ? s->ns : INT64_MAX;
		if (goes_on && bounds[i - 1].latest_ns > bounds[i].latest_ns)
			bounds[i].latest_ns = bounds[i - 1].latest_ns;
		keys[i].next_free = i;
	}
	for (uint32_t i = n; i-- > 0;) {
		bool goes_on = i + 1 < n && x->sights[keys[i + 1].index].vantage ==
						    x->sights[keys[i].index].vantage;

		keys[i].next_view = goes_on ? keys[i + 1].next_view : i + 1;
		if (goes_on && bounds[i + 1].earliest_ns < bounds[i].earliest_ns)
			bounds[i].earliest_ns = bounds[i + 1].earliest_ns;
	}
}

/* Those of a view stand in order of arrival, which mostly is that of their times: before the first
 * one none is near. */
static uint32_t first_near(const struct bounds *bounds, uint32_t from, uint32_t end, int64_t ns)
{
	while (from < end) {
		uint32_t middle = from + (end - from) / 2;

		if (bounds[middle].latest_ns < ns - NEAR_NS)
			from = middle + 1;
		else
			end = middle;
	}
	return from;
}

enum { LOOK_AHEAD = 256 }; /* a sight further away than the first one is not this message */

/* The nearest sight of `keys[i]` in the views behind its own. */
static uint32_t sight_of(const struct pairing *x, struct key *keys, uint32_t i, uint32_t n)
{
	const struct step_sight *a = &x->sights[keys[i].index], *best = NULL;
	uint32_t found = n, end;

	for (uint32_t view = keys[i].next_view; view < n; view = end) {
		uint32_t k = view;

		end = keys[view].next_view;
		if (has_sight_of(x, keys[i].index, x->sights[keys[view].index].vantage))
			continue;
		if (a->is_timed)
			k = first_near(x->bounds, view, end, a->ns);
		for (k = free_from(keys, k, n); k < end; k = free_from(keys, k + 1, n)) {
			const struct step_sight *b = &x->sights[keys[k].index];

			if (a->is_timed && x->bounds[k].earliest_ns > a->ns + NEAR_NS)
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
static void pair_group(struct pairing *x, struct key *keys, uint32_t n)
{
	note_times(x, keys, n);
	for (uint32_t i = 0; i < n && keys[i].next_view < n; i++) {
		uint32_t other;

		if (x->sights[keys[i].index].is_second)
			continue;
		other = sight_of(x, keys, i, n);
		if (other == n)
			continue;
		pairing_add(x, keys[i].index, keys[other].index);
		keys[i].next_free = i + 1;
		keys[other].next_free = other + 1;
	}
}

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

static int pair_compare(const void *left, const void *right)
{
	const struct pair *a = left, *b = right;

	return a->a < b->a ? -1 : a->a > b->a;
}

/* In the order of the steps: those that are far from each other bring others along into memory. */
static void join_pairs(struct report *r, struct pairing *x)
{
	if (x->n_pairs)
		qsort(x->pairs, x->n_pairs, sizeof(*x->pairs), pair_compare);
	for (size_t i = 0; i < x->n_pairs && !steps_are_hurried(r, i); i++) {
		uint32_t a = x->pairs[i].a, b = x->pairs[i].b;
		bool is_first = leads(&x->sights[a], &x->sights[b]);

		steps_rest(r, i);
		pair_steps(r, r->steps[is_first ? a : b], r->steps[is_first ? b : a]);
	}
}

void steps_pair(struct report *r, struct step_sight *sights)
{
	struct pairing x = {.sights = sights};
	size_t end;

	x.keys = must_alloc(r->n_steps + 1, sizeof(*x.keys));
	for (uint32_t i = 0; i < r->n_steps && !steps_are_hurried(r, i); i++) {
		steps_rest(r, i);
		x.n_keys += step_key(r->steps[i], i, &x.keys[x.n_keys]);
	}
	qsort(x.keys, x.n_keys, sizeof(*x.keys), index_compare);
	open_groups(x.keys, x.n_keys);
	qsort(x.keys, x.n_keys, sizeof(*x.keys), number_compare);
	for (size_t i = 0; i < x.n_keys; i = end) {
		for (end = i + 1; end < x.n_keys && is_together(&x.keys[i], &x.keys[end]); end++)
			;
		pair_group(&x, &x.keys[i], (uint32_t)(end - i));
	}
	join_pairs(r, &x);
	free(x.keys);
	free(x.bounds);
	free(x.pairs);
}
