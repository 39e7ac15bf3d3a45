/* Identity before time: clocks are not known before replay (in one of our documents the LNS is
 * 1.1 s ahead, so that replies would arrive before they were sent). Tunnels are matched by what
 * they are; the messages they share give the offset of their clocks; only then time is used, to
 * refuse pairs that merely use the same numbers again. */
#include <stdlib.h>

#include "access.h"
#include "by_ids.h"
#include "evidence.h"
#include "join.h"
#include "observer.h"
#include "offset.h"
#include "same_link.h"
#include "stages.h"
#include "step_order.h"
#include "unseen.h"

/* Two records that may be one tunnel. */
struct candidate {
	struct tunnel *a, *b;
	size_t view_a, view_b;         /* indices into report.views */
	unsigned strength;             /* 0: two tunnels with one PPP link in both, see legs.c */
	bool is_loose;                 /* of one of them only the PPP is known */
	const struct link_pair *links; /* where it is */
	size_t n_links;
	struct shared *shared;
};

struct candidates {
	struct candidate *at;
	size_t n, room;
};

static bool speaks_as_lac(const struct session *s)
{
	return s->tunnel->peer[s->lac_end].is_text_source;
}

/* What a loose link calls its LAC is the other's LNS. */
static bool is_turned(const struct session *loose, const struct session *s)
{
	if (session_shares_pppd(s, loose))
		return s->roles_known && speaks_as_lac(s) != speaks_as_lac(loose);
	return !loose->roles_known && !loose->roles_inferred &&
	       link_is_reversed(&loose->ppp, &s->ppp);
}

/* One of both is known only by its PPP; who is who in it must agree as well. */
static void turn_loose(struct tunnel *a, struct tunnel *b, const struct link_pair *link)
{
	bool is_b = tunnel_is_faceless(b);
	struct tunnel *loose = is_b ? b : a;
	const struct session *s = is_b ? link->of_a : link->of_b;

	if (is_turned(loose->sessions, s))
		session_swap(loose->sessions);
	if (loose->sessions->lac_end != s->lac_end)
		tunnel_swap(loose);
}

static size_t view_index(const struct report *r, uint16_t vantage)
{
	for (size_t i = 0; i < r->n_views; i++)
		if (r->views[i].vantage == vantage)
			return i;
	return SIZE_MAX;
}

/* False: they are not of two views. `a` stands before `b` in the report, as its view does. */
static bool candidate_of(const struct report *r, struct tunnel *a, struct tunnel *b,
			 struct candidate *ret)
{
	*ret = (struct candidate){.a = a,
				  .b = b,
				  .view_a = view_index(r, a->vantage),
				  .view_b = view_index(r, b->vantage)};
	return ret->view_a != ret->view_b && ret->view_a != SIZE_MAX && ret->view_b != SIZE_MAX;
}

static void candidates_add(struct candidates *all, const struct candidate *c)
{
	if (all->n == all->room) {
		all->room = all->room ? 2 * all->room : 64;
		all->at = must_grow(all->at, all->room, sizeof(*all->at));
	}
	all->at[all->n++] = *c;
}

/* Two tunnels that have an id in common. */
static bool try_ids(const struct report *r, struct candidates *all, struct tunnel *a,
		    struct tunnel *b)
{
	struct candidate c;

	if (a->vantage == b->vantage || !candidate_of(r, a, b, &c))
		return false;
	c.strength = evidence(r, a, b);
	if (!c.strength && (!a->roles_known || !b->roles_known)) {
		/* who opened it was not seen in one view: try it the other way round */
		struct tunnel *loose = a->roles_known ? b : a;

		tunnel_swap(loose);
		c.strength = evidence(r, a, b);
		if (!c.strength)
			tunnel_swap(loose);
	}
	if (!c.strength)
		return false;
	c.shared = shared_of(a, b);
	candidates_add(all, &c);
	return true;
}

/* A line goes to the call behind it when all tunnels are joined (access.h): until then it would
 * keep the tunnel of another view from its own. */
static bool is_line_of(const struct tunnel *line, const struct tunnel *t)
{
	return tunnel_is_access(line) && !tunnel_is_faceless(t);
}

/* Two tunnels, in both of which these links are. */
static void try_links(const struct report *r, struct candidates *all, struct tunnel *a,
		      struct tunnel *b, const struct link_pair *links, size_t n)
{
	struct candidate c;

	if (!candidate_of(r, a, b, &c))
		return;
	c.links = links;
	c.n_links = n;
	c.is_loose = (tunnel_is_faceless(a) || tunnel_is_faceless(b)) && !is_line_of(a, b) &&
		     !is_line_of(b, a);
	if (c.is_loose) {
		c.strength = EVIDENCE_LINK;
		turn_loose(a, b, links);
	}
	c.shared = shared_of_links(links, n);
	if (c.strength || c.shared->n)
		candidates_add(all, &c);
	else
		free(c.shared);
}

/* All tunnels of the report, in its order. */
struct tunnels {
	struct tunnel **at;
	uint32_t n;
};

static struct tunnels tunnels_of(const struct report *r)
{
	struct tunnels x = {0};

	for (const struct tunnel *t = r->tunnels; t; t = tunnel_after(r, t))
		x.n++;
	x.at = must_alloc(x.n, sizeof(struct tunnel *));
	x.n = 0;
	for (struct tunnel *t = r->tunnels; t; t = tunnel_after(r, t))
		x.at[x.n++] = t;
	return x;
}

/* The next tunnel that has an id in common with this one and none that differs, as both stand, or
 * with the ends of one turned. */
static uint32_t next_like(struct by_ids *ids, const struct tunnel *t, uint32_t from)
{
	const uint32_t id[2] = {t->peer[0].tunnel_id, t->peer[1].tunnel_id};
	const uint32_t turned[2] = {id[1], id[0]};
	uint32_t x = by_ids_next(ids, id, from), y = by_ids_next(ids, turned, from);

	return x < y ? x : y;
}

/* `ret` are the pairs that may be one, as places in `tunnels`: a in the upper half, ascending. */
struct found {
	uint64_t *at;
	size_t n, room;
};

static uint64_t pair_of(uint32_t a, uint32_t b)
{
	return (uint64_t)a << 32 | b;
}

static void found_add(struct found *f, uint64_t pair)
{
	if (f->n == f->room) {
		f->room = f->room ? 2 * f->room : 64;
		f->at = must_grow(f->at, f->room, sizeof(*f->at));
	}
	f->at[f->n++] = pair;
}

static void find_by_ids(const struct report *r, struct candidates *all,
			const struct tunnels *tunnels, struct found *ret)
{
	struct by_ids *ids = by_ids_new();

	for (uint32_t i = 0; i < tunnels->n; i++) {
		const struct peer *peer = tunnels->at[i]->peer;

		by_ids_add(ids, (const uint32_t[2]){peer[0].tunnel_id, peer[1].tunnel_id}, i);
	}
	for (uint32_t i = 0; i < tunnels->n; i++)
		for (uint32_t k = next_like(ids, tunnels->at[i], i + 1); k != NO_PLACE;
		     k = next_like(ids, tunnels->at[i], k + 1))
			if (try_ids(r, all, tunnels->at[i], tunnels->at[k]))
				found_add(ret, pair_of(i, k));
	by_ids_free(ids);
}

/* Those that were found by their ids are not looked at again. */
static void find_by_links(const struct report *r, struct candidates *all,
			  const struct tunnels *tunnels, const struct link_pairs *links,
			  const struct found *found)
{
	size_t end, next = 0;

	for (size_t i = 0; i < links->n; i = end) {
		uint64_t pair = pair_of(links->at[i].a, links->at[i].b);

		for (end = i + 1; end < links->n; end++)
			if (pair_of(links->at[end].a, links->at[end].b) != pair)
				break;
		while (next < found->n && found->at[next] < pair)
			next++;
		if (next == found->n || found->at[next] != pair)
			try_links(r, all, tunnels->at[links->at[i].a], tunnels->at[links->at[i].b],
				  &links->at[i], end - i);
	}
}

static void find_candidates(struct report *r, struct candidates *all, struct link_pairs *links)
{
	struct tunnels tunnels = tunnels_of(r);
	struct found found = {0};

	*links = link_pairs_find(r);
	find_by_ids(r, all, &tunnels, &found);
	find_by_links(r, all, &tunnels, links, &found);
	free(tunnels.at);
	free(found.at);
}

/* The best first, per pair of views. */
static int candidate_compare(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;

	if (a->view_a != b->view_a)
		return a->view_a < b->view_a ? -1 : 1;
	if (a->view_b != b->view_b)
		return a->view_b < b->view_b ? -1 : 1;
	if (a->strength != b->strength)
		return a->strength > b->strength ? -1 : 1;
	if (a->shared->n != b->shared->n)
		return a->shared->n > b->shared->n ? -1 : 1;
	if (mark_number(&a->a->first) != mark_number(&b->a->first))
		return mark_number(&a->a->first) < mark_number(&b->a->first) ? -1 : 1;
	return mark_number(&a->b->first) < mark_number(&b->b->first)
		       ? -1
		       : mark_number(&a->b->first) > mark_number(&b->b->first);
}

static bool holds_vantage(const struct tunnel *t, uint16_t vantage)
{
	for (; t; t = t->joined)
		if (t->vantage == vantage)
			return true;
	return false;
}

static bool spans_overlap(const struct report *r, const struct tunnel *a, const struct tunnel *b)
{
	static const double SLACK_S = 5;
	double gap;

	if (mark_gap(r, &a->last, &b->first, &gap) && gap > SLACK_S)
		return false;
	return !(mark_gap(r, &b->last, &a->first, &gap) && gap > SLACK_S);
}

/* Those that were joined into others leave the list. */
static void unlink_joined(struct report *r, const struct redirects *moved)
{
	struct tunnel **at = &r->tunnels;

	while (*at) {
		if (redirects_of(moved, *at))
			*at = (*at)->next;
		else
			at = &(*at)->next;
		report_looked(r);
	}
}

static void join_candidates(struct report *r, const struct candidates *all, struct redirects *moved)
{
	struct joining j = {.r = r, .moved = moved};

	for (size_t i = 0; i < all->n; i++) {
		const struct candidate *c = &all->at[i];
		struct tunnel *a = redirected(moved, c->a);
		struct tunnel *b = redirected(moved, c->b);

		bool is_loose = tunnel_is_faceless(a) || tunnel_is_faceless(b);

		/* what only PPP is known of has found its tunnel: the others of a tunnel switch
		 * stay what they are */
		if (c->is_loose && !is_loose)
			continue;
		if (!c->strength || a == b || !spans_overlap(r, a, b) ||
		    (!is_loose &&
		     (holds_vantage(a, c->b->vantage) || holds_vantage(b, c->a->vantage))))
			continue;
		if (tunnel_is_faceless(a) ? !tunnel_is_faceless(b)
					  : b->vantage < a->vantage && !is_loose) {
			struct tunnel *swap = a;

			a = b;
			b = swap;
		}
		j.links = c->links;
		j.n_links = c->n_links;
		/* false: of callers that all use one magic number each link has found its own */
		(void)tunnel_join(&j, a, b);
	}
	redirects_free(&j.lasts);
	unlink_joined(r, moved);
}

/* The clocks of two views, from the best candidate and all that agree with it. */
static void relate_views(struct report *r, const struct candidates *all, struct offsets *offsets)
{
	for (size_t i = 0; i < all->n;) {
		size_t a = all->at[i].view_a, b = all->at[i].view_b;
		struct samples s = {0};
		int64_t best = 0;
		bool has_best = false;

		for (; i < all->n && all->at[i].view_a == a && all->at[i].view_b == b; i++) {
			const struct shared *x = all->at[i].shared;
			int64_t own;

			/* messages of one tunnel tell more than the PPP of a tunnel switch */
			if ((has_best && !all->at[i].strength) || !shared_offset(x, &own))
				continue;
			if (!has_best)
				best = own;
			has_best = true;
			if (own - best < INT64_C(2000000000) && best - own < INT64_C(2000000000))
				samples_add(&s, x);
		}
		if (has_best)
			offsets_add(offsets, a, b, &s);
		samples_free(&s);
	}
	offsets_apply(r, offsets);
}

/* A console knows its own name from its prompt; its peers know it from AVP 7. */
static void name_ends(struct report *r)
{
	for (struct tunnel *t = r->tunnels; t; t = tunnel_after(r, t)) {
		const struct view *v = report_view(r, t->vantage);

		for (int i = 0; v && v->is_text && i < 2; i++) {
			struct peer *p = &t->peer[i];
			struct address address;

			if (p->name.len)
				continue;
			if (!p->is_text_source || !address_parse(v->name, &address))
				p->name = p->is_text_source ? v->name : p->dialed;
		}
	}
}

static void name_views(struct report *r)
{
	for (const struct tunnel *t = r->tunnels; t; t = tunnel_after(r, t)) {
		for (const struct tunnel *j = t->joined; j; j = j->joined)
			for (int i = 0; i < 2; i++) {
				struct view *v = report_view(r, j->vantage);

				if (v && v->is_text && !v->name.len && j->peer[i].is_text_source)
					v->name = t->peer[i].name;
			}
	}
}

/* A console stands at an end; which role that is, its sessions tell. */
static void place_views(struct report *r)
{
	for (const struct tunnel *t = r->tunnels; t; t = tunnel_after(r, t)) {
		struct view *v = report_view(r, t->vantage);

		if (!v || !v->is_text || v->role != ROLE_UNKNOWN)
			continue;
		for (int i = 0; i < 2; i++)
			for (const struct session *s = t->sessions; s; s = session_after(s))
				if (t->peer[i].is_text_source &&
				    (s->roles_known || s->roles_inferred))
					v->role = s->lac_end == i ? ROLE_LAC : ROLE_LNS;
	}
}

void correlate(struct report *r)
{
	struct candidates all = {0};
	struct offsets offsets = {0};
	struct redirects moved = {0};
	struct link_pairs links = {0};

	place_views(r);
	name_ends(r);
	if (r->n_views > 1)
		find_candidates(r, &all, &links);
	if (all.n)
		qsort(all.at, all.n, sizeof(*all.at), candidate_compare);
	relate_views(r, &all, &offsets);
	join_candidates(r, &all, &moved);
	access_join(r, &moved);
	name_views(r);
	steps_order(r, &moved);
	steps_unseen(r);
	for (size_t i = 0; i < all.n; i++)
		free(all.at[i].shared);
	free(all.at);
	link_pairs_free(&links);
	redirects_free(&moved);
	offsets_free(&offsets);
}
