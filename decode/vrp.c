/* H3C (Comware) and Huawei (VRP): `debugging ppp` and `debugging l2tp`. A record's head is a line
 * of its own, `*Apr  4 10:12:03:123 2024 LAC PPP/7/debug2:`; the packet, its state and its options
 * stand in the lines below, all numbers of which are hexadecimal. The manuals' examples were at
 * hand; rows of L2TP beyond them are recalled. */
#include "retold.h"

#include "hexdump.h"
#include "ppp.h"

/* clang-format off */
static const struct grammar_row rows[] = {
	{.name = "vrp.l2tp",
	 .pattern = "{?{facility:L2TP|L2TPV2}/{code}/{mnemonic:*}: }{?L2TP::}{direction:O|I} {?Tunnel {tunnel}}{?Call {session}} {action:Send|rcv|recv} {message:SCCRQ|SCCRP|SCCCN|StopCCN|STOPCCN|HELLO|Hello|ICRQ|ICRP|ICCN|OCRQ|OCRP|OCCN|CDN}{? in state {state:*}}",
	 .sample = "L2TP/7/L2TDBG: L2TP::I Tunnel 1 rcv SCCRP in state 2",
	 .reading = "facility=L2TP code=7 mnemonic=L2TDBG direction=I tunnel=1 action=rcv message=SCCRP state=2",
	 .kind = RECORD_MESSAGE, .topic = SAID_NOTHING, .flags = ROW_RECALLED},
	{.name = "vrp.head",
	 .pattern = "{facility:PPP|PPPOE|PPPOEC|PPPOES|L2TP|L2TPV2|IFNET|AAA|RADIUS}/{code}/{mnemonic:*}:{? {text}}",
	 .sample = "PPP/8/debug2: PPP Packet:", .reading = "facility=PPP code=8 mnemonic=debug2 text=PPP Packet:",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_GENERIC},
	{.name = "vrp.what",
	 .pattern = "PPP {name:Packet|State Change|Event|Error}:",
	 .sample = "PPP State Change:", .reading = "name=State Change",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "vrp.packet",
	 .pattern = "{interface:*} {direction:Output|Input} {protocol:*}({value-octets}) {name:Pkt|Packet}, {attribute:Len|PktLen} {length}",
	 .sample = "Virtual-PPP1 Output LCP(c021) Pkt, Len 18",
	 .reading = "interface=Virtual-PPP1 direction=Output protocol=LCP value-octets=c021 name=Pkt attribute=Len length=18",
	 .kind = RECORD_PPP_PACKET, .topic = SAID_NOTHING},
	{.name = "vrp.code",
	 .pattern = "{?Current }State {state:*}, code {message:*}({code:0x}), id {id:0x}, len {length}",
	 .sample = "State reqsent, code ConfReq(01), id 2a, len 14",
	 .reading = "state=reqsent message=ConfReq code=01 id=2a length=14",
	 .kind = RECORD_PPP_OPTION, .topic = SAID_NOTHING},
	{.name = "vrp.state",
	 .pattern = "{interface:*} {protocol:LCP|IPCP|IPV6CP|IPv6CP|CCP|PAP|CHAP|MPLSCP|OSICP|BCP|MP} : {before:*} --> {after:*}",
	 .sample = "Virtual-PPP1 LCP : acksent --> opened", .reading = "interface=Virtual-PPP1 protocol=LCP before=acksent after=opened",
	 .kind = RECORD_SAID, .topic = SAID_CP_STATE},
	{.name = "vrp.event",
	 .pattern = "{interface:*} {protocol:LCP|IPCP|IPV6CP|IPv6CP|CCP|PAP|CHAP|MPLSCP|OSICP|BCP|MP} {text} Event",
	 .sample = "Virtual-PPP1 LCP Lower Up Event", .reading = "interface=Virtual-PPP1 protocol=LCP text=Lower Up",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

struct vrp {
	struct retold packet;
	char stamp[64]; /* of the head */
	size_t stamp_len;
	struct moment when;
	char interface[64];
	uint16_t protocol;
	enum sense sense;
	bool is_named;
	uint8_t value[256]; /* of CHAP, until its name comes */
	size_t n_value;
};

/* The lines below a head have no time of their own. */
static struct spoken with_time(struct vrp *v, const struct spoken *line)
{
	struct spoken copy = *line;

	if (line->record.stamp.len) {
		v->stamp_len = line->record.stamp.len < sizeof(v->stamp) ? line->record.stamp.len
									 : sizeof(v->stamp);
		memcpy(v->stamp, line->record.stamp.at, v->stamp_len);
		v->when = line->record.when;
	} else if (v->stamp_len) {
		copy.record.stamp = (struct str){v->stamp, v->stamp_len};
		copy.record.when = v->when;
	}
	return copy;
}

static void take_message(struct speech *s, const struct spoken *line)
{
	bool is_sent = str_is(spoken_text(line, FIELD_DIRECTION), "O");
	bool is_call = spoken_text(line, FIELD_SESSION).len > 0;
	uint16_t type = speech_message_type(spoken_text(line, FIELD_MESSAGE));
	uint32_t number = spoken_number(line, is_call ? FIELD_SESSION : FIELD_TUNNEL);
	struct device *d = speech_device(s, line);
	struct known_tunnel *t = is_call ? d->tunnels : device_tunnel(d, number);
	struct known_call *c = NULL;
	struct event *e;

	if (!t) {
		t = device_tunnel_new(s, d);
		if (!is_call)
			tunnel_set_local(t, number);
	}
	if (is_call) {
		c = device_call(d, t, number);
		if (!c) {
			c = device_call_new(s, d, t);
			call_set_local(c, number);
			c->is_lns = (type == ICRQ) != is_sent;
		}
	}
	e = speech_message(s, line, is_sent ? SENT : RECEIVED, type);
	if (is_sent && (type == SCCRQ || type == SCCRP))
		speech_avp_number(s, e, AVP_N_ASSIGNED_TUNNEL_ID, t->local);
	if (is_sent && c && (type == ICRQ || type == ICRP))
		speech_avp_number(s, e, AVP_N_ASSIGNED_SESSION_ID, c->local);
	event_bind(e, t, c);
	if (type == STOPCCN)
		t->is_closed = true;
	if (c && type == CDN)
		c->is_closed = true;
}

/* No line ties an interface to a call: it is that of the call that has none yet. */
static const struct known_call *call_of(struct speech *s, const struct spoken *line,
					struct str interface)
{
	struct device *d = speech_device(s, line);
	struct known_call *of = NULL;

	for (struct known_call *c = d->calls; c; c = c->next) {
		if (str_equal(c->interface, interface))
			return c;
		if (!c->is_closed && !c->interface.len)
			of = c;
	}
	if (of)
		of->interface = speech_keep(s, interface);
	return of;
}

static void bind(struct speech *s, const struct spoken *line, struct event *e)
{
	const struct known_call *c = call_of(s, line, e->interface);

	if (!c)
		return;
	e->l2tp.is_present = true;
	e->l2tp.version = 2;
	event_bind(e, c->tunnel, c);
}

static void give(struct speech *s, struct vrp *v)
{
	size_t before = s->n;

	retold_give(s, &v->packet);
	if (s->n > before)
		bind(s, &v->packet.line, &s->queue[s->n - 1]);
}

/* `State reqsent, code ConfReq(01), id 2a, len 14`: the packet that the line before named. */
static void take_code(struct vrp *v, const struct spoken *line)
{
	struct retold *r = &v->packet;

	if (!v->is_named)
		return;
	v->is_named = false;
	retold_begin(r, line, v->sense);
	memcpy(r->interface, v->interface, sizeof(r->interface));
	r->carrier = RETOLD_LINK;
	r->words.protocol = v->protocol;
	r->words.code = (uint8_t)spoken_number(line, FIELD_CODE);
	r->words.id = (uint8_t)spoken_number(line, FIELD_ID);
	r->words.has_id = true;
	r->words.is_complete = spoken_number(line, FIELD_LENGTH) == 4 ||
			       (r->words.protocol != PPP_CHAP && r->words.protocol != PPP_PAP &&
				r->words.code <= CP_CONFREJ);
	v->n_value = 0;
}

static void take(struct speech *s, void *state, const struct spoken *line_)
{
	struct vrp *v = state;
	struct spoken line = with_time(v, line_);
	struct str name = spoken_text(&line, FIELD_INTERFACE);
	struct str octets = spoken_text(&line, FIELD_VALUE_OCTETS);
	size_t n = name.len < sizeof(v->interface) - 1 ? name.len : sizeof(v->interface) - 1;
	struct event *e;

	give(s, v);
	if (spoken_is(&line, "vrp.packet")) {
		v->is_named = true;
		v->sense = str_is(spoken_text(&line, FIELD_DIRECTION), "Output") ? SENT : RECEIVED;
		v->protocol = 0;
		for (size_t i = 0; i < octets.len && i < 4; i++)
			v->protocol = (uint16_t)(v->protocol << 4 | hex_digit(octets.at[i]));
		memset(v->interface, 0, sizeof(v->interface));
		memcpy(v->interface, name.at, n);
		return;
	}
	if (spoken_is(&line, "vrp.code")) {
		take_code(v, &line);
		return;
	}
	if (line.record.kind == RECORD_MESSAGE) {
		take_message(s, &line);
		return;
	}
	e = speech_say(s, &line, line.record.row->topic);
	if (name.len) {
		e->interface = arena_str(s->arena, name);
		bind(s, &line, e);
	}
	if (!spoken_is(&line, "vrp.state"))
		return;
	e->said.n_values = 0;
	if (!str_is(spoken_text(&line, FIELD_AFTER), "opened")) {
		e->said.topic = SAID_NOTHING;
		return;
	}
	speech_value(s, e, FIELD_PROTOCOL, spoken_text(&line, FIELD_PROTOCOL));
	speech_value(s, e, FIELD_STATE, STR("Open"));
}

/* Octets in hex, with or without blanks; as many as fit. */
static size_t read_octets(struct str text, uint8_t *to, size_t room)
{
	size_t n = 0;

	for (size_t i = 0; i + 1 < text.len && n < room;) {
		int high = hex_digit(text.at[i]), low = hex_digit(text.at[i + 1]);

		if (text.at[i] == ' ') {
			i++;
			continue;
		}
		if (high < 0 || low < 0)
			break;
		to[n++] = (uint8_t)(high << 4 | low);
		i += 2;
	}
	return n;
}

static struct str behind(struct str text, const char *words)
{
	size_t at = str_find(text, str_of(words));

	return at == SIZE_MAX ? STR("") : str_trim(str_from(text, at + strlen(words)));
}

/* `MRU(1), len 4, val 05dc`, `AuthProto(3), len 5, CHAP c223, 05`, `IPADDR(3), len 6, val 10.0.0.1`
 */
static bool take_option(struct retold *r, struct str text)
{
	size_t open = str_find(text, STR("(")), n = 0;
	struct str value = behind(text, ", len ");
	uint32_t number = 0, length = 0;
	struct address address;
	uint8_t octets[256];

	if (open == SIZE_MAX || open > 48 || !value.len)
		return false;
	for (size_t i = open + 1; i < text.len && text.at[i] >= '0' && text.at[i] <= '9'; i++)
		number = number * 10 + (uint32_t)(text.at[i] - '0');
	for (; value.len && value.at[0] >= '0' && value.at[0] <= '9'; value = str_from(value, 1))
		length = length * 10 + (uint32_t)(value.at[0] - '0');
	if (number > UINT8_MAX || length < 2 || length > UINT8_MAX)
		return false;
	if (str_find(value, STR("val ")) != SIZE_MAX)
		value = behind(value, "val ");
	if (address_parse(value, &address) && address.family == 4 && length == 6) {
		retold_option(r, (uint8_t)number, span_of(address.octets, 4));
		return true;
	}
	/* names of protocols stand before their numbers: what is left to the right must fit */
	for (size_t i = 0; i < value.len && n != length - 2u; i++) {
		struct str rest = str_from(value, i);

		if (i && value.at[i - 1] != ' ')
			continue;
		n = read_octets(rest, octets, sizeof(octets));
		if (n == 2 && length == 5 && str_find(rest, STR(", ")) != SIZE_MAX)
			n += read_octets(behind(rest, ", "), octets + 2, 1);
	}
	if (n == length - 2u)
		retold_option(r, (uint8_t)number, span_of(octets, n));
	else
		r->words.is_complete = false;
	return true;
}

static void add(struct ppp_words *w, const void *at, size_t n)
{
	if (n <= sizeof(w->body) - w->n && n) {
		memcpy(w->body + w->n, at, n);
		w->n += n;
	}
}

/* `Value_Size: 16  Value: 5f 3a …`, `Name: lns1`; `Host Len:  5  Name:vpdn1`; `Message: …`. A
 * password is not kept: it is printed as stars. */
static bool take_auth(struct vrp *v, struct str text)
{
	struct ppp_words *w = &v->packet.words;
	struct str name = behind(text, "Name:");
	uint8_t length;

	if (str_starts(text, "Value_Size:")) {
		v->n_value = read_octets(behind(text, "Value:"), v->value, sizeof(v->value) - 1);
		return true;
	}
	if (str_starts(text, "Message:") || str_starts(text, "Msg:")) {
		name = behind(text, ":");
		length = (uint8_t)(name.len > UINT8_MAX ? UINT8_MAX : name.len);
		if (w->protocol == PPP_PAP)
			add(w, &length, 1);
		add(w, name.at, length);
		w->is_complete = true;
		return true;
	}
	if (str_starts(text, "Host Len:") && name.len) {
		length = (uint8_t)(name.len > UINT8_MAX ? UINT8_MAX : name.len);
		add(w, &length, 1);
		add(w, name.at, length);
		return true;
	}
	if (str_starts(text, "Name:") && w->protocol == PPP_CHAP) {
		length = (uint8_t)v->n_value;
		add(w, &length, 1);
		add(w, v->value, v->n_value);
		add(w, name.at, name.len);
		w->is_complete = v->n_value > 0;
		return true;
	}
	return str_starts(text, "Pwd Len:");
}

static bool more(struct speech *s, void *state, const struct spoken *line)
{
	struct vrp *v = state;
	struct str text = line->record.text;

	(void)s;
	if (!v->packet.is_open)
		return false;
	if (v->packet.words.protocol == PPP_CHAP || v->packet.words.protocol == PPP_PAP)
		return take_auth(v, text);
	return take_option(&v->packet, text);
}

static void finish(struct speech *s, void *state)
{
	give(s, state);
}

static const char *const programs[] = {"vrp", NULL};

const struct daemon_dialect daemon_vrp = {
	.name = "vrp",
	.programs = programs,
	.tables = &table,
	.state_size = sizeof(struct vrp),
	.take = take,
	.more = more,
	.finish = finish,
};
