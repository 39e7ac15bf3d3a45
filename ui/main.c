#include <jansson.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "complete.h"
#include "help.h"
#include "must.h"
#include "run.h"
#include "tui_term.h"

/* What the program tells of itself; frees that. */
static enum exit_status print(struct text *words)
{
	struct term term = {.out = stdout};
	struct text why_not = text_make(4096);
	bool is_fine;

	signal(SIGPIPE, SIG_IGN); /* as run_command(): a reader that had enough is no failure */
	term_write(&term, text_str(words));
	is_fine = term_close(&term, true, &why_not);
	if (!is_fine)
		term_complain(text_str(&why_not));
	text_free(&why_not);
	text_free(words);
	return is_fine ? STATUS_DONE : STATUS_LIMIT;
}

static enum exit_status print_help(const struct command *command)
{
	struct text t = text_make(65536);

	help_print(&t, command, term_window(stdout));
	return print(&t);
}

static enum exit_status print_version(void)
{
	struct text t = text_make(4096);

	version_print(&t);
	return print(&t);
}

static enum exit_status print_usage_error(const struct options *o, const struct text *why)
{
	const char *name = o->command == NULL || o->is_implied ? NULL
			   : o->reduces                        ? command_reduce.name
							       : o->command->name;

	term_complain(text_str(why));
	fprintf(stderr, "Try `l2tpscope %s%s--help`.\n", name == NULL ? "" : name,
		name == NULL ? "" : " ");
	return STATUS_USAGE;
}

/* `help`, `help COMMAND` and `version` are said as words, too, unless a file is called so. */
static void take_words(int argc, char **argv)
{
	static char help[] = "--help";
	static char version[] = "--version";
	char *meant = NULL;

	if (argc == 2 && strcmp(argv[1], "version") == 0)
		meant = version;
	else if ((argc == 2 || argc == 3) && strcmp(argv[1], "help") == 0)
		meant = help;
	if (meant != NULL && access(argv[1], F_OK) != 0)
		argv[1] = meant;
}

/* A plain word that is neither a command nor a file was meant as a command. */
static bool is_mistaken(const struct options *o, struct text *why)
{
	const char *word = o->n_inputs == 0 ? NULL : o->inputs[0].path;
	const char *nearest;

	if (!o->is_implied || word == NULL || strpbrk(word, "./-") != NULL ||
	    access(word, F_OK) == 0)
		return false;
	nearest = options_nearest(word);
	text_puts(why, "neither a command nor a file: `");
	text_escape(why, str_of(word));
	text_puts(why, "`");
	if (nearest != NULL)
		text_printf(why, "; did you mean `%s`?", nearest);
	return true;
}

/* Files alone, at a terminal: the screens. */
static void choose_screens(struct options *o)
{
	if (o->is_implied && !o->json && o->by == NULL && o->output == NULL && o->width == 0 &&
	    o->n_inputs > 0 && tui_term_is_there())
		o->command = &command_ui;
}

/* Of the JSON library, which else leaves out what it finds no memory for. */
static void *json_memory(size_t size)
{
	return must_alloc(size, 1);
}

/* What calls that were told leave is soon wanted by others: glibc would give it to the kernel and
 * ask for it again, page by page. */
static void keep_freed_memory(void)
{
#ifdef M_TRIM_THRESHOLD
	enum { FREED = 512 * 1024, AT_ONCE = 64 * 1024, ALONE = 2 * 1024 * 1024 };

	mallopt(M_TRIM_THRESHOLD, FREED);
	mallopt(M_TOP_PAD, AT_ONCE);
	mallopt(M_MMAP_THRESHOLD, ALONE); /* else what is mapped by itself comes and goes, too */
#endif
}

int main(int argc, char **argv)
{
	static struct options options;
	struct text why = text_make(4096);
	enum exit_status status;

	keep_freed_memory();
	json_set_alloc_funcs(json_memory, free);
	if (argc > 1 && strcmp(argv[1], "--complete") == 0) {
		text_free(&why);
		return (int)complete(argc - 2, argv + 2);
	}
	take_words(argc, argv);
	if (!options_parse(&options, argc, argv, &why))
		status = print_usage_error(&options, &why);
	else if (options.version)
		status = print_version();
	else if (is_mistaken(&options, &why))
		status = print_usage_error(&options, &why);
	else if (options.help)
		status = print_help(options.command);
	else {
		options.is_locked = !options.no_sandbox;
		choose_screens(&options);
		status = run_command(&options);
	}
	text_free(&why);
	return (int)status;
}
