/* The plain packet: UDP right behind the header of IPv4 or IPv6, no option, no fragment, and
 * lengths that agree. Nearly every packet of a capture is one, and its headers are read in one go;
 * what is not, ip.h takes step by step, and says what is wrong with it. */
#ifndef L2TPSCOPE_PLAIN_H
#define L2TPSCOPE_PLAIN_H

#include "ip.h"

struct plain {
	uint8_t family;
	const uint8_t *source, *destination; /* their addresses */
	uint16_t source_port, destination_port;
	uint16_t id;         /* of IPv4 */
	struct span payload; /* of UDP: what was captured of it */
	size_t length;       /* octets of it on the wire */
};

/* What an address of IPv4 leaves over stays as it was. */
static inline void plain_addresses(const struct plain *p, uint8_t source[16],
				   uint8_t destination[16])
{
	if (p->family == 4) {
		memcpy(source, p->source, 4);
		memcpy(destination, p->destination, 4);
	} else {
		memcpy(source, p->source, 16);
		memcpy(destination, p->destination, 16);
	}
}

/* False: not plain. `missing` octets behind `packet` were not captured. */
static inline bool plain_read(struct span packet, size_t missing, struct plain *ret)
{
	enum { IPV4 = 20, IPV6 = 40, UDP = 8, PLAIN_IPV4 = 0x45, FRAGMENT = 0x3fff };
	uint8_t first = span_u8(packet, 0);
	size_t length; /* by IP, behind its header */
	size_t header;
	struct span head, udp;

	if (first == PLAIN_IPV4 && packet.len >= IPV4 + UDP) {
		head = span_of(packet.at, header = IPV4);
		length = span_u16(head, 2);
		if (span_u16(head, 6) & FRAGMENT || span_u8(head, 9) != IP_UDP || length < IPV4)
			return false;
		length -= IPV4;
		ret->family = 4;
		ret->id = span_u16(head, 4);
		ret->source = head.at + 12;
		ret->destination = head.at + 16;
	} else if (first >> 4 == 6 && packet.len >= IPV6 + UDP) {
		head = span_of(packet.at, header = IPV6);
		length = span_u16(head, 4);
		if (span_u8(head, 6) != IP_UDP)
			return false;
		ret->family = 6;
		ret->id = 0;
		ret->source = head.at + 8;
		ret->destination = head.at + 24;
	} else {
		return false;
	}
	udp = span_of(packet.at + header, UDP);
	ret->source_port = span_u16(udp, 0);
	ret->destination_port = span_u16(udp, 2);
	ret->length = (size_t)span_u16(udp, 4) - UDP;
	ret->payload = span_of(udp.at + UDP, packet.len - header - UDP);
	if (span_u16(udp, 4) < UDP || span_u16(udp, 4) > length ||
	    length > packet.len + missing - header)
		return false;
	if (ret->payload.len > ret->length)
		ret->payload.len = ret->length;
	return true;
}

#endif
