#include "stats_json.h"

#include "when.h"

static void json_seconds(struct writer *j, const char *key, double seconds)
{
	writer_key(j, key);
	if (seconds < 0)
		writer_null(j);
	else
		writer_real(j, seconds);
}

static void json_rate(struct writer *j, uint64_t again, uint64_t distinct)
{
	json_seconds(j, "retransmission_rate", stats_rate(again, distinct));
}

static void json_outcomes(struct writer *j, const uint64_t *by_outcome)
{
	for (size_t i = 0; i < STATS_OUTCOMES; i++)
		writer_pair_unsigned(j, outcome_name(stats_outcomes[i]),
				     by_outcome[stats_outcomes[i]]);
}

static void json_spread(struct writer *j, const char *key, struct spread *s)
{
	struct spread_bin bins[SPREAD_BINS];
	size_t n = spread_bins(s, bins);

	writer_key(j, key);
	writer_open(j, '{');
	writer_pair_unsigned(j, "n", s->n);
	json_seconds(j, "min", spread_percentile(s, 0));
	for (size_t i = 0; i < STATS_PERCENTS; i++) {
		char name[8] = "p";

		snprintf(name, sizeof(name), "p%u", stats_percents[i]);
		json_seconds(j, name, spread_percentile(s, stats_percents[i]));
	}
	json_seconds(j, "max", spread_percentile(s, 100));
	json_seconds(j, "mean", spread_mean(s));
	writer_key(j, "histogram");
	writer_open(j, '[');
	for (size_t i = 0; i < n; i++) {
		writer_open(j, '{');
		json_seconds(j, "from", bins[i].from);
		json_seconds(j, "to", bins[i].to);
		writer_pair_unsigned(j, "n", bins[i].n);
		writer_close(j, '}');
	}
	writer_close(j, ']');
	writer_close(j, '}');
}

static void json_pair(struct writer *j, const char *key, const uint64_t *pair)
{
	writer_key(j, key);
	writer_open(j, '[');
	writer_unsigned(j, pair[0]);
	writer_unsigned(j, pair[1]);
	writer_close(j, ']');
}

static void json_totals(struct run *r, struct stats *s)
{
	struct writer j = writer_into(&r->line);

	writer_open(&j, '{');
	writer_pair_known(&j, "type", STR("stats"));
	writer_pair_unsigned(&j, "calls", s->calls);
	json_outcomes(&j, s->by_outcome);
	writer_key(&j, "tunnels");
	writer_open(&j, '{');
	writer_pair_unsigned(&j, "tunnels", s->tunnels);
	json_outcomes(&j, s->tunnels_by_outcome);
	writer_pair_unsigned(&j, "control_messages", s->control_messages);
	writer_pair_unsigned(&j, "retransmissions", s->retransmissions);
	json_rate(&j, s->retransmissions, s->control_messages);
	writer_pair_unsigned(&j, "duplicates", s->duplicates);
	writer_pair_unsigned(&j, "hellos", s->hellos);
	json_spread(&j, "setup_s", &s->tunnel_setup);
	writer_close(&j, '}');
	writer_pair_unsigned(&j, "ppp_messages", s->ppp_messages);
	json_pair(&j, "data_packets", s->data_packets);
	json_pair(&j, "data_bytes", s->data_bytes);
	json_spread(&j, "setup_s", &s->setup);
	json_spread(&j, "duration_s", &s->duration);
	writer_pair_unsigned(&j, "untimed", s->untimed);
	writer_close(&j, '}');
	run_print_json(r);
}

static void json_group(struct run *r, enum stats_by by, const struct stats_group *g)
{
	struct writer j = writer_into(&r->line);

	writer_open(&j, '{');
	writer_pair_known(&j, "type", STR("group"));
	writer_pair_known(&j, "by", str_of(stats_by_name(by)));
	writer_pair_known(&j, "key", g->key);
	writer_pair_unsigned(&j, "calls", g->calls);
	json_outcomes(&j, g->by_outcome);
	writer_pair_unsigned(&j, "control_messages", g->control_messages);
	writer_pair_unsigned(&j, "retransmissions", g->retransmissions);
	json_rate(&j, g->retransmissions, g->control_messages);
	json_seconds(&j, "setup_p50_s", g->setup_p50);
	json_seconds(&j, "setup_p95_s", g->setup_p95);
	writer_key(&j, "bad");
	writer_open(&j, '[');
	for (size_t i = 0; i < g->n_parts; i++) {
		writer_open(&j, '{');
		writer_pair_known(&j, stats_part_name(by), g->parts[i].key);
		writer_pair_unsigned(&j, "calls", g->parts[i].n);
		writer_close(&j, '}');
	}
	writer_close(&j, ']');
	writer_close(&j, '}');
	run_print_json(r);
}

static void json_message(struct run *r, const struct stats_message *m)
{
	struct writer j = writer_into(&r->line);

	writer_open(&j, '{');
	writer_pair_known(&j, "type", STR("messages"));
	writer_pair_known(&j, "protocol", str_of(m->protocol));
	writer_pair_known(&j, "message", str_of(m->name));
	writer_pair_unsigned(&j, "n", m->n);
	writer_pair_unsigned(&j, "retransmissions", m->again);
	json_rate(&j, m->again, m->n);
	writer_close(&j, '}');
	run_print_json(r);
}

static void json_minute(struct run *r, const struct stats_minute *m)
{
	struct writer j = writer_into(&r->line);

	writer_open(&j, '{');
	writer_pair_known(&j, "type", STR("minute"));
	when_json(&j, "time", r->report, UINT16_MAX, stats_moment(r, m->ns));
	writer_pair_unsigned(&j, "started", m->started);
	writer_pair_unsigned(&j, "failed", m->failed);
	writer_pair_unsigned(&j, "dropped", m->dropped);
	writer_close(&j, '}');
	run_print_json(r);
}

void stats_json(struct run *r, struct stats *s)
{
	json_totals(r, s);
	for (size_t by = 0; by < STATS_DIMENSIONS; by++)
		for (size_t i = 0; i < s->by[by].n; i++)
			json_group(r, (enum stats_by)by, &s->by[by].at[i]);
	for (size_t i = 0; i < s->n_messages; i++)
		json_message(r, &s->messages[i]);
	for (size_t i = 0; i < s->n_minutes; i++)
		json_minute(r, &s->minutes[i]);
}
