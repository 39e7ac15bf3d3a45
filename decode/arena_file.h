/* Where the chunks of a spilled arena are (arena_new_spilled): a temporary file without a name, of
 * which what is not looked at takes no memory. */
#ifndef L2TPSCOPE_ARENA_FILE_H
#define L2TPSCOPE_ARENA_FILE_H

#include <stdbool.h>
#include <stddef.h>

enum { ARENA_FILE_MAP = 1 << 20 }; /* octets of each chunk */

struct arena_file;

/* `in_memory`: of the arena's octets, before any is in the file. */
struct arena_file *arena_file_new(size_t in_memory);
void arena_file_close(struct arena_file *f);

/* An object of `size` goes there, when the arena has used so much. */
bool arena_file_is_for(const struct arena_file *f, size_t used, size_t size);
/* Room for one more chunk; NULL: there is none. */
void *arena_file_map(struct arena_file *f);
/* It is not used any more; false: it is none of them. */
bool arena_file_leave(struct arena_file *f, const void *chunk);

/* arena.h */
void arena_file_rest(struct arena_file *f);
void arena_file_looked(struct arena_file *f);

#endif
