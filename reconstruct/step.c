#include "step.h"

#include "threshold.h"

enum { STEPS_AT_ONCE = 4096 }; /* between two rests, and two looks whether somebody waits */

static size_t step_ceiling(const struct thresholds *t)
{
	double steps = threshold(t, THRESHOLD_TIMELINE);

	return steps < LIMIT_STEPS ? (size_t)steps : LIMIT_STEPS;
}

void steps_rest(const struct report *r, size_t i)
{
	if (r && r->steps_at && i % STEPS_AT_ONCE == 0)
		arena_rest(r->steps_at);
}

bool steps_are_hurried(const struct report *r, size_t i)
{
	return i % STEPS_AT_ONCE == 0 && report_is_hurried(r);
}

static struct message_key key_of(struct replay *r, const struct event *e)
{
	struct message_key key = {.mark = mark_of_event(e),
				  .stamp = arena_str(r->steps, e->stamp),
				  .kind = (uint8_t)e->kind,
				  .sense = (uint8_t)e->sense,
				  .is_virtual = e->is_virtual};

	if (e->kind == EVENT_CONTROL) {
		key.type = e->control.message;
		key.has_number = e->l2tp.has_sequence;
		key.ns = e->l2tp.ns;
		key.nr = e->l2tp.nr;
	} else if (e->kind == EVENT_PPP) {
		key.type = e->ppp.protocol;
		key.has_number = e->ppp.has_id;
		key.code = e->ppp.code;
		key.id = e->ppp.id;
	}
	return key;
}

struct step *step_new(struct replay *r, struct context *c)
{
	struct observer *o = c->observer;
	struct step *step;

	if (r->n_steps >= step_ceiling(r->options.thresholds)) {
		r->steps_full = true;
		return NULL;
	}
	step = arena_alloc(r->steps, sizeof(*step));
	if (!step)
		return NULL;
	steps_rest(&r->report, r->n_steps);
	step->key = key_of(r, c->event);
	step->event = r->options.asks_steps ? event_copy(r->steps, c->event) : NULL;
	step->delivery = DELIVERY_NONE;
	if (o->steps_last)
		o->steps_last->next = step;
	else
		o->steps = step;
	o->steps_last = step;
	o->n_steps++;
	r->n_steps++;
	return step;
}
