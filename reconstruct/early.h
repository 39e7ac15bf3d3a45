/* Control messages ahead of a gap: each waits until what is missing before it has come, or will not
 * come any more. */
#ifndef L2TPSCOPE_EARLY_H
#define L2TPSCOPE_EARLY_H

#include "observer.h"

/* The message of end `from` waits. */
void early_hold(struct context *c, struct tunnel *t, unsigned from);

/* What need not wait any more goes on; `at_end`: nothing need. */
void early_release(struct context *c, struct tunnel *t, unsigned from, bool at_end);

#endif
