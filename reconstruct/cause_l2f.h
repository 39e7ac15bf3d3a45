/* Why tunnels and clients of L2F end: RFC 2341 4.4.5 has a mask of reasons. */
#ifndef L2TPSCOPE_CAUSE_L2F_H
#define L2TPSCOPE_CAUSE_L2F_H

#include "cause.h"

/* In place of the rows of L2TP's control connections. */
extern const struct cause_row cause_rows_l2f[];
extern const size_t n_cause_rows_l2f;

/* "L2F_CLOSE (Incorrect password) \"bad\"". */
struct str close_words(struct report *r, const struct ending *e);

/* A row of calls: the first CLOSE says or shows why. */
bool judge_l2f_close(struct trial *f);

#endif
