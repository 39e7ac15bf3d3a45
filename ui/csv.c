#include "csv.h"

#include <inttypes.h>

#include "limits.h"
#include "when.h"

struct csv csv_into(struct text *line)
{
	return (struct csv){.line = line};
}

static void begin_field(struct csv *c)
{
	if (c->needs_comma)
		text_putc(c->line, ',');
	c->needs_comma = true;
}

/* What Excel, LibreOffice and others begin a formula with, also behind blanks; = + - @ of full
 * width are those of a Japanese keyboard. */
static bool begins_formula(struct str s)
{
	static const char *const signs[] = {"=",
					    "+",
					    "-",
					    "@",
					    "\t",
					    "\r",
					    "\n",
					    "\xef\xbc\x9d",
					    "\xef\xbc\x8b",
					    "\xef\xbc\x8d",
					    "\xef\xbc\xa0"};

	while (s.len > 0 && s.at[0] == ' ')
		s = str_from(s, 1);
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (str_starts(s, signs[i]))
			return true;
	}
	return false;
}

static bool needs_quotes(struct str s)
{
	return s.len > 0 &&
	       (s.at[0] == ' ' || s.at[s.len - 1] == ' ' || memchr(s.at, ',', s.len) != NULL ||
		memchr(s.at, '"', s.len) != NULL || memchr(s.at, ';', s.len) != NULL);
}

static void put_text(struct text *line, struct str s, bool is_formula)
{
	bool is_quoted = needs_quotes(s);

	text_puts(line, is_quoted ? "\"" : "");
	text_puts(line, is_formula ? "'" : "");
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '"')
			text_putc(line, '"');
		text_putc(line, s.at[i]);
	}
	text_puts(line, is_quoted ? "\"" : "");
}

void csv_text(struct csv *c, struct str untrusted)
{
	struct text escaped = text_make(LIMIT_OUTPUT_LINE);

	begin_field(c);
	text_escape(&escaped, untrusted);
	put_text(c->line, text_str(&escaped), begins_formula(untrusted));
	text_free(&escaped);
}

void csv_number(struct csv *c, uint64_t number)
{
	begin_field(c);
	text_printf(c->line, "%" PRIu64, number);
}

void csv_id(struct csv *c, uint64_t number)
{
	if (number == 0)
		begin_field(c);
	else
		csv_number(c, number);
}

void csv_word(struct csv *c, const char *word)
{
	begin_field(c);
	put_text(c->line, str_of(word), false);
}

void csv_end(struct csv *c, struct term *term)
{
	text_putc(c->line, '\r');
	term_line(term, c->line);
	c->needs_comma = false;
}

void csv_field_head(struct csv *c, const struct field_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		if (set->rows[i].kind != FACT_OBJECT)
			csv_word(c, set->rows[i].key);
	}
}

static void put_fact(struct csv *c, const struct subject *s, const struct fact *f)
{
	struct text t = text_make(LIMIT_OUTPUT_LINE);

	switch (f->kind) {
	case FACT_NULL:
	case FACT_OBJECT:
		csv_word(c, NULL);
		break;
	case FACT_TIME:
		when_text(&t, s->report, f->mark.vantage, mark_when(&f->mark));
		csv_word(c, t.at);
		break;
	case FACT_NUMBER:
		csv_number(c, f->number);
		break;
	case FACT_REAL:
		text_printf(&t, "%.6f", f->real);
		csv_word(c, t.at);
		break;
	case FACT_TRUTH:
		csv_word(c, f->truth ? "true" : "false");
		break;
	case FACT_TEXT:
	case FACT_RAW:
		csv_text(c, f->text);
		break;
	case FACT_TEXTS:
		for (size_t i = 0; i < f->n; i++) {
			text_puts(&t, i == 0 ? "" : " ");
			text_add(&t, f->texts[i]);
		}
		csv_text(c, text_str(&t));
		break;
	case FACT_NUMBERS:
		for (size_t i = 0; i < f->n; i++) {
			text_puts(&t, i == 0 ? "" : " ");
			if (f->known[i])
				text_printf(&t, "%" PRIu64, f->numbers[i]);
			else
				text_puts(&t, "?");
		}
		csv_text(c, text_str(&t));
		break;
	}
	text_free(&t);
}

/* A member of an object that is not there (`cdn.from` of a call without CDN) says nothing. */
static bool is_member(const char *key, const char *object)
{
	size_t len = object == NULL ? 0 : strlen(object);

	return len > 0 && strncmp(key, object, len) == 0 && key[len] == '.';
}

void csv_field_row(struct csv *c, const struct field_set *set, const struct subject *s)
{
	const char *absent = NULL;

	for (size_t i = 0; i < set->n; i++) {
		const struct field *row = &set->rows[i];
		struct fact f = {0};
		bool is_there = !is_member(row->key, absent) && field_get(set, row, s, &f);

		if (row->kind == FACT_OBJECT)
			absent = is_there ? absent : row->key;
		else if (is_there)
			put_fact(c, s, &f);
		else
			csv_word(c, NULL);
	}
}
