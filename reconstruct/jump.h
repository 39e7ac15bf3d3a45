/* A clock that is set while it records: by years when NTP first answers, back when an operator
 * errs. What lies between two records across it is unknown. */
#ifndef L2TPSCOPE_JUMP_H
#define L2TPSCOPE_JUMP_H

#include "observer.h"

/* Would a record of that time be behind a jump? */
bool jump_is(const struct observer *o, struct moment now);

/* The moment of `c`, whose mark is made, with the setting of the clock that it belongs to. */
struct moment jump_moment(struct context *c);

#endif
