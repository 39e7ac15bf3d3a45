/* How wide the columns of the list of calls are, and which there is room for. */
#include "tui_calls.h"

/* By what is in sight and a bit around it: enough for the eye, and never slow. What was wider
 * elsewhere stays so wide, lest the columns jump. */
static void widen(struct calls *l)
{
	enum { AROUND = 100, WIDEST = 40 };
	struct tui *t = l->screen.tui;
	size_t at = l->screen.at;
	struct text cell = text_make(LIMIT_OUTPUT_LINE);

	l->measured_for = t->canvas->columns;
	l->measured[0] = at > AROUND ? at - AROUND : 0;
	l->measured[1] = at + AROUND < l->n ? at + AROUND : l->n;
	for (size_t k = 0; k < t->n_columns; k++) {
		size_t title = term_columns(str_of(t->columns[k]->title));

		l->natural[k] = title > l->natural[k] ? title : l->natural[k];
	}
	for (size_t i = l->measured[0]; i < l->measured[1]; i++) {
		const struct call *c = calls_of_row(l, &l->rows[i]);

		for (size_t k = 0; k < t->n_columns; k++) {
			size_t width;

			text_clear(&cell);
			calls_cell(l, &cell, c, t->columns[k]);
			width = term_columns(text_str(&cell));
			width = width > WIDEST ? WIDEST : width;
			l->natural[k] = width > l->natural[k] ? width : l->natural[k];
		}
	}
	text_free(&cell);
}

enum {
	LEAST = 8,   /* what a cell is cut down to at most; */
	END = 5,     /* an end of a call: a part of its name */
	ENOUGH = 14, /* so much of a name or a cause can be read; */
	NAMED = 10,  /* of an end so much of its name */
	KEPT = 8     /* columns that stay in sight: up to the cause, as they come */
};

/* The columns up to the cause at their narrowest. */
static size_t least_of_kept(const struct calls *l)
{
	size_t least = CALLS_MARKS;

	for (size_t k = 0; k < KEPT && k < l->screen.tui->n_columns; k++) {
		if (!l->is_hidden[k])
			least += 2 + (l->natural[k] < LEAST ? l->natural[k] : LEAST);
	}
	return least - 2;
}

/* Rather no ends of a call in a narrow window than no outcome and no cause; as `calls` has it. */
static void hide(struct calls *l, size_t room)
{
	static const char *const order[] = {"lac", "lns", "reached", "ended_by"};

	memset(l->is_hidden, 0, sizeof(l->is_hidden));
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		for (size_t k = 0; k < KEPT && k < l->screen.tui->n_columns; k++) {
			if (least_of_kept(l) > room &&
			    strcmp(l->screen.tui->columns[k]->key, order[i]) == 0)
				l->is_hidden[k] = true;
		}
	}
}

static size_t columns_that_fit(const struct calls *l, size_t room)
{
	size_t least = CALLS_MARKS, n = 0;

	for (; n < l->screen.tui->n_columns; n++) {
		if (l->is_hidden[n])
			continue;
		least += l->natural[n] < LEAST ? l->natural[n] : LEAST;
		if (least > room)
			break;
		least += 2;
	}
	return n;
}

/* The widest of the columns of a rank that is wider than `least`, or SIZE_MAX. */
static size_t widest_of(const struct calls *l, const size_t *widths, size_t n, int rank,
			size_t least)
{
	size_t widest = SIZE_MAX;

	for (size_t k = 0; k < n; k++) {
		const struct field *f = l->screen.tui->columns[k];
		int own = f->kind == FACT_OBJECT ? 0 : strcmp(f->key, "cause") == 0 ? 2 : 1;

		if (!l->is_hidden[k] && own == rank && widths[k] > least &&
		    (widest == SIZE_MAX || widths[k] > widths[widest]))
			widest = k;
	}
	return widest;
}

/* The ends of a call give way first, their ids stand last; then names, and the cause last of all.
 */
static size_t next_to_cut(const struct calls *l, const size_t *widths, size_t n)
{
	static const struct {
		int rank;
		size_t least;
	} turns[] = {{0, LEAST}, {1, ENOUGH}, {0, END}, {1, LEAST},
		     {2, LEAST}, {1, 0},      {0, 0},   {2, 0}};

	for (size_t i = 0; i < sizeof(turns) / sizeof(turns[0]); i++) {
		size_t k = widest_of(l, widths, n, turns[i].rank, turns[i].least);

		if (k != SIZE_MAX)
			return k;
	}
	return 0;
}

/* Cuts the first `n` columns to what there is room for; false: one of them too far. */
static bool cut_columns(const struct calls *l, size_t *widths, size_t n, size_t room)
{
	size_t total = CALLS_MARKS;

	for (size_t k = 0; k < n; k++)
		total += l->is_hidden[k] ? 0 : l->natural[k] + 2;
	while (n > 0 && total > room + 2) {
		widths[next_to_cut(l, widths, n)]--;
		total--;
	}
	for (size_t k = 0; k < n; k++) {
		bool is_end = l->screen.tui->columns[k]->kind == FACT_OBJECT;

		if (widths[k] < (is_end ? NAMED : ENOUGH) && widths[k] < l->natural[k])
			return false;
	}
	return true;
}

/* As many columns as can be are in sight; rather one less than words that nobody can read. */
static void shrink(struct calls *l, size_t room)
{
	size_t widths[TUI_COLUMNS];
	size_t n;

	hide(l, room);
	n = columns_that_fit(l, room);
	memcpy(widths, l->natural, sizeof(widths));
	while (!cut_columns(l, widths, n, room) && n > KEPT) {
		memcpy(widths, l->natural, sizeof(widths));
		n--;
	}
	memcpy(l->widths, widths, sizeof(widths));
}

void calls_measure(struct calls *l)
{
	widen(l);
	shrink(l, l->screen.tui->canvas->columns);
}
