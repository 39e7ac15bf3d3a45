/* What stands before the octets of a packet: its time, its direction. */
#ifndef L2TPSCOPE_HEX_PREAMBLE_H
#define L2TPSCOPE_HEX_PREAMBLE_H

#include "clock.h"
#include "event.h"

struct hex_preamble {
	struct moment when;
	struct str stamp; /* in the line */
	bool has_sense;
	enum sense sense;
	bool is_derived; /* Wireshark: octets that it put together from packets before */
};

/* Reads a line between packets into `ret`, which keeps what the line does not tell. True when
 * it told something. `year` for stamps without one, 0 unknown. Read are times as tcpdump, tshark,
 * text2pcap and IOS print them, `I` and `O` of text2pcap, `In` and `Out` of tcpdump. */
bool hex_preamble_read(struct str line, int year, struct hex_preamble *ret);

#endif
