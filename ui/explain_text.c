/* Rules and fields. */
#include "cmd_common.h"
#include "explain.h"
#include "message_field.h"

static void part(struct run *r, const char *word, const char *words)
{
	if (words == NULL || words[0] == '\0')
		return;
	text_printf(&r->line, "    %s ", word);
	term_wrap(&r->term, &r->line, 8, str_of(words));
}

static void json_rule(struct run *r, const struct rule_row *row)
{
	struct writer j = writer_into(&r->line);

	writer_open(&j, '{');
	writer_pair_known(&j, "type", STR("rule"));
	writer_pair_known(&j, "rule", str_of(row->id));
	writer_pair_known(&j, "severity", str_of(severity_word(row->severity)));
	writer_pair_known(&j, "title", str_of(row->title));
	writer_pair_known(&j, "explain", str_of(row->explain));
	writer_pair_known(&j, "advice", str_of(row->advice));
	writer_pair_known(&j, "ref", str_of(row->ref));
	writer_close(&j, '}');
	run_print_json(r);
}

static void print_rule(struct run *r, const struct rule_row *row, bool is_short)
{
	if (r->options->json) {
		json_rule(r, row);
		return;
	}
	term_styled(&r->term, &r->line, common_severity_style(row->severity),
		    severity_word(row->severity));
	term_pad(&r->line, 9, true);
	text_puts(&r->line, row->id);
	if (is_short) {
		term_pad(&r->line, 44, true);
		term_wrap(&r->term, &r->line, 46, str_of(row->title));
		return;
	}
	term_line(&r->term, &r->line);
	part(r, "what:", row->title);
	part(r, "why:", row->explain);
	part(r, "do:", row->advice);
	part(r, "see:", row->ref);
}

/* Nobody knows all ids by heart: a part of one lists those that have it. */
static size_t is_near(struct run *r, const struct question *q, const struct rule_row *row)
{
	if (q->n == 0 || str_find(str_of(row->id), str_of(q->words[0])) == SIZE_MAX)
		return 0;
	print_rule(r, row, true);
	return 1;
}

size_t explain_rule(struct run *r, const struct question *q)
{
	const struct rule_row *const *rows;
	size_t n = rule_rows(&rows);
	size_t found = 0;
	size_t near = 0;

	for (size_t i = 0; i < n; i++) {
		if (q->n > 0 && strcmp(q->words[0], rows[i]->id) != 0)
			continue;
		print_rule(r, rows[i], q->n == 0);
		found++;
	}
	for (size_t i = 0; found == 0 && i < n; i++)
		near += is_near(r, q, rows[i]);
	return found + near;
}

static void print_field(struct run *r, const char *name, const char *about)
{
	struct writer j = writer_into(&r->line);

	if (r->options->json) {
		writer_open(&j, '{');
		writer_pair_known(&j, "type", STR("field"));
		writer_pair_known(&j, "name", str_of(name));
		writer_pair_known(&j, "about", str_of(about));
		writer_close(&j, '}');
		run_print_json(r);
		return;
	}
	text_printf(&r->line, "  %s", name);
	term_pad(&r->line, 40, true);
	text_puts(&r->line, about);
	term_line(&r->term, &r->line);
}

static bool is_asked(const struct question *q, const char *name)
{
	return name[0] != '\0' && (q->n == 0 || strcmp(q->words[0], name) == 0);
}

static size_t explain_dictionary(struct run *r, const struct question *q)
{
	const struct avp_row *avps;
	const struct option_row *options;
	size_t n = avp_rows(&avps);
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		if (!is_asked(q, avps[i].field))
			continue;
		print_field(r, avps[i].field, avps[i].name);
		found++;
	}
	n = option_rows(&options);
	for (size_t i = 0; i < n; i++) {
		if (!is_asked(q, options[i].field))
			continue;
		print_field(r, options[i].field, options[i].name);
		found++;
	}
	return found;
}

size_t explain_field(struct run *r, const struct question *q)
{
	struct text name = text_make(256);
	const char *about;
	const char *head;
	size_t found = 0;

	for (size_t i = 0; field_sets[i] != NULL; i++) {
		for (size_t k = 0; k < field_sets[i]->n; k++) {
			const struct field *row = &field_sets[i]->rows[k];

			text_clear(&name);
			text_printf(&name, "%s.%s", field_sets[i]->name, row->key);
			if (!is_asked(q, name.at))
				continue;
			print_field(r, name.at, row->about);
			found++;
		}
	}
	for (size_t i = 0; (head = message_field_name(i, &about)) != NULL; i++) {
		if (!is_asked(q, head))
			continue;
		print_field(r, head, about);
		found++;
	}
	text_free(&name);
	return found + explain_dictionary(r, q);
}
