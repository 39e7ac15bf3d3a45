#include "reread_wanted.h"

#include <stdlib.h>

#include "limits.h"
#include "places.h"
#include "radius_join.h"

/* A record that became part of another one; its places are under its own name. */
struct merged {
	const void *into, *owner;
};

struct owners {
	struct places *places;
	struct merged *merged;
	size_t n_merged;
	bool has_merged;
};

struct standing {
	struct owners tunnels, sessions; /* messages of no session, and those of one */
};

struct standing *standing_new(void)
{
	struct standing *s = must_alloc(1, sizeof(*s));

	*s = (struct standing){.tunnels.places = places_new(), .sessions.places = places_new()};
	return s;
}

void standing_free(struct standing *s)
{
	if (s == NULL)
		return;
	places_free(s->tunnels.places);
	places_free(s->sessions.places);
	free(s->tunnels.merged);
	free(s->sessions.merged);
	free(s);
}

void standing_add(struct standing *s, const struct event *e, const struct tunnel *t,
		  const struct session *session)
{
	places_add(session != NULL ? s->sessions.places : s->tunnels.places,
		   session != NULL ? (const void *)session : t,
		   &(struct spot){.offset = e->origin.offset,
				  .frame = e->origin.frame,
				  .number = e->number,
				  .is_control = e->kind == EVENT_CONTROL});
}

void standing_drop(struct standing *s, const void *record)
{
	places_drop(s->sessions.places, record);
	places_drop(s->tunnels.places, record);
}

/* ---- what is told ---- */

static struct packed_places **pack_half(struct places *p, const void *half, struct arena *a,
					struct packed_places **tail)
{
	struct span at = places_pack(p, half, a);
	struct packed_places *more = at.len == 0 ? NULL : arena_alloc(a, sizeof(*more));

	if (more == NULL)
		return tail;
	more->at = at;
	*tail = more;
	return &more->next;
}

static void pack_tunnel(void *context, const struct tunnel *t, struct arena *a,
			struct packed_places *ret)
{
	struct standing *s = context;
	struct packed_places **tail = &ret->next;

	ret->at = places_pack(s->tunnels.places, t, a);
	for (t = replay_half_tunnel(t); t != NULL; t = replay_half_tunnel(t))
		tail = pack_half(s->tunnels.places, t, a, tail);
}

static void pack_session(void *context, const struct session *one, struct arena *a,
			 struct packed_places *ret)
{
	struct standing *s = context;
	struct packed_places **tail = &ret->next;

	ret->at = places_pack(s->sessions.places, one, a);
	for (one = replay_half_session(one); one != NULL; one = replay_half_session(one))
		tail = pack_half(s->sessions.places, one, a, tail);
}

struct told_source standing_source(struct standing *s)
{
	return (struct told_source){pack_tunnel, pack_session, s};
}

/* ---- records that became part of others ---- */

static int by_into(const void *a, const void *b)
{
	const char *x = ((const struct merged *)a)->into, *y = ((const struct merged *)b)->into;

	return (x > y) - (x < y);
}

static const void *tunnel_of(const void *tunnel)
{
	return replay_tunnel(tunnel);
}

static const void *session_of(const void *session)
{
	return replay_session(session);
}

static void merged_find(struct owners *o, const void *(*became)(const void *owner))
{
	const void *owner;
	size_t n = 0;

	if (o->has_merged)
		return;
	o->has_merged = true;
	while (places_owner(o->places, n, &owner))
		n++;
	o->merged = must_alloc(n + 1, sizeof(*o->merged));
	o->n_merged = 0;
	for (size_t i = 0; i < n && places_owner(o->places, i, &owner); i++) {
		const void *into = owner == NULL ? NULL : became(owner);

		if (into != owner)
			o->merged[o->n_merged++] = (struct merged){into, owner};
	}
	if (o->n_merged > 0)
		qsort(o->merged, o->n_merged, sizeof(*o->merged), by_into);
}

/* The first of those that became part of `into`. */
static size_t merged_first(const struct owners *o, const void *into)
{
	size_t low = 0, high = o->n_merged;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if ((const char *)o->merged[middle].into < (const char *)into)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void find_all_merged(struct standing *s)
{
	merged_find(&s->tunnels, tunnel_of);
	merged_find(&s->sessions, session_of);
}

/* ---- the places of one record ---- */

/* All places of an owner and of what became part of it. */
static void each_place(const struct owners *o, const void *owner,
		       bool (*take)(void *context, const struct spot *p), void *context)
{
	places_each(o->places, owner, take, context);
	for (size_t i = merged_first(o, owner); i < o->n_merged && o->merged[i].into == owner; i++)
		places_each(o->places, o->merged[i].owner, take, context);
}

static void each_packed(const struct packed_places *p,
			bool (*take)(void *context, const struct spot *p), void *context)
{
	for (; p != NULL; p = p->next)
		places_in(p->at, take, context);
}

static void each_of_leg(const struct standing *s, const struct call *leg,
			bool (*take)(void *context, const struct spot *p), void *context)
{
	if (leg->is_told)
		each_packed(told_places(leg), take, context);
	else
		each_place(&s->sessions, leg->session, take, context);
}

static void each_of_tunnel(const struct standing *s, const struct tunnel *t,
			   bool (*take)(void *context, const struct spot *p), void *context)
{
	if (t->is_told)
		each_packed(told_tunnel_places(t), take, context);
	else
		each_place(&s->tunnels, t, take, context);
}

/* Of a call: what is in that tunnel. */
static const struct call *leg_in(const struct call *c, const struct tunnel *t)
{
	const struct call *leg = c->legs;

	while (leg != NULL && leg->tunnel != t)
		leg = leg->next_leg;
	return leg == NULL ? c : leg;
}

void standing_each_of_call(struct standing *s, const struct call *c,
			   bool (*take)(void *context, const struct spot *place), void *context)
{
	const struct call *leg = c->legs == NULL ? c : c->legs;

	find_all_merged(s);
	for (; leg != NULL; leg = leg == c ? NULL : leg->next_leg)
		each_of_leg(s, leg, take, context);
}

void standing_each_of_tunnel(struct standing *s, const struct tunnel *t,
			     bool (*take)(void *context, const struct spot *place), void *context)
{
	find_all_merged(s);
	each_of_tunnel(s, t, take, context);
}

/* ---- which messages ---- */

/* What is collected of one owner. */
struct collection {
	struct wanted_list *list;
	struct wanted as; /* whose it is */
	bool is_control_only;
	uint64_t from, until; /* events */
};

static bool collect(void *context, const struct spot *p)
{
	const struct collection *c = context;
	struct wanted_list *list = c->list;

	if ((c->is_control_only && !p->is_control) || p->number < c->from || p->number > c->until)
		return true;
	if (list->n == LIMIT_REREAD) {
		list->is_full = true;
		return false;
	}
	if (list->n == list->room) {
		list->room = list->room == 0 ? 256 : list->room * 2;
		list->at = must_grow(list->at, list->room, sizeof(*list->at));
	}
	list->at[list->n] = c->as;
	list->at[list->n++].place = *p;
	return true;
}

static const struct tunnel *tunnel_of_leg(const struct call *leg)
{
	return leg->is_told ? leg->tunnel : leg->session->tunnel;
}

static void collect_leg(const struct standing *s, struct wanted_list *list, const struct call *leg,
			bool is_control_only)
{
	struct collection c = {.list = list,
			       .as = {.tunnel = tunnel_of_leg(leg),
				      .session = leg->is_told ? NULL : leg->session,
				      .call = leg->is_told ? leg : NULL},
			       .is_control_only = is_control_only,
			       .until = UINT64_MAX};

	each_of_leg(s, leg, collect, &c);
}

/* Also one that is no call. */
static void collect_session(const struct standing *s, struct wanted_list *list,
			    const struct session *one, bool is_control_only)
{
	struct collection c = {.list = list,
			       .as = {.tunnel = one->tunnel, .session = one},
			       .is_control_only = is_control_only,
			       .until = UINT64_MAX};

	each_place(&s->sessions, one, collect, &c);
}

static void collect_loose(const struct standing *s, struct wanted_list *list, uint64_t from,
			  uint64_t until)
{
	struct collection c = {.list = list, .from = from, .until = until};

	places_each(s->tunnels.places, NULL, collect, &c);
}

/* The control messages of the others in the tunnel are counted together with the call's. */
static void collect_others(const struct standing *s, struct run *r, struct wanted_list *list,
			   const struct tunnel *t, bool is_control_only)
{
	struct collection c = {.list = list, .as.tunnel = t, .until = UINT64_MAX};
	const struct call *const *calls;
	size_t n;

	if (t == NULL)
		return;
	calls = run_tunnel_calls(r, t, &n);
	each_of_tunnel(s, t, collect, &c);
	for (const struct session *one = t->is_told ? NULL : t->sessions;
	     one != NULL && !list->is_full; one = one->next)
		collect_session(s, list, one, is_control_only);
	for (size_t i = 0; i < n && !list->is_full; i++) {
		if (calls[i]->is_told)
			collect_leg(s, list, leg_in(calls[i], t), is_control_only);
	}
}

static void collect_call(const struct standing *s, struct wanted_list *list, const struct call *c)
{
	const struct call *leg = c->legs == NULL ? c : c->legs;

	for (; leg != NULL; leg = leg == c ? NULL : leg->next_leg)
		collect_leg(s, list, leg, false);
	if (c->radius != NULL)
		collect_loose(s, list, mark_number(&c->radius->asked),
			      c->radius->answered.is_set ? mark_number(&c->radius->answered)
							 : mark_number(&c->radius->last));
}

static bool uses(const struct call *c, const struct tunnel *t)
{
	const struct call *leg = c->legs == NULL ? c : c->legs;

	while (leg != NULL && tunnel_of_leg(leg) != t)
		leg = leg == c ? NULL : leg->next_leg;
	return leg != NULL;
}

static bool is_collected(const struct reread_what *what, size_t before, const struct tunnel *t)
{
	for (size_t i = 0; i < before; i++)
		if (uses(what->calls[i], t))
			return true;
	return false;
}

/* Of the call at `at`: those of a call before it are there. */
static void collect_tunnels(const struct standing *s, struct run *r, struct wanted_list *list,
			    const struct reread_what *what, size_t at)
{
	const struct call *c = what->calls[at];
	const struct call *leg = c->legs == NULL ? c : c->legs;

	for (; leg != NULL; leg = leg == c ? NULL : leg->next_leg)
		if (!is_collected(what, at, tunnel_of_leg(leg)))
			collect_others(s, r, list, tunnel_of_leg(leg), true);
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = ((const struct wanted *)a)->place.number;
	uint64_t y = ((const struct wanted *)b)->place.number;

	return (x > y) - (x < y);
}

static void sort_once(struct wanted_list *list)
{
	size_t n = 0;

	if (list->n == 0) /* nothing but data */
		return;
	qsort(list->at, list->n, sizeof(*list->at), by_number);
	for (size_t i = 0; i < list->n; i++) {
		if (n == 0 || list->at[n - 1].place.number != list->at[i].place.number)
			list->at[n++] = list->at[i];
	}
	list->n = n;
}

struct wanted_list standing_wanted(struct standing *s, struct run *r,
				   const struct reread_what *what)
{
	struct wanted_list list = {0};

	find_all_merged(s);
	if (what->event != 0)
		collect_loose(s, &list, what->event, what->event);
	for (size_t i = 0; i < what->n_calls; i++)
		collect_call(s, &list, what->calls[i]);
	for (size_t i = 0; i < what->n_calls; i++)
		collect_tunnels(s, r, &list, what, i);
	if (what->tunnel != NULL)
		collect_others(s, r, &list, what->tunnel, false);
	sort_once(&list);
	return list;
}

const struct wanted *wanted_find(const struct wanted_list *list, uint64_t number)
{
	struct wanted key = {.place.number = number};

	return list->n == 0 ? NULL : bsearch(&key, list->at, list->n, sizeof(*list->at), by_number);
}
