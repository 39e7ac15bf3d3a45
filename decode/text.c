#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "character.h"
#include "text_format.h"

bool str_equal_nocase(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (a.at[i] != b.at[i] && char_lower(a.at[i]) != char_lower(b.at[i]))
			return false;
	return true;
}

/* Most words differ in their first letter: nothing is measured or called before. */
struct str str_copy(char *room, size_t size, struct str s)
{
	size_t n = s.len < size ? s.len : size;

	if (n)
		memcpy(room, s.at, n);
	return (struct str){room, n};
}

void str_keep(char *room, size_t size, struct str s)
{
	room[str_copy(room, size - 1, s).len] = 0;
}

bool str_is(struct str a, const char *nul_terminated)
{
	if (!nul_terminated)
		return a.len == 0;
	for (size_t i = 0; i < a.len; i++)
		if (nul_terminated[i] != a.at[i] || nul_terminated[i] == '\0')
			return false;
	return nul_terminated[a.len] == '\0';
}

bool str_is_nocase(struct str a, const char *nul_terminated)
{
	if (!nul_terminated)
		return a.len == 0;
	for (size_t i = 0; i < a.len; i++)
		if (nul_terminated[i] == '\0' ||
		    char_lower(nul_terminated[i]) != char_lower(a.at[i]))
			return false;
	return nul_terminated[a.len] == '\0';
}

bool str_starts(struct str s, const char *prefix)
{
	for (size_t i = 0; prefix[i] != '\0'; i++)
		if (i == s.len || s.at[i] != prefix[i])
			return false;
	return true;
}

bool str_ends(struct str s, const char *suffix)
{
	size_t len = strlen(suffix);

	return s.len >= len && (len == 0 || memcmp(s.at + s.len - len, suffix, len) == 0);
}

bool str_ends_nocase(struct str s, const char *suffix)
{
	size_t len = strlen(suffix);

	return s.len >= len && str_is_nocase((struct str){s.at + s.len - len, len}, suffix);
}

int str_compare(struct str a, struct str b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common ? memcmp(a.at, b.at, common) : 0;

	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

struct str str_trim(struct str s)
{
	if (s.len && !is_blank(s.at[0]) && !is_blank(s.at[s.len - 1]))
		return s;
	while (s.len && is_blank(s.at[0])) {
		s.at++;
		s.len--;
	}
	while (s.len && is_blank(s.at[s.len - 1]))
		s.len--;
	return s;
}

size_t str_find(struct str s, struct str needle)
{
	const char *at = s.at;
	size_t left = s.len;

	if (needle.len == 0)
		return 0;
	while (left >= needle.len) {
		const char *hit = memchr(at, needle.at[0], left - needle.len + 1);

		if (!hit)
			break;
		if (memcmp(hit, needle.at, needle.len) == 0)
			return (size_t)(hit - s.at);
		left -= (size_t)(hit + 1 - at);
		at = hit + 1;
	}
	return SIZE_MAX;
}

static int digit_value(char c)
{
	if (char_is_digit(c))
		return c - '0';
	c = char_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

enum { SAFE_DIGITS = 18 }; /* of a number that fits */

bool str_u64(struct str s, uint64_t *ret)
{
	uint64_t base = 10, value = 0;

	if (s.len > 2 && s.at[0] == '0' && char_lower(s.at[1]) == 'x') {
		base = 16;
		s = str_from(s, 2);
	}
	if (s.len == 0)
		return false;
	if (base == 10 && s.len <= SAFE_DIGITS) {
		for (size_t i = 0; i < s.len; i++) {
			unsigned digit = (unsigned char)s.at[i] - (unsigned)'0';

			if (digit > 9)
				return false;
			value = value * 10 + digit;
		}
		*ret = value;
		return true;
	}
	for (size_t i = 0; i < s.len; i++) {
		uint64_t digit = (uint64_t)digit_value(s.at[i]);

		if (digit >= base || value > (UINT64_MAX - digit) / base)
			return false;
		value = value * base + digit;
	}
	*ret = value;
	return true;
}

bool str_u32(struct str s, uint32_t *ret)
{
	uint64_t value;

	if (!str_u64(s, &value) || value > UINT32_MAX)
		return false;
	*ret = (uint32_t)value;
	return true;
}

struct text text_make(size_t max)
{
	return (struct text){.max = max};
}

void text_free(struct text *t)
{
	free(t->at);
	*t = (struct text){.max = t->max};
}

void text_clear(struct text *t)
{
	t->len = 0;
	t->is_cut = false;
	if (t->at)
		t->at[0] = '\0';
}

struct str text_str(const struct text *t)
{
	return (struct str){.at = t->at, .len = t->len};
}

size_t text_reserve(struct text *t, size_t more)
{
	if (more > t->max - t->len) {
		more = t->max - t->len;
		t->is_cut = true;
	}
	if (t->len + more + 1 > t->room) {
		t->room = t->len + more + 1;
		t->room = t->room < 64 ? 64 : t->room + t->room / 2;
		t->room = t->room - 1 < t->max ? t->room : t->max + 1;
		t->at = must_grow(t->at, t->room, 1);
	}
	return more;
}

void text_decimal(struct text *t, uint64_t number)
{
	if (number < 10) { /* as most are */
		text_putc(t, (char)('0' + number));
		return;
	}
	if (t->room - t->len <= DECIMAL_ROOM) {
		text_printf(t, "%" PRIu64, number);
		return;
	}
	t->len += decimal_write(t->at + t->len, number);
	t->at[t->len] = '\0';
}

void text_vprintf(struct text *t, const char *format, va_list list)
{
	enum { USUAL = 120 }; /* with so much room, it is seldom formatted twice */
	size_t room;
	va_list again;
	int len;

	if (t->room - t->len < USUAL && t->max - t->len >= USUAL)
		text_reserve(t, USUAL);
	room = t->room - t->len;
	va_copy(again, list);
	len = text_format(room ? t->at + t->len : NULL, room, format, again);
	va_end(again);
	if (len > 0 && (size_t)len >= room) {
		if (text_reserve(t, (size_t)len) == (size_t)len)
			text_format(t->at + t->len, (size_t)len + 1, format, list);
		else
			len = 0;
	}
	t->len += len > 0 ? (size_t)len : 0;
	if (t->room)
		t->at[t->len] = '\0';
}

void text_printf(struct text *t, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	text_vprintf(t, format, list);
	va_end(list);
}

void text_hex(struct text *t, struct span bytes, char separator)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < bytes.len; i++) {
		if (i && separator)
			text_putc(t, separator);
		text_putc(t, digits[bytes.at[i] >> 4]);
		text_putc(t, digits[bytes.at[i] & 15]);
	}
}

/* Length of the valid UTF-8 character at `at` (RFC 3629: shortest form, no surrogates), or
 * 0; its code point in *ret. */
static size_t utf8_length(const char *at, size_t left, uint32_t *ret)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	uint8_t first = (uint8_t)at[0];
	size_t len = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
	uint32_t code = first;

	if (first < 0x80) {
		*ret = code;
		return 1;
	}
	if (first < 0xc2 || first > 0xf4 || len > left)
		return 0;
	code = first & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if (((uint8_t)at[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | ((uint8_t)at[i] & 0x3f);
	}
	if (code < least[len] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*ret = code;
	return len;
}

/* What could move a cursor, change colour, end a line, reorder what a person reads, or is not seen
 * at all: two names that look alike are one to whoever reads them. Controls, separators of lines,
 * and what Unicode 15 calls Default_Ignorable_Code_Point, by ascending code.
 *
 * Joiners and variation selectors are among these although Persian, Indic scripts and emoji use
 * them: a name with one is still legible with the escape in it, and JSON gives it as it was. */
static const struct {
	uint32_t first, last;
} unsafe[] = {
	{0x0000, 0x001f}, /* C0 */
	{0x007f, 0x009f}, /* DEL, C1 */
	{0x00ad, 0x00ad}, /* soft hyphen */
	{0x034f, 0x034f}, /* combining grapheme joiner */
	{0x061c, 0x061c}, /* Arabic letter mark */
	{0x115f, 0x1160}, /* Hangul fillers */
	{0x17b4, 0x17b5}, /* Khmer vowels that are not shown */
	{0x180b, 0x180f}, /* Mongolian variation selectors, vowel separator */
	{0x200b, 0x200f}, /* no width, joiners, marks of direction */
	{0x2028, 0x202e}, /* line and paragraph separators, embeddings and overrides of direction */
	{0x2060, 0x206f}, /* word joiner, invisible operators, isolates of direction */
	{0x3164, 0x3164}, /* Hangul filler */
	{0xfe00, 0xfe0f}, /* variation selectors */
	{0xfeff, 0xfeff}, /* byte order mark */
	{0xffa0, 0xffa0}, /* Hangul filler, half width */
	{0xfff0, 0xfffb}, /* unassigned, interlinear annotation */
	{0x1bca0, 0x1bca3}, /* shorthand formats */
	{0x1d173, 0x1d17a}, /* musical formats */
	{0xe0000, 0xe0fff}, /* tags, variation selectors */
};

static bool is_unsafe(uint32_t code)
{
	for (size_t i = 0; i < sizeof(unsafe) / sizeof(unsafe[0]); i++)
		if (code <= unsafe[i].last)
			return code >= unsafe[i].first;
	return false;
}

static bool is_plain(char c)
{
	return (uint8_t)(c - 0x20) < 0x5f && c != '"' && c != '\\';
}

/* Eight characters in a word: the high bit of an octet is set in what is returned where one is
 * `octet`, and perhaps in octets above it. */
static uint64_t has_octet(uint64_t word, uint8_t octet)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t differs = word ^ ones * octet;

	return (differs - ones) & ~differs;
}

static const uint64_t blanks = UINT64_C(0x2020202020202020);

static bool are_plain(uint64_t word)
{
	const uint64_t high = blanks << 2;

	return !((word | ((word - blanks) & ~word) | has_octet(word, '"') | has_octet(word, '\\') |
		  has_octet(word, 0x7f)) &
		 high);
}

static uint64_t eight_at(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

/* How much of it is ASCII that needs no escape anywhere, from `i` on: nearly all there is. */
static size_t plain_run(struct str s, size_t i)
{
	size_t from = i;

	while (s.len - i >= 8 && are_plain(eight_at(s.at + i)))
		i += 8;
	while (i < s.len && is_plain(s.at[i]))
		i++;
	return i - from;
}

void text_escape(struct text *t, struct str untrusted)
{
	size_t i = 0;

	while (i < untrusted.len) {
		size_t plain = plain_run(untrusted, i);
		size_t len, all;
		uint32_t code = 0;

		if (plain) {
			text_add(t, (struct str){.at = untrusted.at + i, .len = plain});
			i += plain;
			continue;
		}
		len = utf8_length(untrusted.at + i, untrusted.len - i, &code);
		all = len ? len : 1;
		if (len && !is_unsafe(code))
			text_add(t, (struct str){.at = untrusted.at + i, .len = len});
		else
			for (size_t k = 0; k < all; k++)
				text_printf(t, "\\x%02x", (unsigned)(uint8_t)untrusted.at[i + k]);
		i += all;
	}
}

void text_escape_lines(struct text *t, struct str untrusted)
{
	while (untrusted.len > 0) {
		const char *newline = memchr(untrusted.at, '\n', untrusted.len);
		size_t len = newline == NULL ? untrusted.len : (size_t)(newline - untrusted.at);

		text_escape(t, (struct str){.at = untrusted.at, .len = len});
		if (newline != NULL)
			text_putc(t, '\n');
		untrusted = str_from(untrusted, newline == NULL ? len : len + 1);
	}
}

/* RFC 8259 7: beyond the first plane by two surrogates. */
static void add_json_code(struct text *t, uint32_t code)
{
	if (code < 0x10000) {
		text_printf(t, "\\u%04x", (unsigned)code);
		return;
	}
	code -= 0x10000;
	text_printf(t, "\\u%04x\\u%04x", (unsigned)(0xd800 + (code >> 10)),
		    (unsigned)(0xdc00 + (code & 0x3ff)));
}

/* Up to seven characters in a word, in any order, with blanks. */
static uint64_t few_at(struct str s)
{
	uint32_t first = (uint32_t)blanks, last = (uint32_t)blanks;

	if (s.len >= sizeof(first)) {
		memcpy(&first, s.at, sizeof(first));
		memcpy(&last, s.at + s.len - sizeof(last), sizeof(last));
	} else if (s.len) {
		memcpy(&first, s.at, 1);
		memcpy((char *)&first + 1, s.at + s.len / 2, 1);
		memcpy((char *)&first + 2, s.at + s.len - 1, 1);
	}
	return (uint64_t)last << 32 | first;
}

/* The loop is one for vectors, of octets without a branch: it looks at all, as nearly always all
 * are plain. */
static bool is_all_plain(struct str s)
{
	enum { VECTOR = 16 };
	size_t whole = s.len / VECTOR * VECTOR;
	uint8_t odd = 0;

	for (size_t i = 0; i < whole; i++) {
		uint8_t c = (uint8_t)s.at[i];

		odd |= (uint8_t)(c - 0x20) >= 0x5f;
		odd |= c == '"';
		odd |= c == '\\';
	}
	if (s.len < 8)
		return are_plain(few_at(s));
	if (s.len - whole >= 8 && !are_plain(eight_at(s.at + whole)))
		return false;
	return !odd && are_plain(eight_at(s.at + s.len - 8));
}

void text_quote_json(struct text *t, struct str untrusted)
{
	if (t->room - t->len < untrusted.len + 3 || !is_all_plain(untrusted)) {
		text_putc(t, '"');
		text_escape_json(t, untrusted);
		text_putc(t, '"');
		return;
	}
	if (untrusted.len)
		memcpy(t->at + t->len + 1, untrusted.at, untrusted.len);
	t->at[t->len] = '"';
	t->at[t->len + 1 + untrusted.len] = '"';
	t->len += untrusted.len + 2;
	t->at[t->len] = '\0';
}

void text_escape_json(struct text *t, struct str untrusted)
{
	size_t i = 0;

	while (i < untrusted.len) {
		size_t plain = plain_run(untrusted, i), len;
		uint32_t code = 0;

		if (plain) {
			text_add(t, (struct str){.at = untrusted.at + i, .len = plain});
			i += plain;
			continue;
		}
		len = utf8_length(untrusted.at + i, untrusted.len - i, &code);
		if (len == 0)
			text_puts(t, "\xef\xbf\xbd");
		else if (code == '"' || code == '\\')
			text_printf(t, "\\%c", (char)code);
		else if (is_unsafe(code))
			add_json_code(t, code);
		else
			text_add(t, (struct str){.at = untrusted.at + i, .len = len});
		i += len ? len : 1;
	}
}
