/* One record out of two that are the same tunnel, seen from two vantage points.
 *
 * Facts that one view lacks are filled from the other; what only an end itself knows is taken
 * from the view at that end; of counters the larger one is right, because both count the same
 * messages. Marks keep their vantage point, so times stay comparable (mark.h).
 * The views' offsets must be known before. */
#ifndef L2TPSCOPE_JOIN_H
#define L2TPSCOPE_JOIN_H

#include "link_pairs.h"
#include "mark.h"
#include "redirects.h"

/* Tunnels that are joined one after the other. */
struct joining {
	struct report *r;
	struct redirects *moved;
	/* Sessions of these two that have one PPP link: asked where nothing else is known of one.
	 */
	const struct link_pair *links;
	size_t n_links;
	struct redirects lasts; /* the last tunnel in the `joined` list of each; owned */
};

/* Joins `b` (and its sessions) into `a`; `b` goes to the end of a's `joined` list. It stays in the
 * report's list. False: only the PPP of `b` is known, and `a` has not that link, or has a record of
 * that vantage point in it already; nothing was done. */
bool tunnel_join(struct joining *j, struct tunnel *a, struct tunnel *b);

/* What only logs tell of its two ends, the other way round. */
void told_turn(struct session *s);
/* Joins session `b` into `a`; `at` tells which end's own view b is: at[LAC], at[LNS]. */
void session_join(struct arena *arena, const struct report *r, struct session *a, struct session *b,
		  const bool at[2]);

/* Turns the record around, all of it that is told by end: the initiator becomes the responder. For
 * views that saw only the middle and could not know who had opened the tunnel; of one that is still
 * followed, tunnel_flip(). */
void tunnel_swap(struct tunnel *t);

/* What ICMP said of `t` is known; else what it said of `other`, the same tunnel. */
void tunnel_fill_icmp(struct tunnel *t, const struct tunnel *other);

/* A tunnel of which nothing is known but the PPP in it (the log of a pppd alone). */
bool tunnel_is_faceless(const struct tunnel *t);
/* One and the same pppd serves both: its log, and that of the daemon that started it. */
bool session_shares_pppd(const struct session *a, const struct session *b);
/* LAC and LNS, client and LNS, the other way round. */
void session_swap(struct session *s);

#endif
