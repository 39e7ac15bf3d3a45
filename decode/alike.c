#include "alike.h"

#include <pcap/dlt.h>
#include <stdlib.h>

#include "code.h"
#include "hash.h"
#include "limits.h"
#include "linktype.h"

enum {
	WORD = sizeof(uint64_t),
	UDP = 8,
	/* What is looked at, from IP on: headers with anything but an offset. */
	IPV4_WORDS = 6,
	IPV6_WORDS = ALIKE_WORDS,
	SHAPES = 32,
	FIRST_ROOM = 64, /* a power of two */
};

/* RFC 2661 3.1 */
enum l2tp_flag { LENGTH = 0x4000, SEQUENCE = 0x0800 };

/* Where everything stands, from IP on, and the clock of its stamps. */
struct alike_shape {
	struct moment clock;
	uint64_t mask[ALIKE_WORDS]; /* the bits that are the same in all */
	uint8_t version;            /* of IP */
	uint8_t n, l2tp;            /* octets of headers; where L2TP begins */
	uint8_t ns;                 /* where Ns is, or 0 */
	bool has_length;
};

struct alikes {
	struct alike **at; /* by hash; `room` of them, a power of two */
	size_t n, room;
	size_t most;    /* of them, before idle ones are looked for; no more than `room` */
	uint64_t looks; /* packets that were looked up */
	struct alike_shape shapes[SHAPES];
	size_t n_shapes;
};

struct alikes *alikes_new(void)
{
	struct alikes *x = must_alloc(1, sizeof(*x));

	x->room = x->most = FIRST_ROOM;
	x->at = must_alloc(x->room, sizeof(struct alike *));
	return x;
}

void alikes_free(struct alikes *x)
{
	for (size_t i = 0; x && i < x->room; i++) {
		for (struct alike *a = x->at[i], *next; a; a = next) {
			next = a->next;
			free(a);
		}
	}
	if (x)
		free(x->at);
	free(x);
}

/* ---- headers ---- */

/* What a packet looks like before anything is known of it. */
struct look {
	struct span packet; /* from IP on, at least as many octets as are looked at */
	uint16_t vlan[2];
	uint8_t version;
	uint64_t hash;
};

static inline size_t l2tp_at(uint8_t version)
{
	enum { IPV4 = 20, IPV6 = 40 };

	return (version == 6 ? IPV6 : IPV4) + UDP;
}

static inline size_t words(uint8_t version)
{
	return version == 6 ? IPV6_WORDS : IPV4_WORDS;
}

/* IP right behind Ethernet, as nearly always. */
static inline bool enter_ethernet(const struct frame *f, struct look *ret)
{
	enum { HEADER = 14, TYPE = 12, IPV4 = 0x0800 };

	if (f->dlt != DLT_EN10MB || span_u16(f->octets, TYPE) != IPV4)
		return false;
	ret->vlan[0] = ret->vlan[1] = 0;
	ret->packet = span_of(f->octets.at + HEADER, f->octets.len - HEADER);
	return true;
}

static bool enter_link(const struct frame *f, struct look *ret)
{
	struct link_frame link;

	link_decode(f->dlt, f->octets, &link);
	ret->vlan[0] = (uint16_t)link.vlan[0];
	ret->vlan[1] = (uint16_t)link.vlan[1];
	ret->packet = link.payload;
	return link.kind == LINK_IP && !link.label && !link.has_pppoe;
}

static inline bool look(const struct frame *f, struct look *ret)
{
	enum { IDS = 2, IDS_BEHIND_LENGTH = 4, SOURCE_PORT = -UDP };
	size_t l2tp, ids;

	if (f->stamp.len > 0 || (!enter_ethernet(f, ret) && !enter_link(f, ret)))
		return false;
	ret->version = span_u8(ret->packet, 0) >> 4;
	if (ret->packet.len < words(ret->version) * WORD)
		return false;
	l2tp = l2tp_at(ret->version);
	ids = l2tp + (span_u16(ret->packet, l2tp) & LENGTH ? IDS_BEHIND_LENGTH : IDS);
	ret->hash = hash_end(
		hash_word(HASH_START, (uint64_t)span_u16(ret->packet, ids) << 32 |
					      (uint64_t)span_u16(ret->packet, ids + 2) << 16 |
					      span_u16(ret->packet, l2tp + (size_t)SOURCE_PORT)));
	return true;
}

static inline uint64_t word_at(struct span packet, size_t i)
{
	uint64_t word;

	memcpy(&word, packet.at + i * WORD, WORD);
	return word;
}

static inline bool has_headers(const struct alike *a, const struct look *l)
{
	const uint64_t *mask = a->shape->mask;
	uint64_t differs = a->shape->version ^ l->version;

	differs |= (uint64_t)(a->vlan[0] ^ l->vlan[0]) | (uint64_t)(a->vlan[1] ^ l->vlan[1]);
	for (size_t i = 0; i < IPV4_WORDS; i++)
		differs |= (word_at(l->packet, i) & mask[i]) ^ a->is[i];
	if (l->version == 6)
		for (size_t i = IPV4_WORDS; i < IPV6_WORDS; i++)
			differs |= (word_at(l->packet, i) & mask[i]) ^ a->is[i];
	return differs == 0;
}

/* As plain.h and glance.h want them, and none longer than another. */
static inline bool lengths_fit(const struct alike_shape *s, const struct look *l, size_t missing,
			       size_t *ret_length)
{
	enum { IPV4_LENGTH = 2, IPV6_LENGTH = 4 };
	struct span packet = l->packet;
	size_t ip = s->l2tp - (size_t)UDP;
	size_t udp = span_u16(packet, ip + 4);
	size_t headers = s->n - ip;
	size_t total = l->version == 6 ? span_u16(packet, IPV6_LENGTH) + ip
				       : span_u16(packet, IPV4_LENGTH);

	*ret_length = udp - headers;
	return udp >= headers && total == ip + udp && total <= packet.len + missing &&
	       (!s->has_length || span_u16(packet, s->l2tp + 2u) == udp - UDP);
}

static inline bool same_clock(const struct moment *a, const struct moment *b)
{
	return a->kind == b->kind && a->grain_ns == b->grain_ns && a->is_unsynced == b->is_unsynced;
}

static struct alike *find(const struct alikes *x, const struct look *l, const struct moment *when)
{
	struct alike *a = x->at[l->hash & (x->room - 1)];

	while (a &&
	       (a->hash != l->hash || !has_headers(a, l) || !same_clock(&a->shape->clock, when)))
		a = a->next;
	return a;
}

static inline bool is_asked(const struct alike *a, const struct look *l)
{
	size_t n = a->shape->n;

	return a->is_ipv6 &&
	       glance_is_asked(PPP_IPV6, span_of(l->packet.at + n, l->packet.len - n));
}

static __attribute__((noinline)) struct alike *find_among(struct alikes *x, const struct frame *f,
							  struct alike_seen *ret)
{
	struct look l;
	struct alike *a;

	if (!look(f, &l))
		return NULL;
	a = find(x, &l, &f->when);
	if (!a || !lengths_fit(a->shape, &l, f->original - f->octets.len, &ret->length) ||
	    is_asked(a, &l))
		return NULL;
	ret->has_ns = a->shape->ns > 0;
	ret->ns = ret->has_ns ? span_u16(l.packet, a->shape->ns) : 0;
	a->look = x->looks;
	return a;
}

struct alike *alikes_find(struct alikes *x, const struct frame *f, struct alike_seen *ret)
{
	x->looks++;
	return x->n ? find_among(x, f, ret) : NULL;
}

/* ---- new ones ---- */

static void put(struct alikes *x, struct alike *a)
{
	struct alike **at = &x->at[a->hash & (x->room - 1)];

	a->next = *at;
	*at = a;
	x->n++;
}

static void room_grow(struct alikes *x)
{
	struct alikes old = *x;

	x->room *= 2;
	x->at = must_alloc(x->room, sizeof(struct alike *));
	x->n = 0;
	for (size_t i = 0; i < old.room; i++) {
		for (struct alike *a = old.at[i], *next; a; a = next) {
			next = a->next;
			put(x, a);
		}
	}
	free(old.at);
}

/* None was found for a while, and nobody counts by it. Should one come after all, it is looked at
 * as the first one was: that costs less than what many calls that have ended would take. */
static bool is_idle(const struct alikes *x, const struct alike *a)
{
	uint64_t a_while = x->room; /* packets */

	return !a->lease.is_open && x->looks - a->look > a_while;
}

/* Calls end: what they left is looked for when there are half as many again as were in use last
 * time. */
static void room_make(struct alikes *x)
{
	for (size_t i = 0; i < x->room; i++) {
		struct alike **at = &x->at[i];

		while (*at) {
			struct alike *a = *at;

			if (!is_idle(x, a)) {
				at = &a->next;
				continue;
			}
			*at = a->next;
			free(a);
			x->n--;
		}
	}
	x->most = x->n + x->n / 2 + FIRST_ROOM;
	while (x->most > x->room)
		room_grow(x);
}

/* What differs from packet to packet: of IP all but version, header length, fragment, protocol and
 * addresses; lengths, checksum, Ns, Nr. */
static void mask_make(struct alike_shape *s)
{
	enum { DONT_FRAGMENT_AND_RESERVED = 0xc0 };
	uint8_t mask[IPV6_WORDS * WORD] = {0};
	uint8_t *l2tp = mask + s->l2tp;

	memset(mask, 0xff, s->n);
	if (s->version == 4) {
		memset(mask + 1, 0, 5); /* type of service, length, identification */
		mask[6] = (uint8_t)~DONT_FRAGMENT_AND_RESERVED;
		mask[8] = mask[10] = mask[11] = 0; /* TTL, checksum */
	} else {
		mask[0] = 0xf0;
		memset(mask + 1, 0, 5); /* class, flow label, length */
		mask[7] = 0;            /* hop limit */
	}
	memset(l2tp - UDP + 4, 0, 4);
	if (s->has_length)
		l2tp[2] = l2tp[3] = 0;
	if (s->ns)
		memset(mask + s->ns, 0, 4);
	memcpy(s->mask, mask, sizeof(s->mask));
}

/* NULL: there are more than anybody sends. */
static const struct alike_shape *shape_of(struct alikes *x, const struct moment *clock,
					  uint8_t version, size_t n, uint16_t flags)
{
	struct alike_shape shape = {.clock = *clock,
				    .version = version,
				    .n = (uint8_t)n,
				    .l2tp = (uint8_t)l2tp_at(version),
				    .has_length = flags & LENGTH};

	if (flags & SEQUENCE)
		shape.ns = (uint8_t)(shape.l2tp + (shape.has_length ? 8 : 6));
	for (size_t i = 0; i < x->n_shapes; i++) {
		const struct alike_shape *s = &x->shapes[i];

		if (s->version == shape.version && s->n == shape.n && s->ns == shape.ns &&
		    s->has_length == shape.has_length && same_clock(&s->clock, clock))
			return s;
	}
	if (x->n_shapes == SHAPES)
		return NULL;
	mask_make(&shape);
	x->shapes[x->n_shapes] = shape;
	return &x->shapes[x->n_shapes++];
}

struct alike *alikes_add(struct alikes *x, const struct frame *f, const struct glance *g)
{
	const struct alike_shape *shape;
	struct alike *a;
	struct look l;
	size_t n;

	if (g->key.protocol == PPP_COMPRESSED || !g->payload.at || !look(f, &l))
		return NULL;
	a = find(x, &l, &f->when);
	n = (size_t)(g->payload.at - l.packet.at);
	if (a || n > words(l.version) * WORD)
		return a;
	shape = shape_of(x, &f->when, l.version, n, span_u16(l.packet, l2tp_at(l.version)));
	if (!shape)
		return NULL;
	if (x->n >= x->most)
		room_make(x);
	if (x->n == LIMIT_METERS)
		return NULL;
	a = must_alloc(1, sizeof(*a));
	*a = (struct alike){.hash = l.hash,
			    .look = x->looks,
			    .shape = shape,
			    .vlan = {l.vlan[0], l.vlan[1]},
			    .is_ipv6 = g->key.protocol == PPP_IPV6};
	for (size_t i = 0; i < words(l.version); i++)
		a->is[i] = word_at(l.packet, i) & shape->mask[i];
	put(x, a);
	return a;
}
