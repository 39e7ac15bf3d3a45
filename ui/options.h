/* The command line: one table of options, from which come parsing, --help (help.h), manual pages
 * and completion. */
#ifndef L2TPSCOPE_OPTIONS_H
#define L2TPSCOPE_OPTIONS_H

#include "command.h"
#include "text.h"

enum { OPTION_INPUTS = 1024, OPTION_NAMED = 64 };

/* `NAME=FILE`, or FILE with `name` empty. */
struct input_name {
	struct str name;
	const char *path;
};

/* `NAME=VALUE` of --year, --tz, --offset; `name` empty: for every input. */
struct named_value {
	struct str name;
	const char *value;
};

struct named_values {
	struct named_value at[OPTION_NAMED];
	size_t n;
};

/* What was asked for. Text points into argv. */
enum { PAIR_PATH = 4096 };

/* diff: its two calls, by number in `calls` (0: the only one), and whose inputs are whose (pair.h).
 */
struct pair {
	uint64_t number[2];
	size_t n;      /* numbers that stood before the inputs */
	size_t n_left; /* inputs of A, before those of B; 0: one run for both */
	char path[2][PAIR_PATH];
};

struct options {
	const struct command *command; /* NULL only with help or version */
	size_t n_inputs, n_words;
	uint64_t call, tunnel, width, jobs; /* 0: not given */
	struct pair pair;
	bool is_implied;  /* no command was named: `calls` */
	bool force;       /* replace a file that is there */
	bool inner;       /* export what is inside */
	bool keep_unread; /* redact: lines that nothing read */
	bool messages;    /* diff: A and B are messages, not calls */
	bool help, version, json, quiet, show_secrets, verbose, hex, unread, reflow, only_findings;
	bool follow;
	bool no_pager, progress;
	bool no_sandbox;
	bool is_locked;   /* of the program: least power (sandbox.h) holds once inputs are open */
	bool every_event; /* tests only: a glance is never enough (glance.h) */
	bool reduces;     /* the inputs are parts (parts.h): `reduce`, with one of: */
	bool as_calls, as_tunnels, as_check, as_stats;
	bool if_missing;   /* map: a part that is there is left as it is */
	const char *shard; /* map: `3/16` */
	const char *where, *since, *until, *time, *color, *output, *as, *bpf;
	const char *theme, *scale, *map;
	const char *fail_on, *by, *format, *baseline, *filter_for;
	struct named_values secrets, years, zones, offsets, thresholds, ignore;
	/* Long, and mostly empty: what is not used is not touched. */
	struct input_name inputs[OPTION_INPUTS];
	const char *words[OPTION_INPUTS]; /* explain: its topic */
};

/* False and one clear line when the command line is wrong. */
bool options_parse(struct options *ret, int argc, char *const *argv, struct text *why_not);

/* The command that `word` may have been meant for, or NULL. */
const char *options_nearest(const char *word);

/* For the laws: every option has a row in some command's help. */
struct option_def {
	char letter; /* 0: none */
	const char *name;
	const char *argument; /* NULL: a flag; `a|b|c`: one of these */
	unsigned kind;
	size_t target;
	unsigned commands; /* enum command_bit */
	const char *about;
};
size_t option_defs(const struct option_def **ret);
/* The row of that name, or of that letter where it is not 0, for this command; of several with one
 * name the one that the command takes. NULL: there is none. */
const struct option_def *option_named(const struct command *c, struct str name, char letter);

#endif
