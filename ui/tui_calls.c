/* The list of calls: while the input is read the calls so far, then each with what became of it. */
#include <stdlib.h>

#include "cmd_common.h"
#include "reread.h"
#include "tui_alias.h"
#include "tui_calls.h"
#include "tui_columns.h"
#include "tui_read.h"

const struct call *calls_of_row(struct calls *l, const struct call_row *r)
{
	if (r->call != NULL)
		return r->call;
	if (r->session == NULL || !call_draft(r->tunnel, r->session, &l->draft))
		l->draft = (struct call){.setup_s = -1, .duration_s = -1};
	l->draft.number = r->number;
	return &l->draft;
}

static const struct call *call_of(struct calls *l, size_t row)
{
	return calls_of_row(l, &l->rows[row]);
}

struct subject calls_subject(struct calls *l, const struct call *c)
{
	struct subject s = run_subject(l->screen.tui->run);

	s.call = c;
	s.tunnel = c->tunnel;
	return s;
}

/* ---- cells ---- */

/* `hgw 17688/7`, as `calls` has it. */
static void write_side(const struct tui *t, struct text *line, const struct call *c, int which)
{
	const struct call_side *side = &c->side[which];
	const struct tui_alias *alias = tui_alias_of(t, &side->address);
	size_t start = line->len;

	if (alias != NULL)
		text_escape(line, alias->name);
	else if (side->name.len > 0)
		text_escape(line, side->name);
	else
		address_print(line, &side->address);
	if (side->tunnel_id == 0 && side->session_id == 0)
		return;
	text_puts(line, line->len > start ? " " : "");
	if (c->tunnel == NULL) {
		text_printf(line, c->carrier == CARRIER_PPPOE ? "0x%04x" : "%u", side->session_id);
		return;
	}
	text_printf(line, side->tunnel_id == 0 ? "?" : "%u", side->tunnel_id);
	text_printf(line, side->session_id == 0 ? "/?" : "/%u", side->session_id);
}

void calls_cell(struct calls *l, struct text *line, const struct call *c, const struct field *f)
{
	struct run *r = l->screen.tui->run;
	struct subject s = calls_subject(l, c);
	struct fact fact = {0};

	if (f->kind == FACT_OBJECT) {
		write_side(l->screen.tui, line, c, f->which);
		return;
	}
	if (!field_get(&field_calls, f, &s, &fact))
		return;
	if (fact.kind == FACT_TIME)
		text_add(line, common_start(r, &fact.mark));
	else
		field_print(line, &fact);
	tui_alias_put(l->screen.tui, line, 0);
}

/* The rows that came into sight may be wider. */
static struct area frame(struct screen *s, struct canvas *c, struct area a)
{
	struct calls *l = (struct calls *)s;
	size_t height = a.bottom - a.top;
	size_t from = s->at > height ? s->at - height : 0;
	size_t until = s->at + height < l->n ? s->at + height : l->n;

	if (l->held == NULL &&
	    (from < l->measured[0] || until > l->measured[1] || l->measured_for != c->columns))
		calls_measure(l);
	if (s->tui->is_loading) /* what became of them is not known yet */
		return a;
	return tui_brief_frame(&l->brief, s->tui, c, a,
			       (struct brief_of){.call = s->at < l->n ? l->rows[s->at].call : NULL,
						 .n_rows = l->n + 2});
}

/* ---- the list ---- */

static void drop_held(struct calls *l)
{
	for (size_t i = 0; i < l->n_held; i++)
		text_free(&l->held[i]);
	free(l->held);
	l->held = NULL;
	l->n_held = 0;
}

/* A number is known late, or of what is no more. */
static bool is_same_row(const struct call_row *a, const struct call_row *b)
{
	return (a->session != NULL && a->session == b->session) ||
	       (a->number != 0 && a->number == b->number);
}

/* The list that was made is the one that is shown; the cursor stays on its call. */
void calls_made(struct calls *l)
{
	struct screen *s = &l->screen;
	struct call_row under = s->at < l->n ? l->rows[s->at] : (struct call_row){0};

	free(l->rows);
	l->rows = l->made;
	l->n = l->n_made;
	l->made = NULL;
	drop_held(l);
	for (size_t i = 0; s->at > 0 && i < l->n; i++) {
		if (!is_same_row(&l->rows[i], &under))
			continue;
		screen_go(s, i);
		break;
	}
	memset(l->natural, 0, sizeof(l->natural));
	calls_measure(l);
	s->tui->is_new = true;
}

static void refresh(struct screen *s)
{
	tui_brief_free(&((struct calls *)s)->brief);
	if (!s->tui->is_concluding)
		calls_make((struct calls *)s);
}

/* The messages of the call at the cursor, for its milestones. */
static bool read_call(struct calls *l)
{
	struct tui *t = l->screen.tui;
	const struct call *c = l->brief.call;
	struct tui_what what = {.calls = {c}, .n_calls = 1};

	if (t->screen != &l->screen || t->is_loading || !tui_brief_waits(&l->brief) || l->read == c)
		return false;
	if (!tui_reader_reads(t, &what)) {
		tui_reader_leave(t);
		return tui_reader_start(t, &what) || tui_reader_wait();
	}
	if (tui_reader_is_busy(t))
		return tui_reader_wait();
	reread_forget(t->run->reread);
	tui_reader_take(t);
	l->read = c;
	tui_brief_again(&l->brief);
	t->is_new = true;
	return true;
}

static bool work(struct screen *s, int64_t until)
{
	struct calls *l = (struct calls *)s;

	return calls_make_on(l, until) || read_call(l);
}

static size_t rows(struct screen *s)
{
	return ((struct calls *)s)->n;
}

static int worst_of(const struct call *c)
{
	int worst = -1;

	for (const struct finding_link *f = c->findings; f != NULL; f = f->next)
		worst = (int)f->finding->severity > worst ? (int)f->finding->severity : worst;
	return worst;
}

static int severity(struct screen *s, size_t row)
{
	const struct call *c = ((struct calls *)s)->rows[row].call;

	return c == NULL ? -1 : worst_of(c);
}

/* ---- colours ---- */

static const char *color_of(const struct tui *t, const struct call *c)
{
	static const char *const by_severity[] = {"\033[36m", "\033[33m", "\033[31m"};
	static const char *const by_number[] = {"\033[31m", "\033[32m", "\033[33m",
						"\033[34m", "\033[35m", "\033[36m"};
	static const char *const by_outcome[] = {[OUTCOME_UNKNOWN] = "\033[2m",
						 [OUTCOME_UP] = "\033[32m",
						 [OUTCOME_CLOSED] = "",
						 [OUTCOME_DROPPED] = "\033[33m",
						 [OUTCOME_FAILED] = "\033[31m"};
	int worst;

	switch (t->color) {
	case COLOR_BY_CALL:
		return by_number[c->number % 6];
	case COLOR_BY_STATE:
		return by_outcome[c->outcome];
	case COLOR_BY_SIDE:
		return c->ended_by == ROLE_LAC      ? "\033[34m"
		       : c->ended_by == ROLE_LNS    ? "\033[35m"
		       : c->ended_by == ROLE_CLIENT ? "\033[32m"
						    : "";
	case COLOR_BY_SEVERITY:
	case COLOR_WAYS:
		break;
	}
	worst = worst_of(c);
	return worst < 0 ? "" : by_severity[worst];
}

/* ---- drawing ---- */

static bool is_right(const struct field *f)
{
	return f->kind == FACT_NUMBER || f->kind == FACT_REAL;
}

static void head(struct screen *s, struct text *t)
{
	struct calls *l = (struct calls *)s;
	size_t at = CALLS_MARKS;

	for (size_t k = 0; k < s->tui->n_columns; k++) {
		const struct field *f = s->tui->columns[k];
		size_t title = term_columns(str_of(f->title));
		size_t indent = is_right(f) ? l->widths[k] - title : 0;

		if (l->is_hidden[k])
			continue;
		text_printf(t, "\033[%zuG", at + indent);
		if (f == s->tui->sort_field)
			text_puts(t, "\033[4m");
		text_puts(t, f->title);
		text_puts(t, "\033[0m");
		at += l->widths[k] + 2;
	}
}

static void write_row(struct screen *s, size_t row, struct text *t)
{
	static const char letters[] = {'n', 'w', 'E'};
	struct calls *l = (struct calls *)s;
	const struct call *c = call_of(l, row);
	struct text cell = text_make(LIMIT_OUTPUT_LINE);
	int worst = worst_of(c);
	size_t at = CALLS_MARKS;

	text_puts(t, color_of(s->tui, c));
	text_putc(t, tui_is_selected(s->tui, c) ? '*' : ' ');
	text_putc(t, worst < 0 ? ' ' : letters[worst]);
	for (size_t k = 0; k < s->tui->n_columns; k++) {
		size_t width;

		if (l->is_hidden[k])
			continue;
		text_clear(&cell);
		calls_cell(l, &cell, c, s->tui->columns[k]);
		if (cell.len == 0)
			text_putc(&cell, '-');
		width = term_columns(text_str(&cell));
		if (is_right(s->tui->columns[k]) && width < l->widths[k])
			text_printf(t, "\033[%zuG", at + l->widths[k] - width);
		else
			text_printf(t, "\033[%zuG", at);
		screen_cell(t, text_str(&cell), l->widths[k]);
		at += l->widths[k] + 2;
	}
	text_free(&cell);
}

static void line(struct screen *s, size_t row, struct text *t)
{
	const struct calls *l = (const struct calls *)s;

	if (l->held == NULL)
		write_row(s, row, t);
	else if (row >= l->held_from && row < l->held_from + l->n_held)
		text_add(t, text_str(&l->held[row - l->held_from]));
	else
		text_puts(t, "\033[5G…");
}

void tui_calls_told(struct screen *s)
{
	drop_held((struct calls *)s);
	calls_were_told((struct calls *)s);
}

void tui_calls_hold(struct screen *s, size_t around)
{
	struct calls *l = (struct calls *)s;
	size_t from = s->top > around ? s->top - around : 0;
	size_t until = s->top + around < l->n ? s->top + around : l->n;
	struct text *held;

	calls_make_stop(l);
	if (l->held != NULL || until <= from)
		return;
	held = must_alloc(until - from, sizeof(*held));
	for (size_t i = from; i < until; i++) {
		held[i - from] = text_make(LIMIT_OUTPUT_LINE);
		write_row(s, i, &held[i - from]);
	}
	l->held = held;
	l->held_from = from;
	l->n_held = until - from;
}

static void title(struct screen *s, struct text *t)
{
	const struct calls *l = (struct calls *)s;

	text_printf(t, "%zu", l->all);
	if (l->n != l->all)
		text_printf(t, " (%zu shown)", l->n);
	if (!s->tui->is_loading)
		calls_count_print(t, &l->count);
	if (l->making.stage != MAKING_NOTHING && !s->tui->is_loading)
		text_printf(t, ", %zu of them looked at", l->making.all);
}

/* ---- keys ---- */

static void say_sorted(struct tui *t)
{
	tui_say(t, STYLE_NOTE, "sorted by %s, %s", t->sort_field->key,
		t->sorts_down ? "downwards" : "upwards");
}

static void sort_by(struct screen *s, bool is_left)
{
	struct tui *t = s->tui;
	struct text name = text_make(TUI_LINE);
	struct text why_not = text_make(TUI_LINE);
	size_t k = 0;

	while (k < t->n_columns && t->columns[k] != t->sort_field)
		k++;
	if (k == t->n_columns)
		k = 0;
	else if (is_left)
		k = k > 0 ? k - 1 : 0;
	else
		k = k + 1 < t->n_columns ? k + 1 : k;
	text_printf(&name, "%s%s", t->sorts_down ? "-" : "", t->columns[k]->key);
	tui_columns_sort(t, text_str(&name), &why_not);
	refresh(s);
	say_sorted(t);
	text_free(&name);
	text_free(&why_not);
}

static void sort_order(struct screen *s)
{
	struct text name = text_make(TUI_LINE);
	struct text why_not = text_make(TUI_LINE);

	text_printf(&name, "%s%s", s->tui->sorts_down ? "" : "-", s->tui->sort_field->key);
	tui_columns_sort(s->tui, text_str(&name), &why_not);
	refresh(s);
	say_sorted(s->tui);
	text_free(&name);
	text_free(&why_not);
}

static const struct call *call(struct screen *s, size_t row)
{
	return ((struct calls *)s)->rows[row].call;
}

static const struct tunnel *tunnel(struct screen *s, size_t row)
{
	const struct call *c = call(s, row);

	return c == NULL ? NULL : c->tunnel;
}

static uint64_t event(struct screen *s, size_t row)
{
	const struct call *c = call(s, row);

	return c == NULL ? 0 : mark_number(&c->start);
}

static size_t numbered(struct screen *s, uint64_t number)
{
	const struct calls *l = (const struct calls *)s;

	for (size_t i = 0; i < l->n; i++) {
		if (l->rows[i].number == number)
			return i;
	}
	return s->tui->is_loading ? (size_t)number - 1 : SIZE_MAX;
}

static bool act(struct screen *s, enum action a)
{
	switch (a) {
	case ACTION_SORT_LEFT:
	case ACTION_SORT_RIGHT:
		sort_by(s, a == ACTION_SORT_LEFT);
		return true;
	case ACTION_SORT_ORDER:
		sort_order(s);
		return true;
	case ACTION_COLUMNS:
		tui_columns_open(s->tui);
		return true;
	case ACTION_ENTER:
		if (s->tui->is_loading || s->at >= rows(s) || call(s, s->at) == NULL)
			return false;
		tui_enter_call(s->tui, call(s, s->at));
		return true;
	default:
		return false;
	}
}

static void close_calls(struct screen *s)
{
	struct calls *l = (struct calls *)s;

	calls_make_stop(l);
	drop_held(l);
	tui_brief_free(&l->brief);
	free(l->rows);
	free(l);
}

static const struct screen_class class = {
	.name = "calls",
	.on = ON_CALLS,
	.printed_by = "calls",
	.title = title,
	.head = head,
	.rows = rows,
	.line = line,
	.frame = frame,
	.act = act,
	.refresh = refresh,
	.work = work,
	.call = call,
	.tunnel = tunnel,
	.event = event,
	.numbered = numbered,
	.severity = severity,
	.close = close_calls,
};

struct screen *tui_calls_new(struct tui *t)
{
	struct calls *l = must_alloc(1, sizeof(*l));

	(void)t;
	*l = (struct calls){.screen = {.class = &class}};
	return &l->screen;
}
