/* A message put together again from what a log tells of it: octet by octet, each with its source.
 *
 * The packet line gives the header, `Parse AVP` lines the attributes, a dump the first octets, the
 * parentheses behind a PPP option its octets. What nothing tells stays unknown. A message is whole
 * only when every octet is known and its attributes, each with its stated length, end where its
 * stated length does. */
#ifndef L2TPSCOPE_REBUILD_H
#define L2TPSCOPE_REBUILD_H

#include "event.h"

enum octet_source {
	OCTET_UNKNOWN,
	OCTET_DUMPED,   /* a hex dump shows it */
	OCTET_PRINTED,  /* a line prints the value it belongs to */
	OCTET_IMPLIED,  /* a stated length leaves no other value */
	OCTET_INFERRED, /* the RFC leaves no other value */
	OCTET_SOURCES,
};
const char *octet_source_name(enum octet_source s);

struct octet {
	uint8_t value;
	uint8_t source; /* enum octet_source */
	uint16_t input; /* where the line is */
	uint64_t line;
};

struct rebuilt {
	const struct octet *octets;
	size_t n; /* as the message states */
	bool is_whole;
	bool is_least; /* it states none: it is at least that long, and its parts stand in any order
			*/
};

/* Lines of the parts of a message, where they are known better than by the event. */
struct rebuild_lines {
	uint64_t head, dump;
	const uint64_t *parts; /* of each attribute or option */
	size_t n_parts;
};

/* NULL when not even a length is known. `lines` may be NULL. Parts live in `a`. */
const struct rebuilt *rebuild_control(struct arena *a, const struct event *e,
				      const struct rebuild_lines *lines);
const struct rebuilt *rebuild_ppp(struct arena *a, const struct event *e,
				  const struct rebuild_lines *lines);

/* What is known of a control message besides its own lines. */
struct rebuild_known {
	uint32_t to_tunnel, to_session;   /* of the header, assigned by the receiver */
	uint32_t own_tunnel, own_session; /* assigned by the sender; 0 unknown */
	struct str name;                  /* of the sender */
};

/* A control message of which no line tells a length: its header, what is known of it, and room
 * for what RFC 2661 6 demands besides. NULL when it is not even named. (rebuild_least.c) */
const struct rebuilt *rebuild_least(struct arena *a, const struct event *e,
				    const struct rebuild_known *known);

/* The message with the Ns and Nr that follow from those before it, where it tells none. */
const struct rebuilt *rebuilt_with_sequence(struct arena *a, const struct rebuilt *b, uint16_t ns,
					    uint16_t nr, uint16_t input, uint64_t line);

/* The same message told twice, by both of its ends: what one does not know the other may. NULL
 * when they contradict each other. */
const struct rebuilt *rebuilt_join(struct arena *a, const struct rebuilt *x,
				   const struct rebuilt *y);

/* A CHAP challenge or response that tells no value, completed by the one that its ICCN hands on
 * (RFC 2661 4.4.5), printed in `line`; `b` itself where it does not fit. */
const struct rebuilt *rebuilt_with_value(struct arena *a, const struct rebuilt *b,
					 const struct event *e, struct span value, uint16_t input,
					 uint64_t line);

/* The octets from the first to before the first unknown one, in `a`. */
struct span rebuilt_known(struct arena *a, const struct rebuilt *r);

/* The octets of a control message that hold `number` of `n` octets at `at`; false where unknown. */
bool rebuilt_number(const struct rebuilt *r, size_t at, size_t n, uint32_t *ret);

struct rebuilt *rebuilt_copy(struct arena *a, const struct rebuilt *r);

#endif
