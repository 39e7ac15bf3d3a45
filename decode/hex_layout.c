#include "hex_layout.h"

#include "character.h"
#include "hexdump.h"

/* A run of digits shorter than this is a word or a number. */
enum { RUN_LEAST = 2, OFFSET_MOST = 16, WORD_MOST = 8 };

/* clang-format off */
static const struct hex_layout layouts[] = {
	{.name = "tcpdump", .sample = "\t0x0000:  4500 0028 1234  E..(.4",
	 .octets = "450000281234", .offset_base = 16, .offset_least = 4, .before = "0x", .behind = ":", .base = 16},
	{.name = "ios-capture", .sample = "  0010:  0A000001 0A000002 06A506A5 00140000   ................",
	 .octets = "0A0000010A00000206A506A500140000", .offset_base = 16, .offset_least = 4, .behind = ":", .base = 16,
	 .digits = 8},
	{.name = "xxd", .sample = "00000000: 4500 0028 1234 0000  E..(.4..",
	 .octets = "4500002812340000", .offset_base = 16, .offset_least = 4, .behind = ":", .base = 16},
	{.name = "hexdump-canonical",
	 .sample = "00000000  45 00 00 28 12 34 00 00  40 11                    |E..(.4..@.|",
	 .octets = "45000028123400004011", .offset_base = 16, .offset_least = 8, .base = 16, .digits = 2},
	{.name = "wireshark", .sample = "0000   45 00 00 28 12 34 00 00   E..(.4..",
	 .octets = "4500002812340000", .offset_base = 16, .offset_least = 4, .base = 16, .digits = 2},
	{.name = "od-octets", .sample = "0000020 45 00 00 28",
	 .octets = "45000028", .offset_base = 8, .offset_least = 7, .base = 16, .digits = 2},
	{.name = "od-octets-decimal", .sample = "0000016 45 00 00 28",
	 .octets = "45000028", .offset_base = 10, .offset_least = 7, .base = 16, .digits = 2},
	{.name = "od", .sample = "0000000 000105 024000 032022",
	 .octets = "450000281234", .offset_base = 8, .offset_least = 7, .base = 8, .digits = 6, .is_little = true},
	{.name = "od-big-endian", .sample = "0000000 042400 000050 011064",
	 .octets = "450000281234", .offset_base = 8, .offset_least = 7, .base = 8, .digits = 6},
	{.name = "od-octal-octets", .sample = "0000000 105 000 000 050",
	 .octets = "45000028", .offset_base = 8, .offset_least = 7, .base = 8, .digits = 3},
	{.name = "od-words", .sample = "0000000 0045 2800 3412",
	 .octets = "450000281234", .offset_base = 8, .offset_least = 7, .base = 16, .digits = 4, .is_little = true},
	{.name = "od-long-words", .sample = "0000000 28000045 00003412",
	 .octets = "4500002812340000", .offset_base = 8, .offset_least = 7, .base = 16, .digits = 8, .is_little = true},
	{.name = "od-words-big-endian", .sample = "0000000 4500 0028 1234",
	 .octets = "450000281234", .offset_base = 8, .offset_least = 7, .base = 16, .digits = 4},
	{.name = "hexdump-octal-octets", .sample = "0000010 105 000 000 050",
	 .octets = "45000028", .offset_base = 16, .offset_least = 6, .base = 8, .digits = 3},
	{.name = "hexdump", .sample = "0000010 0045 2800 3412",
	 .octets = "450000281234", .offset_base = 16, .offset_least = 6, .base = 16, .digits = 4, .is_little = true},
	{.name = "xxd-little", .sample = "00000000: 28000045 00003412  E..(.4..",
	 .octets = "4500002812340000", .offset_base = 16, .offset_least = 4, .behind = ":", .base = 16, .digits = 8,
	 .is_little = true},
	{.name = "xxd-bits", .sample = "00000000: 01000101 00000000  E.",
	 .octets = "4500", .offset_base = 16, .offset_least = 4, .behind = ":", .base = 2, .digits = 8},
	{.name = "xxd-decimal", .sample = "00000016: 4500 0028 1234 0000  E..(.4..",
	 .octets = "4500002812340000", .offset_base = 10, .offset_least = 8, .behind = ":", .base = 16},
	{.name = "od-words-decimal", .sample = "0000016 0045 2800 3412",
	 .octets = "450000281234", .offset_base = 10, .offset_least = 7, .base = 16, .digits = 4, .is_little = true},
	{.name = "od-long-words-decimal", .sample = "0000016 28000045 00003412",
	 .octets = "4500002812340000", .offset_base = 10, .offset_least = 7, .base = 16, .digits = 8, .is_little = true},
	{.name = "od-words-big-endian-decimal", .sample = "0000016 4500 0028 1234",
	 .octets = "450000281234", .offset_base = 10, .offset_least = 7, .base = 16, .digits = 4},
	{.name = "od-decimal", .sample = "0000016 000105 024000 032022",
	 .octets = "450000281234", .offset_base = 10, .offset_least = 7, .base = 8, .digits = 6, .is_little = true},
	{.name = "od-octal-octets-decimal", .sample = "0000016 105 000 000 050",
	 .octets = "45000028", .offset_base = 10, .offset_least = 7, .base = 8, .digits = 3},
	{.name = "od-words-big-endian-hex", .sample = "000010 4500 0028 1234",
	 .octets = "450000281234", .offset_base = 16, .offset_least = 6, .base = 16, .digits = 4},
	{.name = "od-long-words-hex", .sample = "000010 28000045 00003412",
	 .octets = "4500002812340000", .offset_base = 16, .offset_least = 6, .base = 16, .digits = 8, .is_little = true},
	{.name = "hexdump-octal-words", .sample = "0000010 000105 024000 032022",
	 .octets = "450000281234", .offset_base = 16, .offset_least = 6, .base = 8, .digits = 6, .is_little = true},
	{.name = "octets", .sample = "\t 45 00 00 28 12 34",
	 .octets = "450000281234", .base = 16, .digits = 2},
	{.name = "words", .sample = "4500 0028 1234",
	 .octets = "450000281234", .base = 16, .digits = 4},
	{.name = "long-words", .sample = " 45000028 12340000",
	 .octets = "4500002812340000", .base = 16, .digits = 8},
	{.name = "words-little", .sample = " 0045 2800 3412",
	 .octets = "450000281234", .base = 16, .digits = 4, .is_little = true},
	{.name = "long-words-little", .sample = " 28000045 00003412",
	 .octets = "4500002812340000", .base = 16, .digits = 8, .is_little = true},
	{.name = "octal-octets", .sample = " 105 000 000 050",
	 .octets = "45000028", .base = 8, .digits = 3},
	{.name = "octal-words-little", .sample = " 000105 024000 032022",
	 .octets = "450000281234", .base = 8, .digits = 6, .is_little = true},
	{.name = "octets-in-lines", .sample = "45 00 00 28 12 34",
	 .octets = "450000281234", .is_packet_a_line = true, .base = 16, .digits = 2},
	{.name = "hex-stream", .sample = "4500002812340000", .shape = SHAPE_RUN,
	 .octets = "4500002812340000", .is_packet_a_line = true, .base = 16},
	{.name = "xxd-plain", .sample = "4500002812340000", .shape = SHAPE_RUN,
	 .octets = "4500002812340000", .base = 16},
	{.name = "escaped-string", .sample = "\"\\x45\\x00\\x00\\x28\" \\", .shape = SHAPE_ESCAPED,
	 .octets = "45000028", .base = 16},
	{.name = "c-array", .sample = "  0x45, 0x00, 0x00, 0x28, /* E..( */", .shape = SHAPE_ARRAY,
	 .octets = "45000028", .base = 16},
	{.name = "separated", .sample = "45:00:00:28:12:34", .shape = SHAPE_SEPARATED,
	 .octets = "450000281234", .base = 16},
	{.name = "separated-in-lines", .sample = "45:00:00:28:12:34",
	 .octets = "450000281234", .shape = SHAPE_SEPARATED, .is_packet_a_line = true, .base = 16},
};
/* clang-format on */

size_t hex_layouts(const struct hex_layout **ret)
{
	*ret = layouts;
	return sizeof(layouts) / sizeof(layouts[0]);
}

static size_t blanks(struct str s)
{
	size_t n = 0;

	while (n < s.len && char_is_blank(s.at[n]))
		n++;
	return n;
}

static size_t word_length(struct str s)
{
	size_t n = 0;

	while (n < s.len && !char_is_blank(s.at[n]))
		n++;
	return n;
}

static int digit_of(char c, uint8_t base)
{
	int digit = hex_digit(c);

	return digit < base ? digit : -1;
}

/* The number in `s`; false when a character is no digit. */
static bool number_read(struct str s, uint8_t base, uint64_t *ret)
{
	*ret = 0;
	for (size_t i = 0; i < s.len; i++) {
		int digit = digit_of(s.at[i], base);

		if (digit < 0)
			return false;
		*ret = *ret * base + (unsigned)digit;
	}
	return s.len > 0;
}

/* How many octets a word of `digits` digits is: three octal digits are one, six are two. */
static size_t octets_of(uint8_t base, size_t digits)
{
	return base == 16 ? digits / 2 : base == 8 ? digits / 3 : digits / 8;
}

static bool run_read(struct str s, uint8_t *room, size_t size, struct hex_line *ret)
{
	if (str_starts(s, "0x") && s.len > RUN_LEAST)
		s = str_from(s, 2);
	if (s.len < RUN_LEAST || s.len % 2 || s.len / 2 > size)
		return false;
	for (size_t i = 0; i < s.len; i += 2) {
		int high = hex_digit(s.at[i]), low = hex_digit(s.at[i + 1]);

		if (high < 0 || low < 0)
			return false;
		room[i / 2] = (uint8_t)(high << 4 | low);
	}
	ret->n = s.len / 2;
	return true;
}

/* One word at the end of `row`. */
static bool word_read(const struct hex_layout *layout, struct str word, uint8_t *room, size_t size,
		      struct hex_line *row)
{
	size_t n = octets_of(layout->base, word.len);
	struct hex_line run = {0};
	size_t whole = octets_of(layout->base, layout->digits);
	uint64_t number;

	if (layout->base == 16 && word.len % 2)
		return false;
	/* only the last word of a dump may be shorter */
	if (layout->digits && (word.len > layout->digits || row->n % whole ||
			       (word.len < layout->digits && layout->base != 16)))
		return false;
	if (layout->base == 16 && !layout->is_little) {
		if (row->n > size || !run_read(word, room + row->n, size - row->n, &run))
			return false;
		row->n += run.n;
		return true;
	}
	if (n == 0 || n > WORD_MOST || row->n + n > size ||
	    !number_read(word, layout->base, &number) || (n < 8 && number >> 8 * n))
		return false;
	for (size_t i = 0; i < n; i++) {
		size_t at = layout->is_little ? i : n - 1 - i;

		room[row->n + at] = (uint8_t)(number >> 8 * i);
	}
	row->n += n;
	return true;
}

/* The characters beside a row: each is its octet, or stands for one that cannot be printed. */
static bool is_printed(struct str text, const uint8_t *octets, size_t n)
{
	bool is_fenced =
		text.len > 2 && (text.at[0] == '|' || text.at[0] == '>') && text.len >= n + 2;

	if (is_fenced)
		text = (struct str){text.at + 1, n};
	if (text.len > n || text.len == 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		bool is_graph = octets[i] >= 0x20 && octets[i] < 0x7f;
		char c = i < text.len ? text.at[i] : ' ';

		if (c != (is_graph ? (char)octets[i] : '.') && !(octets[i] >= 0x80 && c == ' '))
			return false;
	}
	return true;
}

/* Octets up to where the characters prove them, else up to a gap of blanks, else all. */
static bool words_read(const struct hex_layout *layout, struct str s, uint8_t *room, size_t size,
		       struct hex_line *ret)
{
	size_t at = 0, at_gap = 0;

	while (at < s.len) {
		struct str rest = str_from(s, at);
		struct str word = {rest.at, word_length(rest)};
		size_t gap;

		if (str_starts(word, "...") && word.len == 3) {
			ret->goes_on = true;
			return true;
		}
		if (!word_read(layout, word, room, size, ret))
			break;
		at += word.len;
		rest = str_from(s, at);
		gap = blanks(rest);
		at += gap;
		if (is_printed(str_from(s, at), room, ret->n))
			return true;
		if (gap > 1 && !at_gap)
			at_gap = ret->n;
	}
	if (at >= s.len || at == 0)
		return at > 0;
	/* what follows is no word: characters, when a gap stands before them */
	return char_is_blank(s.at[at - 1]) && (ret->has_offset || at_gap);
}

/* Moves over the offset. */
static bool offset_read(const struct hex_layout *layout, struct str *s, struct hex_line *ret)
{
	size_t n = 0;

	if (layout->before) {
		if (!str_starts(*s, layout->before))
			return false;
		*s = str_from(*s, strlen(layout->before));
	}
	while (n < s->len && digit_of(s->at[n], layout->offset_base) >= 0)
		n++;
	if (n < layout->offset_least || n > OFFSET_MOST ||
	    !number_read((struct str){s->at, n}, layout->offset_base, &ret->offset))
		return false;
	*s = str_from(*s, n);
	if (layout->behind) {
		if (!str_starts(*s, layout->behind))
			return false;
		*s = str_from(*s, strlen(layout->behind));
	}
	if (s->len && !char_is_blank(s->at[0]))
		return false;
	ret->has_offset = true;
	*s = str_from(*s, blanks(*s));
	return true;
}

static bool is_skipped(char c, const char *skip)
{
	return c != '\0' && strchr(skip, c) != NULL;
}

/* Octets of two digits, each behind `mark`; of other characters only `skip`. */
static bool marked_read(struct str s, const char *mark, const char *skip, uint8_t *room,
			size_t size, struct hex_line *ret)
{
	size_t i = 0;

	while (i < s.len) {
		struct str rest = str_from(s, i);
		struct str digits = str_from(rest, strlen(mark));
		struct hex_line one = {0};

		if (str_starts(rest, "/*"))
			break;
		if ((!*mark || !str_starts(rest, mark)) && is_skipped(s.at[i], skip)) {
			i++;
			continue;
		}
		if (!str_starts(rest, mark) || digits.len < 2 || ret->n == size)
			return false;
		digits.len = 2;
		if (!run_read(digits, room + ret->n, 1, &one))
			return false;
		ret->n++;
		i += strlen(mark) + 2;
	}
	return ret->n > 0;
}

static bool separated_read(struct str s, uint8_t *room, size_t size, struct hex_line *ret)
{
	if (s.len < 5 || (s.at[2] != ':' && s.at[2] != '-'))
		return false;
	return marked_read(s, "", s.at[2] == ':' ? ":" : "-", room, size, ret);
}

bool hex_line_read(const struct hex_layout *layout, struct str line, uint8_t *room, size_t size,
		   struct hex_line *ret)
{
	struct str s = str_trim(line);

	*ret = (struct hex_line){0};
	if (s.len == 0)
		return false;
	switch (layout->shape) {
	case SHAPE_RUN:
		return run_read(s, room, size, ret);
	case SHAPE_ESCAPED:
		return marked_read(s, "\\x", "\" \\;", room, size, ret);
	case SHAPE_ARRAY:
		return marked_read(s, "0x", ", \t[]};", room, size, ret);
	case SHAPE_SEPARATED:
		return separated_read(s, room, size, ret);
	case SHAPE_ROWS:
		break;
	}
	if (layout->offset_base && !offset_read(layout, &s, ret))
		return false;
	if (s.len == 0)
		return ret->has_offset;
	return words_read(layout, s, room, size, ret);
}
