/* The name of a file says its format, where no option does. */
#ifndef L2TPSCOPE_SUFFIX_H
#define L2TPSCOPE_SUFFIX_H

#include "options.h"

/* --format or --json, of `-o FILE.svg`, where neither was given and the command has it. A part of
 * `reduce` and a database (store.h) are not asked for so. */
void suffix_take(struct options *o);

#endif
