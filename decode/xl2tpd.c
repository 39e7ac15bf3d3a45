#include "xl2tpd_parts.h"

static void scan(struct speech *s, struct xl2tpd *x)
{
	if (x->is_scanned)
		return;
	x->is_scanned = true;
	x->has_dumps = speech_has(s, STR("HEX: { "));
}

/* ---- the table of what a line does ---- */

/* The name of its machine, which it also sends in its Host Name AVP. */
static void take_version(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);

	(void)x;
	d->name = speech_keep(s, spoken_text(line, FIELD_NAME));
	d->is_stopped = false;
	speech_say(s, line, SAID_NOTHING);
}

static void take_retries(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	struct known_tunnel *t = xl2tpd_tunnel(s, x, d, spoken_number(line, FIELD_TUNNEL));
	struct event *e;

	x->ending_tunnel = t ? t->local : 0;
	x->tunnel = t ? t : x->tunnel;
	if (t)
		xl2tpd_call_that_ends(s, x, line, t);
	e = speech_say(s, line, SAID_RETRANSMIT);
	speech_value(s, e, FIELD_RESULT, STR("exhausted"));
	event_bind(e, t, NULL);
	xl2tpd_name_tunnel(s, t);
}

static void take_type(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	uint32_t number = spoken_number(line, FIELD_CODE);

	if (number > 0 && number <= UINT16_MAX) {
		xl2tpd_message_received(s, x, line, (uint16_t)number);
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
		   xl2tpd_tunnel(s, x, speech_device(s, line), local), NULL);
}

/* The peer opened a tunnel, so the only pppd that no daemon has spoken of serves it. */
static void say_serves(struct speech *s, const struct spoken *line)
{
	struct known_call *c = device_call_lone(speech_device(s, line), true);
	struct event *e = speech_say(s, line, c && !c->is_lns ? SAID_SESSION_NEW : SAID_NOTHING);

	if (!c || c->is_lns)
		return;
	c->is_lns = true;
	e->said.n_values = 0;
	speech_value(s, e, FIELD_SERVICE, STR("LNS"));
	event_bind(e, c->tunnel, c);
	e->interface = c->interface;
	e->l2tp.is_present = true;
	e->l2tp.version = 2;
}

/* `Peer requested tunnel 31937 twice`: without `debug avp` no line tells of the first request. Of a
 * tunnel that is next heard of when it closes, the log does not tell the beginning. */
static void take_twice(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	uint32_t remote = spoken_number(line, FIELD_PEER_TUNNEL);

	if (remote && xl2tpd_closes_next(s, line, remote))
		say_serves(s, line);
	else if (remote && !x->has_dumps && !device_tunnel_remote(speech_device(s, line), remote))
		xl2tpd_message_received(s, x, line, SCCRQ);
	else
		speech_say(s, line, SAID_NOTHING);
}

/* `Found packet mark: 22 (tunnel_id: 40117)`: a tunnel of ours that the packet is for. */
static void take_mark(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct event *e = speech_say(s, line, SAID_TABLE);
	uint32_t local = spoken_number(line, FIELD_TUNNEL);

	if (local)
		event_bind(e, xl2tpd_tunnel(s, x, speech_device(s, line), local), NULL);
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
		local = xl2tpd_local_of_remote(s, line, remote);
		t = xl2tpd_tunnel(s, x, d, local);
		if (t)
			tunnel_set_remote(t, remote);
	}
	e = speech_say(s, line, t ? SAID_RETRANSMIT : SAID_NOTHING);
	speech_value(s, e, FIELD_BY, STR("peer"));
	if (t)
		event_bind(e, t, NULL);
}

static void take_auth(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct event *e = speech_say(s, line, SAID_TUNNEL_AUTH);

	if (!x->tunnel) /* the log begins late */
		x->tunnel = device_tunnel_new(s, speech_device(s, line));
	speech_value(s, e, FIELD_RESULT, STR("failure"));
	event_bind(e, x->tunnel, NULL);
}

/* The peer sent a challenge, and the secrets file here has no line for it. */
static void take_no_secret(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct event *e = speech_say(s, line, SAID_TUNNEL_AUTH);

	e->said.n_values = 0;
	speech_value(s, e, FIELD_RESULT, STR("missing"));
	event_bind(e, x->opening ? x->opening : x->tunnel, NULL);
}

/* `udp_xmit failed to 198.51.100.9:1701 with err=-1:…` names only where it was to go. */
static void take_unsent(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct str name = spoken_text(line, FIELD_NAME);
	struct event *e = speech_say(s, line, SAID_UNSENT);
	struct known_tunnel *t = speech_device(s, line)->tunnels;
	struct address address;

	while (name.len && name.at[--name.len] != ':')
		; /* what follows is the port */
	if (!address_parse(name, &address))
		return;
	if (x->opening && address_equal(&x->opening->asked, &address))
		t = x->opening;
	while (t && (t->is_closed ||
		     !(address_equal(&t->address, &address) || address_equal(&t->asked, &address))))
		t = t->next;
	if (t)
		event_bind(e, t, NULL);
}

/* What a row without a deed says is its topic's, of the tunnel and call whose ids of ours stand in
 * it. */
static void say(struct speech *s, const struct spoken *line)
{
	enum topic topic = line->record.row->topic;
	struct event *e = speech_say(s, line, topic);
	struct device *d = speech_device(s, line);
	struct known_tunnel *t = device_tunnel(d, spoken_number(line, FIELD_TUNNEL));
	struct known_call *c = device_call(d, t, spoken_number(line, FIELD_SESSION));

	if (topic != SAID_NOTHING && topic != SAID_OTHER)
		event_bind(e, c ? c->tunnel : t, c);
}

static const struct {
	const char *row;
	void (*take)(struct speech *s, struct xl2tpd *x, const struct spoken *line);
} deeds[] = {
	{"xl2tpd.type", take_type},
	{"xl2tpd.sending", xl2tpd_take_sending},
	{"xl2tpd.connecting", xl2tpd_take_connecting},
	{"xl2tpd.allocating", take_allocating},
	{"xl2tpd.established", xl2tpd_take_established},
	{"xl2tpd.calling", xl2tpd_take_calling},
	{"xl2tpd.call", xl2tpd_take_call},
	{"xl2tpd.pppd-exited", xl2tpd_take_exited},
	{"xl2tpd.closed-call", xl2tpd_take_closed_call},
	{"xl2tpd.closed-by-peer", xl2tpd_take_closed_by_peer},
	{"xl2tpd.closed", xl2tpd_take_closed},
	{"xl2tpd.call-closed", xl2tpd_take_call_closed},
	{"xl2tpd.out-of-addresses", xl2tpd_take_out_of_addresses},
	{"xl2tpd.retries", take_retries},
	{"xl2tpd.timeout", take_timeout},
	{"xl2tpd.twice", take_twice},
	{"xl2tpd.unsent", take_unsent},
	{"xl2tpd.found-mark", take_mark},
	{"xl2tpd.out-of-order", take_out_of_order},
	{"xl2tpd.death", xl2tpd_take_death},
	{"xl2tpd.start-pppd", xl2tpd_take_start_pppd},
	{"xl2tpd.no-socket", xl2tpd_take_no_socket},
	{"xl2tpd.terminating-pppd", xl2tpd_take_pid},
	{"xl2tpd.disconnecting", xl2tpd_take_disconnecting},
	{"xl2tpd.version", take_version},
	{"xl2tpd.auth.invalid", take_auth},
	{"xl2tpd.auth.no-secret", take_no_secret},
	{"xl2tpd.auth.none-found", take_no_secret},
};

static void keep_type(struct xl2tpd *x, const struct spoken *line)
{
	x->in.type = (uint16_t)spoken_number(line, FIELD_CODE);
	x->line = *line;
	x->line.record.n_values = 0;
	x->line.record.fields = 0;
	xl2tpd_keep_text(x->stamp, sizeof(x->stamp), line->record.stamp);
	xl2tpd_keep_text(x->line_text, sizeof(x->line_text), line->record.text);
	x->line.record.stamp = str_of(x->stamp);
	x->line.record.text = str_of(x->line_text);
}

/* The log ends before it sums up the last message; one about a call names that in the sum only. */
static void finish(struct speech *s, void *state)
{
	struct xl2tpd *x = state;

	if (x->in.type && !xl2tpd_is_about_call(x->in.type))
		xl2tpd_message_received(s, x, &x->line, x->in.type);
}

static void take(struct speech *s, void *state, const struct spoken *line)
{
	struct xl2tpd *x = state;

	scan(s, x);
	if (spoken_is(line, "xl2tpd.recv")) {
		xl2tpd_take_recv(x, line);
		xl2tpd_say_known(s, x, line);
		return;
	}
	if (spoken_is(line, "xl2tpd.avp.message"))
		keep_type(x, line);
	if (xl2tpd_take_attribute(&x->in, line)) {
		speech_say(s, line, SAID_NOTHING);
		return;
	}
	for (size_t i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++) {
		if (spoken_is(line, deeds[i].row)) {
			deeds[i].take(s, x, line);
			return;
		}
	}
	say(s, line);
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
		xl2tpd_take_argument(s, x, line->record.text);
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
