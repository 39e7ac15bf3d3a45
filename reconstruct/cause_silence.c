#include "cause_silence.h"

#include "cause_secret.h"
#include "cause_unseen.h"
#include "observer.h"

/* A message and its five repeats: then its sender gives up (RFC 2661 5.8). Before that the next
 * copy may be answered. */
enum { FULL_CYCLE = 6 };

const struct mark *tunnel_last(const struct tunnel *t)
{
	return t->last.is_set ? &t->last : &t->first;
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

uint32_t tunnel_copies(const struct tunnel *t, unsigned message)
{
	return seen_of(t->seen, message)->count + seen_of(t->seen, message)->repeats;
}

bool trial_waited_for(const struct trial *f, unsigned message)
{
	return mark_watched(f->r, seen_last(seen_of(f->t->seen, message))) >=
	       threshold(f->r->thresholds, THRESHOLD_WAIT_CONTROL);
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

	return t->stopccn.is_set && t->stopccn.from == INITIATOR && tunnel_copies(t, SCCRQ) == 1 &&
	       !t->unanswered.is_given_up &&
	       mark_gap(f->r, &seen_of(t->seen, SCCRQ)->first, &t->stopccn.mark, &gap) &&
	       gap < SOON_S;
}

bool judge_peer_silent(struct trial *f)
{
	const struct tunnel *t = f->t;
	uint32_t copies = tunnel_copies(t, SCCRQ);

	bool is_given_up = t->unanswered.is_given_up && t->unanswered.message == SCCRQ;

	if (f->came_up || seen_of(t->seen, SCCRP)->count || heard_from(t, RESPONDER) ||
	    (!copies && !is_given_up))
		return false;
	if (copies < FULL_CYCLE && !t->stopccn.is_set && !is_given_up &&
	    !trial_waited_for(f, SCCRQ) && !is_last_word(t))
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

bool judge_only_acknowledged(struct trial *f)
{
	const struct tunnel *t = f->t;

	if (f->came_up || !seen_of(t->seen, SCCRQ)->count || seen_of(t->seen, SCCRP)->count)
		return false;
	if (t->stopccn.is_set && t->stopccn.from == RESPONDER)
		return false;
	if (!t->stopccn.is_set && !trial_waited_for(f, SCCRQ))
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

bool judge_reply_not_received(struct trial *f)
{
	const struct tunnel *t = f->t;
	uint32_t copies = tunnel_copies(t, SCCRP);
	bool is_told = t->unanswered.is_given_up && t->unanswered.message == SCCRP;
	bool given_up = is_told || (t->stopccn.is_set && seen_of(t->seen, SCCRP)->repeats);

	if (f->came_up || (!seen_of(t->seen, SCCRP)->count && !is_told))
		return false;
	if (scccn_is_never_taken(t))
		return say_scccn_never_taken(f);
	if (t->stopccn.is_set && !given_up)
		return false;
	if (!given_up && copies < FULL_CYCLE && !trial_waited_for(f, SCCRP) && !asked_again(f))
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
bool judge_reply_lost(struct trial *f)
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

bool judge_keepalive_lost(struct trial *f)
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

struct str trial_unanswered_words(const struct trial *f)
{
	uint32_t copies = tunnel_copies(f->t, SCCRQ), replies = tunnel_copies(f->t, SCCRP);

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

static const struct mark *initiator_last(const struct tunnel *t)
{
	return t->heard[INITIATOR].is_set ? &t->heard[INITIATOR] : tunnel_last(t);
}

bool judge_peer_restarted(struct trial *f)
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
