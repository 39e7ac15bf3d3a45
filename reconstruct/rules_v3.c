#include "arrived.h"
#include "rules.h"
#include "session_v3.h"
#include "watch.h"

enum { NUMBERS = 1 << 24, HALF = NUMBERS / 2 };

/* The sequencing sublayer of one direction (RFC 3931 4.6.1). */
struct v3_way {
	bool is_started;
	uint32_t next; /* expected */
	uint64_t packets, missing, late;
	struct arrived arrived;
};

struct v3_flow {
	struct v3_way way[2]; /* [from], by tunnel end */
};

static void see_sublayer(struct watch *w)
{
	const struct l2tp_head *head = &w->e->l2tp;
	struct v3_flow *flow;
	struct v3_way *way;
	uint32_t ahead;

	if (!w->s || !head->has_data_sequence)
		return;
	flow = watch_session(w);
	way = &flow->way[w->from];
	ahead = (head->data_sequence - way->next) & (NUMBERS - 1);
	if (way->is_started && ahead >= HALF) {
		if (!arrived_before(&way->arrived, NUMBERS - 1 - ahead)) {
			way->packets++;
			way->late++;
		}
		return;
	}
	way->packets++;
	arrived_above(&way->arrived, ahead + 1);
	if (way->is_started && ahead) {
		way->missing += ahead;
		watch_raise(w, "l2tpv3-sequence-gap", "Sequence number %u came where %u was next",
			    head->data_sequence, way->next);
	}
	if (!way->is_started && head->data_sequence && !w->s->was_there)
		watch_raise(w, "l2tpv3-sequence-start",
			    "The first numbered packet of an end has the number %u",
			    head->data_sequence);
	way->is_started = true;
	way->next = (head->data_sequence + 1) & (NUMBERS - 1);
}

/* What came late was not lost. */
static void judge_gap(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct v3_flow *flow = c ? watch_recall(c->session, see_sublayer) : NULL;
	uint64_t missing = 0, packets = 0, late = 0;

	(void)t;
	for (int i = 0; flow && i < 2; i++) {
		missing += flow->way[i].missing;
		packets += flow->way[i].packets;
		late += flow->way[i].late;
	}
	judge_missing(r, missing > late ? missing - late : 0, packets);
}

static void tied(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct session *s = c->session;

	(void)t;
	if (session_lost_tie(s))
		raise_finding(r,
			      session_circuit(s)->tied.is_set ? &session_circuit(s)->tied
							      : &c->cdn.mark,
			      "%.*s", STR_ARG(c->cause_text));
}

/* RFC 3931 5.4.4: none, 4 or 8 octets. */
static void see_cookie(struct watch *w)
{
	const struct event *e = w->e;

	for (size_t i = 0; e->l2tp.version == 3 && i < e->control.n_avps; i++) {
		const struct avp *a = &e->control.avps[i];

		if (a->vendor == 0 && a->number == AVP_N_ASSIGNED_COOKIE && a->is_whole &&
		    !a->is_hidden && a->value.len != 0 && a->value.len != 4 && a->value.len != 8)
			watch_raise(w, "l2tpv3-cookie-avp-length",
				    "An end wants a cookie of %zu octets", a->value.len);
	}
}

static void end_unknown(struct raise *r, struct tunnel *t, struct call *c)
{
	enum { NO_FORWARDER = 24, NOT_AUTHORISED = 25 };
	const char *name = code_name(CODE_CDN, (uint32_t)c->cdn.result);
	struct span end = session_circuit(c->session)->id;

	(void)t;
	if (c->carrier != CARRIER_L2TPV3 || !c->cdn.is_set ||
	    (c->cdn.result != NO_FORWARDER && c->cdn.result != NOT_AUTHORISED))
		return;
	raise_finding(r, &c->cdn.mark, "The %s refuses the remote end of %zu octets: CDN %d (%s)",
		      c->cdn.from == LAC ? "LAC" : "LNS", end.len, c->cdn.result,
		      name ? name : "unknown");
}

static const struct watcher v3_watchers[] = {
	{.kinds = WATCH(EVENT_DATA) | WATCH(EVENT_PPP),
	 .memory = sizeof(struct v3_flow),
	 .lines = WATCH_VERSION(3),
	 .see = see_sublayer,
	 .wish = watch_no_l2tpv2},
	{.kinds = WATCH(EVENT_CONTROL),
	 .lines = WATCH_VERSION(0) | WATCH_VERSION(3),
	 .see = see_cookie},
};

static const struct rule_row v3_rows[] = {
	{"l2tpv3-sequence-gap", SEVERITY_WARNING, ON_EVENT, judge_gap,
	 "Numbered packets of a pseudowire are missing",
	 "Congestion or policing between the ends; or the capture itself dropped packets.",
	 "Compare with the interface counters and the capture's own drop count.", "RFC 3931 4.6.1",
	 NULL, true},
	{"l2tpv3-sequence-start", SEVERITY_NOTE, ON_EVENT, NULL,
	 "The numbers of a pseudowire do not begin with 0",
	 "The first packets were lost, or are missing from the recording.",
	 "Nothing by itself; if the far end drops the packets, let it resynchronise by clearing "
	 "the session.",
	 "RFC 3931 C", NULL, false},
	{"l2tpv3-cookie-avp-length", SEVERITY_ERROR, ON_EVENT, NULL,
	 "An end assigns a cookie that is neither 4 nor 8 octets long",
	 "The implementation is wrong; the other end cannot send it data.",
	 "Find the vendor of that end (Vendor Name, Router ID), upgrade it, or configure a cookie "
	 "of 4 or 8 octets there.",
	 "RFC 3931 5.4.4", NULL, false},
	{"l2tpv3-remote-end-id-unknown", SEVERITY_ERROR, ON_CALL, end_unknown,
	 "The far end has no such circuit, or does not give it to this peer",
	 "The circuit's id differs on both ends, or the far end's attachment circuit is not "
	 "configured (yet).",
	 "Compare the VC id of both ends (IOS: `xconnect PEER VC-ID`), and look whether the "
	 "attachment circuit of the far end is up.",
	 "RFC 4667 4.3", NULL, false},
	{"l2tpv3-tie", SEVERITY_NOTE, ON_CALL, tied, "Both ends asked for the same circuit at once",
	 "Both have the pseudowire configured and asked before either heard the other.",
	 "Nothing: one of the two sessions remains. CDN result 13 clears the other.",
	 "RFC 3931 5.4.4", NULL, false},
};

const struct rule_table rules_v3 = {
	.rows = v3_rows,
	.n = sizeof(v3_rows) / sizeof(v3_rows[0]),
	.watchers = v3_watchers,
	.n_watchers = sizeof(v3_watchers) / sizeof(v3_watchers[0]),
};
