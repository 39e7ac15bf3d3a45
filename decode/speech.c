#include "speech.h"

#include <stdlib.h>

#include "ppp.h"

enum { SAID_VALUES = 32 };

bool speech_has(const struct speech *s, struct str words)
{
	struct str rest = s->content;
	bool has = false;

	while (!has && rest.len >= words.len) {
		size_t n = rest.len < PASSED_OCTETS ? rest.len : PASSED_OCTETS;

		has = str_find((struct str){rest.at, n}, words) != SIZE_MAX;
		if (n == rest.len)
			break;
		if (s->passed)
			s->passed(s->passed_self, UINT64_MAX);
		rest = str_from(rest, n - words.len + 1);
	}
	return has;
}

struct device *speech_device(struct speech *s, const struct spoken *line)
{
	return &s->devices[line->device < s->n_devices ? line->device : 0];
}

struct str speech_keep(struct speech *s, struct str text)
{
	return arena_str(s->names, text);
}

struct event *speech_event(struct speech *s, const struct spoken *line)
{
	const struct log_record *r = &line->record;
	struct event *e;

	if (s->n == s->room) {
		s->room = s->room ? s->room * 2 : 16;
		s->queue = must_grow(s->queue, s->room, sizeof(*s->queue));
	}
	e = &s->queue[s->n++];
	*e = (struct event){.when = r->when,
			    .stamp = arena_str(s->arena, r->stamp),
			    .origin = r->origin,
			    .kind = EVENT_SAID,
			    .sense = SENT,
			    .row = r->row,
			    .text = arena_str(s->arena, r->text)};
	e->origin.vantage = line->device;
	e->from.name = r->host;
	return e;
}

void speech_value(struct speech *s, struct event *e, enum log_field field, struct str text)
{
	struct said_value *values, *v;

	if (!text.len || e->said.n_values >= SAID_VALUES)
		return;
	values = arena_array(s->arena, e->said.n_values + 1, sizeof(*values));
	if (!values)
		return;
	if (e->said.n_values)
		memcpy(values, e->said.values, e->said.n_values * sizeof(*values));
	v = &values[e->said.n_values];
	*v = (struct said_value){.field = (uint16_t)field, .text = arena_str(s->arena, text)};
	str_u64(text, &v->number);
	e->said.values = values;
	e->said.n_values++;
}

void speech_mean(struct speech *s, struct event *e, const struct spoken *line,
		 const struct speech_meaning *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (spoken_is(line, all[i].row))
			speech_value(s, e, all[i].field, str_of(all[i].value));
}

struct event *speech_say(struct speech *s, const struct spoken *line, enum topic topic)
{
	struct event *e = speech_event(s, line);

	e->said.topic = topic;
	for (size_t i = 0; i < line->record.n_values; i++)
		speech_value(s, e, (enum log_field)line->record.values[i].field,
			     line->record.values[i].text);
	return e;
}

struct event *speech_say_of(struct speech *s, const struct spoken *line, const struct known_call *c,
			    enum topic topic)
{
	struct event *e = speech_say(s, line, topic);

	e->said.n_values = 0;
	e->interface = c->interface;
	e->l2tp.is_present = true;
	e->l2tp.version = 2;
	return e;
}

struct event *speech_say_ipcp_open(struct speech *s, const struct spoken *line)
{
	struct event *e = speech_say(s, line, SAID_CP_STATE);

	e->said.n_values = 0;
	speech_value(s, e, FIELD_PROTOCOL, STR("IPCP"));
	speech_value(s, e, FIELD_STATE, STR("Open"));
	return e;
}

struct event *speech_message(struct speech *s, const struct spoken *line, enum sense sense,
			     uint16_t message)
{
	struct event *e = speech_event(s, line);

	e->kind = EVENT_CONTROL;
	e->sense = sense;
	e->from.name = (struct str){0};
	(sense == SENT ? &e->from : &e->to)->name = line->record.host;
	e->l2tp.is_present = true;
	e->l2tp.is_control = true;
	e->l2tp.version = 2;
	e->control.message = message;
	e->control.is_complete = message == ZLB;
	return e;
}

void speech_avp(struct speech *s, struct event *e, uint16_t number, struct span value)
{
	size_t n = e->control.n_avps;
	struct avp *avps;

	if (n >= LIMIT_AVPS)
		return;
	avps = arena_array(s->arena, n + 1, sizeof(*avps));
	if (!avps)
		return;
	if (n)
		memcpy(avps, e->control.avps, n * sizeof(*avps));
	avps[n] = (struct avp){.number = number,
			       .row = avp_lookup(0, number),
			       .value = arena_span(s->arena, value),
			       .length = (uint16_t)(6 + value.len),
			       .offset = n ? avps[n - 1].offset + avps[n - 1].length : 12,
			       .is_whole = value.len > 0};
	e->control.avps = avps;
	e->control.has_numbers = false;
	e->control.n_avps = n + 1;
}

void speech_avp_number(struct speech *s, struct event *e, uint16_t number, uint64_t value)
{
	const struct avp_row *row = avp_lookup(0, number);
	size_t n = row && row->length_min > 6 ? row->length_min - 6u : 2;
	uint8_t octets[8];

	if (n > 8 || (n < 8 && value >> (8 * n)))
		return;
	for (size_t i = 0; i < n; i++)
		octets[i] = (uint8_t)(value >> (8 * (n - 1 - i)));
	speech_avp(s, e, number, span_of(octets, n));
}

void speech_avp_text(struct speech *s, struct event *e, uint16_t number, struct str value)
{
	speech_avp(s, e, number, span_of(value.at, value.len));
}

void speech_avp_result(struct speech *s, struct event *e, unsigned result, int error,
		       struct str text)
{
	size_t n = error < 0 ? 2 : 4 + (text.len > 512 ? 512 : text.len);
	uint8_t octets[4 + 512];

	octets[0] = (uint8_t)(result >> 8);
	octets[1] = (uint8_t)result;
	octets[2] = (uint8_t)((unsigned)error >> 8);
	octets[3] = (uint8_t)error;
	if (n > 4)
		memcpy(octets + 4, text.at, n - 4);
	speech_avp(s, e, AVP_N_RESULT_CODE, span_of(octets, n));
}

static void add_defects(struct event *e, const struct defect_list *defects)
{
	e->defects = defects->at;
	e->n_defects = defects->n;
}

struct event *speech_packet(struct speech *s, const struct spoken *line, enum sense sense,
			    struct span packet)
{
	struct event *e = speech_event(s, line);
	struct defect_list defects = {.arena = s->arena};
	struct span payload = {0};

	e->sense = sense;
	e->path.ip_protocol = 17;
	e->path.captured = e->path.original = (uint32_t)packet.len;
	e->from = e->to = (struct party){0};
	(sense == SENT ? &e->from : &e->to)->name = line->record.host;
	e->from.port = e->to.port = L2TP_PORT;
	l2tp_decode(s->decoder, arena_span(s->arena, packet), e, &defects, &payload);
	if (e->kind == EVENT_DATA && payload.len)
		ppp_decode(s->arena, payload, e, &defects);
	e->from.port = e->to.port = 0;
	add_defects(e, &defects);
	if (e->kind == EVENT_CONTROL || e->kind == EVENT_PPP)
		return e;
	s->n--;
	return NULL;
}

struct event *speech_ppp(struct speech *s, const struct spoken *line, enum sense sense,
			 uint16_t protocol, struct span packet)
{
	struct event *e = speech_event(s, line);
	struct defect_list defects = {.arena = s->arena};

	e->sense = sense;
	e->from.name = (struct str){0};
	(sense == SENT ? &e->from : &e->to)->name = line->record.host;
	ppp_packet_decode(s->arena, protocol, arena_span(s->arena, packet), e, &defects);
	add_defects(e, &defects);
	return e;
}

void event_bind(struct event *e, const struct known_tunnel *t, const struct known_call *c)
{
	bool is_received = e->kind != EVENT_SAID && e->sense == RECEIVED;
	struct party *own = is_received ? &e->to : &e->from;
	struct party *peer = is_received ? &e->from : &e->to;

	if (c && !t)
		t = c->tunnel;
	if (t) {
		own->tunnel_id = t->local;
		peer->tunnel_id = t->remote;
		if (!peer->address.family) {
			peer->address = t->address;
			peer->port = t->port;
		}
		peer->dialed = t->dialed;
	}
	if (c) {
		own->session_id = c->local;
		peer->session_id = c->remote;
		if (!e->interface.len)
			e->interface = c->interface;
	}
	if (c && e->kind != EVENT_CONTROL && t) {
		e->l2tp.is_present = true;
		e->l2tp.version = 2;
	}
}

void event_bind_packet(struct event *e, const struct device *d,
		       const struct known_tunnel *otherwise)
{
	bool is_sent = e->sense == SENT;
	struct party *own = is_sent ? &e->from : &e->to;
	struct party *peer = is_sent ? &e->to : &e->from;
	const struct avp *assigned = event_avp(e, AVP_N_ASSIGNED_TUNNEL_ID);
	const struct known_call *c;
	const struct known_tunnel *t = device_tunnel_latest(d, is_sent, e->l2tp.tunnel_id);
	uint64_t id;

	if (!t && assigned && avp_number(assigned, &id))
		t = device_tunnel_latest(d, !is_sent, (uint32_t)id);
	if (!t)
		t = otherwise;
	if (!t)
		return;
	peer->address = t->address;
	peer->port = t->port;
	own->tunnel_id = t->local ? t->local : own->tunnel_id;
	peer->tunnel_id = peer->tunnel_id ? peer->tunnel_id : t->remote;
	if (e->kind != EVENT_PPP)
		return;
	c = device_call_in(d, t, is_sent, e->l2tp.session_id);
	if (c) {
		own->session_id = c->local;
		peer->session_id = c->remote;
	}
}

static const struct {
	const char *name;
	uint16_t message;
} message_names[] = {
	{"Start-Ctrl-Conn-Request", SCCRQ},
	{"Start-Ctrl-Conn-Reply", SCCRP},
	{"Start-Ctrl-Conn-Connected", SCCCN},
	{"Stop-Ctrl-Conn-Notify", STOPCCN},
	{"Incoming-Call-Request", ICRQ},
	{"Incoming-Call-Reply", ICRP},
	{"Incoming-Call-Connected", ICCN},
	{"Outgoing-Call-Request", OCRQ},
	{"Outgoing-Call-Reply", OCRP},
	{"Outgoing-Call-Connected", OCCN},
	{"Call-Disconnect-Notify", CDN},
	{"SCCN", SCCCN},
	{"Hello", HELLO},
	{"Set-Link-Info", SLI},
	{"WAN-Error-Notify", WEN},
	{"(ack)", ZLB},
};

uint16_t speech_message_type(struct str name)
{
	const struct code_row *all;
	size_t n = code_rows(&all);

	if (str_starts(name, "avpMsgType"))
		name = str_from(name, 10);
	for (size_t i = 0; i < sizeof(message_names) / sizeof(message_names[0]); i++)
		if (str_equal_nocase(name, str_of(message_names[i].name)))
			return message_names[i].message;
	for (size_t i = 0; i < n; i++)
		if (all[i].domain == CODE_MESSAGE && str_equal_nocase(name, str_of(all[i].name)))
			return (uint16_t)all[i].number;
	return MESSAGE_UNKNOWN;
}

uint32_t spoken_number(const struct spoken *line, enum log_field field)
{
	uint64_t n;

	return record_number(&line->record, field, &n) && n <= UINT32_MAX ? (uint32_t)n : 0;
}

struct str spoken_text(const struct spoken *line, enum log_field field)
{
	return record_text(&line->record, field);
}

bool spoken_is(const struct spoken *line, const char *row)
{
	return line->record.row && strcmp(line->record.row->name, row) == 0;
}
