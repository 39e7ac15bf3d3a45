#include "ladder.h"

#include <stdlib.h>

#include "ladder_draft.h"

static void take_step(struct draft *d, const struct step *s)
{
	const struct call *c = step_call(s);

	if (!draft_draws(d->run, s))
		return;
	if (d->ladder->is_digest && c != NULL && c->number <= d->run->report->last_call)
		draft_add_to_call(d, s, c);
	else
		draft_add_step(d, s);
}

/* How many calls are to be shown decides how. */
static void count_calls(struct draft *d)
{
	const struct report *report = d->run->report;

	for (size_t i = 0; i < d->n_steps; i++) {
		const struct call *c = step_call(d->steps[i]);

		if (c == NULL || c->number > report->last_call || d->calls[c->number] ||
		    !draft_shows(d, d->steps[i]))
			continue;
		d->calls[c->number] = true;
		d->ladder->n_calls++;
	}
	d->ladder->is_digest = d->ladder->n_calls > LIMIT_LADDER_CALLS;
	d->parties.shares_clients = d->ladder->n_calls > LIMIT_LADDER_CLIENTS;
}

static void place_parties(struct draft *d)
{
	size_t place[LIMIT_LADDER_PARTIES] = {0};
	struct ladder *l = d->ladder;

	party_finish(&d->parties, l, place);
	for (size_t i = 0; i < l->n_rows; i++) {
		struct ladder_row *row = &l->rows[i];

		row->from = place[row->from];
		row->to = place[row->to];
		for (size_t k = 0; k < row->n_states; k++)
			row->states[k].party = place[row->states[k].party];
	}
}

static bool has_message(const struct run *r, const struct finding *f)
{
	for (size_t i = 0; i < f->n_evidence; i++) {
		if (run_step_of(r, mark_number(&f->evidence[i])) != NULL)
			return true;
	}
	return false;
}

static void add_loose_notes(struct draft *d, const struct ladder_base *base)
{
	struct ladder *l = d->ladder;

	l->notes = arena_array(l->arena, base->n_loose, sizeof(*l->notes));
	for (size_t i = 0; i < base->n_loose && l->notes != NULL; i++) {
		if (draft_is_about(d, base->loose[i]))
			l->notes[l->n_notes++] = draft_note(d, base->loose[i], 0);
	}
}

struct ladder_base *ladder_base_new(const struct run *r)
{
	struct ladder_base *b = must_alloc(1, sizeof(*b));
	size_t room = 0;

	party_learn(&b->hosts, r->report);
	for (const struct finding *f = r->report->findings; f != NULL; f = f->next) {
		if (has_message(r, f))
			continue;
		if (b->n_loose == room) {
			room = room == 0 ? 64 : room * 2;
			b->loose = must_grow(b->loose, room, sizeof(*b->loose));
		}
		b->loose[b->n_loose++] = f;
	}
	return b;
}

void ladder_base_free(struct ladder_base *b)
{
	if (b == NULL)
		return;
	free(b->loose);
	free(b);
}

struct ladder *ladder_make(struct run *r, const struct ladder_choice *choice)
{
	struct ladder *l = must_alloc(1, sizeof(*l));
	size_t n = r->report->last_call + 1;
	bool has_steps = choice != NULL && choice->steps != NULL;
	bool has_base = choice != NULL && choice->base != NULL;
	struct ladder_base *own = has_base ? NULL : ladder_base_new(r);
	const struct ladder_base *base = has_base ? choice->base : own;
	struct draft d = {
		.run = r,
		.choice = choice,
		.steps = has_steps ? choice->steps : r->report->steps,
		.n_steps = has_steps ? choice->n_steps : r->report->n_steps,
		.ladder = l,
		.parties = base->hosts,
		.calls = must_alloc(n, sizeof(*d.calls)),
		.last_of = must_alloc(n, sizeof(*d.last_of)),
		.has_data = must_alloc(n, sizeof(*d.has_data)),
		.words = text_make(LIMIT_OUTPUT_LINE),
	};

	*l = (struct ladder){.arena = arena_new(LIMIT_LADDER)};
	count_calls(&d);
	for (size_t i = 0; i < d.n_steps; i++) {
		if (!draft_shows(&d, d.steps[i]))
			continue;
		draft_add_payload_before(&d, d.steps[i]);
		take_step(&d, d.steps[i]);
		draft_add_payload(&d, d.steps[i]);
	}
	place_parties(&d);
	add_loose_notes(&d, base);
	ladder_base_free(own);
	free(d.calls);
	free(d.last_of);
	free(d.has_data);
	text_free(&d.words);
	return l;
}

void ladder_free(struct ladder *l)
{
	if (l == NULL)
		return;
	free(l->rows);
	arena_free(l->arena);
	free(l);
}
