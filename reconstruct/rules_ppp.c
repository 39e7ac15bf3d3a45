#include <stdio.h>

#include "auth_link.h"
#include "cause.h"
#include "character.h"
#include "reject_reason.h"
#include "rules.h"
#include "unseen.h"

static const struct auth *failed_auth(const struct call *c)
{
	for (size_t i = 0; i < 2; i++)
		if (link_auth(&c->session->ppp, i)->result == RESULT_FAILURE)
			return link_auth(&c->session->ppp, i);
	return NULL;
}

/* The number after "E=" in an MS-CHAP Failure (RFC 2433 5, RFC 2759 6); 0 when none. */
static uint32_t mschap_error(const struct auth *a)
{
	size_t at = str_find(a->message, STR("E="));
	struct str digits;
	uint32_t value = 0;

	if (at == SIZE_MAX)
		return 0;
	digits = str_from(a->message, at + 2);
	for (size_t i = 0; i < digits.len && i < 5 && char_is_digit(digits.at[i]); i++)
		value = value * 10 + (uint32_t)(digits.at[i] - '0');
	return value;
}

static const struct mark *mark_of_failure(const struct auth *a, const struct call *c)
{
	return a->decided.is_set ? &a->decided : &c->end;
}

static void raise_rejection(struct raise *r, const struct auth *a, const struct call *c)
{
	reject_reason_tell(raise_finding(r, mark_of_failure(a, c), "%.*s", STR_ARG(c->cause_text)),
			   a, c);
}

static bool has_mschap_rule(uint32_t error)
{
	return error == 646 || error == 647 || error == 648 || error == 649 || error == 691 ||
	       error == 709;
}

static void chap_failed(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct auth *a = failed_auth(c);

	(void)t;
	if (a && a->protocol == PPP_CHAP && !has_mschap_rule(mschap_error(a)))
		raise_rejection(r, a, c);
}

static void pap_failed(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct auth *a = failed_auth(c);

	(void)t;
	if (a && a->protocol == PPP_PAP)
		raise_rejection(r, a, c);
}

static void mschap_failed(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct auth *a = failed_auth(c);
	struct str id = str_of(r->row->id);
	uint32_t wanted = 0;

	(void)t;
	str_u32(str_from(id, id.len - 3), &wanted);
	if (a && mschap_error(a) == wanted)
		raise_rejection(r, a, c);
}

static void verify_failed(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	for (size_t i = 0; i < 2; i++) {
		const struct auth *a = link_auth(&c->session->ppp, i);

		if (a->verified != TRUTH_FALSE || a->result == RESULT_SUCCESS ||
		    a->is_proxy != (r->row->id[0] == 'p'))
			continue;
		raise_finding(r, a->responded.is_set ? &a->responded : &a->first,
			      "The response of %.*s does not fit the password from %.*s",
			      STR_ARG(a->peer_name), STR_ARG(a->verified_with));
	}
}

/* The response was accepted, so it is not the user's password that is wrong. */
static void given_password_wrong(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	for (size_t i = 0; i < 2; i++) {
		const struct auth *a = link_auth(&c->session->ppp, i);

		if (a->verified == TRUTH_FALSE && a->result == RESULT_SUCCESS)
			raise_finding(
				r, a->responded.is_set ? &a->responded : &a->first,
				"The response of %.*s does not fit the password from %.*s, and "
				"was accepted",
				STR_ARG(a->peer_name), STR_ARG(a->verified_with));
	}
}

static bool responded(const struct call *c)
{
	for (size_t i = 0; i < 2; i++) {
		const struct auth *a = link_auth(&c->session->ppp, i);

		if (a->responses && !auth_unanswered(a))
			return true;
	}
	return false;
}

static void no_response(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct mark *challenged = &link_auth(&c->session->ppp, CLIENT)->challenged;

	(void)t;
	if (responded(c)) /* a log may say so without the challenge */
		return;
	raise_finding(r,
		      challenged->is_set ? challenged
		      : c->end.is_set    ? &c->end
					 : &c->session->first,
		      "%.*s", STR_ARG(c->cause_text));
}

/* Two recordings show that it left one and never came to the other. */
static bool response_is_lost(const struct call *c)
{
	for (const struct session *s = c->session; s; s = s->joined)
		if (ppp_part_is_lost(s, PART_AUTH))
			return true;
	return false;
}

static void auth_timeout(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct auth *a = link_auth(&c->session->ppp, CLIENT);
	struct finding *f;

	(void)t;
	if (!responded(c))
		return;
	f = raise_finding(r, a->responded.is_set ? &a->responded : &c->end, "%.*s",
			  STR_ARG(c->cause_text));
	finding_evidence(r, f, &c->end);
	if (!f || !response_is_lost(c))
		return;
	f->cause = STR("The response left one recording and never came to the other: no AAA server "
		       "was asked.");
	f->advice = STR("Find where packets get lost between the two recordings: filters, MTU, "
			"interface drops.");
}

static const char *side_name(const struct call *c, int side)
{
	if (!c->session->roles_known && !c->session->roles_inferred)
		return "One end";
	return side == CLIENT ? "The client" : "The LNS";
}

/* Told where it is why the call ended, not where it is a consequence of something worse. */
static bool explains_end(const struct call *c, const struct cp_side *lcp)
{
	const char *said;

	if (!side_ending(lcp)->request.is_set || !c->end.is_set ||
	    c->end.vantage != side_ending(lcp)->request.vantage ||
	    mark_number(&c->end) != mark_number(&side_ending(lcp)->request))
		return false;
	said = cause_of_phrase(side_ending(lcp)->text);
	return is_root(c->cause, "client-hangup") || is_root(c->cause, "lns-hangup") ||
	       is_root(c->cause, "unknown") || (said && is_root(c->cause, said));
}

static void terminated(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	for (int i = 0; i < 2; i++) {
		const struct cp_side *lcp = &link_cp(&c->session->ppp, CP_LCP)->side[i];

		if (explains_end(c, lcp))
			raise_finding(r, &side_ending(lcp)->request,
				      "%s sent Terminate-Request%s%.*s%s", side_name(c, i),
				      side_ending(lcp)->text.len ? " \"" : "",
				      STR_ARG(side_ending(lcp)->text),
				      side_ending(lcp)->text.len ? "\"" : "");
	}
}

static void protocol_rejected(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	for (size_t k = CP_IPCP; k < N_CP; k++) {
		const struct cp *cp = c->session->ppp.cp[k];

		if (k == CP_IPV6CP)
			continue; /* ipv6cp-protocol-rejected */
		if (!cp)
			continue;
		for (int i = 0; i < 2; i++) {
			const char *name;

			if (!side_claim(&cp->side[i])->rejected.is_set)
				continue;
			name = code_name(CODE_PPP_PROTOCOL, cp->protocol);
			raise_finding(r, &side_claim(&cp->side[i])->rejected,
				      "%s does not know %s (0x%04x)", side_name(c, i),
				      name ? name : "the protocol", cp->protocol);
		}
	}
}

/* A client that will not negotiate twice: proxy-lcp-rejected-then-down. */
static bool refuses_second_lcp(const struct ppp_link *p)
{
	const struct cp_side *client = &link_cp(p, CP_LCP)->side[CLIENT];

	return p->proxy_lcp && p->proxy_accepted == TRUTH_FALSE && !client->last_request.is_set &&
	       !client->acks && !client->naks && !client->rejects;
}

static void lcp_unanswered(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	if (!refuses_second_lcp(&c->session->ppp))
		raise_finding(r, c->end.is_set ? &c->end : &c->start, "%.*s",
			      STR_ARG(c->cause_text));
}

static void second_lcp_refused(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct ppp_link *p = &c->session->ppp;

	(void)t;
	if (refuses_second_lcp(p))
		raise_finding(r,
			      link_rare(p)->renegotiated.is_set ? &link_rare(p)->renegotiated
								: &c->end,
			      "The LNS negotiated LCP anew although the LAC had passed it on, and "
			      "the client did not answer");
}

static void renegotiated(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct ppp_link *p = &c->session->ppp;
	const struct mark *iccn = &seen_of(c->session->seen, ICCN)->first;
	struct finding *f;
	double gap;

	(void)t;
	if (!p->renegotiations || p->proxy_lcp || !link_rare(p)->renegotiated.is_set)
		return;
	f = raise_finding(r, &link_rare(p)->renegotiated,
			  "LCP was negotiated again %u time%s after it was open", p->renegotiations,
			  p->renegotiations == 1 ? "" : "s");
	if (mark_gap(r->r, iccn, &link_rare(p)->renegotiated, &gap) && gap < 5)
		f->severity = SEVERITY_NOTE;
}

static bool refuses_address(const struct cp_side *side)
{
	return kept_has(side_refusal(side)->options, 3);
}

/* "Primary DNS, Secondary DNS" */
static struct str refused_names(struct arena *arena, const struct cp_side *judge)
{
	struct kept_walk walk = {.of = side_refusal(judge)->options};
	struct text names = text_make(128);
	struct ppp_option o;
	struct str ret;

	while (kept_next(&walk, &o))
		text_printf(&names, "%s%s", names.len ? ", " : "",
			    o.row ? o.row->name : "an unknown option");
	ret = arena_str(arena, text_str(&names));
	text_free(&names);
	return ret.len ? ret : STR("an option");
}

/* Also beside another NCP that is open: the call is up, but without IPv4. */
static void ipcp_stuck(struct raise *r, struct tunnel *t, struct call *c)
{
	static const unsigned MAX_FAILURE = 5; /* RFC 1661 4.6 */
	const struct cp *ipcp = link_cp(&c->session->ppp, CP_IPCP);

	bool is_useless = ipcp_was_useless(&c->session->ppp);
	struct finding *f;

	(void)t;
	if ((ipcp->opened.is_set && !is_useless) || !ipcp->protocol)
		return;
	for (int i = LNS; i >= CLIENT; i--) {
		const struct cp_side *judge = &ipcp->side[i];

		if (judge->naks < MAX_FAILURE || (ipcp->side[1 - i].acked.is_set && !is_useless))
			continue;
		f = raise_finding(r, &side_refusal(judge)->mark,
				  "%s answered %u Configure-Requests of IPCP with Nak of %s: IPCP "
				  "never opened for use",
				  side_name(c, i), judge->naks,
				  refuses_address(judge)
					  ? "the IP address"
					  : str_c(refused_names(r->r->arena, judge)));
		if (f && !refuses_address(judge)) {
			f->cause = STR("Its peer does not take what it is offered, and goes on "
				       "asking for what it had.");
			f->advice = STR("Set these options at the end that asks, or let the other "
					"one reject them: without them IPCP opens.");
		}
		return;
	}
}

static void address_rejected(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct cp *ipcp = link_cp(&c->session->ppp, CP_IPCP);

	(void)t;
	if (ipcp->opened.is_set)
		return;
	for (int i = 0; i < 2; i++)
		if (side_refusal(&ipcp->side[i])->is_reject && refuses_address(&ipcp->side[i]))
			raise_finding(r, &side_refusal(&ipcp->side[i])->mark,
				      "%s rejected the IP-Address option", side_name(c, i));
}

/* A short call that was ended in order takes its network protocols along. */
static bool ended_with_call(const struct raise *r, const struct call *c, const struct mark *closed)
{
	static const double AT_ONCE_S = 3;
	double gap;

	return c->outcome == OUTCOME_CLOSED &&
	       (!mark_gap(r->r, closed, &c->end, &gap) || gap < AT_ONCE_S);
}

static void ncp_closed(struct raise *r, struct tunnel *t, struct call *c)
{

	(void)t;
	for (size_t k = CP_IPCP; k < N_CP; k++) {
		const struct cp *cp = c->session->ppp.cp[k];
		const char *name;
		struct finding *f;
		double gap;

		if (!cp || !cp->opened.is_set || !cp_closed(cp)->is_set)
			continue;
		if (k == CP_CCP || (k == CP_IPCP && ipcp_was_useless(&c->session->ppp)) ||
		    !mark_gap(r->r, &cp->opened, cp_closed(cp), &gap) ||
		    gap + mark_blur(&cp->opened, cp_closed(cp)) >
			    threshold(r->r->thresholds, THRESHOLD_NCP_SHORT) ||
		    (c->end.is_set && !mark_before(r->r, cp_closed(cp), &c->end)))
			continue;
		if (ended_with_call(r, c, cp_closed(cp)))
			continue;
		name = code_name(CODE_PPP_PROTOCOL, cp->protocol);
		f = raise_finding(r, cp_closed(cp), "%s was closed %.1f s after it opened",
				  name ? name : "A network protocol", gap);
		finding_evidence(r, f, &cp->opened);
	}
}

static void pap_in_clear(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct auth *a = link_auth(&c->session->ppp, CLIENT);

	(void)t;
	if (a->protocol == PPP_PAP && a->responses)
		raise_finding(r, &a->responded, "The password of %.*s crosses in clear",
			      STR_ARG(a->peer_name.len ? a->peer_name : STR("the client")));
}

static void bad_answers(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct ppp_link *l = &c->session->ppp;

	(void)t;
	if (link_rare(l)->bad_answers)
		raise_finding(
			r, &link_rare(l)->bad_answer,
			"An LCP answer does not fit the request that it answers, %u time%s; it was "
			"thrown away",
			link_rare(l)->bad_answers, link_rare(l)->bad_answers == 1 ? "" : "s");
}

static const char ALIGN[] = "Align the configured values on both ends and retry.";
static const char COMPARE[] =
	"Compare user name and password on both ends (case, realm, trailing blank).";
static const char ACCOUNT[] = "Check the account at the AAA server.";

static const struct rule_row rows[] = {
	{"lcp-confreq-no-answer", SEVERITY_ERROR, ON_CALL, lcp_unanswered,
	 "An end never took part in LCP",
	 "The data path works in one direction only, the session is bound to nothing, or the end "
	 "waits for proxy LCP.",
	 "Capture at the silent end; check its PPP configuration.", "RFC 1661 4.6", "lcp-no-answer",
	 false},
	{"proxy-lcp-rejected-then-down", SEVERITY_ERROR, ON_CALL, second_lcp_refused,
	 "The LNS negotiates LCP anew and the client does not answer",
	 "The client cannot negotiate twice, or the LAC has stopped passing on LCP.",
	 "Let the LNS accept what the LAC agreed on: make its template fit (MRU, authentication), "
	 "and remove `lcp renegotiation always`.",
	 "RFC 2661 4.4.5", "lcp-no-answer", false},
	{"lcp-confreq-loop", SEVERITY_ERROR, ON_CALL, NULL, "LCP never came to an agreement",
	 "The policies of both ends conflict (authentication, MRU, ACCM).", ALIGN, "RFC 1661 4.5",
	 "lcp-no-agreement", false},
	{"lcp-bad-answer", SEVERITY_WARNING, ON_CALL, bad_answers,
	 "A Configure-Ack or -Nak does not fit its request",
	 "An acknowledgement must repeat the options of the request, in its order: a late answer "
	 "to an "
	 "older request, two peers on one line, or a broken peer.",
	 "Look for a second session of the same caller; compare request and answer in a capture.",
	 "RFC 1661 5.2", NULL, false},
	{"lcp-auth-refused", SEVERITY_ERROR, ON_CALL, NULL,
	 "Every authentication method was refused",
	 "The client is not configured for the method that the LNS asks for.",
	 "Allow a common method on both ends.", "RFC 1661 6.2", "auth-method-refused", false},
	{"lcp-magic-loopback", SEVERITY_ERROR, ON_CALL, NULL, "The line is looped back",
	 "A loop in the access line reflects the packets.", "Find the loop in the access line.",
	 "RFC 1661 6.4", "lcp-loopback", false},
	{"lcp-echo-no-reply", SEVERITY_ERROR, ON_CALL, NULL, "LCP Echo-Requests were not answered",
	 "The link is dead, the other end is overloaded, or the data path is broken.",
	 "Check reachability in both directions and the access line.", "RFC 1661 5.8", "echo-lost",
	 false},
	{"lcp-terminate-request", SEVERITY_NOTE, ON_CALL, terminated,
	 "An end asked to terminate the link", "The user logged out, or a policy ended the call.",
	 "Read the reason, if one is given.", "RFC 1661 5.5", NULL, false},
	{"lcp-protocol-reject", SEVERITY_NOTE, ON_CALL, protocol_rejected,
	 "An end does not know a protocol", "IPv6, compression or another protocol is not enabled.",
	 "Usually harmless.", "RFC 1661 5.7", NULL, false},
	{"lcp-renegotiation-in-opened", SEVERITY_WARNING, ON_CALL, renegotiated,
	 "LCP was negotiated again while it was open",
	 "An end restarted, or the LNS renegotiates what the LAC agreed.",
	 "Read the PPP log of both ends around this time.", "RFC 1661 4.3", NULL, false},
	{"aaa-unreachable", SEVERITY_ERROR, ON_CALL, NULL,
	 "The authenticator got no answer from its AAA server",
	 "The client is told that authentication failed, although its password was never judged: "
	 "no server is configured, none answers, or it does not know this router.",
	 "Check `radius server` and the AAA method list of the router, reachability and shared "
	 "secret "
	 "of the server.",
	 "RFC 2865 2.4", "aaa-unreachable", false},
	{"chap-failure", SEVERITY_ERROR, ON_CALL, chap_failed, "CHAP authentication failed",
	 "The password is wrong, or name and realm are treated differently.", COMPARE,
	 "RFC 1994 4.2", "auth-rejected", false},
	{"pap-nak", SEVERITY_ERROR, ON_CALL, pap_failed, "PAP authentication failed",
	 "User name or password are wrong.", COMPARE, "RFC 1334 2.2.2", "auth-rejected", false},
	{"mschap-error-691", SEVERITY_ERROR, ON_CALL, mschap_failed,
	 "MS-CHAP: authentication failure", "User name or password are wrong.", COMPARE,
	 "RFC 2759 6", "auth-rejected", false},
	{"mschap-error-646", SEVERITY_ERROR, ON_CALL, mschap_failed,
	 "MS-CHAP: outside the hours of this account", "The account is limited to some hours.",
	 ACCOUNT, "RFC 2759 6", "auth-rejected", false},
	{"mschap-error-647", SEVERITY_ERROR, ON_CALL, mschap_failed,
	 "MS-CHAP: the account is disabled", "The account is disabled.", ACCOUNT, "RFC 2759 6",
	 "auth-rejected", false},
	{"mschap-error-648", SEVERITY_ERROR, ON_CALL, mschap_failed,
	 "MS-CHAP: the password has expired", "The password has expired.", ACCOUNT, "RFC 2759 6",
	 "auth-rejected", false},
	{"mschap-error-649", SEVERITY_ERROR, ON_CALL, mschap_failed,
	 "MS-CHAP: no dial-in permission", "The account may not dial in.", ACCOUNT, "RFC 2759 6",
	 "auth-rejected", false},
	{"mschap-error-709", SEVERITY_ERROR, ON_CALL, mschap_failed,
	 "MS-CHAP: the password could not be changed", "The new password breaks a policy.", ACCOUNT,
	 "RFC 2759 6", "auth-rejected", false},
	{"chap-no-response", SEVERITY_ERROR, ON_CALL, no_response, "A challenge was never answered",
	 "The client is gone, does not know the name it is asked by, or the data path is broken.",
	 "Check the client's configuration, and capture at the client.", "RFC 1994 4",
	 "auth-no-answer", false},
	{"auth-timeout", SEVERITY_ERROR, ON_CALL, auth_timeout, "Authentication never got a result",
	 "The AAA server cannot be reached or does not answer.",
	 "Check the AAA server's reachability and answer times, and its log for this user.",
	 "RFC 1661 3.5", "auth-no-answer", false},
	{"given-password-wrong", SEVERITY_NOTE, ON_CALL, given_password_wrong,
	 "The password that was given is not the user's",
	 "The authenticator accepted the response: it knows another password.",
	 "Give the password of this user with --secrets.", "RFC 1994 4.1", NULL, false},
	{"chap-verify-fail", SEVERITY_ERROR, ON_CALL, verify_failed,
	 "A response does not fit the given password", "The password is wrong at one end.", COMPARE,
	 "RFC 1994 4.1", NULL, false},
	{"proxy-chap-verify-fail", SEVERITY_ERROR, ON_CALL, verify_failed,
	 "A proxy response does not fit the given password",
	 "The password is wrong, or the LAC passed on the wrong identifier.", COMPARE,
	 "RFC 2661 4.4.5", NULL, false},
	{"pap-cleartext", SEVERITY_NOTE, ON_CALL, pap_in_clear, "A PAP password crosses in clear",
	 "PAP does not protect the password.", "Use CHAP, or protect the tunnel with IPsec.",
	 "RFC 1334 2", NULL, false},
	{"ipcp-no-converge", SEVERITY_ERROR, ON_CALL, ipcp_stuck, "IPCP never came to an agreement",
	 "The client insists on an address that the LNS does not give, or the pool is empty.",
	 "Check the address pool, and let the client ask for any address.", "RFC 1332 3.3", NULL,
	 false},
	{"ipcp-address-reject", SEVERITY_ERROR, ON_CALL, address_rejected,
	 "The IP-Address option was rejected",
	 "The end that rejects it has no address to give (pool, RADIUS), or no IP on the "
	 "interface.",
	 "Check its address pool and what AAA gives this user, then IP on the interface.",
	 "RFC 1332 3.3", NULL, false},
	{"no-ncp-opened", SEVERITY_ERROR, ON_CALL, NULL,
	 "Authentication passed but no network protocol opened",
	 "Every network protocol is off or rejected at one end, or their options exclude each "
	 "other.",
	 ALIGN, "RFC 3145 3.4", "ncp-no-agreement", false},
	{"ncp-rejected", SEVERITY_ERROR, ON_CALL, NULL,
	 "The network protocol was rejected and no other opened",
	 "The protocol is not enabled at one end.", ALIGN, "RFC 1661 5.7", "ncp-rejected", false},
	{"ncp-opened-then-closed", SEVERITY_WARNING, ON_CALL, ncp_closed,
	 "A network protocol was closed soon after it opened",
	 "An address was withdrawn, or a policy ended it.",
	 "Look at the PPP and AAA log of this call around this time.", "RFC 1661 3.6", NULL, false},
};

const struct rule_table rules_ppp = {
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
};
