/* An input that begins: is it where another one went on (rotate.h)? Then it shares its vantage
 * point. Between inputs.c, which opens, inputs_read.c, which reads, and inputs_rotated.c, which
 * compares. */
#ifndef L2TPSCOPE_INPUTS_ROTATED_H
#define L2TPSCOPE_INPUTS_ROTATED_H

#include "inputs.h"

/* It gives its first event now. */
void rotated_begin(struct run *r, struct input *in);

/* The next event of one input; false at its end. */
bool input_read_on(struct input *in, struct event *ret);
/* Which one is the first of those that it continues; itself: none. */
size_t input_root(const struct run *r, const struct input *in);
/* Its head is its next event, if there is one. */
void input_pull(struct input *in);
/* What was looked at before its turn has been given, or is not wanted any more. */
void input_ahead_end(struct input *in);

#endif
