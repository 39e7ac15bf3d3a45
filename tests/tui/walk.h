/* The program in a terminal that nobody sees: a pty, and libvterm for what would be on it. */
#ifndef L2TPSCOPE_WALK_H
#define L2TPSCOPE_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>
#include <vterm.h>

struct terminal {
	int master, slave;
	pid_t child;
	bool has_ended;
	int status; /* as a shell has it: 128 + the signal */
	struct termios before;
	VTerm *vterm;
	VTermScreen *screen;
	int rows, columns;
	bool is_alternate, has_mouse, is_cursor_hidden;
};

/* Starts the words, the last one NULL; the environment is the caller's. */
bool terminal_start(struct terminal *t, int rows, int columns, char *const *words);
void terminal_stop(struct terminal *t);
void terminal_resize(struct terminal *t, int rows, int columns);
void terminal_write(struct terminal *t, const char *octets, size_t n);
/* `F1`, `Enter`, `C-c`, `PageDown`, or a letter. False: no such key. */
bool terminal_key(struct terminal *t, const char *name);
/* Takes what comes within `milliseconds`; false when nothing came. */
bool terminal_read(struct terminal *t, int milliseconds);
/* The letters, a line a row, without blanks at the ends; to be freed. */
char *terminal_text(struct terminal *t);
/* A letter as up to 4 octets. */
size_t terminal_utf8(char *at, uint32_t code);

#endif
