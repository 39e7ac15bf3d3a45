#include "half_open.h"

#include <stddef.h>

#include "link.h"
#include "meter.h"
#include "over_leave.h"
#include "tunnel.h"
#include "unbound.h"

/* So many at once: one walk over all tunnels, or calls. */
enum { SWEEP = LIMIT_HALF_OPEN / 4, SWEEP_SESSIONS = LIMIT_HALF_CALLS / 4 };

static bool is_in(const struct halves *all, const struct half *h)
{
	return h->older || h->younger || all->oldest == h;
}

static void leave(struct half *h)
{
	struct halves *all = h->of;

	if (!all)
		return;
	h->of = NULL;
	if (h->is_given_up) {
		h->is_given_up = false;
		all->n_given_up--;
	}
	if (!is_in(all, h))
		return;
	if (h->older)
		h->older->younger = h->younger;
	else
		all->oldest = h->younger;
	if (h->younger)
		h->younger->older = h->older;
	else
		all->youngest = h->older;
	h->older = h->younger = NULL;
	all->n--;
}

static void add(struct halves *all, struct half *h)
{
	h->of = all;
	h->older = all->youngest;
	if (all->youngest)
		all->youngest->younger = h;
	else
		all->oldest = h;
	all->youngest = h;
	all->n++;
}

struct half_open *half_open_of(struct observer *o, uint16_t vantage)
{
	return o->spans && vantage < LIMIT_VANTAGES ? &o->spans[vantage].half_open : &o->half_open;
}

/* True when enough were given up to sweep them out. */
static bool give_up_oldest(struct halves *all, unsigned most, unsigned sweep,
			   void (*end_glances)(struct half *))
{
	struct half *oldest = all->oldest;

	if (all->n <= most)
		return false;
	leave(oldest);
	end_glances(oldest);
	oldest->of = all;
	oldest->is_given_up = true;
	return ++all->n_given_up >= sweep;
}

/* ---- tunnels ---- */

void half_open_leave(struct tunnel *t)
{
	leave(&live_tunnel(t)->half);
}

static struct tunnel *unlink_next(struct tunnel **at)
{
	struct tunnel *t = *at;

	*at = t->next;
	t->next = NULL;
	return t;
}

/* Two attempts that crossed each other point to each other. */
static bool is_dropped(const struct live_tunnel *lt)
{
	return lt->half.is_given_up && !lt->rival;
}

static void none_given_up(struct halves *half, struct halves *unasked)
{
	half->n_given_up = unasked->n_given_up = 0;
}

/* Of all vantage points, wherever there are too many. */
static void sweep_tunnels(struct observer *o)
{
	struct tunnel **at;

	unbound_leave_all(o, is_dropped);
	o->tunnels_last = NULL;
	for (at = &o->tunnels; *at;) {
		if (is_dropped(live_tunnel(*at))) {
			over_drop_tunnel(o, unlink_next(at));
			o->n_half_tunnels_dropped++;
			continue;
		}
		live_tunnel(*at)->half.is_given_up = false;
		o->tunnels_last = *at;
		at = &(*at)->next;
	}
	none_given_up(&o->half_open.tunnels, &o->half_open.unasked_tunnels);
	for (size_t i = 0; o->spans && i < LIMIT_VANTAGES; i++)
		none_given_up(&o->spans[i].half_open.tunnels,
			      &o->spans[i].half_open.unasked_tunnels);
}

static void end_glances_of_tunnel(struct half *h)
{
	meter_turn(
		&((struct live_tunnel *)((char *)h - offsetof(struct live_tunnel, half)))->tunnel);
}

static void hear_tunnel(struct observer *o, struct tunnel *t)
{
	struct half_open *here = half_open_of(o, t->vantage);
	struct live_tunnel *lt = live_tunnel(t);
	struct halves *all;

	leave(&lt->half);
	if ((lt->is_heard[0] && lt->is_heard[1] && !tunnel_is_asked_alone(t)) ||
	    tunnel_is_link(t) || t->version < 2)
		return;
	/* requests do not drive out what was there before, of which one direction was seen so far
	 */
	all = t->was_there ? &here->unasked_tunnels : &here->tunnels;
	add(all, &lt->half);
	if (give_up_oldest(all, LIMIT_HALF_OPEN, SWEEP, end_glances_of_tunnel))
		sweep_tunnels(o);
}

/* ---- calls ---- */

void half_open_leave_session(struct session *s)
{
	leave(&live_session(s)->half);
}

static void sweep_sessions(struct observer *o)
{
	for (struct tunnel *t = o->tunnels; t; t = t->next)
		o->n_half_calls_dropped += over_drop_sessions(o, t);
	none_given_up(&o->half_open.calls, &o->half_open.unasked_calls);
	for (size_t i = 0; o->spans && i < LIMIT_VANTAGES; i++)
		none_given_up(&o->spans[i].half_open.calls, &o->spans[i].half_open.unasked_calls);
}

/* What is counted at a glance does not come by here: from now on its packets do. */
static void end_glances_of_call(struct half *h)
{
	meter_close(&((struct live_session *)((char *)h - offsetof(struct live_session, half)))
			     ->session);
}

static void hear_session(struct context *c, struct session *s)
{
	struct half_open *here = half_open_of(c->observer, s->vantage);
	struct live_session *ls = live_session(s);
	struct halves *all;

	ls->is_heard |= c->from & 1u ? 2 : 1;
	leave(&ls->half);
	if (ls->is_heard == 3 || s->joined || s->tunnel->version < 2 || tunnel_is_link(s->tunnel))
		return;
	/* what nobody asked for does not drive out those that wait for an answer */
	all = s->was_there ? &here->unasked_calls : &here->calls;
	add(all, &ls->half);
	if (give_up_oldest(all, LIMIT_HALF_CALLS, SWEEP_SESSIONS, end_glances_of_call))
		sweep_sessions(c->observer);
}

void half_open_hear_end(struct context *c)
{
	struct session *s = c->session;

	if (s && s->tunnel && !live_session(s)->became)
		hear_session(c, s);
	if (c->tunnel && !live_tunnel(c->tunnel)->became)
		hear_tunnel(c->observer, c->tunnel);
}
