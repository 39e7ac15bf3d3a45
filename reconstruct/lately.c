#include "lately.h"

#include "hash.h"

/* One takes the place of the oldest of its set: a site with 10,000 such packets a second has 20
 * that matter. */
enum { SETS = 128, WAYS = 4 };

struct lately {
	const struct session *session; /* NULL: free */
	int64_t ns;
	uint32_t print;
	uint8_t from;
};

bool lately_is_copy(struct observer *o, const struct session *s, unsigned from,
		    const struct event *e, uint32_t packet)
{
	static const int64_t copy_ns = 2000000;
	uint32_t print = (uint32_t)hash_octets(e->ppp.body.at, e->ppp.body.len) ^ packet;
	uint64_t ids = (uint64_t)s->id[LAC] << 32 | s->id[LNS];
	uint64_t hash = hash_end(hash_word(hash_word(HASH_START, ids), print));
	struct lately *set, *oldest;

	if (!o->lately)
		o->lately = arena_array(o->arena, (size_t)SETS * WAYS, sizeof(*o->lately));
	if (!o->lately)
		return false;
	set = oldest = &o->lately[hash % SETS * WAYS];
	for (struct lately *at = set; at < set + WAYS; at++) {
		int64_t since = e->when.ns - at->ns;

		if (at->session == s && at->from == from && at->print == print && at->ns &&
		    since < copy_ns && since > -copy_ns)
			return true;
		if (at->ns < oldest->ns)
			oldest = at;
	}
	*oldest = (struct lately){s, e->when.ns, print, (uint8_t)from};
	return false;
}
