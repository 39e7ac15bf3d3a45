#include "l2f_replay.h"

#include "arrival.h"
#include "fit.h"
#include "l2f.h"
#include "registry.h"
#include "session.h"
#include "speaker.h"
#include "tunnel.h"
#include "wire_l2f.h"

/* Options by message and number (l2f.h). */
enum {
	CONF_NAME = 0x0102,
	OPEN_NAME = 0x0201,
	OPEN_CHALLENGE = 0x0202,
	OPEN_RESPONSE = 0x0203,
	OPEN_LCP_SENT = 0x0205,
	OPEN_TYPE = 0x0206,
	OPEN_ID = 0x0207,
	CLOSE_WHY = 0x0301,
	CLOSE_TEXT = 0x0302,
};
enum { TYPE_CHAP = 2, TYPE_PAP = 3 }; /* L2F_OPEN_TYPE */

static const int64_t duplicate_ns = 2000000; /* contract.md: copies within 2 ms */

static const struct avp *option(const struct event *e, uint16_t number)
{
	for (size_t i = 0; i < e->control.n_avps; i++) {
		const struct avp *a = &e->control.avps[i];

		if (a->vendor == L2F_VENDOR && a->number == number)
			return a;
	}
	return NULL;
}

static uint32_t number_of(const struct event *e, uint16_t number)
{
	const struct avp *a = option(e, number);
	uint64_t value;

	return a && a->is_whole && avp_number(a, &value) ? (uint32_t)value : 0;
}

const char *tunnel_message_name(const struct tunnel *t, uint32_t message)
{
	static const struct {
		uint16_t message, l2f;
	} rows[] = {
		{SCCRQ, L2F_CONF},       {SCCRP, L2F_CONF},    {SCCCN, L2F_OPEN},
		{L2F_CONFIRM, L2F_OPEN}, {ICRQ, L2F_OPEN},     {ICRP, L2F_OPEN},
		{CDN, L2F_CLOSE},        {STOPCCN, L2F_CLOSE}, {HELLO, L2F_ECHO},
	};

	for (size_t i = 0; t->version == 1 && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].message == message)
			return code_message_name(rows[i].l2f);
	return code_name(CODE_MESSAGE, message);
}

/* What it is in L2TP; ZLB: nothing that moves an end. */
static uint16_t meaning(const struct event *e, unsigned from)
{
	bool is_client = e->l2tp.session_id != 0;

	switch (e->control.message) {
	case L2F_CONF:
		return from == INITIATOR ? SCCRQ : SCCRP;
	case L2F_OPEN:
		if (is_client)
			return from == INITIATOR ? ICRQ : ICRP;
		return from == INITIATOR ? SCCCN : L2F_CONFIRM;
	case L2F_CLOSE:
		return is_client ? CDN : STOPCCN;
	default:
		return ZLB;
	}
}

/* Only the NAS gives a client's name and type (4.4.4). */
static void roles_learn(struct context *c, struct tunnel *t, unsigned *from)
{
	const struct event *e = c->event;
	bool is_nas = option(e, OPEN_TYPE) || option(e, OPEN_NAME);

	if (t->roles_known || e->control.message != L2F_OPEN || !e->l2tp.session_id)
		return;
	if (is_nas != (*from == INITIATOR)) {
		tunnel_flip(t);
		for (struct session *s = t->sessions; s; s = s->next)
			session_flip(s);
		for (unsigned end = 0; end < 2; end++)
			if (t->peer[end].tunnel_id)
				registry_add_tunnel(c->observer->registry, t, end,
						    t->peer[end].tunnel_id);
		*from = 1 - *from;
	}
	t->roles_known = true;
	for (struct session *s = t->sessions; s; s = s->next)
		s->roles_known = true;
}

static uint64_t *prints_of(struct live_session *ls)
{
	if (!ls->l2f_print)
		ls->l2f_print = arena_array(ls->arena, 2, sizeof(*ls->l2f_print));
	return ls->l2f_print;
}

static bool is_repeat(struct context *c, struct tunnel *t, struct session *s, unsigned from)
{
	uint64_t *last = s ? prints_of(live_session(s)) : live_tunnel(t)->l2f_print;
	uint64_t print = request_print(c->event) ^ c->event->control.message;
	bool is_same = last && last[from] == print;

	if (last)
		last[from] = print;
	return is_same;
}

static void count_repeat(struct context *c, struct tunnel *t, struct session *s, unsigned from)
{
	struct moment *last = &live_tunnel(t)->l2f_when[from];
	bool is_copy = moment_known(*last) && moment_minus(c->event->when, *last) < duplicate_ns;
	struct counters *own = s ? &s->counters : NULL;

	c->delivery = is_copy ? DELIVERY_DUPLICATE : DELIVERY_REPEAT;
	if (c->step)
		c->step->delivery = c->delivery;
	if (is_copy) {
		t->counters.duplicates++;
		if (own)
			own->duplicates++;
		return;
	}
	t->counters.retransmissions++;
	if (own)
		own->retransmissions++;
	if (s)
		seen_repeat(live_session(s)->arena, &s->seen, meaning(c->event, from), c->mark);
	else
		seen_repeat(live_tunnel(t)->arena, &t->seen, meaning(c->event, from), c->mark);
}

/* ---- facts ---- */

static void client_facts(struct context *c, struct session *s)
{
	const struct event *e = c->event;
	struct auth *a;
	const struct avp *name = option(e, OPEN_NAME), *value;
	uint32_t type = number_of(e, OPEN_TYPE);

	if (name && avp_text(name).len)
		s->proxy_name = keep(c, avp_text(name));
	speaker_named(c, s);
	s->proxy_type = (uint8_t)type;
	s->ppp.proxy_lcp |= option(e, OPEN_LCP_SENT) != NULL;
	if (type != TYPE_CHAP && type != TYPE_PAP)
		return;
	a = link_auth_make(c->arena, &s->ppp, CLIENT);
	a->protocol = type == TYPE_CHAP ? PPP_CHAP : PPP_PAP;
	a->algorithm = type == TYPE_CHAP ? CHAP_MD5 : 0;
	a->is_proxy = true;
	a->by_lns = true;
	a->peer_name = s->proxy_name;
	a->response_id = (uint8_t)number_of(e, OPEN_ID);
	if ((value = option(e, OPEN_CHALLENGE)))
		a->challenge = keep_span(c, value->value);
	if ((value = option(e, OPEN_RESPONSE)))
		a->response = keep_span(c, value->value);
	a->responses = 1;
	a->responded = c->mark;
	mark_first(&a->first, c->mark);
}

static void client_decided(struct context *c, struct session *s, enum result result)
{
	struct auth *a = s->ppp.auth[CLIENT];

	if (!a || !a->is_proxy || a->result != RESULT_UNKNOWN)
		return;
	a->result = (uint8_t)result;
	a->decided = c->mark;
}

/* 4.4.5: why it was closed, as bits and as text. */
static void closed(struct context *c, struct ending *ending, unsigned end)
{
	const struct avp *text = option(c->event, CLOSE_TEXT);

	if (ending->is_set)
		return;
	*ending = (struct ending){.is_set = true,
				  .from = (uint8_t)end,
				  .result = -1,
				  .error = -1,
				  .has_why = true,
				  .why = number_of(c->event, CLOSE_WHY)};
	if (text)
		ending->text = keep(c, avp_text(text));
	ending->mark = mark_text(c, "L2F_CLOSE why 0x%x%s%.*s%s", ending->why,
				 ending->text.len ? " \"" : "", STR_ARG(ending->text),
				 ending->text.len ? "\"" : "");
}

enum { WHY_AUTHENTICATION = 0x61 }; /* failed, unknown user, wrong password */

static void facts(struct context *c, struct tunnel *t, struct session *s, unsigned from)
{
	const struct avp *name = option(c->event, CONF_NAME);

	switch (meaning(c->event, from)) {
	case SCCRQ:
	case SCCRP:
		t->auth_used = true;
		if (name && avp_text(name).len)
			t->peer[from].name = keep(c, avp_text(name));
		break;
	case ICRQ:
		client_facts(c, s);
		break;
	case ICRP:
		client_decided(c, s, RESULT_SUCCESS);
		break;
	case CDN:
		closed(c, session_cdn_make(c->arena, s), session_side(s, from));
		if (session_cdn(s)->why & WHY_AUTHENTICATION)
			client_decided(c, s, RESULT_FAILURE);
		break;
	case STOPCCN:
		closed(c, &t->stopccn, from);
		break;
	default:
		break;
	}
}

struct tunnel *l2f_take(struct context *c, struct session **ret_session, unsigned *ret_from)
{
	struct tunnel *t = wire_l2f_tunnel(c, ret_from);
	struct event as = *c->event;
	struct context then = *c;
	struct session *s = NULL;

	*ret_session = NULL;
	if (!t)
		return NULL;
	t->last = c->mark;
	live_tunnel(t)->is_heard[*ret_from] = true;
	t->heard[*ret_from] = c->mark;
	roles_learn(c, t, ret_from);
	as.control.message = meaning(c->event, *ret_from);
	as.l2tp.has_sequence = false;
	then.event = &as;
	if (as.control.message == ZLB) {
		t->hellos += c->event->control.message == L2F_ECHO;
		t->counters.control_messages++;
		return t;
	}
	if (c->event->l2tp.session_id)
		s = wire_l2f_client(c, t, *ret_from, as.control.message == ICRQ);
	*ret_session = s;
	if (c->event->l2tp.session_id && !s)
		return t;
	if (is_repeat(c, t, s, *ret_from)) {
		count_repeat(c, t, s, *ret_from);
	} else {
		if (c->step)
			c->step->delivery = DELIVERY_NEW;
		facts(c, t, s, *ret_from);
		arrival_of_session(&then, t, 1 - *ret_from, s);
		tunnel_deliver(&then, t, *ret_from, s);
	}
	live_tunnel(t)->l2f_when[*ret_from] = c->event->when;
	return t;
}
