/* What a pseudowire carries; inside decode/ only. */
#ifndef L2TPSCOPE_L2TPV3_PAYLOAD_H
#define L2TPSCOPE_L2TPV3_PAYLOAD_H

#include "event.h"

/* Pseudowire types that are looked into (CODE_PW_TYPE). */
enum pw_type {
	PW_FRAME_RELAY = 0x0001,
	PW_VLAN = 0x0004,
	PW_ETHERNET = 0x0005,
	PW_HDLC = 0x0006,
	PW_PPP = 0x0007,
	PW_IP = 0x000b,
};

enum evidence {
	EVIDENCE_NONE,   /* this is something else */
	EVIDENCE_WEAK,   /* it may be */
	EVIDENCE_STRONG, /* a checksum, or many fields, agree */
};

struct inner {
	uint16_t pw_type;
	uint16_t ethertype; /* 0 unknown */
	bool is_ppp;
	enum evidence evidence;
};

/* What `payload` is, when it is of `pw_type`; with 0, the type of which most speaks for it.
 * `whole` octets were on the wire. */
struct inner inner_look(struct span payload, size_t whole, uint16_t pw_type);

#endif
