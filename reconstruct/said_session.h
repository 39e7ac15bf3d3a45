/* What a record of a log says of its session and of the PPP link in it: how they stand, who the
 * caller is, what became of the authentication, the line below, why it ended. */
#ifndef L2TPSCOPE_SAID_SESSION_H
#define L2TPSCOPE_SAID_SESSION_H

#include "observer.h"

void said_of_session(struct context *c, struct session *s);

#endif
