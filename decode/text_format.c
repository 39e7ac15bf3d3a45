#include "text_format.h"
#include "character.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

const char digit_pairs[200] = {
	"00010203040506070809101112131415161718192021222324252627282930313233343536373839404142"
	"43444546474849505152535455565758596061626364656667686970717273747576777879808182838485"
	"86878889909192939495969798"
	"99"};

void digits_write(char *at, uint64_t number, size_t width)
{
	for (; width >= 2; width -= 2, number /= 100)
		pair_write(at + width - 2, (unsigned)(number % 100));
	if (width)
		at[0] = (char)('0' + number % 10);
}

static size_t digits_of(uint64_t number)
{
	size_t n = 7;

	if (number < 100)
		return number < 10 ? 1 : 2;
	if (number < 10000)
		return number < 1000 ? 3 : 4;
	if (number < 1000000)
		return number < 100000 ? 5 : 6;
	for (uint64_t least = 10000000; n < DECIMAL_ROOM && number >= least; least *= 10)
		n++;
	return n;
}

size_t decimal_write(char room[DECIMAL_ROOM], uint64_t number)
{
	size_t n = digits_of(number);

	digits_write(room, number, n);
	return n;
}

/* ---- decimals ---- */

/* 53 bits times 30: all of a fraction's digits, in two words. */
struct product {
	uint64_t high, low;
};

static struct product multiply(uint64_t mantissa, uint64_t scale)
{
	uint64_t upper = (mantissa >> 32) * scale, lower = (mantissa & UINT32_MAX) * scale;
	struct product p = {.high = upper >> 32, .low = upper << 32};

	p.low += lower;
	p.high += p.low < lower;
	return p;
}

/* `fraction` (below 1) times `scale`, to the nearest whole number, a tie to the even one: exactly,
 * as printf does. A double is mantissa / 2^shift. */
static uint64_t scaled(double fraction, uint64_t scale, bool is_odd_before)
{
	enum { STORED = 52, BIAS = 1023, EXPONENT = 0x7ff }; /* IEEE 754, binary64 */
	const uint64_t leading = UINT64_C(1) << STORED;
	struct product p;
	uint64_t bits, whole, rest, more = 0, half;
	int shift;

	memcpy(&bits, &fraction, sizeof(bits));
	shift = BIAS + STORED - (int)(bits >> STORED & EXPONENT);
	if (shift > 84) /* 0, or less than half of the last digit */
		return 0;
	p = multiply(leading | (bits & (leading - 1)), scale);
	if (shift < 64) {
		whole = p.high << (64 - shift) | p.low >> shift;
		rest = p.low & ((UINT64_C(1) << shift) - 1);
		half = UINT64_C(1) << (shift - 1);
	} else if (shift == 64) {
		whole = p.high;
		rest = p.low;
		half = UINT64_C(1) << 63;
	} else {
		whole = p.high >> (shift - 64);
		rest = p.high & ((UINT64_C(1) << (shift - 64)) - 1);
		half = UINT64_C(1) << (shift - 65);
		more = p.low;
	}
	if (rest > half || (rest == half && more))
		return whole + 1;
	if (rest == half && !more && (scale > 1 ? whole & 1 : is_odd_before))
		return whole + 1;
	return whole;
}

size_t real_write(char room[REAL_ROOM], double number, int digits)
{
	static const uint64_t scales[] = {1,      10,      100,      1000,      10000,
					  100000, 1000000, 10000000, 100000000, 1000000000};
	double size = signbit(number) ? -number : number;
	uint64_t whole, part;
	size_t n = 0;

	if (!isfinite(number) || size >= 9e15 || digits < 0 || digits > 9)
		return 0;
	whole = (uint64_t)size;
	part = scaled(size - (double)whole, scales[digits], whole & 1);
	if (part >= scales[digits]) {
		part -= scales[digits];
		whole++;
	}
	if (signbit(number))
		room[n++] = '-';
	n += decimal_write(room + n, whole);
	if (digits == 0)
		return n;
	room[n++] = '.';
	digits_write(room + n, part, (size_t)digits);
	return n + (size_t)digits;
}

/* ---- formats ---- */

/* One conversion of a format. */
struct spec {
	bool is_left, has_zeros;
	int width, precision; /* −1: none */
	bool star_width, star_precision;
	unsigned longs; /* l, ll, j, z: how wide the integer is */
	char kind;
};

/* The conversion behind a `%`; NULL when it is not one of those written here. */
static const char *spec_read(const char *at, struct spec *ret)
{
	*ret = (struct spec){.width = -1, .precision = -1};
	for (; *at == '-' || *at == '0'; at++) {
		ret->is_left |= *at == '-';
		ret->has_zeros |= *at == '0';
	}
	if (*at == '*') {
		ret->star_width = true;
		at++;
	}
	for (; char_is_digit(*at) && ret->width < 1000; at++)
		ret->width = (ret->width < 0 ? 0 : ret->width * 10) + (*at - '0');
	if (*at == '.') {
		at++;
		ret->precision = 0;
		if (*at == '*') {
			ret->star_precision = true;
			at++;
		}
		for (; char_is_digit(*at) && ret->precision < 1000; at++)
			ret->precision = ret->precision * 10 + (*at - '0');
	}
	for (; *at == 'l' || *at == 'z' || *at == 'j'; at++)
		ret->longs++;
	ret->kind = *at;
	switch (*at) {
	case 's':
	case 'c':
		return ret->longs || ret->has_zeros ? NULL : at + 1;
	case 'd':
	case 'u':
	case 'x':
		return ret->precision >= 0 || (ret->is_left && ret->has_zeros) ? NULL : at + 1;
	case 'f':
		return ret->longs ? NULL : at + 1;
	case '%':
		return at + 1;
	default:
		return NULL;
	}
}

struct sink {
	char *at;
	size_t size, len; /* `len` counts on where nothing fits any more */
};

static void put(struct sink *k, const char *s, size_t n)
{
	if (k->len < k->size)
		memcpy(k->at + k->len, s, n < k->size - k->len ? n : k->size - k->len);
	k->len += n;
}

static void put_fill(struct sink *k, char with, size_t n)
{
	for (; n > 0; n--)
		put(k, &with, 1);
}

static void put_padded(struct sink *k, const struct spec *s, const char *at, size_t n)
{
	size_t fill = s->width > 0 && (size_t)s->width > n ? (size_t)s->width - n : 0;

	if (fill && !s->is_left && s->has_zeros && n && *at == '-') {
		put(k, at, 1);
		at++;
		n--;
	}
	if (fill && !s->is_left)
		put_fill(k, s->has_zeros ? '0' : ' ', fill);
	put(k, at, n);
	if (fill && s->is_left)
		put_fill(k, ' ', fill);
}

static size_t hex_write(char room[DECIMAL_ROOM], uint64_t number)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 1;

	for (uint64_t rest = number >> 4; rest; rest >>= 4)
		n++;
	for (size_t i = n; i-- > 0; number >>= 4)
		room[i] = digits[number & 15];
	return n;
}

static void put_number(struct sink *k, const struct spec *s, uint64_t number, bool is_negative)
{
	char room[DECIMAL_ROOM + 1];
	size_t n = 0;

	if (is_negative)
		room[n++] = '-';
	n += s->kind == 'x' ? hex_write(room + n, number) : decimal_write(room + n, number);
	put_padded(k, s, room, n);
}

/* As far as a NUL, and no more than `most` octets, where that is not below 0. */
static size_t length_of(const char *text, int most)
{
	const char *end;

	if (most < 0)
		return strlen(text);
	end = memchr(text, '\0', (size_t)most);
	return end ? (size_t)(end - text) : (size_t)most;
}

static const char *or_null(const char *text)
{
	return text ? text : "(null)";
}

static void put_rare(struct sink *k, const struct spec *s, double number, int digits)
{
	char room[512]; /* the largest double has 309 digits */
	int printed = snprintf(room, sizeof(room), "%.*f", digits > 100 ? 100 : digits, number);

	put_padded(k, s, room, printed > 0 ? (size_t)printed : 0);
}

static void put_real(struct sink *k, const struct spec *s, double number)
{
	char room[REAL_ROOM];
	int digits = s->precision < 0 ? 6 : s->precision;
	size_t n = real_write(room, number, digits);

	if (n)
		put_padded(k, s, room, n);
	else
		put_rare(k, s, number, digits);
}

static void put_decimal(struct sink *k, uint64_t number)
{
	char room[DECIMAL_ROOM];

	put(k, room, decimal_write(room, number));
}

static void put_text(struct sink *k, const char *text, int most)
{
	text = or_null(text);
	put(k, text, length_of(text, most));
}

/* `%s`, `%u`, `%.*s` and `%.3f`, which most conversions are: what stands behind; NULL: another. */
static const char *write_usual(struct sink *k, const char *at, va_list *list)
{
	struct spec s = {.width = -1};
	int most;

	if (*at == 's') {
		put_text(k, va_arg(*list, const char *), -1);
		return at + 1;
	}
	if (*at == 'u') {
		put_decimal(k, va_arg(*list, unsigned));
		return at + 1;
	}
	if (at[0] != '.')
		return NULL;
	if (at[1] == '*' && at[2] == 's') {
		most = va_arg(*list, int);
		put_text(k, va_arg(*list, const char *), most);
		return at + 3;
	}
	if (!char_is_digit(at[1]) || at[2] != 'f')
		return NULL;
	s.precision = at[1] - '0';
	put_real(k, &s, va_arg(*list, double));
	return at + 3;
}

static void write_spec(struct sink *k, struct spec *s, va_list *list)
{
	const char *text;
	int64_t number;
	char c;

	if (s->star_width)
		s->width = va_arg(*list, int);
	if (s->star_width && s->width < 0) {
		s->is_left = true;
		s->width = -s->width;
	}
	if (s->star_precision)
		s->precision = va_arg(*list, int);
	switch (s->kind) {
	case '%':
		put(k, "%", 1);
		break;
	case 's':
		text = or_null(va_arg(*list, const char *));
		put_padded(k, s, text, length_of(text, s->precision));
		break;
	case 'c':
		c = (char)va_arg(*list, int);
		put_padded(k, s, &c, 1);
		break;
	case 'f':
		put_real(k, s, va_arg(*list, double));
		break;
	case 'd':
		number = s->longs ? va_arg(*list, int64_t) : va_arg(*list, int);
		put_number(k, s, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, number < 0);
		break;
	default:
		put_number(k, s, s->longs ? va_arg(*list, uint64_t) : va_arg(*list, unsigned),
			   false);
	}
}

/* False: the format holds what is not written here. */
static bool write_plain(struct sink *k, const char *format, va_list *list)
{
	const char *next;
	struct spec s;

	while ((next = strchr(format, '%'))) {
		put(k, format, (size_t)(next - format));
		format = write_usual(k, next + 1, list);
		if (format)
			continue;
		format = spec_read(next + 1, &s);
		if (!format)
			return false;
		write_spec(k, &s, list);
	}
	put(k, format, strlen(format));
	return true;
}

int text_format(char *room, size_t size, const char *format, va_list list)
{
	struct sink k = {.at = room, .size = size ? size - 1 : 0};
	va_list again;
	int len;

	va_copy(again, list);
	len = write_plain(&k, format, &again) ? (int)k.len : vsnprintf(room, size, format, list);
	va_end(again);
	if (size && len >= 0)
		room[(size_t)len < size - 1 ? (size_t)len : size - 1] = '\0';
	return len;
}
