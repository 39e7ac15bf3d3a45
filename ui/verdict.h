/* What became of a call or tunnel, in half a line: for `show`, the screens, the page, pictures. */
#ifndef L2TPSCOPE_VERDICT_H
#define L2TPSCOPE_VERDICT_H

#include "model.h"

/* `failed, reached lcp, ended by LNS: auth-rejected (certain)`, and what else may be the cause. */
void verdict_of_call(struct text *t, const struct call *c);
/* `dropped, ended by network: keepalive-lost (certain)` */
void verdict_of_tunnel(struct text *t, const struct tunnel *n);

#endif
