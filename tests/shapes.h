/* The shapes that logs arrive in, made of a clean one: for the test shapes, which compares what is
 * read of them. What a shape cannot keep (the time that a collector writes over, the name that it
 * gives) it says. */
#ifndef L2TPSCOPE_TESTS_SHAPES_H
#define L2TPSCOPE_TESTS_SHAPES_H

#include "text.h"

enum { LINES = 4096, TEXT_ROOM = 16 << 20 };

struct lines {
	struct str at[LINES];
	size_t n;
};

/* What a shape does not keep. */
enum {
	KEEPS_ALL,
	LOSES_TIME = 1,
	LOSES_NAMES = 2,
	LOSES_FINDINGS = 4,
	LOSES_ADDRESSES = 8,
};

/* Who takes a shape; the text is empty afterwards. */
struct shape_taker {
	void (*take)(void *self, const char *name, struct text *shaped, unsigned loses);
	void *self;
};

/* shapes_text.c: what mail, web pages, editors and tables make of any text. */
void shapes_of_text(const struct lines *in, const struct shape_taker *taker);
/* shapes_stamp.c: what stands at the beginning of each line: other times, hosts and tags. */
void shapes_of_stamps(const struct lines *in, bool is_ios, const struct shape_taker *taker);

/* shapes_text.c */
void add_line(struct text *t, const char *before, struct str line, const char *after);
/* A number before each line, as the only %zu of the format says. */
void make_numbered(const char *format, const struct lines *in, struct text *out);

#endif
