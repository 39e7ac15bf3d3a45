#include "payload.h"

#include "code.h"
#include "ip.h"

enum {
	DEEPEST = 4, /* multilink in MPLS in …: nobody does more */
	TCP_SYN = 0x02,
	VJ_COMPRESSED = 0x002d,
	VJ_UNCOMPRESSED = 0x002f,
	LINK_COMPRESSED = 0x00fb,
	MPLS_UNICAST = 0x0281,
	MPLS_MULTICAST = 0x0283,
};

static void ip_values(struct value_list *list, struct span packet, unsigned depth);

static void ports_values(struct value_list *list, struct bytes *b, bool is_tcp)
{
	struct span source = bytes_take(b, 2);
	struct span destination = bytes_take(b, 2);

	if (!bytes_ok(b))
		return;
	value_number(list, is_tcp ? "tcp.srcport" : "udp.srcport", "Source Port", source,
		     value_of_octets(source));
	value_number(list, is_tcp ? "tcp.dstport" : "udp.dstport", "Destination Port", destination,
		     value_of_octets(destination));
}

/* RFC 9293 3.2: of a SYN's options the segment size is what an MTU shows in. */
static void mss_values(struct value_list *list, struct span options)
{
	enum { END_OF_LIST = 0, NO_OPERATION = 1, MSS = 2 };
	struct bytes b = bytes_of(options);

	while (b.left > 0) {
		uint8_t kind = bytes_u8(&b);
		uint8_t length;
		struct span value;

		if (kind == END_OF_LIST)
			return;
		if (kind == NO_OPERATION)
			continue;
		length = bytes_u8(&b);
		if (length < 2)
			return;
		value = bytes_take(&b, length - 2u);
		if (kind == MSS && value.len == 2)
			value_number(list, "tcp.options.mss_val", "MSS Value", value,
				     value_of_octets(value))
				->tells = true;
	}
}

static void tcp_values(struct value_list *list, struct span segment)
{
	struct bytes b = bytes_of(segment);
	struct span flags;
	uint8_t offset;
	size_t options;

	ports_values(list, &b, true);
	bytes_take(&b, 8); /* sequence, acknowledgement */
	offset = bytes_u8(&b);
	flags = bytes_take(&b, 1);
	if (!bytes_ok(&b))
		return;
	value_hex(list, "tcp.flags", "Flags", flags)->meaning =
		flags.at[0] & TCP_SYN ? "SYN" : NULL;
	bytes_take(&b, 6); /* window, checksum, urgent */
	options = (size_t)4 * (offset >> 4);
	if (flags.at[0] & TCP_SYN && options > 20) {
		struct bytes box = bytes_box(&b, options - 20);

		mss_values(list, bytes_rest(&box));
	}
}

static const char *icmp_name(bool is_v6, uint8_t type, uint8_t code)
{
	static const struct {
		bool is_v6;
		uint8_t type;
		int code; /* -1 any */
		const char *name;
	} names[] = {
		{false, 0, -1, "echo reply"},
		{false, 3, 0, "network unreachable"},
		{false, 3, 1, "host unreachable"},
		{false, 3, 3, "port unreachable"},
		{false, 3, 4, "fragmentation needed"},
		{false, 3, 13, "administratively prohibited"},
		{false, 3, -1, "destination unreachable"},
		{false, 5, -1, "redirect"},
		{false, 8, -1, "echo request"},
		{false, 11, -1, "time exceeded"},
		{false, 12, -1, "parameter problem"},
		{true, 1, -1, "destination unreachable"},
		{true, 2, -1, "packet too big"},
		{true, 3, -1, "time exceeded"},
		{true, 4, -1, "parameter problem"},
		{true, 128, -1, "echo request"},
		{true, 129, -1, "echo reply"},
		{true, 133, -1, "router solicitation"},
		{true, 134, -1, "router advertisement"},
		{true, 135, -1, "neighbour solicitation"},
		{true, 136, -1, "neighbour advertisement"},
		{true, 143, -1, "multicast listener report"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].is_v6 == is_v6 && names[i].type == type &&
		    (names[i].code < 0 || names[i].code == code))
			return names[i].name;
	return NULL;
}

/* RFC 792, RFC 1191 4, RFC 4443 3.2: the next hop's MTU is why calls lose large packets. */
static void icmp_values(struct value_list *list, bool is_v6, struct span message)
{
	struct bytes b = bytes_of(message);
	struct span type = bytes_take(&b, 1);
	struct span code = bytes_take(&b, 1);
	struct span mtu;
	struct value *v;

	if (!bytes_ok(&b))
		return;
	v = value_number(list, is_v6 ? "icmpv6.type" : "icmp.type", "Type", type, type.at[0]);
	v->meaning = icmp_name(is_v6, type.at[0], code.at[0]);
	v->tells = true;
	value_number(list, is_v6 ? "icmpv6.code" : "icmp.code", "Code", code, code.at[0]);
	bytes_take(&b, is_v6 ? 2 : 4);
	mtu = bytes_take(&b, is_v6 ? 4 : 2);
	if (bytes_ok(&b) && (is_v6 ? type.at[0] == 2 : type.at[0] == 3 && code.at[0] == 4))
		value_number(list, is_v6 ? "icmpv6.mtu" : "icmp.mtu", "MTU of next hop", mtu,
			     value_of_octets(mtu))
			->tells = true;
}

static const char *protocol_name(uint8_t protocol)
{
	static const struct {
		uint8_t number;
		const char *name;
	} names[] = {
		{IP_ICMP, "ICMP"},     {IP_IGMP, "IGMP"}, {IP_IN_IP, "IP in IP"}, {IP_TCP, "TCP"},
		{IP_UDP, "UDP"},       {IP_IPV6, "IPv6"}, {IP_GRE, "GRE"},        {IP_ESP, "ESP"},
		{IP_AH, "AH"},         {IP_OSPF, "OSPF"}, {IP_L2TP, "L2TPv3"},    {IP_SCTP, "SCTP"},
		{IP_ICMPV6, "ICMPv6"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].number == protocol)
			return names[i].name;
	return NULL;
}

static struct value *address_value(struct value_list *list, const char *field, const char *name,
				   const struct address *address)
{
	struct value *v = value_add(list, field, name, VALUE_ADDRESS, (struct span){0});

	v->address = *address;
	v->tells = true;
	return v;
}

static void transport_values(struct value_list *list, const struct ip_packet *ip, unsigned depth)
{
	struct bytes b = bytes_of(ip->payload);

	switch (ip->protocol) {
	case IP_TCP:
		tcp_values(list, ip->payload);
		return;
	case IP_UDP:
	case IP_SCTP:
		ports_values(list, &b, false);
		return;
	case IP_ICMP:
	case IP_ICMPV6:
		icmp_values(list, ip->protocol == IP_ICMPV6, ip->payload);
		return;
	case IP_IN_IP:
	case IP_IPV6:
		ip_values(list, ip->payload, depth + 1);
		return;
	default:
		return;
	}
}

static void ip_values(struct value_list *list, struct span packet, unsigned depth)
{
	struct defect_list ignored = {.arena = list->arena};
	struct ip_packet ip;
	struct value *v;
	bool is_v6;

	if (depth == DEEPEST || !ip_decode(list->arena, packet, 65535, &ip, &ignored))
		return;
	is_v6 = ip.source.family == 6;
	address_value(list, is_v6 ? "ipv6.src" : "ip.src", "Source Address", &ip.source);
	address_value(list, is_v6 ? "ipv6.dst" : "ip.dst", "Destination Address", &ip.destination);
	v = value_number(list, is_v6 ? "ipv6.nxt" : "ip.proto", "Protocol", (struct span){0},
			 ip.protocol);
	v->meaning = protocol_name(ip.protocol);
	if (ip.is_fragment)
		value_number(list, is_v6 ? "ipv6.fraghdr.offset" : "ip.frag_offset",
			     "Fragment Offset", (struct span){0}, ip.offset);
	if (ip.offset == 0)
		transport_values(list, &ip, depth);
}

/* RFC 3078 3.1, RFC 2118 4: two octets before what is compressed or encrypted. */
static void mppe_values(struct value_list *list, struct span payload)
{
	static const struct {
		uint8_t bit;
		const char *name;
	} bits[] = {
		{0x80, "MPPE/MPPC flushed (A)"},
		{0x40, "MPPE/MPPC at front of history (B)"},
		{0x20, "MPPE/MPPC compressed (C)"},
		{0x10, "MPPE/MPPC encrypted (D)"},
	};
	struct bytes b = bytes_of(payload);
	struct span header = bytes_take(&b, 2);

	if (!bytes_ok(&b))
		return;
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
		value_add(list, "", bits[i].name, VALUE_TRUTH, span_of(header.at, 1))->number =
			(header.at[0] & bits[i].bit) != 0;
	value_number(list, "", "MPPE/MPPC coherency count", header,
		     value_of_octets(header) & 0x0fff);
}

/* RFC 1144 3.2.2, as octets of the change mask. */
static void vj_values(struct value_list *list, struct span payload)
{
	enum { CONNECTION = 0x40 };
	struct bytes b = bytes_of(payload);
	struct span mask = bytes_take(&b, 1);
	struct span slot;

	if (!bytes_ok(&b))
		return;
	value_hex(list, "", "VJ change mask", mask);
	if (!(mask.at[0] & CONNECTION))
		return;
	slot = bytes_take(&b, 1);
	if (bytes_ok(&b))
		value_number(list, "", "VJ connection", slot, slot.at[0]);
}

/* RFC 1144 3.2.3: a whole packet, with the slot where the protocol of IP was. */
static void vj_whole_values(struct value_list *list, struct span payload)
{
	enum { PROTOCOL = 9, IPV4_HEADER = 20 };
	uint8_t *copy;

	if (payload.len < IPV4_HEADER)
		return;
	value_number(list, "", "VJ connection", span_of(payload.at + PROTOCOL, 1),
		     payload.at[PROTOCOL]);
	copy = arena_alloc(list->arena, payload.len);
	if (!copy)
		return;
	memcpy(copy, payload.at, payload.len);
	copy[PROTOCOL] = IP_TCP;
	ip_values(list, span_of(copy, payload.len), 0);
}

static void mpls_values(struct value_list *list, struct span payload, unsigned depth)
{
	struct bytes b = bytes_of(payload);
	uint64_t entry;

	do {
		struct span octets = bytes_take(&b, 4);

		entry = value_of_octets(octets);
		if (!bytes_ok(&b))
			return;
		value_number(list, "mpls.label", "MPLS Label", octets, entry >> 12);
	} while (!(entry & 0x100));
	ip_values(list, bytes_rest(&b), depth + 1);
}

static void protocol_values(struct value_list *list, uint16_t protocol, struct span payload,
			    unsigned depth);

/* What is inside a whole packet, or of its first fragment. */
static void bundle_values(struct value_list *list, struct span payload, unsigned depth)
{
	struct multilink m;
	struct bytes b;
	uint16_t protocol;
	struct value *v;

	if (!multilink_decode(payload, &m))
		return;
	multilink_values(list, &m);
	if (!m.begins)
		return;
	b = bytes_of(m.inside);
	protocol = bytes_u8(&b);
	if (!(protocol & 1))
		protocol = (uint16_t)(protocol << 8 | bytes_u8(&b));
	if (!bytes_ok(&b))
		return;
	v = value_number(list, "ppp.protocol", "Protocol inside", (struct span){0}, protocol);
	v->meaning = code_name(CODE_PPP_PROTOCOL, protocol);
	protocol_values(list, protocol, bytes_rest(&b), depth + 1);
}

static void protocol_values(struct value_list *list, uint16_t protocol, struct span payload,
			    unsigned depth)
{
	if (depth == DEEPEST)
		return;
	switch (protocol) {
	case PPP_IPV4:
	case PPP_IPV6:
		ip_values(list, payload, depth);
		return;
	case PPP_MULTILINK:
		bundle_values(list, payload, depth);
		return;
	case PPP_COMPRESSED:
	case LINK_COMPRESSED:
		mppe_values(list, payload);
		return;
	case VJ_COMPRESSED:
		vj_values(list, payload);
		return;
	case VJ_UNCOMPRESSED:
		vj_whole_values(list, payload);
		return;
	case MPLS_UNICAST:
	case MPLS_MULTICAST:
		mpls_values(list, payload, depth);
		return;
	default:
		return;
	}
}

void payload_values(struct value_list *list, const struct event *e)
{
	if (e->kind == EVENT_DATA && e->data.payload.len > 0)
		protocol_values(list, e->data.protocol, e->data.payload, 0);
}

bool payload_is_decoded(uint16_t protocol)
{
	static const uint16_t decoded[] = {
		PPP_IPV4,      PPP_IPV6,        PPP_MULTILINK, PPP_COMPRESSED, LINK_COMPRESSED,
		VJ_COMPRESSED, VJ_UNCOMPRESSED, MPLS_UNICAST,  MPLS_MULTICAST,
	};

	for (size_t i = 0; i < sizeof(decoded) / sizeof(decoded[0]); i++)
		if (decoded[i] == protocol)
			return true;
	return false;
}
