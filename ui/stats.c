#include "stats.h"

#include <ctype.h>
#include <stdlib.h>

#include "counts.h"
#include "limits.h"
#include "stats_message.h"

enum { NO_GROUP = UINT32_MAX };

/* One call: what percentiles need of it. */
struct counted {
	double setup;
	uint32_t group[STATS_DIMENSIONS];
};

struct stats_counting {
	struct counted *calls;
	size_t room;
	struct counts keys, parts;  /* of a dimension; of a group */
	struct stats_group *groups; /* by the index of their keys */
	size_t groups_room, minutes_room;
	struct arena *words; /* of the keys of one call */
};

static bool is_bad(const struct call *c)
{
	return c->outcome == OUTCOME_FAILED || c->outcome == OUTCOME_DROPPED;
}

/* ---- keys ---- */

static struct str key_outcome(struct stats *s, const struct call *c)
{
	(void)s;
	return str_of(outcome_name(c->outcome));
}

static struct str key_reached(struct stats *s, const struct call *c)
{
	(void)s;
	return str_of(reached_name(c->reached));
}

static struct str key_cause(struct stats *s, const struct call *c)
{
	(void)s;
	return str_of(c->cause);
}

static struct str side_key(struct stats *s, const struct call *c, int which)
{
	const struct call_side *side = &c->side[which];
	struct text t = text_make(64);
	struct str key = side->name;

	if (!c->roles_known)
		return (struct str){0};
	if (key.len == 0) {
		address_print(&t, &side->address);
		key = arena_str(s->counting->words, text_str(&t));
	}
	text_free(&t);
	return key;
}

static struct str key_lac(struct stats *s, const struct call *c)
{
	return side_key(s, c, LAC);
}

static struct str key_lns(struct stats *s, const struct call *c)
{
	return side_key(s, c, LNS);
}

/* `bob@ISP.example` and `bob@isp.example` are of one realm. */
static struct str lower(struct stats *s, struct str word)
{
	char *at = arena_alloc(s->counting->words, word.len + 1);

	if (at == NULL)
		return word;
	for (size_t i = 0; i < word.len; i++)
		at[i] = (char)tolower((unsigned char)word.at[i]);
	return (struct str){at, word.len};
}

static struct str key_realm(struct stats *s, const struct call *c)
{
	struct str user = c->user;
	size_t domain = str_find(user, STR("\\"));

	for (size_t i = user.len; i-- > 0;)
		if (user.at[i] == '@')
			return lower(s, str_from(user, i + 1));
	if (domain != SIZE_MAX)
		return lower(s, (struct str){user.at, domain});
	return (struct str){0};
}

static struct str key_auth(struct stats *s, const struct call *c)
{
	(void)s;
	return str_of(c->auth_protocol);
}

static struct str key_carrier(struct stats *s, const struct call *c)
{
	(void)s;
	return str_of(carrier_name((enum carrier)c->carrier));
}

static const struct {
	const char *name, *part_name;
	struct str (*key)(struct stats *s, const struct call *c);
	struct str (*part)(struct stats *s, const struct call *c);
	bool is_of_bad; /* only calls that failed or were dropped */
} dimensions[STATS_DIMENSIONS] = {
	[STATS_OUTCOME] = {"outcome", "cause", key_outcome, key_cause, false},
	[STATS_REACHED] = {"reached", "cause", key_reached, key_cause, false},
	[STATS_CAUSE] = {"cause", "lns", key_cause, key_lns, true},
	[STATS_LAC] = {"lac", "cause", key_lac, key_cause, false},
	[STATS_LNS] = {"lns", "cause", key_lns, key_cause, false},
	[STATS_REALM] = {"realm", "cause", key_realm, key_cause, false},
	[STATS_AUTH] = {"auth", "cause", key_auth, key_cause, false},
	[STATS_CARRIER] = {"carrier", "cause", key_carrier, key_cause, false},
};

const char *stats_by_name(enum stats_by by)
{
	return dimensions[by].name;
}

const char *stats_part_name(enum stats_by by)
{
	return dimensions[by].part_name;
}

/* ---- groups ---- */

static int by_calls(const void *a, const void *b)
{
	const struct stats_group *one = a;
	const struct stats_group *other = b;

	if (one->calls != other->calls)
		return one->calls < other->calls ? 1 : -1;
	return str_compare(one->key, other->key);
}

static int by_share(const void *a, const void *b)
{
	const struct stats_part *one = a;
	const struct stats_part *other = b;

	if (one->n != other->n)
		return one->n < other->n ? 1 : -1;
	return str_compare(one->key, other->key);
}

static struct stats_group *group_at(struct stats_counting *x, size_t index)
{
	while (index >= x->groups_room) {
		size_t room = x->groups_room == 0 ? 64 : 2 * x->groups_room;

		x->groups = must_grow(x->groups, room, sizeof(*x->groups));
		memset(x->groups + x->groups_room, 0, (room - x->groups_room) * sizeof(*x->groups));
		x->groups_room = room;
	}
	return &x->groups[index];
}

/* The group of a call in one dimension. */
static uint32_t group_take(struct stats *s, size_t by, const struct call *c)
{
	struct stats_counting *x = s->counting;
	struct stats_group *g;
	size_t index;

	if (dimensions[by].is_of_bad && !is_bad(c))
		return NO_GROUP;
	arena_reset(x->words);
	index = counts_find(&x->keys, by, dimensions[by].key(s, c));
	g = group_at(x, index);
	g->calls++;
	g->by_outcome[c->outcome]++;
	g->control_messages += c->counters.control_messages;
	g->retransmissions += c->counters.retransmissions;
	if (is_bad(c)) {
		size_t part = counts_find(&x->parts, index, dimensions[by].part(s, c));

		x->parts.at[part].n++;
	}
	return (uint32_t)index;
}

static int by_owner(const void *a, const void *b)
{
	const struct count *one = a;
	const struct count *other = b;

	return (one->owner > other->owner) - (one->owner < other->owner);
}

/* Those of one group stand together. */
static void find_parts(struct stats *s)
{
	struct stats_counting *x = s->counting;
	struct stats_part *parts = arena_array(s->arena, x->parts.n + 1, sizeof(*parts));
	size_t end;

	if (parts == NULL || x->parts.n == 0)
		return;
	qsort(x->parts.at, x->parts.n, sizeof(*x->parts.at), by_owner);
	for (size_t i = 0; i < x->parts.n; i = end) {
		struct stats_group *g = group_at(x, x->parts.at[i].owner);

		for (end = i; end < x->parts.n && x->parts.at[end].owner == x->parts.at[i].owner;
		     end++)
			parts[end] = (struct stats_part){x->parts.at[end].key, x->parts.at[end].n};
		qsort(parts + i, end - i, sizeof(*parts), by_share);
		g->parts = parts + i;
		g->n_parts = end - i;
	}
}

/* The percentiles of the groups of one dimension: their values side by side. */
static void find_setups(struct stats *s, size_t by)
{
	struct stats_counting *x = s->counting;
	double *values = must_alloc(s->calls + 1, sizeof(*values));
	struct spread *of_group = must_alloc(x->keys.n + 1, sizeof(*of_group));
	size_t at = 0;

	for (size_t i = 0; i < x->keys.n; i++) {
		of_group[i] = (struct spread){.at = values + at};
		at += x->keys.at[i].owner == by ? x->groups[i].calls : 0;
	}
	for (size_t i = 0; i < s->calls; i++) {
		const struct counted *c = &x->calls[i];

		if (c->group[by] != NO_GROUP && c->setup >= 0)
			of_group[c->group[by]].at[of_group[c->group[by]].n++] = c->setup;
	}
	for (size_t i = 0; i < x->keys.n; i++) {
		if (x->keys.at[i].owner != by)
			continue;
		x->groups[i].setup_p50 = spread_percentile(&of_group[i], 50);
		x->groups[i].setup_p95 = spread_percentile(&of_group[i], 95);
	}
	free(of_group);
	free(values);
}

static void find_groups(struct stats *s, size_t by)
{
	struct stats_counting *x = s->counting;
	struct stats_table *table = &s->by[by];

	table->at = arena_array(s->arena, x->keys.n + 1, sizeof(*table->at));
	for (size_t i = 0; i < x->keys.n && table->at != NULL; i++) {
		if (x->keys.at[i].owner != by)
			continue;
		table->at[table->n] = x->groups[i];
		table->at[table->n++].key = x->keys.at[i].key;
	}
	if (table->n > 0)
		qsort(table->at, table->n, sizeof(*table->at), by_calls);
}

/* ---- minutes ---- */

static const int64_t minute_ns = 60 * (int64_t)1000000000;

static bool minute_of(const struct run *r, const struct mark *m, int64_t *ret)
{
	struct moment when = when_aligned(r->report, m->vantage, mark_when(m));

	if (!m->is_set || !moment_known(when))
		return false;
	*ret = when.ns - (when.ns % minute_ns + minute_ns) % minute_ns;
	return true;
}

/* They come nearly in order. */
static struct stats_minute *minute_at(struct stats *s, int64_t ns)
{
	struct stats_counting *x = s->counting;
	size_t at = s->n_minutes;

	while (at > 0 && s->minutes[at - 1].ns > ns)
		at--;
	if (at > 0 && s->minutes[at - 1].ns == ns)
		return &s->minutes[at - 1];
	if (s->n_minutes == x->minutes_room) {
		x->minutes_room = x->minutes_room == 0 ? 64 : 2 * x->minutes_room;
		s->minutes = must_grow(s->minutes, x->minutes_room, sizeof(*s->minutes));
	}
	memmove(&s->minutes[at + 1], &s->minutes[at], (s->n_minutes - at) * sizeof(*s->minutes));
	s->n_minutes++;
	s->minutes[at] = (struct stats_minute){.ns = ns};
	return &s->minutes[at];
}

static void take_minutes(struct stats *s, const struct run *r, const struct call *c)
{
	int64_t ns;

	if (minute_of(r, &c->start, &ns))
		minute_at(s, ns)->started++;
	else
		s->untimed++;
	if (!is_bad(c) || !(minute_of(r, &c->end, &ns) || minute_of(r, &c->start, &ns)))
		return;
	minute_at(s, ns)->failed += c->outcome == OUTCOME_FAILED;
	minute_at(s, ns)->dropped += c->outcome == OUTCOME_DROPPED;
}

/* ---- totals ---- */

static void add_call(struct stats *s, struct run *r, const struct call *c)
{
	struct stats_counting *x = s->counting;
	struct counted *one;

	if (s->calls == x->room) {
		x->room = x->room == 0 ? 256 : 2 * x->room;
		x->calls = must_grow(x->calls, x->room, sizeof(*x->calls));
	}
	one = &x->calls[s->calls++];
	one->setup = c->setup_s;
	for (size_t by = 0; by < STATS_DIMENSIONS; by++)
		one->group[by] = group_take(s, by, c);
	s->by_outcome[c->outcome]++;
	s->ppp_messages += c->counters.ppp_messages;
	for (size_t i = 0; i < 2; i++) {
		s->data_packets[i] += c->counters.data_packets[i];
		s->data_bytes[i] += c->counters.data_bytes[i];
	}
	spread_add(&s->duration, c->duration_s);
	take_minutes(s, r, c);
	stats_count_call(s, r, c);
}

static void add_tunnel(struct stats *s, const struct run *r, const struct tunnel *t)
{
	double start, connected;

	stats_count_tunnel(s, t);
	s->tunnels++;
	s->tunnels_by_outcome[t->outcome]++;
	s->control_messages += t->counters.control_messages;
	s->retransmissions += t->counters.retransmissions;
	s->duplicates += t->counters.duplicates;
	s->hellos += t->hellos;
	if (report_seconds(r->report, &t->start, &start) &&
	    report_seconds(r->report, &t->connected, &connected))
		spread_add(&s->tunnel_setup, connected - start);
}

struct stats *stats_new(void)
{
	struct stats *s = must_alloc(1, sizeof(*s));
	struct stats_counting *x = must_alloc(1, sizeof(*x));

	*s = (struct stats){.arena = arena_new(LIMIT_REPLAY_ARENA), .counting = x};
	*x = (struct stats_counting){.keys = counts_make(s->arena),
				     .parts = counts_make(s->arena),
				     .words = arena_new(LIMIT_OUTPUT_LINE)};
	return s;
}

void stats_take(struct stats *s, struct run *r)
{
	for (const struct tunnel *t = r->report->tunnels; t != NULL; t = t->next) {
		if (run_shows_tunnel(r, t))
			add_tunnel(s, r, t);
	}
	for (const struct call *c = r->report->calls; c != NULL; c = c->next) {
		run_rest(r, c->number);
		if (run_shows_call(r, c))
			add_call(s, r, c);
	}
}

static void counting_free(struct stats *s)
{
	struct stats_counting *x = s->counting;

	if (x == NULL)
		return;
	counts_free(&x->keys);
	counts_free(&x->parts);
	arena_free(x->words);
	free(x->calls);
	free(x->groups);
	free(x);
	s->counting = NULL;
}

void stats_end(struct stats *s)
{
	find_parts(s);
	for (size_t by = 0; by < STATS_DIMENSIONS; by++) {
		find_setups(s, by);
		find_groups(s, by);
	}
	for (size_t i = 0; i < s->calls; i++)
		spread_add(&s->setup, s->counting->calls[i].setup);
	stats_sort_messages(s);
	counting_free(s);
}

void stats_free(struct stats *s)
{
	if (s == NULL)
		return;
	counting_free(s);
	spread_free(&s->setup);
	spread_free(&s->duration);
	spread_free(&s->tunnel_setup);
	free(s->minutes);
	arena_free(s->arena);
	free(s);
}

const unsigned stats_percents[STATS_PERCENTS] = {50, 90, 95, 99};
const enum outcome stats_outcomes[STATS_OUTCOMES] = {OUTCOME_UP, OUTCOME_CLOSED, OUTCOME_DROPPED,
						     OUTCOME_FAILED, OUTCOME_UNKNOWN};

struct moment stats_moment(const struct run *r, int64_t ns)
{
	struct moment m = r->report->earliest;

	m.ns = ns;
	m.grain_ns = 60 * (int64_t)1000000000;
	return m;
}

double stats_rate(uint64_t again, uint64_t distinct)
{
	return again + distinct == 0 ? -1 : (double)again / (double)(again + distinct);
}
