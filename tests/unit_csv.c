/* Values that a spreadsheet takes as values (RFC 4180). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "csv.h"

static void becomes(const char *text, const char *field)
{
	struct text line = text_make(4096);
	struct csv c = csv_into(&line);

	csv_text(&c, str_of(text));
	assert_string_equal(line.at == NULL ? "" : line.at, field);
	text_free(&line);
}

static void test_no_text_is_a_formula(void **state)
{
	(void)state;
	becomes("=cmd|'/C calc'!A0", "'=cmd|'/C calc'!A0");
	becomes("+3225550100", "'+3225550100");
	becomes("-2+3", "'-2+3");
	becomes("@SUM(A1)", "'@SUM(A1)");
	becomes(" =1", "\"' =1\"");
	becomes("\t=1", "'\\x09=1");
	becomes("\r=1", "'\\x0d=1");
	becomes("=1,\"x\"", "\"'=1,\"\"x\"\"\"");
	becomes("a=1", "a=1");
}

static void test_separators_are_quoted(void **state)
{
	(void)state;
	becomes("a,b", "\"a,b\"");
	becomes("say \"hi\"", "\"say \"\"hi\"\"\"");
	becomes("a;b", "\"a;b\"");
	becomes("two\nlines", "two\\x0alines");
	becomes("bob@example.com", "bob@example.com");
}

static void test_empty_fields_keep_their_place(void **state)
{
	struct text line = text_make(4096);
	struct csv c = csv_into(&line);

	(void)state;
	csv_word(&c, NULL);
	csv_text(&c, (struct str){0});
	csv_id(&c, 0);
	csv_number(&c, 0);
	assert_string_equal(line.at, ",,,0");
	text_free(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_text_is_a_formula),
		cmocka_unit_test(test_separators_are_quoted),
		cmocka_unit_test(test_empty_fields_keep_their_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
