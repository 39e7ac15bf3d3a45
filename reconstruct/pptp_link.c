/* PPTP: the control connection, the calls on it, and the GRE that each call is (RFC 2637). */
#include "link.h"
#include "ppp_link.h"
#include "pptp.h"
#include "session.h"

/* Call IDs have 16 bits: a control connection is found by the client's port above them. */
enum { CONTROL_ID = 0x10000 };

static const struct value *field(const struct event *e, const char *name)
{
	return value_find(e->values, e->n_values, name);
}

static uint32_t number(const struct event *e, const char *name)
{
	const struct value *v = field(e, name);

	return v ? (uint32_t)v->number : 0;
}

static void text_of(struct context *c, const char *name, struct str *ret)
{
	const struct value *v = field(c->event, name);

	if (v && v->text.len && !ret->len)
		*ret = keep(c, v->text);
}

/* The end that opened the TCP connection: it asks port 1723. */
static unsigned sender(const struct event *e)
{
	return e->from.port == PPTP_PORT && e->to.port != PPTP_PORT ? RESPONDER : INITIATOR;
}

static struct link_entry control_key(const struct event *e)
{
	struct link_entry key = link_key(e, CARRIER_PPTP, 0);
	const struct party *client = sender(e) == INITIATOR ? &e->from : &e->to;

	key.id = CONTROL_ID + client->port;
	key.from = client->address;
	key.to = sender(e) == INITIATOR ? e->to.address : e->from.address;
	return key;
}

static bool is_over(const struct pptp *p)
{
	return p->refused.is_set || p->stop.is_set || p->closed.is_set;
}

/* It is one of the calls of the control connection, which end with that. */
static void control_join(struct pptp *p, struct tunnel *t)
{
	t->pptp = p;
	if (p->links_last)
		live_tunnel(p->links_last)->next_of_control = t;
	else
		p->links = t;
	p->links_last = t;
}

static struct tunnel *link_make(struct context *c, struct pptp *p)
{
	struct tunnel *t = link_new(c, CARRIER_PPTP);
	unsigned from = sender(c->event);

	if (!t)
		return NULL;
	control_join(p, t);
	t->peer[from].address = c->event->from.address;
	t->peer[1 - from].address = c->event->to.address;
	link_awaits_id(c, t);
	t->sessions->roles_known = true;
	t->sessions->lac_end = INITIATOR;
	for (int i = 0; i < 2; i++)
		t->pptp_call.end[i] =
			(struct end){.machine = MACHINE_PPTP_CALL, .state = PPTP_CALL_UNKNOWN};
	return t;
}

static struct tunnel *control_new(struct context *c, struct link_entry *entry)
{
	struct pptp *p = arena_alloc(c->arena, sizeof(*p));
	struct tunnel *t;

	if (!p)
		return NULL;
	for (int i = 0; i < 2; i++)
		p->end[i] = (struct end){.machine = MACHINE_PPTP, .state = PPTP_UNKNOWN};
	t = link_make(c, p);
	if (t)
		entry->tunnel = t;
	return t;
}

/* The link that speaks for the control connection: the last one that was asked for on it. */
static struct tunnel *control_of(struct context *c)
{
	struct link_entry key = control_key(c->event);
	uint8_t code = c->event->neighbour.code;
	bool begins = code == PPTP_TCP_SYN || code == PPTP_SCCRQ;
	struct link_entry *entry = link_find(c, &key, code < PPTP_TCP_FIN);
	struct tunnel *t = entry ? entry->tunnel : NULL;

	if (!entry)
		return NULL;
	if (t && begins && (is_over(t->pptp) || (code == PPTP_SCCRQ && t->pptp->request.is_set)))
		t = NULL;
	return t || code >= PPTP_TCP_FIN ? t : control_new(c, entry);
}

/* The link of the call that its receiver (or, by_sender, its sender) chose that id for. */
static struct link_entry *call_entry(struct context *c, uint32_t id, bool by_sender, bool make)
{
	struct link_entry key = link_key(c->event, CARRIER_PPTP, id);

	if (by_sender) {
		key.from = c->event->to.address;
		key.to = c->event->from.address;
	}
	return link_find(c, &key, make);
}

static void call_id_learn(struct context *c, struct tunnel *t, unsigned end)
{
	const struct value *id = field(c->event, "pptp.call_id");
	struct link_entry *entry;

	if (!id)
		return;
	entry = call_entry(c, (uint32_t)id->number, end == sender(c->event), true);
	t->link_id[end] = (uint32_t)id->number;
	if (!entry)
		return;
	entry->tunnel = t;
}

/* What a code means for the caller; NULL: nothing that has a slug. */
struct meaning {
	enum pptp_message message;
	uint32_t result;
	const char *cause;
};
static const struct meaning meanings[] = {
	{PPTP_SCCRP, 3, "control-exists"},
	{PPTP_SCCRP, 4, "not-authorized"},
	{PPTP_SCCRP, 5, "version-unsupported"},
	{PPTP_STOP_REQUEST, 1, "request-clear"},
	{PPTP_STOP_REQUEST, 2, "version-unsupported"},
	{PPTP_STOP_REQUEST, 3, "admin-clear"},
	{PPTP_OCRP, 3, "no-carrier"},
	{PPTP_OCRP, 4, "busy"},
	{PPTP_OCRP, 5, "no-dial-tone"},
	{PPTP_OCRP, 6, "call-timeout"},
	{PPTP_OCRP, 7, "not-authorized"},
	{PPTP_ICRP, 3, "not-authorized"},
	{PPTP_DISCONNECT, 1, "carrier-lost"},
	{PPTP_DISCONNECT, 3, "admin-clear"},
};

static const char *error_means(uint32_t error)
{
	enum { NO_RESOURCE = 4 };

	return error == NO_RESOURCE ? "no-resources" : "protocol-error";
}

static const char *cause_of(enum pptp_message message, uint32_t result, uint32_t error)
{
	enum { GENERAL_ERROR = 2 };

	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (meanings[i].message == message && meanings[i].result == result)
			return meanings[i].cause;
	return result == GENERAL_ERROR && message != PPTP_STOP_REQUEST ? error_means(error) : NULL;
}

/* "PPTP OCRP result 4 (Busy)" */
static void cleared(struct context *c, struct tunnel *t, unsigned from, const char *result)
{
	const struct value *v = field(c->event, result);
	uint32_t error = number(c->event, "pptp.error"), q931 = number(c->event, "pptp.cause");
	enum pptp_message message = (enum pptp_message)c->event->neighbour.code;
	const char *cause = v ? cause_of(message, (uint32_t)v->number, error) : NULL;
	const char *error_name = error ? code_name(CODE_PPTP_ERROR, error) : NULL;
	struct str how =
		v ? arena_printf(c->arena, "PPTP %s result %u (%s)%s%s",
				 code_name(CODE_PPTP, message), (unsigned)v->number,
				 v->meaning ? v->meaning : "unknown", error_name ? ", error " : "",
				 error_name ? error_name : "")
		  : arena_printf(c->arena, "PPTP %s", code_name(CODE_PPTP, message));

	if (q931 && (!cause || strcmp(cause, "carrier-lost") == 0)) {
		const char *name = code_name(CODE_Q931, q931);

		how = arena_printf(c->arena, "%.*s, cause %u (%s)", STR_ARG(how), q931,
				   name ? name : "unknown");
	}
	link_clear(c, t->sessions, from, how.at ? how.at : "PPTP", cause, (struct str){0});
}

/* Every call of the control connection falls with it. */
static void calls_end(struct context *c, struct tunnel *t, unsigned from, const char *result)
{
	for (struct tunnel *one = t->pptp->links; one; one = live_tunnel(one)->next_of_control) {
		cleared(c, one, from, result);
		for (unsigned i = 0; i < 2; i++)
			end_step(c, &one->pptp_call.end[i], PPTP_CONTROL_CLOSES,
				 (struct end_of){.who = ppp_roles[i]}, false);
	}
}

static void control_step(struct context *c, struct tunnel *t, unsigned from, uint8_t sent)
{
	struct pptp *p = t->pptp;

	end_step(c, &p->end[from], sent, (struct end_of){.who = ppp_roles[from]}, false);
	end_step(c, &p->end[1 - from], (uint8_t)(sent + 1),
		 (struct end_of){.who = ppp_roles[1 - from]}, true);
}

static void call_step(struct context *c, struct tunnel *t, unsigned from, uint8_t sent)
{
	struct pptp_call *call = &t->pptp_call;

	end_step(c, &call->end[from], sent, (struct end_of){.who = ppp_roles[from]}, false);
	end_step(c, &call->end[1 - from], (uint8_t)(sent + 1),
		 (struct end_of){.who = ppp_roles[1 - from]}, true);
}

static void peer_learn(struct context *c, struct tunnel *t, unsigned from)
{
	text_of(c, "pptp.host_name", &t->peer[from].name);
	text_of(c, "pptp.vendor_name", &t->peer[from].vendor);
}

/* A reset before anything was said refuses the connection. */
static void tcp_closed(struct context *c, struct tunnel *t, unsigned from)
{
	struct pptp *p = t->pptp;
	bool is_reset = c->event->neighbour.code == PPTP_TCP_RESET;
	bool is_refusal = is_reset && !p->n_messages;

	control_step(c, t, from, PPTP_SEND_CLOSE);
	mark_first(&p->closed, mark_text(c, "%s", is_reset ? "TCP RST" : "TCP FIN"));
	for (struct tunnel *one = p->links; one; one = live_tunnel(one)->next_of_control)
		link_clear(c, one->sessions, from,
			   is_reset ? "a TCP RST of the PPTP control connection"
				    : "a TCP FIN of the PPTP control connection",
			   is_refusal ? "port-unreachable"
			   : is_reset ? "tunnel-lost"
				      : NULL,
			   (struct str){0});
}

static bool reply_is_good(const struct event *e, const char *result)
{
	const struct value *v = field(e, result);

	return !v || v->number == 1 || v->number == 0;
}

/* Messages of the connection itself; false: of a call. */
static bool control_message(struct context *c, struct tunnel *t, unsigned from)
{
	struct pptp *p = t->pptp;

	switch (c->event->neighbour.code) {
	case PPTP_TCP_SYN:
		p->n_syn++;
		mark_first(&p->syn, mark_text(c, "TCP SYN"));
		control_step(c, t, from, PPTP_SEND_SYN);
		return true;
	case PPTP_TCP_FIN:
	case PPTP_TCP_RESET:
		tcp_closed(c, t, from);
		return true;
	case PPTP_SCCRQ:
		mark_first(&p->request, mark_text(c, "PPTP SCCRQ"));
		peer_learn(c, t, from);
		control_step(c, t, from, PPTP_SEND_REQUEST);
		return true;
	case PPTP_SCCRP:
		peer_learn(c, t, from);
		if (reply_is_good(c->event, "pptp.control_result")) {
			mark_first(&p->reply, mark_text(c, "PPTP SCCRP"));
			control_step(c, t, from, PPTP_SEND_REPLY);
			return true;
		}
		mark_first(&p->refused, mark_text(c, "PPTP SCCRP"));
		control_step(c, t, from, PPTP_SEND_REFUSAL);
		calls_end(c, t, from, "pptp.control_result");
		return true;
	case PPTP_STOP_REQUEST:
		mark_first(&p->stop, mark_text(c, "PPTP StopCCRQ"));
		control_step(c, t, from, PPTP_SEND_STOP);
		calls_end(c, t, from, "pptp.reason");
		return true;
	case PPTP_STOP_REPLY:
		control_step(c, t, from, PPTP_SEND_STOPPED);
		return true;
	case PPTP_ECHO_REQUEST:
	case PPTP_ECHO_REPLY:
		control_step(c, t, from, PPTP_SEND_OTHER);
		return true;
	default:
		return false;
	}
}

static struct tunnel *call_new(struct context *c, struct tunnel *control, unsigned from)
{
	struct link_entry key = control_key(c->event), *entry = link_find(c, &key, false);
	bool is_incoming = c->event->neighbour.code == PPTP_ICRQ;
	struct tunnel *t = control;
	struct pptp_call *call;

	if (control->pptp_call.asked.is_set || control->link_id[0] || control->link_id[1]) {
		t = link_make(c, control->pptp);
		if (!t)
			return NULL;
		for (int i = 0; i < 2; i++) {
			t->peer[i].name = control->peer[i].name;
			t->peer[i].vendor = control->peer[i].vendor;
		}
	}
	if (entry)
		entry->tunnel = t;
	call = &t->pptp_call;
	call->asked = mark_text(c, "PPTP %s", is_incoming ? "ICRQ" : "OCRQ");
	call->from = (uint8_t)from;
	call->is_incoming = is_incoming;
	call->end[0].state = PPTP_CALL_IDLE;
	call->end[1].state = PPTP_CALL_IDLE;
	session_told_make(c->arena, t->sessions)->before_first = call->asked;
	/* the PAC has the caller; a client that dials a server is caller and PNS in one */
	t->sessions->lac_end = is_incoming ? (uint8_t)from : INITIATOR;
	text_of(c, "pptp.phone_number", &t->sessions->called);
	text_of(c, "pptp.dialed_number", &t->sessions->called);
	text_of(c, "pptp.dialing_number", &t->sessions->calling);
	call_id_learn(c, t, from);
	call_step(c, t, from, PPTP_SEND_CALL);
	return t;
}

static void call_reply(struct context *c, struct tunnel *t, unsigned from)
{
	bool is_incoming = c->event->neighbour.code == PPTP_ICRP;
	const char *result = is_incoming ? "pptp.in_result" : "pptp.out_result";

	if (!reply_is_good(c->event, result)) {
		call_step(c, t, from, PPTP_SEND_NO);
		cleared(c, t, from, result);
		return;
	}
	call_id_learn(c, t, from);
	mark_first(&t->pptp_call.answered, mark_text(c, "PPTP %s", is_incoming ? "ICRP" : "OCRP"));
	call_step(c, t, from, is_incoming ? PPTP_SEND_ICRP : PPTP_SEND_OCRP);
}

static void call_message(struct context *c, struct tunnel *t, unsigned from)
{
	switch (c->event->neighbour.code) {
	case PPTP_OCRP:
	case PPTP_ICRP:
		call_reply(c, t, from);
		break;
	case PPTP_ICCN:
		mark_first(&t->pptp_call.connected, mark_text(c, "PPTP ICCN"));
		call_step(c, t, from, PPTP_SEND_ICCN);
		break;
	case PPTP_CLEAR:
		mark_first(&t->pptp_call.clear, mark_text(c, "PPTP CCRQ"));
		call_step(c, t, from, PPTP_SEND_CLEAR);
		cleared(c, t, from, "pptp.disc_result");
		break;
	case PPTP_DISCONNECT:
		mark_first(&t->pptp_call.disconnected, mark_text(c, "PPTP CDN"));
		call_step(c, t, from, PPTP_SEND_CDN);
		cleared(c, t, from, "pptp.disc_result");
		break;
	default:
		call_step(c, t, from, PPTP_SEND_INFO);
		break;
	}
}

/* By the receiver's Call ID, where the message has it; else by its sender's. */
static struct tunnel *call_of(struct context *c, struct tunnel *control)
{
	const struct value *peer = field(c->event, "pptp.peer_call_id");
	const struct value *own = field(c->event, "pptp.call_id");
	struct link_entry *entry =
		peer ? call_entry(c, (uint32_t)peer->number, false, false) : NULL;

	if (!entry && own)
		entry = call_entry(c, (uint32_t)own->number, true, false);
	/* some clear a call by the id that its receiver chose */
	if (!entry && own && !peer)
		entry = call_entry(c, (uint32_t)own->number, false, false);
	return entry && entry->tunnel ? entry->tunnel : control;
}

static void place(struct context *c, struct tunnel *t, unsigned from)
{
	unsigned side = session_side(t->sessions, from) == LAC ? CLIENT : LNS;
	uint8_t code = c->event->neighbour.code;

	t->last = c->mark;
	t->sessions->last = c->mark;
	t->pptp->n_messages += code < PPTP_TCP_SYN;
	t->sessions->counters.control_messages += code >= PPTP_OCRQ && code < PPTP_TCP_SYN;
	c->tunnel = t;
	c->session = t->sessions;
	if (!c->step)
		return;
	c->step->tunnel = t;
	c->step->session = t->sessions;
	c->step->from = ppp_roles[side];
	c->step->to = ppp_roles[1 - side];
}

void pptp_take(struct context *c)
{
	unsigned from = sender(c->event);
	struct tunnel *t = control_of(c), *call;
	uint8_t code = c->event->neighbour.code;

	if (!t)
		return;
	if (code == PPTP_OCRQ || code == PPTP_ICRQ) {
		control_step(c, t, from, PPTP_SEND_OTHER);
		t = call_new(c, t, from);
		if (t)
			place(c, t, from);
		return;
	}
	call = code > PPTP_ICRQ || code == PPTP_OCRP ? call_of(c, t) : t;
	if (!call->pptp) {
		/* its GRE was there before a message named it */
		control_join(t->pptp, call);
		for (int i = 0; i < 2; i++)
			call->pptp_call.end[i] = (struct end){.machine = MACHINE_PPTP_CALL};
	}
	if (code > PPTP_LINK_INFO)
		call = t;
	place(c, call, from);
	if (control_message(c, t, from))
		return;
	control_step(c, t, from, PPTP_SEND_OTHER);
	call_message(c, call, from);
}
