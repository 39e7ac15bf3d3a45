#include <inttypes.h>

#include "cmd_common.h"
#include "command.h"
#include "stats.h"
#include "stats_chart.h"
#include "stats_json.h"
#include "table.h"

static enum exit_status run_stats(struct run *r);
static void take(struct run *r);

const struct command command_stats = {
	.bit = COMMAND_STATS,
	.name = "stats",
	.arguments = "[OPTIONS] INPUT...",
	.about = "counts, setup-time percentiles, failures by cause, by peer and over time",
	.details =
		"The calls that --where, --call, --tunnel, --since and --until let through, in "
		"numbers: "
		"how they\nended, how long setup took (percentiles of what was measured, by "
		"nearest "
		"rank), who they were\nof, which messages were sent and sent again, and when calls "
		"failed.\n\n--json: `{\"type\":\"stats\"}` with the totals, then an object for "
		"each "
		"`group` (by outcome,\nreached, cause, lac, lns, realm, auth, carrier), each type "
		"of "
		"`messages`, each `minute` in\nwhich a call began or went wrong.",
	.needs = NEEDS_REPLAY,
	.run = run_stats,
	.rows = take,
	.has_rows = common_has_rows,
};

/* On a terminal so wide histogram and picture stand side by side. */
enum { WIDE = 140, BESIDE = 76 };
enum { INDENT = 2, BAR = 40, PARTS_SHOWN = 4, GROUPS_SHOWN = 20, TIMES_SHOWN = 48 };

static void add_percent(struct text *t, double rate)
{
	if (rate < 0)
		text_putc(t, '-');
	else
		text_printf(t, "%.1f %%", rate * 100);
}

/* ---- text: totals ---- */

static void add_outcomes(struct text *t, const uint64_t *by_outcome)
{
	const char *before = ": ";

	for (size_t i = 0; i < STATS_OUTCOMES; i++) {
		if (by_outcome[stats_outcomes[i]] == 0)
			continue;
		text_printf(t, "%s%" PRIu64 " %s", before, by_outcome[stats_outcomes[i]],
			    outcome_name(stats_outcomes[i]));
		before = ", ";
	}
}

/* The line of the run in as many as it needs. */
static void print_wrapped(struct run *r, size_t indent)
{
	struct str words = arena_str(r->scratch, text_str(&r->line));

	text_clear(&r->line);
	term_wrap(&r->term, &r->line, indent, words);
}

static void print_totals(struct run *r, const struct stats *s)
{
	struct text *t = &r->line;

	text_printf(t, "%" PRIu64 " call%s", s->calls, s->calls == 1 ? "" : "s");
	add_outcomes(t, s->by_outcome);
	term_line(&r->term, t);
	text_printf(t, "%" PRIu64 " tunnel%s", s->tunnels, s->tunnels == 1 ? "" : "s");
	add_outcomes(t, s->tunnels_by_outcome);
	term_line(&r->term, t);
	text_printf(t, "%" PRIu64 " control messages, %" PRIu64 " sent again (",
		    s->control_messages, s->retransmissions);
	add_percent(t, stats_rate(s->retransmissions, s->control_messages));
	text_printf(t, "), %" PRIu64 " copies, %" PRIu64 " HELLOs", s->duplicates, s->hellos);
	term_line(&r->term, t);
	common_count(t, s->ppp_messages, "PPP control packet");
	text_puts(t, "; data to the LNS ");
	common_count(t, s->data_packets[0], "packet");
	text_puts(t, ", ");
	common_count(t, s->data_bytes[0], "octet");
	text_printf(t, ", to the client %" PRIu64 ", %" PRIu64, s->data_packets[1],
		    s->data_bytes[1]);
	print_wrapped(r, 2);
}

/* The bars of one table begin in one column. */
static void add_bar(const struct term *term, struct text *t, uint64_t n, uint64_t most)
{
	size_t at = term_columns(text_str(t));
	uint64_t longest = term->width < at + BAR && term->width > at ? term->width - at : BAR;
	uint64_t length = most == 0 ? 0 : (n * longest + most - 1) / most;

	for (uint64_t i = 0; i < length; i++)
		text_putc(t, '#');
}

static void print_spread(struct run *r, const char *name, struct spread *s)
{
	struct text *t = &r->line;

	if (s->n == 0)
		return;
	text_printf(t, "  %s", name);
	term_pad(t, 16, true);
	text_printf(t, "%zu measured: min ", s->n);
	when_print_seconds(t, spread_percentile(s, 0));
	for (size_t i = 0; i < STATS_PERCENTS; i++) {
		text_printf(t, ", p%u ", stats_percents[i]);
		when_print_seconds(t, spread_percentile(s, stats_percents[i]));
	}
	text_puts(t, ", max ");
	when_print_seconds(t, spread_percentile(s, 100));
	text_puts(t, ", mean ");
	when_print_seconds(t, spread_mean(s));
	print_wrapped(r, 16);
}

static void add_bin(const struct term *term, struct text *t, const struct spread_bin *bin,
		    uint64_t most)
{
	if (bin->to < 0)
		text_printf(t, "    %g and more", bin->from);
	else
		text_printf(t, "    %g to %g", bin->from, bin->to);
	term_pad(t, 22, true);
	text_printf(t, "%6" PRIu64 " ", bin->n);
	add_bar(term, t, bin->n, most);
}

/* The histogram, and beside it the picture, which may be none. */
static void print_histogram(struct run *r, struct spread *s, const struct stats_chart *beside)
{
	struct spread_bin bins[SPREAD_BINS];
	size_t n = spread_bins(s, bins);
	uint64_t most = 0;

	for (size_t i = 0; i < n; i++)
		most = bins[i].n > most ? bins[i].n : most;
	for (size_t i = 0; i < n || i < beside->n; i++) {
		struct text *t = &r->line;

		if (i < n)
			add_bin(&r->term, t, &bins[i], most);
		if (i < beside->n) {
			term_pad(t, BESIDE, false);
			text_add(t, text_str(&beside->line[i]));
		}
		term_line(&r->term, t);
	}
}

static void print_chart(struct run *r, const struct stats_chart *c)
{
	if (c->n == 0)
		return;
	term_puts(&r->term, "\n");
	for (size_t i = 0; i < c->n; i++) {
		text_add(&r->line, text_str(&c->line[i]));
		term_line(&r->term, &r->line);
	}
}

/* How long setup took, and when calls failed. */
static void print_pictures(struct run *r, struct stats *s)
{
	static const struct stats_chart none;
	struct stats_chart chart;
	size_t width = r->term.width;
	bool is_beside = width >= WIDE && s->setup.n > 0;

	stats_chart_make(&chart, r, s, is_beside ? width - BESIDE : width);
	if (s->tunnel_setup.n + s->setup.n + s->duration.n > 0) {
		term_puts(&r->term, "\n");
		common_heading(r, "seconds");
		print_spread(r, "tunnel setup", &s->tunnel_setup);
		print_spread(r, "call setup", &s->setup);
		print_histogram(r, &s->setup, is_beside ? &chart : &none);
		print_spread(r, "duration", &s->duration);
	}
	if (!is_beside)
		print_chart(r, &chart);
	stats_chart_free(&chart);
}

/* ---- text: tables ---- */

/* `auth-rejected 2, busy`: a part without a number came once. */
static struct str parts_cell(struct run *r, const struct stats_group *g)
{
	struct text t = text_make(LIMIT_RECORD);
	struct str cell;

	for (size_t i = 0; i < g->n_parts && i < PARTS_SHOWN; i++) {
		text_puts(&t, i == 0 ? "" : ", ");
		text_add(&t, g->parts[i].key.len == 0 ? STR("unknown")
						      : common_untrusted(r, g->parts[i].key));
		if (g->parts[i].n > 1)
			text_printf(&t, " %" PRIu64, g->parts[i].n);
	}
	if (g->n_parts > PARTS_SHOWN)
		text_printf(&t, " and %zu more", g->n_parts - PARTS_SHOWN);
	cell = arena_str(r->scratch, text_str(&t));
	text_free(&t);
	return cell;
}

static struct str seconds_cell(struct run *r, double seconds)
{
	struct text t = text_make(64);
	struct str cell;

	if (seconds >= 0)
		when_print_seconds(&t, seconds);
	cell = arena_str(r->scratch, text_str(&t));
	text_free(&t);
	return cell;
}

static struct str percent_cell(struct run *r, double rate)
{
	struct text t = text_make(64);
	struct str cell;

	add_percent(&t, rate);
	cell = arena_str(r->scratch, text_str(&t));
	text_free(&t);
	return cell;
}

static void add_group(struct run *r, struct table *t, const struct stats_group *g)
{
	uint64_t bad = g->by_outcome[OUTCOME_FAILED] + g->by_outcome[OUTCOME_DROPPED];
	struct str cells[9];

	arena_reset(r->scratch);
	cells[0] = common_untrusted(r, g->key);
	cells[1] = arena_printf(r->scratch, "%" PRIu64, g->calls);
	cells[2] = arena_printf(r->scratch, "%" PRIu64, g->by_outcome[OUTCOME_FAILED]);
	cells[3] = arena_printf(r->scratch, "%" PRIu64, g->by_outcome[OUTCOME_DROPPED]);
	cells[4] = percent_cell(r, (double)bad / (double)g->calls);
	cells[5] = seconds_cell(r, g->setup_p50);
	cells[6] = seconds_cell(r, g->setup_p95);
	cells[7] = percent_cell(r, stats_rate(g->retransmissions, g->control_messages));
	cells[8] = parts_cell(r, g);
	table_add(t, cells, NULL);
}

static void print_groups(struct run *r, const struct stats *s, enum stats_by by)
{
	const struct table_column heads[] = {
		{.title = stats_by_name(by), .shrinks = 12, .is_kept = true},
		{.title = "calls", .is_right = true, .is_kept = true},
		{.title = "failed", .is_right = true, .is_kept = true},
		{.title = "dropped", .is_right = true, .is_kept = true},
		{.title = "bad", .is_right = true, .is_kept = true},
		{.title = "setup p50", .is_right = true},
		{.title = "p95", .is_right = true},
		{.title = "resent", .is_right = true, .is_kept = true},
		{.title = by == STATS_CAUSE ? "at" : "causes", .shrinks = 16},
	};
	const struct stats_table *groups = &s->by[by];
	struct arena *cells_of = arena_new(LIMIT_REPLAY_ARENA);
	struct table t = table_make(cells_of, heads, sizeof(heads) / sizeof(heads[0]));
	bool is_known = groups->n > 1 || (groups->n == 1 && groups->at[0].key.len > 0);

	for (size_t i = 0; i < groups->n && i < GROUPS_SHOWN; i++)
		add_group(r, &t, &groups->at[i]);
	/* everything by L2TP is no news */
	if (is_known && !(by == STATS_CARRIER && groups->n == 1)) {
		term_puts(&r->term, "\n");
		table_print(&t, &r->term);
		if (groups->n > GROUPS_SHOWN) {
			text_printf(&r->line, "and %zu more (--json has all)",
				    groups->n - GROUPS_SHOWN);
			term_line(&r->term, &r->line);
		}
	}
	arena_free(cells_of);
}

static void print_messages(struct run *r, const struct stats *s)
{
	static const struct table_column heads[] = {
		{.title = "protocol", .is_kept = true},
		{.title = "message", .is_kept = true},
		{.title = "sent", .is_right = true, .is_kept = true},
		{.title = "again", .is_right = true, .is_kept = true},
		{.title = "resent", .is_right = true, .is_kept = true},
	};
	struct arena *cells_of = arena_new(LIMIT_REPLAY_ARENA);
	struct table t = table_make(cells_of, heads, sizeof(heads) / sizeof(heads[0]));

	for (size_t i = 0; i < s->n_messages; i++) {
		const struct stats_message *m = &s->messages[i];
		struct str cells[5];

		arena_reset(r->scratch);
		cells[0] = str_of(m->protocol);
		cells[1] = str_of(m->name);
		cells[2] = arena_printf(r->scratch, "%" PRIu64, m->n);
		cells[3] = arena_printf(r->scratch, "%" PRIu64, m->again);
		cells[4] = percent_cell(r, stats_rate(m->again, m->n));
		table_add(&t, cells, NULL);
	}
	if (t.n_rows > 0) {
		term_puts(&r->term, "\n");
		table_print(&t, &r->term);
	}
	arena_free(cells_of);
}

/* ---- text: time ---- */

/* The least of these in which the whole run fits the screen. */
static int64_t wide_enough(const struct stats *s)
{
	static const int64_t seconds[] = {60, 300, 900, 3600, 21600, 86400, 604800};
	const int64_t second_ns = 1000000000;
	int64_t span = s->minutes[s->n_minutes - 1].ns - s->minutes[0].ns;
	size_t i = 0;

	while (i + 1 < sizeof(seconds) / sizeof(seconds[0]) &&
	       span / (seconds[i] * second_ns) >= TIMES_SHOWN)
		i++;
	return seconds[i] * second_ns;
}

static void print_time_row(struct run *r, const struct stats_minute *m, uint64_t most)
{
	struct text *t = &r->line;
	const char *format = r->options->time;

	text_puts(t, "  ");
	when_print(t, format == NULL ? "ad" : format, stats_moment(r, m->ns), r->report->earliest,
		   r->report->earliest);
	term_pad(t, 24, true);
	text_printf(t, "%7" PRIu64 " %7" PRIu64 " %7" PRIu64 "  ", m->started, m->failed,
		    m->dropped);
	add_bar(&r->term, t, m->failed + m->dropped, most);
	while (t->len > 0 && t->at[t->len - 1] == ' ')
		t->at[--t->len] = '\0';
	term_line(&r->term, t);
}

/* The minutes that fall into the same span of `width`, added up. */
static struct stats_minute next_span(const struct stats *s, size_t *at, int64_t width)
{
	struct stats_minute sum = s->minutes[*at];

	sum.ns -= (sum.ns % width + width) % width;
	for (++*at; *at < s->n_minutes && s->minutes[*at].ns < sum.ns + width; ++*at) {
		sum.started += s->minutes[*at].started;
		sum.failed += s->minutes[*at].failed;
		sum.dropped += s->minutes[*at].dropped;
	}
	return sum;
}

static void print_times(struct run *r, const struct stats *s)
{
	uint64_t most = 0;
	int64_t width;

	if (s->n_minutes == 0)
		return;
	width = wide_enough(s);
	for (size_t i = 0; i < s->n_minutes;) {
		struct stats_minute m = next_span(s, &i, width);

		most = m.failed + m.dropped > most ? m.failed + m.dropped : most;
	}
	term_puts(&r->term, "\n");
	text_printf(&r->line, "by %s", width == 60 * (int64_t)1000000000 ? "minute" : "time");
	term_pad(&r->line, 24, true);
	text_puts(&r->line, "started  failed dropped");
	term_line(&r->term, &r->line);
	for (size_t i = 0; i < s->n_minutes;) {
		struct stats_minute m = next_span(s, &i, width);

		print_time_row(r, &m, most);
	}
	if (s->untimed > 0) {
		text_printf(&r->line, "  %" PRIu64 " calls without a time", s->untimed);
		term_line(&r->term, &r->line);
	}
}

static void print_text(struct run *r, struct stats *s)
{
	if (s->calls == 0 && s->tunnels == 0) {
		if (r->report->n_calls + r->report->n_tunnels + r->report->tunnels_told > 0)
			term_puts(&r->term, "no call fits\n");
		else
			common_print_contents(r);
		return;
	}
	print_totals(r, s);
	print_pictures(r, s);
	for (size_t by = STATS_CAUSE; by < STATS_DIMENSIONS; by++)
		print_groups(r, s, (enum stats_by)by);
	print_messages(r, s);
	print_times(r, s);
}

static void take(struct run *r)
{
	if (r->stats == NULL)
		r->stats = stats_new();
	stats_take(r->stats, r);
}

static enum exit_status run_stats(struct run *r)
{
	take(r);
	stats_end(r->stats);
	if (r->options->json)
		stats_json(r, r->stats);
	else
		print_text(r, r->stats);
	stats_free(r->stats); /* screens ask again */
	r->stats = NULL;
	return STATUS_DONE;
}
