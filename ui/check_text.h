/* `check` as text: the findings of a run, most severe first, alike ones folded. They come bit by
 * bit, as calls end, and are told at the end: of each there is a row of a few octets, and its words
 * are spilled to a file where they are many; what is folded has none. */
#ifndef L2TPSCOPE_CHECK_TEXT_H
#define L2TPSCOPE_CHECK_TEXT_H

#include "run.h"

struct check_text;

struct check_text *check_text_new(struct run *r);
void check_text_free(struct check_text *x);

/* The `n` findings that are shown of those that are told now. */
void check_text_take(struct check_text *x, const struct finding *const *shown, size_t n);

/* Prints them, and clears. How many of a severity were told in full, and how many only with their
 * root. */
struct check_counts {
	size_t by_severity[SEVERITY_ERROR + 1];
	size_t folded;
};
struct check_counts check_text_print(struct check_text *x);

#endif
