/* `calls --by`: calls in groups, how many came to what end and why. */
#ifndef L2TPSCOPE_CALLS_GROUP_H
#define L2TPSCOPE_CALLS_GROUP_H

#include "run.h"

/* As --json, --format csv or a table. */
void calls_print_groups(struct run *r);

/* Tunnels that led to no call: a line for each cause, with how many there were. */
void calls_print_attempts(struct run *r);

#endif
