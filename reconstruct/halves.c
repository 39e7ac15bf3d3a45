#include "halves.h"

#include "absorb.h"
#include "half_open.h"
#include "ppp_link.h"
#include "registry.h"
#include "roll.h"
#include "session.h"
#include "tunnel.h"
#include "unbound.h"

enum { UNASKED = 8 };

static bool same_options(const struct cp_side *asker, const struct ppp *p)
{
	return kept_same(asker->options, p->options, p->n_options);
}

static bool answers_cp(const struct cp_side *asker, const struct ppp *p)
{
	switch (p->code) {
	case CP_CONFACK:
		return asker->requests && asker->request_id == p->id && same_options(asker, p);
	case CP_CONFNAK:
	case CP_CONFREJ:
		return asker->requests && asker->request_id == p->id;
	case CP_TERMACK:
		return side_ending(asker)->request.is_set;
	case CP_ECHOREP:
		return side_echo(asker)->unanswered > 0;
	default:
		return false;
	}
}

static bool answers_auth(const struct ppp_link *l, unsigned receiver, const struct ppp *p)
{
	const struct auth *of_sender = link_auth(l, 1 - receiver),
			  *of_receiver = link_auth(l, receiver);

	if (p->protocol == PPP_CHAP && p->code == CHAP_RESPONSE)
		return of_sender->challenges && of_sender->challenge_id == p->id;
	if (p->protocol == PPP_CHAP && p->code > CHAP_RESPONSE)
		return of_receiver->responses && of_receiver->response_id == p->id;
	return p->protocol == PPP_PAP && p->code != PAP_REQUEST && of_receiver->responses &&
	       of_receiver->response_id == p->id;
}

bool session_answers(const struct session *s, unsigned receiver, const struct event *e)
{
	unsigned side = session_side(s, receiver);
	const struct ppp *p = &e->ppp;
	const struct cp *cp = link_cp(&s->ppp, cp_index(p->protocol));

	if (e->kind != EVENT_PPP)
		return false;
	if (cp->protocol == p->protocol)
		return answers_cp(&cp->side[side], p);
	return answers_auth(&s->ppp, side, p);
}

bool session_asks_first(const struct session *s, unsigned receiver, const struct event *e)
{
	const struct cp *cp = link_cp(&s->ppp, cp_index(e->ppp.protocol));

	return e->kind == EVENT_PPP && e->ppp.code == CP_CONFREQ &&
	       !cp->side[1 - session_side(s, receiver)].requests;
}

/* Could it answer anything, in whatever call? */
static bool is_answer(const struct event *e)
{
	const struct ppp *p = &e->ppp;

	if (e->kind != EVENT_PPP)
		return false;
	switch (p->protocol) {
	case PPP_CHAP:
		return p->code >= CHAP_RESPONSE;
	case PPP_PAP:
		return p->code != PAP_REQUEST;
	default:
		return p->code != CP_CONFREQ && p->code != CP_TERMREQ && p->code != CP_ECHOREQ;
	}
}

/* RFC 2661 5.8: Nr is the next Ns that is expected. */
static bool acknowledges(const struct tunnel *t, unsigned from, const struct event *e)
{
	const struct channel *other = &t->way[1 - from];

	return e->kind == EVENT_CONTROL && e->l2tp.has_sequence && other->is_started &&
	       other->next_ns == e->l2tp.nr;
}

static bool is_answered(const struct tunnel *t, unsigned from, const struct event *e)
{
	if (acknowledges(t, from, e))
		return true;
	if (!is_answer(e))
		return false;
	for (const struct session *s = t->sessions; s; s = s->next) {
		if (!s->id[session_side(s, 1 - from)] && session_answers(s, 1 - from, e))
			return true;
	}
	return false;
}

static bool lacks_receiver(const struct tunnel *t, unsigned from, const struct event *e)
{
	return !t->peer[1 - from].tunnel_id && t->version == e->l2tp.version &&
	       path_equal(&t->path, &e->path) &&
	       address_equal(&t->peer[from].address, &e->from.address) &&
	       address_equal(&t->peer[1 - from].address, &e->to.address);
}

/* The best of several; none when two are as good. What begins in the recording waits for its
 * answer; what was there before may be any, so it takes a proof. */
struct choice {
	void *waiting, *answered;
	unsigned n_waiting, n_answered;
};

static void choose(struct choice *choice, void *what, bool is_waiting, bool is_answered)
{
	if (is_waiting) {
		choice->waiting = what;
		choice->n_waiting++;
	}
	if (is_answered) {
		choice->answered = what;
		choice->n_answered++;
	}
}

static void *chosen(const struct choice *choice)
{
	if (choice->n_answered)
		return choice->n_answered == 1 ? choice->answered : NULL;
	return choice->n_waiting == 1 ? choice->waiting : NULL;
}

static struct tunnel *tunnel_for(struct context *c, const struct tunnel *but, unsigned *ret_from)
{
	const struct event *e = c->event;
	struct tunnel **at = unbound_between(c->observer, &e->from.address, &e->to.address), *found;
	struct choice choice = {0};
	size_t looked = 0;

	while (*at && looked++ < LIMIT_HALF_LOOK) {
		struct tunnel *t = *at;

		if (t->peer[0].tunnel_id && t->peer[1].tunnel_id) {
			unbound_take(at);
			continue;
		}
		at = unbound_after(at);
		for (unsigned from = 0; from < 2 && t != but; from++) {
			if (lacks_receiver(t, from, e))
				choose(&choice, t, !t->was_there, is_answered(t, from, e));
		}
	}
	found = chosen(&choice);
	if (found)
		*ret_from = lacks_receiver(found, INITIATOR, e) ? INITIATOR : RESPONDER;
	return found;
}

struct tunnel *half_tunnel(struct context *c, unsigned *ret_from)
{
	return tunnel_for(c, NULL, ret_from);
}

/* Only its request was seen: the answer will name the id, unless the recording misses it. While
 * somebody sends to ids that nobody gave it is waited for. */
static bool is_asked(struct observer *o, const struct session *s)
{
	return half_open_of(o, s->vantage)->unasked_calls.n > UNASKED &&
	       !seen_of(s->seen, ICRP)->count && !seen_of(s->seen, OCRP)->count &&
	       !seen_of(s->seen, ICCN)->count && !seen_of(s->seen, OCCN)->count;
}

static void choose_of(struct choice *choice, const struct context *c, struct live_session **at,
		      const struct session *but, unsigned receiver, bool may_answer)
{
	size_t looked = 0;

	while (*at && looked < LIMIT_HALF_LOOK) {
		struct live_session *ls = *at;
		struct session *s = &ls->session;

		if ((s->id[0] && s->id[1]) || ls->is_ended || ls->became) {
			roll_leave_half(ls);
			continue;
		}
		looked++;
		at = &ls->next_half;
		if (s != but && !s->id[session_side(s, receiver)])
			choose(choice, s, !s->was_there && !is_asked(c->observer, s),
			       may_answer && session_answers(s, receiver, c->event));
	}
}

static struct session *session_for(const struct context *c, const struct tunnel *t,
				   const struct session *but, unsigned receiver)
{
	struct live_tunnel *lt = live_tunnel((struct tunnel *)t);
	bool may_answer = is_answer(c->event);
	struct choice choice = {0};

	choose_of(&choice, c, &lt->halves[false], but, receiver, may_answer);
	/* those that were there wait for nothing: many, where a recording begins late */
	if (may_answer)
		choose_of(&choice, c, &lt->halves[true], but, receiver, true);
	return chosen(&choice);
}

struct session *half_session(const struct context *c, const struct tunnel *t, unsigned receiver)
{
	return session_for(c, t, NULL, receiver);
}

struct session *half_joined(struct context *c, struct session *s, unsigned *from)
{
	struct tunnel *t = s->tunnel;
	unsigned other_from = *from;
	struct session *other;

	/* what was there before takes a proof, and most packets prove nothing */
	if (!is_answer(c->event))
		return s;
	/* payload of L2TPv3 names no tunnel: then its sender's id is not what is missing */
	if (!t->peer[*from].tunnel_id && t->peer[1 - *from].tunnel_id) {
		struct tunnel *rest = tunnel_for(c, t, &other_from);

		if (!rest || !rest->was_there)
			return s;
		tunnel_absorb(c, rest, t);
		t = rest;
		*from = other_from;
	}
	other = session_for(c, t, s, 1 - *from);
	if (!other || !other->was_there)
		return s;
	session_absorb(c, other, s);
	return other;
}

/* ---- the end of the recording: what is left is paired where there is no choice ---- */

/* End `i` of a is end `k` of b, as far as addresses tell. */
static bool same_ends(const struct tunnel *a, const struct tunnel *b, unsigned i, unsigned k)
{
	return address_equal(&a->peer[i].address, &b->peer[k].address) &&
	       address_equal(&a->peer[1 - i].address, &b->peer[1 - k].address);
}

/* One knows this end's id, the other one the peer's. */
static bool are_halves(const struct tunnel *a, const struct tunnel *b)
{
	for (unsigned i = 0; i < 2; i++) {
		for (unsigned k = 0; k < 2; k++) {
			if (a->peer[i].tunnel_id && !a->peer[1 - i].tunnel_id &&
			    !b->peer[k].tunnel_id && b->peer[1 - k].tunnel_id &&
			    same_ends(a, b, i, k))
				return true;
		}
	}
	return false;
}

/* An AVP told later what the half lacks: the ids that both know are the same. */
static bool is_part(const struct tunnel *half, const struct tunnel *t)
{
	for (unsigned i = 0; i < 2; i++) {
		for (unsigned k = 0; k < 2; k++) {
			if (half->peer[i].tunnel_id && !half->peer[1 - i].tunnel_id &&
			    half->peer[i].tunnel_id == t->peer[k].tunnel_id &&
			    t->peer[1 - k].tunnel_id && same_ends(half, t, i, k))
				return true;
		}
	}
	return false;
}

static bool may_be_one(const struct tunnel *a, const struct tunnel *b)
{
	return a != b && a->was_there && b->was_there && a->version == b->version &&
	       path_equal(&a->path, &b->path);
}

static struct tunnel *only_half(struct observer *o, const struct tunnel *of,
				bool (*fits)(const struct tunnel *, const struct tunnel *))
{
	struct tunnel *found = NULL;
	size_t looked = 0;

	for (struct tunnel *t = *unbound_between(o, &of->peer[0].address, &of->peer[1].address);
	     t && looked < LIMIT_HALF_LOOK; t = live_tunnel(t)->next_unbound, looked++) {
		if (!may_be_one(t, of) || !fits(t, of))
			continue;
		if (found)
			return NULL;
		found = t;
	}
	return found;
}

static bool same_ids(const struct session *a, const struct session *b)
{
	unsigned equal = 0;

	for (unsigned end = 0; end < 2; end++) {
		uint32_t x = a->id[session_side(a, end)], y = b->id[session_side(b, end)];

		if (x && y && x != y)
			return false;
		equal += x && x == y;
	}
	return equal > 0;
}

/* Ids are used again once a call is gone. */
static bool after_end(const struct session *half, const struct session *s)
{
	return session_cdn(s)->is_set &&
	       mark_number(&session_cdn(s)->mark) < mark_number(&half->first);
}

/* Another record with an id of this one, that can only be the rest of it. */
static struct session *rest_of(const struct context *c, const struct session *s)
{
	const struct registry *r = c->observer->registry;

	for (unsigned end = 0; end < 2; end++) {
		uint32_t id = s->id[session_side(s, end)];
		struct session *other = id ? registry_session(r, s->tunnel, end, id) : NULL;

		if (other && other != s && (s->was_there || other->was_there) &&
		    same_ids(s, other) && !after_end(s, other) && !after_end(other, s))
			return other;
	}
	return NULL;
}

static bool agree(const struct session *a, const struct session *b, unsigned end)
{
	uint32_t x = a->id[session_side(a, end)], y = b->id[session_side(b, end)];

	return !x || !y || x == y;
}

struct session *half_named(struct context *c, struct session *s, unsigned from, uint32_t id)
{
	struct session *other =
		id ? registry_session(c->observer->registry, s->tunnel, from, id) : NULL;

	if (!other || other == s || !s->was_there || !other->was_there ||
	    !agree(s, other, 1 - from) || after_end(s, other) || after_end(other, s))
		return s;
	if (mark_number(&s->first) < mark_number(&other->first)) { /* its number stays */
		session_absorb(c, s, other);
		return s;
	}
	session_absorb(c, other, s);
	return other;
}

static void settle_known(struct context *c, struct tunnel *t)
{
	struct session *s = t->sessions;

	while (s) {
		struct session *next = s->next, *rest = rest_of(c, s);

		if (rest && s->was_there) {
			session_absorb(c, rest, s);
		} else if (rest) {
			next = next == rest ? rest->next : next;
			session_absorb(c, s, rest);
		}
		s = next;
	}
}

static void settle_last(struct context *c, struct tunnel *t)
{
	struct session *half[2] = {NULL, NULL};
	unsigned n[2] = {0, 0};

	for (struct session *s = t->sessions; s; s = s->next) {
		for (unsigned end = 0; end < 2; end++) {
			if (s->id[session_side(s, end)] || !s->id[session_side(s, 1 - end)])
				continue;
			half[end] = s;
			n[end]++;
		}
	}
	if (n[0] != 1 || n[1] != 1)
		return;
	if (half[1]->was_there)
		session_absorb(c, half[0], half[1]);
	else if (half[0]->was_there)
		session_absorb(c, half[1], half[0]);
}

static void settle_tunnels(struct context *c)
{
	struct observer *o = c->observer;

	for (struct tunnel *t = o->tunnels; t; t = t->next) {
		struct tunnel *part;

		while ((part = only_half(o, t, is_part)))
			tunnel_absorb(c, t, part);
	}
	for (struct tunnel *t = o->tunnels; t; t = t->next) {
		struct tunnel *rest = only_half(o, t, are_halves);

		if (rest && only_half(o, rest, are_halves) == t)
			tunnel_absorb(c, t, rest);
	}
}

/* Who opened the tunnel is certain where an SCCRQ, SCCRP or SCCCN was seen. */
static void settle_opener(struct tunnel *t)
{
	const struct seen *reply = seen_of(t->seen, SCCRP);
	const struct seen *sent =
		seen_of(t->seen, SCCRQ)->count ? seen_of(t->seen, SCCRQ) : seen_of(t->seen, SCCCN);

	if (t->roles_known || (!reply->count && !sent->count))
		return;
	if (reply->count ? reply->from == INITIATOR : sent->from == RESPONDER)
		tunnel_flip(t);
	t->roles_known = true;
}

static void settle_steps(struct observer *o)
{
	size_t i = 0;

	for (struct step *step = o->steps; step && o->has_absorbed; step = step->next) {
		steps_rest(o->report, i++);
		while (step->tunnel && live_tunnel(step->tunnel)->became)
			step->tunnel = live_tunnel(step->tunnel)->became;
		while (step->session && live_session(step->session)->became)
			step->session = live_session(step->session)->became;
	}
}

void halves_settle(struct context *c)
{
	settle_tunnels(c);
	for (struct tunnel *t = c->observer->tunnels; t; t = t->next) {
		settle_known(c, t);
		settle_last(c, t);
		settle_opener(t);
		for (struct session *s = t->sessions; s; s = s->next)
			if (s->was_there && (!s->id[0] || !s->id[1]))
				session_note_hole_anywhere(s);
	}
	settle_steps(c->observer);
}
