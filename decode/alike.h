/* Data packets that look alike: most have the headers of one that was glanced at before (glance.h),
 * but for lengths, Ns, and what routers change on the way. They are known by their octets again,
 * and whoever was content with a glance at the first need not read the others: the replay counts
 * them by lease (lease.h), a digest has a key for them (digest.h). */
#ifndef L2TPSCOPE_ALIKE_H
#define L2TPSCOPE_ALIKE_H

#include "frame.h"
#include "glance.h"

enum { ALIKE_WORDS = 9 };

struct alike_shape;

/* Of many thousands none is in the processor's cache when its next packet comes: what that packet
 * is held against stands together, and before what it is counted in. */
struct alike {
	/* alike.c's */
	uint64_t hash;
	const struct alike_shape *shape;
	struct alike *next;
	uint64_t look;
	uint16_t vlan[2];
	bool is_ipv6;
	/* its user's */
	uint32_t key;              /* a number that its user has for them; 0 at first */
	uint64_t is[ALIKE_WORDS];  /* alike.c's */
	struct glance_lease lease; /* to count them by; as long as it is open the record stays */
};

/* What differs. */
struct alike_seen {
	size_t length; /* data.length */
	bool has_ns;
	uint16_t ns; /* or 0 */
};

struct alikes *alikes_new(void);
void alikes_free(struct alikes *x);

/* Those that the frame is one of: its headers are theirs, and nobody asks for its payload. NULL: it
 * is to be looked at. */
struct alike *alikes_find(struct alikes *x, const struct frame *f, struct alike_seen *ret);
/* `g` is what a glance at the frame gave: those that are like it, from now on, until none is found
 * for a while. NULL: each is to be looked at. */
struct alike *alikes_add(struct alikes *x, const struct frame *f, const struct glance *g);

#endif
