/* accel-ppp's L2TP module. Its log has up to three lines for a message: what it is about to do
 * (`sending SCCRP`), the packet (`verbose=1`), and what came of it (`new session … created`); which
 * of them are there depends on the log's level, and one of them is the message. */
#include "accel.h"
#include "character.h"

static uint32_t number_after(struct str text, const char *name)
{
	size_t at = str_find(text, str_of(name)), n = 0;
	uint32_t number = 0;

	if (at == SIZE_MAX)
		return 0;
	text = str_from(text, at + strlen(name));
	while (n < text.len && char_is_digit(text.at[n]))
		n++;
	str_u32((struct str){text.at, n}, &number);
	return number;
}

static void scan(struct speech *s, struct accel *a)
{
	if (a->is_scanned)
		return;
	a->is_scanned = true;
	a->has_packets = speech_has(s, STR(" [L2TP tid="));
	a->has_sends = speech_has(s, STR("): sending ")) || speech_has(s, STR(": sending CDN"));
	a->has_ncps = speech_has(s, STR(" [IPCP ")) || speech_has(s, STR(" [IPV6CP "));
}

/* The lines that may begin a tunnel, under an id that an older one had, too. */
static bool is_tunnel_begun(const struct spoken *line)
{
	return spoken_is(line, "accel.l2tp-new") || spoken_is(line, "accel.l2tp-dials") ||
	       spoken_is(line, "accel.l2tp-no-secret") ||
	       str_is(spoken_text(line, FIELD_MESSAGE), "SCCRQ");
}

static struct known_tunnel *tunnel_of(struct speech *s, const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	uint32_t local = spoken_number(line, FIELD_TUNNEL);
	uint32_t remote = spoken_number(line, FIELD_PEER_TUNNEL);
	struct known_tunnel *t = device_tunnel(d, local);

	/* what is still said of a tunnel that has ended begins none */
	if (t && ((t->is_closed && is_tunnel_begun(line)) ||
		  (t->remote && remote && t->remote != remote)))
		t = NULL;
	if (!t) {
		t = device_tunnel_new(s, d);
		tunnel_set_local(t, local);
	}
	if (remote)
		tunnel_set_remote(t, remote);
	if (spoken_text(line, FIELD_ADDRESS).len) {
		address_parse(spoken_text(line, FIELD_ADDRESS), &t->address);
		t->port = (uint16_t)spoken_number(line, FIELD_PORT);
	}
	return t;
}

static struct known_call *call_of(struct speech *s, struct accel *a, struct known_tunnel *t,
				  const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	uint32_t local = spoken_number(line, FIELD_SESSION);
	uint32_t remote = spoken_number(line, FIELD_PEER_SESSION);
	struct known_call *c = device_call(d, t, local);

	if (!local)
		return NULL;
	if (!c || (c->is_closed && remote && c->remote != remote)) {
		c = device_call_new(s, d, t);
		call_set_local(c, local);
		c->interface = arena_printf(s->names, "l2tp%u", a->calls++);
	}
	if (remote)
		call_set_remote(c, remote);
	return c;
}

/* ---- messages ---- */

static struct event *say_message(struct speech *s, const struct spoken *line, enum sense sense,
				 uint16_t message, const struct known_tunnel *t,
				 const struct known_call *c)
{
	struct event *e = speech_message(s, line, sense, message);

	event_bind(e, t, c);
	return e;
}

/* It came, and the line that says so was not printed, or without what it carries. */
static void say_request(struct speech *s, const struct spoken *line, struct known_tunnel *t)
{
	struct event *e = say_message(s, line, RECEIVED, SCCRQ, t, NULL);

	t->is_begun = true;
	if (t->remote)
		speech_avp_number(s, e, AVP_N_ASSIGNED_TUNNEL_ID, t->remote);
}

static void say_call_request(struct speech *s, const struct spoken *line, enum sense sense,
			     uint16_t message, const struct known_tunnel *t, struct known_call *c)
{
	struct event *e = say_message(s, line, sense, message, t, c);

	c->is_begun = true;
	speech_avp_number(s, e, AVP_N_ASSIGNED_SESSION_ID, sense == SENT ? c->local : c->remote);
}

/* `, message: "Loss of carrier"), disconnecting session` */
static struct str peers_words(struct str text)
{
	size_t at = str_find(text, STR("message: \"")), end;

	if (at == SIZE_MAX)
		return STR("");
	text = str_from(text, at + 10);
	end = str_find(text, STR("\"), "));
	return (struct str){text.at, end == SIZE_MAX ? text.len : end};
}

static void say_end(struct speech *s, const struct spoken *line, enum sense sense, uint16_t message,
		    struct known_tunnel *t, struct known_call *c)
{
	struct event *e = say_message(s, line, sense, message, t, c);

	speech_avp_result(s, e, spoken_number(line, FIELD_CODE),
			  (int)spoken_number(line, FIELD_ERROR),
			  peers_words(spoken_text(line, FIELD_TEXT)));
	if (c)
		c->is_closed = c->has_cdn = true;
	else
		t->is_closed = true;
}

/* Of a packet the log prints the ids, and most of its attributes; the numbers only at level 5. */
static void take_packet(struct speech *s, struct accel *a, const struct spoken *line,
			struct known_tunnel *t)
{
	static const struct {
		const char *name;
		uint16_t number;
		bool is_text;
	} wanted[] = {{"Host-Name", 7, true},
		      {"Vendor-Name", 8, true},
		      {"Assigned-Tunnel-ID", 9, false},
		      {"Assigned-Session-ID", 14, false},
		      {"Call-Serial-Number", 15, false},
		      {"Called-Number", 21, true},
		      {"Calling-Number", 22, true}};
	struct str text = spoken_text(line, FIELD_TEXT);
	bool is_sent = str_is(spoken_text(line, FIELD_DIRECTION), "send");
	struct str type = accel_attribute(text, "Message-Type");
	uint16_t message = type.len ? speech_message_type(type) : ZLB;
	bool has_numbers = str_find(text, STR(" Ns=")) != SIZE_MAX;
	struct event *e;
	uint32_t number;

	if (message == STOPCCN || message == CDN) {
		speech_say(s, line, SAID_NOTHING); /* told with its result beside it */
		return;
	}
	if (is_sent && a->is_repeat && !has_numbers) {
		a->is_repeat = false;
		e = speech_say(s, line, SAID_RETRANSMIT);
		speech_value(s, e, FIELD_MESSAGE, type);
		event_bind(e, t, NULL);
		return;
	}
	a->is_repeat = false;
	a->is_asked |= message == SCCRQ && !is_sent;
	e = speech_message(s, line, is_sent ? SENT : RECEIVED, message);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		struct str value = accel_attribute(text, wanted[i].name);

		if (wanted[i].is_text && value.len)
			speech_avp_text(s, e, wanted[i].number, value);
		else if (str_u32(value, &number))
			speech_avp_number(s, e, wanted[i].number, number);
	}
	e->l2tp.has_ids = true;
	e->l2tp.has_sequence = has_numbers;
	e->l2tp.tunnel_id = number_after(text, "tid=");
	e->l2tp.session_id = number_after(text, "sid=");
	e->l2tp.ns = (uint16_t)number_after(text, "Ns=");
	e->l2tp.nr = (uint16_t)number_after(text, "Nr=");
	if (t)
		event_bind(e, t, NULL);
	e->to.tunnel_id = e->l2tp.tunnel_id;
	e->to.session_id = e->l2tp.session_id;
	event_bind_packet(e, speech_device(s, line), t);
	if (message == SCCRQ && is_sent && t)
		t->is_begun = true;
}

/* `sending SCCRP`, `handling ICCN`: of a log without packets the message. */
static void take_words(struct speech *s, struct accel *a, const struct spoken *line,
		       struct known_tunnel *t, struct known_call *c)
{
	enum sense sense = str_is(spoken_text(line, FIELD_ACTION), "sending") ? SENT : RECEIVED;
	uint16_t message = speech_message_type(spoken_text(line, FIELD_MESSAGE));
	struct event *e;

	if (a->has_packets || message == STOPCCN || message == CDN ||
	    ((message == ICRQ || message == OCRQ) && !c)) {
		speech_say(s, line, SAID_NOTHING);
		return;
	}
	if (message == ICRQ || message == OCRQ) {
		say_call_request(s, line, sense, message, t, c);
		return;
	}
	if (message == SCCRQ)
		t->is_begun = true;
	e = say_message(s, line, sense, message, t, c);
	if (sense == SENT && (message == SCCRQ || message == SCCRP))
		speech_avp_number(s, e, AVP_N_ASSIGNED_TUNNEL_ID, t->local);
	if (sense == SENT && (message == ICRP || message == OCRP) && c)
		speech_avp_number(s, e, AVP_N_ASSIGNED_SESSION_ID, c->local);
}

/* ---- what else it says ---- */

static void say_state(struct speech *s, const struct spoken *line, enum topic topic,
		      const struct known_tunnel *t, const struct known_call *c)
{
	struct event *e = speech_say(s, line, topic);

	e->said.n_values = 0;
	speech_value(s, e, FIELD_STATE, STR("established"));
	event_bind(e, t, c);
}

static void take_unreachable(struct speech *s, const struct spoken *line,
			     const struct known_tunnel *t)
{
	struct event *e = speech_event(s, line);

	e->kind = EVENT_ICMP;
	e->icmp_type = e->icmp_code = 3;
	event_bind(e, t, NULL);
}

static void take_secret(struct speech *s, const struct spoken *line, struct known_tunnel *t)
{
	struct str reason = spoken_text(line, FIELD_REASON);
	bool has_none = spoken_is(line, "accel.l2tp-no-secret");
	struct event *e;

	if (!t->is_begun && has_none) /* refused before there is a tunnel */
		say_request(s, line, t);
	e = speech_say(s, line, SAID_TUNNEL_AUTH);
	e->said.n_values = 0;
	/* a Response of a wrong length is neither */
	if (str_find(reason, STR("wrong secret")) != SIZE_MAX)
		speech_value(s, e, FIELD_RESULT, STR("failed"));
	else if (has_none || str_starts(reason, "no Challenge Response"))
		speech_value(s, e, FIELD_RESULT, STR("missing"));
	speech_value(s, e, FIELD_BY, has_none ? STR("this-end") : STR("peer"));
	event_bind(e, t, NULL);
}

static void take_retransmit(struct speech *s, struct accel *a, const struct spoken *line,
			    const struct known_tunnel *t)
{
	struct event *e;

	if (!spoken_is(line, "accel.l2tp-given-up") && a->has_packets) {
		a->is_repeat = true;
		speech_say(s, line, SAID_NOTHING);
		return;
	}
	e = speech_say(s, line, SAID_RETRANSMIT);
	e->said.n_values = 0;
	if (spoken_is(line, "accel.l2tp-given-up"))
		speech_value(s, e, FIELD_RESULT, STR("exhausted"));
	event_bind(e, t, NULL);
}

/* Only the log's first levels leave out the StopCCN that follows. */
static void take_idle(struct speech *s, const struct accel *a, const struct spoken *line,
		      struct known_tunnel *t)
{
	struct event *e;

	if (a->has_sends || t->is_closed) {
		speech_say(s, line, SAID_NOTHING);
		return;
	}
	t->is_closed = true;
	e = say_message(s, line, SENT, STOPCCN, t, NULL);
	speech_avp_result(s, e, 1, 0, STR(""));
}

static void take_tunnel(struct speech *s, struct accel *a, const struct spoken *line)
{
	struct known_tunnel *t = tunnel_of(s, line);
	uint16_t message = speech_message_type(spoken_text(line, FIELD_MESSAGE));

	if (spoken_is(line, "accel.l2tp-new")) {
		if (!a->is_asked)
			say_request(s, line, t);
		else
			speech_say(s, line, SAID_NOTHING);
		t->is_begun = true;
		a->is_asked = false;
	} else if (spoken_is(line, "accel.l2tp-packet")) {
		take_packet(s, a, line, t);
	} else if (spoken_is(line, "accel.l2tp-stops") && message == STOPCCN) {
		say_end(s, line, SENT, STOPCCN, t, NULL);
	} else if (spoken_is(line, "accel.l2tp-stopped")) {
		say_end(s, line, RECEIVED, STOPCCN, t, NULL);
	} else if (spoken_is(line, "accel.l2tp-message")) {
		take_words(s, a, line, t, NULL);
	} else if (spoken_is(line, "accel.l2tp-established")) {
		say_state(s, line, SAID_TUNNEL_STATE, t, NULL);
	} else if (spoken_is(line, "accel.l2tp-idle")) {
		take_idle(s, a, line, t);
	} else if (spoken_is(line, "accel.l2tp-unreachable")) {
		take_unreachable(s, line, t);
	} else if (line->record.row->topic == SAID_RETRANSMIT) {
		take_retransmit(s, a, line, t);
	} else if (line->record.row->topic == SAID_TUNNEL_AUTH) {
		take_secret(s, line, t);
	} else {
		struct event *e = speech_say(s, line, line->record.row->topic);

		if (spoken_is(line, "accel.l2tp-thread"))
			speech_value(s, e, FIELD_ACTION, STR("stop"));
		event_bind(e, t, NULL);
	}
	if (str_is(spoken_text(line, FIELD_TEXT), "tunnel destroyed"))
		t->is_closed = true;
}

/* A call of this tunnel is there: its request, where no line before it was that. */
static void take_call_new(struct speech *s, struct accel *a, const struct spoken *line)
{
	struct known_tunnel *t = tunnel_of(s, line);
	struct known_call *c = call_of(s, a, t, line);
	bool is_placed = spoken_is(line, "accel.l2tp-places");
	uint16_t message = is_placed ? ICRQ : speech_message_type(spoken_text(line, FIELD_MESSAGE));
	struct event *e;

	a->call = c;
	if (!c || a->has_packets || c->is_begun || (is_placed && a->has_sends)) {
		speech_say(s, line, SAID_NOTHING);
		return;
	}
	say_call_request(s, line, is_placed ? SENT : RECEIVED, message, t, c);
	if (is_placed || a->has_sends)
		return;
	/* said once the reply is on its way */
	e = say_message(s, line, SENT, message == ICRQ ? ICRP : OCRP, t, c);
	speech_avp_number(s, e, AVP_N_ASSIGNED_SESSION_ID, c->local);
}

/* Only the log's first levels leave out the CDN that follows. */
static void take_call_closed(struct speech *s, const struct accel *a, const struct spoken *line,
			     struct known_tunnel *t, struct known_call *c)
{
	bool is_late = spoken_is(line, "accel.l2tp-call-late");
	struct event *e;

	if (a->has_sends || c->has_cdn) {
		speech_say(s, line, SAID_NOTHING);
		return;
	}
	c->is_closed = c->has_cdn = true;
	e = say_message(s, line, SENT, CDN, t, c);
	speech_avp_result(s, e, is_late ? 10 : 2, 0, STR(""));
}

static void take_call(struct speech *s, struct accel *a, const struct spoken *line)
{
	struct known_tunnel *t = tunnel_of(s, line);
	struct known_call *c = call_of(s, a, t, line);
	struct event *e;

	if (!c)
		return;
	if (spoken_is(line, "accel.l2tp-ends")) {
		say_end(s, line, SENT, CDN, t, c);
	} else if (spoken_is(line, "accel.l2tp-ended")) {
		say_end(s, line, RECEIVED, CDN, t, c);
	} else if (spoken_is(line, "accel.l2tp-call-message")) {
		/* the reply goes out before the line that says a call was created */
		if (str_is(spoken_text(line, FIELD_MESSAGE), "ICRP") && !c->is_begun &&
		    !a->has_packets && str_is(spoken_text(line, FIELD_ACTION), "sending"))
			say_call_request(s, line, RECEIVED, ICRQ, t, c);
		take_words(s, a, line, t, c);
	} else if (spoken_is(line, "accel.l2tp-call-late") ||
		   spoken_is(line, "accel.l2tp-call-closed")) {
		take_call_closed(s, a, line, t, c);
	} else {
		e = speech_say(s, line, line->record.row->topic);
		event_bind(e, t, c);
	}
}

/* What ties the lines of an interface to a session. */
static void take_channel(struct speech *s, struct accel *a, const struct spoken *line)
{
	struct known_tunnel *t = tunnel_of(s, line);
	struct known_call *c = call_of(s, a, t, line);
	struct str name = spoken_text(line, FIELD_INTERFACE);
	size_t colon = str_find(name, STR(":"));
	struct event *e;

	if (!c)
		return;
	if (colon != SIZE_MAX)
		name.len = colon;
	if (!name.len) /* `:: connect: ppp0 <--> l2tp(…)` */
		name = spoken_text(line, FIELD_NAME);
	if (name.len)
		call_set_alias(c, speech_keep(s, name));
	a->call = c;
	say_state(s, line, SAID_SESSION_STATE, t, c);
	if (spoken_is(line, "accel.l2tp-channel"))
		return;
	/* its packets, where they are printed, say which protocol opened */
	if (a->has_ncps) {
		e = speech_say(s, line, SAID_PPP_PHASE);
		e->said.n_values = 0;
		speech_value(s, e, FIELD_PHASE, STR("up"));
		speech_value(s, e, FIELD_STATUS, STR("up"));
		event_bind(e, t, c);
		return;
	}
	e = speech_say_ipcp_open(s, line);
	event_bind(e, t, c);
	e->interface = c->interface;
	e->l2tp.is_present = true;
	e->l2tp.version = 2;
}

/* This end asks for a tunnel: only the log's first levels leave out the SCCRQ. */
static void take_dial(struct speech *s, const struct accel *a, const struct spoken *line)
{
	struct known_tunnel *t = tunnel_of(s, line);
	struct event *e;

	if (a->has_sends || a->has_packets || t->is_begun) {
		speech_say(s, line, SAID_NOTHING);
		return;
	}
	t->is_begun = true;
	e = say_message(s, line, SENT, SCCRQ, t, NULL);
	speech_avp_number(s, e, AVP_N_ASSIGNED_TUNNEL_ID, t->local);
}

bool accel_take_l2tp(struct speech *s, struct accel *a, const struct spoken *line)
{
	const char *row = line->record.row->name;

	scan(s, a);
	if (strcmp(row, "accel.l2tp-asked") == 0) {
		take_packet(s, a, line, NULL);
	} else if (strcmp(row, "accel.l2tp-handling") == 0) {
		speech_say(s, line, SAID_NOTHING);
	} else if (strcmp(row, "accel.l2tp-dials") == 0) {
		take_dial(s, a, line);
	} else if (strcmp(row, "accel.l2tp-call") == 0 || strcmp(row, "accel.l2tp-places") == 0) {
		take_call_new(s, a, line);
	} else if (strcmp(row, "accel.l2tp-channel") == 0 ||
		   strcmp(row, "accel.l2tp-started") == 0) {
		take_channel(s, a, line);
	} else if (str_starts(line->record.text, "l2tp session ")) {
		take_call(s, a, line);
	} else if (spoken_number(line, FIELD_TUNNEL)) {
		take_tunnel(s, a, line);
	} else {
		return false;
	}
	return true;
}
