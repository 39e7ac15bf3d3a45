/* IPv4 and IPv6 addresses, and those of Ethernet stations. */
#ifndef L2TPSCOPE_ADDRESS_H
#define L2TPSCOPE_ADDRESS_H

#include "text.h"

enum { ADDRESS_MAC = 48 };

/* family 0 = unknown. */
struct address {
	uint8_t family; /* 0, 4, 6 or ADDRESS_MAC */
	uint8_t octets[16];
};

/* Of other families than IPv4. */
bool address_equal_long(const struct address *a, const struct address *b);

static inline bool address_equal(const struct address *a, const struct address *b)
{
	if (a->family == 4 && b->family == 4)
		return memcmp(a->octets, b->octets, 4) == 0;
	return address_equal_long(a, b);
}

void address_print(struct text *t, const struct address *a); /* nothing when unknown */
bool address_parse(struct str s, struct address *ret);
struct address address_v4(uint32_t host_order);
struct address address_mac(const uint8_t octets[6]);

#endif
