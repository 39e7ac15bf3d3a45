/* What `show` says of PPP: options per protocol and direction, and authentication. */
#ifndef L2TPSCOPE_SHOW_PPP_H
#define L2TPSCOPE_SHOW_PPP_H

#include "run.h"

void show_options(struct run *r, const struct call *c);
void show_auth(struct run *r, const struct call *c);

#endif
