#include "places.h"

#include <stdlib.h>
#include <string.h>

#include "varint.h"

/* A chunk is filled with differences to the place before: seven bits an octet, the last one
 * without the top bit. A place is never cut in two. */
enum { CHUNK_DATA = 59, PLACE_MOST = 3 * VARINT_ROOM, NO_CHUNK = 0 };

struct chunk {
	uint32_t next; /* from 1 */
	uint8_t used;
	uint8_t data[CHUNK_DATA];
};

struct owner {
	const void *key;
	struct spot last;
	uint32_t first_chunk, last_chunk; /* of one that is no more: the next such one */
	bool is_gone;
};

struct places {
	struct owner *owners;
	size_t n_owners, owners_room;
	uint32_t *slots; /* hash table: index of the owner, from 1 */
	size_t n_slots;
	struct chunk *chunks;
	size_t n_chunks, chunks_room;
	uint32_t spare_owner, spare_chunk; /* to be used again; owners from 1 */
};

struct places *places_new(void)
{
	struct places *p = must_alloc(1, sizeof(*p));

	*p = (struct places){.n_slots = 1024, .n_chunks = 1};
	p->slots = must_alloc(p->n_slots, sizeof(*p->slots));
	memset(p->slots, 0, p->n_slots * sizeof(*p->slots));
	return p;
}

void places_free(struct places *p)
{
	if (p == NULL)
		return;
	free(p->owners);
	free(p->slots);
	free(p->chunks);
	free(p);
}

/* ---- owners ---- */

/* Pointers of one arena differ in their middle bits. */
static size_t slot_of(const struct places *p, const void *key)
{
	uint64_t hash = (uint64_t)(uintptr_t)key * UINT64_C(0x9e3779b97f4a7c15);
	size_t slot = (size_t)(hash >> 20) & (p->n_slots - 1);

	while (p->slots[slot] != 0 && p->owners[p->slots[slot] - 1].key != key)
		slot = (slot + 1) & (p->n_slots - 1);
	return slot;
}

static void slots_double(struct places *p)
{
	free(p->slots);
	p->n_slots *= 2;
	p->slots = must_alloc(p->n_slots, sizeof(*p->slots));
	memset(p->slots, 0, p->n_slots * sizeof(*p->slots));
	for (size_t i = 0; i < p->n_owners; i++) {
		if (!p->owners[i].is_gone)
			p->slots[slot_of(p, p->owners[i].key)] = (uint32_t)i + 1;
	}
}

/* Those behind it move up, lest nothing finds them any more. */
static void slot_leave(struct places *p, size_t slot)
{
	p->slots[slot] = 0;
	for (size_t i = (slot + 1) & (p->n_slots - 1); p->slots[i] != 0;
	     i = (i + 1) & (p->n_slots - 1)) {
		uint32_t owner = p->slots[i];

		p->slots[i] = 0;
		p->slots[slot_of(p, p->owners[owner - 1].key)] = owner;
	}
}

static const struct owner *owner_find(const struct places *p, const void *key)
{
	uint32_t i = p->slots[slot_of(p, key)];

	return i == 0 ? NULL : &p->owners[i - 1];
}

static uint32_t owner_new(struct places *p)
{
	uint32_t i = p->spare_owner;

	if (i != 0) {
		p->spare_owner = p->owners[i - 1].first_chunk;
		return i;
	}
	if (p->n_owners == p->owners_room) {
		p->owners_room = p->owners_room == 0 ? 256 : p->owners_room * 2;
		p->owners = must_grow(p->owners, p->owners_room, sizeof(*p->owners));
	}
	return (uint32_t)++p->n_owners;
}

static struct owner *owner_of(struct places *p, const void *key)
{
	size_t slot = slot_of(p, key);
	uint32_t i;

	if (p->slots[slot] != 0)
		return &p->owners[p->slots[slot] - 1];
	i = owner_new(p);
	p->owners[i - 1] = (struct owner){.key = key};
	p->slots[slot] = i;
	if (p->n_owners * 2 > p->n_slots)
		slots_double(p);
	return &p->owners[i - 1];
}

bool places_owner(const struct places *p, size_t i, const void **ret)
{
	if (i >= p->n_owners)
		return false;
	*ret = p->owners[i].is_gone ? NULL : p->owners[i].key;
	return true;
}

size_t places_size(const struct places *p)
{
	return p->owners_room * sizeof(*p->owners) + p->n_slots * sizeof(*p->slots) +
	       p->chunks_room * sizeof(*p->chunks);
}

/* ---- places ---- */

static uint32_t chunk_new(struct places *p)
{
	uint32_t spare = p->spare_chunk;

	if (spare != NO_CHUNK) {
		p->spare_chunk = p->chunks[spare].next;
		p->chunks[spare].next = NO_CHUNK;
		p->chunks[spare].used = 0;
		return spare;
	}
	if (p->n_chunks >= p->chunks_room) {
		p->chunks_room = p->chunks_room == 0 ? 256 : p->chunks_room + p->chunks_room / 2;
		p->chunks = must_grow(p->chunks, p->chunks_room, sizeof(*p->chunks));
	}
	p->chunks[p->n_chunks].next = NO_CHUNK;
	p->chunks[p->n_chunks].used = 0;
	return (uint32_t)p->n_chunks++;
}

/* Events mostly have the numbers of their frames: the third difference is then left out. */
void places_add(struct places *p, const void *key, const struct spot *place)
{
	struct owner *o = owner_of(p, key);
	uint64_t frames = place->frame - o->last.frame;
	uint64_t events = place->number - o->last.number;
	uint8_t data[PLACE_MOST];
	size_t n = varint_put(data, place->offset - o->last.offset);
	struct chunk *c;

	n += varint_put(data + n,
			frames << 2 | (unsigned)place->is_control << 1 | (frames != events));
	if (frames != events)
		n += varint_put(data + n, events);
	if (o->first_chunk == NO_CHUNK) {
		o->first_chunk = o->last_chunk = chunk_new(p);
	} else if (p->chunks[o->last_chunk].used + n > CHUNK_DATA) {
		uint32_t next = chunk_new(p);

		p->chunks[o->last_chunk].next = next;
		o->last_chunk = next;
	}
	c = &p->chunks[o->last_chunk];
	memcpy(c->data + c->used, data, n);
	c->used = (uint8_t)(c->used + n);
	o->last = *place;
}

/* The places that are packed there, after `place`; false when `take` is. */
static bool each(struct span packed, struct spot *place,
		 bool (*take)(void *context, const struct spot *place), void *context)
{
	struct bytes b = bytes_of(packed);

	while (b.left > 0) {
		uint64_t octets = varint_take(&b);
		uint64_t frames = varint_take(&b);
		uint64_t events = (frames & 1) != 0 ? varint_take(&b) : frames >> 2;

		place->offset += octets;
		place->frame += frames >> 2;
		place->number += events;
		place->is_control = (frames & 2) != 0;
		if (!take(context, place))
			return false;
	}
	return true;
}

void places_each(const struct places *p, const void *key,
		 bool (*take)(void *context, const struct spot *place), void *context)
{
	const struct owner *o = owner_find(p, key);
	struct spot place = {0};

	for (uint32_t i = o == NULL ? NO_CHUNK : o->first_chunk; i != NO_CHUNK;
	     i = p->chunks[i].next) {
		const struct chunk *c = &p->chunks[i];

		if (!each((struct span){c->data, c->used}, &place, take, context))
			return;
	}
}

void places_in(struct span packed, bool (*take)(void *context, const struct spot *place),
	       void *context)
{
	struct spot place = {0};

	each(packed, &place, take, context);
}

void places_drop(struct places *p, const void *key)
{
	size_t slot = slot_of(p, key);
	uint32_t i = p->slots[slot];
	struct owner *o;

	if (i == 0)
		return;
	o = &p->owners[i - 1];
	if (o->first_chunk != NO_CHUNK) {
		p->chunks[o->last_chunk].next = p->spare_chunk;
		p->spare_chunk = o->first_chunk;
	}
	slot_leave(p, slot);
	*o = (struct owner){.first_chunk = p->spare_owner, .is_gone = true};
	p->spare_owner = i;
}

struct span places_pack(struct places *p, const void *key, struct arena *a)
{
	const struct owner *o = owner_find(p, key);
	struct text packed = text_make(SIZE_MAX);
	struct span ret = {0};

	for (uint32_t i = o == NULL ? NO_CHUNK : o->first_chunk; i != NO_CHUNK;
	     i = p->chunks[i].next)
		text_add(&packed, (struct str){(const char *)p->chunks[i].data, p->chunks[i].used});
	if (packed.len > 0)
		ret = arena_span(a, (struct span){(const uint8_t *)packed.at, packed.len});
	text_free(&packed);
	places_drop(p, key);
	return ret;
}
