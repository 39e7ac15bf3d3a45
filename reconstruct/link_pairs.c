#include "link_pairs.h"

#include <stdlib.h>

#include "hash.h"
#include "join.h"
#include "limits.h"
#include "mark.h"
#include "observer.h"
#include "same_link.h"
#include "twins.h"

/* What a key is made of, so that one is not taken for the other. */
enum salt { CHALLENGE = 1, BOTH_MAGICS, CLIENT_ALONE, ASKER_ALONE, PPPD };

static uint64_t salted(enum salt salt, uint64_t hash)
{
	return hash_end(hash_word(HASH_START + salt, hash));
}

static uint64_t span_key(enum salt salt, struct span s)
{
	return salted(salt, hash_octets(s.at, s.len));
}

/* As join.c compares them: same_magic(), same_request(), link_is_same(). */
size_t link_keys(const struct ppp_link *l, uint64_t ret[LINK_KEYS])
{
	const struct span magic[2] = {link_magic(l, CLIENT), link_magic(l, LNS)};
	uint64_t hash[2] = {0, 0};
	size_t n = 0;

	for (unsigned i = 0; i < 2; i++) {
		struct span challenge = link_auth(l, i)->challenge;

		if (challenge.len >= CHALLENGE_LEAST)
			ret[n++] = span_key(CHALLENGE, challenge);
		if (!magic[i].len)
			continue;
		hash[i] = hash_octets(magic[i].at, magic[i].len);
		if (!link_cp(l, CP_LCP)->side[1 - i].last_request.is_set)
			ret[n++] = salted(ASKER_ALONE, hash[i]);
	}
	if (magic[0].len && magic[1].len)
		ret[n++] = salted(BOTH_MAGICS, hash[0] + hash[1]);
	else if (magic[CLIENT].len)
		ret[n++] = salted(CLIENT_ALONE, hash[CLIENT]);
	return n;
}

struct row {
	uint64_t hash;
	int64_t at; /* when it began, on the clock of its vantage point; 0 unknown */
	struct session *session;
	uint32_t tunnel, place;
	uint16_t vantage;
};

struct rows {
	struct row *at;
	size_t n, room;
};

static void rows_add(struct rows *rows, const struct row *of_session, uint64_t hash)
{
	if (rows->n == rows->room) {
		rows->room = rows->room ? 2 * rows->room : 64;
		rows->at = must_grow(rows->at, rows->room, sizeof(*rows->at));
	}
	rows->at[rows->n] = *of_session;
	rows->at[rows->n++].hash = hash;
}

static void rows_fill(struct rows *rows, const struct report *r)
{
	uint32_t tunnel = 0, place = 0;

	for (struct tunnel *t = r->tunnels; t; t = tunnel_after(r, t), tunnel++)
		for (struct session *s = t->sessions; s; s = session_after(s), place++) {
			struct row of_session = {.session = s,
						 .tunnel = tunnel,
						 .place = place,
						 .vantage = t->vantage};
			struct str pppd = session_told(s)->pppd;
			uint64_t keys[LINK_KEYS];
			size_t n = link_keys(&s->ppp, keys);

			(void)mark_ns(r, &s->ppp.first, &of_session.at);
			for (size_t i = 0; i < n; i++)
				rows_add(rows, &of_session, keys[i]);
			if (pppd.len)
				rows_add(rows, &of_session,
					 span_key(PPPD, span_of(pppd.at, pppd.len)));
		}
}

static uint64_t row_hash(const void *row)
{
	return ((const struct row *)row)->hash;
}

static int row_compare(const void *left, const void *right)
{
	const struct row *a = left, *b = right;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	if (a->vantage != b->vantage)
		return a->vantage < b->vantage ? -1 : 1;
	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return a->place < b->place ? -1 : a->place > b->place;
}

static void pairs_add(struct link_pairs *p, const struct row *x, const struct row *y)
{
	const struct row *swap = x;

	if (!link_fits(&x->session->ppp, &y->session->ppp) &&
	    !session_shares_pppd(x->session, y->session))
		return;
	if (y->place < x->place) {
		x = y;
		y = swap;
	}
	if (p->n == p->room) {
		p->room = p->room ? 2 * p->room : 64;
		p->at = must_grow(p->at, p->room, sizeof(*p->at));
	}
	p->at[p->n++] = (struct link_pair){.a = x->tunnel,
					   .b = y->tunnel,
					   .x = x->place,
					   .y = y->place,
					   .of_a = x->session,
					   .of_b = y->session};
}

/* Those of one key at one vantage point, in order of time. */
struct group {
	const struct row *at;
	uint32_t n;
};

static struct group group_of(const struct row *rows, uint32_t n)
{
	struct group g = {.at = rows};

	while (g.n < n && rows[g.n].hash == rows->hash && rows[g.n].vantage == rows->vantage)
		g.n++;
	return g;
}

/* How many of them began before that. */
static uint32_t before(const struct group *g, int64_t at)
{
	uint32_t low = 0, high = g->n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (g->at[middle].at < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* With `many` of them, those around the `middle`th. */
static void pair_around(struct link_pairs *p, const struct row *x, const struct group *g,
			uint32_t middle, uint32_t many)
{
	uint32_t from = middle > many / 2 ? middle - many / 2 : 0;

	if (from > g->n - many)
		from = g->n - many;
	for (uint32_t i = from; i < from + many; i++)
		pairs_add(p, x, &g->at[i]);
}

/* A number that all callers use tells nothing, and one who dials again and again may always use
 * the same. Of many the other record of a link is among those that began when it did, where both
 * clocks are right; or it has the same place among them, where none is missing. */
static void pair_groups(struct link_pairs *p, const struct group *g, const struct group *other)
{
	for (uint32_t i = 0; i < g->n; i++) {
		const struct row *x = &g->at[i];

		if (other->n <= LIMIT_SAME_LINKS) {
			pair_around(p, x, other, 0, other->n);
			continue;
		}
		pair_around(p, x, other, before(other, x->at), LIMIT_SAME_LINKS / 2);
		pair_around(p, x, other, i, LIMIT_SAME_LINKS / 2);
	}
}

/* `rows` have one key. */
static void pair_rows(struct link_pairs *p, const struct row *rows, uint32_t n)
{
	for (uint32_t i = 0; i < n;) {
		struct group g = group_of(&rows[i], n - i), other;

		i += g.n;
		for (uint32_t k = i; k < n; k += other.n) {
			other = group_of(&rows[k], n - k);
			pair_groups(p, &g, &other);
		}
	}
}

static int pair_compare(const void *left, const void *right)
{
	const struct link_pair *a = left, *b = right;

	if (a->a != b->a)
		return a->a < b->a ? -1 : 1;
	if (a->b != b->b)
		return a->b < b->b ? -1 : 1;
	if (a->x != b->x)
		return a->x < b->x ? -1 : 1;
	return a->y < b->y ? -1 : a->y > b->y;
}

/* Several keys find the same pair. */
static void pairs_sort(struct link_pairs *p)
{
	size_t n = 0;

	if (p->n)
		qsort(p->at, p->n, sizeof(*p->at), pair_compare);
	for (size_t i = 0; i < p->n; i++)
		if (i == 0 || pair_compare(&p->at[i], &p->at[n - 1]) != 0)
			p->at[n++] = p->at[i];
	p->n = n;
}

struct link_pairs link_pairs_find(const struct report *r)
{
	struct link_pairs pairs = {0};
	struct rows rows = {0};
	size_t end;

	rows_fill(&rows, r);
	rows.n = twins_keep(rows.at, rows.n, sizeof(*rows.at), row_hash);
	if (rows.n)
		qsort(rows.at, rows.n, sizeof(*rows.at), row_compare);
	for (size_t i = 0; i < rows.n; i = end) {
		for (end = i + 1; end < rows.n && rows.at[end].hash == rows.at[i].hash; end++)
			;
		pair_rows(&pairs, &rows.at[i], (uint32_t)(end - i));
	}
	free(rows.at);
	pairs_sort(&pairs);
	return pairs;
}

void link_pairs_free(struct link_pairs *p)
{
	free(p->at);
	*p = (struct link_pairs){0};
}
