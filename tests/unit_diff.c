/* Two calls side by side: how messages are laid beside each other, and which calls are meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "arena.h"
#include "avp.h"
#include "code.h"
#include "diff_align.h"
#include "diff_value.h"
#include "options.h"

enum { ROOM = 64 };

/* A letter is a message; letters of one case are of one stream (upper: LNS, lower: client). */
static uint64_t kind(char letter)
{
	return (uint64_t)(letter >= 'a' ? 2 : 1) << 16 | (uint64_t)letter;
}

/* Rows as `A=A`, `B<`, `>C`, `D|E`; `~` after what changed its place. */
static void aligned(const char *a, const char *b, const char *expected)
{
	uint64_t one[ROOM], other[ROOM];
	struct align_row rows[2 * ROOM];
	struct text t = text_make(1024);
	size_t n;

	for (size_t i = 0; i < strlen(a); i++)
		one[i] = kind(a[i]);
	for (size_t i = 0; i < strlen(b); i++)
		other[i] = kind(b[i]);
	n = align(one, strlen(a), other, strlen(b), rows);
	for (size_t i = 0; i < n; i++) {
		size_t x = rows[i].at[0];
		size_t y = rows[i].at[1];

		text_puts(&t, i == 0 ? "" : " ");
		if (x != ALIGN_NONE)
			text_putc(&t, a[x]);
		text_putc(&t, x == ALIGN_NONE   ? '>'
			      : y == ALIGN_NONE ? '<'
			      : a[x] == b[y]    ? '='
						: '|');
		if (y != ALIGN_NONE)
			text_putc(&t, b[y]);
		text_puts(&t, rows[i].is_moved ? "~" : "");
	}
	assert_string_equal(t.at == NULL ? "" : t.at, expected);
	text_free(&t);
}

static void test_alike_and_alone(void **state)
{
	(void)state;
	aligned("ABC", "ABC", "A=A B=B C=C");
	aligned("", "", "");
	aligned("AB", "", "A< B<");
	aligned("", "ab", ">a >b");
	aligned("AXB", "AB", "A=A X< B=B");
	aligned("AB", "AXB", "A=A >X B=B");
}

static void test_directions_that_cross_are_alike(void **state)
{
	(void)state;
	aligned("Ab", "bA", "A=A~ b=b");
	aligned("PaAQ", "PAaQ", "P=P a=a~ A=A Q=Q");
}

static void test_one_instead_of_the_other(void **state)
{
	(void)state;
	aligned("CSX", "CFY", "C=C S|F X|Y");
	aligned("Cs", "CF", "C=C s< >F"); /* another sender: not instead */
	aligned("CSI", "CFI", "C=C S|F I=I");
}

static struct avp text_avp(uint16_t number, const char *text)
{
	return (struct avp){
		.number = number,
		.value = {(const uint8_t *)text, strlen(text)},
		.is_whole = true,
		.row = avp_lookup(0, number),
	};
}

static struct event control_of(const struct avp *avps, size_t n, bool is_complete)
{
	return (struct event){
		.kind = EVENT_CONTROL,
		.control = {
			.message = ICRQ, .avps = avps, .n_avps = n, .is_complete = is_complete}};
}

static void test_what_differs_by_nature_is_no_difference(void **state)
{
	struct diff_value values[DIFF_VALUES];
	struct arena *arena = arena_new(1 << 20);
	struct avp one[] = {text_avp(14, "\1\2"), text_avp(15, "\0\0\0\1"), text_avp(22, "555100")};
	struct avp other[] = {text_avp(14, "\3\4"), text_avp(15, "\0\0\0\2"),
			      text_avp(22, "555200")};
	struct event a = control_of(one, 3, true);
	struct event b = control_of(other, 3, true);

	(void)state;
	assert_int_equal(diff_values(arena, &a, &b, false, values), 1);
	assert_int_equal(values[0].class, DIFF_WHO); /* who called */
	assert_true(str_is(values[0].value[0], "555100"));
	arena_free(arena);
}

static void test_what_one_does_not_tell_is_no_difference(void **state)
{
	struct diff_value values[DIFF_VALUES];
	struct arena *arena = arena_new(1 << 20);
	struct avp one[] = {text_avp(37, "group")};
	struct event a = control_of(one, 1, true);
	struct event log = control_of(NULL, 0, false);
	struct event b = control_of(NULL, 0, true);

	(void)state;
	assert_int_equal(diff_values(arena, &a, &log, false, values), 0);
	assert_int_equal(diff_values(arena, &log, &a, false, values), 0);
	assert_int_equal(diff_values(arena, &a, &b, false, values), 1);
	assert_int_equal(values[0].class, DIFF_PLAIN);
	assert_int_equal(values[0].value[1].len, 0);
	arena_free(arena);
}

/* ---- the command line ---- */

static struct options options;

static bool parse(int argc, const char *const *words)
{
	char line[8][64];
	char *argv[8];
	struct text why = text_make(4096);
	bool is_fine;

	for (int i = 0; i < argc; i++) {
		snprintf(line[i], sizeof(line[i]), "%s", words[i]);
		argv[i] = line[i];
	}
	is_fine = options_parse(&options, argc, argv, &why);
	text_free(&why);
	return is_fine;
}

static void test_two_numbers_are_of_one_run(void **state)
{
	const char *words[] = {"l2tpscope", "diff", "3", "7", "a", "b", "c"};
	const char *lonely[] = {"l2tpscope", "diff", "3", "a"};

	(void)state;
	assert_true(parse(7, words));
	assert_int_equal(options.pair.number[0], 3);
	assert_int_equal(options.pair.number[1], 7);
	assert_int_equal(options.n_inputs, 3);
	assert_int_equal(options.pair.n_left, 0);
	assert_false(parse(4, lonely));
}

static void test_two_inputs_are_two_runs(void **state)
{
	const char *files[] = {"l2tpscope", "diff", "a.pcap", "b.pcap"};
	const char *numbered[] = {"l2tpscope", "diff", "a.pcap:3", "b.pcap:1"};
	const char *one[] = {"l2tpscope", "diff", "a.pcap:3", "a.pcap:1"};

	(void)state;
	assert_true(parse(4, files));
	assert_int_equal(options.pair.n_left, 1);
	assert_int_equal(options.pair.number[0], 0);
	assert_true(parse(4, numbered));
	assert_int_equal(options.pair.n_left, 1);
	assert_string_equal(options.inputs[0].path, "a.pcap");
	assert_string_equal(options.inputs[1].path, "b.pcap");
	assert_int_equal(options.pair.number[0], 3);
	assert_true(parse(4, one));
	assert_int_equal(options.pair.n_left, 0);
	assert_int_equal(options.n_inputs, 1);
	assert_int_equal(options.pair.number[1], 1);
}

static void test_names_stand_for_their_inputs(void **state)
{
	const char *named[] = {"l2tpscope", "diff", "good:3", "bad:1", "bad=b.log", "good=a.log"};
	const char *other[] = {"l2tpscope", "diff", "good:3", "bad:1", "bad=b.log", "c.log"};

	(void)state;
	assert_true(parse(6, named));
	assert_int_equal(options.n_inputs, 2);
	assert_int_equal(options.pair.n_left, 1);
	assert_string_equal(options.inputs[0].path, "a.log");
	assert_string_equal(options.inputs[1].path, "b.log");
	assert_false(parse(6, other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alike_and_alone),
		cmocka_unit_test(test_directions_that_cross_are_alike),
		cmocka_unit_test(test_one_instead_of_the_other),
		cmocka_unit_test(test_what_differs_by_nature_is_no_difference),
		cmocka_unit_test(test_what_one_does_not_tell_is_no_difference),
		cmocka_unit_test(test_two_numbers_are_of_one_run),
		cmocka_unit_test(test_two_inputs_are_two_runs),
		cmocka_unit_test(test_names_stand_for_their_inputs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
