/* The sentences behind calls: one for each cause of those that ended badly, and one for each cause
 * of tunnels that led to no call. Of many that ended alike it is the sentence of the first. */
#ifndef L2TPSCOPE_CALLS_WHY_H
#define L2TPSCOPE_CALLS_WHY_H

#include "run.h"

struct calls_why;

struct calls_why *calls_why_new(void);
void calls_why_free(struct calls_why *w);

/* The calls and tunnels of the report are counted: once, whenever some were told. */
void calls_why_take(struct calls_why *w, struct run *r);

void calls_why_print(const struct calls_why *w, struct run *r);
void calls_why_print_attempts(const struct calls_why *w, struct run *r);

#endif
