#include "linktype.h"

#include <pcap/dlt.h>

enum ether_type {
	ETHER_ARP = 0x0806,
	ETHER_VLAN = 0x8100,
	ETHER_PPP = 0x880b,
	ETHER_MPLS = 0x8847,
	ETHER_MPLS_MULTICAST = 0x8848,
	ETHER_PPPOE_DISCOVERY = 0x8863,
	ETHER_PPPOE_SESSION = 0x8864,
	ETHER_EAPOL = 0x888e,
	ETHER_PROVIDER_VLAN = 0x88a8,
	ETHER_LLDP = 0x88cc,
	ETHER_OLD_QINQ = 0x9100,
	ETHER_OLD_QINQ_2 = 0x9200,
};

static void mpls(struct bytes *b, struct link_frame *ret);

static void other(struct link_frame *ret, const char *what)
{
	ret->kind = LINK_OTHER;
	ret->what = what;
	ret->payload = (struct span){.at = NULL, .len = 0};
}

static void ppp(struct bytes *b, struct link_frame *ret)
{
	ret->kind = LINK_PPP;
	ret->payload = bytes_rest(b);
}

/* Raw IP, by its version. */
static void ip(struct bytes *b, struct link_frame *ret)
{
	uint8_t version = b->left > 0 ? b->at[0] >> 4 : 0;

	if (version != 4 && version != 6) {
		other(ret, "neither IPv4 nor IPv6");
		return;
	}
	ret->kind = LINK_IP;
	ret->payload = bytes_rest(b);
}

/* RFC 2516 4: version and type are 1, code 0 in a session; Length bounds the PPP frame. */
static void pppoe_session(struct bytes *b, struct link_frame *ret)
{
	uint16_t length;
	struct bytes box;

	bytes_u16(b); /* version, type, code */
	ret->pppoe = bytes_u16(b);
	length = bytes_u16(b);
	if (!bytes_ok(b)) {
		other(ret, "cut in its headers");
		return;
	}
	ret->has_pppoe = true;
	box = bytes_box(b, length);
	ppp(&box, ret);
}

/* 802.2: SNAP with an OUI of zero carries an EtherType. */
static bool snap_take(struct bytes *b, uint16_t *ret_type)
{
	uint32_t llc = bytes_u24(b);
	uint32_t oui = bytes_u24(b);

	*ret_type = bytes_u16(b);
	return bytes_ok(b) && llc == 0xaaaa03 && (oui == 0 || oui == 0x0000f8);
}

static void vlan_note(struct link_frame *ret, uint16_t tag)
{
	uint32_t id = tag & 0xfff;

	if (id == 0) /* only a priority */
		return;
	ret->vlan[ret->vlan[0] ? 1 : 0] = id;
}

static bool is_vlan(uint16_t type)
{
	switch (type) {
	case ETHER_VLAN:
	case ETHER_PROVIDER_VLAN:
	case ETHER_OLD_QINQ:
	case ETHER_OLD_QINQ_2:
		return true;
	default:
		return false;
	}
}

static void ether_type(struct bytes *b, uint16_t type, struct link_frame *ret)
{
	while (is_vlan(type)) {
		uint16_t tag = bytes_u16(b);

		vlan_note(ret, tag);
		type = bytes_u16(b);
	}
	if (!bytes_ok(b)) {
		other(ret, "cut in its headers");
		return;
	}
	if (type < 0x600 && !snap_take(b, &type)) {
		other(ret, "802.2");
		return;
	}
	switch (type) {
	case ETHER_IPV4:
	case ETHER_IPV6:
		ip(b, ret);
		return;
	case ETHER_MPLS:
	case ETHER_MPLS_MULTICAST:
		mpls(b, ret);
		return;
	case ETHER_PPPOE_SESSION:
		pppoe_session(b, ret);
		return;
	case ETHER_PPP:
		ppp(b, ret);
		return;
	case ETHER_PPPOE_DISCOVERY:
		ret->kind = LINK_PPPOE;
		ret->payload = bytes_rest(b);
		return;
	case ETHER_ARP:
		other(ret, "ARP");
		return;
	case ETHER_EAPOL:
		other(ret, "EAPOL");
		return;
	case ETHER_LLDP:
		other(ret, "LLDP");
		return;
	default:
		other(ret, "other Ethernet");
	}
}

static void ethernet(struct bytes *b, struct link_frame *ret)
{
	struct span stations = bytes_take(b, 12);

	if (stations.len > 0) {
		ret->has_mac = true;
		memcpy(ret->to_mac, stations.at, 6);
		memcpy(ret->from_mac, stations.at + 6, 6);
	}
	ether_type(b, bytes_u16(b), ret);
}

/* An Ethernet frame that holds what is read here. */
static bool is_bridged(struct bytes b)
{
	uint16_t type;

	bytes_take(&b, 12);
	type = bytes_u16(&b);
	while (is_vlan(type)) {
		bytes_u16(&b);
		type = bytes_u16(&b);
	}
	if (!bytes_ok(&b))
		return false;
	switch (type) {
	case ETHER_IPV4:
	case ETHER_IPV6:
	case ETHER_PPPOE_DISCOVERY:
	case ETHER_PPPOE_SESSION:
		return true;
	default:
		return false;
	}
}

/* An Ethernet pseudowire (RFC 4448 4.6): the frame, often behind a control word, which begins with
 * four bits of 0 (RFC 4385 3). */
static void mpls_ethernet(struct bytes *b, struct link_frame *ret)
{
	struct bytes behind = *b;
	uint32_t word = bytes_u32(&behind);

	if (word >> 28 == 0 && is_bridged(behind))
		*b = behind;
	if (is_bridged(*b))
		ethernet(b, ret);
	else
		other(ret, "MPLS");
}

/* RFC 3032 2.1: labels until the bottom-of-stack bit. Behind it nothing names the payload. */
static void mpls(struct bytes *b, struct link_frame *ret)
{
	uint32_t entry;

	do {
		entry = bytes_u32(b);
		if (!bytes_ok(b)) {
			other(ret, "cut in its headers");
			return;
		}
	} while (!(entry & 0x100));
	ret->label = entry >> 12;
	ip(b, ret);
	if (ret->kind == LINK_OTHER)
		mpls_ethernet(b, ret);
}

static void linux_cooked(struct bytes *b, struct link_frame *ret)
{
	bytes_take(b, 14); /* packet type, ARPHRD, address */
	ether_type(b, bytes_u16(b), ret);
}

static void linux_cooked_2(struct bytes *b, struct link_frame *ret)
{
	uint16_t type = bytes_u16(b);

	bytes_take(b, 18); /* reserved, interface, ARPHRD, packet type, address */
	ether_type(b, type, ret);
}

/* Four octets of address family in the byte order of whoever captured; IP says its version. */
static void loopback(struct bytes *b, struct link_frame *ret)
{
	bytes_u32(b);
	ip(b, ret);
}

/* PPP in HDLC-like framing, or Cisco HDLC on the same kind of line (RFC 1547 names both). */
static void hdlc(struct bytes *b, struct link_frame *ret)
{
	enum { FLAG = 0x7e, CISCO_UNICAST = 0x0f, CISCO_MULTICAST = 0x8f };

	bool starts = b->left > 0 && b->at[0] == FLAG;

	while (b->left > 0 && b->at[0] == FLAG)
		bytes_u8(b);
	ret->has_flags = starts && b->left > 0 && b->at[b->left - 1] == FLAG;
	/* of a frame that is kept without flags it is an octet as any other */
	while (starts && b->left > 0 && b->at[b->left - 1] == FLAG)
		b->left--;
	if (b->left < 2 || (b->at[0] != CISCO_UNICAST && b->at[0] != CISCO_MULTICAST) ||
	    b->at[1] != 0) {
		ppp(b, ret);
		ret->is_hdlc = true;
		return;
	}
	bytes_u16(b);
	ether_type(b, bytes_u16(b), ret);
}

/* pppd writes the direction where the address octet 0xff was. */
static void ppp_pppd(struct bytes *b, struct link_frame *ret)
{
	if (b->left >= 2 && b->at[1] == 0x03) {
		ret->sent_by = b->at[0] == 0 ? 1 : b->at[0] == 1 ? 2 : 0;
		bytes_take(b, 2);
	}
	ppp(b, ret);
}

static void ppp_with_direction(struct bytes *b, struct link_frame *ret)
{
	ret->sent_by = bytes_u8(b) == 0 ? 1 : 2;
	hdlc(b, ret);
}

/* IEEE 802.11-2016 9.2.3: only data frames in clear carry anything to read here. */
static void wifi(struct bytes *b, struct link_frame *ret)
{
	enum {
		TYPE = 0x0c,
		DATA = 0x08,
		EMPTY = 0x40,
		QOS = 0x80,
		BOTH_DS = 0x03,
		PROTECTED = 0x40,
		ORDER = 0x80,
	};
	uint8_t kind = bytes_u8(b);
	uint8_t flags = bytes_u8(b);
	uint16_t type;

	bytes_take(b, 22); /* duration, three addresses, sequence control */
	if ((flags & BOTH_DS) == BOTH_DS)
		bytes_take(b, 6);
	if (kind & QOS)
		bytes_take(b, flags & ORDER ? 6 : 2);
	if ((kind & TYPE) != DATA || kind & EMPTY)
		other(ret, "802.11");
	else if (flags & PROTECTED)
		other(ret, "encrypted 802.11");
	else if (!snap_take(b, &type))
		other(ret, "802.2");
	else
		ether_type(b, type, ret);
}

/* A header of the length that it says itself, little-endian, before the 802.11 frame. */
static void radiotap(struct bytes *b, struct link_frame *ret)
{
	uint16_t length;

	bytes_u16(b); /* version, padding */
	length = bytes_u16(b);
	length = (uint16_t)((length & 0xffu) << 8 | length >> 8);
	bytes_take(b, length > 4 ? length - 4u : 0);
	wifi(b, ret);
}

/* What IPsec decrypted or is about to encrypt (enc0 of the BSDs): family, SPI, flags, then IP. */
static void ipsec(struct bytes *b, struct link_frame *ret)
{
	bytes_take(b, 12);
	ip(b, ret);
}

/* pflog0: a header that says its length, without the padding to four octets. */
static void pf_log(struct bytes *b, struct link_frame *ret)
{
	size_t length = bytes_u8(b);

	bytes_take(b, length ? (length + 3) / 4 * 4 - 1 : 0);
	ip(b, ret);
}

static uint16_t u16_of_host(struct bytes *b, bool is_little)
{
	uint16_t n = bytes_u16(b);

	return (uint16_t)(is_little ? n << 8 | n >> 8 : n);
}

static uint32_t u32_of_host(struct bytes *b, bool is_little)
{
	uint32_t low = u16_of_host(b, is_little);
	uint32_t high = u16_of_host(b, is_little);

	return is_little ? high << 16 | low : low << 16 | high;
}

/* What netfilter logs (`nflog:5`), how L2TP behind IPsec is seen on Linux: TLVs in the byte order
 * of the host, padded to four octets; one of them is the IP packet. */
static void netfilter_log(struct bytes *b, struct link_frame *ret)
{
	enum { HEADER = 4, PAYLOAD = 9 };
	struct bytes first;
	struct bytes swapped;
	bool is_little;

	bytes_u32(b); /* family, version, group */
	first = *b;
	swapped = *b;
	is_little =
		u16_of_host(&swapped, true) < bytes_u16(&first); /* of two lengths the sane one */
	while (b->left >= HEADER) {
		size_t length = u16_of_host(b, is_little);
		uint16_t type = u16_of_host(b, is_little);
		struct bytes box = bytes_box(b, length < HEADER ? 0 : length - HEADER);

		if (type == PAYLOAD) {
			ip(&box, ret);
			return;
		}
		bytes_take(b, length % 4 ? 4 - length % 4 : 0);
	}
	other(ret, "cut in its headers");
}

/* Junos: "MGC", flags, perhaps extensions of a length that they say. False: the frame has no
 * link header of its own, and was read. */
static bool junos(struct bytes *b, struct link_frame *ret)
{
	enum { MAGIC = 0x4d4743, NO_LINK = 0x02, EXTENSIONS = 0x80, FAMILY = 4 };
	uint32_t magic = bytes_u24(b);
	uint8_t flags = bytes_u8(b);

	if (flags & EXTENSIONS)
		bytes_take(b, bytes_u16(b));
	if (!bytes_ok(b) || magic != MAGIC) {
		other(ret, "cut in its headers");
		return false;
	}
	if (!(flags & NO_LINK))
		return true;
	bytes_take(b, FAMILY);
	ip(b, ret);
	return false;
}

static void junos_ethernet(struct bytes *b, struct link_frame *ret)
{
	if (junos(b, ret))
		ethernet(b, ret);
}

static void junos_ppp(struct bytes *b, struct link_frame *ret)
{
	if (junos(b, ret))
		ppp(b, ret);
}

static void pktap(struct bytes *b, struct link_frame *ret);

static void udp(struct bytes *b, struct link_frame *ret)
{
	ret->kind = LINK_DATAGRAM;
	ret->payload = bytes_rest(b);
}

static void l2tp(struct bytes *b, struct link_frame *ret)
{
	ret->kind = LINK_MESSAGE;
	ret->payload = bytes_rest(b);
}

static const struct link_row {
	int dlt;
	void (*decode)(struct bytes *b, struct link_frame *ret);
} rows[] = {
	{DLT_EN10MB, ethernet},
	{DLT_LINUX_SLL, linux_cooked},
	{DLT_LINUX_SLL2, linux_cooked_2},
	{DLT_RAW, ip},
	{DLT_IPV4, ip},
	{DLT_IPV6, ip},
	{DLT_NULL, loopback},
	{DLT_LOOP, loopback},
	{DLT_PPP, hdlc},
	{DLT_PPP_SERIAL, hdlc},
	{DLT_C_HDLC, hdlc},
	{DLT_PPP_PPPD, ppp_pppd},
	{DLT_PPP_WITH_DIR, ppp_with_direction},
	{DLT_PPP_ETHER, pppoe_session},
	{DLT_MPLS, mpls},
	{DLT_ENC, ipsec},
	{DLT_PFLOG, pf_log},
	{DLT_NFLOG, netfilter_log},
	{DLT_JUNIPER_ETHER, junos_ethernet},
	{DLT_JUNIPER_PPPOE, junos_ethernet},
	{DLT_JUNIPER_PPP, junos_ppp},
	{DLT_PKTAP, pktap},
	{DLT_IEEE802_11, wifi},
	{DLT_IEEE802_11_RADIO, radiotap},
	{LINK_UDP, udp},
	{LINK_L2TP, l2tp},
};

static const struct link_row *link_find(int dlt)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].dlt == dlt)
			return &rows[i];
	return NULL;
}

/* macOS (`pktap`, `any`), little-endian: length, kind of record, link type of what follows. */
static void pktap(struct bytes *b, struct link_frame *ret)
{
	enum { PACKET = 1, READ = 12 };
	uint32_t length = u32_of_host(b, true);
	uint32_t kind = u32_of_host(b, true);
	uint32_t dlt = u32_of_host(b, true);
	const struct link_row *row = dlt == DLT_PKTAP ? NULL : link_find((int)dlt);

	bytes_take(b, length > READ ? length - READ : 0);
	if (!bytes_ok(b) || kind != PACKET)
		other(ret, bytes_ok(b) ? "no packet" : "cut in its headers");
	else if (row)
		row->decode(b, ret);
}

bool link_is_known(int dlt)
{
	return link_find(dlt) != NULL;
}

const char *link_name(int dlt)
{
	static const struct {
		int dlt;
		const char *name;
	} names[] = {
#define LINK_NAME(dlt, name) {dlt, name},
#include "link_name.def"
#undef LINK_NAME
		{LINK_UDP, "UDP"},
		{LINK_L2TP, "L2TP"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].dlt == dlt)
			return names[i].name;
	return NULL;
}

void link_decode_any(int dlt, struct span frame, struct link_frame *ret)
{
	const struct link_row *row = link_find(dlt);
	struct bytes b = bytes_of(frame);

	*ret = (struct link_frame){.kind = LINK_OTHER, .what = "unknown link type"};
	if (row)
		row->decode(&b, ret);
}

void link_decode_mpls(struct span stack, struct link_frame *ret)
{
	struct bytes b = bytes_of(stack);

	mpls(&b, ret);
}

void link_decode_type(uint16_t type, struct span payload, struct link_frame *ret)
{
	struct bytes b = bytes_of(payload);

	*ret = (struct link_frame){.kind = LINK_OTHER, .what = "unknown link type"};
	if (type == ETHER_BRIDGED)
		ethernet(&b, ret);
	else
		ether_type(&b, type, ret);
}
