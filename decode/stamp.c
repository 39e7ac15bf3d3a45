#include "stamp.h"
#include "character.h"
#include "flow.h"
#include <stdio.h>

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
				     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static const int64_t second = 1000000000;

/* A reader of digits that look like digits, to both sides, over line ends. */
struct reader {
	struct str flow;
	size_t from;
	bool is_damaged;
	unsigned real, confused; /* digits */
};

static int digit_value(struct reader *r, char c)
{
	if (char_is_digit(c)) {
		r->real++;
		return c - '0';
	}
	if (c != 'O' && c != 'o' && c != 'l' && c != 'I' && c != '|')
		return -1;
	r->confused++;
	return c == 'O' || c == 'o' ? 0 : 1;
}

static bool is_digitish(char c)
{
	struct reader r = {0};

	return digit_value(&r, c) >= 0;
}

static size_t skip_wrap(const struct reader *r, size_t i)
{
	return i < r->flow.len && flow_is_wrap(r->flow.at[i]) ? i + 1 : i;
}

/* The character before `*i`, a line end between skipped; 0 at the beginning. */
static char before(const struct reader *r, size_t *i)
{
	if (*i > r->from + 1 && flow_is_wrap(r->flow.at[*i - 1]))
		--*i;
	return *i > r->from ? r->flow.at[--*i] : 0;
}

/* `n` digits from *i on. */
static bool digits_after(struct reader *r, size_t *i, int n, int *ret)
{
	*ret = 0;
	while (n-- > 0) {
		size_t k = skip_wrap(r, *i);

		if (k >= r->flow.len)
			return false;

		int d = digit_value(r, r->flow.at[k]);

		if (d < 0)
			return false;
		*ret = *ret * 10 + d;
		*i = k + 1;
	}
	return true;
}

static bool colon_after(const struct reader *r, size_t *i)
{
	size_t k = skip_wrap(r, *i);

	if (k >= r->flow.len || r->flow.at[k] != ':')
		return false;
	*i = k + 1;
	return true;
}

/* Up to `most` digits that end before *i; the number of them. */
static int digits_before(struct reader *r, size_t *i, int most, int *ret)
{
	int n = 0, scale = 1;

	*ret = 0;
	while (n < most) {
		size_t k = *i;
		char c = before(r, &k);

		if (!c || !is_digitish(c))
			break;
		*ret += digit_value(r, c) * scale;
		scale *= 10;
		*i = k;
		n++;
	}
	return n;
}

static bool blank_before(const struct reader *r, size_t *i)
{
	if (*i <= r->from || !flow_is_blank(r->flow.at[*i - 1]))
		return false;
	--*i;
	return true;
}

static char fold(char c)
{
	switch (c) {
	case '0':
	case 'O':
		return 'o';
	case '1':
	case 'I':
	case '|':
		return 'l';
	default:
		return char_lower(c);
	}
}

/* The month whose name ends before *i, 1–12, or 0. */
static int month_before(struct reader *r, size_t *i)
{
	char name[3];
	size_t k = *i;
	bool is_glued = false; /* to the record before: then its spelling must be exact */

	for (int n = 2; n >= 0; n--)
		name[n] = before(r, &k);
	if (k > r->from) {
		char c = r->flow.at[k - 1];

		is_glued = char_is_letter(c);
	}
	for (int m = 0; m < 12; m++) {
		bool is_equal = true, is_exact = true;

		for (int n = 0; n < 3; n++) {
			is_equal = is_equal && fold(name[n]) == fold(months[m][n]);
			is_exact = is_exact && name[n] == months[m][n];
		}
		if (!is_equal || (is_glued && !is_exact))
			continue;
		r->is_damaged = r->is_damaged || !is_exact;
		*i = k;
		return m + 1;
	}
	return 0;
}

struct civil {
	int year, month, day, hour, minute, second;
	int64_t ns, grain;
	int fraction_digits;
	struct str zone;
	bool is_unsynced;
	char mark;
};

/* `.235` behind the seconds. */
static void read_fraction(struct reader *r, size_t *i, struct civil *c)
{
	size_t k = skip_wrap(r, *i);
	int digit;

	c->grain = second;
	if (k >= r->flow.len || r->flow.at[k] != '.')
		return;
	k++;
	while (c->fraction_digits < 9 && digits_after(r, &k, 1, &digit)) {
		c->grain /= 10;
		c->ns += digit * c->grain;
		c->fraction_digits++;
	}
	if (c->fraction_digits)
		*i = k;
}

/* ` UTC`, ` CEST`, ` UTC+07:30` before the colon. */
static void read_zone(const struct reader *r, size_t *i, struct civil *c)
{
	size_t start = *i + 1, k = start;

	if (start >= r->flow.len || !flow_is_blank(r->flow.at[*i]))
		return;
	while (k < r->flow.len && k - start < 5 && (char_is_letter(r->flow.at[k])))
		k++;
	if (k - start < 2)
		return;
	if (k < r->flow.len && (r->flow.at[k] == '+' || r->flow.at[k] == '-')) {
		k++;
		while (k < r->flow.len && k - start < 12 &&
		       (is_digitish(r->flow.at[k]) ||
			(r->flow.at[k] == ':' && k + 1 < r->flow.len &&
			 is_digitish(r->flow.at[k + 1]))))
			k++;
	}
	if (k >= r->flow.len || r->flow.at[k] != ':')
		return;
	c->zone = str_range(r->flow.at + start, r->flow.at + k);
	*i = k;
}

static bool is_utc(struct str zone)
{
	return str_is(zone, "UTC") || str_is(zone, "GMT") || str_is(zone, "Z");
}

static void set_moment(const struct civil *c, int year, struct stamp *ret)
{
	int y = c->year ? c->year : year;

	ret->when = (struct moment){.ns = clock_from_civil(y ? y : 2000, c->month, c->day, c->hour,
							   c->minute, c->second, c->ns),
				    .grain_ns = c->grain,
				    .kind = !y                ? CLOCK_YEARLESS
					    : is_utc(c->zone) ? CLOCK_ABSOLUTE
							      : CLOCK_LOCAL,
				    .is_unsynced = c->is_unsynced};
}

static void render(const struct civil *c, struct stamp *ret)
{
	char mark[2] = {c->mark, 0}, year[8] = "", fraction[16] = "";

	if (c->year)
		snprintf(year, sizeof(year), "%d ", c->year);
	if (c->fraction_digits)
		snprintf(fraction, sizeof(fraction), ".%0*lld", c->fraction_digits,
			 (long long)(c->ns / c->grain));
	snprintf(ret->text, sizeof(ret->text), "%s%s %d %s%02d:%02d:%02d%s%s%.*s", mark,
		 months[c->month - 1], c->day, year, c->hour, c->minute, c->second, fraction,
		 c->zone.len ? " " : "", STR_ARG(c->zone));
}

/* As it was printed, when that is whole; else as it must have been. */
static void set_text(const struct reader *r, const struct civil *c, size_t end, struct stamp *ret)
{
	struct str is = str_range(r->flow.at + ret->start, r->flow.at + end);

	if (ret->is_damaged || is.len >= sizeof(ret->text) || memchr(is.at, '\n', is.len) ||
	    memchr(is.at, '\v', is.len)) {
		render(c, ret);
		return;
	}
	memcpy(ret->text, is.at, is.len);
	ret->text[is.len] = 0;
}

/* `<190>`, `000123: `, `host: ` before the stamp, on the same line. */
static void take_prefix(const struct reader *r, struct stamp *ret)
{
	size_t i = ret->start;
	struct str host = {NULL, 0};

	for (int words = 0; words < 4; words++) {
		size_t end = i;

		if (end > r->from && r->flow.at[end - 1] == '>') {
			size_t k = end - 1;

			while (k > r->from && char_is_digit(r->flow.at[k - 1]))
				k--;
			if (k > r->from && end - k < 5 && r->flow.at[k - 1] == '<') {
				ret->start = k - 1;
				ret->host = host;
			}
			return;
		}
		if (end <= r->from + 1 || r->flow.at[end - 1] != ' ' || r->flow.at[end - 2] != ':')
			return;

		size_t k = end - 2;
		bool is_number = true;

		while (k > r->from && end - k < 66 && !flow_is_blank(r->flow.at[k - 1]) &&
		       r->flow.at[k - 1] != '>' && r->flow.at[k - 1] != ':') {
			k--;
			is_number = is_number && char_is_digit(r->flow.at[k]);
		}
		i = k;
		if (k == end - 2)
			continue;
		if (is_number)
			ret->start = k;
		else if (host.len)
			return;
		else
			host = str_range(r->flow.at + k, r->flow.at + end - 2);
		if (is_number && (k == r->from || flow_is_wrap(r->flow.at[k - 1])))
			ret->host = host;
	}
}

/* What a collector puts before the device's own stamp, or before the record: its time without
 * a colon, and the name of the device. */
static bool take_collector(const struct reader *r, size_t i, struct stamp *ret)
{
	size_t k = i + 1;

	if (i >= r->flow.len || r->flow.at[i] != ' ' ||
	    (ret->start > r->from && !flow_is_wrap(r->flow.at[ret->start - 1]) &&
	     r->flow.at[ret->start - 1] != '>'))
		return false;
	while (k < r->flow.len && k - i < 65 && !flow_is_blank(r->flow.at[k]))
		k++;
	if (k == i + 1 || k + 1 >= r->flow.len || r->flow.at[k] != ' ')
		return false;
	ret->host = str_range(r->flow.at + i + 1, r->flow.at + k);
	if (str_ends(ret->host, ":"))
		ret->host.len--;
	ret->end = k + 1;
	/* A number of the record may follow. */
	k = ret->end;
	while (k < r->flow.len && char_is_digit(r->flow.at[k]))
		k++;
	if (k > ret->end && k + 1 < r->flow.len && r->flow.at[k] == ':' && r->flow.at[k + 1] == ' ')
		ret->end = k + 2;
	ret->is_weak = true;
	return true;
}

static bool stamp_of_date(struct reader *r, size_t hour_start, size_t end, struct civil *c,
			  int year, struct stamp *ret)
{
	size_t i = hour_start;
	int number;

	if (!blank_before(r, &i))
		return false;

	size_t before_number = i;
	struct reader saved = *r;
	int n = digits_before(r, &i, 4, &number);

	if (n == 4 && number >= 1980 && number < 2100 && blank_before(r, &i)) {
		c->year = number;
		n = digits_before(r, &i, 2, &number);
	} else if (n > 2) {
		*r = saved;
		i = before_number;
		n = digits_before(r, &i, 2, &number);
	}
	c->day = number;
	if (n == 0 || !blank_before(r, &i))
		return false;
	c->month = month_before(r, &i);
	if (c->month == 0 || c->day < 1 || c->day > 31)
		return false;
	if (i > r->from && (r->flow.at[i - 1] == '*' || r->flow.at[i - 1] == '.')) {
		c->mark = r->flow.at[--i];
		c->is_unsynced = true;
	}
	ret->start = i;
	ret->is_damaged = r->is_damaged || r->confused > 0;
	set_moment(c, year, ret);
	set_text(r, c, end, ret);
	if (!colon_after(r, &end))
		return take_collector(r, end, ret);
	ret->end = end < r->flow.len && flow_is_blank(r->flow.at[end]) ? end + 1 : end;
	if (!ret->is_damaged && !c->zone.len && r->flow.at[ret->end - 1] == ' ' &&
	    ret->end - ret->start == strlen(ret->text) + 2)
		ret->clock = (uint8_t)(hour_start - ret->start);
	ret->clock_ns = ((c->hour * 60 + c->minute) * 60 + c->second) * second + c->ns;
	take_prefix(r, ret);
	if (ret->host.len || ret->end - ret->start != strlen(ret->text) + 2)
		ret->clock = 0;
	return true;
}

/* `+07:30`, `-0500`, `Z` behind *i, in seconds; false when none stands there. */
static bool offset_after(struct reader *r, size_t *i, int *ret)
{
	size_t k = *i;
	int hours, minutes, sign;

	*ret = 0;
	if (k >= r->flow.len)
		return false;
	if (r->flow.at[k] == 'Z') {
		*i = k + 1;
		return true;
	}
	if (r->flow.at[k] != '+' && r->flow.at[k] != '-')
		return false;
	sign = r->flow.at[k++] == '-' ? -1 : 1;
	if (!digits_after(r, &k, 2, &hours))
		return false;
	colon_after(r, &k);
	if (!digits_after(r, &k, 2, &minutes))
		return false;
	*ret = sign * (hours * 60 + minutes) * 60;
	*i = k;
	return true;
}

static struct str next_field(struct str s, size_t *i)
{
	size_t start = *i;

	while (*i < s.len && !flow_is_blank(s.at[*i]))
		(*i)++;

	struct str field = str_range(s.at + start, s.at + *i);

	if (*i < s.len)
		(*i)++;
	return field;
}

/* `host app procid msgid [data]` behind the time (RFC 5424 6.2.4 to 6.3). */
static void take_header(const struct reader *r, size_t i, struct stamp *ret)
{
	ret->host = next_field(r->flow, &i);
	for (int fields = 0; fields < 3; fields++)
		next_field(r->flow, &i);
	if (i < r->flow.len && r->flow.at[i] == '[') {
		while (i < r->flow.len && r->flow.at[i] != ']' && !flow_is_wrap(r->flow.at[i]))
			i++;
	}
	next_field(r->flow, &i);
	ret->end = i;
}

/* `2025-03-02T10:45:07.123+00:00 `, as collectors write it (RFC 3339); before it `<30>1 `. */
static bool stamp_of_iso(struct reader *r, size_t hour_start, size_t end, const struct civil *c,
			 struct stamp *ret)
{
	size_t i = hour_start;
	int year, month, day, offset;

	if (i <= r->from || (r->flow.at[i - 1] != 'T' && r->flow.at[i - 1] != ' '))
		return false;
	i--;
	if (digits_before(r, &i, 2, &day) != 2 || i <= r->from || r->flow.at[--i] != '-' ||
	    digits_before(r, &i, 2, &month) != 2 || i <= r->from || r->flow.at[--i] != '-' ||
	    digits_before(r, &i, 4, &year) != 4 || r->confused || month < 1 || month > 12 ||
	    day < 1 || day > 31 || year < 1980)
		return false;

	bool has_zone = offset_after(r, &end, &offset);

	if (end >= r->flow.len || (r->flow.at[end] != ' ' && r->flow.at[end] != ':'))
		return false;
	ret->start = i;
	ret->when = (struct moment){
		.ns = clock_from_civil(year, month, day, c->hour, c->minute, c->second, c->ns) -
		      offset * second,
		.grain_ns = c->grain,
		.kind = has_zone ? CLOCK_ABSOLUTE : CLOCK_LOCAL};
	snprintf(ret->text, sizeof(ret->text), "%.*s", (int)(end - i), r->flow.at + i);
	ret->is_weak = true;
	if (r->flow.at[end] == ':') {
		ret->end = end + 1;
		if (ret->end < r->flow.len && flow_is_blank(r->flow.at[ret->end]))
			ret->end++;
		return true;
	}
	if (i > r->from + 3 && memcmp(r->flow.at + i - 3, ">1 ", 3) == 0) {
		take_header(r, end + 1, ret);
		while (ret->start > r->from && r->flow.at[ret->start - 1] != '<' &&
		       i - ret->start < 8)
			ret->start--;
		if (ret->start > r->from)
			ret->start--;
		return true;
	}
	return take_collector(r, end, ret);
}

/* `00:12:33: `: since the device started. */
static bool stamp_of_uptime(struct reader *r, size_t hour_start, size_t end, const struct civil *c,
			    struct stamp *ret)
{
	if (r->confused || c->fraction_digits ||
	    (hour_start > r->from && !flow_is_blank(r->flow.at[hour_start - 1])) ||
	    !colon_after(r, &end) || end >= r->flow.len || !flow_is_blank(r->flow.at[end]))
		return false;
	ret->start = hour_start;
	ret->end = end + 1;
	ret->is_weak = true;
	ret->when = (struct moment){.ns = ((c->hour * 60 + c->minute) * 60 + c->second) * second,
				    .grain_ns = second,
				    .kind = CLOCK_UPTIME};
	snprintf(ret->text, sizeof(ret->text), "%02d:%02d:%02d", c->hour, c->minute, c->second);
	take_prefix(r, ret);
	return true;
}

/* `2w3d: `, `1d02h: `, `1y12w: `. */
static bool stamp_of_weeks(struct reader *r, size_t colon, struct stamp *ret)
{
	static const char units[] = "ywdh";
	static const int64_t seconds[] = {365 * INT64_C(86400), 7 * INT64_C(86400), 86400, 3600};
	size_t i = colon;
	int64_t total = 0, grain = 0;
	int parts = 0;

	if (colon + 1 >= r->flow.len || !flow_is_blank(r->flow.at[colon + 1]))
		return false;
	while (i > r->from && !flow_is_blank(r->flow.at[i - 1])) {
		const char *unit = strchr(units, r->flow.at[i - 1]);
		size_t k = i - 1;
		int64_t n = 0, scale = 1;

		if (!unit || !*unit || parts++ == 3)
			return false;
		while (k > r->from && i - k < 5 && char_is_digit(r->flow.at[k - 1])) {
			n += (r->flow.at[--k] - '0') * scale;
			scale *= 10;
		}
		if (k == i - 1)
			return false;
		total += n * seconds[unit - units];
		grain = grain ? grain : seconds[unit - units];
		i = k;
	}
	if (parts < 2)
		return false;
	ret->start = i;
	ret->end = colon + 2;
	ret->is_weak = true;
	ret->when = (struct moment){
		.ns = total * second, .grain_ns = grain * second, .kind = CLOCK_UPTIME};
	snprintf(ret->text, sizeof(ret->text), "%.*s", (int)(colon - i), r->flow.at + i);
	take_prefix(r, ret);
	return true;
}

/* Most colons have no number or unit before them. */
static bool may_be_time(const struct reader *r, size_t colon)
{
	char c = before(r, &colon);

	return is_digitish(c) || c == 'w' || c == 'd' || c == 'h';
}

bool stamp_at(struct str flow, size_t from, size_t colon, int year, struct stamp *ret)
{
	struct reader r = {.flow = flow, .from = from};
	struct civil c = {0};
	size_t i = colon, k = colon + 1;

	if (!may_be_time(&r, colon))
		return false;
	*ret = (struct stamp){0};
	if (colon > from &&
	    (flow.at[colon - 1] == 'w' || flow.at[colon - 1] == 'd' || flow.at[colon - 1] == 'h'))
		return stamp_of_weeks(&r, colon, ret);
	if (digits_before(&r, &i, 2, &c.hour) != 2 || !digits_after(&r, &k, 2, &c.minute) ||
	    !colon_after(&r, &k) || !digits_after(&r, &k, 2, &c.second))
		return false;
	if (r.confused > 3 || c.hour > 23 || c.minute > 59 || c.second > 60)
		return false;
	read_fraction(&r, &k, &c);
	read_zone(&r, &k, &c);

	struct reader plain = r, iso = r;

	if (stamp_of_iso(&iso, i, k, &c, ret))
		return true;
	*ret = (struct stamp){0};
	if (stamp_of_date(&r, i, k, &c, year, ret))
		return true;
	return stamp_of_uptime(&plain, i, k, &c, ret);
}

bool stamp_may_be_in(struct str line)
{
	for (size_t i = 2; i + 3 < line.len; i++) {
		const char *c = line.at + i;

		if (c[0] == ':' && c[3] == ':' && is_digitish(c[-2]) && is_digitish(c[-1]) &&
		    is_digitish(c[1]) && is_digitish(c[2]))
			return true;
	}
	return false;
}
