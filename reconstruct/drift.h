/* How fast one clock runs against another, from messages that both saw over a long time. */
#ifndef L2TPSCOPE_DRIFT_H
#define L2TPSCOPE_DRIFT_H

#include "offset.h"

/* Seconds that b's clock gains on a's in each second. False: the messages are too few or too close
 * together to tell, or a clock was set in between, which is no drift. */
bool drift_of(const struct samples *s, double *ret);

/* Takes the drift out of the differences: they are then as at `from` (on a's clock). */
void drift_remove(struct samples *s, double drift, int64_t from);

#endif
