#include "ios_line.h"

enum { MONTH = 3, ZONE_MOST = 5, OCTETS_LEAST = 2 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

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

	while (*i - start < most && is_digit(at(s, *i)))
		++*i;
	return *i > start && (!end || at(s, (*i)++) == end);
}

bool line_has_stamp(struct str s)
{
	size_t i = at(s, 0) == '*' || at(s, 0) == '.', zone;

	if (!is_month(str_from(s, i)))
		return false;
	i += MONTH + 1;
	i += at(s, i) == ' ';
	if (!skip_number(s, &i, 2, ' '))
		return false;
	if (is_digit(at(s, i + 2)) && !skip_number(s, &i, 4, ' '))
		return false;
	if (!skip_number(s, &i, 2, ':') || !skip_number(s, &i, 2, ':') || !skip_number(s, &i, 2, 0))
		return false;
	if (at(s, i) == '.' && (i++, !skip_number(s, &i, 9, 0)))
		return false;
	if (at(s, i) == ' ') {
		for (zone = ++i; at(s, i) >= 'A' && at(s, i) <= 'Z' && i - zone < ZONE_MOST;)
			i++;
	}
	return at(s, i) == ':' && (at(s, i + 1) == ' ' || i + 1 == s.len);
}

static bool is_dump(struct str s)
{
	size_t octets = 0;

	s = str_trim(s);
	if (str_ends(s, " ..."))
		s.len -= 4;
	for (size_t i = 0; i < s.len; i += 3, octets++)
		if (!is_hex(s.at[i]) || !is_hex(at(s, i + 1)) ||
		    (i + 2 < s.len && s.at[i + 2] != ' '))
			return false;
	return octets >= OCTETS_LEAST;
}

bool line_is_ios(struct str line)
{
	return line_has_stamp(line) || is_dump(line);
}
