#include "jump.h"

#include "meter.h"
#include "over.h"

/* A capture is written in order but for what several interfaces and threads mix up; a log may be
 * collected late. */
static const int64_t back_ns = INT64_C(10) * 1000000000;
static const int64_t back_text_ns = INT64_C(86400) * 1000000000;

bool jump_is_far(const struct observer *o, struct moment now)
{
	struct moment before = mark_when(&o->latest);
	int64_t by;

	before.epoch = now.epoch;
	/* without a year a clock may only seem to go back: it wraps */
	if (!moment_comparable(before, now) || before.kind != now.kind ||
	    (now.kind != CLOCK_ABSOLUTE && now.kind != CLOCK_LOCAL))
		return false;
	by = moment_minus(now, before);
	return by > jump_forward_ns || by < -(o->is_text ? back_text_ns : back_ns);
}

static void jump_add(struct observer *o, struct mark now)
{
	if (!o->jumps)
		o->jumps = arena_array(o->arena, LIMIT_CLOCK_JUMPS, sizeof(*o->jumps));
	if (!o->jumps || o->n_jumps == LIMIT_CLOCK_JUMPS)
		return;
	over_stop(o);
	meters_recall(o);
	o->jumps[o->n_jumps++] = (struct clock_jump){.before = o->latest, .after = now};
}

/* A datagram whose fragments never came is told when it was given up, with the time of those that
 * did: behind records that came after it. */
static bool is_told_late(const struct context *c)
{
	const struct observer *o = c->observer;

	return c->event->is_assembled && o->latest.is_set &&
	       c->event->when.kind == CLOCK_ABSOLUTE && o->latest.kind == CLOCK_ABSOLUTE &&
	       c->event->when.ns < o->latest.ns;
}

bool jump_moment(struct context *c, struct moment *ret)
{
	struct observer *o = c->observer;
	const struct moment *when = &c->event->when;
	bool is_late;

	if (!moment_known(*when))
		return false;
	is_late = is_told_late(c);
	if (!is_late && jump_is(o, when))
		jump_add(o, c->mark);
	if (!is_late)
		o->latest = c->mark;
	if (!o->n_jumps)
		return false;
	*ret = *when;
	ret->epoch = (uint16_t)o->n_jumps;
	if (!is_late)
		mark_set_when(&o->latest, *ret);
	return true;
}
