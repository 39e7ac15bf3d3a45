/* Messages by type, for stats.c: from the counters that the replay keeps, so no message is held. */
#ifndef L2TPSCOPE_STATS_MESSAGE_H
#define L2TPSCOPE_STATS_MESSAGE_H

#include "stats.h"

void stats_count_call(struct stats *s, struct run *r, const struct call *c);
void stats_count_tunnel(struct stats *s, const struct tunnel *t);
void stats_sort_messages(struct stats *s);

/* Each type of message that the sessions of a call count, more than once where several have it. */
struct stats_counted {
	uint32_t order;
	const char *protocol, *name;
	uint64_t n, again;
};
void stats_each_message(const struct call *c,
			void (*take)(void *context, const struct stats_counted *c), void *context);

#endif
