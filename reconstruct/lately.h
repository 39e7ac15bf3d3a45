/* PPP packets of the last moments, to know a copy that a mirror port or the capturing host made:
 * the same octets of the same end within 2 ms, with other packets between (contract.md). Nobody
 * sends anything again so soon. */
#ifndef L2TPSCOPE_LATELY_H
#define L2TPSCOPE_LATELY_H

#include "observer.h"

/* The PPP packet of this event, known by `packet`, is a copy of one of that end of the call. If it
 * is none it is remembered for a moment. */
bool lately_is_copy(struct observer *o, const struct session *s, unsigned from,
		    const struct event *e, uint32_t packet);

#endif
