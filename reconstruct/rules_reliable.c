#include <stdio.h>

#include "hash.h"
#include "rules.h"
#include "watch.h"
#include "wire_stop.h"

/* Reliable delivery of control messages as it goes by (RFC 2661 5.8). What a capture merely missed
 * is no fault: a gap counts when the missing message comes late, an Nr beyond what was seen only
 * when no window could explain it. */

enum { COPIES_KEPT = 16, DEFAULT_WINDOW = 4, NR_IMPOSSIBLE = 256 };

static const double COPY_S = 0.002; /* copies come within 2 ms (contract, calls) */

/* One message and its copies. */
struct sent {
	bool is_set, is_acked;
	uint16_t ns, message;
	uint32_t copies;
	uint64_t body;             /* hash of its AVPs */
	struct moment first, last; /* of its copies */
	int64_t interval_ns;       /* between its last two copies */
	uint64_t frame, number;    /* of its first copy */
	uint32_t repeats_unheard;  /* copies after the acknowledgement, with nothing heard since */
};

struct reliable_way {
	bool is_started, has_nr, is_after_zlb;
	uint16_t next_ns, nr, zlb_ns;
	uint16_t zlb_ip_id, zlb_nr; /* of its latest ZLB */
	struct sent *sent;          /* COPIES_KEPT of them, by Ns modulo; NULL: nothing yet */
	/* Those that are not acknowledged, and those that were repeated unheard: bits by place. */
	uint16_t open, unheard;
	uint32_t skips_after_zlb;
	int32_t owed; /* messages of the other end that ask for a ZLB, less those sent */
	struct moment zlb_when, nr_when; /* its latest ZLB, and the packet with the greatest Nr */
	struct moment gap_when;          /* a message came ahead of one that is missing */
	uint16_t gap_ns;
	bool has_gap;
};

struct reliable {
	struct reliable_way way[2]; /* by the tunnel end that sends */
};

static int ahead_of(uint16_t from, uint16_t to)
{
	return (int16_t)(uint16_t)(to - from);
}

static double seconds_between(struct moment from, struct moment to)
{
	if (!moment_known(from) || !moment_known(to))
		return -1;
	return (double)moment_minus(to, from) / 1e9;
}

/* By how much that may be wrong: stamps have a grain. */
static double blur_of(struct moment from, struct moment to)
{
	return (double)(from.grain_ns > to.grain_ns ? from.grain_ns : to.grain_ns) / 1e9;
}

/* Type and AVPs; the header's Nr may change from copy to copy. */
static uint64_t body_hash(const struct event *e)
{
	uint64_t h = UINT64_C(14695981039346656037) ^ e->control.message;

	for (size_t i = 0; i < e->control.n_avps; i++) {
		const struct avp *a = &e->control.avps[i];

		h = (h ^ a->number) * UINT64_C(1099511628211);
		h = (h ^ hash_octets(a->value.at, a->value.len)) * UINT64_C(1099511628211);
	}
	return h;
}

/* NULL: no such message was sent yet. */
static struct sent *sent_of(const struct reliable_way *way, uint16_t ns)
{
	return way->sent ? &way->sent[ns % COPIES_KEPT] : NULL;
}

static uint16_t bit_of(uint16_t ns)
{
	return (uint16_t)(1u << ns % COPIES_KEPT);
}

static void sent_add(struct watch *w, struct reliable_way *way)
{
	const struct event *e = w->e;
	uint16_t ns = e->l2tp.ns;

	if (!way->sent)
		way->sent = arena_array(live_tunnel(w->t)->arena, COPIES_KEPT, sizeof(*way->sent));
	if (!way->sent)
		return;
	way->open |= bit_of(ns);
	way->unheard &= (uint16_t)~bit_of(ns);
	way->sent[ns % COPIES_KEPT] = (struct sent){.is_set = true,
						    .ns = ns,
						    .message = e->control.message,
						    .copies = 1,
						    .body = body_hash(e),
						    .first = e->when,
						    .last = e->when,
						    .frame = e->origin.frame,
						    .number = e->number};
}

static struct mark first_copy(const struct watch *w, const struct sent *s)
{
	struct mark mark = w->c->mark;

	mark_set_place(w->c->arena, &mark, s->frame, mark_line(&mark));
	mark_set_number(&mark, s->number);
	mark_set_when(&mark, s->first);
	return mark;
}

/* ---- what a message tells of its own direction ---- */

/* The missing message comes at last: overtaken on the way, or sent again after it was lost. */
static void see_late(struct watch *w, struct reliable_way *way)
{
	double late = seconds_between(way->gap_when, w->e->when);

	if (!way->has_gap || w->e->l2tp.ns != way->gap_ns)
		return;
	way->has_gap = false;
	if (late - blur_of(way->gap_when, w->e->when) >=
	    threshold(w->c->observer->thresholds, THRESHOLD_RETRANSMIT_FAST))
		watch_raise_tunnel(w, "ns-gap",
				   "%s (Ns %u) of the %s came %.1f s after the message behind it: "
				   "its first copy was lost before the capture",
				   message_word(w->e->control.message), w->e->l2tp.ns,
				   end_word(w->from), late);
	else
		watch_raise_tunnel(w, "ns-out-of-order",
				   "%s (Ns %u) of the %s was overtaken by the message behind it",
				   message_word(w->e->control.message), w->e->l2tp.ns,
				   end_word(w->from));
}

static void see_new(struct watch *w, struct reliable_way *way)
{
	const struct event *e = w->e;
	uint16_t ns = e->l2tp.ns;

	if (e->control.message == SCCRQ && (ns || e->l2tp.nr))
		watch_raise_tunnel(w, "ns-nonzero-first",
				   "The first message, SCCRQ, has Ns %u and Nr %u instead of 0", ns,
				   e->l2tp.nr);
	see_late(w, way);
	if (way->is_after_zlb && ahead_of(way->zlb_ns, ns) == 1) {
		way->skips_after_zlb++;
		if (way->skips_after_zlb == 3)
			watch_raise_tunnel(w, "zlb-consumes-ns",
					   "Three times the %s sent a ZLB with Ns %u and then a "
					   "message with one more: it counts ZLBs",
					   end_word(w->from), way->zlb_ns);
	}
	way->is_after_zlb = false;
	sent_add(w, way);
	if (!way->is_started || ahead_of(way->next_ns, ns) >= 0)
		way->next_ns = (uint16_t)(ns + 1);
	way->is_started = true;
}

static void see_early(struct watch *w, struct reliable_way *way)
{
	uint16_t missing = way->next_ns;

	see_new(w, way);
	if (way->has_gap)
		return;
	way->has_gap = true;
	way->gap_ns = missing;
	way->gap_when = w->e->when;
}

static void see_intervals(struct watch *w, struct sent *s)
{
	double since = seconds_between(s->last, w->e->when);
	double before = (double)s->interval_ns / 1e9;

	if (since < 0)
		return;
	if (since + blur_of(s->last, w->e->when) <
	    threshold(w->c->observer->thresholds, THRESHOLD_RETRANSMIT_FAST))
		watch_raise_tunnel(w, "retransmit-too-fast",
				   "%s (Ns %u) was sent again after %.2f s",
				   message_word(s->message), s->ns, since);
	else if (s->copies >= 3 && since < 7.5 && since < before * 1.2 && since > before * 0.8)
		watch_raise_tunnel(
			w, "retransmit-cap-low",
			"%s (Ns %u) is sent again every %.1f s: the wait does not grow to "
			"8 s",
			message_word(s->message), s->ns, since);
	s->interval_ns = moment_minus(w->e->when, s->last);
}

static void see_again(struct watch *w, struct reliable_way *way)
{
	const struct event *e = w->e;
	struct sent *s = sent_of(way, e->l2tp.ns);
	struct mark first;

	if (!s || !s->is_set || s->ns != e->l2tp.ns)
		return;
	first = first_copy(w, s);
	if (way->has_nr && ahead_of(e->l2tp.nr, way->nr) > 0)
		watch_raise_tunnel(w, "retransmit-nr-stale",
				   "%s (Ns %u) was sent again with Nr %u, although its sender had "
				   "got as far as Nr %u",
				   message_word(s->message), s->ns, e->l2tp.nr, way->nr);
	if (body_hash(e) != s->body)
		finding_more(w->c->arena,
			     watch_raise_tunnel(w, "retransmit-content-changed",
						"Ns %u was %s, and comes again as %s with other "
						"contents",
						s->ns, message_word(s->message),
						message_word(e->control.message)),
			     &first);
	see_intervals(w, s);
	s->copies++;
	s->last = e->when;
	if (!s->is_acked)
		return;
	watch_raise_tunnel(w, "ns-duplicate",
			   "%s (Ns %u) was sent again after it had been acknowledged: the "
			   "acknowledgement did not arrive in time",
			   message_word(s->message), s->ns);
	s->repeats_unheard++;
	way->unheard |= bit_of(s->ns);
	if (s->repeats_unheard == 3)
		watch_raise_tunnel(w, "duplicate-not-acked",
				   "%s (Ns %u) came %u times after its acknowledgement, and the %s "
				   "answered none of these copies",
				   message_word(s->message), s->ns, s->repeats_unheard,
				   end_word(1 - w->from));
}

/* It acknowledges what the recording misses: nothing of the other end was seen, or not what its Nr
 * now tells of. */
static bool is_for_unseen(const struct watch *w, const struct reliable_way *way,
			  const struct reliable_way *back)
{
	return !back->is_started ||
	       (way->has_nr && way->owed <= 0 && ahead_of(way->nr, w->e->l2tp.nr) > 0);
}

/* The latest ZLB once more, as a mirror port has it (contract.md: within 2 ms). Without an
 * identification, which datagrams that are not to be fragmented may lack (RFC 6864), it is not
 * told from the next one. */
static bool is_mirrored_zlb(const struct reliable_way *way, const struct event *e, double since)
{
	return e->path.ip_id && since >= 0 && since < COPY_S && way->zlb_ip_id == e->path.ip_id &&
	       way->zlb_nr == e->l2tp.nr;
}

static void see_zlb(struct watch *w, struct reliable_way *way, const struct reliable_way *back)
{
	const struct event *e = w->e;
	double since = seconds_between(way->zlb_when, e->when);

	if (is_mirrored_zlb(way, e, since))
		return;
	way->zlb_ip_id = e->path.ip_id;
	way->zlb_nr = e->l2tp.nr;
	if (!way->is_started || ahead_of(way->next_ns, e->l2tp.ns) == 0) {
		way->is_after_zlb = way->is_started;
		way->zlb_ns = e->l2tp.ns;
	}
	if (way->owed <= 0 && (since < 0 || since + blur_of(way->zlb_when, e->when) > 0.1))
		way->owed = 0;
	if (is_for_unseen(w, way, back))
		way->owed = 1;
	way->owed--;
	way->zlb_when = e->when;
	if (way->owed == -4)
		watch_raise_tunnel(
			w, "zlb-storm",
			"The %s sends ZLB after ZLB (Nr %u) within a moment, and nothing "
			"came that asks for them",
			end_word(w->from), e->l2tp.nr);
}

/* ---- what its Nr tells of the other direction ---- */

/* This packet is what `s` asked for: a ZLB for it alone, or the answer to it. Any other brings Nr
 * along, and the acknowledgement may have come before, unseen. */
static bool is_for(const struct event *e, const struct sent *s)
{
	if (e->l2tp.nr != (uint16_t)(s->ns + 1))
		return false;
	switch (e->control.message) {
	case ZLB:
	case SCCRP:
	case SCCCN:
	case OCRP:
	case OCCN:
	case ICRP:
	case ICCN:
		return true;
	default:
		return false;
	}
}

static void see_acknowledged(struct watch *w, struct sent *s)
{
	double wait = seconds_between(s->first, w->e->when);
	double sure = wait - blur_of(s->first, w->e->when);
	double limit = threshold(w->c->observer->thresholds, THRESHOLD_ACK_SLOW);
	struct mark first;

	s->is_acked = true;
	/* the median takes time: it is asked only where it decides */
	if (s->copies != 1 || sure <= limit || !is_for(w->e, s) ||
	    sure <= 4 * channel_round_trip(&w->t->way[1 - w->from]))
		return;
	first = first_copy(w, s);
	finding_more(w->c->arena,
		     watch_raise_tunnel(w, "ack-delayed",
					"%s (Ns %u) was acknowledged after %.1f s, without "
					"having been sent again",
					message_word(s->message), s->ns, wait),
		     &first);
}

/* What comes at once behind a greater Nr was overtaken by it, or is a copy of the capture (a ZLB
 * has no Ns that tells it), and nothing was taken back. */
static bool is_overtaken(const struct watch *w, const struct reliable_way *way)
{
	double since = seconds_between(way->nr_when, w->e->when);

	return since > -COPY_S && since < COPY_S;
}

static void see_nr(struct watch *w, struct reliable_way *way, struct reliable_way *back)
{
	const struct event *e = w->e;
	uint16_t nr = e->l2tp.nr;
	bool is_first_copy = w->delivery == DELIVERY_NEW || w->delivery == DELIVERY_ACK;

	if (back->is_started && ahead_of(back->next_ns, nr) > NR_IMPOSSIBLE)
		watch_raise_tunnel(
			w, "nr-beyond-sent",
			"The %s acknowledges up to Nr %u; the other end has sent Ns %u at "
			"most",
			end_word(w->from), nr, (uint16_t)(back->next_ns - 1));
	if (way->has_nr && is_first_copy && ahead_of(way->nr, nr) < 0 && !is_overtaken(w, way) &&
	    (!way->is_started || ahead_of(way->next_ns, e->l2tp.ns) >= -1))
		watch_raise_tunnel(w, "nr-decreases", "The %s goes back from Nr %u to Nr %u",
				   end_word(w->from), way->nr, nr);
	if (!way->has_nr || ahead_of(way->nr, nr) > 0) {
		way->nr = nr;
		way->nr_when = e->when;
	}
	way->has_nr = true;
	for (size_t i = 0; back->unheard >> i; i++)
		if (back->unheard >> i & 1)
			back->sent[i].repeats_unheard = 0;
	back->unheard = 0;
	for (size_t i = 0; back->open >> i; i++) {
		if (!(back->open >> i & 1) || ahead_of(back->sent[i].ns, nr) <= 0)
			continue;
		see_acknowledged(w, &back->sent[i]);
		back->open &= (uint16_t)~bit_of(back->sent[i].ns);
	}
}

/* More on the way than its receiver takes. Judged when the receiver speaks, and only by what it
 * then has not acknowledged: one that is not heard at all proves nothing. */
static void see_window(struct watch *w, const struct reliable_way *back)
{
	unsigned window = w->t->peer[w->from].window;
	unsigned on_the_way = 0;

	window = window ? window : DEFAULT_WINDOW;
	for (size_t i = 0; back->open >> i; i++)
		on_the_way += (back->open >> i & 1) &&
			      ahead_of(back->sent[i].ns, back->next_ns) > 0 &&
			      ahead_of(back->sent[i].ns, back->next_ns) <= COPIES_KEPT;
	if (on_the_way > window && !w->t->is_holey)
		watch_raise_tunnel(w, "window-overrun",
				   "The %s has %u messages on the way; the other end takes %u",
				   end_word(1 - w->from), on_the_way, window);
}

static void owe(struct reliable_way *back)
{
	back->owed = back->owed < 0 ? 1 : back->owed + 1;
}

static void see_control(struct watch *w)
{
	const struct event *e = w->e;
	struct reliable *memory;
	struct reliable_way *way;

	if (!w->t || e->origin.line || !e->l2tp.has_sequence || w->t->version != 2 ||
	    wire_is_forgotten(w->c, w->t, w->from)) /* another numbering */
		return;
	memory = watch_tunnel(w);
	way = &memory->way[w->from];
	switch (w->delivery) {
	case DELIVERY_NEW:
		see_new(w, way);
		break;
	case DELIVERY_EARLY:
		see_early(w, way);
		break;
	case DELIVERY_OLD:
		see_late(w, way);
		break;
	case DELIVERY_REPEAT:
		see_again(w, way);
		break;
	case DELIVERY_ACK:
		see_zlb(w, way, &memory->way[1 - w->from]);
		break;
	case DELIVERY_DUPLICATE:
	case DELIVERY_NONE:
		return;
	}
	if (e->control.message != ZLB)
		owe(&memory->way[1 - w->from]);
	see_nr(w, way, &memory->way[1 - w->from]);
	see_window(w, &memory->way[1 - w->from]);
}

static const struct watcher watchers[] = {
	{.kinds = WATCH(EVENT_CONTROL),
	 .memory = sizeof(struct reliable),
	 .lines = WATCH_VERSION(2),
	 .see = see_control},
};

#define LOSSY                                                                                      \
	"Measure loss between the ends (sized pings, interface drops, load sharing, the class of " \
	"control traffic) and mend the lossy hop."
#define VENDOR                                                                                     \
	"Nothing to tune: identify the sender by Host Name, Vendor Name and Firmware Revision, "   \
	"upgrade it or give its vendor this capture."

static const struct rule_row rows[] = {
	{"ns-nonzero-first", SEVERITY_WARNING, ON_EVENT, NULL,
	 "The first message of a tunnel does not begin at Ns 0 and Nr 0",
	 "The counters of an earlier tunnel were not reset.", VENDOR, "RFC 2661 5.8", NULL, false},
	{"ns-gap", SEVERITY_WARNING, ON_EVENT, NULL,
	 "A control message was lost before the capture",
	 "Loss between its sender and the place of the capture.", LOSSY, "RFC 2661 5.8", NULL,
	 true},
	{"ns-out-of-order", SEVERITY_NOTE, ON_EVENT, NULL,
	 "A control message was overtaken by a later one",
	 "Packets of one tunnel take several paths or queues.",
	 "Make load sharing per flow, and put control messages into one queue.", "RFC 2661 5.8",
	 NULL, false},
	{"ns-duplicate", SEVERITY_NOTE, ON_EVENT, NULL,
	 "A message was sent again after its acknowledgement",
	 "The acknowledgement was lost, or came later than the sender waits.", LOSSY,
	 "RFC 2661 5.8", NULL, false},
	{"duplicate-not-acked", SEVERITY_WARNING, ON_EVENT, NULL,
	 "Copies of a message that was acknowledged before get no acknowledgement",
	 "The receiver drops copies in silence, or its answers are lost; the sender will give the "
	 "tunnel up.",
	 VENDOR, "RFC 2661 5.8", NULL, true},
	{"nr-beyond-sent", SEVERITY_ERROR, ON_EVENT, NULL,
	 "An end acknowledges messages that were never sent",
	 "One end restarted and the other one goes on with the same ids, or ids of two tunnels "
	 "collide.",
	 "Compare with the log of both ends for a restart or failover; clear the stale tunnel on "
	 "both.",
	 "RFC 3931 4.2", NULL, false},
	{"nr-decreases", SEVERITY_WARNING, ON_EVENT, judge_by_outcome,
	 "An end takes an acknowledgement back",
	 "Packets were reordered, or its transmit queues run in parallel.", LOSSY, "RFC 2661 5.8",
	 NULL, false},
	{"retransmit-too-fast", SEVERITY_WARNING, ON_EVENT, NULL,
	 "A control message is sent again too soon",
	 "The retransmission timer is configured or built shorter than the path needs.",
	 "Set the first wait to 1 s and let it double.", "RFC 2661 5.8", NULL, false},
	{"retransmit-cap-low", SEVERITY_NOTE, ON_EVENT, NULL,
	 "The wait between copies does not grow to 8 s",
	 "The retransmission timer is fixed or capped too low.",
	 "Let the wait double up to at least 8 s, so that a short outage does not end the tunnel.",
	 "RFC 2661 5.8", NULL, false},
	{"retransmit-nr-stale", SEVERITY_WARNING, ON_EVENT, NULL,
	 "A repeated message carries an old acknowledgement",
	 "The sender repeats the stored packet as it was.", VENDOR, "RFC 2661 5.8", NULL, false},
	{"retransmit-content-changed", SEVERITY_WARNING, ON_EVENT, NULL,
	 "A message comes again with other contents",
	 "Its sender restarted and uses ids and numbers again, or builds each copy anew.",
	 "Look for a restart of that end.", "RFC 2661 5.8", NULL, false},
	{"ack-delayed", SEVERITY_WARNING, ON_EVENT, NULL, "An acknowledgement came late",
	 "The control plane of that end is busy or rate-limits control packets.",
	 "Look at processor load, control-plane policing and input queues there.", "RFC 2661 5.8",
	 NULL, true},
	{"window-overrun", SEVERITY_WARNING, ON_EVENT, NULL,
	 "An end sends more messages at once than the other takes",
	 "The sender ignores the Receive Window Size; what is too much may be dropped.", VENDOR,
	 "RFC 2661 5.8", NULL, false},
	{"zlb-consumes-ns", SEVERITY_ERROR, ON_EVENT, NULL,
	 "ZLBs are counted as if they were messages",
	 "The sequence accounting of that end is wrong; the receiver waits for messages that never "
	 "come.",
	 VENDOR, "RFC 2661 5.8", NULL, false},
	{"zlb-storm", SEVERITY_WARNING, ON_EVENT, NULL, "Acknowledgements are acknowledged",
	 "Both ends answer ZLBs with ZLBs.", VENDOR, "RFC 2661 5.8", NULL, true},
};

const struct rule_table rules_reliable = {
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.watchers = watchers,
	.n_watchers = sizeof(watchers) / sizeof(watchers[0]),
};
