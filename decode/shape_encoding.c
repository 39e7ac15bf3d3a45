/* UTF-16, as Windows saves it, Latin-1, and a mail's quoted-printable: everything is UTF-8
 * afterwards, and a line that the mail broke is one again. */
#include "character.h"
#include "hexdump.h"
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

/* ---- quoted-printable ---- */

/* RFC 2045 6.7: no line is longer, and one that is broken is nearly so long. */
enum { QP_WIDEST = 76, QP_NARROWEST = 60 };

/* RFC 2045 6.7: in capitals. */
static int qp_digit(char c)
{
	return char_is_lower(c) ? -1 : hex_digit(c);
}

/* `=3D`: its octet; -1: none. */
static int qp_octet(struct str s, size_t at)
{
	int high, low;

	if (at + 2 >= s.len || s.at[at] != '=')
		return -1;
	high = qp_digit(s.at[at + 1]);
	low = qp_digit(s.at[at + 2]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

static struct str without_return(struct str line)
{
	line.len -= line.len && line.at[line.len - 1] == '\r';
	return line;
}

/* An equals sign stands in such a text only before its code or before the end of a line: wherever
 * one stands otherwise, as in `id=0x1`, the text is as it was written. */
static bool is_quoted_printable(struct str head, int year)
{
	size_t at = 0, lines = 0, wide = 0, soft = 0, codes = 0, bare = 0;
	struct str line;

	(void)year;
	while (shape_line(head, &at, &line)) {
		line = without_return(line);
		lines++;
		wide += line.len > QP_WIDEST;
		for (size_t i = 0; i < line.len; i++) {
			if (line.at[i] != '=')
				continue;
			if (i + 1 < line.len)
				*(qp_octet(line, i) < 0 ? &bare : &codes) += 1;
			else if (i + 1 >= QP_NARROWEST && i + 1 <= QP_WIDEST && at < head.len)
				soft++;
			else
				bare++;
		}
	}
	return soft > 0 && soft + codes > 1 && bare * 8 <= soft + codes && wide * 8 <= lines;
}

static void copy_quoted_printable(struct shape_sink *s)
{
	size_t at = 0, start = 0;
	struct str line;

	while (shape_line(s->in, &at, &line)) {
		size_t end = at < s->in.len ? at : s->in.len, from = start;

		line = without_return(line);
		for (size_t i = 0; i < line.len; i++) {
			int octet = qp_octet(line, i);
			char c = (char)octet;

			if (octet < 0)
				continue;
			sink_copy(s, from, start + i);
			sink_put(s, (struct str){&c, 1}, start + i);
			from = start + i + 3;
			i += 2;
		}
		if (line.len >= QP_NARROWEST && line.at[line.len - 1] == '=')
			end = start + line.len - 1;
		sink_copy(s, from, end);
		start = at;
	}
}

/* ---- no-break spaces ---- */

#define NO_BREAK STR("\xc2\xa0") /* U+00A0: a web page's blanks */

static bool has_no_break(struct str head, int year)
{
	(void)year;
	return str_find(head, NO_BREAK) != SIZE_MAX;
}

static void copy_no_break(struct shape_sink *s)
{
	size_t from = 0, next;

	while ((next = str_find(str_from(s->in, from), NO_BREAK)) != SIZE_MAX) {
		sink_copy(s, from, from + next);
		sink_put(s, STR(" "), from + next);
		from += next + 2;
	}
	sink_copy(s, from, s->in.len);
}

const struct shape_stage shape_encoding[SHAPE_ENCODINGS] = {
	{"UTF-16LE", is_little_endian, copy_little_endian},
	{"UTF-16BE", is_big_endian, copy_big_endian},
	{"Latin-1", is_latin1, copy_latin1},
	{"quoted-printable", is_quoted_printable, copy_quoted_printable},
	{"no-break spaces", has_no_break, copy_no_break},
};
