/* The kinds of logs that are read: their rows, each with the line that it was made from. */
#include "daemon_dialects.h"
#include "explain.h"

enum { ROWS_MOST = 1024 };

/* A kind of log, whatever reads it. */
struct kind_of_log {
	const char *name;
	const struct grammar_table *const *tables;
	size_t n_tables;
};

static size_t rows_of(const struct kind_of_log *d, const struct grammar_row **ret)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n_tables; i++)
		for (size_t k = 0; k < d->tables[i]->n && n < ROWS_MOST; k++)
			ret[n++] = &d->tables[i]->rows[k];
	return n;
}

static bool is_recalled(const struct grammar_row *row)
{
	return row->flags & ROW_RECALLED;
}

static void json_row(struct run *r, const struct kind_of_log *d, const struct grammar_row *row)
{
	struct writer j = writer_into(&r->line);

	writer_open(&j, '{');
	writer_pair_known(&j, "type", STR("row"));
	writer_pair_known(&j, "dialect", str_of(d->name));
	writer_pair_known(&j, "row", str_of(row->name));
	writer_pair_known(&j, "sample", str_of(row->sample));
	writer_key(&j, "recalled");
	writer_bool(&j, is_recalled(row));
	if (row->means != NULL)
		writer_pair_known(&j, "means", str_of(row->means));
	writer_close(&j, '}');
	run_print_json(r);
}

static void print_row(struct run *r, const struct kind_of_log *d, const struct grammar_row *row)
{
	if (r->options->json) {
		json_row(r, d, row);
		return;
	}
	text_puts(&r->line, "  ");
	term_styled(&r->term, &r->line, STYLE_BOLD, row->name);
	if (is_recalled(row))
		text_puts(&r->line, "  (recalled: no real line was at hand)");
	term_line(&r->term, &r->line);
	text_printf(&r->line, "    %s", row->sample);
	term_line(&r->term, &r->line);
	if (row->means == NULL)
		return;
	text_puts(&r->line, "      ");
	term_wrap(&r->term, &r->line, 6, str_of(row->means));
}

static void print_kind(struct run *r, const struct kind_of_log *d, const struct grammar_row **rows,
		       size_t n)
{
	size_t recalled = 0;

	for (size_t i = 0; i < n; i++)
		recalled += is_recalled(rows[i]);
	if (r->options->json) {
		struct writer j = writer_into(&r->line);

		writer_open(&j, '{');
		writer_pair_known(&j, "type", STR("dialect"));
		writer_pair_known(&j, "dialect", str_of(d->name));
		writer_pair_unsigned(&j, "rows", n);
		writer_pair_unsigned(&j, "recalled", recalled);
		writer_close(&j, '}');
		run_print_json(r);
		return;
	}
	text_printf(&r->line, "  %s", d->name);
	term_pad(&r->line, 16, true);
	text_printf(&r->line, "%zu forms of a line", n);
	if (recalled)
		text_printf(&r->line, ", %zu of them recalled without a real one", recalled);
	term_line(&r->term, &r->line);
}

static size_t explain_kind(struct run *r, const struct question *q, const struct kind_of_log *d)
{
	const struct grammar_row *rows[ROWS_MOST];
	size_t n = rows_of(d, rows);

	if (q->n == 0) {
		print_kind(r, d, rows, n);
		return 1;
	}
	if (!str_equal_nocase(str_of(q->words[0]), str_of(d->name)))
		return 0;
	for (size_t i = 0; i < n; i++)
		print_row(r, d, rows[i]);
	return n;
}

size_t explain_dialect(struct run *r, const struct question *q)
{
	struct kind_of_log ios = {dialect_ios.name, dialect_ios.tables, dialect_ios.n_tables};
	size_t found = explain_kind(r, q, &ios);

	for (size_t i = 0; i < n_daemon_dialects; i++) {
		const struct daemon_dialect *d = daemon_dialects[i];
		struct kind_of_log kind = {d->name, &d->tables, 1};

		found += explain_kind(r, q, &kind);
	}
	return found;
}
