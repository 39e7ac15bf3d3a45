/* `calls --by`: calls in groups, how many came to what end and why. */
#ifndef L2TPSCOPE_CALLS_GROUP_H
#define L2TPSCOPE_CALLS_GROUP_H

#include "run.h"

/* As --json, --format csv or a table. */
void calls_print_groups(struct run *r);

#endif
