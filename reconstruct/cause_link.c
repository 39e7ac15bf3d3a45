/* The end of a call that no tunnel carries: rows of cause_call.c that look at its carrier. */
#include "cause_ppp.h"
#include "cause_unseen.h"
#include "link.h"
#include "observer.h"

bool judge_commanded(struct trial *f)
{
	const struct session *s = f->s;

	while (s && !session_told(s)->commanded.is_set)
		s = s->joined;
	if (!s || !(f->end || link_rare(&s->ppp)->disconnect_reason.len))
		return false;
	if (f->by == ROLE_UNKNOWN && tunnel_is_link(f->t) && f->terminator >= 0)
		f->by = f->terminator == CLIENT ? ROLE_CLIENT : ROLE_LNS;
	return trial_say(f, "An operator typed \"%s\"%s%s.",
			 str_c(mark_said(f->r->arena, &session_told(s)->commanded)),
			 str_c(time_words(f->r, &session_told(s)->commanded)),
			 str_c(trial_ending_words(f)));
}

/* Text: was that tunnel asked for, and given up, while the LAC held this caller? */
static bool is_tried_for(const struct trial *f, const struct tunnel *t)
{
	const struct mark *asked = &seen_of(t->seen, SCCRQ)->first;
	const struct mark *held = &link_auth(trial_link(f), CLIENT)->responded;

	if (!held->is_set && f->s->was_there) /* the log begins behind it */
		held = &f->s->first;
	return t->outcome == OUTCOME_FAILED && t->cause && asked->is_set && t->ended.is_set &&
	       t->peer[INITIATOR].is_text_source && asked->vantage == f->s->vantage &&
	       mark_before(f->r, held, asked) && !mark_before(f->r, f->end, &t->ended);
}

/* `Phase is FORWARDING`: the LAC leaves the caller's response to the LNS, and gets no tunnel. Then
 * it refuses the caller itself, or hangs up. */
bool judge_got_no_tunnel(struct trial *f)
{
	const struct tunnel *tried = NULL;
	const struct auth *a = link_auth(trial_link(f), CLIENT);

	if (!((const struct live_session *)f->s)->is_forwarded || f->came_up || !f->end ||
	    a->result == RESULT_SUCCESS)
		return false;
	for (struct tunnel *t = f->r->tunnels; t; t = tunnel_after(f->r, t))
		if ((t == f->t || tunnel_is_link(f->t)) && is_tried_for(f, t) &&
		    (a->result == RESULT_UNKNOWN || !mark_before(f->r, &a->decided, &t->ended)))
			tried = t;
	if (!tried)
		return false;
	f->cause = tried->cause;
	f->is_refused = true;
	f->by = tried->ended_by == ROLE_NETWORK ? ROLE_NETWORK : trial_first_mover(f);
	return trial_say(f, "The caller got no tunnel: %.*s", STR_ARG(tried->cause_text));
}

/* "LCP Terminate" is better, so this is asked after it. */
bool judge_carrier_cleared(struct trial *f)
{
	const struct cleared *x = &session_told(f->s)->cleared;
	enum role by = trial_first_mover(f);

	if (f->end != &x->mark)
		return false;
	f->cause = x->cause;
	if (!f->cause)
		f->cause = cause_of_phrase(x->text);
	if (!f->cause)
		f->cause = by == ROLE_CLIENT ? "client-hangup"
			   : by == ROLE_LNS  ? "lns-hangup"
					     : "unknown";
	/* nothing else of the call is there: it may have ended before */
	if (f->c->reached == REACHED_NONE && !x->cause && trial_may_have_come_up(f))
		f->confidence = CONFIDENCE_POSSIBLE;
	if (by == ROLE_UNKNOWN && strcmp(f->cause, "unknown") == 0) {
		trial_also(f, "client-hangup");
		trial_also(f, "lns-hangup");
	}
	return trial_say(
		f, "%s %s with %s%s%s.", str_c(side_words(f, by)),
		x->cause && !f->came_up && strcmp(x->cause, "admin-clear") != 0 ? "refused the call"
										: "ended the call",
		x->how, str_c(time_words(f->r, &x->mark)), str_c(quote_words(f->r, x->text)));
}

/* What daemons say of every end, whoever wanted it. */
static bool says_no_reason(struct trial *f, const struct mark *gone)
{
	static const struct {
		const char *reason, *says;
	} rows[] = {
		{"tunnel deleted", "The firewall deleted its tunnel"},
		{"disconnected", "The log says that the call ended"},
		{"the upper-layer protocol has been disconnected",
		 "The server's log says that the L2TP of the call ended"},
	};
	struct str reason = link_rare(trial_link(f))->disconnect_reason;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!str_is(reason, rows[i].reason))
			continue;
		f->by = ROLE_UNKNOWN;
		f->cause = "unknown";
		f->confidence = CONFIDENCE_POSSIBLE;
		if (f->came_up) {
			trial_also(f, "client-hangup");
			trial_also(f, "lns-hangup");
		}
		return trial_say(f, "%s%s and does not say why.", rows[i].says,
				 str_c(time_words(f->r, gone)));
	}
	return false;
}

bool judge_line_gone(struct trial *f)
{
	const struct mark *gone = trial_line_gone(f);
	const struct view *view = report_view(f->r, f->s->vantage);

	if (f->end || !gone)
		return false;
	f->by = ROLE_NETWORK;
	if (str_starts(link_rare(trial_link(f))->disconnect_reason, "IPCP:")) {
		f->cause = "ncp-no-agreement";
		return trial_say(f, "The pppd asked for IPCP until it gave up%s.",
				 str_c(time_words(f->r, gone)));
	}
	if (str_ends(link_rare(trial_link(f))->disconnect_reason, "signal ended pppd")) {
		bool at_lns = view && view->role == ROLE_LNS;

		f->by = at_lns ? ROLE_LNS : ROLE_CLIENT;
		f->cause = at_lns ? "lns-hangup" : "client-hangup";
		return trial_say(f,
				 "The pppd of %s was stopped by a signal%s: its daemon, or "
				 "somebody there, ended the call.",
				 str_c(side_words(f, f->by)), str_c(time_words(f->r, gone)));
	}
	if (says_no_reason(f, gone))
		return true;
	f->cause = "carrier-lost";
	return trial_say(f, "The caller's line was disconnected%s; a CDN was not seen.",
			 str_c(time_words(f->r, gone)));
}

/* `Timeout waiting for PADO packets`: a host that prints none of its packets. */
bool judge_discovery_given_up(struct trial *f)
{
	struct str reason = link_rare(trial_link(f))->disconnect_reason;
	bool has_offer = cause_has_words(reason, "waiting for pads");

	if (f->c->reached != REACHED_NONE ||
	    (!has_offer && !cause_has_words(reason, "waiting for pado") &&
	     !cause_has_words(reason, "complete pppoe discovery")))
		return false;
	f->by = ROLE_NETWORK;
	if (!has_offer && !cause_has_words(reason, "waiting for")) {
		f->confidence = CONFIDENCE_LIKELY; /* or it was refused */
		return trial_say(
			f, "The host got no PPPoE session%s; its log does not tell why.",
			str_c(time_words(f->r, &link_rare(trial_link(f))->disconnect_said)));
	}
	return trial_say(f, "The host's log says that its %ss were never answered%s; %s.",
			 has_offer ? "PADR" : "PADI",
			 str_c(time_words(f->r, &link_rare(trial_link(f))->disconnect_said)),
			 has_offer ? "the access concentrator does not take them, or never heard "
				     "them"
				   : "no access concentrator hears them, or none has its service");
}

bool judge_discovery_unanswered(struct trial *f)
{
	const struct discovery *d = f->t->discovery;
	const struct mark *asked;
	bool has_offer;

	if (!d || d->pads.is_set || f->end || f->s->ppp.first.is_set)
		return false;
	has_offer = d->pado.is_set || d->padr.is_set;
	asked = d->padr.is_set ? &d->padr : d->padi.is_set ? &d->padi : &d->pado;
	if (d->n_padi + d->n_padr < 2 &&
	    mark_watched(f->r, asked) < threshold(f->r->thresholds, THRESHOLD_WAIT_DISCOVERY))
		return false;
	/* a host that waits in vain asks again (RFC 2516 8): its answer is what was missed */
	if (d->n_padr == 1)
		return false;
	f->by = ROLE_NETWORK;
	if (!d->padr.is_set && has_offer)
		return trial_say(f,
				 "The host was offered a PPPoE session%s and never asked for "
				 "it.",
				 str_c(time_words(f->r, &d->pado)));
	return trial_say(f, "%s (%u sent, the first%s) was never answered; %s.",
			 d->padr.is_set ? "PADR" : "PADI", d->padr.is_set ? d->n_padr : d->n_padi,
			 str_c(time_words(f->r, asked)),
			 d->padr.is_set
				 ? "the access concentrator does not take it, or never heard it"
				 : "no access concentrator hears it, or none has its service");
}

static bool watched_long(const struct trial *f, const struct mark *asked)
{
	return mark_watched(f->r, asked) >= threshold(f->r->thresholds, THRESHOLD_WAIT_DISCOVERY);
}

bool judge_pptp_unanswered(struct trial *f)
{
	const struct pptp *p = f->t->pptp;
	const struct pptp_call *call = &f->t->pptp_call;

	if (!p || f->s->ppp.first.is_set || p->refused.is_set || call->answered.is_set)
		return false;
	f->by = f->end ? trial_first_mover(f) : ROLE_NETWORK;
	if (call->asked.is_set) {
		f->cause = "session-not-answered";
		return (f->end || watched_long(f, &call->asked)) &&
		       !session_told(f->s)->cleared.cause &&
		       trial_say(f, "The %s%s was never answered%s.",
				 str_c(mark_said(f->r->arena, &call->asked)),
				 str_c(time_words(f->r, &call->asked)),
				 str_c(trial_ending_words(f)));
	}
	f->cause = "peer-silent";
	if (p->request.is_set && !p->reply.is_set && !session_told(f->s)->cleared.cause)
		return (f->end || watched_long(f, &p->request)) &&
		       trial_say(f, "The PPTP SCCRQ%s was never answered%s.",
				 str_c(time_words(f->r, &p->request)),
				 str_c(trial_ending_words(f)));
	if (p->n_messages || f->end || (p->n_syn < 2 && !watched_long(f, &p->syn)))
		return false;
	return trial_say(f,
			 "The TCP connection to port 1723 (%u SYN, the first%s) was never "
			 "answered: nobody listens there, or a firewall drops it.",
			 p->n_syn, str_c(time_words(f->r, &p->syn)));
}
