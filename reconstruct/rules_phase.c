#include "observer.h"
#include "rules.h"
#include "watch_ppp.h"

/* The phases of a link (RFC 1661 3): what comes before its time, and data that never comes. */

enum { PPP_IPV4_DATA = 0x21, PPP_IPV6_DATA = 0x57, NCP_FIRST = 0x8000, NCP_LAST = 0xbfff };

static bool is_ncp(uint16_t protocol)
{
	return protocol >= NCP_FIRST && protocol <= NCP_LAST && protocol != PPP_CCP &&
	       protocol != PPP_ECP;
}

static bool is_undecided(const struct auth *a)
{
	return (a->challenges || a->responses) && !a->decided.is_set && !a->is_proxy && !a->by_lac;
}

/* Who is asked to prove who it is cannot know yet that it is accepted. Of the one who asks it would
 * only be the order of the recording: it decides before it goes on. */
static void see_phase(struct watch *w)
{
	if (!ppp_is_wire(w) || !is_ncp(w->e->ppp.protocol) || w->e->ppp.code != CP_CONFREQ)
		return;
	if (is_undecided(link_auth(&w->s->ppp, ppp_from(w))))
		watch_raise(w, "ppp-ncp-before-auth", "%s begins %s before authentication is over",
			    ppp_sender(w), ppp_protocol_word(w->e->ppp.protocol));
}

/* LCP begins within the recording, and is not open yet. */
static bool is_early(const struct watch *w)
{
	const struct session *s = w->s;
	const struct cp *lcp;

	if (!s || (w->e->data.protocol != PPP_IPV4_DATA && w->e->data.protocol != PPP_IPV6_DATA))
		return false;
	lcp = link_cp(&s->ppp, CP_LCP);
	return !lcp->opened.is_set && !s->was_there && !s->ppp.proxy_lcp &&
	       (lcp->side[CLIENT].last_request.is_set || lcp->side[LNS].last_request.is_set);
}

static enum watch_wish wish_early(struct watch *w)
{
	return is_early(w) ? WISH_EVENTS : WISH_NOTHING;
}

static void see_early(struct watch *w)
{
	if (is_early(w))
		watch_raise(w, "ppp-data-before-lcp", "%s sends data before LCP is open",
			    ppp_sender(w));
}

/* That the end of authentication was seen later proves that it was not only missed. */
static void judge_early_ncp(struct raise *r, struct tunnel *t, struct call *c)
{
	double gap;

	(void)t;
	for (size_t i = 0; c && i < 2; i++) {
		const struct mark *decided = &link_auth(&c->session->ppp, i)->decided;

		if (!decided->is_set || !mark_gap(r->r, &r->last->mark, decided, &gap) || gap <= 0)
			continue;
		if (!call_went_wrong(c))
			r->last->severity = SEVERITY_NOTE;
		return;
	}
	finding_withdraw(r->last);
}

/* With one request of each end, the one that was acknowledged later, nothing was open before. */
static void judge_early_data(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct cp *lcp = c ? link_cp(&c->session->ppp, CP_LCP) : NULL;
	double gap;

	(void)t;
	if (!lcp || !lcp->opened.is_set || c->session->was_there ||
	    lcp->side[CLIENT].requests > 1 || lcp->side[LNS].requests > 1 ||
	    !mark_gap(r->r, &r->last->mark, &lcp->opened, &gap) || gap <= 0)
		finding_withdraw(r->last);
	else if (!call_went_wrong(c))
		r->last->severity = SEVERITY_NOTE;
}

/* ---- data that never comes ---- */

/* Of those that are not settled now. */
static bool flows_on(const struct report *r, uint8_t carrier, unsigned way)
{
	for (struct tunnel *t = r->tunnels; t; t = tunnel_after(r, t)) {
		if (tunnel_carrier(t) != carrier)
			continue;
		for (const struct session *s = live_tunnel(t)->staying; s; s = s->next)
			if (s->counters.data_packets[way])
				return true;
	}
	return false;
}

/* Does the recording show data in that direction at all? */
static bool flows_elsewhere(const struct report *r, const struct call *c, unsigned way)
{
	for (const struct call *x = r->calls; x; x = call_after(r, x))
		if (x != c && x->carrier == c->carrier && x->counters.data_packets[way])
			return true;
	return flows_on(r, c->carrier, way);
}

/* An end asks, and the other one, whose data is missing, does not answer. */
static bool is_deaf(const struct call *c, unsigned asker)
{
	return side_echo(&link_cp(&c->session->ppp, CP_LCP)->side[asker])->unanswered >= 2;
}

static const char *const ways[] = {"the LNS", "the client"};

static void no_data(struct raise *r, struct tunnel *t, struct call *c)
{
	const uint64_t *n = c->counters.data_packets;

	(void)t;
	if (c->reached != REACHED_NCP || n[0] || n[1] || call_is_half_seen(c) ||
	    (!is_deaf(c, CLIENT) && !is_deaf(c, LNS)))
		return;
	if (flows_elsewhere(r->r, c, 0) && flows_elsewhere(r->r, c, 1))
		raise_finding(r, &c->connected, "No data came by in either direction");
}

/* data_packets[0] go to the LNS: its silence is that of the client's side. Where nothing else is
 * silent, a recording may not see that direction, and few packets may ask for nothing. */
static void one_way(struct raise *r, struct tunnel *t, struct call *c)
{
	enum { MANY = 10 };
	const uint64_t *n = c->counters.data_packets;

	(void)t;
	for (unsigned way = 0; way < 2; way++) {
		unsigned asker = way == 0 ? LNS : CLIENT;
		bool is_proven = is_deaf(c, asker) && flows_elsewhere(r->r, c, way);
		struct finding *f;

		if (c->reached != REACHED_NCP || n[way] || !n[1 - way] || call_is_half_seen(c) ||
		    (!is_proven && n[1 - way] < MANY))
			continue;
		f = raise_finding(r, &c->connected,
				  "%llu data packets came by to %s, and none to %s",
				  (unsigned long long)n[1 - way], ways[1 - way], ways[way]);
		if (f && !is_proven)
			f->severity = SEVERITY_NOTE;
	}
}

static const struct watcher watchers[] = {
	{.kinds = WATCH(EVENT_PPP),
	 .ppp = WATCH_NCP,
	 .codes = WATCH_CODE(CP_CONFREQ),
	 .see = see_phase},
	{.kinds = WATCH(EVENT_DATA), .see = see_early, .wish = wish_early},
};

static const struct rule_row rows[] = {
	{"ppp-ncp-before-auth", SEVERITY_WARNING, ON_EVENT, judge_early_ncp,
	 "A network protocol begins before authentication is over",
	 "That end does not wait; the other one must drop the packet, and the call waits until it "
	 "is "
	 "sent again (3 s).",
	 "If calls come up slowly: upgrade or replace that end. Otherwise nothing to do.",
	 "RFC 1661 3.5", NULL, false},
	{"ppp-data-before-lcp", SEVERITY_WARNING, ON_EVENT, judge_early_data,
	 "Data comes before LCP is open",
	 "That end still works with the session before this one: it did not see its end.",
	 "Look how the session before ended at that end; lower its echo interval, so that it "
	 "notices.",
	 "RFC 1661 3.4", NULL, false},
	{"session-no-data", SEVERITY_WARNING, ON_CALL, no_data,
	 "The call is up and carries no data, while others do",
	 "The data path is broken: an ACL or a firewall lets control messages pass and drops data, "
	 "or the session is bound to nothing.",
	 "Check the forwarding path of UDP 1701 for data in both directions, and the session's "
	 "counters on both ends (IOS: `show l2tp session packets`).",
	 "RFC 2661 5.2", NULL, false},
	{"session-data-one-way", SEVERITY_ERROR, ON_CALL, one_way,
	 "Data goes in one direction only, while other calls have both",
	 "A route, an ACL or a wrong session id on one side.",
	 "Send sized pings in both directions with the tunnel's addresses and ports; check ACLs, "
	 "VRF "
	 "and NAT, and the session ids of both ends.",
	 "RFC 2661 5.2", NULL, false},
};

const struct rule_table rules_phase = {
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.watchers = watchers,
	.n_watchers = sizeof(watchers) / sizeof(watchers[0]),
};
