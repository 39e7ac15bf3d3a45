#include "cause_cdn.h"
#include "cause_l2f.h"
#include "cause_ppp.h"
#include "cause_unseen.h"
#include "l2f_replay.h"
#include "link.h"
#include "session_v3.h"
#include "settle.h"

struct ppp_link *trial_link(const struct trial *f)
{
	return &f->s->ppp;
}

/* RFC 1661 5.5: Terminate-Ack answers a Terminate-Request, recorded or not; an end that had the
 * link up has closed it when it sends one. An end that negotiates later has begun anew. */
static const struct mark *unasked_ack(const struct trial *f, int side)
{
	const struct cp *lcp = link_cp(trial_link(f), CP_LCP);
	const struct mark *ack = &side_ending(&lcp->side[1 - side])->ack;

	if (!f->came_up || !ack->is_set || side_ending(&lcp->side[side])->request.is_set)
		return NULL;
	for (int i = 0; i < 2; i++)
		if (mark_before(f->r, ack, &lcp->side[i].last_request))
			return NULL;
	return ack;
}

static const struct mark *terminate_of(const struct trial *f, int side)
{
	const struct mark *ack = unasked_ack(f, side);

	return ack ? ack : &side_ending(&link_cp(trial_link(f), CP_LCP)->side[side])->request;
}

/* Did that happen to the tunnel before there was this call? In a log that begins late, the first
 * word of a call that was there may come behind it: `sending TERM signal`. */
static bool is_before_call(const struct trial *f, const struct mark *of_tunnel)
{
	const struct session *s = f->s;

	return s->first.is_set && mark_before(f->r, of_tunnel, &s->first) &&
	       !(s->was_there && mark_line(&s->first));
}

const struct mark *trial_stopccn(const struct trial *f)
{
	const struct ending *e = &f->t->stopccn;

	if (!e->is_set || is_before_call(f, &e->mark))
		return NULL;
	return &e->mark;
}

bool trial_terminate_is_unseen(const struct trial *f, int side)
{
	return unasked_ack(f, side) != NULL;
}

static int terminator_of(const struct trial *f)
{
	for (int i = 0; i < 2; i++)
		if (f->end && f->end == terminate_of(f, i))
			return i;
	return -1;
}

/* RFC 2661 7.2, 7.4, 7.5: before a call is up its LAC has sent SCCRQ or SCCRP, and ICRQ and ICCN
 * or OCRP and OCCN. An end that has sent fewer messages when the CDN comes is the LNS, though
 * nothing of this was seen. */
static int counted_lns(const struct trial *f)
{
	enum { OF_LAC = 3 };
	const struct ending *e = &f->c->cdn;
	int sender = e->from == LAC ? f->s->lac_end : 1 - f->s->lac_end;

	if (!e->is_set || f->t->version != 2 || tunnel_is_link(f->t))
		return -1;
	if (e->ns && e->ns < OF_LAC && e->nr >= OF_LAC)
		return sender;
	return e->nr && e->nr < OF_LAC && e->ns >= OF_LAC ? 1 - sender : -1;
}

bool trial_roles_known(const struct trial *f)
{
	return f->s->roles_known || f->s->roles_inferred;
}

enum role trial_side_role(const struct trial *f, int side)
{
	int lns = 1 - f->s->lac_end;

	if (!trial_roles_known(f))
		lns = counted_lns(f);
	if (lns < 0)
		return ROLE_UNKNOWN;
	return (side == CLIENT) == (lns != f->s->lac_end) ? ROLE_CLIENT : ROLE_LNS;
}

struct str trial_side_words(struct trial *f, int side)
{
	if (trial_roles_known(f))
		return side_words(f, side == CLIENT ? ROLE_CLIENT : ROLE_LNS);
	return side_words(f, side == CLIENT ? ROLE_LAC : ROLE_LNS); /* by its address */
}

/* Who made the first move (contract §3, ended_by). */
enum role trial_first_mover(const struct trial *f)
{
	int side = f->terminator;

	if (side >= 0)
		return trial_side_role(f, side);
	if (f->end && f->end == &f->c->cdn.mark)
		return trial_cdn_role(f);
	if (f->end && f->end == &session_told(f->s)->cleared.mark)
		return trial_side_role(f, session_told(f->s)->cleared.from == f->s->lac_end ? CLIENT
											    : LNS);
	if (f->end && f->end == trial_stopccn(f)) {
		enum role role = role_of_end(f->s, f->t->stopccn.from);

		return role == ROLE_LAC || role == ROLE_LNS ? role : ROLE_UNKNOWN;
	}
	return ROLE_NETWORK;
}

struct str trial_terminate_words(struct trial *f, int side)
{
	const struct cp_side *lcp = &link_cp(trial_link(f), CP_LCP)->side[side];
	const struct mark *ack = unasked_ack(f, side);

	if (ack)
		return arena_printf(f->r->arena,
				    "%s sent an LCP Terminate-Request that was not recorded: %s "
				    "acknowledged it%s",
				    str_c(trial_side_words(f, side)),
				    str_c(trial_side_words(f, 1 - side)),
				    str_c(time_words(f->r, ack)));
	return arena_printf(f->r->arena, "%s sent LCP Terminate-Request%s%s",
			    str_c(trial_side_words(f, side)),
			    str_c(quote_words(f->r, side_ending(lcp)->text)),
			    str_c(time_words(f->r, &side_ending(lcp)->request)));
}

/* What the protocol's end looked like, for sentences whose cause lies before it. */
struct str trial_ending_words(struct trial *f)
{
	int side = f->terminator;

	if (side >= 0)
		return arena_printf(f->r->arena, "; then %s",
				    str_c(trial_terminate_words(f, side)));
	if (f->end && f->end == &f->c->cdn.mark)
		return arena_printf(f->r->arena, "; then %s", str_c(trial_cdn_words(f)));
	if (f->end && f->end == trial_stopccn(f) && f->t->unanswered.is_given_up &&
	    f->t->unanswered.from == f->t->stopccn.from)
		return arena_printf(f->r->arena, "; then %s gave the tunnel up%s%s",
				    str_c(end_words(f->r, f->t, f->t->stopccn.from)),
				    str_c(time_words(f->r, f->end)), str_c(deaf_words(f->r, f->t)));
	if (f->end && f->end == trial_stopccn(f))
		return arena_printf(f->r->arena, "; then %s closed the tunnel%s",
				    tunnel_message_name(f->t, STOPCCN),
				    str_c(time_words(f->r, f->end)));
	return (struct str){0};
}

/* Nothing came any more although the vantage point went on watching. */
bool trial_given_up(const struct trial *f)
{
	const struct mark *down = &session_told(f->s)->terminating;

	if (down->is_set && !mark_before(f->r, down, &f->s->ppp.last))
		return true; /* `Phase is TERMINATING`, and no packet says so */
	return f->end || session_told(f->s)->link_down.is_set || trial_lcp_timed_out(f) ||
	       mark_watched(f->r, &f->s->last) >= threshold(f->r->thresholds, THRESHOLD_WAIT_PPP) ||
	       trial_asked_in_vain_for_long(f);
}

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
	if (t->ended.is_set && is_before_call(f, &t->ended))
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

/* Only a log of one end tells it, and only if nothing of the call comes after it: an interface
 * goes down before it is used, too. */
const struct mark *trial_line_gone(const struct trial *f)
{
	const struct session *s = f->s;
	const struct mark *gone =
		mark_earlier(f->r, &session_told(s)->isdn_disconnect, &session_told(s)->link_down);

	if (!gone || mark_before(f->r, gone, &s->ppp.last) ||
	    mark_before(f->r, gone, &f->c->connected))
		return NULL;
	return gone;
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

static bool order_is_known(const struct trial *f, const struct mark *a, const struct mark *b)
{
	int64_t at, bt;

	if (a->vantage == b->vantage)
		return true;
	if (!mark_ns(f->r, a, &at) || !mark_ns(f->r, b, &bt))
		return false;
	return (double)(at > bt ? at - bt : bt - at) > mark_blur(a, b) * 1e9;
}

/* A daemon that closes its tunnel stops the pppd of each call, and both logs say so: what ended the
 * call is the StopCCN, unless it came long after, or the times tell that pppd was first. */
static bool is_stop_of_daemon(const struct trial *f, const struct mark *end)
{
	static const double AT_ONCE_S = 3;
	const struct mark *stop = trial_stopccn(f);
	double gap;

	if (!stop || !end || f->c->cdn.is_set || tunnel_is_link(f->t))
		return false;
	if (end == &session_told(f->s)->cleared.mark)
		return !mark_gap(f->r, end, stop, &gap) || gap < AT_ONCE_S;
	for (int i = 0; i < 2; i++)
		if (end == terminate_of(f, i) && mark_line(end) &&
		    str_is(side_ending(&link_cp(trial_link(f), CP_LCP)->side[i])->text,
			   "User request"))
			return !order_is_known(f, end, stop);
	return false;
}

/* A daemon and its pppd write their lines each for itself: that the other end's PPP has ended may
 * stand behind the end of the session that came of it, in the same second. */
static bool is_of_that_moment(const struct trial *f, const struct mark *told)
{
	static const double AT_ONCE_S = 1;
	const struct mark *cdn = &f->c->cdn.mark;
	double gap;

	return told->is_set && mark_line(told) && mark_line(cdn) && told->vantage == cdn->vantage &&
	       (!mark_gap(f->r, cdn, told, &gap) || (gap >= 0 && gap <= AT_ONCE_S));
}

static const struct mark *end_behind_cdn(const struct trial *f)
{
	const struct cleared *x = &session_told(f->s)->cleared;
	int sender = f->c->cdn.from == LAC ? CLIENT : LNS;

	if (!x->cause && is_of_that_moment(f, &x->mark))
		return &x->mark;
	if (is_of_that_moment(f, terminate_of(f, sender)))
		return terminate_of(f, sender);
	return &f->c->cdn.mark;
}

static const struct mark *end_of(const struct trial *f)
{
	const struct mark *end = mark_earlier(f->r, terminate_of(f, CLIENT), terminate_of(f, LNS));

	end = mark_earlier(f->r, end, f->c->cdn.is_set ? &f->c->cdn.mark : NULL);
	end = mark_earlier(f->r, end, &session_told(f->s)->cleared.mark);
	if (end && end == &f->c->cdn.mark)
		end = end_behind_cdn(f);
	if (is_stop_of_daemon(f, end))
		return trial_stopccn(f);
	return mark_earlier(f->r, end, trial_stopccn(f));
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
	f.end = end_of(&f);
	f.terminator = terminator_of(&f);
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
