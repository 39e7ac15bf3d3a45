#include "mirror.h"

#include "fit.h"
#include "hash.h"
#include "registry.h"

enum { RECENT = 8, UNIQUE_AVPS = 3, PRINTED = 64 };
static const int64_t copy_ns = 2000000; /* contract.md: copies within 2 ms */

/* Of a packet no more than tells it from others: each one is kept for a moment. */
struct recent {
	struct path path;
	struct place from, to;
	struct moment when;
	uint64_t print;
	uint32_t tunnel_id, session_id;
	uint16_t ns, nr, message, vantage;
	uint8_t kind, version;
};

struct mirrors {
	struct recent recent[RECENT];
	size_t n_recent;
	bool are_many; /* paths: as long as there is one nothing is compared */
	struct mirror {
		struct path path, of;
		uint16_t vantage;
	} pairs[LIMIT_MIRRORS];
	size_t n_pairs;
};

/* Messages without attributes, and payload, may be alike elsewhere: they take an IP identification,
 * which may be 0 of all. */
static bool is_told_apart(const struct event *e)
{
	if (e->kind == EVENT_CONTROL)
		return e->l2tp.has_sequence && e->control.message != ZLB &&
		       (e->path.ip_id || e->control.n_avps >= UNIQUE_AVPS);
	return (e->kind == EVENT_PPP || e->kind == EVENT_DATA) && e->l2tp.is_present &&
	       e->path.ip_id && e->packet.len > 0;
}

/* Where only the words of a message are known, its attributes tell it. */
static inline uint64_t print_of(const struct event *e)
{
	if (e->packet.len >= PRINTED)
		return hash_octets(e->packet.at, PRINTED);
	return e->packet.len ? hash_octets(e->packet.at, e->packet.len) : request_print(e);
}

static inline bool is_at(const struct place *place, const struct party *p)
{
	return place->port == p->port && address_equal(&place->address, &p->address);
}

static bool is_copy(const struct recent *r, const struct event *e)
{
	int64_t since;

	if (r->kind != e->kind || r->vantage != e->origin.vantage ||
	    r->path.ip_id != e->path.ip_id || r->message != e->control.message ||
	    r->tunnel_id != e->l2tp.tunnel_id || r->session_id != e->l2tp.session_id ||
	    r->ns != e->l2tp.ns || r->nr != e->l2tp.nr || r->version != e->l2tp.version ||
	    !is_at(&r->from, &e->from) || !is_at(&r->to, &e->to) ||
	    !moment_comparable(e->when, r->when))
		return false;
	since = moment_minus(e->when, r->when);
	return since >= -copy_ns && since <= copy_ns && r->print == print_of(e);
}

static const struct path *mirror_of(const struct mirrors *m, const struct event *e)
{
	for (size_t i = 0; i < m->n_pairs; i++)
		if (m->pairs[i].vantage == e->origin.vantage &&
		    path_equal(&m->pairs[i].path, &e->path))
			return &m->pairs[i].of;
	return NULL;
}

/* Did the same come on another path just now? Then that of `e` is a mirror from now on. */
static bool find_copy(struct mirrors *m, const struct event *e)
{
	for (size_t i = 0; i < m->n_recent && i < RECENT; i++) {
		const struct recent *r = &m->recent[i];

		if (path_equal(&r->path, &e->path) || !is_copy(r, e) || m->n_pairs == LIMIT_MIRRORS)
			continue;
		m->pairs[m->n_pairs++] =
			(struct mirror){.path = e->path, .of = r->path, .vantage = r->vantage};
		return true;
	}
	return false;
}

static void keep_recent(struct mirrors *m, const struct event *e)
{
	struct recent *r = &m->recent[m->n_recent++ % RECENT];

	r->path = e->path;
	r->from = (struct place){e->from.address, e->from.port};
	r->to = (struct place){e->to.address, e->to.port};
	r->when = e->when;
	r->print = print_of(e);
	r->tunnel_id = e->l2tp.tunnel_id;
	r->session_id = e->l2tp.session_id;
	r->ns = e->l2tp.ns;
	r->nr = e->l2tp.nr;
	r->message = e->control.message;
	r->vantage = e->origin.vantage;
	r->kind = (uint8_t)e->kind;
	r->version = e->l2tp.version;
}

const struct path *mirror_watch(struct observer *o, const struct event *e)
{
	struct mirrors *m = o->mirrors;
	const struct path *of = m && m->n_pairs ? mirror_of(m, e) : NULL;

	if (of || o->is_text || !is_told_apart(e))
		return of;
	if (!m)
		m = o->mirrors = arena_alloc(o->arena, sizeof(*m));
	if (!m)
		return NULL;
	m->are_many |= m->n_recent && !path_equal(&m->recent[0].path, &e->path);
	if (m->are_many && find_copy(m, e))
		return mirror_of(m, e);
	keep_recent(m, e);
	return NULL;
}
