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
	uint16_t ns;                /* GLANCE_SEQUENCED */
	size_t length;              /* data.length */
	struct span payload;        /* data.payload */
	size_t ip;                  /* where its IP header is, in the frame */
	struct glance_lease *lease; /* the source could count those that look alike; or NULL */
};

struct meter;
struct vantage;

/* A source that knows packets of one key again without reading them (alike.c, digest_count.c)
 * counts them by itself, as long as the lease is open: what it counted is taken when somebody wants
 * to know (reconstruct/meter.h). Memory is the source's. */
struct glance_lease {
	bool is_open;
	uint16_t ns; /* GLANCE_SEQUENCED: that the next one is to have */
	uint16_t input, vantage;
	int64_t *heard_ns;      /* when the tunnel's end was heard last: kept up to date */
	uint64_t n, octets;     /* counted, and not yet taken */
	uint64_t frame, number; /* of the newest, as in struct glance */
	struct moment when;
	/* the taker's */
	struct meter *meter;
	struct glance_lease *next, **at;
};

/* What a source must know to count a while: until it gives an event or asks for one glance. */
struct glance_leave {
	uint64_t number;   /* of the newest event */
	int64_t latest_ns; /* its time; time goes on from there in small steps … */
	int64_t until_ns;  /* … and stays before this */
};

enum { GLANCE_STEP_S = 10 }; /* of time, at most, for the tunnel's end and for all */

/* Who may be content with a glance; false: give the event. NULL: nobody. */
struct glance_taker {
	bool (*wants)(const void *self); /* is there anything that a glance could count for? */
	bool (*take)(void *self, struct glance *g);
	void *self;
	/* May leases be counted now? NULL: never. And behind it: the one that was counted last. */
	bool (*leave)(const void *self, const struct vantage *v, struct glance_leave *ret);
	void (*counted)(void *self, const struct glance_lease *newest);
	/* Is it this packet's turn? NULL: always. False: SOURCE_WAITS (source.h). */
	bool (*is_turn)(const void *self, const struct glance *g);
};

struct frame;
/* False: it takes a closer look. `number` is left to the caller. */
bool glance_read(const struct frame *f, struct glance *ret);

/* Router Advertisements and answers of a DHCPv6 server are looked for in payload (rules_ncp.c): may
 * it be one? Then it is never counted without a look. */
bool glance_is_asked(uint16_t protocol, struct span payload);

/* What glance_read() gives, of an event. */
bool glance_of(const struct event *e, struct glance *ret);

#endif
