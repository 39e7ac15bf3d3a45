/* UTF-16, as Windows saves it, and Latin-1: everything is UTF-8 afterwards. */
#include "shape_stage.h"

enum { NUL_SHARE = 3 /* of the octets, one in so many: a script of Latin letters in UTF-16 */ };

static uint32_t unit(struct str s, size_t at, unsigned low)
{
	return (uint32_t)(uint8_t)s.at[at + low] | (uint32_t)(uint8_t)s.at[at + 1 - low] << 8;
}

/* `low`: where the low octet of a unit stands. */
static bool is_utf16(struct str head, unsigned low)
{
	size_t zeros[2] = {0, 0};

	if (head.len < 8)
		return false;
	if (unit(head, 0, low) == 0xfeff)
		return true;
	for (size_t i = 0; i < head.len; i++)
		zeros[i % 2] += head.at[i] == 0;
	return zeros[1 - low] > head.len / NUL_SHARE && zeros[low] * 16 < zeros[1 - low];
}

static bool is_little_endian(struct str head, int year)
{
	(void)year;
	return is_utf16(head, 0);
}

static bool is_big_endian(struct str head, int year)
{
	(void)year;
	return is_utf16(head, 1);
}

static void copy_utf16(struct shape_sink *s, unsigned low)
{
	char octets[4];
	size_t n;

	for (size_t i = 0; i + 1 < s->in.len; i += 2) {
		uint32_t code = unit(s->in, i, low);

		if (i == 0 && code == 0xfeff)
			continue;
		if (code >= 0xd800 && code < 0xdc00 && i + 3 < s->in.len) {
			uint32_t second = unit(s->in, i + 2, low);

			if (second >= 0xdc00 && second < 0xe000) {
				code = 0x10000 + ((code - 0xd800) << 10) + (second - 0xdc00);
				n = shape_utf8(code, octets);
				sink_put(s, (struct str){octets, n}, i);
				i += 2;
				continue;
			}
		}
		if (code >= 0xd800 && code < 0xe000)
			code = 0xfffd;
		if (code < 0x80) {
			sink_copy(s, i + low, i + low + 1);
			continue;
		}
		n = shape_utf8(code, octets);
		sink_put(s, (struct str){octets, n}, i);
	}
}

static void copy_little_endian(struct shape_sink *s)
{
	copy_utf16(s, 0);
}

static void copy_big_endian(struct shape_sink *s)
{
	copy_utf16(s, 1);
}

/* Letters beyond ASCII, and none of them as UTF-8 spells it. */
static bool is_latin1(struct str head, int year)
{
	size_t letters = 0, pairs = 0, other = 0;

	(void)year;
	for (size_t i = 0; i < head.len; i++) {
		uint8_t c = (uint8_t)head.at[i];

		if (c >= 0xc2 && c < 0xf5 && i + 1 < head.len &&
		    ((uint8_t)head.at[i + 1] & 0xc0) == 0x80)
			pairs++;
		else if (c >= 0xa0)
			letters++;
		else if (c == 0 || (c >= 0x80 && c < 0xa0))
			other++;
	}
	return letters > 0 && pairs == 0 && other * 8 <= letters && letters * 4 < head.len;
}

static void copy_latin1(struct shape_sink *s)
{
	size_t plain = 0, n;
	char octets[4];

	for (size_t i = 0; i < s->in.len; i++) {
		uint8_t c = (uint8_t)s->in.at[i];

		if (c < 0x80)
			continue;
		sink_copy(s, plain, i);
		n = shape_utf8(c, octets);
		sink_put(s, (struct str){octets, n}, i);
		plain = i + 1;
	}
	sink_copy(s, plain, s->in.len);
}

const struct shape_stage shape_encoding[SHAPE_ENCODINGS] = {
	{"UTF-16LE", is_little_endian, copy_little_endian},
	{"UTF-16BE", is_big_endian, copy_big_endian},
	{"Latin-1", is_latin1, copy_latin1},
};
