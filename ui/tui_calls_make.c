/* The next list of calls: collected, filtered and sorted bit by bit between keys. */
#include <stdlib.h>

#include "cause_group.h"
#include "cmd_common.h"
#include "reread.h"
#include "told.h"
#include "tui_calls.h"

/* ---- sorting ---- */

static double order_number(const char *const *order, struct str word)
{
	for (size_t i = 0; order[i] != NULL; i++) {
		if (str_is(word, order[i]))
			return (double)i;
	}
	return -1;
}

static struct sort_key key_of(struct calls *l, size_t row, struct arena *a)
{
	const struct field *f = l->screen.tui->sort_field;
	struct subject s = calls_subject(l, calls_of_row(l, &l->making.rows[row]));
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
		calls_cell(l, &t, s.call, f);
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

static void add(struct making *m, struct call_row row)
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
	s = calls_subject(l, c);
	return filter_fits(f, &s);
}

/* NULL: none leaves before all is read. */
static const struct told *told_so_far(const struct calls *l)
{
	const struct tui *t = l->screen.tui;

	return t->is_loading && t->run->reread != NULL ? reread_told(t->run->reread) : NULL;
}

static void look_at_session(struct calls *l)
{
	struct making *m = &l->making;
	bool is_asked = l->screen.tui->run->filter != NULL;

	if (!call_draft(m->tunnel, m->session, is_asked ? &l->draft : NULL))
		return;
	m->all++;
	if (!is_asked || fits_so_far(l, &l->draft))
		add(m,
		    (struct call_row){.tunnel = m->tunnel,
				      .session = m->session,
				      .number = told_so_far(l) == NULL ? 0 : m->session->number});
}

static void look_at_call(struct calls *l)
{
	struct making *m = &l->making;

	m->all++;
	if (!run_shows_call(l->screen.tui->run, m->call))
		return;
	m->count.failed += m->call->outcome == OUTCOME_FAILED;
	m->count.dropped += m->call->outcome == OUTCOME_DROPPED;
	add(m, (struct call_row){
		       .call = m->call, .session = m->call->session, .number = m->call->number});
}

static size_t count_attempts(struct run *r)
{
	size_t n = 0;

	for (const struct tunnel *t = r->report->tunnels; t != NULL; t = tunnel_after(r->report, t))
		n += cause_group_is_attempt(r, t);
	return n;
}

/* True when all are there. */
static bool make_told(struct calls *l, int64_t until)
{
	struct making *m = &l->making;
	const struct told *a = told_so_far(l);

	while (a != NULL && m->told < told_last_call(a)) {
		const struct call *c = told_call(a, ++m->told);

		if (c == NULL)
			continue;
		m->all++;
		if (fits_so_far(l, c))
			add(m, (struct call_row){.call = c, .number = m->told});
		if (m->told % TUI_UNLOOKED == 0 && tui_now() >= until)
			return false;
	}
	return true;
}

/* Those that were told and those that go on, each at the place of its number. */
static void mix_by_number(struct making *m)
{
	struct call_row *slots;
	uint64_t last = 0;
	size_t n = 0, n_unnumbered = 0;

	for (size_t i = 0; i < m->n; i++)
		last = m->rows[i].number > last ? m->rows[i].number : last;
	slots = must_alloc(last + 1 + m->n, sizeof(*slots));
	memset(slots, 0, (last + 1) * sizeof(*slots));
	for (size_t i = 0; i < m->n; i++) {
		bool is_free = m->rows[i].number != 0 && slots[m->rows[i].number].number == 0;

		slots[is_free ? m->rows[i].number : last + 1 + n_unnumbered++] = m->rows[i];
	}
	for (size_t i = 0; i < last + 1 + n_unnumbered; i++) {
		if (slots[i].call != NULL || slots[i].session != NULL)
			m->rows[n++] = slots[i];
	}
	free(slots);
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
	run_rest(l->screen.tui->run, m->i);
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
		run_rest(l->screen.tui->run, m->n_keys);
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

/* What was made takes the place of what is shown. */
static void made(struct calls *l)
{
	struct making *m = &l->making;
	struct call_row *rows = m->rows;

	if (m->keys != NULL) {
		rows = must_alloc(m->n + 1, sizeof(*rows));
		for (size_t i = 0; i < m->n; i++)
			rows[i] = m->rows[m->keys[i].place];
	} else {
		m->rows = NULL;
	}
	l->made = rows;
	l->n_made = m->n;
	l->all = m->all;
	l->count = m->count;
	if (!l->screen.tui->is_loading)
		l->count.attempts = count_attempts(l->screen.tui->run);
	making_end(m);
	run_rest(l->screen.tui->run, 0);
	calls_made(l);
}

static bool is_in_order(const struct tui *t)
{
	return strcmp(t->sort_field->key, "id") == 0 && !t->sorts_down;
}

bool calls_make_on(struct calls *l, int64_t until)
{
	struct making *m = &l->making;

	if (m->stage == MAKING_NOTHING)
		return false;
	if (m->stage == MAKING_TOLD) {
		if (!make_told(l, until))
			return true;
		m->stage = MAKING_ROWS;
	}
	if (m->stage == MAKING_ROWS) {
		if (!make_rows(l, until))
			return true;
		if (m->told > 0)
			mix_by_number(m);
		if (m->n < 2 || is_in_order(l->screen.tui)) {
			made(l);
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
		made(l);
	return true;
}

void calls_make(struct calls *l)
{
	making_end(&l->making);
	l->making.stage = MAKING_TOLD;
	calls_make_on(l, tui_now());
}

void calls_make_stop(struct calls *l)
{
	making_end(&l->making);
}

void calls_were_told(struct calls *l)
{
	struct reread *x = l->screen.tui->run->reread;
	const struct told *a = told_so_far(l);
	bool has_forgotten = reread_has_forgotten(x);

	if (a == NULL || (told_calls(a) == l->told && !has_forgotten))
		return;
	l->told = told_calls(a);
	for (size_t i = 0; i < l->n; i++) {
		struct call_row *row = &l->rows[i];

		if (row->session == NULL)
			continue;
		row->call = told_call(a, row->number);
		if (row->call != NULL || (has_forgotten && reread_is_forgotten(x, row->session)))
			row->session = NULL;
	}
	reread_forgotten_seen(x);
	if (l->making.stage != MAKING_NOTHING)
		calls_make(l);
}

/* What went wrong: nobody scrolls through ten thousand calls to know whether any failed. */
void calls_count_print(struct text *t, const struct calls_count *n)
{
	if (n->failed > 0)
		text_printf(t, ": %zu failed", n->failed);
	if (n->dropped > 0)
		text_printf(t, "%s %zu dropped", n->failed > 0 ? "," : ":", n->dropped);
	if (n->attempts > 0)
		text_printf(t, "%s %zu tunnel attempt%s without a call",
			    n->failed + n->dropped > 0 ? ";" : ":", n->attempts,
			    n->attempts == 1 ? "" : "s");
}
