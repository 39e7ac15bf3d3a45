/* Control protocols of a link: each packet moves the machines of both ends (RFC 1661 4). */
#ifndef L2TPSCOPE_CP_LINK_H
#define L2TPSCOPE_CP_LINK_H

#include "observer.h"

/* One packet of a control protocol while it is judged. */
struct cp_step {
	struct context *c;
	struct session *s;
	struct cp *cp;
	const enum role *who;
	unsigned from;
	bool at_lac;
};

void cp_take(struct cp_step *x);

/* The state that the console at end `at` says it is in (`State is …`), or that its packet
 * found (`[ACKsent]`), against the replay's: followed, and noted where the packets of both
 * sides give another. */
void cp_said(struct cp_step *x, unsigned at, uint8_t claimed);
void cp_bracket(struct cp_step *x);

/* LCP and the network control protocols, by number. */
static inline bool cp_is_control(uint16_t protocol)
{
	return protocol == PPP_LCP || (protocol & 0xc000) == 0x8000;
}

/* A request of this side had that id. */
bool cp_used_id(const struct cp_side *side, uint8_t id);

/* An end asked once, got no answer that was seen, and did not ask again although nothing ended the
 * link up to then: it had its answer, which the recording misses. */
bool cp_missed_answer(const struct cp *cp, struct moment until);

#endif
