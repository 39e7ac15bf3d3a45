/* Percentiles and histograms of seconds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "spread.h"

static void test_percentiles_are_values_that_were_measured(void **state)
{
	struct spread s = {0};

	(void)state;
	for (int i = 100; i >= 1; i--)
		spread_add(&s, i / 100.0);
	assert_true(spread_percentile(&s, 0) == 0.01);
	assert_true(spread_percentile(&s, 50) == 0.50);
	assert_true(spread_percentile(&s, 95) == 0.95);
	assert_true(spread_percentile(&s, 100) == 1.00);
	spread_add(&s, 7); /* after a question, too */
	assert_true(spread_percentile(&s, 100) == 7);
	spread_free(&s);
}

static void test_one_value_is_every_percentile(void **state)
{
	struct spread s = {0};

	(void)state;
	assert_true(spread_percentile(&s, 50) < 0);
	assert_true(spread_mean(&s) < 0);
	spread_add(&s, -1); /* unknown */
	assert_int_equal(s.n, 0);
	spread_add(&s, 0.25);
	assert_true(spread_percentile(&s, 0) == 0.25);
	assert_true(spread_percentile(&s, 99) == 0.25);
	assert_true(spread_mean(&s) == 0.25);
	spread_free(&s);
}

static void test_bins_hold_every_value_once(void **state)
{
	struct spread_bin bins[SPREAD_BINS];
	struct spread s = {0};
	size_t n;

	(void)state;
	assert_int_equal(spread_bins(&s, bins), 0);
	spread_add(&s, 0.001);
	spread_add(&s, 0.0019);
	spread_add(&s, 0.02);
	spread_add(&s, 1e9);
	n = spread_bins(&s, bins);
	assert_true(bins[0].from == 0.001 && bins[0].to == 0.002);
	assert_int_equal(bins[0].n, 2);
	assert_int_equal(bins[1].n, 0); /* a gap stays visible */
	assert_true(bins[4].from == 0.02);
	assert_int_equal(bins[4].n, 1);
	assert_true(bins[n - 1].to < 0);
	assert_int_equal(bins[n - 1].n, 1);
	spread_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_percentiles_are_values_that_were_measured),
		cmocka_unit_test(test_one_value_is_every_percentile),
		cmocka_unit_test(test_bins_hold_every_value_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
