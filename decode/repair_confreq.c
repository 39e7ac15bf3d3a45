#include "repair.h"

#include <stdlib.h>

#include "code.h"

/* How far, in records, the other packets of one negotiation are looked for. */
enum { NEGOTIATION = 512 };

/* A Configure packet with its options, for comparison. */
struct confpacket {
	size_t at;
	uint64_t link_hash;
	uint8_t code;
	uint64_t id;
	enum sense sense;
	const struct ppp_tlv *tlvs;
	size_t n;
	uint32_t before, after; /* of the same link: place in confpackets; NONE */
};

enum { NONE = UINT32_MAX };

/* All of a window, in their order. */
struct confpackets {
	struct window *w;
	struct confpacket *at;
	size_t n;
};

static bool confpacket_read(const struct window *w, size_t i, struct confpacket *ret)
{
	const struct log_record *r = &w->records[i];

	*ret = (struct confpacket){.at = i, .before = NONE, .after = NONE};
	if (r->kind != RECORD_PPP_PACKET || !record_number(r, FIELD_ID, &ret->id) ||
	    !record_sense(r, &ret->sense))
		return false;
	ret->code = record_words(r).code;
	if (ret->code < CP_CONFREQ || ret->code > CP_CONFREJ)
		return false;
	if (w->group[i]) {
		ret->tlvs = w->groups[w->group[i]].tlvs;
		ret->n = w->groups[w->group[i]].n_tlvs;
	}
	for (size_t k = 0; k < ret->n; k++)
		if (!ret->tlvs[k].is_whole)
			return false;
	return true;
}

static uint64_t hash_text(uint64_t h, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (uint8_t)s.at[i]) * UINT64_C(1099511628211);
	return (h ^ 0xff) * UINT64_C(1099511628211);
}

static uint64_t link_hash(const struct window *w, size_t i)
{
	const struct log_record *r = &w->records[i];
	uint64_t h = UINT64_C(14695981039346656037) ^ w->console[i];

	h = hash_text(h, record_text(r, FIELD_INTERFACE));
	return hash_text(h, record_text(r, FIELD_PROTOCOL));
}

static bool is_same_link(const struct window *w, const struct confpacket *a,
			 const struct confpacket *b)
{
	const struct log_record *x = &w->records[a->at], *y = &w->records[b->at];

	return a->link_hash == b->link_hash && w->console[a->at] == w->console[b->at] &&
	       str_equal(record_text(x, FIELD_INTERFACE), record_text(y, FIELD_INTERFACE)) &&
	       str_equal(record_text(x, FIELD_PROTOCOL), record_text(y, FIELD_PROTOCOL));
}

/* Ties the packets of each link together. */
static void tie_links(struct confpackets *all)
{
	size_t room = 1;
	uint32_t *latest; /* of each link, by its hash: place + 1 */

	while (room < 2 * all->n)
		room *= 2;
	latest = must_alloc(room, sizeof(*latest));
	for (uint32_t i = 0; i < all->n; i++) {
		struct confpacket *p = &all->at[i];
		size_t slot = (size_t)p->link_hash & (room - 1);

		while (latest[slot] && !is_same_link(all->w, &all->at[latest[slot] - 1], p))
			slot = (slot + 1) & (room - 1);
		if (latest[slot]) {
			p->before = latest[slot] - 1;
			all->at[p->before].after = i;
		}
		latest[slot] = i + 1;
	}
	free(latest);
}

static void read_all(struct window *w, struct confpackets *ret)
{
	size_t room = 0;

	for (size_t i = 0; i < w->n; i++)
		room += w->records[i].kind == RECORD_PPP_PACKET;
	*ret = (struct confpackets){.w = w, .at = must_alloc(room, sizeof(*ret->at))};
	for (size_t i = 0; room && i < w->n; i++) {
		record_soon(w->records, i, w->n);
		struct confpacket *p = &ret->at[ret->n];

		if (w->records[i].kind != RECORD_PPP_PACKET || !confpacket_read(w, i, p))
			continue;
		p->link_hash = link_hash(w, i);
		ret->n++;
	}
	tie_links(ret);
}

static bool holds(const struct confpacket *p, const struct ppp_tlv *tlv)
{
	for (size_t i = 0; i < p->n; i++)
		if (span_equal(p->tlvs[i].octets, tlv->octets))
			return true;
	return false;
}

/* True when `next` asks for exactly what `request` asked without what `rejected` names. */
static bool is_rest(const struct confpacket *next, const struct confpacket *request,
		    const struct confpacket *rejected)
{
	size_t n = 0;

	for (size_t i = 0; i < request->n; i++) {
		if (holds(rejected, &request->tlvs[i]))
			continue;
		if (n >= next->n || !span_equal(next->tlvs[n].octets, request->tlvs[i].octets))
			return false;
		n++;
	}
	return n == next->n;
}

static bool is_subset(const struct confpacket *part, const struct confpacket *whole)
{
	for (size_t i = 0; i < part->n; i++)
		if (!holds(whole, &part->tlvs[i]))
			return false;
	return true;
}

/* The last request of the other side before `p`, or NULL. */
static const struct confpacket *request_before(const struct confpackets *all,
					       const struct confpacket *p)
{
	const struct confpacket *x = p;

	while (x->before != NONE) {
		x = &all->at[x->before];
		if (p->at - x->at > NEGOTIATION)
			return NULL;
		if (x->sense != p->sense && x->code == CP_CONFREQ)
			return x;
	}
	return NULL;
}

/* The next request of the other side; NULL when it answers `p` as a request, or never asks
 * again. */
static const struct confpacket *request_after(const struct confpackets *all,
					      const struct confpacket *p)
{
	const struct confpacket *x = p;

	while (x->after != NONE) {
		x = &all->at[x->after];
		if (x->at - p->at > NEGOTIATION)
			return NULL;
		if (x->sense == p->sense)
			continue;
		if (x->code == CP_CONFREQ)
			return x;
		if (x->id == p->id)
			return NULL;
	}
	return NULL;
}

/* RFC 1661 5.4: a Configure-Reject repeats the id and, unchanged, the options it refuses; the
 * next request leaves them out. A CONFREQ of which all that is true was none. */
static void repair_confreq(const struct confpackets *all, struct confpacket *p)
{
	struct window *w = all->w;
	const struct confpacket *request, *next;

	if (p->code != CP_CONFREQ || p->n == 0)
		return;
	if (w->records[p->at].row && (w->records[p->at].row->flags & ROW_VIRTUAL))
		return;
	request = request_before(all, p);
	if (!request || request->id != p->id || p->n >= request->n || !is_subset(p, request))
		return;
	next = request_after(all, p);
	if (!next || next->id == p->id || !is_rest(next, request, p))
		return;
	p->code = CP_CONFREJ;
	record_repair(w, p->at, FIELD_MESSAGE, STR("CONFREJ"),
		      arena_printf(w->arena,
				   "it repeats id %u and options of the other side's request in "
				   "line %llu, is never answered, and the next request (line %llu) "
				   "leaves exactly them out",
				   (unsigned)p->id,
				   (unsigned long long)w->records[request->at].origin.line,
				   (unsigned long long)w->records[next->at].origin.line));
}

void repair_confreqs(struct window *w)
{
	struct confpackets all;

	read_all(w, &all);
	for (size_t i = 0; i < all.n; i++)
		repair_confreq(&all, &all.at[i]);
	free(all.at);
}
