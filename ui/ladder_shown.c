/* What of a run a ladder shows. */
#include "ladder_draft.h"
#include "legs.h"
#include "radius_join.h"

static bool asks_of(const struct radius_exchange *x, const struct event *e)
{
	bool is_request = e->neighbour.code == x->code;
	const struct party *nas = is_request ? &e->from : &e->to;
	const struct party *server = is_request ? &e->to : &e->from;
	const struct mark *last = x->answered.is_set ? &x->answered : &x->last;

	return e->neighbour.id == x->id && address_equal(&nas->address, &x->client) &&
	       address_equal(&server->address, &x->server) && e->number >= mark_number(&x->asked) &&
	       e->number <= mark_number(last);
}

/* RADIUS about the chosen call stands in no session: its exchange tells. */
static bool asks_about_chosen(const struct draft *d, const struct step *s)
{
	uint64_t call = d->run->options->call;

	if (s->event->kind != EVENT_RADIUS)
		return false;
	if (d->choice != NULL && d->choice->call != NULL)
		return d->choice->call->radius != NULL &&
		       asks_of(d->choice->call->radius, s->event);
	if (call == 0)
		return false;
	for (const struct call *c = d->run->report->calls; c != NULL; c = c->next) {
		if (c->number == call && c->radius != NULL && asks_of(c->radius, s->event))
			return true;
	}
	return false;
}

bool draft_shows(const struct draft *d, const struct step *s)
{
	const struct ladder_choice *choice = d->choice;
	const struct call *c = step_call(s);
	const struct tunnel *t = step_tunnel(s);

	if (asks_about_chosen(d, s))
		return !s->is_second_sight;
	if (choice == NULL)
		return run_shows_step(d->run, s);
	if (s->is_second_sight)
		return false;
	if (choice->tunnel != NULL)
		return t == choice->tunnel;
	if (c != NULL)
		return c->number == choice->call->number;
	return t != NULL && choice->call != NULL && call_uses_tunnel(choice->call, t);
}

/* Speech that shows something happening, not every line a router prints. */
static bool is_drawn_speech(enum topic t)
{
	switch (t) {
	case SAID_PPP_PHASE:
	case SAID_LOOKUP:
	case SAID_FORWARDED:
	case SAID_CLONED:
	case SAID_LINK:
	case SAID_ISDN_CONNECT:
	case SAID_ISDN_DISCONNECT:
	case SAID_DIAL:
	case SAID_RADIUS:
	case SAID_ROUTE:
	case SAID_LCP_FORCED:
	case SAID_PPP_DISCONNECT:
	case SAID_RETRANSMIT:
		return true;
	default:
		return false;
	}
}

static bool has_findings(const struct run *r, const struct step *s)
{
	const struct evidence_at *at;

	for (; s != NULL; s = s->seen_also) {
		if (run_findings_at(r, s->event->number, &at) > 0)
			return true;
	}
	return false;
}

/* A ZLB or ACK only acknowledges: the story is told without it, unless it moves a state or is
 * wrong. */
bool draft_draws(const struct run *r, const struct step *s)
{
	const struct event *e = s->event;

	if (s->n_changes > 0 || has_findings(r, s))
		return e->kind != EVENT_OTHER;
	if (e->kind == EVENT_SAID)
		return is_drawn_speech(e->said.topic);
	if (e->kind == EVENT_OTHER)
		return false;
	return !(e->kind == EVENT_CONTROL &&
		 (e->control.message == ZLB || e->control.message == ACK));
}

/* By number: a copy stands between the first and the last of them. */
bool draft_is_given_up(const struct step *s)
{
	const struct tunnel *t = step_tunnel(s);
	const struct unanswered *u = t == NULL ? NULL : &t->unanswered;
	const struct event *e = s->event;

	if (u == NULL || !u->is_set || e->kind != EVENT_CONTROL || s->seen_also != NULL)
		return false;
	if (e->control.message != u->message || !e->l2tp.has_sequence || e->l2tp.ns != u->ns)
		return false;
	if (e->number == mark_number(&u->first))
		return true;
	return s->delivery != DELIVERY_NEW && s->delivery != DELIVERY_ACK &&
	       e->number > mark_number(&u->first) && e->number <= mark_number(&u->last);
}

bool draft_is_lost(const struct step *s)
{
	return s->unseen_at != NULL || draft_is_given_up(s);
}

bool draft_is_about(const struct draft *d, const struct finding *f)
{
	if (f->call != NULL)
		return f->call->number <= d->run->report->last_call && d->calls[f->call->number];
	if (d->choice == NULL)
		return run_shows_finding(d->run, f);
	if (d->choice->tunnel != NULL)
		return f->tunnel == d->choice->tunnel;
	return f->tunnel != NULL && d->choice->call != NULL &&
	       call_uses_tunnel(d->choice->call, f->tunnel);
}
