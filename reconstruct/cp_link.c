#include "cp_link.h"

#include "auth_link.h"
#include "ppp_link.h"
#include "ras_error.h"
#include "session.h"

enum { LCP_OPTION_AUTH = 3, LCP_OPTION_MAGIC = 5 };

/* What a text says of its states is compared with its packets. */
static void note_moved(const struct cp_step *x, struct cp_side *side)
{
	if (x->c->observer->is_text)
		side_moved_make(x->c->arena, side)->by = x->c->event->number;
}

static struct end_of end_of_side(const struct cp_step *x, unsigned side)
{
	return (struct end_of){x->who[side], x->cp->protocol, &x->s->verdicts};
}

static void cp_sender(struct cp_step *x, uint8_t event)
{
	struct cp_side *me = &x->cp->side[x->from];

	note_moved(x, me);
	if (x->c->event->is_virtual && x->from == CLIENT)
		return;
	end_step(x->c, &me->end, event, end_of_side(x, x->from), false);
	/* a request of its own may go out before the answer */
	if (event != CP_EVENT_SEND_CONFREQ)
		me->before_received = me->end.state;
}

static void cp_receiver(struct cp_step *x, uint8_t event)
{
	unsigned to = 1 - x->from;

	x->cp->side[to].before_received = x->cp->side[to].end.state;
	note_moved(x, &x->cp->side[to]);
	if (x->c->event->is_virtual && to == CLIENT)
		return;
	end_step(x->c, &x->cp->side[to].end, event, end_of_side(x, to), false);
}

static bool same_request(const struct cp_side *me, const struct ppp *p)
{
	return p->has_id && me->requests > 0 && me->request_id == p->id;
}

/* LCP that negotiates anew takes everything above it down (RFC 1661 4.3, tld). */
static void lcp_starts_over(struct cp_step *x)
{
	struct ppp_link *l = &x->s->ppp;

	for (size_t i = 0; i < 2; i++)
		x->cp->side[i].acked = (struct mark){0};
	if (x->at_lac || x->cp->protocol != PPP_LCP)
		return;
	l->renegotiations++;
	link_rare_make(x->c->arena, l)->renegotiated = mark_gist(x->c, GIST_STARTS_OVER, 0);
	ppp_link_phase(x->c, x->s, LINK_RENEGOTIATES, x->at_lac);
	for (size_t k = CP_IPCP; k < N_CP; k++) {
		struct cp *cp = l->cp[k];

		for (int i = 0; cp && i < 2; i++) {
			cp->side[i].acked = (struct mark){0};
			if (cp->side[i].end.state > CP_STATE_STARTING)
				end_step(x->c, &cp->side[i].end, CP_EVENT_DOWN,
					 (struct end_of){ppp_roles[i], cp->protocol, NULL}, true);
		}
	}
}

static bool is_loop(const struct cp *cp, unsigned from, const struct ppp *p)
{
	const struct cp_side *other = &cp->side[1 - from];
	const struct ppp_option *mine;
	struct ppp_option theirs;

	if (cp->protocol != PPP_LCP || !same_request(other, p))
		return false;
	mine = option_find(p->options, p->n_options, LCP_OPTION_MAGIC);
	return mine && mine->is_whole && mine->value.len &&
	       kept_find(other->options, LCP_OPTION_MAGIC, &theirs) &&
	       span_equal(mine->value, theirs.value);
}

bool cp_used_id(const struct cp_side *side, uint8_t id)
{
	const struct cp_again *again;

	if (side->requests && side->request_id == id)
		return true;
	again = (const void *)side_part(side, CP_AGAIN);
	return again && again->ids[id / 32] >> id % 32 & 1;
}

/* Most sides ask once: what was before is kept from the second request on. */
static void request_noted(struct context *c, struct cp_side *side, uint8_t id)
{
	uint8_t before = side->request_id;

	if (side->last_request.is_set) {
		struct cp_again *again = side_again_make(c->arena, side);

		if (before != id)
			again->ids[before / 32] |= UINT32_C(1) << before % 32;
	}
	side->request_id = id;
	side->last_request = mark_gist(c, GIST_CONFREQ, id);
}

/* An answer to what was never seen: the recording misses the request. */
static void check_answered(struct cp_step *x)
{
	const struct ppp *p = &x->c->event->ppp;
	const struct cp_side *asker = &x->cp->side[1 - x->from];

	if (p->has_id && !cp_used_id(asker, p->id) && !x->c->observer->is_text)
		session_note_hole(x->c, x->s);
}

/* An end asks for something else only when it was refused (RFC 1661 5.3, 5.4). */
static bool missed_refusal(const struct cp_step *x)
{
	const struct ppp *p = &x->c->event->ppp;
	const struct cp_side *me = &x->cp->side[x->from], *peer = &x->cp->side[1 - x->from];

	return x->cp->protocol != PPP_LCP && !x->c->observer->is_text && me->requests &&
	       !me->acked.is_set &&
	       mark_number(&side_refusal(peer)->mark) <= mark_number(&me->last_request) &&
	       kept_differ(me->options, p->options, p->n_options);
}

static void take_request(struct cp_step *x)
{
	const struct ppp *p = &x->c->event->ppp;
	struct cp_side *me = &x->cp->side[x->from];

	if (missed_refusal(x))
		session_note_hole(x->c, x->s);
	if (x->cp->side[0].end.state == CP_STATE_OPENED ||
	    x->cp->side[1].end.state == CP_STATE_OPENED)
		lcp_starts_over(x);
	if (is_loop(x->cp, x->from, p))
		mark_first(&link_rare_make(x->c->arena, &x->s->ppp)->loopback,
			   mark_text(x->c, "the Configure-Request came back: same magic number"));
	if (same_request(me, p))
		me->request_repeats++;
	else
		me->requests++;
	request_noted(x->c, me, p->id);
	me->options = options_keep_over(x->c->arena, me->options == me->agreed ? NULL : me->options,
					p->options, p->n_options);
	me->acked = (struct mark){0};
	cp_sender(x, CP_EVENT_SEND_CONFREQ);
	cp_receiver(x, CP_EVENT_RECV_CONFREQ);
}

static void cp_opened(struct cp_step *x)
{
	struct cp *cp = x->cp;

	if (!cp->side[0].acked.is_set || !cp->side[1].acked.is_set)
		return;
	mark_first(&cp->opened, mark_gist(x->c, GIST_OPENED, 0));
	cp->closed = NULL;
}

static void take_ack(struct cp_step *x)
{
	const struct ppp *p = &x->c->event->ppp;
	struct cp_side *me = &x->cp->side[x->from], *peer = &x->cp->side[1 - x->from];
	bool fits = peer->requests == 0 || !p->has_id || peer->request_id == p->id;

	check_answered(x);
	me->acks++;
	cp_sender(x, CP_EVENT_SEND_CONFACK);
	/* RFC 1661 5.2: an Ack for another request is discarded; a second one for the same
	 * request is a copy of the first */
	if (!fits || peer->acked.is_set)
		return;
	peer->acked = mark_gist(x->c, GIST_CONFACK, p->id);
	if (peer->requests && peer->options)
		peer->agreed = peer->options;
	else
		peer->agreed = options_keep(x->c->arena, p->options, p->n_options);
	cp_receiver(x, CP_EVENT_RECV_CONFACK);
	if (x->cp->protocol == PPP_LCP && !x->at_lac)
		auth_agreed(x->c->arena, &x->s->ppp, 1 - x->from);
	cp_opened(x);
}

/* "CHAP MD5": the method of authentication that an option asks for; NULL: empty. */
static struct str auth_method(const struct cp_step *x, const struct ppp_option *o)
{
	struct text value = text_make(32);
	struct str words;

	if (o)
		option_print_value(&value, o);
	words = keep(x->c, text_str(&value));
	text_free(&value);
	return words;
}

/* A request for authentication was refused. */
static void take_auth_refusal(struct cp_step *x, const struct cp_side *peer, const struct mark *at)
{
	const struct ppp *p = &x->c->event->ppp;
	struct link_rare *rare = link_rare_make(x->c->arena, &x->s->ppp);
	struct ppp_option o;
	struct str asked =
		auth_method(x, kept_find(peer->options, LCP_OPTION_AUTH, &o) ? &o : NULL);

	x->s->ppp.auth_asker = (uint8_t)(1 - x->from);
	if (rare->auth_method_refused.is_set) {
		if (!str_equal(asked, rare->auth_asked))
			rare->auth_asked.len = 0;
		return;
	}
	rare->auth_method_refused = *at;
	rare->auth_asked = asked;
	if (p->code == CP_CONFNAK)
		rare->auth_wanted =
			auth_method(x, option_find(p->options, p->n_options, LCP_OPTION_AUTH));
}

static void take_refusal(struct cp_step *x)
{
	const struct ppp *p = &x->c->event->ppp;
	struct cp_side *me = &x->cp->side[x->from], *peer = &x->cp->side[1 - x->from];
	bool fits = peer->requests == 0 || !p->has_id || peer->request_id == p->id;
	struct cp_refusal *refusal;

	check_answered(x);
	if (p->code == CP_CONFNAK)
		me->naks++;
	else
		me->rejects++;
	refusal = side_refusal_make(x->c->arena, me);
	refusal->options =
		options_keep_over(x->c->arena, refusal->options, p->options, p->n_options);
	refusal->is_reject = p->code == CP_CONFREJ;
	refusal->mark = mark_gist(x->c, refusal->is_reject ? GIST_CONFREJ : GIST_CONFNAK, p->id);
	if (x->cp->protocol == PPP_LCP && option_find(p->options, p->n_options, LCP_OPTION_AUTH))
		take_auth_refusal(x, peer, &refusal->mark);
	cp_sender(x, CP_EVENT_SEND_CONFNAK);
	if (fits)
		cp_receiver(x, CP_EVENT_RECV_CONFNAK);
}

/* Whoever ends LCP has asked for it (RFC 1661 4.1), the client perhaps the LAC. */
static bool missed_opening(const struct cp_step *x)
{
	return x->cp->protocol == PPP_LCP && !x->c->observer->is_text && !x->s->was_there &&
	       !x->s->ppp.proxy_lcp && !x->cp->side[x->from].requests;
}

/* Why it ends: in words, or as the number of a Windows error. */
static struct str reason_of(struct cp_step *x, const struct ppp *p)
{
	uint32_t code;

	if (!ras_error_of_terminate(p, &code))
		return keep(x->c, p->message);
	return ras_error_text(x->c->arena, code);
}

static void take_terminate(struct cp_step *x)
{
	const struct ppp *p = &x->c->event->ppp;
	struct cp_side *me = &x->cp->side[x->from];
	struct cp_ending *ending = side_ending_make(x->c->arena, me);
	bool is_request = p->code == CP_TERMREQ;

	if (is_request) {
		if (missed_opening(x))
			session_note_hole(x->c, x->s);
		mark_first(&ending->request, mark_gist(x->c, GIST_TERMREQ, p->id));
		if (!ending->text.len)
			ending->text = reason_of(x, p);
		cp_close(x->c->arena, x->cp, ending->request);
	} else {
		mark_first(&ending->ack, mark_gist(x->c, GIST_TERMACK, p->id));
	}
	cp_sender(x, is_request ? CP_EVENT_SEND_TERMREQ : CP_EVENT_SEND_TERMACK);
	cp_receiver(x, is_request ? CP_EVENT_RECV_TERMREQ : CP_EVENT_RECV_TERMACK);
	if (x->cp->protocol == PPP_LCP && is_request)
		ppp_link_phase(x->c, x->s, LINK_CLOSES, x->at_lac);
}

static void take_protocol_reject(struct cp_step *x)
{
	uint16_t rejected = x->c->event->ppp.rejected_protocol;
	struct cp_step about = *x;
	struct ppp_link *l = &x->s->ppp;

	cp_sender(x, CP_EVENT_SEND_REJECT);
	if (!cp_is_control(rejected) || rejected == PPP_LCP || x->at_lac)
		return;
	about.cp = link_cp_make(x->c->arena, l, cp_index(rejected));
	if (about.cp->protocol == 0)
		about.cp->protocol = rejected;
	if (about.cp->protocol != rejected)
		return;
	mark_first(&side_claim_make(x->c->arena, &about.cp->side[x->from])->rejected,
		   mark_text(x->c, "Protocol-Reject of %s",
			     code_name(CODE_PPP_PROTOCOL, rejected)
				     ? code_name(CODE_PPP_PROTOCOL, rejected)
				     : "an unknown protocol"));
	cp_receiver(&about, CP_EVENT_RECV_PROTREJ);
}

static void take_echo(struct cp_step *x)
{
	const struct ppp *p = &x->c->event->ppp;
	struct cp_side *me = &x->cp->side[x->from], *peer = &x->cp->side[1 - x->from];

	if (p->code == CP_ECHOREQ) {
		struct cp_echo *echo = side_echo_make(x->c->arena, me);

		echo->requests++;
		if (!echo->unanswered++)
			echo->first = x->c->mark;
		echo->last = x->c->mark;
	} else if (p->code == CP_ECHOREP) {
		if (!side_echo(peer)->unanswered && !x->c->observer->is_text)
			session_note_hole(x->c, x->s);
		side_replies_make(x->c->arena, me)->n++;
		if (side_part(peer, CP_ECHO))
			side_echo_make(x->c->arena, peer)->unanswered = 0;
	}
	cp_sender(x, CP_EVENT_SEND_ECHO);
	cp_receiver(x, CP_EVENT_RECV_ECHO);
}

/* As long as any end waits before it asks again (RFC 1661 4.6, 3 s), and some more. */
static const int64_t patience_ns = INT64_C(4) * 1000000000;

/* LCP ends the link, and the caller says when. */
static bool is_ended(const struct cp *cp)
{
	return cp->protocol != PPP_LCP && (side_ending(&cp->side[0])->request.is_set ||
					   side_ending(&cp->side[1])->request.is_set);
}

bool cp_missed_answer(const struct cp *cp, struct moment until)
{
	for (unsigned i = 0; i < 2; i++) {
		const struct cp_side *asker = &cp->side[i], *answerer = &cp->side[1 - i];
		int answers = answerer->acks + answerer->naks + answerer->rejects;

		if (!asker->requests || asker->acked.is_set || asker->request_repeats ||
		    mark_number(&side_refusal(answerer)->mark) >
			    mark_number(&asker->last_request) ||
		    asker->requests > answers + 1 || is_ended(cp) ||
		    side_claim(answerer)->rejected.is_set)
			continue;
		if (moment_minus(until, mark_when(&asker->last_request)) >= patience_ns)
			return true;
	}
	return false;
}

void cp_take(struct cp_step *x)
{
	switch (x->c->event->ppp.code) {
	case CP_CONFREQ:
		take_request(x);
		break;
	case CP_CONFACK:
		take_ack(x);
		break;
	case CP_CONFNAK:
	case CP_CONFREJ:
		take_refusal(x);
		break;
	case CP_TERMREQ:
	case CP_TERMACK:
		take_terminate(x);
		break;
	case CP_CODEREJ:
		cp_sender(x, CP_EVENT_SEND_REJECT);
		cp_receiver(x, CP_EVENT_RECV_CODEREJ);
		break;
	case CP_PROTREJ:
		take_protocol_reject(x);
		break;
	case CP_ECHOREQ:
	case CP_ECHOREP:
	case CP_DISCARD:
	case CP_IDENTIFICATION:
	case CP_TIME_REMAINING:
		take_echo(x);
		break;
	default:
		cp_receiver(x, CP_EVENT_RECV_UNKNOWN);
	}
}
