#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "text_format.h"

/* Every format gives the octets that printf gives. */

static void check(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void check(const char *format, ...)
{
	static const size_t rooms[] = {0, 1, 5, 600};
	char expected[600], got[600];
	va_list list, again;

	va_start(list, format);
	for (size_t i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++) {
		int e, g;

		memset(expected, '#', sizeof(expected));
		memset(got, '#', sizeof(got));
		va_copy(again, list);
		e = vsnprintf(expected, rooms[i], format, again);
		va_end(again);
		va_copy(again, list);
		g = text_format(got, rooms[i], format, again);
		va_end(again);
		assert_int_equal(e, g);
		assert_memory_equal(expected, got, sizeof(got));
	}
	va_end(list);
}

static void words_and_numbers(void **state)
{
	(void)state;
	check("plain");
	check("%s", "");
	check("a %s, %.*s and %.3s%%", "word", 2, "other", "abcdef");
	check("%-8s|%8s|%-8.2s|%*s|%-*s|", "ab", "cd", "efg", 5, "h", 5, "i");
	check("%d %d %d %5d %-5d| %05d %05d", 0, -7, 2147483647, -12, -12, -12, 12);
	check("%u %lu %llu %zu %" PRIu64, 4294967295u, 18446744073709551615ul, 7ull, sizeof(int),
	      UINT64_MAX);
	check("%ld %lld %" PRId64, -5l, -6ll, INT64_MIN);
	check("%x %04x %lx %02x", 0u, 0xabcu, 0xdeadbeefcaful, 7u);
	check("%c%c %3c|", 'x', 0, 'y');
	check("%+d %#x %o %e %5.2d", 3, 255u, 8u, 1.5, 7); /* left to printf */
}

static uint64_t next(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

/* Ties, and what lies a hair beside them, are where decimals go wrong. */
static void decimals(void **state)
{
	static const double odd[] = {
		0,     -0.0,   0.5,     1.5,         2.5,       0.125,
		0.375, 1e-7,   5e-7,    4.9e-7,      0.0000005, 1e15,
		9e15,  9.1e15, 1e300,   INFINITY,    -INFINITY, NAN,
		0.1,   0.7,    1.0 / 3, 999.9999995, 0.9999995, 123456789.0000005};
	uint64_t x = 88172645463325252u;

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		for (int digits = 0; digits <= 12; digits++) {
			check("%.*f", digits, odd[i]);
			check("%12.*f %f", digits, -odd[i], nextafter(odd[i], 1e9));
		}
	for (int i = 0; i < 20000; i++) {
		double whole = (double)(next(&x) % 2000000000), part = (double)(next(&x) % 2000000);
		int digits = (int)(next(&x) % 10);
		double number = (whole + part / 2000000) / (double)(1 + next(&x) % 1000);

		check("%.*f", digits, number);
		check("%.*f", digits, (double)(next(&x) % 4096) / 512);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_and_numbers),
		cmocka_unit_test(decimals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
