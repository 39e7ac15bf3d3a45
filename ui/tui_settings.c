#include "tui_settings.h"

#include <stdlib.h>

#include "nearest.h"
#include "tui_columns.h"

enum { CHOICES = 10 };

/* One row a setting; it has the values of `choices`, or any text that `set` takes. */
struct setting {
	const char *name, *about;
	const char *choices[CHOICES];
	const char *(*get)(const struct tui *t);
	bool (*set)(struct tui *t, const char *value, struct text *why_not);
};

static const char *get_time(const struct tui *t)
{
	return t->options.time == NULL ? "-" : t->options.time;
}

static bool set_time(struct tui *t, const char *value, struct text *why_not)
{
	(void)why_not;
	t->options.time = strcmp(value, "-") == 0 ? NULL : value;
	return true;
}

static const char *const color_words[COLOR_WAYS] = {"severity", "call", "state", "side"};

static const char *get_color(const struct tui *t)
{
	return color_words[t->color];
}

static bool set_color(struct tui *t, const char *value, struct text *why_not)
{
	(void)why_not;
	for (int i = 0; i < COLOR_WAYS; i++) {
		if (strcmp(color_words[i], value) == 0)
			t->color = (enum tui_color)i;
	}
	return true;
}

static const char *yes_or_no(bool is_true)
{
	return is_true ? "yes" : "no";
}

static const char *get_secrets(const struct tui *t)
{
	return yes_or_no(t->options.show_secrets);
}

static bool set_secrets(struct tui *t, const char *value, struct text *why_not)
{
	(void)why_not;
	t->options.show_secrets = strcmp(value, "yes") == 0;
	return true;
}

static const char *const background_words[] = {
	[TUI_UNKNOWN] = "-", [TUI_DARK] = "dark", [TUI_LIGHT] = "light"};

static const char *get_background(const struct tui *t)
{
	return background_words[t->background];
}

static bool set_background(struct tui *t, const char *value, struct text *why_not)
{
	(void)why_not;
	for (int i = TUI_UNKNOWN; i <= TUI_LIGHT; i++) {
		if (strcmp(background_words[i], value) == 0)
			t->background = (enum tui_background)i;
	}
	tui_show_settings(t);
	return true;
}

static const char *get_lines(const struct tui *t)
{
	return t->has_ascii_lines ? "ascii" : "-";
}

static bool set_lines(struct tui *t, const char *value, struct text *why_not)
{
	(void)why_not;
	t->has_ascii_lines = strcmp(value, "ascii") == 0;
	tui_show_settings(t);
	return true;
}

static const char *get_mouse(const struct tui *t)
{
	return yes_or_no(!t->leaves_mouse);
}

static bool set_mouse(struct tui *t, const char *value, struct text *why_not)
{
	(void)why_not;
	t->leaves_mouse = strcmp(value, "no") == 0;
	tui_show_settings(t);
	return true;
}

static const char *get_sort(const struct tui *t)
{
	return t->sort;
}

static bool set_sort(struct tui *t, const char *value, struct text *why_not)
{
	return tui_columns_sort(t, str_of(value), why_not);
}

static const char *get_columns(const struct tui *t)
{
	return t->columns_text.at;
}

static bool set_columns(struct tui *t, const char *value, struct text *why_not)
{
	return tui_columns_set(t, str_of(value), why_not);
}

/* clang-format off */
static const struct setting settings[] = {
	{"time", "how times are shown, as tshark's -t; -: as it suits the screen",
	 {"-", "a", "ad", "d", "dd", "e", "r", "u", "ud"}, get_time, set_time},
	{"color", "what colours tell", {"severity", "call", "state", "side"}, get_color, set_color},
	{"background", "colours for a light or a dark one; -: as COLORFGBG says, else for both",
	 {"-", "light", "dark"}, get_background, set_background},
	{"lines", "arrows and lines of ASCII; -: as the locale has", {"-", "ascii"}, get_lines, set_lines},
	{"mouse", "clicks and the wheel are taken; no: the terminal selects text", {"yes", "no"}, get_mouse, set_mouse},
	{"show-secrets", "passwords in clear", {"no", "yes"}, get_secrets, set_secrets},
	{"sort", "the column that calls are sorted by; `-start`: the other way round", {NULL}, get_sort, set_sort},
	{"columns", "the columns of calls, by their names in --where without `call.`", {NULL}, get_columns, set_columns},
};
/* clang-format on */

enum { N_SETTINGS = sizeof(settings) / sizeof(settings[0]) };

static size_t choice_of(const struct setting *s, const char *value)
{
	size_t i = 0;

	while (i < CHOICES && s->choices[i] != NULL && strcmp(s->choices[i], value) != 0)
		i++;
	return i;
}

static bool assign(struct tui *t, const struct setting *s, struct str value, struct text *why_not)
{
	struct str kept = arena_str(t->run->kept, value);
	size_t choice;

	if (s->choices[0] == NULL)
		return s->set(t, kept.len > 0 ? kept.at : "", why_not);
	choice = choice_of(s, kept.len > 0 ? kept.at : "");
	if (choice < CHOICES && s->choices[choice] != NULL)
		return s->set(t, s->choices[choice], why_not);
	text_printf(why_not, "`%s` cannot be `", s->name);
	text_escape(why_not, value);
	text_puts(why_not, "`; it is one of");
	for (size_t i = 0; i < CHOICES && s->choices[i] != NULL; i++)
		text_printf(why_not, " %s", s->choices[i]);
	return false;
}

bool tui_setting_set(struct tui *t, struct str name, struct str value, struct text *why_not)
{
	struct nearest n = nearest_start(name, 2);

	for (size_t i = 0; i < N_SETTINGS; i++) {
		if (str_is(name, settings[i].name))
			return assign(t, &settings[i], value, why_not);
		nearest_try(&n, str_of(settings[i].name));
	}
	text_puts(why_not, "no setting `");
	text_escape(why_not, name);
	text_puts(why_not, "`;");
	if (n.best[0] != '\0')
		text_printf(why_not, " is `%s` meant?", n.best);
	text_puts(why_not, " there are:");
	for (size_t i = 0; i < N_SETTINGS; i++)
		text_printf(why_not, " %s", settings[i].name);
	return false;
}

static void next_value(struct tui *t, const struct setting *s)
{
	struct text why_not = text_make(TUI_LINE);
	size_t choice = choice_of(s, s->get(t)) + 1;

	if (choice >= CHOICES || s->choices[choice] == NULL)
		choice = 0;
	s->set(t, s->choices[choice], &why_not);
	text_free(&why_not);
	tui_refresh(t);
	tui_say(t, STYLE_NOTE, "%s: %s", s->name, s->get(t));
}

void tui_setting_next(struct tui *t, const char *name)
{
	for (size_t i = 0; i < N_SETTINGS; i++) {
		if (strcmp(settings[i].name, name) == 0)
			next_value(t, &settings[i]);
	}
}

/* ---- the screen ---- */

static size_t rows(struct screen *s)
{
	(void)s;
	return N_SETTINGS;
}

static void line(struct screen *s, size_t row, struct text *t)
{
	const struct setting *setting = &settings[row];

	text_printf(t, " %s\033[16G", setting->name);
	text_puts(t, setting->get(s->tui));
	text_printf(t, "  \033[2m(%s)", setting->about);
}

static void typed(struct tui *t, const char *text)
{
	struct text why_not = text_make(TUI_LINE);

	if (assign(t, &settings[t->screen->at], str_of(text), &why_not))
		tui_refresh(t);
	else
		tui_say(t, STYLE_BAD, "%s", why_not.at);
	text_free(&why_not);
}

static bool act(struct screen *s, enum action a)
{
	const struct setting *setting = &settings[s->at];

	if (a != ACTION_ENTER && a != ACTION_SELECT)
		return false;
	if (setting->choices[0] != NULL)
		next_value(s->tui, setting);
	else
		prompt_open(s->tui, setting->name, NULL, setting->get(s->tui), NULL, typed);
	return true;
}

static void close_settings(struct screen *s)
{
	free(s);
}

static const struct screen_class class = {
	.name = "settings",
	.on = ON_CHOICE,
	.rows = rows,
	.line = line,
	.act = act,
	.close = close_settings,
};

void tui_settings_open(struct tui *t)
{
	struct screen *s = must_alloc(1, sizeof(*s));

	*s = (struct screen){.class = &class};
	tui_push(t, s);
}
