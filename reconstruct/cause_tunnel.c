#include <stdio.h>

#include "cause_l2f.h"
#include "cause_path.h"
#include "cause_secret.h"
#include "cause_silence.h"
#include "cause_stopccn.h"
#include "cause_unseen.h"
#include "observer.h"
#include "session.h"
#include "settle.h"

/* What a caller says to the LAC before the LAC asks for a tunnel; of one who is handed on, the log
 * may begin behind that. */
static bool speaks_before(const struct report *r, const struct session *s, const struct mark *asked)
{
	const struct mark *first = &session_told(s)->before_first;

	if (!first->is_set)
		first = ((const struct live_session *)s)->is_forwarded ? &s->first : &s->ppp.first;
	return asked->vantage == first->vantage && mark_before(r, first, asked);
}

/* PPP of a log's call: its tunnel must have been there, printed or not. */
static bool carries_ppp(const struct report *r, const struct tunnel *t)
{
	for (const struct session *s = t->sessions; s; s = session_after(s))
		if (mark_line(&s->ppp.first) &&
		    !speaks_before(r, s, &seen_of(t->seen, SCCRQ)->first))
			return true;
	return false;
}

/* Where both ends closed it, the one that closed it first is kept, and both are counted. */
static bool has_sent_stopccn(const struct tunnel *t, unsigned end)
{
	return t->stopccn.is_set &&
	       (t->stopccn.from == end || seen_of(t->seen, STOPCCN)->count > 1);
}

/* The second message of the initiator, Ns 1, is its SCCCN or its StopCCN: who sent more, or without
 * a StopCCN as much, had the tunnel up, whether or not the recording has it (RFC 2661 5.8, 7.2.1).
 */
static bool sent_beyond_setup(const struct tunnel *t)
{
	const struct channel *way = &t->way[INITIATOR];
	uint16_t sent = way->has_acked ? way->acked : 0;

	if (t->version == 1 || !t->roles_known || !mark_frame(&t->first))
		return false;
	if (way->is_started && (int16_t)(uint16_t)(way->next_ns - sent) > 0)
		sent = way->next_ns;
	return sent >= 3 || (sent == 2 && !has_sent_stopccn(t, INITIATOR));
}

/* A record that begins behind its SCCRQ: who answers it has not had the tunnel up. */
static bool is_being_answered(const struct tunnel *t)
{
	return seen_of(t->seen, SCCRP)->count && !t->n_sessions && !t->hellos;
}

/* A log of which no more is there than that it is not let in, and what stands right before. */
static bool is_turned_away(const struct report *r, const struct tunnel *t)
{
	static const double SETUP_S = 10;
	const struct ending *e = &t->stopccn;
	double gap;

	return e->is_set && e->result == 4 && mark_line(&e->mark) && !t->n_sessions && !t->hellos &&
	       (!mark_gap(r, &t->first, &e->mark, &gap) || gap <= SETUP_S);
}

static bool tunnel_established(const struct report *r, const struct tunnel *t)
{
	if (carries_ppp(r, t))
		return true;
	return (t->was_there && !is_being_answered(t) && !is_turned_away(r, t)) ||
	       sent_beyond_setup(t) || t->established[INITIATOR].is_set ||
	       t->established[RESPONDER].is_set ||
	       (seen_of(t->seen, SCCCN)->count && t->version != 1);
}

/* A daemon that is stopped closes its tunnels, whether it prints so or not. */
static bool daemon_stopped(struct trial *f)
{
	const struct tunnel *t = f->t;

	if (!t->stopped.is_set || !f->came_up)
		return false;
	f->by = t->stopped_at == INITIATOR ? ROLE_INITIATOR : ROLE_RESPONDER;
	return trial_say(f, "The daemon of %s was stopped%s.",
			 str_c(end_words(f->r, t, t->stopped_at)),
			 str_c(time_words(f->r, &t->stopped)));
}

static const struct mark *defect_mark(const struct tunnel *t, enum defect_id id)
{
	for (const struct defect_note *d = t->defects; d; d = d->next)
		if (d->defect.id == id)
			return &d->mark;
	return NULL;
}

/* A receiver drops a message whose digest is wrong without a word (RFC 3931 4.3): its sender sees
 * a silent peer. */
static bool digest_wrong(struct trial *f)
{
	const struct mark *bad = defect_mark(f->t, DEFECT_V3_DIGEST_BAD);
	const struct mark *one_sided = defect_mark(f->t, DEFECT_V3_DIGEST_ONE_SIDED);

	if (f->came_up || f->t->version != 3 || (!bad && !one_sided))
		return false;
	if (!f->t->stopccn.is_set && tunnel_copies(f->t, SCCRQ) < 3 && !trial_waited_for(f, SCCRQ))
		return false;
	f->by = ROLE_NETWORK;
	if (bad)
		return trial_say(f,
				 "The Message Digest%s does not fit the given secret, so its "
				 "receiver drops the message: the secrets of both ends differ.",
				 str_c(time_words(f->r, bad)));
	return trial_say(f,
			 "One end authenticates its messages%s and the other does not, so one of "
			 "them drops what it gets.",
			 str_c(time_words(f->r, one_sided)));
}

/* An attempt that the rules of crossing requests end (RFC 2661 4.4.3). */
static bool gave_way(struct trial *f)
{
	const struct tunnel *t = f->t;

	if (f->came_up || seen_of(t->seen, SCCRP)->count ||
	    (t->tie != TIE_LOST && t->tie != TIE_EQUAL))
		return false;
	f->by = ROLE_INITIATOR;
	return trial_say(
		f, "Both ends asked at once%s%s", str_c(time_words(f->r, &t->crossed)),
		t->tie == TIE_EQUAL
			? " with the same tie breaker, so both drop their requests."
			: ": the other end's tie breaker wins, so this request is dropped.");
}

static const struct cause_row rows[] = {
	{gave_way, "superseded", CONFIDENCE_CERTAIN, false},
	{digest_wrong, "digest-wrong", CONFIDENCE_LIKELY, false},
	{judge_unreachable, "port-unreachable", CONFIDENCE_CERTAIN, false},
	{judge_not_sent, "not-sent", CONFIDENCE_CERTAIN, false},
	{judge_stranger, "not-authorized", CONFIDENCE_CERTAIN, false},
	{judge_secret_lacking, "tunnel-secret-missing", CONFIDENCE_CERTAIN, false},
	{judge_peer_silent, "peer-silent", CONFIDENCE_LIKELY, true},
	{judge_secret_wrong, "tunnel-secret-wrong", CONFIDENCE_CERTAIN, false},
	{judge_secret_missing, "tunnel-secret-missing", CONFIDENCE_LIKELY, true},
	{judge_refused_while_challenged, "tunnel-secret-wrong", CONFIDENCE_LIKELY, true},
	{judge_secret_mentioned, "tunnel-secret-wrong", CONFIDENCE_LIKELY, false},
	{judge_only_acknowledged, "peer-silent", CONFIDENCE_LIKELY, true},
	{judge_reply_not_received, "reply-not-received", CONFIDENCE_LIKELY, true},
	{judge_reply_lost, "reply-not-received", CONFIDENCE_LIKELY, false},
	{judge_forgotten, "peer-restarted", CONFIDENCE_LIKELY, false},
	{judge_keepalive_lost, "keepalive-lost", CONFIDENCE_CERTAIN, false},
	{judge_commanded_stop, "admin-clear", CONFIDENCE_LIKELY, false},
	{judge_stopccn, NULL, CONFIDENCE_CERTAIN, false},
	{daemon_stopped, "admin-clear", CONFIDENCE_CERTAIN, false},
	{judge_peer_restarted, "peer-restarted", CONFIDENCE_POSSIBLE, false},
};

static enum outcome outcome_of(const struct trial *f)
{
	if (!f->cause)
		return f->came_up ? OUTCOME_UP : OUTCOME_UNKNOWN;
	if (!f->came_up)
		return OUTCOME_FAILED;
	if (strcmp(f->cause, "keepalive-lost") == 0 && tunnel_is_end_alone(f->t))
		return OUTCOME_UNKNOWN;
	/* secrets are compared while it is set up: all that shows it is that the record begins late
	 */
	if (str_starts(str_of(f->cause), "tunnel-secret") && !f->t->n_sessions && !f->t->hellos)
		return OUTCOME_FAILED;
	return cause_is_orderly(f->cause) ? OUTCOME_CLOSED : OUTCOME_DROPPED;
}

static void judge_open_end(struct trial *f)
{
	if (f->came_up) {
		trial_say(f, "The tunnel is up when the input ends.");
		return;
	}
	f->confidence = CONFIDENCE_LIKELY;
	if (seen_of(f->t->seen, SCCRQ)->count) {
		f->cause = "capture-ends";
		trial_say(f, "The input ends while the tunnel is being set up%s.",
			  str_c(trial_unanswered_words(f)));
	} else {
		f->cause = "capture-starts-late";
		trial_say(f, "The input begins after this tunnel was set up.");
	}
}

/* A tunnel whose challenges were answered and that came up has authenticated its ends. */
static void judge_auth(const struct trial *f)
{
	struct tunnel *t = f->t;

	if (t->peer[INITIATOR].challenge.len || t->peer[RESPONDER].challenge.len)
		t->auth_used = true;
	if (t->claimed_auth[INITIATOR].is_set || t->claimed_auth[RESPONDER].is_set)
		t->auth_used = true;
	if (!t->auth_used)
		return;
	if (!f->came_up && scccn_is_never_taken(t))
		t->auth_result = RESULT_UNKNOWN;
	if (f->cause && strncmp(f->cause, "tunnel-secret", 13) == 0)
		t->auth_result = RESULT_FAILURE; /* although its ends had been established */
	else if (t->auth_result == RESULT_UNKNOWN && f->came_up && !t->was_there)
		t->auth_result = RESULT_SUCCESS;
}

/* A session of it got as far as a reply, if only a refusal. */
static bool has_answered(const struct tunnel *t)
{
	for (const struct session *s = t->sessions; s; s = session_after(s))
		if (session_is_answered(s))
			return true;
	return ((const struct live_tunnel *)t)->told_answered;
}

/* RFC 2661 7.2.1: an SCCCN that is not acceptable is answered with StopCCN at once. */
static bool is_answer_to_scccn(const struct report *r, const struct tunnel *t)
{
	static const double AT_ONCE_S = 1;
	const struct ending *e = &t->stopccn;
	const struct seen *scccn = seen_of(t->seen, SCCCN);
	double gap;

	return (e->result == 2 || e->result == 7) && scccn->count && !t->n_sessions &&
	       mark_gap(r, &scccn->first, &e->mark, &gap) && gap >= 0 && gap < AT_ONCE_S;
}

/* The SCCCN that brings the responder up is what it then refuses. */
static bool is_refused(const struct report *r, const struct tunnel *t)
{
	const struct ending *e = &t->stopccn;

	if (e->is_set && e->from == RESPONDER && !has_answered(t) &&
	    (text_about_auth(e->text) || (e->result == 4 && !t->was_there) ||
	     is_answer_to_scccn(r, t)))
		return true;
	for (int i = 0; i < 2 && !t->n_sessions; i++)
		if (t->claimed_auth_failed[i].is_set || t->claimed_no_secret[i].is_set)
			return true;
	return false;
}

/* When the last of its ends had it up. A log without the SCCCN tells it of one end; what was
 * concluded of the other from a later line counts only where it does not. */
static const struct mark *up_at(const struct report *r, const struct tunnel *t)
{
	const struct mark *up[2] = {&t->established[INITIATOR], &t->established[RESPONDER]};

	for (int i = 0; i < 2 && !seen_of(t->seen, SCCCN)->count; i++)
		if (mark_line(up[i]) && !up[i]->is_inferred && up[1 - i]->is_inferred)
			return up[i];
	return mark_later(r, up[0], up[1]);
}

void judge_tunnel(struct report *r, struct tunnel *t)
{
	struct trial f = {.r = r,
			  .t = t,
			  .terminator = -1,
			  .came_up = tunnel_established(r, t) && !is_refused(r, t) &&
				     !scccn_is_never_taken(t)};
	const struct mark *up = up_at(r, t);
	bool judged;

	t->start =
		seen_of(t->seen, SCCRQ)->first.is_set ? seen_of(t->seen, SCCRQ)->first : t->first;
	if (up)
		t->connected = *up;
	judged = t->version == 1 ? trial_judge(&f, cause_rows_l2f, n_cause_rows_l2f)
				 : trial_judge(&f, rows, sizeof(rows) / sizeof(rows[0]));
	t->outcome = (uint8_t)outcome_of(&f);
	if (!judged)
		judge_open_end(&f);
	trial_settle(&f);
	if (t->stopccn.is_set)
		t->ended = t->stopccn.mark;
	else if (judged && t->stopped.is_set)
		t->ended = t->stopped;
	else if (judged)
		t->ended = t->unanswered.is_set ? t->unanswered.last : *tunnel_last(t);
	t->cause = f.cause;
	t->confidence = (uint8_t)f.confidence;
	t->cause_text = f.text;
	judge_auth(&f);
	t->ended_by = judged ? f.by : ROLE_UNKNOWN;
}
