#include "over_leave.h"

#include "half_open.h"
#include "meter.h"
#include "over.h"
#include "registry.h"
#include "remembered.h"
#include "roll.h"
#include "session.h"
#include "speaker.h"
#include "unbound.h"

/* ---- calls ---- */

static void forgotten(const struct observer *o, const void *record)
{
	if (o->options->forgotten)
		o->options->forgotten(o->options->placed_context, record);
}

/* Steps that are kept still point to what was dropped. */
static bool is_freed(const struct observer *o)
{
	return !o->steps;
}

/* A text's tunnels have none of their own. */
static void records_free(const struct observer *o, struct arena *arena)
{
	if (arena != o->arena)
		arena_free(arena);
}

/* Nothing finds it any more. A capture's halves are copied into what they become, a text's are
 * parts of it. */
static void session_forget(struct observer *o, struct session *s)
{
	struct live_session *half = live_session(s)->absorbed, *next;

	for (; half; half = next) {
		next = half->absorbed;
		ended_leave(&o->ended, half);
		roll_leave_half(half);
		meter_close(&half->session);
		registry_forget_session(o->registry, &half->session);
		forgotten(o, &half->session);
		if (is_freed(o) && !o->is_text)
			arena_free(half->arena);
	}
	if (!o->is_text)
		live_session(s)->absorbed = NULL;
	ended_leave(&o->ended, live_session(s));
	company_leave(o, s);
	roll_leave_half(live_session(s));
	half_open_leave_session(s);
	meter_close(s);
	registry_forget_session(o->registry, s);
	if (o->is_text)
		speaker_forget(o, s);
	forgotten(o, s);
	o->n_sessions--;
}

static void session_free(struct observer *o, struct session *s)
{
	session_forget(o, s);
	if (!remembered_call(o, s))
		session_give_back(s);
}

static void sessions_free(struct observer *o, struct session *s)
{
	struct session *next;

	for (; s; s = next) {
		next = s->next;
		session_free(o, s);
	}
}

static bool has_left(const struct session *s)
{
	return s && s->is_settled;
}

/* The sessions that go on are together again, in the order in which they began; the others are
 * given back. */
static struct session *gather(struct tunnel *t)
{
	struct session *gone = NULL, *next = t->sessions;

	t->sessions = live_tunnel(t)->staying;
	live_tunnel(t)->staying = NULL;
	while (next) {
		struct session *s = next;

		next = s->next;
		if (has_left(s)) {
			s->next = gone;
			gone = s;
		} else {
			roll_return(t, s);
		}
	}
	return gone;
}

static void awaiting_leave(struct live_tunnel *lt)
{
	for (unsigned from = 0; from < 2; from++) {
		struct awaiting **at = &lt->awaiting[from];

		lt->awaiting_last[from] = NULL;
		while (*at) {
			struct awaiting *w = *at;

			if (has_left(w->session)) {
				*at = w->next;
				w->next = lt->spare;
				lt->spare = w;
				continue;
			}
			lt->awaiting_last[from] = *at;
			at = &(*at)->next;
		}
	}
}

/* ---- tunnels ---- */

static void held_free(struct held *h)
{
	struct held *next;

	for (; h; h = next) {
		next = h->next;
		arena_free(h->arena);
	}
}

/* Nothing finds it any more, and nothing of it is left but itself. */
static void tunnel_forget(struct observer *o, struct tunnel *t)
{
	struct live_tunnel *lt = live_tunnel(t), *half, *next;

	half_open_leave(t);
	sessions_free(o, t->sessions);
	t->sessions = NULL;
	held_free(lt->early[0]);
	held_free(lt->early[1]);
	lt->early[0] = lt->early[1] = NULL;
	if (lt->rival)
		live_tunnel(lt->rival)->rival = NULL;
	lt->rival = NULL;
	for (half = lt->absorbed; half; half = next) {
		next = half->absorbed;
		registry_forget_tunnel(o->registry, &half->tunnel);
		forgotten(o, &half->tunnel);
		records_free(o, half->arena);
	}
	lt->absorbed = NULL;
	registry_forget_tunnel(o->registry, t);
	forgotten(o, t);
}

static void tunnel_free(struct observer *o, struct tunnel *t)
{
	tunnel_forget(o, t);
	if (t->connected.is_set || t->outcome == OUTCOME_FAILED)
		remembered_tunnel(o, t);
	else
		records_free(o, live_tunnel(t)->arena);
}

/* ---- given up ---- */

void over_drop_tunnel(struct observer *o, struct tunnel *t)
{
	if (!is_freed(o)) {
		for (struct session *s = t->sessions; s; s = s->next)
			company_leave(o, s);
		registry_forget_tunnel(o->registry, t);
		t->number = 0;
	} else {
		tunnel_forget(o, t);
		arena_free(live_tunnel(t)->arena);
	}
	o->n_tunnels--;
}

size_t over_drop_sessions(struct observer *o, struct tunnel *t)
{
	struct session *gone = NULL, *next;
	size_t n = 0;

	for (struct session *s = t->sessions; s; s = next) {
		bool is_dropped = live_session(s)->half.is_given_up && !session_circuit(s)->rival;

		next = s->next;
		live_session(s)->half.is_given_up = false;
		s->is_settled = is_dropped;
		if (!is_dropped)
			continue;
		roll_leave(t, s);
		s->next = gone;
		gone = s;
		n++;
	}
	if (!n)
		return 0;
	awaiting_leave(live_tunnel(t));
	for (; gone; gone = next) {
		next = gone->next;
		gone->next = NULL;
		session_forget(o, gone);
		t->n_sessions--;
		if (is_freed(o))
			arena_free(live_session(gone)->arena);
	}
	return n;
}

/* ---- what was told ---- */

/* What was found of it while others were settled does not stand: it may go on otherwise. */
static void verdict_forget(struct tunnel *t)
{
	t->start = t->connected = t->ended = (struct mark){0};
	t->outcome = OUTCOME_UNKNOWN;
	t->ended_by = ROLE_UNKNOWN;
	t->cause = NULL;
	t->confidence = CONFIDENCE_NONE;
	t->cause_text = (struct str){0};
	t->findings = NULL;
	t->root = NULL;
	t->kin_next = t->asked_next = NULL;
	t->first_call = NULL;
}

/* What comes is compared with the name that it has. */
static void text_goes_on(struct tunnel *t)
{
	struct live_tunnel *lt = live_tunnel(t);

	if (lt->is_lent)
		t->peer[1 - lt->local].name = lt->peer_name;
	lt->is_lent = false;
}

static void tunnel_goes_on(struct observer *o, struct tunnel *t)
{
	struct session *gone;

	if (t->sessions)
		awaiting_leave(live_tunnel(t));
	gone = gather(t);
	for (struct session *s = gone; s; s = s->next) {
		remembered_tally(t, s);
		remembered_left(o, s);
	}
	sessions_free(o, gone);
	t->goes_on = false;
	verdict_forget(t);
	if (o->is_text)
		text_goes_on(t);
	else
		o->n_ended += over_is_near(t);
}

static bool is_over(const struct live_tunnel *lt)
{
	return lt->is_over;
}

static void put(struct tunnel *t, struct tunnel **first, struct tunnel **last)
{
	t->next = NULL;
	if (*last)
		(*last)->next = t;
	else
		*first = t;
	*last = t;
}

void over_take(struct observer *o, struct report *r)
{
	struct tunnel *over = NULL, *over_last = NULL, *next;

	unbound_leave_all(o, is_over);
	o->tunnels = o->tunnels_last = NULL;
	r->n_tunnels = 0;
	for (struct tunnel *t = r->tunnels; t; t = next) {
		next = t->next;
		if (t->is_told) {
			remembered_return(o, t);
		} else if (live_tunnel(t)->is_over) {
			put(t, &over, &over_last);
			r->n_tunnels++;
			o->n_tunnels--;
		} else {
			put(t, &o->tunnels, &o->tunnels_last);
		}
	}
	r->tunnels = over;
}

void over_leave(struct observer *o, struct report *r)
{
	struct tunnel *next;

	o->n_ended = 0;
	for (struct tunnel *t = r->tunnels; t; t = next) {
		next = t->next;
		tunnel_free(o, t);
	}
	for (struct tunnel *t = o->tunnels; t; t = t->next)
		tunnel_goes_on(o, t);
	o->n_ended += o->ended.n;
}
