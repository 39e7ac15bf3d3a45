/* One record out of two that are the same tunnel, seen from two vantage points.
 *
 * Facts that one view lacks are filled from the other; what only an end itself knows is taken
 * from the view at that end; of counters the larger one is right, because both count the same
 * messages. Marks keep their vantage point, so times stay comparable (mark.h).
 * The views' offsets must be known before. */
#ifndef L2TPSCOPE_JOIN_H
#define L2TPSCOPE_JOIN_H

#include "mark.h"

/* Where records went: steps that point to a joined record are redirected. */
struct redirect {
	const void *from;
	void *to;
};
struct redirects {
	struct redirect *at; /* owned: free() */
	size_t n, room;
};

void redirects_add(struct redirects *m, const void *from, void *to);

/* Joins `b` (and its sessions) into `a`; `b` goes to the end of a's `joined` list. */
void tunnel_join(struct report *r, struct tunnel *a, struct tunnel *b, struct redirects *moved);

/* Joins session `b` into `a`; `at` tells which end's own view b is: at[LAC], at[LNS]. */
/* The interfaces of the two ends, the other way round. May be NULL. */
void told_turn(struct session_told *told);
void session_join(struct arena *arena, const struct report *r, struct session *a, struct session *b,
		  const bool at[2]);

/* Turns the record around: the initiator becomes the responder. For views that saw only the
 * middle and could not know who had opened the tunnel. */
void tunnel_swap(struct tunnel *t);

/* A tunnel of which nothing is known but the PPP in it (the log of a pppd alone). */
bool tunnel_is_faceless(const struct tunnel *t);
/* Is it the same PPP link? A CHAP challenge of 8 octets or more says so, or both magic numbers. */
bool link_is_same(const struct ppp_link *a, const struct ppp_link *b);
/* The same, as far as only one end of it ever spoke; enough where nothing else is known of it. */
bool link_fits(const struct ppp_link *a, const struct ppp_link *b);
/* The same link, but what one calls the client is the other's LNS. */
bool link_is_reversed(const struct ppp_link *a, const struct ppp_link *b);
/* One and the same pppd serves both: its log, and that of the daemon that started it. */
bool session_shares_pppd(const struct session *a, const struct session *b);
/* LAC and LNS, client and LNS, the other way round. */
void session_swap(struct session *s);
/* The magic number that an end asked for last, empty when none. */
struct span link_magic(const struct ppp_link *l, unsigned side);

#endif
