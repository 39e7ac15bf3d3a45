/* `map`: what of the inputs tells anything is taken down (decode/digest.h), in a part
 * (decode/part_file.h), and `reduce` goes on with it. Nothing is judged yet: what a call of one
 * input became may be in another one. */
#ifndef L2TPSCOPE_MAP_H
#define L2TPSCOPE_MAP_H

#include "run.h"
#include "source.h"

/* An input that is about to be opened so is taken down by that; it is the input's. */
struct digest_writer *map_digest(struct run *r, struct source_options *so);

#endif
