/* What `diff` found, for people (side by side, as wide as the terminal) and as JSON. */
#ifndef L2TPSCOPE_DIFF_PRINT_H
#define L2TPSCOPE_DIFF_PRINT_H

#include "diff.h"

void diff_print(struct run *r, struct diff *d);
void diff_json(struct run *r, struct diff *d);

/* `only-a`, `changed` … */
const char *diff_kind_word(enum diff_kind kind);
/* `client → LNS  LCP CONFREQ`, escaped. */
void diff_line_words(struct text *t, const struct diff_line *line);
/* "CHAP: A has SUCCESS, B has FAILURE": the row in a sentence. */
void diff_row_words(struct text *t, const struct diff_row *row);

#endif
