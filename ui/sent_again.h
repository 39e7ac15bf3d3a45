/* What of each call's control messages was sent more than once, for who shows many calls: the
 * messages of a tunnel are looked at once, and not again for each of its calls. */
#ifndef L2TPSCOPE_SENT_AGAIN_H
#define L2TPSCOPE_SENT_AGAIN_H

#include "delivery.h"

struct sent_again;

struct sent_again *sent_again_new(struct run *r);
void sent_again_free(struct sent_again *x);

/* In order of their first sight; they last as long as `x`. */
const struct delivered *const *sent_again_of(struct sent_again *x, const struct call *c,
					     size_t *ret_n);

#endif
