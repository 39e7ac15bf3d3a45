#include <stdlib.h>

#include "rules.h"
#include "watch_ppp.h"

/* What PPP has beside its main protocols: multilink, bandwidth allocation, quality, callback. */

enum { LCP_MRRU = 17, BACP_FAVORED_PEER = 1, CALLBACK_NONE = 1 };
enum { BAP_CALL_RESPONSE = 2, BAP_CALLBACK_RESPONSE = 4, BAP_DROP_RESPONSE = 6 };
enum { REPORT_OCTETS = 48, LAST_OUT_PACKETS = 8, PEER_IN_PACKETS = 20 };

/* ---- Link Quality Reports (RFC 1989 2.6) ---- */

/* What the sender of a report had got of the other end by then: of `sent` packets, `got`. */
struct quality_way {
	bool is_started;
	uint32_t sent, got;
	uint64_t all_sent, all_lost;
};

struct side_memory {
	struct quality_way way[2]; /* by the tunnel end that reports */
	bool has_favored[2];
	uint64_t favored[2];
};

static uint32_t number_at(struct span body, size_t at)
{
	struct bytes b = bytes_of(body);

	bytes_take(&b, at);
	return bytes_u32(&b);
}

/* The counters of a report are as old as the report that it answers: a packet that was on its way
 * is in neither. */
static void see_report(struct watch *w, struct quality_way *way)
{
	struct span body = w->e->ppp.body;
	uint32_t sent, got, more_sent, more_got;

	if (body.len < REPORT_OCTETS)
		return;
	sent = number_at(body, LAST_OUT_PACKETS);
	got = number_at(body, PEER_IN_PACKETS);
	more_sent = sent - way->sent;
	more_got = got - way->got;
	if (way->is_started && more_sent < INT32_MAX && more_got < INT32_MAX) {
		way->all_sent += more_sent;
		if (more_sent > more_got) {
			way->all_lost += more_sent - more_got;
			watch_raise(w, "lqr-loss", "%s reports loss", ppp_sender(w));
		}
	}
	way->is_started = sent != 0;
	way->sent = sent;
	way->got = got;
}

static void see_bacp(struct watch *w, struct side_memory *m)
{
	const struct ppp *p = &w->e->ppp;
	const struct ppp_option *o = option_find(p->options, p->n_options, BACP_FAVORED_PEER);
	uint64_t value;

	if (p->code != CP_CONFREQ || !o || !o->is_whole || !option_number(o, &value))
		return;
	m->has_favored[w->from] = true;
	m->favored[w->from] = value;
	if (m->has_favored[1 - w->from] && m->favored[1 - w->from] == value)
		watch_raise(w, "bacp-favored-peer-tie", "Both ends choose the Magic-Number 0x%08x",
			    (unsigned)value);
}

/* RFC 2125 6.1: the first octet of a response; 0 accepts. */
static void see_bap(struct watch *w)
{
	static const char *const answers[] = {"Request-Ack", "Request-Nak", "Request-Rej",
					      "Request-Full-Nak"};
	static const char *const asked[] = {[BAP_CALL_RESPONSE] = "a link more",
					    [BAP_CALLBACK_RESPONSE] =
						    "to be called back for a link more",
					    [BAP_DROP_RESPONSE] = "a link less"};
	const struct ppp *p = &w->e->ppp;
	uint8_t answer = p->body.len ? p->body.at[0] : 0;

	if (p->code != BAP_CALL_RESPONSE && p->code != BAP_CALLBACK_RESPONSE &&
	    p->code != BAP_DROP_RESPONSE)
		return;
	if (answer && answer < sizeof(answers) / sizeof(answers[0]))
		watch_raise(w, "bap-call-request-denied", "%s answers %s to the wish for %s",
			    ppp_sender(w), answers[answer], asked[p->code]);
}

static void see_callback(struct watch *w)
{
	const struct ppp *p = &w->e->ppp;
	const struct ppp_option *o = p->n_options ? &p->options[0] : NULL;

	if (p->code != CP_CONFACK || !o)
		return;
	if (o->number == CALLBACK_NONE)
		watch_raise(w, "cbcp-no-callback", "Callback was offered, and none is agreed on");
	else
		watch_raise(w, "cbcp-no-callback", "Callback is agreed on: %s",
			    o->row ? o->row->name : "of an unknown kind");
}

static void see_side(struct watch *w)
{
	struct side_memory *m;

	if (!ppp_is_wire(w))
		return;
	switch (w->e->ppp.protocol) {
	case PPP_LQR:
		m = watch_session(w);
		see_report(w, &m->way[w->from]);
		break;
	case PPP_BACP:
		see_bacp(w, watch_session(w));
		break;
	case PPP_BAP:
		see_bap(w);
		break;
	case PPP_CBCP:
		see_callback(w);
		break;
	default:
		break;
	}
}

static void judge_quality(struct raise *r, struct tunnel *t, struct call *c)
{
	double limit = threshold(r->r->thresholds, THRESHOLD_QUALITY_LOSS) / 100;
	const struct side_memory *m = c ? watch_recall(c->session, see_side) : NULL;
	const struct quality_way *worst = m ? &m->way[0] : NULL;

	(void)t;
	if (m && m->way[1].all_lost > worst->all_lost)
		worst = &m->way[1];
	if (!worst || (double)worst->all_lost <= limit * (double)worst->all_sent) {
		finding_withdraw(r->last);
		return;
	}
	finding_text(r, r->last, "%llu of %llu packets to the %s were lost on the link (%.1f %%)",
		     (unsigned long long)worst->all_lost, (unsigned long long)worst->all_sent,
		     worst == &m->way[c->session->lac_end] ? "client" : "LNS",
		     100 * (double)worst->all_lost / (double)worst->all_sent);
}

/* ---- multilink ---- */

static int by_bundle(const void *left, const void *right)
{
	const struct call *a = *(struct call *const *)left, *b = *(struct call *const *)right;

	if (a->bundle != b->bundle)
		return a->bundle < b->bundle ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

static uint64_t mrru_of(const struct call *c, unsigned side)
{
	const struct cp_side *lcp = &link_cp(&c->session->ppp, CP_LCP)->side[side];
	struct ppp_option o;
	uint64_t value;

	return lcp->acked.is_set && kept_find(lcp->agreed, LCP_MRRU, &o) &&
			       option_number(&o, &value)
		       ? value
		       : 0;
}

static void compare_links(struct raise *r, const struct call *first, struct call *c)
{
	for (unsigned side = CLIENT; side <= LNS; side++) {
		uint64_t a = mrru_of(first, side), b = mrru_of(c, side);
		struct finding *f;

		if (!a || !b || a == b)
			continue;
		r->c = c;
		r->t = c->tunnel;
		f = raise_finding(
			r, &link_cp(&c->session->ppp, CP_LCP)->side[side].acked,
			"The %s takes %u octets on this link of the bundle, %u on that of "
			"call %llu",
			side == CLIENT ? "client" : "LNS", (unsigned)b, (unsigned)a,
			(unsigned long long)first->number);
		if (!call_went_wrong(c))
			f->severity = SEVERITY_NOTE;
		finding_evidence(r, f, &link_cp(&first->session->ppp, CP_LCP)->side[side].acked);
	}
}

static void mrru_differs(struct raise *r, struct tunnel *t, struct call *c)
{
	struct call **all = must_alloc(r->r->n_calls + 1, sizeof(struct call *));
	size_t n = 0, first = 0;

	for (struct call *x = r->r->calls; x && n < r->r->n_calls; x = call_after(r->r, x))
		if (x->bundle)
			all[n++] = x;
	qsort(all, n, sizeof(struct call *), by_bundle);
	for (size_t i = 1; i < n; i++) {
		if (all[i]->bundle != all[first]->bundle)
			first = i;
		else
			compare_links(r, all[first], all[i]);
	}
	r->t = t;
	r->c = c;
	free(all);
}

static void judge_harm(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	if (c && !call_went_wrong(c))
		r->last->severity = SEVERITY_NOTE;
}

static const struct watcher watchers[] = {
	{.kinds = WATCH(EVENT_PPP),
	 .memory = sizeof(struct side_memory),
	 .ppp = WATCH_REST,
	 .see = see_side},
};

static const struct rule_row rows[] = {
	{"lqr-loss", SEVERITY_WARNING, ON_EVENT, judge_quality,
	 "The reports of an end show that packets are lost on the link",
	 "The access line has errors or is full.",
	 "Look at the line's error and discard counters at both ends (DSL: retrains, CRC errors); "
	 "compare them with the queue drops of the LAC's port.",
	 "RFC 1989 2.7", NULL, true},
	{"mp-mrru-mismatch", SEVERITY_ERROR, ON_RUN, mrru_differs,
	 "The links of one bundle have different MRRUs",
	 "The links end on interfaces that are configured differently; the end may refuse to "
	 "bundle them, or drop long packets.",
	 "Give all links the same multilink settings (IOS: one `interface Multilink` or template, "
	 "`ppp multilink mrru`).",
	 "RFC 1990 5.1.1", NULL, false},
	{"bacp-favored-peer-tie", SEVERITY_WARNING, ON_EVENT, judge_harm,
	 "Both ends propose the same Favored-Peer",
	 "Both draw their number from the same poor source of chance; while it lasts, nobody "
	 "yields "
	 "when both ask at once.",
	 "Nothing, if they agree at the next try; otherwise restart BACP on one end.",
	 "RFC 2125 5.1", NULL, false},
	{"bap-call-request-denied", SEVERITY_NOTE, ON_EVENT, NULL,
	 "A wish to change the number of links is refused",
	 "The other end has no free channel, or its policy allows no more links.",
	 "Look at the limits for links of a bundle on that end.", "RFC 2125 6", NULL, false},
	{"cbcp-no-callback", SEVERITY_NOTE, ON_EVENT, NULL, "Callback was negotiated",
	 "The server calls back, or leaves the choice to the client.",
	 "Nothing to do. If the client waits for a call that never comes: look at its number and "
	 "policy at the server.",
	 "RFC 1570 2.3", NULL, false},
};

const struct rule_table rules_multilink = {
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.watchers = watchers,
	.n_watchers = sizeof(watchers) / sizeof(watchers[0]),
};
