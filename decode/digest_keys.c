#include <stdlib.h>

#include "digest_reader.h"

enum { FIRST_ROOM = 64 };

static struct known **place_of(const struct digest_reader *r, uint64_t hash)
{
	return &r->all[hash & (r->all_room - 1)];
}

static void put(struct digest_reader *r, struct known *k)
{
	struct known **place = place_of(r, k->hash);

	k->next = *place;
	*place = k;
}

static void room_make(struct digest_reader *r)
{
	struct known **old = r->all;
	size_t n = r->all_room;

	r->all_room = n ? 2 * n : FIRST_ROOM;
	r->all = must_alloc(r->all_room, sizeof(struct known *));
	for (size_t i = 0; i < n; i++) {
		for (struct known *k = old[i], *next; k; k = next) {
			next = k->next;
			put(r, k);
		}
	}
	free(old);
}

struct known *digest_known(struct digest_reader *r, const struct digest_key *key)
{
	uint64_t hash = digest_hash(key);
	struct known *k;

	if (r->n_all == r->all_room)
		room_make(r);
	k = *place_of(r, hash);
	while (k &&
	       (k->hash != hash || k->key.prefix != key->prefix || !digest_same_key(&k->key, key)))
		k = k->next;
	if (!k) {
		k = must_alloc_line(sizeof(*k));
		*k = (struct known){
			.n = key->n, .has_ns = digest_ns(key) != 0, .key = *key, .hash = hash};
		put(r, k);
		r->n_all++;
	}
	k->range = r->range;
	k->ns = 0;
	return k;
}

void digest_known_sweep(struct digest_reader *r)
{
	for (size_t i = 0; i < r->all_room; i++) {
		struct known **at = &r->all[i];

		while (*at) {
			struct known *k = *at;

			if (k->lease.is_open || k->range == r->range) {
				at = &k->next;
				continue;
			}
			*at = k->next;
			free(k);
			r->n_all--;
		}
	}
}

void digest_known_free(struct digest_reader *r)
{
	for (size_t i = 0; i < r->all_room; i++) {
		for (struct known *k = r->all[i], *next; k; k = next) {
			next = k->next;
			free(k);
		}
	}
	free(r->all);
}
