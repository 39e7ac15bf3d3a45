#include <stdio.h>

#include "cause_l2f.h"
#include "cause_path.h"
#include "cause_secret.h"
#include "cause_stopccn.h"
#include "cause_unseen.h"
#include "observer.h"
#include "session.h"
#include "settle.h"

/* A message and its five repeats: then its sender gives up (RFC 2661 5.8). Before that the next
 * copy may be answered. */
enum { FULL_CYCLE = 6 };

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

static bool heard_from(const struct tunnel *t, int end)
{
	/* an end that was heard has sent an Ns, or an Nr for the other direction */
	if (t->way[end].is_started || t->way[1 - end].has_acked || t->peer[end].is_text_source)
		return true;
	for (const struct seen *s = t->seen; s; s = s->next)
		if (s->count && s->from == end)
			return true;
	/* the other end judged what this one sent to prove itself */
	if (t->claimed_auth_failed[1 - end].is_set || t->claimed_no_secret[1 - end].is_set)
		return true;
	return t->stopccn.is_set && t->stopccn.from == end;
}

static const struct mark *last_of(const struct tunnel *t)
{
	return t->last.is_set ? &t->last : &t->first;
}

/* Was there time enough for an answer to the last sight of `message`? It is missed only after the
 * time in which it would have been repeated (RFC 2661 5.8: 1, 2, 4 … s) has been watched. */
static bool waited_for(const struct trial *f, unsigned message)
{
	return mark_watched(f->r, seen_last(seen_of(f->t->seen, message))) >=
	       threshold(f->r->thresholds, THRESHOLD_WAIT_CONTROL);
}

static uint32_t copies_of(const struct tunnel *t, unsigned message)
{
	return seen_of(t->seen, message)->count + seen_of(t->seen, message)->repeats;
}

/* The SCCRQ in a log without times: nothing tells how long it was waited for. */
static bool is_last_word(const struct tunnel *t)
{
	const struct seen *request = seen_of(t->seen, SCCRQ);

	return t->peer[INITIATOR].is_text_source && request->count &&
	       !moment_known(mark_when(seen_last(request)));
}

/* The end that asked takes its request back before it would have repeated it (RFC 2661 5.8). */
static bool closed_at_once(const struct trial *f)
{
	static const double SOON_S = 2;
	const struct tunnel *t = f->t;
	double gap;

	return t->stopccn.is_set && t->stopccn.from == INITIATOR && copies_of(t, SCCRQ) == 1 &&
	       !t->unanswered.is_given_up &&
	       mark_gap(f->r, &seen_of(t->seen, SCCRQ)->first, &t->stopccn.mark, &gap) &&
	       gap < SOON_S;
}

static bool peer_silent(struct trial *f)
{
	const struct tunnel *t = f->t;
	uint32_t copies = copies_of(t, SCCRQ);

	bool is_given_up = t->unanswered.is_given_up && t->unanswered.message == SCCRQ;

	if (f->came_up || seen_of(t->seen, SCCRP)->count || heard_from(t, RESPONDER) ||
	    (!copies && !is_given_up))
		return false;
	if (copies < FULL_CYCLE && !t->stopccn.is_set && !is_given_up && !waited_for(f, SCCRQ) &&
	    !is_last_word(t))
		return false;
	/* who waits in vain asks again (RFC 2661 5.8): the capture misses the rest */
	if (copies == 1 && !t->stopccn.is_set && mark_frame(&seen_of(t->seen, SCCRQ)->first))
		return false;
	f->by = ROLE_NETWORK;
	trial_also(f, "port-unreachable");
	if (closed_at_once(f)) {
		f->by = ROLE_UNKNOWN;
		f->confidence = CONFIDENCE_POSSIBLE;
		trial_also(f, "request-clear");
		return trial_say(f,
				 "%s closed the tunnel%s, right after its SCCRQ: it did not wait "
				 "for an answer, or was told to close it.",
				 str_c(end_words(f->r, t, INITIATOR)),
				 str_c(time_words(f->r, &t->stopccn.mark)));
	}
	if (is_given_up)
		return trial_say(f,
				 "%s never answered: %s repeated its SCCRQ until it gave "
				 "up%s, and nothing came back.",
				 str_c(end_words(f->r, t, RESPONDER)),
				 str_c(end_words(f->r, t, INITIATOR)),
				 str_c(time_words(f->r, &t->unanswered.last)));
	if (is_last_word(t)) {
		f->confidence = CONFIDENCE_POSSIBLE;
		return trial_say(f,
				 "The log of %s ends after its SCCRQ to %s without an answer; it "
				 "has no times, so how long it waited is unknown.",
				 str_c(end_words(f->r, t, INITIATOR)),
				 str_c(end_words(f->r, t, RESPONDER)));
	}
	return trial_say(f,
			 "%s never answered: SCCRQ was sent %u time%s%s, and nothing came "
			 "back%s.",
			 str_c(end_words(f->r, t, RESPONDER)), copies, copies == 1 ? "" : "s",
			 str_c(moment_words(f->r, ", first", &seen_of(t->seen, SCCRQ)->first)),
			 trial_ipsec_words(f));
}

static bool only_acknowledged(struct trial *f)
{
	const struct tunnel *t = f->t;

	if (f->came_up || !seen_of(t->seen, SCCRQ)->count || seen_of(t->seen, SCCRP)->count)
		return false;
	if (t->stopccn.is_set && t->stopccn.from == RESPONDER)
		return false;
	if (!t->stopccn.is_set && !waited_for(f, SCCRQ))
		return false;
	f->by = ROLE_NETWORK;
	return trial_say(f, "%s acknowledged the SCCRQ but never answered it with SCCRP.",
			 str_c(end_words(f->r, t, RESPONDER)));
}

/* The initiator asks for the same tunnel anew; its end made another one of it. */
static bool asked_again(const struct trial *f)
{
	const struct address *mine = &f->t->peer[INITIATOR].address;
	const struct tunnel *o = f->t->asked_next;

	for (size_t looked = 0; o && looked < LIMIT_KIN_LOOK; o = o->asked_next, looked++) {
		const struct address *other = &o->peer[INITIATOR].address;

		if (mine->family && other->family && !address_equal(mine, other))
			continue;
		if (mark_before(f->r, &seen_of(f->t->seen, SCCRP)->first,
				&seen_of(o->seen, SCCRQ)->first))
			return true;
	}
	return false;
}

static bool reply_not_received(struct trial *f)
{
	const struct tunnel *t = f->t;
	uint32_t copies = copies_of(t, SCCRP);
	bool is_told = t->unanswered.is_given_up && t->unanswered.message == SCCRP;
	bool given_up = is_told || (t->stopccn.is_set && seen_of(t->seen, SCCRP)->repeats);

	if (f->came_up || (!seen_of(t->seen, SCCRP)->count && !is_told))
		return false;
	if (scccn_is_never_taken(t))
		return say_scccn_never_taken(f);
	if (t->stopccn.is_set && !given_up)
		return false;
	if (!given_up && copies < FULL_CYCLE && !waited_for(f, SCCRP) && !asked_again(f))
		return false;
	f->by = ROLE_NETWORK;
	if (t->unanswered.is_given_up && given_up)
		return trial_say(
			f,
			"%s answered with SCCRP and repeated it until it gave up%s, but no "
			"SCCCN followed: the answer never took effect at %s.",
			str_c(end_words(f->r, t, RESPONDER)),
			str_c(time_words(f->r, &t->unanswered.last)),
			str_c(end_words(f->r, t, INITIATOR)));
	if (!seen_of(t->seen, SCCRP)->repeats)
		f->confidence = CONFIDENCE_POSSIBLE;
	return trial_say(f,
			 "%s answered with SCCRP (%u time%s%s) but no SCCCN followed%s: the "
			 "answer never took effect at %s.",
			 str_c(end_words(f->r, t, RESPONDER)), copies, copies == 1 ? "" : "s",
			 str_c(moment_words(f->r, ", first", &seen_of(t->seen, SCCRP)->first)),
			 trial_ipsec_words(f), str_c(end_words(f->r, t, INITIATOR)));
}

/* The responder gave up (StopCCN with an Ns behind that of its SCCRP), and of what it repeated
 * until then nothing came here. */
static bool reply_lost(struct trial *f)
{
	const struct ending *e = &f->t->stopccn;

	if (f->came_up || !e->is_set || e->from != RESPONDER || !e->ns ||
	    !seen_of(f->t->seen, SCCRQ)->count || seen_of(f->t->seen, SCCRP)->count ||
	    !cause_is_silence(e->text))
		return false;
	f->by = ROLE_NETWORK;
	return trial_say(
		f,
		"%s gave the tunnel up (StopCCN Ns %u%s)%s: it had answered, and no copy of "
		"its answer (Ns 0) is in this recording: all were lost before.",
		str_c(end_words(f->r, f->t, RESPONDER)), e->ns, str_c(quote_words(f->r, e->text)),
		str_c(time_words(f->r, &e->mark)));
}

static bool same_initiator(const struct tunnel *a, const struct tunnel *b)
{
	const struct peer *x = &a->peer[INITIATOR], *y = &b->peer[INITIATOR];

	if (x->address.family && y->address.family && !address_equal(&x->address, &y->address))
		return false;
	if (x->port && y->port && x->port != y->port)
		return false;
	return x->name.len && str_equal(x->name, y->name);
}

/* "; meanwhile it asked for another tunnel …": an initiator that no longer answers in this one. */
static struct str came_again_words(const struct trial *f)
{
	const struct tunnel *t = f->t, *o = t->kin_next;

	if (t->unanswered.from != RESPONDER)
		return (struct str){0};
	for (size_t looked = 0; o && looked < LIMIT_KIN_LOOK; o = o->kin_next, looked++)
		if (seen_of(o->seen, SCCRQ)->count && same_initiator(t, o) &&
		    mark_before(f->r, &t->unanswered.first, &seen_of(o->seen, SCCRQ)->first))
			return arena_printf(
				f->r->arena,
				"; it asked for another tunnel%s (tunnel %llu), so "
				"it may have restarted",
				str_c(time_words(f->r, &seen_of(o->seen, SCCRQ)->first)),
				(unsigned long long)o->number);
	return (struct str){0};
}

/* "; the port it is sent from had changed …": whoever asks in vain right after that may be answered
 * where it was before (a NAT forgot the flow). A HELLO a minute later would have had an answer
 * before. */
static struct str moved_words(const struct trial *f)
{
	static const double SOON_S = 60;
	const struct tunnel *t = f->t;
	const struct move *m = &t->port_move[t->unanswered.from];
	double gap;

	if (!m->count || !mark_gap(f->r, &m->mark, &t->unanswered.first, &gap) || gap < 0 ||
	    gap > SOON_S)
		return (struct str){0};
	return arena_printf(f->r->arena,
			    "; the port it is sent from had changed from %u to %u%s: answers may "
			    "still go to the old one",
			    m->from_port, m->to_port, str_c(time_words(f->r, &m->mark)));
}

/* "; packets of it came until …": an end that does not acknowledge and yet is there. */
static struct str there_words(const struct trial *f)
{
	static const double AFTER_S = 2, UNTIL_S = 1;
	const struct tunnel *t = f->t;
	const struct mark *heard = &t->heard[1 - t->unanswered.from];
	double since, past;

	/* who is heard later may have been away meanwhile */
	if (!mark_gap(f->r, &t->unanswered.first, heard, &since) || since < AFTER_S ||
	    !mark_gap(f->r, &t->unanswered.last, heard, &past) || past > UNTIL_S)
		return (struct str){0};
	return arena_printf(f->r->arena, ", although packets of it still came, the last%s",
			    str_c(time_words(f->r, heard)));
}

/* All that a log tells of it: it was given up, with the StopCCN of the end that did. */
static bool is_given_up_alone(const struct tunnel *t)
{
	const struct unanswered *u = &t->unanswered;

	return u->is_given_up && tunnel_is_end_alone(t) &&
	       (!t->stopccn.is_set || t->stopccn.from == u->from);
}

/* The tunnel was up and a message of one end was repeated until that end gave up. */
static bool keepalive_lost(struct trial *f)
{
	const struct tunnel *t = f->t;
	const struct unanswered *u = &t->unanswered;
	const char *name = code_name(CODE_MESSAGE, u->message);
	struct mark last = u->last;

	if (!f->came_up || !u->is_set || u->message == STOPCCN)
		return false;
	if (t->stopccn.is_set && mark_before(f->r, &t->stopccn.mark, &u->first))
		return false;
	if (u->copies < 2 ||
	    (u->copies < 3 &&
	     mark_watched(f->r, &last) < 2 * threshold(f->r->thresholds, THRESHOLD_WAIT_CONTROL)))
		return false;
	if (!t->stopccn.is_set && !u->is_given_up && u->copies < FULL_CYCLE &&
	    mark_watched(f->r, &last) < threshold(f->r->thresholds, THRESHOLD_WAIT_CONTROL))
		return false;
	if (t->stopccn.is_set && u->copies < 3)
		return false;
	f->by = ROLE_NETWORK;
	/* nothing tells that it was ever up, and an SCCRP is given up in the same words */
	if (u->is_given_up && t->was_there && !t->n_sessions && !t->hellos)
		f->confidence = CONFIDENCE_LIKELY;
	if (is_given_up_alone(t))
		return trial_say_end_alone(f, u->from, &u->last);
	if (u->is_given_up)
		return trial_say(f,
				 "%s no longer acknowledged: %s repeated its last message until "
				 "it gave up%s%s%s.",
				 str_c(end_words(f->r, t, 1 - u->from)),
				 str_c(end_words(f->r, t, u->from)),
				 str_c(time_words(f->r, &u->last)), str_c(came_again_words(f)),
				 str_c(deaf_words(f->r, t)));
	return trial_say(f,
			 "%s no longer acknowledged: %s (Ns %u) of %s was sent %u times, "
			 "first%s, without an answer%s%s%s.",
			 str_c(end_words(f->r, t, 1 - u->from)), name ? name : "a message", u->ns,
			 str_c(end_words(f->r, t, u->from)), u->copies,
			 str_c(time_words(f->r, &u->first)), str_c(there_words(f)),
			 str_c(came_again_words(f)), str_c(moved_words(f)));
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

static const struct mark *initiator_last(const struct tunnel *t)
{
	return t->heard[INITIATOR].is_set ? &t->heard[INITIATOR] : last_of(t);
}

/* The same initiator came again with a new SCCRQ and was never heard in this tunnel again. */
static bool peer_restarted(struct trial *f)
{
	const struct tunnel *t = f->t, *o = t->kin_next;

	if (!f->came_up || t->stopccn.is_set)
		return false;
	for (size_t looked = 0; o && looked < LIMIT_KIN_LOOK; o = o->kin_next, looked++) {
		if (o->peer[INITIATOR].tunnel_id != t->peer[INITIATOR].tunnel_id ||
		    !seen_of(o->seen, SCCRQ)->count || !same_initiator(t, o) ||
		    !mark_before(f->r, initiator_last(t), &seen_of(o->seen, SCCRQ)->first))
			continue;
		f->by = ROLE_INITIATOR;
		trial_also(f, "keepalive-lost");
		return trial_say(f,
				 "%s came again with a new SCCRQ%s (tunnel %llu) and this "
				 "tunnel went silent: it seems to have restarted.",
				 str_c(end_words(f->r, t, INITIATOR)),
				 str_c(time_words(f->r, &seen_of(o->seen, SCCRQ)->first)),
				 (unsigned long long)o->number);
	}
	return false;
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
	if (!f->t->stopccn.is_set && copies_of(f->t, SCCRQ) < 3 && !waited_for(f, SCCRQ))
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
	{peer_silent, "peer-silent", CONFIDENCE_LIKELY, true},
	{judge_secret_wrong, "tunnel-secret-wrong", CONFIDENCE_CERTAIN, false},
	{judge_secret_missing, "tunnel-secret-missing", CONFIDENCE_LIKELY, true},
	{judge_refused_while_challenged, "tunnel-secret-wrong", CONFIDENCE_LIKELY, true},
	{judge_secret_mentioned, "tunnel-secret-wrong", CONFIDENCE_LIKELY, false},
	{only_acknowledged, "peer-silent", CONFIDENCE_LIKELY, true},
	{reply_not_received, "reply-not-received", CONFIDENCE_LIKELY, true},
	{reply_lost, "reply-not-received", CONFIDENCE_LIKELY, false},
	{judge_forgotten, "peer-restarted", CONFIDENCE_LIKELY, false},
	{keepalive_lost, "keepalive-lost", CONFIDENCE_CERTAIN, false},
	{judge_commanded_stop, "admin-clear", CONFIDENCE_LIKELY, false},
	{judge_stopccn, NULL, CONFIDENCE_CERTAIN, false},
	{daemon_stopped, "admin-clear", CONFIDENCE_CERTAIN, false},
	{peer_restarted, "peer-restarted", CONFIDENCE_POSSIBLE, false},
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

/* ": SCCRQ was sent 4 times, first at 0.010 s, without an answer so far"; of an answer that was
 * repeated: that it has had no effect yet */
static struct str unanswered_words(const struct trial *f)
{
	uint32_t copies = copies_of(f->t, SCCRQ), replies = copies_of(f->t, SCCRP);

	if (replies > 1)
		return arena_printf(
			f->r->arena, ": SCCRP was sent %u times%s, without SCCCN so far", replies,
			str_c(moment_words(f->r, ", first", &seen_of(f->t->seen, SCCRP)->first)));
	if (copies < 2 || heard_from(f->t, RESPONDER))
		return (struct str){0};
	return arena_printf(
		f->r->arena, ": SCCRQ was sent %u times%s, without an answer so far", copies,
		str_c(moment_words(f->r, ", first", &seen_of(f->t->seen, SCCRQ)->first)));
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
			  str_c(unanswered_words(f)));
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
		t->ended = t->unanswered.is_set ? t->unanswered.last : *last_of(t);
	t->cause = f.cause;
	t->confidence = (uint8_t)f.confidence;
	t->cause_text = f.text;
	judge_auth(&f);
	t->ended_by = judged ? f.by : ROLE_UNKNOWN;
}
