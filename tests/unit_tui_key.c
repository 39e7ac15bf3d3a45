#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui_key.h"

static void check_key(const char *name, uint32_t expected)
{
	struct text t = text_make(32);

	assert_int_equal(key_parse(str_of(name)), expected);
	key_print(&t, expected);
	assert_int_equal(key_parse(text_str(&t)), expected); /* what is told can be written */
	text_free(&t);
}

static void names_of_keys(void **state)
{
	(void)state;
	check_key("k", 'k');
	check_key("G", 'G');
	check_key("?", '?');
	check_key(":", ':');
	check_key("C-f", KEY_CTRL_A + 5);
	check_key("Tab", KEY_OF_TAB);
	check_key("Enter", KEY_OF_ENTER);
	check_key("esc", KEY_OF_ESC);
	check_key("PAGEUP", KEY_OF_PAGE_UP);
	check_key("F1", KEY_OF_F1);
	check_key("F12", KEY_OF_F1 + 11);
	check_key("F", 'F');
	check_key("ü", 0xfc);
	check_key("語", 0x8a9e);
	check_key("😀", 0x1f600);
	for (size_t i = 0; key_named(i) != NULL; i++)
		check_key(key_named(i), key_parse(str_of(key_named(i))));
}

static void no_keys(void **state)
{
	static const char *const wrong[] = {"",      " ",  "F0",   "F13", "C-F", "C-1",  "xx",
					    "Pgupp", "\n", "\xff", "é x", "Fx",  "C-xx", "\x7f"};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(key_parse(str_of(wrong[i])), KEY_NOTHING);
}

/* The help screen has them whole in 80 columns. */
static void what_a_key_does_fits(void **state)
{
	enum { ROOM = 80 - 33 };

	(void)state;
	for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
		if (strlen(action_row((enum action)a)->about) > ROOM)
			fail_msg("%s: `%s` is cut", action_row((enum action)a)->name,
				 action_row((enum action)a)->about);
	}
}

/* Every key of the table is one, and stands in one row only: it means the same everywhere. */
static void a_key_has_one_meaning(void **state)
{
	struct keymap m;
	size_t n = 0;

	(void)state;
	for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
		struct str keys = str_of(action_row((enum action)a)->keys);

		assert_int_equal(action_named(str_of(action_row((enum action)a)->name)), a);
		for (size_t i = 0; i <= keys.len; i++)
			n += i == keys.len || keys.at[i] == ' ';
	}
	keymap_default(&m);
	assert_int_equal(m.n, n);
	for (size_t i = 0; i < m.n; i++) {
		assert_int_not_equal(m.at[i].key, KEY_NOTHING);
		assert_int_equal(keymap_find(&m, m.at[i].key), m.at[i].action);
	}
	assert_int_equal(keymap_find(&m, 'h'), ACTION_LEFT); /* never help */
	assert_int_equal(keymap_find(&m, 'q'), ACTION_BACK);
	assert_int_equal(action_named(STR("fly")), ACTION_NONE);
}

static void a_bound_key_changes_its_meaning(void **state)
{
	struct keymap m;
	struct text t = text_make(64);
	size_t n;

	(void)state;
	keymap_default(&m);
	n = m.n;
	assert_true(keymap_bind(&m, 'k', ACTION_QUIT));
	assert_int_equal(m.n, n); /* it is up no longer */
	assert_int_equal(keymap_find(&m, 'k'), ACTION_QUIT);
	keymap_print(&m, &t, ACTION_UP);
	assert_string_equal(t.at, "Up");
	text_clear(&t);
	keymap_print(&m, &t, ACTION_QUIT);
	assert_string_equal(t.at, "Q k");
	keymap_unbind(&m, 'k');
	assert_int_equal(keymap_find(&m, 'k'), ACTION_NONE);
	keymap_unbind(&m, 'k');
	assert_int_equal(m.n, n - 1);
	text_free(&t);
}

static void there_is_room_for_so_many(void **state)
{
	struct keymap m = {.n = 0};

	(void)state;
	for (uint32_t i = 0; i < KEYMAP_ROOM; i++)
		assert_true(keymap_bind(&m, 0x100 + i, ACTION_UP));
	assert_false(keymap_bind(&m, 'x', ACTION_UP));
	assert_true(keymap_bind(&m, 0x100, ACTION_DOWN)); /* one that is there already */
	assert_int_equal(m.n, KEYMAP_ROOM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_keys),
		cmocka_unit_test(no_keys),
		cmocka_unit_test(what_a_key_does_fits),
		cmocka_unit_test(a_key_has_one_meaning),
		cmocka_unit_test(a_bound_key_changes_its_meaning),
		cmocka_unit_test(there_is_room_for_so_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
