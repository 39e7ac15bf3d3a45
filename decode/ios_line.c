#include "ios_line.h"

#include "character.h"
#include "digits.h"

enum { MONTH = 3, ZONE_MOST = 5, OCTETS_LEAST = 2 };

/* 1 for a hex digit. */
static const uint8_t hex_digits[256] = {
	['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1,
	['8'] = 1, ['9'] = 1, ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1,
	['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1,
};

static char at(struct str s, size_t i)
{
	return i < s.len ? s.at[i] : 0;
}

static bool is_month(struct str s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	if (s.len <= MONTH || s.at[MONTH] != ' ')
		return false;
	for (const char *m = months; *m; m += MONTH)
		if (memcmp(s.at, m, MONTH) == 0)
			return true;
	return false;
}

/* Skips digits, at most `most` and at least one, and `end`. */
static bool skip_number(struct str s, size_t *i, size_t most, char end)
{
	size_t start = *i;

	while (*i - start < most && char_is_digit(at(s, *i)))
		++*i;
	return *i > start && (!end || at(s, (*i)++) == end);
}

/* What of the line the stamp is, with its colon and the blank behind it; 0: none. */
static size_t stamp_length(struct str s)
{
	size_t i = at(s, 0) == '*' || at(s, 0) == '.', zone;

	if (!is_month(str_from(s, i)))
		return 0;
	i += MONTH + 1;
	i += at(s, i) == ' ';
	if (!skip_number(s, &i, 2, ' '))
		return 0;
	if (char_is_digit(at(s, i + 2)) && !skip_number(s, &i, 4, ' '))
		return 0;
	if (!skip_number(s, &i, 2, ':') || !skip_number(s, &i, 2, ':') || !skip_number(s, &i, 2, 0))
		return 0;
	if (at(s, i) == '.' && (i++, !skip_number(s, &i, 9, 0)))
		return 0;
	if (at(s, i) == ' ') {
		for (zone = ++i; at(s, i) >= 'A' && at(s, i) <= 'Z' && i - zone < ZONE_MOST;)
			i++;
	}
	if (at(s, i) != ':')
		return 0;
	return at(s, i + 1) == ' ' ? i + 2 : i + 1 == s.len ? i + 1 : 0;
}

static bool is_octet(const char *at)
{
	return (hex_digits[(uint8_t)at[0]] & hex_digits[(uint8_t)at[1]]) != 0;
}

static bool is_dump(struct str s)
{
	size_t i, octets;

	s = str_trim(s);
	if (s.len > 4 && s.at[s.len - 1] == '.' && str_ends(s, " ..."))
		s.len -= 4;
	for (i = 0; s.len - i > 2; i += 3)
		if (!is_octet(s.at + i) || s.at[i + 2] != ' ')
			return false;
	octets = i / 3;
	if (i < s.len && (i + 2 != s.len || !is_octet(s.at + i)))
		return false;
	return octets + (i < s.len) >= OCTETS_LEAST;
}

/* `%ASA-6-603106: …`: of a firewall (asa.c), whose stamp is like that of IOS. */
static bool is_of_firewall(struct str text)
{
	return at(text, 0) == '%' && (str_starts(text, "%ASA-") || str_starts(text, "%PIX-") ||
				      str_starts(text, "%FWSM-"));
}

bool line_is_ios(struct str line)
{
	size_t length = stamp_length(line);

	return length ? !is_of_firewall(str_from(line, length)) : is_dump(line);
}

/* Whether the line begins so, but for its digits. */
static bool is_like(struct str line, const struct ios_stamp *last)
{
	uint64_t x, was;

	if (!last->length || line.len < last->length)
		return false;
	for (size_t i = 0; i < last->length; i += DIGITS_BLOCK) {
		if (i + DIGITS_BLOCK > last->length)
			i = last->length - DIGITS_BLOCK;
		memcpy(&x, line.at + i, DIGITS_BLOCK);
		memcpy(&was, last->at + i, DIGITS_BLOCK);
		if (digits_masked(x) != was)
			return false;
	}
	return true;
}

static void remember(struct str line, size_t length, struct ios_stamp *last)
{
	last->length = 0;
	if (length < DIGITS_BLOCK || length > sizeof(last->at) || line.at[length - 1] != ' ')
		return;
	for (size_t i = 0; i < length; i++)
		last->at[i] = char_is_digit(line.at[i]) ? '0' : line.at[i];
	last->length = length;
}

bool line_has_stamp_like(struct str line, struct ios_stamp *last)
{
	size_t length;

	if (at(line, 0) == ' ') /* no stamp begins so */
		return false;
	if (is_like(line, last))
		return true;
	length = stamp_length(line);
	if (length)
		remember(line, length, last);
	return length > 0;
}

bool line_is_ios_like(struct str line, struct ios_stamp *last)
{
	if (line_has_stamp_like(line, last))
		return !last->length || !is_of_firewall(str_from(line, last->length));
	return is_dump(line);
}
