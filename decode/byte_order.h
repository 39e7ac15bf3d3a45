/* Numbers in the byte order of whoever wrote a file: of octets that were taken together (bytes.h),
 * 0 behind their end. */
#ifndef L2TPSCOPE_BYTE_ORDER_H
#define L2TPSCOPE_BYTE_ORDER_H

#include "bytes.h"

static inline uint16_t ordered_u16(struct span s, size_t at, bool is_little)
{
	uint16_t value = span_u16(s, at);

	return is_little ? (uint16_t)((value & 0xffu) << 8 | value >> 8) : value;
}

static inline uint32_t ordered_u32(struct span s, size_t at, bool is_little)
{
	const uint8_t *p;

	if (s.len < 4 || at > s.len - 4)
		return 0;
	p = s.at + at;
	return is_little ? (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0]
			 : (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

#endif
