#include "jump.h"

#include "over.h"

/* A capture is written in order but for what several interfaces and threads mix up; a log may be
 * collected late. Forward, no tunnel is silent as long: HELLO would have missed its peer. */
static const int64_t back_ns = INT64_C(10) * 1000000000;
static const int64_t back_text_ns = INT64_C(86400) * 1000000000;
static const int64_t forward_ns = INT64_C(30) * 86400 * 1000000000;

bool jump_is(const struct observer *o, struct moment now)
{
	struct moment before;
	int64_t by;

	if (o->latest.is_set && now.kind == CLOCK_ABSOLUTE && o->latest.kind == CLOCK_ABSOLUTE &&
	    now.ns >= o->latest.ns && now.ns - o->latest.ns <= back_ns)
		return false; /* as nearly always */
	before = mark_when(&o->latest);
	before.epoch = now.epoch;
	/* without a year a clock may only seem to go back: it wraps */
	if (!moment_comparable(before, now) || before.kind != now.kind ||
	    (now.kind != CLOCK_ABSOLUTE && now.kind != CLOCK_LOCAL))
		return false;
	by = moment_minus(now, before);
	return by > forward_ns || by < -(o->is_text ? back_text_ns : back_ns);
}

static void jump_add(struct observer *o, struct mark now)
{
	if (!o->jumps)
		o->jumps = arena_array(o->arena, LIMIT_CLOCK_JUMPS, sizeof(*o->jumps));
	if (!o->jumps || o->n_jumps == LIMIT_CLOCK_JUMPS)
		return;
	over_stop(o);
	o->jumps[o->n_jumps++] = (struct clock_jump){.before = o->latest, .after = now};
}

struct moment jump_moment(struct context *c)
{
	struct observer *o = c->observer;
	struct moment when = c->event->when;

	if (!moment_known(when))
		return when;
	if (jump_is(o, when))
		jump_add(o, c->mark);
	when.epoch = (uint16_t)o->n_jumps;
	o->latest = c->mark;
	if (when.epoch != c->event->when.epoch)
		mark_set_when(&o->latest, when);
	return when;
}
