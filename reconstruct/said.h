/* What only logs say: topics become facts of the tunnel, the session and its link. */
#ifndef L2TPSCOPE_SAID_H
#define L2TPSCOPE_SAID_H

#include "observer.h"

/* `t` and `s` as far as the record names them (either may be NULL). Returns the session it
 * turned out to be about, or NULL. */
struct session *said_take(struct context *c, struct tunnel *t, struct session *s);

#endif
