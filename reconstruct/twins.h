/* Of many keys those that come more than once. Nearly none does where calls are compared with each
 * other, and what is unique need not be sorted.
 *
 * A key is known by its hash: what only looks like a twin is sorted, compared and found to be
 * none. */
#ifndef L2TPSCOPE_TWINS_H
#define L2TPSCOPE_TWINS_H

#include "text.h"

struct twins {
	uint64_t *slots;
	size_t n, n_slots; /* a power of two; never more than half of them are taken */
};

/* For about `n` keys. */
struct twins twins_make(size_t n);
void twins_free(struct twins *t);

/* True: it was there already. */
bool twins_add(struct twins *t, uint64_t hash);
/* It was added. */
bool twins_knows(const struct twins *t, uint64_t hash);
/* It was added more than once. */
bool twins_has(const struct twins *t, uint64_t hash);

/* Of `n` rows those whose key comes more than once move to the front, in their order; how many they
 * are. `hash` gives the hash_octets() of a row's key. */
size_t twins_keep(void *rows, size_t n, size_t size, uint64_t (*hash)(const void *row));

#endif
