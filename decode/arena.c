#include "arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "arena_file.h"
#include "arena_room.h"
#include "guard.h"
#include "text_format.h"

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
static const bool is_unwatched = false;
#else
#define hide(at, size) ((void)(at), (void)(size))
#define show(at, size) ((void)(at), (void)(size))
static const bool is_unwatched = true;
#endif

enum {
	CHUNK_MIN = 4096,
	CHUNK_MAX = 1 << 20,
	SPARE_CHUNKS = 16,
	PIECE = 384,
	SLAB_PIECES = 64,
	HELD_PIECES = 12,
	RESTS = 2,
	WITHIN_MORE = 1024,
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

/* The one place where the program gives up for want of memory (contract: exit status 5). */
static _Noreturn void out_of_memory(void)
{
	fputs("l2tpscope: out of memory\n", stderr);
	exit(5);
}

void *must_grow(void *old, size_t count, size_t size)
{
	void *grown;

	if (size != 0 && count > SIZE_MAX / size)
		out_of_memory();
	grown = realloc(old, count == 0 || size == 0 ? 1 : count * size);
	if (!grown)
		out_of_memory();
	return grown;
}

void *must_room(size_t count, size_t size)
{
	return must_grow(NULL, count, size);
}

void *must_alloc(size_t count, size_t size)
{
	void *fresh = calloc(count ? count : 1, size ? size : 1);

	if (!fresh)
		out_of_memory();
	return fresh;
}

void *must_alloc_line(size_t size)
{
	enum { LINE = 64 };
	size_t whole = (size + LINE - 1) / LINE * LINE;
	void *fresh = aligned_alloc(LINE, whole);

	if (!fresh)
		out_of_memory();
	return memset(fresh, 0, whole);
}

static size_t rounded(size_t size)
{
	return (size + ALIGNED - 1) / ALIGNED * ALIGNED;
}

static bool is_child(const struct arena *a)
{
	return a != &a->root->arena;
}

/* ---- chunks ---- */

static uint8_t *chunk_room(struct chunk *c)
{
	return (uint8_t *)c + rounded(sizeof(*c));
}

static struct chunk *chunk_new(const struct root *root, size_t room)
{
	size_t size = rounded(sizeof(struct chunk)) + room;
	struct chunk *c = must_grow(NULL, 1, size);

	*c = (struct chunk){.room = room};
	if (root->is_guarded)
		guard_lock(c, size);
	hide(chunk_room(c), room);
	return c;
}

static void chunk_free(const struct root *root, struct chunk *c)
{
	show(chunk_room(c), c->room);
	if (root->is_guarded)
		guard_wipe(chunk_room(c), c->room);
	free(c);
}

static struct chunk *chunk_map(struct root *root)
{
	struct chunk *c = arena_file_map(root->file);

	if (!c)
		return NULL;
	c->room = ARENA_FILE_MAP - rounded(sizeof(*c));
	hide(chunk_room(c), c->room);
	return c;
}

static bool map_leave(struct root *root, struct chunk *c)
{
	if (!root->file)
		return false;
	show(chunk_room(c), c->room);
	return arena_file_leave(root->file, c);
}

static void chunk_leave(struct root *root, struct chunk *c)
{
	if (map_leave(root, c))
		return;
	if (c->room != CHUNK_MAX || root->n_spare == SPARE_CHUNKS) {
		chunk_free(root, c);
		return;
	}
	hide(chunk_room(c), c->room);
	c->older = root->spare;
	root->spare = c;
	root->n_spare++;
}

/* All, or all but the oldest. */
static void chunks_leave(struct arena *a, bool oldest_stays)
{
	while (a->chunks && (!oldest_stays || a->chunks->older)) {
		struct chunk *older = a->chunks->older;

		chunk_leave(a->root, a->chunks);
		a->chunks = older;
	}
}

static void chunk_add(struct arena *a, struct chunk *c)
{
	c->older = a->chunks;
	a->chunks = c;
}

static void chunk_fill(struct arena *a, struct chunk *c)
{
	chunk_add(a, c);
	a->at = chunk_room(c);
	a->left = c->room;
}

/* ---- pieces ---- */

static void piece_put(struct pieces *p, uint32_t number)
{
	if (p->n_free == p->free_room) {
		p->free_room = p->free_room ? 2 * p->free_room : SLAB_PIECES;
		p->free = must_grow(p->free, p->free_room, sizeof(*p->free));
	}
	p->free[p->n_free++] = number;
}

static void slab_add(struct root *root)
{
	struct pieces *p = &root->pieces;

	if (p->n_slabs == p->slabs_room) {
		p->slabs_room = p->slabs_room ? 2 * p->slabs_room : 16;
		p->slabs = must_grow(p->slabs, p->slabs_room, sizeof(struct chunk *));
	}
	p->slabs[p->n_slabs++] = chunk_new(root, (size_t)SLAB_PIECES * PIECE);
	for (size_t i = SLAB_PIECES; i-- > 0;)
		piece_put(p, (uint32_t)((p->n_slabs - 1) * SLAB_PIECES + i));
}

static uint8_t *piece_take(struct root *root, uint32_t *ret_number)
{
	struct pieces *p = &root->pieces;

	if (p->n_free == 0)
		slab_add(root);
	*ret_number = p->free[--p->n_free];
	return chunk_room(p->slabs[*ret_number / SLAB_PIECES]) +
	       (size_t)(*ret_number % SLAB_PIECES) * PIECE;
}

static void pieces_free(struct root *root)
{
	for (size_t i = 0; i < root->pieces.n_slabs; i++)
		chunk_free(root, root->pieces.slabs[i]);
	free(root->pieces.slabs);
	free(root->pieces.free);
}

/* ---- arenas ---- */

struct arena *arena_new(size_t ceiling)
{
	struct root *root = must_alloc(1, sizeof(*root));

	root->arena.root = root;
	root->ceiling = ceiling;
	return &root->arena;
}

struct arena *arena_new_guarded(size_t ceiling)
{
	struct arena *a = arena_new(ceiling);

	a->root->is_guarded = true;
	return a;
}

struct arena *arena_new_spilled(size_t ceiling, size_t in_memory)
{
	struct arena *a = arena_new(ceiling);

	a->root->file = arena_file_new(in_memory);
	return a;
}

struct arena *arena_child(struct arena *parent, size_t first)
{
	struct root *root = parent->root;
	size_t behind = root->is_guarded ? 0 : rounded(first);
	struct child *child = must_grow(NULL, 1, sizeof(*child) + behind);

	*child = (struct child){.arena = {.root = root}, .elder = root->children};
	child->arena.at = (uint8_t *)(child + 1);
	child->arena.left = behind;
	hide(child->arena.at, behind);
	if (child->elder)
		child->elder->younger = child;
	root->children = child;
	return &child->arena;
}

void arena_rest(struct arena *a)
{
	if (a->root->file)
		arena_file_rest(a->root->file);
}

bool arena_has_file(const struct arena *a)
{
	return a && !is_child(a) && a->root->file;
}

void arena_looked(struct arena *a)
{
	if (arena_has_file(a))
		arena_file_looked(a->root->file);
}

void arena_reset(struct arena *a)
{
	a->root->is_full = false;
	if (a->used == 0)
		return;
	if (a->chunks->older)
		chunks_leave(a, true);
	a->used = 0;
	a->at = chunk_room(a->chunks);
	a->left = a->chunks->room;
	hide(a->at, a->left);
}

/* NULL: there is no room for blocks of one more size. */
static struct blocks *blocks_of(struct root *root, size_t size)
{
	for (size_t i = 0; i < BLOCK_SIZES; i++) {
		if (!root->blocks[i].size)
			root->blocks[i].size = size;
		if (root->blocks[i].size == size)
			return &root->blocks[i];
	}
	return NULL;
}

/* What it filled beyond its block stays with the root. */
static void within_free(struct child *child)
{
	struct root *root = child->arena.root;
	size_t block = child->block, room = block - sizeof(*child);
	struct blocks *blocks = blocks_of(root, block);

	if (!blocks)
		return;
	root->arena.used -= child->arena.used < room ? child->arena.used : room;
	child->elder = blocks->free;
	blocks->free = child;
	hide(child + 1, room);
}

static void child_free(struct child *child)
{
	struct root *root = child->arena.root;

	if (child->block) {
		within_free(child);
		return;
	}
	while (child->n_held > 0)
		piece_put(&root->pieces, child->held[--child->n_held]);
	chunks_leave(&child->arena, false);
	root->arena.used -= child->arena.used;
	if (child->younger)
		child->younger->elder = child->elder;
	else
		root->children = child->elder;
	if (child->elder)
		child->elder->younger = child->younger;
	free(child);
}

static void root_free(struct root *root)
{
	while (root->children)
		child_free(root->children);
	chunks_leave(&root->arena, false);
	while (root->spare) {
		struct chunk *older = root->spare->older;

		chunk_free(root, root->spare);
		root->spare = older;
	}
	pieces_free(root);
	arena_file_close(root->file);
	free(root);
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	if (is_child(a))
		child_free((struct child *)(void *)a);
	else
		root_free(a->root);
}

/* ---- room ---- */

/* Chunks double with what the arena already holds, so small arenas stay small. */
static void root_grow(struct arena *a, size_t size)
{
	struct root *root = a->root;
	size_t room = a->used < CHUNK_MIN ? CHUNK_MIN : a->used < CHUNK_MAX ? a->used : CHUNK_MAX;
	struct chunk *c = NULL;

	if (room < size)
		room = size;
	if (room == CHUNK_MAX && root->spare) {
		c = root->spare;
		root->spare = c->older;
		root->n_spare--;
	} else if (root->file && arena_file_is_for(root->file, a->used, size)) {
		c = chunk_map(root);
	}
	chunk_fill(a, c ? c : chunk_new(root, room));
}

/* A part of what the root fills, which its user counts. */
static uint8_t *part_of(struct root *root, size_t size)
{
	struct arena *a = &root->arena;
	uint8_t *part;

	if (size > a->left)
		root_grow(a, size);
	part = a->at;
	a->at += size;
	a->left -= size;
	return part;
}

struct arena *arena_within(struct arena *parent, size_t first)
{
	struct root *root = parent->root;
	size_t behind = rounded(first) + WITHIN_MORE, block = sizeof(struct child) + behind;
	struct blocks *blocks = blocks_of(root, block);
	struct child *child = blocks ? blocks->free : NULL;

	if (child)
		blocks->free = child->elder;
	else
		child = (struct child *)(void *)part_of(root, block);
	show(child, sizeof(*child));
	*child = (struct child){.arena = {.root = root}, .block = block};
	child->arena.at = (uint8_t *)(child + 1);
	child->arena.left = behind;
	return &child->arena;
}

/* The rest of what a child fills is kept in mind instead of the smallest one. */
static void rest_keep(struct child *child)
{
	size_t least = 0;

	for (size_t i = 1; i < RESTS; i++)
		if (child->rest_left[i] < child->rest_left[least])
			least = i;
	if (child->arena.left <= child->rest_left[least])
		return;
	child->rest[least] = child->arena.at;
	child->rest_left[least] = (uint32_t)child->arena.left; /* of a piece, or of CHUNK_MAX */
}

/* One that has room takes the place of what the child fills. */
static bool rest_fill(struct child *child, size_t size)
{
	struct arena *a = &child->arena;

	for (size_t i = 0; i < RESTS; i++) {
		uint8_t *at = child->rest[i];
		uint32_t left = child->rest_left[i];

		if (left < size)
			continue;
		child->rest[i] = a->at;
		child->rest_left[i] = (uint32_t)a->left;
		a->at = at;
		a->left = left;
		return true;
	}
	return false;
}

/* Likewise, of the root's memory. */
static uint8_t *within_grow(struct child *child, size_t size)
{
	struct arena *a = &child->arena;

	if (size > WITHIN_MORE)
		return part_of(a->root, size);
	rest_keep(child);
	a->at = part_of(a->root, WITHIN_MORE);
	a->left = WITHIN_MORE;
	return NULL;
}

/* NULL: what the child fills now has room. Else the object is too large, and alone. */
static uint8_t *child_grow(struct child *child, size_t size)
{
	struct arena *a = &child->arena;
	size_t share = rounded(a->used / 16);
	struct chunk *alone;

	if (rest_fill(child, size))
		return NULL;
	if (child->block)
		return within_grow(child, size);
	if (share < PIECE)
		share = PIECE;
	if (share >= CHUNK_MAX) /* those of that size are a root's */
		share = CHUNK_MAX - ALIGNED;
	if (share < size) {
		alone = chunk_new(a->root, size);
		chunk_add(a, alone);
		return chunk_room(alone);
	}
	rest_keep(child);
	if (share == PIECE && child->n_held < HELD_PIECES && is_unwatched) {
		a->at = piece_take(a->root, &child->held[child->n_held++]);
		a->left = PIECE;
	} else {
		chunk_fill(a, chunk_new(a->root, share));
	}
	return NULL;
}

static inline void count(struct arena *a, size_t size)
{
	a->used += size;
	if (is_child(a))
		a->root->arena.used += size;
}

/* As nearly always: the newest chunk has room, and no ceiling is near. Else NULL. */
static inline void *take_near(struct arena *a, size_t size)
{
	const struct root *root = a->root;
	const size_t asked = size;
	void *given = a->at;

	if (size > a->left || root->is_full)
		return NULL;
	size = rounded(size ? size : 1);
	if (size > a->left || root->arena.used + size > root->ceiling)
		return NULL;
	show(given, asked);
	a->at += size;
	a->left -= size;
	count(a, size);
	return given;
}

static void *take_far(struct arena *a, size_t size)
{
	struct root *root = a->root;
	const size_t asked = size;
	uint8_t *given = NULL;

	if (size <= root->ceiling)
		size = rounded(size ? size : 1);
	if (root->is_full || root->arena.used > root->ceiling ||
	    size > root->ceiling - root->arena.used) {
		root->is_full = true;
		return NULL;
	}
	if (size > a->left && is_child(a))
		given = child_grow((struct child *)(void *)a, size);
	else if (size > a->left)
		root_grow(a, size);
	if (!given) {
		given = a->at;
		a->at += size;
		a->left -= size;
	}
	show(given, asked);
	count(a, size);
	return given;
}

/* What was in it stays. */
static inline void *take(struct arena *a, size_t size)
{
	void *given = take_near(a, size);

	return given ? given : take_far(a, size);
}

static void *alloc_far(struct arena *a, size_t size)
{
	void *given = take_far(a, size);

	return given ? memset(given, 0, size) : NULL;
}

void arena_extend(struct arena *a, size_t more)
{
	struct root *root = a->root;

	root->ceiling = a->used <= SIZE_MAX - more ? a->used + more : SIZE_MAX;
	root->is_full = false;
}

void *arena_alloc(struct arena *a, size_t size)
{
	void *given = take_near(a, size);

	return given ? memset(given, 0, size) : alloc_far(a, size);
}

void *arena_room(struct arena *a, size_t size)
{
	return take(a, size);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size) {
		a->root->is_full = true;
		return NULL;
	}
	return arena_alloc(a, count * size);
}

struct str arena_str(struct arena *a, struct str s)
{
	char *copy;

	if (s.len == 0)
		return (struct str){0};
	copy = take(a, s.len + 1);
	if (!copy)
		return (struct str){0};
	memcpy(copy, s.at, s.len);
	copy[s.len] = 0;
	return (struct str){.at = copy, .len = s.len};
}

struct span arena_span(struct arena *a, struct span s)
{
	uint8_t *copy;

	if (s.len == 0)
		return (struct span){0};
	copy = take(a, s.len);
	if (!copy)
		return (struct span){0};
	memcpy(copy, s.at, s.len);
	return (struct span){.at = copy, .len = s.len};
}

struct str arena_printf(struct arena *a, const char *format, ...)
{
	va_list list;
	struct str made;

	va_start(list, format);
	made = arena_vprintf(a, format, list);
	va_end(list);
	return made;
}

/* Where there is room it is written at once. */
struct str arena_vprintf(struct arena *a, const char *format, va_list list)
{
	size_t room = is_unwatched && !a->root->is_full ? a->left : 0;
	char *at = room ? (char *)a->at : NULL;
	char *copy;
	va_list again;
	int len;

	va_copy(again, list);
	len = text_format(at, room, format, list);
	copy = len > 0 ? take(a, (size_t)len + 1) : NULL;
	if (copy && copy != at)
		text_format(copy, (size_t)len + 1, format, again);
	va_end(again);
	return copy ? (struct str){.at = copy, .len = (size_t)len} : (struct str){0};
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}

bool arena_is_full(const struct arena *a)
{
	return a->root->is_full;
}
