/* L2TP clients of macOS and iOS (ppp.log: pppd with Apple's plugin, whose own lines begin with L2TP
 * and IPSec) and of Android (mtpd in logcat). They print what they send and get, and few ids. What
 * pppd says stands between, in its own dialect. Rows are recalled. */
#include "speech.h"

#define ROW(name_, pattern_, sample_, reading_, kind_, topic_, means_)                             \
	{                                                                                          \
		.name = "client." name_, .pattern = (pattern_), .sample = (sample_),               \
		.reading = (reading_), .kind = (kind_), .topic = (topic_), .means = (means_),      \
		.flags = ROW_RECALLED                                                              \
	}

/* clang-format off */
static const struct grammar_row rows[] = {
	ROW("dials", "L2TP connecting to server '{name}'{? ({address})}{?...}",
	    "L2TP connecting to server 'vpn.example.com' (203.0.113.77)...", "name=vpn.example.com address=203.0.113.77",
	    RECORD_SAID, SAID_OTHER, NULL),
	ROW("message", "L2TP {direction:sent|received} {message:SCCRQ|SCCRP|SCCCN|StopCCN|ICRQ|ICRP|ICCN|CDN|HELLO}",
	    "L2TP sent SCCRQ", "direction=sent message=SCCRQ", RECORD_MESSAGE, SAID_NOTHING, NULL),
	ROW("up", "L2TP connection established.", "L2TP connection established.", "", RECORD_SAID, SAID_NOTHING,
	    "the session is up; PPP begins"),
	ROW("silent", "L2TP cannot connect to the server", "L2TP cannot connect to the server", "",
	    RECORD_SAID, SAID_RETRANSMIT, "not normal: no answer came to what was sent last"),
	ROW("down", "L2TP disconnect{text}", "L2TP disconnecting...", "text=ing...", RECORD_SAID, SAID_NOTHING, NULL),
	ROW("ipsec-failed", "{reason:IPSec connection failed}{? {text}}", "IPSec connection failed", "reason=IPSec connection failed",
	    RECORD_SAID, SAID_BELOW, "what is below L2TP: it never began"),
	ROW("ipsec", "IPSec connection {status:started|established}", "IPSec connection established", "status=established",
	    RECORD_SAID, SAID_NOTHING, "what is below L2TP"),
	ROW("ike", "IPSec phase {code} {text}", "IPSec phase 1 client started", "code=1 text=client started",
	    RECORD_SAID, SAID_NOTHING, "what is below L2TP"),
	ROW("sccrq", "Sending SCCRQ (local_tunnel = {tunnel})", "Sending SCCRQ (local_tunnel = 38711)", "tunnel=38711",
	    RECORD_MESSAGE, SAID_NOTHING, NULL),
	ROW("sccrp", "Received SCCRP (remote_tunnel = {peer-tunnel}) -> Sending SCCCN",
	    "Received SCCRP (remote_tunnel = 12) -> Sending SCCCN", "peer-tunnel=12", RECORD_MESSAGE, SAID_NOTHING, NULL),
	ROW("icrq", "Received {value:ACK|HELLO|WEN|SLI} -> Sending ICRQ (local_session = {session})",
	    "Received ACK -> Sending ICRQ (local_session = 52021)", "value=ACK session=52021", RECORD_MESSAGE, SAID_NOTHING, NULL),
	ROW("icrp", "Received ICRP (remote_session = {peer-session}) -> Sending ICCN",
	    "Received ICRP (remote_session = 3) -> Sending ICCN", "peer-session=3", RECORD_MESSAGE, SAID_NOTHING, NULL),
	ROW("again", "Timeout -> Sending {message}", "Timeout -> Sending SCCRQ", "message=SCCRQ", RECORD_SAID, SAID_RETRANSMIT, NULL),
	ROW("closes", "{direction:Sending|Received} {message:STOPCCN|CDN}{? (local_session = {session})}", "Sending STOPCCN", "direction=Sending message=STOPCCN",
	    RECORD_MESSAGE, SAID_NOTHING, "what stood before it is why; it does not print the result"),
	ROW("acknowledges", "Received {?UNEXPECTED }{value:*}{? -> Sending ACK}{? anyway}", "Received HELLO -> Sending ACK", "value=HELLO",
	    RECORD_SAID, SAID_NOTHING, NULL),
	ROW("unproved", "Received SCCRP without {reason:valid challenge response|assigned tunnel}",
	    "Received SCCRP without valid challenge response", "reason=valid challenge response", RECORD_SAID, SAID_TUNNEL_AUTH,
	    "not normal: the peer's proof does not fit the tunnel secret of this end"),
	ROW("dials-to", "Connecting to {name} port {port}{? via {interface}}", "Connecting to 203.0.113.4 port 1701 via wlan0",
	    "name=203.0.113.4 port=1701 interface=wlan0", RECORD_SAID, SAID_OTHER, NULL),
	ROW("step", "{text:Tunnel established|Session established|Creating PPPoX socket|Waiting for control socket|Protocol error}",
	    "Session established", "text=Session established", RECORD_SAID, SAID_NOTHING, NULL),
	ROW("socket", "{text:Connection established|Starting pppd|Using PPPoX|Using PPPoL2TP} ({service:socket|pppox} = {value:*})",
	    "Starting pppd (pppox = 13)", "text=Starting pppd service=pppox value=13", RECORD_SAID, SAID_NOTHING, NULL),
	ROW("arguments", "{text:Received|Using} {value:*} {service:arguments|l2tp}", "Received 20 arguments",
	    "text=Received value=20 service=arguments", RECORD_SAID, SAID_NOTHING, NULL),
	ROW("signal", "Received signal {code}", "Received signal 15", "code=15", RECORD_SAID, SAID_NOTHING, NULL),
	ROW("pppd", "Pppd started (pid = {request})", "Pppd started (pid = 2222)", "request=2222", RECORD_SAID, SAID_NOTHING, NULL),
	ROW("status", "{name:Pppd|Mtpd} is terminated (status = {code})", "Pppd is terminated (status = 19)", "name=Pppd code=19",
	    RECORD_SAID, SAID_NOTHING, NULL),
	ROW("hung-up", "Remote server hung up", "Remote server hung up", "", RECORD_SAID, SAID_OTHER,
	    "the server closed the tunnel or the session"),
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

struct client {
	struct known_tunnel *tunnel; /* of its only tunnel, which has one call */
	struct known_call *call;
	struct str server; /* where it connects to, named before the tunnel begins */
	uint16_t port;
};

static void tunnel_begin(struct speech *s, struct client *c, const struct spoken *line)
{
	c->tunnel = device_tunnel_new(s, speech_device(s, line));
	c->call = NULL;
	if (c->server.len && !address_parse(c->server, &c->tunnel->address))
		c->tunnel->dialed = c->server;
	c->tunnel->port = c->port;
}

static void call_begin(struct speech *s, struct client *c, const struct spoken *line)
{
	struct device *d = speech_device(s, line);

	c->call = device_call_new(s, d, c->tunnel);
	c->call->interface = STR("l2tp");
	d->waiting = c->call;
}

/* What it tells as one message; `told` is the attribute that assigns `id`, if that is not 0. */
static void say_message(struct speech *s, const struct client *c, const struct spoken *line,
			enum sense sense, uint16_t message, uint16_t told, uint32_t id)
{
	struct event *e = speech_message(s, line, sense, message);

	if (id)
		speech_avp_number(s, e, told, id);
	event_bind(e, c->tunnel, message >= OCRQ && message <= CDN ? c->call : NULL);
}

/* macOS: one line, one message. */
static void take_plain(struct speech *s, struct client *c, const struct spoken *line)
{
	bool is_sent = str_is(spoken_text(line, FIELD_DIRECTION), "sent");
	uint16_t message = speech_message_type(spoken_text(line, FIELD_MESSAGE));

	/* a log that begins late: whose end it is shows in what pppd says */
	if ((message == CDN && !c->call) || (message == STOPCCN && !c->tunnel)) {
		speech_say(s, line, SAID_OTHER);
		return;
	}
	if (!c->tunnel)
		tunnel_begin(s, c, line);
	if (message == ICRQ)
		call_begin(s, c, line);
	say_message(s, c, line, is_sent ? SENT : RECEIVED, message, 0, 0);
	if (message == STOPCCN)
		*c = (struct client){0};
}

/* Android: the end of its tunnel, or of its session. */
static void take_closing(struct speech *s, struct client *c, const struct spoken *line)
{
	bool is_sent = str_is(spoken_text(line, FIELD_DIRECTION), "Sending");
	uint16_t message = str_is(spoken_text(line, FIELD_MESSAGE), "CDN") ? CDN : STOPCCN;

	if (!c->tunnel || (message == CDN && !c->call)) { /* a log that begins late */
		speech_say(s, line, SAID_OTHER);
		return;
	}
	say_message(s, c, line, is_sent ? SENT : RECEIVED, message, 0, 0);
	if (message == STOPCCN)
		*c = (struct client){0};
}

/* Android: what came and what goes out in one line. */
static void take_pair(struct speech *s, struct client *c, const struct spoken *line)
{
	if (spoken_is(line, "client.sccrq")) {
		tunnel_begin(s, c, line);
		tunnel_set_local(c->tunnel, spoken_number(line, FIELD_TUNNEL));
		say_message(s, c, line, SENT, SCCRQ, AVP_N_ASSIGNED_TUNNEL_ID, c->tunnel->local);
		return;
	}
	if (!c->tunnel)
		tunnel_begin(s, c, line);
	if (spoken_is(line, "client.sccrp")) {
		tunnel_set_remote(c->tunnel, spoken_number(line, FIELD_PEER_TUNNEL));
		say_message(s, c, line, RECEIVED, SCCRP, AVP_N_ASSIGNED_TUNNEL_ID,
			    c->tunnel->remote);
		say_message(s, c, line, SENT, SCCCN, 0, 0);
		return;
	}
	if (!c->call)
		call_begin(s, c, line);
	if (spoken_is(line, "client.icrq")) {
		call_set_local(c->call, spoken_number(line, FIELD_SESSION));
		say_message(s, c, line, SENT, ICRQ, AVP_N_ASSIGNED_SESSION_ID, c->call->local);
		return;
	}
	call_set_remote(c->call, spoken_number(line, FIELD_PEER_SESSION));
	say_message(s, c, line, RECEIVED, ICRP, AVP_N_ASSIGNED_SESSION_ID, c->call->remote);
	say_message(s, c, line, SENT, ICCN, 0, 0);
}

static void take(struct speech *s, void *state, const struct spoken *line)
{
	struct client *c = state;
	struct event *e;

	if (spoken_is(line, "client.message")) {
		take_plain(s, c, line);
		return;
	}
	if (spoken_is(line, "client.closes")) {
		take_closing(s, c, line);
		return;
	}
	if (line->record.kind == RECORD_MESSAGE) {
		take_pair(s, c, line);
		return;
	}
	if (spoken_is(line, "client.dials")) {
		tunnel_begin(s, c, line);
		c->tunnel->dialed = speech_keep(s, spoken_text(line, FIELD_NAME));
		address_parse(spoken_text(line, FIELD_ADDRESS), &c->tunnel->address);
	}
	if (spoken_is(line, "client.dials-to")) {
		c->server = speech_keep(s, spoken_text(line, FIELD_NAME));
		c->port = (uint16_t)spoken_number(line, FIELD_PORT);
	}
	if (spoken_is(line, "client.pppd") && c->call)
		call_set_pid(c->call, spoken_number(line, FIELD_REQUEST));
	e = speech_say(s, line, line->record.row->topic);
	if (spoken_is(line, "client.unproved"))
		speech_value(s, e, FIELD_RESULT,
			     str_starts(spoken_text(line, FIELD_REASON), "valid") ? STR("failed")
										  : STR(""));
	event_bind(e, c->tunnel, NULL);
}

static const char *const programs[] = {"mtpd", NULL};

const struct daemon_dialect daemon_client = {
	.name = "client",
	.programs = programs,
	.plugin_of = "pppd",
	.tables = &table,
	.state_size = sizeof(struct client),
	.take = take,
};
