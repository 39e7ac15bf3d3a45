#include "access.h"

#include <stdlib.h>

#include "limits.h"
#include "link.h"
#include "link_pairs.h"
#include "same_link.h"

struct row {
	uint64_t key; /* link_keys() */
	struct session *session;
};

struct rows {
	struct row *at;
	size_t n, room;
};

static int row_compare(const void *left, const void *right)
{
	const struct row *a = left, *b = right;

	return a->key < b->key ? -1 : a->key > b->key;
}

static void rows_fill(struct rows *rows, struct tunnel *t)
{
	for (struct session *s = t->sessions; s; s = session_after(s)) {
		uint64_t keys[LINK_KEYS];
		size_t n = link_keys(&s->ppp, keys);

		for (size_t i = 0; i < n; i++) {
			if (rows->n == rows->room) {
				rows->room = rows->room ? 2 * rows->room : 64;
				rows->at = must_grow(rows->at, rows->room, sizeof(*rows->at));
			}
			rows->at[rows->n++] = (struct row){keys[i], s};
		}
	}
}

static size_t first_with(const struct rows *rows, uint64_t key)
{
	size_t low = 0, high = rows->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (rows->at[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Several tries, or callers that use the same numbers: none of them. */
static struct session *session_of_link(const struct rows *rows, const struct ppp_link *l)
{
	uint64_t keys[LINK_KEYS];
	size_t n = link_keys(l, keys);
	struct session *found = NULL;

	for (size_t i = 0; i < n; i++) {
		size_t first = first_with(rows, keys[i]);

		for (size_t k = first;
		     k < rows->n && rows->at[k].key == keys[i] && k - first < LIMIT_SAME_LINKS;
		     k++) {
			struct session *s = rows->at[k].session;

			if (s == found || !link_is_same(&s->ppp, l))
				continue;
			if (found)
				return NULL;
			found = s;
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
	redirects_set(moved, caller, s);
	redirects_set(moved, link, s->tunnel);
}

bool tunnel_is_access(const struct tunnel *t)
{
	return t->carrier == CARRIER_PPPOE || (t->carrier == CARRIER_PPP && mark_frame(&t->first));
}

void access_join(struct report *r, struct redirects *moved)
{
	struct tunnel **at = &r->tunnels;
	struct rows rows = {0};
	bool has_access = false;

	for (const struct tunnel *t = r->tunnels; t && !has_access; t = tunnel_after(r, t))
		has_access = tunnel_is_access(t);
	if (!has_access)
		return;
	for (struct tunnel *t = r->tunnels; t; t = tunnel_after(r, t))
		if (!tunnel_is_link(t))
			rows_fill(&rows, t);
	if (rows.n)
		qsort(rows.at, rows.n, sizeof(*rows.at), row_compare);
	while (*at && rows.n) {
		struct tunnel *t = *at;
		struct session *s =
			tunnel_is_access(t) ? session_of_link(&rows, &t->sessions->ppp) : NULL;

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
