#include <stdlib.h>

#include "calls_group.h"
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
	{.title = "user", .shrinks = 8, .is_kept = true, .gives = 8},
	{.title = "calling→called", .shrinks = 14, .gives = 1},
	{.title = "lac", .shrinks = 14, .is_kept = true, .keeps_tail = true, .gives = 4},
	{.title = "lns", .shrinks = 14, .is_kept = true, .keeps_tail = true, .gives = 5},
	{.title = "reached", .is_kept = true, .gives = 3},
	{.title = "outcome", .is_kept = true},
	{.title = "by", .is_kept = true, .gives = 6},
	{.title = "cause", .is_kept = true},
	{.title = "start", .is_kept = true, .gives = 7},
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

	for (const struct call *c = r->report->calls; c != NULL; c = call_after(r->report, c)) {
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

void calls_print_attempts(struct run *r)
{
	bool *has_call = must_alloc(r->report->last_tunnel + 1, sizeof(*has_call));
	struct tallies all = {.n = 0};

	memset(has_call, 0, (r->report->last_tunnel + 1) * sizeof(*has_call));
	for (const struct call *c = r->report->calls; c != NULL; c = call_after(r->report, c)) {
		for (const struct call *leg = c->legs; leg != NULL; leg = leg->next_leg)
			note_tunnel(r, has_call, leg->tunnel);
		note_tunnel(r, has_call, c->tunnel);
	}
	for (const struct tunnel *t = r->report->tunnels; t != NULL;
	     t = tunnel_after(r->report, t)) {
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

/* LAC and LNS are words for the ends of a tunnel. */
static bool have_no_tunnel(struct run *r)
{
	for (const struct call *c = r->report->calls; c != NULL; c = call_after(r->report, c))
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

	for (const struct call *c = r->report->calls; c != NULL; c = call_after(r->report, c)) {
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
	calls_print_attempts(r);
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

static bool has_rows(const struct run *r)
{
	return r->options->by == NULL && (r->options->json || common_is_rows(r));
}

static enum exit_status run_calls(struct run *r)
{
	if (r->options->by != NULL) {
		calls_print_groups(r);
		if (!r->options->json && !common_is_rows(r))
			calls_print_attempts(r);
		return STATUS_DONE;
	}
	if (r->options->json || common_is_rows(r))
		print_each(r);
	else
		print_table(r);
	return STATUS_DONE;
}
