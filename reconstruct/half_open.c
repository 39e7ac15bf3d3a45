#include "half_open.h"

#include "over.h"

enum { SWEEP = LIMIT_HALF_OPEN / 4 }; /* so many at once: one walk over all tunnels */

static bool is_in(const struct observer *o, const struct live_tunnel *lt)
{
	return lt->half_older || lt->half_younger || o->half_oldest == lt;
}

void half_open_leave(struct observer *o, struct tunnel *t)
{
	struct live_tunnel *lt = live_tunnel(t);

	if (lt->is_given_up) {
		lt->is_given_up = false;
		o->n_given_up--;
	}
	if (!is_in(o, lt))
		return;
	if (lt->half_older)
		lt->half_older->half_younger = lt->half_younger;
	else
		o->half_oldest = lt->half_younger;
	if (lt->half_younger)
		lt->half_younger->half_older = lt->half_older;
	else
		o->half_youngest = lt->half_older;
	lt->half_older = lt->half_younger = NULL;
	o->n_half_open--;
}

static struct tunnel *unlink_next(struct tunnel **at)
{
	struct tunnel *t = *at;

	*at = t->next;
	t->next = NULL;
	return t;
}

static void sweep(struct observer *o)
{
	struct tunnel **at = &o->unbound;

	while (*at) {
		if (live_tunnel(*at)->is_given_up)
			*at = live_tunnel(*at)->next_unbound;
		else
			at = &live_tunnel(*at)->next_unbound;
	}
	o->tunnels_last = NULL;
	for (at = &o->tunnels; *at;) {
		if (live_tunnel(*at)->is_given_up) {
			over_drop_tunnel(o, unlink_next(at));
			o->n_dropped++;
			continue;
		}
		o->tunnels_last = *at;
		at = &(*at)->next;
	}
	o->n_given_up = 0;
}

static void give_up_oldest(struct observer *o)
{
	struct live_tunnel *oldest = o->half_oldest;

	half_open_leave(o, &oldest->tunnel);
	if (oldest->rival)
		return;
	oldest->is_given_up = true;
	if (++o->n_given_up >= SWEEP)
		sweep(o);
}

void half_open_add(struct observer *o, struct tunnel *t)
{
	struct live_tunnel *lt = live_tunnel(t);

	lt->half_older = o->half_youngest;
	if (o->half_youngest)
		o->half_youngest->half_younger = lt;
	else
		o->half_oldest = lt;
	o->half_youngest = lt;
	if (++o->n_half_open > LIMIT_HALF_OPEN)
		give_up_oldest(o);
}
