#include <stdlib.h>

#include "cmd_common.h"
#include "command.h"
#include "table.h"

static enum exit_status run_calls(struct run *r);
static void print_each(struct run *r);
static bool has_rows(const struct run *r);

const struct command command_calls = {
	.bit = COMMAND_CALLS,
	.name = "calls",
	.arguments = "[OPTIONS] INPUT...",
	.about = "one row a call: who, where, how far it came, how it ended and why",
	.details = "One row a call, then a sentence for each cause of calls that failed or were "
		   "dropped, and\none for each cause of tunnel attempts that led to no call.",
	.needs = NEEDS_REPLAY,
	.run = run_calls,
	.rows = print_each,
	.has_rows = has_rows,
};

/* clang-format off */
static const struct table_column columns[] = {
	{.title = "call", .is_right = true, .is_kept = true},
	{.title = "user", .shrinks = 8, .is_kept = true},
	{.title = "calling→called", .shrinks = 14},
	{.title = "lac", .shrinks = 14, .is_kept = true, .keeps_tail = true},
	{.title = "lns", .shrinks = 14, .is_kept = true, .keeps_tail = true},
	{.title = "reached", .is_kept = true},
	{.title = "outcome", .is_kept = true},
	{.title = "by", .is_kept = true},
	{.title = "cause", .shrinks = 10, .is_kept = true},
	{.title = "start", .is_kept = true},
	{.title = "lasted", .is_right = true, .is_kept = true},
};
/* clang-format on */

enum { LAC_COLUMN = 3, LNS_COLUMN = 4 };
enum { N_COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static struct str field_cell(struct run *r, const struct subject *s, const char *key)
{
	return common_field(r, &field_calls, s, key);
}

static struct str numbers_cell(struct run *r, const struct subject *s)
{
	struct str calling = field_cell(r, s, "calling_number");
	struct str called = field_cell(r, s, "called_number");

	if (calling.len + called.len == 0)
		return (struct str){0};
	if (calling.len == 0)
		calling = STR("-");
	if (called.len == 0)
		called = STR("-");
	return arena_printf(r->scratch, "%.*s→%.*s", STR_ARG(calling), STR_ARG(called));
}

static enum style outcome_style(enum outcome o)
{
	switch (o) {
	case OUTCOME_UP:
	case OUTCOME_CLOSED:
		return STYLE_GOOD;
	case OUTCOME_DROPPED:
	case OUTCOME_FAILED:
		return STYLE_BAD;
	case OUTCOME_UNKNOWN:
		break;
	}
	return STYLE_DIM;
}

static void add_call(struct run *r, struct table *t, const struct call *c)
{
	struct subject s = run_subject(r);
	struct str cells[N_COLUMNS];
	enum style styles[N_COLUMNS] = {0};

	s.call = c;
	s.tunnel = c->tunnel;
	cells[0] = field_cell(r, &s, "id");
	cells[1] = field_cell(r, &s, "user");
	cells[2] = numbers_cell(r, &s);
	cells[LAC_COLUMN] = common_side(r, c, LAC);
	cells[LNS_COLUMN] = common_side(r, c, LNS);
	cells[5] = field_cell(r, &s, "reached");
	cells[6] = field_cell(r, &s, "outcome");
	styles[6] = outcome_style(c->outcome);
	cells[7] = field_cell(r, &s, "ended_by");
	cells[8] = field_cell(r, &s, "cause");
	cells[9] = common_start(r, &c->start);
	cells[10] = field_cell(r, &s, "duration_s");
	table_add(t, cells, styles);
}

/* Calls, or tunnels that led to none, by their cause. */
struct tally {
	const char *cause;
	uint64_t first; /* number */
	struct str text;
	size_t n;
};

enum { CAUSES = 64 }; /* more than there are */

struct tallies {
	struct tally at[CAUSES];
	size_t n;
};

static void tally_add(struct tallies *all, const char *cause, uint64_t number, struct str text)
{
	if (cause == NULL)
		cause = "unknown";
	for (size_t i = 0; i < all->n; i++) {
		if (strcmp(all->at[i].cause, cause) != 0)
			continue;
		all->at[i].n++;
		return;
	}
	if (all->n < CAUSES)
		all->at[all->n++] =
			(struct tally){.cause = cause, .first = number, .text = text, .n = 1};
}

/* Bad ends need words; a call that is up or was closed in order needs none. */
static bool needs_words(const struct call *c)
{
	return (c->outcome == OUTCOME_FAILED || c->outcome == OUTCOME_DROPPED) &&
	       c->cause_text.len > 0;
}

/* One line per cause: of many calls that ended alike, the sentence of the first. */
static void print_why(struct run *r)
{
	struct tallies all = {.n = 0};

	for (const struct call *c = r->report->calls; c != NULL; c = c->next) {
		if (needs_words(c) && run_shows_call(r, c))
			tally_add(&all, c->cause, c->number, c->cause_text);
	}
	for (size_t i = 0; i < all.n; i++) {
		const struct tally *a = &all.at[i];

		arena_reset(r->scratch);
		if (a->n > 1)
			text_printf(&r->line, "%zu calls: %s, as ", a->n, a->cause);
		text_printf(&r->line, "call %llu: ", (unsigned long long)a->first);
		term_wrap(&r->term, &r->line, 4, common_untrusted(r, a->text));
	}
}

static void note_tunnel(const struct run *r, bool *has_call, const struct tunnel *t)
{
	if (t != NULL && t->number <= r->report->last_tunnel)
		has_call[t->number] = true;
}

/* Tunnels that led to no call: with how many there were. */
static void print_attempts(struct run *r)
{
	bool *has_call = must_alloc(r->report->last_tunnel + 1, sizeof(*has_call));
	struct tallies all = {.n = 0};

	memset(has_call, 0, (r->report->last_tunnel + 1) * sizeof(*has_call));
	for (const struct call *c = r->report->calls; c != NULL; c = c->next) {
		for (const struct call *leg = c->legs; leg != NULL; leg = leg->next_leg)
			note_tunnel(r, has_call, leg->tunnel);
		note_tunnel(r, has_call, c->tunnel);
	}
	for (const struct tunnel *t = r->report->tunnels; t != NULL; t = t->next) {
		bool is_called = t->number <= r->report->last_tunnel && has_call[t->number];
		bool has_ended = t->outcome != OUTCOME_UP && t->outcome != OUTCOME_UNKNOWN;

		if (!is_called && has_ended && t->cause_text.len > 0 && run_shows_tunnel(r, t))
			tally_add(&all, t->cause, t->number, t->cause_text);
	}
	for (size_t i = 0; i < all.n; i++) {
		const struct tally *a = &all.at[i];

		arena_reset(r->scratch);
		text_printf(&r->line, "no call: %zu tunnel attempt%s, %s: ", a->n,
			    a->n == 1 ? "" : "s", a->cause);
		term_wrap(&r->term, &r->line, 4, common_untrusted(r, a->text));
	}
	free(has_call);
}

/* ---- --by ---- */

struct group_cause {
	const char *cause;
	size_t n;
	struct group_cause *next;
};

struct group {
	struct str key;
	size_t n, by_outcome[OUTCOME_FAILED + 1];
	struct group_cause *causes;
};

static void count_cause(struct run *r, struct group *g, const char *cause, size_t n)
{
	struct group_cause **at = &g->causes;

	while (*at != NULL && strcmp((*at)->cause, cause) != 0)
		at = &(*at)->next;
	if (*at == NULL)
		*at = arena_alloc(r->report->arena, sizeof(**at));
	if (*at == NULL)
		return;
	(*at)->cause = cause;
	(*at)->n += n;
}

/* `auth-rejected 2, busy`: a cause without a number came once. */
static struct str causes_cell(struct run *r, const struct group *g)
{
	struct text t = text_make(8192);
	struct str cell;

	for (const struct group_cause *c = g->causes; c != NULL; c = c->next) {
		text_printf(&t, "%s%s", c == g->causes ? "" : ", ", c->cause);
		if (c->n > 1)
			text_printf(&t, " %zu", c->n);
	}
	cell = arena_str(r->scratch, text_str(&t));
	text_free(&t);
	return cell;
}

static struct str group_key(struct run *r, const struct call *c)
{
	const char *by = r->options->by;
	struct text t = text_make(64);
	struct str key;

	if (strcmp(by, "user") == 0)
		return c->user;
	if (strcmp(by, "cause") == 0)
		return str_of(c->cause);
	key = c->side[strcmp(by, "lac") == 0 ? LAC : LNS].name;
	if (key.len > 0)
		return key;
	address_print(&t, &c->side[strcmp(by, "lac") == 0 ? LAC : LNS].address);
	key = arena_str(r->report->arena, text_str(&t));
	text_free(&t);
	return key;
}

static int by_size(const void *a, const void *b)
{
	const struct group *one = a;
	const struct group *other = b;

	if (one->n != other->n)
		return one->n < other->n ? 1 : -1;
	return str_compare(one->key, other->key);
}

static int by_key(const void *a, const void *b)
{
	return str_compare(((const struct group *)a)->key, ((const struct group *)b)->key);
}

/* One group a call, sorted by key, then equal neighbours become one. */
static size_t collect_groups(struct run *r, struct group *groups)
{
	size_t n = 0;
	size_t kept = 0;

	for (const struct call *c = r->report->calls; c != NULL; c = c->next) {
		if (!run_shows_call(r, c))
			continue;
		groups[n] = (struct group){.key = group_key(r, c), .n = 1};
		if (c->cause != NULL)
			count_cause(r, &groups[n], c->cause, 1);
		groups[n++].by_outcome[c->outcome] = 1;
	}
	qsort(groups, n, sizeof(*groups), by_key);
	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || !str_equal(groups[kept - 1].key, groups[i].key)) {
			groups[kept++] = groups[i];
			continue;
		}
		groups[kept - 1].n++;
		for (size_t k = 0; k <= OUTCOME_FAILED; k++)
			groups[kept - 1].by_outcome[k] += groups[i].by_outcome[k];
		if (groups[i].causes != NULL)
			count_cause(r, &groups[kept - 1], groups[i].causes->cause, 1);
	}
	qsort(groups, kept, sizeof(*groups), by_size);
	return kept;
}

static void json_group(struct run *r, const struct group *g)
{
	struct writer j = writer_into(&r->line);

	writer_open(&j, '{');
	writer_key(&j, "type");
	writer_string(&j, STR("group"));
	writer_pair_known(&j, "by", str_of(r->options->by));
	writer_pair_known(&j, "key", g->key);
	writer_pair_unsigned(&j, "calls", g->n);
	for (size_t i = 0; i <= OUTCOME_FAILED; i++)
		writer_pair_unsigned(&j, outcome_name((enum outcome)i), g->by_outcome[i]);
	writer_key(&j, "causes");
	writer_open(&j, '{');
	for (const struct group_cause *c = g->causes; c != NULL; c = c->next)
		writer_pair_unsigned(&j, c->cause, c->n);
	writer_close(&j, '}');
	writer_close(&j, '}');
	run_print_json(r);
}

static void print_groups(struct run *r)
{
	static const enum outcome shown[] = {OUTCOME_UP, OUTCOME_CLOSED, OUTCOME_DROPPED,
					     OUTCOME_FAILED, OUTCOME_UNKNOWN};
	const struct table_column heads[] = {
		{.title = r->options->by, .shrinks = 10, .is_kept = true},
		{.title = "calls", .is_right = true, .is_kept = true},
		{.title = "up", .is_right = true, .is_kept = true},
		{.title = "closed", .is_right = true, .is_kept = true},
		{.title = "dropped", .is_right = true, .is_kept = true},
		{.title = "failed", .is_right = true, .is_kept = true},
		{.title = "unknown", .is_right = true, .is_kept = true},
		{.title = "causes", .shrinks = 16, .is_kept = true},
	};
	struct group *groups = must_alloc(r->report->n_calls + 1, sizeof(*groups));
	struct arena *cells_of = arena_new(LIMIT_REPLAY_ARENA);
	struct table t = table_make(cells_of, heads, sizeof(heads) / sizeof(heads[0]));
	size_t n = collect_groups(r, groups);

	for (size_t i = 0; i < n; i++) {
		struct str cells[8];

		if (r->options->json) {
			json_group(r, &groups[i]);
			continue;
		}
		arena_reset(r->scratch);
		cells[0] = common_untrusted(r, groups[i].key);
		cells[1] = arena_printf(r->scratch, "%zu", groups[i].n);
		for (size_t k = 0; k < 5; k++)
			cells[k + 2] =
				arena_printf(r->scratch, "%zu", groups[i].by_outcome[shown[k]]);
		cells[7] = strcmp(r->options->by, "cause") == 0 ? (struct str){0}
								: causes_cell(r, &groups[i]);
		table_add(&t, cells, NULL);
	}
	if (!r->options->json) {
		table_print(&t, &r->term);
		print_attempts(r);
	}
	arena_free(cells_of);
	free(groups);
}

/* LAC and LNS are words for the ends of a tunnel. */
static bool have_no_tunnel(struct run *r)
{
	for (const struct call *c = r->report->calls; c != NULL; c = c->next)
		if (c->tunnel != NULL && run_shows_call(r, c))
			return false;
	return true;
}

static void print_table(struct run *r)
{
	struct arena *cells_of = arena_new(LIMIT_REPLAY_ARENA);
	struct table_column heads[N_COLUMNS];
	struct table t = table_make(cells_of, heads, N_COLUMNS);

	memcpy(heads, columns, sizeof(heads));
	if (have_no_tunnel(r)) {
		heads[LAC_COLUMN].title = "client";
		heads[LNS_COLUMN].title = "server";
	}

	for (const struct call *c = r->report->calls; c != NULL; c = c->next) {
		if (run_shows_call(r, c))
			add_call(r, &t, c);
	}
	if (t.n_rows > 0)
		table_print(&t, &r->term);
	else if (r->report->n_calls > 0)
		term_puts(&r->term, "no call fits\n");
	else
		common_print_contents(r);
	arena_free(cells_of);
	print_why(r);
	print_attempts(r);
}

static void print_each(struct run *r)
{
	bool is_csv = common_format(r, "csv");

	if (is_csv)
		common_csv_head(r, &field_calls);
	for (const struct call *c = r->report->calls; c != NULL; c = c->next) {
		struct writer j = writer_into(&r->line);
		struct subject s;

		if (!run_shows_call(r, c))
			continue;
		s = run_subject(r);
		s.call = c;
		s.tunnel = c->tunnel;
		if (is_csv) {
			common_csv_row(r, &field_calls, &s);
			continue;
		}
		field_json(&j, &field_calls, &s);
		run_print_json(r);
	}
}

static bool has_rows(const struct run *r)
{
	return r->options->by == NULL && (r->options->json || common_format(r, "csv"));
}

static enum exit_status run_calls(struct run *r)
{
	if (r->options->by != NULL) {
		print_groups(r);
		return STATUS_DONE;
	}
	if (r->options->json || common_format(r, "csv"))
		print_each(r);
	else
		print_table(r);
	return STATUS_DONE;
}
