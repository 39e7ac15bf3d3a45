/* State bars: each machine of a party is a thin bar along its lifeline, coloured by what its state
 * means. */
#ifndef L2TPSCOPE_PICTURE_BARS_H
#define L2TPSCOPE_PICTURE_BARS_H

#include "picture.h"

enum { BARS = 6 }; /* machines of one party that get a bar; more are told in words only */

struct bar {
	struct str name; /* `tunnel`, `session`, `LCP` */
	enum ink ink;
	double since; /* where its colour begins */
	bool is_on;   /* a state is known from here on */
};

struct bars {
	struct bar at[BARS];
	size_t n;
};

/* What a machine is called beside its states. */
struct str bar_name(const struct ladder_state *s);
enum ink bar_ink(const struct machine *m, uint8_t state);

/* The machine has a bar from now on, if there is room. */
void bars_know(struct bars *b, const struct ladder_state *s);
/* The colour of its bar changes at `y`; what it was is drawn behind the page. */
void bars_change(struct bars *b, const struct ladder_state *s, double x, double y,
		 struct page *back);
/* The page ends at `y`, the next one begins at `next`. */
void bars_end_page(struct bars *b, double x, double y, double next, struct page *back);
/* From the lifeline to the outer edge of its bars. */
double bars_half(const struct bars *b);

#endif
