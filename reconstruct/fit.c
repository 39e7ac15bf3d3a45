#include "fit.h"

#include "halves.h"
#include "session.h"

/* What the place is worth; it goes before all else. */
enum {
	FIT_HERE = 16,
	FIT_OTHER_PORT = 32,
	FIT_OWN_PORT = 64,
	FIT_OTHER_ADDRESS = 128,
	/* a message, or a call, that goes on where the tunnel stands */
	GOES_ON = 10
};

uint32_t assigned_tunnel(const struct event *e)
{
	const struct avp *a = event_avp(e, 9);
	uint64_t number;

	if (!a)
		a = event_avp(e, 61);
	if (!a && e->l2tp.version == 3) /* Cisco's drafts have an AVP of their own for it */
		return e->from.tunnel_id;
	return a && a->is_whole && avp_number(a, &number) ? (uint32_t)number : 0;
}

uint64_t request_print(const struct event *e)
{
	uint64_t print = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < e->control.n_avps; i++) {
		const struct avp *a = &e->control.avps[i];

		print = (print ^ a->number ^ (uint64_t)a->vendor << 16) * UINT64_C(1099511628211);
		for (size_t k = 0; k < a->value.len; k++)
			print = (print ^ a->value.at[k]) * UINT64_C(1099511628211);
	}
	return print;
}

/* Where an end is, was when the tunnel began, or was asked. */
static bool is_at(const struct live_tunnel *lt, unsigned end, const struct party *p)
{
	return address_equal(&lt->at[end].address, &p->address) ||
	       address_equal(&lt->tunnel.peer[end].address, &p->address) ||
	       (end == RESPONDER && address_equal(&lt->asked.address, &p->address));
}

/* 0 … 15. */
static unsigned control_goes_on(const struct tunnel *t, unsigned from, const struct event *e)
{
	uint32_t id = assigned_tunnel(e);

	if (id && t->peer[from].tunnel_id && t->peer[from].tunnel_id != id)
		return 0;
	if (((const struct live_tunnel *)t)->is_closed && e->control.message != ZLB &&
	    e->control.message != STOPCCN)
		return 1;
	return channel_fit(&t->way[from], &t->way[1 - from], e);
}

static unsigned data_goes_on(const struct registry *r, const struct tunnel *t, unsigned end,
			     const struct event *e)
{
	uint32_t id = e->l2tp.has_ids ? e->l2tp.session_id : e->to.session_id;
	const struct session *s = id ? registry_session(r, t, end, id) : NULL;

	if (!s)
		return 1;
	if (((const struct live_session *)s)->is_ended ||
	    ((const struct live_tunnel *)t)->is_closed)
		return 3;
	if (session_answers(s, end, e))
		return GOES_ON + 2;
	/* who has not yet asked is the likelier one to ask */
	return GOES_ON + (session_asks_first(s, end, e) ? 1 : 0);
}

static unsigned goes_on(const struct tunnel *t, unsigned end, const struct event *e, enum look look)
{
	const struct live_tunnel *lt = (const struct live_tunnel *)t;

	if (look == LOOK_QUOTED)
		return 0;
	if (e->kind != EVENT_CONTROL)
		return data_goes_on(lt->registry, t, end, e);
	if (e->control.message == SCCRQ)
		return lt->request == request_print(e) ? GOES_ON : 0;
	return control_goes_on(t, look == LOOK_SENDER ? end : 1 - end, e);
}

unsigned tunnel_fit(const struct tunnel *t, unsigned end, const struct event *e, enum look look,
		    bool is_alone)
{
	const struct live_tunnel *lt = (const struct live_tunnel *)t;
	bool is_sent = look == LOOK_SENDER;
	const struct party *here = is_sent ? &e->from : &e->to,
			   *there = is_sent ? &e->to : &e->from;
	unsigned fit = FIT_HERE, on;
	bool is_there = is_at(lt, 1 - end, there);

	if (lt->became || !path_equal(&t->path, &e->path) || !is_at(lt, end, here) ||
	    !lane_fits(lt, is_sent ? end : 1 - end, &e->path))
		return 0;
	on = is_alone && is_there ? 0 : goes_on(t, end, e, look);
	if (is_there)
		fit += FIT_OTHER_ADDRESS;
	else if (look != LOOK_RECEIVER || (t->peer[1 - end].tunnel_id && on < GOES_ON))
		return 0;
	fit += lt->at[end].port == here->port ? FIT_OWN_PORT : 0;
	fit += lt->at[1 - end].port == there->port ? FIT_OTHER_PORT : 0;
	return fit + on;
}
