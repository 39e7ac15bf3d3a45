#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui.h"
#include "tui_config.h"

static struct options options;
static struct run run;
static struct tui *tui;

static int make(void **state)
{
	(void)state;
	run = (struct run){.options = &options, .kept = arena_new(LIMIT_SCRATCH)};
	tui = tui_new(&run);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	tui_free(tui);
	arena_free(run.kept);
	return 0;
}

static void takes(const char *line)
{
	struct text why_not = text_make(1024);

	if (!tui_config_line(tui, str_of(line), &why_not))
		fail_msg("`%s` is refused: %s", line, why_not.at);
	text_free(&why_not);
}

static void refuses(const char *line, const char *words)
{
	struct text why_not = text_make(1024);

	assert_false(tui_config_line(tui, str_of(line), &why_not));
	if (strstr(why_not.at, words) == NULL)
		fail_msg("`%s` is refused with: %s", line, why_not.at);
	text_free(&why_not);
}

static void lines_change_keys_and_settings(void **state)
{
	(void)state;
	takes("");
	takes("# bind quit X");
	takes("bind quit X");
	takes("bind  page-down\tPgDn");
	takes("unbind q");
	takes("set time r");
	takes("set color call");
	takes("set columns id, lns ,cause");
	takes("set sort -start");
	takes("alias 192.0.2.1 the western LAC");
	takes("alias 2001:db8::1 six");
	assert_int_equal(keymap_find(&tui->keys, 'X'), ACTION_QUIT);
	assert_int_equal(keymap_find(&tui->keys, 'q'), ACTION_NONE);
	assert_string_equal(tui->options.time, "r");
	assert_int_equal(tui->color, COLOR_BY_CALL);
	assert_int_equal(tui->n_columns, 3);
	assert_string_equal(tui->columns_text.at, "id,lns,cause");
	assert_true(tui->sorts_down);
	assert_int_equal(tui->n_aliases, 2);
	assert_true(str_is(tui->aliases[0].name, "the western LAC"));
}

/* What is wrong, and what was likely meant. */
static void wrong_lines_are_told(void **state)
{
	(void)state;
	refuses("bind qiut x", "no action `qiut`; is `quit` meant?");
	refuses("bind fly x", "no action `fly` (");
	refuses("bind quit PageUpp", "no key `PageUpp`; is `PageUp` meant?");
	refuses("bind quit", "no key ``");
	refuses("unbind C-xx", "no key `C-xx`");
	refuses("sett time r", "not `sett`; is `set` meant?");
	refuses("bnd quit x", "not `bnd`; is `bind` meant?");
	refuses("frobnicate", "bind, unbind, set or alias, not `frobnicate`");
	refuses("set tiem r", "no setting `tiem`; is `time` meant?");
	refuses("set time x", "`time` cannot be `x`; it is one of - a ad");
	refuses("set columns id,outcom", "no column `outcom`; is `outcome` meant?");
	refuses("set columns ,", "no column ``");
	refuses("set columns", "at least one column");
	refuses("set sort strat", "no column `strat`; is `start` meant?");
	refuses("alias 192.0.2.300 x", "no address: `192.0.2.300`");
	refuses("alias 192.0.2.3", "no name for `192.0.2.3`");
	refuses("bind quit \033[2J", "no key `\\"); /* nothing of it reaches the terminal */
	assert_int_equal(keymap_find(&tui->keys, 'q'), ACTION_BACK);
	assert_int_equal(tui->n_columns, 12);
}

static void there_are_so_many_aliases(void **state)
{
	(void)state;
	for (int i = 0; i < TUI_ALIASES; i++)
		takes("alias 192.0.2.1 again");
	refuses("alias 192.0.2.1 again", "too many aliases");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines_change_keys_and_settings, make, drop),
		cmocka_unit_test_setup_teardown(wrong_lines_are_told, make, drop),
		cmocka_unit_test_setup_teardown(there_are_so_many_aliases, make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
