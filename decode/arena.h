/* Allocate many, free once.
 *
 * An arena hands out zeroed memory until its ceiling (octets, named in limits.h).
 * At the ceiling arena_alloc returns NULL and arena_is_full says so: the caller
 * reports a `limit-…` finding, it does not stop. When the *system* has no memory
 * the program ends (must.h).
 */
#ifndef L2TPSCOPE_ARENA_H
#define L2TPSCOPE_ARENA_H

#include "bytes.h"
#include "must.h"
#include "text.h"

struct arena;

struct arena *arena_new(size_t ceiling);
/* For much, again and again: it grows at once by so much as others do when they are large, and what
 * it took is for the next round (arena_reset). */
struct arena *arena_new_rounds(size_t ceiling);
/* Shares the ceiling of `parent`, and is freed by itself, for what lives shorter, or with it. Made
 * for an object of `first` octets, which is the first to be asked of it, and little more. It is not
 * reset. */
struct arena *arena_child(struct arena *parent, size_t first);
/* Likewise, of the parent's own memory: what is of one object lies side by side there, and is in
 * the parent's file where that has one. Freed, its first part is for the next of that size; what it
 * needed beyond that is given back with the parent only. */
struct arena *arena_within(struct arena *parent, size_t first);
/* For secrets: locked in memory (guard.h), and wiped before it is given back. */
struct arena *arena_new_guarded(size_t ceiling);
/* What is much is in a temporary file without a name, mapped, where there is room for one (TMPDIR):
 * after arena_rest() what is not looked at takes no memory. The first `in_memory` octets are. */
struct arena *arena_new_spilled(size_t ceiling, size_t in_memory);
void arena_rest(struct arena *a);
/* Who walks through all that is in it says so with each object: now and then it rests, as it does
 * while it grows. NULL: nothing. */
void arena_looked(struct arena *a);
/* It is one of those. */
bool arena_has_file(const struct arena *a);
void arena_free(struct arena *a);

/* Zeroed, aligned for any object; NULL when the ceiling is reached. `size` 0 gives a
 * valid pointer that must not be read. */
void *arena_alloc(struct arena *a, size_t size);

/* `count` elements of `size`; NULL on overflow of the product or at the ceiling. */
void *arena_array(struct arena *a, size_t count, size_t size);

/* Copies; on a full arena the copy is empty. A copied str is also NUL-terminated
 * behind its last byte, for libraries that want a C string. */
struct str arena_str(struct arena *a, struct str s);
struct span arena_span(struct arena *a, struct span s);

/* Like printf into the arena; empty on a full arena. */
struct str arena_printf(struct arena *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
struct str arena_vprintf(struct arena *a, const char *format, va_list list)
	__attribute__((format(printf, 2, 0)));

/* Forget everything that was handed out; keeps the memory for the next round. */
void arena_reset(struct arena *a);

/* A full arena has room again, `more` octets of it. */
void arena_extend(struct arena *a, size_t more);

size_t arena_used(const struct arena *a);
bool arena_is_full(const struct arena *a);

#endif
