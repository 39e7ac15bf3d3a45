#include "table.h"

#include "limits.h"

struct table_row {
	struct str cells[TABLE_COLUMNS];
	enum style styles[TABLE_COLUMNS];
	struct table_row *next;
};

struct table table_make(struct arena *a, const struct table_column *columns, size_t n_columns)
{
	return (struct table){.arena = a, .columns = columns, .n_columns = n_columns};
}

void table_add(struct table *t, const struct str *cells, const enum style *styles)
{
	struct table_row *row = arena_alloc(t->arena, sizeof(*row));

	if (row == NULL)
		return;
	for (size_t i = 0; i < t->n_columns; i++) {
		row->cells[i] = arena_str(t->arena, cells[i]);
		row->styles[i] = styles == NULL ? STYLE_NONE : styles[i];
	}
	if (t->last == NULL)
		t->first = row;
	else
		t->last->next = row;
	t->last = row;
	t->n_rows++;
}

/* Widths by content; 0 leaves the column out. */
static void measure(const struct table *t, size_t *widths)
{
	for (size_t i = 0; i < t->n_columns; i++) {
		bool is_known = t->columns[i].is_kept;

		widths[i] = term_columns(str_of(t->columns[i].title));
		for (const struct table_row *r = t->first; r != NULL; r = r->next) {
			size_t columns = term_columns(r->cells[i]);

			is_known = is_known || columns > 0;
			if (columns > widths[i])
				widths[i] = columns;
		}
		if (!is_known)
			widths[i] = 0;
	}
}

static size_t total(const struct table *t, const size_t *widths)
{
	size_t sum = 0;

	for (size_t i = 0; i < t->n_columns; i++)
		sum += widths[i] == 0 ? 0 : widths[i] + 2;
	return sum < 2 ? 0 : sum - 2;
}

/* Leaves optional columns out, the last first, until the row fits. */
static void drop(const struct table *t, size_t *widths, size_t limit)
{
	for (size_t i = t->n_columns; i-- > 0 && total(t, widths) > limit;)
		if (t->columns[i].is_optional)
			widths[i] = 0;
}

/* The blank after which a cell is not cut: ids and addresses mean nothing when they are. */
static struct str tail_of(struct str cell)
{
	size_t blank = str_find(cell, STR(" "));

	return blank == SIZE_MAX ? STR("") : str_from(cell, blank);
}

/* The least width of a column that may be cut; 0: it may not. */
static size_t least_of(const struct table *t, size_t column)
{
	enum { LETTERS = 5 }; /* what is left of a name still tells it from the others */
	size_t least = t->columns[column].shrinks;

	if (!t->columns[column].keeps_tail)
		return least;
	for (const struct table_row *r = t->first; r != NULL; r = r->next) {
		size_t columns = term_columns(tail_of(r->cells[column])) + LETTERS;

		if (columns > least)
			least = columns;
	}
	return least;
}

/* Takes one column at a time from the widest that may give, until the row fits. */
static void shrink(const struct table *t, size_t *widths, size_t limit)
{
	size_t least[TABLE_COLUMNS] = {0};

	for (size_t i = 0; i < t->n_columns; i++)
		least[i] = least_of(t, i);
	while (total(t, widths) > limit) {
		size_t widest = t->n_columns;

		for (size_t i = 0; i < t->n_columns; i++) {
			if (least[i] == 0 || widths[i] <= least[i])
				continue;
			if (widest == t->n_columns || widths[i] > widths[widest])
				widest = i;
		}
		if (widest == t->n_columns)
			return;
		widths[widest]--;
	}
}

/* The cell cut to `width` columns, with `~` for what does not fit. */
static void add_cut(struct text *line, struct str cell, size_t width, bool keeps_tail)
{
	struct str tail = keeps_tail ? tail_of(cell) : (struct str){0};
	size_t fits = cell.len - tail.len;

	if (term_columns(cell) <= width) {
		text_add(line, cell);
		return;
	}
	width -= term_columns(tail);
	while (fits > 0) {
		fits--;
		while (fits > 0 && ((unsigned char)cell.at[fits] & 0xc0) == 0x80)
			fits--;
		if (term_columns((struct str){cell.at, fits}) + 1 <= width)
			break;
	}
	text_add(line, (struct str){cell.at, fits});
	text_putc(line, '~');
	text_add(line, tail);
}

static void add_cell(const struct term *term, struct text *line, struct str cell, size_t width,
		     const struct table_column *column, enum style style)
{
	size_t columns = term_columns(cell);
	size_t blanks = columns < width ? width - columns : 0;

	for (size_t i = 0; column->is_right && i < blanks; i++)
		text_putc(line, ' ');
	term_style_on(term, line, style);
	add_cut(line, cell, width, column->keeps_tail);
	term_style_off(term, line, style);
	for (size_t i = 0; !column->is_right && i < blanks; i++)
		text_putc(line, ' ');
}

static void print_row(const struct table *t, struct term *term, const size_t *widths,
		      const struct table_row *row)
{
	struct text line = text_make(LIMIT_OUTPUT_LINE);
	bool is_first = true;

	for (size_t i = 0; i < t->n_columns; i++) {
		struct str cell = row == NULL ? str_of(t->columns[i].title) : row->cells[i];
		enum style style = row == NULL ? STYLE_BOLD : row->styles[i];

		if (widths[i] == 0)
			continue;
		if (!is_first)
			text_puts(&line, "  ");
		is_first = false;
		if (cell.len == 0)
			cell = STR("-");
		add_cell(term, &line, cell, widths[i], &t->columns[i], style);
	}
	term_line(term, &line);
	text_free(&line);
}

void table_print(const struct table *t, struct term *term)
{
	size_t widths[TABLE_COLUMNS] = {0};

	measure(t, widths);
	drop(t, widths, term->width);
	if (term->is_tty)
		shrink(t, widths, term->width);
	print_row(t, term, widths, NULL);
	for (const struct table_row *r = t->first; r != NULL; r = r->next)
		print_row(t, term, widths, r);
}
