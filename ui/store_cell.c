#include "store_cell.h"

#include <inttypes.h>

#include "limits.h"
#include "when.h"

const struct store_table store_tables[STORE_TABLES] = {
	{"calls", &field_calls},
	{"tunnels", &field_tunnels},
	{"findings", &field_findings},
};

static enum store_type type_of(enum fact_kind kind)
{
	switch (kind) {
	case FACT_NUMBER:
		return STORE_NUMBER;
	case FACT_REAL:
		return STORE_REAL;
	case FACT_TRUTH:
		return STORE_TRUTH;
	case FACT_TIME:
		return STORE_TIME;
	case FACT_TEXT:
	case FACT_TEXTS:
	case FACT_NUMBERS:
	case FACT_RAW:
		return STORE_TEXT;
	case FACT_NULL:
	case FACT_OBJECT:
		break;
	}
	return STORE_NULL;
}

size_t store_columns(const struct field_set *set, struct store_column ret[STORE_COLUMNS])
{
	size_t n = 0;

	for (size_t i = 0; i < set->n && n < STORE_COLUMNS; i++) {
		struct store_column *c = &ret[n];

		if (set->rows[i].kind == FACT_OBJECT)
			continue;
		*c = (struct store_column){.field = &set->rows[i],
					   .type = type_of(set->rows[i].kind)};
		str_keep(c->name, sizeof(c->name), str_of(set->rows[i].key));
		for (char *at = c->name; *at; at++)
			*at = *at == '.' ? '_' : *at;
		n++;
	}
	return n;
}

/* Lists with blanks between, as in CSV. */
static void list_put(struct text *t, const struct fact *f)
{
	for (size_t i = 0; i < f->n; i++) {
		text_puts(t, i == 0 ? "" : " ");
		if (f->kind == FACT_TEXTS)
			text_add(t, f->texts[i]);
		else if (f->known[i])
			text_printf(t, "%" PRIu64, f->numbers[i]);
		else
			text_puts(t, "?");
	}
}

static struct str words_of(const struct subject *s, const struct fact *f)
{
	struct text t = text_make(LIMIT_OUTPUT_LINE);
	struct text escaped = text_make(LIMIT_OUTPUT_LINE);
	struct str words;

	if (f->kind == FACT_TIME)
		when_text(&t, s->report, f->mark.vantage, mark_when(&f->mark));
	else if (f->kind == FACT_TEXT || f->kind == FACT_RAW)
		text_add(&t, f->text);
	else
		list_put(&t, f);
	text_escape(&escaped, text_str(&t));
	words = arena_str(s->arena, text_str(&escaped));
	text_free(&escaped);
	text_free(&t);
	return words;
}

static struct store_cell cell_of(const struct subject *s, const struct fact *f)
{
	struct store_cell c = {.type = type_of(f->kind)};

	switch (c.type) {
	case STORE_NUMBER:
		c.number = f->number;
		break;
	case STORE_TRUTH:
		c.number = f->truth;
		break;
	case STORE_REAL:
		c.real = f->real;
		break;
	case STORE_TEXT:
	case STORE_TIME:
		c.text = words_of(s, f);
		break;
	case STORE_NULL:
		break;
	}
	return c;
}

/* A member of an object that is not there is unknown. */
static bool is_member(const char *key, const char *object)
{
	size_t len = object ? strlen(object) : 0;

	return len > 0 && strncmp(key, object, len) == 0 && key[len] == '.';
}

size_t store_cells(const struct field_set *set, const struct subject *s,
		   struct store_cell ret[STORE_COLUMNS])
{
	const char *absent = NULL;
	size_t n = 0;

	for (size_t i = 0; i < set->n && n < STORE_COLUMNS; i++) {
		const struct field *row = &set->rows[i];
		struct fact f = {0};
		bool is_there = !is_member(row->key, absent) && field_get(set, row, s, &f);

		if (row->kind == FACT_OBJECT)
			absent = is_there ? absent : row->key;
		else
			ret[n++] = is_there ? cell_of(s, &f) : (struct store_cell){0};
	}
	return n;
}

/* ---- for COPY ---- */

/* Control characters are escaped already; what is left is the backslash itself. */
static void put_copied(struct text *line, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '\\')
			text_putc(line, '\\');
		text_putc(line, s.at[i]);
	}
}

static void put_cell(struct text *line, const struct store_cell *c)
{
	switch (c->type) {
	case STORE_NULL:
		text_puts(line, "\\N");
		break;
	case STORE_NUMBER:
		text_printf(line, "%" PRIu64, c->number);
		break;
	case STORE_REAL:
		text_printf(line, "%.6f", c->real);
		break;
	case STORE_TRUTH:
		text_puts(line, c->number ? "true" : "false");
		break;
	case STORE_TEXT:
	case STORE_TIME:
		put_copied(line, c->text);
		break;
	}
}

void store_copy_row(struct text *line, const struct field_set *set, const struct subject *s)
{
	struct store_cell cells[STORE_COLUMNS];
	size_t n = store_cells(set, s, cells);

	for (size_t i = 0; i < n; i++) {
		text_puts(line, i == 0 ? "" : "\t");
		put_cell(line, &cells[i]);
	}
}
