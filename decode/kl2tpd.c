/* kl2tpd (go-l2tp): logfmt, often inside of NetworkManager's lines. */
#include "speech.h"

/* clang-format off */
static const struct grammar_row rows[] = {
	{.name = "kl2tpd.message",
	 .pattern = "level={service} tunnel_name={name} function=transport message={direction:send|recv} message_type={message:*}{? ns={ns} nr={nr} isRetransmit={value:*}}",
	 .sample = "level=debug tunnel_name=t1 function=transport message=send message_type=avpMsgTypeScccn ns=1 nr=1 isRetransmit=false",
	 .reading = "service=debug name=t1 direction=send message=avpMsgTypeScccn ns=1 nr=1 value=false",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "kl2tpd.complete",
	 .pattern = "level={service} tunnel_name={name} function=transport message=\"send complete\" message_type={message:*} error={value:*}",
	 .sample = "level=debug tunnel_name=t1 function=transport message=\"send complete\" message_type=avpMsgTypeSccrq error=null",
	 .reading = "service=debug name=t1 message=avpMsgTypeSccrq value=null",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "kl2tpd.socket",
	 .pattern = "level={service} tunnel_name={name} function=transport message=\"socket {direction:recv|send}\" length={length}",
	 .sample = "level=debug tunnel_name=t1 function=transport message=\"socket recv\" length=148",
	 .reading = "service=debug name=t1 direction=recv length=148",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "kl2tpd.event",
	 .pattern = "level={service} tunnel_name={name} message=\"fsm event\" event={value:*}",
	 .sample = "level=debug tunnel_name=t1 message=\"fsm event\" event=newsession",
	 .reading = "service=debug name=t1 value=newsession",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "kl2tpd.tunnel",
	 .pattern = "level={service} tunnel_name={name} message=\"new {domain:dynamic|quiescent|static} tunnel\" {text}",
	 .sample = "level=info tunnel_name=t1 message=\"new dynamic tunnel\" version=2 encap=udp local= peer=203.0.113.50:1701 tunnel_id=31337 peer_tunnel_id=0",
	 .reading = "service=info name=t1 domain=dynamic text=version=2 encap=udp local= peer=203.0.113.50:1701 tunnel_id=31337 peer_tunnel_id=0",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_OPEN},
	{.name = "kl2tpd.session",
	 .pattern = "level={service} tunnel_name={name} session_name={user} message=\"new {domain:dynamic|quiescent|static} session\" {text}",
	 .sample = "level=info tunnel_name=t1 session_name=s1 message=\"new dynamic session\" session_id=4711 peer_session_id=0 pseudowire=ppp",
	 .reading = "service=info name=t1 user=s1 domain=dynamic text=session_id=4711 peer_session_id=0 pseudowire=ppp",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_OPEN},
	{.name = "kl2tpd.established",
	 .pattern = "level={service} tunnel_name={name} {?session_name={user} }message=\"control plane established\"",
	 .sample = "level=info tunnel_name=t1 message=\"control plane established\"",
	 .reading = "service=info name=t1",
	 .kind = RECORD_SAID, .topic = SAID_TUNNEL_STATE},
	{.name = "kl2tpd.up",
	 .pattern = "level={service} message=\"session {status:up|down}\" {?result={?{reason:*}} }tunnel_name={name} session_name={user} tunnel_id={tunnel} session_id={session} peer_tunnel_id={peer-tunnel} peer_session_id={peer-session}",
	 .sample = "level=info message=\"session up\" tunnel_name=t1 session_name=s1 tunnel_id=31337 session_id=4711 peer_tunnel_id=901 peer_session_id=55",
	 .reading = "service=info status=up name=t1 user=s1 tunnel=31337 session=4711 peer-tunnel=901 peer-session=55",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "kl2tpd.given-up",
	 .pattern = "level={service} tunnel_name={name} message=\"failed to send {message:SCCRQ|SCCCN} message\" error={text}",
	 .sample = "level=error tunnel_name=t1 message=\"failed to send SCCRQ message\" error=\"transmit of avpMsgTypeSccrq failed after 3 retry attempts\"",
	 .reading = "service=error name=t1 message=SCCRQ text=\"transmit of avpMsgTypeSccrq failed after 3 retry attempts\"",
	 .kind = RECORD_SAID, .topic = SAID_RETRANSMIT,
	 .means = "it was never acknowledged: the tunnel is given up"},
	{.name = "kl2tpd.pppd",
	 .pattern = "level={service} message=\"pppd exited with an error code\" error=\"exit status {code}\"{? {text}}",
	 .sample = "level=error message=\"pppd exited with an error code\" error=\"exit status 19\" error_message=\"we failed to authenticate ourselves to the peer\"",
	 .reading = "service=error code=19 text=error_message=\"we failed to authenticate ourselves to the peer\"",
	 .kind = RECORD_SAID, .topic = SAID_PPPD},
	{.name = "kl2tpd.other",
	 .pattern = "level={service} {text}",
	 .sample = "level=info message=\"received signal, shutting down\"",
	 .reading = "service=info text=message=\"received signal, shutting down\"",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_GENERIC | ROW_CONTEXT},
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

enum { TUNNELS = 16 };

/* A configured tunnel; each has mostly one session. */
struct named {
	char name[64];
	struct known_tunnel *tunnel;
	struct known_call *call; /* the latest */
	bool is_answered;        /* its SCCRQ, which then need not be told any more */
	bool is_up;              /* its session, and no error was printed since */
	uint16_t told;           /* the last message sent */
};

struct kl2tpd {
	struct named tunnels[TUNNELS];
	unsigned n;
	struct known_call *call; /* the one that came up last, while no other was */
	unsigned n_up;
};

static struct named *named_of(struct speech *s, struct kl2tpd *k, const struct spoken *line)
{
	char room[sizeof(k->tunnels[0].name) - 1];
	struct str name = str_copy(room, sizeof(room), spoken_text(line, FIELD_NAME));
	struct named *n;

	for (unsigned i = 0; i < k->n && i < TUNNELS; i++)
		if (str_is(name, k->tunnels[i].name))
			return &k->tunnels[i];
	n = &k->tunnels[k->n++ % TUNNELS];
	*n = (struct named){.tunnel = device_tunnel_new(s, speech_device(s, line))};
	str_keep(n->name, sizeof(n->name), name);
	return n;
}

/* `tunnel_id=31337` in the rest of a line. */
static struct str word_of(struct str text, const char *name)
{
	size_t at = str_find(text, str_of(name)), end = 0;

	if (at == SIZE_MAX)
		return STR("");
	text = str_from(text, at + strlen(name));
	while (end < text.len && text.at[end] != ' ')
		end++;
	return (struct str){text.at, end};
}

/* The line with the Ns of a message may be missing; this one says that it went out. */
static bool take_complete(struct speech *s, struct named *n, const struct spoken *line,
			  uint16_t message)
{
	if (!spoken_is(line, "kl2tpd.complete") || message == MESSAGE_UNKNOWN ||
	    message == n->told || (message == SCCRQ && n->is_answered))
		return false;
	n->told = message;
	event_bind(speech_message(s, line, SENT, message), n->tunnel, NULL);
	return true;
}

/* A message goes out in several lines: the one with its Ns is the message. */
static void take_message(struct speech *s, struct named *n, const struct spoken *line)
{
	bool is_sent = str_is(spoken_text(line, FIELD_DIRECTION), "send");
	uint16_t message = speech_message_type(spoken_text(line, FIELD_MESSAGE));
	bool is_call = message >= OCRQ && message <= CDN;
	struct event *e;

	if (take_complete(s, n, line, message))
		return;
	if (!spoken_is(line, "kl2tpd.message") || message == MESSAGE_UNKNOWN ||
	    (is_sent && !spoken_text(line, FIELD_NS).len)) {
		speech_say(s, line, SAID_OTHER);
		return;
	}
	/* without the id that it assigns, a request sent again looks like another one */
	if (message == SCCRQ && n->told == SCCRQ && !n->tunnel->local &&
	    str_is(spoken_text(line, FIELD_VALUE), "true")) {
		e = speech_say(s, line, SAID_RETRANSMIT);
		e->said.n_values = 0;
		event_bind(e, n->tunnel, NULL);
		return;
	}
	n->is_answered |= !is_sent && message == SCCRP;
	if (is_sent)
		n->told = message;
	e = speech_message(s, line, is_sent ? SENT : RECEIVED, message);
	if (message == SCCRQ && n->tunnel->local)
		speech_avp_number(s, e, AVP_N_ASSIGNED_TUNNEL_ID, n->tunnel->local);
	if (message == ICRQ && n->call && n->call->local)
		speech_avp_number(s, e, AVP_N_ASSIGNED_SESSION_ID, n->call->local);
	/* it closes so, except after an error, which it prints */
	if (message == STOPCCN && is_sent && n->is_up)
		speech_avp_result(s, e, 1, 0, STR(""));
	event_bind(e, n->tunnel, is_call ? n->call : NULL);
	if (!spoken_text(line, FIELD_NS).len)
		return;
	e->l2tp.has_sequence = true;
	e->l2tp.ns = (uint16_t)spoken_number(line, FIELD_NS);
	e->l2tp.nr = (uint16_t)spoken_number(line, FIELD_NR);
}

static void take_tunnel(struct speech *s, struct named *n, const struct spoken *line)
{
	struct str text = spoken_text(line, FIELD_TEXT), peer = word_of(text, " peer=");
	size_t colon = peer.len;
	uint32_t id;

	n->tunnel = device_tunnel_new(s, speech_device(s, line));
	n->call = NULL;
	n->is_answered = false;
	if (str_u32(word_of(text, " tunnel_id="), &id))
		tunnel_set_local(n->tunnel, id);
	while (colon > 0 && peer.at[colon - 1] != ':')
		colon--;
	if (colon > 0 && str_u32(str_from(peer, colon), &id) && id <= UINT16_MAX) {
		n->tunnel->port = (uint16_t)id;
		address_parse((struct str){peer.at, colon - 1}, &n->tunnel->address);
	}
	speech_say(s, line, SAID_NOTHING);
}

static void take_session(struct speech *s, struct named *n, const struct spoken *line)
{
	uint32_t id;

	n->call = device_call_new(s, speech_device(s, line), n->tunnel);
	if (str_u32(word_of(spoken_text(line, FIELD_TEXT), "session_id="), &id))
		call_set_local(n->call, id);
	n->call->interface =
		arena_printf(s->names, "%s/%.*s", n->name, STR_ARG(spoken_text(line, FIELD_USER)));
	speech_say(s, line, SAID_NOTHING);
}

static void say_state(struct speech *s, const struct spoken *line, enum topic topic,
		      const struct named *n, const struct known_call *c)
{
	struct event *e = speech_say(s, line, topic);

	e->said.n_values = 0;
	speech_value(s, e, FIELD_STATE, STR("established"));
	event_bind(e, n->tunnel, c);
}

/* It is always the LAC. */
static void say_lac(struct speech *s, struct named *n, const struct spoken *line)
{
	struct event *e = speech_say(s, line, SAID_SESSION_NEW);

	e->said.n_values = 0;
	speech_value(s, e, FIELD_DIRECTION, STR("dialin"));
	speech_value(s, e, FIELD_SERVICE, STR("LAC"));
	event_bind(e, n->tunnel, n->call);
}

static void take_established(struct speech *s, struct kl2tpd *k, struct named *n,
			     const struct spoken *line)
{
	if (!spoken_text(line, FIELD_USER).len) {
		say_state(s, line, SAID_TUNNEL_STATE, n, NULL);
		return;
	}
	if (!n->call)
		return;
	if (!n->call->pid) /* its pppd is started next */
		speech_device(s, line)->waiting = n->call;
	if (!k->n_up)
		k->call = n->call;
	say_lac(s, n, line);
	say_state(s, line, SAID_SESSION_STATE, n, n->call);
}

static void take_up(struct speech *s, struct kl2tpd *k, struct named *n, const struct spoken *line)
{
	struct device *d = speech_device(s, line);

	if (!n->call) /* the log began behind its request */
		n->call = device_call_new(s, d, n->tunnel);
	tunnel_set_local(n->tunnel, spoken_number(line, FIELD_TUNNEL));
	tunnel_set_remote(n->tunnel, spoken_number(line, FIELD_PEER_TUNNEL));
	call_set_local(n->call, spoken_number(line, FIELD_SESSION));
	call_set_remote(n->call, spoken_number(line, FIELD_PEER_SESSION));
	if (str_is(spoken_text(line, FIELD_STATUS), "down")) {
		k->n_up -= k->n_up > 0;
		speech_say(s, line, SAID_NOTHING);
		return;
	}
	n->is_up = true;
	k->call = k->n_up++ ? NULL : n->call;
	d->waiting = n->call;
	say_state(s, line, SAID_TUNNEL_STATE, n, NULL); /* with both ids */
	say_state(s, line, SAID_SESSION_STATE, n, n->call);
}

/* The next line of that tunnel that says `session down`, before the tunnel is opened anew. */
static struct str line_of_end(const struct named *n, struct str rest)
{
	static const char down[] = "message=\"session down\"";
	struct text words = text_make(128);
	struct str found = {NULL, 0};
	size_t at;

	text_printf(&words, "tunnel_name=%s message=\"new ", n->name);
	at = str_find(rest, text_str(&words));
	rest.len = at < rest.len ? at : rest.len;
	text_clear(&words);
	text_printf(&words, " tunnel_name=%s session_name=", n->name);
	while (!found.len && (at = str_find(rest, STR(down))) != SIZE_MAX) {
		struct str here = str_from(rest, at);
		size_t end = str_find(here, STR("\n"));

		here.len = end < here.len ? end : here.len;
		if (str_find(here, text_str(&words)) != SIZE_MAX)
			found = here;
		rest = str_from(rest, at + here.len);
	}
	text_free(&words);
	return found;
}

/* The log begins in the middle: `session down`, further on, has the ids of what was up. */
static void look_ahead(struct speech *s, struct named *n, const struct spoken *line)
{
	struct str end = line_of_end(n, str_from(s->content, line->record.origin.offset));
	uint32_t tunnel = 0, session = 0;

	if (!str_u32(word_of(end, " tunnel_id="), &tunnel) ||
	    !str_u32(word_of(end, " session_id="), &session))
		return;
	n->is_up = true;
	tunnel_set_local(n->tunnel, tunnel);
	n->call = device_call_new(s, speech_device(s, line), n->tunnel);
	call_set_local(n->call, session);
	if (str_u32(word_of(end, " peer_tunnel_id="), &tunnel))
		tunnel_set_remote(n->tunnel, tunnel);
	if (str_u32(word_of(end, " peer_session_id="), &session))
		call_set_remote(n->call, session);
	say_state(s, line, SAID_TUNNEL_STATE, n, NULL);
	say_state(s, line, SAID_SESSION_STATE, n, n->call);
	say_lac(s, n, line);
}

static void take(struct speech *s, void *state, const struct spoken *line)
{
	struct kl2tpd *k = state;
	struct named *n = NULL;
	struct event *e;

	if (spoken_text(line, FIELD_NAME).len) {
		unsigned before = k->n;

		n = named_of(s, k, line);
		if (k->n != before && !spoken_is(line, "kl2tpd.tunnel") &&
		    !spoken_is(line, "kl2tpd.up"))
			look_ahead(s, n, line);
		n->is_up &= !str_is(spoken_text(line, FIELD_SERVICE), "error");
	}
	if (n && spoken_is(line, "kl2tpd.tunnel")) {
		take_tunnel(s, n, line);
	} else if (n && spoken_is(line, "kl2tpd.session")) {
		take_session(s, n, line);
	} else if (n && spoken_is(line, "kl2tpd.established")) {
		take_established(s, k, n, line);
	} else if (n && spoken_is(line, "kl2tpd.up")) {
		take_up(s, k, n, line);
	} else if (n && spoken_is(line, "kl2tpd.given-up")) {
		e = speech_say(s, line, SAID_RETRANSMIT);
		e->said.n_values = 0;
		speech_value(s, e, FIELD_RESULT, STR("exhausted"));
		event_bind(e, n->tunnel, NULL);
	} else if (spoken_is(line, "kl2tpd.pppd") && k->call) {
		e = speech_say(s, line, SAID_PPPD);
		e->said.n_values = 0;
		speech_value(s, e, FIELD_CODE, spoken_text(line, FIELD_CODE));
		event_bind(e, k->call->tunnel, k->call);
	} else if (n) {
		take_message(s, n, line);
	} else {
		speech_say(s, line, SAID_OTHER);
	}
}

static const char *const programs[] = {"kl2tpd", NULL};

static const char *const heads[] = {"level=debug tunnel_name=", "level=info tunnel_name=",
				    "level=error tunnel_name=", "level=info message=\"session ",
				    NULL};

const struct daemon_dialect daemon_kl2tpd = {
	.name = "kl2tpd",
	.programs = programs,
	.heads = heads,
	.tables = &table,
	.state_size = sizeof(struct kl2tpd),
	.take = take,
};
