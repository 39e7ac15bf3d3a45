#include "table.h"

#include "limits.h"

struct cell {
	struct str text;
	enum style style;
};

/* Of many rows most may be in a file: the arena is told of each that is looked at. */
struct table_row {
	struct table_row *next;
	struct cell cells[];
};

struct table table_make(struct arena *a, const struct table_column *columns, size_t n_columns)
{
	return (struct table){.arena = a, .columns = columns, .n_columns = n_columns};
}

void table_add(struct table *t, const struct str *cells, const enum style *styles)
{
	struct table_row *row =
		arena_alloc(t->arena, sizeof(*row) + t->n_columns * sizeof(row->cells[0]));

	if (row == NULL)
		return;
	for (size_t i = 0; i < t->n_columns; i++)
		row->cells[i] = (struct cell){arena_str(t->arena, cells[i]),
					      styles == NULL ? STYLE_NONE : styles[i]};
	if (t->last == NULL)
		t->first = row;
	else
		t->last->next = row;
	t->last = row;
	t->n_rows++;
}

static const struct table_row *row_after(const struct table *t, const struct table_row *r)
{
	arena_looked(t->arena);
	return r->next;
}

/* `05-01 12:00:30` */
static struct str without_date(struct str time)
{
	size_t blank = str_find(time, STR(" "));

	return blank == SIZE_MAX ? time : str_from(time, blank + 1);
}

static struct str cell_of(const struct table *t, const struct table_row *r, size_t column)
{
	struct str cell = r->cells[column].text;

	return t->hides_dates && t->columns[column].is_time ? without_date(cell) : cell;
}

/* The blank after which a cell is not cut: ids and addresses mean nothing when they are. */
static struct str tail_of(struct str cell)
{
	size_t blank = str_find(cell, STR(" "));

	return blank == SIZE_MAX ? STR("") : str_from(cell, blank);
}

/* How wide the cells of a column are. */
struct measure {
	bool is_known; /* one of them holds something */
	size_t whole, head, tail;
};

/* How a table is made to fit. */
struct layout {
	struct measure measures[TABLE_COLUMNS];
	size_t widths[TABLE_COLUMNS]; /* 0: left out */
	bool has_tails;
};

/* What of a cell is shown, unless it is cut. */
static struct str shown(const struct layout *l, const struct table_column *column, struct str cell)
{
	if (!l->has_tails && column->keeps_tail)
		cell.len -= tail_of(cell).len;
	return cell;
}

static void widen(size_t *width, size_t columns)
{
	if (columns > *width)
		*width = columns;
}

static void measure_cell(struct measure *m, const struct table_column *column, struct str cell)
{
	struct str tail = column->keeps_tail ? tail_of(cell) : (struct str){0};
	size_t columns = term_columns(cell);

	m->is_known = m->is_known || columns > 0;
	widen(&m->whole, columns);
	if (!column->keeps_tail)
		return;
	widen(&m->tail, term_columns(tail));
	widen(&m->head, term_columns((struct str){cell.at, cell.len - tail.len}));
}

static void measure(const struct table *t, struct layout *l)
{
	for (const struct table_row *r = t->first; r != NULL; r = row_after(t, r))
		for (size_t i = 0; i < t->n_columns; i++)
			measure_cell(&l->measures[i], &t->columns[i], cell_of(t, r, i));
}

/* Widths by content. */
static void widths_set(const struct table *t, struct layout *l)
{
	for (size_t i = 0; i < t->n_columns; i++) {
		const struct measure *m = &l->measures[i];
		bool is_cut = !l->has_tails && t->columns[i].keeps_tail;

		l->widths[i] = term_columns(str_of(t->columns[i].title));
		widen(&l->widths[i], is_cut ? m->head : m->whole);
		if (!m->is_known && !t->columns[i].is_kept)
			l->widths[i] = 0;
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

/* The least width of a column that may be cut; 0: it may not. */
static size_t least_of(const struct table *t, const struct layout *l, size_t column)
{
	enum { LETTERS = 5 }; /* what is left of a name still tells it from the others */
	size_t least = t->columns[column].shrinks;

	if (!t->columns[column].keeps_tail)
		return least;
	if (!l->has_tails)
		return LETTERS + 1;
	if (t->n_rows > 0)
		widen(&least, l->measures[column].tail + LETTERS);
	return least;
}

/* Takes one column at a time from the widest that may give, until the row fits. */
static void shrink(const struct table *t, struct layout *l, size_t limit)
{
	size_t least[TABLE_COLUMNS] = {0}, *widths = l->widths;

	for (size_t i = 0; i < t->n_columns; i++)
		least[i] = least_of(t, l, i);
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

struct cell_look {
	size_t width;
	bool is_right, keeps_tail;
	enum style style;
};

static void add_cell(const struct term *term, struct text *line, struct str cell,
		     struct cell_look look)
{
	size_t columns = term_columns(cell);
	size_t blanks = columns < look.width ? look.width - columns : 0;

	for (size_t i = 0; look.is_right && i < blanks; i++)
		text_putc(line, ' ');
	term_style_on(term, line, look.style);
	add_cut(line, cell, look.width, look.keeps_tail);
	term_style_off(term, line, look.style);
	for (size_t i = 0; !look.is_right && i < blanks; i++)
		text_putc(line, ' ');
}

static void print_row(const struct table *t, struct term *term, const struct layout *l,
		      const struct table_row *row)
{
	struct text line = text_make(LIMIT_OUTPUT_LINE);
	bool is_first = true;

	for (size_t i = 0; i < t->n_columns; i++) {
		const struct table_column *column = &t->columns[i];
		struct str cell = row == NULL ? str_of(column->title) : cell_of(t, row, i);
		struct cell_look look = {.width = l->widths[i],
					 .is_right = column->is_right,
					 .keeps_tail = column->keeps_tail && l->has_tails,
					 .style = row == NULL ? STYLE_BOLD : row->cells[i].style};

		if (l->widths[i] == 0)
			continue;
		if (!is_first)
			text_puts(&line, "  ");
		is_first = false;
		if (cell.len == 0)
			cell = STR("-");
		add_cell(term, &line, shown(l, column, cell), look);
	}
	term_line(term, &line);
	text_free(&line);
}

/* Without the columns up to a rank: true when a row fits. */
static bool fit(const struct table *t, struct layout *l, size_t limit, unsigned gone)
{
	widths_set(t, l);
	for (size_t i = 0; i < t->n_columns; i++)
		if (t->columns[i].gives > 0 && t->columns[i].gives <= gone)
			l->widths[i] = 0;
	drop(t, l->widths, limit);
	shrink(t, l, limit);
	return total(t, l->widths) <= limit;
}

void table_print(const struct table *t, struct term *term)
{
	struct layout l = {.has_tails = true};

	measure(t, &l);
	if (!term->is_tty && !term->has_width) {
		widths_set(t, &l);
		drop(t, l.widths, term->width);
	} else if (!fit(t, &l, term->width, 0)) {
		l.has_tails = false;
		for (unsigned gone = 0; !fit(t, &l, term->width, gone) && gone < TABLE_COLUMNS;)
			gone++;
	}
	print_row(t, term, &l, NULL);
	for (const struct table_row *r = t->first; r != NULL; r = row_after(t, r))
		print_row(t, term, &l, r);
}
