#include "take.h"

#include "cause.h"
#include "defect_note.h"
#include "hash.h"
#include "l2f_replay.h"
#include "lately.h"
#include "link.h"
#include "operator.h"
#include "ppp_link.h"
#include "radius_join.h"
#include "said.h"
#include "session.h"
#include "speaker.h"
#include "tunnel.h"
#include "wire.h"

static void step_place(struct context *c, struct tunnel *t, struct session *s, enum role from,
		       enum role to)
{
	if (!c->step)
		return;
	c->step->tunnel = t ? t : s ? s->tunnel : NULL;
	c->step->session = s ? s : c->step->session;
	c->step->from = from;
	c->step->to = to;
}

static void context_place(struct context *c, struct tunnel *t, struct session *s, unsigned from)
{
	c->tunnel = t ? t : s ? s->tunnel : NULL;
	c->session = s;
	c->from = from;
}

static void take_control_text(struct context *c)
{
	const struct event *e = c->event;
	struct tunnel *t = speaker_tunnel(c);
	struct session *s = session_message(e->control.message) ? speaker_session(c, t) : NULL;
	bool is_sent = e->sense == SENT;
	unsigned from;

	if (s)
		speaker_bind(c, s);
	if (!t) {
		defects_take(c, NULL, NULL);
		return;
	}
	from = e->sense == RECEIVED ? 1u - live_tunnel(t)->local : live_tunnel(t)->local;
	step_place(c, t, s, tunnel_role(from), tunnel_role(1 - from));
	if (t->version != 1)
		tunnel_take(c, t, from, s);
	context_place(c, t, s, from);
	if (s)
		s->last = c->mark;
	if (s && is_sent && e->control.message == ICRQ)
		speaker_forward(c, s);
	if (s && is_sent && e->control.message == CDN)
		operator_ends(c, s);
	if (t->version != 1 && is_sent && e->control.message == STOPCCN)
		operator_closes(c, t);
	defects_take(c, t, s);
}

static void take_control(struct context *c)
{
	struct session *s = NULL;
	unsigned from = INITIATOR;
	struct tunnel *t;

	if (c->observer->is_text) {
		take_control_text(c);
		return;
	}
	t = c->event->l2tp.version == 1 ? l2f_take(c, &s, &from) : wire_tunnel(c, &from);
	if (!t) {
		defects_take(c, NULL, NULL);
		return;
	}
	step_place(c, t, s, tunnel_role(from), tunnel_role(1 - from));
	if (t->version != 1)
		s = tunnel_take(c, t, from, NULL);
	context_place(c, t, s, from);
	if (s)
		s->last = c->mark;
	defects_take(c, t, s);
}

/* A copy of the last packet of this direction, made by the network, or of a late one. */
static bool is_copy(struct context *c, struct session *s, unsigned from)
{
	const struct ppp *p = &c->event->ppp;
	struct live_session *ls = live_session(s);
	uint32_t packet = (uint32_t)p->protocol << 16 | (uint32_t)p->code << 8 | p->id;
	uint32_t print = (uint32_t)hash_octets(p->body.at, p->body.len) ^ packet;
	uint16_t ip_id = c->event->path.ip_id;
	uint32_t ms = (uint32_t)(c->event->when.ns / 1000000);
	bool same = (ip_id && ls->last_ip_id[from] == ip_id && ls->last_packet[from] == packet &&
		     ms - ls->last_ms[from] < COPY_MOST_MS) ||
		    lately_is_copy(c->observer, s, from, print, c->event->when.ns);

	ls->last_ip_id[from] = ip_id;
	ls->last_packet[from] = packet;
	ls->last_ms[from] = ms;
	return same;
}

static void take_ppp_text(struct context *c)
{
	const struct event *e = c->event;
	struct tunnel *t = e->from.tunnel_id || e->to.tunnel_id ? speaker_tunnel(c) : NULL;
	struct session *s = t ? speaker_session(c, t) : NULL;
	struct arena *outside;
	enum role server;
	unsigned local, from;
	bool at_lac;

	if (s)
		speaker_bind(c, s);
	else
		s = speaker_link(c);
	if (!s) {
		defects_take(c, NULL, NULL);
		return;
	}
	local = speaker_side(c, s, &at_lac);
	from = e->sense == RECEIVED ? 1 - local : local;
	server = at_lac ? ROLE_LAC : ROLE_LNS;
	context_place(c, t, s, from == CLIENT ? s->lac_end : 1u - s->lac_end);
	if (!e->is_virtual)
		s->counters.ppp_messages++;
	s->last = c->mark;
	step_place(c, t, s, from == CLIENT ? ROLE_CLIENT : server,
		   from == CLIENT ? server : ROLE_CLIENT);
	if (e->sense == SENT && e->ppp.protocol == PPP_LCP && e->ppp.code == CP_TERMREQ)
		operator_ends(c, s);
	outside = context_in_session(c, s);
	ppp_link_packet(c, s, from, at_lac);
	c->arena = outside;
	defects_take(c, t, s);
}

static void take_ppp(struct context *c)
{
	struct arena *outside;
	struct session *s;
	unsigned end = 0, from;

	if (c->observer->is_text) {
		take_ppp_text(c);
		return;
	}
	s = c->event->l2tp.is_present ? wire_session(c, &end) : link_session(c, &end);
	if (!s) {
		defects_take(c, NULL, NULL);
		return;
	}
	from = session_side(s, end) == LAC ? CLIENT : LNS;
	context_place(c, s->tunnel, s, end);
	step_place(c, s->tunnel, s, from == CLIENT ? ROLE_CLIENT : ROLE_LNS,
		   from == CLIENT ? ROLE_LNS : ROLE_CLIENT);
	s->last = c->mark;
	defects_take(c, s->tunnel, s);
	if (is_copy(c, s, from)) {
		s->counters.duplicates++;
		c->delivery = DELIVERY_DUPLICATE;
		if (c->step)
			c->step->delivery = DELIVERY_DUPLICATE;
		return;
	}
	s->counters.ppp_messages++;
	if (!tunnel_is_link(s->tunnel)) {
		tunnel_prove(c, s->tunnel, 1 - end, s);
		session_traffic(c, s, end);
	}
	outside = context_in_session(c, s);
	ppp_link_packet(c, s, from, false);
	c->arena = outside;
}

/* IP over PPP needs its control protocol open: else its opening was not seen. */
static bool network_is_open(const struct session *s, uint16_t protocol)
{
	const struct cp *cp = link_cp(&s->ppp, protocol == PPP_IPV6 ? CP_IPV6CP : CP_IPCP);

	if (protocol != PPP_IPV4 && protocol != PPP_IPV6)
		return true;
	return cp->opened.is_set;
}

bool take_data(struct context *c)
{
	struct session *s;
	unsigned end = 0, to;

	s = c->observer->is_text ? NULL : wire_session(c, &end);
	if (!s)
		return false;
	to = session_side(s, end) == LAC ? 0 : 1;
	context_place(c, s->tunnel, s, end);
	s->counters.data_packets[to]++;
	s->counters.data_bytes[to] += c->event->data.length;
	s->last = c->mark;
	s->tunnel->last = c->mark;
	defects_take(c, s->tunnel, s);
	if (!network_is_open(s, c->event->data.protocol))
		session_note_hole(c, s);
	if (s->end[LAC].state == SESSION_ESTABLISHED && s->end[LNS].state == SESSION_ESTABLISHED)
		return false;
	tunnel_prove(c, s->tunnel, 1 - end, s);
	session_traffic(c, s, end);
	return true;
}

static void take_said(struct context *c)
{
	const struct event *e = c->event;
	bool is_about_tunnel = e->from.tunnel_id || e->from.session_id ||
			       e->said.topic == SAID_TUNNEL_AUTH ||
			       e->said.topic == SAID_RETRANSMIT || e->said.topic == SAID_UNSENT;
	struct tunnel *t = is_about_tunnel ? speaker_tunnel(c) : NULL;
	struct session *s = t && e->from.session_id ? speaker_session(c, t) : NULL;

	s = said_take(c, t, s);
	context_place(c, t, s, INITIATOR);
	step_place(c, t, s, ROLE_UNKNOWN, ROLE_UNKNOWN);
	defects_take(c, t, s);
}

/* The end that the packet was sent to which the error quotes. */
static unsigned end_quoted(const struct event *e, const struct tunnel *t)
{
	const struct peer *p = t->peer;

	if (!address_equal(&p[INITIATOR].address, &p[RESPONDER].address)) {
		for (unsigned i = 0; i < 2; i++)
			if (e->to.address.family && address_equal(&p[i].address, &e->to.address))
				return i;
	}
	return e->row ? 1U - ((const struct live_tunnel *)t)->local : RESPONDER;
}

/* RFC 792: a host that is asked to send less is reached, or may be. */
static bool is_source_quench(const struct event *e)
{
	return e->icmp_type == 4 && e->to.address.family != 6;
}

/* The first error of several counts, until the end that it is about is heard again: then it is
 * over, and what comes later is another. That packets do not come at all is more than that some are
 * too large. */
static bool icmp_counts(const struct tunnel *t, const struct event *e)
{
	if (!t->icmp.is_set || icmp_is_past(NULL, t))
		return true;
	return icmp_is_too_big(t) && !icmp_says_too_big(e->icmp_type, e->icmp_code);
}

static void take_icmp(struct context *c)
{
	struct tunnel *t = wire_quoted(c);

	if (!t && c->event->row && c->event->from.tunnel_id) /* a daemon's word */
		t = speaker_tunnel(c);

	if (t && !is_source_quench(c->event) && icmp_counts(t, c->event)) {
		t->icmp = c->mark;
		t->icmp_type = c->event->icmp_type;
		t->icmp_code = c->event->icmp_code;
		t->icmp_about = (uint8_t)end_quoted(c->event, t);
	}
	context_place(c, t, NULL, INITIATOR);
	step_place(c, t, NULL, ROLE_NETWORK, ROLE_UNKNOWN);
	defects_take(c, t, NULL);
}

void take_other(struct context *c)
{
	if (c->event->n_defects == 0)
		return;
	mark_keep(c);
	defects_take(c, NULL, NULL);
}

void take_event(struct context *c)
{
	switch (c->event->kind) {
	case EVENT_CONTROL:
		take_control(c);
		break;
	case EVENT_PPP:
		take_ppp(c);
		break;
	case EVENT_SAID:
		take_said(c);
		break;
	case EVENT_ICMP:
		take_icmp(c);
		break;
	case EVENT_PPPOE:
		pppoe_take(c);
		defects_take(c, c->tunnel, c->session);
		break;
	case EVENT_PPTP:
		pptp_take(c);
		defects_take(c, c->tunnel, c->session);
		break;
	case EVENT_RADIUS:
		radius_take(c);
		defects_take(c, c->tunnel, c->session);
		break;
	case EVENT_DATA:
	case EVENT_OTHER:
		break;
	}
}
