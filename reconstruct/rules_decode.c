#include <stdio.h>
#include <stdlib.h>

#include "avp.h"
#include "limits.h"
#include "rules.h"
#include "watch.h"

static void capture_midstream(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)c;
	if (!t->was_there)
		return;
	raise_finding(
		r, &t->first,
		"The input begins when this tunnel was already there: how it began was not seen");
}

static bool same_clock(const struct view *a, const struct view *b)
{
	return a->first.kind == b->first.kind && a->first.kind != CLOCK_UPTIME;
}

static struct str view_words(struct raise *r, const struct view *v)
{
	if (v->name.len)
		return v->name;
	if (v->role == ROLE_LAC || v->role == ROLE_LNS)
		return v->role == ROLE_LAC ? STR("the LAC") : STR("the LNS");
	if (r->r->n_views > 1)
		return arena_printf(r->r->arena, "input %u (a %s)", v->input + 1U,
				    v->is_text ? "log" : "capture");
	return v->is_text ? STR("the log") : STR("the capture");
}

/* "; it gains 100 ppm (0.360 s an hour)" */
static struct str drift_words(struct raise *r, const struct view *v)
{
	double drift = v->drift < 0 ? -v->drift : v->drift;

	if (v->drift == 0)
		return STR("");
	return arena_printf(r->r->arena, "; it %s %.0f ppm (%.3f s an hour)",
			    v->drift > 0 ? "gains" : "loses", drift * 1e6, drift * 3600);
}

static void clock_skew(struct raise *r, struct tunnel *t, struct call *c)
{
	double skew = threshold(r->r->thresholds, THRESHOLD_CLOCK_SKEW);
	const struct report *p = r->r;

	(void)t;
	(void)c;
	for (size_t i = 0; i < p->n_views; i++) {
		const struct view *v = &p->views[i], *reference = &p->views[p->reference];
		struct mark m = mark_at(
			(struct sight){.input = v->input, .vantage = v->vantage, .when = v->first});

		if (i == p->reference || !v->has_offset || !v->joined_messages ||
		    !same_clock(v, reference) ||
		    (v->offset_s < skew && v->offset_s > -skew && v->drift == 0))
			continue;
		raise_finding(r, &m,
			      "The clock of %s is %.3f s %s that of %s (from %u messages that "
			      "both saw, ± %.3f s)%s",
			      str_c(view_words(r, v)), v->offset_s < 0 ? -v->offset_s : v->offset_s,
			      v->offset_s < 0 ? "ahead of" : "behind",
			      str_c(view_words(r, reference)), v->joined_messages, v->residual_s,
			      str_c(drift_words(r, v)));
	}
}

static struct str span_words(struct raise *r, double seconds)
{
	static const double DAY = 86400, YEAR = 365.25 * 86400;

	if (seconds >= YEAR)
		return arena_printf(r->r->arena, "%.1f years", seconds / YEAR);
	if (seconds >= DAY)
		return arena_printf(r->r->arena, "%.1f days", seconds / DAY);
	return arena_printf(r->r->arena, "%.0f s", seconds);
}

static void clock_jump(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	(void)c;
	for (size_t i = 0; i < r->r->n_views; i++) {
		const struct view *v = &r->r->views[i];

		for (size_t k = 0; k < v->n_jumps; k++) {
			const struct mark *before = &v->jumps[k].before,
					  *after = &v->jumps[k].after;
			double by = (double)mark_when(after).ns / 1e9 -
				    (double)mark_when(before).ns / 1e9;
			struct finding *f =
				raise_finding(r, before,
					      "The clock of %s jumps %s by %s: times on both sides "
					      "of it cannot be compared",
					      str_c(view_words(r, v)), by < 0 ? "back" : "forward",
					      str_c(span_words(r, by < 0 ? -by : by)));

			finding_evidence(r, f, after);
		}
	}
}

static void limit_steps(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	(void)c;
	if (r->r->steps_full)
		raise_finding(r, NULL, "Only the first %zu events are kept for the timeline",
			      r->r->n_steps);
}

static void limit_vantages(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	(void)c;
	if (r->r->vantages_full)
		raise_finding(r, NULL, "More than %d consoles and captures: the rest is not shown",
			      LIMIT_VANTAGES);
}

static void limit_memory(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	(void)c;
	if (r->r->memory_full)
		raise_finding(r, NULL,
			      "The memory for one run is used up: later facts are missing");
}

static bool is_speed(const struct event *e, uint16_t number)
{
	return e->l2tp.version == 2 && e->control.message == ICCN &&
	       (number == AVP_N_TX_CONNECT_SPEED || number == AVP_N_FRAMING_TYPE);
}

/* What some messages must carry has an id of its own. */
static const char *missing_id(uint16_t message)
{
	switch (message) {
	case STOPCCN:
		return "stopccn-missing-avp";
	case CDN:
		return "cdn-missing-avp";
	default:
		return "avp-missing-mandatory";
	}
}

/* Only of messages whose every attribute is known. */
static void see_missing(struct watch *w)
{
	const struct event *e = w->e;
	const struct avp_carry *row;
	struct avp_set there;
	const char *name;
	size_t at = 0;

	if (!e->control.is_complete || e->control.message == ZLB || e->control.message == ACK ||
	    w->delivery == DELIVERY_REPEAT || w->delivery == DELIVERY_DUPLICATE)
		return;
	there = control_numbers(&e->control);
	if (avp_set_within(&avp_carried(e->l2tp.version, e->control.message)->must, &there))
		return;
	name = code_name(CODE_MESSAGE, e->control.message);
	while ((row = avp_carries(e->l2tp.version, e->control.message, &at))) {
		const struct avp_row *avp;

		if (row->presence != AVP_MUST || avp_set_has(&there, row->number))
			continue;
		avp = avp_lookup(0, row->number);
		watch_raise(w,
			    is_speed(e, row->number) ? "iccn-missing-connect-speed"
						     : missing_id(e->control.message),
			    "%s lacks %s (AVP %u)", name ? name : "A message",
			    avp ? avp->name : "an attribute", row->number);
	}
}

static const struct watcher watchers[] = {
	{.kinds = WATCH(EVENT_CONTROL), .messages = ~WATCH_MESSAGE(ZLB), .see = see_missing},
};

/* Of a tunnel that came up, and not of a call that was followed: its receiver put up with it. */
static void missing_borne(struct raise *r, struct tunnel *t, struct call *c)
{
	if (!c && t && (t->established[INITIATOR].is_set || t->established[RESPONDER].is_set))
		r->last->severity = SEVERITY_NOTE;
}

static const struct rule_row rows[] = {
	{"capture-midstream", SEVERITY_NOTE, ON_TUNNEL, capture_midstream,
	 "The tunnel was up before the input began",
	 "The capture or the log was started during the call; nothing can be said about the setup.",
	 "Start recording before the call to see its setup.", "", NULL, false},
	{"clock-skew-logs", SEVERITY_NOTE, ON_RUN, clock_skew,
	 "The clocks of two inputs differ by a constant",
	 "The devices are not synchronised; times are shown on the clock of the first.",
	 "Configure NTP on both devices.", "", NULL, false},
	{"clock-jump", SEVERITY_NOTE, ON_RUN, clock_jump,
	 "The clock was set while the input was recorded",
	 "NTP or an operator set the clock of the recording host, or recordings were put together; "
	 "the order of the records is taken, times across the jump are unknown.",
	 "Nothing for the calls; synchronise the clock before recording.", "", NULL, false},
	{"limit-steps", SEVERITY_WARNING, ON_RUN, limit_steps,
	 "There are more events than a timeline keeps",
	 "A ceiling protects memory; calls and findings are complete all the same.",
	 "Narrow the input with --since, --until or --where.", "", NULL, false},
	{"limit-vantages", SEVERITY_WARNING, ON_RUN, limit_vantages,
	 "There are more consoles and captures than one run keeps", "A ceiling protects memory.",
	 "Analyse fewer inputs at once.", "", NULL, false},
	{"limit-memory", SEVERITY_WARNING, ON_RUN, limit_memory,
	 "The memory ceiling of a run was reached", "The input is larger than one run can hold.",
	 "Split the input, or narrow it with --since and --until.", "", NULL, false},
	{"avp-missing-mandatory", SEVERITY_ERROR, ON_EVENT, missing_borne,
	 "A message lacks an attribute that it must carry",
	 "The sender is broken; a receiver must refuse such a message.",
	 "Identify the sender by Vendor Name and Firmware Revision and ask its vendor.",
	 "RFC 2661 6", NULL, false},
	{"stopccn-missing-avp", SEVERITY_ERROR, ON_EVENT, NULL,
	 "StopCCN lacks an attribute that it must carry",
	 "The sender is broken; its peer may not know what is closed, or why.",
	 "Identify the sender by Vendor Name and Firmware Revision and ask its vendor.",
	 "RFC 2661 6.4", NULL, false},
	{"cdn-missing-avp", SEVERITY_ERROR, ON_EVENT, NULL,
	 "CDN lacks an attribute that it must carry",
	 "The sender is broken; its peer may not know what is cleared, or why.",
	 "Identify the sender by Vendor Name and Firmware Revision and ask its vendor.",
	 "RFC 2661 6.12", NULL, false},
	{"iccn-missing-connect-speed", SEVERITY_ERROR, ON_EVENT, NULL,
	 "ICCN lacks the connect speed or the framing",
	 "The LAC is broken; the LNS may refuse the call.",
	 "Identify the sender by Vendor Name and Firmware Revision and ask its vendor.",
	 "RFC 2661 6.8", NULL, false},
};

const struct rule_table rules_decode = {
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.watchers = watchers,
	.n_watchers = sizeof(watchers) / sizeof(watchers[0]),
};

/* Where a defect comes from and what to do: by its severity, but for those that say more. */
#define BY_SEVERITY(severity, note, other) ((severity) == SEVERITY_NOTE ? (note) : (other))
#define DEFECT_WHY(id, severity)                                                                   \
	((id) == DEFECT_INPUT_DAMAGED                                                              \
		 ? "Nothing is wrong with the call: the copy of the log is damaged."               \
	 : (id) == DEFECT_FRAME_CUT                                                                \
		 ? "The capture was made with a snapshot length shorter than its packets."         \
	 : (id) == DEFECT_AVP_HIDDEN_NO_SECRET                                                     \
		 ? "The sender hides this attribute with the tunnel secret."                       \
	 : (id) == DEFECT_LIMIT_RECORD                                                             \
		 ? "Lines of the log were glued together in a way that nothing tells apart, or "   \
		   "it "                                                                           \
		   "is no log: what a program writes at once is far shorter."                      \
	 : (id) == DEFECT_V3_COOKIE_MISMATCH                                                       \
		 ? "The sender uses a cookie of an earlier session or of its configuration, or "   \
		   "somebody else sent this; the receiver drops such packets."                     \
	 : (id) == DEFECT_IP_FRAGMENT_LOST                                                         \
		 ? "Packets with L2TP, UDP and IP around them are larger than the MTU of their "   \
		   "sender, and a filter, a NAT or loss took fragments: large packets vanish, "    \
		   "small ones pass."                                                              \
	 : (id) == DEFECT_LIMIT_REACHED ? "A ceiling protects memory."                             \
					: BY_SEVERITY(severity,                                    \
						      "A habit of the sender, or the way the "     \
						      "input was recorded.",                       \
						      "The sender is broken, or the input was "    \
						      "damaged."))
#define DEFECT_ADVICE(id, severity)                                                                \
	((id) == DEFECT_INPUT_DAMAGED ? "Nothing; where it matters, take the log again as text."   \
	 : (id) == DEFECT_FRAME_CUT   ? "Capture whole packets (tcpdump -s 0)."                    \
	 : (id) == DEFECT_AVP_HIDDEN_NO_SECRET ? "Give the tunnel secret with --secrets."          \
	 : (id) == DEFECT_V3_COOKIE_MISMATCH                                                       \
		 ? "Compare the cookies configured at both ends, or clear the session so that "    \
		   "they are negotiated anew."                                                     \
	 : (id) == DEFECT_IP_FRAGMENT_LOST                                                         \
		 ? "Let fragments pass on the whole path; better, avoid them: lower the MTU of "   \
		   "the virtual interface (1460 or less) and clamp TCP MSS."                       \
	 : (id) == DEFECT_LIMIT_RECORD ? "Take the log again with its line ends."                  \
	 : (id) == DEFECT_LIMIT_REACHED                                                            \
		 ? "Split the input, or narrow it with --since, --until or --bpf."                 \
		 : BY_SEVERITY(severity, "Nothing to do; it does no harm by itself.",              \
			       "Compare with a recording from the other end; name and version of " \
			       "the sender stand in its SCCRQ or SCCRP."))

/* One row per defect, in the order of the enum. */
static const struct rule_row defect_rows[] = {
#define DEFECT(symbol, id, severity, title, ref)                                                   \
	{id,                                                                                       \
	 severity,                                                                                 \
	 ON_EVENT,                                                                                 \
	 NULL,                                                                                     \
	 title,                                                                                    \
	 DEFECT_WHY(DEFECT_##symbol, severity),                                                    \
	 DEFECT_ADVICE(DEFECT_##symbol, severity),                                                 \
	 ref,                                                                                      \
	 NULL,                                                                                     \
	 DEFECT_##symbol == DEFECT_V3_COOKIE_MISMATCH ||                                           \
		 DEFECT_##symbol == DEFECT_IP_FRAGMENT_LOST}, /* each is a packet lost */
#include "defect.def"
#undef DEFECT
};

const struct rule_table rules_defect = {.rows = defect_rows, .n = DEFECT_COUNT};

const struct rule_row *rule_of_defect(enum defect_id id)
{
	return id < DEFECT_COUNT ? &defect_rows[id] : NULL;
}

static const char BREACH[] = "A message was lost or reordered, or an implementation is wrong.";
static const char ASK_BOTH[] = "Compare with a recording from the other end; `l2tpscope explain "
			       "machine NAME` prints the machine.";

static const struct rule_row machine_rows[] = {
	{"fsm-tunnel", SEVERITY_ERROR, ON_EVENT, NULL,
	 "A message does not fit the state of the control connection", BREACH, ASK_BOTH,
	 "RFC 2661 7.2.1", NULL, false},
	{"fsm-session-lac-in", SEVERITY_ERROR, ON_EVENT, NULL,
	 "A message does not fit the state of an incoming call at the LAC", BREACH, ASK_BOTH,
	 "RFC 2661 7.4.1", NULL, false},
	{"fsm-session-lns-in", SEVERITY_ERROR, ON_EVENT, NULL,
	 "A message does not fit the state of an incoming call at the LNS", BREACH, ASK_BOTH,
	 "RFC 2661 7.4.2", NULL, false},
	{"fsm-session-lac-out", SEVERITY_ERROR, ON_EVENT, NULL,
	 "A message does not fit the state of an outgoing call at the LAC", BREACH, ASK_BOTH,
	 "RFC 2661 7.5.1", NULL, false},
	{"fsm-session-lns-out", SEVERITY_ERROR, ON_EVENT, NULL,
	 "A message does not fit the state of an outgoing call at the LNS", BREACH, ASK_BOTH,
	 "RFC 2661 7.5.2", NULL, false},
	{"fsm-tunnel-v3", SEVERITY_ERROR, ON_EVENT, NULL,
	 "A message does not fit the state of the control connection", BREACH, ASK_BOTH,
	 "RFC 3931 7.2", NULL, false},
	{"fsm-session-v3-icrq-sender", SEVERITY_ERROR, ON_EVENT, NULL,
	 "A message does not fit the state of a session at the end that asked for it (ICRQ)",
	 BREACH, ASK_BOTH, "RFC 3931 7.3.1", NULL, false},
	{"fsm-session-v3-icrq-recipient", SEVERITY_ERROR, ON_EVENT, NULL,
	 "A message does not fit the state of a session at the end that was asked for it (ICRQ)",
	 BREACH, ASK_BOTH, "RFC 3931 7.3.2", NULL, false},
	{"fsm-session-v3-ocrq-sender", SEVERITY_ERROR, ON_EVENT, NULL,
	 "A message does not fit the state of a session at the end that asked for it (OCRQ)",
	 BREACH, ASK_BOTH, "RFC 3931 7.4.1", NULL, false},
	{"fsm-session-v3-ocrq-recipient", SEVERITY_ERROR, ON_EVENT, NULL,
	 "A message does not fit the state of a session at the end that was asked for it (OCRQ)",
	 BREACH, ASK_BOTH, "RFC 3931 7.4.2", NULL, false},
	{"fsm-l2f-nas-tunnel", SEVERITY_NOTE, ON_EVENT, NULL,
	 "A message does not fit the state of an L2F tunnel at the NAS", BREACH, ASK_BOTH,
	 "RFC 2341 4.5.3", NULL, false},
	{"fsm-l2f-nas-client", SEVERITY_NOTE, ON_EVENT, NULL,
	 "A message does not fit the state of an L2F client at the NAS", BREACH, ASK_BOTH,
	 "RFC 2341 4.5.4", NULL, false},
	{"sccrp-in-established", SEVERITY_ERROR, ON_EVENT, NULL,
	 "The setup of a tunnel goes on although it is up",
	 "One end restarted, or its state machine is wrong; the other one must close the tunnel.",
	 "Compare with the restart or failover log of that end; clear the tunnel on both.",
	 "RFC 2661 7.2.1", NULL, false},
	{"scccn-in-idle", SEVERITY_WARNING, ON_EVENT, NULL,
	 "A tunnel is completed that was closed before",
	 "A late message: the other end gave the tunnel up meanwhile.",
	 "Look for loss and long delays between the ends.", "RFC 2661 7.2.1", NULL, false},
	{"message-after-stopccn", SEVERITY_WARNING, ON_EVENT, NULL,
	 "An end goes on in a tunnel that was closed",
	 "The StopCCN was ignored, or its sender restarted in the middle.",
	 "Clear the tunnel on that end; compare with its log.", "RFC 2661 5.7", NULL, false},
	{"cisco-log-state-mismatch", SEVERITY_NOTE, ON_EVENT, NULL,
	 "The router names a state that the messages do not lead to",
	 "Lines of the log are missing (rate limit, buffer), or the router does something that its "
	 "log does not show.",
	 "Log to a buffer that is large enough, without rate limit.", "RFC 2661 7", NULL, false},
};

/* A verdict that has an id of its own. */
static const struct named_verdict {
	const struct machine *machine;
	uint8_t state, event;
	const char *id;
} named_verdicts[] = {
	{&machine_tunnel, TUNNEL_ESTABLISHED, TUNNEL_SEND_SCCRP, "sccrp-in-established"},
	{&machine_tunnel, TUNNEL_ESTABLISHED, TUNNEL_SEND_SCCCN, "sccrp-in-established"},
	{&machine_tunnel, TUNNEL_IDLE, TUNNEL_SEND_SCCCN, "scccn-in-idle"},
	{&machine_tunnel, TUNNEL_IDLE, TUNNEL_SEND_OTHER, "message-after-stopccn"},
};

const struct rule_table rules_machine = {
	.rows = machine_rows,
	.n = sizeof(machine_rows) / sizeof(machine_rows[0]),
};

static const struct rule_row *rule_of_machine(const struct machine *m)
{
	for (size_t i = 0; m && i < rules_machine.n; i++)
		if (strcmp(machine_rows[i].id + strlen("fsm-"), m->name) == 0)
			return &machine_rows[i];
	return NULL;
}

const struct rule_row *rule_of_verdict(const struct verdict_note *v)
{
	for (size_t i = 0; i < sizeof(named_verdicts) / sizeof(named_verdicts[0]); i++)
		if (named_verdicts[i].machine == v->machine &&
		    named_verdicts[i].state == v->state && named_verdicts[i].event == v->event)
			return rule_named(named_verdicts[i].id);
	return rule_of_machine(v->machine);
}
