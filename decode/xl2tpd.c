#include "xl2tpd.h"

/* What the `…_avp` lines said since the last packet came. */
struct received {
	bool is_open;
	struct address address;
	uint32_t tunnel, call; /* ours, of its header */
	uint32_t peer_tunnel, peer_call, serial;
	bool has_peer_tunnel, has_peer_call, has_serial, has_result;
	bool has_challenge, has_response;
	uint16_t type; /* told by its first attribute; the line that sums it up may be missing */
	uint32_t firmware, window, result, tx, rx;
	bool has_firmware, has_window, has_tx, has_rx;
	int error;
	char host[128], vendor[128], text[256];
};

struct xl2tpd {
	bool is_scanned, has_dumps;
	bool is_dumping; /* a dump was read; with its output buffered they all come at the end */
	struct xl2tpd_dump dump;
	struct received in;
	uint32_t peer_tunnel, peer_call; /* of the last `Tunnel is …, call is …` */
	struct known_tunnel *opening;    /* dialled: its own id is not printed yet */
	struct known_tunnel *tunnel;     /* that was last spoken of */
	struct known_call *call;
	bool said_sccrq, said_icrq; /* told before by a line of less detail */
	uint16_t last_received;     /* its `Connection closed` follows */
	uint32_t retries_tunnel;
	struct spoken line; /* of the type */
	char stamp[64], line_text[128];
};

static void keep_text(char *room, size_t size, struct str s)
{
	size_t n = s.len < size - 1 ? s.len : size - 1;

	if (n)
		memcpy(room, s.at, n);
	room[n] = 0;
}

static void scan(struct speech *s, struct xl2tpd *x)
{
	if (x->is_scanned)
		return;
	x->is_scanned = true;
	x->has_dumps = str_find(s->content, STR("HEX: { ")) != SIZE_MAX;
}

/* ---- tunnels and calls ---- */

/* The tunnel with our id; a dialled one whose id now shows up first. */
static struct known_tunnel *tunnel_of(struct speech *s, struct xl2tpd *x, struct device *d,
				      uint32_t local)
{
	struct known_tunnel *t = device_tunnel(d, local);

	if (t || !local)
		return t;
	if (x->opening && !x->opening->local) {
		t = x->opening;
		x->opening = NULL;
	} else {
		t = device_tunnel_new(s, d);
	}
	t->local = local;
	return t;
}

static struct known_call *call_of(struct speech *s, struct device *d, struct known_tunnel *t,
				  uint32_t local)
{
	struct known_call *c = device_call(d, t, local);

	if (c || !local)
		return c;
	for (c = d->calls; c; c = c->next)
		if (c->tunnel == t && !c->local && !c->is_closed)
			break;
	if (!c)
		c = device_call_new(s, d, t);
	c->local = local;
	return c;
}

static struct known_call *call_by_remote(struct device *d, const struct known_tunnel *t,
					 uint32_t remote)
{
	for (struct known_call *c = d->calls; c && remote; c = c->next)
		if (c->remote == remote && (!t || c->tunnel == t))
			return c;
	return NULL;
}

/* `x.x.x.x`: a poster hid it. */
static bool is_mask(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!strchr("xX*.:#?-_", name.at[i]))
			return false;
	return true;
}

/* The peer's address, or the name that xl2tpd was told to ask. */
static void set_address(struct speech *s, struct known_tunnel *t, const struct spoken *line)
{
	struct str name = spoken_text(line, FIELD_ADDRESS);

	if (!name.len)
		name = spoken_text(line, FIELD_NAME);
	if (!address_parse(name, &t->address) && !is_mask(name))
		t->dialed = speech_keep(s, name);
	t->port = (uint16_t)spoken_number(line, FIELD_PORT);
}

/* ---- received ---- */

static bool is_about_call(uint16_t message)
{
	return message >= OCRQ && message <= CDN;
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

static void message_received(struct speech *s, struct xl2tpd *x, const struct spoken *line,
			     uint16_t message)
{
	struct device *d = speech_device(s, line);
	struct received *in = &x->in;
	uint32_t peer = spoken_number(line, FIELD_PEER_TUNNEL);
	uint32_t peer_call = spoken_number(line, FIELD_PEER_SESSION);
	struct known_tunnel *t = tunnel_of(s, x, d, in->is_open ? in->tunnel : 0);
	struct known_call *c = NULL;
	struct event *e;

	if (!t && message != SCCRQ)
		t = device_tunnel_remote(d, peer);
	if (!t) {
		t = device_tunnel_new(s, d);
		x->opening = t;
	}
	if (in->is_open && in->address.family)
		t->address = in->address;
	t->remote = peer ? peer : t->remote;
	if (is_about_call(message)) {
		c = in->is_open ? call_of(s, d, t, in->call) : call_by_remote(d, t, peer_call);
		if (!c) {
			c = device_call_new(s, d, t);
			c->is_lns = message == ICRQ;
		}
		c->remote = peer_call ? peer_call : in->has_peer_call ? in->peer_call : c->remote;
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
	}
	*in = (struct received){0};
}

/* The lines between a packet and what it is. */
static bool take_attribute(struct received *in, const struct spoken *line)
{
	if (spoken_is(line, "xl2tpd.avp.host"))
		keep_text(in->host, sizeof(in->host), spoken_text(line, FIELD_NAME));
	else if (spoken_is(line, "xl2tpd.avp.vendor"))
		keep_text(in->vendor, sizeof(in->vendor), spoken_text(line, FIELD_NAME));
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
		keep_text(in->text, sizeof(in->text), spoken_text(line, FIELD_TEXT));
	} else {
		return false;
	}
	return true;
}

/* What arrives for a call of ours that was never spoken of: it was up before the log began. */
static void say_known(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	uint32_t local = spoken_number(line, FIELD_TUNNEL),
		 call = spoken_number(line, FIELD_SESSION);
	struct known_tunnel *t;
	struct event *e;

	t = device_tunnel(d, local);
	if (t && !t->address.family)
		t->address = x->in.address;
	if (!local || !call || x->has_dumps || t || x->opening) {
		speech_say(s, line, SAID_NOTHING);
		return;
	}
	t = tunnel_of(s, x, d, local);
	t->address = x->in.address;
	e = speech_say(s, line, SAID_SESSION_STATE);
	speech_value(s, e, FIELD_STATE, STR("established"));
	event_bind(e, t, call_of(s, d, t, call));
	e = speech_say(s, line, SAID_CP_STATE);
	e->said.n_values = 0;
	speech_value(s, e, FIELD_PROTOCOL, STR("IPCP"));
	speech_value(s, e, FIELD_BEFORE, STR("Open"));
	event_bind(e, t, call_of(s, d, t, call));
}

static void take_recv(struct xl2tpd *x, const struct spoken *line)
{
	x->in = (struct received){.is_open = true,
				  .tunnel = spoken_number(line, FIELD_TUNNEL),
				  .call = spoken_number(line, FIELD_SESSION)};
	address_parse(spoken_text(line, FIELD_ADDRESS), &x->in.address);
}

/* ---- sent ---- */

/* The result that xl2tpd sends with each of its texts; with a CDN it is always 1. */
static const struct {
	const char *text;
	unsigned result;
	int error;
} results[] = {
	{"Goodbye!", 1, 0},
	{"Timeout", 1, 0},
	{"Invalid challenge authentication", 2, 6},
	{"No secret key on our end", 2, 6},
};

static bool add_result(struct speech *s, struct event *e, uint16_t message, struct str text)
{
	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		if (message != STOPCCN || !str_is(text, results[i].text))
			continue;
		speech_avp_result(s, e, results[i].result, results[i].error, text);
		return true;
	}
	if (message == CDN)
		speech_avp_result(s, e, 1, 0, STR(""));
	return message == CDN;
}

/* The words that go with an end, where its attributes are not printed. */
static void say_text(struct speech *s, const struct spoken *line, const struct known_tunnel *t,
		     const struct known_call *c)
{
	struct event *e;

	if (line->record.row->topic != SAID_DESTROYED || !spoken_text(line, FIELD_TEXT).len)
		return;
	e = speech_say(s, line, SAID_RESULT);
	event_bind(e, t, c);
}

static void message_sent(struct speech *s, struct xl2tpd *x, const struct spoken *line,
			 uint16_t message, struct known_tunnel *t, struct known_call *c)
{
	struct event *e;

	x->tunnel = t ? t : x->tunnel;
	x->call = c ? c : x->call;
	if (x->has_dumps)
		return;
	if (t && message == SCCRQ)
		t->is_begun = true;
	if (c && message == ICRQ)
		c->is_begun = true;
	e = speech_message(s, line, SENT, message);
	event_bind(e, t, is_about_call(message) ? c : NULL);
	if (!add_result(s, e, message, spoken_text(line, FIELD_TEXT)))
		say_text(s, line, t, is_about_call(message) ? c : NULL);
}

static void take_sending(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	struct str word = spoken_text(line, FIELD_MESSAGE);
	const struct code_row *found;
	const struct code_row *all;
	size_t n = code_rows(&all);
	struct known_tunnel *t = x->tunnel;
	struct known_call *c = x->call;

	found = NULL;
	for (size_t i = 0; i < n && !found; i++)
		if (all[i].domain == CODE_MESSAGE && str_is(word, all[i].name))
			found = &all[i];
	if (!found)
		return;
	if (found->number == SCCRQ) {
		if (x->said_sccrq) {
			x->said_sccrq = false;
			return;
		}
		t = x->opening = device_tunnel_new(s, d);
	}
	if (found->number == ICRQ) {
		if (x->said_icrq) {
			x->said_icrq = false;
			return;
		}
		c = device_call_new(s, d, t);
	}
	message_sent(s, x, line, (uint16_t)found->number, t, c);
}

/* `Connecting to host`: an SCCRQ goes out. Only with `debug tunnel` it is also said so. */
static void take_connecting(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);

	x->opening = device_tunnel_new(s, d);
	set_address(s, x->opening, line);
	x->said_sccrq = true;
	if (!x->has_dumps && x->opening->address.family) {
		struct event *e = speech_say(s, line, SAID_TUNNEL_INFO);

		speech_value(s, e, FIELD_ADDRESS, spoken_text(line, FIELD_NAME));
	}
	message_sent(s, x, line, SCCRQ, x->opening, NULL);
}

/* `Calling on tunnel`: an ICRQ goes out. */
static void take_calling(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	struct known_tunnel *t = tunnel_of(s, x, d, spoken_number(line, FIELD_TUNNEL));

	x->said_icrq = true;
	message_sent(s, x, line, ICRQ, t, device_call_new(s, d, t));
}

/* ---- the pppd of a call ---- */

static void take_start_pppd(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);

	d->waiting = x->call && !x->call->pid ? x->call : NULL;
}

/* An argument of `start_pppd`: the line that this pppd runs on. */
static void take_argument(struct speech *s, struct xl2tpd *x, struct str quoted)
{
	struct str word = str_range(quoted.at + 1, quoted.at + quoted.len - 1);

	if (x->call && str_starts(word, "/dev/"))
		x->call->line = speech_keep(s, word);
}

/* pid and line tell which of the pppd in another log serves the call. */
static void say_pppd(struct speech *s, const struct xl2tpd *x, const struct spoken *line,
		     const struct known_call *c)
{
	struct event *e;

	if (!c->pid || !c->line.len || (x->has_dumps && !x->is_dumping))
		return;
	e = speech_say(s, line, SAID_PPPD);
	speech_value(s, e, FIELD_VALUE, c->line);
	event_bind(e, c->tunnel, c);
}

/* The last call left of a tunnel that is closed as a whole. */
static struct known_call *only_open_call(const struct device *d, const struct known_tunnel *t)
{
	struct known_call *found = NULL;

	for (struct known_call *c = d->calls; c; c = c->next) {
		if (c->tunnel != t || c->is_closed)
			continue;
		if (found)
			return NULL;
		found = c;
	}
	return found;
}

static void take_disconnecting(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);

	x->tunnel = tunnel_of(s, x, d, spoken_number(line, FIELD_TUNNEL));
	x->call = x->tunnel ? only_open_call(d, x->tunnel) : x->call;
	speech_say(s, line, SAID_NOTHING);
}

/* The tunnel was up before the log began: the pppd that is stopped with it is its call. */
static void take_unknown_pid(struct speech *s, struct xl2tpd *x, const struct spoken *line,
			     uint32_t pid)
{
	struct device *d = speech_device(s, line);

	if (!x->tunnel || !x->tunnel->is_closed || x->has_dumps || device_call_of_pid(d, pid))
		return;
	x->call = device_call_new(s, d, x->tunnel);
	x->call->pid = pid;
	x->call->interface = arena_printf(s->names, "pppd%u", pid);
}

static void take_pid(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	uint32_t pid;

	if (!str_u32(spoken_text(line, FIELD_REQUEST), &pid) || !pid)
		return;
	if (!x->call) {
		take_unknown_pid(s, x, line, pid);
		return;
	}
	if (x->call->pid)
		return;
	x->call->pid = pid;
	say_pppd(s, x, line, x->call);
}

/* The name of its machine, which it also sends in its Host Name AVP. */
static void take_version(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	(void)x;
	speech_device(s, line)->name = speech_keep(s, spoken_text(line, FIELD_NAME));
	speech_say(s, line, SAID_NOTHING);
}

/* ---- states ---- */

static void say_state(struct speech *s, const struct spoken *line, enum topic topic,
		      struct known_tunnel *t, struct known_call *c)
{
	struct event *e = speech_say(s, line, topic);

	speech_value(s, e, FIELD_STATE, STR("established"));
	if (c)
		speech_value(s, e, FIELD_VALUE, c->line);
	event_bind(e, t, c);
}

static void take_established(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	struct known_tunnel *t = tunnel_of(s, x, d, spoken_number(line, FIELD_TUNNEL));
	bool is_asked = spoken_text(line, FIELD_SERVICE).len > 0;

	t->remote = spoken_number(line, FIELD_PEER_TUNNEL);
	set_address(s, t, line);
	x->tunnel = t;
	if (x->has_dumps)
		return;
	if (is_asked && !t->is_begun) {
		struct event *e = speech_say(s, line, SAID_TUNNEL_NEW);

		event_bind(e, t, NULL);
	}
	say_state(s, line, SAID_TUNNEL_STATE, t, NULL);
}

static void take_call(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	uint64_t pid;
	struct known_call *c = call_of(s, d, x->tunnel, spoken_number(line, FIELD_SESSION));
	struct event *e;

	if (!c)
		return;
	c->remote = spoken_number(line, FIELD_PEER_SESSION);
	if (str_u64(spoken_text(line, FIELD_REQUEST), &pid) && pid <= UINT32_MAX) {
		c->pid = (uint32_t)pid;
		c->is_lns = true;
		if (d->waiting == c)
			d->waiting = NULL;
	} else if (!c->pid) {
		d->waiting = c; /* a build that does not print `start_pppd` */
	}
	x->call = c;
	if (x->has_dumps) {
		if (c->is_lns)
			say_pppd(s, x, line, c);
		return;
	}
	if (!c->is_begun) {
		e = speech_say(s, line, SAID_SESSION_NEW);
		speech_value(s, e, FIELD_DIRECTION, STR("dialin"));
		speech_value(s, e, FIELD_SERVICE, c->is_lns ? STR("LNS") : STR("LAC"));
		event_bind(e, x->tunnel, c);
	}
	say_state(s, line, SAID_SESSION_STATE, x->tunnel, c);
}

/* ---- ends ---- */

static bool is_told(struct xl2tpd *x, uint16_t message)
{
	bool is_told = x->last_received == message;

	x->last_received = MESSAGE_UNKNOWN;
	return is_told || x->has_dumps;
}

static void end_received(struct speech *s, const struct spoken *line, uint16_t message,
			 struct known_tunnel *t, struct known_call *c)
{
	struct event *e = speech_message(s, line, RECEIVED, message);

	event_bind(e, t, c);
	say_text(s, line, t, c);
}

static void take_closed_call(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	if (x->call)
		x->call->is_closed = true;
	if (!is_told(x, CDN))
		end_received(s, line, CDN, x->tunnel, x->call);
}

static void take_closed_by_peer(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct known_tunnel *t =
		tunnel_of(s, x, speech_device(s, line), spoken_number(line, FIELD_TUNNEL));

	t->remote = spoken_number(line, FIELD_PEER_TUNNEL);
	set_address(s, t, line);
	t->is_closed = true;
	x->tunnel = t;
	if (!is_told(x, STOPCCN))
		end_received(s, line, STOPCCN, t, NULL);
}

/* An id of the peer that was never learned: it never answered. */
static void say_unanswered(struct speech *s, const struct spoken *line,
			   const struct known_tunnel *t)
{
	struct event *e = speech_say(s, line, SAID_TUNNEL_STATE);

	speech_value(s, e, FIELD_STATE, STR("wait-ctl-reply"));
	event_bind(e, t, NULL);
}

/* `Connection 5658 closed to …`: our own StopCCN. */
static void take_closed(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	uint32_t remote = spoken_number(line, FIELD_PEER_TUNNEL);
	struct device *d = speech_device(s, line);
	struct known_tunnel *t = device_tunnel_remote(d, remote);

	if (!t)
		t = x->retries_tunnel ? device_tunnel(d, x->retries_tunnel) : x->opening;
	if (!t)
		t = x->tunnel;
	if (t && !t->address.family)
		set_address(s, t, line);
	if (t && t->local && !remote && !t->remote && !t->is_begun && !x->has_dumps)
		say_unanswered(s, line, t);
	message_sent(s, x, line, STOPCCN, t, NULL);
	if (t)
		t->is_closed = true;
}

static void take_call_closed(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	struct known_call *c = device_call(d, NULL, spoken_number(line, FIELD_SESSION));

	message_sent(s, x, line, CDN, c ? c->tunnel : x->tunnel, c);
	if (c)
		c->is_closed = true;
}

static void take_retries(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	struct known_tunnel *t = tunnel_of(s, x, d, spoken_number(line, FIELD_TUNNEL));
	struct event *e = speech_say(s, line, SAID_RETRANSMIT);

	x->retries_tunnel = t ? t->local : 0;
	speech_value(s, e, FIELD_RESULT, STR("exhausted"));
	event_bind(e, t, NULL);
}

/* ---- the table of what a line does ---- */

static void take_type(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	uint32_t number = spoken_number(line, FIELD_CODE);

	if (number > 0 && number <= UINT16_MAX) {
		message_received(s, x, line, (uint16_t)number);
		return;
	}
	/* (null)(0): what follows is sent without having been asked for */
	x->peer_tunnel = spoken_number(line, FIELD_PEER_TUNNEL);
	if (x->peer_tunnel)
		x->tunnel = device_tunnel_remote(speech_device(s, line), x->peer_tunnel);
}

static void take_allocating(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	(void)s;
	address_parse(spoken_text(line, FIELD_ADDRESS), &x->in.address);
}

static void take_timeout(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	uint32_t local;

	/* with several tunnels it names the first of the list, whichever it is about */
	if (!x->opening || !str_u32(spoken_text(line, FIELD_VALUE), &local) ||
	    device_tunnel(speech_device(s, line), local))
		return;
	event_bind(speech_say(s, line, SAID_RETRANSMIT),
		   tunnel_of(s, x, speech_device(s, line), local), NULL);
}

/* `Found packet mark: 22 (tunnel_id: 40117)`: a tunnel of ours that the packet is for. */
static void take_mark(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct event *e = speech_say(s, line, SAID_TABLE);
	uint32_t local = spoken_number(line, FIELD_TUNNEL);

	if (local)
		event_bind(e, tunnel_of(s, x, speech_device(s, line), local), NULL);
}

/* `Fatal signal 15`: somebody stops the daemon, and every call falls. */
static void take_death(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);

	(void)x;
	for (struct known_tunnel *t = d->tunnels; t; t = t->next) {
		struct event *e;

		if (t->is_closed || !t->local)
			continue;
		e = speech_say(s, line, SAID_COMMAND);
		speech_value(s, e, FIELD_ACTION, STR("stop"));
		event_bind(e, t, NULL);
	}
	for (struct known_call *c = d->calls; c; c = c->next) {
		struct event *e;

		if (c->is_closed || !c->tunnel)
			continue;
		e = speech_say(s, line, SAID_COMMAND);
		speech_value(s, e, FIELD_ACTION, STR("stop"));
		event_bind(e, c->tunnel, c);
	}
}

/* Our id of the tunnel that the peer calls `remote`, from the line that will tell both. */
static uint32_t local_of_remote(struct str text, uint32_t remote)
{
	struct text both = text_make(64);
	uint32_t local = 0;
	size_t at, n = 0;

	text_printf(&both, ", Remote: %u", remote);
	at = str_find(text, text_str(&both));
	text_free(&both);
	while (at != SIZE_MAX && n < at && text.at[at - n - 1] >= '0' && text.at[at - n - 1] <= '9')
		n++;
	if (n && !str_u32((struct str){text.at + at - n, n}, &local))
		local = 0;
	return local;
}

/* A packet of an Ns before the one expected is a copy: the peer did not get our acknowledgement. */
static void take_out_of_order(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	struct known_tunnel *t;
	struct event *e;
	uint32_t remote, local;

	if (!str_u32(spoken_text(line, FIELD_VALUE), &remote) || x->has_dumps ||
	    spoken_number(line, FIELD_NS) >= spoken_number(line, FIELD_NR)) {
		speech_say(s, line, SAID_NOTHING);
		return;
	}
	t = device_tunnel_remote(d, remote);
	if (!t) {
		local = local_of_remote(str_from(s->content, line->record.origin.offset), remote);
		t = tunnel_of(s, x, d, local);
		if (t)
			t->remote = remote;
	}
	e = speech_say(s, line, t ? SAID_RETRANSMIT : SAID_NOTHING);
	if (t)
		event_bind(e, t, NULL);
}

static void take_auth(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct event *e = speech_say(s, line, SAID_TUNNEL_AUTH);

	speech_value(s, e, FIELD_RESULT, STR("failure"));
	event_bind(e, x->tunnel, NULL);
}

static const struct {
	const char *row;
	void (*take)(struct speech *s, struct xl2tpd *x, const struct spoken *line);
} deeds[] = {
	{"xl2tpd.type", take_type},
	{"xl2tpd.sending", take_sending},
	{"xl2tpd.connecting", take_connecting},
	{"xl2tpd.allocating", take_allocating},
	{"xl2tpd.established", take_established},
	{"xl2tpd.calling", take_calling},
	{"xl2tpd.call", take_call},
	{"xl2tpd.closed-call", take_closed_call},
	{"xl2tpd.closed-by-peer", take_closed_by_peer},
	{"xl2tpd.closed", take_closed},
	{"xl2tpd.call-closed", take_call_closed},
	{"xl2tpd.retries", take_retries},
	{"xl2tpd.timeout", take_timeout},
	{"xl2tpd.found-mark", take_mark},
	{"xl2tpd.out-of-order", take_out_of_order},
	{"xl2tpd.death", take_death},
	{"xl2tpd.start-pppd", take_start_pppd},
	{"xl2tpd.terminating-pppd", take_pid},
	{"xl2tpd.disconnecting", take_disconnecting},
	{"xl2tpd.version", take_version},
	{"xl2tpd.auth.invalid", take_auth},
};

static void keep_type(struct xl2tpd *x, const struct spoken *line)
{
	x->in.type = (uint16_t)spoken_number(line, FIELD_CODE);
	x->line = *line;
	x->line.record.n_values = 0;
	keep_text(x->stamp, sizeof(x->stamp), line->record.stamp);
	keep_text(x->line_text, sizeof(x->line_text), line->record.text);
	x->line.record.stamp = str_of(x->stamp);
	x->line.record.text = str_of(x->line_text);
}

/* The log ends before it says what came of the last request. */
static void finish(struct speech *s, void *state)
{
	struct xl2tpd *x = state;

	if (x->in.type == SCCRQ)
		message_received(s, x, &x->line, SCCRQ);
}

static void take(struct speech *s, void *state, const struct spoken *line)
{
	struct xl2tpd *x = state;

	scan(s, x);
	if (spoken_is(line, "xl2tpd.recv")) {
		take_recv(x, line);
		say_known(s, x, line);
		return;
	}
	if (spoken_is(line, "xl2tpd.avp.message"))
		keep_type(x, line);
	if (take_attribute(&x->in, line)) {
		speech_say(s, line, SAID_NOTHING);
		return;
	}
	for (size_t i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++) {
		if (spoken_is(line, deeds[i].row)) {
			deeds[i].take(s, x, line);
			return;
		}
	}
	speech_say(s, line, line->record.row->topic == SAID_OTHER ? SAID_OTHER : SAID_NOTHING);
}

/* ---- dumps ---- */

static bool is_argument(struct str text)
{
	return text.len > 1 && text.at[0] == '"' && text.at[text.len - 1] == '"';
}

static bool more(struct speech *s, void *state, const struct spoken *line)
{
	struct xl2tpd *x = state;
	struct span packet;
	enum sense sense;
	struct event *e;

	if (is_argument(line->record.text)) {
		take_argument(s, x, line->record.text);
		return true;
	}
	if (str_starts(line->record.text, "(ref="))
		return true;
	if (!xl2tpd_dump_line(&x->dump, line->record.text, &packet, &sense))
		return false;
	if (!packet.len)
		return true;
	x->is_dumping = true;
	e = speech_packet(s, line, sense, packet);
	if (e)
		event_bind_packet(e, speech_device(s, line), x->tunnel);
	return true;
}

static const char *const programs[] = {"xl2tpd", "xl2tpd-core", NULL};

const struct daemon_dialect daemon_xl2tpd = {
	.name = "xl2tpd",
	.programs = programs,
	.tables = &xl2tpd_table,
	.state_size = sizeof(struct xl2tpd),
	.is_device = true,
	.take = take,
	.more = more,
	.finish = finish,
};
