#include "arena_parts.h"

#include <stdarg.h>
#include <stdlib.h>

#include "arena_file.h"
#include "arena_room.h"
#include "text_format.h"

/* With a sanitizer each object is asked for by itself. */
#ifdef IS_WATCHED
static const bool is_unwatched = false;
#else
static const bool is_unwatched = true;
#endif

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

struct arena *arena_new_rounds(size_t ceiling)
{
	struct arena *a = arena_new(ceiling);

	a->root->has_rounds = true;
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
	root_chunks_free(root);
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

void rest_keep(struct child *child)
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
		root_grow(root, size);
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
