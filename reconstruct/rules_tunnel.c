#include <stdio.h>

#include "cause.h"
#include "l2f_replay.h"
#include "limits.h"
#include "observer.h"
#include "rules.h"

static struct str end_name(const struct raise *r, const struct tunnel *t, int end)
{
	const struct peer *p = &t->peer[end];

	return arena_printf(r->r->arena, "the %s%s%.*s", end_word((unsigned)end),
			    p->name.len ? " " : "", STR_ARG(p->name));
}

static bool heard_from(const struct tunnel *t, int end)
{
	return t->way[end].is_started || t->way[1 - end].has_acked;
}

/* The last time that a message was sent: of one that was given up on its own last copy, not one of
 * the same type from the other end. */
static const struct mark *last_copy(const struct tunnel *t, unsigned message,
				    const struct seen *seen)
{
	const struct unanswered *u = &t->unanswered;

	return u->is_set && u->message == message && seen == seen_of(t->seen, message)
		       ? &u->last
		       : seen_last(seen);
}

static const struct mark *first_copy(const struct tunnel *t, unsigned message,
				     const struct seen *seen)
{
	const struct unanswered *u = &t->unanswered;

	return u->is_set && u->message == message && seen == seen_of(t->seen, message)
		       ? &u->first
		       : &seen->first;
}

static void no_reply(struct raise *r, struct tunnel *t, struct call *c)
{
	struct finding *f;

	(void)c;
	if (heard_from(t, RESPONDER))
		return;
	f = raise_finding(r, &seen_of(t->seen, SCCRQ)->first, "%.*s", STR_ARG(t->cause_text));
	finding_evidence(r, f, last_copy(t, SCCRQ, seen_of(t->seen, SCCRQ)));
}

/* The error itself is the evidence, not what it led to. */
static void port_refused(struct raise *r, struct tunnel *t, struct call *c)
{
	struct finding *f = raise_finding(r, &t->icmp, "%.*s", STR_ARG(t->cause_text));

	(void)c;
	if (!f || icmp_is_of_host(t))
		return;
	f->cause = STR(
		"A router on the path refuses or cannot forward it: the L2TP service of the peer "
		"has no say in that.");
	f->advice =
		STR("Look at the sender of the ICMP error: its filters and its route to the peer.");
}

/* The tunnel came up and nothing says that it fell, and yet a packet of it was refused: by a host
 * that restarts, or a filter on the path of one direction. A freed port after the end is no fault.
 */
static void refused_while_up(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)c;
	if (!t->icmp.is_set || icmp_is_too_big(t) || t->outcome == OUTCOME_FAILED ||
	    is_root(t->cause, "port-unreachable") || !t->connected.is_set ||
	    mark_before(r->r, &t->icmp, &t->connected) ||
	    (t->ended.is_set && !mark_before(r->r, &t->icmp, &t->ended)))
		return;
	raise_finding(r, &t->icmp,
		      "An ICMP error (type %u code %u) says that a packet of this tunnel was not "
		      "delivered while it was up",
		      t->icmp_type, t->icmp_code);
}

static void zlb_only(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)c;
	if (heard_from(t, RESPONDER))
		raise_finding(r, &seen_of(t->seen, SCCRQ)->first, "%.*s", STR_ARG(t->cause_text));
}

/* L2F has neither message: the same cause has other words there. */
static void no_scccn(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct seen *reply = seen_of(t->seen, SCCRP);
	struct finding *f;

	(void)c;
	if (!reply->count || t->version == 1)
		return;
	f = raise_finding(r, &reply->first, "%.*s", STR_ARG(t->cause_text));
	finding_evidence(r, f, seen_last(reply));
	if (!f || !scccn_is_never_taken(t))
		return;
	f->cause = STR("The SCCCN is lost on its way, or the responder drops it without a word.");
	f->advice = STR("Compare the tunnel secrets of both ends (--secrets verifies them); else "
			"capture at the responder: does the SCCCN arrive?");
}

static void challenge_unanswered(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)c;
	for (int i = 0; i < 2; i++) {
		struct finding *f;

		if (!t->peer[i].challenge.len || t->peer[1 - i].response.len)
			continue;
		f = raise_finding(r, &t->peer[i].challenge_mark,
				  "%s sent a Challenge and %s never answered it",
				  str_c(end_name(r, t, i)), str_c(end_name(r, t, 1 - i)));
		finding_evidence(r, f, &t->ended);
		return;
	}
}

static void response_wrong(struct raise *r, struct tunnel *t, struct call *c)
{
	struct finding *f;

	(void)c;
	if (t->auth_verified == TRUTH_FALSE && t->connected.is_set)
		return; /* both ends took it: see given_secret_wrong */
	if (t->auth_verified == TRUTH_FALSE) {
		f = raise_finding(r, &t->auth_wrong,
				  "A Challenge Response does not fit the secret from %.*s",
				  STR_ARG(t->auth_secret_from));
		finding_evidence(r, f, &t->ended);
		return;
	}
	if (is_root(t->cause, "tunnel-secret-wrong"))
		raise_finding(r, t->ended.is_set ? &t->ended : &t->start, "%.*s",
			      STR_ARG(t->cause_text));
}

/* The peers accepted each other, so it is not their secret that is wrong. */
static void given_secret_wrong(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)c;
	if (t->auth_verified == TRUTH_FALSE && t->connected.is_set)
		raise_finding(
			r, &t->auth_wrong,
			"A Challenge Response does not fit the secret from %.*s, and both ends "
			"accepted it",
			STR_ARG(t->auth_secret_from));
}

static void auth_stopccn(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)c;
	if (!t->stopccn.is_set || !t->cause || strncmp(t->cause, "tunnel-secret", 13) != 0)
		return;
	raise_finding(r, &t->stopccn.mark, "%s closed the tunnel over authentication: %s",
		      str_c(end_name(r, t, t->stopccn.from)),
		      str_c(mark_said(r->r->arena, &t->stopccn.mark)));
}

/* The word of a log that does not show how the tunnel ended. */
static void auth_failed_says(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct view *v = report_view(r->r, t->vantage);

	(void)c;
	if (!v || !v->dialect || !strstr(v->dialect, "cisco"))
		return;
	if (t->stopccn.is_set || t->established[0].is_set || t->established[1].is_set)
		return;
	for (int i = 0; i < 2; i++)
		if (t->claimed_auth_failed[i].is_set)
			raise_finding(r, &t->claimed_auth_failed[i],
				      "%s says that its peer failed tunnel authentication",
				      str_c(end_name(r, t, i)));
}

static bool has_defect(const struct tunnel *t, enum defect_id id)
{
	for (const struct defect_note *d = t->defects; d; d = d->next)
		if (d->defect.id == id)
			return true;
	return false;
}

static void auth_absent(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct view *v = report_view(r->r, t->vantage);

	(void)c;
	/* only bytes prove that no Challenge was there, and only all of them */
	if (has_defect(t, DEFECT_FRAME_CUT) || !tunnel_opening_seen(t))
		return;
	if (t->auth_used || t->version == 3 || !seen_of(t->seen, SCCRQ)->count ||
	    !seen_of(t->seen, SCCRP)->count || !v || v->is_text)
		return;
	raise_finding(r, &seen_of(t->seen, SCCRQ)->first,
		      "Neither end asks the other to prove that it knows a secret");
}

static void sccrq_refused(struct raise *r, struct tunnel *t, struct call *c)
{
	struct finding *f;

	(void)c;
	if (!t->stopccn.is_set || t->stopccn.from != RESPONDER || seen_of(t->seen, SCCRP)->count ||
	    !seen_of(t->seen, SCCRQ)->count || t->outcome != OUTCOME_FAILED)
		return;
	/* a log that prints no SCCRP may say that the tunnel came up */
	if (t->established[INITIATOR].is_set || t->established[RESPONDER].is_set)
		return;
	f = raise_finding(r, &t->stopccn.mark, "%.*s", STR_ARG(t->cause_text));
	if (f && !is_root(t->cause, "protocol-error"))
		finding_of_cause(r, f, t->cause);
}

static void result_is(struct raise *r, const struct tunnel *t, int result)
{
	if (t->stopccn.is_set && t->stopccn.result == result)
		raise_finding(r, &t->stopccn.mark, "%.*s", STR_ARG(t->cause_text));
}

static void result_auth(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)c;
	result_is(r, t, 4);
}

static void result_version(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)c;
	result_is(r, t, 5);
}

static void result_fsm(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)c;
	result_is(r, t, 7);
}

static void stopccn_unacknowledged(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct unanswered *u = &t->unanswered;
	struct finding *f;

	(void)c;
	/* to a peer that never answered anything this is no news */
	if (!u->is_set || u->message != STOPCCN || u->copies < 2 ||
	    is_root(t->cause, "peer-silent"))
		return;
	f = raise_finding(r, &u->first, "StopCCN was sent %u times and never acknowledged",
			  u->copies);
	finding_evidence(r, f, &u->last);
}

static void message_lost(struct raise *r, const struct tunnel *t)
{
	const struct mark *first = t->unanswered.is_set ? &t->unanswered.first : &t->stopccn.mark;
	struct finding *f = raise_finding(r, first, "%.*s", STR_ARG(t->cause_text));

	finding_evidence(r, f, &t->unanswered.last);
}

static void hello_lost(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)c;
	if (t->unanswered.message == HELLO)
		message_lost(r, t);
}

static void ack_missing(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)c;
	if (t->unanswered.message != HELLO)
		message_lost(r, t);
}

/* The message type of a tunnel or its sessions that was repeated most; of several that of the call
 * that began first. */
struct repeated {
	uint8_t message;
	const struct seen *seen;
	uint64_t number;
};

static void more_repeated(struct repeated *best, const struct seen *seen, uint64_t number)
{
	for (; seen; seen = seen->next) {
		uint32_t most = best->seen ? best->seen->repeats : 0;

		if (seen->message && seen->repeats > 0 &&
		    (seen->repeats > most || (seen->repeats == most && number < best->number)))
			*best = (struct repeated){seen->message, seen, number};
	}
}

static struct repeated most_repeated(const struct tunnel *t)
{
	const struct live_tunnel *lt = (const struct live_tunnel *)t;
	struct repeated best = {0};

	more_repeated(&best, t->seen, 0);
	more_repeated(&best, &lt->told_repeated, lt->told_number);
	for (const struct session *s = t->sessions; s; s = session_after(s))
		more_repeated(&best, s->seen, s->number);
	return best;
}

/* What a silent peer's tunnel says already. */
static bool repeats_explained(const struct tunnel *t)
{
	return is_root(t->cause, "peer-silent") || is_root(t->cause, "keepalive-lost") ||
	       is_root(t->cause, "port-unreachable") || is_root(t->cause, "reply-not-received");
}

/* Up when the tunnel was closed: neither its CDN nor the end of its PPP came before. */
static bool outlived_by(const struct report *r, const struct session *s, const struct mark *stopccn)
{
	const struct cp *lcp = link_cp(&s->ppp, CP_LCP);

	if (!s->established[LAC].is_set && !s->established[LNS].is_set)
		return false;
	return (!session_cdn(s)->is_set || mark_before(r, stopccn, &session_cdn(s)->mark)) &&
	       !mark_before(r, &side_ending(&lcp->side[CLIENT])->request, stopccn) &&
	       !mark_before(r, &side_ending(&lcp->side[LNS])->request, stopccn);
}

static void live_sessions(struct raise *r, struct tunnel *t, struct call *c)
{
	const char *said = code_name(CODE_STOPCCN, (uint32_t)t->stopccn.result);
	uint32_t n = 0;
	struct finding *f;

	(void)c;
	/* who gives up on a silent peer has nobody left to clear the sessions with */
	if (!t->stopccn.is_set || repeats_explained(t))
		return;
	for (const struct session *s = t->sessions; s; s = session_after(s))
		n += outlived_by(r->r, s, &t->stopccn.mark);
	if (!n)
		return;
	f = raise_finding(r, &t->stopccn.mark, "StopCCN ended %u session%s that %s still up", n,
			  n == 1 ? "" : "s", n == 1 ? "was" : "were");
	if (t->stopccn.result != 2 && t->stopccn.result != 3 && t->stopccn.result != 7)
		f->severity = SEVERITY_NOTE;
	if ((t->stopccn.result == 1 || t->stopccn.result == 6) && said)
		f->cause = arena_printf(r->r->arena, "Its sender says so: result %d, %s.",
					t->stopccn.result, said);
	if (t->outcome != OUTCOME_DROPPED || f->severity == SEVERITY_NOTE)
		return;
	finding_text(r, f, "%.*s", STR_ARG(t->cause_text)); /* it names the sessions, too */
	finding_of_cause(r, f, t->cause);
}

static void retransmitted(struct raise *r, struct tunnel *t, struct call *c)
{
	struct repeated x = most_repeated(t);
	const char *name = tunnel_message_name(t, (uint32_t)x.message);
	struct finding *f;

	(void)c;
	if (!t->counters.retransmissions || !x.seen)
		return;
	f = raise_finding(r, first_copy(t, x.message, x.seen),
			  "%u control message%s sent again, most often %s (%u time%s)",
			  t->counters.retransmissions,
			  t->counters.retransmissions == 1 ? " was" : "s were", name ? name : "one",
			  x.seen->repeats, x.seen->repeats == 1 ? "" : "s");
	finding_evidence(r, f, last_copy(t, x.message, x.seen));
	f->count = t->counters.retransmissions;
	/* one repeat of a message costs a second and happens; a second one is loss. Of who closes a
	 * tunnel it costs nobody anything. */
	if (x.seen->repeats <= x.seen->count || repeats_explained(t) ||
	    (x.message == STOPCCN && x.seen->repeats == t->counters.retransmissions))
		f->severity = SEVERITY_NOTE;
	if (has_defect(t, DEFECT_V3_ZLB_WITH_DIGEST)) {
		f->severity = SEVERITY_NOTE;
		f->cause = STR("Acknowledged by ZLBs, which cannot carry a digest: an end that "
			       "authenticates its messages drops them (RFC 3931 4.3).");
	}
}

static void retransmitted_often(struct raise *r, struct tunnel *t, struct call *c)
{
	struct repeated x = most_repeated(t);
	uint32_t limit = t->version == 3 ? 10 : 5;
	const char *name = tunnel_message_name(t, (uint32_t)x.message);

	(void)c;
	if (!x.seen || !x.seen->count || x.seen->repeats < limit * x.seen->count ||
	    repeats_explained(t) || x.message == STOPCCN)
		return;
	raise_finding(r, &x.seen->first, "%s was sent %u times", name ? name : "A message",
		      x.seen->repeats + 1);
}

/* When it came up at the latest: an SCCCN that is not sent again was acknowledged (RFC 2661 5.8),
 * whether or not the capture has that. */
static const struct mark *up_by(struct raise *r, const struct tunnel *t)
{
	const struct mark *last = seen_last(seen_of(t->seen, SCCCN));

	return mark_frame(last) ? mark_earlier(r->r, &t->connected, last) : &t->connected;
}

static void setup_slow(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct mark *up = up_by(r, t);
	struct finding *f;
	double gap;

	(void)c;
	/* without the SCCCN of a capture it is only known since when it was up at the latest */
	if (t->version != 1 && mark_frame(&seen_of(t->seen, SCCRQ)->first) &&
	    !seen_of(t->seen, SCCCN)->count)
		return;
	if (!seen_of(t->seen, SCCRQ)->first.is_set || !t->connected.is_set ||
	    !mark_gap(r->r, &seen_of(t->seen, SCCRQ)->first, up, &gap) ||
	    gap - mark_blur(&seen_of(t->seen, SCCRQ)->first, up) <=
		    threshold(r->r->thresholds, THRESHOLD_TUNNEL_SLOW))
		return;
	f = raise_finding(r, &seen_of(t->seen, SCCRQ)->first, "The tunnel took %.1f s to come up",
			  gap);
	finding_evidence(r, f, up);
}

static void too_big(struct raise *r, struct tunnel *t, struct call *c)
{
	struct finding *f;

	(void)c;
	if (!icmp_is_too_big(t))
		return;
	f = raise_finding(r, &t->icmp,
			  "A router on the path dropped an L2TP packet that is too large for it");
	for (c = r->r->calls; f && c; c = call_after(r->r, c))
		if (c->tunnel == t && is_root(c->cause, "path-mtu"))
			f->severity = SEVERITY_ERROR;
}

static const struct rule_row rows[] = {
	{"sccrq-no-reply", SEVERITY_ERROR, ON_TUNNEL, no_reply, "SCCRQ was never answered",
	 "The peer cannot be reached, does not run L2TP, or drops the request because it does not "
	 "know the host name.",
	 "Ping the peer from the tunnel's source address, check UDP port 1701 in ACLs and NAT, the "
	 "VRF, and the peer's vpdn-group (terminate-from hostname).",
	 "RFC 2661 5.8", "peer-silent", false},
	{"sccrq-zlb-only", SEVERITY_ERROR, ON_TUNNEL, zlb_only,
	 "SCCRQ was acknowledged but never answered",
	 "The peer has the request but its tunnel lookup (AAA) does not come to an end.",
	 "Check the AAA server of the peer and its L2TP log.", "RFC 2661 5.1", "peer-silent",
	 false},
	{"icmp-port-unreachable-1701", SEVERITY_ERROR, ON_TUNNEL, port_refused,
	 "ICMP says that the L2TP port cannot be reached",
	 "The L2TP service of the peer is down, the address is wrong, or a filter refuses it.",
	 "Check that the peer's L2TP service runs on that address and that no ACL blocks it.",
	 "RFC 1122 4.1.3.1", "port-unreachable", false},
	{"icmp-while-up", SEVERITY_WARNING, ON_TUNNEL, refused_while_up,
	 "ICMP says that a packet of a tunnel that is up could not be delivered",
	 "The L2TP service of the peer restarts or is gone, or a router or filter on the path "
	 "refuses "
	 "what one end sends.",
	 "See who sent the ICMP error: the peer itself (is its L2TP service still there?) or a "
	 "router "
	 "(ACL, route).",
	 "RFC 1122 3.2.2.1", NULL, true},
	{"icmp-frag-needed-1701", SEVERITY_WARNING, ON_TUNNEL, too_big,
	 "ICMP says that an L2TP packet is too large for the path",
	 "The packets of the client and 40 octets of L2TP, UDP and IP are larger than a link on "
	 "the "
	 "path, and must not be fragmented.",
	 "Lower the MTU of the virtual interface (1460 or less) and clamp TCP MSS.", "RFC 1191 4",
	 NULL, true},
	{"sccrp-no-scccn", SEVERITY_ERROR, ON_TUNNEL, no_scccn,
	 "SCCRP was sent but SCCCN never followed",
	 "The reply is lost on its way back (routing, NAT, filter) or the initiator refuses it "
	 "silently.",
	 "Capture at the initiator: does the SCCRP arrive, and from the address it asked?",
	 "RFC 2661 7.2.1", "reply-not-received", false},
	{"challenge-no-response", SEVERITY_ERROR, ON_TUNNEL, challenge_unanswered,
	 "A tunnel Challenge was never answered",
	 "The challenged end has no tunnel secret for this peer.",
	 "Configure the same l2tp tunnel password on both ends, or turn authentication off on "
	 "both.",
	 "RFC 2661 5.1.1", "tunnel-secret-missing", false},
	{"challenge-response-wrong", SEVERITY_ERROR, ON_TUNNEL, response_wrong,
	 "A tunnel Challenge Response does not fit the secret",
	 "The tunnel passwords of both ends differ (case, a trailing blank, an encrypted paste, "
	 "the "
	 "wrong host-name stanza).",
	 "Enter the same tunnel password on both ends again.", "RFC 2661 5.1.1", NULL, false},
	{"given-secret-wrong", SEVERITY_NOTE, ON_TUNNEL, given_secret_wrong,
	 "The secret that was given is not the one of this tunnel",
	 "The tunnel came up: its ends share a secret, and it is another one.",
	 "Give the secret of these two ends: the line of --secrets names either peer.",
	 "RFC 2661 5.1.1", NULL, false},
	{"tunnel-auth-fail-stopccn", SEVERITY_ERROR, ON_TUNNEL, auth_stopccn,
	 "The tunnel was closed because authentication failed",
	 "Secrets or host names of both ends do not match.",
	 "Compare tunnel password and local name on both ends.", "RFC 2661 4.4.2", NULL, false},
	{"cisco-log-auth-failed", SEVERITY_ERROR, ON_TUNNEL, auth_failed_says,
	 "The router's log says that tunnel authentication failed",
	 "The secrets differ, or the router took another group than was meant for this host name.",
	 "Enter the secret anew on both ends (case, trailing blank, an encrypted one that was "
	 "pasted: IOS `l2tp tunnel password`), and see which group answers that host name.",
	 "RFC 2661 5.1.1", NULL, false},
	{"tunnel-auth-absent", SEVERITY_NOTE, ON_TUNNEL, auth_absent,
	 "The tunnel does without authentication",
	 "Without tunnel secret or IPsec anybody who reaches port 1701 may open a tunnel.",
	 "Configure tunnel authentication, unless IPsec protects the path.", "RFC 2661 9.1", NULL,
	 false},
	{"sccrq-stopccn", SEVERITY_ERROR, ON_TUNNEL, sccrq_refused,
	 "SCCRQ was answered with StopCCN", "The result code says why the peer refuses.",
	 "Act on the result and error code; the peer's log has more.", "RFC 2661 7.2.1", NULL,
	 false},
	{"stopccn-result-auth", SEVERITY_ERROR, ON_TUNNEL, result_auth,
	 "The peer does not let this host in (StopCCN 4)",
	 "The host name is not accepted, the source address is not allowed, or the secret is "
	 "wrong.",
	 "Check terminate-from hostname and source address on the refusing end.", "RFC 2661 4.4.2",
	 "not-authorized", false},
	{"stopccn-result-version", SEVERITY_ERROR, ON_TUNNEL, result_version,
	 "The peer does not speak this L2TP version (StopCCN 5)",
	 "One end speaks only L2TPv3, the other only L2TPv2.",
	 "Configure the same protocol version on both ends.", "RFC 2661 4.4.2",
	 "version-unsupported", false},
	{"stopccn-result-fsm", SEVERITY_ERROR, ON_TUNNEL, result_fsm,
	 "The peer met a message it could not have in its state (StopCCN 7)",
	 "The state machines of both ends disagree: a restart, a lost message, a bug.",
	 "Capture at both ends and compare.", "RFC 2661 4.4.2", "protocol-error", false},
	{"stopccn-with-live-sessions", SEVERITY_ERROR, ON_TUNNEL, live_sessions,
	 "The tunnel was closed while sessions were up",
	 "An operator, a shutdown, or an error closed the whole tunnel.",
	 "Read the result code of the StopCCN and the log of its sender.", "RFC 2661 6.4", NULL,
	 false},
	{"stopccn-no-ack", SEVERITY_WARNING, ON_TUNNEL, stopccn_unacknowledged,
	 "StopCCN was never acknowledged", "The peer is gone, or its way back is blocked.",
	 "Check whether the peer still holds the tunnel, and clear it there.", "RFC 2661 5.7", NULL,
	 false},
	{"hello-lost", SEVERITY_ERROR, ON_TUNNEL, hello_lost,
	 "HELLO was repeated and never acknowledged",
	 "The path is down, or the peer hangs or is gone.",
	 "Find the outage: routing and link logs of the path, uptime and CPU of the peer.",
	 "RFC 2661 5.5", "keepalive-lost", false},
	{"ack-missing", SEVERITY_ERROR, ON_TUNNEL, ack_missing,
	 "A control message was repeated and never acknowledged",
	 "The path is down, or the peer hangs or is gone.",
	 "Find the outage: routing and link logs of the path, uptime and CPU of the peer.",
	 "RFC 2661 5.8", "keepalive-lost", false},
	{"retransmit-control", SEVERITY_WARNING, ON_TUNNEL, retransmitted,
	 "Control messages were sent again",
	 "Packets are lost, or the peer is slow to acknowledge.",
	 "Measure loss on the path between the peers, and the CPU of the peer.", "RFC 2661 5.8",
	 NULL, true},
	{"retransmit-excessive", SEVERITY_ERROR, ON_TUNNEL, retransmitted_often,
	 "One control message was sent again and again",
	 "The path is down or the peer does not answer this message.",
	 "Check reachability in both directions with the tunnel's addresses and ports.",
	 "RFC 2661 5.8", NULL, true},
	{"tunnel-setup-slow", SEVERITY_WARNING, ON_TUNNEL, setup_slow,
	 "The tunnel took long to come up",
	 "An AAA or DNS lookup for the tunnel is slow, or messages were lost.",
	 "Look at the AAA server's answer times and at retransmissions.", "", NULL, true},
};

const struct rule_table rules_tunnel = {
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
};
