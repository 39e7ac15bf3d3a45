#include "tui_config.h"

#include <errno.h>
#include <stdlib.h>

#include "nearest.h"
#include "tui_settings.h"

enum { CONFIG_LINE = 4096, CONFIG_PATH = 4096, NEAR = 2 };

static struct str word(struct str *rest)
{
	struct str s = str_trim(*rest);
	size_t n = 0;

	while (n < s.len && s.at[n] != ' ' && s.at[n] != '\t')
		n++;
	*rest = str_trim(str_from(s, n));
	return (struct str){s.at, n};
}

static bool refuse(struct text *why_not, const char *words, struct str what)
{
	text_puts(why_not, words);
	text_puts(why_not, " `");
	text_escape(why_not, what);
	text_puts(why_not, "`");
	return false;
}

static bool no_action(struct text *why_not, struct str name)
{
	struct nearest n = nearest_start(name, NEAR);

	for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++)
		nearest_try(&n, str_of(action_row((enum action)a)->name));
	refuse(why_not, "no action", name);
	if (n.best[0] != '\0')
		text_printf(why_not, "; is `%s` meant?", n.best);
	text_puts(why_not, " (`l2tpscope explain keys` lists them)");
	return false;
}

static bool no_key(struct text *why_not, struct str name)
{
	struct nearest n = nearest_start(name, NEAR);

	for (size_t i = 0; key_named(i) != NULL; i++)
		nearest_try(&n, str_of(key_named(i)));
	refuse(why_not, "no key", name);
	if (n.best[0] != '\0')
		text_printf(why_not, "; is `%s` meant?", n.best);
	text_puts(why_not, " (keys are called x, C-x, F1, Space, PageUp ...)");
	return false;
}

static bool bind(struct tui *t, struct str rest, struct text *why_not)
{
	struct str name = word(&rest);
	enum action a = action_named(name);
	uint32_t key = key_parse(rest);

	if (a == ACTION_NONE)
		return no_action(why_not, name);
	if (key == KEY_NOTHING)
		return no_key(why_not, rest);
	if (!keymap_bind(&t->keys, key, a))
		return refuse(why_not, "too many keys:", rest);
	return true;
}

static bool unbind(struct tui *t, struct str rest, struct text *why_not)
{
	uint32_t key = key_parse(rest);

	if (key == KEY_NOTHING)
		return no_key(why_not, rest);
	keymap_unbind(&t->keys, key);
	return true;
}

static bool alias(struct tui *t, struct str rest, struct text *why_not)
{
	struct str given = word(&rest);
	struct address address = {0};

	if (!address_parse(given, &address))
		return refuse(why_not, "no address:", given);
	if (rest.len == 0 || t->n_aliases == TUI_ALIASES)
		return refuse(why_not, rest.len == 0 ? "no name for" : "too many aliases:", given);
	t->aliases[t->n_aliases++] = (struct tui_alias){address, arena_str(t->run->kept, rest)};
	return true;
}

static bool no_verb(struct text *why_not, struct str verb)
{
	struct nearest n = nearest_start(verb, NEAR);

	nearest_try(&n, STR("bind"));
	nearest_try(&n, STR("unbind"));
	nearest_try(&n, STR("alias"));
	nearest_try(&n, STR("set"));
	refuse(why_not, "a line begins with bind, unbind, set or alias, not", verb);
	if (n.best[0] != '\0')
		text_printf(why_not, "; is `%s` meant?", n.best);
	return false;
}

bool tui_config_line(struct tui *t, struct str line, struct text *why_not)
{
	struct str rest = line;
	struct str verb = word(&rest);
	struct str name;

	if (verb.len == 0 || verb.at[0] == '#')
		return true;
	if (str_is(verb, "bind"))
		return bind(t, rest, why_not);
	if (str_is(verb, "unbind"))
		return unbind(t, rest, why_not);
	if (str_is(verb, "alias"))
		return alias(t, rest, why_not);
	if (!str_is(verb, "set"))
		return no_verb(why_not, verb);
	name = word(&rest);
	return tui_setting_set(t, name, rest, why_not);
}

static bool find_path(struct text *path)
{
	const char *base = getenv("XDG_CONFIG_HOME");

	if (base != NULL && *base == '/') {
		text_printf(path, "%s/l2tpscope/config", base);
		return true;
	}
	base = getenv("HOME");
	if (base == NULL || *base == '\0')
		return false;
	text_printf(path, "%s/.config/l2tpscope/config", base);
	return true;
}

static bool read_lines(struct tui *t, FILE *file, const char *path, struct text *why_not)
{
	struct text wrong = text_make(CONFIG_LINE);
	char line[CONFIG_LINE];
	bool is_fine = true;

	for (unsigned n = 1; is_fine && fgets(line, sizeof(line), file) != NULL; n++) {
		is_fine = tui_config_line(t, str_trim(str_of(line)), &wrong);
		if (!is_fine)
			text_printf(why_not, "%s:%u: %s", path, n, wrong.at);
	}
	text_free(&wrong);
	return is_fine;
}

bool tui_config_read(struct tui *t, struct text *why_not)
{
	struct text path = text_make(CONFIG_PATH);
	bool is_fine = true;
	FILE *file;

	if (!find_path(&path)) {
		text_free(&path);
		return true;
	}
	file = fopen(path.at, "r");
	if (file == NULL && errno != ENOENT && errno != ENOTDIR) {
		text_printf(why_not, "cannot read %s", path.at);
		is_fine = false;
	}
	if (file != NULL) {
		is_fine = read_lines(t, file, path.at, why_not);
		fclose(file);
	}
	text_free(&path);
	return is_fine;
}
