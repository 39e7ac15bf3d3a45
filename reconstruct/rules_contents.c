#include "rules.h"
#include "session.h"
#include "watch.h"

/* What one control message says, against the RFC and against what its tunnel said before. Only
 * what was read whole is judged: a cut or hidden value proves nothing. */

static bool opens_tunnel(const struct watch *w)
{
	return watch_is_message(w, SCCRQ) || watch_is_message(w, SCCRP);
}

/* ---- attributes of any message ---- */

/* These may come several times: RFC 2661 4.4.1 (Random Vector), 3931 5.1, 4951 5.4, 5515 6.1. */
static bool may_repeat(const struct avp *a)
{
	static const uint16_t lists[] = {
		AVP_N_RANDOM_VECTOR,          AVP_N_EXTENDED_VENDOR_ID,
		AVP_N_FAILOVER_SESSION_STATE, AVP_N_PPPOE_RELAY,
		AVP_N_CONNECT_SPEED_UPDATE,   AVP_N_TUNNEL_SWITCHING_AGGREGATOR_ID,
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (a->number == lists[i])
			return true;
	return a->vendor != 0 || !a->row;
}

static void see_twice(struct watch *w)
{
	const struct control *c = &w->e->control;
	uint64_t seen[2] = {0}; /* a bit for each attribute number of the dictionary */

	for (size_t i = 0; i < c->n_avps; i++) {
		const struct avp *a = &c->avps[i];

		if (may_repeat(a) || a->number >= 128)
			continue;
		if (seen[a->number / 64] >> a->number % 64 & 1)
			watch_raise(w, "avp-duplicate", "%s of the %s carries %s (AVP %u) twice",
				    message_word(w->e->control.message), end_word(w->from),
				    a->row->name, a->number);
		seen[a->number / 64] |= UINT64_C(1) << a->number % 64;
	}
}

/* Each of its attributes is one that belongs there, and stands there once. */
static bool is_as_listed(const struct watch *w)
{
	const struct control *c = &w->e->control;
	const struct avp_set *listed = &avp_carried(w->e->l2tp.version, c->message)->all;

	return c->has_numbers && avp_set_count(&c->numbers) == c->n_avps &&
	       avp_set_within(&c->numbers, listed);
}

static void see_strangers(struct watch *w)
{
	const struct control *c = &w->e->control;
	unsigned version = w->e->l2tp.version;
	const struct avp_set *listed = &avp_carried(version, w->e->control.message)->all;
	bool is_known = listed->bits[0] || listed->bits[1];

	for (size_t i = 0; i < c->n_avps; i++) {
		const struct avp *a = &c->avps[i];

		if (!a->row && a->has_flags && !a->is_mandatory)
			watch_raise(w, "avp-unknown-optional",
				    "%s of the %s carries attribute %u of vendor %u, which is not "
				    "known and not mandatory",
				    message_word(w->e->control.message), end_word(w->from),
				    a->number, a->vendor);
		/* an SCCRQ may speak both versions at once (RFC 3931 4.7.3) */
		if (!a->row || a->vendor || !(a->row->versions >> version & 1))
			continue;
		if (is_known && !avp_set_has(listed, a->number))
			watch_raise(w, "avp-unexpected-in-message",
				    "%s of the %s carries %s (AVP %u), which does not belong there",
				    message_word(w->e->control.message), end_word(w->from),
				    a->row->name, a->number);
	}
	if (c->n_avps && c->avps[0].vendor && c->avps[0].row &&
	    (c->avps[0].row->kind == AVP_MESSAGE_TYPE || c->avps[0].number == 0))
		watch_raise(w, "vendor-message-type",
			    "The Message Type of the %s is one of vendor %u", end_word(w->from),
			    c->avps[0].vendor);
}

/* An id of 0 is none (RFC 2661 4.4.3, 4.4.4): its peer cannot name what is opened. Who refuses or
 * clears may have assigned nothing. */
static void see_assigned_zero(struct watch *w)
{
	static const struct {
		uint16_t message;
		uint16_t number;
	} assigns[] = {
		{SCCRQ, AVP_N_ASSIGNED_TUNNEL_ID}, {SCCRP, AVP_N_ASSIGNED_TUNNEL_ID},
		{ICRQ, AVP_N_ASSIGNED_SESSION_ID}, {ICRP, AVP_N_ASSIGNED_SESSION_ID},
		{OCRQ, AVP_N_ASSIGNED_SESSION_ID}, {OCRP, AVP_N_ASSIGNED_SESSION_ID},
	};
	uint64_t number;

	if (!w->e->origin.frame || w->e->l2tp.version != 2)
		return;
	for (size_t i = 0; i < sizeof(assigns) / sizeof(assigns[0]); i++)
		if (watch_is_message(w, assigns[i].message) &&
		    has_number(w->e, assigns[i].number, &number) && !number)
			watch_raise(w, "assigned-id-zero", "%s of the %s assigns %s ID 0",
				    message_word(w->e->control.message), end_word(w->from),
				    assigns[i].number == AVP_N_ASSIGNED_TUNNEL_ID ? "Tunnel"
										  : "Session");
}

/* ---- the header ---- */

static void see_zero_ids(struct watch *w)
{
	const struct event *e = w->e;

	if (!e->origin.frame || !e->l2tp.has_ids || e->l2tp.version != 2)
		return;
	if (watch_is_message(w, HELLO) && e->l2tp.session_id)
		watch_raise_tunnel(w, "hello-session-nonzero", "HELLO of the %s has Session ID %u",
				   end_word(w->from), e->l2tp.session_id);
	/* whoever refuses or withdraws an SCCRQ may not know an id yet; a message whose type was
	 * cut off may be one */
	if (!e->l2tp.tunnel_id && e->control.message != MESSAGE_UNKNOWN &&
	    !watch_is_message(w, SCCRQ) && !watch_is_message(w, STOPCCN))
		watch_raise_tunnel(w, "l2tp-tunnel-id-zero-late", "%s of the %s has Tunnel ID 0",
				   message_word(e->control.message), end_word(w->from));
	if (e->l2tp.session_id || !session_message(e->control.message) ||
	    watch_is_message(w, ICRQ) || watch_is_message(w, OCRQ))
		return;
	/* whoever withdraws a call may not know an id yet */
	if (watch_is_message(w, CDN) &&
	    !(w->s && (w->s->established[LAC].is_set || w->s->established[LNS].is_set)))
		return;
	watch_raise(w, "l2tp-session-id-zero-late",
		    "%s of the %s has Session ID 0, although the session has an id",
		    message_word(e->control.message), end_word(w->from));
}

/* ---- opening and closing a tunnel ---- */

/* What each end offered when the tunnel was opened. */
struct offer {
	bool is_complete; /* every attribute of its SCCRQ or SCCRP is known */
	bool has_challenge, has_bearer;
	uint32_t framing; /* 0: unknown */
};

struct contents {
	struct offer offer[2]; /* [from] */
};

static void take_offer(struct watch *w, struct offer *o)
{
	uint64_t number;

	o->is_complete = w->e->control.is_complete;
	o->has_challenge = event_avp(w->e, AVP_N_CHALLENGE) != NULL;
	o->has_bearer = event_avp(w->e, AVP_N_BEARER_CAPABILITIES) != NULL;
	if (has_number(w->e, AVP_N_FRAMING_CAPABILITIES, &number))
		o->framing = (uint32_t)number;
}

static void see_opening(struct watch *w)
{
	const struct avp *a;
	uint64_t number;

	if (!opens_tunnel(w) || w->e->l2tp.version != 2)
		return;
	a = event_avp(w->e, AVP_N_PROTOCOL_VERSION);
	if (a && a->is_whole && a->value.len == 2 && (a->value.at[0] != 1 || a->value.at[1]))
		watch_raise_tunnel(w, "protocol-version-wrong",
				   "%s of the %s has Protocol Version %u.%u instead of 1.0",
				   message_word(w->e->control.message), end_word(w->from),
				   a->value.at[0], a->value.at[1]);
	if (has_number(w->e, AVP_N_RECEIVE_WINDOW_SIZE, &number) && !number)
		watch_raise_tunnel(w, "rws-zero", "%s of the %s has Receive Window Size 0",
				   message_word(w->e->control.message), end_word(w->from));
}

/* Who is challenged, and by whom, is sure once both ends' offers were read whole. */
static void see_challenges(struct watch *w, const struct contents *m)
{
	const struct offer *own = &m->offer[w->from], *peer = &m->offer[1 - w->from];

	if (w->e->l2tp.version != 2)
		return;
	if (peer->is_complete && !peer->has_challenge &&
	    event_avp(w->e, AVP_N_CHALLENGE_RESPONSE) != NULL)
		watch_raise_tunnel(w, "challenge-response-unsolicited",
				   "%s of the %s carries a Challenge Response, and the other end "
				   "had sent no Challenge",
				   message_word(w->e->control.message), end_word(w->from));
	if (watch_is_message(w, SCCRP) && own->is_complete && peer->is_complete &&
	    own->has_challenge != peer->has_challenge)
		watch_raise_tunnel(w, "tunnel-auth-one-sided",
				   "Only the %s asks the other end to prove that it knows the "
				   "secret",
				   end_word(own->has_challenge ? w->from : 1 - w->from));
}

static void see_stopccn(struct watch *w)
{
	uint32_t assigned = w->t->peer[w->from].tunnel_id;
	uint64_t number;

	if (!watch_is_message(w, STOPCCN) || w->e->l2tp.version != 2 || w->e->origin.line ||
	    !seen_of(w->t->seen, w->from == INITIATOR ? SCCRQ : SCCRP)->count ||
	    !has_number(w->e, AVP_N_ASSIGNED_TUNNEL_ID, &number) || !assigned ||
	    number == assigned || w->t->stopccn.is_forgotten)
		return;
	watch_raise_tunnel(w, "stopccn-wrong-tunnel-id",
			   "StopCCN of the %s names Assigned Tunnel ID %u; it had assigned %u",
			   end_word(w->from), (unsigned)number, assigned);
}

/* RFC 4951. */
static void see_failover(struct watch *w)
{
	enum { CONTROL_AND_DATA = 3 };
	const struct avp *a;

	if (!opens_tunnel(w))
		return;
	a = event_avp(w->e, AVP_N_FAILOVER_CAPABILITY);
	if (a && a->is_whole && a->value.len == 6 && !(a->value.at[1] & CONTROL_AND_DATA))
		watch_raise_tunnel(w, "failover-cap-both-zero",
				   "Failover Capability in %s of the %s offers neither the control "
				   "nor the data channel",
				   message_word(w->e->control.message), end_word(w->from));
	if (!event_avp(w->e, AVP_N_TUNNEL_RECOVERY))
		return;
	if (a)
		watch_raise_tunnel(w, "failover-cap-in-recovery",
				   "%s of the %s recovers a tunnel and carries Failover Capability",
				   message_word(w->e->control.message), end_word(w->from));
	if (!watch_is_message(w, SCCRQ))
		return;
	watch_raise_tunnel(w, "failover-recovery-tunnel",
			   "The initiator opens this tunnel to recover an earlier one");
	if (w->e->control.is_complete && !event_avp(w->e, AVP_N_TIE_BREAKER))
		watch_raise_tunnel(
			w, "failover-no-tie-breaker",
			"SCCRQ of the initiator recovers a tunnel and has no Tie Breaker");
}

/* ---- calls ---- */

static void see_capabilities(struct watch *w, const struct contents *m)
{
	const struct offer *peer = &m->offer[1 - w->from];
	uint64_t framing;

	if (w->e->l2tp.version != 2 || !w->s)
		return;
	if (watch_is_message(w, OCRQ) && peer->is_complete && !peer->has_bearer)
		watch_raise(w, "bearer-cap-missing-ocrq",
			    "OCRQ of the %s asks for an outgoing call; the other end offered no "
			    "Bearer Capabilities",
			    end_word(w->from));
	/* some stacks offer 0 and mean any */
	if (peer->framing && has_number(w->e, AVP_N_FRAMING_TYPE, &framing) &&
	    (framing & ~(uint64_t)peer->framing & 3))
		watch_raise(w, "framing-cap-mismatch",
			    "%s of the %s has Framing Type 0x%x; the other end takes 0x%x",
			    message_word(w->e->control.message), end_word(w->from),
			    (unsigned)framing, peer->framing);
}

/* An end that took the request can dial, whatever it offered. */
static void judge_dialled(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	if (c && seen_of(c->session->seen, OCRP)->count)
		r->last->severity = SEVERITY_NOTE;
}

static void see_speeds(struct watch *w)
{
	uint64_t low, high, speed;
	enum { SLOWEST = 9600 };

	if (w->e->l2tp.version != 2 || !w->s)
		return;
	if (watch_is_message(w, OCRQ) && has_number(w->e, AVP_N_MINIMUM_BPS, &low) &&
	    has_number(w->e, AVP_N_MAXIMUM_BPS, &high) && low > high)
		watch_raise(w, "ocrq-bps-inverted",
			    "OCRQ of the %s asks for at least %u and at most %u bit/s",
			    end_word(w->from), (unsigned)low, (unsigned)high);
	if (!has_number(w->e, AVP_N_TX_CONNECT_SPEED, &speed))
		return;
	if (!speed)
		watch_raise(w, "connect-speed-zero", "%s of the %s gives Tx Connect Speed 0",
			    message_word(w->e->control.message), end_word(w->from));
	else if (speed < SLOWEST || speed == UINT32_MAX)
		watch_raise(w, "connect-speed-implausible",
			    "%s of the %s gives Tx Connect Speed %u bit/s",
			    message_word(w->e->control.message), end_word(w->from),
			    (unsigned)speed);
}

static void see_cdn(struct watch *w)
{
	const struct avp *cause;
	struct disconnect_cause said;
	unsigned side;
	uint64_t number;

	if (!watch_is_message(w, CDN) || !w->s || w->e->l2tp.version != 2)
		return;
	cause = event_avp(w->e, AVP_N_PPP_DISCONNECT_CAUSE);
	side = session_side(w->s, w->from);
	if (has_number(w->e, AVP_N_ASSIGNED_SESSION_ID, &number) && w->e->origin.frame &&
	    w->s->id[side] && number != w->s->id[side] && number)
		watch_raise(w, "cdn-wrong-session-id",
			    "CDN of the %s names Assigned Session ID %u; it had assigned %u",
			    end_word(w->from), (unsigned)number, w->s->id[side]);
	/* RFC 3145 3: codes 0 to 4 name no protocol, 5 to 12 are about LCP */
	if (cause && cause->is_whole && avp_disconnect(cause, &said) && said.code <= 12 &&
	    said.protocol != (said.code >= 5 ? 0xc021 : 0))
		watch_raise(w, "pppdisc-bad-protocol",
			    "PPP disconnect cause %u of the %s comes with protocol 0x%04x",
			    said.code, end_word(w->from), said.protocol);
}

static void contents_watch(struct watch *w)
{
	struct contents *m;

	if (!watch_is_new(w) || w->e->l2tp.version == 1 || w->e->control.message == ZLB)
		return;
	m = watch_tunnel(w);
	if (opens_tunnel(w))
		take_offer(w, &m->offer[w->from]);
	if (!is_as_listed(w)) {
		see_twice(w);
		see_strangers(w);
	}
	see_assigned_zero(w);
	see_zero_ids(w);
	see_opening(w);
	see_challenges(w, m);
	see_stopccn(w);
	see_failover(w);
	see_capabilities(w, m);
	see_speeds(w);
	see_cdn(w);
}

static const struct watcher watchers[] = {
	{.kinds = WATCH(EVENT_CONTROL),
	 .memory = sizeof(struct contents),
	 .messages = ~WATCH_MESSAGE(ZLB),
	 .see = contents_watch},
};

static const char VENDOR[] =
	"Nothing to tune: identify the sender by Host Name, Vendor Name and Firmware Revision, "
	"upgrade it or give its vendor this message.";
static const char ALIGN[] = "Align the settings of both ends and try again.";
static const char BUILDER[] = "The sender builds its messages wrongly.";
static const char NOTHING[] = "Nothing to do.";

static const struct rule_row rows[] = {
	{"protocol-version-wrong", SEVERITY_ERROR, ON_EVENT, judge_by_outcome,
	 "The Protocol Version is not 1.0",
	 "The sender speaks a draft of L2TP; its peer refuses it with StopCCN 5.", VENDOR,
	 "RFC 2661 4.4.3", NULL, false},
	{"rws-zero", SEVERITY_ERROR, ON_EVENT, judge_by_outcome, "The Receive Window Size is 0",
	 "A wrong setting, or a bug: with a window of 0 nobody may send anything.",
	 "Set the receive window of that end (`l2tp tunnel receive-window`) to 4 or more.",
	 "RFC 2661 5.8", NULL, false},
	{"assigned-id-zero", SEVERITY_ERROR, ON_EVENT, judge_by_outcome,
	 "The id that an end assigns is 0", BUILDER, VENDOR, "RFC 2661 4.4.3", NULL, false},
	{"avp-duplicate", SEVERITY_WARNING, ON_EVENT, judge_by_outcome,
	 "An attribute comes twice in one message", BUILDER, VENDOR, "RFC 2661 4.4", NULL, false},
	{"avp-unexpected-in-message", SEVERITY_NOTE, ON_EVENT, NULL,
	 "A message carries an attribute that does not belong there",
	 "An extension, or a habit of the sender; the peer ignores it unless it is mandatory.",
	 "Where the peer refuses the message, turn that feature off at the sender.", "RFC 2661 6",
	 NULL, false},
	{"avp-unknown-optional", SEVERITY_NOTE, ON_EVENT, NULL,
	 "A message carries an unknown attribute that is not mandatory",
	 "An extension of a vendor; the peer ignores what it does not know.", NOTHING,
	 "RFC 2661 4.2", NULL, false},
	{"vendor-message-type", SEVERITY_NOTE, ON_EVENT, NULL,
	 "The Message Type is one of a vendor",
	 "Control messages of Cisco's drafts of L2TPv3, or of another vendor.", NOTHING,
	 "RFC 3931 5.4.1", NULL, false},
	{"hello-session-nonzero", SEVERITY_WARNING, ON_EVENT, judge_by_outcome,
	 "HELLO has a Session ID", "The sender uses the header of a session again.", VENDOR,
	 "RFC 2661 6.5", NULL, false},
	{"l2tp-tunnel-id-zero-late", SEVERITY_WARNING, ON_EVENT, judge_by_outcome,
	 "A message has Tunnel ID 0 although the tunnel has an id",
	 "The sender ignores the Assigned Tunnel ID; its peer drops the message.", VENDOR,
	 "RFC 2661 4.4.3", NULL, false},
	{"l2tp-session-id-zero-late", SEVERITY_WARNING, ON_EVENT, NULL,
	 "A message has Session ID 0 although the session has an id",
	 "The sender ignores the Assigned Session ID; some LACs do so in CDN.", VENDOR,
	 "RFC 2661 4.4.4", NULL, false},
	{"challenge-response-unsolicited", SEVERITY_NOTE, ON_EVENT, NULL,
	 "A Challenge Response answers no Challenge",
	 "The sender has a tunnel secret, the other end does not ask for it.",
	 "Nothing to do; for more safety let both ends challenge.", "RFC 2661 4.4.3", NULL, false},
	{"tunnel-auth-one-sided", SEVERITY_NOTE, ON_EVENT, NULL,
	 "Only one end challenges the other",
	 "Tunnel authentication is configured on one end only, or for one direction.",
	 "Configure tunnel authentication on both ends.", "RFC 2661 5.1.1", NULL, false},
	{"stopccn-wrong-tunnel-id", SEVERITY_ERROR, ON_EVENT, judge_by_outcome,
	 "StopCCN names another Assigned Tunnel ID than before",
	 "The sender takes the id of its peer for its own; the peer may not find the tunnel and "
	 "keep it.",
	 "Check on the other end whether the tunnel is gone, else clear it there; ask the sender's "
	 "vendor.",
	 "RFC 2661 4.4.3", NULL, false},
	{"failover-recovery-tunnel", SEVERITY_NOTE, ON_EVENT, NULL,
	 "This tunnel recovers an earlier one", "The control plane of one end failed over.",
	 "Look at the redundancy log of the initiator at that time.", "RFC 4951 3.2", NULL, false},
	{"failover-cap-in-recovery", SEVERITY_ERROR, ON_EVENT, judge_by_outcome,
	 "A recovery tunnel carries Failover Capability", BUILDER, VENDOR, "RFC 4951 3.2.1", NULL,
	 false},
	{"failover-cap-both-zero", SEVERITY_ERROR, ON_EVENT, judge_by_outcome,
	 "Failover Capability offers nothing", BUILDER, VENDOR, "RFC 4951 5.1", NULL, false},
	{"failover-no-tie-breaker", SEVERITY_WARNING, ON_EVENT, judge_by_outcome,
	 "A recovery SCCRQ has no Tie Breaker",
	 "Without it two recoveries at once cannot be told apart.", VENDOR, "RFC 4951 3.2.1", NULL,
	 false},
	{"bearer-cap-missing-ocrq", SEVERITY_ERROR, ON_EVENT, judge_dialled,
	 "An outgoing call is asked of an end that offers none",
	 "Dial-out is configured towards a LAC that cannot dial.",
	 "Configure dial-out on that LAC (`accept-dialout`, bearer), or send the call elsewhere.",
	 "RFC 2661 6.9", NULL, false},
	{"framing-cap-mismatch", SEVERITY_WARNING, ON_EVENT, NULL,
	 "The Framing Type is not one that the other end takes",
	 "The line of the caller is synchronous and the peer offers asynchronous framing only, or "
	 "the other way round.",
	 ALIGN, "RFC 2661 4.4.3", NULL, false},
	{"ocrq-bps-inverted", SEVERITY_ERROR, ON_EVENT, NULL,
	 "The Minimum BPS is above the Maximum BPS", "The dial-out profile is wrong.",
	 "Correct the speeds of the dial-out profile at the LNS.", "RFC 2661 4.4.4", NULL, false},
	{"connect-speed-zero", SEVERITY_NOTE, ON_EVENT, NULL, "The connect speed is 0",
	 "The LAC does not know the speed of the line.",
	 "Where the LNS shapes by it: configure the speed at the LAC.", "RFC 2661 4.4.4", NULL,
	 false},
	{"connect-speed-implausible", SEVERITY_NOTE, ON_EVENT, NULL,
	 "The connect speed cannot be right",
	 "kbit/s where bit/s belong, or more than 32 bits can say.",
	 "Where the LNS shapes by it: correct the speed that the LAC reports.", "RFC 2661 4.4.4",
	 NULL, false},
	{"cdn-wrong-session-id", SEVERITY_ERROR, ON_EVENT, NULL,
	 "CDN names another Assigned Session ID than before",
	 "The sender takes the id of its peer for its own; the peer may not find the session and "
	 "keep it.",
	 "Check on the other end whether the session is gone, else clear it there; ask the "
	 "sender's vendor.",
	 "RFC 2661 4.4.4", NULL, false},
	{"pppdisc-bad-protocol", SEVERITY_NOTE, ON_EVENT, NULL,
	 "A PPP disconnect cause comes with the wrong protocol", BUILDER, NOTHING, "RFC 3145 3",
	 NULL, false},
};

const struct rule_table rules_contents = {
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.watchers = watchers,
	.n_watchers = sizeof(watchers) / sizeof(watchers[0]),
};
