/* In which line an octet of a text stands, for texts of any size: one mark every few thousand
 * octets, so that an endless line costs no more than any other. */
#ifndef L2TPSCOPE_LINE_INDEX_H
#define L2TPSCOPE_LINE_INDEX_H

#include "text.h"

struct line_mark {
	uint64_t line;  /* of the octet at the mark, from 1 */
	uint64_t start; /* where that line begins */
};

struct line_index {
	struct str content; /* borrowed */
	struct line_mark *marks;
	size_t n;
};

struct line_place {
	uint64_t line, column; /* both from 1 */
};

/* `spill` is where the content is, which is not kept in memory then; or NULL. */
struct spill;
void line_index_open(struct line_index *x, struct str content, struct spill *spill);
void line_index_close(struct line_index *x);
/* Where somebody looked last, who goes forward: a line end is found once. */
struct line_near {
	struct line_mark mark;
	uint64_t at; /* 0: nowhere yet */
};

struct line_place line_index_near(const struct line_index *x, uint64_t offset,
				  struct line_near *near);
struct line_place line_index_at(const struct line_index *x, uint64_t offset);
/* Where a line begins; the end of the text for lines behind it. */
uint64_t line_index_start(const struct line_index *x, uint64_t line);

#endif
