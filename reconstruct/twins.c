#include "twins.h"

#include <stdlib.h>

#include "arena.h"
#include "hash.h"

enum { TWICE = 1 }; /* a bit of a slot; the others are of the hash */

struct twins twins_make(size_t n)
{
	struct twins t = {.n_slots = 16};

	while (t.n_slots < 2 * n)
		t.n_slots *= 2;
	t.slots = must_alloc(t.n_slots, sizeof(*t.slots));
	return t;
}

void twins_free(struct twins *t)
{
	free(t->slots);
	*t = (struct twins){0};
}

static uint64_t *slot_of(const struct twins *t, uint64_t hash)
{
	size_t i = (size_t)(hash >> 1) & (t->n_slots - 1);

	hash &= ~(uint64_t)TWICE;
	while (t->slots[i] && (t->slots[i] & ~(uint64_t)TWICE) != hash)
		i = (i + 1) & (t->n_slots - 1);
	return &t->slots[i];
}

static void grow(struct twins *t)
{
	struct twins grown = twins_make(t->n_slots);

	for (size_t i = 0; i < t->n_slots; i++)
		if (t->slots[i])
			*slot_of(&grown, t->slots[i]) = t->slots[i];
	grown.n = t->n;
	free(t->slots);
	*t = grown;
}

/* 0 is an empty slot's. */
static uint64_t shown(uint64_t hash)
{
	return hash <= TWICE ? ~(uint64_t)TWICE : hash & ~(uint64_t)TWICE;
}

bool twins_add(struct twins *t, uint64_t hash)
{
	uint64_t *slot = slot_of(t, shown(hash));

	if (*slot) {
		*slot |= TWICE;
		return true;
	}
	*slot = shown(hash);
	if (2 * ++t->n > t->n_slots)
		grow(t);
	return false;
}

bool twins_knows(const struct twins *t, uint64_t hash)
{
	return *slot_of(t, shown(hash)) != 0;
}

bool twins_has(const struct twins *t, uint64_t hash)
{
	return *slot_of(t, shown(hash)) & TWICE;
}

size_t twins_keep(void *rows, size_t n, size_t size, uint64_t (*hash)(const void *row))
{
	struct twins twins = twins_make(n);
	uint8_t *octets = rows, *to = rows;
	size_t kept = 0, twice = 0;

	for (size_t i = 0; i < n; i++)
		twice += twins_add(&twins, hash(octets + i * size));
	for (size_t i = 0; twice && i < n; i++) {
		if (!twins_has(&twins, hash(octets + i * size)))
			continue;
		memmove(to, octets + i * size, size);
		to += size;
		kept++;
	}
	twins_free(&twins);
	return kept;
}
