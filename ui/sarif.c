#include "sarif.h"

#include <stdlib.h>

#include "character.h"
#include "pick.h"
#include "wireshark.h"

static void put_message(struct writer *j, const char *key, struct str words)
{
	writer_key(j, key);
	writer_open(j, '{');
	writer_key(j, "text");
	writer_string(j, words);
	writer_close(j, '}');
}

static void put_rule(struct writer *j, const struct rule_row *row)
{
	writer_open(j, '{');
	writer_key(j, "id");
	writer_string(j, str_of(row->id));
	put_message(j, "shortDescription", str_of(row->title));
	put_message(j, "fullDescription", str_of(row->explain));
	put_message(j, "help", str_of(row->advice));
	writer_key(j, "defaultConfiguration");
	writer_open(j, '{');
	writer_key(j, "level");
	writer_string(j, str_of(severity_word(row->severity)));
	writer_close(j, '}');
	writer_key(j, "properties");
	writer_open(j, '{');
	writer_key(j, "reference");
	writer_string(j, str_of(row->ref));
	writer_close(j, '}');
	writer_close(j, '}');
}

static void flush(struct sarif *s)
{
	term_write(&s->run->term, text_str(&s->run->line));
	text_clear(&s->run->line);
}

void sarif_begin(struct sarif *s, struct run *r)
{
	const struct rule_row *const *rows;
	size_t n = rule_rows(&rows);

	*s = (struct sarif){.run = r, .j = writer_into(&r->line)};
	writer_open(&s->j, '{');
	writer_key(&s->j, "$schema");
	writer_string(&s->j, STR("https://json.schemastore.org/sarif-2.1.0.json"));
	writer_key(&s->j, "version");
	writer_string(&s->j, STR("2.1.0"));
	writer_key(&s->j, "runs");
	writer_open(&s->j, '[');
	writer_open(&s->j, '{');
	writer_key(&s->j, "tool");
	writer_open(&s->j, '{');
	writer_key(&s->j, "driver");
	writer_open(&s->j, '{');
	writer_key(&s->j, "name");
	writer_string(&s->j, STR("l2tpscope"));
	writer_key(&s->j, "version");
	writer_string(&s->j, STR(L2TPSCOPE_VERSION));
	writer_key(&s->j, "rules");
	writer_open(&s->j, '[');
	for (size_t i = 0; i < n; i++) {
		put_rule(&s->j, rows[i]);
		flush(s);
	}
	writer_close(&s->j, ']');
	writer_close(&s->j, '}');
	writer_close(&s->j, '}');
	writer_key(&s->j, "columnKind");
	writer_string(&s->j, STR("unicodeCodePoints"));
	writer_key(&s->j, "results");
	writer_open(&s->j, '[');
}

static size_t rule_index(const struct rule_row *row)
{
	const struct rule_row *const *rows;
	size_t n = rule_rows(&rows);
	size_t i = 0;

	while (i < n && rows[i] != row)
		i++;
	return i;
}

/* A URI reference (RFC 3986): whatever is not unreserved or a slash is percent-encoded. */
static void put_uri(struct writer *j, const char *path)
{
	struct text uri = text_make(LIMIT_RECORD);

	for (const char *c = path; *c != '\0'; c++) {
		bool is_plain =
			char_is_letter(*c) || char_is_digit(*c) || strchr("-._~/", *c) != NULL;

		if (is_plain)
			text_putc(&uri, *c);
		else
			text_printf(&uri, "%%%02X", (unsigned char)*c);
	}
	writer_string(j, text_str(&uri));
	text_free(&uri);
}

static void put_location(struct sarif *s, const struct subject *subject, const struct mark *m)
{
	struct writer *j = &s->j;
	struct str words;

	writer_open(j, '{');
	writer_key(j, "physicalLocation");
	writer_open(j, '{');
	writer_key(j, "artifactLocation");
	writer_open(j, '{');
	writer_key(j, "uri");
	put_uri(j, s->run->inputs[mark_input(m)].path);
	writer_close(j, '}');
	if (mark_line(m) != 0) {
		writer_key(j, "region");
		writer_open(j, '{');
		writer_pair_unsigned(j, "startLine", mark_line(m));
		writer_close(j, '}');
	}
	writer_close(j, '}');
	if (mark_frame(m) != 0) {
		struct text name = text_make(64);

		text_printf(&name, "frame %llu", (unsigned long long)mark_frame(m));
		writer_key(j, "logicalLocations");
		writer_open(j, '[');
		writer_open(j, '{');
		writer_key(j, "name");
		writer_string(j, text_str(&name));
		writer_close(j, '}');
		writer_close(j, ']');
		text_free(&name);
	}
	words = mark_words(subject, m);
	if (words.len > 0)
		put_message(j, "message", words);
	writer_close(j, '}');
}

static void put_locations(struct sarif *s, const struct subject *subject)
{
	const struct finding *f = subject->finding;
	const struct mark *marks = f->n_evidence > 0 ? f->evidence : &f->mark;
	size_t n = f->n_evidence > 0 ? f->n_evidence : f->mark.is_set;

	writer_key(&s->j, "locations");
	writer_open(&s->j, '[');
	for (size_t i = 0; i < n; i++) {
		if (mark_input(&marks[i]) < s->run->n_inputs)
			put_location(s, subject, &marks[i]);
	}
	writer_close(&s->j, ']');
}

static void put_fingerprint(struct writer *j, const struct finding *f)
{
	struct text print = text_make(32);

	finding_fingerprint(&print, f);
	writer_key(j, "partialFingerprints");
	writer_open(j, '{');
	writer_key(j, "l2tpscope/v1");
	writer_string(j, text_str(&print));
	writer_close(j, '}');
	text_free(&print);
}

static void put_properties(struct writer *j, const struct finding *f)
{
	struct text filter = text_make(1024);

	writer_key(j, "properties");
	writer_open(j, '{');
	writer_pair_id(j, "call", f->call == NULL ? 0 : f->call->number);
	writer_pair_id(j, "tunnel", f->tunnel == NULL ? 0 : f->tunnel->number);
	wireshark_finding(&filter, f);
	writer_pair_known(j, "wireshark", text_str(&filter));
	writer_close(j, '}');
	text_free(&filter);
}

void sarif_result(struct sarif *s, const struct finding *f)
{
	struct subject subject = run_subject(s->run);
	struct str words = f->text.len > 0 ? f->text : str_of(f->rule->title);
	struct text masked = text_make(LIMIT_RECORD);

	subject.finding = f;
	subject.call = f->call;
	subject.tunnel = f->tunnel;
	writer_open(&s->j, '{');
	writer_key(&s->j, "ruleId");
	writer_string(&s->j, str_of(f->rule->id));
	writer_pair_unsigned(&s->j, "ruleIndex", rule_index(f->rule));
	writer_key(&s->j, "level");
	writer_string(&s->j, str_of(severity_word(f->severity)));
	term_untrusted(&masked, words, s->run->options->show_secrets);
	put_message(&s->j, "message", text_str(&masked));
	text_free(&masked);
	put_locations(s, &subject);
	writer_pair_unsigned(&s->j, "occurrenceCount", f->count > 0 ? f->count : 1);
	put_fingerprint(&s->j, f);
	put_properties(&s->j, f);
	writer_close(&s->j, '}');
	flush(s);
}

void sarif_end(struct sarif *s)
{
	writer_close(&s->j, ']');
	writer_close(&s->j, '}');
	writer_close(&s->j, ']');
	writer_close(&s->j, '}');
	term_line(&s->run->term, &s->run->line);
}
