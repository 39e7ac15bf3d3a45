/* Hashes of what is looked up within one run, word by word: begun with a number, finished by
 * hash_end(). They are kept nowhere, and whoever looks up by them compares what is found. */
#ifndef L2TPSCOPE_HASH_H
#define L2TPSCOPE_HASH_H

#include <stdint.h>

static const uint64_t HASH_START = UINT64_C(14695981039346656037);

static inline uint64_t hash_word(uint64_t h, uint64_t word)
{
	h = (h ^ word) * UINT64_C(0x9fb21c651e98df25);
	return h ^ h >> 32;
}

/* As in splitmix64, so that the low bits are good. */
static inline uint64_t hash_end(uint64_t h)
{
	h ^= h >> 30;
	h *= UINT64_C(0xbf58476d1ce4e5b9);
	return h ^ h >> 27;
}

#endif
