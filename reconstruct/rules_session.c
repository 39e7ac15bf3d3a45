#include <stdio.h>

#include "cause_table.h"
#include "cause_unseen.h"
#include "rules.h"
#include "session_v3.h"

static void unanswered_request(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct session *s = c->session;
	bool is_outgoing = seen_of(s->seen, OCRQ)->count;
	struct finding *f;

	if (!t || seen_of(s->seen, ICRP)->count || seen_of(s->seen, OCRP)->count)
		return;
	f = raise_finding(r, &c->start, "%.*s", STR_ARG(c->cause_text));
	if (!f || !copies_in_vain(t, is_outgoing ? 1U - s->lac_end : s->lac_end,
				  seen_of(s->seen, is_outgoing ? OCRQ : ICRQ)))
		return;
	f->cause = STR("The other end is gone or hangs, or the path to it is down.");
	f->advice = STR(
		"Find out whether it acknowledges anything else of this tunnel: if not, this is "
		"about the tunnel, not the call.");
}

static void no_iccn(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	if (seen_of(c->session->seen, ICRP)->count)
		raise_finding(r, &seen_of(c->session->seen, ICRP)->first, "%.*s",
			      STR_ARG(c->cause_text));
}

static void line_silent(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	if (seen_of(c->session->seen, OCRP)->count)
		raise_finding(r, &seen_of(c->session->seen, OCRP)->first, "%.*s",
			      STR_ARG(c->cause_text));
}

/* What ends a call in order refuses it only if it was not connected, which may not have been seen.
 */
static bool may_have_ended(const struct call *c)
{
	const struct cause_fact *fact = c->cause ? cause_named(c->cause) : NULL;

	return session_has_holes(c->session) && fact && fact->stage == IN_ORDER;
}

/* The call was refused before it was connected: it has no network protocol, however late a log
 * begins. */
static void refused(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct session *s = c->session;

	if (!c->cdn.is_set || session_lost_tie(s) || s->was_there || may_have_ended(c) ||
	    seen_of(s->seen, ICCN)->count || seen_of(s->seen, OCCN)->count ||
	    s->established[LAC].is_set || s->established[LNS].is_set || c->reached == REACHED_NCP)
		return;
	if (mark_line(&s->first) && !seen_of(s->seen, ICRQ)->count &&
	    !seen_of(s->seen, OCRQ)->count && t && !tunnel_opening_seen(t))
		return; /* the log begins behind the request */
	finding_of_cause(r, raise_finding(r, &c->cdn.mark, "%.*s", STR_ARG(c->cause_text)),
			 c->cause);
}

static void q931(struct raise *r, struct tunnel *t, struct call *c)
{
	const char *name;

	(void)t;
	if (!c->cdn.has_q931)
		return;
	name = code_name(CODE_Q931, c->cdn.q931_cause);
	raise_finding(r, &c->cdn.mark, "CDN carries Q.931 cause %u%s%s", c->cdn.q931_cause,
		      name ? ": " : "", name ? name : "");
}

static void disconnect_cause(struct raise *r, struct tunnel *t, struct call *c)
{
	const char *name;

	(void)t;
	if (!c->cdn.has_disconnect)
		return;
	name = code_name(CODE_DISCONNECT, c->cdn.disconnect_code);
	raise_finding(r, &c->cdn.mark,
		      "CDN carries PPP disconnect cause %u%s%s (protocol 0x%04x, direction %u)",
		      c->cdn.disconnect_code, name ? ": " : "", name ? name : "",
		      c->cdn.disconnect_protocol, c->cdn.disconnect_direction);
}

static void crossing(struct raise *r, struct tunnel *t, struct call *c)
{
	struct finding *f;

	(void)t;
	/* in L2F a CLOSE is answered with one */
	if (!c->cdn.is_set || c->cdn.has_why || !session_told(c->session)->second_cdn.is_set)
		return;
	f = raise_finding(r, &c->cdn.mark, "Both ends sent a CDN");
	finding_evidence(r, f, &session_told(c->session)->second_cdn);
}

static void out_of_resources(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct session_told *told = session_told(c->session);
	struct finding *f = t ? raise_finding(r, c->cdn.is_set ? &c->cdn.mark : &c->start, "%.*s",
					      STR_ARG(c->cause_text))
			      : NULL;

	if (!f || !told->exited.is_set || (told->exit_status != 2 && told->exit_status != 4))
		return;
	f->cause = STR("A mistake in the options of pppd, a plugin that is not there, or a kernel "
		       "without PPP (l2tp_ppp, ppp_generic).");
	f->advice =
		STR("Start that pppd by hand with the arguments that its daemon prints, and load "
		    "the module that it misses.");
}

static void setup_slow(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct mark *asked = &seen_of(c->session->seen, ICRQ)->first;
	const struct mark *connected = &seen_of(c->session->seen, ICCN)->first;
	struct finding *f;
	double gap, most;

	(void)t;
	/* an outgoing call waits for somebody to lift the receiver */
	if (c->direction != INCOMING || !asked->is_set || !connected->is_set ||
	    !mark_gap(r->r, asked, connected, &gap))
		return;
	most = threshold(r->r->thresholds, THRESHOLD_SESSION_SLOW);
	if (gap <= most || gap - mark_blur(asked, connected) <= most)
		return;
	f = raise_finding(r, asked, "The session took %.1f s from ICRQ to ICCN", gap);
	finding_evidence(r, f, connected);
}

static void short_lived(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct session *s = c->session;
	const struct mark *up;
	double gap;

	(void)t;
	/* of a call that was there before, nobody knows since when */
	if ((c->reached == REACHED_NCP && c->outcome != OUTCOME_DROPPED) || s->was_there)
		return;
	up = mark_earlier(r->r, &s->established[LAC], &s->established[LNS]);
	if (!up || !c->end.is_set || !mark_gap(r->r, up, &c->end, &gap) ||
	    gap + mark_blur(up, &c->end) >= threshold(r->r->thresholds, THRESHOLD_SESSION_SHORT) ||
	    gap < 0)
		return;
	raise_finding(r, &c->end, "The session ended %.1f s after it was established", gap);
}

static void proxy_ignored(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct ppp_link *p = &c->session->ppp;

	(void)t;
	if (!p->proxy_lcp || !p->renegotiations || p->proxy_accepted == TRUTH_TRUE)
		return;
	raise_finding(
		r, &link_rare(p)->renegotiated,
		"The LNS negotiates LCP again although the LAC passed on its own negotiation");
}

static bool is_in_state(const struct end *e, const char *name)
{
	const struct machine *m = end_machine(e);

	const char *state = m ? machine_state_name(m, e->state) : NULL;

	return state && !e->is_inferred && strcmp(state, name) == 0;
}

/* What ended the call reached only one recording, and the other one goes on with it. */
static bool outlives_its_end(struct raise *r, const struct session *s, const struct mark *end)
{
	double gap;

	return s->last.vantage != end->vantage && mark_gap(r->r, end, &s->last, &gap) &&
	       gap > threshold(r->r->thresholds, THRESHOLD_WAIT_CONTROL);
}

static void ends_disagree(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct session *s = c->session;
	struct finding *f;

	(void)t;
	if (!s->joined || !c->roles_known || (c->end.is_set && !outlives_its_end(r, s, &c->end)))
		return;
	for (int i = 0; i < 2; i++) {
		if (!is_in_state(&s->end[i], "established") || !is_in_state(&s->end[1 - i], "idle"))
			continue;
		f = raise_finding(r, &s->last,
				  "The %s holds the session established, the %s has it idle",
				  i == LAC ? "LAC" : "LNS", i == LAC ? "LNS" : "LAC");
		finding_evidence(r, f, &c->end);
	}
}

/* A CDN whose result says something else than what PPP showed before it. */
static void reasons_disagree(struct raise *r, struct tunnel *t, struct call *c)
{
	static const char *const ppp[] = {"auth-", "lcp-", "ncp-", "ipcp-", "echo-", "encryption-"};
	struct str cause = str_of(c->cause);
	const char *name;

	(void)t;
	if (!c->cdn.is_set || !c->cause || (c->cdn.result != 1 && c->cdn.result != 3))
		return;
	for (size_t i = 0; i < sizeof(ppp) / sizeof(ppp[0]); i++) {
		if (!str_starts(cause, ppp[i]))
			continue;
		name = code_name(CODE_CDN, (uint32_t)c->cdn.result);
		raise_finding(r, &c->cdn.mark,
			      "The CDN says result %d%s%s%s, PPP shows %s: the call ended for what "
			      "PPP shows",
			      c->cdn.result, name ? " (" : "", name ? name : "", name ? ")" : "",
			      c->cause);
		return;
	}
}

static const char ACT[] =
	"Act on the result, error and cause codes; the log of the sender has more.";

static const struct rule_row rows[] = {
	{"icrq-no-reply", SEVERITY_ERROR, ON_CALL, unanswered_request,
	 "The call request was never answered",
	 "The other end has the request but its AAA or call admission does not come to an end, or "
	 "the request is lost.",
	 "Check AAA and call admission at the other end.", "RFC 2661 7.4.1", "session-not-answered",
	 false},
	{"icrp-no-iccn", SEVERITY_ERROR, ON_CALL, no_iccn, "ICRP was not followed by ICCN or CDN",
	 "The LAC dropped the caller meanwhile, or a message was lost.",
	 "Look at the LAC's log for this caller.", "RFC 2661 7.4.1", "session-not-answered", false},
	{"ocrq-no-bearer-answer", SEVERITY_WARNING, ON_CALL, line_silent,
	 "The line that was dialled never answered",
	 "Nobody lifted the receiver, or the LAC does not report what became of the call.",
	 "Check the called number and the line of the LAC; its log has the Q.931 cause.",
	 "RFC 2661 7.5.1", "session-not-answered", false},
	{"icrq-cdn", SEVERITY_ERROR, ON_CALL, refused, "The call was refused with a CDN",
	 "The result code says why.", ACT, "RFC 2661 7.4.2", NULL, false},
	{"cdn-q931-cause", SEVERITY_NOTE, ON_CALL, q931, "The CDN carries a Q.931 cause",
	 "The telephone network gave it when the line was cleared.", ACT, "RFC 2661 4.4.4", NULL,
	 false},
	{"cdn-ppp-disconnect-cause", SEVERITY_NOTE, ON_CALL, disconnect_cause,
	 "The CDN carries a PPP disconnect cause", "The sender tells why PPP ended.", ACT,
	 "RFC 3145 3", NULL, false},
	{"cdn-crossing", SEVERITY_NOTE, ON_CALL, crossing, "The CDNs of both ends crossed",
	 "Both ends cleared the call at the same time, or one of them twice.", "Nothing to do.",
	 "RFC 2661 7.4", NULL, false},
	{"error-code-4-resources", SEVERITY_ERROR, ON_CALL, out_of_resources,
	 "The other end has no resources for the call",
	 "A session limit, a licence or the memory is used up.",
	 "Check session limits, licences and memory on the refusing end.", "RFC 2661 4.4.2",
	 "no-resources", false},
	{"session-setup-slow", SEVERITY_WARNING, ON_CALL, setup_slow,
	 "The session took long to come up",
	 "AAA or the virtual interface is slow, or messages "
	 "were lost.",
	 "Look at the AAA server's answer times and at retransmissions.", "", NULL, true},
	{"session-short-lived", SEVERITY_NOTE, ON_CALL, short_lived,
	 "The session ended soon after it was established",
	 "Authentication or a network protocol failed, or a policy ended it.",
	 "Read the PPP part of the call.", "", NULL, false},
	{"proxy-lcp-ignored", SEVERITY_NOTE, ON_CALL, proxy_ignored,
	 "The LNS negotiates LCP again in spite of proxy LCP",
	 "lcp renegotiation is configured at the LNS, or the LAC's options do not suit it.",
	 "Harmless but slower; some clients fail. Align the LCP options of LAC and LNS.",
	 "RFC 2661 4.4.5", NULL, false},
	{"lac-lns-disagree", SEVERITY_ERROR, ON_CALL, ends_disagree,
	 "LAC and LNS disagree whether the call is up",
	 "A message was lost, or the path is one-way.",
	 "Check reachability in both directions; clear the session where it is still up.",
	 "RFC 2661 7.4", NULL, false},
	{"reason-disagree", SEVERITY_NOTE, ON_CALL, reasons_disagree,
	 "The CDN and PPP give different reasons",
	 "Many implementations send one result code for every end of a call.",
	 "Trust the earlier, more specific reason.", "RFC 3145 1", NULL, false},
};

const struct rule_table rules_session = {
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
};
