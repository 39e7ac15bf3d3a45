#include "session_v3.h"

#include "half_open.h"
#include "registry.h"
#include "session.h"

enum { PW_TYPE_PPP = 7 };

uint8_t session_v3_machine(enum direction d, unsigned side)
{
	if (d == OUTGOING)
		return side == LAC ? MACHINE_OCRQ_RECIPIENT : MACHINE_OCRQ_SENDER;
	return side == LAC ? MACHINE_ICRQ_SENDER : MACHINE_ICRQ_RECIPIENT;
}

bool session_is_bare(const struct session *s)
{
	return s->tunnel->version == 3 && session_circuit(s)->pw_type != PW_TYPE_PPP &&
	       !s->ppp.first.is_set;
}

bool session_lost_tie(const struct session *s)
{
	enum { LOSING_TIE_BREAKER = 13 }; /* CDN result */

	return session_circuit(s)->lost_tie || (s->tunnel->version == 3 && session_cdn(s)->is_set &&
						session_cdn(s)->result == LOSING_TIE_BREAKER);
}

/* RFC 3931 5.4.4: the lower value wins; who sends none loses against one who does; equal values
 * leave no session at all. */
static bool loses(struct span own, struct span other)
{
	size_t len = own.len < other.len ? own.len : other.len;
	int order;

	if (!own.len || !other.len)
		return !own.len;
	order = memcmp(own.at, other.at, len);
	return order ? order > 0 : own.len >= other.len;
}

/* `asker` of `s` gets the request of the other session. Nothing shows yet that it has it. */
static void tie_step(struct context *c, struct session *s, unsigned asker, struct span other)
{
	unsigned side = session_side(s, asker);
	struct session_circuit *circuit = session_circuit_make(c->arena, s);

	mark_first(&circuit->tied, c->mark);
	session_side_step(c, s, side, SESSION_TIE, true);
	circuit->lost_tie = loses(circuit->tie, other);
	if (circuit->lost_tie)
		session_side_step(c, s, side, SESSION_LOSE_TIE, true);
}

static void meet(struct context *c, struct session *s, unsigned from)
{
	struct session *other = registry_circuit(c->observer->registry, s->tunnel, 1 - from,
						 session_circuit(s)->id);

	if (!other || other == s || live_session(other)->is_ended || other->direction == OUTGOING ||
	    other->end[session_side(other, 1 - from)].state != SESSION_WAIT_REPLY)
		return;
	tie_step(c, other, 1 - from, session_circuit(s)->tie);
	session_circuit_make(live_session(s)->arena, s)->rival = other;
	live_session(other)->is_heard = 3; /* it stays as long as it is pointed to */
	half_open_leave_session(other);
}

void session_v3_asked(struct context *c, struct session *s, unsigned from)
{
	const struct session *rival = session_circuit(s)->rival;

	if (rival)
		tie_step(c, s, from, session_circuit(rival)->tie);
}

void session_v3_facts(struct context *c, struct session *s, unsigned from)
{
	uint16_t message = c->event->control.message;
	const struct avp *a = event_avp(c->event, AVP_N_PSEUDOWIRE_TYPE);
	uint64_t number;

	if (a && a->is_whole && avp_number(a, &number))
		session_circuit_make(c->arena, s)->pw_type = (uint16_t)number;
	if (message != ICRQ || session_circuit(s)->id.len)
		return;
	if ((a = event_avp(c->event, AVP_N_TIE_BREAKER)) && a->is_whole)
		session_circuit_make(c->arena, s)->tie = keep_span(c, a->value);
	if (!(a = event_avp(c->event, AVP_N_REMOTE_END_ID)) || !a->is_whole || !a->value.len)
		return;
	session_circuit_make(c->arena, s)->id = keep_span(c, a->value);
	registry_add_circuit(c->observer->registry, s, from, session_circuit(s)->id);
	meet(c, s, from);
}
