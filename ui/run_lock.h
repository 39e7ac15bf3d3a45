/* Least power (sandbox.h) for a run: what of it needs which files. */
#ifndef L2TPSCOPE_RUN_LOCK_H
#define L2TPSCOPE_RUN_LOCK_H

#include "run.h"

/* Before the first octet of an input is read. False, and said: where the output goes nothing can be
 * written. */
bool run_lock_opening(struct run *r);
/* Inputs are open; records have not been read. */
void run_lock(struct run *r);

#endif
