/* What a record of a log says of its session and of the PPP link in it: how they stand, who the
 * caller is, what became of the authentication, the line below, why it ended. */
#ifndef L2TPSCOPE_SAID_SESSION_H
#define L2TPSCOPE_SAID_SESSION_H

#include "observer.h"

void said_of_session(struct context *c, struct session *s);

/* said_session_state.c: the state that the console at `tunnel_end` prints. */
void said_session_state(struct context *c, struct session *s, unsigned tunnel_end);

/* said_link.c: the state of a control protocol (`State is Open`) and the phase, as the console at
 * end `at` of the link prints them. */
void said_link_state(struct context *c, struct session *s, unsigned at, bool at_lac);
void said_link_phase(struct context *c, struct session *s, unsigned at);

#endif
