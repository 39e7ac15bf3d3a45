/* Names that are counted, each for an owner: found by hash, so that a million of them cost no more
 * each than the first ones. */
#ifndef L2TPSCOPE_COUNTS_H
#define L2TPSCOPE_COUNTS_H

#include "arena.h"

struct count {
	uint64_t owner, n;
	struct str key;
};

struct counts {
	struct count *at; /* in the order in which they came */
	size_t n, room;
	uint32_t *slots; /* index + 1, or 0 */
	size_t n_slots;
	struct arena *arena; /* of the names */
};

struct counts counts_make(struct arena *a);
void counts_free(struct counts *c);

/* Its index; a new one begins with 0. */
size_t counts_find(struct counts *c, uint64_t owner, struct str key);

#endif
