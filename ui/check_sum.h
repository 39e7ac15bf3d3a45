/* What `check` keeps of what it has told, until the end of the run. */
#ifndef L2TPSCOPE_CHECK_SUM_H
#define L2TPSCOPE_CHECK_SUM_H

#include "options.h"
#include "rule.h"

struct check_sum;

void check_sum_free(struct check_sum *s);

/* Of so many findings of each severity: what --fail-on says. */
enum exit_status check_status(const struct options *o, const size_t *by_severity);

#endif
