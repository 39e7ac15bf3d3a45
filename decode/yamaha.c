/* Yamaha RT and RTX routers: syslog of L2TP clients (`TUNNEL[1]`) and of the PPP that they serve or
 * dial (`PP[ANONYMOUS01]`, `PP[01]`, `PPPOE[01]`). No line names a tunnel and its PP together: the
 * PP that takes a call next is that of the session that has waited for one longest. */
#include "speech.h"

#define TUNNEL "[L2TP] TUNNEL[{code}] "
#define PP     "PP[{interface:*}] "

/* clang-format off */
static const struct grammar_row rows[] = {
	{.name = "yamaha.connected", .pattern = TUNNEL "connected from {address}",
	 .sample = "[L2TP] TUNNEL[1] connected from 198.51.100.7", .reading = "code=1 address=198.51.100.7",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "yamaha.tunnel", .pattern = TUNNEL "tunnel {tunnel} established",
	 .sample = "[L2TP] TUNNEL[1] tunnel 46546 established", .reading = "code=1 tunnel=46546",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_RECALLED},
	{.name = "yamaha.session", .pattern = TUNNEL "session {session} established",
	 .sample = "[L2TP] TUNNEL[1] session 6544 established", .reading = "code=1 session=6544",
	 .kind = RECORD_SAID, .topic = SAID_SESSION_NEW, .flags = ROW_RECALLED},
	{.name = "yamaha.session-gone", .pattern = TUNNEL "disconnect session {session} complete",
	 .sample = "[L2TP] TUNNEL[1] disconnect session 6544 complete", .reading = "code=1 session=6544",
	 .kind = RECORD_SAID, .topic = SAID_LINK, .flags = ROW_RECALLED},
	{.name = "yamaha.tunnel-gone", .pattern = TUNNEL "disconnect tunnel {tunnel} complete",
	 .sample = "[L2TP] TUNNEL[1] disconnect tunnel 46546 complete", .reading = "code=1 tunnel=46546",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_RECALLED},
	{.name = "yamaha.detected", .pattern = PP "Call detected from user '{user}'",
	 .sample = "PP[ANONYMOUS01] Call detected from user 'petra'", .reading = "interface=ANONYMOUS01 user=petra",
	 .kind = RECORD_SAID, .topic = SAID_PPP_PHASE,
	 .means = "the client has said its name; whether it is let in comes later"},
	{.name = "yamaha.layer", .pattern = PP "PPP/{protocol:LCP|IPCP|IPV6CP|CCP} {status:up|down}{? ({text}}",
	 .sample = "PP[01] PPP/IPCP up  (Local: None, Remote: 203.0.113.2)",
	 .reading = "interface=01 protocol=IPCP status=up text=Local: None, Remote: 203.0.113.2)",
	 .kind = RECORD_SAID, .topic = SAID_CP_STATE},
	{.name = "yamaha.address", .pattern = PP "{by:Local|Remote} PP IP address {address}",
	 .sample = "PP[01] Local  PP IP address 203.0.113.1", .reading = "interface=01 by=Local address=203.0.113.1",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "yamaha.packet", .pattern = PP "{direction:RECV|SEND} {protocol:LCP|PAP|CHAP|IPCP|IPV6CP|CCP} {text} in {state:*}",
	 .sample = "PP[01] RECV CHAP Failure in CS_OPEN/SS_CLOSED",
	 .reading = "interface=01 direction=RECV protocol=CHAP text=Failure state=CS_OPEN/SS_CLOSED",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "yamaha.pppoe", .pattern = "PPPOE[{interface:*}] PPPoE Connect",
	 .sample = "PPPOE[01] PPPoE Connect", .reading = "interface=01",
	 .kind = RECORD_SAID, .topic = SAID_PPP_PHASE, .means = "it has a PPPoE session, and PPP begins"},
	{.name = "yamaha.pppoe-gone", .pattern = "PPPOE[{interface:*}] Disconnected{?, cause [{reason}]}",
	 .sample = "PPPOE[01] Disconnected, cause [PPP: Authentication failed]",
	 .reading = "interface=01 reason=PPP: Authentication failed",
	 .kind = RECORD_SAID, .topic = SAID_LINK},
	{.name = "yamaha.ip-tunnel", .pattern = "IP Tunnel[{code}] {status:Up|Down}",
	 .sample = "IP Tunnel[1] Up", .reading = "code=1 status=Up",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .means = "the interface of the tunnel, whatever carries it"},
	{.name = "yamaha.ike", .pattern = "[IKE] {action:initiate|respond} {name:ISAKMP|IPsec} phase to {address}{? ({text})}",
	 .sample = "[IKE] initiate ISAKMP phase to 203.0.113.2 (local address 192.168.1.1)",
	 .reading = "action=initiate name=ISAKMP address=203.0.113.2 text=local address 192.168.1.1",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "yamaha.repeated", .pattern = "same message repeated {count} times",
	 .sample = "same message repeated 3 times", .reading = "count=3",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_CONTEXT},
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

enum { TUNNELS = 64, WAITING = 16 };

struct yamaha {
	struct address from[TUNNELS]; /* who asked for it last; tunnel 1 at 1 */
	struct {
		struct known_call *call;
		struct moment since;
	} waiting[WAITING]; /* sessions that have no PP yet, the oldest first */
	size_t n_waiting;
};

static void waiting_drop(struct yamaha *y)
{
	y->n_waiting--;
	memmove(y->waiting, y->waiting + 1, y->n_waiting * sizeof(y->waiting[0]));
}

static void waiting_add(struct yamaha *y, struct known_call *c, struct moment when)
{
	if (y->n_waiting == WAITING)
		waiting_drop(y);
	y->waiting[y->n_waiting].call = c;
	y->waiting[y->n_waiting++].since = when;
}

/* The session that a PP of that time is of; NULL: the log does not show it. */
static struct known_call *waiting_take(struct yamaha *y, struct moment now)
{
	static const int64_t longest_ns = INT64_C(60) * 1000000000; /* who says nothing is gone */

	while (y->n_waiting) {
		struct known_call *c = y->waiting[0].call;
		struct moment since = y->waiting[0].since;
		bool is_late = moment_known(now) && moment_known(since) &&
			       moment_minus(now, since) > longest_ns;

		waiting_drop(y);
		if (!c->is_closed && !is_late)
			return c;
	}
	return NULL;
}

static void take_session(struct speech *s, struct yamaha *y, const struct spoken *line)
{
	uint32_t number = spoken_number(line, FIELD_CODE);
	struct known_call *c = device_call_new(s, speech_device(s, line), NULL);
	struct event *e;

	call_set_local(c, spoken_number(line, FIELD_SESSION));
	c->interface = arena_printf(s->names, "l2tp%u/%u", number, c->local);
	waiting_add(y, c, line->record.when);
	e = speech_say_of(s, line, c, SAID_SESSION_NEW);
	if (number < TUNNELS)
		e->to.address = y->from[number];
	speech_value(s, e, FIELD_SERVICE, STR("LNS"));
	speech_value(s, e, FIELD_DIRECTION, STR("dialin"));
	speech_value(s, e, FIELD_STATUS, STR("connected"));
}

/* The call of `PP[ANONYMOUS01]`, or the PPPoE link of `PP[01]`; `begins`: a new one. */
static struct known_call *call_of(struct speech *s, struct yamaha *y, const struct spoken *line,
				  bool begins)
{
	struct device *d = speech_device(s, line);
	struct str pp = spoken_text(line, FIELD_INTERFACE);
	struct known_call *c = device_call_alias(d, pp, true), *waiting = NULL;

	if (c && !begins)
		return c;
	if (c)
		c->is_closed = true;
	if (spoken_is(line, "yamaha.detected"))
		waiting = waiting_take(y, line->record.when);
	if (waiting) {
		c = waiting;
	} else {
		bool serves = str_starts(pp, "ANONYMOUS");

		c = device_call_new(s, d, NULL);
		c->interface = arena_printf(s->names, "%s%.*s-%zu", serves ? "l2tp" : "pppoe",
					    STR_ARG(pp), d->n_known);
		c->is_lns = serves;
		if (serves) /* the log begins behind its session */
			speech_value(s, speech_say_of(s, line, c, SAID_SESSION_NEW), FIELD_SERVICE,
				     STR("LNS"));
	}
	call_set_alias(c, speech_keep(s, pp));
	return c;
}

static void take_layer(struct speech *s, const struct spoken *line, const struct known_call *c)
{
	bool is_up = str_is(spoken_text(line, FIELD_STATUS), "up");
	struct event *e = speech_say_of(s, line, c, SAID_CP_STATE);

	speech_value(s, e, FIELD_PROTOCOL, spoken_text(line, FIELD_PROTOCOL));
	speech_value(s, e, is_up ? FIELD_STATE : FIELD_BEFORE, STR("Open"));
}

/* `RECV CHAP Failure in …`, `SEND PAP AuthNak in …`: who judged whom. */
static void take_packet(struct speech *s, const struct spoken *line, const struct known_call *c)
{
	struct str text = spoken_text(line, FIELD_TEXT);
	bool is_auth = str_is(spoken_text(line, FIELD_PROTOCOL), "CHAP") ||
		       str_is(spoken_text(line, FIELD_PROTOCOL), "PAP");
	bool failed = str_is(text, "Failure") || str_is(text, "AuthNak");
	bool passed = str_is(text, "Success") || str_is(text, "AuthAck");
	struct event *e =
		speech_say_of(s, line, c, is_auth && (failed || passed) ? SAID_AAA : SAID_OTHER);

	if (e->said.topic == SAID_OTHER)
		return;
	speech_value(s, e, FIELD_PROTOCOL, spoken_text(line, FIELD_PROTOCOL));
	speech_value(s, e, FIELD_RESULT, failed ? STR("failed") : STR("succeeded"));
	speech_value(s, e, FIELD_BY,
		     str_is(spoken_text(line, FIELD_DIRECTION), "RECV") ? STR("peer")
									: STR("this-end"));
}

static void take_end(struct speech *s, const struct spoken *line, struct known_call *c)
{
	struct str reason = spoken_text(line, FIELD_REASON);
	struct event *e;

	if (reason.len)
		speech_value(s, speech_say_of(s, line, c, SAID_PPP_DISCONNECT), FIELD_REASON,
			     reason);
	e = speech_say_of(s, line, c, SAID_LINK);
	speech_value(s, e, FIELD_STATUS, STR("down"));
	speech_value(s, e, FIELD_REASON, STR("disconnected"));
	c->is_closed = true;
}

static void take(struct speech *s, void *state, const struct spoken *line)
{
	struct yamaha *y = state;
	uint32_t number = spoken_number(line, FIELD_CODE);
	struct known_call *c;
	struct event *e;

	if (spoken_is(line, "yamaha.session")) {
		take_session(s, y, line);
		return;
	}
	if (spoken_is(line, "yamaha.session-gone")) {
		c = device_call(speech_device(s, line), NULL, spoken_number(line, FIELD_SESSION));
		if (c && !c->is_closed)
			take_end(s, line, c);
		return;
	}
	if (!spoken_text(line, FIELD_INTERFACE).len) {
		if (spoken_is(line, "yamaha.connected") && number < TUNNELS)
			address_parse(spoken_text(line, FIELD_ADDRESS), &y->from[number]);
		speech_say(s, line, line->record.row->topic);
		return;
	}
	c = call_of(s, y, line,
		    spoken_is(line, "yamaha.detected") || spoken_is(line, "yamaha.pppoe"));
	if (spoken_is(line, "yamaha.detected") || spoken_is(line, "yamaha.pppoe")) {
		e = speech_say_of(s, line, c, SAID_PPP_PHASE);
		speech_value(s, e, FIELD_PHASE, STR("establishing"));
		if (spoken_text(line, FIELD_USER).len)
			speech_value(s, e, FIELD_USER, spoken_text(line, FIELD_USER));
	} else if (spoken_is(line, "yamaha.layer")) {
		take_layer(s, line, c);
	} else if (spoken_is(line, "yamaha.packet")) {
		take_packet(s, line, c);
	} else if (spoken_is(line, "yamaha.pppoe-gone")) {
		take_end(s, line, c);
	} else {
		speech_say_of(s, line, c, SAID_OTHER);
	}
}

static const char *const programs[] = {NULL};
static const char *const heads[] = {"[L2TP] TUNNEL[", "PP[", "PPPOE[", NULL};

const struct daemon_dialect daemon_yamaha = {
	.name = "yamaha",
	.programs = programs,
	.heads = heads,
	.tables = &table,
	.state_size = sizeof(struct yamaha),
	.take = take,
};
