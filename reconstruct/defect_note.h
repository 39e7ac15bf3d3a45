/* What is wrong with the message of an event (decode/defect.h) is noted where the message belongs.
 */
#ifndef L2TPSCOPE_DEFECT_NOTE_H
#define L2TPSCOPE_DEFECT_NOTE_H

#include "observer.h"

/* Of the session, else of the tunnel, else of the vantage point. */
void defects_add(struct context *c, struct tunnel *t, struct session *s);

static inline void defects_take(struct context *c, struct tunnel *t, struct session *s)
{
	if (c->event->n_defects) /* hardly any event has one */
		defects_add(c, t, s);
}

#endif
