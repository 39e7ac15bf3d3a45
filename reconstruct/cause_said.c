/* What logs say in words of why PPP was disconnected: rows of cause_call.c. */
#include "cause_path.h"
#include "cause_ppp.h"

/* Another end says it some while after the call was ended: it noticed, and did not hear why. */
static bool is_said_too_late(const struct trial *f)
{
	static const double LATE_S = 3;
	const struct mark *said = &link_rare(trial_link(f))->disconnect_said;
	double gap;

	return f->end && said->is_set && said->vantage != f->end->vantage &&
	       mark_gap(f->r, f->end, said, &gap) && gap > LATE_S;
}

/* The client sent its response and heard nothing more by PPP, not even a Terminate-Request:
 * judge_auth_no_answer() says so, and what the log knows of it. */
static bool is_left_unanswered(const struct trial *f)
{
	const struct auth *a = link_auth(trial_link(f), CLIENT);

	return a->responses > 0 && a->result == RESULT_UNKNOWN && f->terminator < 0;
}

/* A log that is cut right behind `No response to 4 echo-requests`: who says so takes the call down.
 */
static bool says_it_ends(const struct trial *f)
{
	static const double SOON_S = 10; /* its own Terminate-Requests follow */
	const struct mark *said = &link_rare(trial_link(f))->disconnect_said;
	double gap;

	return said->is_set && cause_is_decision(f->cause) &&
	       (!mark_before(f->r, said, &f->s->ppp.last) ||
		(mark_gap(f->r, said, &f->s->ppp.last, &gap) && gap <= SOON_S));
}

bool judge_said_phrase(struct trial *f)
{
	struct str text = link_rare(trial_link(f))->disconnect_reason;

	if (is_said_too_late(f))
		return false;
	f->cause = cause_of_phrase(text);
	if (!f->cause || (!f->end && !trial_line_gone(f) && !says_it_ends(f)) ||
	    trial_is_told_better(f))
		return false;
	if (strcmp(f->cause, "aaa-unreachable") == 0 && (f->came_up || is_left_unanswered(f)))
		return false; /* a server that was silent before another one answered, or the
				 client's view */
	if (cause_is_guess(text))
		f->confidence = CONFIDENCE_LIKELY;
	return trial_say(f, "The log says why PPP was disconnected%s%s.",
			 str_c(quote_words(f->r, text)), str_c(trial_ending_words(f)));
}

bool trial_lcp_timed_out(const struct trial *f)
{
	return link_rare(trial_link(f))->lcp_timed_out;
}

bool judge_said_aaa(struct trial *f)
{
	struct str text = link_rare(trial_link(f))->disconnect_reason;
	const char *cause = cause_of_phrase(text);

	if (!cause || strcmp(cause, "aaa-unreachable") != 0)
		return false;
	if (f->end || f->came_up || link_auth(trial_link(f), CLIENT)->result != RESULT_FAILURE)
		return judge_said_phrase(f);
	f->cause = cause; /* refused, and the log ends before the call does */
	f->by = ROLE_LNS;
	return trial_say(f, "The router says why it refused the client%s.",
			 str_c(quote_words(f->r, text)));
}
