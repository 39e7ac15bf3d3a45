/* Sights of one message in several views become one step: the others are its `seen_also`. */
#ifndef L2TPSCOPE_STEP_PAIRS_H
#define L2TPSCOPE_STEP_PAIRS_H

#include "replay.h"

/* Steps must be aligned, and be of the tunnel and session that theirs was joined into. */
void steps_pair(struct report *r);

#endif
