#include <stdlib.h>

#include "calls_sum.h"
#include "cmd_common.h"
#include "command.h"
#include "table.h"

static enum exit_status run_tunnels(struct run *r);
static void rows(struct run *r);

const struct command command_tunnels = {
	.bit = COMMAND_TUNNELS,
	.name = "tunnels",
	.arguments = "[OPTIONS] INPUT...",
	.about = "one row a control connection",
	.details = "One row a control connection, then a sentence for each that failed or was "
		   "dropped.",
	.needs = NEEDS_REPLAY,
	.run = run_tunnels,
	.rows = rows,
	.has_rows = common_has_rows,
};

/* clang-format off */
static const struct table_column columns[] = {
	{.title = "tunnel", .is_right = true, .is_kept = true},
	{.title = "initiator", .shrinks = 20, .is_kept = true, .keeps_tail = true, .gives = 3},
	{.title = "responder", .shrinks = 20, .is_kept = true, .keeps_tail = true, .gives = 4},
	{.title = "auth", .gives = 1},
	{.title = "calls", .is_right = true, .is_kept = true, .gives = 2},
	{.title = "outcome", .is_kept = true},
	{.title = "by", .is_kept = true, .gives = 5},
	{.title = "cause", .is_kept = true},
	{.title = "start", .is_time = true, .is_kept = true, .gives = 6},
	{.title = "resent", .is_right = true, .is_kept = true, .is_optional = true},
	{.title = "rtt", .is_right = true, .is_optional = true},
};
/* clang-format on */

enum { N_COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static struct str auth_cell(const struct tunnel *t)
{
	if (!t->auth_used)
		return tunnel_opening_seen(t) ? STR("none") : STR("");
	if (t->auth_verified == TRUTH_TRUE)
		return STR("verified");
	if (t->auth_verified == TRUTH_FALSE)
		return STR("wrong");
	if (t->auth_result == RESULT_UNKNOWN)
		return STR("used");
	return t->auth_result == RESULT_FAILURE ? STR("failure") : STR("success");
}

static void add_tunnel(struct run *r, struct table *table, const struct tunnel *t)
{
	struct subject s = run_subject(r);
	struct str cells[N_COLUMNS] = {0};

	s.tunnel = t;
	cells[0] = common_field(r, &field_tunnels, &s, "id");
	cells[1] = common_peer(r, &t->peer[INITIATOR]);
	cells[2] = common_peer(r, &t->peer[RESPONDER]);
	cells[3] = auth_cell(t);
	cells[4] = common_field(r, &field_tunnels, &s, "sessions");
	cells[5] = common_field(r, &field_tunnels, &s, "outcome");
	cells[6] = common_field(r, &field_tunnels, &s, "ended_by");
	cells[7] = common_field(r, &field_tunnels, &s, "cause");
	cells[8] = common_dated_start(r, &t->start);
	cells[9] = common_field(r, &field_tunnels, &s, "retransmissions");
	if (t->round_trip_s >= 0)
		cells[10] = arena_printf(r->scratch, "%.1f ms", t->round_trip_s * 1e3);
	table_add(table, cells, NULL);
}

/* What is told at the end, of all that was told before. */
struct tunnels_sum {
	struct arena *arena;
	struct table table;
	struct why {
		struct why *next;
		uint64_t number;
		struct str text;
	} * why, **why_last; /* of each that ended badly */
	uint64_t n;          /* in all */
};

static struct tunnels_sum *sum_of(struct run *r)
{
	struct tunnels_sum *s = r->tunnels;

	if (s != NULL)
		return s;
	s = r->tunnels = must_alloc(1, sizeof(*s));
	s->arena = arena_new_spilled(LIMIT_REPLAY_ARENA, LIMIT_TABLE_MEMORY);
	s->table = table_make(s->arena, columns, N_COLUMNS);
	s->why_last = &s->why;
	return s;
}

void tunnels_sum_free(struct tunnels_sum *s)
{
	if (s == NULL)
		return;
	arena_free(s->arena);
	free(s);
}

static void take_why(struct tunnels_sum *s, const struct tunnel *t)
{
	struct why *w;

	if ((t->outcome != OUTCOME_FAILED && t->outcome != OUTCOME_DROPPED) ||
	    t->cause_text.len == 0)
		return;
	w = arena_alloc(s->arena, sizeof(*w));
	if (w == NULL)
		return;
	w->number = t->number;
	w->text = arena_str(s->arena, t->cause_text);
	*s->why_last = w;
	s->why_last = &w->next;
}

static void take_sum(struct run *r)
{
	struct tunnels_sum *s = sum_of(r);

	common_count_days(r);
	for (const struct tunnel *t = r->report->tunnels; t != NULL;
	     t = tunnel_after(r->report, t)) {
		s->n++;
		if (!run_shows_tunnel(r, t))
			continue;
		arena_reset(r->scratch);
		add_tunnel(r, &s->table, t);
		take_why(s, t);
	}
}

static void print_table(struct run *r, struct tunnels_sum *s)
{
	s->table.hides_dates = common_hides_dates(r);
	if (s->table.n_rows > 0)
		table_print(&s->table, &r->term);
	else if (s->n > 0)
		term_puts(&r->term, "no tunnel fits\n");
	else
		common_print_contents(r);
	for (const struct why *w = s->why; w != NULL; w = w->next) {
		arena_looked(s->arena);
		arena_reset(r->scratch);
		text_printf(&r->line, "tunnel %llu: ", (unsigned long long)w->number);
		term_wrap(&r->term, &r->line, 4, common_untrusted(r, w->text));
	}
}

static void print_each(struct run *r)
{
	bool is_csv = common_is_rows(r);

	if (is_csv)
		common_csv_head(r, &field_tunnels);
	for (const struct tunnel *t = r->report->tunnels; t != NULL;
	     t = tunnel_after(r->report, t)) {
		struct writer j = writer_into(&r->line);
		struct subject s;

		if (!run_shows_tunnel(r, t))
			continue;
		s = run_subject(r);
		s.tunnel = t;
		if (is_csv) {
			common_csv_row(r, &field_tunnels, &s);
			continue;
		}
		field_json(&j, &field_tunnels, &s);
		run_print_json(r);
	}
}

static bool is_each(const struct run *r)
{
	return r->options->json || common_is_rows(r);
}

static void rows(struct run *r)
{
	if (is_each(r))
		print_each(r);
	else
		take_sum(r);
}

static enum exit_status run_tunnels(struct run *r)
{
	rows(r);
	if (is_each(r))
		return STATUS_DONE;
	print_table(r, r->tunnels);
	tunnels_sum_free(r->tunnels); /* screens ask again */
	r->tunnels = NULL;
	return STATUS_DONE;
}
