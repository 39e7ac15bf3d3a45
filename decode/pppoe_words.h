/* PPPoE discovery as daemons print it: events of packets that nobody saw octet by octet. */
#ifndef L2TPSCOPE_PPPOE_WORDS_H
#define L2TPSCOPE_PPPOE_WORDS_H

#include "speech.h"

enum { PPPOE_PADS = 0x65 };

/* One packet, as far as the words tell of it. */
struct pppoe_words {
	uint8_t code;
	uint16_t id;
	uint8_t from[6], to[6];
	struct span tags; /* as on the wire */
};

/* The code of "PADI" …; 0: it is none. */
uint8_t pppoe_code(struct str name);

/* `02:00:5e:10:00:01`, and nothing else. */
bool mac_read(struct str s, uint8_t ret[6]);

struct event *pppoe_words_event(struct speech *s, const struct spoken *line, enum sense sense,
				const struct pppoe_words *w);

#endif
