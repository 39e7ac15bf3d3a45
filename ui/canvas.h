/* A grid of character cells: what a screen draws into, and what a test reads without a terminal.
 *
 * Text comes in as lines that renderers build (term.h): escaped, with the program's own colour
 * sequences. Whatever else is no character is shown as `?`, so that nothing but characters ever
 * reaches the terminal. `\033[nG` goes on in column n (from 1): a table's cells stay in their
 * columns whatever the width of the letters before them. */
#ifndef L2TPSCOPE_CANVAS_H
#define L2TPSCOPE_CANVAS_H

#include "text.h"

enum { CELL_CODES = 3, COLOR_NONE = 0 };

enum cell_flag {
	CELL_BOLD = 1 << 0,
	CELL_DIM = 1 << 1,
	CELL_UNDERLINE = 1 << 2,
	CELL_REVERSE = 1 << 3,
};

struct cell {
	uint32_t codes[CELL_CODES]; /* a letter and its marks; 0: what a wide letter covers */
	uint8_t color;              /* COLOR_NONE, or 1 to 7 as ANSI counts them */
	uint8_t flags;
};

struct canvas {
	size_t rows, columns;
	bool is_utf8; /* else ASCII stands for lines and arrows, and `?` for other letters */
	struct cell *cells;
};

/* Part of a canvas: rows and columns [top, bottom) × [left, right). */
struct area {
	size_t top, left, bottom, right;
};

struct canvas *canvas_new(bool is_utf8);
void canvas_free(struct canvas *c);
void canvas_resize(struct canvas *c, size_t rows, size_t columns);
void canvas_clear(struct canvas *c);
struct area canvas_whole(const struct canvas *c);

/* A line at `row` of the area, without its first `skip` columns. What does not fit is cut: `~` in
 * the last column stands for the rest of a line, or of a cell that begins in sight. */
void canvas_line(struct canvas *c, struct area a, size_t row, size_t skip, struct str line);
/* Adds `flags` to the cells of a row of the area. */
void canvas_flag(struct canvas *c, struct area a, size_t row, unsigned flags);
/* The row becomes one bar: reversed, whatever colours it has. */
void canvas_cursor(struct canvas *c, struct area a, size_t row);
/* Underlines and reverses where `needle` stands in the row, in any case of letters. */
void canvas_find(struct canvas *c, struct area a, size_t row, struct str needle);
/* A rule from top to bottom of the area at `column` of the canvas. */
void canvas_rule(struct canvas *c, struct area a, size_t column);

/* The letters of a row, without blanks at the end. */
void canvas_print_row(const struct canvas *c, size_t row, struct text *t);

/* The same text without sequences: to search in, to copy. */
void canvas_plain(struct text *t, struct str line);
/* Finds `needle` in any case of ASCII letters. */
bool canvas_holds(struct str plain, struct str needle);
/* Columns of a line up to its end. */
size_t canvas_width(bool is_utf8, struct str line);

#endif
