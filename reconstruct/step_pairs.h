/* Sights of one message in several views become one step: the others are its `seen_also`. */
#ifndef L2TPSCOPE_STEP_PAIRS_H
#define L2TPSCOPE_STEP_PAIRS_H

#include "replay.h"

/* What is asked of each step again and again: much of the steps themselves is in a file. */
struct step_sight {
	int64_t ns;      /* aligned */
	uint64_t number; /* of its event */
	uint32_t also;   /* the next sight of the same message, or NO_SIGHT */
	uint16_t vantage;
	uint8_t sense; /* enum sense */
	bool is_timed;
	bool is_second; /* it is shown under another one */
};
enum { NO_SIGHT = UINT32_MAX };

/* Steps must be aligned, and be of the tunnel and session that theirs was joined into. `sights`,
 * one for each step of the report, learn `also` and `is_second`. */
void steps_pair(struct report *r, struct step_sight *sights);

#endif
