#include "unseen.h"

#include <stdlib.h>

#include "arena.h"
#include "auth_link.h"
#include "mark.h"
#include "redirects.h"
#include "step_order.h"

/* For a direction (sending end), how often a message came by at view `from` before view `to`. */
struct flow {
	struct report *r;
	int64_t *count;         /* [from][to][end]; owned */
	struct redirects views; /* struct seen_by of each tunnel; owned */
};

/* The captures in which a tunnel is. It may have been joined out of many PPP links, so they are
 * looked for once. */
struct seen_by {
	size_t n;
	const struct view *views[];
};

static size_t view_of(const struct report *r, const struct step *s)
{
	for (size_t i = 0; i < r->n_views; i++)
		if (r->views[i].vantage == s->key.mark.vantage)
			return i;
	return r->n_views;
}

static int64_t *flow_at(const struct flow *f, size_t from, size_t to, unsigned end)
{
	return &f->count[(from * f->r->n_views + to) * 2 + end];
}

static void count_pair(const struct flow *f, const struct step *a, const struct step *b,
		       unsigned end)
{
	size_t from = view_of(f->r, a), to = view_of(f->r, b);
	int64_t earlier = a->aligned_ns <= b->aligned_ns ? 1 : -1;

	if (from == f->r->n_views || to == f->r->n_views)
		return;
	*flow_at(f, from, to, end) += earlier;
	*flow_at(f, to, from, end) -= earlier;
}

static void count_pairs(const struct flow *f)
{
	for (size_t i = 0; i < f->r->n_steps && !steps_are_hurried(f->r, i); i++) {
		const struct step *s = f->r->steps[i];
		unsigned end = step_sending_end(s);

		steps_rest(f->r, i);
		if (s->is_second_sight || !end)
			continue;
		for (const struct step *also = s->seen_also; also; also = also->seen_also)
			count_pair(f, s, also, end - 1);
	}
}

static bool has_sight(const struct step *s, uint16_t vantage)
{
	for (; s; s = s->seen_also)
		if (s->key.mark.vantage == vantage)
			return true;
	return false;
}

/* The view was watching when the message must have come by. */
static bool was_watching(const struct report *r, const struct view *v, const struct step *s)
{
	static const int64_t ON_ITS_WAY_NS = INT64_C(1000000000);
	struct mark first = mark_at((struct sight){.vantage = v->vantage, .when = v->first});
	struct mark last = mark_at((struct sight){.vantage = v->vantage, .when = v->last});
	int64_t from, to;

	return mark_ns(r, &first, &from) && mark_ns(r, &last, &to) && from <= s->aligned_ns &&
	       s->aligned_ns + ON_ITS_WAY_NS <= to;
}

static bool is_among(const struct seen_by *all, const struct view *v)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->views[i] == v)
			return true;
	return false;
}

static const struct seen_by *views_of(struct flow *f, struct tunnel *tunnel)
{
	struct seen_by *all = redirects_of(&f->views, tunnel);

	if (all)
		return all;
	all = arena_alloc(f->r->arena, sizeof(*all) + f->r->n_views * sizeof(all->views[0]));
	if (!all)
		return NULL;
	all->n = 0;
	for (const struct tunnel *t = tunnel; t; t = t->joined) {
		const struct view *v = report_view(f->r, t->vantage);

		if (v && !v->is_text && !is_among(all, v))
			all->views[all->n++] = v;
	}
	redirects_set(&f->views, tunnel, all);
	return all;
}

/* What end `end` sends comes by at `from` before it does at `to`. Where no message of it came to
 * both, those of the other end tell it: they go the other way. */
static bool comes_by_later(const struct flow *f, size_t from, size_t to, unsigned end)
{
	int64_t own = *flow_at(f, from, to, end);

	return own > 0 || (own == 0 && *flow_at(f, from, to, 1 - end) < 0);
}

/* A capture that never had what came by at `sight`, and is nearer to its receiver. */
static const struct view *unseen_after(struct flow *f, const struct step *s,
				       const struct step *sight, unsigned end)
{
	const struct report *r = f->r;
	size_t own = view_of(r, sight);
	const struct seen_by *all;

	if (own == r->n_views || r->views[own].is_text)
		return NULL;
	all = views_of(f, s->tunnel);
	for (size_t i = 0; all && i < all->n; i++) {
		const struct view *v = all->views[i];

		if (!has_sight(s, v->vantage) &&
		    comes_by_later(f, own, (size_t)(v - r->views), end) &&
		    was_watching(r, v, sight))
			return v;
	}
	return NULL;
}

static const struct view *where_unseen(struct flow *f, const struct step *s)
{
	const struct view *v = NULL;
	unsigned end = step_sending_end(s);

	/* a log that prints it as well may come first */
	for (const struct step *sight = s; end && sight && !v; sight = sight->seen_also)
		v = unseen_after(f, s, sight, end - 1);
	return v;
}

static bool is_message(const struct step *s)
{
	const struct message_key *m = &s->key;

	return !s->is_second_sight && !m->is_virtual && s->tunnel && s->tunnel->joined &&
	       (m->kind == EVENT_CONTROL || (m->kind == EVENT_PPP && s->session)) &&
	       moment_known(mark_when(&m->mark));
}

enum { LOOK_AHEAD = 1024 };

static bool is_copy(const struct step *a, const struct step *b)
{
	const struct message_key *x = &a->key, *y = &b->key;

	return b->tunnel == a->tunnel && !b->is_second_sight && y->kind == EVENT_CONTROL &&
	       x->type == y->type && x->has_number && y->has_number && x->ns == y->ns &&
	       step_sending_end(a) == step_sending_end(b);
}

static struct state_change *change_in(const struct step *s, const struct state_change *x)
{
	for (size_t i = 0; i < s->n_changes; i++) {
		struct state_change *y = &s->changes[i];

		if (y->who == x->who && y->machine == x->machine && y->before == x->before &&
		    y->after == x->after)
			return y;
	}
	return NULL;
}

static void change_remove(struct step *s, const struct state_change *x)
{
	size_t at = (size_t)(x - s->changes);

	for (size_t i = at; i + 1 < s->n_changes; i++)
		s->changes[i] = s->changes[i + 1];
	s->n_changes--;
}

/* Its sender moved when it first sent the message, its receiver when a copy arrived; each view
 * alone has both in one step. */
static void share_changes(struct step *lost, struct step *copy)
{
	for (size_t i = lost->n_changes; i-- > 0;) {
		struct state_change *mine = &lost->changes[i];
		struct state_change *again = change_in(copy, mine);

		if (again && mine->who == lost->from)
			change_remove(copy, again);
		else if (again && mine->who == lost->to)
			change_remove(lost, mine);
	}
}

static void share_with_copies(const struct report *r, size_t at)
{
	struct step *lost = r->steps[at];

	if (lost->key.kind != EVENT_CONTROL || !lost->n_changes)
		return;
	for (size_t i = at + 1; i < r->n_steps && i - at < LOOK_AHEAD; i++) {
		if (is_copy(lost, r->steps[i]) && r->steps[i]->seen_also) {
			share_changes(lost, r->steps[i]);
			return;
		}
	}
}

/* ---- what it means for a session ---- */

static enum ppp_part part_of(uint16_t protocol)
{
	if (protocol == PPP_LCP)
		return PART_LCP;
	return auth_is_protocol(protocol) ? PART_AUTH : PART_NETWORK;
}

/* Answers may arrive while requests do not: a path loses what is large, or every second packet. */
static bool is_answer(const struct message_key *m)
{
	return !auth_is_protocol(m->type) && (m->code == CP_CONFACK || m->code == CP_CONFNAK ||
					      m->code == CP_CONFREJ || m->code == CP_ECHOREP);
}

enum { BITS = 4 }; /* of a part: requests and answers of each end */

static void note_part(const struct step *s)
{
	const struct message_key *m = &s->key;
	unsigned end = step_sending_end(s), bit;

	if (m->kind == EVENT_CONTROL && end && s->unseen_at)
		s->tunnel->lost_between |= (uint8_t)(1U << (end - 1));
	else if (m->kind == EVENT_CONTROL && end && s->seen_also)
		s->tunnel->lost_between &= (uint8_t) ~(1U << (end - 1));
	if (m->kind != EVENT_PPP || !end ||
	    (m->type == PPP_LCP && (m->code == CP_TERMREQ || m->code == CP_TERMACK)))
		return;
	bit = 1U << (BITS * part_of(m->type) + 2 * is_answer(m) + (end - 1));
	if (s->unseen_at)
		s->session->lost_between |= (uint16_t)bit;
	else if (s->seen_also)
		s->session->lost_between &= (uint16_t)~bit;
}

bool ppp_part_is_lost(const struct session *s, enum ppp_part part)
{
	return s->lost_between >> BITS * part & ((1U << BITS) - 1);
}

bool control_is_lost(const struct tunnel *t, unsigned end)
{
	return t->lost_between >> end & 1;
}

void steps_unseen(struct report *r)
{
	struct flow f = {.r = r};
	uint32_t *lost;
	size_t n = 0;

	if (r->n_views < 2 || !r->n_steps || report_is_hurried(r))
		return;
	f.count = must_alloc(r->n_views * r->n_views * 2, sizeof(*f.count));
	lost = must_alloc(r->n_steps, sizeof(*lost));
	count_pairs(&f);
	for (uint32_t i = 0; i < r->n_steps && !steps_are_hurried(r, i); i++) {
		steps_rest(r, i);
		if (!is_message(r->steps[i]))
			continue;
		r->steps[i]->unseen_at = where_unseen(&f, r->steps[i]);
		note_part(r->steps[i]);
		if (r->steps[i]->unseen_at)
			lost[n++] = i;
	}
	for (size_t i = 0; i < n && !steps_are_hurried(r, i); i++) {
		steps_rest(r, i);
		share_with_copies(r, lost[i]);
	}
	redirects_free(&f.views);
	free(f.count);
	free(lost);
}
