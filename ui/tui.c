#include "tui.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include "reread.h"
#include "tui_columns.h"
#include "tui_read.h"
#include "tui_settings.h"
#include "tui_term.h"

/* Milliseconds of work between two looks for a key, and between two pictures of it; people see
 * nothing faster. */
enum { WORK_MS = 10, PICTURE_MS = 150 };

#define COLUMNS_AT_FIRST                                                                           \
	"id,user,lac,lns,reached,outcome,ended_by,cause,start,duration_s,calling_number,"          \
	"called_number"

struct tui *tui_new(struct run *r)
{
	struct tui *t = must_alloc(1, sizeof(*t));
	struct text why_not = text_make(TUI_LINE);

	*t = (struct tui){.run = r,
			  .options = *r->options,
			  .asked = r->options,
			  .needle = text_make(TUI_LINE),
			  .message = text_make(TUI_LINE),
			  .filter = text_make(TUI_LINE),
			  .columns_text = text_make(TUI_LINE)};
	r->options = &t->options;
	text_puts(&t->filter, t->options.where == NULL ? "" : t->options.where);
	keymap_default(&t->keys);
	tui_columns_set(t, STR(COLUMNS_AT_FIRST), &why_not);
	tui_columns_sort(t, STR("id"), &why_not);
	text_free(&why_not);
	return t;
}

static void history_free(struct history *h)
{
	for (size_t i = 0; i < h->n; i++)
		text_free(&h->at[i]);
}

void tui_free(struct tui *t)
{
	tui_load_end(t);
	tui_reader_free(t);
	while (t->screen != NULL)
		tui_pop(t);
	t->run->options = t->asked;
	canvas_free(t->canvas);
	prompt_close(t);
	history_free(&t->filters);
	history_free(&t->searches);
	history_free(&t->files);
	text_free(&t->needle);
	text_free(&t->message);
	text_free(&t->filter);
	text_free(&t->columns_text);
	free(t->selected);
	free(t);
}

void tui_show_settings(struct tui *t)
{
	if (t->canvas == NULL) /* before the terminal is there */
		return;
	t->canvas->is_utf8 = tui_term_is_utf8() && !t->has_ascii_lines;
	tui_term_background(t->background);
	tui_term_mouse(!t->leaves_mouse);
}

void tui_say(struct tui *t, enum style style, const char *format, ...)
{
	va_list list;

	text_clear(&t->message);
	va_start(list, format);
	text_vprintf(&t->message, format, list);
	va_end(list);
	t->message_style = style;
}

/* ---- the stack ---- */

void tui_push(struct tui *t, struct screen *s)
{
	s->tui = t;
	s->below = t->screen;
	t->screen = s;
	if (s->class->refresh != NULL)
		s->class->refresh(s);
}

void tui_pop(struct tui *t)
{
	struct screen *s = t->screen;

	t->screen = s->below;
	free(s->marks);
	s->class->close(s);
	/* nobody holds what was read again any more */
	if (t->run->reread != NULL && t->screen == t->calls && !t->is_loading)
		reread_forget(t->run->reread);
}

/* Back to the list of calls. */
static void tui_pop_all(struct tui *t)
{
	while (t->screen != NULL && t->screen->below != NULL)
		tui_pop(t);
}

void tui_refresh(struct tui *t)
{
	for (struct screen *s = t->screen; s != NULL; s = s->below) {
		if (s->class->refresh != NULL)
			s->class->refresh(s);
	}
}

/* ---- selected calls ---- */

bool tui_is_selected(const struct tui *t, const struct call *c)
{
	return c != NULL && c->number < t->n_selected && t->selected[c->number];
}

static void tui_select(struct tui *t, const struct call *c)
{
	if (c == NULL || c->number == 0) {
		tui_say(t, STYLE_NOTE, "no call here that can be selected yet");
		return;
	}
	if (c->number >= t->n_selected) {
		size_t n = (size_t)c->number + t->run->report->n_calls + 1;

		t->selected = must_grow(t->selected, n, sizeof(*t->selected));
		for (; t->n_selected < n; t->n_selected++)
			t->selected[t->n_selected] = false;
	}
	t->selected[c->number] = !t->selected[c->number];
}

size_t tui_selected(const struct tui *t, const struct call *ret[2])
{
	size_t n = 0;

	for (const struct call *c = t->run->report->calls; c != NULL; c = c->next) {
		if (!tui_is_selected(t, c))
			continue;
		if (n < 2)
			ret[n] = c;
		n++;
	}
	return n;
}

/* ---- the picture ---- */

/* `-0.353 s`, `+731 d 0.344 s` */
static void write_offset(struct text *line, double seconds)
{
	static const double day_s = 86400;
	double size = seconds < 0 ? -seconds : seconds;
	double days = (double)(int64_t)(size / day_s);

	text_puts(line, seconds < 0 ? " -" : " +");
	if (days > 0)
		text_printf(line, "%.0f d ", days);
	text_printf(line, "%.3f s", size - days * day_s);
}

static void write_title(struct tui *t, struct text *line)
{
	struct screen *s = t->screen;

	text_printf(line, "%s%s", *s->class->name == '\0' ? "" : " ", s->class->name);
	if (s->class->title != NULL) {
		text_putc(line, ' ');
		s->class->title(s, line);
	}
	if (t->is_concluding && t->loaded >= 1)
		text_puts(line, "  reading is over, concluding");
	else if (t->is_loading && t->loaded < 0)
		text_puts(line, "  reading");
	else if (t->is_loading)
		text_printf(line, "  reading %.0f %%", t->loaded * 100);
	if (!t->is_loading && t->run->report->memory_full)
		text_puts(line, "  the memory is full: not all is here");
	else if (!t->is_loading && t->run->report->steps_full)
		text_printf(line, "  no messages are kept after the first %zu",
			    t->run->report->n_steps);
	if (t->filter.len > 0) {
		text_puts(line, "  filter: ");
		text_escape(line, text_str(&t->filter));
	}
	for (size_t i = 0; i < t->run->n_inputs; i++) {
		text_puts(line, "  ");
		text_escape(line, t->run->names[i]);
		if (t->run->inputs[i].source == NULL)
			text_puts(line, " (not read)");
		for (size_t k = 0; !t->is_loading && k < t->run->report->n_views; k++) {
			const struct view *v = &t->run->report->views[k];

			if (v->input == i && v->has_offset && v->offset_s != 0)
				write_offset(line, v->offset_s);
		}
	}
}

/* What people look for first; F1 has the rest. */
static const enum action hints[] = {ACTION_HELP,   ACTION_BACK,    ACTION_SEARCH, ACTION_FILTER,
				    ACTION_SELECT, ACTION_DETAILS, ACTION_COLUMNS};

static void write_hints(struct tui *t, struct text *line)
{
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
		const struct action_row *row = action_row(hints[i]);
		struct text keys = text_make(256);
		struct str first;

		keymap_print(&t->keys, &keys, hints[i]);
		first = text_str(&keys);
		if (str_find(first, STR(" ")) != SIZE_MAX)
			first.len = str_find(first, STR(" "));
		if (first.len > 0 && (row->screens & t->screen->class->on) != 0)
			text_printf(line, "%s\033[1m%.*s\033[0m %s", line->len > 0 ? "  " : " ",
				    STR_ARG(first), row->name);
		text_free(&keys);
	}
}

static void draw_bottom(struct tui *t, size_t *ret_cursor)
{
	static const char *const colors[] = {
		[STYLE_NONE] = "",         [STYLE_BOLD] = "\033[1m", [STYLE_DIM] = "\033[2m",
		[STYLE_GOOD] = "\033[32m", [STYLE_BAD] = "\033[31m", [STYLE_WARN] = "\033[33m",
		[STYLE_NOTE] = "\033[36m"};
	struct canvas *c = t->canvas;
	struct text line = text_make(LIMIT_OUTPUT_LINE);

	*ret_cursor = SIZE_MAX;
	if (t->prompt.label != NULL) {
		prompt_draw(t, c, c->rows - 1, ret_cursor);
		text_free(&line);
		return;
	}
	if (t->message.len > 0) {
		text_printf(&line, " %s", colors[t->message_style]);
		text_escape(&line, text_str(&t->message));
	} else {
		write_hints(t, &line);
	}
	canvas_line(c, canvas_whole(c), c->rows - 1, 0, text_str(&line));
	text_free(&line);
}

/* What is to be seen now; where the list stands depends on having been laid out after each key. */
static void lay_out(struct tui *t)
{
	struct canvas *c = t->canvas;
	struct area a = canvas_whole(c);
	struct text line = text_make(LIMIT_OUTPUT_LINE);
	size_t rows, columns;

	tui_term_size(&rows, &columns);
	if (rows != c->rows || columns != c->columns) {
		canvas_resize(c, rows, columns);
		tui_refresh(t);
		a = canvas_whole(c);
	}
	canvas_clear(c);
	write_title(t, &line);
	if (rows > 2) { /* the rows come first where there is little room */
		canvas_line(c, a, 0, 0, text_str(&line));
		canvas_flag(c, a, 0, CELL_REVERSE);
		a.top = 1;
	}
	a.bottom = rows > 1 ? rows - 1 : rows;
	screen_draw(t->screen, c, a);
	draw_bottom(t, &t->cursor);
	text_free(&line);
}

static void draw(struct tui *t)
{
	lay_out(t);
	tui_term_draw(t->canvas, t->cursor == SIZE_MAX ? SIZE_MAX : t->canvas->rows - 1, t->cursor);
}

/* ---- what keys do everywhere ---- */

static void found(struct tui *t, const char *text)
{
	text_clear(&t->needle);
	text_puts(&t->needle, text);
	if (t->needle.len > 0)
		screen_search(t->screen, t->searches_back);
}

static void search(struct tui *t, bool is_back)
{
	t->searches_back = is_back;
	prompt_open(t, is_back ? "search backwards" : "search", &t->searches, NULL, NULL, found);
}

static bool is_row(struct tui *t, const char *text, struct text *why_not)
{
	uint64_t number;

	(void)t;
	if (str_u64(str_of(text), &number) && number > 0)
		return true;
	text_puts(why_not, "a number from 1");
	return false;
}

static void go_to(struct tui *t, const char *text)
{
	uint64_t number;
	size_t row;

	if (!str_u64(str_of(text), &number) || number == 0)
		return;
	row = (size_t)number - 1;
	if (t->screen->class->numbered != NULL)
		row = t->screen->class->numbered(t->screen, number);
	if (row == SIZE_MAX)
		tui_say(t, STYLE_NOTE, "%" PRIu64 " is not here", number);
	else
		screen_go(t->screen, row);
}

static void copy(struct tui *t)
{
	struct text line = text_make(LIMIT_OUTPUT_LINE);
	struct text plain = text_make(LIMIT_OUTPUT_LINE);

	if (screen_rows(t->screen) > 0) {
		t->screen->class->line(t->screen, t->screen->at, &line);
		canvas_plain(&plain, text_str(&line));
		tui_term_copy(str_trim(text_str(&plain)));
		tui_say(t, STYLE_NOTE, "copied");
	}
	text_free(&line);
	text_free(&plain);
}

static void mark(struct screen *s)
{
	size_t n = screen_rows(s);

	if (s->at >= n)
		return;
	if (s->at >= s->n_marks) {
		s->marks = must_grow(s->marks, n, sizeof(*s->marks));
		for (; s->n_marks < n; s->n_marks++)
			s->marks[s->n_marks] = false;
	}
	s->marks[s->at] = !s->marks[s->at];
}

static void next_mark(struct screen *s)
{
	for (size_t i = 1; i <= s->n_marks; i++) {
		size_t row = (s->at + i) % s->n_marks;

		if (!s->marks[row])
			continue;
		screen_go(s, row);
		return;
	}
	tui_say(s->tui, STYLE_NOTE, "no row is marked");
}

static const struct call *call_here(struct screen *s)
{
	if (s->class->call == NULL || s->at >= screen_rows(s))
		return NULL;
	return s->class->call(s, s->at);
}

/* What all screens with rows do alike. */
static bool act_on_rows(struct tui *t, enum action a)
{
	struct screen *s = t->screen;

	switch (a) {
	case ACTION_SEARCH:
	case ACTION_SEARCH_BACK:
		search(t, a == ACTION_SEARCH_BACK);
		return true;
	case ACTION_NEXT:
		screen_search(s, t->searches_back);
		return true;
	case ACTION_PREVIOUS:
		screen_search(s, !t->searches_back);
		return true;
	case ACTION_GOTO:
		prompt_open(t, "number", NULL, NULL, is_row, go_to);
		return true;
	case ACTION_COPY:
		copy(t);
		return true;
	case ACTION_MARK:
		mark(s);
		return true;
	case ACTION_NEXT_MARK:
		next_mark(s);
		return true;
	case ACTION_NEXT_ERROR:
	case ACTION_PREVIOUS_ERROR:
		screen_next_severity(s, SEVERITY_ERROR, a == ACTION_PREVIOUS_ERROR);
		return true;
	case ACTION_NEXT_WARNING:
	case ACTION_PREVIOUS_WARNING:
		screen_next_severity(s, SEVERITY_WARNING, a == ACTION_PREVIOUS_WARNING);
		return true;
	case ACTION_SELECT:
		tui_select(t, call_here(s));
		screen_move(s, ACTION_DOWN);
		return true;
	default:
		return false;
	}
}

/* What is done to the program, whichever screen is on top. */
static bool act_on_program(struct tui *t, enum action a)
{
	struct screen *s = t->screen;

	switch (a) {
	case ACTION_BACK:
		if (s->below != NULL)
			tui_pop(t);
		else if (t->filter.len > 0 && tui_filter_set(t, "", &t->message))
			tui_say(t, STYLE_NOTE, "the filter is off; once more leaves the program");
		else
			t->is_done = true;
		return true;
	case ACTION_QUIT:
		t->is_done = true;
		return true;
	case ACTION_HELP:
		tui_open_help(t);
		return true;
	case ACTION_REDRAW:
		tui_term_redraw();
		return true;
	case ACTION_FILTER:
		tui_filter_open(t);
		return true;
	case ACTION_TIME:
		tui_setting_next(t, "time");
		return true;
	case ACTION_COLOR:
		tui_setting_next(t, "color");
		return true;
	case ACTION_SETTINGS:
		tui_settings_open(t);
		return true;
	case ACTION_CALLS:
		tui_pop_all(t);
		return true;
	default:
		return false;
	}
}

static void act(struct tui *t, enum action a)
{
	struct screen *s = t->screen;

	if ((action_row(a)->screens & s->class->on) == 0)
		tui_say(t, STYLE_NOTE, "%s does nothing here", action_row(a)->name);
	else if (s->class->act != NULL && s->class->act(s, a))
		return;
	else if (!screen_move(s, a) && !act_on_rows(t, a) && !act_on_program(t, a))
		tui_open(t, a);
}

static void click(struct tui *t, const struct tui_mouse *m)
{
	enum { WHEEL = 3 };
	struct screen *s = t->screen;
	struct area a = s->rows_area;

	if (m->what == MOUSE_UP || m->what == MOUSE_DOWN) {
		for (int i = 0; i < WHEEL; i++)
			act(t, m->what == MOUSE_UP ? ACTION_UP : ACTION_DOWN);
		return;
	}
	if (s->class->click != NULL)
		s->class->click(s, m->row, m->column);
	if (m->row < a.top || m->row >= a.bottom || m->column < a.left || m->column >= a.right)
		return;
	screen_go(s, s->top + m->row - a.top);
	if (m->what == MOUSE_TWICE)
		act(t, ACTION_ENTER);
}

static void take_key(struct tui *t, uint32_t key, const struct tui_mouse *m)
{
	struct text name = text_make(64);
	enum action a = keymap_find(&t->keys, key);

	text_clear(&t->message);
	if (key == KEY_OF_RESIZE) {
		text_free(&name);
		return;
	}
	t->asked_for = ACTION_NONE;
	if (t->prompt.label != NULL) {
		if (key != KEY_OF_MOUSE)
			prompt_key(t, key);
	} else if (key == KEY_OF_MOUSE) {
		click(t, m);
	} else if (a == ACTION_NONE) {
		key_print(&name, key);
		tui_say(t, STYLE_NOTE, "%s does nothing; F1 has the keys", name.at);
	} else {
		act(t, a);
	}
	text_free(&name);
}

/* ---- the loop ---- */

int64_t tui_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

size_t tui_unlooked(const struct tui *t)
{
	return t->run->reread != NULL && filter_asks_message(t->run->filter) ? 1 : TUI_UNLOOKED;
}

/* A bit of whatever is still to be done. False: nothing is. */
static bool work(struct tui *t)
{
	int64_t until = tui_now() + WORK_MS;

	if (t->search.screen != NULL && screen_search_on(t, until))
		return true;
	for (struct screen *s = t->screen; s != NULL && !t->is_concluding; s = s->below) {
		if (s->class->work != NULL && s->class->work(s, until))
			return true;
	}
	return t->is_loading && tui_load(t);
}

/* All keys that wait, but no longer than people wait for a picture. */
static void take_keys(struct tui *t, uint32_t key, struct tui_mouse *mouse)
{
	int64_t until = tui_now() + WORK_MS;

	while (key != KEY_NOTHING && !t->is_done) {
		take_key(t, key, mouse);
		if (t->is_done || tui_now() >= until)
			break;
		key = tui_term_key(0, mouse);
		if (key != KEY_NOTHING)
			lay_out(t);
	}
	if (!t->is_done)
		draw(t);
}

void tui_run(struct tui *t)
{
	enum {
		MOST_ERRORS = 100, /* a terminal that is gone gives no keys, at once */
		WAIT_MS = 500,     /* a resize right before the wait is seen after it */
	};
	struct tui_mouse mouse = {0};
	bool is_busy = true;
	int64_t drawn = 0;
	unsigned errors = 0;

	t->canvas = canvas_new(tui_term_is_utf8());
	tui_show_settings(t);
	t->calls = tui_calls_new(t);
	tui_load_begin(t);
	tui_push(t, t->calls);
	draw(t);
	while (!t->is_done && errors < MOST_ERRORS) {
		int64_t before = tui_now();
		uint32_t key = tui_term_key(is_busy ? 0 : WAIT_MS, &mouse);

		if (key != KEY_NOTHING) {
			take_keys(t, key, &mouse);
			drawn = tui_now();
			is_busy = true;
			errors = 0;
		} else if (is_busy) {
			is_busy = work(t);
			if (t->asked_for != ACTION_NONE && !t->is_loading && !is_busy) {
				tui_open_asked(t);
				is_busy = true; /* it may have something to do of its own */
			}
			if (!is_busy || t->is_new || tui_now() >= drawn + PICTURE_MS) {
				draw(t);
				drawn = tui_now();
			}
			t->is_new = false;
		} else {
			errors = tui_now() - before < WAIT_MS / 2 ? errors + 1 : 0;
		}
	}
}
