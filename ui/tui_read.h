/* What is looked at is read again from a large capture (reread.h) by another thread, while keys are
 * answered. */
#ifndef L2TPSCOPE_TUI_READ_H
#define L2TPSCOPE_TUI_READ_H

#include "tui.h"

struct tui_what {
	const struct call *calls[2];
	size_t n_calls;
	const struct tunnel *tunnel;
	uint64_t event;
};

/* False: what nobody waits for any more is still being read. */
bool tui_reader_start(struct tui *t, const struct tui_what *what);
/* That is what was started last, and somebody waits for it. */
bool tui_reader_reads(const struct tui *t, const struct tui_what *what);
/* A moment, while it is read; true. */
bool tui_reader_wait(void);
/* It is still being read. If not, and it was not left: tui_reader_take(). */
bool tui_reader_is_busy(struct tui *t);
/* Its steps are those of the report; false: not all of it could be read. */
bool tui_reader_take(struct tui *t);
/* Nobody waits for it any more. */
void tui_reader_leave(struct tui *t);
/* Before the end; waits for it. */
void tui_reader_free(struct tui *t);

/* Once that is there: `open`, about `here`; a screen says so if it takes longer, and Esc leaves. */
struct tui_here {
	const struct call *call;
	const struct tunnel *tunnel;
	uint64_t event;
};
void tui_read_and_open(struct tui *t, const struct tui_what *what, enum action a,
		       const struct tui_here *here,
		       void (*open)(struct tui *t, enum action a, const struct tui_here *here));

#endif
