#include "apart.h"

#include <stdlib.h>

#include "code.h"
#include "hash.h"
#include "limits.h"
#include "must.h"

/* What was seen, by hash, and in which input. An open table of which half is free at least. */
struct shown {
	uint64_t hash; /* 0: free */
	size_t root;
};

struct apart {
	struct shown *at;
	size_t n, room;
	size_t first; /* the input that showed something first, once `has_first` */
	bool has_first, has_others;
	bool is_unfit; /* only one input can be apart from the others: it is alone */
};

enum { FIRST_ROOM = 256 };

struct apart *apart_new(void)
{
	struct apart *a = must_alloc(1, sizeof(*a));

	a->room = FIRST_ROOM;
	a->at = must_alloc(a->room, sizeof(*a->at));
	return a;
}

void apart_free(struct apart *a)
{
	if (a == NULL)
		return;
	free(a->at);
	free(a);
}

static struct shown *place_of(const struct apart *a, uint64_t hash)
{
	size_t i = (size_t)hash & (a->room - 1);

	while (a->at[i].hash != 0 && a->at[i].hash != hash)
		i = (i + 1) & (a->room - 1);
	return &a->at[i];
}

static void grow(struct apart *a)
{
	struct apart grown = *a;

	grown.room = 2 * a->room;
	grown.at = must_alloc(grown.room, sizeof(*grown.at));
	for (size_t i = 0; i < a->room; i++)
		if (a->at[i].hash != 0)
			*place_of(&grown, a->at[i].hash) = a->at[i];
	free(a->at);
	*a = grown;
}

static bool is_of(struct apart *a, uint64_t hash, size_t root)
{
	struct shown *x;

	hash |= 1;
	x = place_of(a, hash);
	if (x->hash != 0)
		return x->root == root;
	if (a->n == LIMIT_APART) {
		a->is_unfit = true;
		return true;
	}
	*x = (struct shown){hash, root};
	if (2 * ++a->n > a->room)
		grow(a);
	return true;
}

static uint64_t hash_host(const uint8_t *octets)
{
	return hash_end(hash_sixteen(HASH_START, octets));
}

/* In either direction. */
static uint64_t hash_pair(const uint8_t *from, const uint8_t *to)
{
	return hash_end(HASH_START + hash_host(from) + hash_host(to));
}

/* The id was given by the host that receives it. */
static bool is_own_tunnel(struct apart *a, const uint8_t *to, uint32_t id, size_t root)
{
	return id == 0 || is_of(a, hash_end(hash_word(hash_host(to), id)), root);
}

/* What a NAT leaves as it is, and nobody says twice but as a copy. */
static bool is_offer(const struct event *e)
{
	uint16_t message = e->control.message;

	return e->kind == EVENT_CONTROL && e->packet.len > 0 &&
	       (message == SCCRQ || message == SCCRP || message == OCRQ || message == ICRQ);
}

/* Of L2TPv3 data the session is all that there is. */
static uint32_t tunnel_id(const struct l2tp_head *h)
{
	return h->tunnel_id ? h->tunnel_id : h->session_id;
}

/* It tells of calls between other hosts. */
static bool is_unfit(const struct event *e)
{
	return e->kind == EVENT_PPPOE || e->kind == EVENT_RADIUS || e->kind == EVENT_PPTP ||
	       e->path.pppoe != 0 || !e->from.address.family || e->origin.line != 0;
}

/* As long as there is one input only, nothing is to be compared. */
static bool are_apart(struct apart *a, size_t root)
{
	a->first = a->has_first ? a->first : root;
	a->has_first = true;
	a->has_others |= root != a->first;
	return !a->has_others || !a->is_unfit;
}

bool apart_event(struct apart *a, const struct event *e, size_t root)
{
	if (e->kind == EVENT_OTHER)
		return true;
	a->is_unfit |= is_unfit(e);
	return are_apart(a, root) &&
	       is_of(a, hash_pair(e->from.address.octets, e->to.address.octets), root) &&
	       is_own_tunnel(a, e->to.address.octets, tunnel_id(&e->l2tp), root) &&
	       (!is_offer(e) || is_of(a, hash_octets(e->packet.at, e->packet.len), root));
}

bool apart_glance(struct apart *a, const struct glance *g, size_t root)
{
	return are_apart(a, root) && is_of(a, hash_pair(g->key.source, g->key.destination), root) &&
	       is_own_tunnel(a, g->key.destination, g->key.tunnel_id, root);
}
