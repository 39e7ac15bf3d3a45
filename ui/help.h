/* What people are told of the program itself: --help, --version, and the tables that the manual
 * pages (manual.h) take from, too. */
#ifndef L2TPSCOPE_HELP_H
#define L2TPSCOPE_HELP_H

#include "command.h"
#include "text.h"

struct example {
	enum command_bit command;
	const char *line;
	const char *about;
};

/* In the order of example.def. */
size_t example_rows(const struct example **ret);

struct exit_row {
	enum exit_status status;
	const char *about;
};
size_t exit_rows(const struct exit_row **ret);

/* A variable of the environment that changes what the program does. */
struct environment_row {
	const char *name;
	const char *about;
};
size_t environment_rows(const struct environment_row **ret);

/* --help: of the program when `command` is NULL; `columns` of the terminal, 0: unknown. */
void help_print(struct text *t, const struct command *command, size_t columns);

/* --version: its own, and those of the libraries that it runs with. */
void version_print(struct text *t);

#endif
