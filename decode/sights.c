#include "sights.h"

#include <stdlib.h>

#include "limits.h"

struct sights {
	uint64_t *keys; /* open addressing, 0 free */
	size_t room;    /* a power of two */
	size_t n;
};

struct sights *sights_new(void)
{
	struct sights *s = must_alloc(1, sizeof(*s));

	*s = (struct sights){0};
	return s;
}

void sights_free(struct sights *s)
{
	if (!s)
		return;
	free(s->keys);
	free(s);
}

static uint64_t *slot_of(const struct sights *s, uint64_t key)
{
	size_t i = (size_t)key & (s->room - 1);

	while (s->keys[i] && s->keys[i] != key)
		i = (i + 1) & (s->room - 1);
	return &s->keys[i];
}

static void grow(struct sights *s)
{
	struct sights bigger = {.room = s->room ? s->room * 2 : 64, .n = s->n};

	bigger.keys = must_alloc(bigger.room, sizeof(*bigger.keys));
	memset(bigger.keys, 0, bigger.room * sizeof(*bigger.keys));
	for (size_t i = 0; i < s->room; i++)
		if (s->keys[i])
			*slot_of(&bigger, s->keys[i]) = s->keys[i];
	free(s->keys);
	*s = bigger;
}

enum sight sights_take(struct sights *s, uint64_t key)
{
	uint64_t *slot;

	if (key == 0)
		key = 1;
	if (s->n * 2 >= s->room)
		grow(s);
	slot = slot_of(s, key);
	if (*slot)
		return SIGHT_KNOWN;
	if (s->n == LIMIT_SIGHTS)
		return SIGHT_LIMIT;
	*slot = key;
	s->n++;
	return SIGHT_NEW;
}

/* FNV-1a */
static uint64_t hash(uint64_t seed, const void *at, size_t len)
{
	const uint8_t *octets = at;

	for (size_t i = 0; i < len; i++)
		seed = (seed ^ octets[i]) * UINT64_C(0x100000001b3);
	return seed;
}

static uint64_t hash_name(const char *what)
{
	return hash(UINT64_C(0xcbf29ce484222325), what, strlen(what));
}

uint64_t sight_of_session(const char *what, const struct path *path)
{
	bool is_in_order = memcmp(path->from_mac, path->to_mac, sizeof(path->from_mac)) < 0;
	uint64_t key = hash_name(what);

	key = hash(key, is_in_order ? path->from_mac : path->to_mac, sizeof(path->from_mac));
	key = hash(key, is_in_order ? path->to_mac : path->from_mac, sizeof(path->to_mac));
	key = hash(key, path->vlan, sizeof(path->vlan));
	return hash(key, &path->pppoe, sizeof(path->pppoe));
}

static uint64_t hash_party(uint64_t key, const struct party *p)
{
	key = hash(key, &p->address.family, sizeof(p->address.family));
	key = hash(key, p->address.octets, sizeof(p->address.octets));
	return hash(key, &p->port, sizeof(p->port));
}

uint64_t sight_of_pair(const char *what, const struct party *a, const struct party *b)
{
	int order = memcmp(a->address.octets, b->address.octets, sizeof(a->address.octets));
	bool is_in_order = order ? order < 0 : a->port < b->port;
	uint64_t key = hash_party(hash_name(what), is_in_order ? a : b);

	return hash_party(key, is_in_order ? b : a);
}
