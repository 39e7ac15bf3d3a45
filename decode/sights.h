/* What was seen already: sessions and pairs that are counted once each, however many packets
 * they have. Keys are hashes; two that collide count as one. */
#ifndef L2TPSCOPE_SIGHTS_H
#define L2TPSCOPE_SIGHTS_H

#include "event.h"

enum sight { SIGHT_NEW, SIGHT_KNOWN, SIGHT_LIMIT };

struct sights;

struct sights *sights_new(void);
void sights_free(struct sights *s);

/* Beyond LIMIT_SIGHTS nothing new is remembered. */
enum sight sights_take(struct sights *s, uint64_t key);

/* `what` between two ends, whichever way the packet goes. */
uint64_t sight_of_session(const char *what, const struct path *path); /* MACs, VLANs, PPPoE id */
uint64_t sight_of_pair(const char *what, const struct party *a, const struct party *b);

#endif
