/* Which known word a wrong one was meant to be: by the changes between them, without case;
 * the beginning of a word is nearest.
 * Nothing is near to a number: of the known ones only the range is kept. */
#ifndef L2TPSCOPE_NEAREST_H
#define L2TPSCOPE_NEAREST_H

#include "text.h"

enum { NEAREST_MOST = 64 };

struct nearest {
	struct str word;             /* what was written */
	char best[NEAREST_MOST + 1]; /* empty: nothing is near */
	size_t distance;             /* of the best so far, in half changes */
	bool is_number;              /* `word` is one, and then: */
	bool has_range;              /* known words are numbers, too */
	uint32_t lowest, highest;
};

/* `reach`: so many changes are still near. */
struct nearest nearest_start(struct str word, size_t reach);
void nearest_try(struct nearest *n, struct str known);

#endif
