/* What a record of a log says of its tunnel: where its ends are, how far it came, what was sent
 * again, whether its peer proved the secret. */
#ifndef L2TPSCOPE_SAID_TUNNEL_H
#define L2TPSCOPE_SAID_TUNNEL_H

#include "observer.h"

void said_of_tunnel(struct context *c, struct tunnel *t);

/* said_tunnel_state.c: the state that it prints. */
void said_tunnel_state(struct context *c, struct tunnel *t);

#endif
