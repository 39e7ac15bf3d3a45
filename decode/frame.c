#include "frame_parts.h"

#include <stdlib.h>

#include "code.h"
#include "ip.h"
#include "l2tp.h"
#include "overlay.h"
#include "plain.h"
#include "ppp.h"
#include "pppoe.h"
#include "pptp_stream.h"
#include "radius.h"
#include "sights.h"

enum { STEPS = 8 }; /* headers inside headers (IP in GRE in IP in PPPoE …): nobody does more */

struct frame_decoder *frame_decoder_new(struct arena *scratch, struct secrets *secrets,
					bool with_noise)
{
	struct frame_decoder *d = must_alloc(1, sizeof(*d));

	*d = (struct frame_decoder){
		.scratch = scratch,
		.l2tp = l2tp_decoder_new(scratch, secrets),
		.fragments = reassembly_new(),
		.sights = sights_new(),
		.radius = radius_decoder_new(scratch, secrets),
		.pptp = pptp_streams_new(),
		.with_noise = with_noise,
		.is_idle = true,
	};
	return d;
}

void frame_decoder_free(struct frame_decoder *d)
{
	if (!d)
		return;
	l2tp_decoder_free(d->l2tp);
	reassembly_free(d->fragments);
	sights_free(d->sights);
	radius_decoder_free(d->radius);
	pptp_streams_free(d->pptp);
	free(d);
}

/* `lacking` octets at the end of the innermost payload were not captured. Padding behind it
 * does not count, and a sender's own cut (a mirror port) counts as one. */
static void cut_note(struct event *e, size_t lacking)
{
	e->path.original = e->path.captured + (uint32_t)lacking;
}

/* No header where one should be: the packet's fault, or the capture's. */
static __attribute__((cold, noinline)) bool broken(struct climb *c, const char *what)
{
	return climb_other(c, cut_octets(c->e) > 0 ? "cut in its headers" : what);
}

static __attribute__((cold, noinline)) void cut_tell(struct climb *c)
{
	struct defect *d;

	if (c->e->kind != EVENT_PPP)
		return;
	d = defect_add(&c->defects, DEFECT_FRAME_CUT, 0);
	if (d)
		d->text = arena_printf(c->arena, "%u of %u octets were captured",
				       c->e->path.captured, c->e->path.original);
}

static void udp_parties(struct event *e, const struct ip_packet *ip, const struct udp *udp)
{
	e->from.address = ip->source;
	e->from.port = udp->source;
	e->to.address = ip->destination;
	e->to.port = udp->destination;
	e->path.ip_id = ip->source.family == 4 ? (uint16_t)ip->id : 0;
	e->path.ip_protocol = IP_UDP;
}

static void plain_parties(struct event *e, const struct plain *p)
{
	plain_addresses(p, e->from.address.octets, e->to.address.octets);
	e->from.address.family = e->to.address.family = p->family;
	e->from.port = p->source_port;
	e->to.port = p->destination_port;
	e->path.ip_id = p->id;
	e->path.ip_protocol = IP_UDP;
}

static bool is_l2tp(const struct climb *c, struct span payload)
{
	const struct event *e = c->e;

	return l2tp_is_learned(c->d->l2tp, &e->from, &e->to) || l2tp_plausible(payload);
}

/* What came to an L2TP port and is no L2TP is counted, and given for its defect. */
static inline bool l2tp_climb(struct climb *c, struct span message)
{
	struct span payload;

	l2tp_decode(c->d->l2tp, message, c->e, &c->defects, &payload);
	if (c->e->kind == EVENT_OTHER)
		return broken(c, "not L2TP on an L2TP port") || c->defects.n > 0;
	if (c->e->kind != EVENT_DATA || payload.len == 0)
		return true;
	cut_note(c->e, c->e->data.length - payload.len);
	ppp_decode(c->arena, payload, c->e, &c->defects);
	if (cut_octets(c->e) > 0)
		cut_tell(c);
	return true;
}

static bool radius_climb(struct climb *c, struct span packet)
{
	size_t missing = cut_octets(c->e);

	if (!radius_plausible(packet, missing))
		return climb_other(c, "RADIUS");
	climb_count(c, "RADIUS");
	radius_decode(c->d->radius, packet, missing, c->e, &c->defects);
	return true;
}

/* What an inner link layer says of the path replaces what the outer one said. */
static void path_note(struct path *path, const struct link_frame *link)
{
	if (link->vlan[0]) {
		path->vlan[0] = link->vlan[0];
		path->vlan[1] = link->vlan[1];
	}
	if (link->label)
		path->label = link->label;
	if (link->has_pppoe)
		path->pppoe = link->pppoe;
	if (link->sent_by)
		path->sent_by = link->sent_by;
	if (!link->has_mac)
		return;
	path->has_mac = true;
	memcpy(path->from_mac, link->from_mac, sizeof(path->from_mac));
	memcpy(path->to_mac, link->to_mac, sizeof(path->to_mac));
}

/* Leaves what is inside to the next step; there is no event yet. */
static bool go_on(struct climb *c, const struct link_frame *inside)
{
	path_note(&c->e->path, inside);
	c->inside = *inside;
	c->goes_on = true;
	return false;
}

/* What UDP carries, and is no L2TP. */
static __attribute__((noinline)) bool foreign_climb(struct climb *c, struct span payload)
{
	struct link_frame inside;
	struct span bridged;
	uint16_t type;

	if (overlay_open(c->e->to.port, payload, &type, &bridged)) {
		link_decode_type(type, bridged, &inside);
		return go_on(c, &inside);
	}
	if (udp_is_ipsec(&c->e->from, &c->e->to))
		return climb_ipsec_udp(c);
	if (strcmp(udp_name(c->e), "RADIUS") == 0)
		return radius_climb(c, payload);
	return climb_other(c, udp_name(c->e));
}

/* What UDP carries, `length` octets of it; the parties are known. */
static inline bool payload_climb(struct climb *c, struct span payload, size_t length)
{
	cut_note(c->e, length - payload.len);
	if (is_l2tp(c, payload))
		return l2tp_climb(c, payload);
	return foreign_climb(c, payload);
}

static bool udp_climb(struct climb *c, const struct ip_packet *ip)
{
	struct udp udp;

	if (!udp_decode(c->arena, ip, &udp, &c->defects))
		return broken(c, "malformed UDP");
	udp_parties(c->e, ip, &udp);
	return payload_climb(c, udp.payload, udp.length);
}

/* Errors only: destination unreachable, source quench, time exceeded, parameter problem;
 * RFC 792, RFC 4443 3. */
static bool is_icmp_error(uint8_t protocol, uint8_t type)
{
	if (protocol == IP_ICMPV6)
		return type >= 1 && type <= 4;
	return type == 3 || type == 4 || type == 11 || type == 12;
}

/* An error quotes the packet it is about, often only its beginning: that is no fault. The
 * event is about the quoted packet, so its ends are that packet's. */
static bool icmp_climb(struct climb *c, const struct ip_packet *ip)
{
	const char *what = ip->protocol == IP_ICMP ? "ICMP" : "ICMPv6";
	struct defect_list ignored = {.arena = c->arena};
	struct bytes b = bytes_of(ip->payload);
	struct ip_packet quoted;
	struct udp udp;
	struct span payload;
	uint8_t type = bytes_u8(&b);
	uint8_t code = bytes_u8(&b);

	bytes_take(&b, 6); /* checksum, and what the type makes of four octets */
	if (!bytes_ok(&b) || !is_icmp_error(ip->protocol, type) ||
	    !ip_decode(c->arena, bytes_rest(&b), 65535, &quoted, &ignored) ||
	    quoted.protocol != IP_UDP || quoted.offset > 0 ||
	    !udp_decode(c->arena, &quoted, &udp, &ignored))
		return climb_other(c, what);
	udp_parties(c->e, &quoted, &udp);
	if (!is_l2tp(c, udp.payload))
		return climb_other(c, what);
	cut_note(c->e, udp.length - udp.payload.len + 1);
	if (udp.payload.len > 0) /* its ids tell which tunnel */
		l2tp_decode(c->d->l2tp, udp.payload, c->e, &ignored, &payload);
	cut_note(c->e, 0);
	c->e->kind = EVENT_ICMP;
	c->e->packet = udp.payload;
	c->e->icmp_type = type;
	c->e->icmp_code = code;
	return true;
}

/* GRE carries IP, Ethernet (bridged, or mirrored by a switch) or PPTP's PPP. */
static bool gre_climb(struct climb *c, const struct ip_packet *ip)
{
	struct link_frame inside;
	struct gre gre;

	if (!gre_decode(ip, &gre))
		return climb_other(c, "GRE");
	if (gre.has_key)
		c->e->path.gre_key = gre.key;
	if (gre.protocol == GRE_PPP)
		c->outer = "PPTP";
	c->e->from.address = ip->source;
	c->e->to.address = ip->destination;
	link_decode_type(gre.protocol, gre.payload, &inside);
	return inside.kind == LINK_OTHER ? climb_other(c, "GRE") : go_on(c, &inside);
}

/* L2TPv3 without UDP, RFC 3931 4.1.1, or UTI. */
static bool l2tp_ip_climb(struct climb *c, const struct ip_packet *ip)
{
	c->e->from.address = ip->source;
	c->e->to.address = ip->destination;
	c->e->path.ip_id = ip->source.family == 4 ? (uint16_t)ip->id : 0;
	c->e->path.ip_protocol = ip->protocol;
	return l2tp_climb(c, ip->payload);
}

static bool esp_climb(struct climb *c, const struct ip_packet *ip)
{
	c->e->from.address = ip->source;
	c->e->to.address = ip->destination;
	return climb_ipsec(c, "host pair with ESP");
}

/* Of TCP only PPTP's control connection (RFC 2637 3) is read. */
static bool tcp_climb(struct climb *c, const struct ip_packet *ip)
{
	static const char what[] = "PPTP control connection";

	c->e->from = (struct party){.address = ip->source};
	c->e->to = (struct party){.address = ip->destination};
	c->e->path.ip_protocol = IP_TCP;
	c->e->is_assembled = true;
	if (!pptp_segment(c->d->pptp, ip->payload, cut_octets(c->e), c->e))
		return climb_other(c, "TCP");
	if (c->outer)
		climb_count(c, what);
	else
		climb_count_once(c, what, sight_of_pair(what, &c->e->from, &c->e->to));
	return pptp_next(c->d->pptp, c->arena, c->e, &c->defects) || climb_is_other(c, what);
}

static bool datagram_climb(struct climb *c, const struct ip_packet *ip)
{
	switch (ip->protocol) {
	case IP_ESP:
		return esp_climb(c, ip);
	case IP_TCP:
		return tcp_climb(c, ip);
	case IP_UDP:
		return udp_climb(c, ip);
	case IP_L2TP:
	case IP_UTI:
		return l2tp_ip_climb(c, ip);
	case IP_ICMP:
	case IP_ICMPV6:
		return icmp_climb(c, ip);
	case IP_IN_IP:
	case IP_IPV6:
		return go_on(c, &(struct link_frame){.kind = LINK_IP, .payload = ip->payload});
	case IP_GRE:
		return gre_climb(c, ip);
	default:
		return climb_other(c, ip_protocol_name(ip->protocol));
	}
}

/* True when it makes the datagram whole. */
static bool fragment_take(struct climb *c, struct ip_packet *ip)
{
	struct sighting seen = {.when = c->e->when, .origin = c->e->origin, .path = c->e->path};

	return reassembly_take(c->d->fragments, c->arena, &seen, ip);
}

static bool ip_climb(struct climb *c, struct span packet)
{
	struct ip_packet ip;

	if (!ip_decode(c->arena, packet, cut_octets(c->e), &ip, &c->defects))
		return broken(c, "malformed IP");
	c->e->is_assembled = c->e->is_assembled || ip.is_fragment;
	if (ip.is_fragment && !fragment_take(c, &ip))
		return false;
	cut_note(c->e, ip.length - ip.payload.len);
	return datagram_climb(c, &ip);
}

/* The information field of a PPP frame that ppp_decode called data. */
static struct span ppp_information(const struct event *e, struct span frame)
{
	size_t cut = cut_octets(e);
	size_t n = e->data.length > cut ? e->data.length - cut : 0;

	return n >= frame.len ? frame : span_of(frame.at + (frame.len - n), n);
}

static bool ppp_climb(struct climb *c, struct span frame)
{
	enum { MPLS_UNICAST = 0x0281, MPLS_MULTICAST = 0x0283 };
	struct link_frame behind = {.kind = LINK_OTHER};
	uint16_t protocol;

	ppp_decode(c->arena, frame, c->e, &c->defects);
	if (c->e->kind == EVENT_PPP) {
		climb_count(c, "PPP");
		if (cut_octets(c->e) > 0)
			cut_tell(c);
		return true;
	}
	protocol = c->e->data.protocol;
	behind.payload = ppp_information(c->e, frame);
	c->e->data = (struct data){0};
	c->e->ppp = (struct ppp){0};
	if (protocol == PPP_IPV4 || protocol == PPP_IPV6)
		behind.kind = LINK_IP;
	if (protocol == MPLS_UNICAST || protocol == MPLS_MULTICAST)
		link_decode_mpls(behind.payload, &behind);
	return behind.kind == LINK_IP ? go_on(c, &behind) : climb_other(c, "PPP data");
}

static bool pppoe_climb(struct climb *c, struct span packet)
{
	others_add(&c->d->others, "PPPoE discovery", 1);
	pppoe_decode(c->arena, packet, cut_octets(c->e), c->e, &c->defects);
	return true;
}

/* A dump without the IP header: the ends are ports only. */
static bool bare_udp_climb(struct climb *c, struct span datagram)
{
	struct ip_packet ip = {
		.protocol = IP_UDP, .payload = datagram, .length = datagram.len + cut_octets(c->e)};

	return udp_climb(c, &ip);
}

/* One step: what stands in c->inside. */
static bool inside_climb(struct climb *c)
{
	const struct link_frame *inside = &c->inside;
	struct span payload = inside->payload;

	c->goes_on = false;
	switch (inside->kind) {
	case LINK_IP:
		return ip_climb(c, payload);
	case LINK_PPP:
		if (inside->has_pppoe)
			c->outer = pppoe_session;
		if (inside->is_hdlc) {
			payload = hdlc_open(c->arena, payload, inside->has_flags,
					    cut_octets(c->e) > 0, &c->d->hdlc, &c->defects);
			c->d->has_left = true;
		}
		return ppp_climb(c, payload);
	case LINK_PPPOE:
		return pppoe_climb(c, payload);
	case LINK_DATAGRAM:
		return bare_udp_climb(c, payload);
	case LINK_MESSAGE:
		c->e->path.ip_protocol = IP_UDP;
		return l2tp_climb(c, payload);
	default:
		return climb_other(c, inside->what);
	}
}

static void idle_note(struct frame_decoder *d)
{
	d->is_idle = reassembly_is_idle(d->fragments) && pptp_is_idle(d->pptp);
}

/* From what the link layer gave, step by step. */
static __attribute__((noinline)) bool link_climb(struct climb *c)
{
	bool is_event = false;

	c->goes_on = true;
	for (unsigned i = 0; i < STEPS && c->goes_on; i++)
		is_event = inside_climb(c);
	if (c->goes_on)
		is_event = climb_other(c, "too many headers");
	idle_note(c->d);
	return is_event;
}

static void defects_hand(const struct climb *c)
{
	c->e->defects = c->defects.at;
	c->e->n_defects = c->defects.n;
}

static struct climb climb_start(struct frame_decoder *d, struct event *e)
{
	return (struct climb){
		.d = d, .arena = d->scratch, .e = e, .defects = {.arena = d->scratch}};
}

bool frame_decode(struct frame_decoder *d, const struct frame *f, struct event *ret)
{
	struct climb c = climb_start(d, ret);
	struct plain plain;
	bool is_event = false;

	d->has_left = false;
	memset(ret, 0, sizeof(*ret));
	ret->when = f->when;
	ret->origin = f->origin;
	ret->sense = CROSSING;
	ret->kind = EVENT_OTHER;
	ret->path.captured = (uint32_t)f->octets.len;
	ret->path.original = f->original;
	ret->text = f->comment;
	ret->stamp = f->stamp;
	link_decode(f->dlt, f->octets, &c.inside);
	path_note(&ret->path, &c.inside);
	if (c.inside.kind == LINK_IP && plain_read(c.inside.payload, cut_octets(ret), &plain)) {
		plain_parties(ret, &plain);
		is_event = payload_climb(&c, plain.payload, plain.length);
	} else {
		c.goes_on = true;
	}
	if (c.goes_on)
		is_event = link_climb(&c);
	if (f->has_sense && !ret->from.address.family && !ret->to.address.family)
		ret->sense = f->sense;
	defects_hand(&c);
	return is_event;
}

bool frame_is_idle(const struct frame_decoder *d)
{
	return d->is_idle;
}

bool frame_left_nothing(const struct frame_decoder *d)
{
	return !d->has_left;
}

bool frame_more(struct frame_decoder *d, struct event *ret)
{
	struct climb c = climb_start(d, ret);
	bool is_event = pptp_next(d->pptp, d->scratch, ret, &c.defects);

	idle_note(d);
	ret->is_assembled = true;
	if (is_event)
		defects_hand(&c);
	return is_event;
}

static void lost_tell(struct climb *c, const struct lost_datagram *lost)
{
	bool is_fault = lost->why != LOST_AT_END;
	struct defect *d =
		defect_add(&c->defects, is_fault ? DEFECT_IP_FRAGMENT_LOST : DEFECT_FRAME_CUT, 0);

	if (d)
		d->text = arena_printf(
			c->arena, "%zu fragment%s came%s, %zu octets from the beginning are known",
			lost->fragments, lost->fragments == 1 ? "" : "s",
			is_fault ? "" : " before the capture ends", lost->ip.payload.len);
	if (lost->why != LOST_EVICTED)
		return;
	d = defect_add(&c->defects, DEFECT_LIMIT_REACHED, 0);
	if (d)
		d->text = arena_printf(c->arena, "limit-fragments: %d fragments were waiting",
				       LIMIT_FRAGMENTS);
}

/* The first fragment alone tells that it was L2TP, and its message is read as far as it
 * goes, as a cut one. */
static bool lost_climb(struct climb *c, const struct lost_datagram *lost)
{
	bool is_event;

	*c->e = (struct event){.when = lost->last.when,
			       .origin = lost->last.origin,
			       .sense = CROSSING,
			       .kind = EVENT_OTHER,
			       .path = lost->last.path,
			       .is_assembled = true};
	if (lost->ip.payload.len == 0 || lost->ip.protocol != IP_UDP)
		return climb_other(c, "IP fragments");
	is_event = udp_climb(c, &lost->ip);
	if (c->goes_on)
		return climb_other(c, "IP fragments");
	if (is_event)
		lost_tell(c, lost);
	return is_event;
}

bool frame_lost(struct frame_decoder *d, struct moment now, bool is_end, struct event *ret)
{
	struct lost_datagram lost;
	bool is_event = false;

	while (!is_event && reassembly_lost(d->fragments, now, is_end, &lost)) {
		struct climb c = climb_start(d, ret);

		is_event = lost_climb(&c, &lost);
		defects_hand(&c);
	}
	idle_note(d);
	return is_event;
}
