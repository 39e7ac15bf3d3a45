/* What a StopCCN or CDN says of the end that it brings. */
#ifndef L2TPSCOPE_ENDING_H
#define L2TPSCOPE_ENDING_H

#include "observer.h"

/* RFC 2661 5.7, 6.12: result and error. Only of the first one; `from` sent it. */
void ending_take(struct context *c, struct ending *ending, unsigned from);

#endif
