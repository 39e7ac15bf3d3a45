#include <stdlib.h>

#include "cause.h"
#include "in_time.h"
#include "link.h"
#include "observer.h"
#include "session_v3.h"
#include "stages.h"

/* What the parts of sealing share. */
struct sealing {
	struct report *r;
	struct tunnel *t;
	struct session *s;
	struct call *c;
};

/* A pppd without its daemon, and without `debug`: it began, and came up or went. */
static bool pppd_is_call(const struct session *s)
{
	return link_rare(&s->ppp)->told.is_set && !session_cdn(s)->is_set &&
	       (link_cp(&s->ppp, CP_IPCP)->opened.is_set || session_told(s)->link_down.is_set);
}

/* A timer of its end ends only what was there. */
static bool is_timed_out(const struct session *s)
{
	return link_rare(&s->ppp)->disconnect_said.is_set &&
	       cause_is_decision(cause_of_phrase(link_rare(&s->ppp)->disconnect_reason));
}

/* A caller that only logs know has no session id yet (contract: "A call exists from …"). */
static bool session_is_call(const struct session *s)
{
	return s->id[LAC] || s->id[LNS] || seen_of(s->seen, ICRQ)->count ||
	       seen_of(s->seen, OCRQ)->count || session_told(s)->before_first.is_set ||
	       s->ppp.first.is_set || session_told(s)->cleared.mark.is_set ||
	       session_told(s)->was_up || s->tunnel->discovery || s->tunnel->pptp ||
	       s->established[LAC].is_set || s->established[LNS].is_set || pppd_is_call(s) ||
	       is_timed_out(s) ||
	       (mark_line(&s->first) && !s->was_there &&
		session_cdn(s)->is_set); /* a daemon that prints no ids */
}

static bool has_session(const struct session *s)
{
	return s->id[LAC] || s->id[LNS] || seen_of(s->seen, ICRQ)->count ||
	       seen_of(s->seen, OCRQ)->count || s->established[LAC].is_set ||
	       s->established[LNS].is_set;
}

static struct str first_known(const struct str *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (names[i].len)
			return names[i];
	return (struct str){0};
}

/* What the others say is asked where the client did not. */
static struct str user_of_others(const struct session *s)
{
	const struct str users[] = {
		s->proxy_name,
		link_auth(&s->ppp, LNS)->authenticator_name,
		session_told(s)->said_user,
		session_told(s)->isdn_user,
	};

	return first_known(users, sizeof(users) / sizeof(users[0]));
}

size_t call_texts(struct call *c, struct str *ret[CALL_TEXTS])
{
	struct str *const texts[] = {
		&c->user,           &c->calling_number, &c->called_number,      &c->side[LAC].name,
		&c->side[LNS].name, &c->cdn.text,       &c->cdn.disconnect_text};
	size_t n = sizeof(texts) / sizeof(texts[0]);

	_Static_assert(sizeof(texts) / sizeof(texts[0]) <= CALL_TEXTS, "room for each");
	for (size_t i = 0; i < n; i++)
		ret[i] = texts[i];
	return n;
}

struct str session_user(const struct session *s)
{
	const struct auth *client = link_auth(&s->ppp, CLIENT);

	return client->peer_name.len ? client->peer_name : user_of_others(s);
}

static void seal_names(struct sealing *f)
{
	const struct session *s = f->s;
	const struct str called[] = {s->called, session_told(s)->dialed,
				     s->direction == OUTGOING ? session_told(s)->isdn_number
							      : (struct str){0}};
	const struct str calling[] = {s->calling, s->direction == INCOMING
							  ? session_told(s)->isdn_number
							  : (struct str){0}};

	f->c->user = session_user(s);
	f->c->called_number = first_known(called, sizeof(called) / sizeof(called[0]));
	f->c->calling_number = first_known(calling, sizeof(calling) / sizeof(calling[0]));
}

static void seal_sides(struct sealing *f)
{
	for (int i = 0; i < 2; i++) {
		const struct peer *p = &f->t->peer[i == LAC ? f->s->lac_end : 1 - f->s->lac_end];

		f->c->side[i] = (struct call_side){
			.name = p->name,
			.address = p->address,
			.port = p->port,
			.tunnel_id = p->tunnel_id,
			.session_id = f->s->id[i],
		};
		if (tunnel_is_link(f->t))
			f->c->side[i].session_id =
				f->t->link_id[i == LAC ? f->s->lac_end : 1 - f->s->lac_end];
	}
	/* LAC and LNS are words for the ends of a tunnel */
	f->c->roles_known = !tunnel_is_link(f->t) && (f->s->roles_known || f->s->roles_inferred);
	f->c->roles_inferred = f->s->roles_inferred;
}

static void seal_views(struct sealing *f)
{
	for (const struct session *s = f->s; s; s = s->joined) {
		const struct view *v = report_view(f->r, s->vantage);

		if (!v)
			continue;
		f->c->seen_in |= (uint64_t)1 << (v->input < 63 ? v->input : 63);
		if (v->role != ROLE_UNKNOWN)
			f->c->seen_from |= (uint8_t)(1u << v->role);
		else if (!v->is_text)
			f->c->seen_on_wire = true;
	}
}

/* pppd gives up on an address by agreeing on none, and then closes IPCP: it was never of use. */
bool ipcp_was_useless(const struct ppp_link *p)
{
	const struct cp *ipcp = link_cp(p, CP_IPCP);
	unsigned refusals = (unsigned)ipcp->side[0].naks + ipcp->side[1].naks;

	return ipcp->opened.is_set && cp_closed(ipcp)->is_set && refusals >= 2 &&
	       !kept_has(ipcp->side[CLIENT].agreed, 3);
}

/* One NCP acknowledged both ways: traffic can flow. CCP and ECP carry no traffic. */
static const struct mark *ncp_opened(const struct report *r, const struct ppp_link *p)
{
	const struct mark *first = NULL;

	for (size_t k = CP_IPCP; k < N_CP; k++) {
		const struct cp *cp = p->cp[k];

		if (!cp || cp->protocol == PPP_CCP || cp->protocol == PPP_ECP || k == CP_CCP)
			continue;
		if (k == CP_IPCP && ipcp_was_useless(p))
			continue;
		first = mark_earlier(r, first, &cp->opened);
		if (!cp->opened.is_set)
			for (int i = 0; i < 2; i++)
				first = mark_earlier(r, first, &side_claim(&cp->side[i])->open);
	}
	return first;
}

static bool data_flowed(const struct session *s)
{
	return s->counters.data_bytes[0] || s->counters.data_bytes[1];
}

static bool lcp_opened(const struct ppp_link *p)
{
	const struct cp *lcp = link_cp(p, CP_LCP);

	return lcp->opened.is_set || p->proxy_accepted == TRUTH_TRUE ||
	       (link_cp(p, CP_LCP_AT_LAC)->opened.is_set && !lcp->side[LNS].last_request.is_set) ||
	       side_claim(&lcp->side[0])->open.is_set || side_claim(&lcp->side[1])->open.is_set;
}

static bool ncp_spoken(const struct ppp_link *p)
{
	for (size_t k = CP_IPCP; k < N_CP; k++)
		if (p->cp[k] && (p->cp[k]->side[0].last_request.is_set ||
				 p->cp[k]->side[1].last_request.is_set))
			return true;
	return false;
}

/* RFC 1661 3.4 to 3.6: authentication, networks and echoes need an open LCP. */
static bool lcp_was_open(const struct ppp_link *p, bool is_link)
{
	const struct cp *lcp = link_cp(p, CP_LCP);

	for (size_t i = 0; i < 2; i++) {
		const struct auth *a = link_auth(p, i);

		if (a->first.is_set && !a->is_proxy && (is_link || !a->by_lac))
			return true;
		if (side_echo(&lcp->side[i])->requests || side_echo_replies(&lcp->side[i]))
			return true;
	}
	return lcp_opened(p) || ncp_spoken(p);
}

/* The pppd ended over authentication, or over echoes: both need an open LCP. */
static bool exit_proves_lcp(const struct session_told *told)
{
	return told->exited.is_set &&
	       (told->exit_status == 11 || told->exit_status == 15 || told->exit_status == 19);
}

static bool authenticated(const struct ppp_link *p)
{
	bool client = link_auth(p, CLIENT)->result == RESULT_SUCCESS;
	bool lns = link_auth(p, LNS)->result == RESULT_SUCCESS;

	if (link_auth(p, CLIENT)->protocol && link_auth(p, CLIENT)->result != RESULT_SUCCESS)
		return false;
	return client || lns;
}

/* A router says that the line carries its protocol, and its log prints no network protocol. */
static bool line_is_up(const struct session *s)
{
	return tunnel_is_link(s->tunnel) && session_told(s)->line_up.is_set &&
	       lcp_opened(&s->ppp) && !ncp_spoken(&s->ppp) &&
	       link_auth(&s->ppp, CLIENT)->result != RESULT_FAILURE;
}

static enum reached session_reached(const struct report *r, const struct tunnel *t,
				    const struct session *s)
{
	if (session_is_bare(s))
		return REACHED_SESSION;
	if (ncp_opened(r, &s->ppp) || session_told(s)->was_up || line_is_up(s) ||
	    session_told(s)->route_installed.is_set || /* IP opened: it has an address to route */
	    ((s->was_there || s->is_holey) && data_flowed(s)))
		return REACHED_NCP;
	if (authenticated(&s->ppp))
		return REACHED_AUTH;
	if (has_session(s) || s->ppp.first.is_set) {
		if (lcp_was_open(&s->ppp, tunnel_is_link(t)) || exit_proves_lcp(session_told(s)))
			return REACHED_LCP;
		if (has_session(s))
			return REACHED_SESSION;
	}
	/* a PPPoE session, a PPTP call */
	if (t->pptp && !t->pptp_call.answered.is_set && !s->ppp.first.is_set)
		return t->pptp->reply.is_set || t->pptp_call.asked.is_set ? REACHED_TUNNEL
									  : REACHED_NONE;
	if (t->link_id[0] || t->link_id[1] || t->pptp_call.answered.is_set)
		return REACHED_SESSION;
	return t->established[0].is_set || t->established[1].is_set ? REACHED_TUNNEL : REACHED_NONE;
}

static void seal_times(struct sealing *f)
{
	const struct session *s = f->s;
	struct call *c = f->c;
	const struct mark *asked =
		mark_earlier(f->r, &seen_of(s->seen, ICRQ)->first, &seen_of(s->seen, OCRQ)->first);
	const struct mark *dialled = &f->t->pptp_call.asked;
	const struct mark *start =
		session_told(s)->before_first.is_set ? &session_told(s)->before_first : asked;
	const struct mark *up =
		line_is_up(s) ? &session_told(s)->line_up : ncp_opened(f->r, &s->ppp);

	c->setup_s = -1;
	c->duration_s = -1;
	start = mark_earlier(f->r, start, asked);
	c->start = start ? *start : s->first;
	if (!asked && dialled->is_set)
		asked = dialled;
	if (asked)
		c->requested = *asked;
	if (!up && session_told(s)->route_installed.is_set)
		up = &session_told(s)->route_installed;
	if (!up && session_is_bare(s) && !s->was_there)
		up = mark_later(f->r, &s->established[LAC], &s->established[LNS]);
	if (up)
		c->connected = *up;
	if (asked && up && mark_gap(f->r, asked, up, &c->setup_s) && c->setup_s < 0)
		c->setup_s = 0;
}

static bool address_of_option(const struct cp_side *side, uint8_t number, struct address *ret)
{
	struct span octets = kept_value(side->agreed, number);
	struct bytes b = bytes_of(octets);
	uint32_t value;

	if (octets.len != 4)
		return false;
	value = bytes_u32(&b);
	if (value == 0)
		return false;
	*ret = address_v4(value);
	return true;
}

static uint16_t mru_of(const struct ppp_link *p, int side)
{
	const struct cp_side *lcp = &link_cp(p, CP_LCP)->side[side];
	struct ppp_option o;
	uint64_t value;

	if (kept_find(lcp->agreed, 1, &o) && option_number(&o, &value))
		return (uint16_t)value;
	if (lcp->acked.is_set)
		return 1500; /* RFC 1661 6.1: the default */
	if (p->proxy_mru[side])
		return p->proxy_mru[side];
	/* an open network protocol stands on an open LCP */
	return lcp_opened(p) || link_cp(p, CP_IPCP)->opened.is_set ? 1500 : 0;
}

static void seal_network(struct sealing *f)
{
	const struct cp *ipcp = link_cp(&f->s->ppp, CP_IPCP);
	const struct cp *ipv6cp = link_cp(&f->s->ppp, CP_IPV6CP);
	struct span id = kept_value(ipv6cp->side[CLIENT].agreed, 1);
	struct call *c = f->c;

	if (!address_of_option(&ipcp->side[CLIENT], 3, &c->ipv4))
		address_parse(session_told(f->s)->said_address, &c->ipv4);
	address_of_option(&ipcp->side[LNS], 3, &c->ipv4_peer);
	address_of_option(&ipcp->side[CLIENT], 129, &c->dns[0]);
	address_of_option(&ipcp->side[CLIENT], 131, &c->dns[1]);
	if (id.len == 8)
		c->ipv6_id = id;
	for (int i = 0; i < 2; i++)
		c->mru[i] = mru_of(&f->s->ppp, i);
}

static const char *auth_protocol_name(const struct auth *a)
{
	switch (a->protocol) {
	case PPP_PAP:
		return "pap";
	case PPP_EAP:
		return "eap";
	case PPP_CHAP:
		if (a->algorithm == CHAP_MS)
			return "mschap";
		if (a->algorithm == CHAP_MSV2)
			return "mschapv2";
		/* `CHAP authentication succeeded` alone: pppd says so of each kind */
		return a->is_told && !a->algorithm ? NULL : "chap-md5";
	default:
		return NULL;
	}
}

static void seal_auth(struct sealing *f)
{
	const struct ppp_link *p = &f->s->ppp;
	const struct auth *client = link_auth(p, CLIENT);
	const struct auth *lns = link_auth(p, LNS);
	const struct auth *a = client->protocol ? client : lns;
	struct call *c = f->c;

	c->auth_protocol = auth_protocol_name(a);
	if (!a->protocol) {
		/* Whoever opened LCP and went on to an NCP without a word was not asked. */
		if (link_cp(p, CP_LCP)->opened.is_set && ncp_spoken(p))
			c->auth_protocol = "none";
		return;
	}
	c->auth_result = a->result;
	c->auth_proxy = a->is_proxy;
	c->auth_verified = a->verified;
	if (a == lns)
		c->auth_by = "client";
	else if (lns->protocol)
		c->auth_by = "both";
	else if (a->by_lns)
		c->auth_by = "lns";
	else if (a->by_lac)
		c->auth_by = "lac";
}

uint8_t tunnel_carrier(const struct tunnel *t)
{
	if (t->carrier != CARRIER_L2TP)
		return t->carrier;
	return t->version == 3 ? CARRIER_L2TPV3 : t->version == 1 ? CARRIER_L2F : CARRIER_L2TP;
}

bool tunnel_opening_seen(const struct tunnel *t)
{
	return !t->was_there && !t->peer[INITIATOR].opening_is_cut &&
	       !t->peer[RESPONDER].opening_is_cut;
}

static void fill_call(struct sealing *f)
{
	struct call *c = f->c;

	c->tunnel = tunnel_is_link(f->t) ? NULL : f->t;
	c->carrier = tunnel_carrier(f->t);
	c->session = f->s;
	c->direction = f->s->direction;
	c->cdn = *session_cdn(f->s);
	c->counters = f->s->counters;
	if (session_told(f->s)->counted.is_set && !data_flowed(f->s))
		memcpy(c->counters.data_bytes, session_told(f->s)->counted_bytes,
		       sizeof(session_told(f->s)->counted_bytes));
	seal_sides(f);
	seal_names(f);
	seal_views(f);
	c->reached = session_reached(f->r, f->t, f->s);
	seal_times(f);
	seal_network(f);
	seal_auth(f);
}

static struct call *seal_call(struct report *r, struct tunnel *t, struct session *s)
{
	struct call *c = arena_alloc(r->arena, sizeof(*c));
	struct sealing f = {.r = r, .t = t, .s = s, .c = c};

	if (!c)
		return NULL;
	for (struct session *j = s; j; j = j->joined)
		j->call = c;
	fill_call(&f);
	return c;
}

bool call_draft(struct tunnel *t, struct session *s, struct call *ret)
{
	struct report nothing = {0};
	struct sealing f = {.r = &nothing, .t = t, .s = s, .c = ret};

	if (!session_is_call(s))
		return false;
	if (!ret)
		return true;
	*ret = (struct call){0};
	fill_call(&f);
	return true;
}

static struct in_time order_of(const struct report *r, const struct mark *m, void *what)
{
	struct in_time o = {.ns = INT64_MAX, .number = mark_number(m), .what = what};

	mark_ns(r, m, &o.ns);
	return o;
}

static void number_tunnels(struct report *r)
{
	struct in_time *rows = must_alloc(r->n_tunnels + 1, sizeof(*rows));
	struct tunnel **tail = &r->tunnels;
	size_t n = 0;

	for (struct tunnel *t = r->tunnels; t && n < r->n_tunnels; t = tunnel_after(r, t))
		rows[n++] = order_of(r, &t->first, t);
	in_time_sort(rows, n);
	for (size_t i = 0; i < n; i++) {
		struct tunnel *t = rows[i].what;

		if (!r->has_numbers)
			t->number = i + 1;
		*tail = t;
		tail = &t->next;
		report_looked(r);
	}
	*tail = NULL;
	r->n_tunnels = n;
	free(rows);
}

/* Of those that go on only the company of the others is looked at. */
static bool is_of_batch(const struct session *s, bool goes_on)
{
	return (!goes_on || ((const struct live_session *)s)->is_company) && session_is_call(s);
}

static struct session *company_of(const struct tunnel *t)
{
	const struct live_tunnel *lt = (const struct live_tunnel *)t;

	return lt->has_company ? lt->staying : NULL;
}

static size_t count_calls(const struct tunnel *t)
{
	size_t n = 0;

	for (; t; t = t->next) {
		for (const struct session *s = t->sessions; s; s = session_after(s))
			n += is_of_batch(s, false);
		for (const struct session *s = company_of(t); s; s = s->next)
			n += is_of_batch(s, true);
	}
	return n;
}

static size_t seal_sessions(struct report *r, struct tunnel *t, struct session *s, bool goes_on,
			    struct in_time *rows)
{
	size_t n = 0;

	for (; s; s = session_after(s)) {
		struct call *c = is_of_batch(s, goes_on) ? seal_call(r, t, s) : NULL;

		if (!c)
			continue;
		c->goes_on = goes_on;
		rows[n++] = order_of(r, &c->start, c);
	}
	return n;
}

/* The calls of a list of tunnels or links, as rows to be sorted. */
static size_t seal_list(struct report *r, struct tunnel *t, struct in_time *rows)
{
	size_t n = 0;

	for (; t; t = t->next) {
		n += seal_sessions(r, t, t->sessions, false, rows + n);
		n += seal_sessions(r, t, company_of(t), true, rows + n);
	}
	return n;
}

void seal_calls(struct report *r)
{
	struct in_time *rows;
	struct call **tail = &r->calls;
	size_t n;

	links_part(r);
	r->n_tunnels = 0;
	for (const struct tunnel *t = r->tunnels; t; t = tunnel_after(r, t))
		r->n_tunnels++;
	number_tunnels(r);
	rows = must_room(count_calls(r->tunnels) + count_calls(r->links) + LIMIT_TOLD_CALLS + 1,
			 sizeof(*rows));
	n = seal_list(r, r->tunnels, rows);
	n += seal_list(r, r->links, rows + n);
	for (struct call *c = r->told_calls; c; c = c->told_next)
		rows[n++] = order_of(r, &c->start, c);
	in_time_sort(rows, n);
	for (size_t i = 0; i < n; i++) {
		struct call *c = rows[i].what;

		if (!c->is_told) {
			c->number = r->has_numbers ? c->session->number : i + 1;
			c->settles_ns = live_session(c->session)->settles_ns;
		}
		*tail = c;
		tail = &c->next;
		report_looked(r);
	}
	*tail = NULL;
	r->n_calls = n;
	free(rows);
}
