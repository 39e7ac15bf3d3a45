#include "remembered.h"

#include "session.h"
#include "spoken.h"

/* ---- of a tunnel that goes on ---- */

void remembered_id(struct tunnel *t, unsigned end, uint32_t id)
{
	struct live_tunnel *lt = live_tunnel(t);

	lt->ids[end].row = lt->ids[end].n && id == lt->ids[end].last + 1 ? lt->ids[end].row + 1 : 0;
	lt->ids[end].last = id;
	lt->ids[end].n++;
}

static void remember_role(struct live_tunnel *lt, const struct session *s)
{
	enum role here = s->lac_end == INITIATOR ? ROLE_LAC : ROLE_LNS;

	if (s->roles_known)
		lt->told_role = !lt->told_role || lt->told_role == here ? here : ROLE_INITIATOR;
}

void remembered_tally(struct tunnel *t, const struct session *s)
{
	struct live_tunnel *lt = live_tunnel(t);
	const struct seen *request = seen_of(s->seen, ICRQ);

	lt->told_answered |= session_is_answered(s);
	remember_role(lt, s);
	if (s->number && (!t->told_first || s->number < t->told_first))
		t->told_first = s->number;
	for (const struct seen *x = s->seen; x; x = x->next)
		if (x->repeats > lt->told_repeated.repeats ||
		    (x->repeats && x->repeats == lt->told_repeated.repeats &&
		     s->number < lt->told_number)) {
			lt->told_repeated = *x;
			lt->told_repeated.next = NULL;
			lt->told_repeated.again = &lt->told_again;
			lt->told_again = *seen_last(x);
			lt->told_number = s->number;
			spoken_keep(lt->arena, s, &lt->told_repeated.first);
			spoken_keep(lt->arena, s, &lt->told_again);
		}
	if (s->roles_known && !s->roles_inferred && request->count &&
	    !lt->told_brought[s->lac_end].is_set) {
		lt->told_brought[s->lac_end] = request->first;
		spoken_keep(lt->arena, s, &lt->told_brought[s->lac_end]);
	}
}

/* ---- calls ---- */

static void told_call_free(struct observer *o)
{
	struct call *oldest = o->told_calls;

	o->told_calls = oldest->told_next;
	o->n_told_calls--;
	if (!o->told_calls)
		o->told_calls_last = NULL;
	session_give_back(oldest->session);
}

bool remembered_call(struct observer *o, const struct session *s)
{
	struct arena *arena = ((const struct live_session *)s)->arena;
	const struct call *c = s->call;
	struct call *told;

	if (!c || c->outcome != OUTCOME_FAILED || c->whole || c->legs)
		return false;
	told = arena_alloc(arena, sizeof(*told));
	if (!told)
		return false;
	*told = *c;
	told->is_told = told->goes_on = true;
	told->next = told->same_user_next = told->previous = told->told_next = NULL;
	told->attempts = NULL;
	told->findings = NULL;
	told->cause_text = (struct str){0};
	told->tunnel = NULL;
	told->session->tunnel = NULL;
	told->session->call = NULL;
	for (int i = 0; i < 2; i++)
		told->side[i].name = arena_str(arena, c->side[i].name);
	if (o->told_calls_last)
		o->told_calls_last->told_next = told;
	else
		o->told_calls = told;
	o->told_calls_last = told;
	if (++o->n_told_calls > LIMIT_TOLD_CALLS)
		told_call_free(o);
	return true;
}

/* ---- tunnels ---- */

void remembered_return(struct observer *o, struct tunnel *t)
{
	t->next = NULL;
	if (o->told_tunnels_last)
		o->told_tunnels_last->next = t;
	else
		o->told_tunnels = t;
	o->told_tunnels_last = t;
	o->n_told_tunnels++;
}

void remembered_tunnel(struct observer *o, struct tunnel *t)
{
	t->is_told = t->goes_on = true;
	t->sessions = NULL;
	t->findings = NULL;
	t->root = NULL;
	t->cause_text = (struct str){0};
	remembered_return(o, t);
	if (o->n_told_tunnels <= LIMIT_TOLD_TUNNELS)
		return;
	t = o->told_tunnels;
	o->told_tunnels = t->next;
	o->n_told_tunnels--;
	if (live_tunnel(t)->arena != o->arena)
		arena_free(live_tunnel(t)->arena);
}

void remembered_recall(struct observer *o, struct report *r)
{
	r->told_calls = o->told_calls;
	for (struct call *c = o->told_calls; c; c = c->told_next)
		c->previous = c->same_user_next = NULL, c->attempts = NULL;
	for (struct tunnel *t = o->told_tunnels; t; t = t->next) {
		t->kin_first = t->kin_next = NULL;
		t->first_call = NULL;
	}
	if (!o->told_tunnels_last)
		return;
	o->told_tunnels_last->next = o->tunnels;
	o->tunnels = o->told_tunnels;
	o->told_tunnels = o->told_tunnels_last = NULL;
	o->n_told_tunnels = 0;
}
