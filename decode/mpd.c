/* mpd5 (FreeBSD, pfSense, OPNsense): `[link] LCP: rec'd Configure Request #1 (Req-Sent)`, and the
 * options of a packet in lines of their own. Its control connection is a pointer, no L2TP id. */
#include "character.h"
#include "ppp_words.h"

#define LINK "[{interface:*}] "
#define MAYBE_LINK                                                                                 \
	"{?[{interface:*}] }" /* people cut it off; only where the rest can be nobody else's */

/* clang-format off */
static const struct grammar_row rows[] = {
	{.name = "mpd.received", .pattern = MAYBE_LINK "{protocol:LCP|IPCP|IPV6CP|CCP|ECP}: rec'd {message:Configure Request|Configure Ack|Configure Nak|Configure Reject|Terminate Request|Terminate Ack|Protocol Reject|Code Reject|Echo Request|Echo Reply|Ident} #{id} ({state:*})",
	 .sample = "[L-1] LCP: rec'd Configure Request #2 (Ack-Rcvd)",
	 .reading = "interface=L-1 protocol=LCP message=Configure Request id=2 state=Ack-Rcvd",
	 .kind = RECORD_PPP_PACKET},
	{.name = "mpd.sent", .pattern = MAYBE_LINK "{protocol:LCP|IPCP|IPV6CP|CCP|ECP}: {message:SendConfigReq|SendConfigAck|SendConfigNak|SendConfigRej|SendTerminateReq|SendTerminateAck|SendEchoReq|SendEchoRep} #{id}",
	 .sample = "[l2tp0] LCP: SendConfigReq #1", .reading = "interface=l2tp0 protocol=LCP message=SendConfigReq id=1",
	 .kind = RECORD_PPP_PACKET},
	{.name = "mpd.state", .pattern = MAYBE_LINK "{protocol:LCP|IPCP|IPV6CP|CCP|ECP}: state change {before:*} --> {after:*}",
	 .sample = "[l2tp0] LCP: state change Req-Sent --> Ack-Sent",
	 .reading = "interface=l2tp0 protocol=LCP before=Req-Sent after=Ack-Sent",
	 .kind = RECORD_SAID, .topic = SAID_CP_STATE},
	{.name = "mpd.event", .pattern = LINK "{protocol:LCP|IPCP|IPV6CP|CCP|ECP|Link|IFACE}: {text}",
	 .sample = "[l2tp0] LCP: LayerStart", .reading = "interface=l2tp0 protocol=LCP text=LayerStart",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_GENERIC},
	{.name = "mpd.chap", .pattern = MAYBE_LINK "{protocol:CHAP|PAP}: {direction:sending|rec'd} {message:CHALLENGE|RESPONSE|SUCCESS|FAILURE|REQUEST|ACK|NAK}{? #{id}}{? len:{? }{length}}",
	 .sample = "[L-1] CHAP: sending CHALLENGE #1 len: 28", .reading = "interface=L-1 protocol=CHAP direction=sending message=CHALLENGE id=1 length=28",
	 .kind = RECORD_AUTH_PACKET},
	{.name = "mpd.accounting", .pattern = LINK "AUTH: Accounting data for user {user}: {seconds} seconds, {count} octets in, {value-decimal} octets out",
	 .sample = "[l2tp0] AUTH: Accounting data for user jim: 29 seconds, 8139 octets in, 737 octets out",
	 .reading = "interface=l2tp0 user=jim seconds=29 count=8139 value-decimal=737",
	 .kind = RECORD_SAID, .topic = SAID_USAGE},
	{.name = "mpd.wants", .pattern = MAYBE_LINK "LCP: auth: peer wants {service:*}, I want {value:*}",
	 .sample = "[l2tp0] LCP: auth: peer wants nothing, I want CHAP",
	 .reading = "interface=l2tp0 service=nothing value=CHAP",
	 .kind = RECORD_SAID, .topic = SAID_SESSION_NEW},
	{.name = "mpd.authorization", .pattern = MAYBE_LINK "LCP: authorization {result:successful|failed}",
	 .sample = "[wan_link0] LCP: authorization successful", .reading = "interface=wan_link0 result=successful",
	 .kind = RECORD_SAID, .topic = SAID_AAA},
	{.name = "mpd.authname", .pattern = MAYBE_LINK "{protocol:CHAP|PAP|EAP}: {?U}{?u}sing authname \"{user}\"",
	 .sample = "[wan_link0] PAP: using authname \"kim@isp.example\"",
	 .reading = "interface=wan_link0 protocol=PAP user=kim@isp.example",
	 .kind = RECORD_SAID, .topic = SAID_FORWARDED},
	{.name = "mpd.layer", .pattern = "{protocol:LCP|IPCP|IPV6CP|CCP|ECP|Link|IFACE}: {status:LayerStart|LayerUp|LayerDown|LayerFinish|Open event|Close event|Up event|Down event|OPEN event|CLOSE event|UP event|DOWN event}",
	 .sample = "LCP: LayerStart", .reading = "protocol=LCP status=LayerStart",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_CONTEXT},
	{.name = "mpd.radius-silent", .pattern = LINK "RADIUS: rad_send_request for user '{user}' failed: {reason}",
	 .sample = "[L-1] RADIUS: rad_send_request for user 'kim' failed: No valid RADIUS responses received",
	 .reading = "interface=L-1 user=kim reason=No valid RADIUS responses received",
	 .kind = RECORD_SAID, .topic = SAID_PPP_DISCONNECT, .flags = ROW_RECALLED},
	{.name = "mpd.auth", .pattern = LINK "{protocol:CHAP|PAP|AUTH}: {text}",
	 .sample = "[L-1] AUTH: Trying INTERNAL", .reading = "interface=L-1 protocol=AUTH text=Trying INTERNAL",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_GENERIC},
	{.name = "mpd.name", .pattern = "{?[{interface:*}] }Name: \"{user}\"",
	 .sample = "[L-1]   Name: \"olivier\"", .reading = "interface=L-1 user=olivier",
	 .kind = RECORD_SAID, .topic = SAID_FORWARDED},
	{.name = "mpd.valid", .pattern = "Response is {result:valid|invalid}",
	 .sample = "Response is valid", .reading = "result=valid",
	 .kind = RECORD_SAID, .topic = SAID_AAA, .flags = ROW_CONTEXT},
	{.name = "mpd.reply", .pattern = "Reply message: {text}",
	 .sample = "Reply message: Welcome", .reading = "text=Welcome",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_CONTEXT},
	{.name = "mpd.incoming", .pattern = "Incoming L2TP packet from {address} {port}",
	 .sample = "Incoming L2TP packet from 192.0.2.52 1701", .reading = "address=192.0.2.52 port=1701",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "mpd.control", .pattern = "L2TP: Control connection {request} {?{address} {port} <-> {address2} {value-decimal} }{status:connected|destroyed}",
	 .sample = "L2TP: Control connection 0x801e86310 10.0.23.3 1701 <-> 10.0.23.2 31124 connected",
	 .reading = "request=0x801e86310 address=10.0.23.3 port=1701 address2=10.0.23.2 value-decimal=31124 status=connected",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "mpd.initiating", .pattern = "L2TP: Initiating control connection {request} {address} {port} <-> {address2} {value-decimal}",
	 .sample = "L2TP: Initiating control connection 0x801e2d610 0.0.0.0 0 <-> 10.0.23.3 1701",
	 .reading = "request=0x801e2d610 address=0.0.0.0 port=0 address2=10.0.23.3 value-decimal=1701",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "mpd.reply-timeout", .pattern = "L2TP: reply timeout in state {state:*}",
	 .sample = "L2TP: reply timeout in state WAIT-CTL-REPLY", .reading = "state=WAIT-CTL-REPLY",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_RECALLED,
	 .means = "no answer came in time"},
	{.name = "mpd.control-end", .pattern = "L2TP: Control connection {request} terminated: {code} ({reason})",
	 .sample = "L2TP: Control connection 0x80301b608 terminated: 0 (no more sessions exist in this tunnel)",
	 .reading = "request=0x80301b608 code=0 reason=no more sessions exist in this tunnel",
	 .kind = RECORD_SAID, .topic = SAID_OTHER,
	 .means = "0 is an orderly end; the words are mpd's own or the peer's"},
	{.name = "mpd.call", .pattern = "{?[{interface:*}] }L2TP: {direction:Incoming|Outgoing} call #{count} via {?control }connection {request} {status:received|accepted|initiated}",
	 .sample = "[l2tp0] L2TP: Incoming call #0 via control connection 0x80301b608 accepted",
	 .reading = "interface=l2tp0 direction=Incoming count=0 request=0x80301b608 status=accepted",
	 .kind = RECORD_SAID, .topic = SAID_OTHER,
	 .means = "the number is mpd's own; the pointer is no tunnel id"},
	{.name = "mpd.no-port", .pattern = "L2TP: bind: {reason}",
	 .sample = "L2TP: bind: Can't assign requested address", .reading = "reason=Can't assign requested address",
	 .kind = RECORD_SAID, .topic = SAID_OTHER,
	 .means = "not normal: another daemon has UDP port 1701, or the address is not this host's: nobody can call"},
	{.name = "mpd.call-ended", .pattern = LINK "L2TP: {?Call}{?call} #{count} terminated: result={result} error={error} errmsg=\"{text}",
	 .sample = "[L-1] L2TP: Call #3 terminated: result=1 error=0 errmsg=\"\"",
	 .reading = "interface=L-1 count=3 result=1 error=0 text=\"",
	 .kind = RECORD_SAID, .topic = SAID_LINK, .flags = ROW_RECALLED,
	 .means = "the peer's CDN"},
	{.name = "mpd.call-state", .pattern = LINK "L2TP: Call #{count} {status:connected|terminated}{? {by:locally|by peer}}{?: {reason}}",
	 .sample = "[l2tp0] L2TP: Call #0 terminated locally", .reading = "interface=l2tp0 count=0 status=terminated by=locally",
	 .kind = RECORD_SAID, .topic = SAID_LINK},
	{.name = "mpd.address", .pattern = "{?[{interface:*}] }{address} -> {address2}",
	 .sample = "[B-1]   10.0.0.1 -> 10.0.0.2", .reading = "interface=B-1 address=10.0.0.1 address2=10.0.0.2",
	 .kind = RECORD_SAID, .topic = SAID_ADDRESS, .flags = ROW_CONTEXT | ROW_RECALLED},
	{.name = "mpd.other", .pattern = LINK "{text}",
	 .sample = "[l2tp0] opening link \"l2tp0\"...", .reading = "interface=l2tp0 text=opening link \"l2tp0\"...",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_GENERIC | ROW_CONTEXT},
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

struct mpd {
	struct spoken line; /* of the packet whose options follow */
	char stamp[64], text[128], interface[32];
	bool is_open;
	enum sense sense;
	struct ppp_words words;
	char link[32];         /* of the link layer: `[B-1]` speaks for the same call */
	char peer[64];         /* address of the last that came */
	struct party own, far; /* of the last control connection that came up */
	bool is_new;           /* it carries no call yet */
	char asked[32];        /* the control connection that is asked for, until it comes up */
	bool is_asked;   /* the last packet was the peer's challenge: the name is the peer's */
	char method[16]; /* `peer wants PAP, I want nothing`; empty: both do, or it is not told */
	bool is_judge;   /* it is this end that wants it */
	bool is_told;    /* a link's way to where it is open is in the log, not only its end */
	char judged[32]; /* the link of which that was said */
};

/* The bundle's lines are of the link that it is made of. */
static void bind(struct speech *s, const struct mpd *m, struct event *e)
{
	e->interface = arena_str(s->arena, str_of(m->link[0]	      ? m->link
						  : m->interface[0] ? m->interface
								    : "mpd"));
	e->l2tp.is_present = true;
	e->l2tp.version = 2;
}

static void flush(struct speech *s, struct mpd *m)
{
	if (!m->is_open)
		return;
	m->is_open = false;
	bind(s, m, ppp_words_event(s, &m->line, m->sense, &m->words));
}

static const struct {
	const char *word;
	uint8_t code;
} codes[] = {
	{"Configure Request", CP_CONFREQ},
	{"Configure Ack", CP_CONFACK},
	{"Configure Nak", CP_CONFNAK},
	{"Configure Reject", CP_CONFREJ},
	{"Terminate Request", CP_TERMREQ},
	{"Terminate Ack", CP_TERMACK},
	{"Code Reject", CP_CODEREJ},
	{"Protocol Reject", CP_PROTREJ},
	{"Echo Request", CP_ECHOREQ},
	{"Echo Reply", CP_ECHOREP},
	{"Ident", CP_IDENTIFICATION},
	{"SendConfigReq", CP_CONFREQ},
	{"SendConfigAck", CP_CONFACK},
	{"SendConfigNak", CP_CONFNAK},
	{"SendConfigRej", CP_CONFREJ},
	{"SendTerminateReq", CP_TERMREQ},
	{"SendTerminateAck", CP_TERMACK},
	{"SendEchoReq", CP_ECHOREQ},
	{"SendEchoRep", CP_ECHOREP},
	{"CHALLENGE", CHAP_CHALLENGE},
	{"RESPONSE", CHAP_RESPONSE},
	{"SUCCESS", CHAP_SUCCESS},
	{"FAILURE", CHAP_FAILURE},
	{"REQUEST", PAP_REQUEST},
	{"ACK", PAP_ACK},
	{"NAK", PAP_NAK},
};

static void take_packet(struct speech *s, struct mpd *m, const struct spoken *line)
{
	struct str message = spoken_text(line, FIELD_MESSAGE);
	struct str direction = spoken_text(line, FIELD_DIRECTION);

	m->line = *line;
	m->line.record.n_values = 0;
	m->line.record.fields = 0;
	m->line.record.stamp = str_copy(m->stamp, sizeof(m->stamp), line->record.stamp);
	m->line.record.text = str_copy(m->text, sizeof(m->text), line->record.text);
	memset(&m->words, 0, sizeof(m->words));
	m->words.protocol = ppp_words_protocol(spoken_text(line, FIELD_PROTOCOL));
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (str_equal_nocase(message, str_of(codes[i].word)))
			m->words.code = codes[i].code;
	m->words.id = (uint8_t)spoken_number(line, FIELD_ID);
	m->words.has_id = spoken_text(line, FIELD_ID).len > 0;
	m->words.is_complete =
		line->record.kind == RECORD_PPP_PACKET && m->words.code <= CP_TERMACK;
	m->is_asked = m->words.protocol == PPP_CHAP && m->words.code == CHAP_CHALLENGE &&
		      str_is(direction, "rec'd");
	m->sense = str_starts(message, "Send") || str_is(direction, "sending") ? SENT : RECEIVED;
	m->is_open = m->is_told = true;
	if (line->record.kind == RECORD_AUTH_PACKET)
		flush(s, m);
	else if (m->words.protocol == PPP_LCP)
		str_keep(m->link, sizeof(m->link), spoken_text(line, FIELD_INTERFACE));
}

/* RFC 1661 4.2 in mpd's words. */
static struct str state_word(struct str word)
{
	static const struct {
		const char *mpd, *state;
	} words[] = {{"Req-Sent", "REQsent"}, {"Ack-Rcvd", "ACKrcvd"}, {"Ack-Sent", "ACKsent"}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_is(word, words[i].mpd))
			return str_of(words[i].state);
	return word;
}

/* Who comes: the line of the call itself does not name it. */
static void take_peer(struct mpd *m, const struct spoken *line)
{
	if (spoken_is(line, "mpd.incoming"))
		str_keep(m->peer, sizeof(m->peer), spoken_text(line, FIELD_ADDRESS));
	else if (spoken_is(line, "mpd.control") && spoken_text(line, FIELD_ADDRESS2).len)
		str_keep(m->peer, sizeof(m->peer), spoken_text(line, FIELD_ADDRESS2));
	if (!spoken_is(line, "mpd.control") ||
	    !str_is(spoken_text(line, FIELD_STATUS), "connected"))
		return;
	m->own = m->far = (struct party){0};
	m->is_new = true;
	m->asked[0] = 0;
	address_parse(spoken_text(line, FIELD_ADDRESS), &m->own.address);
	m->own.port = (uint16_t)spoken_number(line, FIELD_PORT);
	address_parse(str_of(m->peer), &m->far.address);
	m->far.port = (uint16_t)spoken_number(line, FIELD_VALUE_DECIMAL);
}

/* Who asks for authentication and who accounts for a user is the LNS. */
static void say_role(struct speech *s, const struct mpd *m, const struct spoken *line,
		     struct str role)
{
	struct event *e = speech_say(s, line, SAID_SESSION_NEW);

	e->said.n_values = 0;
	speech_value(s, e, FIELD_SERVICE, role);
	bind(s, m, e);
}

/* `result=1 error=0 errmsg=""`: the peer's CDN. */
static bool take_call_end(struct speech *s, const struct mpd *m, const struct spoken *line)
{
	struct str text = spoken_text(line, FIELD_TEXT);
	struct event *e;
	uint32_t result;

	if (!spoken_is(line, "mpd.call-ended") ||
	    !str_u32(spoken_text(line, FIELD_RESULT), &result))
		return false;
	text.len -= str_ends(text, "\"");
	e = speech_message(s, line, RECEIVED, CDN);
	speech_avp_result(s, e, result, (int)spoken_number(line, FIELD_ERROR), text);
	bind(s, m, e);
	return true;
}

/* `29 seconds, 8139 octets in, 737 octets out` */
static void say_used(struct speech *s, const struct mpd *m, const struct spoken *line)
{
	struct event *e;

	say_role(s, m, line, STR("LNS"));
	e = speech_say(s, line, SAID_FORWARDED);
	bind(s, m, e);
	e = speech_say(s, line, SAID_USAGE);
	e->said.n_values = 0;
	speech_value(s, e, FIELD_SECONDS, spoken_text(line, FIELD_SECONDS));
	speech_value(s, e, FIELD_COUNT, spoken_text(line, FIELD_VALUE_DECIMAL));
	speech_value(s, e, FIELD_VALUE_DECIMAL, spoken_text(line, FIELD_COUNT));
	bind(s, m, e);
}

static void say_wants(struct speech *s, struct mpd *m, const struct spoken *line)
{
	bool peer_asks = !str_is(spoken_text(line, FIELD_SERVICE), "nothing");
	bool we_ask = !str_is(spoken_text(line, FIELD_VALUE), "nothing");

	m->is_judge = we_ask;
	str_keep(m->judged, sizeof(m->judged), spoken_text(line, FIELD_INTERFACE));
	str_keep(m->method, sizeof(m->method),
		 peer_asks == we_ask ? STR("")
				     : spoken_text(line, we_ask ? FIELD_VALUE : FIELD_SERVICE));
	if (peer_asks != we_ask)
		say_role(s, m, line, we_ask ? STR("LNS") : STR("LAC"));
	else
		speech_say(s, line, SAID_NOTHING);
}

/* `LCP: authorization successful`: said once, of both directions where both were asked for. */
static void say_authorized(struct speech *s, const struct mpd *m, const struct spoken *line)
{
	bool failed = str_is(spoken_text(line, FIELD_RESULT), "failed");
	bool is_of_it = str_equal(spoken_text(line, FIELD_INTERFACE), str_of(m->judged));
	struct event *e = speech_say(s, line, m->method[0] && is_of_it ? SAID_AAA : SAID_OTHER);

	e->said.n_values = 0;
	speech_value(s, e, FIELD_PROTOCOL, arena_str(s->arena, str_of(m->method)));
	speech_value(s, e, FIELD_RESULT, failed ? STR("failed") : STR("succeeded"));
	speech_value(s, e, FIELD_BY, m->is_judge ? STR("this-end") : STR("peer"));
	bind(s, m, e);
}

/* The end that accepts an incoming call is its LNS, the one that initiates it its LAC. */
static bool take_call(struct speech *s, struct mpd *m, const struct spoken *line)
{
	bool is_incoming = str_is(spoken_text(line, FIELD_DIRECTION), "Incoming");
	bool is_ours = str_is(spoken_text(line, FIELD_STATUS), "initiated");
	bool is_lns = is_incoming != is_ours;
	struct event *e;

	if (!spoken_is(line, "mpd.call") || !spoken_text(line, FIELD_INTERFACE).len)
		return false;
	str_keep(m->link, sizeof(m->link), spoken_text(line, FIELD_INTERFACE));
	e = speech_say(s, line, SAID_SESSION_NEW);
	e->said.n_values = 0;
	speech_value(s, e, FIELD_DIRECTION, STR("dialin"));
	speech_value(s, e, FIELD_SERVICE, is_lns ? STR("LNS") : STR("LAC"));
	if (is_lns)
		speech_value(s, e, FIELD_ADDRESS, str_of(m->peer));
	if (m->is_new) {
		struct str name = e->from.name;

		speech_value(s, e, FIELD_STATUS, STR("connected"));
		e->from = m->own;
		e->from.name = name;
		e->to = m->far;
		m->is_new = false;
	}
	bind(s, m, e);
	return true;
}

/* Its SCCRQ goes out. */
static bool take_initiating(struct speech *s, struct mpd *m, const struct spoken *line)
{
	struct event *e;

	if (!spoken_is(line, "mpd.initiating"))
		return false;
	str_keep(m->peer, sizeof(m->peer), spoken_text(line, FIELD_ADDRESS2));
	str_keep(m->asked, sizeof(m->asked), spoken_text(line, FIELD_REQUEST));
	e = speech_message(s, line, SENT, SCCRQ);
	address_parse(str_of(m->peer), &e->to.address);
	e->to.port = (uint16_t)spoken_number(line, FIELD_VALUE_DECIMAL);
	return true;
}

/* `terminated: 0 (no more sessions exist in this tunnel)`: its own StopCCN, in order. */
static bool take_control_end(struct speech *s, struct mpd *m, const struct spoken *line)
{
	struct str reason = spoken_text(line, FIELD_REASON);
	bool was_up;
	struct event *e;

	if (!spoken_is(line, "mpd.control-end"))
		return false;
	was_up = !m->asked[0] || !str_equal(spoken_text(line, FIELD_REQUEST), str_of(m->asked));
	if (str_starts(reason, "expecting reply") && m->peer[0]) {
		e = speech_say(s, line, SAID_RETRANSMIT);
		e->said.n_values = 0;
		speech_value(s, e, FIELD_RESULT, STR("exhausted"));
		if (was_up)
			bind(s, m, e);
	}
	e = speech_message(s, line, SENT, STOPCCN);
	if (spoken_number(line, FIELD_CODE) == 0)
		speech_avp_result(s, e, 1, 0, reason);
	if (was_up)
		bind(s, m, e);
	m->asked[0] = 0;
	return true;
}

/* A protocol was open, of a call whose beginning may not be in the log. */
static void say_was_open(struct speech *s, const struct mpd *m, const struct spoken *line,
			 struct str protocol)
{
	struct event *e = speech_say(s, line, SAID_CP_STATE);

	e->said.n_values = 0;
	speech_value(s, e, FIELD_PROTOCOL, protocol);
	speech_value(s, e, FIELD_BEFORE, STR("Open"));
	bind(s, m, e);
}

/* States and ends of its link, and whatever else one topic says. */
static void say_link(struct speech *s, struct mpd *m, const struct spoken *line, enum topic topic)
{
	struct event *e;

	/* `IPCP: state change Opened --> Closing`; of LCP, the packet that closes it stands before
	 */
	if (topic == SAID_CP_STATE && str_is(spoken_text(line, FIELD_BEFORE), "Opened") &&
	    !str_is(spoken_text(line, FIELD_PROTOCOL), "LCP"))
		say_was_open(s, m, line, spoken_text(line, FIELD_PROTOCOL));
	if (spoken_is(line, "mpd.event") &&
	    str_starts(spoken_text(line, FIELD_TEXT), "peer not responding")) {
		topic = SAID_PPP_DISCONNECT;
		if (!m->is_told)
			say_was_open(s, m, line, STR("LCP"));
	}
	m->is_told |= topic == SAID_CP_STATE && str_is(spoken_text(line, FIELD_AFTER), "Opened");
	e = speech_say(s, line, topic);
	if (topic == SAID_PPP_DISCONNECT && !spoken_text(line, FIELD_REASON).len)
		speech_value(s, e, FIELD_REASON, spoken_text(line, FIELD_TEXT));
	if (topic == SAID_CP_STATE)
		speech_value(s, e, FIELD_STATE, state_word(spoken_text(line, FIELD_AFTER)));
	if (topic == SAID_LINK && str_is(spoken_text(line, FIELD_STATUS), "connected")) {
		e->said.topic = SAID_SESSION_STATE;
		speech_value(s, e, FIELD_STATE, STR("established"));
	}
	if (topic == SAID_LINK && str_is(spoken_text(line, FIELD_STATUS), "terminated")) {
		e->said.n_values = 0;
		speech_value(s, e, FIELD_STATUS, STR("down"));
	}
	bind(s, m, e);
}

static void take(struct speech *s, void *state, const struct spoken *line)
{
	struct mpd *m = state;
	enum topic topic = line->record.row->topic;

	flush(s, m);
	if (spoken_text(line, FIELD_INTERFACE).len)
		str_keep(m->interface, sizeof(m->interface), spoken_text(line, FIELD_INTERFACE));
	if (line->record.kind != RECORD_SAID) {
		take_packet(s, m, line);
		return;
	}
	if (spoken_is(line, "mpd.wants") || spoken_is(line, "mpd.authorization") ||
	    (!m->link[0] && str_is(spoken_text(line, FIELD_PROTOCOL), "LCP")))
		str_keep(m->link, sizeof(m->link), spoken_text(line, FIELD_INTERFACE));
	take_peer(m, line);
	if (take_initiating(s, m, line) || take_call(s, m, line) || take_control_end(s, m, line) ||
	    take_call_end(s, m, line))
		return;
	if (topic == SAID_SESSION_NEW) {
		say_wants(s, m, line);
		return;
	}
	if (topic == SAID_AAA && spoken_is(line, "mpd.authorization")) {
		say_authorized(s, m, line);
		return;
	}
	if (spoken_is(line, "mpd.accounting")) {
		say_used(s, m, line);
		return;
	}
	if (spoken_is(line, "mpd.name") && m->is_asked)
		topic = SAID_NOTHING;
	say_link(s, m, line, topic);
}

/* `MRU 1500`, `[L-1]   AUTHPROTO CHAP MSOFTv2`. */
static const struct {
	const char *mpd, *word;
} options[] = {
	{"ACFCOMP", "accomp"},
	{"PROTOCOMP", "pcomp"},
	{"MRU ", "mru "},
	{"MAGICNUM ", "magic "},
	{"AUTHPROTO CHAP MD5", "auth chap MD5"},
	{"AUTHPROTO CHAP MSOFTv2", "auth chap MS-v2"},
	{"AUTHPROTO CHAP MSOFT", "auth chap MS"},
	{"AUTHPROTO PAP", "auth pap"},
	{"AUTHPROTO EAP", "auth eap"},
	{"CALLBACK ", "callback "},
	{"IPADDR ", "addr "},
	{"PRIDNS ", "ms-dns1 "},
	{"SECDNS ", "ms-dns2 "},
	{"PRINBNS ", "ms-wins1 "},
	{"SECNBNS ", "ms-wins2 "},
	{"MP MRRU ", "mrru "},
	{"MP SHORTSEQ", "ssnhf"},
	{"SHORTSEQ", "ssnhf"},
};

static bool take_option(struct mpd *m, struct str text)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		struct text word;

		if (!str_starts(text, options[i].mpd))
			continue;
		word = text_make(256);
		text_puts(&word, options[i].word);
		text_add(&word, str_from(text, strlen(options[i].mpd)));
		ppp_words_option(&m->words, text_str(&word));
		text_free(&word);
		return true;
	}
	m->words.is_complete = false;
	return true;
}

/* `CCP: Up event`: a layer speaks; an option's name has no colon. */
static bool is_layer(struct str text)
{
	size_t blank = str_find(text, STR(" "));

	return blank != SIZE_MAX && blank > 0 && text.at[blank - 1] == ':';
}

static bool more(struct speech *s, void *state, const struct spoken *line)
{
	struct mpd *m = state;
	struct str text = line->record.text;

	(void)s;
	if (str_starts(text, "[")) {
		size_t end = str_find(text, STR("] "));

		if (end != SIZE_MAX)
			text = str_trim(str_from(text, end + 2));
	}
	if (is_layer(text))
		return str_starts(text, "MESG: ");
	if (m->is_open && text.len && char_is_upper(text.at[0]))
		return take_option(m, text);
	return m->is_open;
}

static void finish(struct speech *s, void *state)
{
	flush(s, state);
}

static const char *const programs[] = {"mpd", "mpd5", "l2tps", "l2tp_link", "ppp", NULL};

const struct daemon_dialect daemon_mpd = {
	.name = "mpd",
	.programs = programs,
	.tables = &table,
	.state_size = sizeof(struct mpd),
	.take = take,
	.more = more,
	.finish = finish,
};
