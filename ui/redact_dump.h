/* `redact`: the rows of hex dumps in texts. */
#ifndef L2TPSCOPE_REDACT_DUMP_H
#define L2TPSCOPE_REDACT_DUMP_H

#include "redact_text.h"

struct dump_row {
	struct str line; /* without what stands before all rows (a tag), and without its end */
	size_t from, to; /* the digits */
	size_t shown;    /* the characters beside them */
	size_t n;        /* octets */
	bool has_offset; /* and `is_first`: it is 0 */
	bool is_first;
	bool is_split; /* there is a mark between its halves */
};

/* False when the line is no row of a dump, from its beginning to its end. */
bool dump_row_read(struct str line, struct dump_row *ret);
/* The octets of rows that belong together, redacted; to be freed. */
uint8_t *dump_octets(struct redactor *r, const struct dump_row *rows, size_t n_rows);
/* The row again, with these octets in the place of its own. */
void dump_row_put(const struct dump_row *row, const uint8_t *octets, struct text *ret);

#endif
