/* L2F (RFC 2341), L2TP's ancestor on the same port.
 *
 * An event of L2F has l2tp.version 1: tunnel_id is the Client ID, session_id the Multiplex ID,
 * ns the sequence octet. A management message is an EVENT_CONTROL whose message is one of enum
 * l2f_message (code.h); its options are its AVPs, of vendor L2F_VENDOR and with the number
 * (message << 8 | option): 0x0102 is the name in an L2F_CONF. Their length counts all octets
 * of the option. What an L2F_ECHO carries is option 0. */
#ifndef L2TPSCOPE_L2F_H
#define L2TPSCOPE_L2F_H

#include "event.h"

/* No AVP has this vendor. */
enum { L2F_VENDOR = 0xffff };

/* Of the first 16 bits: RFC 2341 4.2 */
enum l2f_flag {
	L2F_OFFSET = 0x8000,
	L2F_KEY = 0x4000,
	L2F_PRIORITY = 0x2000,
	L2F_SEQUENCE = 0x1000,
	L2F_RESERVED = 0x0ff0,
	L2F_CHECKED = 0x0008, /* a checksum follows the payload */
	L2F_VERSION = 0x0007,
};

/* The options by message and number; their rows are of the same kind as those of AVPs. */
size_t l2f_rows(const struct avp_row **ret);

/* Reads one packet; `missing` octets behind it were not captured. `e` has l2tp.flags and
 * version. PPP is left to the caller in *ret_payload. */
void l2f_decode(struct arena *scratch, struct span packet, size_t missing, struct event *e,
		struct defect_list *defects, struct span *ret_payload);

#endif
