/* Cisco ASA and PIX: what their syslog says of L2TP clients. No message is printed; a session is
 * told when it is up, when its tunnel goes, and then why (113019). Tunnel ids are the firewall's
 * own numbers. What AAA says is of whatever VPN asked, so no call is made of it. */
#include "character.h"
#include "speech.h"

#define HEAD "{?{host:*} }{?: }%{facility:ASA|PIX|FWSM}-{?session-}{code}-"
#define ROW(name_, pattern_, sample_, reading_, topic_, means_)                                    \
	{                                                                                          \
		.name = "asa." name_, .pattern = HEAD pattern_, .sample = (sample_),               \
		.reading = (reading_), .kind = RECORD_SAID, .topic = (topic_), .means = (means_)   \
	}

/* clang-format off */
static const struct grammar_row rows[] = {
	ROW("created", "603106: L2TP Tunnel created, tunnel_id is {tunnel}, remote_peer_ip is {address}, ppp_virtual_interface_id is {count}, client_dynamic_ip is {address2}, username is {user}",
	    "%ASA-6-603106: L2TP Tunnel created, tunnel_id is 9, remote_peer_ip is 203.0.113.77, ppp_virtual_interface_id is 1, client_dynamic_ip is 10.20.30.5, username is paul",
	    "facility=ASA code=6 tunnel=9 address=203.0.113.77 count=1 address2=10.20.30.5 user=paul", SAID_SESSION_NEW,
	    "an L2TP client is in: it has a name and an address"),
	ROW("deleted", "603107: L2TP Tunnel deleted, tunnel_id = {tunnel}, remote_peer_ip = {address}",
	    "%ASA-6-603107: L2TP Tunnel deleted, tunnel_id = 9, remote_peer_ip = 203.0.113.77",
	    "facility=ASA code=6 tunnel=9 address=203.0.113.77", SAID_PPP_DISCONNECT, NULL),
	ROW("disconnected", "113019: Group = {name}, Username = {user}, IP = {address}, Session disconnected. Session Type: {service:L2TPOverIPsecOverNatT|L2TPOverIPSecOverNatT|L2TPOverIPsec|L2TPOverIPSec|L2TPOverIPsecOverTCP}, Duration: {value:*}, Bytes xmt: {length}, Bytes rcv: {value-decimal}, Reason: {reason}",
	    "%ASA-4-113019: Group = DefaultRAGroup, Username = paul, IP = 203.0.113.77, Session disconnected. Session Type: L2TPOverIPsecOverNatT, Duration: 0h:03m:17s, Bytes xmt: 15732, Bytes rcv: 20118, Reason: User Requested",
	    "facility=ASA code=4 name=DefaultRAGroup user=paul address=203.0.113.77 service=L2TPOverIPsecOverNatT value=0h:03m:17s length=15732 value-decimal=20118 reason=User Requested", SAID_PPP_DISCONNECT,
	    "why a session ended, how long it lasted, and its octets"),
	ROW("rejected", "{count:#}: AAA user authentication Rejected : reason = {reason}",
	    "%ASA-6-113015: AAA user authentication Rejected : reason = Invalid password : local database : user = paul : user IP = 203.0.113.77",
	    "facility=ASA code=6 count=113015 reason=Invalid password : local database : user = paul : user IP = 203.0.113.77", SAID_OTHER,
	    "not normal: a user was rejected; by which kind of VPN is not said"),
	ROW("accepted", "{count:#}: AAA user authentication Successful : {text}",
	    "%ASA-6-113012: AAA user authentication Successful : local database : user = paul",
	    "facility=ASA code=6 count=113012 text=local database : user = paul", SAID_OTHER, NULL),
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

enum { CLIENTS = 64 };

/* A session that was told to be up: 113019 names no tunnel. */
struct client {
	struct str interface, user, address;
};

struct asa {
	struct client clients[CLIENTS];
	size_t n;
};

static struct client *client_of(struct asa *x, struct str user, struct str address)
{
	for (size_t i = 0; i < x->n && i < CLIENTS; i++)
		if (str_equal(x->clients[i].user, user) &&
		    str_equal(x->clients[i].address, address))
			return &x->clients[i];
	return NULL;
}

/* Of one client there is one session: the address of a NAT may be that of several. */
static struct str interface_of(struct speech *s, struct asa *x, const struct spoken *line)
{
	struct str user = spoken_text(line, FIELD_USER), address = spoken_text(line, FIELD_ADDRESS);
	struct client *c;

	if (spoken_is(line, "asa.disconnected")) {
		c = client_of(x, user, address);
		return c ? c->interface : address;
	}
	if (spoken_is(line, "asa.deleted"))
		return arena_printf(s->arena, "%.*s/%u", STR_ARG(address),
				    spoken_number(line, FIELD_TUNNEL));
	c = client_of(x, user, address);
	if (!c)
		c = &x->clients[x->n++ % CLIENTS];
	c->user = speech_keep(s, user);
	c->address = speech_keep(s, address);
	c->interface = speech_keep(s, arena_printf(s->arena, "%.*s/%u", STR_ARG(address),
						   spoken_number(line, FIELD_TUNNEL)));
	return c->interface;
}

/* `0h:03m:17s`, also with days before it */
static struct str duration(struct speech *s, struct str text)
{
	static const struct {
		char unit;
		unsigned seconds;
	} units[] = {{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};
	unsigned long long total = 0, n = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (char_is_digit(text.at[i]) && n < 1000000)
			n = n * 10 + (unsigned)(text.at[i] - '0');
		for (size_t k = 0; k < sizeof(units) / sizeof(units[0]); k++)
			if (text.at[i] == units[k].unit)
				total += n * units[k].seconds;
		if (!char_is_digit(text.at[i]))
			n = 0;
	}
	return arena_printf(s->arena, "%llu", total);
}

static struct event *say(struct speech *s, const struct spoken *line, enum topic topic,
			 struct str interface)
{
	struct event *e = speech_say(s, line, topic);

	e->said.n_values = 0;
	e->interface = interface;
	address_parse(spoken_text(line, FIELD_ADDRESS), &e->to.address);
	e->l2tp.is_present = true;
	e->l2tp.version = 2;
	return e;
}

/* The firewall is the LNS, and who comes is up already. */
static void take_created(struct speech *s, const struct spoken *line, struct str interface)
{
	struct event *e = say(s, line, SAID_SESSION_NEW, interface);

	speech_value(s, e, FIELD_SERVICE, STR("LNS"));
	speech_value(s, e, FIELD_DIRECTION, STR("dialin"));
	speech_value(s, e, FIELD_STATUS, STR("connected"));
	speech_value(s, e, FIELD_PROTOCOL, STR("PPP"));
	e = say(s, line, SAID_CLONED, interface);
	speech_value(s, e, FIELD_USER, spoken_text(line, FIELD_USER));
	e = say(s, line, SAID_ROUTE, interface);
	speech_value(s, e, FIELD_ACTION, STR("install"));
	speech_value(s, e, FIELD_ADDRESS, spoken_text(line, FIELD_ADDRESS2));
	e = say(s, line, SAID_CP_STATE, interface);
	speech_value(s, e, FIELD_PROTOCOL, STR("IPCP"));
	speech_value(s, e, FIELD_STATE, STR("Open"));
}

static void take(struct speech *s, void *state, const struct spoken *line)
{
	struct asa *x = state;
	enum topic topic = line->record.row->topic;
	struct str interface;
	struct event *e;

	if (topic == SAID_OTHER) {
		speech_say(s, line, topic);
		return;
	}
	interface = interface_of(s, x, line);
	if (topic == SAID_SESSION_NEW) {
		take_created(s, line, interface);
		return;
	}
	e = say(s, line, topic, interface);
	if (topic == SAID_PPP_DISCONNECT && spoken_is(line, "asa.deleted")) {
		speech_value(s, e, FIELD_REASON, STR("tunnel deleted")); /* 113019 says why */
		e = say(s, line, SAID_LINK, interface);
		speech_value(s, e, FIELD_STATUS, STR("down"));
		return;
	}
	speech_value(s, e, FIELD_REASON, spoken_text(line, FIELD_REASON));
	speech_value(s, e, FIELD_BY,
		     str_starts(spoken_text(line, FIELD_REASON), "User") ? STR("peer")
									 : STR("this-end"));
	speech_value(s, e, FIELD_USER, spoken_text(line, FIELD_USER));
	e = say(s, line, SAID_USAGE, interface);
	speech_value(s, e, FIELD_SECONDS, duration(s, spoken_text(line, FIELD_VALUE)));
	speech_value(s, e, FIELD_COUNT, spoken_text(line, FIELD_LENGTH));
	speech_value(s, e, FIELD_VALUE_DECIMAL, spoken_text(line, FIELD_VALUE_DECIMAL));
}

static const char *const programs[] = {NULL};

const struct daemon_dialect daemon_asa = {
	.name = "asa",
	.programs = programs,
	.tables = &table,
	.state_size = sizeof(struct asa),
	.take = take,
};
