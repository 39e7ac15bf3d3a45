/* Is what two recordings show one PPP link? What both ends chose by chance says so. */
#ifndef L2TPSCOPE_SAME_LINK_H
#define L2TPSCOPE_SAME_LINK_H

#include "model.h"

enum { CHALLENGE_LEAST = 8 }; /* octets that do not come twice */

/* A CHAP challenge of so many octets says so, or both magic numbers. */
bool link_is_same(const struct ppp_link *a, const struct ppp_link *b);
/* The same, as far as only one end of it ever spoke; enough where nothing else is known of it. */
bool link_fits(const struct ppp_link *a, const struct ppp_link *b);
/* The same link, but what one calls the client is the other's LNS. */
bool link_is_reversed(const struct ppp_link *a, const struct ppp_link *b);

/* The magic number that an end asked for last, empty when none. */
struct span link_magic(const struct ppp_link *l, unsigned side);

#endif
