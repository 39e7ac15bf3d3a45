#include "cause_ppp.h"

#include "cause_path.h"
#include "cause_unseen.h"

/* CCP and ECP carry no traffic: they change how others do. */
static bool is_network(const struct ppp_link *p, size_t k)
{
	return k != CP_LCP && k != CP_CCP && link_cp(p, k)->protocol != PPP_ECP;
}

static bool refused_option(const struct cp_side *side, uint8_t number)
{
	return kept_has(side_refusal(side)->options, number);
}

/* It asks for any address, and will not have the one it is told: nobody refused what it asked. */
static bool asks_for_any_address(const struct cp_side *asker, const struct cp_side *judge)
{
	struct ppp_option o;

	return !side_refusal(judge)->is_reject && kept_find(asker->options, 3, &o) &&
	       o.value.len == 4 && memcmp(o.value.at, "\0\0\0", 4) == 0;
}

/* The end that would not let its peer have the address it insists on; −1: none. */
static int address_refuser(const struct trial *f)
{
	const struct cp *ipcp = link_cp(trial_link(f), CP_IPCP);
	bool is_useless = ipcp_was_useless(trial_link(f));

	if (f->came_up || (ipcp->opened.is_set && !is_useless) || !trial_given_up(f))
		return -1;
	for (int i = LNS; i >= CLIENT; i--) {
		const struct cp_side *judge = &ipcp->side[i], *asker = &ipcp->side[1 - i];
		unsigned refusals = (unsigned)judge->naks + judge->rejects;

		/* a rejected option is refused for good (RFC 1661 5.4): who leaves then leaves
		 * over it */
		bool left = side_refusal(judge)->is_reject && f->terminator == 1 - i;

		if ((!asker->acked.is_set || is_useless) && (refusals >= 2 || left) &&
		    refused_option(judge, 3) && !asks_for_any_address(asker, judge))
			return i;
	}
	return -1;
}

static bool is_rejected(const struct cp *cp)
{
	return side_claim(&cp->side[CLIENT])->rejected.is_set ||
	       side_claim(&cp->side[LNS])->rejected.is_set;
}

/* Each network protocol that was tried is unknown to an end. */
static bool all_ncps_rejected(const struct trial *f)
{
	bool any = false;

	for (size_t k = CP_IPCP; !f->came_up && k < N_CP; k++) {
		const struct cp *cp = link_cp(trial_link(f), k);

		if (!is_network(trial_link(f), k))
			continue;
		if (is_rejected(cp))
			any = true;
		else if (cp->side[0].last_request.is_set || cp->side[1].last_request.is_set)
			return false;
	}
	return any;
}

/* An end that asked for LCP and never heard of any: nobody can have stopped answering echoes. */
static bool asked_lcp_in_vain(const struct trial *f)
{
	const struct cp *lcp = link_cp(trial_link(f), CP_LCP);

	if (f->came_up || lcp->opened.is_set)
		return false;
	return (lcp->side[0].requests && !lcp->side[1].requests) ||
	       (lcp->side[1].requests && !lcp->side[0].requests);
}

/* An end asked and asked who its peer is, heard nothing, and ended the link: "Authentication
 * failed", says pppd then, too. */
static bool challenged_in_vain(const struct trial *f)
{
	enum { ASKED_AGAIN = 2 };
	int side = f->terminator;
	const struct auth *a =
		side < 0 ? NULL : link_auth(trial_link(f), side == CLIENT ? LNS : CLIENT);

	return a && a->challenges >= ASKED_AGAIN && !a->responded.is_set &&
	       a->result == RESULT_UNKNOWN;
}

/* An end sent and sent who it is, was told neither yes nor no, and ended the link: that it "failed
 * to authenticate" itself, says pppd then, too. */
static bool responded_in_vain(const struct trial *f)
{
	enum { SENT_AGAIN = 2 };
	int side = f->terminator;
	const struct auth *a = side < 0 ? NULL : link_auth(trial_link(f), (size_t)side);

	return a && a->responses >= SENT_AGAIN && a->result == RESULT_UNKNOWN;
}

/* An end refused options of a network protocol again and again: which ones says more than that
 * there is none. */
static bool any_ncp_insisted(const struct ppp_link *p)
{
	for (size_t k = CP_IPCP; k < N_CP; k++) {
		for (int i = 0; i < 2 && is_network(p, k); i++) {
			const struct cp *cp = link_cp(p, k);
			const struct cp_side *judge = &cp->side[i];

			if (judge->naks + judge->rejects >= INSISTS &&
			    side_refusal(judge)->options && !cp->side[1 - i].acked.is_set)
				return true;
		}
	}
	return false;
}

/* The end whose echoes had no answer until the call fell, or -1. */
static int echoed_in_vain(const struct trial *f)
{
	enum { ENOUGH = 3 };
	const struct cp *lcp = link_cp(trial_link(f), CP_LCP);

	for (int i = 0; i < 2; i++) /* whoever still hangs up himself is there */
		if (f->came_up && f->end && side_echo(&lcp->side[i])->unanswered >= ENOUGH &&
		    f->terminator != 1 - i)
			return i;
	return -1;
}

/* When its echoes were answered at first, the answers were recorded as long as there were any: what
 * is missed before counts for nothing. */
static const struct mark *echo_since(const struct trial *f, int side)
{
	const struct cp *lcp = link_cp(trial_link(f), CP_LCP);

	return side_echo_replies(&lcp->side[1 - side]) ? &side_echo(&lcp->side[side])->first : NULL;
}

/* judge_echo_lost() will say so: the recording is whole enough to miss the answers in it. */
static bool echoes_tell(const struct trial *f)
{
	int side = echoed_in_vain(f);
	const struct mark *since = side < 0 ? NULL : echo_since(f, side);

	return side >= 0 &&
	       !(since ? session_has_holes_behind(f->s, since) : session_has_holes(f->s));
}

/* Words of an end say less than the packets that show what they are about. */
bool trial_is_told_better(const struct trial *f)
{
	if (strcmp(f->cause, "auth-rejected") == 0)
		return challenged_in_vain(f) || responded_in_vain(f);
	if (strcmp(f->cause, "echo-lost") == 0)
		return asked_lcp_in_vain(f) || echoes_tell(f);
	if (strcmp(f->cause, "lcp-no-answer") == 0) /* Windows says so of whatever it waits for */
		return link_cp(trial_link(f), CP_LCP)->opened.is_set;
	if (strcmp(f->cause, "ipcp-address-refused") == 0)
		return address_refuser(f) >= 0;
	return strcmp(f->cause, "ncp-no-agreement") == 0 &&
	       (address_refuser(f) >= 0 || all_ncps_rejected(f) || any_ncp_insisted(trial_link(f)));
}

int trial_silent_of_ipcp(const struct trial *f, unsigned *ret_sent)
{
	const struct cp *ipcp = link_cp(trial_link(f), CP_IPCP);

	for (int i = 0; i < 2; i++) {
		const struct cp_side *asker = &ipcp->side[i], *silent = &ipcp->side[1 - i];

		*ret_sent = (unsigned)asker->requests + asker->request_repeats;
		if (*ret_sent > 1 && !silent->requests &&
		    !(silent->acks + silent->naks + silent->rejects))
			return 1 - i;
	}
	return -1;
}

/* What the words of that end mean: of that end, and with what was seen, where it is known. */
static bool say_terminate(struct trial *f, int side)
{
	const struct cp_echo *echo = side_echo(&link_cp(trial_link(f), CP_LCP)->side[side]);
	struct str meaning = trial_meaning(f), an_end = STR("An end ");

	if (strcmp(f->cause, "echo-lost") == 0 && echo->unanswered >= INSISTS)
		return trial_say(
			f, "%s sent %u LCP Echo-Requests without an answer, the last%s; then %s%s.",
			str_c(trial_side_words(f, side)), echo->unanswered,
			str_c(time_words(f->r, &echo->last)), str_c(trial_terminate_words(f, side)),
			str_c(path_words(f, &echo->last)));
	if (strcmp(f->cause, "echo-lost") == 0 && echo->requests >= INSISTS && !echo->unanswered &&
	    !mark_line(&echo->last)) {
		f->confidence = CONFIDENCE_LIKELY;
		return trial_say(
			f,
			"%s says that its peer stopped answering, but each of its %u Echo-Requests "
			"has its answer here: they do not reach it; %s%s.",
			str_c(trial_side_words(f, side)), echo->requests,
			str_c(trial_terminate_words(f, side)), str_c(path_words(f, f->end)));
	}
	if (strcmp(f->cause, "echo-lost") == 0)
		return trial_say(f, "%s: %s%s.", str_c(meaning),
				 str_c(trial_terminate_words(f, side)),
				 str_c(path_words(f, f->end)));
	if ((strcmp(f->cause, "no-resources") == 0 ||
	     strcmp(f->cause, "encryption-required") == 0) &&
	    str_starts(meaning, "An end "))
		return trial_say(f, "%s %s: %s.", str_c(trial_side_words(f, side)),
				 str_c(str_from(meaning, an_end.len)),
				 str_c(trial_terminate_words(f, side)));
	return trial_say(f, "%s: %s.", str_c(meaning), str_c(trial_terminate_words(f, side)));
}

/* `No network protocols running`: an end had closed IPCP, which was open, and said why. */
static bool say_ipcp_closed(struct trial *f, int side)
{
	const struct cp *ipcp = link_cp(trial_link(f), CP_IPCP);
	const char *cause;

	if (strcmp(f->cause, "ncp-no-agreement") != 0 || !ipcp->opened.is_set)
		return false;
	for (int i = 0; i < 2; i++) {
		const struct cp_ending *e = side_ending(&ipcp->side[i]);

		if (!e->request.is_set || !e->text.len || mark_before(f->r, f->end, &e->request))
			continue;
		cause = cause_of_phrase(e->text);
		f->cause = cause ? cause : f->cause;
		f->by = trial_side_role(f, i);
		return trial_say(f, "%s closed IPCP%s%s; then %s.", str_c(trial_side_words(f, i)),
				 str_c(time_words(f->r, &e->request)),
				 str_c(quote_words(f->r, e->text)),
				 str_c(trial_terminate_words(f, side)));
	}
	return false;
}

bool judge_terminate_phrase(struct trial *f)
{
	int side = f->terminator, silent;
	unsigned sent = 0;
	struct str text;

	if (side < 0)
		return false;
	text = side_ending(&link_cp(trial_link(f), CP_LCP)->side[side])->text;
	f->cause = cause_of_phrase(text);
	if (!f->cause || trial_is_told_better(f)) {
		f->cause = NULL;
		return false;
	}
	if (say_ipcp_closed(f, side))
		return true;
	silent = strcmp(f->cause, "ncp-no-agreement") == 0 ? trial_silent_of_ipcp(f, &sent) : -1;
	if (silent >= 0)
		return trial_say(
			f, "%s sent %u IPCP Configure-Requests, and %s never answered: %s.",
			str_c(trial_side_words(f, 1 - silent)), sent,
			str_c(trial_side_words(f, silent)), str_c(trial_terminate_words(f, side)));
	return say_terminate(f, side);
}

bool judge_lcp_loopback(struct trial *f)
{
	const struct mark *m = &link_rare(trial_link(f))->loopback;

	if (!m->is_set || f->came_up)
		return false;
	f->by = f->end ? trial_first_mover(f) : ROLE_NETWORK;
	return trial_say(f,
			 "The line is looped: an end got its own magic number back%s; check the "
			 "access line.",
			 str_c(time_words(f->r, m)));
}

bool judge_echo_lost(struct trial *f)
{
	const struct cp *lcp = link_cp(trial_link(f), CP_LCP);
	int i = echoed_in_vain(f);

	if (i < 0)
		return false;
	f->since = echo_since(f, i);
	f->by = ROLE_NETWORK;
	return trial_say(f, "%s sent %u LCP Echo-Requests without an answer, the last%s%s%s.",
			 str_c(trial_side_words(f, i)), side_echo(&lcp->side[i])->unanswered,
			 str_c(time_words(f->r, &side_echo(&lcp->side[i])->last)),
			 str_c(trial_ending_words(f)),
			 str_c(path_words(f, &side_echo(&lcp->side[i])->last)));
}

bool judge_hangup(struct trial *f)
{
	int side = f->terminator;
	enum role role;

	if (side < 0)
		return false;
	role = trial_side_role(f, side);
	if (role == ROLE_UNKNOWN) {
		f->cause = "unknown";
		f->confidence = CONFIDENCE_POSSIBLE;
		trial_also(f, "client-hangup");
		trial_also(f, "lns-hangup");
		return trial_say(f, "%s; whether it is the client's was not seen.",
				 str_c(trial_terminate_words(f, side)));
	}
	f->cause = role == ROLE_CLIENT ? "client-hangup" : "lns-hangup";
	if (trial_terminate_is_unseen(f, side))
		f->confidence = CONFIDENCE_LIKELY;
	if (!trial_roles_known(f)) {
		f->confidence = CONFIDENCE_LIKELY;
		return trial_say(f,
				 "%s; it is %s, as one end had sent fewer control messages than "
				 "a LAC must for a call.",
				 str_c(trial_terminate_words(f, side)),
				 role == ROLE_CLIENT ? "the client's" : "the LNS");
	}
	return trial_say(f, "%s%s.", str_c(trial_terminate_words(f, side)),
			 f->came_up || f->s->was_there ? "" : " before the call came up");
}

bool judge_hangup_of_open_call(struct trial *f)
{
	return f->came_up && judge_hangup(f);
}

bool trial_ncp_spoken(const struct trial *f)
{
	const struct ppp_link *p = trial_link(f);

	for (size_t k = CP_IPCP; k < N_CP; k++)
		if (link_cp(p, k)->side[0].last_request.is_set ||
		    link_cp(p, k)->side[1].last_request.is_set)
			return true;
	return false;
}

bool trial_began_before_log(const struct trial *f)
{
	return f->s->was_there && mark_line(&f->s->first) &&
	       !link_cp(trial_link(f), CP_LCP)->opened.is_set;
}

/* RFC 1332 3.3: 0.0.0.0 asks to be given an address; who rejects that has none to give. */
static bool has_no_address(const struct cp_side *judge)
{
	struct span value = kept_value(side_refusal(judge)->options, 3);

	return side_refusal(judge)->is_reject && value.len == 4 && value_of_octets(value) == 0;
}

bool judge_ipcp_address_refused(struct trial *f)
{
	int i = address_refuser(f);
	const struct cp_side *judge;
	unsigned times;

	if (i < 0)
		return false;
	judge = &link_cp(trial_link(f), CP_IPCP)->side[i];
	times = (unsigned)judge->naks + judge->rejects;
	f->by = f->end ? trial_first_mover(f) : trial_side_role(f, i);
	f->is_insisted = times >= INSISTS;
	if (has_no_address(judge))
		return trial_say(
			f,
			"%s has no IP address for its peer: it rejected the option with "
			"which that asks to be given one (0.0.0.0)%s, and IPCP never opened%s.",
			str_c(trial_side_words(f, i)),
			str_c(time_words(f->r, &side_refusal(judge)->mark)),
			str_c(trial_ending_words(f)));
	return trial_say(f,
			 "%s refused the IP address that its peer asks for %s%s, and IPCP never "
			 "opened%s.",
			 str_c(trial_side_words(f, i)),
			 times == 1 ? "once,"
				    : str_c(arena_printf(f->r->arena, "%u times, the last", times)),
			 str_c(time_words(f->r, &side_refusal(judge)->mark)),
			 str_c(trial_ending_words(f)));
}

bool judge_ncp_rejected(struct trial *f)
{
	struct ppp_link *p = trial_link(f);

	if (f->came_up || !trial_given_up(f) || !all_ncps_rejected(f))
		return false;
	for (size_t k = CP_IPCP; k < N_CP; k++) {
		if (!is_network(p, k))
			continue;
		for (int i = 0; i < 2; i++) {
			const struct mark *m = &side_claim(&link_cp(p, k)->side[i])->rejected;
			const char *name = code_name(CODE_PPP_PROTOCOL, link_cp(p, k)->protocol);

			if (!m->is_set)
				continue;
			f->by = f->end ? trial_first_mover(f) : trial_side_role(f, i);
			return trial_say(
				f, "%s rejected %s%s and no other network protocol opened%s.",
				str_c(trial_side_words(f, i)), name ? name : "the network protocol",
				str_c(time_words(f->r, m)), str_c(trial_ending_words(f)));
		}
	}
	return false;
}

/* One request, not asked again and not refused: nothing tells that it was not accepted. */
static bool is_refused_or_repeated(const struct cp *cp)
{
	for (int i = 0; i < 2; i++) {
		const struct cp_side *side = &cp->side[i];

		if (side->naks || side->rejects || side->requests > 1 || side->request_repeats)
			return true;
	}
	return false;
}

/* "The LNS answered 6 IPCP requests of its peer with Nak (IP-Address 10.0.0.7), the last at 2.3 s:
 * IPCP was never agreed": says so when that is what kept `cp` from opening. */
static bool trial_say_refusal(struct trial *f, const struct cp *cp)
{
	const char *name = code_name(CODE_PPP_PROTOCOL, cp->protocol);

	for (int i = LNS; i >= CLIENT; i--) {
		const struct cp_side *judge = &cp->side[i];
		unsigned refusals = (unsigned)judge->naks + judge->rejects;
		struct kept_walk walk = {.of = side_refusal(judge)->options};
		struct text options = text_make(256);
		struct ppp_option o;

		while (kept_next(&walk, &o)) {
			text_printf(&options, "%s%s ", options.len ? ", " : "",
				    o.row ? o.row->name : "an unknown option");
			option_print_value(&options, &o);
		}
		f->is_insisted = refusals >= INSISTS;
		if (name && refusals > 1 && side_refusal(judge)->options &&
		    !cp->side[1 - i].acked.is_set)
			trial_say(f,
				  "%s answered %u %s requests of its peer with %s (%.*s), the "
				  "last%s: %s was never agreed%s.",
				  str_c(trial_side_words(f, i)), refusals, name,
				  side_refusal(judge)->is_reject ? "Reject" : "Nak",
				  STR_ARG(text_str(&options)),
				  str_c(time_words(f->r, &side_refusal(judge)->mark)), name,
				  str_c(trial_ending_words(f)));
		text_free(&options);
		if (f->text.len)
			return true;
	}
	return false;
}

/* A request that was sent again although nothing refused it. */
static bool is_asked_in_vain(const struct cp *cp)
{
	for (int i = 0; i < 2; i++) {
		const struct cp_side *asker = &cp->side[i], *judge = &cp->side[1 - i];

		if (asker->request_repeats || asker->requests > judge->naks + judge->rejects + 1)
			return true;
	}
	return false;
}

static bool any_ncp_asked_in_vain(const struct ppp_link *p)
{
	for (size_t k = CP_IPCP; k < N_CP; k++)
		if (is_network(p, k) && is_asked_in_vain(link_cp(p, k)))
			return true;
	return false;
}

/* A negotiation that stood open, but in which nobody had yet waited for anything: who says why he
 * ends it means that; else it is only possible that this is why. */
static bool is_cut_short(struct trial *f, bool in_vain)
{
	int side = f->terminator;

	if (in_vain)
		return false;
	f->confidence = CONFIDENCE_POSSIBLE;
	return side >= 0 && side_ending(&link_cp(trial_link(f), CP_LCP)->side[side])->text.len;
}

static bool any_ncp_refused(const struct ppp_link *p)
{
	for (size_t k = CP_IPCP; k < N_CP; k++) {
		if (is_network(p, k) && is_refused_or_repeated(link_cp(p, k)))
			return true;
	}
	return false;
}

bool judge_ncp_no_agreement(struct trial *f)
{
	unsigned sent = 0;
	int silent;

	if (f->came_up || trial_began_before_log(f) || !trial_given_up(f) || !trial_ncp_spoken(f) ||
	    !any_ncp_refused(trial_link(f)))
		return false;
	f->by = f->end ? trial_first_mover(f) : ROLE_NETWORK;
	for (size_t k = CP_IPCP; k < N_CP; k++) {
		if (is_network(trial_link(f), k) && trial_say_refusal(f, link_cp(trial_link(f), k)))
			return true;
	}
	if (is_cut_short(f, any_ncp_asked_in_vain(trial_link(f))))
		return false;
	silent = trial_silent_of_ipcp(f, &sent);
	if (silent >= 0)
		return trial_say(f, "%s sent %u IPCP Configure-Requests, and %s never answered%s.",
				 str_c(trial_side_words(f, 1 - silent)), sent,
				 str_c(trial_side_words(f, silent)), str_c(trial_ending_words(f)));
	return trial_say(f,
			 "Network protocols were negotiated but none was acknowledged both ways"
			 "%s.",
			 str_c(trial_ending_words(f)));
}

bool judge_lcp_no_agreement(struct trial *f)
{
	const struct cp *lcp = link_cp(trial_link(f), CP_LCP);

	if (f->came_up || !trial_given_up(f) || trial_lcp_is_open(f) || !lcp->side[0].requests ||
	    !lcp->side[1].requests || !is_refused_or_repeated(lcp))
		return false;
	f->by = f->end ? trial_first_mover(f) : ROLE_NETWORK;
	if (trial_say_refusal(f, lcp))
		return true;
	if (is_cut_short(f, is_asked_in_vain(lcp)))
		return false;
	return trial_say(f,
			 "Both ends negotiated LCP (%u and %u Configure-Requests) but never "
			 "agreed%s.",
			 lcp->side[CLIENT].requests, lcp->side[LNS].requests,
			 str_c(trial_ending_words(f)));
}
