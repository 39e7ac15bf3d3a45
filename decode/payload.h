/* What data packets carry, for whoever asks: the way of the data itself only counts them. */
#ifndef L2TPSCOPE_PAYLOAD_H
#define L2TPSCOPE_PAYLOAD_H

#include "event.h"

/* Addresses, ports, ICMP types, the MSS of a SYN, multilink and MPPE headers … of an
 * EVENT_DATA whose data.payload is known. */
void payload_values(struct value_list *list, const struct event *e);

/* Does payload_values say more of this PPP protocol than its name? */
bool payload_is_decoded(uint16_t protocol);

/* The header of a multilink fragment (RFC 1990 3). Whether sequence numbers are long or short
 * is agreed in LCP; here it is inferred from the octets. */
struct multilink {
	bool is_short;
	bool begins, ends;
	uint32_t sequence;
	struct span header;
	struct span inside;
};

bool multilink_decode(struct span payload, struct multilink *ret);
void multilink_values(struct value_list *list, const struct multilink *m);

#endif
