#include "character.h"
#include "xl2tpd_parts.h"

enum { LOOK_AHEAD = 1 << 16 /* octets: that far ahead both ids of a tunnel are looked for */ };

void xl2tpd_keep_text(char *room, size_t size, struct str s)
{
	size_t n = s.len < size - 1 ? s.len : size - 1;

	if (n)
		memcpy(room, s.at, n);
	room[n] = 0;
}

bool xl2tpd_is_about_call(uint16_t message)
{
	return message >= OCRQ && message <= SLI;
}

static void add_attributes(struct speech *s, struct event *e, const struct received *in)
{
	if (in->has_result)
		speech_avp_result(s, e, in->result, in->error, str_of(in->text));
	if (in->has_firmware)
		speech_avp_number(s, e, AVP_N_FIRMWARE_REVISION, in->firmware);
	if (in->host[0])
		speech_avp_text(s, e, AVP_N_HOST_NAME, str_of(in->host));
	if (in->vendor[0])
		speech_avp_text(s, e, AVP_N_VENDOR_NAME, str_of(in->vendor));
	if (in->has_peer_tunnel)
		speech_avp_number(s, e, AVP_N_ASSIGNED_TUNNEL_ID, in->peer_tunnel);
	if (in->has_window)
		speech_avp_number(s, e, AVP_N_RECEIVE_WINDOW_SIZE, in->window);
	if (in->has_challenge)
		speech_avp(s, e, AVP_N_CHALLENGE, span_of(NULL, 0));
	if (in->has_response)
		speech_avp(s, e, AVP_N_CHALLENGE_RESPONSE, span_of(NULL, 0));
	if (in->has_peer_call)
		speech_avp_number(s, e, AVP_N_ASSIGNED_SESSION_ID, in->peer_call);
	if (in->has_serial)
		speech_avp_number(s, e, AVP_N_CALL_SERIAL_NUMBER, in->serial);
	if (in->has_tx)
		speech_avp_number(s, e, AVP_N_TX_CONNECT_SPEED, in->tx);
	if (in->has_rx)
		speech_avp_number(s, e, AVP_N_RX_CONNECT_SPEED, in->rx);
}

/* Where `, Remote: 57` next stands in the text from that line on, and not `, Remote: 570`;
 * SIZE_MAX: nowhere near. */
static size_t remote_ahead(const struct spoken *line, uint32_t remote, struct str *text)
{
	struct text both = text_make(64);
	size_t at, end = 0;

	*text = str_from(*text, line->record.origin.offset);
	text->len = text->len < LOOK_AHEAD ? text->len : LOOK_AHEAD;
	text_printf(&both, ", Remote: %u", remote);
	do {
		at = str_find(str_from(*text, end), text_str(&both));
		at = at == SIZE_MAX ? at : at + end;
		end = at == SIZE_MAX ? text->len : at + text_str(&both).len;
	} while (end < text->len && char_is_digit(text->at[end]));
	text_free(&both);
	return at;
}

uint32_t xl2tpd_local_of_remote(const struct speech *s, const struct spoken *line, uint32_t remote)
{
	struct str text = s->content;
	size_t at = remote_ahead(line, remote, &text), n = 0;
	uint32_t local = 0;

	while (at != SIZE_MAX && n < at && char_is_digit(text.at[at - n - 1]))
		n++;
	if (n && !str_u32((struct str){text.at + at - n, n}, &local))
		local = 0;
	return local;
}

bool xl2tpd_closes_next(const struct speech *s, const struct spoken *line, uint32_t remote)
{
	struct str text = s->content;
	size_t at = remote_ahead(line, remote, &text), n = 0;

	while (at != SIZE_MAX && n < at && text.at[at - n - 1] != '\n')
		n++;
	return n && str_find((struct str){text.at + at - n, n}, STR("Connection closed to ")) !=
			    SIZE_MAX;
}

/* `Peer requested tunnel 14 twice, ignoring second one.` comes right behind the request that it is
 * about: the same one again. */
static bool is_asked_twice(const struct speech *s, const struct spoken *line, uint32_t remote)
{
	enum { RIGHT_BEHIND = 512 };
	struct str text = str_from(s->content, line->record.origin.offset_end);
	struct text words = text_make(64);
	bool found;

	text.len = text.len < RIGHT_BEHIND ? text.len : RIGHT_BEHIND;
	text_printf(&words, "Peer requested tunnel %u twice", remote);
	found = str_find(text, text_str(&words)) != SIZE_MAX &&
		str_find(text, STR("sending SCCRP")) == SIZE_MAX;
	text_free(&words);
	return found;
}

/* The answer to our SCCRQ, of a daemon that does not print whose attributes it handles: our id of
 * the tunnel stands in the line that tells of its establishment. */
static struct known_tunnel *tunnel_answered(struct speech *s, struct xl2tpd *x,
					    const struct spoken *line, uint32_t remote)
{
	uint32_t local = remote ? xl2tpd_local_of_remote(s, line, remote) : 0;

	return xl2tpd_tunnel(s, x, speech_device(s, line), local);
}

/* RFC 2661 6.14: only the LNS sends SLI. */
static void say_lac(struct speech *s, const struct spoken *line, struct known_call *c)
{
	struct event *e = speech_say(s, line, SAID_SESSION_NEW);

	c->is_begun = true; /* said once */
	e->said.n_values = 0;
	speech_value(s, e, FIELD_SERVICE, STR("LAC"));
	event_bind(e, c->tunnel, c);
}

void xl2tpd_message_received(struct speech *s, struct xl2tpd *x, const struct spoken *line,
			     uint16_t message)
{
	struct device *d = speech_device(s, line);
	struct received *in = &x->in;
	uint32_t peer = spoken_number(line, FIELD_PEER_TUNNEL);
	uint32_t peer_call = spoken_number(line, FIELD_PEER_SESSION);
	bool is_again = message == SCCRQ && peer && is_asked_twice(s, line, peer);
	struct known_tunnel *t = is_again ? device_tunnel_remote(d, peer) : NULL;
	struct known_call *c = NULL;
	struct event *e;

	if (!t)
		t = xl2tpd_tunnel(s, x, d, in->is_open ? in->tunnel : 0);

	if (!t && message != SCCRQ)
		t = device_tunnel_remote(d, peer);
	if (!t && message == SCCRP && !x->has_dumps)
		t = tunnel_answered(s, x, line, in->has_peer_tunnel ? in->peer_tunnel : peer);
	if (!t) {
		t = device_tunnel_new(s, d);
		x->opening = t;
	}
	if (in->is_open && in->address.family)
		t->address = in->address;
	tunnel_set_remote(t, peer ? peer : t->remote);
	if (xl2tpd_is_about_call(message)) {
		c = in->is_open ? xl2tpd_call(s, d, t, in->call)
				: device_call_by_remote(d, t, peer_call);
		if (!c) {
			c = device_call_new(s, d, t);
			c->is_lns = message == ICRQ;
		}
		call_set_remote(c, peer_call           ? peer_call
				   : in->has_peer_call ? in->peer_call
						       : c->remote);
	}
	t->is_begun = t->is_begun || message == SCCRQ;
	if (c)
		c->is_begun = c->is_begun || message == ICRQ;
	x->tunnel = t;
	x->call = c ? c : x->call;
	x->last_received = message;
	if (!x->has_dumps) {
		e = speech_message(s, line, RECEIVED, message);
		add_attributes(s, e, in);
		event_bind(e, t, c);
		if (c && message == SLI && !c->is_begun && !c->is_lns)
			say_lac(s, line, c);
	}
	*in = (struct received){0};
}

bool xl2tpd_take_attribute(struct received *in, const struct spoken *line)
{
	if (spoken_is(line, "xl2tpd.avp.host"))
		xl2tpd_keep_text(in->host, sizeof(in->host), spoken_text(line, FIELD_NAME));
	else if (spoken_is(line, "xl2tpd.avp.vendor"))
		xl2tpd_keep_text(in->vendor, sizeof(in->vendor), spoken_text(line, FIELD_NAME));
	else if (spoken_is(line, "xl2tpd.avp.tunnel")) {
		in->has_peer_tunnel = true;
		in->peer_tunnel = spoken_number(line, FIELD_PEER_TUNNEL);
	} else if (spoken_is(line, "xl2tpd.avp.call")) {
		in->has_peer_call = true;
		in->peer_call = spoken_number(line, FIELD_PEER_SESSION);
	} else if (spoken_is(line, "xl2tpd.avp.serial")) {
		in->has_serial = true;
		in->serial = spoken_number(line, FIELD_COUNT);
	} else if (spoken_is(line, "xl2tpd.avp.firmware")) {
		in->has_firmware = true;
		in->firmware = spoken_number(line, FIELD_VALUE_DECIMAL);
	} else if (spoken_is(line, "xl2tpd.avp.window")) {
		in->has_window = true;
		in->window = spoken_number(line, FIELD_COUNT);
	} else if (spoken_is(line, "xl2tpd.avp.tx")) {
		in->has_tx = true;
		in->tx = spoken_number(line, FIELD_COUNT);
	} else if (spoken_is(line, "xl2tpd.avp.rx")) {
		in->has_rx = true;
		in->rx = spoken_number(line, FIELD_COUNT);
	} else if (spoken_is(line, "xl2tpd.avp.challenge"))
		in->has_challenge = true;
	else if (spoken_is(line, "xl2tpd.avp.response"))
		in->has_response = true;
	else if (spoken_is(line, "xl2tpd.avp.handling")) {
		in->is_open = true;
		in->tunnel = spoken_number(line, FIELD_TUNNEL);
		in->call = spoken_number(line, FIELD_SESSION);
	} else if (spoken_is(line, "xl2tpd.avp.result")) {
		uint64_t error;

		in->has_result = true;
		in->result = spoken_number(line, FIELD_CODE);
		in->error = str_u64(spoken_text(line, FIELD_VALUE), &error) ? (int)error : -1;
		xl2tpd_keep_text(in->text, sizeof(in->text), spoken_text(line, FIELD_TEXT));
	} else {
		return false;
	}
	return true;
}

/* All of a text is searched once, and again when more of it was written. */
static bool has_requests(struct xl2tpd *x, const struct speech *s)
{
	if (!x->has_requests && x->searched != s->content.len) {
		x->has_requests = speech_has(s, STR("[LCP ConfReq"));
		x->searched = s->content.len;
	}
	return x->has_requests;
}

void xl2tpd_say_known(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	uint32_t local = spoken_number(line, FIELD_TUNNEL),
		 call = spoken_number(line, FIELD_SESSION);
	struct known_tunnel *t;
	struct known_call *c;
	struct event *e;

	t = device_tunnel(d, local);
	if (t && !t->address.family)
		t->address = x->in.address;
	if (!local || !call || x->has_dumps || t || x->opening) {
		speech_say(s, line, SAID_NOTHING);
		return;
	}
	t = xl2tpd_tunnel(s, x, d, local);
	t->address = x->in.address;
	c = device_call_lone(d, true);
	if (c && c->pid > line->pid) { /* its child */
		call_set_tunnel(c, t);
		call_set_local(c, call);
	}
	e = speech_say(s, line, SAID_SESSION_STATE);
	speech_value(s, e, FIELD_STATE, STR("established"));
	event_bind(e, t, xl2tpd_call(s, d, t, call));
	if (has_requests(x, s)) /* PPP is still negotiated */
		return;
	e = speech_say(s, line, SAID_CP_STATE);
	e->said.n_values = 0;
	speech_value(s, e, FIELD_PROTOCOL, STR("IPCP"));
	speech_value(s, e, FIELD_BEFORE, STR("Open"));
	event_bind(e, t, xl2tpd_call(s, d, t, call));
}

void xl2tpd_take_recv(struct xl2tpd *x, const struct spoken *line)
{
	x->in = (struct received){.is_open = true,
				  .tunnel = spoken_number(line, FIELD_TUNNEL),
				  .call = spoken_number(line, FIELD_SESSION)};
	address_parse(spoken_text(line, FIELD_ADDRESS), &x->in.address);
}
