/* Windows as a client: RasClient's events 20221 to 20227 (Event Viewer, wevtutil, Get-WinEvent),
 * and as a server: RemoteAccess's 20249, 20250, 20252, 20253, 20255, 20271, 20272 and 20274. Each
 * names its attempt by an id, older ones by their port; of the protocol below only the error code
 * tells. Rows are recalled. */
#include "ras_error.h"
#include "speech.h"

/* `Get-WinEvent | fl`; the columns of its table, or of a table that Event Viewer saved. */
#define HEAD                                                                                       \
	"{?Message : }{?{service:RasClient|RemoteAccess} }{?{id} }"                                \
	"{?{state:None|Error|Warning|Information} }"

#define ROW(name_, pattern_, sample_, reading_)                                                    \
	{                                                                                          \
		.name = "rasclient." name_,                                                        \
		.pattern = HEAD                                                                    \
			"{?CoId={request:*}: }{?CoID={request:*}: }The user {user} " pattern_,     \
		.sample = "CoId={5B6A2E0E-0000-0001}: The user CORP\\eva " sample_,                \
		.reading = "request={5B6A2E0E-0000-0001} user=CORP\\eva " reading_,                \
		.kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_RECALLED | ROW_OPEN         \
	}

#define PORT_ROW(name_, pattern_, sample_, reading_)                                               \
	{                                                                                          \
		.name = "rasclient." name_,                                                        \
		.pattern = HEAD "{?CoId={request:*}: }{?CoID={request:*}: }" pattern_,             \
		.sample = "CoId={5B6A2E0E-0000-0001}: " sample_,                                   \
		.reading = "request={5B6A2E0E-0000-0001} " reading_, .kind = RECORD_SAID,          \
		.topic = SAID_OTHER, .flags = ROW_RECALLED | ROW_OPEN                              \
	}

/* clang-format off */
static const struct grammar_row rows[] = {
	ROW("dials", "has started dialing a {text}", "has started dialing a VPN connection using a per-user connection profile named HQ. The connection settings are:",
	    "text=VPN connection using a per-user connection profile named HQ. The connection settings are:"),
	ROW("tries", "is trying to establish a link to the Remote Access Server for the connection named {text}",
	    "is trying to establish a link to the Remote Access Server for the connection named HQ using the following device:",
	    "text=HQ using the following device:"),
	ROW("linked", "has successfully established a link to the Remote Access Server {text}",
	    "has successfully established a link to the Remote Access Server using the following device:", "text=using the following device:"),
	ROW("up", "has dialed a connection named {text} to the Remote Access Server which has successfully connected.{? {reason}}",
	    "has dialed a connection named HQ to the Remote Access Server which has successfully connected. The connection parameters are:",
	    "text=HQ reason=The connection parameters are:"),
	ROW("ended", "dialed a connection named {text} which has terminated. The reason code returned on termination is {code}.",
	    "dialed a connection named HQ which has terminated. The reason code returned on termination is 631.", "text=HQ code=631"),
	ROW("failed", "dialed a connection named {text} which has failed. The error code returned on failure is {code}.",
	    "dialed a connection named HQ which has failed. The error code returned on failure is 691.", "text=HQ code=691"),
	ROW("refused", "connected from {address} but failed an authentication attempt due to the following reason: {reason}",
	    "connected from 198.51.100.23 but failed an authentication attempt due to the following reason: The remote connection was denied",
	    "address=198.51.100.23 reason=The remote connection was denied"),
	ROW("given", "connected on port {value:*} has been assigned address {address}",
	    "connected on port VPN2-99 has been assigned address 10.1.2.9", "value=VPN2-99 address=10.1.2.9"),
	ROW("gone", "connected on port {value:*} on {text} and disconnected on {reason}",
	    "connected on port VPN2-99 on 11/3/2023 at 8:14 AM and disconnected on 11/3/2023 at 8:20 AM. The reason for disconnecting was user request.",
	    "value=VPN2-99 text=11/3/2023 at 8:14 AM reason=11/3/2023 at 8:20 AM. The reason for disconnecting was user request."),
	PORT_ROW("ppp-error", "The following error occurred in the Point to Point Protocol module on port: {value:*}, UserName: {?<{state:*} User>}{?{user}}. {reason}",
		 "The following error occurred in the Point to Point Protocol module on port: VPN1-127, UserName: CORP\\eva. Negotiation timed out",
		 "value=VPN1-127 user=CORP\\eva reason=Negotiation timed out"),
	PORT_ROW("no-protocols", "The user {user} connected to port {value:*} has been disconnected because no network protocols were successfully {text}",
		 "The user CORP\\eva connected to port VPN1-13 has been disconnected because no network protocols were successfully negotiated.",
		 "user=CORP\\eva value=VPN1-13 text=negotiated."),
	PORT_ROW("not-proved", "The user {user} has connected and failed to authenticate on port {value:*}. The line has been disconnected.",
		 "The user CORP\\eva has connected and failed to authenticate on port VPN1-13. The line has been disconnected.", "user=CORP\\eva value=VPN1-13"),
	PORT_ROW("proved", "The user {user} has connected and has been successfully authenticated on port {value:*}.",
		 "The user CORP\\eva has connected and has been successfully authenticated on port VPN1-13.", "user=CORP\\eva value=VPN1-13"),
	PORT_ROW("too-slow", "The user connected to port {value:*} has been disconnected because the authentication process did not complete within the required amount of time.",
		 "The user connected to port VPN1-13 has been disconnected because the authentication process did not complete within the required amount of time.", "value=VPN1-13"),
	{.name = "rasclient.source", .pattern = "Source: {service:RasClient|RemoteAccess}",
	 .sample = "Source: RemoteAccess", .reading = "service=RemoteAccess", .kind = RECORD_SAID,
	 .topic = SAID_NOTHING, .flags = ROW_RECALLED},
	{.name = "rasclient.provider", .pattern = "ProviderName : {service:RasClient|RemoteAccess}",
	 .sample = "ProviderName : RasClient", .reading = "service=RasClient", .kind = RECORD_SAID,
	 .topic = SAID_NOTHING, .flags = ROW_RECALLED},
	{.name = "rasclient.created", .pattern = "TimeCreated : {value}", .sample = "TimeCreated : 9/14/2023 7:52:18 AM",
	 .reading = "value=9/14/2023 7:52:18 AM", .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_RECALLED},
	{.name = "rasclient.date", .pattern = "Date: {value}", .sample = "Date: 9/14/2023 7:52:18 AM",
	 .reading = "value=9/14/2023 7:52:18 AM", .kind = RECORD_SAID, .topic = SAID_NOTHING,
	 .flags = ROW_RECALLED | ROW_CONTEXT},
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

/* In its braces, or without. */
static struct str id_of(const struct spoken *line)
{
	struct str id = spoken_text(line, FIELD_REQUEST);

	if (id.len >= 2 && id.at[0] == '{')
		id = (struct str){id.at + 1, id.len - 2};
	return id;
}

static struct known_call *call_of(struct speech *s, const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	struct str id = id_of(line);
	bool is_nobody = !id.len || str_is(id, "NA"); /* each of them is another attempt */
	struct known_call *c;

	if (is_nobody && spoken_text(line, FIELD_VALUE).len)
		id = spoken_text(line, FIELD_VALUE);
	c = device_call_alias(d, id, is_nobody);
	if (c)
		return c;
	c = device_call_new(s, d, device_tunnel_new(s, d));
	call_set_alias(c, speech_keep(s, id));
	c->interface = arena_printf(s->names, "ras %.*s %zu", STR_ARG(id), is_nobody ? c->born : 0);
	return c;
}

static bool is_server(const struct spoken *line)
{
	static const char *const server[] = {
		"rasclient.refused",   "rasclient.given",        "rasclient.gone",
		"rasclient.ppp-error", "rasclient.not-proved",   "rasclient.proved",
		"rasclient.too-slow",  "rasclient.no-protocols",
	};

	for (size_t i = 0; i < sizeof(server) / sizeof(server[0]); i++)
		if (spoken_is(line, server[i]))
			return true;
	return false;
}

/* Windows is the client of a call, and the LAC of its tunnel, or the server. */
static void say_begin(struct speech *s, const struct spoken *line, struct known_call *c)
{
	struct event *e;

	if (c->is_begun)
		return;
	c->is_begun = true;
	e = speech_say_of(s, line, c, SAID_SESSION_NEW);
	speech_value(s, e, FIELD_SERVICE, is_server(line) ? STR("LNS") : STR("LAC"));
	if (spoken_is(line, "rasclient.refused"))
		speech_value(s, e, FIELD_ADDRESS, spoken_text(line, FIELD_ADDRESS));
	speech_value(s, e, FIELD_DIRECTION, STR("dialin"));
	speech_value(s, e, FIELD_PROTOCOL, STR("PPP"));
	e = speech_say_of(s, line, c, SAID_FORWARDED);
	speech_value(s, e, FIELD_USER, spoken_text(line, FIELD_USER));
}

static void say_state(struct speech *s, const struct spoken *line, const struct known_call *c,
		      const char *protocol)
{
	struct event *e = speech_say_of(s, line, c, SAID_CP_STATE);

	speech_value(s, e, FIELD_PROTOCOL, str_of(protocol));
	speech_value(s, e, FIELD_STATE, STR("Open"));
}

static void say_end(struct speech *s, const struct spoken *line, const struct known_call *c,
		    const struct ras_error *error)
{
	struct event *e =
		speech_say_of(s, line, c, error->is_judgement ? SAID_AAA : SAID_PPP_DISCONNECT);

	if (!error->is_judgement)
		speech_value(s, e, FIELD_REASON, str_of(error->words));
	else
		speech_value(s, e, FIELD_RESULT, STR("failed"));
	speech_value(s, e, FIELD_BY, str_of(error->by));
	e = speech_say_of(s, line, c, SAID_PPP_PHASE);
	speech_value(s, e, FIELD_PHASE, STR("down"));
}

/* `The reason for disconnecting was user request.`: of a call that was up. */
static void take_gone(struct speech *s, const struct spoken *line, struct known_call *c)
{
	static const char before[] = "reason for disconnecting was ";
	struct str text = spoken_text(line, FIELD_REASON);
	size_t at = str_find(text, str_of(before)), end;
	struct event *e;

	say_begin(s, line, c);
	say_state(s, line, c, "IPCP");
	e = speech_say_of(s, line, c, SAID_PPP_PHASE);
	speech_value(s, e, FIELD_PHASE, STR("terminating"));
	if (at != SIZE_MAX) {
		text = str_from(text, at + sizeof(before) - 1);
		end = str_find(text, STR("."));
		text.len = end < text.len ? end : text.len;
		speech_value(s, e, FIELD_REASON, text);
		if (str_is(text, "user request"))
			speech_value(s, e, FIELD_BY, STR("peer"));
	}
	e = speech_say_of(s, line, c, SAID_PPP_PHASE);
	speech_value(s, e, FIELD_PHASE, STR("down"));
}

static void say_down(struct speech *s, const struct spoken *line, struct known_call *c)
{
	struct event *e = speech_say_of(s, line, c, SAID_PPP_PHASE);

	speech_value(s, e, FIELD_PHASE, STR("down"));
	c->is_closed = true;
}

static void say_judged(struct speech *s, const struct spoken *line, const struct known_call *c,
		       const char *result)
{
	struct event *e = speech_say_of(s, line, c, SAID_AAA);

	speech_value(s, e, FIELD_RESULT, str_of(result));
	speech_value(s, e, FIELD_BY, STR("this-end"));
	if (spoken_text(line, FIELD_REASON).len)
		speech_value(s, e, FIELD_TEXT, spoken_text(line, FIELD_REASON));
}

/* The server judged name and password. */
static void take_refused(struct speech *s, const struct spoken *line, struct known_call *c)
{
	say_begin(s, line, c);
	say_judged(s, line, c, "failed");
	say_down(s, line, c);
}

static void take_proved(struct speech *s, const struct spoken *line, struct known_call *c)
{
	say_begin(s, line, c);
	say_state(s, line, c, "LCP");
	say_judged(s, line, c, "succeeded");
}

enum { BY_POLICY = 812 }; /* authentication that the server does not take */

/* The server's PPP ends a connection: why, in the words of an error or of the event. */
static void take_ended_by_server(struct speech *s, const struct spoken *line, struct known_call *c)
{
	struct str reason = spoken_text(line, FIELD_REASON);
	const struct ras_error *error = ras_error_of_text(reason);
	size_t end = str_find(reason, STR(". ")); /* what follows says whom to ask */
	struct event *e;

	reason.len = end < reason.len ? end : reason.len;
	if (error && error->is_judgement) {
		take_refused(s, line, c);
		return;
	}
	if (error)
		reason = str_of(error->words);
	if (spoken_is(line, "rasclient.no-protocols"))
		reason = STR("no network protocols were successfully negotiated");
	if (spoken_is(line, "rasclient.too-slow"))
		reason = STR("authentication did not complete in time");
	say_begin(s, line, c);
	if (spoken_is(line, "rasclient.no-protocols") || (error && error->code == BY_POLICY))
		say_state(s, line, c, "LCP");
	e = speech_say_of(s, line, c, SAID_PPP_DISCONNECT);
	speech_value(s, e, FIELD_REASON, reason);
	if (error && str_is(str_of(error->by), "peer"))
		speech_value(s, e, FIELD_BY,
			     str_of(error->code == BY_POLICY ? "this-end" : "peer"));
	say_down(s, line, c);
}

static const char *const programs[] = {NULL};

/* The time of an event, which stands in a line before its words. */
struct rasclient {
	struct moment when;
	char stamp[32];
};

/* True when that was the line. */
static bool take_date(struct speech *s, struct rasclient *r, const struct spoken *line)
{
	struct prefix p;
	struct str text = spoken_text(line, FIELD_VALUE);

	if (line->record.row->topic != SAID_NOTHING)
		return false;
	if (spoken_is(line, "rasclient.date") || spoken_is(line, "rasclient.created")) {
		prefix_read(arena_printf(s->arena, "%.*s ", STR_ARG(text)), 0, programs, &p);
		r->when = p.when;
		str_keep(r->stamp, sizeof(r->stamp), p.stamp);
	} else if (spoken_is(line, "rasclient.source")) {
		*r = (struct rasclient){0}; /* another event */
	}
	speech_say(s, line, SAID_NOTHING);
	return true;
}

static void take_event(struct speech *s, const struct spoken *line)
{
	bool ends = spoken_is(line, "rasclient.failed") || spoken_is(line, "rasclient.ended");
	const struct ras_error *error =
		ends ? ras_error_find(spoken_number(line, FIELD_CODE)) : NULL;
	struct ras_error other = {.by = ""};
	struct known_call *c = call_of(s, line);
	struct event *e;

	/* whatever ended it, it was up */
	if (spoken_is(line, "rasclient.ended") && !error) {
		other.code = spoken_number(line, FIELD_CODE);
		other.words = arena_printf(s->arena, "ended with code %u", other.code).at;
		error = &other;
	}
	if (ends && error) {
		say_begin(s, line, c);
		if (spoken_is(line, "rasclient.ended"))
			say_state(s, line, c, "IPCP");
		say_end(s, line, c, error);
	} else if (spoken_is(line, "rasclient.refused") ||
		   spoken_is(line, "rasclient.not-proved")) {
		take_refused(s, line, c);
	} else if (spoken_is(line, "rasclient.proved")) {
		take_proved(s, line, c);
	} else if (spoken_is(line, "rasclient.ppp-error") ||
		   spoken_is(line, "rasclient.no-protocols") ||
		   spoken_is(line, "rasclient.too-slow")) {
		take_ended_by_server(s, line, c);
	} else if (spoken_is(line, "rasclient.gone")) {
		take_gone(s, line, c);
	} else if (spoken_is(line, "rasclient.up") || spoken_is(line, "rasclient.given")) {
		say_begin(s, line, c);
		say_state(s, line, c, "LCP");
		say_state(s, line, c, "IPCP");
	} else if (ends && ras_error_below(spoken_number(line, FIELD_CODE))) {
		e = speech_say(s, line, SAID_BELOW);
		e->said.n_values = 0;
		speech_value(s, e, FIELD_REASON,
			     str_of(ras_error_below(spoken_number(line, FIELD_CODE))));
	} else {
		/* a code that may mean anything below L2TP makes no call of it */
		speech_say(s, line, SAID_OTHER);
	}
}

static void take(struct speech *s, void *state, const struct spoken *line)
{
	struct rasclient *r = state;
	struct spoken dated = *line;

	if (take_date(s, r, line))
		return;
	if (!moment_known(dated.record.when) && moment_known(r->when)) {
		dated.record.when = r->when;
		dated.record.stamp = str_of(r->stamp);
	}
	take_event(s, &dated);
}

static const char *const heads[] = {"CoId={", "CoID={", "Message ",
				    "The following error occurred in the Point", NULL};

const struct daemon_dialect daemon_rasclient = {
	.name = "rasclient",
	.programs = programs,
	.heads = heads,
	.tables = &table,
	.state_size = sizeof(struct rasclient),
	.take = take,
};
