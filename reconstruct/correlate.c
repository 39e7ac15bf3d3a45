/* Identity before time: clocks are not known before replay (in one of our documents the LNS is
 * 1.1 s ahead, so that replies would arrive before they were sent). Tunnels are matched by what
 * they are; the messages they share give the offset of their clocks; only then time is used, to
 * refuse pairs that merely use the same numbers again. */
#include <stdlib.h>

#include "access.h"
#include "join.h"
#include "observer.h"
#include "offset.h"
#include "stages.h"
#include "step_order.h"
#include "unseen.h"

/* Two records that may be one tunnel. */
struct candidate {
	struct tunnel *a, *b;
	size_t view_a, view_b; /* indices into report.views */
	unsigned strength;     /* 0: two tunnels with one PPP link in both, see legs.c */
	bool is_loose;         /* of one of them only the PPP is known */
	struct shared shared;
};

struct candidates {
	struct candidate *at;
	size_t n, room;
};

/* Tunnels by each of their ids, so that not every pair must be looked at. */
struct by_id {
	uint32_t id;
	uint32_t order;
	struct tunnel *tunnel;
};

static int by_id_compare(const void *left, const void *right)
{
	const struct by_id *a = left, *b = right;

	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

/* An end's name: its Host Name, or the name of the console that is this very end. */
static struct str name_of(const struct report *r, const struct tunnel *t, int end)
{
	const struct view *v = report_view(r, t->vantage);

	if (!t->peer[end].name.len && t->peer[end].is_text_source && v)
		return v->name;
	return t->peer[end].name;
}

/* 1 agree, 0 unknown, −1 differ */
static int names_agree(const struct report *r, const struct tunnel *a, const struct tunnel *b)
{
	int agree = 0;

	for (int i = 0; i < 2; i++) {
		struct str x = name_of(r, a, i), y = name_of(r, b, i);

		if (!x.len || !y.len)
			continue;
		if (str_equal_nocase(x, y))
			agree = 1;
		else if (a->peer[i].name.len && b->peer[i].name.len)
			return -1;
		/* else a machine's name, which need not be the one it gives its peers */
	}
	return agree;
}

static int addresses_agree(const struct tunnel *a, const struct tunnel *b)
{
	int agree = 0;

	for (int i = 0; i < 2; i++) {
		const struct address *x = &a->peer[i].address, *y = &b->peer[i].address;

		if (!x->family || !y->family)
			continue;
		if (!address_equal(x, y))
			return -1; /* or the image of a NAT: never a contradiction by itself */
		agree++;
	}
	return agree;
}

static int challenges_agree(const struct tunnel *a, const struct tunnel *b)
{
	int agree = 0;

	for (int i = 0; i < 2; i++) {
		struct span x = a->peer[i].challenge, y = b->peer[i].challenge;

		if (!x.len || !y.len)
			continue;
		if (!span_equal(x, y))
			return -1;
		agree = 1;
	}
	return agree;
}

static bool serials_agree(const struct tunnel *a, const struct tunnel *b)
{
	for (const struct session *x = a->sessions; x; x = x->next)
		for (const struct session *y = b->sessions; y; y = y->next)
			if (x->has_serial && y->has_serial && x->serial && x->serial == y->serial &&
			    x->called.len && str_equal(x->called, y->called) &&
			    str_equal(x->calling, y->calling))
				return true;
	return false;
}

static uint32_t id_of_end(const struct session *s, int end)
{
	return s->id[end == s->lac_end ? LAC : LNS];
}

static bool known_equal(struct str a, struct str b)
{
	return a.len && str_equal(a, b);
}

/* The caller as both ends know it: numbers, or the name it gave. */
static bool same_caller(const struct session *x, const struct session *y)
{
	const struct str mine[] = {x->calling, session_told(x)->isdn_number,
				   link_auth(&x->ppp, CLIENT)->peer_name,
				   session_told(x)->said_user};
	const struct str theirs[] = {y->calling, session_told(y)->isdn_number,
				     link_auth(&y->ppp, CLIENT)->peer_name,
				     session_told(y)->said_user};

	for (size_t i = 0; i < sizeof(mine) / sizeof(mine[0]); i++)
		for (size_t k = 0; k < sizeof(theirs) / sizeof(theirs[0]); k++)
			if (known_equal(mine[i], theirs[k]))
				return true;
	return known_equal(x->called, y->called);
}

/* Two consoles, one at each end: each names only the other, so the names cannot be compared.
 * Both tunnel ids and both ids of a session, 64 bits, and one document or the same caller must
 * do. */
static bool consoles_face(const struct report *r, const struct tunnel *a, const struct tunnel *b)
{
	const struct view *va = report_view(r, a->vantage), *vb = report_view(r, b->vantage);
	bool opposite = (a->peer[0].is_text_source && b->peer[1].is_text_source) ||
			(a->peer[1].is_text_source && b->peer[0].is_text_source);

	if (!va || !vb || !va->is_text || !vb->is_text || !opposite)
		return false;
	for (const struct session *x = a->sessions; x; x = x->next)
		for (const struct session *y = b->sessions; y; y = y->next)
			if (id_of_end(x, 0) && id_of_end(x, 1) &&
			    id_of_end(x, 0) == id_of_end(y, 0) &&
			    id_of_end(x, 1) == id_of_end(y, 1) &&
			    (va->input == vb->input || same_caller(x, y)))
				return true;
	return false;
}

/* How many ids agree; −1 when one differs. */
static int ids_agree(const struct tunnel *a, const struct tunnel *b)
{
	int agree = 0;

	for (int i = 0; i < 2; i++) {
		uint32_t x = a->peer[i].tunnel_id, y = b->peer[i].tunnel_id;

		if (x && y && x != y)
			return -1;
		agree += x && x == y;
	}
	return agree;
}

static const struct session *session_of_link(const struct tunnel *t, const struct session *loose)
{
	const struct session *s = t->sessions;

	while (s && !link_fits(&s->ppp, &loose->ppp) && !session_shares_pppd(s, loose))
		s = s->next;
	return s;
}

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
static bool links_agree(struct tunnel *a, struct tunnel *b)
{
	struct tunnel *loose = tunnel_is_faceless(b) ? b : a, *other = loose == b ? a : b;
	const struct session *s = session_of_link(other, loose->sessions);

	if (!s)
		return false;
	if (is_turned(loose->sessions, s))
		session_swap(loose->sessions);
	if (loose->sessions->lac_end != s->lac_end)
		tunnel_swap(loose);
	return true;
}

static bool is_console(const struct report *r, const struct tunnel *t)
{
	const struct view *v = report_view(r, t->vantage);

	return v && v->is_text;
}

/* 0: not the same tunnel; else how strong the evidence is (contract §3: 16-bit ids alone never
 * suffice). */
static unsigned evidence(const struct report *r, struct tunnel *a, struct tunnel *b)
{
	int ids = ids_agree(a, b), names, addresses, challenges;

	if (tunnel_is_faceless(a) || tunnel_is_faceless(b))
		return links_agree(a, b) ? 7 : 0;
	if (ids <= 0 || (a->version && b->version && a->version != b->version))
		return 0;
	names = names_agree(r, a, b);
	addresses = addresses_agree(a, b);
	challenges = challenges_agree(a, b);
	if (names < 0 || challenges < 0)
		return 0;
	if (challenges > 0)
		return 8;
	/* half of the ids (the peer never answered) wants both addresses or names as well */
	if (ids == 1 && addresses == 1 && is_console(r, a) != is_console(r, b))
		return 1; /* a console never prints its own address */
	if (ids == 1)
		return addresses == 2 || (addresses == 1 && names > 0) ? 1 : 0;
	if (addresses == 2)
		return names > 0 ? 6 : 5;
	if (serials_agree(a, b))
		return 4;
	if (names > 0 || addresses == 1)
		return 3;
	return consoles_face(r, a, b) ? 2 : 0;
}

static size_t view_index(const struct report *r, uint16_t vantage)
{
	for (size_t i = 0; i < r->n_views; i++)
		if (r->views[i].vantage == vantage)
			return i;
	return SIZE_MAX;
}

static void candidates_add(struct report *r, struct candidates *all, struct tunnel *a,
			   struct tunnel *b, bool by_link)
{
	struct candidate c = {.a = a,
			      .b = b,
			      .view_a = view_index(r, a->vantage),
			      .view_b = view_index(r, b->vantage)};

	if (c.view_a == c.view_b || c.view_a == SIZE_MAX || c.view_b == SIZE_MAX)
		return;
	if (c.view_a > c.view_b) {
		struct candidate turned = {.a = b, .b = a, .view_a = c.view_b, .view_b = c.view_a};

		c = turned;
	}
	c.is_loose = tunnel_is_faceless(a) || tunnel_is_faceless(b);
	c.strength = evidence(r, a, b);
	if (!c.strength && (!a->roles_known || !b->roles_known)) {
		/* who opened it was not seen in one view: try it the other way round */
		struct tunnel *loose = a->roles_known ? b : a;

		tunnel_swap(loose);
		c.strength = evidence(r, a, b);
		if (!c.strength)
			tunnel_swap(loose);
	}
	if (c.strength)
		shared_of(c.a, c.b, &c.shared);
	else if (by_link)
		shared_of_links(c.a, c.b, &c.shared);
	if (!c.strength && !c.shared.n)
		return;
	if (all->n == all->room) {
		all->room = all->room ? 2 * all->room : 64;
		all->at = must_grow(all->at, all->room, sizeof(*all->at));
	}
	all->at[all->n++] = c;
}

static void find_candidates(struct report *r, struct candidates *all)
{
	struct by_id *ids;
	size_t n = 0;

	for (struct tunnel *t = r->tunnels; t; t = tunnel_after(r, t))
		n += 2;
	ids = must_alloc(n + 1, sizeof(*ids));
	n = 0;
	for (struct tunnel *t = r->tunnels; t; t = tunnel_after(r, t))
		for (int i = 0; i < 2; i++)
			if (t->peer[i].tunnel_id)
				ids[n] = (struct by_id){.id = t->peer[i].tunnel_id,
							.order = (uint32_t)n,
							.tunnel = t},
				n++;
	qsort(ids, n, sizeof(*ids), by_id_compare);
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n && ids[j].id == ids[i].id; j++)
			if (ids[i].tunnel->vantage != ids[j].tunnel->vantage)
				candidates_add(r, all, ids[i].tunnel, ids[j].tunnel, false);
	free(ids);
}

/* Links by their challenge or magic number, for tunnels that have nothing else. */
struct by_challenge {
	struct span challenge;
	uint32_t order;
	struct tunnel *tunnel;
};

static int by_challenge_compare(const void *left, const void *right)
{
	const struct by_challenge *a = left, *b = right;
	size_t n = a->challenge.len < b->challenge.len ? a->challenge.len : b->challenge.len;
	int c = memcmp(a->challenge.at, b->challenge.at, n);

	if (c)
		return c;
	if (a->challenge.len != b->challenge.len)
		return a->challenge.len < b->challenge.len ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

struct links {
	struct by_challenge *at;
	size_t n, room;
};

static void links_add(struct links *l, struct span key, struct tunnel *t)
{
	if (!key.len)
		return;
	if (l->n == l->room) {
		l->room = l->room ? 2 * l->room : 64;
		l->at = must_grow(l->at, l->room, sizeof(*l->at));
	}
	l->at[l->n] = (struct by_challenge){key, (uint32_t)l->n, t};
	l->n++;
}

static void find_links(struct report *r, struct candidates *all)
{
	struct links l = {0};
	struct by_challenge *links;
	size_t n;

	for (struct tunnel *t = r->tunnels; t; t = tunnel_after(r, t))
		for (const struct session *s = t->sessions; s; s = session_after(s)) {
			links_add(&l, link_auth(&s->ppp, CLIENT)->challenge, t);
			links_add(&l, link_auth(&s->ppp, LNS)->challenge, t);
			links_add(&l, link_magic(&s->ppp, CLIENT), t);
			links_add(&l, link_magic(&s->ppp, LNS), t);
			links_add(&l, span_of(session_told(s)->pppd.at, session_told(s)->pppd.len),
				  t);
		}
	links = l.at;
	n = l.n;
	if (n)
		qsort(links, n, sizeof(*links), by_challenge_compare);
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n && span_equal(links[i].challenge, links[j].challenge);
		     j++)
			if (links[i].tunnel->vantage != links[j].tunnel->vantage)
				candidates_add(r, all, links[i].tunnel, links[j].tunnel, true);
	free(links);
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
	if (a->shared.n != b->shared.n)
		return a->shared.n > b->shared.n ? -1 : 1;
	if (mark_number(&a->a->first) != mark_number(&b->a->first))
		return mark_number(&a->a->first) < mark_number(&b->a->first) ? -1 : 1;
	return mark_number(&a->b->first) < mark_number(&b->b->first)
		       ? -1
		       : mark_number(&a->b->first) > mark_number(&b->b->first);
}

/* Where joined records went. */
static struct tunnel *root_of(const struct redirects *moved, struct tunnel *t)
{
	for (size_t i = 0; i < moved->n; i++)
		if (moved->at[i].from == t)
			return root_of(moved, moved->at[i].to);
	return t;
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

static void unlink_tunnel(struct report *r, const struct tunnel *t)
{
	struct tunnel **at = &r->tunnels;

	while (*at && *at != t)
		at = &(*at)->next;
	if (*at)
		*at = t->next;
}

static void join_candidates(struct report *r, const struct candidates *all, struct redirects *moved)
{
	for (size_t i = 0; i < all->n; i++) {
		struct tunnel *a = root_of(moved, all->at[i].a);
		struct tunnel *b = root_of(moved, all->at[i].b);

		bool is_loose = tunnel_is_faceless(a) || tunnel_is_faceless(b);

		/* what only PPP is known of has found its tunnel: the others of a tunnel switch
		 * stay what they are */
		if (all->at[i].is_loose && !is_loose)
			continue;
		if (!all->at[i].strength || a == b || !spans_overlap(r, a, b) ||
		    (!is_loose && (holds_vantage(a, all->at[i].b->vantage) ||
				   holds_vantage(b, all->at[i].a->vantage))))
			continue;
		if (tunnel_is_faceless(a) ? !tunnel_is_faceless(b)
					  : b->vantage < a->vantage && !is_loose) {
			struct tunnel *swap = a;

			a = b;
			b = swap;
		}
		unlink_tunnel(r, b);
		tunnel_join(r, a, b, moved);
	}
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
			const struct shared *x = &all->at[i].shared;
			int64_t own;

			bool again = i > 0 && all->at[i - 1].a == all->at[i].a &&
				     all->at[i - 1].b == all->at[i].b;

			/* a pair with both ids equal was found twice; messages of one tunnel
			 * tell more than the PPP of a tunnel switch */
			if (again || (has_best && !all->at[i].strength) || !shared_offset(x, &own))
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

			if (!p->name.len)
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

	place_views(r);
	name_ends(r);
	if (r->n_views > 1) {
		find_candidates(r, &all);
		find_links(r, &all);
	}
	if (all.n)
		qsort(all.at, all.n, sizeof(*all.at), candidate_compare);
	relate_views(r, &all, &offsets);
	join_candidates(r, &all, &moved);
	access_join(r, &moved);
	name_views(r);
	steps_order(r, &moved);
	steps_unseen(r);
	free(all.at);
	free(moved.at);
	offsets_free(&offsets);
}
