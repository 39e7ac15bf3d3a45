/* Which of the latest numbers of a row came: one that is behind the highest was late, or is a copy
 * of one that came before. */
#ifndef L2TPSCOPE_ARRIVED_H
#define L2TPSCOPE_ARRIVED_H

#include <stdbool.h>
#include <stdint.h>

enum { ARRIVED_ROW = 64 };

/* Bit i: the one i before the highest; 0: none yet. */
struct arrived {
	uint64_t row;
};

/* A number came that is `n` (at least 1) above the highest one. */
static inline void arrived_above(struct arrived *a, uint32_t n)
{
	a->row = (n < ARRIVED_ROW ? a->row << n : 0) | 1;
}

/* A number came that is `back` behind the highest one: true where it had come before. */
static inline bool arrived_before(struct arrived *a, uint32_t back)
{
	uint64_t bit = back < ARRIVED_ROW ? UINT64_C(1) << back : 0;
	bool was_there = a->row & bit;

	a->row |= bit;
	return was_there;
}

#endif
