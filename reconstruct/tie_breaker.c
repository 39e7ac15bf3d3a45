#include "tie_breaker.h"

#include "absorb.h"
#include "registry.h"
#include "unbound.h"

static bool is_open_request(const struct tunnel *t)
{
	return t->roles_known && t->end[INITIATOR].state == TUNNEL_WAIT_CTL_REPLY &&
	       !seen_of(t->seen, SCCRP)->count && !t->stopccn.is_set &&
	       !((const struct live_tunnel *)t)->rival;
}

/* The other end's request that is open while this one is made. */
static struct tunnel *crossing(struct context *c, const struct tunnel *t)
{
	size_t looked = 0;

	for (struct tunnel *o =
		     *unbound_between(c->observer, &t->peer[0].address, &t->peer[1].address);
	     o && looked < LIMIT_HALF_LOOK; o = live_tunnel(o)->next_unbound, looked++) {
		if (o != t && o->version == t->version && path_equal(&o->path, &t->path) &&
		    address_equal(&o->peer[INITIATOR].address, &t->peer[RESPONDER].address) &&
		    address_equal(&o->peer[RESPONDER].address, &t->peer[INITIATOR].address) &&
		    is_open_request(o))
			return o;
	}
	return NULL;
}

static enum tie tie_of(const struct live_tunnel *a, const struct live_tunnel *b)
{
	if (!a->has_tie_breaker && !b->has_tie_breaker)
		return TIE_NONE;
	if (a->has_tie_breaker != b->has_tie_breaker)
		return a->has_tie_breaker ? TIE_WON : TIE_LOST;
	if (a->tie_breaker == b->tie_breaker)
		return TIE_EQUAL;
	return a->tie_breaker < b->tie_breaker ? TIE_WON : TIE_LOST;
}

void tie_found(struct context *c, struct tunnel *t)
{
	struct live_tunnel *lt = live_tunnel(t);
	const struct avp *a = event_avp(c->event, 5);
	struct tunnel *other = crossing(c, t);

	if (a && a->is_whole && a->value.len == 8) {
		struct bytes b = bytes_of(a->value);

		lt->tie_breaker = (uint64_t)bytes_u32(&b) << 32;
		lt->tie_breaker |= bytes_u32(&b);
		lt->has_tie_breaker = true;
	}
	if (!other)
		return;
	lt->rival = other;
	live_tunnel(other)->rival = t;
	t->tie = tie_of(lt, live_tunnel(other));
	other->tie = tie_of(live_tunnel(other), lt);
	t->crossed = seen_of(other->seen, SCCRQ)->first;
	other->crossed = c->mark;
}

void tie_decided(struct context *c, struct tunnel *t)
{
	struct tunnel *other = live_tunnel(t)->rival;
	struct end *end;

	if (!other || other->tie == TIE_NONE || other->tie == TIE_WON)
		return;
	end = &other->end[INITIATOR];
	if (end->state != TUNNEL_WAIT_CTL_REPLY)
		return;
	/* that end is the responder in `t` */
	end_step(c, end, TUNNEL_RECV_SCCRQ, (struct end_of){.who = ROLE_RESPONDER}, true);
	end_step(c, end, TUNNEL_LOSE_TIE, (struct end_of){.who = ROLE_RESPONDER}, true);
}

void ties_settle(struct context *c)
{
	struct tunnel *next;

	for (struct tunnel *t = c->observer->tunnels; t; t = next) {
		struct tunnel *rival = live_tunnel(t)->rival;

		next = t->next;
		if ((t->tie == TIE_LOST || t->tie == TIE_WON) && !seen_of(t->seen, SCCRP)->count &&
		    !t->sessions && seen_of(rival->seen, SCCRP)->count)
			tunnel_drop(c->observer, t, rival);
	}
}
