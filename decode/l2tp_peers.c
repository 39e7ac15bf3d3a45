#include "l2tp_peers.h"

#include <stdlib.h>

#include "limits.h"

/* Open addressing. Facts of one key (an address with a port; an address with port 0 for its
 * names) stand one after the other from where their hash points. */
struct fact {
	struct address address; /* family 0: a free place */
	uint16_t port;
	struct str name;
};

struct peers {
	struct fact *facts;
	size_t n, room; /* room is a power of two, at least twice n */
	struct arena *names;
};

enum { ROOM_FIRST = 64 };

struct peers *peers_new(void)
{
	struct peers *p = must_alloc(1, sizeof(*p));

	p->room = ROOM_FIRST;
	p->facts = must_alloc(p->room, sizeof(*p->facts));
	p->names = arena_new((size_t)LIMIT_PEERS * (LIMIT_NAME + 1));
	return p;
}

void peers_free(struct peers *p)
{
	if (!p)
		return;
	arena_free(p->names);
	free(p->facts);
	free(p);
}

/* FNV-1a */
static size_t hash(const struct address *address, uint16_t port)
{
	uint32_t h = 2166136261u ^ port;

	for (size_t i = 0; i < sizeof(address->octets); i++)
		h = (h ^ address->octets[i]) * 16777619u;
	return h ^ h >> 15;
}

static size_t next(const struct peers *p, size_t i)
{
	return (i + 1) & (p->room - 1);
}

static bool is_of(const struct fact *f, const struct address *address, uint16_t port)
{
	return f->port == port && address_equal(&f->address, address);
}

static void place(struct peers *p, const struct fact *fact)
{
	size_t i = hash(&fact->address, fact->port) & (p->room - 1);

	while (p->facts[i].address.family)
		i = next(p, i);
	p->facts[i] = *fact;
}

static void grow(struct peers *p)
{
	struct fact *old = p->facts;
	size_t old_room = p->room;

	p->room *= 2;
	p->facts = must_alloc(p->room, sizeof(*p->facts));
	for (size_t i = 0; i < old_room; i++)
		if (old[i].address.family)
			place(p, &old[i]);
	free(old);
}

static bool insert(struct peers *p, const struct fact *fact)
{
	if (p->n == LIMIT_PEERS)
		return false;
	if (2 * (p->n + 1) > p->room)
		grow(p);
	place(p, fact);
	p->n++;
	return true;
}

bool peers_has_port(const struct peers *p, const struct address *address, uint16_t port)
{
	size_t i = hash(address, port) & (p->room - 1);

	if (!address->family || !port)
		return false;
	for (; p->facts[i].address.family; i = next(p, i))
		if (is_of(&p->facts[i], address, port))
			return true;
	return false;
}

bool peers_add_port(struct peers *p, const struct address *address, uint16_t port)
{
	struct fact fact = {.address = *address, .port = port};

	if (!address->family || !port || peers_has_port(p, address, port))
		return true;
	return insert(p, &fact);
}

bool peers_name(const struct peers *p, const struct address *address, size_t *at, struct str *ret)
{
	size_t i = hash(address, 0) & (p->room - 1);
	size_t nth = 0;

	if (!address->family)
		return false;
	for (; p->facts[i].address.family; i = next(p, i)) {
		if (!is_of(&p->facts[i], address, 0) || nth++ < *at)
			continue;
		(*at)++;
		*ret = p->facts[i].name;
		return true;
	}
	return false;
}

bool peers_add_name(struct peers *p, const struct address *address, struct str name)
{
	struct fact fact = {.address = *address};
	size_t i = hash(address, 0) & (p->room - 1);
	size_t n = 0;

	if (!address->family || !name.len || name.len > LIMIT_NAME)
		return true;
	for (; p->facts[i].address.family; i = next(p, i)) {
		if (!is_of(&p->facts[i], address, 0))
			continue;
		if (str_equal(p->facts[i].name, name))
			return true;
		n++;
	}
	if (n >= LIMIT_PEER_NAMES)
		return false;
	fact.name = arena_str(p->names, name);
	return fact.name.len && insert(p, &fact);
}
