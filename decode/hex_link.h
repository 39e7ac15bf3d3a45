/* Which link layer a bare packet begins with: nobody says so beside a dump. Told by content, and
 * strictly: lengths, checksums and fixed values must fit. */
#ifndef L2TPSCOPE_HEX_LINK_H
#define L2TPSCOPE_HEX_LINK_H

#include "bytes.h"

struct hex_link {
	int dlt;         /* for frame_decode; −1 unknown */
	unsigned fit;    /* 0: nothing fits; more is better */
	size_t original; /* octets on the wire, at least those that are there */
};

struct hex_link hex_link_of(struct span packet);
/* A frame of Ethernet has one of those types, or is none that is told. */
bool hex_is_ether_type(uint16_t type);

#endif
