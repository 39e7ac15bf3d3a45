#include "wire_stop.h"

#include "registry.h"
#include "unbound.h"

enum { LOOK_BACK = 256 };

static bool is_between(const struct tunnel *t, unsigned from, const struct event *e)
{
	return path_equal(&t->path, &e->path) &&
	       address_equal(&t->peer[from].address, &e->from.address) &&
	       address_equal(&t->peer[1 - from].address, &e->to.address);
}

/* The request of a tunnel, to the end that `e` comes from, which has not taken it. */
static bool is_request_to(const struct tunnel *t, const struct event *e)
{
	return seen_of(t->seen, SCCRQ)->count && !seen_of(t->seen, SCCRP)->count &&
	       is_between(t, RESPONDER, e);
}

/* Whoever speaks only the other version cannot read an SCCRQ, nor the id in it (RFC 2661 4.4.2 and
 * RFC 3931 4.1: result 5). */
static struct tunnel *of_other_version(struct context *c)
{
	const struct event *e = c->event;
	size_t looked = 0;

	for (struct tunnel *t = *unbound_between(c->observer, &e->from.address, &e->to.address);
	     t && looked < LIMIT_HALF_LOOK; t = live_tunnel(t)->next_unbound, looked++) {
		if (t->version != e->l2tp.version && t->version >= 2 && is_request_to(t, e))
			return t;
	}
	return NULL;
}

/* Or whoever refuses it does not look for that id: the only request that its Nr may be of. NULL: it
 * may be of another, too. Of one that was refused already it is a repeat. */
static struct tunnel *of_only_request(struct context *c)
{
	const struct event *e = c->event;
	struct tunnel *found[2] = {NULL, NULL}; /* [stopccn.is_set] */
	size_t n[2] = {0, 0}, looked = 0;

	if (e->l2tp.ns != 0 || e->l2tp.nr != 1)
		return NULL;
	for (struct tunnel *t = *unbound_between(c->observer, &e->from.address, &e->to.address);
	     t && looked < LIMIT_HALF_LOOK; t = live_tunnel(t)->next_unbound, looked++) {
		if (t->version != e->l2tp.version || !is_request_to(t, e))
			continue;
		n[t->stopccn.is_set]++;
		found[t->stopccn.is_set] = t;
	}
	if (n[false])
		return n[false] == 1 ? found[false] : NULL;
	return n[true] == 1 ? found[true] : NULL;
}

/* Its Nr is all that tells which message it answers: that of one tunnel, or nobody knows. */
static struct tunnel *that_it_answers(const struct context *c, unsigned *ret_from)
{
	const struct event *e = c->event;
	struct tunnel *found = NULL;
	size_t looked = 0;

	for (struct tunnel *t = c->observer->tunnels; t && looked < LOOK_BACK;
	     t = t->next, looked++) {
		for (unsigned from = 0; from < 2; from++) {
			if (t->version != e->l2tp.version || !is_between(t, from, e) ||
			    !channel_awaits(&t->way[1 - from], (uint16_t)(e->l2tp.nr - 1)) ||
			    !wire_is_forgotten(c, t, from))
				continue;
			if (found)
				return NULL;
			found = t;
			*ret_from = from;
		}
	}
	return found;
}

struct tunnel *wire_stop(struct context *c, unsigned *ret_from)
{
	const struct event *e = c->event;
	struct tunnel *t;

	if (e->kind != EVENT_CONTROL || e->control.message != STOPCCN || !e->l2tp.has_sequence ||
	    e->l2tp.tunnel_id || e->l2tp.ns > 1)
		return NULL;
	t = of_other_version(c);
	if (!t)
		t = of_only_request(c);
	*ret_from = RESPONDER;
	return t ? t : that_it_answers(c, ret_from);
}

bool wire_is_forgotten(const struct context *c, const struct tunnel *t, unsigned from)
{
	const struct event *e = c->event;

	return e->kind == EVENT_CONTROL && e->control.message == STOPCCN && e->origin.frame &&
	       e->l2tp.has_sequence && !e->l2tp.tunnel_id && e->l2tp.ns <= 1 &&
	       t->peer[1 - from].tunnel_id && t->way[from].next_ns != e->l2tp.ns &&
	       (t->established[from].is_set || t->was_there);
}
