/* Who is let in: tunnel secrets and host names, rows of cause_tunnel.c. */
#include "cause_secret.h"

#include "cause_stopccn.h"
#include "character.h"

bool text_about_auth(struct str text)
{
	static const char *const words[] = {"challenge", "secret",   "authentic",
					    "auth fail", "password", "hash"};
	struct text lower = text_make(text.len + 1);
	bool found = false;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		text_putc(&lower, char_lower(c));
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && !found; i++)
		found = str_find(text_str(&lower), str_of(words[i])) != SIZE_MAX;
	text_free(&lower);
	return found;
}

/* Who closes while a challenge is open: result 4 says it, 2/6 with words of it, or without any when
 * the tunnel was not up yet. Who goes on to SCCCN took the response of its peer. */
static bool closed_over_auth(const struct trial *f)
{
	const struct ending *e = &f->t->stopccn;

	if (!e->is_set || f->came_up)
		return false;
	if (e->result == 4 || text_about_auth(e->text))
		return true;
	if (e->text.len || (e->from == INITIATOR && seen_of(f->t->seen, SCCCN)->count))
		return false;
	return e->result == 2 && e->error == 6 && f->t->auth_used;
}

bool judge_secret_wrong(struct trial *f)
{
	const struct tunnel *t = f->t;
	const struct ending *e = &t->stopccn;
	const struct peer *own = &t->peer[e->from], *other = &t->peer[1 - e->from];

	if (t->auth_verified == TRUTH_FALSE && (e->is_set || !f->came_up) && !f->came_up) {
		f->by = e->is_set ? (e->from == INITIATOR ? ROLE_INITIATOR : ROLE_RESPONDER)
				  : ROLE_NETWORK;
		return trial_say(f,
				 "The tunnel secrets differ: the challenge response%s does not "
				 "fit the secret.",
				 str_c(time_words(f->r, &t->auth_wrong)));
	}
	for (int i = 0; i < 2 && !f->came_up; i++) {
		if (!t->claimed_auth_failed[i].is_set)
			continue;
		f->by = i == INITIATOR ? ROLE_INITIATOR : ROLE_RESPONDER;
		return trial_say(f, "%s says that tunnel authentication failed%s.",
				 str_c(end_words(f->r, t, i)),
				 str_c(time_words(f->r, &t->claimed_auth_failed[i])));
	}
	if (!closed_over_auth(f) || !own->challenge.len || !other->response.len)
		return false;
	f->by = e->from == INITIATOR ? ROLE_INITIATOR : ROLE_RESPONDER;
	return trial_say(f,
			 "%s refused the tunnel authentication response of its peer (StopCCN "
			 "%s)%s: the tunnel secrets differ.",
			 str_c(end_words(f->r, t, e->from)), str_c(trial_stopccn_words(f->r, e)),
			 str_c(time_words(f->r, &e->mark)));
}

/* In words of a log, whether a StopCCN follows or not. */
bool judge_stranger(struct trial *f)
{
	const struct tunnel *t = f->t;

	for (int i = 0; i < 2 && !f->came_up; i++) {
		if (!t->claimed_stranger[i].is_set)
			continue;
		f->by = i == INITIATOR ? ROLE_INITIATOR : ROLE_RESPONDER;
		return trial_say(f, "%s has no entry that lets %s in, says its log%s.",
				 str_c(end_words(f->r, t, i)), str_c(end_words(f->r, t, 1 - i)),
				 str_c(time_words(f->r, &t->claimed_stranger[i])));
	}
	return false;
}

/* In words of a log, however the tunnel then ended: who lacks it may just fall silent. */
bool judge_secret_lacking(struct trial *f)
{
	const struct tunnel *t = f->t;
	const struct ending *e = &t->stopccn;

	for (int i = 0; i < 2 && !f->came_up; i++) {
		int speaker = t->peer[i].is_text_source ? i : 1 - i;

		if (!t->claimed_no_secret[i].is_set)
			continue;
		if (speaker != i) /* who got no Response does not know why none was sent */
			f->confidence = CONFIDENCE_LIKELY;
		f->by = (e->is_set ? e->from : speaker) == INITIATOR ? ROLE_INITIATOR
								     : ROLE_RESPONDER;
		return trial_say(f, "%s has no tunnel secret for its peer, says %s%s.",
				 str_c(end_words(f->r, t, i)),
				 speaker == i ? "its log" : "the other end's log",
				 str_c(time_words(f->r, &t->claimed_no_secret[i])));
	}
	return false;
}

/* StopCCN 4 is all the answer to an SCCRQ with a Challenge: most routers challenge, and most that
 * answer so do not know the host. */
static bool refused_at_once(struct trial *f)
{
	const struct ending *e = &f->t->stopccn;

	f->cause = "not-authorized";
	f->by = e->from == INITIATOR ? ROLE_INITIATOR : ROLE_RESPONDER;
	trial_also(f, "tunnel-secret-missing");
	return trial_say(f, "%s does not let the peer in: StopCCN %s%s is its answer to the SCCRQ.",
			 str_c(end_words(f->r, f->t, e->from)), str_c(trial_stopccn_words(f->r, e)),
			 str_c(time_words(f->r, &e->mark)));
}

bool judge_secret_missing(struct trial *f)
{
	const struct tunnel *t = f->t;
	const struct ending *e = &t->stopccn;

	if (!closed_over_auth(f) || (!t->was_there && !tunnel_opening_seen(t)))
		return false;
	for (int i = 0; i < 2; i++) {
		const struct peer *asked = &t->peer[1 - i];

		if (!t->peer[i].challenge.len || asked->response.len)
			continue;
		if (text_about_auth(e->text))
			f->confidence = CONFIDENCE_CERTAIN;
		else if (i == INITIATOR && e->result == 4 && !seen_of(t->seen, SCCRP)->count)
			return refused_at_once(f);
		f->by = e->from == INITIATOR ? ROLE_INITIATOR : ROLE_RESPONDER;
		return trial_say(f,
				 "%s was challenged and never answered; the tunnel was closed "
				 "with StopCCN %s%s: it has no tunnel secret for this peer.",
				 str_c(end_words(f->r, t, 1 - i)),
				 str_c(trial_stopccn_words(f->r, e)),
				 str_c(time_words(f->r, &e->mark)));
	}
	return false;
}

/* A log speaks of a challenge and prints no octet of it, nor what came of it but StopCCN 4. */
bool judge_refused_while_challenged(struct trial *f)
{
	const struct tunnel *t = f->t;
	const struct ending *e = &t->stopccn;

	if (!closed_over_auth(f) || e->result != 4 || !t->auth_used || t->peer[0].challenge.len ||
	    t->peer[1].challenge.len || !seen_of(t->seen, SCCRP)->count)
		return false;
	f->by = e->from == INITIATOR ? ROLE_INITIATOR : ROLE_RESPONDER;
	trial_also(f, "not-authorized");
	return trial_say(f,
			 "%s closed the tunnel while its ends authenticated each other (StopCCN "
			 "%s)%s: most likely their tunnel secrets differ.",
			 str_c(end_words(f->r, t, e->from)), str_c(trial_stopccn_words(f->r, e)),
			 str_c(time_words(f->r, &e->mark)));
}

bool judge_secret_mentioned(struct trial *f)
{
	const struct ending *e = &f->t->stopccn;

	if (!closed_over_auth(f) || !text_about_auth(e->text))
		return false;
	if (str_find(e->text, STR("No secret")) != SIZE_MAX)
		f->cause = "tunnel-secret-missing";
	else
		trial_also(f, "tunnel-secret-missing");
	f->by = e->from == INITIATOR ? ROLE_INITIATOR : ROLE_RESPONDER;
	return trial_say(f, "%s closed the tunnel over authentication (StopCCN %s)%s.",
			 str_c(end_words(f->r, f->t, e->from)), str_c(trial_stopccn_words(f->r, e)),
			 str_c(time_words(f->r, &e->mark)));
}

static uint32_t copies_of_message(const struct tunnel *t, unsigned message)
{
	return seen_of(t->seen, message)->count + seen_of(t->seen, message)->repeats;
}

/* The initiator repeats its SCCCN, the responder its SCCRP, and acknowledges nothing but the SCCRQ:
 * only one of them takes the tunnel for open. */
bool scccn_is_never_taken(const struct tunnel *t)
{
	const struct seen *reply = seen_of(t->seen, SCCRP), *last = seen_of(t->seen, SCCCN);
	const struct channel *way = &t->way[INITIATOR];

	return t->version != 1 && last->repeats >= 2 && reply->repeats >= 2 && !t->was_there &&
	       !t->is_holey && way->has_acked && way->acked == 1 &&
	       moment_comparable(mark_when(seen_last(reply)), mark_when(&last->first)) &&
	       moment_minus(mark_when(seen_last(reply)), mark_when(&last->first)) > 0;
}

bool say_scccn_never_taken(struct trial *f)
{
	const struct tunnel *t = f->t;
	bool is_proof = t->peer[INITIATOR].response.len > 0;

	f->by = ROLE_NETWORK;
	f->confidence = CONFIDENCE_POSSIBLE;
	if (is_proof)
		trial_also(f, "tunnel-secret-wrong");
	return trial_say(
		f,
		"%s never took the SCCCN of %s: it was sent %u times%s, and the SCCRP came "
		"%u times all the while. It gets lost on the way%s.",
		str_c(end_words(f->r, t, RESPONDER)), str_c(end_words(f->r, t, INITIATOR)),
		copies_of_message(t, SCCCN),
		str_c(moment_words(f->r, ", first", &seen_of(t->seen, SCCCN)->first)),
		copies_of_message(t, SCCRP),
		is_proof ? ", or is dropped in silence because its Challenge Response does "
			   "not fit: compare the tunnel secrets"
			 : ", or is dropped in silence");
}
