/* A line whose numbers are as long as those of a line before it, where they stood: it has the same
 * outline (grammar_recall.c), and that need not be drawn again. Found by the line with a 0 for each
 * digit; where a row may have a digit of its own, which ones may not stand there is kept. */
#ifndef L2TPSCOPE_GRAMMAR_STENCIL_H
#define L2TPSCOPE_GRAMMAR_STENCIL_H

#include "text.h"

enum {
	LINE_MOST = 320, /* a longer line is read anew */
	NUMBERS = 48,
	DUMP_BEGIN = 6, /* a line end and two octets */
};

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_hex(char c)
{
	return is_digit(c) || ((c | ' ') >= 'a' && (c | ' ') <= 'f');
}

struct recalled;
struct stencils;

/* Digits that are words of a row behind a character: a bit for each. */
struct own_digits {
	uint16_t behind[256];
};

/* What is known of a line, from its outline. */
struct stencil_line {
	struct recalled *was; /* how it was read, */
	uint64_t turn;        /* as long as nothing else was learned in its place */
	uint16_t end[NUMBERS + 1];
	size_t line, n_wraps;
	bool has_dump;
};

struct stencils *stencils_new(void);
void stencils_free(struct stencils *s);

/* The line that `text` begins with; NULL: none like it is known. */
const struct stencil_line *stencil_find(struct stencils *s, struct str text);
/* Of the text that was asked for last. */
void stencil_learn(struct stencils *s, struct str text, const struct own_digits *own,
		   const struct stencil_line *line);

/* Whether `words` octets of a dump stand here, or one ends before. */
bool stencil_is_dump(struct str s, size_t words);

#endif
