#include "options.h"

#include <ctype.h>
#include <inttypes.h>

#include "limits.h"
#include "nearest.h"
#include "option_hint.h"
#include "pair.h"
#include "store.h"
#include "suffix.h"
#include "term.h"

enum option_kind_of { KIND_FLAG, KIND_TEXT, KIND_CHOICE, KIND_NUMBER, KIND_NAMED, KIND_LIST };

enum {
	ANY_COMMAND = 0xfffff,
	READING = ANY_COMMAND & ~COMMAND_EXPLAIN,
	PRINTING = ANY_COMMAND & ~COMMAND_UI,
	AS_JSON = PRINTING & ~(COMMAND_ANNOTATE | COMMAND_DIAGRAM | COMMAND_EXPORT |
			       COMMAND_REPORT | COMMAND_REDACT | COMMAND_MAP),
	PAGED = PRINTING & ~(COMMAND_EXPORT | COMMAND_REPORT | COMMAND_REDACT | COMMAND_MAP),
	JUDGING = READING & ~COMMAND_MAP, /* not only taking down what was there */
	TIMED = JUDGING & ~(COMMAND_ANNOTATE | COMMAND_REDACT),
	DATED = JUDGING & ~COMMAND_REDACT,
	STORING = COMMAND_CALLS | COMMAND_TUNNELS | COMMAND_CHECK,
	OPENING = READING & ~COMMAND_REDUCE, /* whatever kind of input it is */
};

#define TARGET(member) offsetof(struct options, member)

/* clang-format off */
static const struct option_def defs[] = {
	{0, "json", NULL, KIND_FLAG, TARGET(json), AS_JSON,
	 "one JSON object a line; the first says what was read, the last whether all of it"},
	{0, "where", "EXPR", KIND_TEXT, TARGET(where), TIMED,
	 "only what fits: `call.user == \"bob\"`, `call.cause in {busy, no-carrier}`, `ppp.code == 4`"},
	{0, "call", "N", KIND_NUMBER, TARGET(call), TIMED, "only call N (the number that `calls` shows)"},
	{0, "tunnel", "N", KIND_NUMBER, TARGET(tunnel), TIMED, "only tunnel N"},
	{0, "by", "user|lns|lac|cause", KIND_CHOICE, TARGET(by), COMMAND_CALLS | COMMAND_REDUCE, "group the calls"},
	{0, "since", "TIME", KIND_TEXT, TARGET(since), TIMED,
	 "only from TIME on: `2024-05-01T12:00`, `12:00:30`, or seconds since the earliest record"},
	{0, "until", "TIME", KIND_TEXT, TARGET(until), TIMED, "only up to TIME"},
	{'t', "time", "a|ad|d|dd|e|r|u|ud", KIND_CHOICE, TARGET(time), TIMED,
	 "times: a of day, ad with date, d or dd since the line before, r since the start, e since 1970, u and ud in UTC"},
	{0, "fail-on", "error|warning|note", KIND_CHOICE, TARGET(fail_on), COMMAND_CHECK | COMMAND_REDUCE,
	 "exit with 1 for findings of this severity or above (error)"},
	{0, "ignore", "PATTERN", KIND_LIST, TARGET(ignore), COMMAND_CHECK | COMMAND_REDUCE,
	 "not these rules: `--ignore 'lcp-*,pap-cleartext'`"},
	{0, "baseline", "FILE", KIND_TEXT, TARGET(baseline), COMMAND_CHECK | COMMAND_REDUCE,
	 "only what is new since FILE, the output of an earlier `check --json`"},
	{0, "filter-for", "wireshark", KIND_CHOICE, TARGET(filter_for), COMMAND_CHECK | COMMAND_REDUCE,
	 "with each finding the display filter that shows its packets"},
	{0, "format", "text|sarif|csv|copy", KIND_CHOICE, TARGET(format), COMMAND_CHECK,
	 "sarif: SARIF 2.1.0, for dashboards; csv: for spreadsheets; copy: for COPY of PostgreSQL"},
	{0, "format", "text|csv|copy", KIND_CHOICE, TARGET(format),
	 COMMAND_CALLS | COMMAND_TUNNELS | COMMAND_REDUCE,
	 "csv: every field, for spreadsheets; copy: for COPY of PostgreSQL (`explain schema`)"},
	{0, "format", "text|csv|chrome", KIND_CHOICE, TARGET(format), COMMAND_TIMELINE,
	 "csv: for spreadsheets; chrome: a trace that Perfetto (ui.perfetto.dev) opens"},
	{'v', "verbose", NULL, KIND_FLAG, TARGET(verbose), COMMAND_CHECK | COMMAND_REDUCE, "each finding in full"},
	{'v', "verbose", NULL, KIND_FLAG, TARGET(verbose), COMMAND_DECODE,
	 "every field, attribute and option of each message"},
	{'v', "verbose", NULL, KIND_FLAG, TARGET(verbose), COMMAND_DIFF,
	 "every message of both calls, alike or not"},
	{0, "messages", NULL, KIND_FLAG, TARGET(messages), COMMAND_DIFF,
	 "A and B are frames of a capture, or lines of a log: two messages, field by field"},
	{'x', "hex", NULL, KIND_FLAG, TARGET(hex), COMMAND_DECODE, "and the bytes of each field"},
	{0, "unread", NULL, KIND_FLAG, TARGET(unread), COMMAND_DECODE,
	 "only the log records that nothing read"},
	{0, "reflow", NULL, KIND_FLAG, TARGET(reflow), COMMAND_ANNOTATE,
	 "one repaired record a line, instead of the lines of the input"},
	{0, "only-findings", NULL, KIND_FLAG, TARGET(only_findings), COMMAND_ANNOTATE,
	 "add what is wrong and what to do, nothing else"},
	{0, "follow", NULL, KIND_FLAG, TARGET(follow), COMMAND_ANNOTATE,
	 "as `tail -f`: go on with what is added to LOG (a file, or `-`)"},
	{0, "format", "text|html", KIND_CHOICE, TARGET(format), COMMAND_ANNOTATE,
	 "html: a page, the log on the left, the words beside it"},
	{0, "format", "ascii|utf8|mermaid|plantuml|mscgen|svg|png|pdf", KIND_CHOICE, TARGET(format),
	 COMMAND_DIAGRAM, "text, the language of a drawing program, or a picture (utf8)"},
	{0, "theme", "auto|light|dark", KIND_CHOICE, TARGET(theme), COMMAND_DIAGRAM,
	 "colours of svg (auto: as its reader's system), png and pdf (light)"},
	{0, "scale", "rows|time", KIND_CHOICE, TARGET(scale), COMMAND_DIAGRAM,
	 "time: a ruler of true time beside the rows of svg, png and pdf"},
	{0, "format", "text|dot", KIND_CHOICE, TARGET(format), COMMAND_EXPLAIN,
	 "dot: a state machine for graphviz"},
	{0, "calls", NULL, KIND_FLAG, TARGET(as_calls), COMMAND_REDUCE,
	 "what `calls` says of all inputs together, with any of its options"},
	{0, "tunnels", NULL, KIND_FLAG, TARGET(as_tunnels), COMMAND_REDUCE, "what `tunnels` says"},
	{0, "check", NULL, KIND_FLAG, TARGET(as_check), COMMAND_REDUCE, "what `check` says"},
	{0, "stats", NULL, KIND_FLAG, TARGET(as_stats), COMMAND_REDUCE, "what `stats` says"},
	{0, "shard", "I/N", KIND_TEXT, TARGET(shard), COMMAND_MAP,
	 "this is shard I of N: `reduce` then names those that are missing"},
	{0, "if-missing", NULL, KIND_FLAG, TARGET(if_missing), COMMAND_MAP,
	 "nothing is done when PART is there and whole; else it is made anew"},
	{0, "jobs", "N", KIND_NUMBER, TARGET(jobs), STORING | COMMAND_STATS,
	 "N processes read the captures, or one large one: gains where they are mostly data"},
	{0, "width", "COLUMNS", KIND_NUMBER, TARGET(width),
	 PRINTING & ~(COMMAND_REDACT | COMMAND_MAP),
	 "how wide the text may be (40 to 400; a terminal's own, else 120)"},
	{0, "secrets", "FILE", KIND_LIST, TARGET(secrets), JUDGING,
	 "shared secrets: lines of `tunnel PEER SECRET`, `user NAME PASSWORD`, `radius ADDRESS SECRET`"},
	{0, "show-secrets", NULL, KIND_FLAG, TARGET(show_secrets), DATED, "do not mask passwords"},
	{0, "year", "[NAME=]YEAR", KIND_NAMED, TARGET(years), DATED | COMMAND_MAP,
	 "the year of stamps that have none"},
	{0, "tz", "[NAME=]ZONE", KIND_NAMED, TARGET(zones), DATED,
	 "the zone of stamps that have none: `UTC`, `+02:00`"},
	{0, "offset", "[NAME=]SECONDS", KIND_NAMED, TARGET(offsets), DATED,
	 "add SECONDS to the times of an input"},
	{0, "as", "KIND", KIND_TEXT, TARGET(as), OPENING,
	 "read every input as KIND (pcap, pcapng, text, hexdump) instead of looking into it"},
	{0, "bpf", "FILTER", KIND_TEXT, TARGET(bpf), OPENING,
	 "only packets that the libpcap filter passes"},
	{0, "set", "NAME=VALUE", KIND_NAMED, TARGET(thresholds), DATED,
	 "another threshold for the rules: `--set tunnel-slow=5`; `explain thresholds` lists them"},
	{0, "color", "auto|always|never", KIND_CHOICE, TARGET(color), ANY_COMMAND,
	 "auto: on a terminal, unless NO_COLOR is set"},
	{'o', "output", "FILE", KIND_TEXT, TARGET(output), STORING,
	 "write to FILE; to FILE.csv or FILE.json: in that format; to FILE.sqlite: a database of calls, tunnels and findings"},
	{'o', "output", "FILE", KIND_TEXT, TARGET(output), COMMAND_REDUCE,
	 "write to FILE: a part, or with --calls and so on what they say (also FILE.sqlite)"},
	{'o', "output", "FILE", KIND_TEXT, TARGET(output), COMMAND_MAP, "the part"},
	{'o', "output", "FILE", KIND_TEXT, TARGET(output), COMMAND_REDACT,
	 "write to FILE; of several inputs a directory; `-`: standard output"},
	{'o', "output", "FILE", KIND_TEXT, TARGET(output),
	 PRINTING & ~(STORING | COMMAND_REDUCE | COMMAND_MAP | COMMAND_REDACT),
	 "write to FILE, whole or not at all; `-`: standard output; FILE.csv, FILE.svg …: in that format"},
	{0, "inner", NULL, KIND_FLAG, TARGET(inner), COMMAND_EXPORT,
	 "the PPP and IP packets inside the data messages of a capture"},
	{0, "map", "FILE", KIND_TEXT, TARGET(map), COMMAND_REDACT,
	 "the key and what was replaced: written there, for you alone; read when it is there"},
	{0, "keep-unread", NULL, KIND_FLAG, TARGET(keep_unread), COMMAND_REDACT,
	 "also lines of a log that nothing read; of them only what is known is replaced"},
	{0, "force", NULL, KIND_FLAG, TARGET(force),
	 PRINTING,
	 "replace FILE when it is there already"},
	{0, "no-pager", NULL, KIND_FLAG, TARGET(no_pager), PAGED,
	 "on a terminal: long text as it comes, not through $PAGER (less)"},
	{0, "no-sandbox", NULL, KIND_FLAG, TARGET(no_sandbox), ANY_COMMAND,
	 "for debugging: do not give up the power to do what is not needed"},
	{0, "progress", NULL, KIND_FLAG, TARGET(progress), PRINTING & ~COMMAND_EXPLAIN,
	 "how far it is, on standard error, also where that is no terminal"},
	{'q', "quiet", NULL, KIND_FLAG, TARGET(quiet), ANY_COMMAND,
	 "nothing on standard error but what stopped the run"},
	{'h', "help", NULL, KIND_FLAG, TARGET(help), ANY_COMMAND, "this text"},
	{'V', "version", NULL, KIND_FLAG, TARGET(version), ANY_COMMAND, "the version"},
};
/* clang-format on */

#undef TARGET

enum { N_DEFS = sizeof(defs) / sizeof(defs[0]) };

size_t option_defs(const struct option_def **ret)
{
	*ret = defs;
	return N_DEFS;
}

/* The parser's place in argv, and the command as far as it is known. */
struct parser {
	int argc;
	char *const *argv;
	int at;
	struct options *options;
	struct text *why_not;
	bool only_words; /* after `--` */
};

static bool name_fits(const struct option_def *def, struct str name, char letter)
{
	if (letter != 0)
		return def->letter == letter;
	return str_is(name, def->name);
}

const struct option_def *option_named(const struct command *c, struct str name, char letter)
{
	const struct option_def *other = NULL;

	for (size_t i = 0; i < N_DEFS; i++) {
		if (!name_fits(&defs[i], name, letter))
			continue;
		if (c == NULL || (defs[i].commands & c->bit) != 0)
			return &defs[i];
		other = &defs[i];
	}
	return other;
}

static bool add_named(struct parser *p, const struct option_def *def, struct named_values *values,
		      const char *value)
{
	bool split = def->kind == KIND_NAMED;
	const char *equals = split ? strchr(value, '=') : NULL;

	if (values->n == OPTION_NAMED) {
		text_printf(p->why_not, "--%s is given more than %d times", def->name,
			    OPTION_NAMED);
		return false;
	}
	values->at[values->n++] = (struct named_value){
		.name = equals == NULL ? STR("") : str_range(value, equals),
		.value = equals == NULL ? value : equals + 1,
	};
	return true;
}

/* Those that are not any number from 1. */
static const struct bounds {
	const char *name;
	uint64_t least, most;
} bounds[] = {
	{"width", TERM_WIDTH_LEAST, TERM_WIDTH_MOST},
	{"jobs", 1, LIMIT_JOBS},
};

static bool set_number(struct parser *p, const struct option_def *def, const char *value,
		       uint64_t *target)
{
	struct bounds b = {NULL, 1, UINT64_MAX};

	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++)
		b = strcmp(def->name, bounds[i].name) == 0 ? bounds[i] : b;
	if (str_u64(str_of(value), target) && *target >= b.least && *target <= b.most)
		return true;
	text_printf(p->why_not, "--%s takes a number from %" PRIu64, def->name, b.least);
	if (b.name != NULL)
		text_printf(p->why_not, " to %" PRIu64, b.most);
	text_printf(p->why_not, ", not `%s`", value);
	return false;
}

static bool is_taken(const struct options *o, const struct option_def *def)
{
	return (def->commands & o->command->bit) != 0 ||
	       (o->reduces && def->commands == COMMAND_REDUCE);
}

static bool set_value(struct parser *p, const struct option_def *def, const char *value)
{
	char *target = (char *)p->options + def->target;

	switch ((enum option_kind_of)def->kind) {
	case KIND_FLAG:
		*(bool *)(void *)target = true;
		return true;
	case KIND_CHOICE:
		if (!is_taken(p->options, def)) {
			option_refuse(p->options->command, def, p->why_not);
			return false;
		}
		if (!option_is_choice(def, value)) {
			option_refuse_choice(p->options->command, def, value, p->why_not);
			return false;
		}
		*(const char **)(void *)target = value;
		return true;
	case KIND_TEXT:
		*(const char **)(void *)target = value;
		return true;
	case KIND_NUMBER:
		return set_number(p, def, value, (uint64_t *)(void *)target);
	case KIND_NAMED:
	case KIND_LIST:
		return add_named(p, def, (struct named_values *)(void *)target, value);
	}
	return false;
}

/* The value of an option that takes one: what follows in the same word, or the next word. */
static bool take_value(struct parser *p, const struct option_def *def, const char *attached)
{
	const char *value = attached;

	if (def->argument == NULL) {
		if (attached != NULL) {
			text_printf(p->why_not, "--%s takes no value", def->name);
			return false;
		}
		return set_value(p, def, NULL);
	}
	if (value == NULL) {
		if (p->at + 1 >= p->argc) {
			text_printf(p->why_not, "--%s needs a value: %s", def->name, def->argument);
			return false;
		}
		value = p->argv[++p->at];
	}
	return set_value(p, def, value);
}

static bool parse_long(struct parser *p, const char *word)
{
	const char *equals = strchr(word, '=');
	struct str name = equals == NULL ? str_of(word) : str_range(word, equals);
	const struct option_def *def = option_named(p->options->command, name, 0);

	if (def == NULL) {
		text_printf(p->why_not, "unknown option --%.*s", STR_ARG(name));
		option_suggest(p->options->command, name, p->why_not);
		return false;
	}
	return take_value(p, def, equals == NULL ? NULL : equals + 1);
}

static bool parse_letters(struct parser *p, const char *letters)
{
	for (; *letters != '\0'; letters++) {
		const struct option_def *def =
			option_named(p->options->command, (struct str){0}, *letters);

		if (def == NULL) {
			text_printf(p->why_not, "unknown option -%c", *letters);
			return false;
		}
		if (def->argument != NULL)
			return take_value(p, def, letters[1] == '\0' ? NULL : letters + 1);
		if (!take_value(p, def, NULL))
			return false;
	}
	return true;
}

static bool is_number(const char *word)
{
	if (*word == '\0')
		return false;
	for (; *word != '\0'; word++) {
		if (!isdigit((unsigned char)*word))
			return false;
	}
	return true;
}

/* NAME=FILE where NAME is one word; a path that holds `=` behind a `/` is a path. */
static struct input_name input_name(const char *word)
{
	const char *equals = strchr(word, '=');
	const char *slash = strchr(word, '/');

	if (equals == NULL || equals == word || equals[1] == '\0' ||
	    (slash != NULL && slash < equals))
		return (struct input_name){.path = word};
	return (struct input_name){.name = str_range(word, equals), .path = equals + 1};
}

static bool parse_word(struct parser *p, const char *word)
{
	struct options *o = p->options;

	if ((o->command->needs & NO_INPUTS) != 0) {
		if (o->n_words < OPTION_INPUTS)
			o->words[o->n_words++] = word;
		return true;
	}
	if ((o->command->needs & TAKES_CALL) != 0 && o->n_inputs == 0 && o->call == 0 &&
	    is_number(word))
		return set_number(p, option_named(o->command, STR("call"), 0), word, &o->call);
	if ((o->command->needs & TAKES_PAIR) != 0 && o->n_inputs == 0 && o->pair.n < 2 &&
	    is_number(word))
		return set_number(p, option_named(o->command, STR("call"), 0), word,
				  &o->pair.number[o->pair.n++]);
	if (*word == '\0') {
		text_puts(p->why_not, "an input without a name: ``");
		return false;
	}
	if (o->n_inputs == OPTION_INPUTS) {
		text_printf(p->why_not, "more than %d inputs; a directory with them is one",
			    OPTION_INPUTS);
		return false;
	}
	o->inputs[o->n_inputs++] = input_name(word);
	return true;
}

/* What the options ask of `reduce`. */
struct reduced {
	const struct command *made; /* the last of --calls, --tunnels …; NULL: none */
	bool has_output, asks;
};

/* Of calls: then -o is where that goes. */
static bool is_asking(const struct option_def *def, const char *value)
{
	static const char *const asks[] = {"json", "format", "where", "by", "call"};

	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++)
		if (strcmp(def->name, asks[i]) == 0)
			return true;
	return strcmp(def->name, "output") == 0 && value != NULL &&
	       str_ends(str_of(value), ".sqlite");
}

static void reduced_note(struct reduced *ret, const struct option_def *def, const char *value)
{
	static const struct command *const made[] = {&command_calls, &command_tunnels,
						     &command_check, &command_stats};

	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		if (strcmp(def->name, made[i]->name) == 0)
			ret->made = made[i];
	ret->asks = ret->asks || is_asking(def, value);
	ret->has_output = ret->has_output || strcmp(def->name, "output") == 0 ||
			  strcmp(def->name, "help") == 0;
}

/* Returns whether the value of the word's last option is the next word. */
static bool reduced_word(struct reduced *ret, const char *word, const char *next)
{
	const char *equals = strchr(word, '=');
	const struct option_def *def;
	struct str name;

	if (word[0] != '-' || word[1] == '\0')
		return false;
	if (word[1] == '-') {
		name = equals == NULL ? str_of(word + 2) : str_range(word + 2, equals);
		def = option_named(&command_reduce, name, 0);
		if (def != NULL)
			reduced_note(ret, def, equals == NULL ? next : equals + 1);
		return def != NULL && def->argument != NULL && equals == NULL;
	}
	for (word++; *word != '\0'; word++) {
		def = option_named(&command_reduce, (struct str){0}, *word);
		if (def == NULL)
			continue;
		reduced_note(ret, def, word[1] == '\0' ? next : word + 1);
		if (def->argument != NULL)
			return word[1] == '\0';
	}
	return false;
}

/* `reduce` is what it makes of the parts: of several the last one; with -o alone a part. */
static void find_reduced(struct parser *p)
{
	struct options *o = p->options;
	struct reduced what = {0};

	if (o->command != &command_reduce)
		return;
	o->reduces = true;
	for (int i = 1; i < p->argc && strcmp(p->argv[i], "--") != 0; i++)
		i += reduced_word(&what, p->argv[i], i + 1 < p->argc ? p->argv[i + 1] : NULL);
	if (what.made != NULL)
		o->command = what.made;
	else if (!what.has_output || what.asks)
		o->command = &command_calls;
}

/* The first word that is no option and no option's value names the command; when it is a file, the
 * command is `calls`. */
static bool find_command(struct parser *p)
{
	for (int i = 1; i < p->argc; i++) {
		const char *word = p->argv[i];
		const struct option_def *def;

		if (word[0] == '-' && word[1] == '-' && word[2] != '\0') {
			def = option_named(NULL, str_of(word + 2), 0);
			if (def != NULL && def->argument != NULL)
				i++;
			continue;
		}
		if (word[0] == '-' && word[1] != '\0') {
			def = option_named(NULL, (struct str){0}, word[1]);
			if (def != NULL && def->argument != NULL && word[2] == '\0')
				i++;
			continue;
		}
		p->options->command = command_named(word);
		if (p->options->command != NULL) {
			p->at = i;
			find_reduced(p);
			return true;
		}
		break;
	}
	p->options->command = &command_calls;
	p->at = 0;
	return false;
}

static bool parse_all(struct parser *p, int command_at)
{
	for (p->at = 1; p->at < p->argc; p->at++) {
		const char *word = p->argv[p->at];
		bool is_fine;

		if (p->at == command_at)
			continue;
		if (!p->only_words && strcmp(word, "--") == 0) {
			p->only_words = true;
			continue;
		}
		if (p->only_words || word[0] != '-' || word[1] == '\0')
			is_fine = parse_word(p, word);
		else if (word[1] == '-')
			is_fine = parse_long(p, word + 2);
		else
			is_fine = parse_letters(p, word + 1);
		if (!is_fine)
			return false;
	}
	return true;
}

static bool is_given(const struct options *o, const struct option_def *def)
{
	const char *target = (const char *)o + def->target;

	switch ((enum option_kind_of)def->kind) {
	case KIND_FLAG:
		return *(const bool *)(const void *)target;
	case KIND_TEXT:
	case KIND_CHOICE:
		return *(const char *const *)(const void *)target != NULL;
	case KIND_NUMBER:
		return *(const uint64_t *)(const void *)target != 0;
	case KIND_NAMED:
	case KIND_LIST:
		return ((const struct named_values *)(const void *)target)->n != 0;
	}
	return false;
}

/* An option that the command does not know would silently do nothing. */
static bool check_taken(const struct options *o, struct text *why_not)
{
	for (size_t i = 0; i < N_DEFS; i++) {
		const struct option_def *taken;

		if (!is_given(o, &defs[i]))
			continue;
		taken = option_named(o->command, str_of(defs[i].name), 0);
		if (is_taken(o, taken))
			continue;
		option_refuse(o->command, &defs[i], why_not);
		return false;
	}
	if (o->json && o->format != NULL && strcmp(o->format, "text") != 0) {
		text_printf(why_not, "--json and --format %s are two outputs: choose one",
			    o->format);
		return false;
	}
	return true;
}

/* A file of that name is of a database. */
static bool find_store(struct options *o, struct text *why_not)
{
	const struct command *store = store_command(o->command, o->output);

	if (store != o->command && (o->json || o->format || o->by)) {
		text_printf(why_not,
			    "-o %s is a database: it takes neither --json, --format nor --by",
			    o->output);
		return false;
	}
	if (o->by && o->format && strcmp(o->format, "copy") == 0) {
		text_puts(why_not, "--format copy is of calls, not of groups (--by)");
		return false;
	}
	o->command = store;
	return true;
}

bool options_parse(struct options *ret, int argc, char *const *argv, struct text *why_not)
{
	struct parser p = {.argc = argc, .argv = argv, .options = ret, .why_not = why_not};
	bool is_named;
	int command_at;

	memset(ret, 0, offsetof(struct options, inputs));
	is_named = find_command(&p);
	command_at = p.at;
	ret->is_implied = !is_named;
	if (!parse_all(&p, command_at))
		return false;
	if (ret->help || ret->version) {
		if (!is_named)
			ret->command = NULL;
		return true;
	}
	if (!check_taken(ret, why_not))
		return false;
	suffix_take(ret);
	if (!find_store(ret, why_not))
		return false;
	if ((ret->command->needs & NO_INPUTS) == 0 && ret->n_inputs == 0) {
		if (ret->reduces)
			text_puts(why_not, "`reduce` needs an input: a part that `map` made");
		else if (is_named)
			text_printf(why_not, "`%s` needs an input: a capture, a log, or -",
				    ret->command->name);
		else
			text_printf(why_not,
				    "no input: name a capture or a log, or a command and one");
		return false;
	}
	return (ret->command->needs & TAKES_PAIR) == 0 || pair_resolve(ret, why_not);
}

const char *options_nearest(const char *word)
{
	struct nearest n = nearest_start(str_of(word), 2);

	for (size_t i = 0; commands[i] != NULL; i++)
		nearest_try(&n, str_of(commands[i]->name));
	return n.best[0] == '\0' ? NULL : command_named(n.best)->name;
}
