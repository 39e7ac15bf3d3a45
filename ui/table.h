/* An aligned table: rows are collected, then printed as wide as they must be and no wider than
 * the terminal; into a file or a pipe nothing is cut. A column of which no row knows anything is
 * left out. */
#ifndef L2TPSCOPE_TABLE_H
#define L2TPSCOPE_TABLE_H

#include "arena.h"
#include "term.h"

enum { TABLE_COLUMNS = 20 };

struct table_column {
	const char *title;
	bool is_right;    /* numbers */
	unsigned shrinks; /* least width it may be cut to; 0: never cut */
	bool is_kept;     /* shown even when empty */
	bool is_optional; /* left out, the last first, before anything is cut */
	bool keeps_tail;  /* the first word is cut, not the ids behind it */
};

struct table {
	struct arena *arena;
	const struct table_column *columns;
	size_t n_columns;
	struct table_row *first, *last;
	size_t n_rows;
};

struct table table_make(struct arena *a, const struct table_column *columns, size_t n_columns);
/* The cells are copied; an empty str is shown as `-`. */
void table_add(struct table *t, const struct str *cells, const enum style *styles);
void table_print(const struct table *t, struct term *term);

#endif
