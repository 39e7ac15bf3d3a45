#include "channel.h"

#include "code.h"

#include <stdlib.h>

enum { FIRST_ROOM = 2 };
static const int64_t duplicate_ns = 2000000; /* contract.md: copies within 2 ms */
static const int64_t copy_most_ns = COPY_MOST_MS * INT64_C(1000000);

/* Serial arithmetic: Ns and Nr wrap at 65536 (RFC 2661 5.8). */
static int distance(uint16_t from, uint16_t to)
{
	int d = (int)(uint16_t)(to - from);

	return d >= 0x8000 ? d - 0x10000 : d;
}

static struct pending *pending_find(const struct channel *way, uint16_t ns)
{
	if (way->n_pending == 0 || distance(way->highest_ns, ns) > 0)
		return NULL;
	for (size_t i = 0; i < way->n_pending; i++) {
		struct pending *p = channel_pending(way, i);

		if (p->ns == ns)
			return p;
	}
	return NULL;
}

bool channel_awaits(const struct channel *way, uint16_t ns)
{
	const struct pending *p = pending_find(way, ns);

	return p && !p->is_acked;
}

const struct pending *channel_pending_of(const struct channel *way, uint64_t event)
{
	for (size_t i = 0; i < way->n_pending; i++) {
		const struct pending *p = channel_pending(way, i);

		if (p->event == event && p->frame)
			return p;
	}
	return NULL;
}

static void pending_grow(struct channel *way)
{
	size_t room = way->pending_room ? 4u * way->pending_room : FIRST_ROOM;
	struct pending *grown = arena_array(way->arena, room, sizeof(*grown));

	if (!grown)
		return;
	if (way->n_pending)
		memcpy(grown, way->pending, way->n_pending * sizeof(*grown));
	way->pending = grown;
	way->pending_room = (uint16_t)room;
}

/* Before it all are acknowledged; those that are not are mostly the newest. */
static size_t first_open(const struct channel *way)
{
	size_t i = way->n_pending;

	for (size_t open = way->n_open; open > 0 && i > 0;)
		open -= !channel_pending(way, --i)->is_acked;
	return i;
}

/* The list keeps acknowledged messages too, to know their late repeats; the oldest
 * acknowledged one makes room, else the oldest. */
static struct pending *pending_room(struct channel *way)
{
	static struct pending spare;
	size_t out = 0;

	if (way->n_pending == way->pending_room && way->pending_room < LIMIT_REORDER)
		pending_grow(way);
	if (way->n_pending < way->pending_room)
		return channel_pending(way, way->n_pending++);
	if (way->n_pending < LIMIT_REORDER) /* the arena is full */
		return way->n_pending ? channel_pending(way, way->n_pending - 1u) : &spare;
	/* else the oldest is acknowledged: nobody looked at it for long, and nobody need now */
	if (first_open(way) == 0) {
		while (out < way->n_pending && !channel_pending(way, out)->is_acked)
			out++;
		out = out == way->n_pending ? 0 : out;
		if (!channel_pending(way, out)->is_acked)
			way->n_open--;
		for (; out > 0; out--)
			*channel_pending(way, out) = *channel_pending(way, out - 1);
	}
	way->oldest_pending = (uint16_t)((way->oldest_pending + 1) % LIMIT_REORDER);
	return channel_pending(way, way->n_pending - 1u);
}

static void pending_add(struct channel *way, const struct event *e)
{
	if (way->n_pending == 0 || distance(way->highest_ns, e->l2tp.ns) > 0)
		way->highest_ns = e->l2tp.ns;
	*pending_room(way) = (struct pending){
		.ns = e->l2tp.ns,
		.message = e->control.message,
		.copies = 1,
		.first = e->when,
		.last = e->when,
		.event = e->number,
		.last_event = e->number,
		.frame = e->origin.frame,
		.last_frame = e->origin.frame,
		.line = e->origin.line,
		.last_line = e->origin.line,
		.ip_id = e->path.ip_id,
		.is_acked = way->has_acked && distance(e->l2tp.ns, way->acked) > 0,
	};
	if (!way->has_acked || distance(e->l2tp.ns, way->acked) <= 0)
		way->n_open++;
	way->messages++;
}

static void sample_add(struct channel *way, int64_t ns)
{
	if (ns > way->worst_wait_ns)
		way->worst_wait_ns = ns;
	if (!way->round_trips)
		way->round_trips = arena_array(way->arena, ROUND_TRIPS, sizeof(int64_t));
	if (!way->round_trips)
		return;
	if (way->n_round_trips < ROUND_TRIPS)
		way->round_trips[way->n_round_trips++] = ns;
	else
		way->round_trips[way->messages % ROUND_TRIPS] = ns;
}

static void acknowledge(struct channel *way, const struct event *e)
{
	uint16_t nr = e->l2tp.nr;

	if (way->has_acked && distance(way->acked, nr) <= 0)
		return;
	way->acked_more = way->has_acked;
	way->has_acked = true;
	way->acked = nr;
	for (size_t i = first_open(way); i < way->n_pending; i++) {
		struct pending *p = channel_pending(way, i);

		if (p->is_acked || distance(p->ns, nr) <= 0)
			continue;
		way->n_open--;
		p->is_acked = true;
		/* a repeated message tells no round trip: which copy was answered? */
		if (p->copies == 1 && moment_comparable(e->when, p->first))
			sample_add(way, moment_minus(e->when, p->first));
		else if (moment_minus(e->when, p->first) > way->worst_wait_ns)
			way->worst_wait_ns = moment_minus(e->when, p->first);
	}
}

static struct acknowledged acknowledged(const struct pending *p)
{
	return (struct acknowledged){.message = p->message, .ns = p->ns, .is_again = p->is_acked};
}

size_t channel_acknowledges(const struct channel *back, const struct event *e,
			    struct acknowledged *list)
{
	uint16_t nr = e->l2tp.nr;
	const struct pending *last = NULL;
	size_t n = 0;

	if (e->kind != EVENT_CONTROL || !e->l2tp.has_sequence)
		return 0;
	for (size_t i = 0; i < back->n_pending; i++) {
		const struct pending *p = channel_pending(back, i);

		if (distance(p->ns, nr) == 1)
			last = p;
		if (!p->is_acked && distance(p->ns, nr) > 0)
			list[n++] = acknowledged(p);
	}
	if (n == 0 && last)
		list[n++] = acknowledged(last);
	return n;
}

static enum delivery take_again(struct channel *way, struct pending *p, const struct event *e)
{
	int64_t since = moment_minus(e->when, p->last);
	bool is_late = moment_comparable(e->when, p->last) && since >= copy_most_ns;
	bool same_packet = p->ip_id && p->ip_id == e->path.ip_id && !is_late;
	bool at_once = moment_comparable(e->when, p->last) && since >= 0 && since < duplicate_ns;

	if (same_packet || at_once) {
		way->duplicates++;
		return DELIVERY_DUPLICATE;
	}
	p->copies++;
	p->last = e->when;
	p->last_event = e->number;
	p->last_frame = e->origin.frame;
	p->last_line = e->origin.line;
	p->ip_id = e->path.ip_id;
	way->repeats++;
	return DELIVERY_REPEAT;
}

static enum delivery take_unnumbered(struct channel *way, const struct event *e)
{
	uint16_t message = e->control.message;
	struct moment *before = message <= SCCCN ? &way->opening[message] : NULL;

	if (before && way->openings & 1u << message) {
		bool at_once = moment_comparable(e->when, *before) &&
			       moment_minus(e->when, *before) < duplicate_ns;

		way->repeats += !at_once;
		way->duplicates += at_once;
		return at_once ? DELIVERY_DUPLICATE : DELIVERY_REPEAT;
	}
	way->messages++;
	if (before) {
		way->openings |= (uint8_t)(1u << message);
		*before = e->when;
	}
	return DELIVERY_NEW;
}

bool channel_is_far(const struct channel *way, const struct event *e)
{
	return e->l2tp.has_sequence && e->origin.frame && way->is_started &&
	       distance(way->next_ns, e->l2tp.ns) > LIMIT_REORDER;
}

void channel_admit(struct channel *way, const struct event *e)
{
	pending_add(way, e);
}

enum delivery channel_take(struct channel *way, struct channel *back, const struct event *e)
{
	bool is_far = channel_is_far(way, e);
	uint16_t ns = e->l2tp.ns;
	struct pending *again;
	int ahead;

	if (e->kind != EVENT_CONTROL)
		return DELIVERY_NONE;
	if (e->l2tp.has_sequence && !is_far)
		acknowledge(back, e);
	if (e->control.message == ZLB || e->control.message == ACK)
		return DELIVERY_ACK;
	if (!e->l2tp.has_sequence)
		return take_unnumbered(way, e);
	again = pending_find(way, ns);
	if (again)
		return take_again(way, again, e);
	if (is_far)
		return DELIVERY_EARLY;
	if (!way->is_started) {
		way->is_started = true;
		way->next_ns = ns;
	}
	ahead = distance(way->next_ns, ns);
	if (ahead < -LIMIT_REORDER) {
		way->repeats++;
		return DELIVERY_REPEAT;
	}
	pending_add(way, e);
	if (ahead < 0)
		return DELIVERY_OLD;
	if (ahead > 0)
		return DELIVERY_EARLY;
	way->next_ns = (uint16_t)(ns + 1);
	return DELIVERY_NEW;
}

/* 0 … 5: where the Ns stands. */
static unsigned fit_ns(const struct channel *way, const struct event *e)
{
	const struct pending *again = pending_find((struct channel *)way, e->l2tp.ns);
	int ahead = distance(way->next_ns, e->l2tp.ns);

	if (!way->is_started)
		return way->has_acked ? (distance(way->acked, e->l2tp.ns) == 0 ? 4 : 1) : 3;
	if (ahead == 0)
		return 5;
	if (e->control.message == ZLB)
		return ahead > -LIMIT_REORDER && ahead < LIMIT_REORDER ? 2 : 0;
	if (again && again->message == e->control.message)
		return again->is_acked ? 2 : 4;
	return !again && ahead > -LIMIT_REORDER && ahead < LIMIT_REORDER ? 1 : 0;
}

/* 0 … 3: what the Nr acknowledges. */
static unsigned fit_nr(const struct channel *back, uint16_t nr)
{
	int unsent = distance(back->next_ns, nr);

	if (!back->is_started)
		return 1;
	if (unsent == 0)
		return 3;
	if (unsent < 0 && unsent > -LIMIT_REORDER)
		return back->has_acked && distance(back->acked, nr) < 0 ? 1 : 2;
	return 0;
}

unsigned channel_fit(const struct channel *way, const struct channel *back, const struct event *e)
{
	unsigned ns, nr;

	if (!e->l2tp.has_sequence)
		return 0;
	ns = fit_ns(way, e);
	nr = fit_nr(back, e->l2tp.nr);
	if (ns >= 4 && nr >= 2)
		return 10 + (ns - 4) * 2 + (nr - 2);
	return ns + nr;
}

void channel_pass(struct channel *way, uint16_t ns)
{
	int missing = distance(way->next_ns, ns);

	if (missing > 0)
		way->gaps += (uint32_t)missing;
	if (missing >= 0)
		way->next_ns = (uint16_t)(ns + 1);
}

static int compare_ns(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

double channel_round_trip(const struct channel *way)
{
	int64_t sorted[ROUND_TRIPS];
	size_t middle;

	if (way->n_round_trips == 0)
		return -1;
	memcpy(sorted, way->round_trips, way->n_round_trips * sizeof(sorted[0]));
	qsort(sorted, way->n_round_trips, sizeof(sorted[0]), compare_ns);
	middle = way->n_round_trips / 2;
	return (double)sorted[middle] / 1e9;
}

/* Into its own arena: that of the half may be gone before. */
static void channel_copy(struct channel *way, const struct channel *half)
{
	struct arena *arena = way->arena;

	*way = *half;
	way->arena = arena;
	way->pending = arena_array(arena, half->pending_room, sizeof(*way->pending));
	if (!way->pending)
		way->n_pending = way->pending_room = way->oldest_pending = 0;
	if (way->n_pending)
		memcpy(way->pending, half->pending, way->n_pending * sizeof(*way->pending));
	way->round_trips = NULL;
	if (half->round_trips)
		way->round_trips = arena_array(arena, ROUND_TRIPS, sizeof(int64_t));
	if (way->round_trips)
		memcpy(way->round_trips, half->round_trips, ROUND_TRIPS * sizeof(int64_t));
	else
		way->n_round_trips = 0;
}

void channel_absorb(struct channel *way, const struct channel *half)
{
	bool has_acked = way->has_acked;
	uint16_t acked = way->acked;

	if (!way->is_started && half->is_started) {
		channel_copy(way, half);
		if (!way->has_acked) {
			way->has_acked = has_acked;
			way->acked = acked;
		}
	} else if (!way->has_acked) {
		way->has_acked = half->has_acked;
		way->acked = half->acked;
	}
	for (size_t i = 0; i < way->n_pending && way->has_acked; i++) {
		struct pending *p = channel_pending(way, i);

		if (p->is_acked || distance(p->ns, way->acked) <= 0)
			continue;
		p->is_acked = true;
		way->n_open--;
	}
}
