/* Causes of calls and tunnels, habits of implementations, thresholds of rules. */
#include "cause_table.h"
#include "explain.h"
#include "quirk.h"
#include "settle.h"
#include "threshold.h"

static void part_str(struct run *r, const char *word, struct str words)
{
	text_printf(&r->line, "    %s ", word);
	term_wrap(&r->term, &r->line, 8, words);
}

static void part(struct run *r, const char *word, const char *words)
{
	part_str(r, word, str_of(words));
}

static void json_cause(struct run *r, const struct cause_fact *row)
{
	struct writer j = writer_into(&r->line);

	writer_open(&j, '{');
	writer_pair_known(&j, "type", STR("cause"));
	writer_pair_known(&j, "cause", str_of(row->slug));
	writer_pair_known(&j, "stage", str_of(cause_stage_name(row->stage)));
	writer_pair_known(&j, "meaning", str_of(row->meaning));
	writer_pair_known(&j, "concluded", str_of(row->concluded));
	writer_pair_known(&j, "advice", str_of(row->advice));
	writer_key(&j, "settle");
	writer_open(&j, '[');
	for (size_t i = 0;; i++) {
		struct text words = text_make(256);
		bool is_there = settle_row_words(row->slug, i, &words);

		if (is_there)
			writer_string(&j, text_str(&words));
		text_free(&words);
		if (!is_there)
			break;
	}
	writer_close(&j, ']');
	writer_close(&j, '}');
	run_print_json(r);
}

static void print_cause(struct run *r, const struct cause_fact *row, bool is_short)
{
	if (r->options->json) {
		json_cause(r, row);
		return;
	}
	if (is_short) {
		text_printf(&r->line, "  %s", row->slug);
		term_pad(&r->line, 26, true);
		term_wrap(&r->term, &r->line, 28, str_of(row->meaning));
		return;
	}
	term_styled(&r->term, &r->line, STYLE_BOLD, row->slug);
	text_printf(&r->line, " (%s)", cause_stage_name(row->stage));
	term_line(&r->term, &r->line);
	part(r, "what:", row->meaning);
	part(r, "from:", row->concluded);
	part(r, "do:", row->advice);
	for (size_t i = 0;; i++) {
		struct text words = text_make(256);
		bool is_there = settle_row_words(row->slug, i, &words);

		if (is_there)
			part_str(r, i == 0 ? "to be sure:" : "or:", text_str(&words));
		text_free(&words);
		if (!is_there)
			return;
	}
}

size_t explain_cause(struct run *r, const struct question *q)
{
	const struct cause_fact *rows;
	size_t n = cause_rows(&rows);
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		if (q->n > 0 && strcmp(q->words[0], rows[i].slug) != 0)
			continue;
		if (q->n == 0 && !r->options->json &&
		    (i == 0 || rows[i].stage != rows[i - 1].stage)) {
			text_puts(&r->line, cause_stage_name(rows[i].stage));
			term_line(&r->term, &r->line);
		}
		print_cause(r, &rows[i], q->n == 0);
		found++;
	}
	return found;
}

static void json_quirk(struct run *r, const struct quirk *row)
{
	struct writer j = writer_into(&r->line);

	writer_open(&j, '{');
	writer_pair_known(&j, "type", STR("quirk"));
	writer_pair_known(&j, "quirk", str_of(row->id));
	writer_pair_known(&j, "who", str_of(row->who));
	writer_pair_known(&j, "seen", str_of(row->seen));
	writer_pair_known(&j, "meaning", str_of(row->meaning));
	writer_pair_known(&j, "rule", str_of(row->rule));
	writer_close(&j, '}');
	run_print_json(r);
}

static void print_quirk(struct run *r, const struct quirk *row, bool is_short)
{
	if (r->options->json) {
		json_quirk(r, row);
		return;
	}
	if (is_short) {
		text_printf(&r->line, "  %s", row->id);
		term_pad(&r->line, 30, true);
		text_printf(&r->line, "%s: ", row->who);
		term_wrap(&r->term, &r->line, 32, str_of(row->seen));
		return;
	}
	term_styled(&r->term, &r->line, STYLE_BOLD, row->id);
	text_printf(&r->line, " (%s)", row->who);
	term_line(&r->term, &r->line);
	part(r, "seen:", row->seen);
	part(r, "why:", row->meaning);
	if (row->rule != NULL)
		part(r, "finding:", row->rule);
}

/* By its id or by the name of the software: `explain quirk Windows`. */
static bool is_asked(const struct question *q, const struct quirk *row)
{
	if (q->n == 0 || strcmp(q->words[0], row->id) == 0)
		return true;
	return str_equal_nocase(str_of(q->words[0]), str_of(row->who));
}

size_t explain_quirk(struct run *r, const struct question *q)
{
	const struct quirk *rows;
	size_t n = quirk_rows(&rows);
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		if (!is_asked(q, &rows[i]))
			continue;
		print_quirk(r, &rows[i], q->n == 0);
		found++;
	}
	return found;
}

static void json_threshold(struct run *r, const struct threshold_row *row)
{
	struct writer j = writer_into(&r->line);

	writer_open(&j, '{');
	writer_pair_known(&j, "type", STR("threshold"));
	writer_pair_known(&j, "threshold", str_of(row->name));
	writer_key(&j, "default");
	writer_real(&j, row->value);
	writer_pair_known(&j, "unit", str_of(row->unit));
	writer_pair_known(&j, "about", str_of(row->about));
	writer_close(&j, '}');
	run_print_json(r);
}

size_t explain_threshold(struct run *r, const struct question *q)
{
	const struct threshold_row *rows;
	size_t n = threshold_rows(&rows);
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		if (q->n > 0 && strcmp(q->words[0], rows[i].name) != 0)
			continue;
		found++;
		if (r->options->json) {
			json_threshold(r, &rows[i]);
			continue;
		}
		text_printf(&r->line, "  %s", rows[i].name);
		term_pad(&r->line, 24, true);
		text_printf(&r->line, "%.9g %s", rows[i].value, rows[i].unit);
		term_pad(&r->line, 36, true);
		term_wrap(&r->term, &r->line, 38, str_of(rows[i].about));
	}
	return found;
}
