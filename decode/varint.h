/* Whole numbers in as few octets as they need: seven bits each, the least ones first, the top bit
 * says that another one follows. Signed ones are folded: 0, −1, 1, −2 … */
#ifndef L2TPSCOPE_VARINT_H
#define L2TPSCOPE_VARINT_H

#include "bytes.h"

enum { VARINT_ROOM = 10 };

/* Returns how many octets it took; `to` has room for VARINT_ROOM. */
static inline size_t varint_put(uint8_t *to, uint64_t number)
{
	size_t n = 0;

	while (number >= 0x80) {
		to[n++] = (uint8_t)(number | 0x80);
		number >>= 7;
	}
	to[n++] = (uint8_t)number;
	return n;
}

/* 0 and a short cursor when it does not end, or not within 64 bits. */
static inline uint64_t varint_take(struct bytes *b)
{
	uint64_t number = 0;

	for (unsigned shift = 0; b->left > 0 && shift < 64; shift += 7) {
		uint8_t octet = *b->at;

		b->at++;
		b->left--;
		number |= (uint64_t)(octet & 0x7f) << shift;
		if (!(octet & 0x80))
			return number;
	}
	b->is_short = true;
	b->left = 0;
	return 0;
}

static inline uint64_t varint_fold(int64_t number)
{
	return (uint64_t)number << 1 ^ (number < 0 ? UINT64_MAX : 0);
}

static inline int64_t varint_unfold(uint64_t folded)
{
	uint64_t bits = folded >> 1 ^ (folded & 1 ? UINT64_MAX : 0);

	return bits <= INT64_MAX ? (int64_t)bits : -(int64_t)~bits - 1;
}

#endif
