/* IPv4, IPv6, UDP and GRE headers; reassembly of fragments. */
#ifndef L2TPSCOPE_IP_H
#define L2TPSCOPE_IP_H

#include "event.h"

enum ip_protocol {
	IP_ICMP = 1,
	IP_IGMP = 2,
	IP_IN_IP = 4,
	IP_TCP = 6,
	IP_UDP = 17,
	IP_IPV6 = 41,
	IP_GRE = 47,
	IP_ESP = 50,
	IP_AH = 51,
	IP_ICMPV6 = 58,
	IP_OSPF = 89,
	IP_L2TP = 115,
	IP_UTI = 120, /* Cisco: an older L2TPv3 data header */
	IP_SCTP = 132,
};

/* One IP packet, or one fragment of it. */
struct ip_packet {
	struct address source, destination;
	uint8_t protocol;    /* of the payload, behind extension headers */
	struct span payload; /* what was captured of it */
	size_t length;       /* octets of payload on the wire; more than payload.len when cut */
	uint32_t id;         /* identification; 0 in IPv6 without a fragment header */
	bool is_fragment;
	size_t offset; /* of this fragment's payload in the datagram */
	bool has_more; /* more fragments follow this one */
};

/* False when no header of IPv4 or IPv6 stands there; `ret` is then not written. Appends
 * IP_BAD for what the lengths contradict, unless `missing` octets behind `packet` were
 * cut by the capture. */
bool ip_decode(struct arena *a, struct span packet, size_t missing, struct ip_packet *ret,
	       struct defect_list *defects);

/* Moves the payload of a whole packet over IPv6 extension headers and AH. */
void ip_headers_skip(struct ip_packet *ip);

struct udp {
	uint16_t source, destination;
	struct span payload;
	size_t length; /* octets of payload on the wire */
};

/* False when the header of 8 octets is not whole. */
bool udp_decode(struct arena *a, const struct ip_packet *ip, struct udp *ret,
		struct defect_list *defects);

/* Of what is not read, in words: "TCP". */
const char *ip_protocol_name(uint8_t protocol);

/* GRE (RFC 2784, 2890), and PPTP's version of it (RFC 2637 4.1). */
struct gre {
	uint16_t protocol; /* an EtherType */
	bool has_key;
	uint32_t key; /* PPTP: the call id */
	struct span payload;
};

enum { GRE_PPP = 0x880b };

/* False for other versions, for source routing and for a header that is not whole; a PPTP
 * acknowledgement without payload is false too. */
bool gre_decode(const struct ip_packet *ip, struct gre *ret);

/* A datagram whose fragments all travelled is whole within a fraction of this; RFC 791 3.2
 * lets a receiver wait 15 s and more, but an event must not come that late. */
#define FRAGMENT_WAIT_NS INT64_C(5000000000)

/* Fragments wait here until their datagram is whole: in any order, twice, overlapping (the
 * first copy holds). At most LIMIT_FRAGMENTS and LIMIT_FRAGMENT_OCTETS: beyond, the oldest
 * datagram is given up; so is one of more than LIMIT_DATAGRAM fragments.
 * A datagram waits FRAGMENT_WAIT_NS. */
struct reassembly;

/* Where a fragment was seen: datagrams of different paths never mix. */
struct sighting {
	struct moment when;
	struct origin origin;
	struct path path;
};

/* A datagram that never became whole. */
enum lost_why {
	LOST_LATE,    /* the others did not come in time */
	LOST_EVICTED, /* given up for the limit */
	LOST_AT_END,  /* the input ended before they could come: no fault of anybody */
};

struct lost_datagram {
	struct ip_packet ip;  /* payload: what is there from its beginning, may be empty;
			       * valid until the next call */
	struct sighting last; /* of its newest fragment */
	size_t fragments;     /* how many of it came */
	enum lost_why why;
};

struct reassembly *reassembly_new(void);
void reassembly_free(struct reassembly *r);

/* Takes one fragment. True when its datagram is whole: `*ip` becomes the datagram, its
 * payload in `a`. */
bool reassembly_take(struct reassembly *r, struct arena *a, const struct sighting *seen,
		     struct ip_packet *ip);

/* Nothing waits, nothing was given up. */
bool reassembly_is_idle(const struct reassembly *r);

/* The next datagram to give up at `now`; with `is_end` all of them. False: none. */
bool reassembly_lost(struct reassembly *r, struct moment now, bool is_end,
		     struct lost_datagram *ret);

#endif
