/* PPP links that two vantage points recorded: their sessions, found by what PPP has by chance (a
 * challenge, magic numbers) or by the pppd that serves both. */
#ifndef L2TPSCOPE_LINK_PAIRS_H
#define L2TPSCOPE_LINK_PAIRS_H

#include "replay.h"

/* `x` is of tunnel `a`, `y` of tunnel `b`, which stands behind it in the report. */
struct link_pair {
	uint32_t a, b; /* places of the tunnels in report.tunnels */
	uint32_t x, y; /* places among all sessions */
	struct session *of_a, *of_b;
};
struct link_pairs {
	struct link_pair *at; /* in order of a, b, x, y; owned: link_pairs_free() */
	size_t n, room;
};

/* Before any of them was joined. */
struct link_pairs link_pairs_find(const struct report *r);
void link_pairs_free(struct link_pairs *p);

/* Hashes of what the same link has in every recording: link_fits() is asked where one is equal. */
enum { LINK_KEYS = 6 };
size_t link_keys(const struct ppp_link *l, uint64_t ret[LINK_KEYS]);

#endif
