#include <ctype.h>
#include <stdlib.h>

#include "command.h"
#include "complete.h"
#include "explain.h"

static enum exit_status run_explain(struct run *r);

const struct command command_explain = {
	.bit = COMMAND_EXPLAIN,
	.name = "explain",
	.arguments = "[OPTIONS] [TOPIC [NAME]]",
	.about = "a rule, cause, AVP, option, code, field, dialect, threshold, or state machine",
	.details =
		"Prints the tables that the program works by. Without a TOPIC: the list of topics. "
		"`explain\nmachine tunnel --format dot` draws for graphviz. A NAME alone is "
		"looked for everywhere.",
	.needs = NO_INPUTS,
	.run = run_explain,
};

static const struct explain_topic topics[] = {
	{"machine", "NAME", "a state machine as a table, or --format dot", explain_machine},
	{"avp", "NUMBER|NAME", "an L2TP attribute", explain_avp},
	{"option", "[PROTOCOL] NUMBER|NAME", "a PPP configuration option", explain_option},
	{"code", "[DOMAIN] NUMBER|NAME", "a number with a name: message, cause, PPP code",
	 explain_code},
	{"result", "[stopccn|cdn] NUMBER", "a result code of StopCCN or CDN", explain_result},
	{"rule", "ID", "a finding: what, why, what to do", explain_rule},
	{"cause", "SLUG", "why a call or tunnel ended: what it means, how it is concluded",
	 explain_cause},
	{"quirk", "ID|SOFTWARE", "a habit of some software that looks like a fault and is none",
	 explain_quirk},
	{"field", "NAME", "a name that --where and --json know", explain_field},
	{"threshold", "NAME", "when a rule speaks: what --set can change", explain_threshold},
	{"dialect", "NAME", "a kind of log that is read: each form of a line, with its sample",
	 explain_dialect},
	{"key", "ACTION", "a key of the screens (`ui`): what it does, and where", explain_key},
	{"schema", "DATABASE",
	 "tables for calls, tunnels, findings: postgresql, clickhouse, sqlite", explain_schema},
	{"coverage", "", "how much is named and decoded, counted from the tables",
	 explain_coverage},
	{"manual", "PAGE",
	 "a manual page, for `man -l -`: that of a command, `filter`, `rules`, `causes`",
	 explain_manual},
};

enum { N_TOPICS = sizeof(topics) / sizeof(topics[0]) };

size_t explain_topics(const struct explain_topic **ret)
{
	*ret = topics;
	return N_TOPICS;
}

static void list_topics(struct run *r)
{
	for (size_t i = 0; i < N_TOPICS; i++) {
		if (r->options->json) {
			struct writer j = writer_into(&r->line);

			writer_open(&j, '{');
			writer_pair_known(&j, "type", STR("topic"));
			writer_pair_known(&j, "name", str_of(topics[i].name));
			writer_pair_known(&j, "about", str_of(topics[i].about));
			writer_close(&j, '}');
			run_print_json(r);
			continue;
		}
		text_printf(&r->line, "  explain %s %s", topics[i].name, topics[i].arguments);
		term_pad(&r->line, 42, true);
		text_puts(&r->line, topics[i].about);
		term_line(&r->term, &r->line);
	}
}

/* `quirks` is `quirk`: the plural asks for the list. */
static bool is_topic(const char *word, const char *topic)
{
	size_t n = strlen(topic);

	return strncmp(word, topic, n) == 0 && (word[n] == '\0' || strcmp(word + n, "s") == 0);
}

static const struct explain_topic *topic_of(const char *name)
{
	for (size_t i = 0; i < N_TOPICS; i++) {
		if (is_topic(name, topics[i].name))
			return &topics[i];
	}
	return NULL;
}

static size_t ask(struct run *r, const struct explain_topic *topic, const struct question *q)
{
	size_t found = 0;

	if (topic != NULL)
		return topic->explain(r, q);
	for (size_t i = 0; i < N_TOPICS; i++) {
		/* `explain calls` does not mean the page */
		if (topics[i].explain != explain_manual)
			found += topics[i].explain(r, q);
	}
	return found;
}

/* `explain avp Host Name`: a name of several words needs no quotes. */
static size_t ask_as_one(struct run *r, const struct explain_topic *topic, const struct question *q)
{
	struct text name = text_make(256);
	const char *word;
	struct question one = {.words = &word, .n = 1};
	size_t found;

	for (size_t i = 0; i < q->n; i++)
		text_printf(&name, "%s%s", i == 0 ? "" : " ", q->words[i]);
	word = name.at;
	found = q->n < 2 ? 0 : ask(r, topic, &one);
	text_free(&name);
	return found;
}

/* `explain 'CDN 2'`, `explain CDN 2`: the words as a person writes them, in quotes or with
 * capitals.
 */
static size_t ask_folded(struct run *r)
{
	enum { WORDS = 8 };
	const struct options *o = r->options;
	const char *words[WORDS];
	struct question q = {.words = words};
	const struct explain_topic *topic;
	struct text line = text_make(256);
	size_t found;

	for (size_t i = 0; i < o->n_words; i++)
		text_printf(&line, "%s%s", i == 0 ? "" : " ", o->words[i]);
	for (char *at = line.at; *at != '\0' && q.n < WORDS;) {
		char *end = at + strcspn(at, " ");
		bool is_last = *end == '\0';

		*end = '\0';
		for (char *c = at; q.n == 0 && *c != '\0'; c++)
			*c = (char)tolower((unsigned char)*c);
		if (*at != '\0')
			words[q.n++] = at;
		at = is_last ? end : end + 1;
	}
	topic = q.n == 0 ? NULL : topic_of(words[0]);
	if (topic != NULL) {
		q.words++;
		q.n--;
	}
	found = q.n < 1 ? 0 : ask(r, topic, &q);
	text_free(&line);
	return found;
}

static void refuse(struct run *r, const struct explain_topic *topic)
{
	const struct options *o = r->options;
	const char *word = topic != NULL && o->n_words > 1 ? o->words[1] : o->words[0];
	struct nearest near = nearest_start(str_of(word), 2);
	struct text hint = text_make(256);
	struct text asked = text_make(256);

	complete_nearest(&near, topic == NULL ? NULL : topic->name);
	for (size_t i = 0; i < o->n_words; i++)
		text_printf(&asked, "%s%s", i == 0 ? "" : " ", o->words[i]);
	if (topic != NULL && o->n_words > 2 && str_equal_nocase(str_of(near.best), str_of(word)))
		text_printf(&hint, "`l2tpscope explain %s %s` lists what there is", topic->name,
			    near.best);
	else if (near.has_range && topic != NULL)
		text_printf(&hint, "the known numbers lie between %u and %u", near.lowest,
			    near.highest);
	else if (near.best[0] != '\0')
		text_printf(&hint, "is `%s%s%s` meant?", topic == NULL ? "" : topic->name,
			    topic == NULL ? "" : " ", near.best);
	else
		text_printf(&hint, "`l2tpscope explain%s%s` lists %s", topic == NULL ? "" : " ",
			    topic == NULL ? "" : topic->name,
			    topic == NULL ? "the topics" : "what there is");
	run_refuse("nothing is known as `%s`; %s", asked.at, hint.at);
	text_free(&asked);
	text_free(&hint);
}

static enum exit_status run_explain(struct run *r)
{
	const struct options *o = r->options;
	const struct explain_topic *topic;
	struct question q = {.words = o->words, .n = o->n_words};

	if (o->n_words == 0 || strcmp(o->words[0], "topics") == 0) {
		list_topics(r);
		return STATUS_DONE;
	}
	topic = topic_of(o->words[0]);
	if (topic != NULL) {
		q.words++;
		q.n--;
	}
	if (ask(r, topic, &q) > 0 || ask_as_one(r, topic, &q) > 0 || ask_folded(r) > 0)
		return STATUS_DONE;
	if (topic == NULL && command_named(o->words[0]) != NULL)
		run_refuse("`%s` is a command: `l2tpscope help %s`", o->words[0], o->words[0]);
	else
		refuse(r, topic);
	return STATUS_USAGE;
}
