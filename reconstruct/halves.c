#include "halves.h"

#include "ppp_link.h"
#include "registry.h"
#include "session.h"

enum { LOOK_BACK = 256 };

static bool same_options(const struct cp_side *asker, const struct ppp *p)
{
	if (asker->n_options != p->n_options)
		return false;
	for (size_t i = 0; i < p->n_options; i++) {
		if (asker->options[i].number != p->options[i].number ||
		    !span_equal(asker->options[i].value, p->options[i].value))
			return false;
	}
	return true;
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
		return asker->terminate.is_set;
	case CP_ECHOREP:
		return asker->echo_unanswered > 0;
	default:
		return false;
	}
}

static bool answers_auth(const struct ppp_link *l, unsigned receiver, const struct ppp *p)
{
	const struct auth *of_sender = &l->auth[1 - receiver], *of_receiver = &l->auth[receiver];

	if (p->protocol == PPP_CHAP && p->code == CHAP_RESPONSE)
		return of_sender->challenges && of_sender->challenge_id == p->id;
	if (p->protocol == PPP_CHAP && p->code > CHAP_RESPONSE)
		return of_receiver->responses && of_receiver->response_id == p->id;
	return p->protocol == PPP_PAP && p->code != PAP_REQUEST && of_receiver->responses &&
	       of_receiver->response_id == p->id;
}

/* Does the packet answer what end `receiver` sent in this call? */
static bool answers(const struct session *s, unsigned receiver, const struct event *e)
{
	unsigned side = session_side(s, receiver);
	const struct ppp *p = &e->ppp;
	const struct cp *cp = &s->ppp.cp[cp_index(p->protocol)];

	if (e->kind != EVENT_PPP)
		return false;
	if (cp->protocol == p->protocol)
		return answers_cp(&cp->side[side], p);
	return answers_auth(&s->ppp, side, p);
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
	for (const struct session *s = t->sessions; s; s = s->next) {
		if (!s->id[session_side(s, 1 - from)] && answers(s, 1 - from, e))
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

/* The best of several; none when two are as good. */
struct choice {
	void *found, *answered;
	unsigned n_found, n_answered;
};

static void choose(struct choice *choice, void *what, bool is_answered)
{
	choice->found = what;
	choice->n_found++;
	if (!is_answered)
		return;
	choice->answered = what;
	choice->n_answered++;
}

static void *chosen(const struct choice *choice)
{
	if (choice->n_answered)
		return choice->n_answered == 1 ? choice->answered : NULL;
	return choice->n_found == 1 ? choice->found : NULL;
}

struct tunnel *half_tunnel(struct context *c, unsigned *ret_from)
{
	const struct event *e = c->event;
	struct tunnel **at = &c->observer->unbound, *found;
	struct choice choice = {0};
	size_t looked = 0;

	while (*at && looked++ < LOOK_BACK) {
		struct tunnel *t = *at;

		if (t->peer[0].tunnel_id && t->peer[1].tunnel_id) {
			*at = live_tunnel(t)->next_unbound;
			continue;
		}
		at = &live_tunnel(t)->next_unbound;
		for (unsigned from = 0; from < 2; from++) {
			if (lacks_receiver(t, from, e))
				choose(&choice, t, is_answered(t, from, e));
		}
	}
	found = chosen(&choice);
	if (found)
		*ret_from = lacks_receiver(found, INITIATOR, e) ? INITIATOR : RESPONDER;
	return found;
}

struct session *half_session(const struct context *c, const struct tunnel *t, unsigned receiver)
{
	struct choice choice = {0};

	for (struct session *s = t->sessions; s; s = s->next) {
		if (!s->id[session_side(s, receiver)] && !live_session(s)->is_ended)
			choose(&choice, s, answers(s, receiver, c->event));
	}
	return chosen(&choice);
}
