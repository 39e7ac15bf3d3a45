#include "meter.h"

#include <stdlib.h>

#include "hash.h"
#include "jump.h"
#include "limits.h"
#include "registry.h"
#include "session.h"
#include "watch.h"

enum { FIRST_ROOM = 64 };

struct meter {
	struct glance_key key;
	struct session *session; /* NULL: closed */
	size_t *n_open;          /* of its table */
	struct tunnel *tunnel;
	uint32_t turn; /* the tunnel's, when it was opened */
	uint8_t from;  /* the tunnel end that sends */
	uint8_t to;    /* as in struct counters */
	uint8_t n_watchers;
	struct watch_glance watchers[WATCH_GLANCES];
	struct meter *next_of_session;
	struct glance_lease *lease; /* or NULL */
};

struct meters {
	struct meter *at;
	size_t n, room, n_open;
	/* By hash, open addressing, a power of two of them, at least twice `room`: place in `at`,
	 * from 1; 0 free. */
	uint32_t *index;
	size_t n_index;
};

/* ---- the table ---- */

/* The entry of that key, or the free one where it belongs. */
static inline uint32_t *entry_of(const struct meters *all, const struct glance_key *key)
{
	const size_t mask = all->n_index - 1;
	uint64_t words[sizeof(*key) / sizeof(uint64_t)];
	uint64_t h = 0;
	size_t i;

	memcpy(words, key, sizeof(words));
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		h = hash_word(h, words[i]);
	i = h & mask;
	while (all->index[i] && memcmp(&all->at[all->index[i] - 1].key, key, sizeof(*key)) != 0)
		i = (i + 1) & mask;
	return &all->index[i];
}

static inline struct meter *meter_of(const struct meters *all, const struct glance_key *key)
{
	uint32_t i = all ? *entry_of(all, key) : 0;

	return i ? &all->at[i - 1] : NULL;
}

/* What was in it stays; the index is empty. */
static void meters_room(struct meters *all, size_t room)
{
	if (room > all->room) {
		all->at = must_grow(all->at, room, sizeof(struct meter));
		all->room = room;
	}
	if (all->n_index < 2 * all->room) {
		while (all->n_index < 2 * all->room)
			all->n_index = all->n_index ? 2 * all->n_index : 1;
		free(all->index);
		all->index = must_alloc(all->n_index, sizeof(uint32_t));
	} else {
		memset(all->index, 0, all->n_index * sizeof(uint32_t));
	}
}

void meters_free(struct meters *all)
{
	if (!all)
		return;
	free(all->at);
	free(all->index);
	free(all);
}

bool meters_are_open(const struct meters *m)
{
	return m && m->n_open > 0;
}

static struct meter *meter_add(struct meters *all, const struct glance_key *key)
{
	all->at[all->n] = (struct meter){.key = *key};
	*entry_of(all, key) = (uint32_t)++all->n;
	return &all->at[all->n - 1];
}

/* ---- leases ---- */

static struct mark newest_of(const struct glance_lease *l)
{
	return mark_at((struct sight){.input = l->input,
				      .vantage = l->vantage,
				      .frame = l->frame,
				      .number = l->number,
				      .when = l->when});
}

static void mark_newer(struct mark *m, const struct mark *other)
{
	if (!m->is_set || mark_number(m) < mark_number(other))
		*m = *other;
}

static void count_all(struct meter *m, uint16_t ns, uint64_t n)
{
	for (size_t i = 0; i < m->n_watchers; i++)
		if (m->watchers[i].watcher->count)
			m->watchers[i].watcher->count(m->watchers[i].memory, m->from, ns, n);
}

static void lease_settle(struct meter *m)
{
	struct glance_lease *l = m->lease;
	struct mark mark;

	if (!l || !l->n)
		return;
	mark = newest_of(l);
	mark_newer(&m->tunnel->heard[m->from], &mark);
	mark_newer(&m->tunnel->last, &mark);
	mark_newer(&m->session->last, &mark);
	m->session->counters.data_packets[m->to] += l->n;
	m->session->counters.data_bytes[m->to] += l->octets;
	count_all(m, (uint16_t)(l->ns - 1), l->n);
	l->n = l->octets = 0;
}

static void lease_end(struct meter *m)
{
	struct glance_lease *l = m->lease;

	if (!l)
		return;
	lease_settle(m);
	l->is_open = false;
	*l->at = l->next;
	if (l->next)
		l->next->at = l->at;
	m->lease = NULL;
}

static void lease_begin(struct meter *m, struct glance_lease *l)
{
	struct live_tunnel *t = live_tunnel(m->tunnel);

	l->is_open = true;
	l->meter = m;
	l->next = t->leases;
	l->at = &t->leases;
	if (l->next)
		l->next->at = &l->next;
	t->leases = l;
	m->lease = l;
}

/* The source may count what looks like `g`, which was counted. */
static void meter_lend(struct meter *m, const struct glance *g, struct moment *heard)
{
	struct glance_lease *l = g->lease;

	if (l != m->lease) {
		lease_end(m);
		if (l->is_open)
			lease_end(l->meter);
		lease_begin(m, l);
	}
	l->ns = (uint16_t)(g->ns + 1);
	l->input = g->input;
	l->vantage = g->vantage;
	l->when = g->when;
	l->heard_ns = &heard->ns;
}

void meter_settle(struct session *s)
{
	for (struct meter *m = live_session(s)->meters; m; m = m->next_of_session) {
		if (m->key.form & GLANCE_SEQUENCED)
			lease_end(m);
		else
			lease_settle(m);
	}
}

void meters_settle(const struct observer *o)
{
	for (size_t i = 0; o->meters && i < o->meters->n; i++)
		lease_settle(&o->meters->at[i]);
}

void meters_recall(const struct observer *o)
{
	for (size_t i = 0; o->meters && i < o->meters->n; i++)
		lease_end(&o->meters->at[i]);
}

void meter_turn(struct tunnel *t)
{
	while (live_tunnel(t)->leases)
		lease_end(live_tunnel(t)->leases->meter);
	live_tunnel(t)->turn++;
}

/* Of vantage points that are apart one may be ahead of the others: what is over is told by the time
 * of events, which come in order. */
static void time_goes_on(struct observer *o, const struct mark *m, const struct moment *when,
			 uint16_t vantage, uint16_t input)
{
	o->latest = *m;
	if (o->spans)
		observer_span(o, vantage, input, *when);
	else
		observer_widen(o, when);
}

void meter_counted(struct observer *o, const struct glance_lease *newest)
{
	struct mark mark = newest_of(newest);

	time_goes_on(o, &mark, &newest->when, newest->vantage, newest->input);
}

/* ---- opening and closing ---- */

static void meter_bind(struct meters *all, struct meter *m, struct session *s)
{
	m->session = s;
	m->n_open = &all->n_open;
	all->n_open++;
	m->next_of_session = live_session(s)->meters;
	live_session(s)->meters = m;
	if (m->lease)
		m->lease->meter = m;
}

/* Those that are open stand first. */
static size_t gather(struct meters *all)
{
	size_t open = 0;

	for (size_t i = 0; i < all->n; i++) {
		if (!all->at[i].session)
			continue;
		live_session(all->at[i].session)->meters = NULL;
		all->at[open++] = all->at[i];
	}
	return open;
}

/* Without those that are closed; at the limit without any: those still in use open again. There is
 * room for half as many again as are open, so that this is seldom. */
static void make_room(struct meters *all)
{
	size_t open = gather(all);

	for (size_t i = 0; open >= LIMIT_METERS && i < open; i++)
		lease_end(&all->at[i]);
	open = open < LIMIT_METERS ? open : 0;
	meters_room(all, open + open / 2 + FIRST_ROOM);
	all->n = all->n_open = 0;
	for (size_t i = 0; i < open; i++) {
		struct meter kept = all->at[i], *m = meter_add(all, &kept.key);

		*m = kept;
		meter_bind(all, m, m->session);
	}
}

void meters_close(struct session *s)
{
	struct meter *m = live_session(s)->meters;

	live_session(s)->meters = NULL;
	for (; m; m = m->next_of_session) {
		lease_end(m);
		m->session = NULL;
		--*m->n_open;
	}
}

static struct meter *closed_meter(struct observer *o, const struct glance_key *key)
{
	struct meter *m = meter_of(o->meters, key);

	if (m)
		return m;
	if (!o->meters) {
		o->meters = must_alloc(1, sizeof(*o->meters));
		meters_room(o->meters, FIRST_ROOM);
	}
	if (o->meters->n == o->meters->room)
		make_room(o->meters);
	return meter_add(o->meters, key);
}

static bool is_established(const struct session *s)
{
	return s->end[LAC].state == SESSION_ESTABLISHED && s->end[LNS].state == SESSION_ESTABLISHED;
}

/* Who sends to ids that nobody gave makes a call of each packet: no meter for one only. */
static bool is_passing(const struct session *s, unsigned from)
{
	return s->was_there && !s->id[session_side(s, from)] &&
	       s->counters.data_packets[0] + s->counters.data_packets[1] < 2;
}

void meter_open(struct context *c)
{
	struct session *s = c->session;
	struct watch_glance watchers[WATCH_GLANCES];
	size_t n_watchers;
	struct glance g;
	struct meter *m;

	if (!s || !glance_of(c->event, &g))
		return;
	m = meter_of(c->observer->meters, &g.key);
	if (m && m->session)
		meter_close(m->session);
	if (!s->tunnel || !is_established(s) || is_passing(s, c->from) ||
	    !registry_is_only(c->observer->registry, s->tunnel, 1 - c->from, c->event) ||
	    !watch_glances(c, watchers, &n_watchers))
		return;
	m = closed_meter(c->observer, &g.key);
	m->tunnel = s->tunnel;
	m->turn = live_tunnel(s->tunnel)->turn;
	m->from = (uint8_t)c->from;
	m->to = session_side(s, c->from) == LAC ? 0 : 1;
	m->n_watchers = (uint8_t)n_watchers;
	memcpy(m->watchers, watchers, sizeof(m->watchers));
	meter_bind(c->observer->meters, m, s);
}

/* ---- counting ---- */

static bool is_metered(const struct meter *m, const struct observer *o, const struct glance *g)
{
	if (!m || !m->session || m->turn != live_tunnel(m->tunnel)->turn || jump_is(o, &g->when))
		return false;
	for (size_t i = 0; i < m->n_watchers; i++)
		if (!m->watchers[i].watcher->fits(m->watchers[i].memory, m->from, g))
			return false;
	return true;
}

/* Numbered packets of one direction are of one row, whatever is in them. */
static bool is_of_row(const struct meter *m, const struct meter *other)
{
	return other != m && other->from == m->from &&
	       m->key.form & other->key.form & GLANCE_SEQUENCED;
}

static void leases_yield(struct meter *m)
{
	lease_settle(m);
	for (struct meter *x = live_session(m->session)->meters; x; x = x->next_of_session)
		if (is_of_row(m, x))
			lease_end(x);
}

static void times_set(const struct meter *m, const struct glance *g, struct moment **ret_heard)
{
	*ret_heard = NULL;
	for (size_t i = 0; i < m->n_watchers; i++) {
		if (!m->watchers[i].watcher->heard)
			continue;
		*ret_heard = m->watchers[i].watcher->heard(m->watchers[i].memory, m->from);
		**ret_heard = g->when;
	}
}

bool meter_count(struct observer *o, struct glance *g)
{
	struct meter *m = meter_of(o->meters, &g->key);
	struct moment *heard;
	struct session *s;
	struct mark mark;

	g->when.epoch = (uint16_t)o->n_jumps;
	if (m && m->session && live_tunnel(m->tunnel)->leases)
		leases_yield(m);
	if (!is_metered(m, o, g))
		return false;
	s = m->session;
	mark = mark_at((struct sight){.input = g->input,
				      .vantage = g->vantage,
				      .frame = g->frame,
				      .number = g->number,
				      .when = g->when});
	time_goes_on(o, &mark, &g->when, g->vantage, g->input);
	m->tunnel->heard[m->from] = mark;
	m->tunnel->last = mark;
	s->last = mark;
	s->counters.data_packets[m->to]++;
	s->counters.data_bytes[m->to] += g->length;
	count_all(m, g->ns, 1);
	times_set(m, g, &heard);
	if (g->lease && heard)
		meter_lend(m, g, heard);
	return true;
}
