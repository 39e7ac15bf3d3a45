/* A moment: when something happened, and how good that knowledge is.
 *
 * `ns` counts nanoseconds from the origin that `kind` names. Moments of one vantage
 * point are comparable with each other; across vantage points only after alignment
 * (reconstruct/correlate.h), whatever their kinds.
 */
#ifndef L2TPSCOPE_CLOCK_H
#define L2TPSCOPE_CLOCK_H

#include "text.h"

enum clock_kind {
	CLOCK_NONE,     /* no time known; ns is meaningless */
	CLOCK_UPTIME,   /* since the device booted (`2w3d:`, `00:12:33:`) */
	CLOCK_DAYTIME,  /* time of day only (`19:53:09`) */
	CLOCK_YEARLESS, /* month, day, time: ns as if in the year 2000 */
	CLOCK_LOCAL,    /* date and year, zone unknown: ns as if it were UTC */
	CLOCK_ABSOLUTE, /* since the Unix epoch */
};

struct moment {
	int64_t ns;
	int64_t grain_ns; /* resolution of the stamp: 1000000000 for seconds, 1000000 for ms … */
	enum clock_kind kind; /* CLOCK_NONE: everything else is meaningless */
	bool is_unsynced;     /* IOS marked the stamp with `*` or `.` */
	uint16_t epoch;       /* how often the clock had been set anew before (replay.c) */
};

/* Nearer to the origin than this every moment of an input is (1823 to 2116), so that what lies
 * between two of them is a number, too. */
static const int64_t moment_most_ns = INT64_MAX / 2;

static inline bool moment_is_near(int64_t ns)
{
	return ns <= moment_most_ns && ns >= -moment_most_ns;
}

static inline bool moment_known(struct moment m)
{
	return m.kind != CLOCK_NONE;
}

/* Both are known and on one setting of the clock: their difference means something. */
static inline bool moment_comparable(struct moment a, struct moment b)
{
	return moment_known(a) && moment_known(b) && a.epoch == b.epoch;
}

/* Seconds since the Unix epoch and a part of one; unknown when they are too far from it. */
struct moment moment_of_seconds(int64_t seconds, int64_t part_ns, int64_t grain_ns);

/* a − b in nanoseconds; 0 when they are not comparable. Saturates. */
static inline int64_t moment_minus(struct moment a, struct moment b)
{
	if (!moment_comparable(a, b))
		return 0;
	if (b.ns > 0 && a.ns < INT64_MIN + b.ns)
		return INT64_MIN;
	if (b.ns < 0 && a.ns > INT64_MAX + b.ns)
		return INT64_MAX;
	return a.ns - b.ns;
}

/* What a clock without a year, or without a date, has passed: New Years, midnights. */
struct clock_turn {
	bool is_set;
	enum clock_kind kind;
	int64_t last_ns, carried_ns;
};

/* Carries the moment over the turns of its clock: those before it came in order, so a step back of
 * nearly a year (a day) is the next one. */
void clock_turn(struct clock_turn *t, struct moment *m);

/* A civil time (UTC rules, proleptic Gregorian) to ns since the Unix epoch. */
int64_t clock_from_civil(int year, int month, int day, int hour, int minute, int second,
			 int64_t ns);

/* ISO 8601: `2024-01-02T03:04:05.678` (LOCAL), with `Z` (ABSOLUTE); other kinds
 * `01-02T03:04:05.678`, `03:04:05.678` or `1234.567`; digits follow the grain. */
void moment_print(struct text *t, struct moment m);

#endif
