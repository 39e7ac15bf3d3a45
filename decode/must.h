/* Memory, or the end of the program (exit status 5), for the few things that do not live in an
 * arena (growing tables). When the system has no memory the program ends here, and nowhere else. */
#ifndef L2TPSCOPE_MUST_H
#define L2TPSCOPE_MUST_H

#include <stddef.h>

/* must_alloc: zeroed; must_grow: what is new is not; must_room: nothing is, for rows that are
 * written before they are read. */
void *must_alloc(size_t count, size_t size);
void *must_room(size_t count, size_t size);
void *must_grow(void *old, size_t count, size_t size);
/* Zeroed, from the beginning of a line of the cache on: for what is looked at again and again. */
void *must_alloc_line(size_t size);

#endif
