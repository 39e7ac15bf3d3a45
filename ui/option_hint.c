#include "option_hint.h"

#include "nearest.h"

static bool takes(const struct command *c, const struct option_def *def)
{
	return (def->commands & c->bit) != 0;
}

static bool has_choice(const struct option_def *def, struct str value)
{
	struct str rest = str_of(def->argument);

	while (rest.len > 0) {
		size_t end = str_find(rest, STR("|"));

		if (str_equal((struct str){rest.at, end == SIZE_MAX ? rest.len : end}, value))
			return true;
		rest = str_from(rest, end == SIZE_MAX ? rest.len : end + 1);
	}
	return false;
}

bool option_is_choice(const struct option_def *def, const char *value)
{
	return has_choice(def, str_of(value));
}

void option_refuse_choice(const struct command *c, const struct option_def *def, const char *value,
			  struct text *ret)
{
	const struct option_def *flag = option_named(c, str_of(value), 0);

	text_printf(ret, "--%s is one of %s, not `%s`", def->name, def->argument, value);
	if (flag != NULL && flag->argument == NULL && takes(c, flag))
		text_printf(ret, "; is `--%s` meant?", flag->name);
}

static void list_takers(const struct option_def *def, struct text *t)
{
	enum { FEW = 4 };
	size_t n = 0;

	for (size_t i = 0; commands[i] != NULL; i++)
		n += takes(commands[i], def);
	if (n == 0 || n > FEW)
		return;
	text_puts(t, "; it is one of");
	for (size_t i = 0; commands[i] != NULL; i++) {
		if (takes(commands[i], def))
			text_printf(t, " `%s`", commands[i]->name);
	}
}

/* The takers of all rows of that name: several commands have a --format of their own. */
static struct option_def for_all(const struct option_def *def)
{
	const struct option_def *defs;
	struct option_def all = *def;

	for (size_t i = 0, n = option_defs(&defs); i < n; i++)
		if (strcmp(defs[i].name, def->name) == 0)
			all.commands |= defs[i].commands;
	return all;
}

void option_refuse(const struct command *c, const struct option_def *def, struct text *ret)
{
	struct option_def all = for_all(def);

	text_printf(ret, "`%s` has no option --%s", c->name, def->name);
	list_takers(&all, ret);
}

/* `--csv`: a word that another option takes. */
static const struct option_def *with_choice(const struct command *c, struct str value)
{
	const struct option_def *defs;

	for (size_t i = 0, n = option_defs(&defs); i < n; i++)
		if (defs[i].argument != NULL && takes(c, &defs[i]) && has_choice(&defs[i], value))
			return &defs[i];
	return NULL;
}

void option_suggest(const struct command *c, struct str name, struct text *ret)
{
	const struct option_def *other = with_choice(c, name);
	struct nearest near = nearest_start(name, 2);
	const struct option_def *defs;

	if (other != NULL) {
		text_printf(ret, "; is `--%s %.*s` meant?", other->name, STR_ARG(name));
		return;
	}
	for (size_t i = 0, n = option_defs(&defs); i < n; i++) {
		if (takes(c, &defs[i]))
			nearest_try(&near, str_of(defs[i].name));
	}
	if (near.best[0] != '\0')
		text_printf(ret, "; is `--%s` meant?", near.best);
}

void option_suggest_call(const struct command *c, struct str path, struct text *ret)
{
	const struct option_def *call = option_named(c, STR("call"), 0);
	uint64_t number;

	if (str_u64(path, &number) && call != NULL && takes(c, call))
		text_printf(ret, "; is `--call %.*s` meant?", STR_ARG(path));
}
