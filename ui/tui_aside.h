/* What a command prints of very many calls, worked out by a process of its own: it has the model as
 * it was when it began, and keys are answered meanwhile. */
#ifndef L2TPSCOPE_TUI_ASIDE_H
#define L2TPSCOPE_TUI_ASIDE_H

#include <sys/types.h>

#include "tui.h"

struct aside {
	pid_t process; /* 0: none */
	int from;
	char *text;
	size_t length, room;
};

/* As tui_print(). False: no process could be started. */
bool aside_start(struct aside *a, struct tui *t, size_t width,
		 void (*print)(struct run *r, const void *what), const void *what);
/* Takes what came; true while more may come. At the end `text` is the caller's. */
bool aside_take(struct aside *a);
void aside_stop(struct aside *a);

#endif
