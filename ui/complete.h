/* Completion for shells: `l2tpscope --complete INDEX WORD...` answers what may stand in the
 * INDEX-th WORD (from 0) of the command line that follows the program's name. The scripts of bash,
 * zsh and fish (completion/) only hand it over.
 *
 * A line for each candidate: the whole word, a tab, what it is. `:files` alone in a line: names
 * of files, too. Words come as they were typed, with their quotes. */
#ifndef L2TPSCOPE_COMPLETE_H
#define L2TPSCOPE_COMPLETE_H

#include "command.h"
#include "nearest.h"

struct completion {
	struct text *out;
	const struct command *command;
	struct str prefix; /* what is typed of the value */
	struct str before; /* of the same word, and kept: `--color=`, `call.user == bob and ` */
	char **argv;       /* the words, without quotes; argv[0] is the program's name */
	int argc, at;      /* argv[at] is being typed */
};

/* Candidates that begin with the prefix; `about` may be NULL. */
void complete_offer(struct completion *c, struct str candidate, const char *about);
void complete_files(struct completion *c);

/* complete_value.c: the value of an option, the words of `explain`. */
void complete_value(struct completion *c, const char *option, const char *choices);
void complete_topic(struct completion *c, const char *const *words, size_t n);
/* complete_number.c: the numbers of calls or tunnels in the inputs that are named. */
void complete_calls(struct completion *c);
void complete_tunnels(struct completion *c);
/* complete_filter.c: the expression of --where. */
void complete_filter(struct completion *c);

/* complete_value.c: what `explain` (with a topic, its NAME) may be asked, for nearest.h. */
void complete_nearest(struct nearest *n, const char *topic);

/* Takes what follows `--complete`. */
enum exit_status complete(int argc, char **argv);

#endif
