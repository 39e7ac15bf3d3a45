#include "cause_cdn.h"
#include "cause_l2f.h"
#include "cause_ppp.h"
#include "cause_unseen.h"
#include "l2f_replay.h"
#include "link.h"
#include "session_v3.h"
#include "settle.h"

static bool same_caller(const struct call *a, const struct call *b)
{
	if (!a->user.len || !str_equal(a->user, b->user))
		return false;
	return !a->calling_number.len || !b->calling_number.len ||
	       str_equal(a->calling_number, b->calling_number);
}

/* The LNS ends a call right after the same user was let in again: one session a user. */
static bool superseded(struct trial *f)
{
	static const double RIGHT_AFTER_S = 3;
	const struct ending *cdn = &f->c->cdn;

	if (!f->came_up || !f->end || !f->c->same_user_next || trial_first_mover(f) != ROLE_LNS)
		return false;
	if (cdn->is_set && (cdn->has_disconnect || cdn->text.len))
		return false;
	/* calls stand in order of their start: an older one is none that came again */
	for (const struct call *o = f->c->same_user_next; o; o = o->same_user_next) {
		const struct mark *in = &link_auth(&o->session->ppp, CLIENT)->decided;
		double gap;

		if ((o->whole && o->whole == f->c->whole) || !same_caller(f->c, o) ||
		    link_auth(&o->session->ppp, CLIENT)->result != RESULT_SUCCESS ||
		    !mark_before(f->r, &f->c->start, &o->start) ||
		    !mark_gap(f->r, in, f->end, &gap) || gap < 0 || gap > RIGHT_AFTER_S)
			continue;
		f->by = ROLE_LNS;
		trial_also(f, "lns-hangup");
		return trial_say(f,
				 "The LNS let %.*s in again%s (call %llu) and ended this older "
				 "call%s.",
				 STR_ARG(f->c->user), str_c(time_words(f->r, in)),
				 (unsigned long long)o->number, str_c(trial_ending_words(f)));
	}
	return false;
}

/* A router said that L2TP packets are too large for the path, and the call never came up or
 * stopped answering. */
static bool path_mtu(struct trial *f)
{
	const struct tunnel *t = f->t;
	bool echo_stopped;

	if (!icmp_is_too_big(t) || mark_before(f->r, &t->icmp, &f->s->first) ||
	    mark_before(f->r, &f->s->last, &t->icmp) || !f->s->ppp.first.is_set)
		return false;
	echo_stopped = side_echo(&link_cp(trial_link(f), CP_LCP)->side[CLIENT])->unanswered >= 3 ||
		       side_echo(&link_cp(trial_link(f), CP_LCP)->side[LNS])->unanswered >= 3;
	if (f->came_up ? !echo_stopped || !f->end : !trial_given_up(f))
		return false;
	f->by = ROLE_NETWORK;
	return trial_say(f,
			 "A router on the path says that L2TP packets are too large for it%s, and "
			 "PPP %s%s.",
			 str_c(time_words(f->r, &t->icmp)),
			 f->came_up ? "stopped answering" : "never came up",
			 str_c(trial_ending_words(f)));
}

/* Nobody can tell which answer belongs to a request whose session id is hidden. */
static bool id_is_hidden(const struct trial *f)
{
	const struct session *s = f->s;

	return s->id_is_hidden && ((seen_of(s->seen, ICRQ)->count && !s->id[LAC]) ||
				   (seen_of(s->seen, OCRQ)->count && !s->id[LNS]));
}

/* RFC 2661 5.8: what is not acknowledged is sent again. Where it was not, the capture misses that,
 * or the acknowledgement; and a message that was skipped in the Ns may be the one that is missing.
 */
static bool may_be_missed(const struct trial *f, const struct seen *last, unsigned side)
{
	unsigned from = side == LAC ? f->s->lac_end : 1U - f->s->lac_end;
	const struct pending *p = channel_pending_of(&f->t->way[from], mark_number(&last->first));

	return (p && !p->is_acked && p->copies < 2) || f->t->way[1 - from].gaps > 0;
}

/* The tunnel was closed before anybody had to miss an answer: that ended the call (RFC 2661 7.4.1),
 * not the silence. */
static bool tunnel_answers(const struct trial *f, const struct mark *asked, double wait)
{
	const struct ending *e = &f->t->stopccn;
	double gap;

	return f->end && f->end == trial_stopccn(f) && !f->t->unanswered.is_given_up &&
	       mark_gap(f->r, asked, &e->mark, &gap) && gap >= 0 && gap < wait;
}

/* The end that waited in vain cleared the call, and its CDN says nothing better. */
static bool is_cdn_of_waiting(const struct trial *f, unsigned side, const struct mark *last,
			      double wait)
{
	const struct ending *e = &f->c->cdn;
	double gap;

	return (e->result == 1 ||
		(e->result == 2 && (e->error <= 0 || e->error == ERROR_VENDOR_SPECIFIC))) &&
	       e->from == side && mark_gap(f->r, last, &e->mark, &gap) && gap >= wait;
}

/* ICRQ or OCRQ without an answer, or an answer without what must follow it. A call that is
 * dialled may take as long as the telephone rings. */
static bool session_not_answered(struct trial *f)
{
	const struct session *s = f->s;
	const struct mark *asked =
		mark_earlier(f->r, &seen_of(s->seen, ICRQ)->first, &seen_of(s->seen, OCRQ)->first);
	const struct seen *answer =
		seen_of(s->seen, OCRP)->count ? seen_of(s->seen, OCRP) : seen_of(s->seen, ICRP);
	bool is_outgoing = seen_of(s->seen, OCRQ)->count || seen_of(s->seen, OCRP)->count;
	const struct seen *request =
		seen_of(s->seen, OCRQ)->count ? seen_of(s->seen, OCRQ) : seen_of(s->seen, ICRQ);
	const struct mark *last = answer->count ? &answer->first : seen_last(request);
	unsigned waiting = is_outgoing == !answer->count ? LNS : LAC;
	double wait =
		threshold(f->r->thresholds, is_outgoing && answer->count ? THRESHOLD_WAIT_RINGING
									 : THRESHOLD_WAIT_CONTROL);
	uint32_t copies;
	double span;

	if (!asked || seen_of(s->seen, ICCN)->count || seen_of(s->seen, OCCN)->count ||
	    (f->c->cdn.is_set && !is_cdn_of_waiting(f, waiting, last, wait)) ||
	    s->ppp.first.is_set || s->established[LAC].is_set || s->established[LNS].is_set)
		return false;
	if (f->t->outcome == OUTCOME_FAILED) /* the tunnel never came up: its cause is the call's */
		return false;
	copies = copies_in_vain(f->t, waiting == LAC ? s->lac_end : 1U - s->lac_end, request);
	/* of a request that is repeated in vain the recording may end with the last copy */
	if ((!f->end && mark_watched(f->r, last) < wait &&
	     !(copies && !answer->count && mark_gap(f->r, asked, last, &span) &&
	       span >= 2 * wait)) ||
	    id_is_hidden(f) || tunnel_answers(f, asked, wait) ||
	    may_be_missed(f, answer->count ? answer : request, waiting))
		return false;
	f->by = ROLE_NETWORK;
	if (!answer->count && copies)
		return trial_say(f, "The %s%s was sent %u times and not even acknowledged%s.",
				 tunnel_message_name(f->t, is_outgoing ? OCRQ : ICRQ),
				 str_c(time_words(f->r, asked)), copies,
				 str_c(trial_ending_words(f)));
	return trial_say(f, "The %s%s was %s%s.",
			 tunnel_message_name(f->t, is_outgoing ? OCRQ : ICRQ),
			 str_c(time_words(f->r, asked)),
			 !answer->count ? "never answered"
			 : is_outgoing  ? "answered with OCRP but OCCN never followed"
					: "answered with ICRP but ICCN never followed",
			 str_c(trial_ending_words(f)));
}

/* RFC 3931 5.4.4: both ends asked for the same circuit; one session remains. */
static bool tie_lost(struct trial *f)
{
	const struct session *s = f->s;
	int asker = s->direction == OUTGOING ? LNS : LAC;

	if (!session_circuit(s)->lost_tie || f->came_up)
		return false;
	f->by = asker == LAC ? ROLE_LNS : ROLE_LAC;
	return trial_say(f,
			 "Both ends asked for the same circuit, and the request of %s lost by its "
			 "tie breaker%s; the session of the other request remains.",
			 str_c(side_words(f, asker == LAC ? ROLE_LAC : ROLE_LNS)),
			 str_c(time_words(f->r, &session_circuit(s)->tied)));
}

/* In order: the call takes the tunnel's cause. By a fault: tunnel-lost. */
static bool tunnel_ended(struct trial *f)
{
	const struct tunnel *t = f->t;
	bool alive = !f->c->cdn.is_set && f->terminator < 0;

	if (!alive || !t->cause || t->outcome == OUTCOME_UP || t->outcome == OUTCOME_UNKNOWN)
		return false;
	if (t->ended.is_set && trial_is_before_call(f, &t->ended))
		return false;
	f->c->fell_with_tunnel = true;
	if (cause_is_orderly(t->cause)) {
		f->cause = t->cause;
		f->by = trial_first_mover(f);
		f->confidence = (enum confidence)t->confidence;
		return trial_say(f, "The call ended with its tunnel %llu: %.*s%s",
				 (unsigned long long)t->number, STR_ARG(t->cause_text),
				 f->by == ROLE_UNKNOWN ? " Which end is the LAC was not seen."
						       : "");
	}
	f->by = t->ended_by == ROLE_NETWORK ? ROLE_NETWORK : trial_first_mover(f);
	if (t->outcome == OUTCOME_FAILED) {
		f->cause = t->cause;
		f->confidence = (enum confidence)t->confidence;
		return trial_say(f, "The caller got no tunnel: %.*s", STR_ARG(t->cause_text));
	}
	trial_also(f, t->cause);
	return trial_say(f, "The call fell because its tunnel %llu did: %.*s",
			 (unsigned long long)t->number, STR_ARG(t->cause_text));
}

static const struct cause_row rows[] = {
	{tie_lost, "superseded", CONFIDENCE_CERTAIN, false},
	{judge_said_aaa, NULL, CONFIDENCE_CERTAIN, false},
	{judge_radius_silent, "aaa-unreachable", CONFIDENCE_CERTAIN, true},
	{judge_auth_unjudged, "aaa-unreachable", CONFIDENCE_LIKELY, false},
	{judge_got_no_tunnel, NULL, CONFIDENCE_LIKELY, false},
	{judge_auth_rejected, NULL, CONFIDENCE_CERTAIN, false},
	{judge_radius_rejected, "auth-rejected", CONFIDENCE_CERTAIN, false},
	{judge_auth_method_refused, "auth-method-refused", CONFIDENCE_CERTAIN, false},
	{judge_commanded, "admin-clear", CONFIDENCE_LIKELY, false},
	{judge_terminate_phrase, NULL, CONFIDENCE_CERTAIN, false},
	{judge_said_phrase, NULL, CONFIDENCE_CERTAIN, false},
	{judge_discovery_given_up, "session-not-answered", CONFIDENCE_CERTAIN, false},
	{judge_lcp_loopback, "lcp-loopback", CONFIDENCE_CERTAIN, false},
	{judge_l2f_close, NULL, CONFIDENCE_CERTAIN, false},
	{judge_cdn_disconnect, NULL, CONFIDENCE_CERTAIN, false},
	{judge_cdn_phrase, NULL, CONFIDENCE_CERTAIN, false},
	{judge_cdn_error, NULL, CONFIDENCE_CERTAIN, false},
	{judge_cdn_q931, NULL, CONFIDENCE_CERTAIN, false},
	{path_mtu, "path-mtu", CONFIDENCE_LIKELY, false},
	{judge_echo_lost, "echo-lost", CONFIDENCE_LIKELY, true},
	{superseded, "superseded", CONFIDENCE_LIKELY, false},
	{judge_encryption_required, "encryption-required", CONFIDENCE_LIKELY, false},
	{judge_reauth_no_answer, "auth-no-answer", CONFIDENCE_LIKELY, true},
	{judge_renegotiation_unanswered, "lcp-no-answer", CONFIDENCE_LIKELY, true},
	{judge_closed_by_radius, NULL, CONFIDENCE_CERTAIN, false},
	{judge_allowed_by_radius, "session-timeout", CONFIDENCE_LIKELY, false},
	{judge_hangup_of_open_call, NULL, CONFIDENCE_CERTAIN, false},
	{judge_auth_no_answer, "auth-no-answer", CONFIDENCE_LIKELY, true},
	{judge_ipcp_address_refused, "ipcp-address-refused", CONFIDENCE_LIKELY, true},
	{judge_ncp_rejected, "ncp-rejected", CONFIDENCE_LIKELY, true},
	{judge_ncp_no_agreement, "ncp-no-agreement", CONFIDENCE_LIKELY, true},
	{judge_lcp_no_answer, "lcp-no-answer", CONFIDENCE_LIKELY, true},
	{judge_lcp_no_agreement, "lcp-no-agreement", CONFIDENCE_LIKELY, true},
	{judge_hangup, NULL, CONFIDENCE_CERTAIN, false},
	{judge_carrier_cleared, NULL, CONFIDENCE_CERTAIN, false},
	{judge_pptp_unanswered, NULL, CONFIDENCE_LIKELY, true},
	{judge_discovery_unanswered, "session-not-answered", CONFIDENCE_LIKELY, true},
	{session_not_answered, "session-not-answered", CONFIDENCE_LIKELY, true},
	{judge_exit, NULL, CONFIDENCE_LIKELY, false},
	{judge_carrier_lost, "carrier-lost", CONFIDENCE_CERTAIN, false},
	{judge_cdn_result, NULL, CONFIDENCE_CERTAIN, false},
	{judge_cdn_without_reason, NULL, CONFIDENCE_POSSIBLE, false},
	{tunnel_ended, "tunnel-lost", CONFIDENCE_CERTAIN, false},
	{judge_line_gone, NULL, CONFIDENCE_LIKELY, false},
};

static bool call_came_up(const struct call *c)
{
	const struct session *s = c->session;

	if (c->reached == REACHED_NCP)
		return true;
	if (!session_is_bare(s))
		return false;
	return c->connected.is_set ||
	       (s->was_there && s->established[LAC].is_set && s->established[LNS].is_set);
}

/* All that it may have been is in order: only who began it is not known. */
static bool ended_in_order(const struct trial *f)
{
	if (cause_is_orderly(f->cause))
		return true;
	for (size_t i = 0; i < f->n_also; i++)
		if (!cause_is_orderly(f->also[i]))
			return false;
	return f->n_also && strcmp(f->cause, "unknown") == 0;
}

static void judge_open_end(struct trial *f)
{
	if (f->came_up) {
		f->c->outcome = OUTCOME_UP;
		trial_say(f, "The call is up when the input ends.");
		return;
	}
	f->c->outcome = OUTCOME_UNKNOWN;
	f->confidence = CONFIDENCE_LIKELY;
	if (trial_ppp_out_of_sight(f)) {
		f->cause = "unknown";
		f->confidence = CONFIDENCE_POSSIBLE;
		trial_say(f, "The session is established when the input ends; whether PPP came up "
			     "between client and LNS is out of sight here.");
		return;
	}
	if (trial_goes_on_without_ppp(f)) {
		f->cause = "unknown";
		f->confidence = CONFIDENCE_POSSIBLE;
		trial_say(f, "The session is established when the input ends; nothing of its PPP "
			     "is recorded, so whether it came up is not known.");
		return;
	}
	if (id_is_hidden(f)) {
		f->cause = "unknown";
		f->confidence = CONFIDENCE_POSSIBLE;
		trial_say(f, "The session id of this request is hidden, so its answer cannot be "
			     "told from others.");
		return;
	}
	if (f->s->was_there) {
		f->cause = "capture-starts-late";
		trial_say(f, "The input begins in the middle of this call and shows neither data "
			     "nor its end.");
		return;
	}
	f->cause = "capture-ends";
	trial_say(f, "The input ends while the call is being set up (it had reached %s).",
		  reached_name(f->c->reached));
}

/* Where a call without an end of its own came to rest: when its tunnel did. */
static void seal_end(struct trial *f, bool judged)
{
	enum { COARSE_S = 3600 };
	struct call *c = f->c;
	double last = 0, blur;

	if (f->end)
		c->end = *f->end;
	else if (judged && f->t->ended.is_set && cause_is_orderly(f->cause) == false &&
		 f->s->last.is_set)
		c->end = mark_before(f->r, &f->t->ended, &f->s->last) ? f->s->last : f->t->ended;
	else if (judged)
		c->end = f->s->last;
	/* of a call that was up before the log began, its daemon knows how long */
	if (session_told(f->s)->counted_s > 0 && c->outcome != OUTCOME_FAILED &&
	    (f->s->was_there || !c->connected.is_set)) {
		c->duration_s = session_told(f->s)->counted_s;
		return;
	}
	if (!c->connected.is_set)
		return;
	if (c->end.is_set)
		mark_gap(f->r, &c->connected, &c->end, &c->duration_s);
	else
		for (const struct session *s = f->s; s; s = s->joined) {
			const struct view *v = report_view(f->r, s->vantage);
			struct mark m = {0};

			if (v)
				m = mark_at((struct sight){.vantage = s->vantage, .when = v->last});
			if (mark_gap(f->r, &c->connected, &m, &last) && last > c->duration_s)
				c->duration_s = last;
		}
	if (c->duration_s < 0 && c->duration_s > -1)
		c->duration_s = 0;
	/* of two stamps like `2w3d` nobody knows */
	blur = mark_blur(&c->connected, c->end.is_set ? &c->end : &c->connected);
	if (blur >= COARSE_S && c->duration_s < blur)
		c->duration_s = -1;
}

void judge_call(struct report *r, struct call *c)
{
	struct trial f = {.r = r, .t = c->session->tunnel, .c = c, .s = c->session};
	bool judged;

	f.came_up = call_came_up(c);
	trial_find_end(&f);
	f.by = trial_first_mover(&f);
	judged = trial_judge(&f, rows, sizeof(rows) / sizeof(rows[0]));
	if (judged && !f.came_up && id_is_hidden(&f) && cause_is_orderly(f.cause))
		judged = false;
	c->is_left_out = judged && !f.came_up && trial_log_leaves_out(&f);
	if (!judged)
		judge_open_end(&f);
	else if (f.came_up)
		c->outcome = ended_in_order(&f) ? OUTCOME_CLOSED : OUTCOME_DROPPED;
	else
		c->outcome = trial_may_have_come_up(&f) ? OUTCOME_UNKNOWN : OUTCOME_FAILED;
	trial_settle(&f);
	seal_end(&f, judged);
	c->ended_by = judged ? f.by : ROLE_UNKNOWN;
	c->cause = f.cause;
	c->confidence = f.confidence;
	c->cause_text = f.text;
	c->n_also = f.n_also;
	for (size_t i = 0; i < f.n_also; i++)
		c->also[i] = f.also[i];
}
