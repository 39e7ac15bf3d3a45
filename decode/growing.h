/* A text that somebody still writes: a pipe, or a file that grows. What has come stays where it is
 * in memory until it is forgotten, so that whoever reads it may borrow from it. */
#ifndef L2TPSCOPE_GROWING_H
#define L2TPSCOPE_GROWING_H

#include "text.h"

struct growing;

enum growth {
	GROWTH_MORE, /* something came */
	GROWTH_NONE, /* nothing, for as long as was asked, or a signal came */
	GROWTH_END,  /* the writer is gone; a file has no end while it is followed */
	GROWTH_FULL, /* LIMIT_GROWING */
};

/* `path` is a file, or `-` for standard input. A file is followed by its name: when it is cut short
 * or another one gets its name (rotation), that one is read from its beginning. */
struct growing *growing_open(const char *path, struct text *why_not);
void growing_close(struct growing *g);

/* Reads what is there, or waits for it. */
enum growth growing_wait(struct growing *g, int milliseconds);
/* All that came. What was forgotten must not be read. */
struct str growing_text(const struct growing *g);
/* What stands before `offset` is not read again. */
void growing_forget(struct growing *g, size_t offset);

#endif
