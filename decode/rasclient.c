/* Windows as a client: RasClient's events 20221 to 20227 (Event Viewer, wevtutil, Get-WinEvent).
 * Each names its attempt by an id; of the protocol below only the error code tells. Rows are
 * recalled. */
#include "speech.h"

#define ROW(name_, pattern_, sample_, reading_)                                                    \
	{                                                                                          \
		.name = "rasclient." name_,                                                        \
		.pattern = "{?Message : }CoId={{{request:*}}}: The user {user} " pattern_,         \
		.sample = "CoId={5B6A2E0E-0000-0001}: The user CORP\\eva " sample_,                \
		.reading = "request=5B6A2E0E-0000-0001 user=CORP\\eva " reading_,                  \
		.kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_RECALLED                    \
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
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

/* raserror.h, as far as one code means one thing. `by`: who judged or ended it. */
static const struct ras_error {
	uint32_t code;
	const char *words, *by; /* NULL words: the peer judged name and password */
} errors[] = {
	{629, "disconnected by the remote computer (629)", "peer"},
	{631, "disconnected by the user (631)", "this-end"},
	{646, NULL, "peer"}, /* not at this time of day */
	{647, NULL, "peer"}, /* account disabled */
	{648, NULL, "peer"}, /* password expired */
	{649, NULL, "peer"}, /* no dial-in permission */
	{691, NULL, "peer"}, /* name or password */
	{720, "no network protocols in common (720)", ""},
	{735, "not authorized to use remote address: the requested one was rejected (735)", "peer"},
	{741, "encryption required, and this computer has none such (741)", "this-end"},
	{742, "encryption required, and the server has none such (742)", "this-end"},
	{809, "the server does not respond (809): it, IKE, or a filter on the way", ""},
	{828, "idle timeout (828)", "this-end"},
};

static const struct ras_error *error_of(const struct spoken *line)
{
	uint32_t code = spoken_number(line, FIELD_CODE);

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].code == code)
			return &errors[i];
	return NULL;
}

static struct known_call *call_of(struct speech *s, const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	struct str id = spoken_text(line, FIELD_REQUEST);
	struct known_call *c = device_call_alias(d, id, false);

	if (c)
		return c;
	c = device_call_new(s, d, device_tunnel_new(s, d));
	call_set_alias(c, speech_keep(s, id));
	c->interface = arena_printf(s->names, "ras %.*s", STR_ARG(id));
	return c;
}

static struct event *say(struct speech *s, const struct spoken *line, const struct known_call *c,
			 enum topic topic)
{
	struct event *e = speech_say(s, line, topic);

	e->said.n_values = 0;
	e->interface = c->interface;
	e->l2tp.is_present = true;
	e->l2tp.version = 2;
	return e;
}

/* Windows is the client of a call, and the LAC of its tunnel. */
static void say_begin(struct speech *s, const struct spoken *line, struct known_call *c)
{
	struct event *e;

	if (c->is_begun)
		return;
	c->is_begun = true;
	e = say(s, line, c, SAID_SESSION_NEW);
	speech_value(s, e, FIELD_SERVICE, STR("LAC"));
	speech_value(s, e, FIELD_DIRECTION, STR("dialin"));
	speech_value(s, e, FIELD_PROTOCOL, STR("PPP"));
	e = say(s, line, c, SAID_FORWARDED);
	speech_value(s, e, FIELD_USER, spoken_text(line, FIELD_USER));
}

static void say_state(struct speech *s, const struct spoken *line, const struct known_call *c,
		      const char *protocol)
{
	struct event *e = say(s, line, c, SAID_CP_STATE);

	speech_value(s, e, FIELD_PROTOCOL, str_of(protocol));
	speech_value(s, e, FIELD_STATE, STR("Open"));
}

static void say_end(struct speech *s, const struct spoken *line, const struct known_call *c,
		    const struct ras_error *error)
{
	struct event *e = say(s, line, c, error->words ? SAID_PPP_DISCONNECT : SAID_AAA);

	if (error->words)
		speech_value(s, e, FIELD_REASON, str_of(error->words));
	else
		speech_value(s, e, FIELD_RESULT, STR("failed"));
	speech_value(s, e, FIELD_BY, str_of(error->by));
	e = say(s, line, c, SAID_PPP_PHASE);
	speech_value(s, e, FIELD_PHASE, STR("down"));
}

static void take(struct speech *s, void *state, const struct spoken *line)
{
	bool ends = spoken_is(line, "rasclient.failed") || spoken_is(line, "rasclient.ended");
	const struct ras_error *error = ends ? error_of(line) : NULL;
	struct known_call *c = call_of(s, line);

	(void)state;
	if (ends && error) {
		say_begin(s, line, c);
		if (spoken_is(line, "rasclient.ended"))
			say_state(s, line, c, "IPCP");
		say_end(s, line, c, error);
	} else if (spoken_is(line, "rasclient.up")) {
		say_begin(s, line, c);
		say_state(s, line, c, "LCP");
		say_state(s, line, c, "IPCP");
	} else {
		/* a code that may mean anything below L2TP makes no call of it */
		speech_say(s, line, SAID_OTHER);
	}
}

static const char *const programs[] = {NULL};

const struct daemon_dialect daemon_rasclient = {
	.name = "rasclient",
	.programs = programs,
	.tables = &table,
	.take = take,
};
