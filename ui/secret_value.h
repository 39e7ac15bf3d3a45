/* A word on a line that announces a secret, and the value that stands behind it: over blanks, `=`,
 * quotes, number and length of a RADIUS attribute, and the words of a configuration that say how
 * the value is encrypted.
 *
 * Offsets are of the line. Where a value begins is known before where it ends, and asks less: what
 * announces a secret (secret_word.h) decides between the two. */
#ifndef L2TPSCOPE_SECRET_VALUE_H
#define L2TPSCOPE_SECRET_VALUE_H

#include "text.h"

/* What stands between the word and what follows. */
enum gap {
	GAP_BLANKS,
	GAP_COLON,
	GAP_MARK, /* the quote that opens the value, the end of `<password>` */
	GAP_EQUALS,
	GAP_QUOTE_END /* the word ends a quotation: "bad password". */
};

/* A word on a line, and what may be its value. */
struct secret_place {
	struct str line;
	size_t word;             /* where it begins */
	size_t start;            /* what follows: the level and the kind of an encryption first */
	size_t kind, value, end; /* the kind, the value; its end is known last (secret_value_end) */
	enum gap gap;
	char quote; /* that opened the value, or NUL */
	bool is_attribute, is_element;
};

/* Of a place with its line and its word, which ends at `at`: all but `end`. False where nothing
 * follows that may be a value. */
bool secret_find_value(struct secret_place *p, size_t at);

size_t secret_value_end(const struct secret_place *p);
/* Where what is in quotes ends: at a quote without a backslash before it. A line that was cut has
 * none; an apostrophe alone opens nothing. */
size_t secret_quoted_end(struct str line, size_t at, char quote);

/* What the program that printed it has hidden. */
bool secret_is_hidden(const struct secret_place *p);

#endif
