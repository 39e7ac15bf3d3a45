/* The inputs of a run: opened (a directory or a bundle is many), merged by time. Rotated ones
 * share a vantage point. */
#ifndef L2TPSCOPE_INPUTS_H
#define L2TPSCOPE_INPUTS_H

#include "run.h"

/* What the inputs are called on the command line. */
struct input_words {
	const struct input_name *at;
	size_t n;
};

void inputs_open(struct run *r);
void inputs_close(struct run *r);
/* Instead: the one input, a text that grows (source_open_growing), and how much of it is known. */
void inputs_open_growing(struct run *r, const char *text);
void inputs_grow(struct run *r, size_t len);

/* For whoever opens inputs of another kind (parts.h): one more, `part` is what stands behind the
 * word; and how its source is to be opened. */
struct input *inputs_add(struct run *r, const struct input_words *words, size_t index,
			 const char *part);
/* The value of --year, --tz, --offset for an input: of its own name, or of the word that gave it.
 */
const char *inputs_value(const struct named_values *values, const struct input *in);
/* False, and why not: one of them names no input of the run. */
bool inputs_named(const struct run *r, struct text *why_not);
struct source_options inputs_source_options(struct run *r, const struct input *in);

/* Every input can be read from its beginning again: none is a pipe or standard input. (Of one that
 * is not there nothing is read.) */
bool inputs_are_files(const struct run *r);
/* This one, as the command line has it, likewise. */
bool inputs_is_file(const char *path);
/* All are in one folder, under names that a rotation makes of one (rotate.h). */
bool inputs_named_alike(const struct run *r);
/* Those that have begun go on where others ended. */
bool inputs_are_one(const struct run *r);
/* Back to the beginning of all. */
void inputs_reopen(struct run *r);

/* When its next event was: is_preview. False: there is none. */
bool inputs_preview(struct input *in);
/* The next event by time, not yet numbered. With TOGETHER_MAYBE nothing comes any more once two
 * inputs show the same. */
bool inputs_next(struct run *r, struct event *ret);

/* Is it this packet's turn, while its input is read on? */
bool inputs_is_next(const struct run *r, const struct glance *g);
/* The same of all packets of an input on the wall clock, up to a time. */
bool inputs_until(const struct run *r, uint16_t input, int64_t *ret);
/* False: another input shows packets between its hosts, or into its tunnel, too; then nothing comes
 * any more. */
bool inputs_are_apart(struct run *r, const struct glance *g);
/* Input and vantage point as inputs_next() gives them. */
void inputs_place(const struct run *r, struct glance *g);

/* One input opened once more, for its packets or lines themselves; what it says meanwhile is shown
 * to `witness`, or to nobody (NULL). NULL: it cannot be read twice, or is of another kind. To be
 * closed. */
struct source *inputs_open_again(const struct run *r, size_t index, enum source_kind kind,
				 const struct log_witness *witness);

/* Every vantage point once; to be freed. */
size_t inputs_vantages(const struct run *r, struct vantage **ret);

/* Where inputs end too soon, and what a filter took: to standard error, and the exit status. */
void inputs_check(struct run *r);
/* Likewise of one that was only opened, and read by inputs_open_again(). */
void inputs_check_again(struct run *r, size_t index, const struct source *again);

#endif
