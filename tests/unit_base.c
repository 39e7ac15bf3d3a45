/* The ground everything stands on: cursor, arena, text, clock, addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

#include "clock.h"
#include "event.h"

static void text_is(struct text *t, const char *expected)
{
	assert_string_equal(t->at ? t->at : "", expected);
	text_free(t);
}

static void cursor_never_leaves_its_bytes(void **state)
{
	const uint8_t octets[] = {0x01, 0x02, 0x03};
	struct bytes b = bytes_of(span_of(octets, sizeof(octets)));
	struct bytes box;

	(void)state;
	assert_int_equal(bytes_u16(&b), 0x0102);
	assert_true(bytes_ok(&b));
	assert_int_equal(bytes_u16(&b), 0);
	assert_false(bytes_ok(&b));
	assert_int_equal(bytes_u8(&b), 0);
	b = bytes_of(span_of(octets, sizeof(octets)));
	box = bytes_box(&b, 9);
	assert_int_equal(box.left, 3);
	assert_true(bytes_ok(&box));
	assert_false(bytes_ok(&b));
}

/* What records are in that stay: it counts as the parent's, and rests with it in its file. */
static void arena_within_is_the_parents(void **state)
{
	enum { RECORDS = 3000, MORE = 5000 };
	static const char *first[RECORDS], *more[RECORDS];
	struct arena *a = arena_new_spilled((size_t)1 << 30, 1 << 20);

	(void)state;
	for (size_t i = 0; i < RECORDS; i++) {
		struct arena *record = arena_within(a, 100);

		first[i] = arena_printf(record, "record %zu", i).at;
		assert_non_null(arena_alloc(record, MORE));
		more[i] = arena_printf(record, "more of %zu", i).at;
	}
	assert_true(arena_used(a) >= (size_t)RECORDS * MORE);
	arena_rest(a);
	for (size_t i = 0; i < RECORDS; i++) {
		char expected[32];

		snprintf(expected, sizeof(expected), "record %zu", i);
		assert_string_equal(first[i], expected);
		snprintf(expected, sizeof(expected), "more of %zu", i);
		assert_string_equal(more[i], expected);
	}
	arena_free(a);
}

/* Records that are dropped, or for which there is no room (a flood), take no more memory, however
 * many they are. */
static void arena_within_is_used_again(void **state)
{
	enum { SIZE = 2000, OTHER = 3000 };
	struct arena *a = arena_new(10000), *kept = arena_within(a, SIZE);
	struct arena *record = arena_within(a, SIZE), *other = arena_within(a, OTHER);
	char *given = arena_alloc(record, SIZE);

	(void)state;
	assert_non_null(given);
	assert_non_null(arena_alloc(kept, SIZE));
	for (int i = 0; i < 1000; i++) {
		struct arena *again;

		memset(given, 'x', SIZE);
		arena_free(record);
		again = arena_within(a, SIZE);
		assert_ptr_equal(again, record);
		assert_ptr_equal(arena_alloc(again, SIZE), given);
		assert_int_equal(given[SIZE - 1], 0);
		arena_free(other);
		assert_ptr_equal(arena_within(a, OTHER), other);
	}
	assert_int_equal(arena_used(a), 2 * SIZE);
	arena_free(a);
}

/* Whoever keeps a pointer into what an arena took back is seen by ASan. */
static void arena_hides_what_it_took_back(void **state)
{
#ifdef __SANITIZE_ADDRESS__
	struct arena *a = arena_new(10000);
	char *given = arena_alloc(a, 16);

	(void)state;
	assert_false(__asan_address_is_poisoned(given + 15));
	assert_true(__asan_address_is_poisoned(given + 16));
	arena_reset(a);
	assert_true(__asan_address_is_poisoned(given));
	assert_ptr_equal(arena_alloc(a, 16), given);
	assert_false(__asan_address_is_poisoned(given));
	arena_free(a);
#else
	(void)state;
	skip();
#endif
}

static void arena_stops_at_its_ceiling(void **state)
{
	struct arena *a = arena_new(10000);

	(void)state;
	assert_non_null(arena_alloc(a, 6000));
	assert_null(arena_alloc(a, 6000));
	assert_true(arena_is_full(a));
	assert_null(arena_array(a, SIZE_MAX, 2));
	arena_reset(a);
	assert_false(arena_is_full(a));
	assert_string_equal(arena_printf(a, "%d", 42).at, "42");
	assert_null(arena_array(a, SIZE_MAX / 2, 3));
	arena_free(a);
}

static void text_is_cut_at_its_maximum(void **state)
{
	struct text t = text_make(5);

	(void)state;
	text_puts(&t, "abc");
	text_puts(&t, "defg");
	assert_true(t.is_cut);
	text_is(&t, "abcde");
}

static void escapes_leave_nothing_dangerous(void **state)
{
	struct text t = text_make(1000);
	struct str evil = STR("a\x1b[2J\n\xc3\xa9\xff\xe2\x80\xae");

	(void)state;
	text_escape(&t, evil);
	text_is(&t, "a\\x1b[2J\\x0a\xc3\xa9\\xff\\xe2\\x80\\xae");
	t = text_make(1000);
	text_escape_json(&t, STR("q\"\\\n\xff"));
	text_is(&t, "q\\\"\\\\\\u000a\xef\xbf\xbd");
}

/* The first and the last of each range, and what stands beside it: a letter or a sign. */
static void nothing_unseen_stays_unseen(void **state)
{
	static const char *const unseen[] = {
		"\xc2\x80",         "\xc2\x9f",         "\xc2\xad",         "\xcd\x8f",
		"\xd8\x9c",         "\xe1\x85\x9f",     "\xe1\x85\xa0",     "\xe1\x9e\xb4",
		"\xe1\x9e\xb5",     "\xe1\xa0\x8b",     "\xe1\xa0\x8e",     "\xe1\xa0\x8f",
		"\xe2\x80\x8b",     "\xe2\x80\x8d",     "\xe2\x80\x8f",     "\xe2\x80\xa8",
		"\xe2\x80\xae",     "\xe2\x81\xa0",     "\xe2\x81\xaf",     "\xe3\x85\xa4",
		"\xef\xb8\x80",     "\xef\xb8\x8f",     "\xef\xbb\xbf",     "\xef\xbe\xa0",
		"\xef\xbf\xb0",     "\xef\xbf\xbb",     "\xf0\x9b\xb2\xa0", "\xf0\x9d\x85\xba",
		"\xf3\xa0\x80\x80", "\xf3\xa0\x84\x80", "\xf3\xa0\xbf\xbf"};
	static const char *const seen[] = {
		"\xc2\xa0",     "\xc2\xac",     "\xc2\xae",        "\xcd\x8e",     "\xe1\x85\x9e",
		"\xe1\x85\xa1", "\xe1\xa0\x90", "\xe2\x80\x90",    "\xe2\x80\xaf", "\xe3\x85\xa3",
		"\xef\xb8\x90", "\xef\xbf\xbd", "\xf0\x9f\x98\x80"};

	(void)state;
	for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++) {
		struct text t = text_make(100);

		text_escape(&t, str_of(unseen[i]));
		assert_int_equal(t.len, 4 * strlen(unseen[i]));
		text_clear(&t);
		text_escape_json(&t, str_of(unseen[i]));
		assert_memory_equal(t.at, "\\u", 2);
		text_free(&t);
	}
	for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++) {
		struct text t = text_make(100);

		text_escape(&t, str_of(seen[i]));
		text_is(&t, seen[i]);
		t = text_make(100);
		text_escape_json(&t, str_of(seen[i]));
		text_is(&t, seen[i]);
	}
}

static void numbers_are_whole_or_refused(void **state)
{
	uint64_t n = 7;

	(void)state;
	assert_true(str_u64(STR("0x8000"), &n));
	assert_int_equal(n, 0x8000);
	assert_false(str_u64(STR("12x"), &n));
	assert_false(str_u64(STR(""), &n));
	assert_false(str_u64(STR("18446744073709551616"), &n));
	assert_true(str_u64(STR("18446744073709551615"), &n));
}

static void a_clock_without_a_year_goes_on_over_new_year(void **state)
{
	struct clock_turn turn = {0};
	struct moment before = {.kind = CLOCK_YEARLESS,
				.ns = clock_from_civil(2000, 12, 31, 23, 59, 59, 0)};
	struct moment after = {.kind = CLOCK_YEARLESS,
			       .ns = clock_from_civil(2000, 1, 1, 0, 0, 1, 0)};
	struct moment late = before;

	(void)state;
	clock_turn(&turn, &before);
	clock_turn(&turn, &after);
	assert_int_equal(moment_minus(after, before), INT64_C(2000000000));
	/* a line from before midnight that came behind it */
	clock_turn(&turn, &late);
	assert_int_equal(moment_minus(late, before), 0);
}

static void moments_that_make_no_sense_are_none(void **state)
{
	(void)state;
	assert_int_equal(clock_from_civil(1701, 1, 1, 0, 0, 0, 0), 0);
	assert_int_equal(clock_from_civil(9999, 12, 31, 0, 0, 0, 0), 0);
	assert_true(clock_from_civil(1993, 3, 1, 0, 0, 0, 0) > 0); /* a router without NTP */
	assert_true(clock_from_civil(2106, 2, 7, 0, 0, 0, 0) > 0); /* the last of 32 bits */
	assert_false(moment_known(moment_of_seconds(INT64_MAX / 1000000000, 0, 1)));
	assert_true(moment_known(moment_of_seconds(UINT32_MAX, INT64_C(4294967295000), 1)));
}

static void moments_print_as_iso(void **state)
{
	struct text t = text_make(100);
	struct moment m = {.ns = clock_from_civil(2024, 2, 29, 23, 59, 58, 7000000),
			   .grain_ns = 1000000,
			   .kind = CLOCK_ABSOLUTE};

	(void)state;
	moment_print(&t, m);
	text_is(&t, "2024-02-29T23:59:58.007Z");
	m.kind = CLOCK_YEARLESS;
	t = text_make(100);
	moment_print(&t, m);
	text_is(&t, "02-29T23:59:58.007");
	m = (struct moment){.ns = -1000000, .grain_ns = 1000000, .kind = CLOCK_LOCAL};
	t = text_make(100);
	moment_print(&t, m);
	text_is(&t, "1969-12-31T23:59:59.999");
}

static void addresses_read_and_print(void **state)
{
	static const char *const same[] = {"10.51.6.68", "::", "::1", "2001:db8::1:0:0:1",
					   "fe80::2:3:4:5"};
	static const char *const wrong[] = {"10.51.6", "256.1.1.1", "1.2.3.4.5",
					    ":",       "1::2::3",   "12345::",
					    "x.x.x.x", "",          "1:2:3:4:5:6:7:"};
	struct address a;

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
		struct text t = text_make(100);

		assert_true(address_parse(str_of(same[i]), &a));
		address_print(&t, &a);
		text_is(&t, same[i]);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_false(address_parse(str_of(wrong[i]), &a));
	assert_true(address_parse(STR("::ffff:1.2.3.4"), &a));
	assert_int_equal(a.octets[12], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cursor_never_leaves_its_bytes),
		cmocka_unit_test(arena_stops_at_its_ceiling),
		cmocka_unit_test(arena_hides_what_it_took_back),
		cmocka_unit_test(arena_within_is_the_parents),
		cmocka_unit_test(arena_within_is_used_again),
		cmocka_unit_test(text_is_cut_at_its_maximum),
		cmocka_unit_test(escapes_leave_nothing_dangerous),
		cmocka_unit_test(nothing_unseen_stays_unseen),
		cmocka_unit_test(numbers_are_whole_or_refused),
		cmocka_unit_test(moments_that_make_no_sense_are_none),
		cmocka_unit_test(moments_print_as_iso),
		cmocka_unit_test(a_clock_without_a_year_goes_on_over_new_year),
		cmocka_unit_test(addresses_read_and_print),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
