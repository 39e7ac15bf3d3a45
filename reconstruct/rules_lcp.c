#include <stdio.h>

#include "cp_link.h"
#include "rules.h"
#include "watch_ppp.h"

/* LCP as it goes by: answers that do not fit their requests, options out of place, echoes. */

enum { LCP_MRU = 1, LCP_ACCM, LCP_AUTH, LCP_MAGIC = 5, LCP_ACFC = 8, LCP_FCS = 9 };
enum { NAKED_KEPT = 8, PPPOE_MRU = 1492 };

/* An option that was NAKed, with the value that it had. */
struct naked {
	uint8_t number;
	uint32_t value;
	uint8_t times; /* asked for again after that */
};

struct lcp_way {
	struct naked *naked; /* [NAKED_KEPT] of them, once there is one */
	struct moment echo_when;
	uint32_t terminates;
	uint8_t n_naked, naked_id;
	uint8_t echo_id;
	bool has_echo;
	bool is_whole;        /* the last request was seen with all its options */
	bool is_pap_proposed; /* the other end proposed PAP instead of its CHAP */
};

struct lcp_memory {
	struct lcp_way way[2]; /* by the tunnel end that sends */
};

static uint64_t option_value(const struct ppp_option *o)
{
	uint64_t value = 0;

	return o && option_number(o, &value) ? value : 0;
}

static uint16_t auth_of(const struct ppp_option *o)
{
	struct bytes b;

	if (!o || o->value.len < 2)
		return 0;
	b = bytes_of(o->value);
	return bytes_u16(&b);
}

static uint32_t option_hash(const struct ppp_option *o)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < o->value.len; i++)
		h = (h ^ o->value.at[i]) * 16777619u;
	return h;
}

/* ---- requests ---- */

static void see_pppoe_options(struct watch *w)
{
	const struct ppp *p = &w->e->ppp;
	const struct discovery *d = w->t ? w->t->discovery : NULL;
	uint64_t mru;

	if (!w->t || w->t->carrier != CARRIER_PPPOE)
		return;
	mru = option_value(option_find(p->options, p->n_options, LCP_MRU));
	for (size_t i = 0; i < p->n_options; i++) {
		uint8_t number = p->options[i].number;

		if (number == LCP_ACCM || number == LCP_ACFC || number == LCP_FCS)
			watch_raise(w, "lcp-forbidden-option-pppoe", "%s asks for %s over PPPoE",
				    ppp_sender(w),
				    p->options[i].row ? p->options[i].row->name : "the option");
	}
	if (mru > PPPOE_MRU && d && d->padr.is_set && d->pads.is_set && !d->max_payload)
		watch_raise(w, "lcp-mru-too-large-pppoe",
			    "%s asks for an MRU of %u, without PPP-Max-Payload in the discovery",
			    ppp_sender(w), (unsigned)mru);
}

static void see_insisting(struct watch *w, struct lcp_way *way)
{
	const struct ppp *p = &w->e->ppp;

	if (!way->n_naked || p->id == way->naked_id)
		return;
	for (size_t i = 0; i < way->n_naked; i++) {
		struct naked *n = &way->naked[i];
		const struct ppp_option *o = option_find(p->options, p->n_options, n->number);
		struct text value;

		if (!o || option_hash(o) != n->value)
			continue;
		n->times++;
		if (n->times < 2)
			continue;
		value = text_make(64);
		option_print_value(&value, o);
		watch_raise(w, "lcp-nak-same-value",
			    "%s asks for %s %.*s again and again, which %s refuses", ppp_sender(w),
			    o->row ? o->row->name : "an option", STR_ARG(text_str(&value)),
			    ppp_receiver(w));
		text_free(&value);
	}
	way->naked_id = p->id;
}

static void see_request(struct watch *w, struct lcp_way *way)
{
	const struct ppp *p = &w->e->ppp;
	const struct ppp_option *magic;

	way->is_whole = p->is_complete && p->has_id;
	if (p->protocol != PPP_LCP)
		return;
	see_pppoe_options(w);
	see_insisting(w, way);
	magic = option_find(p->options, p->n_options, LCP_MAGIC);
	if (magic && magic->is_whole && !option_value(magic))
		watch_raise(w, "lcp-magic-zero-nak", "%s proposes the magic number 0",
			    ppp_sender(w));
}

/* ---- answers ---- */

static bool same_options(const struct cp_side *asker, const struct ppp *p)
{
	return kept_same_whole(asker->options, p->options, p->n_options);
}

static void see_late_ack(struct watch *w, unsigned last)
{
	const struct ppp *p = &w->e->ppp;
	struct finding *f = watch_raise(w, "lcp-ack-id-mismatch",
					"%s acknowledges %s request id %u when id %u was the last",
					ppp_sender(w), ppp_protocol_word(p->protocol), p->id, last);

	if (f->count == 1)
		f->severity = SEVERITY_NOTE;
}

static void see_ack(struct watch *w, struct lcp_memory *m)
{
	const struct ppp *p = &w->e->ppp;
	const struct cp_side *asker = &ppp_cp(w, p->protocol)->side[1 - ppp_from(w)];

	if (!p->has_id || !asker->requests)
		return;
	if (p->id != asker->request_id) {
		if (cp_used_id(asker, p->id))
			see_late_ack(w, asker->request_id);
		return;
	}
	if (m->way[1 - w->from].is_whole && p->is_complete && !same_options(asker, p))
		watch_raise(w, "lcp-ack-id-mismatch",
			    "%s acknowledges %s request id %u with other options than it has",
			    ppp_sender(w), ppp_protocol_word(p->protocol), p->id)
			->severity = SEVERITY_WARNING;
	if (p->protocol == PPP_LCP && m->way[1 - w->from].is_pap_proposed &&
	    auth_of(option_find(p->options, p->n_options, LCP_AUTH)) == PPP_PAP)
		watch_raise(w, "lcp-auth-downgrade",
			    "%s proposed PAP where %s asked for CHAP, and PAP was agreed",
			    ppp_sender(w), ppp_receiver(w));
}

static void see_nak(struct watch *w, struct lcp_memory *m)
{
	const struct ppp *p = &w->e->ppp;
	const struct cp_side *asker = &ppp_cp(w, p->protocol)->side[1 - ppp_from(w)];
	struct lcp_way *way = &m->way[1 - w->from];

	if (p->protocol != PPP_LCP || !p->has_id || p->id != asker->request_id)
		return;
	way->naked_id = p->id;
	for (size_t i = 0; i < p->n_options; i++) {
		uint8_t number = p->options[i].number;
		struct ppp_option asked;
		size_t at = 0;

		if (!kept_find(asker->options, number, &asked) || !asked.is_whole ||
		    !asked.value.len)
			continue;
		if (number == LCP_AUTH && auth_of(&asked) == PPP_CHAP &&
		    auth_of(&p->options[i]) == PPP_PAP)
			way->is_pap_proposed = true;
		if (!way->naked)
			way->naked = watch_room(w, NAKED_KEPT * sizeof(*way->naked));
		while (at < way->n_naked && way->naked[at].number != number)
			at++;
		if (at == NAKED_KEPT)
			continue;
		if (at == way->n_naked)
			way->naked[way->n_naked++] = (struct naked){.number = number};
		if (way->naked[at].value != option_hash(&asked))
			way->naked[at].times = 0;
		way->naked[at].value = option_hash(&asked);
	}
}

/* ---- after the negotiation ---- */

static void see_rejects(struct watch *w)
{
	const struct ppp *p = &w->e->ppp;
	uint16_t rejected = p->rejected_protocol;

	if (p->code == CP_CODEREJ && p->body.len) {
		const char *name = ppp_code_name(PPP_LCP, p->body.at[0]);

		watch_raise(w, "lcp-code-reject", "%s does not know LCP code %u%s%s%s",
			    ppp_sender(w), p->body.at[0], name ? " (" : "", name ? name : "",
			    name ? ")" : "");
	}
	if (p->code != CP_PROTREJ)
		return;
	if (rejected == PPP_LCP || rejected == PPP_PAP || rejected == PPP_CHAP ||
	    rejected == PPP_EAP)
		watch_raise(w, "lcp-protocol-reject-lcp", "%s rejects %s (0x%04x) as unknown",
			    ppp_sender(w), ppp_protocol_word(rejected), rejected);
}

static void see_echo(struct watch *w, struct lcp_memory *m)
{
	const struct ppp *p = &w->e->ppp;
	const struct cp_side *me = &ppp_cp(w, PPP_LCP)->side[ppp_from(w)];
	struct lcp_way *asked = &m->way[1 - w->from];
	struct ppp_option magic;
	double trip;

	if (p->code == CP_ECHOREQ) {
		m->way[w->from].echo_when = w->e->when;
		m->way[w->from].echo_id = p->id;
		m->way[w->from].has_echo = p->has_id;
		return;
	}
	if (p->code != CP_ECHOREP)
		return;
	if (me->acked.is_set && p->has_magic && p->magic &&
	    kept_find(me->agreed, LCP_MAGIC, &magic) && p->magic != option_value(&magic))
		watch_raise(w, "lcp-echo-wrong-magic",
			    "%s answers an echo with the magic number 0x%08x; it agreed on 0x%08x",
			    ppp_sender(w), p->magic, (unsigned)option_value(&magic));
	if (!asked->has_echo || asked->echo_id != p->id)
		return;
	asked->has_echo = false;
	trip = ppp_seconds(asked->echo_when, w->e->when);
	if (trip > threshold(w->c->observer->thresholds, THRESHOLD_ECHO_SLOW))
		watch_raise(w, "lcp-echo-rtt-high", "%s answered an Echo-Request after %.1f s",
			    ppp_sender(w), trip);
}

static void see_terminate(struct watch *w, struct lcp_memory *m)
{
	struct lcp_way *way = &m->way[w->from];

	if (w->e->ppp.code == CP_TERMACK) {
		m->way[1 - w->from].terminates = 0;
		return;
	}
	way->terminates++;
	if (way->terminates == 2)
		watch_raise(w, "lcp-terminate-no-ack",
			    "%s sent Terminate-Request twice and was not answered", ppp_sender(w));
}

static void see_lcp(struct watch *w)
{
	const struct ppp *p = &w->e->ppp;
	struct lcp_memory *m;

	if (!ppp_is_real(w) || (p->protocol != PPP_LCP && (p->protocol & 0xc000) != 0x8000))
		return;
	m = watch_session(w);
	if (p->code == CP_CONFREQ)
		see_request(w, &m->way[w->from]);
	else if (p->code == CP_CONFACK && !w->e->origin.line)
		see_ack(w, m);
	else if (p->code == CP_CONFNAK)
		see_nak(w, m);
	if (p->protocol != PPP_LCP)
		return;
	if (p->code == CP_CODEREJ || p->code == CP_PROTREJ)
		see_rejects(w);
	else if (p->code == CP_ECHOREQ || p->code == CP_ECHOREP)
		see_echo(w, m);
	else if ((p->code == CP_TERMREQ || p->code == CP_TERMACK) && !w->e->origin.line)
		see_terminate(w, m);
}

/* ---- judged at the end ---- */

static bool ends_soon(const struct report *r, const struct mark *from, const struct mark *end)
{
	static const double RESTART_S = 3; /* RFC 1661 4.6 */
	double gap;

	return end->is_set && mark_gap(r, from, end, &gap) && gap <= 3 * RESTART_S;
}

/* Who ends the call below need not wait for the answer; and a log or a recording that stops says
 * nothing. */
static void judge_terminate(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct lcp_memory *m = c ? watch_recall(c->session, see_lcp) : NULL;
	bool is_open = m && (m->way[0].terminates >= 2 || m->way[1].terminates >= 2);

	(void)t;
	if (!is_open || call_is_half_seen(c) || mark_watched(r->r, &r->last->mark) < 3 ||
	    ends_soon(r->r, &r->last->mark, &session_cdn(c->session)->mark) ||
	    ends_soon(r->r, &r->last->mark, &c->session->tunnel->stopccn.mark) ||
	    ends_soon(r->r, &r->last->mark, &session_told(c->session)->cleared.mark) ||
	    ends_soon(r->r, &r->last->mark, &session_told(c->session)->link_down))
		finding_withdraw(r->last);
}

static void judge_breach(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	if (c && !call_went_wrong(c))
		r->last->severity = SEVERITY_NOTE;
}

static void mru_differs(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct cp_side *lcp = link_cp(&c->session->ppp, CP_LCP)->side;

	(void)t;
	if (c->mru[0] && c->mru[1] && c->mru[0] != c->mru[1] && lcp[CLIENT].acked.is_set &&
	    lcp[LNS].acked.is_set)
		raise_finding(r, &lcp[CLIENT].acked,
			      "The client takes packets of %u octets, the LNS of %u",
			      c->mru[CLIENT], c->mru[LNS]);
}

static const struct watcher watchers[] = {
	{.kinds = WATCH(EVENT_PPP),
	 .memory = sizeof(struct lcp_memory),
	 .ppp = WATCH_LCP,
	 .see = see_lcp},
	{.kinds = WATCH(EVENT_PPP),
	 .memory = sizeof(struct lcp_memory),
	 .ppp = WATCH_NCP,
	 .codes = WATCH_CODE(CP_CONFREQ) | WATCH_CODE(CP_CONFACK),
	 .see = see_lcp},
};

static const char CPE[] = "Check the client's configuration and firmware; try another CPE.";

static const struct rule_row rows[] = {
	{"lcp-ack-id-mismatch", SEVERITY_WARNING, ON_EVENT, judge_breach,
	 "A Configure-Ack does not repeat the request it acknowledges",
	 "A late answer to an earlier request (discarded, harmless); or the end changes options "
	 "while it acknowledges them, which the other end must discard.",
	 "If the options differ: note the vendor and firmware of that end and upgrade it. If only "
	 "the identifier does: measure the delay of the link.",
	 "RFC 1661 5.2", NULL, false},
	{"lcp-protocol-reject-lcp", SEVERITY_ERROR, ON_EVENT, judge_breach,
	 "An end rejects LCP or the authentication protocol",
	 "The end is not running PPP here any more, packets reach another session's end, or the "
	 "method is not compiled in.",
	 "Compare session ids at both ends; look for a restart of that end; enable the method.",
	 "RFC 1661 4.3, 5.7", NULL, false},
	{"lcp-auth-downgrade", SEVERITY_WARNING, ON_EVENT, NULL,
	 "CHAP was asked for, PAP was agreed",
	 "The client does not know CHAP or is set to PAP; somebody on the path can force the same.",
	 "Allow only CHAP at the LNS (IOS: `ppp authentication chap`), and enable it at the "
	 "client.",
	 "RFC 1661 6.2", NULL, false},
	{"lcp-nak-same-value", SEVERITY_WARNING, ON_EVENT, NULL,
	 "An end insists on a value that the other end refuses",
	 "Both ends have fixed values (MRU, authentication) that exclude each other.",
	 "Set the same value on both ends, or let one of them accept what the other proposes.",
	 "RFC 1661 5.3", NULL, false},
	{"lcp-echo-wrong-magic", SEVERITY_WARNING, ON_EVENT, NULL,
	 "An Echo-Reply carries a foreign magic number",
	 "The packet is of another session, or that end echoes the number that it received.",
	 "Compare the session ids of both ends; if there is one session only, upgrade that end.",
	 "RFC 1661 5.8", NULL, false},
	{"lcp-forbidden-option-pppoe", SEVERITY_WARNING, ON_EVENT, NULL,
	 "LCP asks for an option that PPPoE forbids",
	 "The PPP configuration is that of a serial line (ACCM, ACFC, FCS-Alternatives).", CPE,
	 "RFC 2516 7", NULL, false},
	{"lcp-mru-too-large-pppoe", SEVERITY_WARNING, ON_EVENT, NULL,
	 "LCP asks for an MRU above 1492 over PPPoE",
	 "The MRU of the interface was not lowered, and neither end offered RFC 4638.",
	 "Set the MRU to 1492, or enable PPP-Max-Payload (RFC 4638) on both ends.", "RFC 2516 7",
	 NULL, false},
	{"lcp-terminate-no-ack", SEVERITY_WARNING, ON_EVENT, judge_terminate,
	 "A Terminate-Request was not answered",
	 "The other end is already gone, or the data path is broken.",
	 "Look at the other end for an earlier end of the call.", "RFC 1661 4.6", NULL, false},
	{"lcp-code-reject", SEVERITY_NOTE, ON_EVENT, NULL, "An end does not know an LCP code",
	 "Identification and Time-Remaining (RFC 1570) are unknown to many stacks; Windows sends "
	 "them all the same.",
	 "Nothing: it is harmless.", "RFC 1661 5.6", NULL, false},
	{"lcp-echo-rtt-high", SEVERITY_NOTE, ON_EVENT, NULL, "An Echo-Reply came late",
	 "The line is congested, or that end is busy.",
	 "Look at queues and load on the way; give LCP a better class.", "RFC 1661 5.8", NULL,
	 true},
	{"lcp-magic-zero-nak", SEVERITY_NOTE, ON_EVENT, NULL, "A magic number of zero is proposed",
	 "That end does not implement magic numbers: a loop cannot be detected.",
	 "Nothing; upgrade that end if loops matter.", "RFC 1661 6.4", NULL, false},
	{"lcp-mru-asymmetric", SEVERITY_NOTE, ON_CALL, mru_differs,
	 "The MRU differs between the directions", "Each end states its own MRU; this is allowed.",
	 "Nothing; make both equal if large packets fail in one direction.", "RFC 1661 6.1", NULL,
	 false},
};

const struct rule_table rules_lcp = {
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.watchers = watchers,
	.n_watchers = sizeof(watchers) / sizeof(watchers[0]),
};
