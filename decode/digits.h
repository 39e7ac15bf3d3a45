/* Decimal digits, eight characters at a time: lines of a log differ in their numbers. */
#ifndef L2TPSCOPE_DIGITS_H
#define L2TPSCOPE_DIGITS_H

#include <stdint.h>

enum { DIGITS_BLOCK = sizeof(uint64_t) };

/* The same characters, with a 0 for each digit. */
static inline uint64_t digits_masked(uint64_t x)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7, low = ~high;
	uint64_t value = x ^ ones * '0';
	uint64_t digits = ~(((value & low) + ones * (0x80 - 10)) | value) & high;

	return x & ~((digits >> 7) * 0x0f);
}

/* The same of sixteen. */
typedef uint8_t digits_octets __attribute__((vector_size(16)));

static inline digits_octets digits_masked_octets(digits_octets x)
{
	return x & ~((digits_octets)(x - '0' < 10) & 0x0f);
}

#endif
