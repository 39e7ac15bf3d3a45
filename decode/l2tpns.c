/* l2tpns: `DATE TIME TUNNEL/SESSION text`, both ids its own. With `debug 5` every packet is
 * dumped, and the dumps are the messages: `UDP Data` came in, `Send Tunnel Data` went out. */
#include "hexdump.h"
#include "speech.h"

#define HEAD "{tunnel}/{session} "

/* clang-format off */
static const struct grammar_row rows[] = {
	{.name = "l2tpns.udp", .pattern = HEAD "UDP Data ({length} bytes):",
	 .sample = "00/00 UDP Data (121 bytes):", .reading = "tunnel=00 session=00 length=121",
	 .kind = RECORD_BUFFER},
	{.name = "l2tpns.send", .pattern = HEAD "Send Tunnel Data ({length} bytes):",
	 .sample = "00/00 Send Tunnel Data (84 bytes):", .reading = "tunnel=00 session=00 length=84",
	 .kind = RECORD_BUFFER},
	{.name = "l2tpns.dump", .pattern = HEAD "{name:PPP LCP Packet|PPPLCP|LCP|CHAP|PAP|IPCP|IPV6CP|IP|RADIUS Send|RADIUS Response|Receive TUN Data|Receive Tunnel Data} ({length} bytes):",
	 .sample = "00/00 RADIUS Response (38 bytes):", .reading = "tunnel=00 session=00 name=RADIUS Response length=38",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "l2tpns.tunnel-new", .pattern = HEAD "New tunnel from {address}:{port} ID {code}",
	 .sample = "02/00    New tunnel from 10.66.1.2:1701 ID 2", .reading = "tunnel=02 session=00 address=10.66.1.2 port=1701 code=2",
	 .kind = RECORD_SAID, .topic = SAID_TUNNEL_NEW},
	{.name = "l2tpns.tunnel-remote", .pattern = HEAD "Create New tunnel to REMOTE LNS {address} for user {user}",
	 .sample = "03/00 Create New tunnel to REMOTE LNS 10.66.3.1 for user carol@isp.example",
	 .reading = "tunnel=03 session=00 address=10.66.3.1 user=carol@isp.example",
	 .kind = RECORD_SAID, .topic = SAID_TUNNEL_INFO},
	{.name = "l2tpns.remote-id", .pattern = HEAD "Remote tunnel id = {peer-tunnel}",
	 .sample = "02/00    Remote tunnel id = 38303", .reading = "tunnel=02 session=00 peer-tunnel=38303",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "l2tpns.session-new", .pattern = HEAD "New session ({peer-tunnel}/{peer-session})",
	 .sample = "02/01 New session (38303/18634)", .reading = "tunnel=02 session=01 peer-tunnel=38303 peer-session=18634",
	 .kind = RECORD_SAID, .topic = SAID_SESSION_NEW},
	{.name = "l2tpns.received", .pattern = HEAD "Received {message:SCCRQ|SCCRP|SCCN|SCCCN|StopCCN|HELLO|ICRQ|ICRP|ICCN|CDN}",
	 .sample = "02/00 Received SCCRQ", .reading = "tunnel=02 session=00 message=SCCRQ",
	 .kind = RECORD_MESSAGE},
	{.name = "l2tpns.sending", .pattern = HEAD "sending {message:SCCRP|SCCCN|ICRP|ICCN|ICRQ}{? to REMOTE LNS}",
	 .sample = "02/00 sending SCCRP", .reading = "tunnel=02 session=00 message=SCCRP",
	 .kind = RECORD_MESSAGE},
	{.name = "l2tpns.sent", .pattern = HEAD "Sent {message:SCCRQ|ICRQ} to REMOTE LNS{? (far ID {peer-tunnel})}",
	 .sample = "03/00 Sent SCCRQ to REMOTE LNS", .reading = "tunnel=03 session=00 message=SCCRQ",
	 .kind = RECORD_MESSAGE},
	{.name = "l2tpns.shutdown-session", .pattern = HEAD "Shutting down session {code}: {reason}",
	 .sample = "02/01 Shutting down session 1: RADIUS timeout.", .reading = "tunnel=02 session=01 code=1 reason=RADIUS timeout.",
	 .kind = RECORD_SAID, .topic = SAID_PPP_DISCONNECT},
	{.name = "l2tpns.kill-session", .pattern = HEAD "Kill session {code} ({user}): {reason}",
	 .sample = "02/01 Kill session 1 (alice): Expired", .reading = "tunnel=02 session=01 code=1 user=alice reason=Expired",
	 .kind = RECORD_SAID, .topic = SAID_DESTROYED},
	{.name = "l2tpns.shutdown-tunnel", .pattern = HEAD "Shutting down tunnel {code} ({reason})",
	 .sample = "02/00 Shutting down tunnel 2 (Stopped)", .reading = "tunnel=02 session=00 code=2 reason=Stopped",
	 .kind = RECORD_SAID, .topic = SAID_TUNNEL_CLOSING},
	{.name = "l2tpns.login", .pattern = HEAD "Login by {user} at {address} from {address2} ({name})",
	 .sample = "02/01 Login by alice at 172.31.20.5 from 10.66.1.2 (vm)",
	 .reading = "tunnel=02 session=01 user=alice address=172.31.20.5 address2=10.66.1.2 name=vm",
	 .kind = RECORD_SAID, .topic = SAID_FORWARDED},
	{.name = "l2tpns.opened", .pattern = HEAD "{protocol:LCP|IPCP|IPV6CP}: Opened{text}",
	 .sample = "02/01 IPCP: Opened, session is now active",
	 .reading = "tunnel=02 session=01 protocol=IPCP text=, session is now active",
	 .kind = RECORD_SAID, .topic = SAID_CP_STATE},
	{.name = "l2tpns.result", .pattern = HEAD "Result Code {code}:{? {reason}}",
	 .sample = "02/01    Result Code 1: Call disconnected due to loss of carrier",
	 .reading = "tunnel=02 session=01 code=1 reason=Call disconnected due to loss of carrier",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "l2tpns.error", .pattern = HEAD "Error Code {code}:{? {reason}}",
	 .sample = "02/01    Error Code 0: No general error", .reading = "tunnel=02 session=01 code=0 reason=No general error",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "l2tpns.error-text", .pattern = HEAD "Error String: {text}",
	 .sample = "02/00    Error String: Invalid challenge authentication",
	 .reading = "tunnel=02 session=00 text=Invalid challenge authentication",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "l2tpns.host", .pattern = HEAD "Tunnel hostname = \"{name}\"",
	 .sample = "02/00    Tunnel hostname = \"nas-7\"", .reading = "tunnel=02 session=00 name=nas-7",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "l2tpns.vendor", .pattern = HEAD "Vendor name = \"{name}\"",
	 .sample = "02/00    Vendor name = \"xelerance.com\"", .reading = "tunnel=02 session=00 name=xelerance.com",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "l2tpns.terminated", .pattern = HEAD "LCP: recv TerminateReq",
	 .sample = "02/01 LCP: recv TerminateReq", .reading = "tunnel=02 session=01",
	 .kind = RECORD_SAID, .topic = SAID_PPP_PHASE},
	{.name = "l2tpns.asked", .pattern = HEAD "{protocol:CHAP|PAP} login {user}",
	 .sample = "02/01 CHAP login alice", .reading = "tunnel=02 session=01 protocol=CHAP user=alice",
	 .kind = RECORD_SAID, .topic = SAID_PPP_PHASE},
	{.name = "l2tpns.allowed", .pattern = HEAD "{protocol:CHAP|PAP} User {user} authentication allowed.",
	 .sample = "02/01    CHAP User alice authentication allowed.",
	 .reading = "tunnel=02 session=01 protocol=CHAP user=alice",
	 .kind = RECORD_SAID, .topic = SAID_AAA},
	{.name = "l2tpns.rejected", .pattern = HEAD "Authentication rejected for {user}",
	 .sample = "02/01    Authentication rejected for alice", .reading = "tunnel=02 session=01 user=alice",
	 .kind = RECORD_SAID, .topic = SAID_AAA},
	{.name = "l2tpns.resending", .pattern = HEAD "No ACK for {protocol:LCP|IPCP|IPV6CP|CCP} ConfigReq... resending",
	 .sample = "02/01 No ACK for LCP ConfigReq... resending", .reading = "tunnel=02 session=01 protocol=LCP",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "l2tpns.radius-busy", .pattern = HEAD "Radius session {code} is still busy (sid {value-decimal})",
	 .sample = "02/01 Radius session 1 is still busy (sid 1)", .reading = "tunnel=02 session=01 code=1 value-decimal=1",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "l2tpns.radius", .pattern = HEAD "Received {state:*}, radius {code} response for session {value-decimal} ({message:*}, id {id})",
	 .sample = "02/01 Received RADIUSAUTH, radius 1 response for session 1 (Access-Accept, id 0)",
	 .reading = "tunnel=02 session=01 state=RADIUSAUTH code=1 value-decimal=1 message=Access-Accept id=0",
	 .kind = RECORD_SAID, .topic = SAID_RADIUS},
	{.name = "l2tpns.avp", .pattern = HEAD "AVP {avp} ({attribute:*}{? {text}}) len {length}{?, mandatory}",
	 .sample = "02/00    AVP 9 (Assigned Tunnel ID) len 2, mandatory",
	 .reading = "tunnel=02 session=00 avp=9 attribute=Assigned text=Tunnel ID length=2",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "l2tpns.control", .pattern = HEAD "Control message ({length} bytes): (unacked {count}) l-ns {value-decimal} l-nr {code} r-ns {ns} r-nr {nr}",
	 .sample = "00/00 Control message (109 bytes): (unacked 0) l-ns 0 l-nr 0 r-ns 0 r-nr 0",
	 .reading = "tunnel=00 session=00 length=109 count=0 value-decimal=0 code=0 ns=0 nr=0",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "l2tpns.cleanup", .pattern = HEAD "{action:Begin|End} regular cleanup{?:} {text}",
	 .sample = "00/00 Begin regular cleanup (last 0.105214 seconds ago)",
	 .reading = "tunnel=00 session=00 action=Begin text=(last 0.105214 seconds ago)",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "l2tpns.version", .pattern = HEAD "L2TPNS version {value:*}",
	 .sample = "00/00 L2TPNS version 2.4.1", .reading = "tunnel=00 session=00 value=2.4.1",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "l2tpns.other", .pattern = HEAD "{text}",
	 .sample = "02/01 Send CHAP challenge", .reading = "tunnel=02 session=01 text=Send CHAP challenge",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_GENERIC | ROW_CONTEXT,
	 .means = "its own work; the number before it is the tunnel and the session"},
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

struct l2tpns {
	bool is_scanned, has_dumps;
	bool is_reading, is_sent; /* rows of a dump follow */
	size_t expected, n;
	uint8_t octets[4096];
	struct spoken line; /* of the dump: its texts live in `stamp` and `text` */
	char stamp[64], text[64];
	bool is_held; /* received and whole: its tunnel is told in the next lines */
	struct known_tunnel *tunnel;
	struct {
		struct str host, vendor, words; /* in `texts` */
		unsigned result;                /* 0: none */
		int error;
		char texts[3][128];
	} parts; /* of the message that is being taken apart, line by line */
};

static void copy(char *room, size_t size, struct str *s)
{
	size_t n = s->len < size ? s->len : size;

	if (n)
		memcpy(room, s->at, n);
	*s = (struct str){room, n};
}

/* What was held goes out. */
static void release(struct speech *s, struct l2tpns *x)
{
	struct event *e;

	if (!x->is_held)
		return;
	x->is_held = false;
	e = speech_packet(s, &x->line, x->is_sent ? SENT : RECEIVED, span_of(x->octets, x->n));
	if (e)
		event_bind_packet(e, speech_device(s, &x->line), x->tunnel);
}

static void begin_dump(struct speech *s, struct l2tpns *x, const struct spoken *line)
{
	uint32_t length = spoken_number(line, FIELD_LENGTH);

	release(s, x);
	x->line = *line;
	x->line.record.n_values = 0;
	x->line.record.fields = 0;
	copy(x->stamp, sizeof(x->stamp), &x->line.record.stamp);
	copy(x->text, sizeof(x->text), &x->line.record.text);
	x->is_sent = spoken_is(line, "l2tpns.send");
	x->expected = length;
	x->n = 0;
	x->is_reading = length <= sizeof(x->octets);
}

/* `10: 00 00 00 01 80 08 00 00 : 00 02 …   ascii`. */
static bool is_dump_row(struct str text)
{
	size_t i = 0;

	while (i < text.len && hex_digit(text.at[i]) >= 0)
		i++;
	return i > 0 && i < 5 && i + 3 < text.len && text.at[i] == ':' && text.at[i + 1] == ' ' &&
	       hex_digit(text.at[i + 2]) >= 0 && hex_digit(text.at[i + 3]) >= 0;
}

static void read_row(struct l2tpns *x, struct str text)
{
	size_t i = str_find(text, STR(":")) + 1, most = x->n + 16;
	int high, low;

	while (i < text.len && x->n < most && x->n < x->expected) {
		if (text.at[i] == ' ' || text.at[i] == ':') {
			i++;
			continue;
		}
		high = hex_digit(text.at[i]);
		low = i + 1 < text.len ? hex_digit(text.at[i + 1]) : -1;
		if (high < 0 || low < 0)
			return;
		x->octets[x->n++] = (uint8_t)(high * 16 + low);
		i += 2;
	}
}

static bool more(struct speech *s, void *state, const struct spoken *line)
{
	struct l2tpns *x = state;

	(void)s;
	if (!is_dump_row(line->record.text))
		return false;
	if (!x->is_reading)
		return true;
	read_row(x, line->record.text);
	if (x->n == x->expected) {
		x->is_reading = false;
		x->is_held = true;
	}
	return true;
}

static struct known_tunnel *tunnel_of(struct speech *s, struct l2tpns *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	uint32_t local = spoken_number(line, FIELD_TUNNEL);
	struct known_tunnel *t = device_tunnel(d, local);

	if (!local)
		return NULL;
	if (!t) {
		t = device_tunnel_new(s, d);
		tunnel_set_local(t, local);
	}
	x->tunnel = t;
	return t;
}

static struct known_call *call_of(struct speech *s, struct known_tunnel *t,
				  const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	uint32_t local = spoken_number(line, FIELD_SESSION);
	struct known_call *c = device_call(d, t, local);

	if (!c && local && t) {
		c = device_call_new(s, d, t);
		call_set_local(c, local);
	}
	return c;
}

/* Its attributes stand in lines of their own, before `Received CDN`. True: this was one. */
static bool take_attribute(struct l2tpns *x, const struct spoken *line)
{
	struct str text = spoken_text(line, FIELD_TEXT), name = spoken_text(line, FIELD_NAME);

	if (spoken_is(line, "l2tpns.control"))
		memset(&x->parts, 0, sizeof(x->parts));
	else if (spoken_is(line, "l2tpns.host")) {
		copy(x->parts.texts[0], sizeof(x->parts.texts[0]), &name);
		x->parts.host = name;
	} else if (spoken_is(line, "l2tpns.vendor")) {
		copy(x->parts.texts[1], sizeof(x->parts.texts[1]), &name);
		x->parts.vendor = name;
	} else if (spoken_is(line, "l2tpns.result")) {
		x->parts.result = spoken_number(line, FIELD_CODE);
		x->parts.error = -1;
	} else if (spoken_is(line, "l2tpns.error"))
		x->parts.error = (int)spoken_number(line, FIELD_CODE);
	else if (spoken_is(line, "l2tpns.error-text")) {
		copy(x->parts.texts[2], sizeof(x->parts.texts[2]), &text);
		x->parts.words = text;
	} else
		return false;
	return true;
}

static void add_attributes(struct speech *s, struct l2tpns *x, struct event *e)
{
	if (x->parts.host.len)
		speech_avp_text(s, e, AVP_N_HOST_NAME, x->parts.host);
	if (x->parts.vendor.len)
		speech_avp_text(s, e, AVP_N_VENDOR_NAME, x->parts.vendor);
	if (x->parts.result)
		speech_avp_result(s, e, x->parts.result, x->parts.error, x->parts.words);
	memset(&x->parts, 0, sizeof(x->parts));
}

static void take_message(struct speech *s, struct l2tpns *x, const struct spoken *line,
			 struct known_tunnel *t, struct known_call *c)
{
	uint16_t message = speech_message_type(spoken_text(line, FIELD_MESSAGE));
	enum sense sense = spoken_is(line, "l2tpns.received") ? RECEIVED : SENT;
	struct event *e = speech_message(s, line, sense, message);

	if (t && t->remote && message == SCCRQ && sense == RECEIVED)
		speech_avp_number(s, e, AVP_N_ASSIGNED_TUNNEL_ID, t->remote);
	if (sense == RECEIVED)
		add_attributes(s, x, e);
	event_bind(e, t, c);
}

static void say_opened(struct speech *s, const struct spoken *line, const struct known_tunnel *t,
		       const struct known_call *c)
{
	struct event *e = speech_say(s, line, SAID_CP_STATE);

	e->said.n_values = 0;
	speech_value(s, e, FIELD_PROTOCOL, spoken_text(line, FIELD_PROTOCOL));
	speech_value(s, e, FIELD_STATE, STR("Open"));
	event_bind(e, t, c);
}

/* What it says of PPP; with its dumps the packets say so. */
static const struct speech_meaning meanings[] = {
	{"l2tpns.terminated", FIELD_PHASE, "terminating"},
	{"l2tpns.terminated", FIELD_BY, "peer"},
	{"l2tpns.asked", FIELD_PHASE, "authenticating"},
	{"l2tpns.allowed", FIELD_BY, "this-end"},
	{"l2tpns.allowed", FIELD_RESULT, "succeeded"},
	{"l2tpns.rejected", FIELD_BY, "this-end"},
	{"l2tpns.rejected", FIELD_RESULT, "failed"},
};

static void say_ppp(struct speech *s, const struct spoken *line, const struct known_tunnel *t,
		    const struct known_call *c)
{
	struct event *e = speech_say(s, line, line->record.row->topic);

	speech_mean(s, e, line, meanings, sizeof(meanings) / sizeof(meanings[0]));
	event_bind(e, t, c);
}

/* It sends its CDN then; other reasons come from the peer, or are told elsewhere. */
static bool is_own_decision(const struct spoken *line)
{
	static const char *const words[] = {"Session timeout", "Idle timeout", "No response to LCP",
					    "Requested by administrator",
					    "Authentication rejected"};
	struct str reason = spoken_text(line, FIELD_REASON);
	bool is_own = false;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		is_own |= str_starts(reason, words[i]);
	return is_own;
}

static void take(struct speech *s, void *state, const struct spoken *line)
{
	struct l2tpns *x = state;
	struct known_tunnel *t;
	struct known_call *c;

	if (!x->is_scanned) {
		x->is_scanned = true;
		x->has_dumps = str_find(s->content, STR(" UDP Data (")) != SIZE_MAX;
	}
	if (line->record.kind == RECORD_BUFFER) {
		begin_dump(s, x, line);
		return;
	}
	x->is_reading = false;
	t = tunnel_of(s, x, line);
	c = call_of(s, t, line);
	if (t && spoken_text(line, FIELD_ADDRESS).len &&
	    (spoken_is(line, "l2tpns.tunnel-new") || spoken_is(line, "l2tpns.tunnel-remote"))) {
		address_parse(spoken_text(line, FIELD_ADDRESS), &t->address);
		t->port = (uint16_t)spoken_number(line, FIELD_PORT);
	}
	if (t && spoken_number(line, FIELD_PEER_TUNNEL))
		tunnel_set_remote(t, spoken_number(line, FIELD_PEER_TUNNEL));
	if (c && spoken_number(line, FIELD_PEER_SESSION))
		call_set_remote(c, spoken_number(line, FIELD_PEER_SESSION));
	if (line->record.kind == RECORD_MESSAGE) {
		release(s, x);
		if (!x->has_dumps)
			take_message(s, x, line, t, c);
		return;
	}
	if (take_attribute(x, line))
		return;
	if (spoken_is(line, "l2tpns.opened") && !x->has_dumps)
		say_opened(s, line, t, c);
	if ((line->record.row->topic == SAID_AAA || line->record.row->topic == SAID_PPP_PHASE) &&
	    !x->has_dumps)
		say_ppp(s, line, t, c);
	if (line->record.row->topic == SAID_PPP_DISCONNECT ||
	    line->record.row->topic == SAID_FORWARDED) {
		struct event *e;

		release(s, x);
		e = speech_say(s, line, line->record.row->topic);
		if (is_own_decision(line))
			speech_value(s, e, FIELD_BY, STR("this-end"));
		event_bind(e, t, c);
	}
}

static void finish(struct speech *s, void *state)
{
	release(s, state);
}

static const char *const programs[] = {"l2tpns", NULL};

const struct daemon_dialect daemon_l2tpns = {
	.name = "l2tpns",
	.programs = programs,
	.tables = &table,
	.state_size = sizeof(struct l2tpns),
	.take = take,
	.more = more,
	.finish = finish,
};
