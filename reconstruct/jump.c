#include "jump.h"

/* A capture is written in order but for what several interfaces and threads mix up; a log may be
 * collected late. Forward, no tunnel is silent as long: HELLO would have missed its peer. */
static const int64_t back_ns = INT64_C(10) * 1000000000;
static const int64_t back_text_ns = INT64_C(86400) * 1000000000;
static const int64_t forward_ns = INT64_C(30) * 86400 * 1000000000;

static bool is_jump(const struct observer *o, struct moment now)
{
	struct moment before = o->latest.when;
	int64_t by;

	before.epoch = now.epoch;
	/* without a year a clock may only seem to go back: it wraps */
	if (!moment_comparable(before, now) || before.kind != now.kind ||
	    (now.kind != CLOCK_ABSOLUTE && now.kind != CLOCK_LOCAL))
		return false;
	by = moment_minus(now, before);
	return by > forward_ns || by < -(o->is_text ? back_text_ns : back_ns);
}

static void jump_add(struct observer *o, const struct mark *now)
{
	if (!o->jumps)
		o->jumps = arena_array(o->arena, LIMIT_CLOCK_JUMPS, sizeof(*o->jumps));
	if (!o->jumps || o->n_jumps == LIMIT_CLOCK_JUMPS)
		return;
	o->jumps[o->n_jumps++] = (struct clock_jump){.before = o->latest, .after = *now};
}

struct moment jump_moment(struct context *c)
{
	struct observer *o = c->observer;
	struct mark now = {.is_set = true,
			   .input = c->event->origin.input,
			   .vantage = c->event->origin.vantage,
			   .frame = c->event->origin.frame,
			   .line = c->event->origin.line,
			   .number = c->event->number,
			   .when = c->event->when};

	if (!moment_known(now.when))
		return now.when;
	if (is_jump(o, now.when))
		jump_add(o, &now);
	now.when.epoch = (uint16_t)o->n_jumps;
	o->latest = now;
	return now.when;
}
