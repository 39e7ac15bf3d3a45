/* Which findings of a report follow from which, for who prints many of them. */
#ifndef L2TPSCOPE_CONSEQUENCES_H
#define L2TPSCOPE_CONSEQUENCES_H

#include "run.h"

struct consequences;

/* Of the report of the run, as long as it is that one; found when somebody asks. */
struct consequences *consequences_new(struct run *r);
void consequences_free(struct consequences *x);

/* Those of `root`, in the order of the report: `*ret_n` of them. */
const struct finding *const *consequences_of(struct consequences *x, const struct finding *root,
					     size_t *ret_n);

#endif
