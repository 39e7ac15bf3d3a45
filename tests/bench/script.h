/* What becomes of a call, step by step: each fate has its script, and what the tool must say of it
 * (fate_verdict) stands beside that. */
#ifndef L2TPSCOPE_BENCH_SCRIPT_H
#define L2TPSCOPE_BENCH_SCRIPT_H

#include "carrier.h"

/* Sends what the call sends next; after how many microseconds the step behind it follows. */
int64_t script_step(struct carrier *c, struct call *call);
bool script_is_over(const struct call *call);
bool script_has_iccn(enum fate fate);

#endif
