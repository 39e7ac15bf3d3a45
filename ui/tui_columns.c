#include "tui_columns.h"

#include <stdlib.h>

#include "nearest.h"

/* Both ends are shown as one cell each: name and ids. */
static bool tui_column_fits(const struct field *f)
{
	if (f->kind == FACT_OBJECT)
		return strcmp(f->key, "lac") == 0 || strcmp(f->key, "lns") == 0;
	return f->kind != FACT_RAW;
}

static bool is_shown(const struct tui *t, const struct field *f)
{
	for (size_t i = 0; i < t->n_columns; i++) {
		if (t->columns[i] == f)
			return true;
	}
	return false;
}

static void write_names(struct tui *t)
{
	text_clear(&t->columns_text);
	for (size_t i = 0; i < t->n_columns; i++)
		text_printf(&t->columns_text, "%s%s", i == 0 ? "" : ",", t->columns[i]->key);
}

static const struct field *field_in(struct str name, struct text *why_not)
{
	struct nearest n = nearest_start(name, 2);

	for (size_t i = 0; i < field_calls.n; i++) {
		if (!tui_column_fits(&field_calls.rows[i]))
			continue;
		if (str_is(name, field_calls.rows[i].key))
			return &field_calls.rows[i];
		nearest_try(&n, str_of(field_calls.rows[i].key));
	}
	text_puts(why_not, "no column `");
	text_escape(why_not, name);
	text_puts(why_not, "`");
	if (n.best[0] != '\0')
		text_printf(why_not, "; is `%s` meant?", n.best);
	return NULL;
}

bool tui_columns_set(struct tui *t, struct str names, struct text *why_not)
{
	const struct field *columns[TUI_COLUMNS];
	size_t n = 0;

	while (names.len > 0 && n < TUI_COLUMNS) {
		size_t end = str_find(names, STR(","));
		struct str one = {names.at, end == SIZE_MAX ? names.len : end};

		columns[n] = field_in(str_trim(one), why_not);
		if (columns[n++] == NULL)
			return false;
		names = str_from(names, end == SIZE_MAX ? names.len : end + 1);
	}
	if (n == 0) {
		text_puts(why_not, "at least one column");
		return false;
	}
	memcpy(t->columns, columns, n * sizeof(columns[0]));
	t->n_columns = n;
	write_names(t);
	return true;
}

bool tui_columns_sort(struct tui *t, struct str name, struct text *why_not)
{
	bool is_down = str_starts(name, "-");
	const struct field *f = field_in(is_down ? str_from(name, 1) : name, why_not);
	struct str kept;

	if (f == NULL)
		return false;
	kept = arena_str(t->run->kept, name);
	t->sort = kept.at;
	t->sort_field = f;
	t->sorts_down = is_down;
	return true;
}

/* ---- the screen ---- */

/* The i-th field that can be a column. */
static const struct field *candidate(size_t i)
{
	for (size_t k = 0; k < field_calls.n; k++) {
		if (tui_column_fits(&field_calls.rows[k]) && i-- == 0)
			return &field_calls.rows[k];
	}
	return NULL;
}

static size_t rows(struct screen *s)
{
	size_t n = 0;

	(void)s;
	while (candidate(n) != NULL)
		n++;
	return n;
}

static void line(struct screen *s, size_t row, struct text *t)
{
	const struct field *f = candidate(row);

	if (f == NULL)
		return;
	text_printf(t, " [%c] %s\033[29G%s", is_shown(s->tui, f) ? 'x' : ' ', f->key, f->about);
}

static void toggle(struct tui *t, const struct field *f)
{
	size_t kept = 0;

	if (!is_shown(t, f)) {
		if (t->n_columns < TUI_COLUMNS)
			t->columns[t->n_columns++] = f;
	} else if (t->n_columns > 1) {
		for (size_t i = 0; i < t->n_columns; i++) {
			if (t->columns[i] != f)
				t->columns[kept++] = t->columns[i];
		}
		t->n_columns = kept;
	}
	write_names(t);
	tui_refresh(t);
}

static bool act(struct screen *s, enum action a)
{
	if (a != ACTION_ENTER && a != ACTION_SELECT)
		return false;
	if (candidate(s->at) != NULL)
		toggle(s->tui, candidate(s->at));
	return true;
}

static void close_columns(struct screen *s)
{
	free(s);
}

static const struct screen_class class = {
	.name = "columns",
	.on = ON_CHOICE,
	.printed_by = "explain fields",
	.rows = rows,
	.line = line,
	.act = act,
	.close = close_columns,
};

void tui_columns_open(struct tui *t)
{
	struct screen *s = must_alloc(1, sizeof(*s));

	*s = (struct screen){.class = &class};
	tui_push(t, s);
}
