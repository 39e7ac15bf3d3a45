/* A recording that begins late shows the two directions of a tunnel or a call apart: each names
 * only its receiver's id. What a packet answers tells which halves belong together. */
#ifndef L2TPSCOPE_HALVES_H
#define L2TPSCOPE_HALVES_H

#include "observer.h"

/* The tunnel between the parties of the event whose receiver's id is not known yet: the one that
 * the packet answers, else the only one. `ret_from` is the sending end. */
struct tunnel *half_tunnel(struct context *c, unsigned *ret_from);

/* The same for a call of `t`; `receiver` is the end that the packet goes to. */
struct session *half_session(const struct context *c, const struct tunnel *t, unsigned receiver);

#endif
