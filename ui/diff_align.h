/* Lays two sequences of messages side by side: as few messages as can be stand alone (a longest
 * common subsequence), then what only changed places is brought together, for the two directions of
 * PPP cross as the network pleases. Knows nothing of messages but their kinds. */
#ifndef L2TPSCOPE_DIFF_ALIGN_H
#define L2TPSCOPE_DIFF_ALIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A message that has another place among the other one's messages is still the same, this many
 * rows away. */
enum { ALIGN_REACH = 16 };

/* `kind`: what a message is, and from whom; kinds that differ in their low 16 bits only may stand
 * for each other (SUCCESS and FAILURE of one protocol, from the same sender). */
#define ALIGN_STREAM(kind) ((kind) >> 16)

#define ALIGN_NONE SIZE_MAX

struct align_row {
	size_t at[2];  /* index in each sequence, or ALIGN_NONE */
	bool is_moved; /* the same, at another place */
};

/* At most n + m rows in `ret`; returns how many. Costs n × m: the caller bounds both. */
size_t align(const uint64_t *a, size_t n, const uint64_t *b, size_t m, struct align_row *ret);

#endif
