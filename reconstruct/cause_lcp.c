/* LCP that is not answered, at first or when it begins anew: rows of cause_call.c. */
#include "cause_ppp.h"
#include "cause_unseen.h"

bool trial_lcp_is_open(const struct trial *f)
{
	const struct ppp_link *p = trial_link(f);

	return link_cp(p, CP_LCP)->opened.is_set || p->proxy_accepted == TRUTH_TRUE;
}

/* Both ends asked, and nothing that one of them sent had an answer: it does not arrive, as what it
 * sent to answer the other may not. */
static bool judge_lcp_one_way(struct trial *f)
{
	const struct cp *lcp = link_cp(trial_link(f), CP_LCP);

	for (int i = 0; i < 2; i++) {
		const struct cp_side *asker = &lcp->side[i], *silent = &lcp->side[1 - i];
		unsigned sent = (unsigned)asker->requests + asker->request_repeats;

		if ((sent < 3 && !(sent && trial_lcp_timed_out(f))) || !silent->requests ||
		    silent->acks + silent->naks + silent->rejects)
			continue;
		f->by = f->end ? trial_first_mover(f) : ROLE_NETWORK;
		trial_also(f, "lcp-no-agreement");
		return trial_say(
			f,
			"%s sent %u LCP Configure-Requests%s; %s asked for LCP itself and "
			"answered none of them%s.",
			str_c(trial_side_words(f, i)), sent,
			str_c(moment_words(f->r, ", the first", side_first_request(asker))),
			str_c(trial_side_words(f, 1 - i)), str_c(trial_ending_words(f)));
	}
	return false;
}

/* An end that never sent a Configure-Request of its own, whatever it acknowledged. */
bool judge_lcp_no_answer(struct trial *f)
{
	const struct cp *lcp = link_cp(trial_link(f), CP_LCP);

	if (f->came_up || !trial_given_up(f) || trial_lcp_is_open(f))
		return false;
	/* pppd without its debug */
	if (trial_lcp_timed_out(f) && !lcp->side[0].requests && !lcp->side[1].requests) {
		/* packets may stand before where the log begins */
		bool is_late = f->s->was_there;

		f->by = f->end ? trial_first_mover(f) : ROLE_NETWORK;
		f->confidence = is_late ? CONFIDENCE_POSSIBLE : f->confidence;
		trial_also(f, "lcp-no-agreement");
		return trial_say(f, "The pppd asked for LCP until it gave up; %s%s.",
				 is_late ? "the log begins too late to show whether an answer came"
					 : "its log prints no packet of the other end (pppd's "
					   "option debug would tell whether one came)",
				 str_c(trial_ending_words(f)));
	}
	for (int i = 0; i < 2; i++) {
		const struct cp_side *asker = &lcp->side[i], *silent = &lcp->side[1 - i];
		unsigned sent = (unsigned)asker->requests + asker->request_repeats;

		/* what it was answered it has sent, seen or not */
		if ((sent < 2 && !(sent && trial_lcp_timed_out(f))) || silent->requests ||
		    asker->acks + asker->naks + asker->rejects)
			continue;
		/* of a call that was there before, the answers may have gone unseen */
		if (f->s->was_there && !(silent->acks + silent->naks + silent->rejects))
			continue;
		/* the other direction is recorded, too */
		f->is_insisted = sent >= INSISTS && silent->acks + silent->naks + silent->rejects;
		f->by = f->end ? trial_first_mover(f) : ROLE_NETWORK;
		trial_also(f, "lcp-no-agreement");
		return trial_say(
			f, "%s sent %u LCP Configure-Request%s%s; %s %s%s.",
			str_c(trial_side_words(f, i)), sent, sent == 1 ? "" : "s",
			str_c(sent == 1 ? time_words(f->r, side_first_request(asker))
					: moment_words(f->r, ", the first",
						       side_first_request(asker))),
			str_c(trial_side_words(f, 1 - i)),
			silent->acks + silent->naks + silent->rejects
				? "answered them but never sent its own, so LCP never opened"
				: "never answered",
			str_c(trial_ending_words(f)));
	}
	return judge_lcp_one_way(f);
}

/* It asked again and again since then, and the other end neither agreed, refused nor asked. */
static bool asks_anew_in_vain(const struct trial *f, const struct cp *lcp, int side,
			      const struct mark *since)
{
	static const double AGAIN_S = 5; /* RFC 1661 4.6: every 3 s */
	const struct cp_side *asker = &lcp->side[side], *silent = &lcp->side[1 - side];
	double gap;

	return !asker->acked.is_set && mark_before(f->r, &silent->last_request, since) &&
	       !mark_before(f->r, since, &side_refusal(silent)->mark) &&
	       mark_gap(f->r, since, &asker->last_request, &gap) && gap >= AGAIN_S;
}

/* An end that restarts without hanging up begins LCP anew (RFC 1661 4.3: Opened, RCR), and the
 * other one, which still takes the link for open, should follow. */
bool judge_renegotiation_unanswered(struct trial *f)
{
	const struct cp *lcp = link_cp(trial_link(f), CP_LCP);
	const struct mark *since = &link_rare(trial_link(f))->renegotiated;

	if (!f->came_up || !f->end || !since->is_set || mark_before(f->r, since, &f->c->connected))
		return false;
	for (int i = 0; i < 2; i++) {
		if (f->by == trial_side_role(f, 1 - i) || !asks_anew_in_vain(f, lcp, i, since))
			continue;
		f->is_insisted = true; /* until then both directions were seen */
		return trial_say(
			f,
			"%s began LCP anew%s, as after a restart, and asked again and again; "
			"%s never answered%s.",
			str_c(trial_side_words(f, i)), str_c(time_words(f->r, since)),
			str_c(trial_side_words(f, 1 - i)), str_c(trial_ending_words(f)));
	}
	return false;
}
