/* Where everything of a picture stands, while it is laid out. A row takes, from above: its words,
 * its arrow, the states it moves (at the right of each lifeline), its findings. Words never leave
 * the gap behind their lifeline, so that nothing can overlap; the last lifeline has a gap of its
 * own. */
#ifndef L2TPSCOPE_PICTURE_LAYOUT_H
#define L2TPSCOPE_PICTURE_LAYOUT_H

#include "picture_bars.h"

enum {
	EDGE = 16,  /* around the page */
	SIZE = 12,  /* of words */
	LEAD = 15,  /* from line to line */
	SMALL = 10, /* of what is said beside */
	SMALL_LEAD = 13,
	PAD = 6,
	RULER = 72, /* of true time */
	GAP_LEAST = 14,
	NEAR = 4,
};

struct layout {
	const struct ladder *ladder;
	const struct picture_wish *wish;
	struct picture *picture;
	struct page front, back; /* of the page that is being made; back: lifelines and bars */
	struct bars bars[LIMIT_LADDER_PARTIES];
	double lane[LIMIT_LADDER_PARTIES + 1]; /* and where the last gap ends */
	double times;                          /* left edge of the times */
	size_t time_columns;
	double head; /* where rows begin on each page */
	double y;
	double rows_end; /* where lifelines end */
	double scale;    /* pixels a second of true time; 0: rows follow each other */
	double zero;     /* y of the first moment */
	size_t rows_here;
	struct text words;
};

struct lettering {
	enum ink ink;
	double size;
	bool is_bold;
};

struct point {
	double x, y;
};

struct stroke {
	enum ink ink;
	double width;
	bool is_dashed;
};

extern const struct lettering lettering_plain, lettering_bold, lettering_dim;

/* Where words beside a lifeline may stand. */
double layout_words_left(const struct layout *l, size_t party);
double layout_words_right(const struct layout *l, size_t party);

/* ---- picture_put.c ---- */

double layout_width(struct str s, double size);
void layout_text(struct layout *l, double x, double baseline, struct str s, struct lettering how);
void layout_rect(struct page *page, struct point at, struct point size, enum ink ink,
		 bool is_framed);
void layout_line(struct page *page, struct point from, struct point to, struct stroke how);
/* Words in lines no wider than `width`, from `y` down; returns where they end. */
double layout_words(struct layout *l, double x, double y, double width, struct str s,
		    struct lettering how);

/* ---- picture_row.c ---- */

/* Draws a row at l->y; returns where it ends, and where its states change. */
double layout_row(struct layout *l, const struct ladder_row *row, double *ret_changes);
/* A finding in its box; returns where it ends. */
double layout_note(struct layout *l, const struct ladder_note *note, double left, double right,
		   double y);
enum ink layout_arrow_ink(const struct ladder_row *row);

/* ---- picture_ruler.c ---- */

/* From the first row to the last, copies included. */
double layout_seconds(const struct ladder *l);
/* The true place of a row on the ruler, a line from there to the row, and a stroke for each copy.
 */
void layout_tie_to_time(struct layout *l, const struct ladder_row *row);
void layout_ruler(struct layout *l, double seconds);

#endif
