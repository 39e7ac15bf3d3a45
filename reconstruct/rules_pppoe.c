#include <stdio.h>

#include "rules.h"
#include "watch_ppp.h"

/* PPPoE (RFC 2516): discovery, its tags, and what travels in the session. */

enum { PADO = 0x07, PADI = 0x09, PADR = 0x19, PADS = 0x65, PADT = 0xa7 };
enum { HEADER = 6, PADI_MOST = 1484, PAYLOAD_MOST = 1492, PROTOCOL = 2, OFFERS_KEPT = 8 };

/* A concentrator that offered itself. */
struct offer {
	uint8_t mac[6];
	uint64_t cookie; /* 0: none */
};

struct pppoe_memory {
	struct offer offers[OFFERS_KEPT];
	size_t n_offers;
	bool has_request; /* a PADR: to whom */
	uint8_t asked[6];
	struct moment ended;
	unsigned ended_by;
	bool is_ended;
};

static uint64_t tag_hash(const struct event *e, const char *field)
{
	const struct value *v = value_find(e->values, e->n_values, field);
	uint64_t h = UINT64_C(14695981039346656037);

	if (!v)
		return 0;
	for (size_t i = 0; i < v->octets.len; i++)
		h = (h ^ v->octets.at[i]) * UINT64_C(1099511628211);
	return h;
}

static const char *packet_word(const struct event *e)
{
	const char *name = code_name(CODE_PPPOE, e->neighbour.code);

	return name ? name : "packet";
}

static bool is_cut(const struct event *e)
{
	return e->path.captured < e->path.original;
}

/* RFC 2516 5.1, 5.3: exactly one. */
static void see_services(struct watch *w)
{
	const struct event *e = w->e;
	unsigned n = 0;

	for (size_t i = 0; i < e->n_values; i++)
		n += strcmp(e->values[i].field, "pppoed.tags.service_name") == 0;
	if (n != 1)
		watch_raise(w, "pppoe-service-name-count", "A %s has %u Service-Name tags",
			    packet_word(e), n);
}

static void see_size(struct watch *w)
{
	if (w->e->neighbour.length + HEADER > PADI_MOST)
		watch_raise(w, "pppoe-padi-oversize", "A PADI of %u octets",
			    w->e->neighbour.length + HEADER);
}

static void offer_keep(struct watch *w, struct pppoe_memory *m)
{
	size_t i = 0;

	if (!w->e->path.has_mac)
		return;
	while (i < m->n_offers && memcmp(m->offers[i].mac, w->e->path.from_mac, 6) != 0)
		i++;
	if (i == OFFERS_KEPT)
		return;
	m->n_offers += i == m->n_offers;
	memcpy(m->offers[i].mac, w->e->path.from_mac, 6);
	m->offers[i].cookie = tag_hash(w->e, "pppoed.tags.ac_cookie");
}

static void see_cookie(struct watch *w, struct pppoe_memory *m)
{
	uint64_t cookie = tag_hash(w->e, "pppoed.tags.ac_cookie");

	m->has_request = w->e->path.has_mac;
	memcpy(m->asked, w->e->path.to_mac, sizeof(m->asked));
	for (size_t i = 0; i < m->n_offers; i++)
		if (memcmp(m->offers[i].mac, m->asked, 6) == 0 && m->offers[i].cookie &&
		    m->offers[i].cookie != cookie)
			watch_raise(w, "pppoe-cookie-not-echoed",
				    "The PADR %s the AC-Cookie of the PADO",
				    cookie ? "changes" : "lacks");
}

static void see_uniq(struct watch *w)
{
	const struct discovery *d = w->t->discovery;

	if (d && d->padi.is_set && d->host_uniq.len &&
	    !value_find(w->e->values, w->e->n_values, "pppoed.tags.host_uniq"))
		watch_raise(w, "pppoe-host-uniq-not-echoed",
			    "The %s lacks the Host-Uniq of the host", packet_word(w->e));
}

static void see_discovery(struct watch *w, struct pppoe_memory *m)
{
	switch (w->e->neighbour.code) {
	case PADI:
		see_size(w);
		see_services(w);
		break;
	case PADO:
		offer_keep(w, m);
		see_uniq(w);
		break;
	case PADR:
		see_services(w);
		see_cookie(w, m);
		break;
	case PADS:
		see_uniq(w);
		if (w->e->neighbour.id == 0xffff)
			watch_raise(w, "pppoe-session-id-ffff", "The PADS gives session id 0xffff");
		break;
	case PADT:
		m->is_ended = true;
		m->ended = w->e->when;
		m->ended_by = w->from;
		break;
	default:
		break;
	}
}

/* ---- in the session ---- */

/* What was on its way when the PADT came is no fault; its sender must send nothing at all. */
static void see_session(struct watch *w, struct pppoe_memory *m)
{
	static const double ON_ITS_WAY_S = 1;
	double since = ppp_seconds(m->ended, w->e->when);
	const struct discovery *d = w->t->discovery;
	size_t length = w->e->ppp.length + (size_t)PROTOCOL;

	if (m->is_ended && since >= 0 && (w->from == m->ended_by || since > ON_ITS_WAY_S))
		watch_raise(w, "pppoe-traffic-after-padt",
			    "%s still sends in the session %.1f s after the PADT", ppp_sender(w),
			    since);
	if (d && d->padr.is_set && d->pads.is_set && !d->max_payload && length > PAYLOAD_MOST)
		watch_raise(w, "pppoe-payload-over-1492", "%s sends a packet of %zu octets",
			    ppp_sender(w), length);
}

static void see_pppoe(struct watch *w)
{
	const struct event *e = w->e;

	if (!w->s || !w->t || w->t->carrier != CARRIER_PPPOE || e->origin.line || is_cut(e))
		return;
	if (e->kind == EVENT_PPPOE)
		see_discovery(w, watch_session(w));
	else if (ppp_is_wire(w))
		see_session(w, watch_session(w));
}

/* ---- on the finished call ---- */

static const struct discovery *discovery_of(const struct call *c)
{
	return c->carrier == CARRIER_PPPOE ? c->session->tunnel->discovery : NULL;
}

static bool is_final(const struct raise *r, const struct mark *last)
{
	return mark_watched(r->r, last) >= threshold(r->r->thresholds, THRESHOLD_WAIT_DISCOVERY);
}

static void no_offer(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct discovery *d = discovery_of(c);

	(void)t;
	if (d && d->n_padi > 1 && !d->pado.is_set && !d->pads.is_set && call_went_wrong(c))
		raise_finding(r, &d->padi, "%u PADIs, and no concentrator offered itself",
			      d->n_padi);
}

static void no_session(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct discovery *d = discovery_of(c);

	(void)t;
	if (d && d->padr.is_set && !d->pads.is_set && !d->refused.is_set && call_went_wrong(c))
		raise_finding(r, &d->padr, "%u PADR%s, and no PADS came", d->n_padr,
			      d->n_padr == 1 ? "" : "s");
}

static void refused(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct discovery *d = discovery_of(c);
	struct str text = session_told(c->session)->cleared.text;

	(void)t;
	if (d && d->refused.is_set)
		raise_finding(r, &d->refused, "The concentrator refuses with %s%s%.*s%s",
			      str_c(mark_said(r->r->arena, &d->refused)), text.len ? " \"" : "",
			      STR_ARG(text), text.len ? "\"" : "");
}

static void ended(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct discovery *d = discovery_of(c);
	struct str text = session_told(c->session)->cleared.text;

	(void)t;
	if (d && d->padt.is_set)
		raise_finding(r, &d->padt, "The %s ended the session with a PADT%s%.*s%s",
			      session_told(c->session)->cleared.from == INITIATOR ? "host"
										  : "concentrator",
			      text.len ? ": \"" : "", STR_ARG(text), text.len ? "\"" : "");
}

static const struct pppoe_memory *memory_of(const struct call *c)
{
	return discovery_of(c) ? watch_recall(c->session, see_pppoe) : NULL;
}

static void several(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct pppoe_memory *m = memory_of(c);

	(void)t;
	if (m && m->n_offers > 1)
		raise_finding(r, &discovery_of(c)->pado, "%zu concentrators offered themselves",
			      m->n_offers);
}

static void not_chosen(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct pppoe_memory *m = memory_of(c);
	const struct discovery *d = discovery_of(c);

	(void)t;
	if (!m || !d->pado.is_set)
		return;
	if (!d->padr.is_set && !d->pads.is_set && is_final(r, &c->session->last))
		raise_finding(r, &d->pado, "The host did not take the offer");
	else if (m->has_request && m->n_offers > 1)
		raise_finding(r, &d->pado, "The host took one of %zu offers", m->n_offers);
}

static bool has_line(const struct tunnel *t)
{
	return t->discovery && (t->discovery->circuit.len || t->discovery->remote.len);
}

/* Expected where other lines of this capture are named. */
static void line_unnamed(struct raise *r, struct tunnel *t, struct call *c)
{
	bool is_expected = false;

	(void)t;
	(void)c;
	for (const struct tunnel *l = r->r->links; l && !is_expected; l = l->next)
		is_expected = has_line(l);
	for (struct tunnel *l = r->r->links; l && is_expected; l = l->next) {
		const struct mark *padi = l->discovery ? &l->discovery->padi : NULL;

		if (padi && padi->is_set && !has_line(l))
			raise_finding(r, padi,
				      "A PADI without Agent-Circuit-Id, where other lines are "
				      "named");
	}
}

static const struct watcher watchers[] = {
	{.kinds = WATCH(EVENT_PPPOE) | WATCH(EVENT_PPP),
	 .memory = sizeof(struct pppoe_memory),
	 .lines = WATCH_BARE,
	 .see = see_pppoe},
};

static const char AC_BUG[] =
	"Nothing to tune: find out the vendor of the concentrator (MAC address, AC-Name), upgrade "
	"it or give its vendor this capture.";
static const char HOST_BUG[] =
	"Look at the client's configuration and firmware; try with another CPE.";

static const struct rule_row rows[] = {
	{"pppoe-padi-no-pado", SEVERITY_ERROR, ON_CALL, no_offer, "No concentrator offers itself",
	 "The VLAN is wrong, no concentrator serves the Service-Name, or it is out of sessions and "
	 "silent.",
	 "Check VLAN and Service-Name; capture at the concentrator whether the PADI arrives.",
	 "RFC 2516 5.1", NULL, false},
	{"pppoe-padr-no-pads", SEVERITY_ERROR, ON_CALL, no_session,
	 "The concentrator offers itself, and gives no session",
	 "Its session limit is reached, its cookie is rejected, or the PADS is lost.",
	 "Look at session limits and rates at the concentrator (IOS: `show pppoe summary`, "
	 "`sessions per-mac limit`).",
	 "RFC 2516 5.3", NULL, false},
	{"pppoe-pads-error", SEVERITY_ERROR, ON_CALL, refused,
	 "The concentrator refuses the session",
	 "The Service-Name is unknown to it, or it has no room.",
	 "Read the text of the tag; correct the Service-Name, or the limits of the concentrator.",
	 "RFC 2516 5.4", NULL, false},
	{"pppoe-cookie-not-echoed", SEVERITY_ERROR, ON_EVENT, NULL,
	 "The host does not return the AC-Cookie",
	 "The host is built so, or it answers with the cookie of an earlier PADO.", HOST_BUG,
	 "RFC 2516 App A", NULL, false},
	{"pppoe-session-id-ffff", SEVERITY_ERROR, ON_EVENT, NULL,
	 "The reserved session id 0xffff is given", "The concentrator is built so.", AC_BUG,
	 "RFC 2516 4", NULL, false},
	{"pppoe-host-uniq-not-echoed", SEVERITY_WARNING, ON_EVENT, NULL,
	 "The concentrator does not return the Host-Uniq",
	 "The concentrator is built so; a host with several sessions cannot tell its answers "
	 "apart.",
	 AC_BUG, "RFC 2516 App A", NULL, false},
	{"pppoe-service-name-count", SEVERITY_WARNING, ON_EVENT, NULL,
	 "A request has not exactly one Service-Name",
	 "The client is built so; concentrators may drop the packet.", HOST_BUG,
	 "RFC 2516 5.1, 5.3", NULL, false},
	{"pppoe-padi-oversize", SEVERITY_WARNING, ON_EVENT, NULL, "A PADI is too large",
	 "The access node adds so many tags that there is no room left for a relay's.",
	 "Shorten what the access node inserts (Circuit-ID, Remote-ID, line rates).",
	 "RFC 2516 5.1", NULL, false},
	{"pppoe-traffic-after-padt", SEVERITY_WARNING, ON_EVENT, NULL,
	 "A session is used after it was ended",
	 "The PADT was lost on the way to one end, which goes on until its keepalive fails.",
	 "Look for loss between both ends; lower the LCP echo interval, so that it notices sooner.",
	 "RFC 2516 5.5", NULL, false},
	{"pppoe-payload-over-1492", SEVERITY_WARNING, ON_EVENT, NULL,
	 "A packet larger than PPPoE takes",
	 "An end ignores the limit of 1492, and RFC 4638 was not negotiated.",
	 "Set MRU and MTU to 1492, or enable PPP-Max-Payload on both ends.", "RFC 2516 7", NULL,
	 false},
	{"pppoe-padt", SEVERITY_NOTE, ON_CALL, ended, "The session was ended with a PADT",
	 "Either end may end it at any time.", "Read the reason, if one is given.", "RFC 2516 5.5",
	 NULL, false},
	{"pppoe-multiple-ac", SEVERITY_NOTE, ON_CALL, several,
	 "Several concentrators offer themselves", "Redundancy; or a foreign concentrator.",
	 "Compare their AC-Names and MAC addresses with those you know.", "RFC 2516 5.2", NULL,
	 false},
	{"pppoe-pado-no-padr", SEVERITY_NOTE, ON_CALL, not_chosen, "An offer was not taken",
	 "The host took another one, or asked only who is there.", "Nothing.", "RFC 2516 5.2", NULL,
	 false},
	{"pppoe-tr101-missing", SEVERITY_NOTE, ON_RUN, line_unnamed,
	 "A line is not named where others are",
	 "The PPPoE intermediate agent of that access node is not configured.",
	 "Enable the intermediate agent on the port.", "TR-101 3.9.2", NULL, false},
};

const struct rule_table rules_pppoe = {
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.watchers = watchers,
	.n_watchers = sizeof(watchers) / sizeof(watchers[0]),
};
