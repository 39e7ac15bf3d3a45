/* The way out: standard output or the file of -o. The only door to a terminal for untrusted
 * text, and the only place that knows width and colour.
 *
 * Renderers build a line in a `struct text` and hand it to term_line. Not on a terminal the
 * width is 120 and there is no colour (--color always aside), so output is the same everywhere;
 * COLUMNS and --width are wishes that hold everywhere. */
#ifndef L2TPSCOPE_TERM_H
#define L2TPSCOPE_TERM_H

#include "text.h"
#include "whole_file.h"

enum style { STYLE_NONE, STYLE_BOLD, STYLE_DIM, STYLE_GOOD, STYLE_BAD, STYLE_WARN, STYLE_NOTE };

enum { TERM_WIDTH_ELSEWHERE = 120 }; /* in a file or a pipe */

struct term {
	FILE *out;
	struct whole_file file; /* whose `out` that is */
	bool is_broken;      /* nothing more arrives: the reader went away, or the disk is full */
	int error;           /* errno of what failed first */
	bool has_failed;     /* broken, and not by a reader that had enough */
	bool is_aside;       /* what is written is kept, and not yet output */
	struct shelf *shelf; /* unless NULL: it is kept there (shelf.h) */
	bool has_color;
	bool is_tty; /* a person looks at it, in a window of `width` */
	unsigned width;
	bool has_width; /* a window, COLUMNS or --width said so */
};

enum { TERM_WIDTH_LEAST = 40, TERM_WIDTH_MOST = 400 };

/* As near as these limits let it be. */
void term_set_width(struct term *t, uint64_t columns);
struct term_wish {
	const char *path;  /* NULL or `-`: standard output */
	const char *color; /* auto, always or never */
	bool is_forced;    /* a file that is there is replaced */
	bool is_growing;   /* somebody reads the file while it is written */
	bool is_bulk;      /* nobody waits for a line: written much at a time */
};

/* The columns that COLUMNS or the window gives; 0: neither does. */
uint64_t term_window(FILE *out);
bool term_open(struct term *t, const struct term_wish *wish, struct text *why_not);
/* False when what was written did not all arrive (a reader that went away is no failure). A file is
 * whole then, or it is not there; nor is it when `is_wanted` is false. */
bool term_close(struct term *t, bool is_wanted, struct text *why_not);

/* The line and a newline; `line` is cleared for the next one. */
void term_line(struct term *t, struct text *line);
void term_puts(struct term *t, const char *own_words);
void term_write(struct term *t, struct str bytes);
/* Nothing more is written: `error` (errno) is why. */
void term_fail(struct term *t, int error);
/* What an input holds, byte for byte; at a terminal, where it could take effect, escaped but for
 * newlines and tabs. */
void term_verbatim(struct term *t, struct str lines);

/* Text from an input, escaped, secrets in it masked (secrecy.h) unless `show_secrets`. */
void term_untrusted(struct text *line, struct str s, bool show_secrets);

/* A message about this run, on standard error. It may hold names of files and what somebody typed:
 * escaped but for newlines. */
void term_complain(struct str message);

/* Own words in a style; plain without colour. */
void term_styled(const struct term *t, struct text *line, enum style style, const char *words);
void term_style_on(const struct term *t, struct text *line, enum style style);
void term_style_off(const struct term *t, struct text *line, enum style style);

/* Columns that `s` takes on a terminal; colour sequences take none. */
size_t term_columns(struct str s);
/* At most `width` columns of `s`, cut between words when there is a blank; at least nothing. */
struct str term_piece(struct str s, size_t width);
/* Blanks until the line is `column` wide; at least one when `line` is not empty and `apart`. */
void term_pad(struct text *line, size_t column, bool apart);
/* `s` in lines no wider than the terminal, each after `indent` blanks; the first line follows
 * what already stands in `line`. Prints and clears `line`. */
void term_wrap(struct term *t, struct text *line, size_t indent, struct str s);
/* The line, which may be wider than the terminal, in lines that are not. */
void term_fold(struct term *t, struct text *line, size_t indent);

#endif
