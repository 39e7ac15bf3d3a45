/* One event and what it moves: the tunnel, session and PPP link that it is of are found by what it
 * says of itself, each kind in its way. Of these the context tells afterwards. */
#ifndef L2TPSCOPE_TAKE_H
#define L2TPSCOPE_TAKE_H

#include "observer.h"

/* Of every kind but the two below. */
void take_event(struct context *c);

/* Payload is only counted; the machines learn of it once: true. */
bool take_data(struct context *c);

/* What came to an L2TP port and is none: only why it is none is kept. */
void take_other(struct context *c);

#endif
