/* What every screen does as a list: moving, searching, drawing its rows. */
#include <stdlib.h>

#include "tui.h"

size_t screen_rows(struct screen *s)
{
	return s->class->rows(s);
}

void screen_go(struct screen *s, size_t row)
{
	size_t n = screen_rows(s);

	s->at = n == 0 ? 0 : row < n ? row : n - 1;
}

static void move_by(struct screen *s, size_t n, bool is_up)
{
	if (is_up)
		screen_go(s, s->at > n ? s->at - n : 0);
	else
		screen_go(s, s->at + n);
}

/* The rows move with the cursor: a page shows what was not seen before. */
static void turn_by(struct screen *s, size_t n, bool is_up)
{
	if (is_up)
		s->top = s->top > n ? s->top - n : 0;
	else
		s->top += n; /* not beyond the last page: keep_in_sight() */
}

bool screen_move(struct screen *s, enum action a)
{
	enum { SIDEWAYS = 8 };
	size_t page = s->height > 1 ? s->height - 1 : 1;

	switch (a) {
	case ACTION_UP:
	case ACTION_DOWN:
		move_by(s, 1, a == ACTION_UP);
		return true;
	case ACTION_PAGE_UP:
	case ACTION_PAGE_DOWN:
		move_by(s, page, a == ACTION_PAGE_UP);
		turn_by(s, page, a == ACTION_PAGE_UP);
		return true;
	case ACTION_HALF_UP:
	case ACTION_HALF_DOWN:
		move_by(s, page / 2 + 1, a == ACTION_HALF_UP);
		return true;
	case ACTION_FIRST:
		screen_go(s, 0);
		return true;
	case ACTION_LAST:
		screen_go(s, SIZE_MAX);
		return true;
	case ACTION_LEFT:
		s->left = s->left > SIDEWAYS ? s->left - SIDEWAYS : 0;
		return true;
	case ACTION_RIGHT:
		s->left += SIDEWAYS;
		return true;
	default:
		return false;
	}
}

/* The whole row, without colours. */
static void plain_row(struct screen *s, size_t row, struct text *line, struct text *plain)
{
	text_clear(line);
	text_clear(plain);
	s->class->line(s, row, line);
	canvas_plain(plain, text_str(line));
}

static bool row_holds(struct screen *s, size_t row, struct text *line, struct text *plain)
{
	plain_row(s, row, line, plain);
	return canvas_holds(text_str(plain), text_str(&s->tui->needle));
}

static void search_found(struct tui *t, size_t row)
{
	bool is_around = t->search.is_back ? row >= t->search.from : row <= t->search.from;

	screen_go(t->search.screen, row);
	text_clear(&t->message); /* how far the search was */
	if (is_around)
		tui_say(t, STYLE_NOTE, "searched on from the other end");
}

bool screen_search_on(struct tui *t, int64_t until)
{
	enum { UNLOOKED = 64 }; /* rows that are written between two looks at the clock */
	struct screen *s = t->search.screen;
	struct text line, plain;
	size_t n, row = 0;
	bool is_found = false, is_over;

	if (s == NULL || s != t->screen) {
		t->search.screen = NULL;
		return false;
	}
	if (t->is_concluding) /* the rows are not there to be asked */
		return false;
	line = text_make(LIMIT_OUTPUT_LINE);
	plain = text_make(LIMIT_OUTPUT_LINE);
	n = screen_rows(s);
	while (!is_found && t->search.looked < n) {
		size_t i = ++t->search.looked;

		row = t->search.is_back ? (t->search.from + n - i) % n : (t->search.from + i) % n;
		is_found = row_holds(s, row, &line, &plain);
		if (i % UNLOOKED == 0 && tui_now() >= until)
			break;
	}
	is_over = is_found || t->search.looked >= n;
	if (is_found)
		search_found(t, row);
	else if (is_over)
		tui_say(t, STYLE_WARN, "`%s` is not here", t->needle.at);
	else
		tui_say(t, STYLE_NOTE, "searching: %zu of %zu rows", t->search.looked, n);
	if (is_over)
		t->search.screen = NULL;
	text_free(&line);
	text_free(&plain);
	return !is_over;
}

void screen_search(struct screen *s, bool is_back)
{
	struct tui *t = s->tui;

	t->search.screen = NULL;
	if (t->needle.len == 0)
		return;
	if (s->class->unfold != NULL)
		s->class->unfold(s);
	t->search.screen = s;
	t->search.from = s->at;
	t->search.looked = 0;
	t->search.is_back = is_back;
	screen_search_on(t, tui_now());
}

void screen_next_severity(struct screen *s, enum severity severity, bool is_back)
{
	size_t n;

	if (s->class->unfold != NULL)
		s->class->unfold(s);
	n = screen_rows(s);
	for (size_t i = 1; s->class->severity != NULL && i <= n; i++) {
		size_t row = is_back ? s->at - i : s->at + i;

		if (row >= n) /* also below 0 */
			break;
		if (s->class->severity(s, row) != (int)severity)
			continue;
		screen_go(s, row);
		return;
	}
	tui_say(s->tui, STYLE_NOTE, "no %s %s", severity_word(severity),
		is_back ? "before" : "after this");
}

/* ---- drawing ---- */

void screen_cell(struct text *t, struct str cell, size_t width)
{
	size_t fits = cell.len;

	if (term_columns(cell) <= width) {
		text_add(t, cell);
		return;
	}
	while (fits > 0 && term_columns((struct str){cell.at, fits}) + 1 > width) {
		fits--;
		while (fits > 0 && ((unsigned char)cell.at[fits] & 0xc0) == 0x80)
			fits--;
	}
	text_add(t, (struct str){cell.at, fits});
	text_putc(t, '~');
}

static void keep_in_sight(struct screen *s, size_t height, size_t n)
{
	s->height = height;
	if (s->at >= n)
		s->at = n == 0 ? 0 : n - 1;
	if (s->top > s->at)
		s->top = s->at;
	if (height > 0 && s->at >= s->top + height)
		s->top = s->at - height + 1;
	if (s->top + height > n)
		s->top = n > height ? n - height : 0;
}

static bool is_marked(const struct screen *s, size_t row)
{
	return row < s->n_marks && s->marks[row];
}

/* Rather some words than an empty screen. */
static void draw_nothing(const struct screen *s, struct canvas *c, struct area a)
{
	const struct tui *t = s->tui;

	if (t->is_loading || t->search.screen == s)
		return;
	canvas_line(c, a, 0, 0,
		    t->filter.len > 0 ? STR("\033[2m nothing here fits the filter; F7 changes it")
				      : STR("\033[2m nothing to show"));
}

static void draw_rows(struct screen *s, struct canvas *c, struct area a)
{
	struct text line = text_make(LIMIT_OUTPUT_LINE);
	size_t n = screen_rows(s);
	size_t widest = 0;

	keep_in_sight(s, a.bottom > a.top ? a.bottom - a.top : 0, n);
	s->rows_area = a;
	for (size_t i = 0; i < s->height && s->top + i < n; i++) {
		size_t row = s->top + i;
		size_t width;

		text_clear(&line);
		s->class->line(s, row, &line);
		width = canvas_width(c->is_utf8, text_str(&line));
		widest = width > widest ? width : widest;
		canvas_line(c, a, i, s->left, text_str(&line));
		canvas_find(c, a, i, text_str(&s->tui->needle));
		if (is_marked(s, row))
			canvas_flag(c, a, i, CELL_BOLD | CELL_UNDERLINE);
		if (row == s->at)
			canvas_cursor(c, a, i);
	}
	if (n == 0)
		draw_nothing(s, c, a);
	if (s->left > widest) /* scrolled out of sight: the next draw has it back */
		s->left = widest;
	text_free(&line);
}

void screen_draw(struct screen *s, struct canvas *c, struct area a)
{
	if (s->class->frame != NULL)
		a = s->class->frame(s, c, a);
	if (s->class->head != NULL && a.bottom > a.top + 1) {
		struct text line = text_make(LIMIT_OUTPUT_LINE);

		s->class->head(s, &line);
		canvas_line(c, a, 0, s->left, text_str(&line));
		canvas_flag(c, a, 0, CELL_BOLD);
		text_free(&line);
		a.top++;
	}
	draw_rows(s, c, a);
}
