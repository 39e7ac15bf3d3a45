#include "limits.h"
#include "meter.h"
#include "remembered.h"
#include "rules.h"
#include "watch.h"

enum { RECENT = 64 };

/* Sequence numbers of one direction of a session's data (RFC 2661 5.4). */
struct data_way {
	bool is_started;
	uint16_t first, highest;
	uint64_t packets, missing, late;
	uint16_t recent[RECENT]; /* the latest numbers, to know a copy */
	size_t n_recent;
};

struct data_flow {
	struct data_way way[2]; /* [from], by tunnel end */
};

static bool way_has(const struct data_way *way, uint16_t ns)
{
	size_t n = way->n_recent < RECENT ? way->n_recent : RECENT;

	for (size_t i = 0; i < n; i++)
		if (way->recent[i] == ns)
			return true;
	return false;
}

static void way_keep(struct data_way *way, uint16_t ns)
{
	way->recent[way->n_recent % RECENT] = ns;
	way->n_recent++;
	way->packets++;
}

/* Numbers in order are counted; what is not is looked at. */
static enum watch_wish wish_data(struct watch *w)
{
	return w->e->l2tp.has_sequence ? WISH_GLANCES : WISH_NOTHING;
}

static bool fits_data(const void *memory, unsigned from, const struct glance *g)
{
	const struct data_flow *flow = memory;

	return g->ns == (uint16_t)(flow->way[from].highest + 1);
}

static void count_data(void *memory, unsigned from, uint16_t ns, uint64_t n)
{
	struct data_flow *flow = memory;

	while (n-- > 0)
		way_keep(&flow->way[from], (uint16_t)(ns - n));
	flow->way[from].highest = ns;
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

void judge_missing(struct raise *r, uint64_t missing, uint64_t packets)
{
	if (!missing) {
		finding_withdraw(r->last);
		return;
	}
	r->last->count = missing;
	/* one alone may be the recording's own loss */
	if (missing == 1)
		r->last->severity = SEVERITY_NOTE;
	finding_text(r, r->last, "%llu of %llu numbered data packets never came by (%.1f %%)",
		     (unsigned long long)missing, (unsigned long long)(packets + missing),
		     100.0 * (double)missing / (double)(packets + missing));
}

/* What came late was not lost; the recording itself may have missed some. */
static void judge_loss(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct data_flow *flow = c ? watch_recall(c->session, see_data) : NULL;
	uint64_t missing = flow ? flow->way[0].missing + flow->way[1].missing : 0;
	uint64_t packets = flow ? flow->way[0].packets + flow->way[1].packets : 0;

	(void)t;
	judge_missing(r, missing, packets);
}

/* ---- how data fits the control messages ---- */

/* Ns and Nr are wanted, or follow what the LNS does (RFC 2661 5.4, 4.4.4). */
struct data_order {
	bool is_required, lns_numbers, is_lns_heard, is_connected;
	uint32_t unnumbered, unlike;
	struct finding *offset;  /* data-offset-used, or NULL */
	struct moment lns_since; /* the LNS sends in this way */
	struct moment cleared;   /* the last CDN */
};

static const int64_t second = INT64_C(1000000000);

static void see_call(const struct watch *w, struct data_order *o)
{
	if (w->e->control.message == CDN)
		o->cleared = w->e->when;
	else if (w->e->control.message == ICCN || w->e->control.message == OCCN)
		o->is_required = event_avp(w->e, AVP_N_SEQUENCING_REQUIRED) != NULL;
}

static void see_numbering(struct watch *w, struct data_order *o)
{
	bool numbers = w->e->l2tp.has_sequence;
	enum { TELLING = 4 };

	if (o->is_required) {
		if (!numbers && ++o->unnumbered >= TELLING)
			watch_raise(w, "data-sequencing-missing",
				    "Data comes without Ns and Nr, which the call requires");
		return;
	}
	if (!w->s->roles_known)
		return;
	if (w->from != w->s->lac_end) {
		if (!o->is_lns_heard || o->lns_numbers != numbers) {
			o->lns_since = w->e->when;
			o->unlike = 0;
			meter_close(w->s); /* the LAC is to do likewise from now on */
		}
		o->is_lns_heard = true;
		o->lns_numbers = numbers;
	} else if (o->is_lns_heard && o->lns_numbers != numbers &&
		   moment_minus(w->e->when, o->lns_since) > 2 * second &&
		   ++o->unlike >= 2 * TELLING) {
		watch_raise(w, "data-sequencing-not-mirrored",
			    "The LAC sends data %s Ns although the LNS sends it %s",
			    numbers ? "with" : "without", o->lns_numbers ? "with" : "without");
	}
}

static bool is_early(const struct session *s)
{
	return !s->was_there && !seen_of(s->seen, ICCN)->count && !seen_of(s->seen, OCCN)->count;
}

/* The same of an event after another: once it is connected, it was. */
static bool is_early_still(const struct session *s, struct data_order *o)
{
	o->is_connected = o->is_connected || seen_of(s->seen, ICCN)->count > 0;
	return !o->is_connected && is_early(s);
}

/* The headers of both ends stay as they are. */
static bool is_steady(const struct watch *w, const struct data_order *o)
{
	bool numbers = w->e->l2tp.has_sequence;

	if (o->is_required)
		return numbers;
	if (!w->s->roles_known)
		return true;
	return o->is_lns_heard ? o->lns_numbers == numbers : w->from == w->s->lac_end;
}

/* An offset is told of the first packets that have one; then they are counted. */
static enum watch_wish wish_order(struct watch *w)
{
	const struct data_order *o = watch_session(w);

	if (is_early(w->s) || moment_known(o->cleared) || !is_steady(w, o))
		return WISH_EVENTS;
	if (!w->e->l2tp.offset_size)
		return WISH_NOTHING;
	return o->offset && o->offset->n_evidence == LIMIT_FINDINGS_PER_RULE ? WISH_GLANCES
									     : WISH_EVENTS;
}

static bool fits_order(const void *memory, unsigned from, const struct glance *g)
{
	(void)memory;
	(void)from;
	(void)g;
	return true;
}

static void count_order(void *memory, unsigned from, uint16_t ns, uint64_t n)
{
	struct data_order *o = memory;

	(void)from;
	(void)ns;
	o->offset->count += n;
}

/* Of a call that was told already: its tunnel's. */
static void see_late(struct watch *w)
{
	uint32_t id = w->e->l2tp.session_id;
	int64_t since = remembered_late(w->c, w->t, 1 - w->from, id);

	if (since > 3 * second)
		watch_raise(w, "data-after-cdn", "Data came to session %u %.1f s after its CDN", id,
			    (double)since / 1e9);
}

static void see_order(struct watch *w)
{
	const struct l2tp_head *head = &w->e->l2tp;
	struct data_order *o;

	if (head->version != 2 || !head->is_present || w->e->origin.line)
		return;
	if (!w->s && !head->is_control && head->has_ids && !head->session_id)
		watch_raise(w, "l2tp-session-id-zero-data", "Data has Session ID 0");
	if (!w->s && w->t && w->e->kind != EVENT_CONTROL)
		see_late(w);
	if (!w->s)
		return;
	o = watch_session(w);
	if (w->e->kind == EVENT_CONTROL) {
		see_call(w, o);
		return;
	}
	if (head->offset_size)
		o->offset = watch_raise(w, "data-offset-used",
					"The payload begins %u octets behind the header",
					head->offset_size);
	if (is_early_still(w->s, o))
		watch_raise(w, "data-before-established",
			    "Data came before the call was connected");
	if (moment_known(o->cleared) && moment_minus(w->e->when, o->cleared) > 3 * second)
		watch_raise(w, "data-after-cdn", "Data came %.1f s after the CDN",
			    (double)moment_minus(w->e->when, o->cleared) / 1e9);
	see_numbering(w, o);
}

/* What connects the call was merely not captured, or came in the same moment. */
static void judge_early(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct session *s = c ? c->session : NULL;

	(void)t;
	if (!s || (!seen_of(s->seen, ICCN)->count && !seen_of(s->seen, OCCN)->count))
		finding_withdraw(r->last);
}

/* The first packets may have been missed. */
static void late_start(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct data_flow *flow = watch_recall(c->session, see_data);
	const struct session *s = c->session;

	(void)t;
	if (!flow || s->was_there || !seen_of(s->seen, ICCN)->count)
		return;
	for (unsigned end = 0; end < 2; end++)
		if (flow->way[end].is_started && flow->way[end].first)
			raise_finding(r, &seen_of(s->seen, ICCN)->first,
				      "The first numbered data packet of the %s has Ns %u",
				      end == s->lac_end ? "LAC" : "LNS", flow->way[end].first);
}

static const struct watcher data_watchers[] = {
	{.kinds = WATCH(EVENT_CONTROL) | WATCH(EVENT_DATA) | WATCH(EVENT_PPP),
	 .memory = sizeof(struct data_order),
	 .messages = WATCH_MESSAGE(CDN) | WATCH_MESSAGE(ICCN) | WATCH_MESSAGE(OCCN),
	 .see = see_order,
	 .wish = wish_order,
	 .remember = watch_session,
	 .fits = fits_order,
	 .count = count_order},
	{.kinds = WATCH(EVENT_DATA) | WATCH(EVENT_PPP),
	 .memory = sizeof(struct data_flow),
	 .is_numbered = true,
	 .see = see_data,
	 .wish = wish_data,
	 .remember = watch_session,
	 .fits = fits_data,
	 .count = count_data},
};

static const char VENDOR[] =
	"Nothing to tune: identify the sender by Host Name, Vendor Name and Firmware Revision, "
	"upgrade it or give its vendor this capture.";

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
	{"data-sequencing-missing", SEVERITY_ERROR, ON_EVENT, NULL,
	 "Data lacks the numbers that the call requires",
	 "The sender ignores Sequencing Required; the other end may drop its data.", VENDOR,
	 "RFC 2661 5.4", NULL, false},
	{"data-sequencing-not-mirrored", SEVERITY_WARNING, ON_EVENT, NULL,
	 "The LAC does not follow the LNS in numbering data",
	 "The LAC ignores that the LNS turned sequence numbers on or off.", VENDOR, "RFC 2661 5.4",
	 NULL, false},
	{"l2tp-session-id-zero-data", SEVERITY_ERROR, ON_EVENT, NULL, "Data belongs to no session",
	 "The sender lost the binding of its sessions.", VENDOR, "RFC 2661 5.3", NULL, false},
	{"data-before-established", SEVERITY_NOTE, ON_EVENT, judge_early,
	 "Data came before the call was connected",
	 "The message that connects it was overtaken, or its sender does not wait.",
	 "Nothing to do unless the first packets are lost.", "RFC 2661 5.2", NULL, false},
	{"data-after-cdn", SEVERITY_NOTE, ON_EVENT, NULL, "Data came after the call was cleared",
	 "The forwarding plane of the sender lags behind, or did not get the CDN.",
	 "Nothing to do unless it lasts; then clear the session there.", "RFC 2661 5.6", NULL,
	 false},
	{"data-ns-start", SEVERITY_NOTE, ON_CALL, late_start, "Numbered data does not begin at 0",
	 "The first packets were lost or not captured, or the sender counts otherwise.",
	 "Nothing to do.", "RFC 2661 3.1", NULL, false},
	{"data-offset-used", SEVERITY_NOTE, ON_EVENT, NULL, "Data leaves a gap behind the header",
	 "The sender aligns its payload.", "Nothing to do.", "RFC 2661 3.1", NULL, false},
};

const struct rule_table rules_data = {
	.rows = data_rows,
	.n = sizeof(data_rows) / sizeof(data_rows[0]),
	.watchers = data_watchers,
	.n_watchers = sizeof(data_watchers) / sizeof(data_watchers[0]),
};
