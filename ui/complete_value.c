/* What an option's value may be, and the words of `explain`: all of it from the tables. */
#include "cause_table.h"
#include "code.h"
#include "complete.h"
#include "daemon.h"
#include "explain.h"
#include "field.h"
#include "grammar.h"
#include "machine.h"
#include "manual.h"
#include "quirk.h"
#include "source.h"
#include "threshold.h"
#include "tui_key.h"

static void offer(struct completion *c, const char *word, const char *about)
{
	complete_offer(c, str_of(word), about);
}

/* What stands up to the last `mark` of the value is kept. */
static void keep_up_to(struct completion *c, char mark, struct text *kept)
{
	size_t at = c->prefix.len;

	while (at > 0 && c->prefix.at[at - 1] != mark)
		at--;
	text_add(kept, c->before);
	text_add(kept, (struct str){c->prefix.at, at});
	c->before = text_str(kept);
	c->prefix = str_from(c->prefix, at);
}

static void offer_rules(struct completion *c)
{
	const struct rule_row *const *rules;

	for (size_t i = 0, n = rule_rows(&rules); i < n; i++)
		offer(c, rules[i]->id, rules[i]->title);
}

static void offer_causes(struct completion *c)
{
	const struct cause_fact *causes;

	for (size_t i = 0, n = cause_rows(&causes); i < n; i++)
		offer(c, causes[i].slug, causes[i].meaning);
}

static void offer_fields(struct completion *c)
{
	complete_filter(c);
}

static void value_ignore(struct completion *c)
{
	struct text kept = text_make(65536);

	keep_up_to(c, ',', &kept);
	offer_rules(c);
	text_free(&kept);
}

static void value_set(struct completion *c)
{
	const struct threshold_row *rows;
	struct text name = text_make(256);

	for (size_t i = 0, n = threshold_rows(&rows); i < n; i++) {
		text_clear(&name);
		text_printf(&name, "%s=", rows[i].name);
		complete_offer(c, text_str(&name), rows[i].about);
		/* the name is there: what it is now */
		if (!str_starts(c->prefix, name.at))
			continue;
		text_printf(&name, "%g", rows[i].value);
		complete_offer(c, text_str(&name), "as it is");
	}
	text_free(&name);
}

static void value_as(struct completion *c)
{
	const char *name;

	for (size_t i = 0; (name = source_kind_named(i)) != NULL; i++)
		offer(c, name, NULL);
}

static void value_zone(struct completion *c)
{
	struct text kept = text_make(65536);

	keep_up_to(c, '=', &kept);
	offer(c, "UTC", NULL);
	offer(c, "+00:00", NULL);
	text_free(&kept);
}

static void value_none(struct completion *c)
{
	(void)c;
}

static const struct {
	const char *option;
	void (*offer)(struct completion *c);
} values[] = {
	{"where", complete_filter}, {"ignore", value_ignore},     {"set", value_set},
	{"call", complete_calls},   {"tunnel", complete_tunnels}, {"as", value_as},
	{"tz", value_zone},         {"year", value_none},         {"offset", value_none},
	{"since", value_none},      {"until", value_none},        {"bpf", value_none},
	{"width", value_none},      {"secrets", complete_files},  {"baseline", complete_files},
	{"output", complete_files}, {"map", complete_files},
};

static void offer_choices(struct completion *c, const char *choices)
{
	struct str rest = str_of(choices);

	while (rest.len > 0) {
		size_t end = str_find(rest, STR("|"));

		complete_offer(c, (struct str){rest.at, end == SIZE_MAX ? rest.len : end}, NULL);
		rest = str_from(rest, end == SIZE_MAX ? rest.len : end + 1);
	}
}

void complete_value(struct completion *c, const char *option, const char *choices)
{
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		if (strcmp(values[i].option, option) == 0) {
			values[i].offer(c);
			return;
		}
	}
	offer_choices(c, choices);
}

/* ---- explain ---- */

static void offer_machines(struct completion *c)
{
	for (size_t i = 0; machines[i] != NULL; i++)
		offer(c, machines[i]->name, machines[i]->title);
}

static void offer_avps(struct completion *c)
{
	const struct avp_row *rows;
	struct text number = text_make(32);

	for (size_t i = 0, n = avp_rows(&rows); i < n; i++) {
		text_clear(&number);
		text_printf(&number, "%u", rows[i].number);
		if (rows[i].vendor == 0)
			complete_offer(c, text_str(&number), rows[i].name);
	}
	text_free(&number);
}

static void offer_domains(struct completion *c)
{
	for (int d = 0; d < CODE_DOMAINS; d++)
		offer(c, code_domain_name((enum code_domain)d), NULL);
}

static void offer_results(struct completion *c)
{
	offer(c, code_domain_name(CODE_STOPCCN), NULL);
	offer(c, code_domain_name(CODE_CDN), NULL);
}

static void offer_quirks(struct completion *c)
{
	const struct quirk *rows;

	for (size_t i = 0, n = quirk_rows(&rows); i < n; i++)
		offer(c, rows[i].id, rows[i].seen);
}

static void offer_thresholds(struct completion *c)
{
	const struct threshold_row *rows;

	for (size_t i = 0, n = threshold_rows(&rows); i < n; i++)
		offer(c, rows[i].name, rows[i].about);
}

static void offer_dialects(struct completion *c)
{
	offer(c, dialect_ios.name, NULL);
	for (size_t i = 0; i < n_daemon_dialects; i++)
		offer(c, daemon_dialects[i]->name, NULL);
}

static void offer_keys(struct completion *c)
{
	for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++)
		offer(c, action_row((enum action)a)->name, action_row((enum action)a)->about);
}

static void offer_pages(struct completion *c)
{
	struct manual_page pages[MANUAL_PAGES];

	for (size_t i = 0, n = manual_pages(pages); i < n; i++) {
		const char *dash = strchr(pages[i].name, '-');

		offer(c, dash == NULL ? pages[i].name : dash + 1, pages[i].about);
	}
}

static const struct {
	const char *topic;
	void (*offer)(struct completion *c);
} names[] = {
	{"machine", offer_machines}, {"avp", offer_avps},     {"code", offer_domains},
	{"result", offer_results},   {"rule", offer_rules},   {"cause", offer_causes},
	{"quirk", offer_quirks},     {"field", offer_fields}, {"threshold", offer_thresholds},
	{"dialect", offer_dialects}, {"key", offer_keys},     {"manual", offer_pages},
};

void complete_topic(struct completion *c, const char *const *words, size_t n)
{
	const struct explain_topic *topics;
	size_t n_topics = explain_topics(&topics);

	if (n == 0) {
		for (size_t i = 0; i < n_topics; i++)
			offer(c, topics[i].name, topics[i].about);
		if (c->prefix.len > 0) {
			offer_causes(c);
			offer_rules(c);
		}
		return;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (n == 1 && str_starts(str_of(words[0]), names[i].topic))
			names[i].offer(c);
	}
}

/* Every candidate of a list, by its first word. */
static void try_lines(struct nearest *n, struct str lines)
{
	while (lines.len > 0) {
		size_t end = str_find(lines, STR("\n"));
		size_t word = 0;

		while (word < end && strchr("\t\n", lines.at[word]) == NULL)
			word++;
		nearest_try(n, (struct str){lines.at, word});
		lines = str_from(lines, end == SIZE_MAX ? lines.len : end + 1);
	}
}

void complete_nearest(struct nearest *n, const char *topic)
{
	struct text out = text_make((size_t)1 << 20);
	const struct avp_row *avps;
	struct completion c = {.out = &out, .prefix = STR("")};
	const struct explain_topic *topics;
	size_t n_topics = explain_topics(&topics);

	for (size_t i = 0; i < n_topics; i++) {
		if (topic == NULL)
			offer(&c, topics[i].name, NULL);
		if (topic == NULL || strcmp(topic, topics[i].name) == 0)
			complete_topic(&c, &topics[i].name, 1);
		c.prefix = c.before = STR("");
	}
	try_lines(n, text_str(&out));
	/* whose numbers a shell completes */
	for (size_t i = 0, rows = avp_rows(&avps); i < rows; i++)
		if ((topic == NULL || strcmp(topic, "avp") == 0) && !n->is_number)
			nearest_try(n, str_of(avps[i].name));
	text_free(&out);
}
