#include "kin.h"

#include <stdlib.h>

#include "arena.h"
#include "call_keys.h"
#include "twins.h"

struct place {
	struct tunnel *tunnel;
	size_t order;
};

static int compare_initiators(const struct tunnel *a, const struct tunnel *b)
{
	const struct peer *x = &a->peer[INITIATOR], *y = &b->peer[INITIATOR];
	size_t shorter = x->name.len < y->name.len ? x->name.len : y->name.len;
	int by_name = shorter ? memcmp(x->name.at, y->name.at, shorter) : 0;

	if (by_name)
		return by_name;
	if (x->name.len != y->name.len)
		return x->name.len < y->name.len ? -1 : 1;
	if (x->address.family != y->address.family)
		return x->address.family < y->address.family ? -1 : 1;
	return memcmp(x->address.octets, y->address.octets, sizeof(x->address.octets));
}

static int compare(const void *left, const void *right)
{
	const struct place *a = left, *b = right;
	int by_initiator = compare_initiators(a->tunnel, b->tunnel);

	return by_initiator ? by_initiator : (a->order > b->order) - (a->order < b->order);
}

static void tunnels_of_initiators(struct report *r, struct place *places)
{
	size_t n = 0;

	for (struct tunnel *t = r->tunnels; t && n < r->n_tunnels; t = tunnel_after(r, t)) {
		if (t->peer[INITIATOR].name.len) {
			places[n] = (struct place){t, n};
			n++;
		}
	}
	qsort(places, n, sizeof(*places), compare);
	for (size_t i = 1; i < n; i++)
		if (!compare_initiators(places[i - 1].tunnel, places[i].tunnel))
			places[i - 1].tunnel->kin_next = places[i].tunnel;
}

static int compare_asked(const void *left, const void *right)
{
	const struct place *a = left, *b = right;
	uint32_t x = a->tunnel->peer[INITIATOR].tunnel_id;
	uint32_t y = b->tunnel->peer[INITIATOR].tunnel_id;

	return x != y ? (x > y) - (x < y) : (a->order > b->order) - (a->order < b->order);
}

static void tunnels_asked_for(struct report *r, struct place *places)
{
	size_t n = 0;

	for (struct tunnel *t = r->tunnels; t && n < r->n_tunnels; t = tunnel_after(r, t)) {
		if (t->peer[INITIATOR].tunnel_id && seen_of(t->seen, SCCRQ)->count) {
			places[n] = (struct place){t, n};
			n++;
		}
	}
	qsort(places, n, sizeof(*places), compare_asked);
	for (size_t i = 1; i < n; i++)
		if (places[i - 1].tunnel->peer[INITIATOR].tunnel_id ==
		    places[i].tunnel->peer[INITIATOR].tunnel_id)
			places[i - 1].tunnel->asked_next = places[i].tunnel;
}

struct caller {
	struct call *call;
	size_t order;
};

static int compare_users(const void *left, const void *right)
{
	const struct caller *a = left, *b = right;
	int by_user = str_compare(a->call->user, b->call->user);

	return by_user ? by_user : (a->order > b->order) - (a->order < b->order);
}

static void calls_of_users(struct report *r)
{
	struct twins twins;
	struct caller *callers = NULL;
	size_t n = 0;

	if (call_keys_again(r, call_key_user, &twins))
		callers = must_room(r->n_calls + 1, sizeof(*callers));
	for (struct call *c = r->calls; callers && c && n < r->n_calls; c = call_after(r, c)) {
		uint32_t key = call_key_user(c);

		if (key && twins_has(&twins, key)) {
			callers[n] = (struct caller){c, n};
			n++;
		}
	}
	twins_free(&twins);
	if (n)
		qsort(callers, n, sizeof(*callers), compare_users);
	for (size_t i = 1; i < n; i++) {
		if (str_equal(callers[i - 1].call->user, callers[i].call->user))
			callers[i - 1].call->same_user_next = callers[i].call;
	}
	free(callers);
}

void kin_find(struct report *r)
{
	struct place *places = arena_array(r->arena, r->n_tunnels, sizeof(*places));

	if (places) {
		tunnels_of_initiators(r, places);
		tunnels_asked_for(r, places);
	}
	calls_of_users(r);
}
