/* The cursor: the only way to read packet bytes.
 *
 * A `struct bytes` walks over borrowed memory. A read past the end gives 0, moves
 * nothing further and marks the cursor short for good, so straight-line code reads
 * a whole header and asks `bytes_ok` once, where it matters. Nothing here allocates.
 *
 * One read per statement: C does not order initialisers or arguments, so
 * `{ .a = bytes_u16(&b), .b = bytes_u16(&b) }` compiles everywhere and is wrong.
 */
#ifndef L2TPSCOPE_BYTES_H
#define L2TPSCOPE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Borrowed bytes; never freed through this. `at` may be NULL only when `len` is 0. */
struct span {
	const uint8_t *at;
	size_t len;
};

/* A cursor over borrowed bytes. `start` stays where the cursor began (for offsets). Of a short one
 * nothing is left. */
struct bytes {
	const uint8_t *start;
	const uint8_t *at;
	size_t left;
	bool is_short;
};

static inline struct span span_of(const void *at, size_t len)
{
	return (struct span){.at = at, .len = len};
}

static inline bool span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static inline struct bytes bytes_of(struct span s)
{
	return (struct bytes){.start = s.at, .at = s.at, .left = s.len};
}

/* True while every read so far was inside the bytes. */
static inline bool bytes_ok(const struct bytes *b)
{
	return !b->is_short;
}

/* Distance of the cursor from where it began, in octets. */
static inline size_t bytes_offset(const struct bytes *b)
{
	return b->at == b->start ? 0 : (size_t)(b->at - b->start);
}

/* The next `n` octets, or an empty span and a short cursor when fewer are left. */
static inline struct span bytes_take(struct bytes *b, size_t n)
{
	struct span taken = {.at = b->at, .len = n};

	if (n > b->left) {
		b->is_short = true;
		b->left = 0;
		return (struct span){.at = NULL, .len = 0};
	}
	if (n == 0)
		return taken;
	b->at += n;
	b->left -= n;
	return taken;
}

/* Everything that is left; leaves the cursor at its end. */
static inline struct span bytes_rest(struct bytes *b)
{
	return bytes_take(b, b->left);
}

/* A cursor over the next `n` octets only: what reads a TLV cannot overrun its box.
 * When fewer than `n` are left the box holds what is there and is *not* short, but
 * the outer cursor is: truncated input stays readable. */
static inline struct bytes bytes_box(struct bytes *b, size_t n)
{
	size_t have = n < b->left ? n : b->left;
	struct span inside = bytes_take(b, have);

	if (have < n)
		b->is_short = true;
	return bytes_of(inside);
}

/* Of octets that were taken together: 0 behind their end. */
static inline uint8_t span_u8(struct span s, size_t at)
{
	return at < s.len ? s.at[at] : 0;
}

static inline uint16_t span_u16(struct span s, size_t at)
{
	return s.len >= 2 && at <= s.len - 2 ? (uint16_t)((unsigned)s.at[at] << 8 | s.at[at + 1])
					     : 0;
}

static inline uint8_t bytes_u8(struct bytes *b)
{
	struct span s = bytes_take(b, 1);

	return s.len ? s.at[0] : 0;
}

static inline uint16_t bytes_u16(struct bytes *b)
{
	struct span s = bytes_take(b, 2);

	return s.len ? (uint16_t)((unsigned)s.at[0] << 8 | s.at[1]) : 0;
}

static inline uint32_t bytes_u24(struct bytes *b)
{
	struct span s = bytes_take(b, 3);

	return s.len ? (uint32_t)s.at[0] << 16 | (uint32_t)s.at[1] << 8 | s.at[2] : 0;
}

static inline uint32_t bytes_u32(struct bytes *b)
{
	struct span s = bytes_take(b, 4);

	return s.len ? (uint32_t)s.at[0] << 24 | (uint32_t)s.at[1] << 16 | (uint32_t)s.at[2] << 8 |
			       s.at[3]
		     : 0;
}

static inline uint64_t bytes_u64(struct bytes *b)
{
	uint64_t high = bytes_u32(b);
	uint64_t low = bytes_u32(b);

	return b->is_short ? 0 : high << 32 | low;
}

#endif
