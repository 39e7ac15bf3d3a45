/* What failed before a call came to be: a LAC that tries the next LNS, or the same one again, and
 * a user who dials again.
 *
 * A name alone may be shared by many callers, and a tunnel may be opened for anybody: where that
 * is possible nothing is linked. */
#include <stdlib.h>

#include "arena.h"
#include "call_keys.h"
#include "hash.h"
#include "limits.h"
#include "mark.h"
#include "stages.h"
#include "threshold.h"
#include "twins.h"

/* What two calls of one caller may have in common. */
enum trait_kind { CALLER_USER, CALLER_NUMBER, CALLER_SERIAL, CALLER_CHALLENGE, CALLER_TRAITS };

struct trait {
	uint64_t hash;
	enum trait_kind kind;
	struct str host; /* whose caller it is, or empty */
	struct str key;
	int64_t start;
	struct call *call;
};

struct traits {
	struct report *r;
	struct trait *at;
	size_t n, room;
	struct twins twins; /* of the keys of all calls */
};

/* The key of that kind: nearly all calls have only keys that no other one has. */
static uint64_t key_of(const struct call_keys *keys, enum trait_kind kind)
{
	const uint32_t of_kind[CALLER_TRAITS] = {
		[CALLER_USER] = keys->user_at_lac,
		[CALLER_NUMBER] = keys->number,
		[CALLER_SERIAL] = keys->serial,
		[CALLER_CHALLENGE] = keys->challenge,
	};

	return of_kind[kind] ? (uint64_t)kind << 32 | of_kind[kind] : 0;
}

/* How many of them were there already; they are added, or only looked for. */
static size_t keys_again(struct twins *twins, const struct call *c, bool adds)
{
	const struct call_keys keys = call_keys(c);
	size_t n = 0;

	for (enum trait_kind kind = 0; kind < CALLER_TRAITS; kind++) {
		uint64_t key = key_of(&keys, kind);

		n += key && (adds ? twins_add(twins, key) : twins_knows(twins, key));
	}
	return n;
}

static void traits_add(struct traits *x, const struct trait *of_call, enum trait_kind kind,
		       struct str host, struct str key)
{
	struct trait *t;

	if (x->n == x->room) {
		x->room = x->room ? 2 * x->room : 64;
		x->at = must_grow(x->at, x->room, sizeof(*x->at));
	}
	t = &x->at[x->n++];
	*t = *of_call;
	t->kind = kind;
	t->host = host;
	t->key = key;
	t->hash = hash_octets(key.at, key.len) + kind;
	if (host.len)
		t->hash ^= hash_octets(host.at, host.len) >> 1;
}

/* Those that another call may have, too. */
static void add_traits(struct traits *x, struct call *c)
{
	const struct call_keys keys = call_keys(c);
	const struct session *s = c->session;
	const struct str lac = call_host(&c->side[LAC].address, c->side[LAC].name), anywhere = {0};
	struct span challenge = link_auth(&s->ppp, CLIENT)->challenge;
	const struct str values[CALLER_TRAITS] = {
		[CALLER_USER] = c->user,
		[CALLER_NUMBER] = c->calling_number,
		[CALLER_SERIAL] = {(const char *)&s->serial, sizeof(s->serial)},
		[CALLER_CHALLENGE] = {(const char *)challenge.at, challenge.len},
	};
	struct trait of_call = {.call = c};

	if (!mark_ns(x->r, &c->start, &of_call.start))
		return;
	for (enum trait_kind kind = 0; kind < CALLER_TRAITS; kind++) {
		uint64_t key = key_of(&keys, kind);
		bool is_of_lac = kind == CALLER_USER || kind == CALLER_SERIAL;

		if (key && twins_has(&x->twins, key))
			traits_add(x, &of_call, kind, is_of_lac ? lac : anywhere, values[kind]);
	}
}

/* Those of one caller stand together. */
static int caller_compare(const struct trait *a, const struct trait *b)
{
	int c;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	c = str_compare(a->host, b->host);
	return c ? c : str_compare(a->key, b->key);
}

static int trait_compare(const void *left, const void *right)
{
	const struct trait *a = left, *b = right;
	int c = caller_compare(a, b);

	if (c)
		return c;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->call->number < b->call->number ? -1 : a->call->number > b->call->number;
}

/* Of calls that were told many may be remembered: they are compared with each other only where one
 * that is settled now has to do with one of them. */
static bool is_any_again(const struct report *r, struct twins *twins)
{
	size_t again = 0;

	for (const struct call *c = r->calls; c; c = call_after(r, c))
		if (c->session && !c->goes_on)
			again += keys_again(twins, c, true);
	for (const struct call *c = r->told_calls; c && !again; c = c->told_next)
		again = keys_again(twins, c, false);
	for (const struct call *c = r->told_calls; c && again; c = c->told_next)
		keys_again(twins, c, true);
	return again > 0;
}

static void traits_find(struct traits *x)
{
	x->twins = twins_make(CALLER_TRAITS * (x->r->n_calls - x->r->n_told_calls));
	if (is_any_again(x->r, &x->twins)) {
		for (struct call *c = x->r->calls; c; c = call_after(x->r, c))
			if (c->session && (!c->goes_on || c->is_told))
				add_traits(x, c);
	}
	twins_free(&x->twins);
	if (x->n)
		qsort(x->at, x->n, sizeof(*x->at), trait_compare);
}

static bool differ(struct str a, struct str b)
{
	return a.len && b.len && !str_equal(a, b);
}

static bool is_contradicted(const struct call *a, const struct call *b)
{
	return differ(a->user, b->user) || differ(a->calling_number, b->calling_number) ||
	       (a->direction && b->direction && a->direction != b->direction);
}

/* The LNS of the one asks for the other: a tunnel switch that hands its call on, no LAC that tries
 * again. */
static bool is_handed_on(const struct call *before, const struct call *after)
{
	const struct address *lns = &before->side[LNS].address, *lac = &after->side[LAC].address;

	return (lns->family && address_equal(lns, lac)) ||
	       (before->side[LNS].name.len &&
		str_equal_nocase(before->side[LNS].name, after->side[LAC].name) &&
		!str_equal_nocase(before->side[LAC].name, after->side[LAC].name));
}

/* `after` begins when `before` has failed, and soon enough. */
static bool follows(const struct report *r, const struct call *before, const struct call *after)
{
	const struct mark *ended = before->end.is_set ? &before->end : &before->session->last;
	double gap;

	if (before->outcome != OUTCOME_FAILED || is_contradicted(before, after) ||
	    is_handed_on(before, after))
		return false;
	return mark_gap(r, ended, &after->start, &gap) && gap > -1 &&
	       gap <= threshold(r->thresholds, THRESHOLD_REDIAL);
}

/* It goes on while the other one begins: two callers have this name. */
static bool is_beside(const struct report *r, const struct call *a, const struct call *b)
{
	double gap;

	if (a->outcome == OUTCOME_UP || !a->end.is_set)
		return a->outcome != OUTCOME_FAILED;
	return mark_gap(r, &b->start, &a->end, &gap) && gap > 1;
}

/* The call that failed last before each one. */
static void find_previous(const struct traits *x)
{
	size_t first = 0;

	for (size_t i = 1; i < x->n; i++) {
		const struct trait *t = &x->at[i];
		const struct call *other = NULL;
		struct call **slot = &t->call->previous;

		if (caller_compare(&x->at[i - 1], t) != 0)
			first = i;
		if (i == first)
			continue;
		other = x->at[i - 1].call;
		if (other == t->call || !follows(x->r, other, t->call) ||
		    (t->kind == CALLER_USER && i - 1 > first &&
		     is_beside(x->r, x->at[i - 2].call, t->call)))
			continue;
		if (!*slot || mark_before(x->r, &(*slot)->start, &other->start))
			*slot = x->at[i - 1].call;
	}
}

static void attempt_add(struct report *r, struct call *c, const struct call *call,
			const struct tunnel *tunnel)
{
	struct attempt **at = &c->attempts;
	struct attempt *one = arena_alloc(r->arena, sizeof(*one));
	const struct mark *start = call ? &call->start : &tunnel->start;

	if (!one)
		return;
	for (; *at; at = &(*at)->next) {
		if (call ? (*at)->call == call : (*at)->tunnel == tunnel)
			return;
		if (mark_before(r, start,
				(*at)->call ? &(*at)->call->start : &(*at)->tunnel->start))
			break;
	}
	*one = (struct attempt){.call = call, .tunnel = tunnel, .next = *at};
	*at = one;
}

/* ---- tunnels that never came up ---- */

struct
try {
	struct str host; /* of the initiator */
	int64_t start;
	struct tunnel *tunnel;
	struct call *first; /* its first call, or NULL */
};

static int try_compare(const void *left, const void *right)
{
	const struct try *a = left, *b = right;
	int c = str_compare(a->host, b->host);

	if (c)
		return c;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->tunnel->number < b->tunnel->number ? -1 : a->tunnel->number > b->tunnel->number;
}

/* Its first call, if it is not one that was told before. */
static struct call *first_of(const struct tunnel *t)
{
	struct call *first = t->first_call;

	return first && t->told_first && first->number > t->told_first ? NULL : first;
}

static size_t collect_tries(struct report *r, struct try *tries)
{
	size_t n = 0;

	for (struct call *c = r->calls; c; c = call_after(r, c)) {
		if (c->tunnel && !c->tunnel->first_call)
			c->tunnel->first_call = c;
		for (const struct call *leg = c->legs; leg; leg = leg->next_leg)
			if (!leg->tunnel->first_call)
				leg->tunnel->first_call = c;
	}
	for (struct tunnel *t = r->tunnels; t; t = tunnel_after(r, t)) {
		struct try *one = &tries[n];

		one->tunnel = t;
		one->first = first_of(t);
		one->host = call_host(&t->peer[INITIATOR].address, t->peer[INITIATOR].name);
		n += t->roles_known && one->host.len && mark_ns(r, &t->start, &one->start);
	}
	return n;
}

/* The caller waits while its LAC tries: it was there before the tunnel was, or its request comes
 * as soon as a tunnel is up. */
static bool has_waited(const struct report *r, const struct try *one)
{
	static const double AT_ONCE_S = 3;
	const struct call *c = one->first;
	double gap;

	if (!c || c->tunnel != one->tunnel || c->direction != INCOMING || !c->session ||
	    c->session->lac_end != INITIATOR)
		return false;
	if (mark_before(r, &c->start, &one->tunnel->start))
		return true;
	return mark_gap(r, &one->tunnel->connected, &c->requested, &gap) && gap <= AT_ONCE_S;
}

static void link_tunnels(struct report *r)
{
	struct try *tries = must_alloc(r->n_tunnels + 1, sizeof(*tries));
	size_t n = collect_tries(r, tries);

	if (n)
		qsort(tries, n, sizeof(*tries), try_compare);
	for (size_t i = 0; i < n; i++) {
		if (!has_waited(r, &tries[i]))
			continue;
		for (size_t k = i; k-- > 0 && str_equal(tries[k].host, tries[i].host);) {
			const struct tunnel *t = tries[k].tunnel;
			double gap;

			if (tries[k].first || t->outcome != OUTCOME_FAILED ||
			    !mark_gap(r, t->ended.is_set ? &t->ended : &t->last,
				      &tries[k + 1].tunnel->start, &gap) ||
			    gap > threshold(r->thresholds, THRESHOLD_REDIAL))
				break;
			attempt_add(r, tries[i].first, NULL, t);
		}
	}
	free(tries);
}

/* ---- in words ---- */

static struct str ordinal(struct report *r, size_t n)
{
	static const char *const words[] = {"",       "first", "second", "third",
					    "fourth", "fifth", "sixth",  "seventh",
					    "eighth", "ninth", "tenth"};

	if (n < sizeof(words) / sizeof(words[0]))
		return str_of(words[n]);
	return arena_printf(r->arena, "%zu.", n);
}

static const struct address *target(const struct attempt *a)
{
	return a->call ? &a->call->side[LNS].address : &a->tunnel->peer[RESPONDER].address;
}

/* How many LNSs were tried, this call's included; 0 when one of them is not known. */
static size_t count_targets(const struct call *c)
{
	const struct address *own = &c->side[LNS].address;
	size_t n = own->family ? 1 : 0;

	for (const struct attempt *a = c->attempts; a; a = a->next) {
		bool is_new = !address_equal(target(a), own);

		if (!target(a)->family)
			return 0;
		for (const struct attempt *b = c->attempts; b != a && is_new; b = b->next)
			is_new = !address_equal(target(a), target(b));
		n += is_new;
	}
	return own->family ? n : 0;
}

static void tell(struct report *r, struct call *c)
{
	const struct attempt *a = c->attempts;
	const char *cause = a->call ? a->call->cause : a->tunnel->cause;
	const char *least;
	struct str what;
	size_t n = 1, lns = count_targets(c);
	double gap;

	for (; a; a = a->next)
		n++;
	a = c->attempts;
	least = n > LIMIT_ATTEMPTS ? "at least " : "";
	what = lns > 1 ? arena_printf(r->arena, "on the %s LNS", str_c(ordinal(r, lns)))
		       : arena_printf(r->arena, "at %sthe %s attempt", least, str_c(ordinal(r, n)));
	if (c->connected.is_set &&
	    mark_gap(r, a->call ? &a->call->start : &a->tunnel->start, &c->connected, &gap))
		c->cause_text = arena_printf(
			r->arena, "%.*s%sIt came up %.*s after %.0f s: %s %llu had failed (%s).",
			STR_ARG(c->cause_text), c->cause_text.len ? " " : "", STR_ARG(what), gap,
			a->call ? "call" : "tunnel",
			(unsigned long long)(a->call ? a->call->number : a->tunnel->number),
			cause ? cause : "unknown");
	else
		c->cause_text = arena_printf(
			r->arena, "%.*s%sIt was the %s attempt: %s %llu had failed before (%s).",
			STR_ARG(c->cause_text), c->cause_text.len ? " " : "", str_c(ordinal(r, n)),
			a->call ? "call" : "tunnel",
			(unsigned long long)(a->call ? a->call->number : a->tunnel->number),
			cause ? cause : "unknown");
}

/* Calls stand in order of start: what was linked to the previous one is known already. */
static void take_over(struct report *r, struct call *c, const struct call *previous)
{
	const struct attempt *a = previous->attempts;
	size_t n = 0;

	for (; a; a = a->next)
		n++;
	for (a = previous->attempts; a; a = a->next, n--)
		if (n < LIMIT_ATTEMPTS)
			attempt_add(r, c, a->call, a->tunnel);
	attempt_add(r, c, previous, NULL);
}

void attempts_find(struct report *r)
{
	struct traits traits = {.r = r};

	traits_find(&traits);
	find_previous(&traits);
	link_tunnels(r);
	for (struct call *c = r->calls; c; c = call_after(r, c)) {
		if (c->previous)
			take_over(r, c, c->previous);
		if (c->attempts && !c->goes_on)
			tell(r, c);
	}
	free(traits.at);
}
