/* Tables as people read them: a window's width, and a pipe's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "table.h"

static const struct table_column columns[] = {
	{.title = "peer", .shrinks = 6, .is_kept = true, .keeps_tail = true},
	{.title = "cause", .is_kept = true},
	{.title = "by", .gives = 1},
	{.title = "rtt", .is_optional = true},
};

static void expect(unsigned width, bool is_tty, const char *wanted)
{
	struct arena *a = arena_new(1u << 16);
	struct table t = table_make(a, columns, 4);
	const struct str cells[] = {STR("lns.example.net 55270"), STR("busy"), STR("lns"),
				    STR("9 ms")};
	char *printed = NULL;
	size_t n = 0;
	struct term term = {.out = open_memstream(&printed, &n), .width = width, .is_tty = is_tty};

	table_add(&t, cells, NULL);
	table_print(&t, &term);
	fclose(term.out);
	assert_string_equal(printed, wanted);
	free(printed);
	arena_free(a);
}

static void optional_columns_go_before_anything_is_cut(void **state)
{
	(void)state;
	expect(39, true,
	       "peer                   cause  by   rtt\n"
	       "lns.example.net 55270  busy   lns  9 ms\n");
	expect(38, true, "peer                   cause  by\nlns.example.net 55270  busy   lns\n");
}

static void a_name_is_cut_then_its_id_goes_and_then_columns(void **state)
{
	(void)state;
	expect(27, true, "peer             cause  by\nlns.exam~ 55270  busy   lns\n");
	expect(23, true, "peer         cause  by\nlns.~ 55270  busy   lns\n");
	expect(22, true, "peer        cause  by\nlns.examp~  busy   lns\n");
	expect(17, true, "peer        cause\nlns.examp~  busy\n");
	expect(1, true, "peer    cause\nlns.e~  busy\n");
}

static void nothing_is_cut_in_a_pipe(void **state)
{
	(void)state;
	expect(1, false, "peer                   cause  by\nlns.example.net 55270  busy   lns\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(optional_columns_go_before_anything_is_cut),
		cmocka_unit_test(a_name_is_cut_then_its_id_goes_and_then_columns),
		cmocka_unit_test(nothing_is_cut_in_a_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
