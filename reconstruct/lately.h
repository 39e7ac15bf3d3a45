/* PPP packets of the last moments, to know a copy that a mirror port or the capturing host made:
 * the same octets of the same end within 2 ms, with other packets between (contract.md). Nobody
 * sends anything again so soon. */
#ifndef L2TPSCOPE_LATELY_H
#define L2TPSCOPE_LATELY_H

#include "hash.h"
#include "observer.h"

/* A site with 10,000 such packets a second has 20 that matter. */
enum { LATELY_SETS = 128, LATELY_OF_SET = 4 };

struct lately_packet {
	const struct session *session; /* NULL: none */
	int64_t ns;
	uint32_t print;
	uint8_t from;
};

/* The next one takes the place of the oldest of its set. */
struct lately {
	struct lately_packet packets[LATELY_OF_SET];
	size_t next;
};

/* This packet of that end of the call, known by `print`, is a copy. If it is none it is remembered
 * for a moment. */
static inline bool lately_is_copy(struct observer *o, const struct session *s, unsigned from,
				  uint32_t print, int64_t ns)
{
	static const int64_t copy_ns = 2000000;
	struct lately *set;

	if (!o->lately)
		o->lately = arena_array(o->arena, LATELY_SETS, sizeof(*o->lately));
	if (!o->lately)
		return false;
	set = &o->lately[(print ^ s->id[LAC] ^ s->id[LNS]) % LATELY_SETS];
	for (size_t i = 0; i < LATELY_OF_SET; i++) {
		const struct lately_packet *p = &set->packets[i];

		if (p->print == print && p->session == s && p->from == from && p->ns &&
		    ns - p->ns < copy_ns && ns - p->ns > -copy_ns)
			return true;
	}
	set->packets[set->next++ % LATELY_OF_SET] =
		(struct lately_packet){s, ns, print, (uint8_t)from};
	return false;
}

#endif
