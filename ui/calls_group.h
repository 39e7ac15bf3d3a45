/* `calls --by`: calls in groups, how many came to what end and why. */
#ifndef L2TPSCOPE_CALLS_GROUP_H
#define L2TPSCOPE_CALLS_GROUP_H

#include "run.h"

struct calls_groups;

struct calls_groups *calls_groups_new(void);
void calls_groups_free(struct calls_groups *all);

/* The calls of the report are counted: once, whenever some were told. */
void calls_groups_take(struct calls_groups *all, struct run *r);
/* As --json, --format csv or a table. */
void calls_groups_print(struct calls_groups *all, struct run *r);

#endif
