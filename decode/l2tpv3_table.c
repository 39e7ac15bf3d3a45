#include "l2tpv3_table.h"

#include <stdlib.h>

#include "limits.h"

enum { ROOM_FIRST = 64 };

/* Entries in the order of their making; `chains` has one head for each of `room`. */
struct v3_table {
	struct v3_end *ends;
	uint32_t *chains; /* index + 1, 0 at the end */
	size_t n, room;   /* room is a power of two */
	size_t oldest;    /* when full */
};

struct v3_table *v3_table_new(void)
{
	struct v3_table *t = must_alloc(1, sizeof(*t));

	t->room = ROOM_FIRST;
	t->ends = must_alloc(t->room, sizeof(*t->ends));
	t->chains = must_alloc(t->room, sizeof(*t->chains));
	return t;
}

void v3_table_free(struct v3_table *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++) {
		free(t->ends[i].own.at);
		free(t->ends[i].peer.at);
	}
	free(t->ends);
	free(t->chains);
	free(t);
}

struct v3_key v3_key_of(enum v3_kind kind, const struct event *e, const struct party *assigner,
			uint32_t id)
{
	return (struct v3_key){.kind = kind,
			       .address = assigner->address,
			       .id = id,
			       .vlan = {e->path.vlan[0], e->path.vlan[1]},
			       .gre_key = e->path.gre_key};
}

static bool is_same(const struct v3_key *a, const struct v3_key *b)
{
	return a->kind == b->kind && a->id == b->id && a->vlan[0] == b->vlan[0] &&
	       a->vlan[1] == b->vlan[1] && a->gre_key == b->gre_key &&
	       address_equal(&a->address, &b->address);
}

/* FNV-1a of what differs most */
static uint32_t *chain_of(const struct v3_table *t, const struct v3_key *key)
{
	uint32_t h = 2166136261u ^ key->id;

	h = (h ^ key->vlan[0]) * 16777619u;
	for (size_t i = 0; i < sizeof(key->address.octets); i++)
		h = (h ^ key->address.octets[i]) * 16777619u;
	return &t->chains[(h ^ h >> 15) & (t->room - 1)];
}

struct v3_end *v3_table_find(const struct v3_table *t, const struct v3_key *key)
{
	uint32_t at = *chain_of(t, key);

	while (at && !is_same(&t->ends[at - 1].key, key))
		at = t->ends[at - 1].next;
	return at ? &t->ends[at - 1] : NULL;
}

static void link_end(struct v3_table *t, size_t i)
{
	uint32_t *chain = chain_of(t, &t->ends[i].key);

	t->ends[i].next = *chain;
	*chain = (uint32_t)i + 1;
}

static void unlink_end(struct v3_table *t, size_t i)
{
	uint32_t *at = chain_of(t, &t->ends[i].key);

	while (*at != i + 1)
		at = &t->ends[*at - 1].next;
	*at = t->ends[i].next;
}

static void grow(struct v3_table *t)
{
	size_t room = t->room * 2;

	t->ends = must_grow(t->ends, room, sizeof(*t->ends));
	free(t->chains);
	t->chains = must_alloc(room, sizeof(*t->chains));
	t->room = room;
	for (size_t i = 0; i < t->n; i++)
		link_end(t, i);
}

static void clear(struct v3_end *end)
{
	free(end->own.at);
	free(end->peer.at);
	*end = (struct v3_end){.key = end->key, .next = end->next};
}

struct v3_end *v3_table_put(struct v3_table *t, const struct v3_key *key, bool *ret_forgot)
{
	struct v3_end *end = v3_table_find(t, key);
	size_t i = t->n;

	if (end) {
		clear(end);
		return end;
	}
	if (t->n == LIMIT_V3_ENDS) {
		i = t->oldest;
		t->oldest = (t->oldest + 1) % LIMIT_V3_ENDS;
		unlink_end(t, i);
		clear(&t->ends[i]);
		*ret_forgot = true;
	} else {
		if (t->n == t->room)
			grow(t);
		t->n++;
	}
	t->ends[i] = (struct v3_end){.key = *key};
	link_end(t, i);
	return &t->ends[i];
}

void v3_nonce_set(struct v3_nonce *nonce, struct span value)
{
	free(nonce->at);
	nonce->at = must_alloc(value.len ? value.len : 1, 1);
	nonce->len = value.len;
	if (value.len)
		memcpy(nonce->at, value.at, value.len);
}
