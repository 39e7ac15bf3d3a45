/* A row of a step, or its place in the row of what it repeats. */
#include <stdlib.h>

#include "ladder_draft.h"
#include "message.h"

/* ---- states and findings ---- */

static void add_states(struct draft *d, struct ladder_row *row, const struct step *s)
{
	row->states = arena_array(d->ladder->arena, s->n_changes, sizeof(*row->states));
	for (size_t i = 0; row->states != NULL && i < s->n_changes; i++) {
		const struct state_change *c = &s->changes[i];
		size_t party = party_of_role(&d->parties, s, c->who);

		message_change(&d->words, c);
		row->states[row->n_states++] = (struct ladder_state){
			.party = party == NO_PARTY ? row->from : party,
			.machine = c->machine,
			.protocol = c->protocol,
			.before = c->before,
			.after = c->after,
			.is_inferred = c->is_inferred,
			.text = draft_words(d),
		};
	}
}

static bool is_noted(const struct ladder_row *row, const struct finding *f)
{
	for (size_t i = 0; i < row->n_notes; i++) {
		if (row->notes[i].finding->rule == f->rule)
			return true;
	}
	return false;
}

/* A rule once in a row, however many copies are folded into it. */
static void add_notes_at(struct draft *d, struct ladder_row *row, uint64_t event)
{
	const struct evidence_at *at;
	size_t n = run_findings_at(d->run, event, &at);
	struct ladder_note *notes;

	if (n == 0)
		return;
	notes = arena_array(d->ladder->arena, row->n_notes + n, sizeof(*notes));
	if (notes == NULL)
		return;
	for (size_t i = 0; i < row->n_notes; i++)
		notes[i] = row->notes[i];
	row->notes = notes;
	for (size_t i = 0; i < n; i++) {
		if (!is_noted(row, at[i].finding))
			row->notes[row->n_notes++] = draft_note(d, at[i].finding, event);
	}
}

void draft_add_notes(struct draft *d, struct ladder_row *row, const struct step *s)
{
	for (; s != NULL; s = s->seen_also)
		add_notes_at(d, row, s->event->number);
}

/* ---- folding ---- */

static bool is_alive(const struct event *e)
{
	if (e->kind == EVENT_CONTROL)
		return e->control.message == HELLO;
	return e->kind == EVENT_PPP && e->ppp.protocol == PPP_LCP &&
	       (e->ppp.code == CP_ECHOREQ || e->ppp.code == CP_ECHOREP);
}

static enum ladder_kind kind_of(const struct step *s, size_t from, size_t to)
{
	const struct event *e = s->event;

	if (e->kind == EVENT_DATA)
		return LADDER_DATA;
	if (from == to)
		return LADDER_SAID;
	return s->n_changes == 0 && is_alive(e) ? LADDER_ALIVE : LADDER_MESSAGE;
}

static bool is_copy(const struct step *first, const struct step *s)
{
	const struct event *a = first->event, *b = s->event;

	if (a->kind != b->kind || s->n_changes > 0 || step_tunnel(first) != step_tunnel(s))
		return false;
	if (a->kind == EVENT_CONTROL)
		return a->control.message == b->control.message && a->l2tp.has_sequence &&
		       b->l2tp.has_sequence && a->l2tp.ns == b->l2tp.ns &&
		       s->delivery != DELIVERY_NEW && s->delivery != DELIVERY_ACK;
	return true;
}

/* What came last of a call, or of no call. */
static size_t *last_of(const struct draft *d, const struct step *s)
{
	const struct call *c = step_call(s);

	return &d->last_of[c == NULL || c->number > d->run->report->last_call ? 0 : c->number];
}

static bool joins(const struct ladder_row *row, size_t from, size_t to)
{
	return (row->from == from && row->to == to) || (row->from == to && row->to == from);
}

/* The last row of its call, when the step is more of the same: what other calls did meanwhile
 * does not matter. */
static struct ladder_row *folds_into(struct draft *d, const struct step *s, size_t from, size_t to,
				     enum ladder_kind kind)
{
	size_t place = *last_of(d, s);
	struct ladder_row *last = place == 0 ? NULL : &d->ladder->rows[place - 1];
	bool is_same;

	if (last == NULL || last->kind != kind)
		return NULL;
	if (kind == LADDER_DATA || kind == LADDER_ALIVE)
		return joins(last, from, to) ? last : NULL;
	if (last->from != from || last->to != to || !is_copy(last->step, s))
		return NULL;
	if (s->event->kind == EVENT_CONTROL)
		return last;
	is_same = str_equal(last->message, draft_message(d, s));
	return is_same && str_equal(last->detail, draft_detail(d, s)) ? last : NULL;
}

static void count(struct ladder_row *row, const struct step *s, size_t from)
{
	int way = row->from == from ? 0 : 1;

	row->packets[way]++;
	if (s->event->kind == EVENT_DATA)
		row->octets[way] += s->event->data.length;
}

static void fold(struct draft *d, struct ladder_row *row, const struct step *s, size_t from)
{
	struct moment now = run_step_time(d->run, s);

	if (row->kind == LADDER_MESSAGE && moment_comparable(now, row->last) &&
	    row->n_waits < LADDER_WAITS)
		row->waits[row->n_waits++] = (double)moment_minus(now, row->last) / 1e9;
	row->copies++;
	row->last = now;
	row->is_unseen = row->is_unseen && draft_is_lost(s);
	count(row, s, from);
	if (row->kind == LADDER_DATA || row->kind == LADDER_ALIVE) {
		row->detail = (struct str){0};
		if (!str_equal(row->message, draft_message(d, s)))
			row->message = row->kind == LADDER_DATA ? STR("data") : STR("keepalives");
	}
	draft_add_notes(d, row, s);
}

/* ---- rows ---- */

struct ladder_row *draft_new_row(struct draft *d)
{
	struct ladder *l = d->ladder;

	if (l->n_rows == LIMIT_LADDER_ROWS || arena_is_full(l->arena)) {
		l->left_out++;
		return NULL;
	}
	if (l->n_rows == d->room) {
		d->room = d->room == 0 ? 64 : 2 * d->room;
		l->rows = must_grow(l->rows, d->room, sizeof(*l->rows));
	}
	return &l->rows[l->n_rows++];
}

void draft_begin_row(struct draft *d, struct ladder_row *row, const struct step *s)
{
	const struct call *c = step_call(s);
	const struct tunnel *t = step_tunnel(s);

	row->when = run_step_time(d->run, s);
	row->last = row->when;
	row->time = draft_time(d, d->run->options->time, row->when);
	if (moment_comparable(row->when, d->before))
		row->delta = draft_time(d, "d", row->when);
	d->before = row->when;
	row->copies = 1;
	row->call = c == NULL ? 0 : c->number;
	row->tunnel = t == NULL ? 0 : t->number;
	row->event = s->event->number;
	row->step = s;
	row->origin = draft_origin(d, s->event);
	count(row, s, row->from);
}

void draft_add_step(struct draft *d, const struct step *s)
{
	size_t from, to;
	enum ladder_kind kind;
	struct ladder_row *row;

	if (!party_find(&d->parties, d->run, s, &from, &to))
		return;
	kind = kind_of(s, from, to);
	row = folds_into(d, s, from, to, kind);
	if (row != NULL) {
		fold(d, row, s, from);
		return;
	}
	row = draft_new_row(d);
	if (row == NULL)
		return;
	*row = (struct ladder_row){.kind = kind, .from = from, .to = to};
	*last_of(d, s) = d->ladder->n_rows;
	draft_begin_row(d, row, s);
	row->message = draft_message(d, s);
	row->detail = draft_detail(d, s);
	row->remark = draft_remark(d, s);
	row->is_unseen = draft_is_lost(s);
	add_states(d, row, s);
	draft_add_notes(d, row, s);
}
