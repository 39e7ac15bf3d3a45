#include "defect_note.h"

#include "spoken.h"

static void defect_note_add(struct context *c, struct defect_note **list, const struct defect *d)
{
	struct defect_note *note = *list;

	/* damage is one finding per record; the others are counted per kind */
	while (note && note->defect.id != d->id)
		note = note->next;
	if (note && d->id != DEFECT_INPUT_DAMAGED) {
		note->count++;
		return;
	}
	note = arena_alloc(c->arena, sizeof(*note));
	if (!note)
		return;
	note->defect = *d;
	note->defect.text = keep(c, d->text);
	note->defect.was = keep(c, d->was);
	note->defect.should_be = keep(c, d->should_be);
	note->defect.proof = keep(c, d->proof);
	note->mark = spoken_mark(c);
	note->count = 1;
	if (*list)
		(*list)->last->next = note;
	else
		*list = note;
	(*list)->last = note;
}

void defects_add(struct context *c, struct tunnel *t, struct session *s)
{
	struct defect_note **list = &c->observer->loose_defects;
	struct arena *outside = c->arena;

	if (s && s->tunnel) {
		list = &s->defects;
		context_in_session(c, s);
	} else if (t) {
		list = &t->defects;
		context_in_tunnel(c, t);
	}
	for (size_t i = 0; i < c->event->n_defects; i++)
		defect_note_add(c, list, &c->event->defects[i]);
	c->arena = outside;
}
