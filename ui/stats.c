#include "stats.h"

#include <ctype.h>
#include <stdlib.h>

#include "limits.h"
#include "stats_message.h"

/* One call as one dimension counts it. */
struct counted {
	struct str key, part;
	const struct call *call;
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
		key = arena_str(s->arena, text_str(&t));
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
	char *at = arena_alloc(s->arena, word.len + 1);

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

static int by_key(const void *a, const void *b)
{
	const struct counted *one = a;
	const struct counted *other = b;
	int order = str_compare(one->key, other->key);

	if (order == 0)
		order = str_compare(one->part, other->part);
	if (order == 0) /* the same bytes whatever qsort does */
		order = one->call->number < other->call->number ? -1 : 1;
	return order;
}

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

/* Equal neighbours of one group become one part. */
static void find_parts(struct stats *s, struct stats_group *g, const struct counted *rows, size_t n)
{
	struct stats_part *parts = arena_array(s->arena, n, sizeof(*parts));
	size_t kept = 0;

	if (parts == NULL)
		return;
	for (size_t i = 0; i < n; i++) {
		if (!is_bad(rows[i].call))
			continue;
		if (kept == 0 || !str_equal(parts[kept - 1].key, rows[i].part))
			parts[kept++] = (struct stats_part){.key = rows[i].part};
		parts[kept - 1].n++;
	}
	qsort(parts, kept, sizeof(*parts), by_share);
	g->parts = parts;
	g->n_parts = kept;
}

static struct stats_group group_of(struct stats *s, const struct counted *rows, size_t n)
{
	struct stats_group g = {.key = rows[0].key, .calls = n};
	struct spread setup = {0};

	for (size_t i = 0; i < n; i++) {
		const struct call *c = rows[i].call;

		g.by_outcome[c->outcome]++;
		g.control_messages += c->counters.control_messages;
		g.retransmissions += c->counters.retransmissions;
		spread_add(&setup, c->setup_s);
	}
	g.setup_p50 = spread_percentile(&setup, 50);
	g.setup_p95 = spread_percentile(&setup, 95);
	spread_free(&setup);
	find_parts(s, &g, rows, n);
	return g;
}

static void group_by(struct stats *s, enum stats_by by, const struct call *const *calls,
		     struct counted *rows)
{
	struct stats_table *table = &s->by[by];
	size_t n = 0;
	size_t end;

	for (size_t i = 0; i < s->calls; i++) {
		const struct call *c = calls[i];

		if (dimensions[by].is_of_bad && !is_bad(c))
			continue;
		rows[n++] =
			(struct counted){dimensions[by].key(s, c), dimensions[by].part(s, c), c};
	}
	qsort(rows, n, sizeof(*rows), by_key);
	table->at = arena_array(s->arena, n, sizeof(*table->at));
	for (size_t i = 0; i < n && table->at != NULL; i = end) {
		for (end = i + 1; end < n && str_equal(rows[end].key, rows[i].key);)
			end++;
		table->at[table->n++] = group_of(s, rows + i, end - i);
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

static int by_minute(const void *a, const void *b)
{
	const struct stats_minute *one = a;
	const struct stats_minute *other = b;

	return (one->ns > other->ns) - (one->ns < other->ns);
}

/* Two entries a call at most, sorted, equal neighbours added up. */
static void find_minutes(struct stats *s, const struct run *r, const struct call *const *calls)
{
	struct stats_minute *at = arena_array(s->arena, s->calls * 2 + 1, sizeof(*at));
	size_t n = 0;

	if (at == NULL)
		return;
	for (size_t i = 0; i < s->calls; i++) {
		const struct call *c = calls[i];
		bool has_start = minute_of(r, &c->start, &at[n].ns);

		at[n].started = 1;
		n += has_start;
		if (!has_start)
			s->untimed++;
		at[n] = (struct stats_minute){.failed = c->outcome == OUTCOME_FAILED,
					      .dropped = c->outcome == OUTCOME_DROPPED};
		if (is_bad(c) &&
		    (minute_of(r, &c->end, &at[n].ns) || minute_of(r, &c->start, &at[n].ns)))
			n++;
		at[n] = (struct stats_minute){0};
	}
	qsort(at, n, sizeof(*at), by_minute);
	for (size_t i = 0; i < n; i++) {
		struct stats_minute *last = s->n_minutes == 0 ? NULL : &at[s->n_minutes - 1];

		if (last == NULL || last->ns != at[i].ns) {
			at[s->n_minutes++] = at[i];
			continue;
		}
		last->started += at[i].started;
		last->failed += at[i].failed;
		last->dropped += at[i].dropped;
	}
	s->minutes = at;
}

/* ---- totals ---- */

static void add_call(struct stats *s, const struct call *c)
{
	s->by_outcome[c->outcome]++;
	s->ppp_messages += c->counters.ppp_messages;
	for (size_t i = 0; i < 2; i++) {
		s->data_packets[i] += c->counters.data_packets[i];
		s->data_bytes[i] += c->counters.data_bytes[i];
	}
	spread_add(&s->setup, c->setup_s);
	spread_add(&s->duration, c->duration_s);
}

static void add_tunnel(struct stats *s, const struct run *r, const struct tunnel *t)
{
	double start, connected;

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

struct stats stats_of(struct run *r)
{
	size_t room = r->report->n_calls + 1;
	const struct call **calls = must_alloc(room, sizeof(*calls));
	struct counted *rows = must_alloc(room, sizeof(*rows));
	struct stats s = {.arena = arena_new(LIMIT_REPLAY_ARENA)};

	for (const struct call *c = r->report->calls; c != NULL; c = c->next) {
		if (!run_shows_call(r, c))
			continue;
		add_call(&s, c);
		calls[s.calls++] = c;
	}
	for (const struct tunnel *t = r->report->tunnels; t != NULL; t = t->next) {
		if (run_shows_tunnel(r, t))
			add_tunnel(&s, r, t);
	}
	for (size_t i = 0; i < STATS_DIMENSIONS; i++)
		group_by(&s, (enum stats_by)i, calls, rows);
	find_minutes(&s, r, calls);
	stats_count_messages(&s, r, calls);
	free(rows);
	free(calls);
	return s;
}

void stats_free(struct stats *s)
{
	spread_free(&s->setup);
	spread_free(&s->duration);
	spread_free(&s->tunnel_setup);
	arena_free(s->arena);
	*s = (struct stats){0};
}

double stats_rate(uint64_t again, uint64_t distinct)
{
	return again + distinct == 0 ? -1 : (double)again / (double)(again + distinct);
}
