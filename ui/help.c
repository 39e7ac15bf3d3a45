#include "help.h"

#include <string.h>

#include "limits.h"
#include "options.h"

static const struct example examples[] = {
#define EXAMPLE(command, line, about) {COMMAND_##command, line, about},
#include "example.def"
#undef EXAMPLE
};

size_t example_rows(const struct example **ret)
{
	*ret = examples;
	return sizeof(examples) / sizeof(examples[0]);
}

static const struct exit_row exits[] = {
	{STATUS_DONE, "done"},
	{STATUS_FOUND, "`check` found something at or above --fail-on, `diff` a difference"},
	{STATUS_USAGE, "the command line is wrong; an output cannot be created, is there already, "
		       "or is an input"},
	{STATUS_INPUT, "an input cannot be opened, or is of no known kind"},
	{STATUS_CUT, "an input is damaged or cut short; what could be read was reported"},
	{STATUS_LIMIT, "out of memory, a limit, or output that could not be written to its end"},
	{STATUS_INTERRUPTED, "interrupted; what was known was printed"},
};

size_t exit_rows(const struct exit_row **ret)
{
	*ret = exits;
	return sizeof(exits) / sizeof(exits[0]);
}

static const struct environment_row variables[] = {
	{"NO_COLOR",
	 "when it is set and not empty, no colours, unless --color always asks for them"},
	{"COLUMNS",
	 "how wide the text may be, before the terminal's own width; --width goes before it"},
	{"PAGER",
	 "what long text on a terminal goes through (less, with LESS=FRX if LESS is not set); "
	 "empty or `cat`: nothing"},
	{"TZ",
	 "the zone of times of day and dates of captures in text, and of --since and --until; "
	 "UTC when it is not set. Logs keep their own stamps, and JSON is always UTC"},
	{"LC_ALL",
	 "whether the screens draw their lines and arrows in UTF-8 or in ASCII (also LC_CTYPE, "
	 "LANG); what is printed is UTF-8, and the same, in every locale"},
	{"TMPDIR",
	 "where standard input that is no capture, and what was packed, are kept meanwhile"},
	{"XDG_CONFIG_HOME", "where l2tpscope/config of the screens is (~/.config)"},
	{"TERM", "the terminal of the screens"},
};

size_t environment_rows(const struct environment_row **ret)
{
	*ret = variables;
	return sizeof(variables) / sizeof(variables[0]);
}

enum { COLUMN_ABOUT = 32, HELP_WIDTH = 100 };

/* Words, in lines no wider than `width` that begin in column `indent`; `start`: where the first of
 * them does. */
static void help_words(struct text *t, size_t start, struct str rest, size_t indent, size_t width)
{
	while (rest.len > 0) {
		size_t end = str_find(rest, STR(" "));
		struct str word = {.at = rest.at, .len = end == SIZE_MAX ? rest.len : end};
		size_t used = t->len - start;

		if (used > indent && used + 1 + word.len > width) {
			text_putc(t, '\n');
			start = t->len;
			used = 0;
		}
		if (used > indent)
			text_putc(t, ' ');
		for (; used < indent; used++)
			text_putc(t, ' ');
		text_add(t, word);
		rest = str_from(rest, end == SIZE_MAX ? rest.len : end + 1);
	}
	text_putc(t, '\n');
}

/* A text with line ends of its own, for a window that is narrower than they are: its paragraphs are
 * filled anew, lines that begin with blanks stay lines. */
static void help_text(struct text *t, const char *words, size_t width)
{
	struct text paragraph;

	if (width >= HELP_WIDTH) {
		text_printf(t, "%s\n", words);
		return;
	}
	paragraph = text_make(LIMIT_RECORD);
	while (*words != '\0') {
		size_t n = strcspn(words, "\n");
		size_t blanks = strspn(words, " ");
		bool is_last;

		text_add(&paragraph, (struct str){.at = words + blanks, .len = n - blanks});
		words += words[n] == '\n' ? n + 1 : n;
		is_last = blanks > 0 || *words == '\0' || *words == '\n' || *words == ' ';
		if (!is_last) {
			text_putc(&paragraph, ' ');
			continue;
		}
		help_words(t, t->len, text_str(&paragraph), blanks, width);
		text_clear(&paragraph);
		if (*words == '\n') {
			text_putc(t, '\n');
			words++;
		}
	}
	text_free(&paragraph);
}

static void help_option(struct text *t, const struct option_def *def, size_t width)
{
	size_t start = t->len;

	if (def->letter != 0)
		text_printf(t, "  -%c, --%s", def->letter, def->name);
	else
		text_printf(t, "      --%s", def->name);
	if (def->argument != NULL)
		text_printf(t, " %s", def->argument);
	if (t->len - start >= COLUMN_ABOUT) { /* too long for its column */
		text_putc(t, '\n');
		start = t->len;
	}
	help_words(t, start, str_of(def->about), COLUMN_ABOUT, width);
}

static void help_examples(struct text *t, const struct command *c, size_t width)
{
	text_puts(t, "\nexamples:\n");
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		if (examples[i].command != c->bit)
			continue;
		text_printf(t, "  %s\n", examples[i].line);
		help_words(t, t->len, str_of(examples[i].about), 6, width);
	}
}

static void help_command(struct text *t, const struct command *c, size_t width)
{
	const struct option_def *defs;
	size_t n = option_defs(&defs);

	text_printf(t, "usage: l2tpscope %s %s\n\n", c->name, c->arguments);
	help_text(t, c->details, width);
	text_puts(t, "\noptions:\n");
	for (size_t i = 0; i < n; i++) {
		if ((defs[i].commands & c->bit) != 0)
			help_option(t, &defs[i], width);
	}
	help_examples(t, c, width);
}

void help_print(struct text *t, const struct command *command, size_t columns)
{
	size_t width = columns > 0 && columns < HELP_WIDTH ? columns : HELP_WIDTH;

	if (command != NULL) {
		help_command(t, command, width);
		return;
	}
	text_puts(t, "usage: l2tpscope COMMAND [OPTIONS] INPUT...\n"
		     "       l2tpscope FILE...\n\n");
	help_text(t,
		  "Reads captures and debug logs of L2TP and PPP and says what became of each "
		  "call, and why.\n"
		  "An INPUT is a capture, a log, `-` (standard input), or NAME=FILE to name where "
		  "it was taken.",
		  width);
	text_puts(t, "\ncommands:\n");
	for (size_t i = 0; commands[i] != NULL; i++) {
		size_t start = t->len;

		text_printf(t, "  %s", commands[i]->name);
		while (t->len - start < 14)
			text_putc(t, ' ');
		help_words(t, start, str_of(commands[i]->about), 14, width);
	}
	text_puts(t, "\nexamples:\n"
		     "  l2tpscope calls night.pcap      who called, and what became of each call\n"
		     "  l2tpscope check night.pcap      what is wrong, why, and what to do\n"
		     "  l2tpscope show 1 lac.log        one call in full\n");
	text_putc(t, '\n');
	help_text(t,
		  "`l2tpscope help COMMAND` has its options and examples; without a command it is "
		  "`calls`, on a\nterminal `ui`.",
		  width);
}
