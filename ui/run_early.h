/* Which rows of a run are told before all is read, and what becomes of them if that was too early:
 * they are forgotten, and all is read again. */
#ifndef L2TPSCOPE_RUN_EARLY_H
#define L2TPSCOPE_RUN_EARLY_H

#include "run.h"

/* Of one vantage point, a capture, whose calls can be told as they end: nothing that comes later
 * changes them. */
bool run_may_tell(const struct run *r);

/* A log of which only words are asked: those are kept, and not the messages. If it turns out to be
 * of several consoles, whose messages are compared, it is read again. */
bool run_is_one_log(const struct run *r);
bool run_finds_consoles(const struct run *r);
/* Its calls have numbers when they begin, whatever is asked. */
bool run_is_long_log(const struct run *r);
/* And are told as they end; the rows are put aside while it may turn out that it is to be read
 * again. */
bool run_tells_log(const struct run *r);
/* What was told of it does not hold, or is nowhere to be put. */
bool run_is_told_in_vain(struct run *r);

/* How several inputs are read next; `before` was tried in vain, TOGETHER_UNASKED at first. */
enum together run_together_next(const struct run *r, enum together before);
void run_together_try(struct run *r, enum together together);
/* What showed nothing in common was of the same calls all the same. */
bool run_are_not_apart(const struct run *r);

#endif
