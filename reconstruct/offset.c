#include "offset.h"

#include "drift.h"
#include "observer.h"
#include "same_link.h"
#include "sessions.h"

#include <stdlib.h>

static struct shared *shared_new(void)
{
	struct shared *x = must_alloc(1, sizeof(*x) + SHARED_MESSAGES * sizeof(x->at[0]));

	x->stride = 1;
	return x;
}

/* Without the room that is not needed: there may be one for each of many tunnels. */
static struct shared *shared_trim(struct shared *x)
{
	return must_grow(x, 1, sizeof(*x) + x->n * sizeof(x->at[0]));
}

static void thin_out(struct shared *x)
{
	for (size_t i = 0; 2 * i < x->n; i++)
		x->at[i] = x->at[2 * i];
	x->n /= 2;
	x->stride *= 2;
}

static void share_moments(struct shared *x, struct moment a, struct moment b, uint8_t from)
{
	if (x->skip) {
		x->skip--;
		return;
	}
	if (x->n == SHARED_MESSAGES)
		thin_out(x);
	x->skip = x->stride - 1;
	x->at[x->n++] = (struct shared_message){
		.difference = moment_minus(b, a), .when = a.ns, .from = from};
	x->grain_ns = a.grain_ns > x->grain_ns ? a.grain_ns : x->grain_ns;
	x->grain_ns = b.grain_ns > x->grain_ns ? b.grain_ns : x->grain_ns;
}

static void share(struct shared *x, const struct mark *a, const struct mark *b, uint8_t from)
{
	if (!a->is_set || !b->is_set || a->is_inferred || b->is_inferred ||
	    !moment_comparable(mark_when(a), mark_when(b)))
		return;
	share_moments(x, mark_when(a), mark_when(b), from);
}

static void share_seen(struct shared *x, const struct seen *a, const struct seen *b,
		       const uint8_t end[2])
{
	for (; a; a = a->next) {
		const struct seen *also = seen_of(b, a->message);

		/* HELLOs are many and alike: the first of one view may be any of the other's */
		if (!a->message || a->message == HELLO || !a->count || !also->count ||
		    a->from != also->from)
			continue;
		share(x, &a->first, &also->first, end[a->from & 1]);
	}
}

static bool same_ids(const struct session *a, const struct session *b)
{
	if (a->lac_end != b->lac_end)
		return false;
	for (int i = 0; i < 2; i++)
		if (a->id[i] && b->id[i] && a->id[i] != b->id[i])
			return false;
	return (a->id[0] && a->id[0] == b->id[0]) || (a->id[1] && a->id[1] == b->id[1]);
}

static void share_marks(struct shared *ret, const struct mark *a, const struct mark *b,
			uint8_t from)
{
	if (!moment_comparable(mark_when(a), mark_when(b)))
		return;
	share_moments(ret, mark_when(a), mark_when(b), from);
}

/* One PPP link, where no message of the tunnel was seen at both: the challenge and its answer,
 * and the acknowledgements of what its network protocols asked for. */
static void share_link(struct shared *ret, const struct session *x, const struct session *y)
{
	const struct auth *mine = link_auth(&x->ppp, CLIENT), *theirs = link_auth(&y->ppp, CLIENT);
	uint8_t lns = x->lac_end, client = (uint8_t)(1 - x->lac_end);

	if (!link_fits(&x->ppp, &y->ppp))
		return;
	if (mine->challenge.len && span_equal(mine->challenge, theirs->challenge)) {
		share_marks(ret, &mine->challenged, &theirs->challenged, lns);
		share_marks(ret, &mine->responded, &theirs->responded, client);
	}
	for (size_t k = CP_IPCP; k <= CP_IPV6CP; k++)
		for (int i = 0; i < 2; i++) {
			const struct mark *a = &link_cp(&x->ppp, k)->side[i].acked;
			const struct mark *b = &link_cp(&y->ppp, k)->side[i].acked;

			if (a->is_set && b->is_set)
				share_marks(ret, a, b, i == CLIENT ? lns : client);
		}
}

struct shared *shared_of_links(const struct link_pair *pairs, size_t n)
{
	struct shared *x = shared_new();

	for (size_t i = 0; i < n; i++)
		share_link(x, pairs[i].of_a, pairs[i].of_b);
	return shared_trim(x);
}

/* The session with the ids of `x`. Both tunnels have theirs in order of time, mostly: it is looked
 * for behind `from`, then before it. */
static uint32_t session_like(const struct sessions *all, const struct session *x, uint32_t from)
{
	for (uint32_t again = 0; again < 2; again++) {
		uint32_t first = again ? 0 : from, end = again ? from : all->n;

		for (uint32_t i = sessions_like(all, x, first); i < end;
		     i = sessions_like(all, x, i + 1))
			if (same_ids(x, all->at[i]))
				return i;
	}
	return NO_PLACE;
}

struct shared *shared_of(const struct tunnel *a, const struct tunnel *b)
{
	static const uint8_t tunnel_ends[2] = {INITIATOR, RESPONDER};
	struct shared *ret = shared_new();
	struct sessions of_b = sessions_of(b);
	uint32_t behind = 0;

	share_seen(ret, a->seen, b->seen, tunnel_ends);
	for (const struct session *x = a->sessions; x; x = session_after(x)) {
		uint8_t ends[2] = {x->lac_end, (uint8_t)(1 - x->lac_end)};
		uint32_t i = session_like(&of_b, x, behind);

		if (i == NO_PLACE)
			continue;
		share_seen(ret, x->seen, of_b.at[i]->seen, ends);
		behind = i + 1;
	}
	sessions_free(&of_b);
	return shared_trim(ret);
}

static int ns_compare(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

static int64_t median(int64_t *at, size_t n)
{
	qsort(at, n, sizeof(*at), ns_compare);
	return n % 2 ? at[n / 2] : at[n / 2 - 1] / 2 + at[n / 2] / 2;
}

/* No message arrives before it was sent: the quickest ones of both directions enclose the
 * offset. Where they contradict each other (a wrong pair, a clock that was set) the medians
 * speak. Both arrays are sorted. */
static int64_t enclosed(const int64_t *early, size_t n_early, const int64_t *late,
			int64_t early_median, int64_t late_median)
{
	int64_t from = early[n_early - 1], to = late[0];

	if (from <= to)
		return from / 2 + to / 2;
	return early_median / 2 + late_median / 2;
}

static bool combined(int64_t *const at[2], const size_t n[2], int64_t *ret)
{
	int64_t middle[2];

	if (!n[0] && !n[1])
		return false;
	for (int i = 0; i < 2; i++)
		middle[i] = n[i] ? median(at[i], n[i]) : 0;
	if (!n[0] || !n[1])
		*ret = n[0] ? middle[0] : middle[1];
	else if (middle[0] < middle[1])
		*ret = enclosed(at[0], n[0], at[1], middle[0], middle[1]);
	else
		*ret = enclosed(at[1], n[1], at[0], middle[1], middle[0]);
	return true;
}

bool shared_offset(const struct shared *x, int64_t *ret)
{
	int64_t one[2][SHARED_MESSAGES];
	int64_t *const at[2] = {one[0], one[1]};
	size_t n[2] = {0, 0};

	for (size_t i = 0; i < x->n; i++)
		one[x->at[i].from][n[x->at[i].from]++] = x->at[i].difference;
	return combined(at, n, ret);
}

void samples_add(struct samples *s, const struct shared *x)
{
	for (size_t i = 0; i < x->n; i++) {
		int e = x->at[i].from;

		if (s->n[e] == s->room[e]) {
			s->room[e] = s->room[e] ? 2 * s->room[e] : SHARED_MESSAGES;
			s->at[e] = must_grow(s->at[e], s->room[e], sizeof(*s->at[e]));
			s->when[e] = must_grow(s->when[e], s->room[e], sizeof(*s->when[e]));
		}
		s->when[e][s->n[e]] = x->at[i].when;
		s->at[e][s->n[e]++] = x->at[i].difference;
	}
	s->grain_ns = x->grain_ns > s->grain_ns ? x->grain_ns : s->grain_ns;
}

void samples_free(struct samples *s)
{
	for (int e = 0; e < 2; e++) {
		free(s->at[e]);
		free(s->when[e]);
	}
}

static int64_t spread(const struct samples *s, int64_t offset)
{
	size_t n = s->n[0] + s->n[1];
	int64_t *away = must_alloc(n, sizeof(*away)), result;
	size_t k = 0;

	for (int e = 0; e < 2; e++)
		for (size_t i = 0; i < s->n[e]; i++)
			away[k++] = llabs(s->at[e][i] - offset);
	result = median(away, n);
	free(away);
	return result;
}

static int64_t earliest_of(const struct samples *s)
{
	int64_t ret = INT64_MAX;

	for (int e = 0; e < 2; e++)
		for (size_t i = 0; i < s->n[e]; i++)
			ret = s->when[e][i] < ret ? s->when[e][i] : ret;
	return ret;
}

void offsets_add(struct offsets *o, size_t a, size_t b, struct samples *s)
{
	struct relation x = {.a = a, .b = b, .n = (uint32_t)(s->n[0] + s->n[1])};

	x.from_ns = earliest_of(s);
	if (drift_of(s, &x.drift))
		drift_remove(s, x.drift, x.from_ns);
	if (!combined(s->at, s->n, &x.ahead_ns))
		return;
	x.residual_ns = spread(s, x.ahead_ns);
	if (o->n == o->room) {
		o->room = o->room ? 2 * o->room : 16;
		o->at = must_grow(o->at, o->room, sizeof(*o->at));
	}
	o->at[o->n++] = x;
}

void offsets_free(struct offsets *o)
{
	free(o->at);
}

/* What stamps whole seconds is a worse clock than one that does not. */
static int clock_worth(const struct view *v)
{
	static const int64_t COARSE_NS = INT64_C(100000000);

	return 2 * (int)v->first.kind + (v->first.grain_ns < COARSE_NS);
}

static size_t choose_reference(const struct report *r)
{
	size_t best = 0;

	for (size_t i = 1; i < r->n_views; i++) {
		const struct view *v = &r->views[i], *first = &r->views[best];

		if (clock_worth(v) > clock_worth(first) ||
		    (clock_worth(v) == clock_worth(first) && v->input < first->input))
			best = i;
	}
	return best;
}

/* `to` is b of the relation, or a. Both ends of the step from `to` to the reference gain or lose:
 * what the relation says, and what its other end does against the reference. */
static void relate(const struct view *from, struct view *to, const struct relation *x, bool to_b)
{
	int64_t at_b = x->from_ns + x->ahead_ns;
	int64_t at_from = to_b ? x->from_ns : at_b;
	double ahead = (double)x->ahead_ns / 1e9;

	to->offset_s = (double)(view_align(from, at_from) - at_from) / 1e9;
	to->offset_s += to_b ? -ahead : ahead;
	to->drift = from->drift + (to_b ? x->drift : -x->drift);
	to->drift_from_ns = to_b ? at_b : x->from_ns;
	to->has_offset = from->has_offset;
	to->residual_s = (double)x->residual_ns / 1e9;
	to->joined_messages = x->n;
}

/* Spreads known clocks along the relations until nothing more is learned. */
static void spread_offsets(struct report *r, const struct offsets *o, bool *known)
{
	bool is_learning = true;

	while (is_learning) {
		is_learning = false;
		for (size_t i = 0; i < o->n; i++) {
			const struct relation *x = &o->at[i];
			size_t from = known[x->a] ? x->a : x->b;
			size_t to = known[x->a] ? x->b : x->a;

			if (known[x->a] == known[x->b])
				continue;
			relate(&r->views[from], &r->views[to], x, to == x->b);
			known[to] = is_learning = true;
		}
	}
}

static void find_earliest(struct report *r)
{
	const struct view *reference = &r->views[r->reference];
	bool is_set = false;

	r->earliest = reference->first;
	for (size_t i = 0; i < r->n_views; i++) {
		const struct view *v = &r->views[i];
		struct mark m = mark_at((struct sight){.vantage = v->vantage, .when = v->first});
		int64_t ns;

		if (!v->has_offset || !mark_ns(r, &m, &ns) || (is_set && ns >= r->earliest.ns))
			continue;
		r->earliest = reference->first;
		r->earliest.ns = ns;
		is_set = true;
	}
}

/* A view on a clock of another kind that shares nothing: laid beside the reference, so that its
 * times are at least small numbers; has_offset stays false. */
static void place_unrelated(struct report *r, struct view *v)
{
	const struct view *reference = &r->views[r->reference];

	if (v->first.kind == CLOCK_NONE)
		return;
	if (v->first.kind == reference->first.kind)
		v->has_offset = v->first.kind == CLOCK_ABSOLUTE;
	else
		v->offset_s = (double)(r->earliest.ns - v->first.ns) / 1e9;
}

void offsets_apply(struct report *r, const struct offsets *o)
{
	bool *known;

	if (!r->n_views)
		return;
	known = must_alloc(r->n_views, sizeof(*known));
	r->reference = (uint16_t)choose_reference(r);
	for (size_t i = 0; i < r->n_views; i++)
		known[i] = r->views[i].has_offset; /* given with --offset */
	r->views[r->reference].has_offset = true;
	known[r->reference] = true;
	spread_offsets(r, o, known);
	find_earliest(r);
	for (size_t i = 0; i < r->n_views; i++) {
		if (known[i])
			continue;
		place_unrelated(r, &r->views[i]);
		known[i] = true;
		spread_offsets(r, o, known);
	}
	find_earliest(r);
	free(known);
}
