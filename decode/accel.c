/* accel-ppp: `IFNAME:USER: send [LCP ConfReq id=75 <auth PAP> …]`, ids and magic numbers in
 * hexadecimal without 0x; L2TP as `[L2TP tid=… sid=… Ns=… Nr=… <Message-Type …> <…>]`. */
#include "hexdump.h"
#include "ppp_words.h"
#include "pppoe.h"

/* clang-format off */
static const struct grammar_row rows[] = {
	{.name = "accel.packet", .pattern = "{interface:*}: {direction:send|recv} [{text}]",
	 .sample = ":: send [LCP ConfReq id=75 <auth PAP> <mru 1436> <magic 483920bd>]",
	 .reading = "interface=: direction=send text=LCP ConfReq id=75 <auth PAP> <mru 1436> <magic 483920bd>",
	 .kind = RECORD_PPP_PACKET},
	{.name = "accel.connection", .pattern = "{service:pptp|l2tp|pppoe|sstp}: new connection from {address}",
	 .sample = "pptp: new connection from 192.168.10.100", .reading = "service=pptp address=192.168.10.100",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "accel.layer", .pattern = "{interface:*}: {status:lcp_layer_init|lcp_layer_started|lcp_layer_start|lcp_layer_finished|auth_layer_init|auth_layer_started|auth_layer_start|auth_layer_finished|ccp_layer_init|ccp_layer_started|ccp_layer_start|ccp_layer_finished|ipcp_layer_init|ipcp_layer_started|ipcp_layer_start|ipcp_layer_finished|ipv6cp_layer_init|ipv6cp_layer_started|ipv6cp_layer_start|ipv6cp_layer_finished}",
	 .sample = "ppp0:test: ipcp_layer_started", .reading = "interface=ppp0:test status=ipcp_layer_started",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "accel.phase", .pattern = "{interface:*}: ppp {phase:establishing|connected}",
	 .sample = ":: ppp establishing", .reading = "interface=: phase=establishing",
	 .kind = RECORD_SAID, .topic = SAID_PPP_PHASE},
	{.name = "accel.connect", .pattern = "{interface:*}: connect: {name:*} <--> {service}({address})",
	 .sample = "ppp0:test: connect: ppp0 <--> pptp(192.168.10.100)",
	 .reading = "interface=ppp0:test name=ppp0 service=pptp address=192.168.10.100",
	 .kind = RECORD_SAID, .topic = SAID_CLONED},
	{.name = "accel.authenticated", .pattern = "{interface:*}: {user}: authentication {result:succeeded|failed}",
	 .sample = "ppp0:test: test: authentication succeeded", .reading = "interface=ppp0:test user=test result=succeeded",
	 .kind = RECORD_SAID, .topic = SAID_AAA},
	{.name = "accel.timeout", .pattern = "{interface:*}: fsm timeout {count}",
	 .sample = ":: fsm timeout 9", .reading = "interface=: count=9",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING,
	 .means = "no answer came in time: the request is sent again"},
	{.name = "accel.discarding", .pattern = "{interface:*}: {protocol:IPV6CP|IPCP|CCP|LCP}: discarding packet",
	 .sample = "ppp0:test: IPV6CP: discarding packet", .reading = "interface=ppp0:test protocol=IPV6CP",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING,
	 .means = "the protocol is not enabled here; harmless"},
	{.name = "accel.rename", .pattern = "{interface:*}: rename interface to '{name}'",
	 .sample = "ppp0:test: rename interface to 'pptp0'", .reading = "interface=ppp0:test name=pptp0",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "accel.started", .pattern = "{interface:*}: {service:pptp|l2tp|pppoe}: ppp {state:started|finished}",
	 .sample = "pptp0:test: pptp: ppp started", .reading = "interface=pptp0:test service=pptp state=started",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "accel.blob", .pattern = "[{value:*} blob data]",
	 .sample = "[43B blob data]", .reading = "value=43B",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "accel.tunnel", .pattern = "l2tp tunnel {tunnel}-{peer-tunnel} ({address}:{port}): {text}",
	 .sample = "l2tp tunnel 5658-49044 (10.66.1.2:1701): handling SCCRQ",
	 .reading = "tunnel=5658 peer-tunnel=49044 address=10.66.1.2 port=1701 text=handling SCCRQ",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_RECALLED},
	{.name = "accel.session", .pattern = "l2tp session {tunnel}-{peer-tunnel}, {session}-{peer-session}: {text}",
	 .sample = "l2tp session 5658-49044, 59988-33262: sending ICRP",
	 .reading = "tunnel=5658 peer-tunnel=49044 session=59988 peer-session=33262 text=sending ICRP",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_RECALLED},
	{.name = "accel.terminate", .pattern = "{interface:*}: terminate{? by {by:admin|user|signal}}",
	 .sample = "ppp0:test: terminate", .reading = "interface=ppp0:test",
	 .kind = RECORD_SAID, .topic = SAID_PPP_PHASE, .flags = ROW_RECALLED},
	{.name = "accel.disconnected", .pattern = "{interface:*}: disconnected",
	 .sample = "ppp0:test: disconnected", .reading = "interface=ppp0:test",
	 .kind = RECORD_SAID, .topic = SAID_LINK, .flags = ROW_RECALLED | ROW_CONTEXT},
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

struct accel {
	struct known_call *call; /* of lines without an interface yet */
	unsigned calls;
	const char *service;  /* of the connection that came last */
	struct party own, to; /* its ends: addresses, and PPTP's Call IDs */
};

/* Before an interface exists every line says `::`; `ppp0:test:` is the same call then. */
static struct known_call *call_of(struct speech *s, struct accel *a, const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	struct str name = spoken_text(line, FIELD_INTERFACE);
	size_t colon = str_find(name, STR(":"));

	if (colon != SIZE_MAX)
		name.len = colon;
	for (struct known_call *c = d->calls; c && name.len; c = c->next)
		if (!c->is_closed && str_equal(c->alias, name))
			return c;
	if (!a->call || (!name.len && a->call->alias.len)) {
		a->call = device_call_new(s, d, NULL);
		a->call->interface = arena_printf(s->names, "%s%u",
						  a->service ? a->service : "accel", a->calls++);
	}
	if (name.len)
		a->call->alias = speech_keep(s, name);
	return a->call;
}

/* `<Name value>` of `[L2TP …]`: what RFC 2661 needs of it. */
static struct str attribute(struct str text, const char *name)
{
	struct text wanted = text_make(64);
	size_t at, end;

	text_printf(&wanted, "<%s ", name);
	at = str_find(text, text_str(&wanted));
	text_free(&wanted);
	if (at == SIZE_MAX)
		return STR("");
	text = str_from(text, at + strlen(name) + 2);
	end = str_find(text, STR(">"));
	return end == SIZE_MAX ? STR("") : (struct str){text.at, end};
}

static uint32_t number_after(struct str text, const char *name)
{
	size_t at = str_find(text, str_of(name)), n = 0;
	uint32_t number = 0;

	if (at == SIZE_MAX)
		return 0;
	text = str_from(text, at + strlen(name));
	while (n < text.len && text.at[n] >= '0' && text.at[n] <= '9')
		n++;
	str_u32((struct str){text.at, n}, &number);
	return number;
}

static void take_l2tp(struct speech *s, const struct spoken *line, enum sense sense,
		      struct str text)
{
	static const struct {
		const char *name;
		uint16_t number;
		bool is_text;
	} wanted[] = {{"Host-Name", 7, true},
		      {"Vendor-Name", 8, true},
		      {"Assigned-Tunnel-ID", 9, false},
		      {"Assigned-Session-ID", 14, false},
		      {"Call-Serial-Number", 15, false}};
	struct str type = attribute(text, "Message-Type");
	struct event *e =
		speech_message(s, line, sense, type.len ? speech_message_type(type) : ZLB);
	uint32_t number;

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		struct str value = attribute(text, wanted[i].name);

		if (wanted[i].is_text && value.len)
			speech_avp_text(s, e, wanted[i].number, value);
		else if (str_u32(value, &number))
			speech_avp_number(s, e, wanted[i].number, number);
	}
	e->l2tp.has_ids = e->l2tp.has_sequence = true;
	e->l2tp.tunnel_id = number_after(text, "tid=");
	e->l2tp.session_id = number_after(text, "sid=");
	e->l2tp.ns = (uint16_t)number_after(text, "Ns=");
	e->l2tp.nr = (uint16_t)number_after(text, "Nr=");
	e->to.tunnel_id = e->l2tp.tunnel_id;
	e->to.session_id = e->l2tp.session_id;
	event_bind_packet(e, speech_device(s, line), NULL);
}

static void bind(struct event *e, const struct known_call *c)
{
	e->interface = c->interface;
	e->l2tp.is_present = true;
	e->l2tp.version = 2;
}

/* `[PPTP Outgoing-Call-Reply <Call-ID 2> <Peer-Call-ID 2961> …]`: each end chooses a Call ID. */
static void take_pptp(struct speech *s, struct accel *a, const struct spoken *line,
		      enum sense sense, struct str text)
{
	static const char *const ends[] = {"Call-Clear-Request", "Call-Disconnect-Notify",
					   "Stop-Ctrl-Conn-Request"};
	uint32_t id;

	if (str_u32(attribute(text, "Call-ID"), &id))
		(sense == SENT ? &a->own : &a->to)->session_id = id;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct event *e;

		if (!str_starts(str_from(text, 5), ends[i]) || !a->call)
			continue;
		e = speech_say(s, line, SAID_LINK);
		e->said.n_values = 0;
		speech_value(s, e, FIELD_STATUS, STR("down"));
		bind(e, a->call);
		return;
	}
	speech_say(s, line, SAID_OTHER);
}

static bool mac_read(struct str s, uint8_t ret[6])
{
	bool is_mac = s.len == 17;

	for (size_t i = 0; i < 17 && is_mac; i++) {
		is_mac = i % 3 == 2 ? s.at[i] == ':' : hex_digit(s.at[i]) >= 0;
		if (is_mac && i % 3 == 1)
			ret[i / 3] = (uint8_t)(hex_digit(s.at[i - 1]) << 4 | hex_digit(s.at[i]));
	}
	return is_mac;
}

/* A tag of `<Name value>`, as RFC 2516 has it; `at` is where it goes. */
static size_t put_tag(struct speech *s, struct str text, const char *name, uint16_t number,
		      bool is_hex, uint8_t *at, size_t room)
{
	struct str value = attribute(text, name);
	struct span octets = span_of(value.at, value.len);

	if (is_hex && !hex_octets(s->arena, value, &octets))
		return 0;
	if (!octets.len || octets.len + 4 > room)
		return 0;
	at[0] = (uint8_t)(number >> 8);
	at[1] = (uint8_t)number;
	at[2] = (uint8_t)(octets.len >> 8);
	at[3] = (uint8_t)octets.len;
	memcpy(at + 4, octets.at, octets.len);
	return 4 + octets.len;
}

/* `[PPPoE PADS 02:…:02 => 02:…:01 sid=0001 <AC-Name …> <Host-Uniq 00>]` */
static bool take_pppoe(struct speech *s, const struct spoken *line, enum sense sense,
		       struct str text)
{
	static const struct {
		const char *name;
		uint8_t code;
	} codes[] = {{"PADI ", 0x09},
		     {"PADO ", 0x07},
		     {"PADR ", 0x19},
		     {"PADS ", 0x65},
		     {"PADT ", 0xa7}};
	static const struct {
		const char *name;
		uint16_t number;
		bool is_hex;
	} tags[] = {{"Service-Name", 0x0101, false},    {"AC-Name", 0x0102, false},
		    {"Host-Uniq", 0x0103, true},        {"AC-Cookie", 0x0104, true},
		    {"Relay-Session-Id", 0x0110, true}, {"Service-Name-Error", 0x0201, false},
		    {"AC-System-Error", 0x0202, false}, {"Generic-Error", 0x0203, false}};
	uint8_t packet[1500] = {0x11}, from[6], to[6];
	struct defect_list defects = {.arena = s->arena};
	struct str rest = str_from(text, 6);
	size_t n = 6, sid = str_find(text, STR(" sid="));
	uint32_t id = 0;
	struct event *e;

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (str_starts(rest, codes[i].name))
			packet[1] = codes[i].code;
	rest = str_from(rest, 5);
	if (!packet[1] || sid == SIZE_MAX || rest.len < 38 ||
	    !mac_read((struct str){rest.at, 17}, from) ||
	    !mac_read((struct str){rest.at + 21, 17}, to))
		return false;
	for (size_t i = sid + 5; i < text.len && i < sid + 9 && hex_digit(text.at[i]) >= 0; i++)
		id = id << 4 | (unsigned)hex_digit(text.at[i]);
	packet[2] = (uint8_t)(id >> 8);
	packet[3] = (uint8_t)id;
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		n += put_tag(s, text, tags[i].name, tags[i].number, tags[i].is_hex, packet + n,
			     sizeof(packet) - n);
	packet[4] = (uint8_t)((n - 6) >> 8);
	packet[5] = (uint8_t)(n - 6);
	e = speech_event(s, line);
	e->sense = sense;
	(sense == SENT ? &e->to : &e->from)->name = (struct str){0};
	e->path.has_mac = true;
	memcpy(e->path.from_mac, from, 6);
	memcpy(e->path.to_mac, to, 6);
	pppoe_decode(s->arena, arena_span(s->arena, span_of(packet, n)), 0, e, &defects);
	e->packet = (struct span){0}; /* nobody saw these octets */
	return true;
}

/* `pptp: new connection from …`: what comes next without an interface is its call. */
static void take_connection(struct accel *a, const struct spoken *line)
{
	static const char *const services[] = {"pptp", "pppoe", "sstp"};
	struct str service = spoken_text(line, FIELD_SERVICE);

	a->service = NULL;
	a->own = a->to = (struct party){0};
	a->call = NULL;
	address_parse(spoken_text(line, FIELD_ADDRESS), &a->to.address);
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		if (str_is(service, services[i]))
			a->service = services[i];
}

static void take(struct speech *s, void *state, const struct spoken *line)
{
	struct str text = spoken_text(line, FIELD_TEXT);
	enum sense sense = str_is(spoken_text(line, FIELD_DIRECTION), "send") ? SENT : RECEIVED;
	struct accel *a = state;
	struct known_call *c;
	struct ppp_words w;
	struct event *e;

	if (line->record.kind == RECORD_PPP_PACKET && str_starts(text, "L2TP ")) {
		take_l2tp(s, line, sense, text);
		return;
	}
	if (line->record.kind == RECORD_PPP_PACKET && str_starts(text, "PPTP ")) {
		take_pptp(s, a, line, sense, text);
		return;
	}
	if (line->record.kind == RECORD_PPP_PACKET && str_starts(text, "PPPoE ") &&
	    take_pppoe(s, line, sense, text))
		return;
	if (spoken_is(line, "accel.connection")) {
		take_connection(a, line);
		speech_say(s, line, SAID_OTHER);
		return;
	}
	c = call_of(s, a, line);
	if (line->record.kind == RECORD_PPP_PACKET) {
		if (ppp_words_read(text, true, &w))
			bind(ppp_words_event(s, line, sense, &w), c);
		else
			speech_say(s, line, SAID_OTHER);
		return;
	}
	e = speech_say(s, line, line->record.row->topic);
	if (spoken_is(line, "accel.disconnected")) {
		speech_value(s, e, FIELD_STATUS, STR("down"));
		c->is_closed = true;
	}
	if (spoken_is(line, "accel.authenticated"))
		speech_value(s, e, FIELD_BY, STR("this-end"));
	bind(e, c);
	if (line->record.row->topic == SAID_PPP_PHASE && a->service) {
		e->from.address = a->own.address;
		e->from.session_id = a->own.session_id;
		e->to = a->to;
	}
}

static const char *const programs[] = {"accel-pppd", "accel-ppp",   "accel-pptp",
				       "accel-l2tp", "accel-pppoe", NULL};

const struct daemon_dialect daemon_accel = {
	.name = "accel",
	.programs = programs,
	.tables = &table,
	.state_size = sizeof(struct accel),
	.take = take,
};
