#include "stats_message.h"

#include <stdlib.h>

#include "l2f_replay.h"
#include "reread.h"
#include "told.h"

/* Rows are few (each protocol has a handful of types): found by walking. */
enum { MESSAGE_ROWS = 256 };

static void count(struct stats *s, const struct stats_counted *c)
{
	struct stats_message *row;

	if (c->n + c->again == 0 || c->name == NULL)
		return;
	if (s->messages == NULL)
		s->messages = arena_array(s->arena, MESSAGE_ROWS, sizeof(*s->messages));
	row = s->messages;
	if (row == NULL)
		return;
	for (size_t i = 0; i < s->n_messages; i++, row++) {
		if (strcmp(row->protocol, c->protocol) != 0 || strcmp(row->name, c->name) != 0)
			continue;
		row->n += c->n;
		row->again += c->again;
		return;
	}
	if (s->n_messages < MESSAGE_ROWS)
		s->messages[s->n_messages++] =
			(struct stats_message){c->order, c->protocol, c->name, c->n, c->again};
}

static void take_count(void *context, const struct stats_counted *c)
{
	count(context, c);
}

/* To whom the messages of a call are told. */
struct taker {
	void (*take)(void *context, const struct stats_counted *c);
	void *context;
};

static void tell(const struct taker *t, struct stats_counted c)
{
	if (c.n + c.again > 0 && c.name != NULL)
		t->take(t->context, &c);
}

/* Link, authentication and network protocols, in the order of a call (RFC 1661 3.2). */
static uint32_t order_of(uint16_t protocol, unsigned message)
{
	return (protocol < 0x8000    ? 0u
		: protocol >= 0xc000 ? 1u << 24
				     : 2u << 24) |
	       (uint32_t)protocol << 8 | message;
}

static int by_order(const void *a, const void *b)
{
	const struct stats_message *one = a;
	const struct stats_message *other = b;

	return (one->order > other->order) - (one->order < other->order);
}

static void count_seen(const struct taker *s, const struct tunnel *t, const struct seen *seen)
{
	for (; seen; seen = seen->next)
		if (seen->message)
			tell(s, (struct stats_counted){order_of(t->version == 1, seen->message),
						       t->version == 1 ? "L2F" : "L2TP",
						       tunnel_message_name(t, seen->message),
						       seen->count, seen->repeats});
}

static void count_side(const struct taker *s, uint16_t number, const char *protocol,
		       const struct cp_side *side)
{
	const struct {
		const char *name;
		uint64_t n, again;
	} rows[] = {
		{"CONFREQ", side->requests, side->request_repeats},
		{"CONFACK", side->acks, 0},
		{"CONFNAK", side->naks, 0},
		{"CONFREJ", side->rejects, 0},
		{"TERMREQ", side_ending(side)->request.is_set, 0},
		{"TERMACK", side_ending(side)->ack.is_set, 0},
		{"ECHOREQ", side_echo(side)->requests, 0},
		{"ECHOREP", side_echo_replies(side), 0},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		tell(s, (struct stats_counted){order_of(number, i), protocol, rows[i].name,
					       rows[i].n, rows[i].again});
}

static bool is_spoken(const struct cp_side *side)
{
	return side->requests > 0 || side->acks > 0 || side->naks > 0 || side->rejects > 0 ||
	       side_echo(side)->requests > 0 || side_ending(side)->request.is_set;
}

/* Joined sessions saw the same negotiation: the first that saw this protocol tells it. */
static void count_cp(const struct taker *s, const struct session *session, size_t which)
{
	for (; session != NULL; session = session->joined) {
		const struct cp *cp = link_cp(&session->ppp, which);
		const char *protocol = code_name(CODE_PPP_PROTOCOL, cp->protocol);

		if (!is_spoken(&cp->side[CLIENT]) && !is_spoken(&cp->side[LNS]))
			continue;
		count_side(s, cp->protocol, protocol == NULL ? "NCP" : protocol, &cp->side[CLIENT]);
		count_side(s, cp->protocol, protocol == NULL ? "NCP" : protocol, &cp->side[LNS]);
		return;
	}
}

static void count_auth(const struct taker *s, const struct session *session, size_t which)
{
	for (; session != NULL; session = session->joined) {
		const struct auth *a = link_auth(&session->ppp, which);
		const char *protocol = code_name(CODE_PPP_PROTOCOL, a->protocol);
		bool is_pap = a->protocol == PPP_PAP;

		if (a->challenges + a->responses == 0 || protocol == NULL)
			continue;
		tell(s, (struct stats_counted){order_of(a->protocol, 0), protocol, "CHALLENGE",
					       a->challenges, 0});
		tell(s, (struct stats_counted){order_of(a->protocol, 1), protocol,
					       is_pap ? "AUTHREQ" : "RESPONSE", a->responses, 0});
		if (a->decided.is_set && a->result == RESULT_SUCCESS)
			tell(s, (struct stats_counted){order_of(a->protocol, 2), protocol,
						       is_pap ? "AUTHACK" : "SUCCESS", 1, 0});
		if (a->decided.is_set && a->result == RESULT_FAILURE)
			tell(s, (struct stats_counted){order_of(a->protocol, 3), protocol,
						       is_pap ? "AUTHNAK" : "FAILURE", 1, 0});
		return;
	}
}

void stats_each_message(const struct call *c,
			void (*take)(void *context, const struct stats_counted *c), void *context)
{
	struct taker t = {take, context};

	if (c->session == NULL)
		return;
	if (c->tunnel != NULL)
		count_seen(&t, c->tunnel, c->session->seen);
	for (const struct call *leg = c->legs; leg != NULL; leg = leg->next_leg) {
		if (leg->tunnel != NULL && leg->session != NULL && leg->session != c->session)
			count_seen(&t, leg->tunnel, leg->session->seen);
	}
	for (size_t i = 0; i < N_CP; i++)
		count_cp(&t, c->session, i);
	count_auth(&t, c->session, CLIENT);
	count_auth(&t, c->session, LNS);
}

void stats_count_tunnel(struct stats *s, const struct tunnel *t)
{
	struct taker x = {take_count, s};

	count_seen(&x, t, t->seen);
}

void stats_count_call(struct stats *s, struct run *r, const struct call *c)
{
	if (c->is_told && r->reread != NULL)
		told_each_message(reread_told(r->reread), c, take_count, s);
	else
		stats_each_message(c, take_count, s);
}

void stats_sort_messages(struct stats *s)
{
	if (s->n_messages > 0)
		qsort(s->messages, s->n_messages, sizeof(*s->messages), by_order);
}
