/* Rows in order of time, and of their numbers where that is the same. They mostly stand so already,
 * or in a few runs that do. */
#ifndef L2TPSCOPE_IN_TIME_H
#define L2TPSCOPE_IN_TIME_H

#include <stddef.h>
#include <stdint.h>

struct in_time {
	int64_t ns;
	uint64_t number;
	void *what;
};

void in_time_sort(struct in_time *rows, size_t n);

#endif
