/* What a decoder learned about addresses: host names of AVP 7, ports with tunnels. A set
 * of at most LIMIT_PEERS facts. */
#ifndef L2TPSCOPE_L2TP_PEERS_H
#define L2TPSCOPE_L2TP_PEERS_H

#include "event.h"

struct peers;

struct peers *peers_new(void);
void peers_free(struct peers *p);

/* False when there is no room; unknown addresses and names are not kept. */
bool peers_add_port(struct peers *p, const struct address *address, uint16_t port);
bool peers_add_name(struct peers *p, const struct address *address, struct str name);

bool peers_has_port(const struct peers *p, const struct address *address, uint16_t port);
/* The names of an address, one a call; start with *at = 0. False at the end. */
bool peers_name(const struct peers *p, const struct address *address, size_t *at, struct str *ret);

#endif
