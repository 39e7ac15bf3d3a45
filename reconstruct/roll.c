#include "roll.h"

/* ---- sessions ---- */

/* Those before `*at` wait for nothing, and still do when it is gone. */
static void waits_leave(struct session **at, struct session *s, struct session *before)
{
	if (*at == s)
		*at = s->next ? s->next : before;
}

/* It may wait, before those that do. */
static void waits_again(struct tunnel *t)
{
	live_tunnel(t)->may_wait_id = live_tunnel(t)->may_wait_interface = NULL;
}

static void put_behind(struct tunnel *t, struct session *before, struct session *s)
{
	struct session **at = before ? &before->next : &t->sessions;

	s->next = *at;
	live_session(s)->before = before;
	if (s->next)
		live_session(s->next)->before = s;
	else
		live_tunnel(t)->sessions_last = s;
	*at = s;
}

void roll_add(struct observer *o, struct tunnel *t, struct session *s)
{
	live_session(s)->place = ++o->n_places;
	put_behind(t, live_tunnel(t)->sessions_last, s);
	company_join(o, s);
}

void roll_add_first(struct observer *o, struct tunnel *t, struct session *s)
{
	company_join(o, s);
	waits_again(t);
	put_behind(t, NULL, s);
}

void roll_leave(struct tunnel *t, struct session *s)
{
	struct session *before = live_session(s)->before;

	waits_leave(&live_tunnel(t)->may_wait_id, s, before);
	waits_leave(&live_tunnel(t)->may_wait_interface, s, before);
	if (before)
		before->next = s->next;
	else
		t->sessions = s->next;
	if (s->next)
		live_session(s->next)->before = before;
	else
		live_tunnel(t)->sessions_last = before;
	live_session(s)->before = NULL;
	s->next = NULL;
}

void roll_return(struct tunnel *t, struct session *s)
{
	struct session *before = live_tunnel(t)->sessions_last;

	while (before && live_session(before)->place >= live_session(s)->place)
		before = live_session(before)->before;
	waits_again(t);
	put_behind(t, before, s);
}

/* ---- halves ---- */

static void half_put(struct live_session **at, struct live_session *ls)
{
	*at = ls;
	if (ls)
		ls->half_at = at;
}

void roll_add_half(struct tunnel *t, struct live_session *ls)
{
	struct live_session **first = &live_tunnel(t)->halves[ls->session.was_there];

	half_put(&ls->next_half, *first);
	half_put(first, ls);
}

void roll_leave_half(struct live_session *ls)
{
	if (!ls->half_at)
		return;
	half_put(ls->half_at, ls->next_half);
	ls->next_half = NULL;
	ls->half_at = NULL;
}

void roll_move(struct observer *o, struct tunnel *t, struct tunnel *from)
{
	struct session *next;

	for (struct session *s = from->sessions; s; s = next) {
		next = s->next;
		roll_add(o, t, s);
	}
	from->sessions = live_tunnel(from)->sessions_last = NULL;
	for (size_t i = 0; i < 2; i++) {
		struct live_session **last = &live_tunnel(t)->halves[i];

		while (*last)
			last = &(*last)->next_half;
		half_put(last, live_tunnel(from)->halves[i]);
		live_tunnel(from)->halves[i] = NULL;
	}
}
