#include "rules.h"
#include "watch.h"

/* Sequence numbers of one direction of a session's data (RFC 2661 5.4). */
struct data_way {
	bool is_started;
	uint16_t first, highest;
	uint64_t packets, missing, late;
	uint16_t recent[64]; /* the latest numbers, to know a copy */
	uint16_t recent_ip_id[64];
	size_t n_recent;
};

struct data_flow {
	struct data_way way[2]; /* [from], by tunnel end */
};

static bool way_has(const struct data_way *way, uint16_t ns)
{
	size_t n = way->n_recent < 64 ? way->n_recent : 64;

	for (size_t i = 0; i < n; i++)
		if (way->recent[i] == ns)
			return true;
	return false;
}

static void way_keep(struct data_way *way, uint16_t ns)
{
	way->recent[way->n_recent % 64] = ns;
	way->n_recent++;
	way->packets++;
}

static void see_data(struct watch *w)
{
	const struct l2tp_head *head = &w->e->l2tp;
	struct data_flow *flow;
	struct data_way *way;
	int16_t ahead;

	if (!w->s || head->version != 2 || !head->has_sequence || w->e->origin.line)
		return;
	flow = watch_session(w);
	way = &flow->way[w->from];
	if (!way->is_started) {
		way->is_started = true;
		way->first = way->highest = head->ns;
		way_keep(way, head->ns);
		return;
	}
	ahead = (int16_t)(uint16_t)(head->ns - way->highest);
	if (ahead <= 0 && way_has(way, head->ns)) {
		watch_raise(w, "data-duplicate", "Data packet Ns %u came again", head->ns);
		return;
	}
	way_keep(way, head->ns);
	if (ahead > 0) {
		way->missing += (uint64_t)ahead - 1;
		way->highest = head->ns;
		if (ahead > 1)
			watch_raise(w, "data-loss", "Ns jumps from %u to %u",
				    (uint16_t)(head->ns - ahead), head->ns);
		return;
	}
	way->late++;
	way->missing -= way->missing > 0;
	watch_raise(w, "data-reorder", "Data packet Ns %u came after %u", head->ns, way->highest);
}

/* What came late was not lost; the recording itself may have missed some. */
static void judge_loss(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct data_flow *flow = c ? watch_recall(c->session, see_data) : NULL;
	uint64_t missing = flow ? flow->way[0].missing + flow->way[1].missing : 0;
	uint64_t packets = flow ? flow->way[0].packets + flow->way[1].packets : 0;

	(void)t;
	if (!missing) {
		finding_withdraw(r->last);
		return;
	}
	r->last->count = missing;
	finding_text(r, r->last, "%llu of %llu numbered data packets never came by (%.1f %%)",
		     (unsigned long long)missing, (unsigned long long)(packets + missing),
		     100.0 * (double)missing / (double)(packets + missing));
}

static const struct watcher data_watchers[] = {
	{.kinds = WATCH(EVENT_DATA) | WATCH(EVENT_PPP),
	 .memory = sizeof(struct data_flow),
	 .see = see_data},
};

static const struct rule_row data_rows[] = {
	{"data-loss", SEVERITY_WARNING, ON_EVENT, judge_loss, "Numbered data packets are missing",
	 "Congestion or policing between LAC and LNS; or the capture itself dropped packets.",
	 "Compare with the interface counters and the capture's own drop count; look for policers "
	 "and errors on the path between LAC and LNS.",
	 "RFC 2661 5.4", NULL, true},
	{"data-reorder", SEVERITY_WARNING, ON_EVENT, NULL, "Data packets arrive out of order",
	 "Packets of one tunnel take several paths (per-packet load sharing) or several queues.",
	 "Make the load sharing between LAC and LNS per flow; put the tunnel into one queue.",
	 "RFC 2661 5.4", NULL, true},
	{"data-duplicate", SEVERITY_NOTE, ON_EVENT, NULL, "Data packets come twice",
	 "The capture sees the packet on two interfaces, or the network doubles it.",
	 "Capture on one interface only; otherwise look for a loop or a mirrored port.",
	 "RFC 2661 5.4", NULL, false},
};

const struct rule_table rules_data = {
	.rows = data_rows,
	.n = sizeof(data_rows) / sizeof(data_rows[0]),
	.watchers = data_watchers,
	.n_watchers = sizeof(data_watchers) / sizeof(data_watchers[0]),
};
