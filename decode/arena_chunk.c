#include "arena_parts.h"

#include <stdlib.h>

#include "arena_file.h"
#include "guard.h"

enum { CHUNK_MIN = 4096, SPARE_CHUNKS = 16, SLAB_PIECES = 64 };

/* ---- chunks ---- */

struct chunk *chunk_new(const struct root *root, size_t room)
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

void chunks_leave(struct arena *a, bool oldest_stays)
{
	while (a->chunks && (!oldest_stays || a->chunks->older)) {
		struct chunk *older = a->chunks->older;

		chunk_leave(a->root, a->chunks);
		a->chunks = older;
	}
}

void chunk_add(struct arena *a, struct chunk *c)
{
	c->older = a->chunks;
	a->chunks = c;
}

void chunk_fill(struct arena *a, struct chunk *c)
{
	chunk_add(a, c);
	a->at = chunk_room(c);
	a->left = c->room;
}

/* ---- pieces ---- */

void piece_put(struct pieces *p, uint32_t number)
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

uint8_t *piece_take(struct root *root, uint32_t *ret_number)
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

/* ---- what a root fills ---- */

/* Chunks double with what the arena already holds, so small arenas stay small. */
void root_grow(struct root *root, size_t size)
{
	struct arena *a = &root->arena;
	size_t room = a->used < CHUNK_MIN ? CHUNK_MIN : a->used < CHUNK_MAX ? a->used : CHUNK_MAX;
	struct chunk *c = NULL;

	if (root->has_rounds)
		room = CHUNK_MAX;
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

uint8_t *root_part(struct root *root, size_t size)
{
	struct arena *a = &root->arena;
	uint8_t *part;

	if (size > a->left)
		root_grow(root, size);
	part = a->at;
	a->at += size;
	a->left -= size;
	return part;
}

void root_chunks_free(struct root *root)
{
	chunks_leave(&root->arena, false);
	while (root->spare) {
		struct chunk *older = root->spare->older;

		chunk_free(root, root->spare);
		root->spare = older;
	}
	pieces_free(root);
}
