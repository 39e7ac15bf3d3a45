#include "ip.h"

static void bad(struct arena *a, struct defect_list *defects, const char *what, size_t said,
		size_t have)
{
	struct defect *d = defect_add(defects, DEFECT_IP_BAD, 0);

	if (d)
		d->text = arena_printf(a, "%s %zu, but %zu octets are there", what, said, have);
}

static struct address address_take(struct bytes *b, uint8_t family)
{
	struct address address = {.family = family};
	struct span octets = bytes_take(b, family == 4 ? 4 : 16);

	if (octets.len > 0)
		memcpy(address.octets, octets.at, octets.len);
	return address;
}

/* RFC 4302 2.2: an authentication header leaves what it protects readable. Moves over any
 * number of them. */
static void authentication_skip(struct bytes *b, struct ip_packet *ip)
{
	while (ip->protocol == IP_AH && bytes_ok(b)) {
		uint8_t next = bytes_u8(b);
		uint8_t words = bytes_u8(b);

		bytes_take(b, (words + 2u) * 4u - 2u);
		if (bytes_ok(b))
			ip->protocol = next;
	}
}

/* Boxes the payload by the length that the header gives. `b` stands behind the headers,
 * `length` counts from there. */
static void payload_take(struct bytes *b, size_t length, struct ip_packet *ip)
{
	ip->length = length;
	ip->payload = bytes_take(b, length < b->left ? length : b->left);
}

enum ipv6_header {
	HOP_BY_HOP = 0,
	ROUTING = 43,
	FRAGMENT = 44,
	DESTINATION = 60,
	MOBILITY = 135,
	HIP = 139,
	SHIM6 = 140,
};

static bool is_extension(uint8_t next)
{
	return next == HOP_BY_HOP || next == ROUTING || next == FRAGMENT || next == DESTINATION ||
	       next == MOBILITY || next == HIP || next == SHIM6;
}

/* RFC 8200 4. Stops behind a fragment header of a real fragment: what follows it in another
 * fragment than the first is no header. */
static void extensions_skip(struct bytes *b, struct ip_packet *ip)
{
	while (is_extension(ip->protocol) && !ip->is_fragment && bytes_ok(b)) {
		uint8_t kind = ip->protocol;
		uint8_t next = bytes_u8(b);
		uint8_t units = bytes_u8(b);

		if (kind == FRAGMENT) {
			uint16_t where = bytes_u16(b);

			ip->id = bytes_u32(b);
			ip->offset = where & 0xfff8u;
			ip->has_more = where & 1;
			/* RFC 6946: offset 0 and no more is a whole packet. */
			ip->is_fragment = ip->has_more || ip->offset > 0;
		} else {
			bytes_take(b, units * 8u + 6u);
		}
		ip->protocol = next;
	}
}

void ip_headers_skip(struct ip_packet *ip)
{
	struct bytes b = bytes_of(ip->payload);

	if (ip->source.family == 6)
		extensions_skip(&b, ip);
	authentication_skip(&b, ip);
	if (!bytes_ok(&b)) {
		ip->payload = (struct span){.at = NULL, .len = 0};
		return;
	}
	ip->length -= bytes_offset(&b);
	ip->payload = bytes_rest(&b);
}

static struct address address_of_octets(const uint8_t four[4])
{
	struct address a = {.family = 4};

	memcpy(a.octets, four, 4);
	return a;
}

static bool ipv4_decode(struct arena *a, struct bytes *b, size_t missing, struct ip_packet *ret,
			struct defect_list *defects)
{
	enum { PLAIN = 20, TOTAL = 2, ID = 4, FRAGMENT_WORD = 6, PROTOCOL = 9, ENDS = 12 };
	size_t have = b->left;
	/* its checksum proves nothing: offloaded at the sender */
	struct span plain = bytes_take(b, PLAIN);
	size_t header = (size_t)(span_u8(plain, 0) & 0xf) * 4;
	size_t total = span_u16(plain, TOTAL);
	uint16_t fragment = span_u16(plain, FRAGMENT_WORD);

	if (plain.len < PLAIN || header < PLAIN)
		return false;
	bytes_take(b, header - PLAIN);
	if (!bytes_ok(b))
		return false;
	/* Segmentation offload leaves 0 in what the sender captures. */
	if (total == 0)
		total = have + missing;
	if (total < header)
		return false;
	if (total > have + missing)
		bad(a, defects, "IPv4 total length", total, have);
	ret->source = address_of_octets(plain.at + ENDS);
	ret->destination = address_of_octets(plain.at + ENDS + 4);
	ret->protocol = span_u8(plain, PROTOCOL);
	ret->id = span_u16(plain, ID);
	ret->offset = (size_t)(fragment & 0x1fff) * 8;
	ret->has_more = fragment & 0x2000;
	ret->is_fragment = ret->has_more || ret->offset > 0;
	payload_take(b, total - header, ret);
	if (!ret->is_fragment && ret->protocol == IP_AH)
		ip_headers_skip(ret);
	return true;
}

static bool ipv6_decode(struct arena *a, struct bytes *b, size_t missing, struct ip_packet *ret,
			struct defect_list *defects)
{
	struct ip_packet ip = {0};
	size_t length, headers;

	bytes_u32(b); /* version, traffic class, flow label */
	length = bytes_u16(b);
	ip.protocol = bytes_u8(b);
	bytes_u8(b); /* hop limit */
	ip.source = address_take(b, 6);
	ip.destination = address_take(b, 6);
	if (!bytes_ok(b))
		return false;
	if (length == 0) /* jumbogram or offload */
		length = b->left + missing;
	if (length > b->left + missing)
		bad(a, defects, "IPv6 payload length", length, b->left);
	extensions_skip(b, &ip);
	headers = bytes_offset(b) - 40;
	if (!bytes_ok(b) || length < headers)
		return false;
	payload_take(b, length - headers, &ip);
	if (!ip.is_fragment)
		ip_headers_skip(&ip);
	*ret = ip;
	return true;
}

bool ip_decode(struct arena *a, struct span packet, size_t missing, struct ip_packet *ret,
	       struct defect_list *defects)
{
	struct bytes b = bytes_of(packet);
	uint8_t version = packet.len > 0 ? packet.at[0] >> 4 : 0;

	if (version == 4)
		return ipv4_decode(a, &b, missing, ret, defects);
	if (version == 6)
		return ipv6_decode(a, &b, missing, ret, defects);
	return false;
}

bool udp_decode(struct arena *a, const struct ip_packet *ip, struct udp *ret,
		struct defect_list *defects)
{
	enum { HEADER = 8 };
	struct bytes b = bytes_of(ip->payload);
	struct span head = bytes_take(&b, HEADER);
	size_t length = span_u16(head, 4);

	if (head.len < HEADER)
		return false;
	if (length < HEADER || length > ip->length) {
		if (length != 0) /* 0: RFC 2675 4, or offload */
			bad(a, defects, "UDP length", length, ip->length);
		length = ip->length;
	}
	length -= HEADER;
	*ret = (struct udp){.source = span_u16(head, 0),
			    .destination = span_u16(head, 2),
			    .payload = bytes_take(&b, length < b.left ? length : b.left),
			    .length = length};
	return true;
}

/* ERSPAN of type II and III puts a header before the mirrored Ethernet frame; type I none. */
static void erspan_skip(struct bytes *b, struct gre *gre, bool has_sequence)
{
	enum { ERSPAN_1_2 = 0x88be, ERSPAN_3 = 0x22eb, BRIDGED_ETHERNET = 0x6558 };

	if (gre->protocol == ERSPAN_1_2) {
		bytes_take(b, has_sequence ? 8 : 0);
		gre->protocol = BRIDGED_ETHERNET;
	} else if (gre->protocol == ERSPAN_3) {
		bool has_platform = b->left >= 12 && b->at[11] & 1;

		bytes_take(b, has_platform ? 20 : 12);
		gre->protocol = BRIDGED_ETHERNET;
	}
}

bool gre_decode(const struct ip_packet *ip, struct gre *ret)
{
	enum {
		CHECKSUM = 0x8000,
		SOURCE_ROUTE = 0x4000,
		KEY = 0x2000,
		SEQUENCE = 0x1000,
		ACKNOWLEDGEMENT = 0x0080,
		VERSION = 0x0007,
		PPTP = 1,
	};
	struct bytes b = bytes_of(ip->payload);
	uint16_t flags = bytes_u16(&b);
	struct gre gre = {.protocol = bytes_u16(&b), .has_key = flags & KEY};
	bool is_pptp = (flags & VERSION) == PPTP;

	if ((flags & VERSION) > PPTP || flags & SOURCE_ROUTE)
		return false;
	if (flags & CHECKSUM)
		bytes_u32(&b);
	gre.key = gre.has_key ? bytes_u32(&b) : 0;
	if (is_pptp)
		gre.key &= 0xffff; /* the upper half is the payload length */
	if (flags & SEQUENCE)
		bytes_u32(&b);
	if (is_pptp && flags & ACKNOWLEDGEMENT)
		bytes_u32(&b);
	erspan_skip(&b, &gre, flags & SEQUENCE);
	if (!bytes_ok(&b) || (is_pptp && !(flags & SEQUENCE)))
		return false;
	gre.payload = bytes_rest(&b);
	*ret = gre;
	return true;
}

const char *ip_protocol_name(uint8_t protocol)
{
	static const struct {
		uint8_t protocol;
		const char *what;
	} names[] = {
		{IP_TCP, "TCP"},   {IP_AH, "AH"},          {IP_IGMP, "IGMP"},     {IP_OSPF, "OSPF"},
		{IP_SCTP, "SCTP"}, {IP_IN_IP, "IP in IP"}, {IP_IPV6, "IP in IP"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].protocol == protocol)
			return names[i].what;
	return "other IP";
}
