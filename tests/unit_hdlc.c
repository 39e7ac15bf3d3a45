/* HDLC-like framing: check sequences, byte stuffing, and captures that have neither. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "hdlc.h"
#include "octets.h"

struct fixture {
	struct arena *arena;
	struct hdlc_memory memory;
	struct defect_list defects;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->arena = arena_new((size_t)1 << 20);
	f->defects.arena = f->arena;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	arena_free(f->arena);
	free(f);
	return 0;
}

static void opens_to(struct fixture *f, const char *frame, bool has_flags, const char *inside)
{
	struct span s = octets(f->arena, frame);
	uint8_t *exact = exact_copy(s);
	struct span got;

	f->defects.n = 0;
	got = hdlc_open(f->arena, span_of(exact, s.len), has_flags, false, &f->memory, &f->defects);
	assert_true(span_equal(got, octets(f->arena, inside)));
	free(exact);
}

static void check_sequences_are_right(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(hdlc_fcs16(octets(f->arena, "ff03c02101010004")), 0xb5d1);
	opens_to(f, "ff03c02101010004 d1b5", false, "ff03c02101010004");
	opens_to(f, "ff03c02101010004 5912db21", false, "ff03c02101010004");
	assert_int_equal(f->defects.n, 0);
}

static void a_wrong_one_is_told_where_frames_have_one(void **state)
{
	struct fixture *f = *state;

	opens_to(f, "ff03c02101010004 d1b4", true, "ff03c02101010004");
	assert_int_equal(f->defects.n, 1);
	assert_int_equal(f->defects.at[0].id, DEFECT_PPP_FCS);
	/* This capture has none: nothing is missing, and nothing is taken off. */
	f->memory = (struct hdlc_memory){0};
	for (int i = 0; i < 3; i++)
		opens_to(f, "ff03c02101010004", false, "ff03c02101010004");
	assert_int_equal(f->defects.n, 0);
	opens_to(f, "ff03c02101010004 d1b5", false, "ff03c02101010004 d1b5");
}

static void stuffing_is_undone(void **state)
{
	struct fixture *f = *state;

	opens_to(f, "ff 7d23 c021 7d21 7d21 7d20 7d24 d1b5", true, "ff03c02101010004");
	opens_to(f, "ff 7d23 c021 7d21 7d21 7d20 7d24 d1b5", false, "ff03c02101010004");
	assert_int_equal(f->defects.n, 0);
	opens_to(f, "ff 7d", true, "ff");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(check_sequences_are_right, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_wrong_one_is_told_where_frames_have_one, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(stuffing_is_undone, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
