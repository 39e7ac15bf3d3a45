/* The stamps that stand before a line: syslog, ISO 8601, RouterOS, logcat, seconds since the epoch
 * or since the machine booted. */
#include "prefix_parts.h"

enum { DAY_NS_PARTS = 9 };

static const int64_t second_ns = 1000000000;

/* What seconds since the epoch may be: 1991 to 2103. */
static const uint64_t EPOCH_LEAST = 670000000, EPOCH_MOST = 4200000000;

static bool is_hex_digit(char c)
{
	return char_is_digit(c) || (c >= 'a' && c <= 'f');
}

static uint64_t hex_value(char c)
{
	return (uint64_t)(char_is_digit(c) ? c - '0' : c - 'a' + 10);
}

struct civil {
	int year, month, day, hour, minute, second;
	int64_t ns, grain;
	int zone_minutes;
	bool has_zone, has_date;
};

/* `.622147`, `:100` (Windows), `,123` (Python). */
static void take_fraction(struct reader *r, struct civil *c)
{
	c->grain = second_ns;
	if ((peek(r, 0) != '.' && peek(r, 0) != ',' && peek(r, 0) != ':') ||
	    !char_is_digit(peek(r, 1)))
		return;
	r->at++;
	for (int n = 0; char_is_digit(peek(r, 0)); n++, r->at++) {
		if (n == DAY_NS_PARTS)
			continue;
		c->grain /= 10;
		c->ns += (peek(r, 0) - '0') * c->grain;
	}
}

static bool take_clock(struct reader *r, struct civil *c)
{
	if (!take_number(r, 1, 2, &c->hour) || !take_char(r, ':') ||
	    !take_number(r, 2, 2, &c->minute) || !take_char(r, ':') ||
	    !take_number(r, 2, 2, &c->second))
		return false;
	if (c->hour > 23 || c->minute > 59 || c->second > 60)
		return false;
	take_fraction(r, c);
	return true;
}

/* `Z`, `+00:00`, `+0000`, `-05`. */
static void take_zone(struct reader *r, struct civil *c)
{
	size_t before = r->at;
	int sign = peek(r, 0) == '-' ? -1 : 1, hours, minutes = 0;

	if (take_char(r, 'Z')) {
		c->has_zone = true;
		return;
	}
	if (peek(r, 0) != '+' && peek(r, 0) != '-')
		return;
	r->at++;
	if (!char_is_digit(peek(r, 0)) || !char_is_digit(peek(r, 1))) {
		r->at = before;
		return;
	}
	hours = (peek(r, 0) - '0') * 10 + (peek(r, 1) - '0');
	r->at += 2;
	take_char(r, ':');
	if (char_is_digit(peek(r, 0)) && char_is_digit(peek(r, 1))) {
		minutes = (peek(r, 0) - '0') * 10 + (peek(r, 1) - '0');
		r->at += 2;
	}
	c->has_zone = true;
	c->zone_minutes = sign * (hours * 60 + minutes);
}

/* The months as syslog prints them, in the languages that use Latin letters. */
static const struct {
	const char *name;
	int month;
} months[] = {
	{"jan", 1},  {"feb", 2},  {"fév", 2},  {"mar", 3},  {"mär", 3},  {"mrt", 3},  {"apr", 4},
	{"avr", 4},  {"abr", 4},  {"kwi", 4},  {"may", 5},  {"mai", 5},  {"maj", 5},  {"mei", 5},
	{"mag", 5},  {"jun", 6},  {"giu", 6},  {"cze", 6},  {"jul", 7},  {"lug", 7},  {"lip", 7},
	{"aug", 8},  {"aoû", 8},  {"ago", 8},  {"sie", 8},  {"sep", 9},  {"set", 9},  {"wrz", 9},
	{"oct", 10}, {"okt", 10}, {"ott", 10}, {"paź", 10}, {"nov", 11}, {"lis", 11}, {"dec", 12},
	{"déc", 12}, {"dez", 12}, {"dic", 12}, {"gru", 12}, {"sty", 1},  {"lut", 2},  {"gen", 1},
	{"ene", 1},  {"out", 10},
};

/* `Sep`, `maj`, `12月` (also as an HTML entity), `sept.`; 0 when none stands here. */
static int take_month(struct reader *r)
{
	static const char *const entity[] = {"\xe6\x9c\x88", "&#26376;"};
	size_t before = r->at;
	int number;

	if (char_is_digit(peek(r, 0)) && take_number(r, 1, 2, &number)) {
		for (size_t i = 0; i < 2 && number >= 1 && number <= 12; i++) {
			if (!str_starts(rest_of(r), entity[i]))
				continue;
			r->at += strlen(entity[i]);
			return number;
		}
	}
	r->at = before;
	for (size_t i = 0; i < sizeof(months) / sizeof(months[0]); i++) {
		struct str name, here = rest_of(r);

		/* most differ in their first letter */
		if (here.len == 0 || (here.at[0] | 32) != months[i].name[0])
			continue;
		name = str_of(months[i].name);
		here.len = here.len < name.len ? here.len : name.len;
		if (!str_equal_nocase(here, name))
			continue;
		r->at += name.len;
		while (char_is_letter(peek(r, 0)) && r->at - before < 5)
			r->at++;
		take_char(r, '.');
		return months[i].month;
	}
	r->at = before;
	return 0;
}

static void skip_weekday(struct reader *r)
{
	static const char *const days[] = {"Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "};

	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		if (str_starts(rest_of(r), days[i])) {
			r->at += 4;
			return;
		}
	}
}

/* ` UTC`, ` CEST`, as journalctl -o short-full ends a stamp. */
static void take_zone_name(struct reader *r, struct civil *c)
{
	struct str name = {rest_of(r).at + 1, 0};

	if (peek(r, 0) != ' ')
		return;
	while (peek(r, name.len + 1) >= 'A' && peek(r, name.len + 1) <= 'Z')
		name.len++;
	if (name.len < 3 || name.len > 5 || !char_is_blank(peek(r, name.len + 1)))
		return;
	c->has_zone |= str_is(name, "UTC") || str_is(name, "GMT");
	r->at += name.len + 1;
}

/* `2026-11-20T13:03:36.622147+00:00`, `2026-11-20 13:09:29`, `2025-11-16_23:13:19.39756`,
 * `Fri 2026-11-20 13:03:36 UTC`. */
static bool take_iso(struct reader *r, struct civil *c)
{
	size_t start = r->at;
	char separator;
	bool is_full;

	skip_weekday(r);
	is_full = r->at != start;
	if (!take_number(r, 4, 4, &c->year) || !(peek(r, 0) == '-' || peek(r, 0) == '/'))
		return false;
	separator = peek(r, 0);
	r->at++;
	if (!take_number(r, 2, 2, &c->month) || !take_char(r, separator) ||
	    !take_number(r, 2, 2, &c->day))
		return false;
	if (peek(r, 0) != 'T' && peek(r, 0) != ' ' && peek(r, 0) != '_')
		return false;
	r->at++;
	if (!take_clock(r, c))
		return false;
	take_zone(r, c);
	if (is_full)
		take_zone_name(r, c);
	c->has_date = true;
	return c->month >= 1 && c->month <= 12 && c->day >= 1 && c->day <= 31;
}

/* RouterOS 6: `Mar/22/2021 11:47:45`, `mar/22 11:47:45`. */
static bool take_routeros(struct reader *r, struct civil *c)
{
	c->month = take_month(r);
	if (!c->month || !take_char(r, '/') || !take_number(r, 2, 2, &c->day))
		return false;
	if (take_char(r, '/') && !take_number(r, 4, 4, &c->year))
		return false;
	c->has_date = true;
	return skip_blanks(r) && take_clock(r, c);
}

/* Huawei numbers the records of one moment: `14:35:11.450.1-08:00`. */
static void take_counter(struct reader *r, struct civil *c)
{
	if (peek(r, 0) != '.' || !char_is_digit(peek(r, 1)))
		return;
	for (r->at++; char_is_digit(peek(r, 0));)
		r->at++;
	take_zone(r, c);
}

/* `Sep 24 18:42:10`, `Tue Mar 12 07:15:38 2019`, `maj  3 10:00:00`, `Jan  1 2026 00:00:01`. */
static bool take_syslog(struct reader *r, struct civil *c)
{
	size_t after;
	int year;

	skip_weekday(r);
	c->month = take_month(r);
	if (!c->month || !skip_blanks(r) || !take_number(r, 1, 2, &c->day) || !skip_blanks(r))
		return false;
	after = r->at;
	if (take_number(r, 4, 4, &year) && year >= 1980 && year < 2100 && skip_blanks(r))
		c->year = year;
	else
		r->at = after;
	if (!take_clock(r, c))
		return false;
	take_counter(r, c);
	after = r->at;
	if (!c->year && skip_blanks(r) && take_number(r, 4, 4, &year) && year >= 1980 &&
	    year < 2100 && char_is_blank(peek(r, 0)))
		c->year = year;
	else
		r->at = after;
	c->has_date = true;
	return c->day >= 1 && c->day <= 31;
}

/* logcat: `05-14 20:10:11.120`. */
static bool take_month_day(struct reader *r, struct civil *c)
{
	c->has_date = true;
	return take_number(r, 2, 2, &c->month) && take_char(r, '-') &&
	       take_number(r, 2, 2, &c->day) && skip_blanks(r) && take_clock(r, c) &&
	       c->month >= 1 && c->month <= 12 && c->day >= 1 && c->day <= 31;
}

/* ` AM`, ` PM` behind a clock of twelve hours. */
static bool take_half(struct reader *r, struct civil *c)
{
	bool is_late = str_starts(rest_of(r), " PM");

	if (c->hour < 1 || c->hour > 12 || (!is_late && !str_starts(rest_of(r), " AM")))
		return false;
	r->at += 3;
	c->hour = c->hour % 12 + (is_late ? 12 : 0);
	return true;
}

/* `3/2/17 10:08:54.494 AM` (macOS Console, Windows): the month first; `25/03/2024 10:08:54`,
 * `25.03.2024 10:08:54`: the day first; each unless it cannot be. */
static bool take_numeric_date(struct reader *r, struct civil *c)
{
	int first, second;
	char separator;
	size_t before_year;
	bool is_month_first;

	if (!take_number(r, 1, 2, &first) || !(peek(r, 0) == '/' || peek(r, 0) == '.'))
		return false;
	separator = peek(r, 0);
	r->at++;
	if (!take_number(r, 1, 2, &second) || !take_char(r, separator))
		return false;
	before_year = r->at;
	if (!take_number(r, 2, 4, &c->year) || r->at - before_year == 3)
		return false;
	c->year += r->at - before_year == 2 ? 2000 : 0;
	take_char(r, ',');
	if (!skip_blanks(r) || !take_clock(r, c))
		return false;
	is_month_first = (take_half(r, c) && first <= 12) || (separator == '/' && second > 12);
	c->month = is_month_first ? first : second;
	c->day = is_month_first ? second : first;
	c->has_date = true;
	return c->year >= 1980 && c->year < 2100 && c->month >= 1 && c->month <= 12 &&
	       c->day >= 1 && c->day <= 31;
}

/* `1700000000.123456`, `@4000000065f1a2b31c9c3d44` (TAI64N: seconds since 1970 TAI + 2^62, and
 * nanoseconds): since the epoch. TAI is 37 seconds ahead of UTC since 2017, 10 to begin with. */
static bool take_epoch(struct reader *r, struct moment *ret)
{
	enum { TAI_DIGITS = 24, TAI_AHEAD = 10, EPOCH_DIGITS = 10 };
	uint64_t number = 0;
	int64_t grain = second_ns, ns = 0;
	size_t n = 0;

	if (take_char(r, '@')) {
		uint64_t nanoseconds = 0;

		for (; n < TAI_DIGITS && is_hex_digit(peek(r, n)); n++)
			*(n < 16 ? &number : &nanoseconds) =
				*(n < 16 ? &number : &nanoseconds) << 4 | hex_value(peek(r, n));
		r->at += n;
		if (n != TAI_DIGITS || number >> 62 != 1 || nanoseconds >= (uint64_t)second_ns)
			return false;
		number -= (UINT64_C(1) << 62) + TAI_AHEAD;
		ns = (int64_t)nanoseconds;
		grain = 1;
	} else {
		for (; n < EPOCH_DIGITS && char_is_digit(peek(r, n)); n++)
			number = number * 10 + (uint64_t)(peek(r, n) - '0');
		r->at += n;
		if (n != EPOCH_DIGITS || char_is_digit(peek(r, 0)))
			return false;
		if (peek(r, 0) == '.' && char_is_digit(peek(r, 1))) {
			r->at++;
			for (; char_is_digit(peek(r, 0)) && grain > 1; r->at++) {
				grain /= 10;
				ns += (peek(r, 0) - '0') * grain;
			}
		}
	}
	if (number < EPOCH_LEAST || number > EPOCH_MOST)
		return false;
	*ret = (struct moment){
		.ns = (int64_t)number * second_ns + ns, .grain_ns = grain, .kind = CLOCK_ABSOLUTE};
	return true;
}

static void set_moment(const struct civil *c, int year, struct moment *ret)
{
	int y = c->year ? c->year : year;

	*ret = (struct moment){.grain_ns = c->grain};
	if (!c->has_date) {
		ret->kind = CLOCK_DAYTIME;
		ret->ns = ((c->hour * 60 + c->minute) * 60 + c->second) * second_ns + c->ns;
		return;
	}
	ret->kind = !y ? CLOCK_YEARLESS : c->has_zone ? CLOCK_ABSOLUTE : CLOCK_LOCAL;
	ret->ns = clock_from_civil(y ? y : 2000, c->month, c->day, c->hour, c->minute, c->second,
				   c->ns) -
		  (int64_t)c->zone_minutes * 60 * second_ns;
}

/* `[ 4817.123456]`: journalctl -o short-monotonic, dmesg; since the machine booted. */
static bool take_uptime(struct reader *r, struct moment *ret)
{
	enum { SECONDS_MOST = 9, FRACTION = 6 };
	uint64_t seconds = 0, fraction = 0;
	size_t n = 0;

	skip_blanks(r);
	for (; n < SECONDS_MOST && char_is_digit(peek(r, n)); n++)
		seconds = seconds * 10 + (uint64_t)(peek(r, n) - '0');
	if (n == 0 || peek(r, n) != '.')
		return false;
	r->at += n + 1;
	for (n = 0; n < FRACTION && char_is_digit(peek(r, n)); n++)
		fraction = fraction * 10 + (uint64_t)(peek(r, n) - '0');
	r->at += n;
	if (n != FRACTION || peek(r, 0) != ']')
		return false;
	*ret = (struct moment){.ns = (int64_t)seconds * second_ns + (int64_t)fraction * 1000,
			       .grain_ns = 1000,
			       .kind = CLOCK_UPTIME};
	return true;
}

/* A colon behind a stamp is that of IOS, whose lines are not read here; but for a time of the day,
 * for a date with slashes, the year first (yamaha.c), and for a firewall, which prints its stamp
 * so, too (asa.c). */
static bool may_have_colon(struct reader *r, bool is_clock)
{
	struct str rest = rest_of(r);

	return is_clock ? peek(r, 0) == ':' && char_is_blank(peek(r, 1))
			: str_starts(rest, ": %ASA-") || str_starts(rest, ": %PIX-") ||
				  str_starts(rest, ": %FWSM-");
}

bool take_stamp(struct reader *r, struct prefix *ret)
{
	static bool (*const forms[])(struct reader *, struct civil *) = {
		take_iso,       take_routeros,     take_syslog,
		take_month_day, take_numeric_date, take_clock};
	size_t start = r->at;

	if (take_epoch(r, &ret->when) && (char_is_blank(peek(r, 0)) || peek(r, 0) == ']')) {
		ret->stamp = str_range(r->line.at + start, r->line.at + r->at);
		return true;
	}
	r->at = start;
	if (start > 0 && r->line.at[start - 1] == '[' && take_uptime(r, &ret->when)) {
		ret->stamp = str_range(r->line.at + start, r->line.at + r->at);
		return true;
	}
	ret->when = (struct moment){0};
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct civil c = {0};

		r->at = start;
		if (!forms[i](r, &c))
			continue;
		if (peek(r, 0) && !char_is_blank(peek(r, 0)) && peek(r, 0) != '"' &&
		    peek(r, 0) != ']' &&
		    !may_have_colon(r, forms[i] == take_clock || (forms[i] == take_iso &&
								  r->line.at[start + 4] == '/')))
			continue;
		ret->stamp = str_range(r->line.at + start, r->line.at + r->at);
		set_moment(&c, r->year, &ret->when);
		take_char(r, ':');
		return true;
	}
	r->at = start;
	return false;
}
