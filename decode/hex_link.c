#include "hex_link.h"

#include <pcap/dlt.h>

#include "code.h"
#include "ip.h"
#include "l2tp.h"
#include "linktype.h"
#include "ppp.h"

/* How much a reading proves. A checksum that is right beats a length, a length beats fixed values
 * alone. */
enum fit { FIT_NONE = 0, FIT_VALUES = 2, FIT_LENGTH = 10, FIT_INSIDE = 4, FIT_CHECKSUM = 20 };

/* A reading: how well it fits, and how many octets it says are there. */
struct reading {
	unsigned fit;
	size_t original;
};

static const struct reading no_reading;

static uint16_t ones_sum(struct span octets)
{
	struct bytes b = bytes_of(octets);
	uint32_t sum = 0;

	while (b.left > 1)
		sum += bytes_u16(&b);
	if (b.left)
		sum += (uint32_t)bytes_u8(&b) << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* `length` as a header states it, of `there` octets: exact, cut by the dump, or padded to the
 * least frame of Ethernet. */
static unsigned length_fit(size_t length, size_t there)
{
	enum { PADDING = 46 };

	if (length == there)
		return FIT_LENGTH;
	if (length < there)
		return length <= PADDING && there <= PADDING + 4 ? FIT_VALUES + 3 : FIT_VALUES;
	return FIT_VALUES + 1;
}

static struct reading l2tp_read(struct span s)
{
	struct bytes b = bytes_of(s);
	uint16_t flags = bytes_u16(&b);
	uint16_t length = bytes_u16(&b);
	unsigned version = flags & 15u;

	if (!bytes_ok(&b))
		return no_reading;
	/* RFC 2661 3.1, RFC 3931 3.2.1: a control message has a length and numbers */
	if ((flags & 0xcbf0) == 0xc800 && (version == 2 || version == 3)) {
		if (s.len < 10 || length < 12 || length > 16384)
			return no_reading;
		if (!l2tp_plausible(s) && length != 12 && length < s.len)
			return no_reading;
		return (struct reading){length_fit(length, s.len) + FIT_INSIDE, length};
	}
	/* of data only what has a Length that fits, or PPP's own beginning behind the ids */
	if ((flags & 0x80f0) != 0 || version != 2)
		return no_reading;
	if (flags & 0x4000)
		return length == s.len ? (struct reading){FIT_LENGTH + FIT_VALUES, length}
				       : no_reading;
	bytes_take(&b, (flags & 0x0800 ? 6u : 2u));
	if (flags & 0x0200 || bytes_u16(&b) != 0xff03)
		return no_reading;
	return (struct reading){FIT_VALUES + FIT_INSIDE, s.len};
}

static struct reading udp_read(struct span s)
{
	struct bytes b = bytes_of(s);
	uint16_t source = bytes_u16(&b);
	uint16_t destination = bytes_u16(&b);
	uint16_t length = bytes_u16(&b);
	struct reading inside;

	bytes_u16(&b); /* checksum: its pseudo header is not known */
	if (!bytes_ok(&b) || (source != L2TP_PORT && destination != L2TP_PORT) || length < 9)
		return no_reading;
	inside = l2tp_read(bytes_rest(&b));
	if (length != s.len && !(length > s.len && inside.fit))
		return no_reading;
	return (struct reading){length_fit(length, s.len) + inside.fit + FIT_INSIDE, length};
}

static struct reading ipv4_read(struct span s)
{
	struct bytes b = bytes_of(s);
	size_t head = s.len ? (s.at[0] & 15u) * 4u : 0;
	struct reading ret;
	uint16_t length;
	uint16_t checksum;

	bytes_u16(&b);
	length = bytes_u16(&b);
	bytes_take(&b, 6);
	checksum = bytes_u16(&b);
	if (!bytes_ok(&b) || s.at[0] >> 4 != 4 || head < 20 || length < head || s.len < head)
		return no_reading;
	/* a sender may leave the checksum to its hardware */
	if (ones_sum(span_of(s.at, head)) != 0xffff && checksum != 0)
		return no_reading;
	ret = (struct reading){length_fit(length, s.len), length};
	ret.fit += checksum ? FIT_CHECKSUM : FIT_VALUES;
	return ret;
}

static struct reading ipv6_read(struct span s)
{
	struct bytes b = bytes_of(s);
	uint32_t first = bytes_u32(&b);
	uint16_t length = bytes_u16(&b);
	uint8_t next = bytes_u8(&b);

	bytes_take(&b, 33);
	if (!bytes_ok(&b) || first >> 28 != 6)
		return no_reading;
	if (next != IP_UDP && next != IP_TCP && next != IP_ICMPV6 && next != IP_L2TP &&
	    next != IP_ESP && next != IP_GRE && next != 0 && next != 44)
		return no_reading;
	if (length + 40u < s.len && s.len > 60)
		return no_reading;
	return (struct reading){length_fit(length + 40u, s.len) + FIT_INSIDE, length + 40u};
}

static struct reading ip_read(struct span s)
{
	return s.len && s.at[0] >> 4 == 6 ? ipv6_read(s) : ipv4_read(s);
}

/* A control packet whose Length fits (RFC 1661 5), or a datagram. */
static struct reading ppp_read(struct span s)
{
	struct bytes b = bytes_of(s);
	bool has_address = s.len > 2 && s.at[0] == 0xff && s.at[1] == 0x03;
	size_t head = has_address ? 4 : 2;
	struct reading inside;
	uint16_t protocol, length;

	if (has_address)
		bytes_u16(&b);
	protocol = bytes_u16(&b);
	if (bytes_ok(&b) && (protocol == PPP_IPV4 || protocol == PPP_IPV6)) {
		inside = ip_read(bytes_rest(&b));
		return inside.fit ? (struct reading){inside.fit, inside.original + head}
				  : no_reading;
	}
	bytes_u16(&b); /* code, identifier */
	length = bytes_u16(&b);
	if (!bytes_ok(&b) || !code_name(CODE_PPP_PROTOCOL, protocol) || !ppp_is_control(protocol) ||
	    length < 4 || s.at[head] == 0 || s.at[head] > 32 || length + head < s.len)
		return no_reading;
	if (length + head != s.len && !has_address)
		return no_reading;
	return (struct reading){length_fit(length + head, s.len) + (has_address ? FIT_INSIDE : 0),
				length + head};
}

/* Between two flags, with a check sequence that is right (RFC 1662). */
static struct reading hdlc_read(struct span s)
{
	enum { FLAG = 0x7e, LEAST = 8 };

	if (s.len < LEAST || s.at[0] != FLAG)
		return no_reading;
	if (s.at[1] == 0xff && (s.at[2] == 0x03 || (s.at[2] == 0x7d && s.at[3] == 0x23)))
		return (struct reading){FIT_LENGTH + (s.at[s.len - 1] == FLAG ? FIT_INSIDE : 0),
					s.len};
	return no_reading;
}

/* RFC 2516 4 */
static struct reading pppoe_read(struct span s, bool is_session)
{
	struct bytes b = bytes_of(s);
	uint8_t version = bytes_u8(&b);
	uint8_t code = bytes_u8(&b);
	uint16_t session = bytes_u16(&b);
	uint16_t length = bytes_u16(&b);
	bool is_code = is_session ? code == 0 && session != 0
				  : code_name(CODE_PPPOE, code) != NULL && code != 0;

	if (!bytes_ok(&b) || version != 0x11 || !is_code)
		return no_reading;
	return (struct reading){length_fit(length + 6u, s.len) + FIT_INSIDE, length + 6u};
}

static struct reading ether_type_read(uint16_t type, struct span s)
{
	switch (type) {
	case 0x0800:
	case 0x86dd:
		return ip_read(s);
	case 0x8863:
		return pppoe_read(s, false);
	case 0x8864:
		return pppoe_read(s, true);
	case 0x8847: /* the label stack's first entry: RFC 3032 */
		return s.len > 8 ? (struct reading){FIT_VALUES, s.len} : no_reading;
	case 0x0806: /* ARP of IPv4 over Ethernet, RFC 826 */
		return s.len >= 28 && memcmp(s.at, "\0\1\x08\0\6\4", 6) == 0
			       ? (struct reading){FIT_LENGTH, s.len}
			       : no_reading;
	default:
		return no_reading;
	}
}

static bool is_tag(uint16_t type)
{
	return type == 0x8100 || type == 0x88a8 || type == 0x9100;
}

bool hex_is_ether_type(uint16_t type)
{
	static const uint16_t read[] = {0x0800, 0x86dd, 0x8863, 0x8864, 0x8847, 0x0806};

	for (size_t i = 0; i < sizeof(read) / sizeof(read[0]); i++)
		if (type == read[i])
			return true;
	return is_tag(type);
}

/* What stands behind `head` octets, with its length. */
static struct reading behind(struct reading inside, size_t head, struct span s)
{
	if (!inside.fit)
		return no_reading;
	inside.original = inside.original + head > s.len ? inside.original + head : s.len;
	inside.fit++;
	return inside;
}

static struct reading ethernet_read(struct span s)
{
	struct bytes b = bytes_of(s);
	uint16_t type;

	bytes_take(&b, 12);
	type = bytes_u16(&b);
	for (int tags = 0; tags < 2 && is_tag(type); tags++) {
		bytes_u16(&b);
		type = bytes_u16(&b);
	}
	if (!bytes_ok(&b))
		return no_reading;
	return behind(ether_type_read(type, span_of(b.at, b.left)), bytes_offset(&b), s);
}

/* Protocol at `at`, payload at `head`. */
static struct reading cooked_read(struct span s, size_t at, size_t head)
{
	if (s.len <= head)
		return no_reading;
	return behind(ether_type_read((uint16_t)(s.at[at] << 8 | s.at[at + 1]),
				      span_of(s.at + head, s.len - head)),
		      head, s);
}

static struct reading sll_read(struct span s)
{
	return s.len > 16 && s.at[0] == 0 && s.at[1] < 5 ? cooked_read(s, 14, 16) : no_reading;
}

static struct reading sll2_read(struct span s)
{
	return s.len > 20 && s.at[2] == 0 && s.at[3] == 0 ? cooked_read(s, 0, 20) : no_reading;
}

/* The address family in the byte order of either kind of machine. */
static struct reading loopback_read(struct span s)
{
	if (s.len < 24 || s.at[1] || s.at[2] || (s.at[0] && s.at[3]))
		return no_reading;
	return behind(ip_read(span_of(s.at + 4, s.len - 4)), 4, s);
}

static struct reading cisco_hdlc_read(struct span s)
{
	if (s.len < 5 || (s.at[0] != 0x0f && s.at[0] != 0x8f) || s.at[1])
		return no_reading;
	return cooked_read(s, 2, 4);
}

static struct reading bare_pppoe_read(struct span s)
{
	struct reading discovery = pppoe_read(s, true);

	return discovery.original == s.len ? discovery : no_reading;
}

static const struct link_row {
	int dlt;
	struct reading (*read)(struct span packet);
} rows[] = {
	{DLT_EN10MB, ethernet_read},
	{DLT_RAW, ip_read},
	{LINK_UDP, udp_read},
	{LINK_L2TP, l2tp_read},
	{DLT_PPP, hdlc_read},
	{DLT_PPP, ppp_read},
	{DLT_LINUX_SLL, sll_read},
	{DLT_LINUX_SLL2, sll2_read},
	{DLT_NULL, loopback_read},
	{DLT_C_HDLC, cisco_hdlc_read},
	{DLT_PPP_ETHER, bare_pppoe_read},
};

struct hex_link hex_link_of(struct span packet)
{
	struct hex_link best = {.dlt = -1, .original = packet.len};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct reading r = rows[i].read(packet);

		if (r.fit <= best.fit)
			continue;
		best.dlt = rows[i].dlt;
		best.fit = r.fit;
		best.original = r.original > packet.len ? r.original : packet.len;
	}
	return best;
}
