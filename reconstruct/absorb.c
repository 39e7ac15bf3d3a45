#include "absorb.h"

#include "half_open.h"
#include "join.h"
#include "join_ppp.h"
#include "meter.h"
#include "over.h"
#include "registry.h"
#include "roll.h"
#include "session.h"
#include "tunnel.h"
#include "unbound.h"
#include "watch.h"

static void counters_add(struct counters *a, const struct counters *b)
{
	a->control_messages += b->control_messages;
	a->retransmissions += b->retransmissions;
	a->duplicates += b->duplicates;
	a->ppp_messages += b->ppp_messages;
	for (int i = 0; i < 2; i++) {
		a->data_packets[i] += b->data_packets[i];
		a->data_bytes[i] += b->data_bytes[i];
	}
}

static void unlink_session(struct tunnel *t, struct session *gone)
{
	live_tunnel(t)->may_wait_id = NULL;
	live_tunnel(t)->may_wait_interface = NULL;
	roll_leave(t, gone);
	roll_leave_half(live_session(gone));
	t->n_sessions--;
}

/* Each half saw the answers to what the other one asked. */
static void open_protocols(struct arena *a, struct ppp_link *l)
{
	for (size_t k = 0; k < N_CP; k++) {
		struct cp *cp = l->cp[k];

		if (!cp)
			continue;
		if (!cp->opened.is_set && cp->side[0].acked.is_set && cp->side[1].acked.is_set)
			cp->opened = *mark_later(NULL, &cp->side[0].acked, &cp->side[1].acked);
		for (int i = 0; i < 2; i++)
			if (side_part(&cp->side[i], CP_ECHO))
				side_echo_make(a, &cp->side[i])->unanswered = 0;
	}
}

void session_absorb(struct context *c, struct session *s, struct session *half)
{
	static const bool nowhere[2] = {false, false};
	struct tunnel *t = s->tunnel;
	struct counters before;
	struct live_session **absorbed = &live_session(half)->absorbed;
	struct session **joined = &s->joined;

	meter_close(half);
	meter_close(s);
	unlink_session(t, half);
	for (unsigned end = 0; end < 2; end++)
		session_learn_id(c, s, end, half->id[session_side(half, end)]);
	if (half->lac_end != s->lac_end)
		session_flip(half->roles_known && !s->roles_known ? s : half);
	before = s->counters;
	session_join(c->arena, NULL, s, half, nowhere);
	while (*joined != half)
		joined = &(*joined)->joined;
	*joined = NULL;
	s->counters = before;
	counters_add(&s->counters, &half->counters);
	open_protocols(c->arena, &s->ppp);
	for (unsigned from = 0; from < 2; from++) {
		for (struct awaiting *w = live_tunnel(t)->awaiting[from]; w; w = w->next)
			w->session = w->session == half ? s : w->session;
	}
	if (!live_session(s)->memory)
		live_session(s)->memory = live_session(half)->memory;
	over_is_half(c->observer, half, NULL);
	half_open_leave_session(half);
	live_session(s)->is_heard |= live_session(half)->is_heard;
	registry_forget_session(c->observer->registry, half);
	live_session(half)->became = s;
	c->observer->has_absorbed = true;
	company_changed(c->observer, s);
	company_leave(c->observer, half);
	while (*absorbed)
		absorbed = &(*absorbed)->absorbed;
	*absorbed = live_session(s)->absorbed;
	live_session(s)->absorbed = live_session(half);
	half->tunnel = NULL;
}

static void peer_fill(struct peer *a, const struct peer *b)
{
	fill_str(&a->name, b->name);
	fill_str(&a->vendor, b->vendor);
	fill_span(&a->challenge, b->challenge);
	fill_span(&a->response, b->response);
	fill_mark(&a->challenge_mark, &b->challenge_mark);
	fill_mark(&a->response_mark, &b->response_mark);
	if (!a->response_in)
		a->response_in = b->response_in;
	a->opening_is_cut |= b->opening_is_cut;
	if (a->firmware < 0)
		a->firmware = b->firmware;
	if (!a->window)
		a->window = b->window;
}

static void seen_fill(struct arena *arena, struct seen **list, const struct seen *b)
{
	for (; b; b = b->next) {
		struct seen *a = b->count ? seen_place(arena, list, b->message) : NULL;
		struct mark last;

		if (!a)
			continue;
		if (!a->count)
			a->from = b->from;
		last = *seen_last(a);
		fill_first(NULL, &a->first, &b->first);
		fill_last(NULL, &last, seen_last(b));
		seen_set_last(arena, a, last);
		a->count += b->count;
		a->repeats += b->repeats;
	}
}

static void unlink_tunnel(struct observer *o, struct tunnel *gone)
{
	struct tunnel **at = &o->tunnels;

	o->tunnels_last = NULL;
	while (*at) {
		if (*at == gone) {
			*at = gone->next;
			continue;
		}
		o->tunnels_last = *at;
		at = &(*at)->next;
	}
	gone->next = NULL;
	half_open_leave(gone);
	unbound_leave(o, gone);
	o->n_tunnels--;
}

static void move_sessions(struct context *c, struct tunnel *t, struct tunnel *half)
{
	for (struct session *s = half->sessions; s; s = s->next) {
		s->tunnel = t;
		t->n_sessions++;
		for (unsigned end = 0; end < 2; end++) {
			uint32_t id = s->id[session_side(s, end)];

			if (id)
				registry_add_session(c->observer->registry, s, end, id);
		}
	}
	roll_move(c->observer, t, half);
}

static void move_waiting(struct live_tunnel *lt, struct live_tunnel *half)
{
	for (int i = 0; i < 2; i++) {
		if (!lt->awaiting[i]) {
			lt->awaiting[i] = half->awaiting[i];
			lt->awaiting_last[i] = half->awaiting_last[i];
		}
		if (!lt->early[i]) {
			lt->early[i] = half->early[i];
			lt->n_early[i] = half->n_early[i];
		}
		if (!lt->lane[i].is_known)
			lt->lane[i] = half->lane[i];
		lt->is_heard[i] |= half->is_heard[i];
	}
}

/* The end whose id a half knows. */
static unsigned known_end(const struct tunnel *half)
{
	return half->peer[INITIATOR].tunnel_id ? INITIATOR : RESPONDER;
}

static bool is_turned(const struct tunnel *t, const struct tunnel *half)
{
	unsigned end = known_end(half);
	uint32_t id = half->peer[end].tunnel_id;

	if (!address_equal(&t->peer[0].address, &t->peer[1].address))
		return !address_equal(&t->peer[0].address, &half->peer[0].address);
	return t->peer[end].tunnel_id && t->peer[end].tunnel_id != id;
}

/* Its keys lead to what it became: beside a namesake nothing is counted at a glance. */
static void became(struct observer *o, struct tunnel *half, struct tunnel *t)
{
	struct live_tunnel **at = &live_tunnel(half)->absorbed;

	registry_forget_tunnel(o->registry, half);
	live_tunnel(half)->became = t;
	o->has_absorbed = true;
	while (*at)
		at = &(*at)->absorbed;
	*at = live_tunnel(t)->absorbed;
	live_tunnel(t)->absorbed = live_tunnel(half);
}

void tunnel_absorb(struct context *c, struct tunnel *t, struct tunnel *half)
{
	meter_turn(half);
	meter_turn(t);
	if (is_turned(t, half))
		tunnel_flip(half);
	unlink_tunnel(c->observer, half);
	over_is_half(c->observer, NULL, half);
	tunnel_learn_id(c, t, known_end(half), half->peer[known_end(half)].tunnel_id);
	for (int i = 0; i < 2; i++) {
		peer_fill(&t->peer[i], &half->peer[i]);
		fill_last(NULL, &t->heard[i], &half->heard[i]);
		channel_absorb(&t->way[i], &half->way[i]);
		end_join(&t->end[i], &half->end[i], false);
		fill_first(NULL, &t->established[i], &half->established[i]);
	}
	move_sessions(c, t, half);
	move_waiting(live_tunnel(t), live_tunnel(half));
	seen_fill(c->arena, &t->seen, half->seen);
	if (!t->stopccn.is_set)
		t->stopccn = half->stopccn;
	fill_first(NULL, &t->first, &half->first);
	fill_last(NULL, &t->last, &half->last);
	tunnel_fill_icmp(t, half);
	counters_add(&t->counters, &half->counters);
	t->hellos += half->hellos;
	t->auth_used |= half->auth_used;
	if (half->is_holey && (!t->is_holey || !half->hole.is_set))
		t->hole = half->hole;
	else if (half->is_holey && t->hole.is_set)
		fill_last(NULL, &t->hole, &half->hole);
	t->is_holey |= half->is_holey;
	/* asked again when all is known (tunnel_finish) */
	t->unanswered.is_set = false;
	if (live_tunnel(half)->is_closed &&
	    (!live_tunnel(t)->is_closed ||
	     live_tunnel(half)->closed_ns < live_tunnel(t)->closed_ns))
		live_tunnel(t)->closed_ns = live_tunnel(half)->closed_ns;
	live_tunnel(t)->is_closed |= live_tunnel(half)->is_closed;
	observed_join(&t->observed, &half->observed, false);
	if (!live_tunnel(t)->memory)
		live_tunnel(t)->memory = live_tunnel(half)->memory;
	became(c->observer, half, t);
}

static enum role role_turned(enum role role)
{
	if (role == ROLE_INITIATOR || role == ROLE_RESPONDER)
		return role == ROLE_INITIATOR ? ROLE_RESPONDER : ROLE_INITIATOR;
	return role;
}

void tunnel_drop(struct observer *o, struct tunnel *lost, struct tunnel *t)
{
	unlink_tunnel(o, lost);
	counters_add(&t->counters, &lost->counters);
	fill_first(NULL, &t->first, &lost->first);
	became(o, lost, t);
	for (struct step *step = o->steps; step; step = step->next) {
		if (step->tunnel != lost)
			continue;
		step->tunnel = t;
		step->from = role_turned(step->from);
		step->to = role_turned(step->to);
		for (size_t i = 0; i < step->n_changes; i++)
			step->changes[i].who = role_turned(step->changes[i].who);
	}
}
