/* A ladder as a drawing: rectangles, lines and texts at places, on one page or several. The
 * emitters (svg; png and pdf through cairo) put them down as they are, so that all three look the
 * same and what is tested of one holds for the others.
 *
 * Sizes are in pixels of 1/96 inch. Text is set in one monospaced face whose advance is known
 * (DejaVu Sans Mono: 1233/2048 of the size), so that a text is as wide as its columns say
 * (term_columns) wherever it is laid out. `width` of a text is binding: an emitter that has only
 * another face squeezes the text into it. */
#ifndef L2TPSCOPE_PICTURE_H
#define L2TPSCOPE_PICTURE_H

#include "ladder.h"

static inline double larger(double a, double b)
{
	return a > b ? a : b;
}

static inline double smaller(double a, double b)
{
	return a < b ? a : b;
}

/* Inks by what they mean; a theme gives each a colour. */
enum ink {
	INK_PAGE,
	INK_TEXT,
	INK_DIM,
	INK_LINE,   /* lifelines, frames */
	INK_ARROW,  /* messages */
	INK_DATA,   /* payload, keepalives, folded calls */
	INK_LOST,   /* sent and never seen to arrive */
	INK_BOX,    /* heads, speech */
	INK_IDLE,   /* state bars: not begun, or ended */
	INK_BUSY,   /* on the way */
	INK_OPEN,   /* up */
	INK_FAILED, /* refused */
	INK_ERROR,  /* findings */
	INK_WARNING,
	INK_NOTE,
	INK_ERROR_BACK,
	INK_WARNING_BACK,
	INK_NOTE_BACK,
	INKS,
};

enum { THEME_LIGHT, THEME_DARK, THEMES };
/* 0xrrggbb */
unsigned ink_color(int theme, enum ink ink);
const char *ink_name(enum ink ink); /* "page", for CSS */

enum shape { SHAPE_RECT, SHAPE_LINE, SHAPE_HEAD, SHAPE_TEXT };

struct mark_on_page {
	enum shape shape;
	enum ink ink;
	double x, y; /* RECT: upper left; LINE: one end; HEAD: its tip; TEXT: left end, baseline */
	double x2, y2; /* RECT: width, height; LINE: other end; HEAD: x2 < 0 points left; TEXT:
			  width */
	bool is_dashed, is_bold, is_framed; /* framed: only the outline of a RECT */
	double size;                        /* of text; stroke of a line */
	struct str text;
};

struct page {
	double height;
	struct mark_on_page *marks;
	size_t n_marks, room;
};

struct picture {
	struct arena *arena;
	double width;
	struct page *pages;
	size_t n_pages, room;
	struct str title;
	struct moment start; /* of the first row, for the date of a document */
};

struct picture_wish {
	struct str title;    /* escaped */
	unsigned columns;    /* of text across the page; 0: as many as the parties need */
	double page_height;  /* 0: one page, as long as it must be */
	bool has_time_scale; /* a ruler of true time at the left, each row tied to its time */
};

#define PICTURE_ADVANCE (1233.0 / 2048.0) /* of a column, of the size of the text */

struct picture *picture_make(const struct ladder *l, const struct picture_wish *wish);
void picture_free(struct picture *p);

/* ---- for the layout ---- */
struct page *picture_add_page(struct picture *p);
struct mark_on_page *page_add(struct page *page, struct mark_on_page mark);

/* ---- emitters; `theme` is THEME_LIGHT, THEME_DARK, or THEMES: as the reader's system wants ----
 */
void picture_write_svg(const struct picture *p, int theme, struct term *term);
/* False with one line why not. */
bool picture_write_png(const struct picture *p, int theme, FILE *out, struct text *why_not);
bool picture_write_pdf(const struct picture *p, int theme, FILE *out, struct text *why_not);
/* Loads what png and pdf are drawn with, before least power (sandbox.h) lets nothing be loaded;
 * false and why when it is not there. */
bool picture_prepare(struct text *why_not);
/* The folders that fonts are in, once they are known. */
void picture_fonts(void (*each)(void *context, const char *folder), void *context);
/* Of cairo and pango; false and why when they are not there. */
bool picture_library_versions(const char **ret_cairo, const char **ret_pango, struct text *why_not);

#endif
