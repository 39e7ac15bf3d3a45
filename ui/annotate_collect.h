/* What `annotate` has to say below each line: the records of the text once more, and the steps of
 * the replay, in the order of the text. */
#ifndef L2TPSCOPE_ANNOTATE_COLLECT_H
#define L2TPSCOPE_ANNOTATE_COLLECT_H

#include "annotate.h"

void annotate_collect_begin(struct annotation *a);
/* The remarks of the text up to `end`, behind those of the piece before. With --reflow each record
 * is one of them, once: also what other programs say, by its stamp. */
void annotate_collect(struct annotation *a, size_t end);
void annotate_collect_end(struct annotation *a);

#endif
