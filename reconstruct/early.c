#include "early.h"

#include "arrival.h"
#include "tunnel.h"

static const int64_t held_ns = INT64_C(31) * 1000000000; /* RFC 2661 5.7: a full cycle */
enum { ROW = 3 }; /* messages that go on from each other: no chance */

/* The longest row of held messages that the one at `h` begins. */
static unsigned row_of(const struct held *h)
{
	unsigned n = 1;

	for (; h->next && h->next->event->l2tp.ns == (uint16_t)(h->event->l2tp.ns + 1); h = h->next)
		n++;
	return n;
}

/* Messages far ahead that do not go on from each other are of somebody who guesses (RFC 2661 5.8:
 * their receiver drops them). The oldest one makes room. */
static void stray_drop(struct observer *o, struct live_tunnel *lt, unsigned from)
{
	struct held **at = &lt->early[from], **oldest = NULL, *gone;

	while (*at) {
		unsigned n = row_of(*at);
		bool is_row = n >= ROW;

		for (; n; n--, at = &(*at)->next)
			if (!is_row && (*at)->is_far &&
			    (!oldest || (*at)->event->number < (*oldest)->event->number))
				oldest = at;
	}
	if (!oldest)
		return;
	gone = *oldest;
	*oldest = gone->next;
	arena_free(gone->arena);
	lt->n_early[from]--;
	lt->has_strays[from] = true;
	o->n_strays++;
}

void early_hold(struct context *c, struct tunnel *t, unsigned from)
{
	struct live_tunnel *lt = live_tunnel(t);
	struct held **at = &lt->early[from], *h = NULL;
	struct arena *arena = arena_child(c->observer->arena, sizeof(*h));
	uint16_t ns = c->event->l2tp.ns;

	h = arena_alloc(arena, sizeof(*h));
	if (!h) {
		arena_free(arena);
		return;
	}
	while (*at && (int16_t)(uint16_t)((*at)->event->l2tp.ns - ns) < 0)
		at = &(*at)->next;
	*h = (struct held){.next = *at,
			   .arena = arena,
			   .event = event_copy(arena, c->event),
			   .step = c->step,
			   .is_far = channel_is_far(&t->way[from], c->event)};
	*at = h;
	if (++lt->n_early[from] >= LIMIT_REORDER)
		stray_drop(c->observer, lt, from);
}

/* The first held message goes on when its gap is filled, when the receiver's Nr passes it
 * (the capture lost what is missing), when too many wait, or after 31 s. */
static bool may_go(const struct context *c, const struct tunnel *t, unsigned from, bool at_end)
{
	const struct live_tunnel *lt = (const struct live_tunnel *)t;
	const struct channel *way = &t->way[from];
	const struct held *h = lt->early[from];

	if (!h)
		return false;
	if (h->event->l2tp.ns == way->next_ns ||
	    (way->has_acked && (int16_t)(uint16_t)(way->acked - h->event->l2tp.ns) > 0))
		return true;
	if (h->is_far && lt->has_strays[from] && row_of(h) < ROW)
		return false;
	return at_end || lt->n_early[from] >= LIMIT_REORDER ||
	       moment_minus(c->event->when, h->event->when) > held_ns;
}

void early_release(struct context *c, struct tunnel *t, unsigned from, bool at_end)
{
	struct live_tunnel *lt = live_tunnel(t);

	while (may_go(c, t, from, at_end)) {
		struct held *h = lt->early[from];
		struct context then = *c;

		lt->early[from] = h->next;
		lt->n_early[from]--;
		if (h->is_far)
			channel_admit(&t->way[from], h->event);
		channel_pass(&t->way[from], h->event->l2tp.ns);
		then.event = h->event;
		then.step = h->step;
		then.mark = mark_of_event(h->event);
		mark_keep(&then);
		tunnel_deliver(&then, t, from, NULL);
		arena_free(h->arena);
		arrival_acknowledged(c, t, from);
	}
}
