/* The sessions of a tunnel, and those of which an id is not known: put there, taken out and put
 * back without a look at the others, which are many and lie far apart. */
#ifndef L2TPSCOPE_ROLL_H
#define L2TPSCOPE_ROLL_H

#include "observer.h"

/* Behind all others. */
void roll_add(struct observer *o, struct tunnel *t, struct session *s);
/* Before all others: it has no place of its own. */
void roll_add_first(struct observer *o, struct tunnel *t, struct session *s);
void roll_leave(struct tunnel *t, struct session *s);
/* Where it was among those that are there. */
void roll_return(struct tunnel *t, struct session *s);
/* All of `from`, behind those of `t`; of both kinds. */
void roll_move(struct observer *o, struct tunnel *t, struct tunnel *from);

/* Before all others. */
void roll_add_half(struct tunnel *t, struct live_session *ls);
/* Nothing when it is not there. */
void roll_leave_half(struct live_session *ls);

#endif
