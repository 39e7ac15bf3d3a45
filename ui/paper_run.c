#include <inttypes.h>
#include <stdlib.h>

#include "cause_group.h"
#include "cmd_common.h"
#include "paper.h"
#include "stats.h"

enum { TIMES_SHOWN = 48, NUMBERS_SHOWN = 24 };

static const enum outcome outcomes[STATS_OUTCOMES] = {OUTCOME_FAILED, OUTCOME_DROPPED, OUTCOME_UP,
						      OUTCOME_CLOSED, OUTCOME_UNKNOWN};

/* ---- numbers ---- */

static void write_outcomes(struct writer *j, const char *key, uint64_t all, const uint64_t *by)
{
	writer_key(j, key);
	writer_open(j, '{');
	writer_pair_unsigned(j, "all", all);
	for (size_t i = 0; i < STATS_OUTCOMES; i++)
		writer_pair_unsigned(j, outcome_name(outcomes[i]), by[outcomes[i]]);
	writer_close(j, '}');
}

static void write_seconds(struct writer *j, const char *name, double seconds)
{
	struct text t = text_make(64);

	when_print_seconds(&t, seconds);
	writer_open(j, '[');
	writer_string(j, str_of(name));
	writer_string(j, text_str(&t));
	writer_close(j, ']');
	text_free(&t);
}

/* `[[label, n], …]` and the percentiles. */
static void write_setup(struct writer *j, struct spread *s)
{
	struct spread_bin bins[SPREAD_BINS];
	size_t n = spread_bins(s, bins);

	if (s->n == 0)
		return;
	writer_key(j, "setup");
	writer_open(j, '{');
	writer_pair_unsigned(j, "n", s->n);
	writer_key(j, "seconds");
	writer_open(j, '[');
	write_seconds(j, "shortest", spread_percentile(s, 0));
	write_seconds(j, "half of them within", spread_percentile(s, 50));
	write_seconds(j, "95 of 100 within", spread_percentile(s, 95));
	write_seconds(j, "longest", spread_percentile(s, 100));
	writer_close(j, ']');
	writer_key(j, "bins");
	writer_open(j, '[');
	for (size_t i = 0; i < n; i++) {
		struct text label = text_make(64);

		if (bins[i].to < 0)
			text_printf(&label, "%g s and more", bins[i].from);
		else
			text_printf(&label, "%g to %g s", bins[i].from, bins[i].to);
		writer_open(j, '[');
		writer_string(j, text_str(&label));
		writer_unsigned(j, bins[i].n);
		writer_close(j, ']');
		text_free(&label);
	}
	writer_close(j, ']');
	writer_close(j, '}');
}

/* The least of these in which the whole run fits. */
static int64_t width_of(const struct stats *s)
{
	static const int64_t seconds[] = {60, 300, 900, 3600, 21600, 86400, 604800};
	int64_t whole = s->minutes[s->n_minutes - 1].ns - s->minutes[0].ns;
	size_t i = 0;

	while (i + 1 < sizeof(seconds) / sizeof(seconds[0]) &&
	       whole / (seconds[i] * 1000000000) >= TIMES_SHOWN)
		i++;
	return seconds[i] * 1000000000;
}

static void write_time(struct paper *p, const struct stats_minute *m)
{
	struct writer *j = &p->page.json;
	struct moment when = p->run->report->earliest;
	struct text t = text_make(64);

	when.ns = m->ns;
	when.grain_ns = 60 * (int64_t)1000000000;
	when_print(&t, p->run->options->time == NULL ? "ad" : p->run->options->time, when,
		   p->run->report->earliest, p->run->report->earliest);
	writer_open(j, '[');
	writer_string(j, text_str(&t));
	writer_unsigned(j, m->started);
	writer_unsigned(j, m->failed);
	writer_unsigned(j, m->dropped);
	writer_close(j, ']');
	text_free(&t);
}

/* `[[label, started, failed, dropped], …]`; of one moment there is no course. */
static void write_times(struct paper *p, const struct stats *s)
{
	struct writer *j = &p->page.json;
	int64_t width;

	if (s->n_minutes < 2)
		return;
	width = width_of(s);
	writer_key(j, "times");
	writer_open(j, '[');
	for (size_t i = 0; i < s->n_minutes;) {
		struct stats_minute sum = s->minutes[i];

		sum.ns -= (sum.ns % width + width) % width;
		for (i++; i < s->n_minutes && s->minutes[i].ns < sum.ns + width; i++) {
			sum.started += s->minutes[i].started;
			sum.failed += s->minutes[i].failed;
			sum.dropped += s->minutes[i].dropped;
		}
		write_time(p, &sum);
	}
	writer_close(j, ']');
}

static void write_numbers(struct paper *p)
{
	struct writer *j = &p->page.json;
	struct stats *s = stats_new();

	stats_take(s, p->run);
	stats_end(s);
	write_outcomes(j, "calls", s->calls, s->by_outcome);
	write_outcomes(j, "tunnels", s->tunnels, s->tunnels_by_outcome);
	write_setup(j, &s->setup);
	write_times(p, s);
	stats_free(s);
}

/* ---- causes ---- */

static void write_cause(struct paper *p, const struct cause_groups *all,
			const struct cause_group *g)
{
	struct writer *j = &p->page.json;
	struct text words = text_make(LIMIT_RECORD);

	writer_open(j, '{');
	cause_group_words(&words, all, g, p->run->options->show_secrets);
	paper_pair(p, "text", text_str(&words));
	text_free(&words);
	paper_pair(p, "kind", str_of(g->of_tunnels ? "tunnel" : "call"));
	writer_key(j, "numbers");
	writer_open(j, '[');
	for (size_t i = 0; i < g->n && i < GROUP_NUMBERS; i++)
		writer_unsigned(j, g->numbers[i]);
	writer_close(j, ']');
	if (g->n > GROUP_NUMBERS)
		writer_pair_unsigned(j, "more", g->n - GROUP_NUMBERS);
	paper_pair(p, "why", common_untrusted(p->run, g->text));
	paper_pair(p, "advice", cause_group_advice(g));
	writer_close(j, '}');
	webpage_flush(&p->page);
}

static void write_causes(struct paper *p)
{
	struct writer *j = &p->page.json;
	struct cause_groups groups = cause_groups_of(p->run);

	writer_key(j, "causes");
	writer_open(j, '[');
	for (size_t i = 0; i < groups.n; i++) {
		arena_reset(p->run->scratch);
		write_cause(p, &groups, &groups.at[i]);
	}
	writer_close(j, ']');
	free(groups.at);
}

/* ---- findings by rule ---- */

struct rule_count {
	const struct rule_row *rule;
	enum severity severity;
	const struct finding *first;
	uint64_t n, calls[NUMBERS_SHOWN], tunnels[NUMBERS_SHOWN];
	size_t n_calls, n_tunnels;
	bool has_more; /* calls or tunnels */
};

struct rule_counts {
	struct rule_count *at;
	size_t n, room;
};

static struct rule_count *count_of(struct rule_counts *all, const struct finding *f)
{
	for (size_t i = 0; i < all->n; i++) {
		if (all->at[i].rule == f->rule && all->at[i].severity == f->severity)
			return &all->at[i];
	}
	if (all->n == all->room) {
		all->room = all->room == 0 ? 64 : all->room * 2;
		all->at = must_grow(all->at, all->room, sizeof(*all->at));
	}
	all->at[all->n] = (struct rule_count){.rule = f->rule, .severity = f->severity, .first = f};
	return &all->at[all->n++];
}

static void add_number(struct rule_count *c, uint64_t *numbers, size_t *n, uint64_t number)
{
	for (size_t i = 0; i < *n; i++) {
		if (numbers[i] == number)
			return;
	}
	if (*n == NUMBERS_SHOWN)
		c->has_more = true;
	else
		numbers[(*n)++] = number;
}

static struct rule_counts count_rules(struct run *r)
{
	struct rule_counts all = {0};

	for (const struct finding *f = r->report->findings; f != NULL; f = f->next) {
		struct rule_count *c;

		if (!run_shows_finding(r, f))
			continue;
		c = count_of(&all, f);
		c->n++;
		if (f->call != NULL)
			add_number(c, c->calls, &c->n_calls, f->call->number);
		else if (f->tunnel != NULL)
			add_number(c, c->tunnels, &c->n_tunnels, f->tunnel->number);
	}
	return all;
}

static void write_where(struct writer *j, const char *key, const uint64_t *numbers, size_t n)
{
	if (n == 0)
		return;
	writer_key(j, key);
	writer_open(j, '[');
	for (size_t i = 0; i < n; i++)
		writer_unsigned(j, numbers[i]);
	writer_close(j, ']');
}

static void write_rule(struct paper *p, const struct rule_count *c)
{
	struct writer *j = &p->page.json;
	struct subject s = run_subject(p->run);

	s.finding = c->first;
	writer_open(j, '{');
	paper_pair(p, "severity", str_of(severity_word(c->severity)));
	paper_pair(p, "rule", str_of(c->rule->id));
	writer_pair_unsigned(j, "n", c->n);
	write_where(j, "calls", c->calls, c->n_calls);
	write_where(j, "tunnels", c->tunnels, c->n_tunnels);
	if (c->has_more) {
		writer_key(j, "has_more");
		writer_bool(j, true);
	}
	paper_pair(p, "text", common_field(p->run, &field_findings, &s, "text"));
	paper_pair(p, "cause", common_field(p->run, &field_findings, &s, "cause"));
	paper_pair(p, "advice", common_field(p->run, &field_findings, &s, "advice"));
	paper_pair(p, "ref", common_field(p->run, &field_findings, &s, "ref"));
	writer_close(j, '}');
	webpage_flush(&p->page);
}

static void write_rules(struct paper *p)
{
	struct writer *j = &p->page.json;
	struct rule_counts all = count_rules(p->run);

	writer_key(j, "rules");
	writer_open(j, '[');
	for (size_t i = 0; i < all.n; i++)
		write_rule(p, &all.at[i]);
	writer_close(j, ']');
	free(all.at);
}

/* ---- what of it is in the page ---- */

static void write_shares(struct paper *p)
{
	struct writer *j = &p->page.json;

	writer_key(j, "shares");
	writer_open(j, '{');
	for (int kind = 0; kind < PAPER_KINDS; kind++) {
		const uint64_t *n = p->n[kind];

		writer_key(j, paper_kind_name((enum paper_kind)kind));
		writer_open(j, '{');
		writer_pair_unsigned(j, "left_out", n[PAPER_LEFT_OUT]);
		writer_pair_unsigned(j, "without_messages", n[PAPER_LISTED]);
		writer_pair_unsigned(j, "with_messages", n[PAPER_FULL]);
		writer_close(j, '}');
	}
	writer_close(j, '}');
}

void paper_run(struct paper *p)
{
	struct writer *j = &p->page.json;

	webpage_data(&p->page, "run");
	writer_open(j, '{');
	paper_pair(p, "program", STR("l2tpscope " L2TPSCOPE_VERSION));
	writer_key(j, "shows_secrets");
	writer_bool(j, p->run->options->show_secrets);
	write_numbers(p);
	write_shares(p);
	write_causes(p);
	write_rules(p);
	paper_fact_names(p);
	paper_inputs(p);
	writer_close(j, '}');
	webpage_data_end(&p->page);
}
