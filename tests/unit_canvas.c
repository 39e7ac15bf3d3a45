#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <locale.h>

#include "canvas.h"

/* A canvas of that size with one line in its first row. */
static struct canvas *drawn(bool is_utf8, size_t rows, size_t columns, size_t skip,
			    const char *line)
{
	struct canvas *c = canvas_new(is_utf8);

	canvas_resize(c, rows, columns);
	canvas_line(c, canvas_whole(c), 0, skip, str_of(line));
	return c;
}

static void check_row(const struct canvas *c, size_t row, const char *expected)
{
	struct text t = text_make(256);

	canvas_print_row(c, row, &t);
	assert_string_equal(t.at == NULL ? "" : t.at, expected);
	text_free(&t);
}

static void check_line(bool is_utf8, size_t columns, size_t skip, const char *line,
		       const char *expected)
{
	struct canvas *c = drawn(is_utf8, 1, columns, skip, line);

	check_row(c, 0, expected);
	canvas_free(c);
}

static void what_does_not_fit_is_marked(void **state)
{
	(void)state;
	check_line(true, 10, 0, "0123456789", "0123456789");
	check_line(true, 10, 0, "0123456789a", "012345678~");
	check_line(true, 10, 0, "012345       ", "012345"); /* blanks are nothing to miss */
	check_line(true, 10, 2, "0123456789ab", "23456789ab");
	check_line(true, 10, 2, "0123456789abc", "23456789a~");
	check_line(true, 1, 0, "ab", "~");
	check_line(true, 4, 20, "ab", "");
}

/* A letter of two columns is never shown by half. */
static void wide_letters_keep_their_columns(void **state)
{
	(void)state;
	check_line(true, 10, 0, "日本 x", "日本 x");
	check_line(true, 10, 1, "日本 x", " 本 x");
	check_line(true, 5, 0, "日本語", "日本~");
	check_line(true, 4, 0, "日本語", "日 ~");
	check_line(true, 6, 0, "a\u0301b", "a\u0301b"); /* a mark stands on its letter */
	check_line(true, 12, 0, "日本\033[8Gx", "日本   x");
}

static void columns_of_a_table_stay(void **state)
{
	(void)state;
	check_line(true, 20, 0, "name\033[8Gvalue", "name   value");
	check_line(true, 20, 0, "a long name\033[8Gvalue", "a lon~ value");
	check_line(true, 20, 4, "name\033[8Gvalue", "   value");
	check_line(true, 8, 0, "a name far too long\033[4Gx", "a~ x");
	check_line(true, 10, 0, "name\033[8Gvalue", "name   va~"); /* of a cell in sight */
	check_line(true, 10, 0, "name\033[12Gvalue", "name"); /* the next ones are to the right */
}

/* Nothing but letters reaches a terminal, whatever a line holds. */
static void only_letters_get_through(void **state)
{
	(void)state;
	check_line(true, 20, 0, "a\033[2Jb", "a?[2Jb");
	check_line(true, 20, 0, "a\033]0;x\007b", "a?]0;x?b");
	check_line(true, 20, 0,
		   "\xc2\x9b"
		   "31m",
		   "?31m"); /* CSI in one octet of C1 */
	check_line(true, 20, 0,
		   "a\xff\x80"
		   "b\xe2",
		   "a??b?");
	check_line(true, 20, 0, "a\tb\rc", "a?b?c");
	check_line(false, 20, 0, "→ │ ▶ █ … ü", "> | > # ~ ?");
}

static void colors_and_flags(void **state)
{
	struct canvas *c = drawn(true, 2, 10, 0, "\033[31mr\033[1mb\033[0mn\033[99mo\033[7mv");

	(void)state;
	assert_int_equal(c->cells[0].color, 1);
	assert_int_equal(c->cells[0].flags, 0);
	assert_int_equal(c->cells[1].color, 1);
	assert_int_equal(c->cells[1].flags, CELL_BOLD);
	assert_int_equal(c->cells[2].color, COLOR_NONE);
	assert_int_equal(c->cells[2].flags, 0);
	assert_int_equal(c->cells[3].color, COLOR_NONE); /* a number of nothing does nothing */
	assert_int_equal(c->cells[4].flags, CELL_REVERSE);
	canvas_cursor(c, canvas_whole(c), 0); /* a bar over all of it, without colours */
	for (size_t x = 0; x < 10; x++) {
		assert_int_equal(c->cells[x].color, COLOR_NONE);
		assert_true((c->cells[x].flags & CELL_REVERSE) != 0);
	}
	assert_int_equal(c->cells[10].flags, 0);
	canvas_flag(c, canvas_whole(c), 1, CELL_UNDERLINE);
	assert_int_equal(c->cells[10].flags, CELL_UNDERLINE);
	canvas_free(c);
}

static void what_is_found_is_marked(void **state)
{
	struct canvas *c = drawn(true, 1, 12, 0, "one ONE two");

	(void)state;
	canvas_find(c, canvas_whole(c), 0, STR("one"));
	for (size_t x = 0; x < 12; x++)
		assert_int_equal((c->cells[x].flags & CELL_REVERSE) != 0,
				 x < 3 || (x > 3 && x < 7));
	canvas_find(c, canvas_whole(c), 0, STR("a needle longer than the row"));
	canvas_find(c, canvas_whole(c), 7, STR("one")); /* no such row */
	canvas_free(c);
	assert_true(canvas_holds(STR("l2tp.Avp"), STR("AVP")));
	assert_false(canvas_holds(STR("AV"), STR("AVP")));
	assert_true(canvas_holds(STR("x"), STR("")));
}

/* An area is never left, wherever it lies and whatever is drawn into it. */
static void areas_are_kept(void **state)
{
	struct canvas *c = canvas_new(false);
	struct area inner = {.top = 1, .left = 2, .bottom = 3, .right = 6};

	(void)state;
	canvas_resize(c, 4, 8);
	canvas_line(c, inner, 0, 0, STR("longer than four"));
	canvas_line(c, inner, 1, 0, STR("\033[3Gx"));
	canvas_line(c, inner, 2, 0, STR("below it"));
	canvas_line(c, (struct area){.bottom = 9, .right = 9}, 0, 0, STR("a canvas before"));
	canvas_line(c, (struct area){.top = 1, .left = 5, .bottom = 2, .right = 5}, 0, 0,
		    STR("none"));
	canvas_rule(c, (struct area){.bottom = 4, .right = 8}, 7);
	canvas_rule(c, (struct area){.bottom = 40, .right = 8}, 8);
	check_row(c, 0, "       |");
	check_row(c, 1, "  lon~ |");
	check_row(c, 2, "    x  |");
	check_row(c, 3, "       |");
	canvas_resize(c, 1, 3); /* a new size begins with nothing in it */
	check_row(c, 0, "");
	canvas_free(c);
}

static void the_same_as_text(void **state)
{
	struct text t = text_make(256);

	(void)state;
	canvas_plain(&t, STR("\033[31mcause\033[0m\033[20Gauth-rejected"));
	assert_string_equal(t.at, "cause  auth-rejected");
	assert_int_equal(canvas_width(true, STR("日本\033[31mx")), 5);
	assert_int_equal(canvas_width(true, STR("a long cell\033[4Gx")), 11);
	assert_int_equal(canvas_width(true, STR("")), 0);
	text_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_does_not_fit_is_marked),
		cmocka_unit_test(wide_letters_keep_their_columns),
		cmocka_unit_test(columns_of_a_table_stay),
		cmocka_unit_test(only_letters_get_through),
		cmocka_unit_test(colors_and_flags),
		cmocka_unit_test(what_is_found_is_marked),
		cmocka_unit_test(areas_are_kept),
		cmocka_unit_test(the_same_as_text),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
