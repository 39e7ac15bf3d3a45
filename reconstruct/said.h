/* What only logs say: topics become facts of the tunnel (said_tunnel.h), the session and its link
 * (said_session.h). Here is found which session a record is about, where it names none. */
#ifndef L2TPSCOPE_SAID_H
#define L2TPSCOPE_SAID_H

#include "observer.h"

/* `t` and `s` as far as the record names them (either may be NULL). Returns the session it
 * turned out to be about, or NULL. */
struct session *said_take(struct context *c, struct tunnel *t, struct session *s);

#endif
