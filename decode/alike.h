/* Data packets that look alike: most have the headers of one that was counted at a glance
 * (glance.h) before, but for lengths, Ns, and what routers change on the way. Those are known by
 * their octets again and counted by lease (lease.h); everything else takes the way it always
 * took. */
#ifndef L2TPSCOPE_ALIKE_H
#define L2TPSCOPE_ALIKE_H

#include "capture.h"

struct alikes *alikes_new(void);
/* With the capture: whoever holds a lease asks nothing of it any more. */
void alikes_free(struct alikes *x);

/* The newest frame of the capture is like another, and counted; false: it is to be looked at. */
bool alikes_count(struct alikes *x, struct capture *c);
/* What was counted is told, before the capture gives anything else. */
void alikes_tell(struct alikes *x, struct capture *c);

/* The newest frame is a packet of which `seen` is known: the lease for those that are like it,
 * valid until the next is asked for, and from then on as long as it is open. NULL: it has none. */
struct glance_lease *alikes_lease(struct alikes *x, const struct capture *c);

#endif
