#include <stdio.h>

#include "rules.h"
#include "watch_ppp.h"

/* What the LAC passes on of the caller's LCP and authentication (RFC 2661 4.4.5). */

enum proxy_type { PROXY_TEXT = 1, PROXY_CHAP, PROXY_PAP, PROXY_NONE, PROXY_MSCHAP, PROXY_EAP = 7 };
enum { LCP_MRU = 1, LCP_AUTH = 3, OVERHEAD = 40, PATH_MTU = 1500 };

/* The AVPs that a type of authentication needs. */
struct needs {
	uint8_t type;
	uint16_t avps[4];
};

static const struct needs needs[] = {
	{PROXY_TEXT, {30, 33}},
	{PROXY_CHAP, {30, 31, 32, 33}},
	{PROXY_PAP, {30, 33}},
	{PROXY_MSCHAP, {31, 32, 33}},
};

static const struct needs *needs_of(uint64_t type)
{
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (needs[i].type == type)
			return &needs[i];
	return NULL;
}

static const char *avp_word(uint16_t number)
{
	const struct avp_row *row = avp_lookup(0, number);

	return row ? row->name : "AVP";
}

static void see_missing(struct watch *w, uint64_t type)
{
	const struct needs *n = needs_of(type);
	struct text missing = text_make(64);

	for (size_t i = 0; n && i < 4 && n->avps[i]; i++)
		if (!event_avp(w->e, n->avps[i]))
			text_printf(&missing, "%s%s (%u)", missing.len ? ", " : "",
				    avp_word(n->avps[i]), n->avps[i]);
	if (missing.len)
		watch_raise(w, "proxy-auth-incomplete",
			    "The LAC passes on %s authentication without %.*s",
			    code_name(CODE_PROXY_AUTH, (uint32_t)type),
			    STR_ARG(text_str(&missing)));
	text_free(&missing);
}

/* Of the LAC's last Configure-Request; 0 none or not readable. */
static uint16_t asked_method(const struct watch *w)
{
	const struct avp *sent = event_avp(w->e, 27);
	struct arena *arena = w->s ? live_session(w->s)->arena : w->c->arena;
	struct defect_list ignored = {.arena = arena};
	struct ppp_option *options = NULL;
	const struct ppp_option *auth;
	struct bytes b;
	size_t n = 0;

	if (!sent || !sent->is_whole)
		return 0;
	option_parse(arena, PPP_LCP, sent->value, 4, &options, &n, &ignored);
	auth = option_find(options, n, LCP_AUTH);
	if (!auth || auth->value.len < 2)
		return 0;
	b = bytes_of(auth->value);
	return bytes_u16(&b);
}

static uint16_t method_of_type(uint64_t type)
{
	switch (type) {
	case PROXY_CHAP:
	case PROXY_MSCHAP:
		return PPP_CHAP;
	case PROXY_PAP:
		return PPP_PAP;
	case PROXY_EAP:
		return PPP_EAP;
	default:
		return 0;
	}
}

static void see_type(struct watch *w, uint64_t type)
{
	uint16_t asked = asked_method(w), used = method_of_type(type);
	const struct avp *response = event_avp(w->e, 33);

	if (type == 0 || type == 6 || type > PROXY_EAP)
		watch_raise(w, "proxy-auth-type-unknown", "Proxy Authen Type is %u",
			    (unsigned)type);
	if (asked && used && asked != used)
		watch_raise(w, "proxy-lcp-auth-mismatch",
			    "The LAC asked the client for %s in LCP, and passes on a response of "
			    "%s",
			    ppp_protocol_word(asked), ppp_protocol_word(used));
	if ((type == PROXY_TEXT || type == PROXY_PAP) && response && response->value.len &&
	    response->has_flags && !response->is_hidden)
		watch_raise(w, "proxy-auth-cleartext-pap",
			    "The password of %.*s crosses from the LAC to the LNS in clear",
			    STR_ARG(w->s->proxy_name));
}

static bool is_copy(const struct watch *w)
{
	return w->delivery == DELIVERY_REPEAT || w->delivery == DELIVERY_DUPLICATE ||
	       w->delivery == DELIVERY_OLD;
}

static void see_proxy(struct watch *w)
{
	const struct event *e = w->e;
	const struct avp *type;
	uint64_t number;

	if (!w->s || !w->t || w->t->version != 2 || is_copy(w) ||
	    (e->control.message != ICCN && e->control.message != OCCN))
		return;
	type = event_avp(e, 29);
	if (type && type->is_whole && avp_number(type, &number)) {
		see_type(w, number);
		if (e->control.is_complete)
			see_missing(w, number);
	}
	if (e->control.is_complete && !event_avp(e, 27) != !event_avp(e, 28))
		watch_raise(w, "proxy-lcp-incomplete",
			    "Of the LAC's and the client's last Configure-Request only the %s is "
			    "passed on",
			    event_avp(e, 27) ? "LAC's" : "client's");
}

static void name_differs(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct session *s = c->session;
	const struct auth *a = link_auth(&s->ppp, CLIENT);

	(void)t;
	if (s->proxy_name.len && a->peer_name.len && a->responses &&
	    !str_equal(s->proxy_name, a->peer_name))
		raise_finding(r, &a->responded,
			      "The LAC passed on the name %.*s, the client says %.*s",
			      STR_ARG(s->proxy_name), STR_ARG(a->peer_name));
}

/* Only a path that refuses large packets proves that they are too large. */
static void mru_too_high(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct ppp_link *p = &c->session->ppp;

	if (!t || !t->icmp.is_set || t->icmp_type != 3 || t->icmp_code != 4)
		return;
	for (int i = 0; i < 2; i++)
		if (p->proxy_mru[i] && p->proxy_mru[i] + OVERHEAD > PATH_MTU) {
			raise_finding(r, &t->icmp,
				      "The LAC agreed on an MRU of %u; with %u octets of headers "
				      "that is more than the path takes",
				      p->proxy_mru[i], OVERHEAD);
			return;
		}
}

static const struct watcher watchers[] = {
	{.kinds = WATCH(EVENT_CONTROL),
	 .messages = WATCH_MESSAGE(ICCN) | WATCH_MESSAGE(OCCN),
	 .see = see_proxy},
};

static const char SAME_LISTS[] =
	"Make the lists of methods equal on LAC and LNS (IOS: `ppp authentication`), or let the "
	"LNS negotiate anew (IOS: `lcp renegotiation always`).";

static const struct rule_row rows[] = {
	{"proxy-auth-incomplete", SEVERITY_ERROR, ON_EVENT, NULL,
	 "The LAC passes on an authentication without all that proves it",
	 "The LAC is built so; the LNS cannot verify the response.",
	 "Let the LNS authenticate the client itself (IOS: `force-local-chap`), and upgrade the "
	 "LAC.",
	 "RFC 2661 4.4.5", NULL, false},
	{"proxy-lcp-auth-mismatch", SEVERITY_ERROR, ON_EVENT, NULL,
	 "What LCP agreed on and what was authenticated differ",
	 "The lists of authentication methods of LAC and LNS differ.", SAME_LISTS, "RFC 2661 4.4.5",
	 NULL, false},
	{"proxy-auth-type-unknown", SEVERITY_WARNING, ON_EVENT, NULL,
	 "The LAC passes on an authentication of an unknown type",
	 "An extension of the LAC's vendor.",
	 "Let the LNS authenticate the client itself; look up the type in the LAC's manual.",
	 "RFC 2661 4.4.5", NULL, false},
	{"proxy-lcp-incomplete", SEVERITY_NOTE, ON_EVENT, NULL,
	 "The LAC passes on half of the LCP negotiation",
	 "The LAC is built so; the LNS must negotiate anew.",
	 "Allow renegotiation at the LNS (IOS: `lcp renegotiation on-mismatch`).", "RFC 2661 4.4.5",
	 NULL, false},
	{"proxy-lcp-mru-too-high", SEVERITY_WARNING, ON_CALL, mru_too_high,
	 "The MRU that the LAC agreed on does not fit the path",
	 "The client's MRU of 1500 and the headers of L2TP are more than the path takes.",
	 "Lower the MRU at the LAC (IOS: `ppp mtu adaptive` or `ip mtu 1460`), raise the MTU of "
	 "the "
	 "path, or clamp the TCP MSS.",
	 "RFC 2661 8.1", NULL, true},
	{"proxy-auth-cleartext-pap", SEVERITY_NOTE, ON_EVENT, NULL,
	 "A PAP password crosses from the LAC to the LNS in clear",
	 "The AVP is not hidden, and no IPsec protects it here.",
	 "Let the LAC hide AVPs (IOS: `l2tp hidden`), or protect the path with IPsec.",
	 "RFC 2661 4.4.5", NULL, false},
	{"proxy-name-mismatch", SEVERITY_NOTE, ON_CALL, name_differs,
	 "The name that the LAC passed on is not the client's", "The LAC strips or adds the realm.",
	 "Make the AAA server know the name that the LNS sees, or stop the LAC from changing it.",
	 "RFC 2661 4.4.5", NULL, false},
};

const struct rule_table rules_proxy = {
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.watchers = watchers,
	.n_watchers = sizeof(watchers) / sizeof(watchers[0]),
};
