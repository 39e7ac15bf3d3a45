/* What arena.c (arenas, and what is asked of them), arena_chunk.c (where their memory comes from)
 * and arena_within.c (children in the memory of their parent) know of each other. */
#ifndef L2TPSCOPE_ARENA_PARTS_H
#define L2TPSCOPE_ARENA_PARTS_H

#include "arena.h"

/* A sanitizer shall see who uses what was not given out, or was given back. */
#if defined(__SANITIZE_ADDRESS__)
#define IS_WATCHED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_WATCHED 1
#endif
#endif
#ifdef IS_WATCHED
#include <sanitizer/asan_interface.h>
#define hide(at, size) __asan_poison_memory_region((at), (size))
#define show(at, size) __asan_unpoison_memory_region((at), (size))
#else
#define hide(at, size) ((void)(at), (void)(size))
#define show(at, size) ((void)(at), (void)(size))
#endif

enum {
	CHUNK_MAX = 1 << 20,
	PIECE = 384,
	HELD_PIECES = 12,
	RESTS = 2,
	BLOCK_SIZES = 4, /* of arena_within(): records are of few sizes */
	ALIGNED = 8,     /* no type of the program asks for more */
};

struct chunk {
	struct chunk *older;
	size_t room;
};

/* What all have; a struct root or a struct child begins with it. */
struct arena {
	uint8_t *at; /* the rest of the newest chunk */
	size_t left;
	size_t used;          /* of a root: with its children */
	struct chunk *chunks; /* the last one first */
	struct root *root;    /* itself, or the one that it is a child of */
};

/* Small pieces of memory for children: they are made a slab at a time, and go from one child to the
 * other. A child knows them by number, and gives them back without a look into them: nobody did for
 * long, and each would be waited for. */
struct pieces {
	struct chunk **slabs; /* piece i is in slabs[i / SLAB_PIECES] */
	size_t n_slabs, slabs_room;
	uint32_t *free;
	size_t n_free, free_room;
};

/* What children within gave back, for the next ones of that size. */
struct blocks {
	size_t size; /* 0: of none yet */
	struct child *free;
};

struct root {
	struct arena arena;
	size_t ceiling;
	struct blocks blocks[BLOCK_SIZES];
	struct chunk *spare; /* of CHUNK_MAX, left from the round before */
	size_t n_spare;
	struct pieces pieces;
	struct child *children;
	struct arena_file *file; /* NULL: none is wanted */
	bool is_full;
	bool is_guarded;
	bool has_rounds; /* each of its chunks is of CHUNK_MAX, or larger */
};

/* There are many, and few of them are large. The object that a child was made for stands behind it;
 * what was too large for the rest of a piece does not waste that rest. */
struct child {
	struct arena arena;
	size_t block; /* its memory, and itself, are the root's: of so many octets; 0: they are not
		       */
	struct child *younger, *elder; /* the next free block is the elder */
	uint8_t *rest[RESTS];
	uint32_t rest_left[RESTS];
	uint32_t held[HELD_PIECES]; /* by number */
	uint32_t n_held;
};

static inline size_t rounded(size_t size)
{
	return (size + ALIGNED - 1) / ALIGNED * ALIGNED;
}

static inline bool is_child(const struct arena *a)
{
	return a != &a->root->arena;
}

static inline uint8_t *chunk_room(struct chunk *c)
{
	return (uint8_t *)c + rounded(sizeof(*c));
}

/* ---- arena_chunk.c ---- */

struct chunk *chunk_new(const struct root *root, size_t room);
/* It is the arena's from now on; and what the arena fills next. */
void chunk_add(struct arena *a, struct chunk *c);
void chunk_fill(struct arena *a, struct chunk *c);
/* All are given back, or all but the oldest. */
void chunks_leave(struct arena *a, bool oldest_stays);

uint8_t *piece_take(struct root *root, uint32_t *ret_number);
void piece_put(struct pieces *p, uint32_t number);

/* What the root fills has room for `size` from now on. */
void root_grow(struct root *root, size_t size);
/* A part of that, which its user counts. */
uint8_t *root_part(struct root *root, size_t size);
/* The end of all that a root has kept. */
void root_chunks_free(struct root *root);

/* ---- arena_within.c ---- */

/* As child_grow() (arena.c), of the root's memory. */
uint8_t *within_grow(struct child *child, size_t size);
/* What it filled beyond its block stays with the root. */
void within_free(struct child *child);

/* ---- arena.c ---- */

/* The rest of what a child fills is kept in mind instead of the smallest one. */
void rest_keep(struct child *child);

#endif
