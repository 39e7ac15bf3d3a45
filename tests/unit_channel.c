#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "channel.h"
#include "code.h"

static struct event message(uint16_t type, uint16_t ns, uint16_t nr, int64_t ms)
{
	return (struct event){
		.kind = EVENT_CONTROL,
		.when = {.ns = ms * 1000000, .kind = CLOCK_ABSOLUTE},
		.l2tp = {.is_present = true,
			 .is_control = true,
			 .has_sequence = true,
			 .ns = ns,
			 .nr = nr},
		.control = {.message = type},
	};
}

static struct arena *arena;

static int arena_begins(void **unused)
{
	(void)unused;
	arena = arena_new(1 << 20);
	return 0;
}

static int arena_ends(void **unused)
{
	(void)unused;
	arena_free(arena);
	return 0;
}

static enum delivery take(struct channel ways[2], int from, struct event e)
{
	return channel_take(&ways[from], &ways[1 - from], &e);
}

static void repeats_and_duplicates_are_told_apart(void **unused)
{
	struct channel ways[2] = {{.arena = arena}, {.arena = arena}};
	struct event copy;

	(void)unused;
	assert_int_equal(take(ways, 0, message(SCCRQ, 0, 0, 0)), DELIVERY_NEW);
	assert_int_equal(take(ways, 0, message(SCCRQ, 0, 0, 1)), DELIVERY_DUPLICATE);
	assert_int_equal(take(ways, 0, message(SCCRQ, 0, 0, 1000)), DELIVERY_REPEAT);
	copy = message(SCCRQ, 0, 0, 3000);
	copy.path.ip_id = 77;
	assert_int_equal(take(ways, 0, copy), DELIVERY_REPEAT);
	copy.when.ns += 900000000;
	assert_int_equal(take(ways, 0, copy), DELIVERY_DUPLICATE);
	assert_int_equal(ways[0].repeats, 2);
	assert_int_equal(ways[0].duplicates, 2);
	assert_int_equal(ways[0].messages, 1);
	assert_int_equal(ways[0].pending[0].copies, 3);
}

static void an_nr_acknowledges_and_times(void **unused)
{
	struct channel ways[2] = {{.arena = arena}, {.arena = arena}};

	(void)unused;
	take(ways, 0, message(SCCRQ, 0, 0, 0));
	assert_true(channel_round_trip(&ways[0]) < 0);
	take(ways, 1, message(SCCRP, 0, 1, 40));
	assert_true(ways[0].pending[0].is_acked);
	assert_false(ways[1].pending[0].is_acked);
	assert_true(channel_round_trip(&ways[0]) > 0.039 && channel_round_trip(&ways[0]) < 0.041);
	assert_int_equal(take(ways, 0, message(ZLB, 1, 1, 50)), DELIVERY_ACK);
	assert_true(ways[1].pending[0].is_acked);
	assert_int_equal(ways[0].messages, 1);
}

static void a_gap_makes_early_and_old(void **unused)
{
	struct channel ways[2] = {{.arena = arena}, {.arena = arena}};

	(void)unused;
	take(ways, 0, message(HELLO, 65535, 0, 0));
	assert_int_equal(take(ways, 0, message(ICCN, 1, 0, 10)), DELIVERY_EARLY);
	assert_int_equal(take(ways, 0, message(ICCN, 1, 0, 1010)), DELIVERY_REPEAT);
	assert_int_equal(take(ways, 0, message(ICRQ, 0, 0, 1020)), DELIVERY_NEW);
	channel_pass(&ways[0], 1);
	assert_int_equal(ways[0].gaps, 0);
	assert_int_equal(take(ways, 0, message(HELLO, 4, 0, 1030)), DELIVERY_EARLY);
	channel_pass(&ways[0], 4);
	assert_int_equal(ways[0].gaps, 2);
	assert_int_equal(take(ways, 0, message(HELLO, 2, 0, 1040)), DELIVERY_OLD);
	assert_int_equal(take(ways, 0, message(HELLO, 5, 0, 1050)), DELIVERY_NEW);
}

static void old_repeats_stay_known_past_the_window(void **unused)
{
	struct channel ways[2] = {{.arena = arena}, {.arena = arena}};

	(void)unused;
	for (uint16_t ns = 0; ns < 100; ns++)
		assert_int_equal(take(ways, 0, message(HELLO, ns, 0, INT64_C(10) * ns)),
				 DELIVERY_NEW);
	assert_int_equal(take(ways, 0, message(HELLO, 90, 0, 2000)), DELIVERY_REPEAT);
	assert_int_equal(take(ways, 0, message(HELLO, 10, 0, 2000)), DELIVERY_REPEAT);
	assert_int_equal(ways[0].messages, 100);
}

static void without_numbers_every_record_is_new(void **unused)
{
	struct channel ways[2] = {{.arena = arena}, {.arena = arena}};
	struct event e = message(SCCRQ, 0, 0, 0);

	(void)unused;
	e.l2tp.has_sequence = false;
	assert_int_equal(take(ways, 0, e), DELIVERY_NEW);
	assert_int_equal(ways[0].n_pending, 0);
	e.control.message = HELLO;
	assert_int_equal(take(ways, 0, e), DELIVERY_NEW);
	e.when.ns += INT64_C(60000000000);
	assert_int_equal(take(ways, 0, e), DELIVERY_NEW);
}

/* A tunnel is asked for once: more of it is the same message again, not one out of place. */
static void without_numbers_an_opening_comes_once(void **unused)
{
	struct channel ways[2] = {{.arena = arena}, {.arena = arena}};
	struct event e = message(SCCRQ, 0, 0, 0);

	(void)unused;
	e.l2tp.has_sequence = false;
	assert_int_equal(take(ways, 0, e), DELIVERY_NEW);
	assert_int_equal(take(ways, 0, e), DELIVERY_DUPLICATE);
	e.when.ns += 1000000000;
	assert_int_equal(take(ways, 0, e), DELIVERY_REPEAT);
	assert_int_equal(take(ways, 1, e), DELIVERY_NEW);
	assert_int_equal(ways[0].messages, 1);
	assert_int_equal(ways[0].repeats, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repeats_and_duplicates_are_told_apart),
		cmocka_unit_test(an_nr_acknowledges_and_times),
		cmocka_unit_test(a_gap_makes_early_and_old),
		cmocka_unit_test(old_repeats_stay_known_past_the_window),
		cmocka_unit_test(without_numbers_every_record_is_new),
		cmocka_unit_test(without_numbers_an_opening_comes_once),
	};

	return cmocka_run_group_tests(tests, arena_begins, arena_ends);
}
