#include "said_tunnel.h"

#include "ios_events.h"
#include "said_field.h"
#include "tunnel.h"

static void tunnel_new_said(struct context *c, struct tunnel *t)
{
	struct peer *peer = &t->peer[1 - live_tunnel(t)->local];
	struct address address;

	if (!peer->address.family && address_parse(said_value(c, FIELD_ADDRESS), &address))
		peer->address = address;
	if (!address_parse(said_value(c, FIELD_NAME),
			   &address)) /* xl2tpd: all it has may be that */
		said_keep(c, FIELD_NAME, &peer->name);
}

/* No entry of this end lets a host of that name in. */
static bool says_stranger(struct str result)
{
	return str_starts(result, "Could not find vpdn group") ||
	       str_starts(result, "No vpdn-group") || str_is(result, "Never heard of");
}

/* The peer was challenged, and went on without proving anything. */
static bool says_no_response(struct str result)
{
	return str_starts(result, "Expected but missing") ||
	       str_starts(result, "No response to challenge");
}

static void tunnel_auth_said(struct context *c, struct tunnel *t)
{
	unsigned local = live_tunnel(t)->local;
	struct str result = said_value(c, FIELD_RESULT);

	if (!result.len)
		result = said_value(c, FIELD_STATUS);
	if (says_stranger(result)) {
		if (local == RESPONDER) /* else it is of a tunnel that was not printed */
			mark_first(&t->claimed_stranger[local], c->mark);
		return;
	}
	t->auth_used = true; /* `Got a challenge in SCCRQ`: no more than that */
	if (str_starts(result, "succ"))
		mark_first(&t->claimed_auth[local], c->mark);
	else if (str_starts(result, "fail") || str_starts(result, "authentication fail") ||
		 str_is(result, "Bad"))
		mark_first(&t->claimed_auth_failed[local], c->mark);
	else if (says_no_response(result))
		mark_first(&t->claimed_no_secret[1 - local], c->mark);
	else if (str_is(result, "missing"))
		mark_first(&t->claimed_no_secret[said_is(c, FIELD_BY, "peer") ? 1 - local : local],
			   c->mark);
}

/* A row of `show vpdn`. */
static void table_said(struct context *c, struct tunnel *t)
{
	struct peer *peer = &t->peer[1 - live_tunnel(t)->local];
	struct address address;
	uint32_t port;

	if (!peer->address.family && address_parse(said_value(c, FIELD_ADDRESS), &address))
		peer->address = address;
	if (!peer->port && str_u32(said_value(c, FIELD_PORT), &port) && port <= UINT16_MAX)
		peer->port = (uint16_t)port;
	said_keep(c, FIELD_NAME, &peer->name);
}

/* The last message this console's end sent that nothing answers, or one that was not printed. */
static uint16_t given_up_on(const struct tunnel *t, unsigned local)
{
	if (!t->established[local].is_set && !t->was_there)
		return local == INITIATOR ? SCCRQ : SCCRP;
	return HELLO;
}

/* RFC 2661 5.8: at least five tries before the tunnel is given up. */
enum { GIVEN_UP_COPIES = 5 };

/* `O Resend SCCRQ`: one more copy of what this console has sent. */
static void copy_said(struct context *c, struct tunnel *t)
{
	uint16_t message = message_of(said_value(c, FIELD_MESSAGE));
	const struct seen *seen = seen_of(t->seen, message);

	/* the log begins behind the first one: nobody has answered it yet */
	if (message == SCCRQ && !seen->count && t->was_there &&
	    live_tunnel(t)->local == INITIATOR) {
		t->was_there = false;
		seen_add(c->arena, &t->seen, SCCRQ, INITIATOR, c->mark);
		return;
	}
	if (seen->count && seen->from == live_tunnel(t)->local)
		seen_repeat(c->arena, &t->seen, message, c->mark);
}

/* A message of the peer came again although it was answered. Its first one has the Ns 0. */
static void peer_copy_said(struct context *c, struct tunnel *t)
{
	uint16_t message = live_tunnel(t)->local == INITIATOR ? SCCRP : SCCRQ;

	if (said_is(c, FIELD_NS, "0") && seen_of(t->seen, message)->count)
		seen_repeat(c->arena, &t->seen, message, c->mark);
}

/* `retransmit delay set to 1 seconds` goes with every first message, `2`, `4`, `8` with its copies,
 * which are printed by themselves where packets are. */
static bool is_only_delay(struct context *c, struct tunnel *t)
{
	bool is_copy = said_value(c, FIELD_MESSAGE).len > 0;

	live_tunnel(t)->tells_copies |= is_copy;
	return !is_copy && said_value(c, FIELD_SECONDS).len &&
	       (live_tunnel(t)->tells_copies || said_is(c, FIELD_SECONDS, "1"));
}

/* `Maximum retries exceeded`: what was outstanding was never acknowledged. Only such a line has a
 * result; the others tell of one copy more. */
static void retransmit_said(struct context *c, struct tunnel *t)
{
	unsigned local = live_tunnel(t)->local;
	uint16_t message = given_up_on(t, local);
	const struct seen *seen = seen_of(t->seen, message);

	if (is_only_delay(c, t))
		return;
	t->counters.retransmissions++;
	if (said_is(c, FIELD_BY, "peer")) {
		peer_copy_said(c, t);
		return;
	}
	copy_said(c, t);
	if (!said_value(c, FIELD_RESULT).len || t->unanswered.is_set)
		return;
	/* IOS does not say of which message: in a log that begins late it may be the SCCRQ, unless
	 * the HELLO stands before it */
	if (!said_is(c, FIELD_RESULT, "exhausted") && t->was_there && !t->sessions &&
	    !(message == HELLO && seen->repeats && seen->from == local)) {
		live_tunnel(t)->gave_up = c->mark;
		return;
	}
	t->unanswered = (struct unanswered){.is_set = true,
					    .from = (uint8_t)local,
					    .message = message,
					    .copies = GIVEN_UP_COPIES,
					    .is_given_up = true,
					    .first = seen->first.is_set ? seen->first : c->mark,
					    .last = c->mark};
}

static void unsent_said(struct context *c, struct tunnel *t)
{
	if (!t->unsent) {
		t->unsent = arena_alloc(c->arena, sizeof(*t->unsent));
		if (!t->unsent)
			return;
		*t->unsent = (struct unsent){.first = c->mark,
					     .from = (uint8_t)live_tunnel(t)->local,
					     .reason = keep(c, said_value(c, FIELD_REASON))};
	}
	t->unsent->last = c->mark;
	t->unsent->count++;
}

/* Where both ends are, as far as the record or the daemon's lines before it tell. */
static void parties_said(struct context *c, struct tunnel *t)
{
	const struct party *parties[2] = {&c->event->from, &c->event->to};

	for (unsigned i = 0; i < 2; i++) {
		unsigned local = live_tunnel(t)->local;
		struct peer *p = &t->peer[i == 0 ? local : 1 - local];

		if (!p->address.family)
			p->address = parties[i]->address;
		if (!p->port)
			p->port = parties[i]->port;
		if (!p->dialed.len)
			p->dialed = keep(c, parties[i]->dialed);
		if (i == 1)
			tunnel_learn_id(c, t, 1 - local, parties[i]->tunnel_id);
	}
}

void said_of_tunnel(struct context *c, struct tunnel *t)
{
	t->last = c->mark;
	parties_said(c, t);
	switch (c->event->said.topic) {
	case SAID_TUNNEL_STATE:
		said_tunnel_state(c, t);
		break;
	case SAID_TUNNEL_NEW:
		tunnel_new_said(c, t);
		break;
	case SAID_TUNNEL_AUTH:
		tunnel_auth_said(c, t);
		break;
	case SAID_TABLE:
		table_said(c, t);
		break;
	case SAID_RETRANSMIT:
		retransmit_said(c, t);
		break;
	case SAID_UNSENT:
		unsent_said(c, t);
		break;
	case SAID_COMMAND:
		if (said_is(c, FIELD_ACTION, "stop") && !t->stopped.is_set) {
			t->stopped = c->mark;
			t->stopped_at = live_tunnel(t)->local;
		}
		break;
	case SAID_RESULT:
		if (!c->event->from.session_id)
			said_ending(c, &t->stopccn);
		break;
	default:
		break;
	}
}
