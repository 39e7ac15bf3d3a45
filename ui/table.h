/* An aligned table: rows are collected, then printed as wide as they must be and no wider than
 * the terminal, or than COLUMNS or --width ask for; into a file or a pipe nothing else is cut. A
 * column of which no row knows anything is left out.
 *
 * What gives way, in this order, until a row fits: optional columns, letters of names, the ids
 * behind them, then whole columns by their rank. */
#ifndef L2TPSCOPE_TABLE_H
#define L2TPSCOPE_TABLE_H

#include "arena.h"
#include "term.h"

enum { TABLE_COLUMNS = 20 };

struct table_column {
	const char *title;
	bool is_right;    /* numbers */
	bool is_time;     /* a date and a time: the date goes where `hides_dates` */
	unsigned shrinks; /* least width it may be cut to; 0: never cut */
	bool is_kept;     /* shown even when empty */
	bool is_optional; /* left out, the last first, before anything is cut */
	bool keeps_tail;  /* the first word is cut, and the ids behind it are not: they go whole */
	unsigned gives;   /* left out when cutting does not help, the lowest first; 0: never */
};

struct table {
	struct arena *arena;
	const struct table_column *columns;
	size_t n_columns;
	struct table_row *first, *last;
	size_t n_rows;
	bool hides_dates;
};

struct table table_make(struct arena *a, const struct table_column *columns, size_t n_columns);
/* The cells are copied; an empty str is shown as `-`. */
void table_add(struct table *t, const struct str *cells, const enum style *styles);
void table_print(const struct table *t, struct term *term);

#endif
