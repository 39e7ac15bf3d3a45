/* The terminal of the screens: taken, drawn on, read from, and given back as it was, also when
 * the program is ended by a signal or crashes. The only file that knows curses. */
#ifndef L2TPSCOPE_TUI_TERM_H
#define L2TPSCOPE_TUI_TERM_H

#include "canvas.h"

/* A person at a terminal that can move its cursor. */
bool tui_term_is_there(void);
/* Of ncurses, which is loaded when it is needed; NULL and why: it is not there. */
const char *tui_library_version(struct text *why_not);

/* False and why, with the terminal untouched. `has_color`: as far as the terminal has. */
bool tui_term_start(bool has_color, struct text *why_not);
void tui_term_stop(void);
/* In a process that was forked: the terminal is the other one's, whatever ends this one. */
void tui_term_abandon(void);

/* What is behind the letters; TUI_UNKNOWN: as COLORFGBG says, else colours that can be read on
 * both.
 */
enum tui_background { TUI_UNKNOWN, TUI_DARK, TUI_LIGHT };
void tui_term_background(enum tui_background b);
/* Without it the terminal's own selection with the mouse works. */
void tui_term_mouse(bool is_wanted);

bool tui_term_is_utf8(void);
void tui_term_size(size_t *ret_rows, size_t *ret_columns);

/* `cursor_row` SIZE_MAX: no cursor. */
void tui_term_draw(const struct canvas *c, size_t cursor_row, size_t cursor_column);
/* As if nothing were known of what is on the terminal. */
void tui_term_redraw(void);

/* The next key (tui_key.h) within `milliseconds` (−1: waits); KEY_NOTHING when there is none.
 * KEY_OF_MOUSE comes with its place. */
struct tui_mouse {
	size_t row, column;
	enum { MOUSE_PRESS, MOUSE_TWICE, MOUSE_UP, MOUSE_DOWN } what;
};
uint32_t tui_term_key(int milliseconds, struct tui_mouse *ret_mouse);

/* Text for the clipboard of the person at the terminal (OSC 52). */
void tui_term_copy(struct str text);

#endif
