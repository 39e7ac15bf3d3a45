/* What `stats --json` prints. */
#ifndef L2TPSCOPE_STATS_JSON_H
#define L2TPSCOPE_STATS_JSON_H

#include "stats.h"

/* The totals, then an object for each group, each type of messages, each minute. */
void stats_json(struct run *r, struct stats *s);

#endif
