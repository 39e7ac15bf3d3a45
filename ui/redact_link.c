/* Link layers, IP and what it carries. */
#include <pcap/dlt.h>

#include "ip.h"
#include "l2tp.h"
#include "linktype.h"
#include "overlay.h"
#include "pptp.h"
#include "redact_packet.h"

enum { MAC = 6, TCP_HEADER = 20, UDP_HEADER = 8 };

static uint16_t number16(const uint8_t *at)
{
	return (uint16_t)((unsigned)at[0] << 8 | at[1]);
}

static void number16_put(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* ---- checksums ---- */

static uint32_t sum_add(uint32_t sum, const uint8_t *at, size_t n)
{
	for (size_t i = 0; i + 1 < n; i += 2)
		sum += number16(at + i);
	if (n % 2 != 0)
		sum += (uint32_t)at[n - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* What the addresses, the protocol and the length add (RFC 768, RFC 8200 8.1). */
static uint32_t sum_pseudo(const uint8_t *header, uint8_t protocol, size_t length)
{
	bool is_v6 = header[0] >> 4 == 6;
	uint32_t sum = sum_add(0, header + (is_v6 ? 8 : 12), is_v6 ? 32 : 8);

	return sum + protocol + (uint32_t)(length >> 16) + (uint32_t)(length & 0xffff);
}

/* A checksum, where it is, and whether it was right before. One that was not right says
 * nothing (offloading), and says something of what was there: it becomes another wrong one. */
struct checksum {
	struct place covered;
	size_t offset;
	uint8_t protocol; /* 0: without addresses */
	bool is_there, was_right;
};

static bool checksum_is_right(const struct checksum *c, const uint8_t *header)
{
	uint32_t sum = c->protocol == 0 ? 0 : sum_pseudo(header, c->protocol, c->covered.n);

	sum = sum_add(sum, c->covered.at, c->covered.n);
	return sum == 0xffff;
}

static struct checksum checksum_before(struct place covered, size_t offset, uint8_t protocol,
				       const uint8_t *header)
{
	struct checksum c = {.covered = covered, .offset = offset, .protocol = protocol};

	c.is_there = offset + 2 <= covered.n && number16(covered.at + offset) != 0;
	c.was_right = c.is_there && checksum_is_right(&c, header);
	return c;
}

static void checksum_after(const struct checksum *c, const uint8_t *header)
{
	uint32_t sum;

	if (!c->is_there)
		return;
	number16_put(c->covered.at + c->offset, 0);
	sum = c->protocol == 0 ? 0 : sum_pseudo(header, c->protocol, c->covered.n);
	sum = ~sum_add(sum, c->covered.at, c->covered.n) & 0xffff;
	if (!c->was_right)
		sum ^= 0x5555;
	number16_put(c->covered.at + c->offset, sum == 0 ? 0xffff : sum);
}

/* ---- what IP carries ---- */

static bool is_radius_port(unsigned port)
{
	return port == 1812 || port == 1813 || port == 1645 || port == 1646 || port == 3799;
}

static bool is_of_event(const struct redactor *r)
{
	return r->event != NULL && r->event->l2tp.is_present && r->event->packet.len > 0 &&
	       r->event->kind != EVENT_ICMP;
}

/* VXLAN and Geneve. False: it is none. */
static bool overlay_redact(struct redactor *r, unsigned port, struct place payload)
{
	struct span inside;
	uint16_t type;

	if (!overlay_open((uint16_t)port, place_span(payload), &type, &inside))
		return false;
	payload = place_from(payload, payload.n - inside.len);
	if (type == ETHER_BRIDGED)
		redact_frame(r, DLT_EN10MB, payload);
	else if (type == ETHER_IPV4 || type == ETHER_IPV6)
		redact_ip(r, payload);
	else
		place_blank(payload);
	return true;
}

static void udp_payload(struct redactor *r, struct place datagram)
{
	unsigned from = datagram.n >= 4 ? number16(datagram.at) : 0;
	unsigned to = datagram.n >= 4 ? number16(datagram.at + 2) : 0;
	struct place payload = place_from(datagram, UDP_HEADER);

	if (r->is_inside)
		place_blank(payload);
	else if (overlay_redact(r, to, payload))
		return;
	else if (is_radius_port(from) || is_radius_port(to))
		redact_radius(r, payload);
	else if (from == L2TP_PORT || to == L2TP_PORT || is_of_event(r) ||
		 l2tp_plausible(place_span(payload)))
		redact_l2tp(r, payload, false);
	else
		place_blank(payload);
}

static void tcp_payload(struct redactor *r, struct place segment)
{
	size_t header = segment.n >= TCP_HEADER ? (size_t)(segment.at[12] >> 4) * 4 : TCP_HEADER;
	struct place payload = place_from(segment, header);

	if (!r->is_inside && segment.n >= 4 &&
	    (number16(segment.at) == PPTP_PORT || number16(segment.at + 2) == PPTP_PORT))
		redact_pptp(r, payload);
	else
		place_blank(payload);
}

static void gre_payload(struct redactor *r, const struct ip_packet *ip, struct place packet)
{
	struct gre gre;

	if (r->is_inside || !gre_decode(ip, &gre)) {
		place_blank(place_from(packet, 12));
		return;
	}
	packet = place_from(packet, (size_t)(gre.payload.at - packet.at));
	if (gre.protocol == GRE_PPP)
		redact_ppp(r, packet);
	else if (gre.protocol == 0x0800 || gre.protocol == 0x86dd)
		redact_ip(r, packet);
	else
		place_blank(packet);
}

/* RFC 792, RFC 4443: errors quote the packet they are about; a redirect names a router. */
static void icmp_payload(struct redactor *r, struct place message, bool is_v6)
{
	uint8_t type = message.n > 0 ? message.at[0] : 0;
	bool is_error = is_v6 ? type < 128
			      : type == 3 || type == 4 || type == 5 || type == 11 || type == 12;

	if (!is_v6 && type == 5 && message.n >= 8)
		redact_address(r->map, message.at + 4, 4);
	if (is_error)
		redact_ip(r, place_from(message, 8));
	else
		place_blank(place_from(message, 8));
}

static void payload_redact(struct redactor *r, const struct ip_packet *ip, struct place payload)
{
	switch (ip->protocol) {
	case IP_UDP:
		udp_payload(r, payload);
		return;
	case IP_TCP:
		tcp_payload(r, payload);
		return;
	case IP_GRE:
		gre_payload(r, ip, payload);
		return;
	case IP_ICMP:
	case IP_ICMPV6:
		icmp_payload(r, payload, ip->protocol == IP_ICMPV6);
		return;
	case IP_IN_IP:
	case IP_IPV6:
		redact_ip(r, payload);
		return;
	case IP_L2TP:
		if (!r->is_inside) {
			redact_l2tp(r, payload, true);
			return;
		}
		break;
	default:
		break;
	}
	place_blank(payload);
}

static struct checksum transport_checksum(const struct ip_packet *ip, struct place payload,
					  const uint8_t *header)
{
	static const struct {
		uint8_t protocol, offset;
		bool has_pseudo;
	} rows[] = {
		{IP_UDP, 6, true}, {IP_TCP, 16, true}, {IP_ICMP, 2, false}, {IP_ICMPV6, 2, true}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].protocol == ip->protocol)
			return checksum_before(payload, rows[i].offset,
					       rows[i].has_pseudo ? ip->protocol : 0, header);
	return (struct checksum){0};
}

static void addresses_redact(struct redactor *r, struct place header)
{
	if (header.at[0] >> 4 == 6) {
		redact_address(r->map, header.at + 8, 16);
		redact_address(r->map, header.at + 24, 16);

		return;
	}
	redact_address(r->map, header.at + 12, 4);
	redact_address(r->map, header.at + 16, 4);
	place_blank(place_from(header, 20));
}

/* RFC 8200 4.3, 4.6: what stands in options that are padding, and in those that nobody knows. True
 * where a header may be a list of addresses (4.4). */
static bool extensions_redact(struct place headers, uint8_t type)
{
	enum { HOP_BY_HOP = 0, ROUTING = 43, DESTINATION = 60 };

	while (headers.n >= 8) {
		size_t length = 8 + (size_t)headers.at[1] * 8;

		if (type == ROUTING)
			return true;
		if (type != HOP_BY_HOP && type != DESTINATION)
			return false;
		type = headers.at[0];
		place_blank(place_part(headers, 2, length - 2));
		headers = place_from(headers, length);
	}
	return false;
}

void redact_ip(struct redactor *r, struct place packet)
{
	struct defect_list ignored = {.arena = r->scratch};
	struct ip_packet ip;
	struct checksum own = {0}, transport = {0};
	struct place payload;
	size_t header;

	if (!ip_decode(r->scratch, place_span(packet), 0xffff, &ip, &ignored)) {
		place_blank(packet);
		return;
	}
	header = ip.payload.at == NULL ? packet.n : (size_t)(ip.payload.at - packet.at);
	if (packet.at[0] >> 4 == 6 && header > 40 &&
	    extensions_redact(place_part(packet, 40, header - 40), packet.at[6])) {
		place_blank(place_from(packet, 40));
		return;
	}
	payload = place_part(packet, header, ip.payload.len);
	place_blank(place_from(packet, header + payload.n));
	if (packet.at[0] >> 4 == 4)
		own = checksum_before(place_part(packet, 0, (size_t)(packet.at[0] & 0xf) * 4), 10,
				      0, NULL);
	if (!ip.is_fragment)
		transport = transport_checksum(&ip, payload, packet.at);
	addresses_redact(r, place_part(packet, 0, header));
	if (ip.is_fragment)
		place_blank(payload);
	else
		payload_redact(r, &ip, payload);
	checksum_after(&transport, packet.at);
	checksum_after(&own, packet.at);
}

/* ---- link layers ---- */

static void arp_redact(struct redactor *r, struct place packet)
{
	if (packet.n < 28) {
		place_blank(packet);
		return;
	}
	redact_mac(r->map, packet.at + 8);
	redact_address(r->map, packet.at + 14, 4);
	redact_mac(r->map, packet.at + 18);
	redact_address(r->map, packet.at + 24, 4);
	place_blank(place_from(packet, 28));
}

/* The addresses of stations in the link's header. False: of a link type that is not known. */
static bool stations_redact(struct redactor *r, int dlt, struct place frame, size_t header)
{
	size_t at[3] = {0}, n = 0;

	switch (dlt) {
	case DLT_EN10MB:
		n = 2;
		at[1] = MAC;
		break;
	case DLT_LINUX_SLL:
		n = 1;
		at[0] = 6;
		break;
	case DLT_LINUX_SLL2:
		n = 1;
		at[0] = 12;
		break;
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6:
	case DLT_NULL:
	case DLT_LOOP:
	case DLT_PPP:
	case DLT_PPP_SERIAL:
	case DLT_C_HDLC:
	case DLT_PPP_PPPD:
	case DLT_PPP_WITH_DIR:
	case DLT_PPP_ETHER:
	case DLT_MPLS:
	case LINK_UDP:
	case LINK_L2TP:
		return true;
	default:
		return false;
	}
	for (size_t i = 0; i < n; i++)
		if (at[i] + MAC <= header)
			redact_mac(r->map, frame.at + at[i]);
	return true;
}

bool redact_frame(struct redactor *r, int dlt, struct place frame)
{
	struct link_frame link;
	struct place payload;
	size_t header;

	link_decode(dlt, place_span(frame), &link);
	header = link.payload.at == NULL ? (dlt == DLT_EN10MB      ? 14u
					    : dlt == DLT_LINUX_SLL ? 16u
								   : 20u)
					 : (size_t)(link.payload.at - frame.at);
	if (!stations_redact(r, dlt, frame, header < frame.n ? header : frame.n))
		return false;
	payload = place_part(frame, header, link.payload.at == NULL ? frame.n : link.payload.len);
	/* stuffed octets would have to be stuffed anew, and then be of another length */
	if (link.is_hdlc && memchr(payload.at ? (const void *)payload.at : "", 0x7d, payload.n))
		return false;
	switch (link.kind) {
	case LINK_IP:
		redact_ip(r, payload);
		break;
	case LINK_PPP:
		redact_ppp(r, payload);
		break;
	case LINK_PPPOE:
		redact_pppoe(r, payload);
		break;
	case LINK_DATAGRAM:
		udp_payload(r, payload);
		break;
	case LINK_MESSAGE:
		redact_l2tp(r, payload, false);
		break;
	case LINK_OTHER:
		if (link.what != NULL && strcmp(link.what, "ARP") == 0)
			arp_redact(r, payload);
		else
			place_blank(payload);
		break;
	}
	place_blank(place_from(frame, header + payload.n));
	return true;
}
