#include "link.h"

#include "over.h"
#include "ppp_link.h"
#include "session.h"
#include "tunnel.h"

enum { BUCKETS = 4096 };

struct link_table {
	struct link_entry *buckets[BUCKETS];
};

struct tunnel *link_new(struct context *c, enum carrier carrier)
{
	struct tunnel *t = tunnel_new(c, false);
	struct session *s = t ? session_new(c, t, false) : NULL;

	if (!s)
		return NULL;
	over_is_link(c->observer, t);
	t->carrier = (uint8_t)carrier;
	t->was_there = false;
	s->was_there = false;
	return t;
}

/* ---- finding ---- */

struct link_entry link_key(const struct event *e, enum carrier carrier, uint32_t id)
{
	struct link_entry key = {.id = id, .carrier = (uint8_t)carrier};

	key.vlan[0] = e->path.vlan[0];
	key.vlan[1] = e->path.vlan[1];
	if (carrier == CARRIER_PPTP) {
		key.from = e->from.address;
		key.to = e->to.address;
	} else if (carrier == CARRIER_PPPOE && e->path.has_mac) {
		bool in_order = memcmp(e->path.from_mac, e->path.to_mac, 6) < 0;

		key.from = address_mac(in_order ? e->path.from_mac : e->path.to_mac);
		key.to = address_mac(in_order ? e->path.to_mac : e->path.from_mac);
	}
	return key;
}

/* FNV-1a */
static uint32_t mix(uint32_t h, const void *at, size_t n)
{
	const uint8_t *octets = at;

	for (size_t i = 0; i < n; i++)
		h = (h ^ octets[i]) * 16777619u;
	return h;
}

static uint32_t hash_of(const struct link_entry *key)
{
	uint32_t h = mix(2166136261u, &key->id, sizeof(key->id));

	h = mix(h, key->vlan, sizeof(key->vlan));
	h = mix(h, key->from.octets, sizeof(key->from.octets));
	return mix(h, key->to.octets, sizeof(key->to.octets)) % BUCKETS;
}

static bool same_key(const struct link_entry *a, const struct link_entry *b)
{
	return a->id == b->id && a->carrier == b->carrier && a->vlan[0] == b->vlan[0] &&
	       a->vlan[1] == b->vlan[1] && address_equal(&a->from, &b->from) &&
	       address_equal(&a->to, &b->to);
}

struct link_entry *link_find(struct context *c, const struct link_entry *key, bool make)
{
	struct link_table **table = &c->observer->links;
	struct link_entry **at, *e;

	if (!*table)
		*table = arena_alloc(c->arena, sizeof(**table));
	if (!*table)
		return NULL;
	at = &(*table)->buckets[hash_of(key)];
	for (e = *at; e; e = e->next)
		if (same_key(e, key))
			return e;
	if (!make)
		return NULL;
	e = arena_alloc(c->arena, sizeof(*e));
	if (!e)
		return NULL;
	*e = *key;
	e->next = *at;
	*at = e;
	return e;
}

/* ---- captured PPP ---- */

static enum carrier carrier_of(const struct event *e)
{
	if (e->path.pppoe)
		return CARRIER_PPPOE;
	return e->from.address.family ? CARRIER_PPTP : CARRIER_PPP; /* of GRE: RFC 2637 4.1 */
}

/* Echo, discard and identification run on links whose call nobody saw. */
static bool begins_call(const struct ppp *p)
{
	return p->protocol == PPP_PAP || p->protocol == PPP_CHAP || p->protocol == PPP_EAP ||
	       (p->code >= CP_CONFREQ && p->code <= CP_TERMACK);
}

static bool asks_lcp(const struct ppp *p)
{
	return p->protocol == PPP_LCP && p->code == CP_CONFREQ;
}

/* The link was closed and is negotiated again: the next call on the same line. */
static bool begins_anew(const struct context *c, const struct tunnel *t)
{
	const struct session *s = t->sessions;
	const struct cp *lcp = link_cp(&s->ppp, CP_LCP);

	if (!asks_lcp(&c->event->ppp))
		return false;
	if (session_told(s)->cleared.mark.is_set)
		return true;
	for (int i = 0; i < 2; i++)
		if (side_ending(&lcp->side[i])->ack.is_set)
			return true;
	return false;
}

int link_sender(const struct event *e, const struct tunnel *t)
{
	for (int i = 0; i < 2; i++) {
		struct address from = t->carrier == CARRIER_PPPOE && e->path.has_mac
					      ? address_mac(e->path.from_mac)
					      : e->from.address;

		if (from.family && address_equal(&t->peer[i].address, &from))
			return i;
	}
	return -1;
}

static bool is_open_pptp(const struct tunnel *t)
{
	return t->carrier == CARRIER_PPTP && !session_told(t->sessions)->cleared.mark.is_set;
}

/* Call IDs have 16 bits, and control connections are found by a port above them (pptp_link.c). */
enum { WITHOUT_ID = 0x20000 };

/* Where the links between these hosts begin of which the Call ID of `to` is not known, the newest
 * first: one entry for both orders of the hosts would be as good, but a host that sends much to one
 * that never answers is then looked through with each packet. */
static struct link_entry *pptp_halves(struct context *c, const struct address *from,
				      const struct address *to, bool make)
{
	struct link_entry key = link_key(c->event, CARRIER_PPTP, WITHOUT_ID);

	key.from = *from;
	key.to = *to;
	return link_find(c, &key, make);
}

void link_awaits_id(struct context *c, struct tunnel *t)
{
	for (unsigned i = 0; i < 2; i++) {
		struct link_entry *entry = t->link_id[i] ? NULL
							 : pptp_halves(c, &t->peer[1 - i].address,
								       &t->peer[i].address, true);

		if (!entry)
			continue;
		live_tunnel(t)->next_without_id[i] = entry->tunnel;
		entry->tunnel = t;
	}
}

/* The end of it to which the event goes. */
static unsigned receiver_of(const struct context *c, const struct tunnel *t)
{
	return address_equal(&t->peer[1].address, &c->event->to.address);
}

/* The latest PPTP link between the two hosts that lacks the Call ID of the receiver. Those that
 * lack it no more are taken out when they are come by. */
static struct tunnel *pptp_half(struct context *c, unsigned *ret_receiver)
{
	const struct event *e = c->event;
	struct link_entry *entry = pptp_halves(c, &e->from.address, &e->to.address, false);

	while (entry && entry->tunnel) {
		struct tunnel *t = entry->tunnel;
		unsigned receiver = receiver_of(c, t);

		if (is_open_pptp(t) && !t->link_id[receiver]) {
			*ret_receiver = receiver;
			return t;
		}
		entry->tunnel = live_tunnel(t)->next_without_id[receiver];
	}
	return NULL;
}

static struct tunnel *link_begin(struct context *c, enum carrier carrier, struct link_entry *entry)
{
	const struct event *e = c->event;
	unsigned receiver = 1;
	struct tunnel *t = carrier == CARRIER_PPTP ? pptp_half(c, &receiver) : NULL;
	bool is_new;

	if (carrier == CARRIER_PPPOE && (t = pppoe_granted_unseen(c)) != NULL) {
		entry->tunnel = t;
		return t;
	}
	is_new = !t;
	if (!t) {
		t = link_new(c, carrier);
		if (!t)
			return NULL;
		t->sessions->was_there = !asks_lcp(&e->ppp);
	}
	entry->tunnel = t;
	if (carrier == CARRIER_PPTP) {
		t->link_id[receiver] = e->path.gre_key;
		t->peer[receiver].address = e->to.address;
		t->peer[1 - receiver].address = e->from.address;
		if (is_new)
			link_awaits_id(c, t);
	} else if (carrier == CARRIER_PPPOE) {
		t->link_id[0] = e->path.pppoe;
		t->link_id[1] = e->path.pppoe;
		if (e->path.has_mac) {
			t->peer[0].address = address_mac(e->path.from_mac);
			t->peer[1].address = address_mac(e->path.to_mac);
		}
	}
	return t;
}

static unsigned sender_of(struct context *c, struct tunnel *t)
{
	int end = link_sender(c->event, t);

	if (end >= 0)
		return (unsigned)end;
	if (c->event->path.sent_by)
		return c->event->path.sent_by - 1u;
	return link_ends_guess(c, &live_tunnel(t)->ends);
}

struct session *link_session(struct context *c, unsigned *ret_from)
{
	const struct event *e = c->event;
	enum carrier carrier = carrier_of(e);
	struct link_entry key =
		link_key(e, carrier, carrier == CARRIER_PPTP ? e->path.gre_key : e->path.pppoe);
	struct link_entry *entry = link_find(c, &key, begins_call(&e->ppp));
	struct tunnel *t;

	if (!entry)
		return NULL;
	t = entry->tunnel;
	if (t && begins_anew(c, t))
		t = NULL;
	if (!t && begins_call(&e->ppp))
		t = link_begin(c, carrier, entry);
	if (!t)
		return NULL;
	*ret_from = sender_of(c, t);
	t->last = c->mark;
	live_tunnel(t)->is_heard[*ret_from] = true;
	return t->sessions;
}

void link_clear(struct context *c, struct session *s, unsigned from, const char *how,
		const char *cause, struct str text)
{
	if (session_told(s)->cleared.mark.is_set)
		return;
	session_told_make(c->arena, s)->cleared = (struct cleared){.mark = mark_text(c, "%s", how),
								   .from = (uint8_t)from,
								   .how = how,
								   .cause = cause,
								   .text = keep(c, text)};
	s->last = c->mark;
	ppp_link_down(c, s);
}

/* ---- the report ---- */

void links_part(struct report *r)
{
	struct tunnel **at = &r->tunnels, **tail = &r->links;

	while (*at) {
		struct tunnel *t = *at;

		if (!tunnel_is_link(t)) {
			at = &t->next;
			continue;
		}
		*at = t->next;
		t->next = NULL;
		*tail = t;
		tail = &t->next;
	}
	for (size_t i = 0; r->links && i < r->n_steps; i++) {
		steps_rest(r, i);
		if (r->steps[i]->tunnel && tunnel_is_link(r->steps[i]->tunnel))
			r->steps[i]->tunnel = NULL;
	}
}
