/* Times for people and for JSON: marks put on the reference clock, tshark's -t letters, and the
 * span of --since and --until. */
#ifndef L2TPSCOPE_WHEN_H
#define L2TPSCOPE_WHEN_H

#include "arena.h"
#include "replay.h"
#include "writer.h"

/* Times of captures are shown in the zone of TZ, where it is set; in JSON always in UTC. */

/* `when` of a vantage point on the reference clock of the report. */
struct moment when_aligned(const struct report *r, uint16_t vantage, struct moment when);

/* `format` is one of tshark's letters; `before` the moment of the line before (for d, dd).
 * `seconds` since the earliest record. Prints `-` when the time is unknown. */
void when_print(struct text *t, const char *format, struct moment m, struct moment before,
		struct moment earliest);

/* The zone of what when_print() prints, as ` UTC` or ` +0100`; nothing where that is not a time of
 * day, or its zone is not known. */
void when_print_zone(struct text *t, const char *format, struct moment m);

/* Seconds with milliseconds (or finer, as the stamps are), for durations; `-` below 0. */
void when_print_seconds(struct text *t, double seconds);

/* ISO 8601 where date and year are known (true), else seconds, else nothing. */
bool when_text(struct text *t, const struct report *r, uint16_t vantage, struct moment when);

/* `"KEY":time,"stamp":…`: ISO 8601 where date and year are known, else seconds, else null. */
void when_json(struct writer *j, const char *key, const struct report *r, uint16_t vantage,
	       struct moment when);
/* Behind a key. */
void when_value(struct writer *j, const struct report *r, uint16_t vantage, struct moment when);

/* For JSON and tables: the stamp of a log, else the time of day of a capture in UTC. */
struct str when_stamp(struct arena *a, const struct report *r, uint16_t vantage, struct moment when,
		      struct str stamp);
/* The same, or null, behind a key. */
void when_value_stamp(struct writer *j, const struct report *r, uint16_t vantage,
		      struct moment when, struct str stamp);

/* One bound of --since/--until. */
struct bound {
	enum { BOUND_NONE, BOUND_SECONDS, BOUND_DAYTIME, BOUND_DATE } kind;
	int64_t ns;  /* since the start, since midnight, or since the epoch */
	bool is_utc; /* `Z`: whatever TZ says */
};
bool bound_parse(struct bound *ret, const char *text, struct text *why_not);
/* How `m` stands to the bound: −1 before it, 1 after it. False: they cannot be compared. */
bool bound_difference(const struct bound *b, struct moment m, struct moment earliest, int *ret);

struct window {
	struct bound since, until;
};
/* False when nothing can lie between, as far as the two can be compared. */
bool window_is_open(const struct window *w);
/* True when [first, last] touches the window; unknown times are inside. */
bool window_holds(const struct window *w, struct moment first, struct moment last,
		  struct moment earliest);

/* Seconds east of UTC of `UTC`, `Z`, `+02:00`, `-0530`. */
bool zone_parse(const char *text, int64_t *ret_seconds);

#endif
