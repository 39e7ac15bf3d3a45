#include "complete.h"

#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "limits.h"
#include "options.h"

void complete_offer(struct completion *c, struct str candidate, const char *about)
{
	size_t n = c->prefix.len;

	if (candidate.len < n || (n > 0 && memcmp(candidate.at, c->prefix.at, n) != 0))
		return;
	text_add(c->out, c->before);
	text_add(c->out, candidate);
	if (about != NULL && about[0] != '\0')
		text_printf(c->out, "\t%s", about);
	text_putc(c->out, '\n');
}

void complete_files(struct completion *c)
{
	text_puts(c->out, ":files\n");
}

/* As the shell would: quotes away, also one that is still open. */
static char *unquoted(const char *word)
{
	char *ret = must_alloc(strlen(word) + 1, 1);
	char quote = '\0';
	size_t n = 0;

	for (; *word != '\0'; word++) {
		if (quote == '\0' && (*word == '\'' || *word == '"'))
			quote = *word;
		else if (*word == quote)
			quote = '\0';
		else if (*word == '\\' && quote != '\'' && word[1] != '\0')
			ret[n++] = *++word;
		else
			ret[n++] = *word;
	}
	ret[n] = '\0';
	return ret;
}

/* The row that a word is an option of, and whether the next word is its value. */
static const struct option_def *option_in(const struct completion *c, const char *word, bool *more)
{
	const struct option_def *def;
	const char *equals = strchr(word, '=');
	struct str name;

	*more = false;
	if (word[0] != '-' || word[1] == '\0')
		return NULL;
	if (word[1] != '-') {
		def = option_named(c->command, (struct str){0}, word[1]);
		*more = def != NULL && def->argument != NULL && word[2] == '\0';
		return def;
	}
	name = equals == NULL ? str_of(word + 2) : str_range(word + 2, equals);
	def = name.len == 0 ? NULL : option_named(c->command, name, 0);
	*more = def != NULL && def->argument != NULL && equals == NULL;
	return def;
}

/* What stands before the word: the words that are no options, nor values of some. */
struct before {
	const char *words[OPTION_INPUTS];
	size_t n;
	const struct option_def *asks; /* the word before wants this as its value */
	bool only_words;               /* after `--` */
};

static void look_before(struct completion *c, struct before *ret)
{
	bool more = false;

	*ret = (struct before){0};
	for (int i = 1; i < c->at; i++) {
		const char *word = c->argv[i];
		const struct option_def *def;

		if (more) {
			more = false;
			continue;
		}
		if (!ret->only_words && strcmp(word, "--") == 0) {
			ret->only_words = true;
			continue;
		}
		def = ret->only_words ? NULL : option_in(c, word, &more);
		ret->asks = more ? def : NULL;
		if (def != NULL || (word[0] == '-' && word[1] != '\0' && !ret->only_words))
			continue;
		if (c->command == NULL && ret->n == 0)
			c->command = command_named(word);
		if ((c->command == NULL || ret->n > 0 || strcmp(c->command->name, word) != 0) &&
		    ret->n < OPTION_INPUTS)
			ret->words[ret->n++] = word;
	}
	if (!more)
		ret->asks = NULL;
}

static void offer_options(struct completion *c)
{
	const struct option_def *defs;
	size_t n = option_defs(&defs);
	struct text name = text_make(64);

	for (size_t i = 0; i < n; i++) {
		/* one row of each name, and no command yet: those that every command has */
		if (c->command == NULL ? option_named(NULL, str_of(defs[i].name), 0) != &defs[i]
				       : (defs[i].commands & c->command->bit) == 0)
			continue;
		text_clear(&name);
		text_printf(&name, "--%s", defs[i].name);
		complete_offer(c, text_str(&name), defs[i].about);
	}
	text_free(&name);
}

static bool is_number(const char *word)
{
	return word[strspn(word, "0123456789")] == '\0';
}

static void offer_words(struct completion *c, const struct before *b)
{
	unsigned needs = c->command == NULL ? 0 : c->command->needs;
	size_t numbers = 0;
	bool is_help = b->n == 1 && strcmp(b->words[0], "help") == 0;

	if (c->command == NULL && (b->n == 0 || is_help)) {
		for (size_t i = 0; commands[i] != NULL; i++)
			complete_offer(c, str_of(commands[i]->name), commands[i]->about);
	}
	if (c->command == NULL && b->n == 0)
		complete_offer(c, STR("help"), "the options and examples of a command");
	if (is_help)
		return;
	if ((needs & NO_INPUTS) != 0) {
		complete_topic(c, b->words, b->n);
		return;
	}
	while (numbers < b->n && is_number(b->words[numbers]))
		numbers++;
	if (numbers == b->n && is_number(c->argv[c->at]) &&
	    numbers < ((needs & TAKES_CALL) != 0   ? 1u
		       : (needs & TAKES_PAIR) != 0 ? 2u
						   : 0u))
		complete_calls(c);
	complete_files(c);
}

/* The value begins in the same word: `--color=`. */
static bool offer_attached(struct completion *c)
{
	const char *word = c->argv[c->at];
	const char *equals = strchr(word, '=');
	const struct option_def *def;
	bool more;

	if (strncmp(word, "--", 2) != 0 || equals == NULL)
		return false;
	def = option_in(c, word, &more);
	if (def == NULL || def->argument == NULL)
		return true;
	c->before = str_range(word, equals + 1);
	c->prefix = str_of(equals + 1);
	complete_value(c, def->name, def->argument);
	return true;
}

static void answer(struct completion *c)
{
	static struct before b;
	const char *word = c->argv[c->at];

	look_before(c, &b);
	c->prefix = str_of(word);
	if (b.asks != NULL) {
		complete_value(c, b.asks->name, b.asks->argument);
		return;
	}
	if (!b.only_words && word[0] == '-' && word[1] != '\0') {
		if (!offer_attached(c))
			offer_options(c);
		return;
	}
	if (!b.only_words && word[0] == '-')
		offer_options(c);
	offer_words(c, &b);
}

enum exit_status complete(int argc, char **argv)
{
	struct text out = text_make(LIMIT_OUTPUT_LINE);
	struct completion c = {.out = &out, .argc = argc};
	uint64_t at;

	if (argc < 1 || !str_u64(str_of(argv[0]), &at) || at > (uint64_t)argc) {
		text_free(&out);
		return STATUS_USAGE;
	}
	/* argv[0] is the index, and becomes the program's name; a word that is not there yet is
	 * empty. */
	c.at = (int)at + 1;
	if (c.at >= argc)
		c.argc = c.at + 1;
	c.argv = must_alloc((size_t)c.argc + 1, sizeof(char *));
	for (int i = 0; i < c.argc; i++)
		c.argv[i] = unquoted(i > 0 && i < argc ? argv[i] : "");
	answer(&c);
	fputs(out.at == NULL ? "" : out.at, stdout);
	for (int i = 0; i < c.argc; i++)
		free(c.argv[i]);
	free(c.argv);
	text_free(&out);
	return STATUS_DONE;
}
