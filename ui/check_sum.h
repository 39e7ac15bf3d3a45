/* What `check` keeps of what it has told, until the end of the run. */
#ifndef L2TPSCOPE_CHECK_SUM_H
#define L2TPSCOPE_CHECK_SUM_H

#include "options.h"
#include "rule.h"

struct check_sum;

void check_sum_free(struct check_sum *s);

/* --fail-on */
enum severity check_fail_on(const struct options *o);

#endif
