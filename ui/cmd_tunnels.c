#include "cmd_common.h"
#include "command.h"
#include "table.h"

static enum exit_status run_tunnels(struct run *r);
static void print_each(struct run *r);
static bool has_rows(const struct run *r);

const struct command command_tunnels = {
	.bit = COMMAND_TUNNELS,
	.name = "tunnels",
	.arguments = "[OPTIONS] INPUT...",
	.about = "one row a control connection",
	.details = "One row a control connection, then a sentence for each that failed or was "
		   "dropped.",
	.needs = NEEDS_REPLAY,
	.run = run_tunnels,
	.rows = print_each,
	.has_rows = has_rows,
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
	{.title = "start", .is_kept = true, .gives = 6},
	{.title = "resent", .is_right = true, .is_kept = true, .is_optional = true},
	{.title = "rtt", .is_right = true, .is_optional = true},
};
/* clang-format on */

enum { N_COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static struct str auth_cell(const struct tunnel *t)
{
	if (!t->auth_used)
		return t->was_there ? STR("") : STR("none");
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
	cells[8] = common_start(r, &t->start);
	cells[9] = common_field(r, &field_tunnels, &s, "retransmissions");
	if (t->round_trip_s >= 0)
		cells[10] = arena_printf(r->scratch, "%.1f ms", t->round_trip_s * 1e3);
	table_add(table, cells, NULL);
}

static void print_why(struct run *r, const struct tunnel *t)
{
	if ((t->outcome != OUTCOME_FAILED && t->outcome != OUTCOME_DROPPED) ||
	    t->cause_text.len == 0)
		return;
	arena_reset(r->scratch);
	text_printf(&r->line, "tunnel %llu: ", (unsigned long long)t->number);
	term_wrap(&r->term, &r->line, 4, common_untrusted(r, t->cause_text));
}

static void print_table(struct run *r)
{
	struct arena *cells_of = arena_new(LIMIT_REPLAY_ARENA);
	struct table table = table_make(cells_of, columns, N_COLUMNS);

	for (const struct tunnel *t = r->report->tunnels; t != NULL;
	     t = tunnel_after(r->report, t)) {
		if (run_shows_tunnel(r, t))
			add_tunnel(r, &table, t);
	}
	if (table.n_rows > 0)
		table_print(&table, &r->term);
	else if (r->report->n_tunnels > 0)
		term_puts(&r->term, "no tunnel fits\n");
	else
		common_print_contents(r);
	arena_free(cells_of);
	for (const struct tunnel *t = r->report->tunnels; t != NULL;
	     t = tunnel_after(r->report, t)) {
		if (run_shows_tunnel(r, t))
			print_why(r, t);
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

/* With a filter a tunnel is shown by its calls, too. */
static bool has_rows(const struct run *r)
{
	return common_has_rows(r) && (r->options->json || common_is_rows(r));
}

static enum exit_status run_tunnels(struct run *r)
{
	if (r->options->json || common_is_rows(r))
		print_each(r);
	else
		print_table(r);
	return STATUS_DONE;
}
