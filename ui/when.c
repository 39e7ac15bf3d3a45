#include "when.h"

#include <inttypes.h>

#include <stdlib.h>
#include <time.h>

#include "character.h"
#include "mark.h"
#include "text_format.h"

static const int64_t second_ns = 1000000000;
static const int64_t day_ns = 86400 * (int64_t)1000000000;

struct moment when_aligned(const struct report *r, uint16_t vantage, struct moment when)
{
	if (r == NULL || !moment_known(when))
		return when;
	for (size_t i = 0; i < r->n_views; i++) {
		const struct view *v = &r->views[i];

		if (v->vantage != vantage || !v->has_offset)
			continue;
		when.ns = view_align(v, when.ns);
		if (moment_known(r->earliest))
			when.kind = r->earliest.kind;
	}
	return when;
}

/* As the wall clock of TZ shows it: only where the moment is known in UTC. */
static struct moment on_the_wall(struct moment m)
{
	const char *zone = getenv("TZ");
	int64_t fraction = (m.ns % second_ns + second_ns) % second_ns;
	time_t seconds = (time_t)((m.ns - fraction) / second_ns);
	struct tm wall;

	if (m.kind != CLOCK_ABSOLUTE || zone == NULL || zone[0] == '\0' ||
	    localtime_r(&seconds, &wall) == NULL)
		return m;
	m.ns = clock_from_civil(wall.tm_year + 1900, wall.tm_mon + 1, wall.tm_mday, wall.tm_hour,
				wall.tm_min, wall.tm_sec, fraction);
	return m;
}

static bool has_date(struct moment m)
{
	return m.kind == CLOCK_YEARLESS || m.kind == CLOCK_LOCAL || m.kind == CLOCK_ABSOLUTE;
}

/* Digits after the point that the grain allows, at most nine. */
static int digits_of(struct moment m)
{
	int digits = 0;

	for (int64_t grain = second_ns; grain > m.grain_ns && digits < 9; grain /= 10)
		digits++;
	return m.grain_ns <= 0 ? 3 : digits;
}

static void print_seconds(struct text *t, int64_t ns, int digits)
{
	char fraction[9];
	uint64_t size = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;

	if (ns < 0)
		text_putc(t, '-');
	text_decimal(t, size / (uint64_t)second_ns);
	if (digits == 0)
		return;
	text_putc(t, '.');
	digits_write(fraction, size % (uint64_t)second_ns, sizeof(fraction));
	text_add(t, (struct str){.at = fraction, .len = (size_t)digits});
}

static void print_time_of_day(struct text *t, struct moment m)
{
	enum { MINUTE = 3, SECOND = 6, POINT = 8 };
	char room[] = "00:00:00.000000000";
	int64_t of_day = m.ns % day_ns;
	size_t digits = (size_t)digits_of(m);
	unsigned seconds;

	if (of_day < 0)
		of_day += day_ns;
	seconds = (unsigned)(of_day / second_ns);
	pair_write(room, seconds / 3600);
	pair_write(room + MINUTE, seconds / 60 % 60);
	pair_write(room + SECOND, seconds % 60);
	digits_write(room + POINT + 1, (uint64_t)(of_day % second_ns), 9);
	text_add(t, (struct str){room, digits == 0 ? POINT : POINT + 1 + digits});
}

/* Since the device started, as IOS prints it: `00:12:33`, `1d02h`, `2w3d`, `1y12w`; whoever knows
 * it better prints seconds. */
static void print_uptime(struct text *t, struct moment m)
{
	static const struct {
		char large, small;
		int digits;
		int64_t large_s, small_s;
	} forms[] = {
		{'y', 'w', 2, 365 * INT64_C(86400), 7 * INT64_C(86400)},
		{'w', 'd', 1, 7 * INT64_C(86400), 86400},
		{'d', 'h', 2, 86400, 3600},
	};
	int64_t seconds = m.ns / second_ns;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (m.ns < 0 || m.grain_ns != forms[i].small_s * second_ns)
			continue;
		text_printf(t, "%" PRId64 "%c%0*" PRId64 "%c", seconds / forms[i].large_s,
			    forms[i].large, forms[i].digits,
			    seconds % forms[i].large_s / forms[i].small_s, forms[i].small);
		return;
	}
	if (m.ns >= 0 && m.ns < day_ns && m.grain_ns == second_ns)
		print_time_of_day(t, m);
	else
		print_seconds(t, m.ns, digits_of(m));
}

static void print_with_date(struct text *t, struct moment m)
{
	struct text iso = text_make(64);

	moment_print(&iso, m);
	for (size_t i = 0; i < iso.len; i++) {
		if (iso.at[i] == 'T')
			text_putc(t, ' ');
		else if (iso.at[i] != 'Z')
			text_putc(t, iso.at[i]);
	}
	text_free(&iso);
}

/* Seconds since 1970 would be a guess of a clock without a year or a zone: it has its own words. */
static bool is_with_date(const char *format, struct moment m)
{
	if (format == NULL || !has_date(m))
		return false;
	return format[0] == 'e' || ((format[0] == 'a' || format[0] == 'u') && format[1] == 'd');
}

void when_print(struct text *t, const char *format, struct moment m, struct moment before,
		struct moment earliest)
{
	char letter = format == NULL ? 'a' : format[0];

	if (!moment_known(m)) {
		text_putc(t, '-');
		return;
	}
	if (letter == 'a')
		m = on_the_wall(m);
	if (letter == 'd' && moment_known(before) && before.epoch != m.epoch)
		text_putc(t, '-');
	else if (letter == 'd')
		print_seconds(t, moment_known(before) ? m.ns - before.ns : 0, digits_of(m));
	else if (letter == 'r')
		print_seconds(t, moment_known(earliest) ? m.ns - earliest.ns : 0, digits_of(m));
	else if (letter == 'e' && m.kind == CLOCK_ABSOLUTE)
		print_seconds(t, m.ns, digits_of(m));
	else if (m.kind == CLOCK_UPTIME)
		print_uptime(t, m);
	else if (is_with_date(format, m))
		print_with_date(t, m);
	else
		print_time_of_day(t, m);
}

void when_print_zone(struct text *t, const char *format, struct moment m)
{
	char letter = format == NULL ? 'a' : format[0];
	const char *zone = getenv("TZ");
	time_t seconds = (time_t)(m.ns / second_ns);
	struct tm wall;
	char words[16] = " +0000";

	if (m.kind != CLOCK_ABSOLUTE || (letter != 'a' && letter != 'u'))
		return;
	if (letter == 'a' && zone != NULL && zone[0] != '\0' &&
	    localtime_r(&seconds, &wall) != NULL)
		(void)strftime(words, sizeof(words), " %z", &wall);
	text_puts(t, strcmp(words, " +0000") == 0 ? " UTC" : words);
}

void when_print_seconds(struct text *t, double seconds)
{
	if (seconds < 0)
		text_putc(t, '-');
	else if (seconds < 100)
		text_printf(t, "%.3f", seconds);
	else
		text_printf(t, "%.1f", seconds);
}

/* Seconds since the earliest record. A clock that shares nothing with the reference is laid beside
 * it (offset.c), so that its times are small numbers too. */
static double seconds_of(const struct report *r, uint16_t vantage, struct moment when)
{
	const struct mark m = mark_at((struct sight){.vantage = vantage, .when = when});
	double seconds = 0;

	report_seconds(r, &m, &seconds);
	return seconds;
}

/* ISO 8601 says it; else it is seconds, where anything is known. */
static bool is_dated(struct moment when)
{
	return when.kind == CLOCK_LOCAL || when.kind == CLOCK_ABSOLUTE;
}

static bool has_seconds(const struct report *r, struct moment aligned)
{
	return moment_known(aligned) && r != NULL && moment_known(r->earliest);
}

static void print_dated(struct text *t, struct moment aligned, struct moment when)
{
	aligned.kind = when.kind;
	moment_print(t, aligned);
}

bool when_text(struct text *t, const struct report *r, uint16_t vantage, struct moment when)
{
	struct moment m = when_aligned(r, vantage, when);
	struct writer seconds = writer_into(t);

	if (moment_known(m) && is_dated(when)) {
		print_dated(t, m, when);
		return true;
	}
	if (has_seconds(r, m))
		writer_real(&seconds, seconds_of(r, vantage, when));
	return false;
}

void when_json(struct writer *j, const char *key, const struct report *r, uint16_t vantage,
	       struct moment when)
{
	writer_key(j, key);
	when_value(j, r, vantage, when);
}

void when_value(struct writer *j, const struct report *r, uint16_t vantage, struct moment when)
{
	struct moment m = when_aligned(r, vantage, when);

	if (moment_known(m) && is_dated(when)) {
		writer_open(j, '"');
		print_dated(j->out, m, when);
		writer_close(j, '"');
	} else if (has_seconds(r, m)) {
		writer_real(j, seconds_of(r, vantage, when));
	} else {
		writer_null(j);
	}
}

static void print_stamp(struct text *t, const struct report *r, uint16_t vantage,
			struct moment when)
{
	when_print(t, "u", when_aligned(r, vantage, when), (struct moment){0}, (struct moment){0});
}

struct str when_stamp(struct arena *a, const struct report *r, uint16_t vantage, struct moment when,
		      struct str stamp)
{
	char room[64];
	struct text t = text_in(room, sizeof(room));

	if (stamp.len > 0 || !moment_known(when))
		return stamp;
	print_stamp(&t, r, vantage, when);
	return arena_str(a, text_str(&t));
}

void when_value_stamp(struct writer *j, const struct report *r, uint16_t vantage,
		      struct moment when, struct str stamp)
{
	if (stamp.len > 0 || !moment_known(when)) {
		writer_known(j, stamp);
		return;
	}
	writer_open(j, '"');
	print_stamp(j->out, r, vantage, when);
	writer_close(j, '"');
}

/* Takes `digits` digits (or as many as stand there, up to `digits`, when !is_exact). */
static bool take_digits(const char **s, int digits, bool is_exact, int64_t *ret)
{
	int n = 0;

	*ret = 0;
	for (; n < digits && char_is_digit(**s); n++, (*s)++)
		*ret = *ret * 10 + (**s - '0');
	return is_exact ? n == digits : n > 0;
}

static bool take_char(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

/* `.fff` to nanoseconds; nothing there is 0. */
static bool take_fraction(const char **s, int64_t *ret)
{
	int64_t unit = second_ns;

	*ret = 0;
	if (!take_char(s, '.'))
		return true;
	for (; char_is_digit(**s); (*s)++) {
		unit /= 10;
		*ret += (**s - '0') * unit;
	}
	return unit < second_ns;
}

/* `HH:MM[:SS[.fff]][Z]` to ns since midnight; −1 when it is not one. */
static int64_t parse_daytime(const char *s, bool *ret_utc)
{
	int64_t hour;
	int64_t minute;
	int64_t second = 0;
	int64_t fraction = 0;

	if (!take_digits(&s, 2, true, &hour) || !take_char(&s, ':') ||
	    !take_digits(&s, 2, true, &minute))
		return -1;
	if (take_char(&s, ':') &&
	    (!take_digits(&s, 2, true, &second) || !take_fraction(&s, &fraction)))
		return -1;
	*ret_utc = take_char(&s, 'Z');
	if (*s != '\0' || hour > 23 || minute > 59 || second > 60)
		return -1;
	return (hour * 3600 + minute * 60 + second) * second_ns + fraction;
}

static bool parse_date(const char *s, int64_t *ret, bool *ret_utc)
{
	int64_t year;
	int64_t month;
	int64_t day;
	int64_t of_day = 0;

	if (!take_digits(&s, 4, true, &year) || !take_char(&s, '-') ||
	    !take_digits(&s, 2, true, &month) || !take_char(&s, '-') ||
	    !take_digits(&s, 2, true, &day) || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	if (*s == 'T' || *s == ' ')
		of_day = parse_daytime(s + 1, ret_utc);
	else if (*s != '\0')
		return false;
	if (of_day < 0)
		return false;
	*ret = clock_from_civil((int)year, (int)month, (int)day, 0, 0, 0, 0) + of_day;
	return true;
}

static bool parse_seconds(const char *s, int64_t *ret)
{
	bool is_negative = take_char(&s, '-');
	int64_t fraction;
	int64_t seconds;

	if (!take_digits(&s, 9, false, &seconds) || !take_fraction(&s, &fraction) || *s != '\0')
		return false;
	*ret = (seconds * second_ns + fraction) * (is_negative ? -1 : 1);
	return true;
}

bool bound_parse(struct bound *ret, const char *text, struct text *why_not)
{
	*ret = (struct bound){0};
	if (text == NULL)
		return true;
	if (parse_date(text, &ret->ns, &ret->is_utc)) {
		ret->kind = BOUND_DATE;
		return true;
	}
	ret->ns = parse_daytime(text, &ret->is_utc);
	if (ret->ns >= 0) {
		ret->kind = BOUND_DAYTIME;
		return true;
	}
	if (parse_seconds(text, &ret->ns)) {
		ret->kind = BOUND_SECONDS;
		return true;
	}
	text_printf(why_not, "`%s` is no time: 2024-05-01T12:00:30, 12:00:30 or 30.5", text);
	return false;
}

bool window_is_open(const struct window *w)
{
	return w->since.kind != w->until.kind || w->since.is_utc != w->until.is_utc ||
	       w->since.ns <= w->until.ns;
}

bool bound_difference(const struct bound *b, struct moment m, struct moment earliest, int *ret)
{
	int64_t ns = m.ns;

	if (b->kind == BOUND_NONE || !moment_known(m))
		return false;
	if (b->kind != BOUND_SECONDS && !b->is_utc)
		ns = on_the_wall(m).ns;
	if (b->kind == BOUND_SECONDS && moment_known(earliest))
		ns -= earliest.ns;
	else if (b->kind == BOUND_DAYTIME)
		ns = (ns % day_ns + day_ns) % day_ns;
	else if (b->kind == BOUND_DATE && m.kind != CLOCK_LOCAL && m.kind != CLOCK_ABSOLUTE)
		return false;
	*ret = (ns > b->ns) - (ns < b->ns);
	return true;
}

/* −1 before, 0 at or not comparable, 1 after the bound. */
static int compare(const struct bound *b, struct moment m, struct moment earliest)
{
	int difference = 0;

	return bound_difference(b, m, earliest, &difference) ? difference : 0;
}

bool window_holds(const struct window *w, struct moment first, struct moment last,
		  struct moment earliest)
{
	if (w->since.kind != BOUND_NONE && compare(&w->since, last, earliest) < 0)
		return false;
	return w->until.kind == BOUND_NONE || compare(&w->until, first, earliest) <= 0;
}

bool zone_parse(const char *text, int64_t *ret_seconds)
{
	bool is_west = *text == '-';
	int64_t hours;
	int64_t minutes = 0;

	if (strcmp(text, "UTC") == 0 || strcmp(text, "Z") == 0 || strcmp(text, "GMT") == 0) {
		*ret_seconds = 0;
		return true;
	}
	if (!take_char(&text, '+') && !take_char(&text, '-'))
		return false;
	if (!take_digits(&text, 2, true, &hours))
		return false;
	if (*text != '\0') {
		take_char(&text, ':');
		if (!take_digits(&text, 2, true, &minutes) || *text != '\0')
			return false;
	}
	if (hours > 14 || minutes > 59)
		return false;
	*ret_seconds = (hours * 3600 + minutes * 60) * (is_west ? -1 : 1);
	return true;
}
