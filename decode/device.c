#include "device.h"

#include "hash.h"
#include "speech.h"

enum { SLOTS_FIRST = 64 };

/* ---- slots ---- */

static bool is_of_tunnel(enum known_by by)
{
	return by < CALL_LOCAL;
}

static void **beside(void *known, enum known_by by)
{
	return is_of_tunnel(by) ? &((struct known_tunnel *)known)->beside[by]
				: &((struct known_call *)known)->beside[by - CALL_LOCAL];
}

static size_t born(const void *known, enum known_by by)
{
	return is_of_tunnel(by) ? ((const struct known_tunnel *)known)->born
				: ((const struct known_call *)known)->born;
}

static uint32_t id_of(const void *known, enum known_by by)
{
	const struct known_tunnel *t = known;
	const struct known_call *c = known;

	switch (by) {
	case TUNNEL_LOCAL:
		return t->local;
	case TUNNEL_REMOTE:
		return t->remote;
	case CALL_PID:
		return c->pid;
	case CALL_REMOTE:
	case CALL_REMOTE_IN:
		return c->remote;
	default:
		return c->local;
	}
}

static bool is_in_tunnel(enum known_by by)
{
	return by == CALL_LOCAL_IN || by == CALL_REMOTE_IN;
}

static uint64_t hash_of_id(uint32_t id, const struct known_tunnel *in)
{
	return hash_end(hash_word(hash_word(HASH_START, id), (uintptr_t)in));
}

static uint64_t hash_of(const void *known, enum known_by by)
{
	const struct known_call *c = known;

	if (by == CALL_ALIAS)
		return hash_octets(c->alias.at, c->alias.len);
	return hash_of_id(id_of(known, by), is_in_tunnel(by) ? c->tunnel : NULL);
}

static bool is_looked_up(const void *known, enum known_by by)
{
	const struct known_call *c = known;

	if (by == CALL_ALIAS)
		return c->alias.len > 0;
	return is_in_tunnel(by) ? c->tunnel != NULL : id_of(known, by) != 0;
}

/* Half of a slot moves to the one that is behind it by the old number of slots. */
static void slots_double(struct known_slots *s, struct arena *arena, enum known_by by)
{
	size_t n = s->n ? s->n * 2 : SLOTS_FIRST;
	void **at = arena_array(arena, n, sizeof(*at));

	if (!at)
		return;
	for (size_t i = 0; i < s->n; i++) {
		void **low = &at[i], **high = &at[i + s->n];

		for (void *k = s->at[i]; k; k = *beside(k, by)) {
			void ***to = hash_of(k, by) & s->n ? &high : &low;

			**to = k;
			*to = beside(k, by);
		}
		*low = *high = NULL;
	}
	s->at = at;
	s->n = n;
}

static void put(struct device *d, void *known, enum known_by by)
{
	struct known_slots *s = &d->slots[by];
	void **at;

	if (!is_looked_up(known, by))
		return;
	if (s->used >= s->n)
		slots_double(s, d->arena, by);
	if (!s->n)
		return;
	at = &s->at[hash_of(known, by) & (s->n - 1)];
	while (*at && born(*at, by) > born(known, by))
		at = beside(*at, by);
	*beside(known, by) = *at;
	*at = known;
	s->used++;
}

static void drop(struct device *d, void *known, enum known_by by)
{
	struct known_slots *s = &d->slots[by];
	void **at;

	if (!s->n || !is_looked_up(known, by))
		return;
	at = &s->at[hash_of(known, by) & (s->n - 1)];
	while (*at && *at != known)
		at = beside(*at, by);
	if (!*at)
		return;
	*at = *beside(known, by);
	s->used--;
}

/* The first that may be it; those behind it follow `beside`. */
static void *first(const struct device *d, enum known_by by, uint64_t hash)
{
	const struct known_slots *s = &d->slots[by];

	return s->n ? s->at[hash & (s->n - 1)] : NULL;
}

/* ---- what is written ---- */

static void tunnel_set(struct known_tunnel *t, enum known_by by, uint32_t *field, uint32_t id)
{
	if (*field == id)
		return;
	if (t->device)
		drop(t->device, t, by);
	*field = id;
	if (t->device)
		put(t->device, t, by);
}

void tunnel_set_local(struct known_tunnel *t, uint32_t id)
{
	tunnel_set(t, TUNNEL_LOCAL, &t->local, id);
}

void tunnel_set_remote(struct known_tunnel *t, uint32_t id)
{
	tunnel_set(t, TUNNEL_REMOTE, &t->remote, id);
}

/* An id of a call is looked up alone and (`in`) in its tunnel. */
static void call_set(struct known_call *c, enum known_by by, enum known_by in, uint32_t *field,
		     uint32_t id)
{
	if (*field == id)
		return;
	if (c->device) {
		drop(c->device, c, by);
		drop(c->device, c, in);
	}
	*field = id;
	if (c->device) {
		put(c->device, c, by);
		put(c->device, c, in);
	}
}

void call_set_local(struct known_call *c, uint32_t id)
{
	call_set(c, CALL_LOCAL, CALL_LOCAL_IN, &c->local, id);
}

void call_set_remote(struct known_call *c, uint32_t id)
{
	call_set(c, CALL_REMOTE, CALL_REMOTE_IN, &c->remote, id);
}

void call_set_pid(struct known_call *c, uint32_t pid)
{
	if (c->device)
		drop(c->device, c, CALL_PID);
	c->pid = pid;
	if (c->device)
		put(c->device, c, CALL_PID);
}

void call_set_alias(struct known_call *c, struct str alias)
{
	if (c->device)
		drop(c->device, c, CALL_ALIAS);
	c->alias = alias;
	if (c->device)
		put(c->device, c, CALL_ALIAS);
}

static void leave_tunnel(struct known_call *c)
{
	if (!c->sibling_at)
		return;
	*c->sibling_at = c->sibling;
	if (c->sibling)
		c->sibling->sibling_at = c->sibling_at;
	c->sibling_at = NULL;
}

static void join_tunnel(struct known_call *c)
{
	if (!c->tunnel)
		return;
	c->sibling = c->tunnel->calls;
	c->sibling_at = &c->tunnel->calls;
	if (c->sibling)
		c->sibling->sibling_at = &c->sibling;
	c->tunnel->calls = c;
}

void call_set_tunnel(struct known_call *c, struct known_tunnel *t)
{
	struct device *d = c->device;

	if (!d) {
		c->tunnel = t;
		return;
	}
	drop(d, c, CALL_LOCAL_IN);
	drop(d, c, CALL_REMOTE_IN);
	leave_tunnel(c);
	c->tunnel = t;
	join_tunnel(c);
	put(d, c, CALL_LOCAL_IN);
	put(d, c, CALL_REMOTE_IN);
}

/* ---- who comes and leaves ---- */

static bool is_over(const struct known_call *c)
{
	return c->is_closed || (c->tunnel && c->tunnel->is_closed);
}

static void call_forget(struct known_call *c)
{
	for (enum known_by by = CALL_LOCAL; by < KNOWN_BY; by++)
		drop(c->device, c, by);
	leave_tunnel(c);
	c->device = NULL;
}

static void tunnel_forget(struct known_tunnel *t)
{
	for (enum known_by by = TUNNEL_LOCAL; by < CALL_LOCAL; by++)
		drop(t->device, t, by);
	t->device = NULL;
}

/* A closed one is named by the lines that follow its end, but no more when LIMIT_KNOWN_CLOSED
 * others came: what has its id then is another one. It leaves at the second look after its end. */
static void known_leave(struct device *d)
{
	struct known_tunnel **t = &d->tunnels;
	struct known_call **c = &d->calls;

	if (++d->n_known % LIMIT_KNOWN_CLOSED)
		return;
	while (*c) {
		bool is_gone = (*c)->is_leaving && is_over(*c);

		(*c)->is_leaving = is_over(*c);
		if (is_gone) {
			call_forget(*c);
			*c = (*c)->next;
		} else {
			c = &(*c)->next;
		}
	}
	while (*t) {
		bool is_gone = (*t)->is_leaving && (*t)->is_closed;

		(*t)->is_leaving = (*t)->is_closed;
		if (is_gone) {
			tunnel_forget(*t);
			*t = (*t)->next;
		} else {
			t = &(*t)->next;
		}
	}
}

struct known_tunnel *device_tunnel_new(struct speech *s, struct device *d)
{
	static struct known_tunnel none;
	struct known_tunnel *t = arena_alloc(s->names, sizeof(*t));

	if (!t) {
		none = (struct known_tunnel){0};
		return &none;
	}
	known_leave(d);
	d->arena = s->names;
	t->device = d;
	t->born = d->n_known;
	t->next = d->tunnels;
	d->tunnels = t;
	return t;
}

struct known_call *device_call_new(struct speech *s, struct device *d, struct known_tunnel *t)
{
	static struct known_call none;
	struct known_call *c = arena_alloc(s->names, sizeof(*c));

	if (!c) {
		none = (struct known_call){0};
		return &none;
	}
	known_leave(d);
	d->arena = s->names;
	c->device = d;
	c->born = d->n_known;
	c->next = d->calls;
	d->calls = c;
	call_set_tunnel(c, t);
	return c;
}

/* ---- who is meant ---- */

static struct known_tunnel *open_tunnel(const struct device *d, enum known_by by, uint32_t id)
{
	struct known_tunnel *closed = NULL;

	for (struct known_tunnel *t = id ? first(d, by, hash_of_id(id, NULL)) : NULL; t;
	     t = t->beside[by]) {
		if (id_of(t, by) != id)
			continue;
		if (!t->is_closed)
			return t;
		if (!closed)
			closed = t;
	}
	return closed;
}

struct known_tunnel *device_tunnel(struct device *d, uint32_t local)
{
	return open_tunnel(d, TUNNEL_LOCAL, local);
}

struct known_tunnel *device_tunnel_remote(struct device *d, uint32_t remote)
{
	return open_tunnel(d, TUNNEL_REMOTE, remote);
}

struct known_tunnel *device_tunnel_latest(const struct device *d, bool is_remote, uint32_t id)
{
	enum known_by by = is_remote ? TUNNEL_REMOTE : TUNNEL_LOCAL;
	struct known_tunnel *t = id ? first(d, by, hash_of_id(id, NULL)) : NULL;

	while (t && id_of(t, by) != id)
		t = t->beside[by];
	return t;
}

static struct known_call *call_from(struct known_call *c, enum known_by by, uint32_t id,
				    const struct known_tunnel *t)
{
	while (c && (id_of(c, by) != id || (t && c->tunnel != t)))
		c = c->beside[by - CALL_LOCAL];
	return c;
}

static struct known_call *call_by(const struct device *d, enum known_by by, uint32_t id,
				  const struct known_tunnel *t)
{
	return call_from(first(d, by, hash_of_id(id, t)), by, id, t);
}

struct known_call *device_call(struct device *d, const struct known_tunnel *t, uint32_t local)
{
	return local ? call_by(d, t ? CALL_LOCAL_IN : CALL_LOCAL, local, t) : NULL;
}

struct known_call *device_call_by_remote(struct device *d, const struct known_tunnel *t,
					 uint32_t remote)
{
	return remote ? call_by(d, t ? CALL_REMOTE_IN : CALL_REMOTE, remote, t) : NULL;
}

struct known_call *device_call_in(const struct device *d, const struct known_tunnel *t,
				  bool is_remote, uint32_t id)
{
	return call_by(d, is_remote ? CALL_REMOTE_IN : CALL_LOCAL_IN, id, t);
}

struct known_call *device_call_unnamed(const struct device *d, const struct known_tunnel *t)
{
	struct known_call *c = call_by(d, CALL_LOCAL_IN, 0, t);

	while (c && c->is_closed)
		c = call_from(c->beside[CALL_LOCAL_IN - CALL_LOCAL], CALL_LOCAL_IN, 0, t);
	return c;
}

struct known_call *device_call_of_pid(struct device *d, uint32_t pid)
{
	return pid ? call_by(d, CALL_PID, pid, NULL) : NULL;
}

struct known_call *device_call_alias(const struct device *d, struct str alias, bool is_open)
{
	struct known_call *c = first(d, CALL_ALIAS, hash_octets(alias.at, alias.len));

	while (c && (!str_equal(c->alias, alias) || (is_open && c->is_closed)))
		c = c->beside[CALL_ALIAS - CALL_LOCAL];
	return c;
}

struct known_call *device_call_lone(struct device *d, bool of_pppd)
{
	struct known_call *found = NULL;

	for (struct known_call *c = d->calls; c; c = c->next) {
		if (c->is_closed)
			continue;
		if (found || of_pppd != (c->pid && !c->tunnel) || of_pppd == (c->local != 0))
			return NULL;
		found = c;
	}
	return found;
}

struct known_call *device_call_lone_ended(struct device *d, bool of_pppd)
{
	struct known_call *found = NULL;
	size_t looked = 0;

	for (struct known_call *c = d->calls; c; c = c->next) {
		bool is_half = of_pppd ? c->pid && !c->tunnel && !c->local : c->local && !c->pid;

		if (looked++ == LIMIT_LONE_LOOK)
			return NULL; /* of so many none is alone */
		if (!is_half)
			continue;
		if (found || !c->is_closed)
			return NULL;
		found = c;
	}
	return found;
}
