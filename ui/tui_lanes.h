/* One row of a ladder as a line of letters: arrows, words and states in the lanes of parties. */
#ifndef L2TPSCOPE_TUI_LANES_H
#define L2TPSCOPE_TUI_LANES_H

#include "ladder.h"

struct lanes {
	const struct ladder *ladder;
	size_t first, apart; /* columns: of the first lane, between two */
	size_t width;        /* of the whole line */
	/* There is no room for lanes: each row says from whom to whom in words. */
	bool is_narrow, has_no_time;
};

/* As wide as `room` lets them be, and never narrower than words need: where the last lane would be
 * out of sight there are none. */
/* Columns that lanes need at least. */
size_t lanes_least(const struct ladder *l, size_t margin);
struct lanes lanes_make(const struct ladder *l, size_t margin, size_t room);
/* The names of the parties above their lanes. */
void lanes_head(const struct lanes *l, struct text *t);
/* `left` stands before the first lane; `color` is the sequence of the arrow, or "". */
void lanes_message(const struct lanes *l, struct text *t, struct str left,
		   const struct ladder_row *row, const char *color);
/* The `i`-th line of states below the message: of each party one; false when there is none. */
size_t lanes_state_lines(const struct ladder_row *row);
void lanes_states(const struct lanes *l, struct text *t, const struct ladder_row *row, size_t i);
/* Words across the lanes. */
void lanes_words(const struct lanes *l, struct text *t, struct str words, const char *color);

#endif
