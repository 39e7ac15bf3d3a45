/* MikroTik RouterOS 6 and 7: a packet is many lines of one second, each with its topics. Its
 * numbers are decimal in 6 and pairs of octets in 7 (`0x0c:1d`). */
#include "ppp_words.h"
#include "routeros_info.h"

#define ATTRIBUTE(name_, number_, value_)                                                          \
	{                                                                                          \
		.name = "routeros.avp." name_, .pattern = "{?({mark:M}) }" name_ "={value}",       \
		.sample = "(M) " name_ "=" value_, .reading = "mark=M value=" value_,              \
		.kind = RECORD_AVP_VALUE, .avp = (number_)                                         \
	}
#define ATTRIBUTE_RECALLED(name_, number_, value_)                                                 \
	{                                                                                          \
		.name = "routeros.avp." name_, .pattern = "{?({mark:M}) }" name_ "={value}",       \
		.sample = "(M) " name_ "=" value_, .reading = "mark=M value=" value_,              \
		.kind = RECORD_AVP_VALUE, .flags = ROW_RECALLED, .avp = (number_)                  \
	}

enum { ERROR_CODE = 0xfff0, ERROR_MESSAGE }; /* parts of the Result Code AVP */

/* clang-format off */
static const struct grammar_row rows[] = {
	{.name = "routeros.control",
	 .pattern = "{direction:rcvd|sent} control message {?{mark:(ack)} }{by:from|to} {address}{?:{port}}{? {service:from|to} {address2}{?:{value-decimal}}}",
	 .sample = "rcvd control message from 172.16.20.254:1701 to 172.16.20.1:1701",
	 .reading = "direction=rcvd by=from address=172.16.20.254 port=1701 service=to address2=172.16.20.1 value-decimal=1701",
	 .kind = RECORD_MESSAGE},
	{.name = "routeros.head",
	 .pattern = "{?proto version {version}, }tunnel-id={value:*}, session-id={name:*}, ns={ns}, nr={nr}",
	 .sample = "tunnel-id=30, session-id=0, ns=0, nr=1", .reading = "value=30 name=0 ns=0 nr=1",
	 .kind = RECORD_PACKET},
	ATTRIBUTE("Message-Type", 0, "SCCRQ"),
	ATTRIBUTE("Protocol-Version", 2, "0x01:00"),
	ATTRIBUTE("Framing-Capabilities", 3, "0x1"),
	ATTRIBUTE("Bearer-Capabilities", 4, "0x0"),
	ATTRIBUTE("Firmware-Revision", 6, "0xa00"),
	ATTRIBUTE("Host-Name", 7, "\"WINPC\""),
	ATTRIBUTE("Vendor-Name", 8, "\"Microsoft\""),
	ATTRIBUTE("Assigned-Tunnel-ID", 9, "30"),
	ATTRIBUTE("Receive-Window-Size", 10, "8"),
	ATTRIBUTE("Result-Code", 1, "2"),
	ATTRIBUTE("Error-Code", ERROR_CODE, "0"),
	ATTRIBUTE("Error-Message", ERROR_MESSAGE, "\"No cc config for rb750\""),
	ATTRIBUTE_RECALLED("Challenge", 11, "0x0102"),
	ATTRIBUTE_RECALLED("Challenge-Response", 13, "0x0102"),
	ATTRIBUTE_RECALLED("Assigned-Session-ID", 14, "1"),
	ATTRIBUTE_RECALLED("Call-Serial-Number", 15, "0"),
	ATTRIBUTE_RECALLED("Bearer-Type", 18, "0x2"),
	ATTRIBUTE_RECALLED("Framing-Type", 19, "0x1"),
	ATTRIBUTE_RECALLED("Tx-Connect-Speed", 24, "100000000"),
	ATTRIBUTE_RECALLED("(Tx)-Connect-Speed-BPS", 24, "100000000"),
	ATTRIBUTE_RECALLED("Tx-Connect-Speed-BPS", 24, "100000000"),
	ATTRIBUTE_RECALLED("Rx-Connect-Speed", 38, "100000000"),
	ATTRIBUTE_RECALLED("Proxy-Authen-Type", 29, "4"),
	ATTRIBUTE_RECALLED("Private-Group-ID", 37, "\"x\""),
	{.name = "routeros.tunnel-state", .pattern = "tunnel {tunnel} entering state: {after}",
	 .sample = "tunnel 201 entering state: wait-ctl-conn", .reading = "tunnel=201 after=wait-ctl-conn",
	 .kind = RECORD_SAID, .topic = SAID_TUNNEL_STATE},
	{.name = "routeros.given-up", .pattern = "tunnel {tunnel} {result:received no replies}, disconnecting",
	 .sample = "tunnel 24 received no replies, disconnecting", .reading = "tunnel=24 result=received no replies",
	 .kind = RECORD_SAID, .topic = SAID_RETRANSMIT, .flags = ROW_RECALLED,
	 .means = "what it sent was never acknowledged, however often it was sent: the tunnel is given up"},
	{.name = "routeros.session-state", .pattern = "session {session} entering state: {after}",
	 .sample = "session 1 entering state: wait-connect", .reading = "session=1 after=wait-connect",
	 .kind = RECORD_SAID, .topic = SAID_SESSION_STATE, .flags = ROW_RECALLED},
	{.name = "routeros.first", .pattern = "first L2TP UDP packet received from {address}{? port {port}}",
	 .sample = "first L2TP UDP packet received from 198.51.100.12", .reading = "address=198.51.100.12",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "routeros.ike", .pattern = "{reason:phase1 negotiation failed|phase2 negotiation failed} due to {text}",
	 .sample = "phase1 negotiation failed due to time up 192.0.2.5[500]<=>198.51.100.7[500] 1c3c12dc16104b6e:0000000000000000",
	 .reading = "reason=phase1 negotiation failed text=time up 192.0.2.5[500]<=>198.51.100.7[500] 1c3c12dc16104b6e:0000000000000000",
	 .kind = RECORD_SAID, .topic = SAID_BELOW, .flags = ROW_RECALLED, .means = "not normal: IPsec, which carries L2TP, failed"},
	{.name = "routeros.ppp",
	 .pattern = "{interface:*}: {direction:sent|rcvd} {protocol:LCP|IPCP|IPV6CP|CCP|CHAP|PAP|EAP|MPLSCP|BCP} {message:*} id={value:*}",
	 .sample = "<172.16.20.254>: sent IPCP ConfAck id=0x3",
	 .reading = "interface=<172.16.20.254> direction=sent protocol=IPCP message=ConfAck value=0x3",
	 .kind = RECORD_PPP_PACKET},
	{.name = "routeros.ppp-state", .pattern = "{interface:*}: {protocol:LCP|IPCP|IPV6CP|CCP|MPLSCP|BCP} {status:opened|closed|lowerup|lowerdown|open|close|timer}",
	 .sample = "<172.16.20.254>: IPCP opened", .reading = "interface=<172.16.20.254> protocol=IPCP status=opened",
	 .kind = RECORD_SAID, .topic = SAID_CP_STATE},
	{.name = "routeros.timeout", .pattern = "{interface:*}: {protocol:LCP|IPCP|IPV6CP|CCP}{?:} timeout sending Config-Requests",
	 .sample = "<172.16.20.254>: LCP timeout sending Config-Requests", .reading = "interface=<172.16.20.254> protocol=LCP",
	 .kind = RECORD_SAID, .topic = SAID_PPP_DISCONNECT, .flags = ROW_RECALLED,
	 .means = "no agreement came, however often it asked"},
	{.name = "routeros.session-end", .pattern = "session {status:disconnected|terminated}",
	 .sample = "session disconnected", .reading = "status=disconnected",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_CONTEXT | ROW_RECALLED},
	{.name = "routeros.link", .pattern = "{interface:*}: {status:initializing...|dialing...|connecting...|authenticated|connected|terminating...|disconnected}{? - {reason}}",
	 .sample = "L2TP-IF: connected", .reading = "interface=L2TP-IF status=connected",
	 .kind = RECORD_SAID, .topic = SAID_PPP_PHASE, .flags = ROW_OPEN},
	{.name = "routeros.encoding", .pattern = "{interface:*}: using encoding - {text}",
	 .sample = "<l2tp-ivan>: using encoding - MPPE128 stateless", .reading = "interface=<l2tp-ivan> text=MPPE128 stateless",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_RECALLED},
	{.name = "routeros.radius-silent",
	 .pattern = "{interface:*}: user {user} authentication failed - radius timeout",
	 .sample = "<198.51.100.12>: user vpn1 authentication failed - radius timeout",
	 .reading = "interface=<198.51.100.12> user=vpn1",
	 .kind = RECORD_SAID, .topic = SAID_PPP_DISCONNECT, .flags = ROW_OPEN | ROW_RECALLED},
	{.name = "routeros.refused",
	 .pattern = "{interface:*}: user {user} {?authentication failed}{?is {value:already active}}{? - {reason}}",
	 .sample = "<198.51.100.12>: user vpn1 authentication failed - no such user",
	 .reading = "interface=<198.51.100.12> user=vpn1 reason=no such user",
	 .kind = RECORD_SAID, .topic = SAID_PPP_DISCONNECT, .flags = ROW_OPEN | ROW_RECALLED},
	{.name = "routeros.unproved",
	 .pattern = "{interface:*}: authentication failed: {reason}",
	 .sample = "<198.51.100.12>: authentication failed: peer didn't respond to CHAP challenge",
	 .reading = "interface=<198.51.100.12> reason=peer didn't respond to CHAP challenge",
	 .kind = RECORD_SAID, .topic = SAID_PPP_DISCONNECT, .flags = ROW_RECALLED},
	{.name = "routeros.login", .pattern = "{user} logged {status:in|out}, {text}",
	 .sample = "vpn1 logged in, 10.0.0.2 from 198.51.100.12", .reading = "user=vpn1 status=in text=10.0.0.2 from 198.51.100.12",
	 .kind = RECORD_SAID, .topic = SAID_AAA, .flags = ROW_RECALLED},
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

enum { ATTRIBUTES = 24, VALUE_MOST = 128, OPTIONS_MOST = 1024 };

struct attribute {
	uint16_t number;
	char value[VALUE_MOST];
	size_t n;
};

struct routeros {
	struct spoken line; /* of the packet's first record */
	char stamp[64], text[160];
	bool is_control, is_ppp, is_ack, has_head;
	enum sense sense;
	struct address peer, own;
	uint16_t port;
	uint32_t tunnel, session, ns, nr;
	struct attribute attributes[ATTRIBUTES];
	size_t n;
	/* PPP */
	uint16_t protocol;
	char message[24], id[8], options[OPTIONS_MOST], interface[64];
	size_t n_options;
	struct known_call *call;
	struct known_tunnel *known;
	struct routeros_info info;
};

/* `81`, `0x0c1d`, `0x0c:1d`. */
static uint32_t number_of(struct str s)
{
	char digits[16];
	size_t n = 0;
	uint32_t number = 0;

	for (size_t i = 0; i < s.len && n < sizeof(digits); i++)
		if (s.at[i] != ':')
			digits[n++] = s.at[i];
	str_u32((struct str){digits, n}, &number);
	return number;
}

static struct str unquoted(struct str s)
{
	if (s.len > 1 && s.at[0] == '"' && s.at[s.len - 1] == '"')
		return (struct str){s.at + 1, s.len - 2};
	return s;
}

static struct str value_of(const struct routeros *x, uint16_t number)
{
	for (size_t i = 0; i < x->n; i++)
		if (x->attributes[i].number == number)
			return (struct str){x->attributes[i].value, x->attributes[i].n};
	return STR("");
}

static void add_attribute(struct speech *s, struct event *e, const struct routeros *x, size_t i)
{
	const struct attribute *a = &x->attributes[i];
	const struct avp_row *row = avp_lookup(0, a->number);
	struct str value = {a->value, a->n};
	struct str error = value_of(x, ERROR_CODE);

	if (a->number == AVP_N_RESULT_CODE)
		speech_avp_result(s, e, number_of(value), error.len ? (int)number_of(error) : -1,
				  unquoted(value_of(x, ERROR_MESSAGE)));
	else if (row && row->kind == AVP_TEXT)
		speech_avp_text(s, e, a->number, unquoted(value));
	else if (row && row->kind != AVP_BYTES && a->number && a->number < ERROR_CODE)
		speech_avp_number(s, e, a->number, number_of(value));
}

/* Tunnel and call by the ids of the header (the receiver's) and those that are assigned. */
static void place(struct speech *s, struct routeros *x, struct event *e)
{
	struct device *d = speech_device(s, &x->line);
	uint32_t assigned = number_of(value_of(x, 9)), call = number_of(value_of(x, 14));
	bool is_sent = x->sense == SENT;
	struct known_tunnel *t =
		is_sent ? device_tunnel_remote(d, x->tunnel) : device_tunnel(d, x->tunnel);
	struct known_call *c = NULL;
	bool is_request = e->control.message == SCCRQ;

	if (!t && !is_request)
		t = x->known;
	if (!t)
		t = device_tunnel_new(s, d);
	if (x->tunnel)
		(is_sent ? tunnel_set_remote : tunnel_set_local)(t, x->tunnel);
	if (assigned)
		(is_sent ? tunnel_set_local : tunnel_set_remote)(t, assigned);
	t->address = x->peer.family ? x->peer : t->address;
	t->port = x->port ? x->port : t->port;
	x->known = t;
	if (e->control.message >= OCRQ && e->control.message <= CDN) {
		for (c = d->calls; c; c = c->next)
			if (c->tunnel == t &&
			    ((x->session && (is_sent ? c->remote : c->local) == x->session) ||
			     (call && (is_sent ? c->local : c->remote) == call)))
				break;
		if (!c && e->control.message != ICRQ && x->call && x->call->tunnel == t)
			c = x->call;
		if (!c)
			c = device_call_new(s, d, t);
		if (x->session)
			(is_sent ? call_set_remote : call_set_local)(c, x->session);
		if (call)
			(is_sent ? call_set_local : call_set_remote)(c, call);
		x->call = c;
	}
	event_bind(e, t, c);
	if (x->own.family)
		(is_sent ? &e->from : &e->to)->address = x->own;
}

static void flush_control(struct speech *s, struct routeros *x)
{
	struct str type = value_of(x, 0);
	uint16_t message =
		x->is_ack || (!type.len && x->has_head) ? ZLB : speech_message_type(type);
	struct event *e;

	if (message == ZLB && type.len)
		message = speech_message_type(type);
	if (!x->has_head && !type.len)
		return; /* the poster left its lines out */
	e = speech_message(s, &x->line, x->sense, message);
	for (size_t i = 0; i < x->n; i++)
		add_attribute(s, e, x, i);
	if (x->has_head) {
		e->l2tp.has_sequence = true;
		e->l2tp.ns = (uint16_t)x->ns;
		e->l2tp.nr = (uint16_t)x->nr;
		e->l2tp.has_ids = true;
		e->l2tp.tunnel_id = x->tunnel;
		e->l2tp.session_id = x->session;
	}
	place(s, x, e);
}

/* `<name vpn1>`: whose challenge or response it is. */
static struct str name_option(struct speech *s, const struct routeros *x)
{
	struct str all = {x->options, x->n_options};
	size_t at = str_find(all, STR("<name ")), end;

	if (at == SIZE_MAX)
		return (struct str){0};
	all = str_from(all, at + 6);
	end = str_find(all, STR(">"));
	return end == SIZE_MAX ? STR("") : arena_str(s->arena, (struct str){all.at, end});
}

static void flush_ppp(struct speech *s, struct routeros *x)
{
	struct ppp_words w;
	struct event *e;

	memset(&w, 0, sizeof(w));
	w.protocol = x->protocol;
	w.code = ppp_words_code(x->protocol, str_of(x->message));
	w.id = (uint8_t)number_of(str_of(x->id));
	w.has_id = true;
	w.is_complete = x->protocol >= 0x8000 && w.code <= CP_CONFREJ && x->protocol != PPP_CHAP &&
			x->protocol != PPP_PAP && x->protocol != PPP_EAP;
	if (!w.code)
		return;
	if (w.is_complete)
		ppp_words_options(&w, (struct str){x->options, x->n_options});
	e = ppp_words_event(s, &x->line, x->sense, &w);
	event_bind(e, x->known, x->call);
	e->interface = arena_str(s->arena, str_of(x->interface));
	if (x->protocol == PPP_CHAP)
		e->ppp.name = name_option(s, x);
	e->l2tp.is_present = true;
	e->l2tp.version = 2;
}

static void flush(struct speech *s, struct routeros *x)
{
	if (x->is_control)
		flush_control(s, x);
	if (x->is_ppp)
		flush_ppp(s, x);
	x->is_control = x->is_ppp = x->is_ack = x->has_head = false;
	x->n = x->n_options = 0;
	x->tunnel = x->session = 0;
}

static void begin(struct speech *s, struct routeros *x, const struct spoken *line)
{
	flush(s, x);
	x->line = *line;
	x->line.record.n_values = 0;
	x->line.record.fields = 0;
	x->line.record.stamp = str_copy(x->stamp, sizeof(x->stamp), line->record.stamp);
	x->line.record.text = str_copy(x->text, sizeof(x->text), line->record.text);
}

/* 0.0.0.0: a client whose socket is not bound yet. */
static bool is_unbound(const struct address *a)
{
	const struct address any = address_v4(0);

	return address_equal(a, &any);
}

static void take_control(struct speech *s, struct routeros *x, const struct spoken *line)
{
	begin(s, x, line);
	x->is_control = true;
	x->is_ack = spoken_text(line, FIELD_MARK).len > 0;
	x->sense = str_is(spoken_text(line, FIELD_DIRECTION), "sent") ? SENT : RECEIVED;
	x->peer = x->own = (struct address){0};
	address_parse(spoken_text(line, FIELD_ADDRESS), &x->peer);
	address_parse(spoken_text(line, FIELD_ADDRESS2), &x->own);
	if (is_unbound(&x->own))
		x->own = (struct address){0};
	x->port = (uint16_t)spoken_number(line, FIELD_PORT);
}

static void take_ppp(struct speech *s, struct routeros *x, const struct spoken *line)
{
	begin(s, x, line);
	x->is_ppp = true;
	x->sense = str_is(spoken_text(line, FIELD_DIRECTION), "sent") ? SENT : RECEIVED;
	x->protocol = ppp_words_protocol(spoken_text(line, FIELD_PROTOCOL));
	str_keep(x->message, sizeof(x->message), spoken_text(line, FIELD_MESSAGE));
	str_keep(x->id, sizeof(x->id), spoken_text(line, FIELD_VALUE));
	str_keep(x->interface, sizeof(x->interface), spoken_text(line, FIELD_INTERFACE));
}

/* Only a server waits so: its client is who sent the packet before. */
static void say_asked(struct speech *s, const struct routeros *x, const struct spoken *line)
{
	struct event *e;
	struct text peer = text_make(64);

	if (x->peer.family)
		address_print(&peer, &x->peer);
	e = speech_say(s, line, SAID_TUNNEL_NEW);
	e->said.n_values = 0;
	if (x->peer.family)
		speech_value(s, e, FIELD_ADDRESS, text_str(&peer));
	e->from.tunnel_id = spoken_number(line, FIELD_TUNNEL);
	e->from.address = x->own;
	text_free(&peer);
}

static void bind_ppp(struct event *e, const struct routeros *x, const struct spoken *line)
{
	event_bind(e, x->known, x->call);
	e->interface = spoken_text(line, FIELD_INTERFACE);
	e->l2tp.is_present = true;
	e->l2tp.version = 2;
}

/* The password was judged, whether or not the packet that says so was printed. */
static void say_refused(struct speech *s, const struct routeros *x, const struct spoken *line)
{
	struct event *e = speech_say(s, line, SAID_AAA);

	e->said.n_values = 0;
	speech_value(s, e, FIELD_USER, spoken_text(line, FIELD_USER));
	speech_value(s, e, FIELD_RESULT, STR("failed"));
	speech_value(s, e, FIELD_BY, STR("this-end"));
	bind_ppp(e, x, line);
}

static void say(struct speech *s, struct routeros *x, const struct spoken *line)
{
	enum topic topic = line->record.row->topic;
	struct str status = spoken_text(line, FIELD_STATUS);
	bool is_refused = spoken_is(line, "routeros.refused");
	bool is_new = false; /* the first word of this tunnel */
	struct event *e;

	flush(s, x);
	if (topic == SAID_BELOW) {
		speech_say(s, line, topic);
		return;
	}
	if (!x->known && !x->call && routeros_info_take(s, &x->info, line, &x->peer))
		return;
	if (spoken_is(line, "routeros.first"))
		address_parse(spoken_text(line, FIELD_ADDRESS), &x->peer);
	if (topic == SAID_CP_STATE && !str_is(status, "opened") && !str_is(status, "closed"))
		topic = SAID_NOTHING;
	if (topic == SAID_TUNNEL_STATE &&
	    !device_tunnel(speech_device(s, line), spoken_number(line, FIELD_TUNNEL))) {
		x->known = device_tunnel_new(s, speech_device(s, line));
		tunnel_set_local(x->known, spoken_number(line, FIELD_TUNNEL));
		is_new = true;
	}
	if (is_new && str_is(spoken_text(line, FIELD_AFTER), "wait-ctl-conn"))
		say_asked(s, x, line);
	if (is_refused)
		say_refused(s, x, line);
	if (topic == SAID_PPP_PHASE && spoken_text(line, FIELD_REASON).len)
		bind_ppp(speech_say(s, line, SAID_PPP_DISCONNECT), x, line);
	e = speech_say(s, line, topic);
	if (is_new)
		speech_value(s, e, FIELD_BEFORE, STR("idle"));
	if (is_refused && !spoken_text(line, FIELD_REASON).len)
		speech_value(s, e, FIELD_REASON, STR("authentication failed"));
	if (spoken_is(line, "routeros.radius-silent"))
		speech_value(s, e, FIELD_REASON, STR("no response from RADIUS"));
	if (topic == SAID_CP_STATE)
		speech_value(s, e, FIELD_STATE, status);
	if (spoken_is(line, "routeros.timeout"))
		speech_value(s, e, FIELD_REASON,
			     arena_printf(s->arena, "%.*s: timeout sending Config-Requests",
					  STR_ARG(spoken_text(line, FIELD_PROTOCOL))));
	if (topic == SAID_PPP_PHASE)
		speech_value(s, e, FIELD_PHASE,
			     str_is(status, "connected")         ? STR("up")
			     : str_is(status, "disconnected")    ? STR("down")
			     : str_starts(status, "terminating") ? STR("terminating")
								 : STR(""));
	if (topic == SAID_TUNNEL_STATE || topic == SAID_RETRANSMIT) {
		e->from.tunnel_id = spoken_number(line, FIELD_TUNNEL);
		return;
	}
	bind_ppp(e, x, line);
}

static void take(struct speech *s, void *state, const struct spoken *line)
{
	struct routeros *x = state;

	switch (line->record.kind) {
	case RECORD_MESSAGE:
		take_control(s, x, line);
		return;
	case RECORD_PACKET:
		x->has_head = true;
		x->tunnel = number_of(spoken_text(line, FIELD_VALUE));
		x->session = number_of(spoken_text(line, FIELD_NAME));
		x->ns = spoken_number(line, FIELD_NS);
		x->nr = spoken_number(line, FIELD_NR);
		return;
	case RECORD_AVP_VALUE:
		if (x->n < ATTRIBUTES) {
			struct attribute *a = &x->attributes[x->n++];

			a->number = (uint16_t)line->record.row->avp;
			a->n = str_copy(a->value, VALUE_MOST, spoken_text(line, FIELD_VALUE)).len;
		}
		return;
	case RECORD_PPP_PACKET:
		take_ppp(s, x, line);
		return;
	default:
		say(s, x, line);
		return;
	}
}

/* `<mru 1450>`: an option of the packet before. */
static bool more(struct speech *s, void *state, const struct spoken *line)
{
	struct routeros *x = state;
	struct str text = line->record.text;

	(void)s;
	if (str_is(text, "...")) {
		flush(s, x); /* the poster left something out */
		return true;
	}
	if (!x->is_ppp || !str_starts(text, "<") || !str_ends(text, ">"))
		return false;
	if (x->n_options + text.len < OPTIONS_MOST) {
		memcpy(x->options + x->n_options, text.at, text.len);
		x->n_options += text.len;
	}
	return true;
}

static void finish(struct speech *s, void *state)
{
	flush(s, state);
}

static const char *const programs[] = {"routeros", NULL};

const struct daemon_dialect daemon_routeros = {
	.name = "routeros",
	.programs = programs,
	.tables = &table,
	.state_size = sizeof(struct routeros),
	.take = take,
	.more = more,
	.finish = finish,
};
