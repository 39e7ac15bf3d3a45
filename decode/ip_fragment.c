/* Reassembly of IP fragments (RFC 791 3.2, RFC 8200 4.5). */
#include <stdlib.h>

#include "ip.h"
#include "limits.h"

enum { BUCKETS = 4096, DATAGRAM_MAX = 65535 };

struct fragment {
	struct fragment *next; /* by offset */
	size_t offset;
	size_t length; /* on the wire */
	size_t have;   /* captured, in octets[] */
	uint8_t octets[];
};

struct datagram {
	struct datagram *next;            /* in its bucket */
	struct datagram *older, *younger; /* by arrival; `lost` is chained by `younger` */
	struct ip_packet ip;              /* of its first fragment to arrive; payload unused */
	size_t total;                     /* octets of the datagram; 0 until its last fragment */
	size_t n;
	struct fragment *fragments;
	struct moment first;
	struct sighting last;
	enum lost_why why;
};

struct reassembly {
	struct datagram *buckets[BUCKETS];
	struct datagram *oldest, *youngest;
	struct datagram *lost, *lost_last; /* given up, not yet fetched */
	struct datagram *given;            /* fetched last: its payload is in `prefix` */
	uint8_t *prefix;
	size_t fragments, octets;
};

struct reassembly *reassembly_new(void)
{
	struct reassembly *r = must_alloc(1, sizeof(*r));

	*r = (struct reassembly){0};
	return r;
}

static void datagram_free(struct datagram *d)
{
	struct fragment *next;

	if (!d)
		return;
	for (struct fragment *f = d->fragments; f; f = next) {
		next = f->next;
		free(f);
	}
	free(d);
}

void reassembly_free(struct reassembly *r)
{
	struct datagram *next;

	if (!r)
		return;
	for (struct datagram *d = r->oldest; d; d = next) {
		next = d->younger;
		datagram_free(d);
	}
	for (struct datagram *d = r->lost; d; d = next) {
		next = d->younger;
		datagram_free(d);
	}
	datagram_free(r->given);
	free(r->prefix);
	free(r);
}

static struct datagram **bucket_of(struct reassembly *r, const struct ip_packet *ip)
{
	uint32_t hash = 2166136261u ^ ip->id; /* FNV-1a */

	for (size_t i = 0; i < sizeof(ip->source.octets); i++) {
		hash = (hash ^ ip->source.octets[i]) * 16777619u;
		hash = (hash ^ ip->destination.octets[i]) * 16777619u;
	}
	return &r->buckets[(hash ^ hash >> 15) % BUCKETS];
}

static bool same_path(const struct path *a, const struct path *b)
{
	return a->vlan[0] == b->vlan[0] && a->vlan[1] == b->vlan[1] && a->label == b->label &&
	       a->pppoe == b->pppoe && a->gre_key == b->gre_key;
}

static struct datagram *datagram_find(struct reassembly *r, const struct ip_packet *ip,
				      const struct path *path)
{
	struct datagram *d;

	for (d = *bucket_of(r, ip); d; d = d->next)
		if (d->ip.id == ip->id && d->ip.protocol == ip->protocol &&
		    address_equal(&d->ip.source, &ip->source) &&
		    address_equal(&d->ip.destination, &ip->destination) &&
		    same_path(&d->last.path, path))
			return d;
	return NULL;
}

static struct datagram *datagram_make(struct reassembly *r, const struct ip_packet *ip,
				      const struct sighting *seen)
{
	struct datagram *d = must_alloc(1, sizeof(*d));
	struct datagram **bucket = bucket_of(r, ip);

	*d = (struct datagram){.next = *bucket, .older = r->youngest, .ip = *ip};
	d->first = seen->when;
	d->last = *seen;
	*bucket = d;
	if (r->youngest)
		r->youngest->younger = d;
	else
		r->oldest = d;
	r->youngest = d;
	return d;
}

/* Takes a datagram out of the table; it then belongs to the caller. */
static void datagram_unlink(struct reassembly *r, struct datagram *d)
{
	struct datagram **at = bucket_of(r, &d->ip);

	while (*at != d)
		at = &(*at)->next;
	*at = d->next;
	if (d->older)
		d->older->younger = d->younger;
	else
		r->oldest = d->younger;
	if (d->younger)
		d->younger->older = d->older;
	else
		r->youngest = d->older;
	d->younger = NULL;
	r->fragments -= d->n;
	for (const struct fragment *f = d->fragments; f; f = f->next)
		r->octets -= f->have;
}

static void give_up(struct reassembly *r, struct datagram *d, enum lost_why why)
{
	datagram_unlink(r, d);
	d->why = why;
	if (r->lost_last)
		r->lost_last->younger = d;
	else
		r->lost = d;
	r->lost_last = d;
}

/* Keeps a fragment in order of offset. The same offset and length again is a copy. */
static void fragment_keep(struct reassembly *r, struct datagram *d, const struct ip_packet *ip)
{
	struct fragment **at = &d->fragments;
	struct fragment *f;

	while (*at && (*at)->offset < ip->offset)
		at = &(*at)->next;
	if (*at && (*at)->offset == ip->offset && (*at)->length == ip->length)
		return;
	f = must_alloc(1, sizeof(*f) + ip->payload.len);
	f->next = *at;
	f->offset = ip->offset;
	f->length = ip->length;
	f->have = ip->payload.len;
	if (f->have > 0)
		memcpy(f->octets, ip->payload.at, f->have);
	*at = f;
	d->n++;
	r->fragments++;
	r->octets += f->have;
	if (!ip->has_more)
		d->total = ip->offset + ip->length;
}

static bool is_whole(const struct datagram *d)
{
	size_t reach = 0;

	for (const struct fragment *f = d->fragments; f && f->offset <= reach; f = f->next)
		if (f->offset + f->length > reach)
			reach = f->offset + f->length;
	return d->total > 0 && reach >= d->total;
}

/* The octets from the beginning of the datagram up to the first that is not there. */
static size_t prefix_copy(const struct datagram *d, uint8_t *to, size_t room)
{
	size_t n = 0;

	for (const struct fragment *f = d->fragments; f && f->offset <= n; f = f->next) {
		size_t skip = n - f->offset;
		size_t take;

		if (skip >= f->have)
			continue;
		take = f->have - skip;
		if (take > room - n)
			take = room - n;
		memcpy(to + n, f->octets + skip, take);
		n += take;
	}
	return n;
}

/* `ip` with the datagram as its payload, no longer a fragment. */
static struct ip_packet datagram_packet(const struct datagram *d, uint8_t *octets)
{
	struct ip_packet ip = d->ip;

	ip.is_fragment = false;
	ip.has_more = false;
	ip.offset = 0;
	ip.payload = span_of(octets, prefix_copy(d, octets, DATAGRAM_MAX));
	ip.length = d->total ? d->total : DATAGRAM_MAX; /* UDP says how long */
	if (ip.payload.len > ip.length)
		ip.payload.len = ip.length;
	ip_headers_skip(&ip);
	return ip;
}

bool reassembly_take(struct reassembly *r, struct arena *a, const struct sighting *seen,
		     struct ip_packet *ip)
{
	struct datagram *d;
	uint8_t *octets;

	if (ip->offset + ip->length > DATAGRAM_MAX)
		return false;
	d = datagram_find(r, ip, &seen->path);
	if (!d)
		d = datagram_make(r, ip, seen);
	fragment_keep(r, d, ip);
	d->last = *seen;
	if (is_whole(d)) {
		octets = arena_alloc(a, DATAGRAM_MAX);
		datagram_unlink(r, d);
		if (octets)
			*ip = datagram_packet(d, octets);
		datagram_free(d);
		return octets != NULL;
	}
	if (d->n > LIMIT_DATAGRAM)
		give_up(r, d, LOST_EVICTED);
	while (r->fragments > LIMIT_FRAGMENTS || r->octets > LIMIT_FRAGMENT_OCTETS)
		give_up(r, r->oldest, LOST_EVICTED);
	return false;
}

bool reassembly_is_idle(const struct reassembly *r)
{
	return !r->oldest && !r->lost;
}

bool reassembly_lost(struct reassembly *r, struct moment now, bool is_end,
		     struct lost_datagram *ret)
{
	struct datagram *d;

	while (r->oldest && moment_minus(now, r->oldest->first) > FRAGMENT_WAIT_NS)
		give_up(r, r->oldest, LOST_LATE);
	while (r->oldest && is_end)
		give_up(r, r->oldest, LOST_AT_END);
	d = r->lost;
	if (!d)
		return false;
	r->lost = d->younger;
	if (!r->lost)
		r->lost_last = NULL;
	datagram_free(r->given);
	r->given = d;
	if (!r->prefix)
		r->prefix = must_alloc(DATAGRAM_MAX, 1);
	*ret = (struct lost_datagram){
		.ip = datagram_packet(d, r->prefix),
		.last = d->last,
		.fragments = d->n,
		.why = d->why,
	};
	return true;
}
