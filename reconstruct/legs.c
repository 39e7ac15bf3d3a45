/* Tunnel switching: an LNS that is the LAC of the next tunnel hands a session on. The PPP in both
 * is the same one, so what PPP has by chance (a challenge, both magic numbers) finds the legs;
 * without it the numbers of the call do, where the host in between is known to be one. */
#include "legs.h"

#include <stdlib.h>

#include "cause.h"
#include "hash.h"
#include "join_ppp.h"
#include "limits.h"
#include "same_link.h"
#include "stages.h"
#include "twins.h"

/* What a call and its next leg have in common. */
struct key {
	struct span value;
	uint64_t hash;
	uint32_t order;
	struct call *call;
};

struct keys {
	struct key *at;
	size_t n, room;
};

static void keys_add(struct keys *k, struct span value, struct call *c)
{
	if (!value.len)
		return;
	if (k->n == k->room) {
		k->room = k->room ? 2 * k->room : 64;
		k->at = must_grow(k->at, k->room, sizeof(*k->at));
	}
	k->at[k->n] = (struct key){value, hash_octets(value.at, value.len), (uint32_t)k->n, c};
	k->n++;
}

static int key_compare(const void *left, const void *right)
{
	const struct key *a = left, *b = right;
	size_t n = a->value.len < b->value.len ? a->value.len : b->value.len;
	int c = memcmp(a->value.at, b->value.at, n);

	if (c)
		return c;
	if (a->value.len != b->value.len)
		return a->value.len < b->value.len ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static void add_link(struct keys *k, struct call *c)
{
	const struct ppp_link *p = &c->session->ppp;

	keys_add(k, link_auth(p, CLIENT)->challenge, c);
	keys_add(k, link_auth(p, LNS)->challenge, c);
	keys_add(k, link_magic(p, CLIENT), c);
	keys_add(k, link_magic(p, LNS), c);
}

/* Serial number and telephone numbers, which a tunnel switch passes on. */
static void add_numbers(struct report *r, struct keys *k, struct call *c)
{
	const struct session *s = c->session;
	size_t n = sizeof(s->serial) + s->calling.len + 1 + s->called.len;
	uint8_t *key;

	if (!s->has_serial || !s->serial || (!s->calling.len && !s->called.len))
		return;
	key = arena_alloc(r->arena, n);
	if (!key)
		return;
	memcpy(key, &s->serial, sizeof(s->serial));
	if (s->calling.len)
		memcpy(key + sizeof(s->serial), s->calling.at, s->calling.len);
	key[sizeof(s->serial) + s->calling.len] = '>';
	if (s->called.len)
		memcpy(key + n - s->called.len, s->called.at, s->called.len);
	keys_add(k, span_of(key, n), c);
}

/* Of a session that the next LNS refuses there is no PPP, and a switch may count its own serial
 * numbers: what is left are the telephone numbers, and what became of it. */
static void add_refused(struct report *r, struct keys *k, struct call *c)
{
	const struct session *s = c->session;
	const struct ending *cdn = session_cdn(s);
	struct str key;

	if (!cdn->is_set || cdn->from == LAC || s->ppp.cp[CP_IPCP] || !s->calling.len ||
	    !s->called.len)
		return;
	key = arena_printf(r->arena, "%.*s>%.*s", STR_ARG(s->calling), STR_ARG(s->called));
	keys_add(k, span_of((const uint8_t *)key.at, key.len), c);
}

/* How sure it is that the LNS of `a` is the host of the LAC of `b`. */
static int same_host(const struct call *a, const struct call *b)
{
	const struct call_side *lns = &a->side[LNS], *lac = &b->side[LAC];

	if (lns->address.family && address_equal(&lns->address, &lac->address))
		return 2;
	return lns->name.len && str_equal_nocase(lns->name, lac->name);
}

/* One LAC that offers a caller to two LNSs is no switch. */
static bool same_lac(const struct call *a, const struct call *b)
{
	const struct call_side *x = &a->side[LAC], *y = &b->side[LAC];

	return x->address.family && address_equal(&x->address, &y->address);
}

/* The same session at two vantage points that were not joined: a NAT is between them. */
static bool same_ids(const struct call *a, const struct call *b)
{
	for (int i = 0; i < 2; i++)
		if (a->side[i].tunnel_id != b->side[i].tunnel_id ||
		    a->side[i].session_id != b->side[i].session_id)
			return false;
	return true;
}

static bool are_at_once(const struct report *r, const struct session *a, const struct session *b)
{
	static const double SLACK_S = 5;
	double gap;

	if (mark_gap(r, &a->last, &b->first, &gap) && gap > SLACK_S)
		return false;
	return !(mark_gap(r, &b->last, &a->first, &gap) && gap > SLACK_S);
}

/* The order of setting up: ICRQ follows ICRQ towards the LNS, OCRQ follows OCRQ towards the LAC. */
static bool comes_first(const struct report *r, const struct call *a, const struct call *b)
{
	int forth = same_host(a, b), back = same_host(b, a);

	if (forth != back)
		return forth > back;
	if (a->direction == OUTGOING)
		return mark_before(r, &b->start, &a->start);
	return !mark_before(r, &b->start, &a->start);
}

static bool is_in_chain(const struct call *from, const struct call *c)
{
	while (from && from != c)
		from = from->next_leg;
	return from != NULL;
}

/* `whole` is, until legs_join, the first leg. */
static void link_legs(struct call *first, struct call *second)
{
	struct call *head = first->whole ? first->whole : first;

	if (first->next_leg || (second->whole && second->whole != second) ||
	    is_in_chain(second, first))
		return;
	first->next_leg = second;
	for (struct call *c = head; c; c = c->next_leg)
		c->whole = head;
}

/* The session of `b`, which its LNS refused before there was any PPP in it, was asked for while
 * that of `a` was being served, and right after that `a` was cleared by its LNS, too. */
static bool is_refused_behind(const struct report *r, const struct call *a, const struct call *b)
{
	static const double PASSED_ON_S = 5;
	const struct ending *first = session_cdn(a->session), *second = session_cdn(b->session);
	double gap;

	return !b->session->ppp.first.is_set &&
	       mark_before(r, &a->session->first, &b->session->first) &&
	       mark_gap(r, &second->mark, &first->mark, &gap) && gap >= 0 && gap <= PASSED_ON_S;
}

/* What a pair must have in common beside its key. */
enum proof { LINK_AND_HOST, LINK_ONLY, HOST_ONLY, REFUSED };

static void try_pair(const struct report *r, struct call *a, struct call *b, enum proof proof)
{
	bool is_chain = same_host(a, b) || same_host(b, a);

	if (a == b || a->tunnel == b->tunnel || same_ids(a, b))
		return;
	if (same_lac(a, b) && same_host(a, b) < 2 && same_host(b, a) < 2)
		return;
	if (proof == REFUSED) {
		if (same_host(a, b) && is_refused_behind(r, a, b))
			link_legs(a, b);
		else if (same_host(b, a) && is_refused_behind(r, b, a))
			link_legs(b, a);
		return;
	}
	if ((proof == HOST_ONLY || a->session->vantage == b->session->vantage) &&
	    !are_at_once(r, a->session, b->session))
		return;
	if ((proof != LINK_ONLY && !is_chain) ||
	    (proof != HOST_ONLY && !link_is_same(&a->session->ppp, &b->session->ppp)))
		return;
	if (comes_first(r, a, b))
		link_legs(a, b);
	else
		link_legs(b, a);
}

static void try_pairs(const struct report *r, const struct keys *k, enum proof proof)
{
	for (size_t i = 0; i < k->n; i++)
		for (size_t j = i + 1; j < k->n && j - i <= LIMIT_SAME_LINKS &&
				       span_equal(k->at[i].value, k->at[j].value);
		     j++)
			try_pair(r, k->at[i].call, k->at[j].call, proof);
}

static uint64_t key_hash(const void *row)
{
	return ((const struct key *)row)->hash;
}

static void keys_sort(struct keys *k)
{
	k->n = twins_keep(k->at, k->n, sizeof(*k->at), key_hash);
	if (k->n)
		qsort(k->at, k->n, sizeof(*k->at), key_compare);
}

/* Those that had numbers when they began keep them: of a call's legs the lowest. */
static void number_legs(struct report *r)
{
	for (struct call *c = r->calls; c; c = call_after(r, c)) {
		if (c->whole != c)
			continue;
		for (struct call *leg = c; leg; leg = leg->next_leg)
			if (leg->number < c->number)
				c->number = leg->number;
		for (struct call *leg = c; leg; leg = leg->next_leg)
			leg->number = c->number;
	}
}

/* The legs of a call have its number. */
static void number_calls(struct report *r)
{
	if (r->has_numbers) {
		number_legs(r);
		return;
	}
	r->n_calls = 0;
	for (struct call *c = r->calls; c; c = call_after(r, c))
		if (!c->whole || c->whole == c)
			c->number = ++r->n_calls;
	for (struct call *c = r->calls; c; c = call_after(r, c))
		if (c->whole)
			c->number = c->whole->number;
}

void legs_find(struct report *r)
{
	struct keys links = {0}, numbers = {0}, refused = {0};

	for (struct call *c = r->calls; c; c = call_after(r, c)) {
		if (!c->tunnel || !c->session)
			continue;
		add_link(&links, c);
		add_numbers(r, &numbers, c);
		add_refused(r, &refused, c);
	}
	keys_sort(&links);
	keys_sort(&numbers);
	keys_sort(&refused);
	/* of three legs each has the PPP of the others: neighbours are known by their host */
	try_pairs(r, &links, LINK_AND_HOST);
	try_pairs(r, &links, LINK_ONLY);
	try_pairs(r, &numbers, HOST_ONLY);
	try_pairs(r, &refused, REFUSED);
	free(links.at);
	free(numbers.at);
	free(refused.at);
	number_calls(r);
}

/* ---- one record out of the legs ---- */

static void fill_address(struct address *a, const struct address *b)
{
	if (!a->family)
		*a = *b;
}

static void add_counters(struct counters *a, const struct counters *b)
{
	a->control_messages += b->control_messages;
	a->retransmissions += b->retransmissions;
	a->duplicates += b->duplicates;
	/* the same packets pass through every leg */
	if (b->ppp_messages > a->ppp_messages)
		a->ppp_messages = b->ppp_messages;
	for (int i = 0; i < 2; i++) {
		if (b->data_packets[i] <= a->data_packets[i])
			continue;
		a->data_packets[i] = b->data_packets[i];
		a->data_bytes[i] = b->data_bytes[i];
	}
}

/* What the LNS agreed on with the client; a leg nearer to it knows best. */
static void take_result(struct call *c, const struct call *leg)
{
	if (leg->auth_protocol && (leg->auth_result != RESULT_UNKNOWN || !c->auth_protocol)) {
		c->auth_protocol = leg->auth_protocol;
		c->auth_result = leg->auth_result;
		c->auth_proxy = leg->auth_proxy;
		c->auth_by = leg->auth_by;
		c->auth_verified = leg->auth_verified;
	}
	for (int i = 0; i < 2; i++) {
		if (leg->mru[i] && leg->reached >= REACHED_LCP)
			c->mru[i] = leg->mru[i];
		fill_address(&c->dns[i], &leg->dns[i]);
	}
	fill_address(&c->ipv4, &leg->ipv4);
	fill_address(&c->ipv4_peer, &leg->ipv4_peer);
	if (!c->ipv6_id.len)
		c->ipv6_id = leg->ipv6_id;
}

static void add_leg(const struct report *r, struct call *c, const struct call *leg)
{
	const struct mark *connected = mark_earlier(r, &c->connected, &leg->connected);

	fill_str(&c->user, leg->user);
	fill_str(&c->calling_number, leg->calling_number);
	fill_str(&c->called_number, leg->called_number);
	if (c->direction == DIRECTION_UNKNOWN)
		c->direction = leg->direction;
	c->roles_known |= leg->roles_known;
	c->side[LNS] = leg->side[LNS];
	c->seen_from |= leg->seen_from;
	c->seen_on_wire |= leg->seen_on_wire;
	c->seen_in |= leg->seen_in;
	if (!c->radius)
		c->radius = leg->radius;
	if (!c->radius_end)
		c->radius_end = leg->radius_end;
	if (leg->settles_ns > c->settles_ns)
		c->settles_ns = leg->settles_ns;
	if (connected)
		c->connected = *connected;
	if (leg->reached > c->reached)
		c->reached = leg->reached;
	take_result(c, leg);
	add_counters(&c->counters, &leg->counters);
}

/* A switch that gets no answer to its HELLOs in the tunnel of one leg clears the session in the
 * other one first, a moment before it gives that tunnel up. Towards the LNS it is the LAC, whose
 * caller is gone. */
static bool fell_before(const struct report *r, const struct call *leg, const struct call *other,
			enum role towards_other)
{
	const struct unanswered *u = &leg->tunnel->unanswered;
	bool is_lost_caller = towards_other == ROLE_LAC && other->cause &&
			      strcmp(other->cause, "carrier-lost") == 0;

	return leg->fell_with_tunnel && u->is_set && !other->fell_with_tunnel &&
	       other->ended_by == towards_other &&
	       (is_lost_caller || !cause_is_orderly(other->cause)) &&
	       mark_before(r, &u->last, &other->end);
}

/* The leg whose end came first: the others fell with it. None has one: the leg that tells most. */
static const struct call *deciding_leg(const struct report *r, const struct call *legs)
{
	const struct call *best = legs;

	for (const struct call *leg = legs->next_leg; leg; leg = leg->next_leg) {
		if (leg->end.is_set && best->end.is_set) {
			if (fell_before(r, leg, best, ROLE_LNS) ||
			    (mark_before(r, &leg->end, &best->end) &&
			     !fell_before(r, best, leg, ROLE_LAC)))
				best = leg;
			continue;
		}
		if (leg->end.is_set || (!best->end.is_set && leg->reached > best->reached))
			best = leg;
	}
	return best;
}

static void take_verdict(const struct report *r, struct call *c, const struct call *legs)
{
	const struct call *leg = deciding_leg(r, legs);
	bool came_up = c->reached == REACHED_NCP;

	c->outcome = leg->outcome;
	if (came_up && leg->end.is_set && leg->outcome != OUTCOME_CLOSED)
		c->outcome = cause_is_orderly(leg->cause) ? OUTCOME_CLOSED : OUTCOME_DROPPED;
	c->ended_by = leg->ended_by;
	c->cause = leg->cause;
	c->confidence = leg->confidence;
	c->cause_text = leg->cause_text;
	c->n_also = leg->n_also;
	for (size_t i = 0; i < leg->n_also; i++)
		c->also[i] = leg->also[i];
	c->cdn = leg->cdn;
	c->end = leg->end;
	if (c->requested.is_set && c->connected.is_set &&
	    mark_gap(r, &c->requested, &c->connected, &c->setup_s) && c->setup_s < 0)
		c->setup_s = 0;
	c->duration_s = leg->duration_s;
	if (c->connected.is_set && c->end.is_set)
		mark_gap(r, &c->connected, &c->end, &c->duration_s);
}

static struct call *join_legs(struct report *r, struct call *legs)
{
	struct call *c = arena_alloc(r->arena, sizeof(*c));

	if (!c)
		return NULL;
	*c = *legs;
	c->next_leg = NULL;
	c->whole = NULL;
	c->legs = legs;
	for (const struct call *leg = legs->next_leg; leg; leg = leg->next_leg)
		add_leg(r, c, leg);
	take_verdict(r, c, legs);
	for (struct call *leg = legs; leg; leg = leg->next_leg) {
		leg->whole = c;
		for (struct session *s = leg->session; s; s = s->joined)
			s->call = c;
	}
	return c;
}

void legs_join(struct report *r)
{
	struct call **at = &r->calls;

	while (*at) {
		struct call *c = *at, *next = c->next;

		report_looked(r);
		if (c->goes_on) {
			at = &c->next;
			continue;
		}
		if (c->whole == c) {
			struct call *joined = join_legs(r, c);

			if (joined)
				*at = c = joined;
		} else if (c->whole) {
			*at = next;
			continue;
		}
		at = &c->next;
	}
}

bool call_uses_tunnel(const struct call *c, const struct tunnel *t)
{
	if (c->tunnel == t)
		return t != NULL;
	for (const struct call *leg = c->legs; leg; leg = leg->next_leg)
		if (leg->tunnel == t)
			return t != NULL;
	return false;
}
