/* A clock that is set while it records: by years when NTP first answers, back when an operator
 * errs. What lies between two records across it is unknown. */
#ifndef L2TPSCOPE_JUMP_H
#define L2TPSCOPE_JUMP_H

#include "observer.h"

/* What lies nearer after the latest record is behind no jump. */
static const int64_t jump_near_ns = INT64_C(10) * 1000000000;

/* Forward, no tunnel is silent as long: HELLO would have missed its peer. */
static const int64_t jump_forward_ns = INT64_C(30) * 86400 * 1000000000;

bool jump_is_far(const struct observer *o, struct moment now);

/* Would a record of that time be behind a jump? */
static inline bool jump_is(const struct observer *o, const struct moment *now)
{
	if (o->latest.is_set && now->kind == CLOCK_ABSOLUTE && o->latest.kind == CLOCK_ABSOLUTE &&
	    now->ns >= o->latest.ns && now->ns - o->latest.ns <= jump_near_ns)
		return false; /* as nearly always */
	return jump_is_far(o, *now);
}

/* As nearly always: it is on the first setting of the clock, and behind no jump. Where the year is
 * not told there is none (jump_is_far). */
static inline bool jump_is_none(const struct observer *o, const struct moment *now)
{
	return !o->n_jumps &&
	       (now->kind == CLOCK_YEARLESS || (now->kind == CLOCK_ABSOLUTE && !jump_is(o, now)));
}

/* The moment of `c`, whose mark is made, on another setting of the clock than the first one; false:
 * it is on that. */
bool jump_moment(struct context *c, struct moment *ret);

#endif
