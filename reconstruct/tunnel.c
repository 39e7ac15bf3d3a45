#include "tunnel.h"

#include "arrival.h"
#include "early.h"
#include "ending.h"
#include "join.h"
#include "meter.h"
#include "over.h"
#include "registry.h"
#include "session.h"
#include "tie_breaker.h"
#include "wire_stop.h"

uint8_t tunnel_send_event(uint16_t message)
{
	switch (message) {
	case SCCRQ:
		return TUNNEL_SEND_SCCRQ;
	case SCCRP:
		return TUNNEL_SEND_SCCRP;
	case SCCCN:
		return TUNNEL_SEND_SCCCN;
	case STOPCCN:
		return TUNNEL_SEND_STOPCCN;
	case L2F_CONFIRM:
		return TUNNEL_SEND_CONFIRM;
	default:
		return TUNNEL_SEND_OTHER;
	}
}

/* enum machine_number. */
static uint8_t machine_of(unsigned version, unsigned end)
{
	if (version == 1)
		return end == INITIATOR ? MACHINE_L2F_NAS_TUNNEL : MACHINE_L2F_HGW_TUNNEL;
	return version == 3 ? MACHINE_TUNNEL_V3 : MACHINE_TUNNEL;
}

struct tunnel *tunnel_new(struct context *c, bool is_fresh)
{
	struct observer *o = c->observer;
	struct live_tunnel *lt = NULL;
	struct arena *arena = o->is_text ? o->arena : observer_record(o, sizeof(*lt));
	struct tunnel *t;

	if (o->n_tunnels < LIMIT_TUNNELS)
		lt = arena_alloc(arena, sizeof(*lt));
	if (!lt) {
		o->is_limited = true;
		if (arena != o->arena)
			arena_free(arena);
		return NULL;
	}
	lt->arena = arena;
	lt->registry = o->registry;
	t = &lt->tunnel;
	t->way = lt->ways;
	lt->ways[0].arena = lt->ways[1].arena = arena;
	t->version = c->event->l2tp.version ? c->event->l2tp.version : 2;
	t->vantage = c->mark.vantage;
	t->path = c->event->path;
	t->round_trip_s = -1;
	t->was_there = !is_fresh;
	for (int i = 0; i < 2; i++) {
		t->peer[i].firmware = -1;
		t->end[i] = (struct end){.machine = machine_of(t->version, (unsigned)i),
					 .state = is_fresh ? TUNNEL_IDLE : TUNNEL_UNKNOWN};
	}
	t->first = c->mark;
	lt->settles_ns = INT64_MAX;
	over_number_tunnel(o, t);
	if (o->tunnels_last)
		o->tunnels_last->next = t;
	else
		o->tunnels = t;
	o->tunnels_last = t;
	o->n_tunnels++;
	return t;
}

void tunnel_learn_id(struct context *c, struct tunnel *t, unsigned end, uint32_t id)
{
	if (!id || t->peer[end].tunnel_id == id)
		return;
	/* an id does not change: what contradicts it stays for the rules to see */
	if (t->peer[end].tunnel_id)
		return;
	t->peer[end].tunnel_id = id;
	if (c->observer->is_text)
		return;
	registry_add_tunnel(c->observer->registry, t, end, id);
	if (end == RESPONDER)
		registry_add_asked(c->observer->registry, t, id);
}

/* The ends of L2F have a machine each: who turns out to be the other one is up, or nothing is
 * known of its state. */
static void machines_again(struct tunnel *t)
{
	for (unsigned i = 0; i < 2; i++) {
		struct end *end = &t->end[i];

		end->machine = machine_of(t->version, i);
		if (end->state == TUNNEL_OPEN2)
			end->state = TUNNEL_ESTABLISHED;
		else if (!machine_state_name(end_machine(end), end->state))
			end->state = TUNNEL_UNKNOWN;
	}
}

static void flip_live(struct live_tunnel *lt)
{
	struct awaiting *awaiting = lt->awaiting[0], *last = lt->awaiting_last[0];
	struct held *early = lt->early[0];
	uint32_t n_early = lt->n_early[0];
	struct lane lane = lt->lane[0];
	bool is_heard = lt->is_heard[0];
	struct place at = lt->at[0];

	lt->awaiting[0] = lt->awaiting[1];
	lt->awaiting[1] = awaiting;
	lt->awaiting_last[0] = lt->awaiting_last[1];
	lt->awaiting_last[1] = last;
	lt->early[0] = lt->early[1];
	lt->early[1] = early;
	lt->n_early[0] = lt->n_early[1];
	lt->n_early[1] = n_early;
	lt->lane[0] = lt->lane[1];
	lt->lane[1] = lane;
	lt->is_heard[0] = lt->is_heard[1];
	lt->is_heard[1] = is_heard;
	lt->at[0] = lt->at[1];
	lt->at[1] = at;
}

void tunnel_flip(struct tunnel *t)
{
	struct live_tunnel *lt = live_tunnel(t);

	meter_turn(t);
	tunnel_swap(t);
	machines_again(t);
	lt->local = (uint8_t)(1 - lt->local);
	flip_live(lt);
}

/* ---- the machines ---- */

void tunnel_note_established(struct context *c, struct tunnel *t, unsigned end)
{
	if (t->end[end].state != TUNNEL_ESTABLISHED || t->established[end].is_set)
		return;
	t->established[end] = c->mark;
	t->established[end].is_inferred = t->end[end].is_inferred;
}

static void close_sessions(struct context *c, struct tunnel *t, unsigned end)
{
	for (struct session *s = t->sessions; s; s = session_after(s))
		session_step(c, s, end, SESSION_TUNNEL_CLOSES);
}

void tunnel_step(struct context *c, struct tunnel *t, unsigned end, uint8_t event,
		 bool is_concluded)
{
	bool has_gap = t->way[0].gaps + t->way[1].gaps > 0;
	struct arena *outside = context_in_tunnel(c, t);

	end_step(c, &t->end[end], event,
		 (struct end_of){tunnel_role(end), 0, has_gap ? NULL : &t->verdicts}, is_concluded);
	c->arena = outside;
	tunnel_note_established(c, t, end);
	if (event == TUNNEL_SEND_STOPCCN || event == TUNNEL_RECV_STOPCCN)
		close_sessions(c, t, end);
}

void tunnel_received(struct context *c, struct tunnel *t, unsigned from, uint16_t message,
		     struct session *s, bool is_concluded)
{
	tunnel_step(c, t, 1 - from, (uint8_t)(tunnel_send_event(message) + 1), is_concluded);
	if (message == SCCRQ)
		tie_decided(c, t);
	if (s)
		session_received(c, s, from, message, is_concluded);
}

/* ---- facts ---- */

static void peer_facts(struct context *c, struct tunnel *t, unsigned from)
{
	const struct event *e = c->event;
	struct peer *p = &t->peer[from];
	const struct avp *a;
	uint64_t number;

	if ((a = event_avp(e, 7)) && avp_text(a).len)
		p->name = keep(c, avp_text(a));
	if ((a = event_avp(e, 8)) && avp_text(a).len)
		p->vendor = keep(c, avp_text(a));
	if ((a = event_avp(e, 6)) && avp_number(a, &number))
		p->firmware = (int32_t)number;
	if ((a = event_avp(e, 10)) && avp_number(a, &number))
		p->window = (uint16_t)number;
	if ((a = event_avp(e, 9)) && avp_number(a, &number))
		tunnel_learn_id(c, t, from, (uint32_t)number);
	if ((a = event_avp(e, 61)) && avp_number(a, &number) && t->version == 3)
		tunnel_learn_id(c, t, from, (uint32_t)number);
	else if (t->version == 3) /* Cisco's drafts have an AVP of their own for it */
		tunnel_learn_id(c, t, from, e->from.tunnel_id);
	if (event_avp(e, AVP_N_NONCE) && t->version == 3)
		t->auth_used = true;
	if ((a = event_avp(e, 11)) && a->value.len) {
		p->challenge = keep_span(c, a->value);
		p->challenge_mark = c->mark;
		t->auth_used = true;
	}
	if ((a = event_avp(e, 13)) && a->value.len) {
		p->response = keep_span(c, a->value);
		p->response_mark = c->mark;
		p->response_in = (uint8_t)e->control.message;
		t->auth_used = true;
	}
	p->opening_is_cut |= !e->control.is_complete && e->path.captured < e->path.original &&
			     e->control.message <= SCCCN;
}

/* A collector may know no more of the device than its address, which is no name. */
static void party_name(struct context *c, struct peer *p, struct str name)
{
	struct address address;

	if (!name.len || p->name.len)
		return;
	if (!c->observer->is_text || !address_parse(name, &address))
		p->name = keep(c, name);
}

static void party_facts(struct context *c, struct tunnel *t, unsigned from)
{
	const struct party *parties[2] = {&c->event->from, &c->event->to};

	for (unsigned i = 0; i < 2; i++) {
		unsigned end = i == 0 ? from : 1 - from;
		struct peer *p = &t->peer[end];

		if (parties[i]->address.family && !p->address.family)
			p->address = parties[i]->address;
		if (parties[i]->port && (!p->port || (i == 0 && !t->established[end].is_set)))
			p->port = parties[i]->port;
		party_name(c, p, parties[i]->name);
		if (parties[i]->dialed.len && !p->dialed.len)
			p->dialed = keep(c, parties[i]->dialed);
		if (c->observer->is_text)
			tunnel_learn_id(c, t, end, parties[i]->tunnel_id);
	}
}

static void count(struct context *c, struct tunnel *t, unsigned from, struct session *s)
{
	uint16_t message = c->event->control.message;

	t->counters.control_messages++;
	if (s)
		s->counters.control_messages++;
	if (message == HELLO)
		t->hellos++;
	if (s)
		seen_add(live_session(s)->arena, &s->seen, message, session_side(s, from), c->mark);
	else
		seen_add(live_tunnel(t)->arena, &t->seen, message, from, c->mark);
}

static struct session *facts(struct context *c, struct tunnel *t, unsigned from,
			     struct session *known)
{
	struct session *s = known ? known : session_of_message(c, t, from);

	party_facts(c, t, from);
	if (session_message(c->event->control.message)) {
		if (s) {
			session_facts(c, s, from);
			company_changed(c->observer, s);
		}
	} else {
		s = NULL;
		if (c->event->control.message != HELLO)
			peer_facts(c, t, from);
		if (c->event->control.message == STOPCCN)
			ending_take(c, &t->stopccn, from);
	}
	count(c, t, from, s);
	return s;
}

/* ---- delivery ---- */

/* What end `from` repeated and never had acknowledged; the first of it, because the channel
 * keeps order. An acknowledgement that comes after its sender closed is too late. */
static void note_unanswered(struct tunnel *t, unsigned from)
{
	/* a message that is sent again and again has no answer, whatever the recording misses, as
	 * long as it shows both directions */
	uint32_t least = t->is_holey ? 3 : 2;

	if (t->is_holey && !live_tunnel(t)->is_heard[1 - from])
		return;
	for (size_t i = 0; i < t->way[from].n_pending; i++) {
		const struct pending *p = channel_pending(&t->way[from], i);
		bool is_first =
			!t->unanswered.is_set || p->event < mark_number(&t->unanswered.first);

		if (p->is_acked || p->copies < least || !is_first)
			continue;
		t->unanswered = (struct unanswered){
			.is_set = true,
			.from = (uint8_t)from,
			.message = p->message,
			.ns = p->ns,
			.copies = p->copies,
			.first = mark_at((struct sight){.input = mark_input(&t->first),
							.vantage = t->vantage,
							.frame = p->frame,
							.line = p->line,
							.number = p->event,
							.when = p->first}),
			.last = mark_at((struct sight){.input = mark_input(&t->first),
						       .vantage = t->vantage,
						       .frame = p->last_frame,
						       .line = p->last_line,
						       .number = p->last_event,
						       .when = p->last}),
		};
	}
}

struct session *tunnel_deliver(struct context *c, struct tunnel *t, unsigned from,
			       struct session *known)
{
	uint16_t message = c->event->control.message;
	struct session *s = facts(c, t, from, known);
	bool is_there = c->event->sense == RECEIVED;

	if (c->step)
		c->step->session = s ? s : c->step->session;
	arrival_answered(c, t, 1 - from, s, message);
	arrival_pull(c, t, from, s);
	tunnel_step(c, t, from, tunnel_send_event(message), false);
	if (s)
		session_sent(c, s, from, message, false);
	if (message == STOPCCN) {
		over_note_tunnel(c->observer, t);
		note_unanswered(t, from);
	}
	if (message == CDN && s)
		over_note_call(c->observer, s);
	if (is_there) {
		arrival_through(c, t, from, live_tunnel(t)->awaiting_last[from]);
		tunnel_received(c, t, from, message, s, false);
	} else {
		arrival_await(c, t, from, s);
	}
	return s;
}

static struct session *repeated(struct context *c, struct tunnel *t, unsigned from,
				struct session *known, enum delivery d)
{
	struct session *s = known ? known : session_known(c, t, from);
	uint16_t message = c->event->control.message;

	if (c->step)
		c->step->session = s;
	if (d == DELIVERY_DUPLICATE) {
		t->counters.duplicates++;
		if (s)
			s->counters.duplicates++;
		return s;
	}
	t->counters.retransmissions++;
	if (s)
		s->counters.retransmissions++;
	if (s)
		seen_repeat(live_session(s)->arena, &s->seen, message, c->mark);
	else
		seen_repeat(live_tunnel(t)->arena, &t->seen, message, c->mark);
	return s;
}

static inline bool covers_unseen(const struct tunnel *t, const struct channel *way, uint16_t nr)
{
	/* what was acknowledged before tells nothing new */
	if (way->has_acked && (int16_t)(uint16_t)(nr - way->acked) <= 0)
		return false;
	if (!way->is_started)
		return nr > 0 && !t->was_there;
	return (int16_t)(uint16_t)(nr - way->next_ns) > 0;
}

/* Nearly no message does: the Nr, which tells that, is looked at first. */
bool tunnel_acknowledges_unseen(const struct tunnel *t, unsigned from, const struct event *e)
{
	return e->l2tp.has_sequence && covers_unseen(t, &t->way[1 - from], e->l2tp.nr) &&
	       !(e->origin.line && !e->origin.frame) && !channel_is_far(&t->way[from], e);
}

/* Few runs keep steps. */
static __attribute__((noinline)) void step_acknowledges(struct context *c,
							const struct channel *back)
{
	struct acknowledged list[LIMIT_REORDER], *kept;
	size_t n = channel_acknowledges(back, c->event, list);

	kept = n ? arena_array(c->arena, n, sizeof(*kept)) : NULL;
	if (!kept)
		return;
	memcpy(kept, list, n * sizeof(*kept));
	c->step->acknowledges = kept;
	c->step->n_acknowledges = (uint8_t)n;
}

/* Where its ids lead: they do not when only what it answers told its call. */
static struct session *session_named(struct context *c, const struct tunnel *t, unsigned from,
				     struct session *s)
{
	return s && s->id[LAC] && s->id[LNS] ? s : session_known(c, t, from);
}

struct session *tunnel_take(struct context *c, struct tunnel *t, unsigned from,
			    struct session *known)
{
	struct live_tunnel *lt = live_tunnel(t);
	struct session *s = NULL;
	bool is_forgotten = wire_is_forgotten(c, t, from);
	bool is_holey = !is_forgotten && tunnel_acknowledges_unseen(t, from, c->event);
	struct arena *outside = context_in_tunnel(c, t);
	enum delivery d;

	if (step_is_shown(c->step))
		step_acknowledges(c, &t->way[1 - from]);
	if (is_forgotten) /* neither its Ns nor its Nr are those of this tunnel */
		d = t->stopccn.is_set ? DELIVERY_REPEAT : DELIVERY_NEW;
	else
		d = channel_take(&t->way[from], &t->way[1 - from], c->event);

	c->delivery = d;
	if (c->step)
		c->step->delivery = d;
	t->last = c->mark;
	t->heard[from] = c->mark;
	t->is_holey |= is_holey;
	if (is_holey)
		t->hole = c->mark;
	lt->is_heard[from] = true;
	arrival_acknowledged(c, t, 1 - from);
	/* what the Nr covers came before this message */
	if (lt->early[1 - from])
		early_release(c, t, 1 - from, false);
	switch (d) {
	case DELIVERY_NEW:
		s = session_named(c, t, from, tunnel_deliver(c, t, from, known));
		t->stopccn.is_forgotten |= is_forgotten;
		break;
	case DELIVERY_EARLY:
		early_hold(c, t, from);
		break;
	case DELIVERY_OLD:
		/* the machines have gone past it; what it says is still true */
		s = session_named(c, t, from, facts(c, t, from, known));
		break;
	case DELIVERY_REPEAT:
	case DELIVERY_DUPLICATE:
		s = repeated(c, t, from, known, d);
		break;
	case DELIVERY_ACK:
	case DELIVERY_NONE:
		break;
	}
	for (unsigned end = 0; end < 2; end++)
		if (lt->early[end])
			early_release(c, t, end, false);
	if (d == DELIVERY_EARLY) /* it may have been released at once */
		s = session_known(c, t, from);
	c->arena = outside;
	return s;
}

/* ---- the end ---- */

static void note_auth(struct tunnel *t)
{
	bool failed = t->claimed_auth_failed[0].is_set || t->claimed_auth_failed[1].is_set;
	bool claimed = t->claimed_auth[0].is_set || t->claimed_auth[1].is_set;

	if (claimed || failed)
		t->auth_used = true;
	if (failed)
		t->auth_result = RESULT_FAILURE;
	else if (claimed || (t->auth_used && t->established[0].is_set && t->established[1].is_set))
		t->auth_result = RESULT_SUCCESS;
}

/* What shows that a tunnel or PPPoE session had its answers before: it was there, or went on. */
static bool went_on(const struct tunnel *t)
{
	if (t->carrier == CARRIER_PPPOE && t->discovery)
		return t->sessions->ppp.first.is_set || t->discovery->padr.is_set;
	return t->was_there;
}

bool tunnel_is_asked_alone(const struct tunnel *t)
{
	return seen_of(t->seen, SCCRQ)->count && !seen_of(t->seen, SCCCN)->count &&
	       !t->way[RESPONDER].acked_more && !t->sessions && !t->was_there;
}

/* Of which one direction was never seen: no answer can be missed. */
static bool one_way_only(const struct tunnel *t)
{
	const struct live_tunnel *lt = (const struct live_tunnel *)t;

	return went_on(t) && !t->peer[0].is_text_source && !t->peer[1].is_text_source &&
	       !(lt->is_heard[0] && lt->is_heard[1]);
}

void tunnel_release(struct context *c, struct tunnel *t)
{
	early_release(c, t, INITIATOR, true);
	early_release(c, t, RESPONDER, true);
}

void tunnel_finish(struct context *c, struct tunnel *t)
{
	double trips[2];

	tunnel_release(c, t);
	trips[0] = channel_round_trip(&t->way[0]);
	trips[1] = channel_round_trip(&t->way[1]);
	t->round_trip_s = trips[0] > trips[1] ? trips[0] : trips[1];
	if (one_way_only(t)) {
		t->is_holey = true;
		t->hole = (struct mark){0};
		t->unanswered.is_set = false;
	} else {
		note_unanswered(t, INITIATOR);
		note_unanswered(t, RESPONDER);
	}
	note_auth(t);
}
