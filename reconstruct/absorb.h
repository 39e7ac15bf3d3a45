/* Two records of one vantage point that turn out to be the halves of one. */
#ifndef L2TPSCOPE_ABSORB_H
#define L2TPSCOPE_ABSORB_H

#include "observer.h"

/* `half` goes into `t`, with its calls; their ids are known under `t` from now on. */
void tunnel_absorb(struct context *c, struct tunnel *t, struct tunnel *half);

/* `half` goes into `s`, a call of the same tunnel. */
void session_absorb(struct context *c, struct session *s, struct session *half);

/* `lost` is an attempt that came to nothing: its messages are told with `t`, whose initiator is
 * its responder. */
void tunnel_drop(struct observer *o, struct tunnel *lost, struct tunnel *t);

#endif
