/* How a number of seconds is spread over many calls: percentiles and a histogram. Every value is
 * kept (8 octets beside a call of a thousand), so that a percentile is a value that was measured.
 */
#ifndef L2TPSCOPE_SPREAD_H
#define L2TPSCOPE_SPREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spread {
	double *at;
	size_t n, room;
	bool is_sorted;
};

void spread_add(struct spread *s, double seconds); /* below 0: unknown, left out */
void spread_free(struct spread *s);

/* By nearest rank: 0 is the least, 100 the greatest; −1 of nothing. */
double spread_percentile(struct spread *s, unsigned percent);
double spread_mean(const struct spread *s);

/* Bins of 1-2-5 edges, as people count: 1 ms, 2 ms, 5 ms … From the first that holds something to
 * the last. */
enum { SPREAD_BINS = 32 };
struct spread_bin {
	double from, to; /* from ≤ value < to; `to` below 0: no end */
	uint64_t n;
};
size_t spread_bins(struct spread *s, struct spread_bin ret[SPREAD_BINS]);

#endif
