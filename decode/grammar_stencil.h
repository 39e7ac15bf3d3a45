/* A line whose numbers are as long as those of a line before it, where they stood: it has the same
 * outline (grammar_recall.c), and that need not be drawn again. Found by the line with a 0 for each
 * digit; where a row may have a digit of its own, which ones may not stand there is kept. */
#ifndef L2TPSCOPE_GRAMMAR_STENCIL_H
#define L2TPSCOPE_GRAMMAR_STENCIL_H

#include "character.h"
#include "text.h"

enum {
	LINE_MOST = 320, /* a longer line is read anew */
	NUMBERS = 48,
	DUMP_BEGIN = 6, /* a line end and two octets */
	DIGITS_LOOKED = 40,
};

static inline bool is_hex(char c)
{
	return char_is_digit(c) || ((c | ' ') >= 'a' && (c | ' ') <= 'f');
}

struct recalled;
struct stencils;

/* Digits that are words of a row behind a character: a bit for each. */
struct own_digits {
	uint16_t behind[256];
};

/* A digit of a line that could be another row's: the digits that do not stand there. */
struct digit_looked {
	uint16_t at, never;
};

/* Digits that may stand where one of the line does, for the outline to be the same: any that is no
 * row's own, or this one only. False when too many are to be looked at. */
bool digits_to_look_at(struct str line, const struct own_digits *own,
		       struct digit_looked ret[DIGITS_LOOKED], size_t *ret_n);
/* A 0 for each digit of a line, into `masked`; its hash. */
uint64_t line_mask(char *masked, const char *at, size_t length);

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
/* Of the text that was asked for last; what is kept. NULL when it cannot be told so. */
const struct stencil_line *stencil_learn(struct stencils *s, struct str text,
					 const struct own_digits *own,
					 const struct stencil_line *line);

/* Whether `words` octets of a dump stand here, or one ends before. */
bool stencil_is_dump(struct str s, size_t words);

#endif
