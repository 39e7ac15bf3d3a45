/* Frames around UDP payloads, and the pcap file they stand in. */
#include <stdlib.h>
#include <string.h>

#include "weave.h"

enum {
	PROTOCOL_ICMP = 1,
	PROTOCOL_ICMPV6 = 58,
	PROTOCOL_UDP = 17,
	PROTOCOL_GRE = 47,
	PROTOCOL_L2TP = 115,
	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_VLAN = 0x8100,
	ETHERTYPE_IPV6 = 0x86DD,
	ETHERTYPE_PPPOE = 0x8864,
	PPP_OF_IPV4 = 0x0021,
	PPP_OF_IPV6 = 0x0057,
	BRIDGED = 0x6558,
	PORT_VXLAN = 4789,
	PORT_GENEVE = 6081,
};

/* pcap's own numbers stand in the writer's byte order; little endian here, everywhere, so that
 * the same script makes the same file. */
static void file_u32(const struct weave *w, uint32_t v)
{
	for (unsigned shift = 0; shift < 32; shift += 8)
		fputc((int)(v >> shift & 0xFF), w->out);
}

void frame_open(struct weave *w, const char *path)
{
	static const uint32_t dlt[] = {
		[LINK_ETHERNET] = 1, [LINK_VLAN] = 1,  [LINK_PPPOE] = 1,
		[LINK_GRE] = 1,      [LINK_VXLAN] = 1, [LINK_GENEVE] = 1,
		[LINK_SLL] = 113,    [LINK_RAW] = 101, [LINK_PPP] = 9,
	};

	w->out = fopen(path, "wb");
	if (w->out == NULL) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	file_u32(w, 0xA1B2C3D4);
	file_u32(w, 4u << 16 | 2u); /* version 2.4 */
	file_u32(w, 0);
	file_u32(w, 0);
	file_u32(w, w->snap);
	file_u32(w, dlt[w->link]);
}

void frame_close(struct weave *w)
{
	if (ferror(w->out) != 0 || fclose(w->out) != 0) {
		perror("weave");
		exit(EXIT_FAILURE);
	}
}

static int64_t stamp_us(const struct weave *w)
{
	double since = (double)(w->now_us - w->start_us);
	int64_t delay = strcmp(w->from->id, w->far) == 0 ? w->delay_us : 0;

	return w->now_us + delay + w->ahead_us + (int64_t)(since * w->gains_ppm / 1e6);
}

static void file_frame_at(const struct weave *w, const struct octets *frame, int64_t now)
{
	size_t kept = frame->len < w->snap ? frame->len : w->snap;

	file_u32(w, (uint32_t)(now / 1000000));
	file_u32(w, (uint32_t)(now % 1000000));
	file_u32(w, (uint32_t)kept);
	file_u32(w, (uint32_t)frame->len);
	fwrite(frame->at, 1, kept, w->out);
}

static void file_frame(const struct weave *w, const struct octets *frame)
{
	enum { ADDRESSES = 12, TAG = 0x8100, LATER_US = 20 };
	static struct octets mirrored;

	file_frame_at(w, frame, stamp_us(w));
	if (!w->mirror || w->link != LINK_ETHERNET || frame->len < ADDRESSES)
		return;
	mirrored.len = 0;
	octets_put(&mirrored, frame->at, ADDRESSES);
	octets_u16(&mirrored, TAG);
	octets_u16(&mirrored, w->mirror);
	octets_put(&mirrored, frame->at + ADDRESSES, frame->len - ADDRESSES);
	file_frame_at(w, &mirrored, stamp_us(w) + LATER_US);
}

static uint32_t sum(uint32_t start, const uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		start += i % 2 == 0 ? (uint32_t)at[i] << 8 : at[i];
	return start;
}

static unsigned checksum(uint32_t s)
{
	while (s > 0xFFFF)
		s = (s & 0xFFFF) + (s >> 16);
	return ~s & 0xFFFF;
}

/* Each party has a locally administered address that ends in its number. */
static void put_mac(const struct weave *w, struct octets *o, const struct party *p)
{
	const uint8_t mac[6] = {2, 0, 0, 0, 0, (uint8_t)(p - w->parties + 1)};

	octets_put(o, mac, sizeof(mac));
}

static void put_link(const struct weave *w, struct octets *o)
{
	bool is_tunnelled = w->link == LINK_GRE || w->link == LINK_VXLAN || w->link == LINK_GENEVE;
	unsigned type = w->from->is_ipv6 && !is_tunnelled ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4;

	switch (w->link) {
	case LINK_RAW:
	case LINK_PPP:
		break;
	case LINK_SLL:
		octets_u16(o, 0); /* to us */
		octets_u16(o, 1); /* Ethernet */
		octets_u16(o, 6);
		put_mac(w, o, w->from);
		octets_u16(o, 0);
		octets_u16(o, type);
		break;
	case LINK_VLAN:
	case LINK_PPPOE:
	case LINK_GRE:
	case LINK_VXLAN:
	case LINK_GENEVE:
	case LINK_ETHERNET:
		put_mac(w, o, w->to);
		put_mac(w, o, w->from);
		if (w->link == LINK_VLAN) {
			octets_u16(o, ETHERTYPE_VLAN);
			octets_u16(o, w->vlan);
		}
		octets_u16(o, w->link == LINK_PPPOE ? ETHERTYPE_PPPOE : type);
		break;
	}
}

/* IPv4 between the ends of a tunnel that carries `len` octets behind this header. */
static void put_outer_ip(struct octets *o, unsigned protocol, size_t len)
{
	static const uint8_t outer[8] = {203, 0, 113, 1, 203, 0, 113, 2};
	size_t start = o->len;

	octets_u16(o, 0x4500);
	octets_u16(o, (unsigned)(20 + len));
	octets_u32(o, 0);
	octets_u8(o, 255);
	octets_u8(o, protocol);
	octets_u16(o, 0);
	octets_put(o, outer, sizeof(outer));
	octets_set_u16(o, start + 10, checksum(sum(0, o->at + start, 20)));
}

/* An Ethernet frame in UDP: VXLAN (RFC 7348 5), or Geneve with an option of 4 octets that no
 * receiver has to know (RFC 8926 3.4). */
static void put_overlay(const struct weave *w, struct octets *o, size_t len)
{
	bool is_vxlan = w->link == LINK_VXLAN;
	size_t header = is_vxlan ? 8 : 16;

	put_outer_ip(o, PROTOCOL_UDP, 8 + header + 14 + len);
	octets_u16(o, 50000);
	octets_u16(o, is_vxlan ? PORT_VXLAN : PORT_GENEVE);
	octets_u16(o, (unsigned)(8 + header + 14 + len));
	octets_u16(o, 0);
	octets_u32(o, is_vxlan ? 0x08000000 : 0x02000000 | BRIDGED);
	octets_u32(o, w->link_id << 8);
	if (!is_vxlan) {
		octets_u32(o, 0xffff0101);
		octets_u32(o, 0);
	}
	put_mac(w, o, w->to);
	put_mac(w, o, w->from);
	octets_u16(o, w->from->is_ipv6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4);
}

/* What stands between the link and the IP packet of `len` octets: a PPPoE session (RFC 2516 4),
 * a GRE tunnel with a key (RFC 2890), or Ethernet in UDP. */
static void put_carrier(const struct weave *w, struct octets *o, size_t len)
{
	if (w->link == LINK_PPPOE) {
		octets_u16(o, 0x1100);
		octets_u16(o, w->link_id);
		octets_u16(o, (unsigned)(2 + len));
		octets_u16(o, w->from->is_ipv6 ? PPP_OF_IPV6 : PPP_OF_IPV4);
	} else if (w->link == LINK_GRE) {
		put_outer_ip(o, PROTOCOL_GRE, 8 + len);
		octets_u16(o, 0x2000);
		octets_u16(o, w->from->is_ipv6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4);
		octets_u32(o, w->link_id);
	} else if (w->link == LINK_VXLAN || w->link == LINK_GENEVE) {
		put_overlay(w, o, len);
	}
}

static void put_ip(struct weave *w, struct octets *o, const struct party *from,
		   const struct party *to, unsigned protocol, size_t payload)
{
	size_t start = o->len;

	if (from->is_ipv6 != to->is_ipv6)
		weave_fail(w, "%s and %s have addresses of different kinds", from->id, to->id);
	if (from->is_ipv6) {
		octets_u32(o, 6u << 28);
		octets_u16(o, (unsigned)payload);
		octets_u8(o, protocol);
		octets_u8(o, 64);
		octets_put(o, from->address, 16);
		octets_put(o, to->address, 16);
		return;
	}
	octets_u16(o, 0x4500);
	octets_u16(o, (unsigned)(20 + payload));
	octets_u16(o, from->ip_id ? from->ip_id : ++w->ip_id);
	octets_u16(o, 0);
	octets_u8(o, 255);
	octets_u8(o, protocol);
	octets_u16(o, 0);
	octets_put(o, from->address, 4);
	octets_put(o, to->address, 4);
	octets_set_u16(o, start + 10, checksum(sum(0, o->at + start, 20)));
}

static void put_udp(struct octets *o, const struct party *from, const struct party *to,
		    const struct octets *payload)
{
	size_t start = o->len;
	size_t len = 8 + payload->len;
	size_t address = from->is_ipv6 ? 16 : 4;
	uint32_t s = PROTOCOL_UDP + (uint32_t)len;
	unsigned check;

	octets_u16(o, from->port);
	octets_u16(o, to->port);
	octets_u16(o, (unsigned)len);
	octets_u16(o, 0);
	octets_put(o, payload->at, payload->len);

	s = sum(s, from->address, address);
	s = sum(s, to->address, address);
	check = checksum(sum(s, o->at + start, len));
	octets_set_u16(o, start + 6, check == 0 ? 0xFFFF : check);
}

void frame_udp(struct weave *w, const struct octets *payload)
{
	static struct octets frame;

	w->from->last = *payload;
	if (weave_order(w, "unseen") != NULL)
		return;
	frame.len = 0;
	put_link(w, &frame);
	if (w->is_bare_ip) {
		put_carrier(w, &frame, (w->from->is_ipv6 ? 40u : 20u) + payload->len);
		put_ip(w, &frame, w->from, w->to, PROTOCOL_L2TP, payload->len);
		octets_put(&frame, payload->at, payload->len);
	} else {
		put_carrier(w, &frame, (w->from->is_ipv6 ? 40u : 20u) + 8 + payload->len);
		put_ip(w, &frame, w->from, w->to, PROTOCOL_UDP, 8 + payload->len);
		put_udp(&frame, w->from, w->to, payload);
	}
	file_frame(w, &frame);
}

static uint32_t weave_value(const struct weave *w, const char *key, uint32_t usual)
{
	for (size_t i = 0; i < w->n_words; i++)
		if (w->words[i].mark == '\0' && strcmp(w->words[i].key, key) == 0)
			return weave_number(w, w->words[i].value, UINT16_MAX);
	return usual;
}

/* What ICMP counts in its checksum beside itself: of version 6 a pseudo header (RFC 4443 2.3). */
static uint32_t icmp_sum(const struct weave *w, size_t len)
{
	if (!w->from->is_ipv6)
		return 0;
	return sum(sum(PROTOCOL_ICMPV6 + (uint32_t)len, w->from->address, 16), w->to->address, 16);
}

void frame_icmp_unreachable(struct weave *w)
{
	static struct octets frame;
	static struct octets quoted;
	bool is_v6 = w->from->is_ipv6;
	uint32_t type = weave_value(w, "type", is_v6 ? 1 : 3);
	size_t start;

	quoted.len = 0;
	put_ip(w, &quoted, w->to, w->from, PROTOCOL_UDP, 8 + w->to->last.len);
	put_udp(&quoted, w->to, w->from, &w->to->last);

	frame.len = 0;
	put_link(w, &frame);
	put_carrier(w, &frame, (is_v6 ? 40u : 20u) + 8 + quoted.len);
	put_ip(w, &frame, w->from, w->to, is_v6 ? PROTOCOL_ICMPV6 : PROTOCOL_ICMP, 8 + quoted.len);
	start = frame.len;
	octets_u16(&frame, (uint16_t)(type << 8 | weave_value(w, "code", is_v6 ? 4 : 3)));
	octets_u16(&frame, 0);
	octets_u32(&frame, weave_value(w, "mtu", 0));
	octets_put(&frame, quoted.at, quoted.len);
	octets_set_u16(
		&frame, start + 2,
		checksum(sum(icmp_sum(w, frame.len - start), frame.at + start, frame.len - start)));
	file_frame(w, &frame);
}

void frame_ether(struct weave *w, unsigned type, const struct octets *payload, bool to_all)
{
	static const uint8_t all[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	static struct octets frame;

	if (w->link != LINK_ETHERNET)
		weave_fail(w, "PPPoE wants `link ethernet`");
	frame.len = 0;
	if (to_all)
		octets_put(&frame, all, sizeof(all));
	else
		put_mac(w, &frame, w->to);
	put_mac(w, &frame, w->from);
	octets_u16(&frame, type);
	octets_put(&frame, payload->at, payload->len);
	file_frame(w, &frame);
}

/* RFC 9293 3.1, without checksum: captures of a sending host have none either. */
void frame_tcp(struct weave *w, const struct octets *payload, unsigned flags)
{
	enum { PROTOCOL_TCP = 6, HEADER = 20 };
	static struct octets frame;

	if (w->from->octets_sent == 0)
		w->from->octets_sent = 1000;
	frame.len = 0;
	put_link(w, &frame);
	put_ip(w, &frame, w->from, w->to, PROTOCOL_TCP, HEADER + payload->len);
	octets_u16(&frame, w->from->port);
	octets_u16(&frame, w->to->port);
	octets_u32(&frame, w->from->octets_sent);
	octets_u32(&frame, w->to->octets_sent);
	octets_u16(&frame, 0x5000 | flags);
	octets_u16(&frame, 8192);
	octets_u32(&frame, 0);
	octets_put(&frame, payload->at, payload->len);
	w->from->octets_sent += (uint32_t)payload->len + ((flags & 3) != 0);
	if (weave_order(w, "unseen") == NULL)
		file_frame(w, &frame);
}

/* RFC 2637 4.1: with key and sequence number; the key is the receiver's Call ID. */
void frame_gre(struct weave *w, const struct octets *payload)
{
	static struct octets frame;

	frame.len = 0;
	put_link(w, &frame);
	put_ip(w, &frame, w->from, w->to, 47, 12 + payload->len);
	octets_u16(&frame, 0x3001);
	octets_u16(&frame, 0x880b);
	octets_u16(&frame, (unsigned)payload->len);
	octets_u16(&frame, (unsigned)w->to->session);
	octets_u32(&frame, ++w->ip_id);
	octets_put(&frame, payload->at, payload->len);
	file_frame(w, &frame);
}

void frame_line(struct weave *w, const struct octets *payload)
{
	if (w->link != LINK_PPP)
		weave_fail(w, "a bare line wants `link ppp`");
	file_frame(w, payload);
}

void frame_whole(struct weave *w, const struct octets *frame)
{
	file_frame(w, frame);
}
