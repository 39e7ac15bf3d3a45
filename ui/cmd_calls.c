#include <stdlib.h>

#include "calls_group.h"
#include "calls_sum.h"
#include "calls_why.h"
#include "cmd_common.h"
#include "command.h"
#include "table.h"

static enum exit_status run_calls(struct run *r);
static void rows(struct run *r);

const struct command command_calls = {
	.bit = COMMAND_CALLS,
	.name = "calls",
	.arguments = "[OPTIONS] INPUT...",
	.about = "one row a call: who, where, how far it came, how it ended and why",
	.details =
		"One row a call, then a sentence for each cause of calls that failed or were "
		"dropped, and\none for each cause of tunnel attempts that led to no call. Seconds "
		"in a sentence count from the\nearliest record of all inputs, as with -t r.",
	.needs = NEEDS_REPLAY,
	.run = run_calls,
	.rows = rows,
};

/* clang-format off */
static const struct table_column columns[] = {
	{.title = "call", .is_right = true, .is_kept = true},
	{.title = "user", .shrinks = 8, .is_kept = true, .gives = 8},
	{.title = "calling→called", .shrinks = 14, .gives = 1},
	{.title = "lac", .shrinks = 14, .is_kept = true, .keeps_tail = true, .gives = 4},
	{.title = "lns", .shrinks = 14, .is_kept = true, .keeps_tail = true, .gives = 5},
	{.title = "reached", .is_kept = true, .gives = 3},
	{.title = "outcome", .is_kept = true},
	{.title = "by", .is_kept = true, .gives = 6},
	{.title = "cause", .is_kept = true},
	{.title = "start", .is_time = true, .is_kept = true, .gives = 7},
	{.title = "lasted", .is_right = true, .is_kept = true, .gives = 2},
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
	cells[7] = common_has_lns(c) || role_name(c->ended_by) == NULL
			   ? field_cell(r, &s, "ended_by")
			   : str_of(common_role(c, c->ended_by));
	cells[8] = field_cell(r, &s, "cause");
	cells[9] = common_dated_start(r, &c->start);
	cells[10] = field_cell(r, &s, "duration_s");
	table_add(t, cells, styles);
}

/* What is told at the end, of all that was told before. */
struct calls_sum {
	struct calls_groups *groups; /* --by; or NULL */
	struct calls_why *why;
	struct arena *arena; /* of the table */
	struct table_column heads[N_COLUMNS];
	struct table table;
	uint64_t n;      /* calls in all */
	bool has_tunnel; /* one that is shown */
};

static struct calls_sum *sum_of(struct run *r)
{
	struct calls_sum *s = r->calls;

	if (s != NULL)
		return s;
	s = r->calls = must_alloc(1, sizeof(*s));
	s->why = calls_why_new();
	if (r->options->by != NULL)
		s->groups = calls_groups_new();
	s->arena = arena_new_spilled(LIMIT_REPLAY_ARENA, LIMIT_TABLE_MEMORY);
	memcpy(s->heads, columns, sizeof(s->heads));
	s->table = table_make(s->arena, s->heads, N_COLUMNS);
	return s;
}

void calls_sum_free(struct calls_sum *s)
{
	if (s == NULL)
		return;
	calls_groups_free(s->groups);
	calls_why_free(s->why);
	arena_free(s->arena);
	free(s);
}

static void take_rows(struct run *r, struct calls_sum *s)
{
	for (const struct call *c = r->report->calls; c != NULL; c = call_after(r->report, c)) {
		s->n++;
		if (!run_shows_call(r, c))
			continue;
		arena_reset(r->scratch);
		add_call(r, &s->table, c);
		s->has_tunnel = s->has_tunnel || c->tunnel != NULL;
	}
}

static void take_sum(struct run *r)
{
	struct calls_sum *s = sum_of(r);

	common_count_days(r);
	if (!r->options->json && !common_is_rows(r))
		calls_why_take(s->why, r);
	if (s->groups != NULL)
		calls_groups_take(s->groups, r);
	else
		take_rows(r, s);
}

static void print_table(struct run *r, struct calls_sum *s)
{
	if (!s->has_tunnel) { /* LAC and LNS are words for the ends of one */
		s->heads[LAC_COLUMN].title = "client";
		s->heads[LNS_COLUMN].title = "server";
	}
	s->table.hides_dates = common_hides_dates(r);
	if (s->table.n_rows > 0)
		table_print(&s->table, &r->term);
	else if (s->n > 0)
		term_puts(&r->term, "no call fits\n");
	else
		common_print_contents(r);
	calls_why_print(s->why, r);
	calls_why_print_attempts(s->why, r);
}

static void print_groups(struct run *r, struct calls_sum *s)
{
	calls_groups_print(s->groups, r);
	if (!r->options->json && !common_is_rows(r))
		calls_why_print_attempts(s->why, r);
}

static void print_each(struct run *r)
{
	bool is_csv = common_is_rows(r);

	if (is_csv)
		common_csv_head(r, &field_calls);
	for (const struct call *c = r->report->calls; c != NULL; c = call_after(r->report, c)) {
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

/* A row by itself, and not one of a table or a group. */
static bool is_each(const struct run *r)
{
	return r->options->by == NULL && (r->options->json || common_is_rows(r));
}

static void rows(struct run *r)
{
	if (is_each(r))
		print_each(r);
	else
		take_sum(r);
}

static enum exit_status run_calls(struct run *r)
{
	rows(r);
	if (is_each(r))
		return STATUS_DONE;
	if (r->calls->groups != NULL)
		print_groups(r, r->calls);
	else
		print_table(r, r->calls);
	calls_sum_free(r->calls); /* screens ask again */
	r->calls = NULL;
	return STATUS_DONE;
}
