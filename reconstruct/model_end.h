/* Who does something, and in which state its end is: a part of the model (model.h). */
#ifndef L2TPSCOPE_MODEL_END_H
#define L2TPSCOPE_MODEL_END_H

#include "machine.h"
#include "sight.h"

/* Who, in words of the contract. Tunnel ends are INITIATOR and RESPONDER until a call tells
 * which of them is LAC and which LNS. PPP ends are CLIENT and LNS. */
enum role {
	ROLE_UNKNOWN,
	ROLE_LAC,
	ROLE_LNS,
	ROLE_CLIENT,
	ROLE_RADIUS,
	ROLE_NETWORK, /* time-outs, ICMP, silence */
	ROLE_INITIATOR,
	ROLE_RESPONDER,
};
const char *role_name(enum role r); /* "lac" …; NULL for ROLE_UNKNOWN */

/* Indices of two-element arrays. A session's ends: [LAC] and [LNS]. A PPP link's ends:
 * [CLIENT] (through the LAC) and [LNS]. A tunnel's: [INITIATOR] and [RESPONDER]. */
enum { INITIATOR = 0, RESPONDER = 1 };
enum { LAC = 0, LNS = 1 };
enum { CLIENT = 0 };

/* One end of something: an instance of a machine. */
struct end {
	uint8_t machine; /* enum machine_number; end_machine() */
	uint8_t state;
	bool is_inferred; /* the state was concluded, not seen */
	bool is_doubtful; /* part of the way here is unknown: what follows is judged mildly */
};

/* NULL: of none. */
static inline const struct machine *end_machine(const struct end *e)
{
	return machine_numbers[e->machine];
}

/* A machine's verdict worth keeping (ODD or WRONG, or no row at all). */
struct verdict_note {
	const struct machine *machine;
	const struct transition *row; /* NULL: no row for this event in this state */
	uint8_t state, event;
	uint8_t claimed; /* what the router itself said instead of `state`; 0: it said nothing */
	enum role who;
	struct mark mark;
	struct verdict_note *next;
	struct verdict_note *last; /* of the first one: where to look for the end */
};

enum result { RESULT_UNKNOWN, RESULT_SUCCESS, RESULT_FAILURE };
enum truth { TRUTH_UNKNOWN, TRUTH_FALSE, TRUTH_TRUE };

#endif
