#include "meter.h"
#include "rules.h"
#include "watch.h"

/* Keepalive: who was heard when, what was asked in vain after a long silence. Packets only; a log
 * does not print payload. */

struct pulse {
	struct moment heard[2]; /* [from] */
	struct moment hello[2];
	uint32_t soon[2], needless[2]; /* HELLOs */
	bool is_lost;                  /* after a long silence only one end is heard */
	bool was_silent;               /* the last thing before a StopCCN was long ago */
	double silence_s;
	uint32_t after[2]; /* packets since that silence */
};

enum { SPEAKS = 3 }; /* so often before it is a habit */

static double seconds_since(struct moment from, struct moment to)
{
	return moment_known(from) && moment_known(to) ? (double)moment_minus(to, from) / 1e9 : -1;
}

static double limit_of(const struct watch *w, enum threshold_id id)
{
	return threshold(w->c->observer->thresholds, id);
}

static void see_hello(struct watch *w, struct pulse *p)
{
	double since = seconds_since(p->hello[w->from], w->e->when);
	double heard = seconds_since(p->heard[1 - w->from], w->e->when);
	double asked = seconds_since(p->hello[1 - w->from], w->e->when);
	bool is_crossing = asked >= 0 && asked <= heard; /* both were silent, and ask at once */

	p->hello[w->from] = w->e->when;
	if (since >= 0 && since < limit_of(w, THRESHOLD_HELLO_SHORT) &&
	    ++p->soon[w->from] >= SPEAKS)
		watch_raise_tunnel(w, "hello-interval-short",
				   "The %s sends HELLO after %.1f s already", end_word(w->from),
				   since);
	if (heard >= 0 && heard < limit_of(w, THRESHOLD_HELLO_SHORT) / 2 && !is_crossing &&
	    ++p->needless[w->from] >= SPEAKS)
		watch_raise_tunnel(w, "hello-while-traffic",
				   "The %s sends HELLO %.1f s after a packet of the other end",
				   end_word(w->from), heard);
}

/* Nothing of either end for longer than a NAT remembers, then one of them speaks in vain. */
static void see_silence(struct watch *w, struct pulse *p)
{
	double since[2] = {seconds_since(p->heard[0], w->e->when),
			   seconds_since(p->heard[1], w->e->when)};
	double silence = since[0] < since[1] ? since[0] : since[1];

	p->was_silent = silence > limit_of(w, THRESHOLD_NAT_IDLE);
	if (p->was_silent) {
		p->is_lost = true;
		meter_turn(w->t);
		p->silence_s = silence;
		p->after[0] = p->after[1] = 0;
	}
	if (!p->is_lost)
		return;
	p->after[w->from]++;
	if (p->after[1 - w->from]) {
		p->is_lost = false;
		return;
	}
	if (p->after[w->from] == SPEAKS)
		watch_raise_tunnel(w, "nat-keepalive-gap",
				   "After %.0f s without a packet only the %s is heard",
				   p->silence_s, end_word(w->from));
}

static bool is_long_ago(const struct pulse *p, unsigned from, struct moment when)
{
	return moment_minus(when, p->heard[from]) > GLANCE_STEP_S * INT64_C(1000000000);
}

static enum watch_wish pulse_wish(struct watch *w)
{
	(void)w;
	return WISH_GLANCES;
}

static bool pulse_fits(const void *memory, unsigned from, const struct glance *g)
{
	const struct pulse *p = memory;

	return !p->is_lost && !is_long_ago(p, from, g->when);
}

static struct moment *pulse_heard(void *memory, unsigned from)
{
	struct pulse *p = memory;

	return &p->heard[from];
}

static void pulse_watch(struct watch *w)
{
	struct pulse *p;

	if (!w->t || w->e->origin.line || w->delivery == DELIVERY_DUPLICATE ||
	    !moment_known(w->e->when) || w->t->carrier > CARRIER_L2TPV3)
		return;
	p = watch_tunnel(w);
	if (w->e->kind == EVENT_CONTROL) {
		if (w->e->control.message == HELLO && w->delivery == DELIVERY_NEW)
			see_hello(w, p);
		if (w->e->control.message != STOPCCN || w->delivery == DELIVERY_NEW)
			see_silence(w, p);
	} else if (p->is_lost || is_long_ago(p, w->from, w->e->when)) {
		see_silence(w, p);
	}
	p->heard[w->from] = w->e->when;
}

/* Another silence may have ended well. */
static void judge_gap(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct pulse *p = watch_recall_tunnel(t, pulse_watch);

	(void)c;
	if (!p || !p->is_lost || t->outcome == OUTCOME_UP || t->outcome == OUTCOME_CLOSED ||
	    !(t->peer[0].port != t->peer[1].port || t->port_move[0].count || t->port_move[1].count))
		finding_withdraw(r->last);
}

static bool has_live_call(const struct raise *r, const struct tunnel *t)
{
	for (const struct session *s = t->sessions; s; s = session_after(s))
		if ((s->established[LAC].is_set || s->established[LNS].is_set) &&
		    (!session_cdn(s)->is_set ||
		     mark_before(r->r, &t->stopccn.mark, &session_cdn(s)->mark)))
			return true;
	return false;
}

static void silent_death(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct pulse *p = watch_recall_tunnel(t, pulse_watch);

	(void)c;
	if (!p || !p->was_silent || t->hellos || !t->stopccn.is_set || t->version != 2 ||
	    !has_live_call(r, t))
		return;
	raise_finding(r, &t->stopccn.mark,
		      "Neither end sent HELLO; after %.0f s of silence the %s closed the tunnel "
		      "with a call in it",
		      p->silence_s, end_word(t->stopccn.from));
}

static void no_session(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct mark *up = mark_earlier(r->r, &t->established[0], &t->established[1]);
	double limit = threshold(r->r->thresholds, THRESHOLD_TUNNEL_EMPTY);
	double empty;

	(void)c;
	if (t->n_sessions || t->was_there || t->is_holey || !up || t->version == 1)
		return;
	if (!t->ended.is_set)
		empty = mark_watched(r->r, up);
	else if (!mark_gap(r->r, up, &t->ended, &empty))
		return;
	if (empty > limit)
		raise_finding(r, up, "The tunnel was up for %.0f s and carried no call", empty);
}

/* Each message waits for the one before it. */
static void small_window(struct raise *r, struct tunnel *t, struct call *c)
{
	enum { MANY = 16 };

	(void)c;
	for (unsigned i = 0; i < 2; i++)
		if (t->peer[i].window == 1 && t->n_sessions >= MANY)
			raise_finding(r, &t->first,
				      "The %s takes one message at a time, for %u calls",
				      end_word(i), t->n_sessions);
}

static void own_port(struct raise *r, struct tunnel *t, struct call *c)
{
	enum { L2TP_PORT = 1701 };

	(void)c;
	if (t->carrier <= CARRIER_L2TPV3 && seen_of(t->seen, SCCRQ)->count &&
	    t->peer[INITIATOR].port && t->peer[INITIATOR].port != L2TP_PORT && t->roles_known)
		raise_finding(r, &seen_of(t->seen, SCCRQ)->first,
			      "The initiator sends from port %u", t->peer[INITIATOR].port);
}

static void missed_messages(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct view *v = report_view(r->r, t->vantage);
	uint32_t gaps = t->way[0].gaps + t->way[1].gaps;

	(void)c;
	if (gaps && v && !v->is_text)
		raise_finding(
			r, &t->first,
			"%u control message%s of this tunnel never came by, as Ns and Nr show",
			gaps, gaps == 1 ? "" : "s");
}

static void doubled_packets(struct raise *r, struct tunnel *t, struct call *c)
{
	uint32_t n = t->way[0].duplicates + t->way[1].duplicates;

	(void)c;
	if (n)
		raise_finding(r, &t->first, "%u control message%s came twice within a moment", n,
			      n == 1 ? "" : "s");
}

static const struct pending *repeated_in_vain(const struct channel *way)
{
	for (size_t i = 0; i < way->n_pending; i++)
		if (!channel_pending(way, i)->is_acked && channel_pending(way, i)->copies > SPEAKS)
			return channel_pending(way, i);
	return NULL;
}

/* Copies without end and not a packet of the other end, in a tunnel whose beginning was not seen;
 * of one that was, the cause says it. */
static void one_way(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct pending *p;
	const char *name;

	(void)c;
	if (t->cause || !t->was_there)
		return;
	for (unsigned end = 0; end < 2; end++) {
		p = repeated_in_vain(&t->way[end]);
		if (!p || !p->frame || t->way[1 - end].is_started || t->heard[1 - end].is_set)
			continue;
		/* its Nr grew, or the next message followed: a recording of one direction */
		if (t->way[1 - end].acked_more ||
		    p != channel_pending(&t->way[end], t->way[end].n_pending - 1u))
			continue;
		name = code_name(CODE_MESSAGE, p->message);
		raise_finding(r, &t->first,
			      "The %s sends %s %u times, and the other end is not heard",
			      end_word(end), name ? name : "a message", p->copies);
	}
}

/* The daemon at one end of a call that was up counted what it sent, and nothing came in. */
static void data_one_way(struct raise *r, struct tunnel *t, struct call *c)
{
	enum { SPEAKS_FOR_ITSELF = 1000 };
	const struct session *s = c->session;
	const uint64_t *bytes = session_told(s)->counted_bytes;

	(void)t;
	if (!session_told(s)->counted.is_set || c->reached != REACHED_NCP)
		return;
	for (int to = 0; to < 2; to++)
		if (bytes[to] >= SPEAKS_FOR_ITSELF && !bytes[1 - to])
			raise_finding(r, &session_told(s)->counted,
				      "%llu octets went to the %s and none came back",
				      (unsigned long long)bytes[to], to == LNS ? "client" : "LNS");
}

static const struct watcher watchers[] = {
	{.kinds = WATCH(EVENT_CONTROL) | WATCH(EVENT_PPP) | WATCH(EVENT_DATA),
	 .memory = sizeof(struct pulse),
	 .lines = WATCH_VERSION(2) | WATCH_VERSION(3),
	 .see = pulse_watch,
	 .wish = pulse_wish,
	 .remember = watch_tunnel,
	 .fits = pulse_fits,
	 .heard = pulse_heard},
};

static const struct rule_row rows[] = {
	{"session-counted-one-way", SEVERITY_WARNING, ON_CALL, data_one_way,
	 "The call was up and data went one way only",
	 "A default route through the tunnel that swallows its own outer packets, a filter, no "
	 "route back, or an MTU that drops all but small packets.",
	 "Keep a host route to the LNS outside of the tunnel; check routes and filters behind the "
	 "silent end; clamp the MSS.",
	 "RFC 2661 8.1", NULL, true},
	{"one-way-control", SEVERITY_ERROR, ON_TUNNEL, one_way,
	 "Control messages go in one direction only",
	 "The way back is broken: routing, an ACL, the wrong VRF, a NAT; or the capture sees one "
	 "direction only and the messages arrive all the same.",
	 "Check that the capture sees both directions; then the way back from the silent end.",
	 "RFC 2661 5.8", NULL, true},
	{"nat-keepalive-gap", SEVERITY_WARNING, ON_EVENT, judge_gap,
	 "After a long silence one end is not heard any more",
	 "A NAT or firewall between the ends forgot the flow while it was idle.",
	 "Shorten the HELLO interval (`l2tp tunnel hello`) below the time-out of the NAT.",
	 "RFC 2661 5.5", NULL, false},
	{"hello-absent-then-dead", SEVERITY_WARNING, ON_TUNNEL, silent_death,
	 "A silent tunnel died without a HELLO", "Keepalive is turned off on both ends.",
	 "Turn keepalive on (`l2tp tunnel hello 60`).", "RFC 2661 5.5", NULL, false},
	{"hello-interval-short", SEVERITY_NOTE, ON_EVENT, NULL, "HELLO comes very often",
	 "The interval is set short.", "Raise it, unless a NAT needs it (`l2tp tunnel hello`).",
	 "RFC 2661 6.5", NULL, false},
	{"hello-while-traffic", SEVERITY_NOTE, ON_EVENT, NULL, "HELLO is sent while traffic flows",
	 "The timer of the sender is not reset by traffic.", "Nothing to do.", "RFC 2661 6.5", NULL,
	 false},
	{"tunnel-no-session", SEVERITY_NOTE, ON_TUNNEL, no_session,
	 "The tunnel was up and carried no call",
	 "It was opened beforehand, or the call that it was opened for was gone meanwhile.",
	 "Look for a call that failed at the LAC at that time.", "RFC 2661 7.6", NULL, false},
	{"rws-one-slow", SEVERITY_NOTE, ON_TUNNEL, small_window, "A window of 1 for many calls",
	 "The default of a small implementation.",
	 "Raise the receive window of that end: calls are set up one after the other.",
	 "RFC 2661 5.8", NULL, false},
	{"l2tp-src-port-not-1701", SEVERITY_NOTE, ON_TUNNEL, own_port,
	 "The initiator uses a port of its own",
	 "Clients behind a NAT, and implementations that choose one.", "Nothing to do.",
	 "RFC 2661 8.1", NULL, false},
	{"capture-gap", SEVERITY_NOTE, ON_TUNNEL, missed_messages,
	 "The capture misses control messages",
	 "The capture dropped packets, or began late; what is said of this tunnel may be "
	 "incomplete.",
	 "Capture again with a larger buffer (tcpdump -B), on the interface itself.", "", NULL,
	 false},
	{"dup-capture-packets", SEVERITY_NOTE, ON_TUNNEL, doubled_packets,
	 "The capture has packets twice", "A mirror port shows both directions of two interfaces.",
	 "Capture on one interface, or remove the copies.", "", NULL, false},
};

const struct rule_table rules_silence = {
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.watchers = watchers,
	.n_watchers = sizeof(watchers) / sizeof(watchers[0]),
};
