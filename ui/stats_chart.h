/* Failures over time as a picture for the text of `stats`: a column for each minute, or for so many
 * that the whole run has room, high as calls failed (#) or were dropped (x) in it. */
#ifndef L2TPSCOPE_STATS_CHART_H
#define L2TPSCOPE_STATS_CHART_H

#include "run.h"
#include "stats.h"

enum { CHART_COLUMNS = 60, CHART_LEVELS = 8, CHART_LINES = CHART_LEVELS + 3 };

struct stats_chart {
	struct text line[CHART_LINES]; /* a heading, the levels from the top, the axis, its times */
	size_t n;
};

/* In at most `width` columns; no lines when nothing went wrong, or no time is known. */
void stats_chart_make(struct stats_chart *c, const struct run *r, const struct stats *s,
		      size_t width);
void stats_chart_free(struct stats_chart *c);

#endif
