/* What RADIUS beside a call says of its end: rows of cause_call.c. */
#include "cause_ppp.h"
#include "radius.h"
#include "radius_join.h"

/* Who asked again and then ended the call has waited for as long as it does; a client has not, nor
 * does a mirror that records a request twice. */
static bool is_given_up(const struct trial *f, const struct radius_exchange *x)
{
	static const double AGAIN_S = 1; /* RFC 5080 2.2.1: after 2 s at first */
	double gap;

	return x->copies > 1 && f->end && f->by != ROLE_CLIENT &&
	       mark_gap(f->r, &x->asked, &x->last, &gap) && gap >= AGAIN_S &&
	       mark_before(f->r, &x->last, f->end);
}

bool judge_radius_silent(struct trial *f)
{
	const struct radius_exchange *x = f->c->radius;

	if (!x || x->answer || f->came_up ||
	    (!is_given_up(f, x) &&
	     mark_watched(f->r, &x->last) < threshold(f->r->thresholds, THRESHOLD_WAIT_DISCOVERY)))
		return false;
	f->by = f->end ? trial_first_mover(f) : ROLE_NETWORK;
	/* who asks again was not answered; of one request the recording may miss the answer */
	if (x->copies < 2)
		f->confidence = CONFIDENCE_LIKELY;
	return trial_say(f,
			 "The RADIUS server never answered the Access-Request for %.*s (%u sent, "
			 "the first%s)%s.",
			 STR_ARG(x->user), x->copies, str_c(time_words(f->r, &x->asked)),
			 str_c(trial_ending_words(f)));
}

bool judge_radius_rejected(struct trial *f)
{
	enum { ACCESS_REJECT = 3 };
	const struct radius_exchange *x = f->c->radius;

	if (!x || x->answer != ACCESS_REJECT || f->came_up)
		return false;
	f->by = ROLE_LNS;
	if (cause_of_phrase(x->message))
		f->cause = cause_of_phrase(x->message);
	return trial_say(f, "The RADIUS server rejected %.*s%s%s%s.", STR_ARG(x->user),
			 str_c(time_words(f->r, &x->answered)),
			 str_c(quote_words(f->r, x->message)), str_c(trial_ending_words(f)));
}

/* RFC 5176 3: somebody had the call disconnected, and its end said yes. */
static bool was_disconnected(struct trial *f, const struct radius_exchange *x)
{
	static const double AT_ONCE_S = 10;
	struct text from = text_make(64);
	double gap;

	if (!mark_gap(f->r, &x->asked, f->end, &gap) || gap < 0 || gap > AT_ONCE_S) {
		text_free(&from);
		return false;
	}
	f->cause = "admin-clear";
	address_print(&from, &x->client);
	trial_say(f, "%.*s had it disconnected by RADIUS: Disconnect-Request%s%s.",
		  STR_ARG(text_str(&from)), str_c(time_words(f->r, &x->asked)),
		  str_c(trial_ending_words(f)));
	text_free(&from);
	return true;
}

/* RFC 2866 5.10, where it tells more than the packets of L2TP and PPP do. */
static bool was_accounted(struct trial *f, const struct radius_exchange *x)
{
	enum { TERMINATE_CAUSE = 49 };
	static const struct {
		uint8_t number;
		const char *cause;
	} rows[] = {
		{4, "idle-timeout"}, {5, "session-timeout"}, {6, "admin-clear"},
		{7, "admin-clear"},  {11, "admin-clear"},
	};
	const char *name = radius_value_name(TERMINATE_CAUSE, x->terminate_cause);

	f->cause = NULL;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].number == x->terminate_cause)
			f->cause = rows[i].cause;
	return f->cause && trial_say(f, "%s: Acct-Terminate-Cause %u (%s) in its accounting%s.",
				     str_c(trial_meaning(f)), x->terminate_cause, name ? name : "",
				     str_c(time_words(f->r, &x->asked)));
}

/* RFC 2865 5.27: it was allowed so long, and ended when that was over. */
bool judge_allowed_by_radius(struct trial *f)
{
	enum { ACCESS_ACCEPT = 2 };
	static const double ABOUT_S = 5; /* from when a router counts differs */
	const struct radius_exchange *x = f->c->radius;
	double lasted;

	if (!x || x->answer != ACCESS_ACCEPT || !x->most_s || !f->came_up || !f->end ||
	    f->by != ROLE_LNS || !mark_gap(f->r, &f->c->connected, f->end, &lasted) ||
	    lasted < x->most_s - ABOUT_S || lasted > x->most_s + ABOUT_S)
		return false;
	trial_also(f, "lns-hangup");
	return trial_say(
		f, "%s: the Access-Accept%s has Session-Timeout %u, and the call lasted %.0f s%s.",
		str_c(trial_meaning(f)), str_c(time_words(f->r, &x->answered)), x->most_s, lasted,
		str_c(trial_ending_words(f)));
}

bool judge_closed_by_radius(struct trial *f)
{
	const struct radius_exchange *x = f->c->radius_end;

	if (!x || !f->came_up || !f->end || (f->by != ROLE_LNS && f->by != ROLE_LAC))
		return false;
	return x->code == RADIUS_DISCONNECT_REQUEST ? was_disconnected(f, x) : was_accounted(f, x);
}
