/* A data packet at a glance: payload of L2TPv2 over UDP with nothing about it that must be told.
 *
 * In a busy capture nearly every packet is one, and all that is to be learned from it is that it
 * came: it is counted (reconstruct/meter.h) and becomes no event. Whatever is not quite usual
 * (fragments, other carriers, lengths that contradict each other, PPP control protocols) is no
 * glance and takes the way of every packet (frame.h). */
#ifndef L2TPSCOPE_GLANCE_H
#define L2TPSCOPE_GLANCE_H

#include "event.h"

enum glance_form { GLANCE_SEQUENCED = 1, GLANCE_OFFSET = 2 };

/* What the packets of one direction of a session have in common; without padding, to be compared
 * as octets. */
struct glance_key {
	uint8_t source[16], destination[16];
	uint16_t source_port, destination_port;
	uint16_t vlan[2];
	uint16_t tunnel_id, session_id;
	uint16_t protocol; /* PPP */
	uint8_t family;
	uint8_t form; /* enum glance_form */
};

struct glance {
	struct glance_key key;
	struct moment when;
	uint64_t frame;
	uint64_t number; /* event.number, had it become one */
	uint16_t input, vantage;
	uint16_t ns;         /* GLANCE_SEQUENCED */
	size_t length;       /* data.length */
	struct span payload; /* data.payload */
};

/* Who may be content with a glance; false: give the event. NULL: nobody. */
struct glance_taker {
	bool (*wants)(const void *self); /* is there anything that a glance could count for? */
	bool (*take)(void *self, struct glance *g);
	void *self;
};

struct frame;
/* False: it takes a closer look. `number` is left to the caller. */
bool glance_read(const struct frame *f, struct glance *ret);

/* The same of an event. */
bool glance_of(const struct event *e, struct glance *ret);

#endif
