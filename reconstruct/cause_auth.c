#include "auth_link.h"
#include "cause_ppp.h"
#include "cause_unseen.h"
#include "radius_join.h"

/* "; its log says why ("Username dora not found")"; empty when it said nothing. */
static struct str why_words(struct trial *f, const char *who, struct str said)
{
	if (!said.len)
		return said;
	return arena_printf(f->r->arena, "; %s says why%s", who, str_c(quote_words(f->r, said)));
}

/* "; RADIUS says why ("Account suspended")", where the end that rejects does not pass it on. */
static struct str reply_words(struct trial *f, const struct auth *a)
{
	enum { ACCESS_REJECT = 3 };
	const struct radius_exchange *x = f->c->radius;

	if (radius_accepted(f->c, a))
		return STR("; RADIUS had accepted him");
	if (!x || x->answer != ACCESS_REJECT || !x->message.len)
		return why_words(f, "its log", link_rare(trial_link(f))->judged);
	if (str_find(a->message, x->message) != SIZE_MAX)
		return (struct str){0};
	return why_words(f, "RADIUS", x->message);
}

/* "; meanwhile 3 requests for a tunnel were not answered": a LAC that gets no tunnel for its PPPoE
 * client has to reject him, whatever his password is. */
static struct str no_tunnel_words(struct trial *f, const struct auth *a)
{
	enum { LOOK = 4096 }; /* at tunnels: of a carrier there are many */
	static const double WAITED_S = 3;
	double gap;
	unsigned n = 0, looked = 0;

	if (f->t->carrier != CARRIER_PPPOE || a->message.len ||
	    !mark_gap(f->r, &a->responded, &a->decided, &gap) || gap < WAITED_S)
		return (struct str){0};
	for (const struct tunnel *t = f->r->tunnels; t && looked < LOOK;
	     t = tunnel_after(f->r, t), looked++) {
		const struct mark *asked = &seen_of(t->seen, SCCRQ)->first;

		n += t->vantage == f->t->vantage && t->outcome == OUTCOME_FAILED &&
		     mark_before(f->r, &a->responded, asked) &&
		     mark_before(f->r, asked, &a->decided);
	}
	if (!n)
		return (struct str){0};
	f->confidence = CONFIDENCE_POSSIBLE;
	trial_also(f, "peer-silent");
	return arena_printf(f->r->arena,
			    "; in the %.0f s since his response %u request%s for a tunnel failed, "
			    "which may be why",
			    gap, n, n == 1 ? "" : "s");
}

/* Another server may have judged after all, and its answer, where RADIUS is printed, would be
 * there. */
bool judge_auth_unjudged(struct trial *f)
{
	const struct link_rare *rare = link_rare(trial_link(f));
	const struct auth *a = link_auth(trial_link(f), CLIENT);

	if (!rare->aaa_silent.len || a->result != RESULT_FAILURE || (f->came_up && !f->end) ||
	    (f->c->radius && f->c->radius->answer))
		return false;
	f->by = a->by_lac && !a->by_lns ? ROLE_LAC : ROLE_LNS;
	trial_also(f, "auth-rejected");
	return trial_say(f,
			 "%s refused %.*s%s%s, and its log says, while the response was judged, "
			 "that the AAA server did not answer%s.",
			 str_c(side_words(f, f->by)), STR_ARG(a->peer_name),
			 str_c(time_words(f->r, &a->decided)), str_c(quote_words(f->r, a->message)),
			 str_c(quote_words(f->r, rare->aaa_silent)));
}

/* "type 52", or its name. */
static struct str eap_name(struct trial *f, uint8_t type)
{
	const char *name = code_name(CODE_EAP_TYPE, type);

	return name ? str_of(name) : arena_printf(f->r->arena, "type %u", type);
}

/* The end that asks has no method that its peer takes, and can only say Failure: nobody looked at a
 * password. */
static bool say_eap_refused(struct trial *f, const struct auth *a, int side)
{
	f->cause = "auth-method-refused";
	return trial_say(f,
			 "%s asked for authentication by %s, which %s refused (it wants %s%.*s), "
			 "and rejected the "
			 "authentication%s.",
			 str_c(side_words(f, f->by)), str_c(eap_name(f, a->eap_asked)),
			 str_c(trial_side_words(f, side)), a->eap_wanted ? "" : "no other method",
			 STR_ARG(a->eap_wanted ? eap_name(f, a->eap_wanted) : STR("")),
			 str_c(time_words(f->r, &a->decided)));
}

bool judge_auth_rejected(struct trial *f)
{
	struct ppp_link *p = trial_link(f);

	for (size_t i = 0; i < 2; i++) {
		const struct auth *a = link_auth(p, i);
		struct str who = a->peer_name;

		if (a->result != RESULT_FAILURE || (f->came_up && !f->end))
			continue;
		if (!who.len && i == CLIENT)
			who = session_user(f->s);
		f->by = i == CLIENT ? (a->by_lac && !a->by_lns ? ROLE_LAC : ROLE_LNS) : ROLE_CLIENT;
		f->cause = "auth-rejected";
		if (a->protocol == PPP_EAP && a->eap_refused)
			return say_eap_refused(f, a, (int)i);
		return trial_say(f, "%s rejected the authentication of %s%.*s%s%s%s%s%s.",
				 str_c(side_words(f, f->by)), who.len ? "" : "its peer",
				 STR_ARG(who), str_c(time_words(f->r, &a->decided)),
				 str_c(quote_words(f->r, a->message)), str_c(reply_words(f, a)),
				 str_c(no_tunnel_words(f, a)),
				 a->verified == TRUTH_FALSE  ? ", and the response indeed does not "
							       "fit the given password"
				 : a->verified == TRUTH_TRUE ? ", although the response fits the "
							       "given password"
							     : "");
	}
	return false;
}

/* "the LNS asked for authentication by PAP and the client wanted CHAP MD5", as far as it is known
 */
static struct str refusal_words(struct trial *f)
{
	const struct link_rare *rare = link_rare(trial_link(f));
	int asker = trial_link(f)->auth_asker;

	return arena_printf(f->r->arena, "%s asked for authentication%s%.*s and %s %s%.*s",
			    str_c(trial_side_words(f, asker)), rare->auth_asked.len ? " by " : "",
			    STR_ARG(rare->auth_asked), str_c(trial_side_words(f, 1 - asker)),
			    rare->auth_wanted.len ? "wanted " : "refused every method",
			    STR_ARG(rare->auth_wanted));
}

bool judge_auth_method_refused(struct trial *f)
{
	const struct mark *m = &link_rare(trial_link(f))->auth_method_refused;

	if (!m->is_set || f->came_up || !trial_given_up(f) ||
	    link_auth(trial_link(f), CLIENT)->response.len)
		return false;
	if (link_auth(trial_link(f), CLIENT)->responses || link_auth(trial_link(f), LNS)->responses)
		return false;
	f->by = trial_first_mover(f);
	return trial_say(f, "%s%s%s.", str_c(refusal_words(f)),
			 str_c(moment_words(f->r, ", first", m)), str_c(trial_ending_words(f)));
}

/* An input that begins behind LCP does not show whether the call had been up. That an
 * authentication is the first of its link is told by LCP's last acknowledgement before it, and in a
 * log, where whatever an open link says would stand before it, by nothing that stands there: an
 * echo counts from the opening of LCP on, too. */
bool trial_is_first_auth(const struct trial *f)
{
	static const double AT_ONCE_S = 3;
	struct ppp_link *p = trial_link(f);
	const struct cp *lcp = link_cp(p, CP_LCP);
	const struct auth *a =
		link_auth(p, CLIENT)->first.is_set ? link_auth(p, CLIENT) : link_auth(p, LNS);
	double gap;

	if (f->came_up || !a->first.is_set || trial_ncp_spoken(f) ||
	    strcmp(f->cause, "auth-rejected") != 0)
		return false;
	for (int i = 0; i < 2; i++)
		if ((lcp->side[i].acked.is_set || side_claim(&lcp->side[i])->open.is_set) &&
		    !mark_before(f->r, &a->first, &lcp->side[i].acked))
			return true;
	if (!mark_line(&f->s->first))
		return false;
	if (!mark_before(f->r, &p->first, &a->first))
		return true;
	return mark_gap(f->r, &p->first, &a->first, &gap) && gap < AT_ONCE_S;
}

/* Of a link that joins a bundle nothing follows its authentication (RFC 1990 2): who asked once
 * may have had its answer. */
static bool may_have_joined(const struct ppp_link *p, const struct auth *a)
{
	enum { MRRU = 17 };
	const struct cp_side *client = &link_cp(p, CP_LCP)->side[CLIENT];

	return a->responses == 1 && kept_has(client->options, MRRU);
}

/* Nobody gives up so soon: in a capture, what ends a call within a second of a response is a
 * decision on it, seen or not, and what ends it within a second of a challenge is something else.
 */
static bool ended_at_once(const struct trial *f, const struct mark *sent)
{
	static const double AT_ONCE_S = 1;
	double gap;

	return f->end && !mark_line(sent) && mark_gap(f->r, sent, f->end, &gap) && gap >= 0 &&
	       gap < AT_ONCE_S;
}

/* By who asked for it: `side` is whose authentication it is. */
static bool say_undecided(struct trial *f, const struct auth *a, size_t side)
{
	enum role judge = trial_side_role(f, 1 - (int)side);

	/* words of its own, known or not, say more than a guess does */
	if (f->by == ROLE_UNKNOWN || f->by != judge ||
	    (f->end == &f->c->cdn.mark && f->c->cdn.text.len))
		return false;
	f->cause = "auth-rejected";
	f->confidence = CONFIDENCE_POSSIBLE;
	trial_also(f, "auth-no-answer");
	return trial_say(f,
			 "%s ended the call right after the %s of %.*s%s, and the recording shows "
			 "neither success nor failure: it rejected it, or had another reason%s.",
			 str_c(trial_side_words(f, 1 - (int)side)),
			 a->protocol == PPP_PAP ? "PAP request" : "response", STR_ARG(a->peer_name),
			 str_c(time_words(f->r, &a->responded)), str_c(trial_ending_words(f)));
}

/* What that end sent is in the recording, not only the other direction. */
static bool is_recorded(const struct trial *f, size_t side)
{
	const struct cp_side *lcp = &link_cp(trial_link(f), CP_LCP)->side[side];

	return lcp->requests + lcp->acks + lcp->naks + lcp->rejects > 0;
}

static bool say_unanswered(struct trial *f, const struct auth *a, size_t side, unsigned asked)
{
	struct str asker = a->authenticator_name.len ? a->authenticator_name
						     : trial_side_words(f, 1 - (int)side);

	return trial_say(f, "The %s of %.*s (%u sent%s) was never answered%s.",
			 a->protocol == PPP_EAP ? "EAP request" : "challenge", STR_ARG(asker),
			 asked, str_c(moment_words(f->r, ", the last", &a->challenged)),
			 str_c(trial_ending_words(f)));
}

/* RFC 1994 2: an end may be asked again who it is while the call is up. Who does not answer is no
 * longer there, or does not hear it, and the end that asks closes the link. */
bool judge_reauth_no_answer(struct trial *f)
{
	static const double SOON_AFTER_S = 60;
	struct ppp_link *p = trial_link(f);
	double gap;

	for (int i = 0; i < 2 && f->came_up; i++) {
		const struct auth *a = link_auth(p, (size_t)i);

		if (a->protocol == PPP_PAP || a->unanswered < INSISTS || !f->end ||
		    mark_before(f->r, &a->challenged, &f->c->connected) ||
		    f->by != trial_side_role(f, 1 - i) ||
		    !mark_gap(f->r, &a->challenged, f->end, &gap) || gap < 0 || gap > SOON_AFTER_S)
			continue;
		f->is_insisted = true;
		f->since = &a->challenged;
		return say_unanswered(f, a, (size_t)i, a->unanswered);
	}
	return false;
}

/* "; the log says why ("RADIUS timeout.")" */
static struct str server_words(struct trial *f)
{
	struct str said = link_rare(trial_link(f))->disconnect_reason;
	const char *cause = cause_of_phrase(said);

	if (!cause || strcmp(cause, "aaa-unreachable") != 0)
		return (struct str){0};
	return why_words(f, "the log", said);
}

bool judge_auth_no_answer(struct trial *f)
{
	struct ppp_link *p = trial_link(f);

	for (size_t i = 0; i < 2; i++) {
		const struct auth *a = link_auth(p, i);
		unsigned eap = auth_unanswered(a), asked = eap ? eap : a->challenges;
		bool sent = a->responded.is_set && a->responses && !eap;

		if (f->came_up || !a->protocol || a->result != RESULT_UNKNOWN ||
		    !trial_given_up(f) || trial_ncp_spoken(f) || (!sent && !a->challenged.is_set) ||
		    (trial_began_before_log(f) && !a->challenged.is_set))
			continue;
		/* the LAC only collects the response; the LNS judges it, out of the LAC's sight */
		if (a->by_lac && !a->by_lns)
			continue;
		if (may_have_joined(p, a))
			continue;
		f->by = f->end ? trial_first_mover(f) : ROLE_NETWORK;
		f->is_insisted = a->protocol == PPP_PAP ? a->responses >= INSISTS
							: !sent && asked >= INSISTS;
		if (!f->is_insisted && ended_at_once(f, sent ? &a->responded : &a->challenged)) {
			if (sent && say_undecided(f, a, i))
				return true;
			continue;
		}
		if (is_recorded(f, sent ? 1 - i : i))
			f->since = sent ? &a->responded : &a->challenged;
		if (sent) {
			if (!trial_lost_between(f, PART_AUTH)) /* the authenticator never had it */
				trial_also(f, "aaa-unreachable");
			return trial_say(f,
					 "The %s of %.*s (%u sent%s) was never "
					 "answered with success or failure%s%s.",
					 a->protocol == PPP_PAP ? "PAP request" : "response",
					 STR_ARG(a->peer_name), a->responses,
					 str_c(moment_words(f->r, ", the last", &a->responded)),
					 str_c(trial_ending_words(f)), str_c(server_words(f)));
		}
		return say_unanswered(f, a, i, asked);
	}
	return false;
}
