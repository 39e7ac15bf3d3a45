/* Link layers: from the first octet of a captured frame to where IP or PPP starts. */
#ifndef L2TPSCOPE_LINKTYPE_H
#define L2TPSCOPE_LINKTYPE_H

#include "bytes.h"

/* Beside libpcap's: what stands in a bare dump of octets. */
enum { LINK_UDP = 1 << 20, LINK_L2TP };

/* EtherTypes that are carried elsewhere, too; BRIDGED: an Ethernet frame. */
enum { ETHER_IPV4 = 0x0800, ETHER_BRIDGED = 0x6558, ETHER_IPV6 = 0x86dd };

enum link_payload {
	LINK_IP,       /* payload starts with an IPv4 or IPv6 header */
	LINK_PPP,      /* payload is a PPP frame */
	LINK_PPPOE,    /* payload is a PPPoE discovery packet */
	LINK_DATAGRAM, /* payload is a UDP header and what follows it */
	LINK_MESSAGE,  /* payload is an L2TP message */
	LINK_OTHER,    /* none of them; `what` says what it is */
};

struct link_frame {
	enum link_payload kind;
	struct span payload;
	const char *what; /* LINK_OTHER, in words: "ARP" */
	uint32_t vlan[2]; /* outermost and innermost 802.1Q id, 0 none */
	uint32_t label;   /* bottom MPLS label, 0 none */
	bool has_pppoe;   /* the PPP frame is of a PPPoE session */
	uint16_t pppoe;   /* its session id */
	bool is_hdlc;     /* PPP in HDLC-like framing: hdlc_open() reads it */
	bool has_flags;   /* with a flag before and behind it, which are gone */
	bool has_mac;     /* the two below are known */
	uint8_t sent_by;  /* 1 the other end, 2 the capturing host, 0 unknown */
	uint8_t from_mac[6];
	uint8_t to_mac[6];
};

/* As nearly always: IPv4 right behind the header of Ethernet. */
static inline bool link_decode_plain(int dlt, struct span frame, struct link_frame *ret)
{
	enum { EN10MB = 1, HEADER = 14, STATION = 6 };

	if (dlt != EN10MB || frame.len <= HEADER ||
	    span_u16(frame, (size_t)2 * STATION) != ETHER_IPV4 || frame.at[HEADER] >> 4 != 4)
		return false;
	*ret = (struct link_frame){
		.kind = LINK_IP,
		.payload = span_of(frame.at + HEADER, frame.len - HEADER),
		.has_mac = true,
	};
	memcpy(ret->to_mac, frame.at, STATION);
	memcpy(ret->from_mac, frame.at + STATION, STATION);
	return true;
}

/* `dlt` is libpcap's DLT_ number. A link type that is not in the table, or a frame that
 * ends inside its headers, is LINK_OTHER. */
void link_decode_any(int dlt, struct span frame, struct link_frame *ret);
static inline void link_decode(int dlt, struct span frame, struct link_frame *ret)
{
	if (!link_decode_plain(dlt, frame, ret))
		link_decode_any(dlt, frame, ret);
}

/* For what GRE carries: behind an EtherType; 0x6558 is a bridged Ethernet frame. */
void link_decode_type(uint16_t type, struct span payload, struct link_frame *ret);

/* For what PPP carries outside its link: behind an MPLS label stack (PPP 0x0281, 0x0283). */
void link_decode_mpls(struct span stack, struct link_frame *ret);

bool link_is_known(int dlt);

/* As libpcap names it, "EN10MB"; NULL where it knows none. */
const char *link_name(int dlt);

#endif
