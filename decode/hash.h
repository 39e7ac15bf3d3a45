/* Hashes of what is looked up within one run, word by word: begun with a number, finished by
 * hash_end(). They are kept nowhere, and whoever looks up by them compares what is found. */
#ifndef L2TPSCOPE_HASH_H
#define L2TPSCOPE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

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

/* Eight octets or fewer. */
static inline uint64_t hash_last_word(const uint8_t *octets, size_t len)
{
	uint32_t low = 0, high = 0;

	if (len >= sizeof(low)) {
		memcpy(&low, octets, sizeof(low));
		memcpy(&high, octets + len - sizeof(high), sizeof(high));
	} else if (len) {
		low = (uint32_t)octets[0] << 16 | (uint32_t)octets[len / 2] << 8 | octets[len - 1];
	}
	return (uint64_t)high << 32 | low;
}

/* Of octets that stand somewhere, finished. */
static inline uint64_t hash_octets(const void *at, size_t len)
{
	const uint8_t *octets = at;
	uint64_t h = HASH_START + len, word;

	for (; len > sizeof(word); len -= sizeof(word), octets += sizeof(word)) {
		memcpy(&word, octets, sizeof(word));
		h = hash_word(h, word);
	}
	return hash_end(hash_word(h, hash_last_word(octets, len)));
}

/* As a word: the sixteen octets that every address has. */
static inline uint64_t hash_sixteen(uint64_t h, const uint8_t *octets)
{
	uint64_t words[2];

	memcpy(words, octets, sizeof(words));
	return hash_word(hash_word(h, words[0]), words[1]);
}

#endif
