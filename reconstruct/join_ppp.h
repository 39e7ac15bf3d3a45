/* The PPP half of joining (join.h), and the small fillers both halves use. */
#ifndef L2TPSCOPE_JOIN_PPP_H
#define L2TPSCOPE_JOIN_PPP_H

#include "mark.h"

/* Each takes b's value when a has none. */
void fill_str(struct str *a, struct str b);
void fill_span(struct span *a, struct span b);
void fill_mark(struct mark *a, const struct mark *b);
/* The earlier (later) of both, on the reference clock. */
void fill_first(const struct report *r, struct mark *a, const struct mark *b);
void fill_last(const struct report *r, struct mark *a, const struct mark *b);

/* Joins machine instances; `b_is_there`: b was taken at that very end. */
void end_join(struct end *a, const struct end *b, bool b_is_there);

/* `at`: b was taken at the [LAC], at the [LNS]. */
void link_join(struct arena *arena, const struct report *r, struct ppp_link *a,
	       const struct ppp_link *b, const bool at[2]);
/* The client's side becomes the LNS's. */
void link_swap(struct ppp_link *p);

#endif
