/* accel-ppp: `IFNAME:USER: send [LCP ConfReq id=75 <auth PAP> …]`, ids and magic numbers in
 * hexadecimal without 0x; L2TP as `[L2TP tid=… sid=… Ns=… Nr=… <Message-Type …> <…>]`. */
#include "ppp_words.h"

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
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "accel.discarding", .pattern = "{interface:*}: {protocol:IPV6CP|IPCP|CCP|LCP}: discarding packet",
	 .sample = "ppp0:test: IPV6CP: discarding packet", .reading = "interface=ppp0:test protocol=IPV6CP",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
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
		a->call->interface = arena_printf(s->names, "accel%u", a->calls++);
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

static void take(struct speech *s, void *state, const struct spoken *line)
{
	struct str text = spoken_text(line, FIELD_TEXT);
	enum sense sense = str_is(spoken_text(line, FIELD_DIRECTION), "send") ? SENT : RECEIVED;
	struct known_call *c;
	struct ppp_words w;
	struct event *e;

	if (line->record.kind == RECORD_PPP_PACKET && str_starts(text, "L2TP ")) {
		take_l2tp(s, line, sense, text);
		return;
	}
	c = call_of(s, state, line);
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
	bind(e, c);
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
