#include "counts.h"

#include <stdlib.h>

struct counts counts_make(struct arena *a)
{
	return (struct counts){.arena = a};
}

void counts_free(struct counts *c)
{
	free(c->at);
	free(c->slots);
	*c = (struct counts){0};
}

/* FNV-1a. */
static uint64_t hash_of(uint64_t owner, struct str key)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ owner * UINT64_C(0x9e3779b97f4a7c15);

	for (size_t i = 0; i < key.len; i++)
		hash = (hash ^ (unsigned char)key.at[i]) * UINT64_C(0x100000001b3);
	return hash ^ hash >> 32;
}

static uint32_t *slot_of(const struct counts *c, uint64_t owner, struct str key)
{
	size_t i = hash_of(owner, key) & (c->n_slots - 1);

	for (;; i = (i + 1) & (c->n_slots - 1)) {
		const struct count *one = c->slots[i] ? &c->at[c->slots[i] - 1] : NULL;

		if (!one || (one->owner == owner && str_equal(one->key, key)))
			return &c->slots[i];
	}
}

static void grow(struct counts *c)
{
	c->room = c->room ? 2 * c->room : 64;
	c->at = must_grow(c->at, c->room, sizeof(*c->at));
	free(c->slots);
	c->n_slots = 2 * c->room;
	c->slots = must_alloc(c->n_slots, sizeof(*c->slots));
	for (size_t i = 0; i < c->n; i++)
		*slot_of(c, c->at[i].owner, c->at[i].key) = (uint32_t)(i + 1);
}

size_t counts_find(struct counts *c, uint64_t owner, struct str key)
{
	uint32_t *slot;

	if (c->n == c->room)
		grow(c);
	slot = slot_of(c, owner, key);
	if (*slot == 0) {
		c->at[c->n] = (struct count){.owner = owner, .key = arena_str(c->arena, key)};
		*slot = (uint32_t)++c->n;
	}
	return *slot - 1;
}
