#include "manual.h"

#include <stdlib.h>

#include "character.h"
#include "mdoc.h"
#include "options.h"
#include "tui_key.h"

static void manual_program(struct text *t, const struct manual_page *page);
static void manual_command(struct text *t, const struct manual_page *page);

static const struct manual_page others[] = {
	{"l2tpscope", 1, "what became of each call, from captures and logs of L2TP and PPP", NULL,
	 manual_program},
	{"l2tpscope-filter", 7, "the language of --where, and the fields it knows", NULL,
	 manual_filter},
	{"l2tpscope-rules", 7, "findings of l2tpscope, and the thresholds they go by", NULL,
	 manual_rules},
	{"l2tpscope-causes", 7, "why calls and tunnels end, as l2tpscope says it", NULL,
	 manual_causes},
};

enum { N_OTHERS = sizeof(others) / sizeof(others[0]) };

static int by_name(const void *a, const void *b)
{
	const struct manual_page *one = a;
	const struct manual_page *other = b;

	return one->section != other->section ? one->section - other->section
					      : strcmp(one->name, other->name);
}

size_t manual_pages(struct manual_page ret[MANUAL_PAGES])
{
	size_t n = N_OTHERS;

	memcpy(ret, others, sizeof(others));
	for (size_t i = 0; commands[i] != NULL && n < MANUAL_PAGES; i++) {
		struct text name = text_make(MANUAL_NAME - 1);

		text_printf(&name, "l2tpscope-%s", commands[i]->name);
		ret[n] = (struct manual_page){.section = 1,
					      .about = commands[i]->about,
					      .command = commands[i],
					      .write = manual_command};
		memcpy(ret[n++].name, name.at, name.len + 1);
		text_free(&name);
	}
	qsort(ret, n, sizeof(ret[0]), by_name);
	return n;
}

bool manual_named(struct manual_page *ret, const char *name)
{
	static const char prefix[] = "l2tpscope-";
	struct manual_page pages[MANUAL_PAGES];
	size_t n = manual_pages(pages);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(pages[i].name, name) != 0 &&
		    !(str_starts(str_of(pages[i].name), prefix) &&
		      strcmp(pages[i].name + sizeof(prefix) - 1, name) == 0))
			continue;
		*ret = pages[i];
		return true;
	}
	return false;
}

static void write_names(struct text *t, const struct manual_page *page)
{
	mdoc_macro(t, "Sh NAME");
	text_printf(t, ".Nm %s\n", page->name);
	text_puts(t, ".Nd ");
	mdoc_words(t, str_of(page->about));
}

/* `[TOPIC [NAME]]`, `-o FILE`, `INPUT...` */
static void write_arguments(struct text *t, const char *arguments)
{
	struct str rest = str_of(arguments);

	while (rest.len > 0) {
		size_t end = 1;

		if (rest.at[0] == ' ') {
			rest = str_from(rest, 1);
			continue;
		}
		if (rest.at[0] == '[' || rest.at[0] == ']') {
			mdoc_macro(t, rest.at[0] == '[' ? "Oo" : "Oc");
			rest = str_from(rest, 1);
			continue;
		}
		while (end < rest.len && strchr(" []", rest.at[end]) == NULL)
			end++;
		if (rest.at[0] == '-')
			text_printf(t, ".Fl %.*s\n", (int)end - 1, rest.at + 1);
		else
			text_printf(t, ".Ar %.*s\n", (int)end, rest.at);
		rest = str_from(rest, end);
	}
}

static void write_option(struct text *t, const struct option_def *def)
{
	text_puts(t, ".It ");
	if (def->letter != 0)
		text_printf(t, "Fl %c , ", def->letter);
	text_printf(t, "Fl Fl %s", def->name);
	if (def->argument != NULL) {
		text_puts(t, " Ar");
		mdoc_argument(t, def->argument);
	}
	text_putc(t, '\n');
	mdoc_words(t, str_of(def->about));
}

static void write_options(struct text *t, const struct command *c)
{
	const struct option_def *defs;
	size_t n = option_defs(&defs);

	mdoc_macro(t, "Pp");
	text_puts(t, "The options:\n");
	mdoc_list_begin(t, "Ds");
	for (size_t i = 0; i < n; i++) {
		if ((defs[i].commands & c->bit) != 0)
			write_option(t, &defs[i]);
	}
	mdoc_list_end(t);
}

static void write_examples(struct text *t, const struct command *c)
{
	const struct example *rows;
	size_t n = example_rows(&rows);
	unsigned shown = 0;

	mdoc_macro(t, "Sh EXAMPLES");
	for (size_t i = 0; i < n; i++) {
		/* of the program itself: the first of each command */
		if (c == NULL ? i > 0 && rows[i].command == rows[i - 1].command
			      : rows[i].command != c->bit)
			continue;
		if (shown++ > 0)
			mdoc_macro(t, "Pp");
		mdoc_words(t, str_of(rows[i].about));
		mdoc_display(t, str_of(rows[i].line));
	}
}

static void write_exits(struct text *t)
{
	const struct exit_row *rows;
	size_t n = exit_rows(&rows);

	mdoc_macro(t, "Sh EXIT STATUS");
	mdoc_list_begin(t, "Ds");
	for (size_t i = 0; i < n; i++) {
		text_printf(t, ".It %d\n", (int)rows[i].status);
		mdoc_words(t, str_of(rows[i].about));
	}
	mdoc_list_end(t);
}

static void write_environment(struct text *t)
{
	const struct environment_row *rows;
	size_t n = environment_rows(&rows);

	mdoc_macro(t, "Sh ENVIRONMENT");
	mdoc_list_begin(t, "XDG_CONFIG_HOME");
	for (size_t i = 0; i < n; i++) {
		text_printf(t, ".It Ev %s\n", rows[i].name);
		mdoc_words(t, str_of(rows[i].about));
	}
	mdoc_list_end(t);
}

static void write_also(struct text *t, const struct manual_page *page)
{
	struct manual_page pages[MANUAL_PAGES];
	size_t n = manual_pages(pages);
	size_t shown = 0;

	mdoc_macro(t, "Sh SEE ALSO");
	for (size_t i = 0; i < n; i++) {
		if (strcmp(pages[i].name, page->name) != 0)
			text_printf(t, "%s.Xr %s %d", shown++ == 0 ? "" : " ,\n", pages[i].name,
				    pages[i].section);
	}
	text_putc(t, '\n');
}

static const char *const inputs[][2] = {
	{"a file",
	 "A capture (pcap, pcapng), a log, or bare hex; also packed with gzip, xz or zstd."},
	{"a directory", "The captures and logs below it, in order of names."},
	{"a bundle", "The same of the members of a tar or zip."},
	{"-", "Standard input; a capture is read as it comes."},
	{"NAME=INPUT", "The same, taken at the vantage point NAME."},
};

static const char secrets_file[] =
	"A file of `--secrets` has lines of `tunnel PEER SECRET`, `user NAME PASSWORD` and `radius "
	"ADDRESS SECRET`. PEER is the host name or address of either end, and `*` stands for any. "
	"Fields are parted by blanks, the last one runs to the end of the line; quotes keep blanks "
	"and `#`, `hex:` begins octets, `#` a comment. chap-secrets and pap-secrets of pppd, "
	"l2tp-secrets of xl2tpd, and users and clients.conf of FreeRADIUS are read, too. Secrets "
	"are masked in everything that is printed, unless `--show-secrets` asks for them.";

static const char completion[] =
	"bash, zsh and fish complete commands, options and their values, names and words of "
	"`--where`, "
	"rules, thresholds, topics of `explain`, and the numbers of calls and tunnels of the "
	"inputs "
	"that are named in the line, up to 64 MiB of them. Their scripts ask the program: "
	"`l2tpscope "
	"--complete INDEX WORD...` prints what may stand in the INDEX-th word (from 0) of those "
	"behind the program's name: a candidate a line, a tab, what it is; `:files` stands for "
	"names "
	"of files.";

static const char least_power[] =
	"Files of strangers are read by a process that has given up what it does not need: it can "
	"start no program, has no network, reads nothing but its inputs, and writes new files "
	"only below the folders of its outputs (on the screens: the folder it was started in) and "
	"temporary ones. `--version` says what of this the kernel can. A call beyond it ends the "
	"program with \"Bad system call\", which is a fault to be reported; `--no-sandbox` is for "
	"finding it.";

static void write_inputs(struct text *t)
{
	mdoc_macro(t, "Ss Inputs");
	mdoc_words(t, STR("What an input is, is told by its content, never by its name. Several "
			  "inputs are one investigation: their clocks are aligned, and a call that "
			  "several of them tell is one call."));
	mdoc_list_begin(t, "NAME=INPUT");
	for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++)
		mdoc_item(t, inputs[i][0], inputs[i][1]);
	mdoc_list_end(t);
	mdoc_macro(t, "Ss Secrets");
	mdoc_words(t, str_of(secrets_file));
	mdoc_macro(t, "Ss Completion");
	mdoc_words(t, str_of(completion));
	mdoc_macro(t, "Ss Least power");
	mdoc_words(t, str_of(least_power));
}

static void manual_program(struct text *t, const struct manual_page *page)
{
	write_names(t, page);
	mdoc_macro(t, "Sh SYNOPSIS");
	text_puts(t, ".Nm\n.Ar COMMAND\n.Op Ar OPTIONS\n.Ar INPUT ...\n.Nm\n.Ar FILE ...\n.Nm\n.Cm "
		     "help\n.Op Ar COMMAND\n");
	mdoc_macro(t, "Sh DESCRIPTION");
	text_puts(t, ".Nm\n");
	mdoc_words(t, STR("reads captures and debug logs of L2TP and PPP and says what became of "
			  "each call: who called, how far it came, how it ended, who ended it, and "
			  "why. It replays every message through the state machines of both ends. "
			  "It never touches the network. Files alone are shown on screens when it "
			  "runs on a terminal, and as `calls` does when not."));
	mdoc_macro(t, "Pp");
	text_puts(t, "The commands, each with a page of its own:\n");
	mdoc_list_begin(t, "timeline");
	for (size_t i = 0; commands[i] != NULL; i++) {
		text_printf(t, ".It Cm %s\n", commands[i]->name);
		mdoc_words(t, str_of(commands[i]->about));
	}
	mdoc_list_end(t);
	write_inputs(t);
	write_environment(t);
	write_exits(t);
	write_examples(t, NULL);
	write_also(t, page);
}

static void write_keys(struct text *t)
{
	mdoc_macro(t, "Ss Keys");
	mdoc_list_begin(t, "Ds");
	for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
		const struct action_row *row = action_row((enum action)a);

		mdoc_item(t, row->keys, row->about);
	}
	mdoc_list_end(t);
}

static void manual_command(struct text *t, const struct manual_page *page)
{
	const struct command *c = page->command;

	write_names(t, page);
	mdoc_macro(t, "Sh SYNOPSIS");
	text_printf(t, ".Nm l2tpscope %s\n", c->name);
	write_arguments(t, c->arguments);
	mdoc_macro(t, "Sh DESCRIPTION");
	mdoc_details(t, c->details);
	write_options(t, c);
	if (c == &command_ui)
		write_keys(t);
	write_exits(t);
	write_examples(t, c);
	write_also(t, page);
}

void manual_print(struct text *t, const struct manual_page *page)
{
	text_puts(t, ".\\\" Made of the program's tables: `l2tpscope explain manual`.\n");
	text_printf(t, ".Dd %s\n.Dt ", L2TPSCOPE_DATE);
	for (const char *c = page->name; *c != '\0'; c++)
		text_putc(t, char_is_lower(*c) ? (char)(*c - 'a' + 'A') : *c);
	text_printf(t, " %d\n.Os\n", page->section);
	page->write(t, page);
}
