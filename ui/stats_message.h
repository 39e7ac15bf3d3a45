/* Messages by type, for stats.c: from the counters that the replay keeps, so no message is held. */
#ifndef L2TPSCOPE_STATS_MESSAGE_H
#define L2TPSCOPE_STATS_MESSAGE_H

#include "stats.h"

/* Of the `s->calls` calls, and of the tunnels that the options let through. */
void stats_count_messages(struct stats *s, struct run *r, const struct call *const *calls);

#endif
