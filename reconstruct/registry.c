#include "registry.h"

#include "fit.h"
#include "hash.h"
#include "meter.h"
#include "session.h"

#include <stdlib.h>

enum entry_kind {
	ENTRY_FREE,
	ENTRY_PLACE,
	ENTRY_TUNNEL,
	ENTRY_LOCAL,
	ENTRY_SESSION,
	ENTRY_DATA,
	ENTRY_CIRCUIT,
	ENTRY_BINDING,
};

struct entry {
	uint64_t hash;
	void *what;
	uint32_t id;
	uint32_t next; /* index + 1 in the bucket's chain, newest first; of a free one, in theirs */
	uint32_t sibling; /* index + 1 of the one that its session or tunnel had before */
	uint8_t kind, end;
};

/* A header that leads to one tunnel only leads there until that tunnel turns (live_tunnel.turn). */
struct way {
	struct tunnel *tunnel; /* NULL: free */
	uint32_t id, turn;
	uint8_t end;
};

enum { WAYS = 256 }; /* of the latest packets */

struct registry {
	struct way *ways; /* by ways_of() */
	struct entry *entries;
	size_t n, room;
	uint32_t free;     /* index + 1 */
	uint32_t *buckets; /* index + 1; a power of two of them */
	size_t n_buckets;
};

struct registry *registry_new(void)
{
	struct registry *r = must_alloc(1, sizeof(*r));

	r->n_buckets = 1024;
	r->buckets = must_alloc(r->n_buckets, sizeof(*r->buckets));
	memset(r->buckets, 0, r->n_buckets * sizeof(*r->buckets));
	r->room = 512;
	r->n = 0;
	r->free = 0;
	r->entries = must_alloc(r->room, sizeof(*r->entries));
	r->ways = must_alloc(WAYS, sizeof(*r->ways));
	return r;
}

void registry_free(struct registry *r)
{
	if (!r)
		return;
	free(r->ways);
	free(r->buckets);
	free(r->entries);
	free(r);
}

static uint64_t hash_tunnel(const struct path *path, const struct address *receiver, uint32_t id)
{
	uint64_t h = hash_word(HASH_START, (uint64_t)path->vlan[0] << 32 | path->vlan[1]);
	uint64_t octets[2];

	memcpy(octets, receiver->octets, sizeof(octets));
	h = hash_word(h, (uint64_t)id << 32 | (uint32_t)path->pppoe << 8 | receiver->family);
	if (receiver->family != 4)
		h = hash_word(h, octets[1]);
	return hash_end(hash_word(h, octets[0]));
}

static uint64_t hash_place(const struct path *path, const struct address *receiver, uint16_t port,
			   uint32_t id)
{
	return hash_end(hash_word(hash_tunnel(path, receiver, id), port));
}

static uint64_t hash_pair(const void *owner, unsigned end, uint32_t id)
{
	uint64_t h = hash_word(HASH_START, (uintptr_t)owner);

	return hash_end(hash_word(h, (uint64_t)end << 32 | id));
}

static void chain(struct registry *r, uint32_t index)
{
	struct entry *e = &r->entries[index];
	uint32_t *bucket = &r->buckets[e->hash & (r->n_buckets - 1)];

	e->next = *bucket;
	*bucket = index + 1;
}

/* Each chain is parted among four, and keeps its order. */
static void spread(struct registry *r)
{
	size_t before = r->n_buckets;
	uint32_t *old = r->buckets;

	r->n_buckets *= 4;
	r->buckets = must_alloc(r->n_buckets, sizeof(*r->buckets));
	memset(r->buckets, 0, r->n_buckets * sizeof(*r->buckets));
	for (size_t i = 0; i < before; i++) {
		uint32_t oldest_first = 0;

		for (uint32_t at = old[i], next; at; at = next) {
			next = r->entries[at - 1].next;
			r->entries[at - 1].next = oldest_first;
			oldest_first = at;
		}
		for (uint32_t at = oldest_first, next; at; at = next) {
			next = r->entries[at - 1].next;
			chain(r, at - 1);
		}
	}
	free(old);
}

/* `newest`: of its session or tunnel, which will be forgotten; or NULL. */
static void entry_add(struct registry *r, uint32_t *newest, struct entry e)
{
	uint32_t index = r->free ? r->free - 1 : (uint32_t)r->n;

	if (r->free) {
		r->free = r->entries[index].next;
	} else {
		if (r->n == r->room) {
			r->room *= 2;
			r->entries = must_grow(r->entries, r->room, sizeof(*r->entries));
		}
		r->n++;
		if (r->n > r->n_buckets)
			spread(r);
	}
	if (newest) {
		e.sibling = *newest;
		*newest = index + 1;
	}
	r->entries[index] = e;
	chain(r, index);
}

/* All of one session or tunnel, under whatever keys. */
static void entries_forget(struct registry *r, uint32_t *newest)
{
	while (*newest) {
		uint32_t gone = *newest;
		struct entry *e = &r->entries[gone - 1];
		uint32_t *at = &r->buckets[e->hash & (r->n_buckets - 1)];

		while (*at != gone)
			at = &r->entries[*at - 1].next;
		*at = e->next;
		*newest = e->sibling;
		*e = (struct entry){.kind = ENTRY_FREE, .next = r->free};
		r->free = gone;
	}
}

/* The next entry of that hash, kind and id after `at` (0: from the start), or NULL. */
static inline const struct entry *entry_next(const struct registry *r, uint64_t hash,
					     enum entry_kind kind, uint32_t id, uint32_t *at)
{
	uint32_t i = *at ? r->entries[*at - 1].next : r->buckets[hash & (r->n_buckets - 1)];

	for (; i; i = r->entries[i - 1].next) {
		const struct entry *e = &r->entries[i - 1];

		if (e->hash == hash && e->kind == kind && e->id == id) {
			*at = i;
			return e;
		}
	}
	return NULL;
}

/* A namesake may be meant instead of the newest one so far. Of those that had namesakes before,
 * nothing is metered (registry_is_only). */
static void newest_turns(const struct registry *r, const struct entry *namesake)
{
	uint32_t at = 0;
	const struct entry *e = entry_next(r, namesake->hash, namesake->kind, namesake->id, &at);

	if (e)
		meter_turn(e->what);
}

/* Once for the end's port, to tell many behind one address; once without, for when it changes. */
void registry_add_tunnel(struct registry *r, struct tunnel *t, unsigned end, uint32_t id)
{
	const struct place *p = &live_tunnel(t)->at[end];
	struct entry e = {.what = t, .id = id, .end = (uint8_t)end};

	e.kind = ENTRY_PLACE;
	e.hash = hash_place(&t->path, &p->address, p->port, id);
	newest_turns(r, &e);
	entry_add(r, &live_tunnel(t)->entries, e);
	e.kind = ENTRY_TUNNEL;
	e.hash = hash_tunnel(&t->path, &p->address, id);
	newest_turns(r, &e);
	entry_add(r, &live_tunnel(t)->entries, e);
}

void registry_add_asked(struct registry *r, struct tunnel *t, uint32_t id)
{
	const struct live_tunnel *lt = live_tunnel(t);
	struct entry e = {.what = t, .id = id, .end = RESPONDER, .kind = ENTRY_TUNNEL};

	if (!lt->asked.address.family ||
	    address_equal(&lt->asked.address, &lt->at[RESPONDER].address))
		return;
	e.hash = hash_tunnel(&t->path, &lt->asked.address, id);
	newest_turns(r, &e);
	entry_add(r, &live_tunnel(t)->entries, e);
}

/* ---- the ways of the latest packets ---- */

/* The first of two where it may stand: two that meet in one place do not drive each other out. */
static struct way *ways_of(const struct registry *r, const struct event *e, uint32_t id)
{
	uint32_t address;

	memcpy(&address, e->to.address.octets, sizeof(address));
	return &r->ways[((id ^ address ^ e->to.port) * UINT32_C(0x9e3779b1)) >> 25 << 1];
}

static inline bool is_place(const struct place *place, const struct party *p)
{
	return place->port == p->port && address_equal(&place->address, &p->address);
}

/* Both ends are where they were last: then nothing but their places was asked (tunnel_fit). */
static inline bool way_leads(const struct way *way, const struct event *e, uint32_t id)
{
	const struct live_tunnel *lt = (const struct live_tunnel *)way->tunnel;

	return lt && way->id == id && way->turn == lt->turn &&
	       is_place(&lt->at[way->end], &e->to) && is_place(&lt->at[1 - way->end], &e->from) &&
	       path_equal(&lt->tunnel.path, &e->path) && lane_fits(lt, 1 - way->end, &e->path);
}

struct tunnel *registry_way(const struct registry *r, const struct event *e, uint32_t id,
			    unsigned *ret_end)
{
	const struct way *ways = ways_of(r, e, id);

	for (unsigned i = 0; i < 2 && id; i++) {
		if (!way_leads(&ways[i], e, id))
			continue;
		*ret_end = ways[i].end;
		return ways[i].tunnel;
	}
	return NULL;
}

static void way_learn(const struct registry *r, const struct event *e, uint32_t id,
		      struct tunnel *t, unsigned end)
{
	struct way way = {.tunnel = t, .id = id, .turn = live_tunnel(t)->turn, .end = (uint8_t)end};
	struct way *ways = ways_of(r, e, id);

	if (!way_leads(&way, e, id))
		return;
	ways[1] = ways[0];
	ways[0] = way;
}

static void ways_forget(struct registry *r, const struct tunnel *t)
{
	for (size_t i = 0; i < WAYS; i++)
		if (r->ways[i].tunnel == t)
			r->ways[i].tunnel = NULL;
}

/* Equal ids of one address: of so many tunnels the newest that fit are compared. */
enum { LOOK_AT = 16, LOOK_BACK = 256 };

struct search {
	const struct registry *r;
	const struct event *event;
	enum look look;
	struct tunnel *best;
	unsigned best_fit, end;
	bool is_alone; /* no other one has that key */
};

static void search_chain(struct search *s, uint64_t hash, enum entry_kind kind, uint32_t id,
			 unsigned limit)
{
	uint32_t at = 0;
	const struct entry *entry = entry_next(s->r, hash, kind, id, &at), *next;

	s->is_alone = true;
	for (; limit-- && entry; entry = next) {
		unsigned fit;

		next = entry_next(s->r, hash, kind, id, &at);
		s->is_alone = s->is_alone && !next;
		fit = tunnel_fit(entry->what, entry->end, s->event, s->look, s->is_alone);

		if (fit <= s->best_fit)
			continue;
		s->best = entry->what;
		s->best_fit = fit;
		s->end = entry->end;
	}
}

struct tunnel *registry_tunnel(const struct registry *r, const struct event *e, uint32_t id,
			       enum look look, unsigned *ret_end)
{
	const struct party *here = look == LOOK_SENDER ? &e->from : &e->to;
	struct search s = {.r = r, .event = e, .look = look};

	search_chain(&s, hash_place(&e->path, &here->address, here->port, id), ENTRY_PLACE, id,
		     LOOK_AT);
	if (s.best && s.is_alone && look == LOOK_RECEIVER)
		way_learn(r, e, id, s.best, s.end);
	if (!s.best)
		search_chain(&s, hash_tunnel(&e->path, &here->address, id), ENTRY_TUNNEL, id,
			     LOOK_BACK);
	if (s.best)
		*ret_end = s.end;
	return s.best;
}

static bool is_only(const struct registry *r, uint64_t hash, enum entry_kind kind, uint32_t id,
		    const struct tunnel *t, unsigned end)
{
	const struct entry *e;
	uint32_t at = 0;

	while ((e = entry_next(r, hash, kind, id, &at)))
		if (e->what != t || e->end != end)
			return false;
	return true;
}

bool registry_is_only(const struct registry *r, const struct tunnel *t, unsigned end,
		      const struct event *e)
{
	uint32_t id = e->l2tp.tunnel_id;

	return is_only(r, hash_place(&e->path, &e->to.address, e->to.port, id), ENTRY_PLACE, id, t,
		       end) &&
	       is_only(r, hash_tunnel(&e->path, &e->to.address, id), ENTRY_TUNNEL, id, t, end);
}

void registry_add_tunnel_local(struct registry *r, struct tunnel *t, uint32_t id)
{
	entry_add(
		r, &live_tunnel(t)->entries,
		(struct entry){
			.hash = hash_pair(NULL, 0, id), .what = t, .id = id, .kind = ENTRY_LOCAL});
}

struct tunnel *registry_tunnel_local(const struct registry *r, uint32_t id)
{
	uint32_t at = 0;
	const struct entry *e = entry_next(r, hash_pair(NULL, 0, id), ENTRY_LOCAL, id, &at);

	return e ? e->what : NULL;
}

static void add_data(struct registry *r, struct session *s, unsigned end, uint32_t id)
{
	const struct tunnel *t = s->tunnel;

	entry_add(r, &live_session(s)->entries,
		  (struct entry){.hash = hash_tunnel(&t->path, &t->peer[end].address, id),
				 .what = s,
				 .id = id,
				 .kind = ENTRY_DATA,
				 .end = (uint8_t)end});
}

void registry_add_session(struct registry *r, struct session *s, unsigned end, uint32_t id)
{
	struct session *hidden = registry_session(r, s->tunnel, end, id);

	if (hidden)
		meter_close(hidden);
	if (s->tunnel->version == 3 && s->tunnel->peer[end].address.family)
		add_data(r, s, end, id);
	entry_add(r, &live_session(s)->entries,
		  (struct entry){.hash = hash_pair(s->tunnel, end, id),
				 .what = s,
				 .id = id,
				 .kind = ENTRY_SESSION,
				 .end = (uint8_t)end});
}

struct session *registry_session(const struct registry *r, const struct tunnel *t, unsigned end,
				 uint32_t id)
{
	uint64_t hash = hash_pair(t, end, id);
	const struct entry *e;
	uint32_t at = 0;

	while ((e = entry_next(r, hash, ENTRY_SESSION, id, &at))) {
		struct session *s = e->what;

		if (s->tunnel == t && e->end == end)
			return s;
	}
	return NULL;
}

struct session *registry_data(const struct registry *r, const struct event *e, uint32_t id,
			      unsigned *ret_end)
{
	uint64_t hash = hash_tunnel(&e->path, &e->to.address, id);
	struct session *found = NULL;
	const struct entry *entry;
	uint32_t at = 0;

	while ((entry = entry_next(r, hash, ENTRY_DATA, id, &at))) {
		struct session *s = entry->what;
		const struct tunnel *t = s->tunnel;
		bool is_sender;

		if (!t || !path_equal(&t->path, &e->path) ||
		    !address_equal(&t->peer[entry->end].address, &e->to.address))
			continue;
		is_sender = address_equal(&t->peer[1 - entry->end].address, &e->from.address);
		if (found && !is_sender)
			continue;
		found = s;
		*ret_end = entry->end;
		if (is_sender)
			break;
	}
	return found;
}

static uint64_t hash_circuit(const struct tunnel *t, unsigned end, struct span circuit)
{
	return hash_end(hash_word(hash_pair(t, end, 0), hash_octets(circuit.at, circuit.len)));
}

void registry_add_circuit(struct registry *r, struct session *s, unsigned end, struct span circuit)
{
	entry_add(r, &live_session(s)->entries,
		  (struct entry){.hash = hash_circuit(s->tunnel, end, circuit),
				 .what = s,
				 .kind = ENTRY_CIRCUIT,
				 .end = (uint8_t)end});
}

struct session *registry_circuit(const struct registry *r, const struct tunnel *t, unsigned end,
				 struct span circuit)
{
	uint64_t hash = hash_circuit(t, end, circuit);
	const struct entry *e;
	uint32_t at = 0;

	while ((e = entry_next(r, hash, ENTRY_CIRCUIT, 0, &at))) {
		struct session *s = e->what;

		if (s->tunnel == t && e->end == end && span_equal(session_circuit(s)->id, circuit))
			return s;
	}
	return NULL;
}

static uint64_t hash_name(struct str name)
{
	return hash_octets(name.at, name.len);
}

void registry_add_binding(struct registry *r, struct binding *b)
{
	entry_add(
		r, NULL,
		(struct entry){.hash = hash_name(b->interface), .what = b, .kind = ENTRY_BINDING});
}

struct binding *registry_binding(const struct registry *r, struct str interface)
{
	uint64_t hash = hash_name(interface);
	const struct entry *e;
	uint32_t at = 0;

	while ((e = entry_next(r, hash, ENTRY_BINDING, 0, &at))) {
		struct binding *b = e->what;

		if (str_equal(b->interface, interface))
			return b;
	}
	return NULL;
}

void registry_forget_session(struct registry *r, struct session *s)
{
	meter_close(s);
	entries_forget(r, &live_session(s)->entries);
}

void registry_forget_tunnel(struct registry *r, struct tunnel *t)
{
	ways_forget(r, t);
	entries_forget(r, &live_tunnel(t)->entries);
}
