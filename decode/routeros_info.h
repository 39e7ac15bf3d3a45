/* Calls of a RouterOS log that prints no packet and no state of a tunnel: topics without `debug`
 * name a call by its interface and its user only, and say how far it came and how it ended. */
#ifndef L2TPSCOPE_ROUTEROS_INFO_H
#define L2TPSCOPE_ROUTEROS_INFO_H

#include "speech.h"

enum { ROUTEROS_LINKS = 256 };

struct info_link {
	char interface[64], user[64];
	bool is_begun; /* its call was told */
	bool dials;    /* a client's; its packets may still be printed */
};

struct routeros_info {
	struct info_link links[ROUTEROS_LINKS]; /* the oldest is forgotten */
	size_t next_link;
	struct address *peer; /* while a line is taken: where the last first packet came from */
};

/* Says what a line means for its call; false: it is no such line. `peer` is used up by the call
 * that begins. */
bool routeros_info_take(struct speech *s, struct routeros_info *x, const struct spoken *line,
			struct address *peer);

#endif
