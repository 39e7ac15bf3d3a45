/* An end that will not do without encryption (RFC 1968 ECP, RFC 3078 MPPE). */
#include "cause_ppp.h"

enum { CCP_OPTION_MPPE = 18 };

/* It sent data in clear. */
static bool went_on_without(const struct trial *f, int side)
{
	return f->s->counters.data_packets[side == CLIENT ? 0 : 1] > 0;
}

/* When its peer refused what `side` asked for to encrypt the link with; NULL: it did not. */
static const struct mark *mppe_refused(const struct trial *f, int side)
{
	const struct cp *ccp = link_cp(trial_link(f), CP_CCP);
	const struct cp_side *asker = &ccp->side[side], *refuser = &ccp->side[1 - side];
	const struct mark *refused;

	if (!kept_has(asker->options, CCP_OPTION_MPPE) || asker->acked.is_set)
		return NULL;
	refused =
		mark_earlier(f->r, &side_claim(refuser)->rejected, &side_ending(refuser)->request);
	if (!refused && side_refusal(refuser)->is_reject &&
	    kept_has(side_refusal(refuser)->options, CCP_OPTION_MPPE))
		refused = &side_refusal(refuser)->mark;
	return refused;
}

/* Nothing but encryption is negotiated in it: who rejects an option refuses all there is. */
static const struct mark *ecp_refused(const struct trial *f, int side)
{
	const struct cp *ecp = link_cp(trial_link(f), CP_OTHER);
	const struct cp_side *asker = &ecp->side[side], *refuser = &ecp->side[1 - side];
	const struct mark *refused;

	if (ecp->protocol != PPP_ECP || !asker->requests || asker->acked.is_set)
		return NULL;
	refused =
		mark_earlier(f->r, &side_claim(refuser)->rejected, &side_ending(refuser)->request);
	return !refused && side_refusal(refuser)->is_reject ? &side_refusal(refuser)->mark
							    : refused;
}

/* An end asked for it, the other would not have it, and the first ended the link without words. */
bool judge_encryption_required(struct trial *f)
{
	static const double RIGHT_AFTER_S = 10;
	int side = f->terminator;
	const struct mark *refused, *of_ecp;
	double gap;

	if (side < 0 || went_on_without(f, side) ||
	    side_ending(&link_cp(trial_link(f), CP_LCP)->side[side])->text.len)
		return false;
	of_ecp = ecp_refused(f, side);
	refused = of_ecp ? of_ecp : mppe_refused(f, side);
	if (!refused || !mark_gap(f->r, refused, f->end, &gap) || gap < 0 || gap > RIGHT_AFTER_S)
		return false;
	trial_also(f, side == CLIENT ? "client-hangup" : "lns-hangup");
	return trial_say(f, "%s asked for encryption (%s) and its peer refused it%s%s.",
			 str_c(trial_side_words(f, side)), of_ecp ? "ECP" : "MPPE",
			 str_c(time_words(f->r, refused)), str_c(trial_ending_words(f)));
}
