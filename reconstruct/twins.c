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

/* Eight octets or fewer. */
static uint64_t last_word(const uint8_t *octets, size_t len)
{
	uint32_t low = 0, high = 0;

	if (len >= sizeof(low)) {
		memcpy(&low, octets, sizeof(low));
		memcpy(&high, octets + len - sizeof(high), sizeof(high));
	} else if (len) {
		low = (uint32_t)octets[0] << 16 | (uint32_t)octets[len / 2] << 8 | octets[len - 1];
	}
	return (uint64_t)high << 32 | low;
}

/* Eight octets at a time. */
uint64_t twins_hash(const void *at, size_t len)
{
	const uint8_t *octets = at;
	uint64_t h = HASH_START + len, word;

	for (; len > sizeof(word); len -= sizeof(word), octets += sizeof(word)) {
		memcpy(&word, octets, sizeof(word));
		h = hash_word(h, word);
	}
	return hash_end(hash_word(h, last_word(octets, len)));
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
