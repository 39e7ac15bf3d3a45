#include <stdio.h>

#include "arrived.h"
#include "rules.h"
#include "watch_ppp.h"

/* Network control protocols, and what compression and encryption do with their packets. */

enum { IPCP_COMPRESSION = 2, IPCP_ADDRESS, IPCP_DNS = 129, IPCP_DNS2 = 131 };
enum { CCP_STAC = 17, CCP_MPPE, CCP_BSD = 21, CCP_DEFLATE = 26, CCP_RESET_REQUEST = 14 };
enum { PPP_VJ_COMPRESSED = 0x2d, PPP_VJ_WHOLE = 0x2f, PPP_COMPRESSED_DATA = 0xfd };
enum { RESETS = 5, VJ_SOME = 20, COHERENCY = 1 << 12 };
/* RFC 3078 2 */
enum {
	MPPE_COMPRESS = 0x01,
	MPPE_OBSOLETE = 0x10,
	MPPE_40 = 0x20,
	MPPE_56 = 0x80,
	MPPE_128 = 0x40
};
static const uint32_t mppe_keys = MPPE_40 | MPPE_56 | MPPE_128;

/* Of packets that are compressed or encrypted. */
struct ncp_way {
	uint32_t resets;
	struct moment reset_when;
	bool has_coherency;
	uint16_t coherency; /* next expected */
	uint64_t missing, packets;
	struct arrived arrived;
};

struct ncp_memory {
	/* by the tunnel end that sends */
	struct ncp_way *way[2]; /* NULL: nothing of that */
	uint32_t vj_compressed[2], vj_whole[2];
	bool says_ra[2];
	bool is_numbered; /* data packets carry Ns, or must */
};

static struct ncp_way *way_of(struct watch *w, struct ncp_memory *m)
{
	if (!m->way[w->from])
		m->way[w->from] = watch_room(w, sizeof(*m->way[w->from]));
	return m->way[w->from];
}

static uint32_t number_of(const struct ppp_option *o)
{
	uint64_t value = 0;

	return o && option_number(o, &value) ? (uint32_t)value : 0;
}

/* ---- negotiation ---- */

static void see_ipcp(struct watch *w)
{
	const struct ppp *p = &w->e->ppp;
	const struct cp_side *asker = &ppp_cp(w, PPP_IPCP)->side[1 - ppp_from(w)];
	const struct ppp_option *given;
	struct ppp_option asked;
	struct text was, should_be;

	if (p->code != CP_CONFNAK || !p->has_id || p->id != asker->request_id)
		return;
	given = option_find(p->options, p->n_options, IPCP_ADDRESS);
	if (!given || !kept_find(asker->options, IPCP_ADDRESS, &asked) || !number_of(given) ||
	    option_same(&asked, given) || !asked.is_whole || !number_of(&asked))
		return;
	was = text_make(32);
	should_be = text_make(32);
	option_print_value(&was, &asked);
	option_print_value(&should_be, given);
	watch_raise(w, "ipcp-address-naked-static", "%s gives %.*s where %s asked for %.*s",
		    ppp_sender(w), STR_ARG(text_str(&should_be)), ppp_receiver(w),
		    STR_ARG(text_str(&was)));
	text_free(&was);
	text_free(&should_be);
}

static void see_ipcp_reject(struct watch *w)
{
	const struct ppp *p = &w->e->ppp;
	const struct ppp_option *primary = option_find(p->options, p->n_options, IPCP_DNS);

	/* who rejects the address as well has no IP at all; who rejects the secondary server alone
	 * has one to give; and one that is named is not asked for (RFC 1877 1.1) */
	if (p->code == CP_CONFREJ && !option_find(p->options, p->n_options, IPCP_ADDRESS) &&
	    primary && !number_of(primary))
		watch_raise(w, "ipcp-dns-rejected", "%s has no DNS server to give", ppp_sender(w));
}

static void see_ipv6cp(struct watch *w)
{
	const struct ppp *p = &w->e->ppp;
	const struct cp_side *other = &ppp_cp(w, PPP_IPV6CP)->side[1 - ppp_from(w)];
	const struct ppp_option *mine;
	struct ppp_option theirs;
	uint64_t id;

	if (p->code != CP_CONFREQ)
		return;
	mine = option_find(p->options, p->n_options, 1);
	if (!mine || !option_number(mine, &id))
		return;
	if (!id)
		watch_raise(w, "ipv6cp-zero-id", "%s asks for an interface identifier",
			    ppp_sender(w));
	else if (kept_find(other->options, 1, &theirs) && option_same(mine, &theirs))
		watch_raise(w, "ipv6cp-id-collision",
			    "Both ends propose the interface identifier %016llx",
			    (unsigned long long)id);
}

static void see_ccp(struct watch *w, struct ncp_memory *m)
{
	struct ncp_way *way;
	double since;

	if (w->e->ppp.code != CCP_RESET_REQUEST)
		return;
	way = way_of(w, m);
	since = ppp_seconds(way->reset_when, w->e->when);
	if (since < 0 || since > threshold(w->c->observer->thresholds, THRESHOLD_RESETS_WITHIN)) {
		way->resets = 0;
		way->reset_when = w->e->when;
	}
	way->resets++;
	if (way->resets == RESETS)
		watch_raise(w, "ccp-reset-loop",
			    "%s asked %d times within %.0f s to begin the compression anew",
			    ppp_sender(w), RESETS, since > 0 ? since : 0);
}

static void see_ecp(struct watch *w)
{
	const struct ppp *p = &w->e->ppp;

	if ((p->protocol == PPP_LCP && p->code == CP_PROTREJ && p->rejected_protocol == PPP_ECP) ||
	    (p->protocol == PPP_ECP && p->code == CP_CONFREJ))
		watch_raise(w, "ecp-refused", "%s refuses encryption (ECP)", ppp_sender(w));
}

static void see_negotiation(struct watch *w)
{
	switch (w->e->ppp.protocol) {
	case PPP_IPCP:
		see_ipcp(w);
		see_ipcp_reject(w);
		break;
	case PPP_IPV6CP:
		see_ipv6cp(w);
		break;
	case PPP_CCP:
		if (!w->e->origin.line)
			see_ccp(w, watch_session(w));
		break;
	case PPP_LCP:
	case PPP_ECP:
		see_ecp(w);
		break;
	default:
		break;
	}
}

/* ---- data ---- */

static bool agrees_on_mppe(const struct watch *w)
{
	const struct cp *ccp = ppp_cp(w, PPP_CCP);

	for (int i = 0; i < 2; i++)
		if (kept_has(ccp->side[i].agreed, CCP_MPPE))
			return true;
	return false;
}

/* RFC 3078 7: a packet with the flushed bit begins anew; before it, what is lost shows. */
static void see_coherency(struct watch *w, struct ncp_memory *m)
{
	struct ncp_way *way = way_of(w, m);
	struct bytes b = bytes_of(w->e->data.payload);
	uint16_t head = bytes_u16(&b);
	uint16_t count = head & (COHERENCY - 1);
	unsigned ahead = (unsigned)(count - way->coherency) & (COHERENCY - 1);
	bool is_flushed = head & 0x8000;

	if (!bytes_ok(&b) || !agrees_on_mppe(w))
		return;
	if (way->has_coherency && ahead >= COHERENCY / 2) {
		if (!arrived_before(&way->arrived, COHERENCY - 1 - ahead)) {
			way->packets++;
			way->missing -= way->missing > 0;
		}
		return;
	}
	way->packets++;
	arrived_above(&way->arrived, ahead + 1);
	if (way->has_coherency && ahead && !is_flushed) {
		way->missing += ahead;
		watch_raise(w, "mppe-coherency-gap",
			    "Coherency count %u came where %u was next, without the flushed bit",
			    count, way->coherency);
	}
	way->has_coherency = true;
	way->coherency = (count + 1) & (COHERENCY - 1);
}

/* ICMPv6 134, Router Advertisement (RFC 4861 4.2), or DHCPv6 of the server. */
static bool is_advertisement(struct span packet)
{
	enum { NEXT = 6, HEADER = 40, ICMPV6 = 58, UDP = 17, ADVERTISEMENT = 134, DHCP = 547 };
	struct bytes b = bytes_of(packet);
	uint8_t next;

	bytes_take(&b, NEXT);
	next = bytes_u8(&b);
	bytes_take(&b, HEADER - NEXT - 1);
	if (next == ICMPV6)
		return bytes_u8(&b) == ADVERTISEMENT && bytes_ok(&b);
	return next == UDP && bytes_u16(&b) == DHCP && bytes_ok(&b);
}

static void see_data(struct watch *w)
{
	const unsigned from = w->from;
	struct ncp_memory *m;

	if (!w->s)
		return;
	m = watch_session(w);
	m->is_numbered |= w->e->l2tp.has_sequence;
	switch (w->e->data.protocol) {
	case PPP_COMPRESSED_DATA:
		see_coherency(w, m);
		break;
	case PPP_VJ_COMPRESSED:
		m->vj_compressed[from]++;
		break;
	case PPP_VJ_WHOLE:
		m->vj_whole[from]++;
		if (m->vj_whole[from] == VJ_SOME && m->vj_compressed[from] < VJ_SOME)
			watch_raise(w, "vj-id-reset",
				    "%u of %u packets carry their TCP header whole",
				    m->vj_whole[from], m->vj_whole[from] + m->vj_compressed[from]);
		break;
	case PPP_IPV6:
		m->says_ra[from] |= is_advertisement(w->e->data.payload);
		break;
	default:
		break;
	}
}

/* Router Advertisements are looked for until there is one. */
static enum watch_wish wish_ncp(struct watch *w)
{
	const struct ncp_memory *m = watch_session(w);

	switch (w->e->data.protocol) {
	case PPP_COMPRESSED_DATA:
	case PPP_VJ_COMPRESSED:
	case PPP_VJ_WHOLE:
		return WISH_EVENTS;
	case PPP_IPV6:
		return m->says_ra[w->from] ? WISH_NOTHING : WISH_GLANCES;
	default:
		return WISH_NOTHING;
	}
}

static bool fits_ncp(const void *memory, unsigned from, const struct glance *g)
{
	(void)memory;
	(void)from;
	return !is_advertisement(g->payload);
}

static void see_ncp(struct watch *w)
{
	if (w->e->kind == EVENT_DATA)
		see_data(w);
	else if (w->e->kind == EVENT_PPP && w->s && ppp_is_real(w))
		see_negotiation(w);
	else if (w->e->kind == EVENT_CONTROL && w->s && event_avp(w->e, 39))
		((struct ncp_memory *)watch_session(w))->is_numbered = true;
}

/* ---- judged at the end ---- */

static void judge_address(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	if (c && link_cp(&c->session->ppp, CP_IPCP)->opened.is_set)
		r->last->severity = SEVERITY_NOTE;
}

static void judge_encryption(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	if (c && !is_root(c->cause, "encryption-required"))
		r->last->severity = SEVERITY_NOTE;
}

/* RFC 5072 4.1: a Nak with another identifier settles it; that is what it is for. */
static void judge_collision(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct cp *cp = c ? link_cp(&c->session->ppp, CP_IPV6CP) : NULL;
	struct ppp_option client, lns;

	(void)t;
	if (cp && cp->opened.is_set && kept_find(cp->side[CLIENT].agreed, 1, &client) &&
	    kept_find(cp->side[LNS].agreed, 1, &lns) && !option_same(&client, &lns))
		finding_withdraw(r->last);
}

static void judge_coherency(struct raise *r, struct tunnel *t, struct call *c)
{
	uint64_t missing = 0, packets = 0;

	(void)t;
	for (const struct session *s = c ? c->session : NULL; s; s = s->joined) {
		const struct ncp_memory *m = watch_recall(s, see_ncp);

		for (int i = 0; m && i < 2; i++) {
			missing += m->way[i] ? m->way[i]->missing : 0;
			packets += m->way[i] ? m->way[i]->packets : 0;
		}
	}
	if (!missing) {
		finding_withdraw(r->last);
		return;
	}
	r->last->count = missing;
	finding_text(r, r->last, "%llu of %llu encrypted packets never came by (%.1f %%)",
		     (unsigned long long)missing, (unsigned long long)(packets + missing),
		     100.0 * (double)missing / (double)(packets + missing));
}

/* A log does not show data packets. */
static bool is_numbered(const struct call *c)
{
	if (!c->seen_on_wire)
		return true;
	for (const struct session *s = c->session; s; s = s->joined) {
		const struct ncp_memory *m = watch_recall(s, see_ncp);

		if (m && m->is_numbered)
			return true;
	}
	return false;
}

static bool agreed(const struct call *c, size_t protocol, uint8_t number, struct ppp_option *ret)
{
	const struct cp *cp = link_cp(&c->session->ppp, protocol);

	return cp->opened.is_set && (kept_find(cp->side[CLIENT].agreed, number, ret) ||
				     kept_find(cp->side[LNS].agreed, number, ret));
}

static void vj_over_loss(struct raise *r, struct tunnel *t, struct call *c)
{
	struct ppp_option vj;

	(void)t;
	if (agreed(c, CP_IPCP, IPCP_COMPRESSION, &vj) && c->carrier == CARRIER_L2TP &&
	    vj.value.len >= 2 && vj.value.at[1] == 0x2d && !is_numbered(c))
		raise_finding(r, &link_cp(&c->session->ppp, CP_IPCP)->opened,
			      "Van Jacobson header compression was agreed on, and data packets are "
			      "not numbered");
}

static void compression_over_loss(struct raise *r, struct tunnel *t, struct call *c)
{
	static const uint8_t stateful[] = {CCP_STAC, CCP_BSD, CCP_DEFLATE, CCP_MPPE};

	(void)t;
	if (c->carrier != CARRIER_L2TP || !link_cp(&c->session->ppp, CP_CCP)->opened.is_set ||
	    is_numbered(c))
		return;
	for (size_t i = 0; i < sizeof(stateful); i++) {
		struct ppp_option o;

		if (agreed(c, CP_CCP, stateful[i], &o) &&
		    (stateful[i] != CCP_MPPE || number_of(&o) & MPPE_COMPRESS)) {
			raise_finding(r, &link_cp(&c->session->ppp, CP_CCP)->opened,
				      "%s was agreed on, and data packets are not numbered",
				      o.row ? o.row->name : "Compression");
			return;
		}
	}
}

static void mppe_weak(struct raise *r, struct tunnel *t, struct call *c)
{
	struct ppp_option mppe;
	uint32_t bits;

	(void)t;
	if (!agreed(c, CP_CCP, CCP_MPPE, &mppe))
		return;
	bits = number_of(&mppe);
	if (bits & MPPE_128 || !(bits & (MPPE_40 | MPPE_56 | MPPE_OBSOLETE)))
		return;
	raise_finding(r, &link_cp(&c->session->ppp, CP_CCP)->opened,
		      "MPPE was agreed on with %s keys",
		      bits & MPPE_56   ? "56-bit"
		      : bits & MPPE_40 ? "40-bit"
				       : "obsolete");
}

static void mppe_none(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct cp *ccp = link_cp(&c->session->ppp, CP_CCP);
	struct finding *f;

	(void)t;
	for (int i = 0; i < 2 && !ccp->opened.is_set; i++) {
		const struct cp_side *s = &ccp->side[i];
		struct ppp_option o;

		if (!kept_find(side_refusal(s)->options, CCP_MPPE, &o) || !o.is_whole ||
		    (!side_refusal(s)->is_reject && number_of(&o) & mppe_keys))
			continue;
		f = raise_finding(r, &side_refusal(s)->mark, "%s %s MPPE",
				  i == CLIENT ? "The client" : "The LNS",
				  side_refusal(s)->is_reject ? "rejects"
							     : "knows no key length of");
		if (!is_root(c->cause, "encryption-required"))
			f->severity = SEVERITY_NOTE;
		return;
	}
}

static void ipv6cp_rejected(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct cp *cp = link_cp(&c->session->ppp, CP_IPV6CP);

	(void)t;
	for (int i = 0; i < 2; i++)
		if (side_claim(&cp->side[i])->rejected.is_set)
			raise_finding(r, &side_claim(&cp->side[i])->rejected,
				      "%s does not know IPv6CP",
				      i == CLIENT ? "The client" : "The LNS");
}

/* Only where the capture shows other data of the LNS, and long enough. */
static void no_advertisement(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct cp *cp = link_cp(&c->session->ppp, CP_IPV6CP);
	static const double WAIT_S = 10;
	double gap;

	(void)t;
	if (!cp->opened.is_set || mark_line(&cp->opened) || call_is_half_seen(c) ||
	    !c->counters.data_packets[1] || mark_watched(r->r, &cp->opened) < WAIT_S ||
	    !mark_gap(r->r, &cp->opened, &c->session->last, &gap) || gap < WAIT_S)
		return;
	for (const struct session *s = c->session; s; s = s->joined) {
		const struct ncp_memory *m = watch_recall(s, see_ncp);

		if (m && (m->says_ra[0] || m->says_ra[1]))
			return;
	}
	raise_finding(r, &cp->opened,
		      "IPv6CP opened, and within %.0f s neither Router Advertisement nor DHCPv6 "
		      "came from the LNS",
		      gap);
}

static const struct watcher watchers[] = {
	{.kinds = WATCH(EVENT_PPP),
	 .memory = sizeof(struct ncp_memory),
	 .ppp = WATCH_LCP,
	 .codes = WATCH_CODE(CP_PROTREJ),
	 .see = see_ncp},
	{.kinds = WATCH(EVENT_PPP) | WATCH(EVENT_DATA) | WATCH(EVENT_CONTROL),
	 .memory = sizeof(struct ncp_memory),
	 .ppp = WATCH_NCP,
	 .codes = WATCH_CODE(CP_CONFREQ) | WATCH_CODE(CP_CONFNAK) | WATCH_CODE(CP_CONFREJ) |
		  WATCH_CODE(CCP_RESET_REQUEST),
	 .messages = ~WATCH_MESSAGE(ZLB),
	 .see = see_ncp,
	 .wish = wish_ncp,
	 .remember = watch_session,
	 .fits = fits_ncp},
};

static const char LOSS[] = "Measure loss between LAC and LNS (interface drops, policers) and mend "
			   "the lossy hop; or turn the compression off.";

static const struct rule_row rows[] = {
	{"ccp-mppe-no-common", SEVERITY_ERROR, ON_CALL, mppe_none,
	 "The ends have no MPPE encryption in common",
	 "MPPE is off at one end, or its key lengths do not overlap; over IPsec it is not needed, "
	 "and "
	 "Windows offers it all the same.",
	 "If encryption is required: allow 128-bit MPPE and MS-CHAPv2 on both ends; else nothing.",
	 "RFC 3078 2.1", NULL, false},
	{"ccp-reset-loop", SEVERITY_WARNING, ON_EVENT, NULL,
	 "The compression is begun anew again and again",
	 "Each lost packet breaks the history; what is on the way until the reset is lost, too.",
	 LOSS, "RFC 1962 3", NULL, true},
	{"ecp-refused", SEVERITY_ERROR, ON_EVENT, judge_encryption, "Encryption (ECP) is refused",
	 "The other end does not have it.",
	 "Turn ECP off where IPsec protects the path, or enable it on both ends.", "RFC 1968 2",
	 NULL, false},
	{"ipv6cp-id-collision", SEVERITY_ERROR, ON_EVENT, judge_collision,
	 "Both ends propose the same interface identifier",
	 "Both derive it from the same number (a cloned virtual machine), or the line is looped.",
	 "Set the identifier of one end by hand; look for a loop.", "RFC 5072 4.1", NULL, false},
	{"ipcp-address-naked-static", SEVERITY_WARNING, ON_EVENT, judge_address,
	 "An end wants an address that it is not given",
	 "A fixed or remembered address (pppd and Windows propose their last one).",
	 "Let the client ask for any address, or give this user his at the AAA server "
	 "(Framed-IP-Address).",
	 "RFC 1332 3.3", NULL, false},
	{"ipcp-dns-rejected", SEVERITY_WARNING, ON_EVENT, judge_address,
	 "DNS servers are asked for and not given", "No DNS server is configured at the LNS.",
	 "Configure them at the LNS (IOS: `ppp ipcp dns ADDRESS`; pppd: `ms-dns ADDRESS`).",
	 "RFC 1877 1.1", NULL, false},
	{"mppe-coherency-gap", SEVERITY_WARNING, ON_EVENT, judge_coherency,
	 "Encrypted packets are missing",
	 "Loss or reordering between the ends; or the capture itself dropped packets.",
	 "Measure the loss; use stateless MPPE, which begins anew with every packet.", "RFC 3078 7",
	 NULL, true},
	{"ccp-compression-over-loss", SEVERITY_NOTE, ON_CALL, compression_over_loss,
	 "Stateful compression over a tunnel that may lose packets",
	 "Each lost packet breaks the history; the ends must reset it, which costs more packets.",
	 "Turn the compression off, or number data packets (IOS: `l2tp drop out-of-order`).",
	 "RFC 2661 5.4", NULL, false},
	{"ipcp-vj-over-lossy-l2tp", SEVERITY_NOTE, ON_CALL, vj_over_loss,
	 "Header compression over a tunnel that may lose packets",
	 "A lost packet can corrupt the TCP headers behind it without anybody noticing.",
	 "Turn VJ compression off (pppd: `novj`; IOS: `no ip tcp header-compression`).",
	 "RFC 2661 5.4", NULL, false},
	{"ipv6cp-open-no-ra", SEVERITY_NOTE, ON_CALL, no_advertisement,
	 "IPv6 is up, but nobody gives the client a prefix",
	 "The template sends no Router Advertisements, and there is no prefix for this user.",
	 "Configure `ipv6 enable`, Router Advertisements and a prefix pool or delegation at the "
	 "LNS.",
	 "RFC 4861 6.2", NULL, false},
	{"ccp-mppe-weak", SEVERITY_NOTE, ON_CALL, mppe_weak, "MPPE with short keys was agreed on",
	 "An old client, or a template that allows it.",
	 "Allow 128-bit keys only; MPPE of any length is no substitute for IPsec.", "RFC 3078 2",
	 NULL, false},
	{"ipv6cp-protocol-rejected", SEVERITY_NOTE, ON_CALL, ipv6cp_rejected,
	 "An end does not know IPv6CP", "IPv6 is not enabled there.",
	 "Usually harmless. For IPv6 enable it at that end (IOS: `ipv6 enable` on the template).",
	 "RFC 5072 4", NULL, false},
	{"ipv6cp-zero-id", SEVERITY_NOTE, ON_EVENT, NULL,
	 "An end asks to be given an interface identifier", "It cannot choose one itself.",
	 "Nothing: the other end proposes one.", "RFC 5072 4.1", NULL, false},
	{"vj-id-reset", SEVERITY_NOTE, ON_EVENT, NULL,
	 "Most packets carry their TCP header whole in spite of VJ compression",
	 "Loss forces the sender to begin anew, or there are more connections than slots.",
	 "Turn VJ compression off; it brings nothing here.", "RFC 1144 4.2", NULL, false},
};

const struct rule_table rules_ncp = {
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.watchers = watchers,
	.n_watchers = sizeof(watchers) / sizeof(watchers[0]),
};
