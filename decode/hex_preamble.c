#include "hex_preamble.h"

#include "character.h"
#include "stamp.h"

#define SECOND_NS INT64_C(1000000000)

/* Exactly `n` digits, or with `n` 0 all of them. */
static bool number_take(struct str *s, size_t n, int64_t *ret)
{
	size_t have = 0;

	*ret = 0;
	while (have < s->len && char_is_digit(s->at[have]) && have < 18 && (!n || have < n))
		*ret = *ret * 10 + (s->at[have++] - '0');
	if (have == 0 || (n && have != n))
		return false;
	*s = str_from(*s, have);
	return true;
}

static bool char_take(struct str *s, const char *any)
{
	if (!s->len || !strchr(any, s->at[0]))
		return false;
	*s = str_from(*s, 1);
	return true;
}

/* `.123456`, or nothing. */
static void fraction_take(struct str *s, struct moment *ret)
{
	int64_t unit = SECOND_NS;

	ret->grain_ns = SECOND_NS;
	if (s->len < 2 || (s->at[0] != '.' && s->at[0] != ',') || !char_is_digit(s->at[1]))
		return;
	*s = str_from(*s, 1);
	while (s->len && char_is_digit(s->at[0])) {
		if (unit > 1) {
			unit /= 10;
			ret->ns += (s->at[0] - '0') * unit;
		}
		*s = str_from(*s, 1);
	}
	ret->grain_ns = unit;
}

/* `12:34:56.789` */
static bool daytime_take(struct str *s, struct moment *ret)
{
	struct str rest = *s;
	int64_t hour, minute, second;

	if (!number_take(&rest, 2, &hour) || !char_take(&rest, ":") ||
	    !number_take(&rest, 2, &minute) || !char_take(&rest, ":") ||
	    !number_take(&rest, 2, &second) || hour > 23 || minute > 59 || second > 60)
		return false;
	*ret = (struct moment){.kind = CLOCK_DAYTIME,
			       .ns = ((hour * 60 + minute) * 60 + second) * SECOND_NS};
	fraction_take(&rest, ret);
	*s = rest;
	return true;
}

/* `Z`, `+02:00`, `-0500` behind a time. */
static void zone_take(struct str *s, struct moment *ret)
{
	struct str rest = *s;
	int64_t hours, minutes;
	bool is_west = rest.len && rest.at[0] == '-';

	if (char_take(&rest, "Z")) {
		ret->kind = CLOCK_ABSOLUTE;
		*s = rest;
		return;
	}
	if (!char_take(&rest, "+-") || !number_take(&rest, 2, &hours))
		return;
	char_take(&rest, ":");
	if (!number_take(&rest, 2, &minutes))
		return;
	ret->kind = CLOCK_ABSOLUTE;
	ret->ns -= (is_west ? -1 : 1) * (hours * 60 + minutes) * 60 * SECOND_NS;
	*s = rest;
}

/* `2024-01-02 12:34:56.789`, with `T` and a zone, or slashes. */
static bool date_time_take(struct str *s, struct moment *ret)
{
	struct str rest = *s;
	int64_t year, month, day;

	if (!number_take(&rest, 4, &year) || !char_take(&rest, "-/") ||
	    !number_take(&rest, 2, &month) || !char_take(&rest, "-/") ||
	    !number_take(&rest, 2, &day) || !char_take(&rest, " T") || month < 1 || month > 12 ||
	    day < 1 || day > 31 || !daytime_take(&rest, ret))
		return false;
	ret->kind = CLOCK_LOCAL;
	ret->ns += clock_from_civil((int)year, (int)month, (int)day, 0, 0, 0, 0);
	zone_take(&rest, ret);
	*s = rest;
	return true;
}

/* `1700000000.123456`: seconds since 1970, or since the first packet. */
static bool seconds_take(struct str *s, struct moment *ret)
{
	struct str rest = *s;
	int64_t seconds;

	if (!number_take(&rest, 0, &seconds) || rest.len < 2 || rest.at[0] != '.' ||
	    !char_is_digit(rest.at[1]) || seconds > moment_most_ns / SECOND_NS - 1)
		return false;
	*ret = (struct moment){.kind = seconds >= 100000000 ? CLOCK_ABSOLUTE : CLOCK_UPTIME,
			       .ns = seconds * SECOND_NS};
	fraction_take(&rest, ret);
	if (rest.len && rest.at[0] != ' ')
		return false;
	*s = rest;
	return true;
}

static struct str word_take(struct str *s)
{
	size_t n = 0;
	struct str word;

	while (s->len && s->at[0] == ' ')
		*s = str_from(*s, 1);
	while (n < s->len && s->at[n] != ' ')
		n++;
	word = (struct str){s->at, n};
	*s = str_from(*s, n);
	return word;
}

static int month_of(struct str word)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	size_t at = word.len == 3 ? str_find(STR(names), word) : SIZE_MAX;

	return at != SIZE_MAX && at % 3 == 0 ? (int)(at / 3) + 1 : 0;
}

/* `11:13:00.593 EDT Aug 21 2010 :` of IOS's packet capture: the date stands behind. */
static void ios_date_take(struct str *s, struct moment *ret)
{
	struct str rest = *s, word = word_take(&rest);
	int month = month_of(word);
	uint32_t day, year;

	if (!month) {
		word = word_take(&rest);
		month = month_of(word);
	}
	if (!month || !str_u32(word_take(&rest), &day) || !str_u32(word_take(&rest), &year) ||
	    day < 1 || day > 31 || year < 1970 || year > 2200)
		return;
	ret->kind = CLOCK_LOCAL;
	ret->ns += clock_from_civil((int)year, month, (int)day, 0, 0, 0, 0);
	*s = rest;
}

/* `*Sep 14 11:29:57.647: ` */
static bool stamp_take(struct str *s, int year, struct moment *ret)
{
	size_t colon = str_find(*s, STR(":"));
	struct stamp stamp;

	if (colon == SIZE_MAX || colon > 40 || !stamp_at(*s, 0, colon, year, &stamp) ||
	    stamp.start != 0 || stamp.is_weak)
		return false;
	*ret = stamp.when;
	*s = str_from(*s, stamp.end);
	return true;
}

static bool time_take(struct str *s, int year, struct moment *ret)
{
	if (date_time_take(s, ret))
		return true;
	if (daytime_take(s, ret)) {
		ios_date_take(s, ret);
		return true;
	}
	return seconds_take(s, ret) || stamp_take(s, year, ret);
}

/* tshark's `  12   0.004512 10.0.0.1 → …`, IOS-XE's `  0  114    0.000000   10.0.0.1 -> …`: numbers
 * stand before the time. */
static bool numbered_time_take(struct str *s, int year, struct moment *ret)
{
	struct str rest = *s;

	for (int i = 0; i < 2; i++) {
		struct str word = word_take(&rest);
		uint32_t number;

		if (!str_u32(word, &number))
			return false;
		while (rest.len && rest.at[0] == ' ')
			rest = str_from(rest, 1);
		if (time_take(&rest, year, ret)) {
			*s = rest;
			return true;
		}
	}
	return false;
}

static void direction_take(struct str *s, struct hex_preamble *ret)
{
	struct str rest = *s, word = word_take(&rest);

	if (word.len != 1 || (word.at[0] != 'I' && word.at[0] != 'O'))
		return;
	rest = str_trim(rest);
	if (rest.len && !char_is_digit(rest.at[0]))
		return;
	ret->has_sense = true;
	ret->sense = word.at[0] == 'O' ? SENT : RECEIVED;
	*s = rest;
}

/* `… eth0  In  IP 10.0.0.1.1701 > …`: tcpdump on every interface. */
static void way_find(struct str rest, struct hex_preamble *ret)
{
	for (int i = 0; i < 3; i++) {
		struct str word = word_take(&rest);
		bool is_out = str_is(word, "Out");

		if (!is_out && !str_is(word, "In"))
			continue;
		ret->has_sense = true;
		ret->sense = is_out ? SENT : RECEIVED;
		return;
	}
}

static const char *const derived[] = {
	"Reassembled ", "Decrypted ", "Uncompressed ", "De-chunked ", "Unreassembled ",
};

bool hex_preamble_read(struct str line, int year, struct hex_preamble *ret)
{
	struct str s = str_trim(line);
	struct str begin;
	struct moment when = {0};

	for (size_t i = 0; i < sizeof(derived) / sizeof(derived[0]); i++) {
		if (str_starts(s, derived[i])) {
			ret->is_derived = true;
			return true;
		}
	}
	if (str_starts(s, "Frame ("))
		ret->is_derived = false;
	direction_take(&s, ret);
	begin = s;
	if (!time_take(&s, year, &when) && !numbered_time_take(&s, year, &when))
		return ret->has_sense;
	ret->when = when;
	ret->stamp = (struct str){begin.at, begin.len - s.len};
	ret->is_derived = false;
	way_find(s, ret);
	return true;
}
