/* The list of calls: while the input is read the calls so far, then each with what became of it. */
#include <stdlib.h>

#include "cmd_common.h"
#include "tui.h"
#include "tui_columns.h"

enum { MARKS = 4 }; /* columns before the first cell: selected, severity */

/* A call of the report, or a session whose call is not known yet. */
struct row {
	const struct call *call;
	struct tunnel *tunnel;
	struct session *session;
};

struct sort_key {
	double number;
	struct str text;
	size_t place; /* as the rows were: equal ones stay in order */
	bool is_known;
};

/* The next list while it is made, bit by bit. The one before is shown meanwhile. */
struct making {
	enum { MAKING_NOTHING, MAKING_ROWS, MAKING_KEYS, MAKING_ORDER } stage;
	struct row *rows;
	size_t n, room, all;
	/* the next one to be looked at: of the report, or of the i-th vantage point */
	const struct call *call;
	size_t i;
	struct tunnel *tunnel;
	struct session *session;
	/* to be sorted: runs of `run` keys are in order, and go from `keys` to `merged` in pairs */
	struct sort_key *keys, *merged;
	size_t n_keys, run, n_merged;
	struct arena *texts;
};

struct calls {
	struct screen screen;
	struct row *rows;
	size_t n, all;
	struct making making;
	size_t natural[TUI_COLUMNS]; /* the widths that the cells would have */
	size_t widths[TUI_COLUMNS];
	size_t measured[2];  /* rows whose cells are known to fit: from, until */
	size_t measured_for; /* columns of the screen */
	struct call draft;   /* of the row that was asked for last */
	/* what is shown while the model cannot be asked: rows held_from to held_from + n_held */
	struct text *held;
	size_t held_from, n_held;
};

static const struct call *call_of_row(struct calls *l, const struct row *r)
{
	if (r->call == NULL)
		call_draft(r->tunnel, r->session, &l->draft);
	return r->call == NULL ? &l->draft : r->call;
}

static const struct call *call_of(struct calls *l, size_t row)
{
	return call_of_row(l, &l->rows[row]);
}

static struct subject subject_of(struct calls *l, const struct call *c)
{
	struct subject s = run_subject(l->screen.tui->run);

	s.call = c;
	s.tunnel = c->tunnel;
	return s;
}

/* ---- cells ---- */

static const struct tui_alias *alias_of(const struct tui *t, const struct address *a)
{
	for (size_t i = 0; i < t->n_aliases; i++) {
		if (address_equal(&t->aliases[i].address, a))
			return &t->aliases[i];
	}
	return NULL;
}

/* `hgw 17688/7`, as `calls` has it. */
static void write_side(const struct tui *t, struct text *line, const struct call *c, int which)
{
	const struct call_side *side = &c->side[which];
	const struct tui_alias *alias = alias_of(t, &side->address);
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

static void write_cell(struct calls *l, struct text *line, const struct call *c,
		       const struct field *f)
{
	struct run *r = l->screen.tui->run;
	struct subject s = subject_of(l, c);
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
}

/* ---- sorting ---- */

static double order_number(const char *const *order, struct str word)
{
	double n = 0;

	for (; order[0] != NULL; order++, n++) {
		if (str_is(word, order[0]))
			return n;
	}
	return -1;
}

static struct sort_key key_of(struct calls *l, size_t row, struct arena *a)
{
	const struct field *f = l->screen.tui->sort_field;
	struct subject s = subject_of(l, call_of_row(l, &l->making.rows[row]));
	struct sort_key key = {.place = row};
	struct fact fact = {0};
	struct text t;

	key.is_known = field_get(&field_calls, f, &s, &fact);
	switch (fact.kind) {
	case FACT_NUMBER:
		key.number = (double)fact.number;
		break;
	case FACT_REAL:
		key.number = fact.real;
		break;
	case FACT_TRUTH:
		key.number = fact.truth;
		break;
	case FACT_TIME:
		key.number =
			(double)when_aligned(s.report, fact.mark.vantage, mark_when(&fact.mark)).ns;
		break;
	case FACT_NUMBERS:
		key.number = (double)fact.numbers[0] + (double)fact.numbers[1];
		break;
	default:
		t = text_make(TUI_LINE);
		write_cell(l, &t, s.call, f);
		key.text = arena_str(a, text_str(&t));
		key.is_known = t.len > 0;
		text_free(&t);
		if (f->order != NULL)
			key.number = order_number(f->order, key.text);
	}
	return key;
}

/* What is unknown comes last, whichever way. */
static int compare(const struct sort_key *a, const struct sort_key *b, bool is_down)
{
	int result = (a->number > b->number) - (a->number < b->number);

	if (a->is_known != b->is_known)
		return a->is_known ? -1 : 1;
	if (result == 0)
		result = str_compare(a->text, b->text);
	if (result == 0)
		return (a->place > b->place) - (a->place < b->place);
	return is_down ? -result : result;
}

/* ---- making the list ---- */

static void making_end(struct making *m)
{
	free(m->rows);
	free(m->keys);
	free(m->merged);
	arena_free(m->texts);
	*m = (struct making){.stage = MAKING_NOTHING};
}

static void add(struct making *m, struct row row)
{
	if (m->n == m->room) {
		m->room = m->room == 0 ? 256 : m->room * 2;
		m->rows = must_grow(m->rows, m->room, sizeof(*m->rows));
	}
	m->rows[m->n++] = row;
}

/* Before the end a filter on messages or findings cannot be asked: all are shown. */
static bool fits_so_far(struct calls *l, const struct call *c)
{
	const struct filter *f = l->screen.tui->run->filter;
	struct subject s;

	if (f == NULL || filter_asks_message(f) || filter_asks_finding(f))
		return true;
	s = subject_of(l, c);
	return filter_fits(f, &s);
}

static void look_at_session(struct calls *l)
{
	struct making *m = &l->making;
	bool is_asked = l->screen.tui->run->filter != NULL;

	if (!call_draft(m->tunnel, m->session, is_asked ? &l->draft : NULL))
		return;
	m->all++;
	if (!is_asked || fits_so_far(l, &l->draft))
		add(m, (struct row){.tunnel = m->tunnel, .session = m->session});
}

static void look_at_call(struct calls *l)
{
	struct making *m = &l->making;

	m->all++;
	if (run_shows_call(l->screen.tui->run, m->call))
		add(m, (struct row){.call = m->call, .session = m->call->session});
}

/* The next session of what was read so far. */
static bool next_session(struct calls *l)
{
	struct making *m = &l->making;

	if (m->session != NULL)
		m->session = m->session->next;
	while (m->session == NULL) {
		if (m->tunnel != NULL)
			m->tunnel = m->tunnel->next;
		while (m->tunnel == NULL) {
			if (!replay_tunnels(l->screen.tui->run->replay, m->i, &m->tunnel))
				return false;
			m->i++;
		}
		m->session = m->tunnel->sessions;
	}
	return true;
}

static bool next_call(struct calls *l)
{
	struct making *m = &l->making;

	m->call = m->i++ == 0 ? l->screen.tui->run->report->calls : m->call->next;
	return m->call != NULL;
}

/* True when all rows are there. */
static bool make_rows(struct calls *l, int64_t until)
{
	bool is_loading = l->screen.tui->is_loading;
	size_t unlooked = is_loading ? TUI_UNLOOKED : tui_unlooked(l->screen.tui);

	for (size_t i = 1; is_loading ? next_session(l) : next_call(l); i++) {
		if (is_loading)
			look_at_session(l);
		else
			look_at_call(l);
		if (i % unlooked == 0 && tui_now() >= until)
			return false;
	}
	return true;
}

static bool make_keys(struct calls *l, int64_t until)
{
	struct making *m = &l->making;

	while (m->n_keys < m->n) {
		m->keys[m->n_keys] = key_of(l, m->n_keys, m->texts);
		m->n_keys++;
		if (m->n_keys % TUI_UNLOOKED == 0 && tui_now() >= until)
			return false;
	}
	return true;
}

/* Two runs of `run` keys from `at` on become one, in `merged`. */
static void merge(struct making *m, size_t at, bool is_down)
{
	size_t middle = at + m->run < m->n ? at + m->run : m->n;
	size_t end = middle + m->run < m->n ? middle + m->run : m->n;
	size_t a = at, b = middle;

	for (size_t i = at; i < end; i++) {
		bool takes_a =
			a < middle && (b == end || compare(&m->keys[a], &m->keys[b], is_down) <= 0);

		m->merged[i] = takes_a ? m->keys[a++] : m->keys[b++];
	}
}

static bool make_order(struct calls *l, int64_t until)
{
	struct making *m = &l->making;

	for (; m->run < m->n; m->run *= 2) {
		struct sort_key *merged = m->merged;

		while (m->n_merged < m->n) {
			merge(m, m->n_merged, l->screen.tui->sorts_down);
			m->n_merged += 2 * m->run;
			if (m->n_merged % TUI_UNLOOKED == 0 && tui_now() >= until)
				return false;
		}
		m->merged = m->keys;
		m->keys = merged;
		m->n_merged = 0;
	}
	return true;
}

static void start_sorting(struct calls *l)
{
	struct making *m = &l->making;

	m->keys = must_alloc(m->n + 1, sizeof(*m->keys));
	m->merged = must_alloc(m->n + 1, sizeof(*m->merged));
	m->texts = arena_new(LIMIT_REPLAY_ARENA);
	m->run = 1;
	m->stage = MAKING_KEYS;
}

static void drop_held(struct calls *l)
{
	for (size_t i = 0; i < l->n_held; i++)
		text_free(&l->held[i]);
	free(l->held);
	l->held = NULL;
	l->n_held = 0;
}

static void measure(struct calls *l);

/* The list that was made is the one that is shown; the cursor stays on its call. */
static void show(struct calls *l)
{
	struct making *m = &l->making;
	struct screen *s = &l->screen;
	const struct session *under = s->at < l->n ? l->rows[s->at].session : NULL;
	struct row *rows = m->rows;

	if (m->keys != NULL) {
		rows = must_alloc(m->n + 1, sizeof(*rows));
		for (size_t i = 0; i < m->n; i++)
			rows[i] = m->rows[m->keys[i].place];
	} else {
		m->rows = NULL;
	}
	free(l->rows);
	l->rows = rows;
	l->n = m->n;
	l->all = m->all;
	making_end(m);
	drop_held(l);
	for (size_t i = 0; under != NULL && s->at > 0 && i < l->n; i++) {
		if (l->rows[i].session != under)
			continue;
		screen_go(s, i);
		break;
	}
	memset(l->natural, 0, sizeof(l->natural));
	measure(l);
	s->tui->is_new = true;
}

static bool is_in_order(const struct tui *t)
{
	return strcmp(t->sort_field->key, "id") == 0 && !t->sorts_down;
}

static bool work(struct screen *s, int64_t until)
{
	struct calls *l = (struct calls *)s;
	struct making *m = &l->making;

	if (m->stage == MAKING_NOTHING)
		return false;
	if (m->stage == MAKING_ROWS) {
		if (!make_rows(l, until))
			return true;
		if (m->n < 2 || is_in_order(s->tui)) {
			show(l);
			return true;
		}
		start_sorting(l);
	}
	if (m->stage == MAKING_KEYS) {
		if (!make_keys(l, until))
			return true;
		m->stage = MAKING_ORDER;
	}
	if (make_order(l, until))
		show(l);
	return true;
}

/* A list that is small is there at once. */
static void refresh(struct screen *s)
{
	struct calls *l = (struct calls *)s;

	if (s->tui->is_concluding)
		return;
	making_end(&l->making);
	l->making.stage = MAKING_ROWS;
	work(s, tui_now());
}

/* ---- columns ---- */

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
		const struct call *c = call_of(l, i);

		for (size_t k = 0; k < t->n_columns; k++) {
			size_t width;

			text_clear(&cell);
			write_cell(l, &cell, c, t->columns[k]);
			width = term_columns(text_str(&cell));
			width = width > WIDEST ? WIDEST : width;
			l->natural[k] = width > l->natural[k] ? width : l->natural[k];
		}
	}
	text_free(&cell);
}

enum {
	LEAST = 8,   /* what a cell is cut down to at most */
	ENOUGH = 14, /* so much of a name or a cause can be read */
	KEPT = 8     /* columns that stay in sight: up to the cause, as they come */
};

static size_t columns_that_fit(const struct calls *l, size_t room)
{
	size_t least = MARKS, n = 0;

	while (n < l->screen.tui->n_columns) {
		least += l->natural[n] < LEAST ? l->natural[n] : LEAST;
		if (least > room)
			break;
		least += 2;
		n++;
	}
	return n;
}

/* The ends of a call give way first, their ids stand last; then whatever is widest. */
static size_t next_to_cut(const struct calls *l, const size_t *widths, size_t n)
{
	size_t end = SIZE_MAX, widest = 0;

	for (size_t k = 0; k < n; k++) {
		bool is_end = l->screen.tui->columns[k]->kind == FACT_OBJECT;

		if (is_end && widths[k] > LEAST && (end == SIZE_MAX || widths[k] > widths[end]))
			end = k;
		widest = widths[k] > widths[widest] ? k : widest;
	}
	return end == SIZE_MAX ? widest : end;
}

/* Cuts the first `n` columns to what there is room for; false: one of them too far. */
static bool cut_columns(const struct calls *l, size_t *widths, size_t n, size_t room)
{
	size_t total = MARKS;

	for (size_t k = 0; k < n; k++)
		total += l->natural[k] + 2;
	while (n > 0 && total > room + 2) {
		widths[next_to_cut(l, widths, n)]--;
		total--;
	}
	for (size_t k = 0; k < n; k++) {
		if (l->screen.tui->columns[k]->kind != FACT_OBJECT && widths[k] < ENOUGH &&
		    widths[k] < l->natural[k])
			return false;
	}
	return true;
}

/* As many columns as can be are in sight; rather one less than words that nobody can read. */
static void shrink(struct calls *l, size_t room)
{
	size_t n = columns_that_fit(l, room);
	size_t widths[TUI_COLUMNS];

	memcpy(widths, l->natural, sizeof(widths));
	while (!cut_columns(l, widths, n, room) && n > KEPT) {
		memcpy(widths, l->natural, sizeof(widths));
		n--;
	}
	memcpy(l->widths, widths, sizeof(widths));
}

static void measure(struct calls *l)
{
	widen(l);
	shrink(l, l->screen.tui->canvas->columns);
}

/* Nothing stands beside the rows; but those that came into sight may be wider. */
static struct area frame(struct screen *s, struct canvas *c, struct area a)
{
	struct calls *l = (struct calls *)s;
	size_t height = a.bottom - a.top;
	size_t from = s->at > height ? s->at - height : 0;
	size_t until = s->at + height < l->n ? s->at + height : l->n;

	if (l->held == NULL &&
	    (from < l->measured[0] || until > l->measured[1] || l->measured_for != c->columns))
		measure(l);
	return a;
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
	if (s->tui->is_loading)
		return -1;
	return worst_of(call_of((struct calls *)s, row));
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
	size_t at = MARKS;

	for (size_t k = 0; k < s->tui->n_columns; k++) {
		const struct field *f = s->tui->columns[k];
		size_t title = term_columns(str_of(f->title));
		size_t indent = is_right(f) ? l->widths[k] - title : 0;

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
	size_t at = MARKS;

	text_puts(t, color_of(s->tui, c));
	text_putc(t, tui_is_selected(s->tui, c) ? '*' : ' ');
	text_putc(t, worst < 0 ? ' ' : letters[worst]);
	for (size_t k = 0; k < s->tui->n_columns; k++) {
		size_t width;

		text_clear(&cell);
		write_cell(l, &cell, c, s->tui->columns[k]);
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

void tui_calls_hold(struct screen *s)
{
	enum { AROUND = 500 };
	struct calls *l = (struct calls *)s;
	size_t from = s->top > AROUND ? s->top - AROUND : 0;
	size_t until = s->top + AROUND < l->n ? s->top + AROUND : l->n;
	struct text *held;

	making_end(&l->making);
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
		if (s->at >= rows(s) || call(s, s->at) == NULL)
			return false;
		tui_open_ladder(s->tui, call(s, s->at), NULL);
		return true;
	default:
		return false;
	}
}

static void close_calls(struct screen *s)
{
	struct calls *l = (struct calls *)s;

	making_end(&l->making);
	drop_held(l);
	free(l->rows);
	free(l);
}

static const struct screen_class class = {
	.name = "calls",
	.on = ON_CALLS,
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
