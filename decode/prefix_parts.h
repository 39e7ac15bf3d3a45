/* Between prefix.c and prefix_stamp.c: a reader of one line, and what it takes off. */
#ifndef L2TPSCOPE_PREFIX_PARTS_H
#define L2TPSCOPE_PREFIX_PARTS_H

#include "character.h"
#include "prefix.h"

/* A reader of one line. */
struct reader {
	struct str line;
	size_t at;
	int year;
};

static inline char peek(const struct reader *r, size_t ahead)
{
	return r->at + ahead < r->line.len ? r->line.at[r->at + ahead] : 0;
}

static inline struct str rest_of(const struct reader *r)
{
	return str_from(r->line, r->at);
}

static inline bool skip_blanks(struct reader *r)
{
	size_t before = r->at;

	while (char_is_blank(peek(r, 0)))
		r->at++;
	return r->at > before;
}

static inline bool take_char(struct reader *r, char c)
{
	if (peek(r, 0) != c)
		return false;
	r->at++;
	return true;
}

/* `least` to `most` digits. */
static inline bool take_number(struct reader *r, int least, int most, int *ret)
{
	int n = 0;

	*ret = 0;
	while (n < most && char_is_digit(peek(r, 0))) {
		*ret = *ret * 10 + (peek(r, 0) - '0');
		r->at++;
		n++;
	}
	return n >= least && !char_is_digit(peek(r, 0));
}

/* A stamp here, and what ends it: a blank, a quote, a bracket. IOS ends its own with a colon. False
 * leaves the reader where it was. */
bool take_stamp(struct reader *r, struct prefix *ret);

#endif
