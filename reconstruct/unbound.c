#include "unbound.h"

#include "hash.h"

static uint64_t hash_address(const struct address *a)
{
	size_t used = a->family == 4 ? 4 : sizeof(a->octets);
	uint64_t octets[2] = {0, 0};

	memcpy(octets, a->octets, used);
	return hash_end(
		hash_word(hash_word(hash_word(HASH_START, a->family), octets[0]), octets[1]));
}

/* The same whichever of them sends. */
struct tunnel **unbound_between(struct observer *o, const struct address *a,
				const struct address *b)
{
	if (o->is_text)
		return unbound_of_text(o);
	return &o->unbound[(hash_address(a) + hash_address(b)) % UNBOUND_LISTS];
}

void unbound_add(struct observer *o, struct tunnel *t)
{
	struct live_tunnel *lt = live_tunnel(t);
	struct tunnel **list = unbound_between(o, &t->peer[0].address, &t->peer[1].address);

	if (lt->is_unbound)
		return;
	lt->is_unbound = true;
	lt->unbound_in = (uint16_t)(list - o->unbound);
	lt->next_unbound = *list;
	*list = t;
}

void unbound_leave(struct observer *o, struct tunnel *t)
{
	struct tunnel **at = &o->unbound[live_tunnel(t)->unbound_in];

	if (!live_tunnel(t)->is_unbound)
		return;
	while (*at != t)
		at = unbound_after(at);
	unbound_take(at);
}

void unbound_moved(struct observer *o, struct tunnel *t)
{
	if (!live_tunnel(t)->is_unbound)
		return;
	unbound_leave(o, t);
	unbound_add(o, t);
}

void unbound_leave_all(struct observer *o, bool (*is_leaving)(const struct live_tunnel *lt))
{
	for (size_t i = 0; i < UNBOUND_LISTS; i++) {
		struct tunnel **at = &o->unbound[i];

		while (*at) {
			if (is_leaving(live_tunnel(*at)))
				unbound_take(at);
			else
				at = unbound_after(at);
		}
	}
}
