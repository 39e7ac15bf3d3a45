#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stats_chart.h"

static const int64_t minute_ns = 60 * (int64_t)1000000000;
static const int64_t nine_ns = 1772442000 * (int64_t)1000000000; /* 2026-03-02 09:00 UTC */

static struct options options;
static struct report report;

/* The picture of these minutes in that width, its lines one below the other. */
static void check(struct stats_minute *minutes, size_t n, size_t width, const char *expected)
{
	struct run run = {.options = &options, .report = &report};
	struct stats s = {.minutes = minutes, .n_minutes = n};
	struct text t = text_make(4096);
	struct stats_chart c;

	report.earliest.kind = CLOCK_ABSOLUTE;
	report.earliest.ns = nine_ns;
	stats_chart_make(&c, &run, &s, width);
	for (size_t i = 0; i < c.n; i++) {
		text_add(&t, text_str(&c.line[i]));
		text_putc(&t, '\n');
	}
	assert_string_equal(t.at == NULL ? "" : t.at, expected);
	stats_chart_free(&c);
	text_free(&t);
}

static void a_column_for_each_minute(void **state)
{
	struct stats_minute minutes[] = {
		{.ns = nine_ns, .started = 5, .failed = 1},
		{.ns = nine_ns + minute_ns, .started = 3},
		{.ns = nine_ns + 4 * minute_ns, .failed = 2, .dropped = 1},
		{.ns = nine_ns + 5 * minute_ns, .dropped = 2},
	};

	(void)state;
	check(minutes, 4, 120,
	      "  calls that failed (#) or were dropped (x), a minute\n"
	      "    3 |    x\n"
	      "    2 |    #x\n"
	      "    1 |#   #x\n"
	      "    0 +------\n"
	      "       2026-03-02 09:00:00 to 2026-03-02 09:05:00\n");
}

/* Whoever failed once is seen beside whoever failed a thousand times. */
static void a_little_beside_much(void **state)
{
	struct stats_minute minutes[] = {
		{.ns = nine_ns, .failed = 1},
		{.ns = nine_ns + minute_ns, .failed = 1000},
		{.ns = nine_ns + 2 * minute_ns, .dropped = 1},
	};

	(void)state;
	check(minutes, 3, 120,
	      "  calls that failed (#) or were dropped (x), a minute\n"
	      " 1000 | #\n"
	      "  875 | #\n"
	      "  750 | #\n"
	      "  625 | #\n"
	      "  500 | #\n"
	      "  375 | #\n"
	      "  250 | #\n"
	      "  125 |##x\n"
	      "    0 +---\n"
	      "       2026-03-02 09:00:00 to 2026-03-02 09:02:00\n");
}

/* A column stands for as long as makes the whole run fit, also a run of years. */
static void long_runs_fit(void **state)
{
	struct stats_minute minutes[] = {
		{.ns = nine_ns, .failed = 1},
		{.ns = nine_ns + 600 * minute_ns, .failed = 1},
		{.ns = nine_ns + (int64_t)60 * 24 * 366 * 20 * minute_ns, .failed = 1},
	};

	(void)state;
	check(minutes, 2, 50,
	      "  calls that failed (#) or were dropped (x), a column for 15 minutes\n"
	      "    1 |#                                       #\n"
	      "    0 +-----------------------------------------\n"
	      "       2026-03-02 09:00:00   2026-03-02 19:00:00\n");
	for (size_t width = 0; width < 100; width++) {
		struct run run = {.options = &options, .report = &report};
		struct stats s = {.minutes = minutes, .n_minutes = 3};
		struct stats_chart c;

		stats_chart_make(&c, &run, &s, width);
		assert_in_range(c.n, 4, 6); /* two of them may share a column */
		assert_true(width < 20 || c.line[1].len <= width);
		stats_chart_free(&c);
	}
}

static void nothing_wrong_is_no_picture(void **state)
{
	struct stats_minute minutes[] = {{.ns = nine_ns, .started = 5}};

	(void)state;
	check(minutes, 1, 120, "");
	check(minutes, 0, 120, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_column_for_each_minute),
		cmocka_unit_test(a_little_beside_much),
		cmocka_unit_test(long_runs_fit),
		cmocka_unit_test(nothing_wrong_is_no_picture),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
