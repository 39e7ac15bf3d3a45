/* Reliable delivery as it was seen (RFC 2661 5.8): each control message of a tunnel once, with its
 * copies and its acknowledgement. */
#ifndef L2TPSCOPE_DELIVERY_H
#define L2TPSCOPE_DELIVERY_H

#include "run.h"

enum { WAITS_KEPT = 16 };

struct delivered {
	const struct step *first;  /* its first sight */
	const struct step *last;   /* its last copy */
	const struct step *answer; /* what acknowledged it; NULL: never seen */
	unsigned from;             /* INITIATOR or RESPONDER */
	uint32_t copies;           /* sent by its sender, the first included */
	double waits[WAITS_KEPT];  /* before each further copy, s */
	size_t n_waits;
};

/* One direction. */
struct delivery_way {
	uint32_t messages, repeats, unacknowledged, hellos;
	uint32_t on_the_way, most_on_the_way;   /* not acknowledged at a time */
	double median_s, worst_s;               /* message to acknowledgement; below 0: unknown */
	double shortest_wait_s, longest_wait_s; /* between copies; below 0: none */
	double hello_s;                         /* median between its HELLOs; below 0: unknown */
};

struct deliveries {
	struct delivered *rows; /* in order of their first sight */
	size_t n;
	struct delivery_way way[2]; /* [from] */
};

/* Of one tunnel, from `n` steps in order of time; those of others are left out. `rows` live in the
 * arena. */
struct deliveries delivery_of(const struct run *r, const struct tunnel *t,
			      struct step *const *steps, size_t n, struct arena *arena);

/* `sent 3 times, again after 1.000, 2.001 s`; nothing for one copy. */
void delivery_copies(struct text *t, const struct delivered *d);
/* `acknowledged after 0.010 s`, `never seen acknowledged`. */
void delivery_answer(struct text *t, const struct run *r, const struct delivered *d);

#endif
