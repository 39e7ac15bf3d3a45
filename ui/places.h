/* Where the messages of each tunnel and session stand in their input: a few octets for each, in
 * the order in which they came. */
#ifndef L2TPSCOPE_PLACES_H
#define L2TPSCOPE_PLACES_H

#include "arena.h"

struct spot {
	uint64_t offset, frame; /* of the record: source_back() */
	uint64_t number;        /* of the event */
	bool is_control;        /* a control message */
};

struct places;

struct places *places_new(void);
void places_free(struct places *p);

/* `key`: the owner, any pointer, also NULL. Later ones stand behind earlier ones. */
void places_add(struct places *p, const void *key, const struct spot *place);

/* Each of an owner, until `take` is false. */
void places_each(const struct places *p, const void *key,
		 bool (*take)(void *context, const struct spot *place), void *context);

/* The owners, in no order: `i` from 0 until it is false; NULL where none is any more. */
bool places_owner(const struct places *p, size_t i, const void **ret);

/* The owner is none any more, and what it had is gone; or is packed, in as few octets as can be. */
void places_drop(struct places *p, const void *key);
struct span places_pack(struct places *p, const void *key, struct arena *a);
void places_in(struct span packed, bool (*take)(void *context, const struct spot *place),
	       void *context);

/* Octets of memory. */
size_t places_size(const struct places *p);

#endif
