/* What became of the call or tunnel at the cursor, below the list that it is of: how it ended and
 * why, its findings, and on a wide screen beside them what came when. */
#ifndef L2TPSCOPE_TUI_BRIEF_H
#define L2TPSCOPE_TUI_BRIEF_H

#include "tui.h"

enum { BRIEF_PARTS = 2 };

struct tui_brief {
	const struct call *call;
	const struct tunnel *tunnel;
	size_t width; /* it was printed for; 0: nothing was */
	struct brief_part {
		char *text;
		size_t length;
	} part[BRIEF_PARTS];
};

void tui_brief_free(struct tui_brief *b);
/* Its call is one whose milestones are to be read again first (reread.h). */
bool tui_brief_waits(const struct tui_brief *b);
/* It has changed. */
void tui_brief_again(struct tui_brief *b);
/* What it is about: one of call and tunnel is NULL; both: what the inputs hold, if it is no call.
 */
struct brief_of {
	const struct call *call;
	const struct tunnel *tunnel;
	size_t n_rows; /* that the list has use for */
};

/* Draws it where there is room, and gives what is left for the list. */
struct area tui_brief_frame(struct tui_brief *b, struct tui *t, struct canvas *c, struct area a,
			    struct brief_of of);

#endif
