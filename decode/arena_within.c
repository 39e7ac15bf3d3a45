#include "arena_parts.h"

enum { WITHIN_MORE = 1024 };

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

void within_free(struct child *child)
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

struct arena *arena_within(struct arena *parent, size_t first)
{
	struct root *root = parent->root;
	size_t behind = rounded(first) + WITHIN_MORE, block = sizeof(struct child) + behind;
	struct blocks *blocks = blocks_of(root, block);
	struct child *child = blocks ? blocks->free : NULL;

	if (child)
		blocks->free = child->elder;
	else
		child = (struct child *)(void *)root_part(root, block);
	show(child, sizeof(*child));
	*child = (struct child){.arena = {.root = root}, .block = block};
	child->arena.at = (uint8_t *)(child + 1);
	child->arena.left = behind;
	return &child->arena;
}

uint8_t *within_grow(struct child *child, size_t size)
{
	struct arena *a = &child->arena;

	if (size > WITHIN_MORE)
		return root_part(a->root, size);
	rest_keep(child);
	a->at = root_part(a->root, WITHIN_MORE);
	a->left = WITHIN_MORE;
	return NULL;
}
