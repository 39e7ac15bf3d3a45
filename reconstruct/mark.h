/* Marks of different vantage points, compared on the reference clock.
 *
 * Two marks of one vantage point are compared by order of arrival, which is better than any
 * clock; others by aligned time (correlate.c). A mark that is not set is never before or after
 * anything. */
#ifndef L2TPSCOPE_MARK_H
#define L2TPSCOPE_MARK_H

#include "replay.h"

/* The view of a vantage point, or NULL. */
struct view *report_view(const struct report *r, uint16_t vantage);

/* A time of that view on the reference clock. */
int64_t view_align(const struct view *v, int64_t ns);

/* Nanoseconds on the reference clock, as if it had never been set while it recorded; false when
 * the mark has no time. */
bool mark_ns(const struct report *r, const struct mark *m, int64_t *ret);

/* Both are set and `a` came strictly earlier. */
bool mark_before(const struct report *r, const struct mark *a, const struct mark *b);

/* The earlier (later) one that is set; NULL when neither is. Either may be NULL. */
const struct mark *mark_earlier(const struct report *r, const struct mark *a, const struct mark *b);
const struct mark *mark_later(const struct report *r, const struct mark *a, const struct mark *b);

/* Seconds from `a` to `b`; false when one of them has no time, or the clock jumped between. */
bool mark_gap(const struct report *r, const struct mark *a, const struct mark *b, double *ret);
/* By how many seconds a gap may be longer or shorter than the stamps say: `2w3d` is an hour. */
double mark_blur(const struct mark *a, const struct mark *b);

/* How long the vantage point of `m` went on watching after it, in seconds; 0 when unknown. */
double mark_watched(const struct report *r, const struct mark *m);

#endif
