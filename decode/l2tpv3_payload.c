#include "l2tpv3_payload.h"

#include "code.h"

enum {
	ETHER_IPV4 = 0x0800,
	ETHER_ARP = 0x0806,
	ETHER_VLAN = 0x8100,
	ETHER_IPV6 = 0x86dd,
	ETHER_SERVICE_VLAN = 0x88a8,
	ETHER_FIRST = 0x0600, /* below it is a length, IEEE 802.3 */
	ETHER_PADDED = 46,    /* the least payload of Ethernet */
	TAGS = 3,
	IPV4_HEADER = 20,
	IPV6_HEADER = 40,
	NLPID_IPV4 = 0xcc, /* RFC 2427 3 */
	NLPID_IPV6 = 0x8e,
	NLPID_PPP = 0xcf,
};

/* What is left of a payload: the known octets, and those on the wire. */
struct rest {
	struct bytes b;
	size_t whole;
};

static void skip(struct rest *r, size_t n)
{
	bytes_take(&r->b, n);
	r->whole = r->whole > n ? r->whole - n : 0;
}

static uint16_t take_u16(struct rest *r)
{
	r->whole = r->whole > 2 ? r->whole - 2 : 0;
	return bytes_u16(&r->b);
}

static bool is_checksum_right(struct bytes header)
{
	uint32_t sum = 0;

	while (header.left > 0)
		sum += bytes_u16(&header);
	sum = (sum & 0xffff) + (sum >> 16);
	return ((sum & 0xffff) + (sum >> 16)) == 0xffff;
}

/* Ethernet pads; nothing else does. */
static bool is_length_right(const struct rest *r, size_t length, bool may_pad)
{
	return length == r->whole || (may_pad && length < r->whole && r->whole <= ETHER_PADDED);
}

static enum evidence judge_ipv4(const struct rest *r, bool may_pad)
{
	struct bytes b = r->b;
	uint8_t first = bytes_u8(&b);
	size_t header = (size_t)4 * (first & 15u);
	size_t length;

	bytes_u8(&b);
	length = bytes_u16(&b);
	b = r->b;
	b = bytes_of(bytes_take(&b, header));
	if (first >> 4 != 4 || header < IPV4_HEADER || length < header || length > r->whole ||
	    b.left != header || !is_checksum_right(b))
		return EVIDENCE_NONE;
	/* Behind Ethernet, padding or a frame check sequence (RFC 4720) may follow. */
	return may_pad || length == r->whole ? EVIDENCE_STRONG : EVIDENCE_NONE;
}

static enum evidence judge_ipv6(const struct rest *r, bool may_pad)
{
	static const uint8_t next_headers[] = {0, 6, 17, 41, 43, 44, 47, 50, 51, 58, 59, 60, 89};
	struct bytes b = r->b;
	uint8_t first = bytes_u8(&b);
	uint8_t next;
	size_t length;

	bytes_take(&b, 3);
	length = bytes_u16(&b);
	next = bytes_u8(&b);
	bytes_take(&b, 33);
	if (!bytes_ok(&b) || first >> 4 != 6 || !is_length_right(r, length + IPV6_HEADER, may_pad))
		return EVIDENCE_NONE;
	return memchr(next_headers, next, sizeof(next_headers)) ? EVIDENCE_STRONG : EVIDENCE_NONE;
}

static enum evidence judge_arp(const struct rest *r)
{
	struct bytes b = r->b;
	uint16_t hardware = bytes_u16(&b);
	uint16_t protocol = bytes_u16(&b);
	uint16_t sizes = bytes_u16(&b);

	bytes_take(&b, 22);
	if (!bytes_ok(&b) || hardware != 1 || protocol != ETHER_IPV4 || sizes != 0x0604)
		return EVIDENCE_NONE;
	return EVIDENCE_STRONG;
}

static enum evidence judge_type(const struct rest *r, uint16_t type, bool may_pad)
{
	if (type == ETHER_IPV4)
		return judge_ipv4(r, may_pad);
	if (type == ETHER_IPV6)
		return judge_ipv6(r, may_pad);
	if (type == ETHER_ARP)
		return judge_arp(r);
	return code_lookup(CODE_ETHERTYPE, type) ? EVIDENCE_WEAK : EVIDENCE_NONE;
}

static struct inner look_ethernet(struct rest r)
{
	struct inner inner = {.pw_type = PW_ETHERNET};
	struct bytes source = r.b;
	uint16_t type;

	bytes_take(&source, 6);
	skip(&r, 12);
	type = take_u16(&r);
	for (unsigned i = 0; i < TAGS && (type == ETHER_VLAN || type == ETHER_SERVICE_VLAN); i++) {
		skip(&r, 2);
		type = take_u16(&r);
	}
	if (!bytes_ok(&r.b))
		return inner;
	if (type >= ETHER_FIRST)
		inner.ethertype = type;
	/* No station sends from a group address. */
	if (bytes_u8(&source) & 1)
		return inner;
	if (type >= ETHER_FIRST)
		inner.evidence = judge_type(&r, type, true);
	else if (type == r.whole || (type < r.whole && r.whole <= ETHER_PADDED))
		inner.evidence = EVIDENCE_WEAK;
	return inner;
}

/* Code, identifier and a Length that is right: RFC 1661 5. */
static enum evidence judge_control(const struct rest *r)
{
	struct bytes b = r->b;
	uint8_t code = bytes_u8(&b);
	uint16_t length;

	bytes_u8(&b);
	length = bytes_u16(&b);
	if (!bytes_ok(&b) || code == 0 || code > CP_TIME_REMAINING + 2 || length < 4)
		return EVIDENCE_NONE;
	return length == r->whole ? EVIDENCE_STRONG : EVIDENCE_NONE;
}

static struct inner look_ppp(struct rest r)
{
	struct inner inner = {.pw_type = PW_PPP, .is_ppp = true};
	struct rest after = r;
	uint16_t protocol;

	if (take_u16(&after) != 0xff03)
		after = r;
	r = after;
	protocol = take_u16(&r);
	if (!bytes_ok(&r.b))
		return inner;
	if (protocol == PPP_IPV4)
		inner.evidence = judge_ipv4(&r, false);
	else if (protocol == PPP_IPV6)
		inner.evidence = judge_ipv6(&r, false);
	else if (protocol >= 0x8000 && code_lookup(CODE_PPP_PROTOCOL, protocol))
		inner.evidence = judge_control(&r);
	return inner;
}

/* PPP in HDLC-like framing, or Cisco's: address 0f or 8f, 00, an ethertype. */
static struct inner look_hdlc(struct rest r)
{
	struct inner inner = {.pw_type = PW_HDLC};
	struct inner ppp = look_ppp(r);
	uint16_t address = take_u16(&r);

	if (address == 0xff03) {
		ppp.pw_type = PW_HDLC;
		return ppp;
	}
	if (address != 0x0f00 && address != 0x8f00)
		return inner;
	inner.ethertype = take_u16(&r);
	if (bytes_ok(&r.b))
		inner.evidence = judge_type(&r, inner.ethertype, false);
	return inner;
}

/* A Q.922 address of two or four octets, then RFC 2427's NLPID or Cisco's ethertype. */
static struct inner look_frame_relay(struct rest r)
{
	struct inner inner = {.pw_type = PW_FRAME_RELAY};
	uint16_t address = take_u16(&r);
	uint16_t type;

	if (!(address & 1))
		address = take_u16(&r);
	type = take_u16(&r);
	if (!bytes_ok(&r.b) || !(address & 1))
		return inner;
	if (type == (0x0300 | NLPID_PPP)) {
		struct inner ppp = look_ppp(r);

		inner.evidence = ppp.evidence;
		return inner;
	}
	if (type == (0x0300 | NLPID_IPV4))
		type = ETHER_IPV4;
	else if (type == (0x0300 | NLPID_IPV6))
		type = ETHER_IPV6;
	if (type < ETHER_FIRST)
		return inner;
	inner.ethertype = type;
	inner.evidence = judge_type(&r, type, false);
	return inner;
}

static struct inner look_ip(struct rest r)
{
	struct inner inner = {.pw_type = PW_IP};
	struct bytes b = r.b;
	unsigned version = bytes_u8(&b) >> 4;

	if (version != 4 && version != 6)
		return inner;
	inner.ethertype = version == 4 ? ETHER_IPV4 : ETHER_IPV6;
	inner.evidence = judge_type(&r, inner.ethertype, false);
	return inner;
}

static const struct {
	uint16_t pw_type;
	struct inner (*look)(struct rest r);
} looks[] = {
	{PW_ETHERNET, look_ethernet},       {PW_VLAN, look_ethernet}, {PW_PPP, look_ppp},
	{PW_FRAME_RELAY, look_frame_relay}, {PW_HDLC, look_hdlc},     {PW_IP, look_ip},
};

struct inner inner_look(struct span payload, size_t whole, uint16_t pw_type)
{
	struct rest r = {.b = bytes_of(payload), .whole = whole};
	struct inner best = {.pw_type = pw_type};

	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		struct inner inner;

		if (pw_type && looks[i].pw_type != pw_type)
			continue;
		inner = looks[i].look(r);
		if (pw_type) {
			inner.pw_type = pw_type;
			return inner;
		}
		if (inner.evidence > best.evidence)
			best = inner;
	}
	return best;
}
