/* The messages of a call or tunnel between its parties, with the message at the cursor. */
#include <inttypes.h>
#include <stdlib.h>

#include "tui_alias.h"
#include "tui_lanes.h"
#include "tui_message.h"

/* A line of the screen: a row of the ladder, its states, or what is wrong with it. */
struct line_of {
	size_t row;
	enum { LINE_MESSAGE, LINE_STATES, LINE_NOTE } kind;
	size_t i;
};

static const char *const severity_colors[] = {"\033[36m", "\033[33m", "\033[31m"};

struct rungs {
	struct screen screen;
	struct ladder_choice choice;
	struct ladder *ladder;
	struct lanes lanes;
	struct line_of *lines;
	size_t n, room;
	size_t time_width, width;
	bool hides_states, has_delta;
	bool is_clicked;    /* the cursor stands where the mouse put it: rows stay where they are */
	size_t shown;       /* the row whose message is set, from 1 */
	uint64_t picked[2]; /* selected messages, by their events */
	size_t n_picked;
	struct tui_message message;
};

static const struct ladder_row *row_at(const struct rungs *l, size_t line)
{
	return line < l->n ? &l->ladder->rows[l->lines[line].row] : NULL;
}

/* ---- what there is ---- */

static void add(struct rungs *l, struct line_of line)
{
	if (l->n == l->room) {
		l->room = l->room == 0 ? 256 : l->room * 2;
		l->lines = must_grow(l->lines, l->room, sizeof(*l->lines));
	}
	l->lines[l->n++] = line;
}

static void make_lines(struct rungs *l)
{
	l->n = 0;
	l->time_width = 0;
	for (size_t i = 0; i < l->ladder->n_rows; i++) {
		const struct ladder_row *row = &l->ladder->rows[i];
		size_t states = l->hides_states ? 0 : lanes_state_lines(row);
		size_t width = term_columns(row->time);

		l->time_width = width > l->time_width ? width : l->time_width;
		add(l, (struct line_of){i, LINE_MESSAGE, 0});
		for (size_t k = 0; k < states; k++)
			add(l, (struct line_of){i, LINE_STATES, k});
		for (size_t k = 0; k < row->n_notes; k++) {
			if (row->notes[k].is_first)
				add(l, (struct line_of){i, LINE_NOTE, k});
		}
	}
}

enum { DELTA = 10, APART_ENOUGH = 22 };

/* The times are differences already. */
static bool shows_delta(const struct tui *t)
{
	return t->options.time != NULL && t->options.time[0] == 'd';
}

/* The difference to the row before stands beside the time where the lanes leave room for it. */
static void make_lanes(struct rungs *l, size_t width)
{
	size_t margin = 2 + l->time_width;

	l->width = width;
	l->lanes = lanes_make(l->ladder, margin + DELTA, width);
	l->has_delta = l->lanes.apart >= APART_ENOUGH && !shows_delta(l->screen.tui);
	if (!l->has_delta)
		l->lanes = lanes_make(l->ladder, margin, width);
}

/* What is wrong with it, and of what has no fields all that it says. */
static void set_notes(struct rungs *l, const struct ladder_row *row)
{
	for (size_t i = 0; i < row->n_notes; i++) {
		const struct finding *f = row->notes[i].finding;

		tui_message_note(&l->message, severity_colors[f->severity], str_of(f->rule->id),
				 row->notes[i].text);
	}
	if (l->message.tree.n == 0 && row->detail.len > 0)
		tui_message_note(&l->message, "", row->message, row->detail);
}

static void set_message(struct rungs *l)
{
	const struct ladder_row *row = row_at(l, l->screen.at);
	size_t number = row == NULL ? 0 : l->lines[l->screen.at].row + 1;

	if (number == l->shown)
		return;
	l->shown = number;
	if (row == NULL || row->step == NULL)
		tui_message_set(&l->message, l->screen.tui, NULL, (struct str){0});
	else
		tui_message_set(&l->message, l->screen.tui, step_fullest(row->step), row->origin);
	if (row != NULL && row->step != NULL)
		set_notes(l, row);
}

/* Before the lanes cut what is too wide. */
static void name_parties(struct rungs *l)
{
	struct text name = text_make(TUI_LINE);

	for (size_t i = 0; i < l->ladder->n_parties; i++) {
		struct str *words[] = {&l->ladder->parties[i].name, &l->ladder->parties[i].label};

		for (size_t k = 0; k < 2; k++) {
			text_clear(&name);
			text_add(&name, *words[k]);
			tui_alias_put(l->screen.tui, &name, 0);
			if (!str_equal(text_str(&name), *words[k]))
				*words[k] = arena_str(l->ladder->arena, text_str(&name));
		}
	}
	text_free(&name);
}

static void refresh(struct screen *s)
{
	struct rungs *l = (struct rungs *)s;
	const struct ladder_row *under = row_at(l, s->at);
	uint64_t number = under == NULL ? 0 : under->event;

	tui_read(s->tui, l->choice.call, l->choice.tunnel, 0);
	ladder_free(l->ladder);
	l->ladder = ladder_make(s->tui->run, &l->choice);
	name_parties(l);
	make_lines(l);
	l->width = 0;
	l->shown = SIZE_MAX;
	if (number == 0 || !tui_ladder_go(s, number))
		screen_go(s, s->at);
}

static size_t rows(struct screen *s)
{
	return ((struct rungs *)s)->n;
}

static int worst_of(const struct ladder_row *row)
{
	int worst = -1;

	for (size_t i = 0; i < row->n_notes; i++) {
		int severity = (int)row->notes[i].finding->severity;

		worst = severity > worst ? severity : worst;
	}
	return worst;
}

static int severity(struct screen *s, size_t row)
{
	const struct rungs *l = (const struct rungs *)s;
	const struct ladder_row *message = row_at(l, row);

	return message != NULL && l->lines[row].kind == LINE_MESSAGE ? worst_of(message) : -1;
}

/* ---- drawing ---- */

static const char *color_of(const struct rungs *l, const struct ladder_row *row)
{
	static const char *const by_number[] = {"\033[31m", "\033[32m", "\033[33m",
						"\033[34m", "\033[35m", "\033[36m"};
	int worst = worst_of(row);

	switch (l->screen.tui->color) {
	case COLOR_BY_CALL:
		return row->call == 0 ? "" : by_number[row->call % 6];
	case COLOR_BY_STATE:
		return row->n_states > 0 ? "\033[32m" : "\033[2m";
	case COLOR_BY_SIDE:
		return by_number[row->from % 6];
	case COLOR_BY_SEVERITY:
	case COLOR_WAYS:
		break;
	}
	return worst < 0 ? "" : severity_colors[worst];
}

static bool is_picked(const struct rungs *l, uint64_t event)
{
	return (l->n_picked > 0 && l->picked[0] == event) ||
	       (l->n_picked > 1 && l->picked[1] == event);
}

static void write_message(const struct rungs *l, const struct ladder_row *row, struct text *t)
{
	static const char letters[] = {'n', 'w', 'E'};
	struct text left = text_make(256);
	int worst = worst_of(row);

	text_putc(&left, worst < 0 ? ' ' : letters[worst]);
	text_add(&left, row->time);
	if (row->step != NULL && is_picked(l, row->event)) {
		term_pad(&left, 1 + l->time_width, false);
		text_putc(&left, '*');
	}
	if (l->has_delta) {
		term_pad(&left, 2 + l->time_width, false);
		text_add(&left, row->delta);
	}
	lanes_message(&l->lanes, t, text_str(&left), row, color_of(l, row));
	text_free(&left);
}

static void write_note(const struct rungs *l, const struct ladder_note *note, struct text *t)
{
	struct text words = text_make(TUI_LINE);

	text_printf(&words, "%s: ", note->finding->rule->id);
	text_add(&words, note->text);
	lanes_words(&l->lanes, t, text_str(&words), severity_colors[note->finding->severity]);
	text_free(&words);
}

static void line(struct screen *s, size_t at, struct text *t)
{
	struct rungs *l = (struct rungs *)s;
	const struct line_of *of = &l->lines[at];
	const struct ladder_row *row = &l->ladder->rows[of->row];

	if (l->width == 0) /* asked for before it is drawn */
		make_lanes(l, s->tui->canvas->columns);
	if (of->kind == LINE_MESSAGE)
		write_message(l, row, t);
	else if (of->kind == LINE_STATES)
		lanes_states(&l->lanes, t, row, of->i);
	else
		write_note(l, &row->notes[of->i], t);
	tui_alias_put(s->tui, t, 0);
}

static void head(struct screen *s, struct text *t)
{
	lanes_head(&((struct rungs *)s)->lanes, t);
}

/* The states and notes of the message at the cursor are in sight, as far as there is room. */
static void show_all_of_it(struct rungs *l, size_t height)
{
	struct screen *s = &l->screen;
	size_t end = s->at + 1;

	if (l->is_clicked)
		return;
	height = height > 1 ? height - 1 : height; /* the heading */
	while (end < l->n && l->lines[end].kind != LINE_MESSAGE)
		end++;
	if (end > s->top + height)
		s->top = end - height < s->at ? end - height : s->at;
}

static struct area frame(struct screen *s, struct canvas *c, struct area a)
{
	struct rungs *l = (struct rungs *)s;

	set_message(l);
	l->message.list_needs = lanes_least(l->ladder, 2 + l->time_width);
	a = tui_message_frame(&l->message, c, a);
	if (l->width != a.right - a.left)
		make_lanes(l, a.right - a.left);
	show_all_of_it(l, a.bottom - a.top);
	return a;
}

static void title(struct screen *s, struct text *t)
{
	const struct rungs *l = (const struct rungs *)s;

	if (l->choice.call != NULL) {
		text_printf(t, "of call %" PRIu64, l->choice.call->number);
		text_puts(t, l->choice.call->user.len > 0 ? " " : "");
		text_escape(t, l->choice.call->user);
	} else if (l->choice.tunnel != NULL) {
		text_printf(t, "of tunnel %" PRIu64, l->choice.tunnel->number);
	}
	text_printf(t, ", %zu rows", l->ladder->n_rows);
	if (l->ladder->left_out > 0)
		text_printf(t, ", %" PRIu64 " more left out", l->ladder->left_out);
}

/* ---- keys ---- */

bool tui_ladder_go(struct screen *s, uint64_t event)
{
	const struct rungs *l = (const struct rungs *)s;
	size_t best = SIZE_MAX;

	for (size_t i = 0; i < l->n; i++) {
		uint64_t number = l->ladder->rows[l->lines[i].row].event;

		if (l->lines[i].kind != LINE_MESSAGE || number > event)
			continue;
		/* a copy is folded into the row of the first */
		if (best == SIZE_MAX || number >= l->ladder->rows[l->lines[best].row].event)
			best = i;
	}
	if (best == SIZE_MAX)
		return false;
	screen_go(s, best);
	return true;
}

/* The cursor stands on messages; their states and notes come into sight with them. */
static bool move(struct rungs *l, enum action a)
{
	struct screen *s = &l->screen;
	bool is_up =
		a == ACTION_UP || a == ACTION_PAGE_UP || a == ACTION_HALF_UP || a == ACTION_LAST;

	if (!screen_move(s, a))
		return false;
	if (a == ACTION_LEFT || a == ACTION_RIGHT)
		return true;
	while (!is_up && s->at + 1 < l->n && l->lines[s->at].kind != LINE_MESSAGE)
		screen_go(s, s->at + 1);
	while (s->at > 0 && l->lines[s->at].kind != LINE_MESSAGE)
		screen_go(s, s->at - 1);
	return true;
}

static void next_of_call(struct rungs *l, bool is_back)
{
	const struct ladder_row *here = row_at(l, l->screen.at);

	for (size_t i = 1; here != NULL && i < l->n; i++) {
		size_t at = is_back ? l->screen.at - i : l->screen.at + i;

		if (at >= l->n)
			break;
		if (l->lines[at].kind != LINE_MESSAGE ||
		    l->ladder->rows[l->lines[at].row].call != here->call)
			continue;
		screen_go(&l->screen, at);
		return;
	}
	tui_say(l->screen.tui, STYLE_NOTE, "no message of this call %s",
		is_back ? "before" : "after this");
}

/* ---- two messages ---- */

static void pick(struct rungs *l)
{
	const struct ladder_row *row = row_at(l, l->screen.at);

	if (row == NULL || row->step == NULL) {
		tui_say(l->screen.tui, STYLE_NOTE, "no message here that can be selected");
		return;
	}
	if (is_picked(l, row->event)) {
		if (l->picked[0] == row->event)
			l->picked[0] = l->picked[1];
		l->n_picked--;
	} else if (l->n_picked == 2) {
		tui_say(l->screen.tui, STYLE_NOTE, "two messages are selected already");
		return;
	} else {
		l->picked[l->n_picked++] = row->event;
	}
	move(l, ACTION_DOWN);
}

/* The row that begins with the event; NULL: it is not shown any more. */
static const struct ladder_row *row_of(const struct rungs *l, uint64_t event)
{
	for (size_t i = 0; i < l->ladder->n_rows; i++) {
		if (l->ladder->rows[i].step != NULL && l->ladder->rows[i].event == event)
			return &l->ladder->rows[i];
	}
	return NULL;
}

/* `ICRQ, frame 5 of lac.pcap` */
static void compare_picked(struct rungs *l)
{
	struct tui *t = l->screen.tui;
	const struct step *steps[2];
	struct str where[2];

	if (l->n_picked != 2) {
		tui_say(t, STYLE_NOTE, "%zu messages are selected: two can be compared",
			l->n_picked);
		return;
	}
	for (int i = 0; i < 2; i++) {
		const struct ladder_row *row = row_of(l, l->picked[i]);

		if (row == NULL) {
			tui_say(t, STYLE_NOTE, "a selected message is not shown any more");
			return;
		}
		steps[i] = row->step;
		where[i] = arena_printf(t->run->kept, "%.*s, %.*s", STR_ARG(row->message),
					STR_ARG(row->origin));
	}
	tui_open_pair(t, steps, where);
}

static bool act(struct screen *s, enum action a)
{
	struct rungs *l = (struct rungs *)s;

	l->is_clicked = false;
	if (l->n > 0 && tui_message_act(&l->message, a))
		return true;
	switch (a) {
	case ACTION_STATES:
		l->hides_states = !l->hides_states;
		refresh(s);
		return true;
	case ACTION_SELECT:
		pick(l);
		return true;
	case ACTION_DIFF:
		compare_picked(l);
		return true;
	case ACTION_NEXT_OF_CALL:
	case ACTION_PREVIOUS_OF_CALL:
		next_of_call(l, a == ACTION_PREVIOUS_OF_CALL);
		return true;
	default:
		return move(l, a);
	}
}

static void click(struct screen *s, size_t row, size_t column)
{
	struct rungs *l = (struct rungs *)s;

	l->is_clicked = true;
	tui_message_click(&l->message, row, column);
}

static const struct call *call(struct screen *s, size_t at)
{
	const struct rungs *l = (const struct rungs *)s;
	const struct ladder_row *row = row_at(l, at);
	const struct call *c = row == NULL || row->step == NULL ? NULL : step_call(row->step);

	return c != NULL && c->number != 0 ? c : l->choice.call;
}

static const struct tunnel *tunnel(struct screen *s, size_t at)
{
	const struct rungs *l = (const struct rungs *)s;
	const struct ladder_row *row = row_at(l, at);

	return row == NULL || row->step == NULL ? l->choice.tunnel : step_tunnel(row->step);
}

static uint64_t event(struct screen *s, size_t at)
{
	const struct ladder_row *row = row_at((const struct rungs *)s, at);

	return row == NULL || row->step == NULL ? 0 : row->step->event->number;
}

static void close_rungs(struct screen *s)
{
	struct rungs *l = (struct rungs *)s;

	ladder_free(l->ladder);
	tui_message_free(&l->message);
	free(l->lines);
	free(l);
}

static const struct screen_class class = {
	.name = "ladder",
	.on = ON_LADDER,
	.printed_by = "diagram, timeline; a message: decode -v",
	.title = title,
	.head = head,
	.rows = rows,
	.line = line,
	.frame = frame,
	.act = act,
	.click = click,
	.refresh = refresh,
	.call = call,
	.tunnel = tunnel,
	.event = event,
	.severity = severity,
	.close = close_rungs,
};

void tui_open_ladder(struct tui *t, const struct call *c, const struct tunnel *n)
{
	struct rungs *l = must_alloc(1, sizeof(*l));

	*l = (struct rungs){.screen = {.class = &class}, .choice = {.call = c, .tunnel = n}};
	tui_push(t, &l->screen);
}
