#include "by_ids.h"

#include <stdbool.h>
#include <stdlib.h>

#include "arena.h"
#include "hash.h"

/* What is known of a record, and what is asked: both ids, one of them while the other is unknown,
 * or one of them whatever the other is. */
enum chain_kind { NO_CHAIN, BOTH, FIRST_ALONE, SECOND_ALONE, FIRST, SECOND };

/* The places of one key, ascending. */
struct chain {
	uint32_t id[2];
	uint8_t kind; /* enum chain_kind */
	uint32_t head, tail;
	uint32_t before; /* the link before the one that was found last: NO_PLACE: the head */
};

struct link {
	uint32_t place, next; /* the next link, or NO_PLACE */
};

struct by_ids {
	struct chain *chains; /* a hash table, half full at most */
	size_t n_chains, n_slots;
	struct link *links;
	size_t n_links, links_room;
	bool *is_dropped; /* by place */
	size_t places_room;
};

enum { SLOTS_LEAST = 16, CHAINS = 3 };

struct by_ids *by_ids_new(void)
{
	struct by_ids *x = must_alloc(1, sizeof(*x));

	x->n_slots = SLOTS_LEAST;
	x->chains = must_alloc(x->n_slots, sizeof(*x->chains));
	return x;
}

void by_ids_free(struct by_ids *x)
{
	if (!x)
		return;
	free(x->chains);
	free(x->links);
	free(x->is_dropped);
	free(x);
}

static struct chain *chain_of(const struct by_ids *x, const struct chain *key)
{
	uint64_t hash = hash_word(HASH_START + key->kind, (uint64_t)key->id[0] << 32 | key->id[1]);
	size_t i = (size_t)hash_end(hash) & (x->n_slots - 1);

	while (x->chains[i].kind &&
	       (x->chains[i].kind != key->kind || x->chains[i].id[0] != key->id[0] ||
		x->chains[i].id[1] != key->id[1]))
		i = (i + 1) & (x->n_slots - 1);
	return &x->chains[i];
}

static void grow(struct by_ids *x)
{
	struct by_ids grown = *x;

	grown.n_slots = 2 * x->n_slots;
	grown.chains = must_alloc(grown.n_slots, sizeof(*grown.chains));
	for (size_t i = 0; i < x->n_slots; i++)
		if (x->chains[i].kind)
			*chain_of(&grown, &x->chains[i]) = x->chains[i];
	free(x->chains);
	*x = grown;
}

static struct chain key_of(enum chain_kind kind, const uint32_t id[2])
{
	bool has_first = kind != SECOND && kind != SECOND_ALONE;
	bool has_second = kind != FIRST && kind != FIRST_ALONE;

	return (struct chain){.id = {has_first ? id[0] : 0, has_second ? id[1] : 0},
			      .kind = (uint8_t)kind};
}

/* Chains in which a record stands. */
static size_t kinds_known(const uint32_t id[2], enum chain_kind ret[CHAINS])
{
	size_t n = 0;

	if (id[0] && id[1])
		ret[n++] = BOTH;
	if (id[0] && !id[1])
		ret[n++] = FIRST_ALONE;
	if (!id[0] && id[1])
		ret[n++] = SECOND_ALONE;
	if (id[0])
		ret[n++] = FIRST;
	if (id[1])
		ret[n++] = SECOND;
	return n;
}

/* Chains of those that fit it. */
static size_t kinds_asked(const uint32_t id[2], enum chain_kind ret[CHAINS])
{
	size_t n = 0;

	if (id[0] && id[1]) {
		ret[n++] = BOTH;
		ret[n++] = FIRST_ALONE;
		ret[n++] = SECOND_ALONE;
	} else if (id[0] || id[1]) {
		ret[n++] = id[0] ? FIRST : SECOND;
	}
	return n;
}

static uint32_t link_new(struct by_ids *x, uint32_t place)
{
	if (x->n_links == x->links_room) {
		x->links_room = x->links_room ? 2 * x->links_room : SLOTS_LEAST;
		x->links = must_grow(x->links, x->links_room, sizeof(*x->links));
	}
	x->links[x->n_links] = (struct link){.place = place, .next = NO_PLACE};
	return (uint32_t)x->n_links++;
}

static void places_widen(struct by_ids *x, uint32_t place)
{
	size_t room = x->places_room ? x->places_room : SLOTS_LEAST;

	if (place < x->places_room)
		return;
	while (room <= place)
		room *= 2;
	x->is_dropped = must_grow(x->is_dropped, room, sizeof(*x->is_dropped));
	for (size_t i = x->places_room; i < room; i++)
		x->is_dropped[i] = false;
	x->places_room = room;
}

static void chain_add(struct by_ids *x, struct chain *c, uint32_t place)
{
	uint32_t link, *at = &c->head;

	if (c->tail != NO_PLACE && x->links[c->tail].place < place) {
		link = link_new(x, place);
		x->links[c->tail].next = link;
		c->tail = link;
		return;
	}
	while (*at != NO_PLACE && x->links[*at].place < place)
		at = &x->links[*at].next;
	if (*at != NO_PLACE && x->links[*at].place == place)
		return;
	link = *at;
	*at = (uint32_t)x->n_links;
	link_new(x, place); /* `at` may not stand any more */
	x->links[x->n_links - 1].next = link;
	if (link == NO_PLACE)
		c->tail = (uint32_t)x->n_links - 1;
}

void by_ids_add(struct by_ids *x, const uint32_t id[2], uint32_t place)
{
	enum chain_kind kinds[CHAINS];
	size_t n = kinds_known(id, kinds);

	places_widen(x, place);
	for (size_t i = 0; i < n; i++) {
		struct chain key = key_of(kinds[i], id), *c;

		if (2 * (x->n_chains + 1) > x->n_slots)
			grow(x);
		c = chain_of(x, &key);
		if (!c->kind) {
			*c = key;
			c->head = c->tail = c->before = NO_PLACE;
			x->n_chains++;
		}
		chain_add(x, c, place);
	}
}

/* Who asks goes from one record to the next, and so do those that fit: the last one found is where
 * the next search begins. What was dropped leaves the chain. */
static uint32_t chain_next(struct by_ids *x, struct chain *c, uint32_t from)
{
	uint32_t before = c->before, at;

	if (before != NO_PLACE && x->links[before].place >= from)
		before = NO_PLACE;
	at = before == NO_PLACE ? c->head : x->links[before].next;
	while (at != NO_PLACE && (x->links[at].place < from || x->is_dropped[x->links[at].place])) {
		uint32_t next = x->links[at].next;

		if (!x->is_dropped[x->links[at].place])
			before = at;
		else if (before == NO_PLACE)
			c->head = next;
		else
			x->links[before].next = next;
		at = next;
	}
	if (at == NO_PLACE)
		c->tail = before;
	c->before = before;
	return at == NO_PLACE ? NO_PLACE : x->links[at].place;
}

uint32_t by_ids_next(struct by_ids *x, const uint32_t id[2], uint32_t from)
{
	enum chain_kind kinds[CHAINS];
	size_t n = kinds_asked(id, kinds);
	uint32_t first = NO_PLACE;

	for (size_t i = 0; i < n; i++) {
		struct chain key = key_of(kinds[i], id), *c = chain_of(x, &key);
		uint32_t place = c->kind ? chain_next(x, c, from) : NO_PLACE;

		first = place < first ? place : first;
	}
	return first;
}

void by_ids_drop(struct by_ids *x, uint32_t place)
{
	if (place < x->places_room)
		x->is_dropped[place] = true;
}
