/* Memory of an arena that is not zeroed, for what is written whole at once: records of a log are
 * many and small. */
#ifndef L2TPSCOPE_ARENA_ROOM_H
#define L2TPSCOPE_ARENA_ROOM_H

#include "arena.h"

/* As arena_alloc() otherwise. */
void *arena_room(struct arena *a, size_t size);

#endif
