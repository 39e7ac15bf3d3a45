#include "access.h"

#include <stdlib.h>

#include "link.h"

enum { CHALLENGE_LEAST = 8, KEYS = 4 };

struct row {
	struct span key;
	struct session *session; /* NULL: more than one has the key */
};

struct rows {
	struct row *at;
	size_t n, room;
};

static int row_compare(const void *left, const void *right)
{
	const struct row *a = left, *b = right;

	if (a->key.len != b->key.len)
		return a->key.len < b->key.len ? -1 : 1;
	return memcmp(a->key.at, b->key.at, a->key.len);
}

static size_t keys_of(const struct ppp_link *l, struct span ret[KEYS])
{
	size_t n = 0;

	for (unsigned i = 0; i < 2; i++) {
		struct span magic = link_magic(l, i);

		if (link_auth(l, i)->challenge.len >= CHALLENGE_LEAST)
			ret[n++] = link_auth(l, i)->challenge;
		if (magic.len)
			ret[n++] = magic;
	}
	return n;
}

static void rows_fill(struct rows *rows, struct tunnel *t)
{
	for (struct session *s = t->sessions; s; s = session_after(s)) {
		struct span keys[KEYS];
		size_t n = keys_of(&s->ppp, keys);

		for (size_t i = 0; i < n; i++) {
			if (rows->n == rows->room) {
				rows->room = rows->room ? 2 * rows->room : 64;
				rows->at = must_grow(rows->at, rows->room, sizeof(*rows->at));
			}
			rows->at[rows->n++] = (struct row){keys[i], s};
		}
	}
}

/* Several tries, or callers that use the same numbers: none of them. */
static struct session *session_of_link(const struct rows *rows, const struct ppp_link *l)
{
	struct span keys[KEYS];
	size_t n = keys_of(l, keys);
	struct session *found = NULL;

	for (size_t i = 0; i < n; i++) {
		struct row key = {.key = keys[i]};
		const struct row *row =
			bsearch(&key, rows->at, rows->n, sizeof(*rows->at), row_compare);
		const struct row *end = rows->at + rows->n;

		while (row && row > rows->at && row_compare(row - 1, &key) == 0)
			row--;
		for (; row && row < end && row_compare(row, &key) == 0; row++) {
			if (row->session == found || !link_is_same(&row->session->ppp, l))
				continue;
			if (found)
				return NULL;
			found = row->session;
		}
	}
	return found;
}

static void cleared_join(struct arena *arena, struct session *a, const struct session *b)
{
	const struct cleared *told = &session_told(b)->cleared;
	struct cleared *cleared;

	if (session_told(a)->cleared.mark.is_set || !told->mark.is_set)
		return;
	cleared = &session_told_make(arena, a)->cleared;
	*cleared = *told;
	cleared->from = told->from == b->lac_end ? a->lac_end : (uint8_t)(1 - a->lac_end);
}

static void link_take(struct report *r, struct session *s, struct tunnel *link,
		      struct redirects *moved)
{
	static const bool nowhere[2];
	struct session *caller = link->sessions;

	if (!caller->roles_known && link_is_reversed(&caller->ppp, &s->ppp))
		session_swap(caller);
	caller->roles_inferred &= !s->roles_known;
	session_told_make(r->arena, caller)->before_first = link->first;
	cleared_join(r->arena, s, caller);
	session_join(r->arena, r, s, caller, nowhere);
	redirects_add(moved, caller, s);
	redirects_add(moved, link, s->tunnel);
}

/* A line that was captured; of a pppd's log nobody knows which end of the tunnel it serves. */
static bool is_access(const struct tunnel *t)
{
	return t->carrier == CARRIER_PPPOE || (t->carrier == CARRIER_PPP && mark_frame(&t->first));
}

void access_join(struct report *r, struct redirects *moved)
{
	struct tunnel **at = &r->tunnels;
	struct rows rows = {0};
	bool has_access = false;

	for (const struct tunnel *t = r->tunnels; t && !has_access; t = tunnel_after(r, t))
		has_access = is_access(t);
	if (!has_access)
		return;
	for (struct tunnel *t = r->tunnels; t; t = tunnel_after(r, t))
		if (!tunnel_is_link(t))
			rows_fill(&rows, t);
	if (rows.n)
		qsort(rows.at, rows.n, sizeof(*rows.at), row_compare);
	while (*at && rows.n) {
		struct tunnel *t = *at;
		struct session *s = is_access(t) ? session_of_link(&rows, &t->sessions->ppp) : NULL;

		if (!s) {
			at = &t->next;
			continue;
		}
		*at = t->next;
		link_take(r, s, t, moved);
	}
	free(rows.at);
}

const struct tunnel *access_link(const struct session *s)
{
	for (; s; s = s->joined)
		if (s->tunnel && tunnel_is_link(s->tunnel))
			return s->tunnel;
	return NULL;
}
