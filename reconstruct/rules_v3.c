#include "rules.h"
#include "session_v3.h"
#include "watch.h"

enum { NUMBERS = 1 << 24, HALF = NUMBERS / 2 };

/* The sequencing sublayer of one direction (RFC 3931 4.6.1). */
struct v3_way {
	bool is_started;
	uint32_t next; /* expected */
	uint64_t packets, missing, late;
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
	way->packets++;
	ahead = (head->data_sequence - way->next) & (NUMBERS - 1);
	if (way->is_started && ahead >= HALF) {
		way->late++;
		return;
	}
	if (way->is_started && ahead) {
		way->missing += ahead;
		watch_raise(w, "l2tpv3-sequence-gap", "Sequence number %u came where %u was next",
			    head->data_sequence, way->next);
	}
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
	if (missing <= late) {
		finding_withdraw(r->last);
		return;
	}
	missing -= late;
	r->last->count = missing;
	/* one alone may be the recording's own loss */
	if (missing == 1)
		r->last->severity = SEVERITY_NOTE;
	finding_text(r, r->last, "%llu of %llu numbered data packets never came by (%.1f %%)",
		     (unsigned long long)missing, (unsigned long long)(packets + missing),
		     100.0 * (double)missing / (double)(packets + missing));
}

static void tied(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct session *s = c->session;

	(void)t;
	if (session_lost_tie(s))
		raise_finding(r, s->tied.is_set ? &s->tied : &c->cdn.mark, "%.*s",
			      STR_ARG(c->cause_text));
}

static const struct watcher v3_watchers[] = {
	{.kinds = WATCH(EVENT_DATA) | WATCH(EVENT_PPP),
	 .memory = sizeof(struct v3_flow),
	 .see = see_sublayer},
};

static const struct rule_row v3_rows[] = {
	{"l2tpv3-sequence-gap", SEVERITY_WARNING, ON_EVENT, judge_gap,
	 "Numbered packets of a pseudowire are missing",
	 "Congestion or policing between the ends; or the capture itself dropped packets.",
	 "Compare with the interface counters and the capture's own drop count.", "RFC 3931 4.6.1",
	 NULL, true},
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
