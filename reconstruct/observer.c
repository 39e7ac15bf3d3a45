#include "observer.h"

#include "auth_link.h"
#include "cp_link.h"
#include "halves.h"
#include "jump.h"
#include "link.h"
#include "over.h"
#include "ppp_link.h"
#include "roll.h"
#include "session.h"
#include "tie_breaker.h"
#include "tunnel.h"

/* PPP shows the LNS where neither ICRQ nor OCRQ was seen. */
static void infer_roles(struct session *s)
{
	int lns;

	if (s->roles_known)
		return;
	lns = ppp_link_lns(&s->ppp);
	if (lns < 0)
		return;
	if (lns == CLIENT)
		session_flip(s);
	s->was_turned = lns == CLIENT;
	s->roles_known = true;
	s->roles_inferred = true;
}

/* Which role a tunnel's initiator has in its calls; ROLE_INITIATOR while they do not tell. */
static enum role calls_tell(const struct tunnel *t)
{
	enum role told = ((const struct live_tunnel *)t)->told_role;
	enum role role = told ? told : ROLE_INITIATOR;

	if (told == ROLE_INITIATOR)
		return told;
	for (const struct session *s = t->sessions; s; s = session_after(s)) {
		enum role here = s->lac_end == INITIATOR ? ROLE_LAC : ROLE_LNS;

		if (!s->roles_known)
			continue;
		if (role != ROLE_INITIATOR && role != here)
			return ROLE_INITIATOR;
		role = here;
	}
	return role;
}

static enum role initiator_role(const struct tunnel *t)
{
	return ((const struct live_tunnel *)t)->initiator;
}

static enum role role_here(enum role role, enum role initiator)
{
	if (role == ROLE_INITIATOR)
		return initiator;
	if (role == ROLE_RESPONDER && initiator != ROLE_INITIATOR)
		return initiator == ROLE_LAC ? ROLE_LNS : ROLE_LAC;
	return role;
}

static enum role speaker_role(const struct step *step)
{
	const struct live_tunnel *lt = (const struct live_tunnel *)step->tunnel;

	if (!lt)
		return ROLE_UNKNOWN;
	return role_here(tunnel_role(lt->local), initiator_role(step->tunnel));
}

static enum role ppp_turned(enum role role)
{
	if (role == ROLE_CLIENT || role == ROLE_LNS)
		return role == ROLE_CLIENT ? ROLE_LNS : ROLE_CLIENT;
	return role;
}

static bool is_ppp_machine(const struct machine *m)
{
	return m == &machine_cp || m == &machine_lcp || m == &machine_link ||
	       m == &machine_authenticator || m == &machine_authenticated;
}

/* What was told of PPP before it was known which end is the LNS. */
static void step_turn(struct step *step)
{
	step->from = ppp_turned(step->from);
	step->to = ppp_turned(step->to);
	for (size_t i = 0; i < step->n_changes; i++) {
		struct state_change *c = &step->changes[i];

		if (is_ppp_machine(c->machine))
			c->who = ppp_turned(c->who);
	}
}

static void steps_name_roles(struct observer *o)
{
	size_t n = 0;

	for (struct step *step = o->steps; step; step = step->next) {
		enum role initiator;

		steps_rest(o->report, n++);
		if (!step->tunnel)
			continue;
		if (step->session && step->session->was_turned && step->key.kind == EVENT_PPP)
			step_turn(step);
		initiator = initiator_role(step->tunnel);
		if (step->session && step->session->roles_known)
			initiator = step->session->lac_end == INITIATOR ? ROLE_LAC : ROLE_LNS;
		if (step->key.kind == EVENT_SAID) {
			step->from = speaker_role(step);
			step->to = step->from;
		}
		step->from = role_here(step->from, initiator);
		step->to = role_here(step->to, initiator);
		for (size_t i = 0; i < step->n_changes; i++)
			step->changes[i].who = role_here(step->changes[i].who, initiator);
	}
}

/* The lookup of a console names what its tunnel's messages do not print. The tunnel outlives the
 * call that it was for. */
static void tell_tunnel(struct tunnel *t)
{
	unsigned local = live_tunnel(t)->local;

	for (const struct session *s = t->sessions; s; s = session_after(s)) {
		struct peer *own = &t->peer[local], *other = &t->peer[1 - local];

		if (!other->address.family)
			other->address = session_told(s)->said_lns;
		if (!own->name.len)
			own->name =
				arena_str(live_tunnel(t)->arena, session_told(s)->said_lac_name);
	}
}

static void text_settle(struct tunnel *t)
{
	live_tunnel(t)->peer_name = t->peer[1 - live_tunnel(t)->local].name;
	live_tunnel(t)->is_lent = true;
	tell_tunnel(t);
}

static bool may_lead_to(const struct tunnel *t, const struct session *stray)
{
	const struct address *other = &t->peer[1 - ((const struct live_tunnel *)t)->local].address;

	return !other->family || address_equal(other, &session_told(stray)->said_lns);
}

/* A caller who was meant for a tunnel is a call, even if it never got a session: it belongs to
 * the tunnel that was tried for it. */
static void place_strays(struct observer *o)
{
	for (struct live_session *ls = o->strays; ls; ls = ls->console->next_stray) {
		struct session *s = &ls->session;
		struct tunnel *tried = NULL;

		for (struct tunnel *t = o->tunnels; t && session_told(s)->said_lns.family;
		     t = t->next)
			if (may_lead_to(t, s))
				tried = t;
		if (!tried)
			continue;
		s->tunnel = tried;
		s->direction = INCOMING;
		s->roles_known = true;
		s->lac_end = live_tunnel(tried)->local;
		mark_first(&session_told_make(o->arena, s)->before_first, s->first);
		roll_add_first(o, tried, s);
		ls->is_stray = false;
	}
}

/* What its vantage point recorded last. */
static struct moment last_seen_at(const struct observer *o, uint16_t vantage)
{
	return o->spans && vantage < LIMIT_VANTAGES && o->spans[vantage].is_there
		       ? o->spans[vantage].last
		       : o->last;
}

/* When nobody waited for an answer any more. */
static struct moment waited_until(const struct observer *o, const struct session *s)
{
	const struct cp *lcp = link_cp(&s->ppp, CP_LCP);
	struct moment until = last_seen_at(o, s->vantage);

	if (session_cdn(s)->is_set)
		until = mark_when(&session_cdn(s)->mark);
	else if (s->tunnel->stopccn.is_set)
		until = mark_when(&s->tunnel->stopccn.mark);
	for (size_t side = 0; side < 2; side++) {
		const struct mark *end = &side_ending(&lcp->side[side])->request;

		if (end->is_set && moment_minus(until, mark_when(end)) > 0)
			until = mark_when(end);
	}
	return until;
}

static bool has_missed_answer(const struct observer *o, const struct session *s)
{
	struct moment until = waited_until(o, s);
	for (size_t k = 0; k < N_CP; k++) {
		if (s->ppp.cp[k] && cp_missed_answer(s->ppp.cp[k], until))
			return true;
	}
	for (size_t side = 0; side < 2; side++) {
		if (s->ppp.auth[side] && auth_missed_answer(s->ppp.auth[side], until))
			return true;
	}
	return false;
}

void observer_finish(struct observer *o)
{
	static const struct event nothing;
	struct context c = {.observer = o, .arena = o->arena, .event = &nothing};

	for (size_t i = 0; o->spans && i < LIMIT_VANTAGES; i++)
		if (o->spans[i].is_there) /* what was only counted, too */
			observer_widen(o, &o->spans[i].last);
	place_strays(o);
	for (struct tunnel *t = o->tunnels; t; t = t->next)
		tunnel_release(&c, t);
	link_settle_text(&c);
	if (!o->is_text) {
		halves_settle(&c);
		ties_settle(&c);
	}
	for (struct tunnel *t = o->tunnels; t; t = t->next) {
		tunnel_finish(&c, t);
		if (o->is_text)
			tell_tunnel(t);
		for (struct session *s = t->sessions; s; s = session_after(s)) {
			infer_roles(s);
			if (!o->is_text && has_missed_answer(o, s))
				session_note_hole_anywhere(s);
		}
		live_tunnel(t)->initiator = calls_tell(t);
	}
	steps_name_roles(o);
}

void observer_settle(struct observer *o)
{
	static const struct event nothing;
	struct context c = {.observer = o, .arena = o->arena, .event = &nothing};

	for (struct tunnel *t = o->tunnels; t; t = t->next) {
		if (!t->goes_on)
			tunnel_finish(&c, t);
		if (o->is_text)
			text_settle(t);
		for (struct session *s = t->sessions; s; s = session_after(s)) {
			infer_roles(s);
			if (!o->is_text && has_missed_answer(o, s))
				session_note_hole_anywhere(s);
		}
		if (!t->goes_on || o->is_text)
			live_tunnel(t)->initiator = calls_tell(t);
	}
}

enum role observer_role(const struct observer *o)
{
	enum role role = ROLE_UNKNOWN;

	for (const struct tunnel *t = o->tunnels; o->is_text && t; t = t->next) {
		enum role here = role_here(tunnel_role(((const struct live_tunnel *)t)->local),
					   initiator_role(t));

		if (here == ROLE_INITIATOR || here == ROLE_RESPONDER)
			continue;
		if (role != ROLE_UNKNOWN && role != here)
			return ROLE_UNKNOWN;
		role = here;
	}
	return role;
}

void observer_span(struct observer *o, uint16_t vantage, uint16_t input, struct moment when)
{
	struct span_of_view *span;

	if (!o->spans || !moment_known(when))
		return;
	if (vantage >= LIMIT_VANTAGES) {
		o->is_apart_in_vain = true;
		return;
	}
	span = &o->spans[vantage];
	/* the clock was set, and is judged by its own vantage point */
	o->is_apart_in_vain |= span->is_there && moment_minus(when, span->last) > jump_forward_ns;
	if (!span->is_there || moment_minus(when, span->first) < 0)
		span->first = when;
	if (!span->is_there || when.epoch != span->last.epoch || moment_minus(when, span->last) > 0)
		span->last = when;
	span->input = span->is_there ? span->input : input;
	span->is_there = true;
}

void observer_widen_to(struct observer *o, struct moment when)
{
	if (!moment_known(when)) {
		o->ended.is_unsure = true;
		return;
	}
	if (moment_known(o->last) && when.kind != o->last.kind && !o->has_stopped) {
		over_stop(o);
		o->stopped = o->last;
	}
	if (!moment_known(o->first) || moment_minus(when, o->first) < 0)
		o->first = when;
	if (!moment_known(o->last) || when.epoch != o->last.epoch ||
	    moment_minus(when, o->last) > 0)
		o->last = when;
	else
		o->ended.is_unsure = true;
}
