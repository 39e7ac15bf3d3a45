#include "clock.h"

#include "text_format.h"

enum { SECONDS_A_DAY = 86400 };
static const int64_t ns_a_second = 1000000000;

struct moment moment_of_seconds(int64_t seconds, int64_t part_ns, int64_t grain_ns)
{
	const int64_t most = moment_most_ns / ns_a_second - SECONDS_A_DAY;

	if (seconds > most || seconds < -most || part_ns < 0 ||
	    part_ns > SECONDS_A_DAY * ns_a_second) /* damaged files have parts of any size */
		return (struct moment){0};
	return (struct moment){.ns = seconds * ns_a_second + part_ns,
			       .grain_ns = grain_ns,
			       .kind = CLOCK_ABSOLUTE};
}

/* Days since 1970-01-01. The year is counted from March so that the leap day comes last. */
static int64_t days_from_civil(int64_t year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - 719468;
}

static void civil_from_days(int64_t days, int64_t *year, int *month, int *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t day_of_era = z - era * 146097;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t shifted = (5 * day_of_year + 2) / 153;

	*day = (int)(day_of_year - (153 * shifted + 2) / 5 + 1);
	*month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
	*year = year_of_era + era * 400 + (*month <= 2);
}

int64_t clock_from_civil(int year, int month, int day, int hour, int minute, int second, int64_t ns)
{
	int64_t seconds = days_from_civil(year, month, day) * SECONDS_A_DAY;

	/* The calendar reaches further; a stamp out there is noise. Some days are left for zones.
	 */
	if (seconds > moment_most_ns / ns_a_second - INT64_C(3) * SECONDS_A_DAY ||
	    seconds < -moment_most_ns / ns_a_second + INT64_C(3) * SECONDS_A_DAY)
		return 0;
	return (seconds + INT64_C(3600) * hour + INT64_C(60) * minute + second) * ns_a_second + ns;
}

/* Of the day that was printed last, by each thread: most moments of a run are of one day. */
enum { DATE_WIDTH = 10 };
static void date_write(char at[DATE_WIDTH], int64_t days)
{
	enum { MONTH = 5, DAY = 8 };
	static _Thread_local struct {
		int64_t days;
		char date[DATE_WIDTH];
	} last;
	int64_t year;
	int month, day;

	if (last.days != days || !last.date[0]) {
		civil_from_days(days, &year, &month, &day);
		memcpy(last.date, "0000-00-00", DATE_WIDTH);
		digits_write(last.date, (uint64_t)year, 4); /* 64 bits of ns: 1677 to 2262 */
		pair_write(last.date + MONTH, (unsigned)month);
		pair_write(last.date + DAY, (unsigned)day);
		last.days = days;
	}
	memcpy(at, last.date, DATE_WIDTH);
}

static int fraction_digits(int64_t grain_ns)
{
	int digits = 9;

	if (grain_ns <= 0)
		return 6;
	for (int64_t grain = grain_ns; grain >= 10 && digits > 0; grain /= 10)
		digits--;
	return digits;
}

/* `.678`, as many digits as the grain has: how many characters. There is room for all nine. */
static size_t fraction_write(char *at, int64_t ns, int64_t grain_ns)
{
	int digits = fraction_digits(grain_ns);

	if (digits == 0)
		return 0;
	at[0] = '.';
	if (digits == 6) /* as captures have */
		digits_write(at + 1, (uint64_t)ns / 1000, 6);
	else
		digits_write(at + 1, (uint64_t)ns, 9);
	return 1 + (size_t)digits;
}

void moment_print(struct text *t, struct moment m)
{
	enum { MONTH = 5, HOUR = 11, MINUTE = 14, SECOND = 17, END = 19, ROOM = 32 };
	char room[ROOM] = "0000-00-00T00:00:00";
	int64_t seconds = m.ns / ns_a_second;
	int64_t ns = m.ns % ns_a_second;
	int64_t days;
	unsigned of_day;
	size_t start = 0, end = END;

	if (!moment_known(m))
		return;
	if (ns < 0) {
		ns += ns_a_second;
		seconds--;
	}
	if (m.kind == CLOCK_UPTIME) {
		text_printf(t, "%lld", (long long)seconds);
		text_add(t, (struct str){room, fraction_write(room, ns, m.grain_ns)});
		return;
	}
	days = (seconds >= 0 ? seconds : seconds - SECONDS_A_DAY + 1) / SECONDS_A_DAY;
	of_day = (unsigned)(seconds - days * SECONDS_A_DAY);
	date_write(room, days);
	pair_write(room + HOUR, of_day / 3600);
	pair_write(room + MINUTE, of_day / 60 % 60);
	pair_write(room + SECOND, of_day % 60);
	if (m.kind != CLOCK_LOCAL && m.kind != CLOCK_ABSOLUTE)
		start = m.kind == CLOCK_DAYTIME ? HOUR : MONTH;
	end += fraction_write(room + END, ns, m.grain_ns);
	if (m.kind == CLOCK_ABSOLUTE)
		room[end++] = 'Z';
	text_add(t, (struct str){room + start, end - start});
}

void clock_turn(struct clock_turn *t, struct moment *m)
{
	static const int64_t day_ns = INT64_C(24) * 3600 * 1000000000;
	bool is_year = m->kind == CLOCK_YEARLESS;
	int64_t round = (is_year ? 366 : 1) * day_ns; /* 2000, the year they are told in, is leap */
	int64_t most = is_year ? 300 * day_ns : day_ns * 20 / 24;
	int64_t at;

	if (m->kind != CLOCK_YEARLESS && m->kind != CLOCK_DAYTIME)
		return;
	if (!t->is_set || t->kind != m->kind)
		*t = (struct clock_turn){.is_set = true, .kind = m->kind, .last_ns = m->ns};
	at = m->ns + t->carried_ns;
	if (at < t->last_ns - most) {
		t->carried_ns += round;
		at += round;
	} else if (at > t->last_ns + most && t->carried_ns) {
		at -= round; /* a line from before the turn that came late */
	}
	if (at > t->last_ns)
		t->last_ns = at;
	m->ns = at;
}
