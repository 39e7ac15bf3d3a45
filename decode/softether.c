/* SoftEther VPN Server: its sentences about PPP sessions of L2TP clients, and those of its Virtual
 * Hubs about their users (its security log has these alone). No L2TP id is ever printed; a session
 * is its client's address and port. Rows are recalled but for the head. */
#include "speech.h"

#define HEAD "{domain:L2TP|PPTP|SSTP} PPP Session [{address}:{port}]: "
#define HUB  "[HUB \"{name}\"] "
#define ROW(name_, pattern_, sample_, reading_, topic_)                                            \
	{                                                                                          \
		.name = "softether." name_, .pattern = HEAD pattern_, .sample = (sample_),         \
		.reading = (reading_), .kind = RECORD_SAID, .topic = (topic_),                     \
		.flags = ROW_RECALLED                                                              \
	}

/* clang-format off */
static const struct grammar_row rows[] = {
	ROW("started", "A new PPP session (Upper protocol: {service}) is started. IP Address of PPP Client: {address2} (Hostname: \"{name}\"), {text}",
	    "L2TP PPP Session [192.0.2.7:1701]: A new PPP session (Upper protocol: L2TP) is started. IP Address of PPP Client: 192.0.2.7 (Hostname: \"pc\"), Port Number of PPP Client: 1701",
	    "domain=L2TP address=192.0.2.7 port=1701 service=L2TP address2=192.0.2.7 name=pc text=Port Number of PPP Client: 1701", SAID_SESSION_NEW),
	ROW("assigned", "An IP address is assigned. IP Address of Client: {address2}{?, {text}}",
	    "L2TP PPP Session [192.0.2.7:1701]: An IP address is assigned. IP Address of Client: 10.9.0.4, Subnet Mask: 255.255.255.0",
	    "domain=L2TP address=192.0.2.7 port=1701 address2=10.9.0.4 text=Subnet Mask: 255.255.255.0", SAID_ADDRESS),
	ROW("configured", "The IP address and other network information parameters are set successfully. IP Address of Client: {address2}{?, {text}}",
	    "L2TP PPP Session [192.0.2.7:1701]: The IP address and other network information parameters are set successfully. IP Address of Client: 10.9.0.4, Subnet Mask: 255.255.255.0",
	    "domain=L2TP address=192.0.2.7 port=1701 address2=10.9.0.4 text=Subnet Mask: 255.255.255.0", SAID_CP_STATE),
	ROW("dhcp", "Trying to request an IP address from the DHCP server.",
	    "L2TP PPP Session [192.0.2.7:1701]: Trying to request an IP address from the DHCP server.",
	    "domain=L2TP address=192.0.2.7 port=1701", SAID_OTHER),
	ROW("refused", "{?{protocol:PAP|CHAP|MS-CHAP v2|MS-CHAPv2|EAP} }{?({value}) }user authentication failed.{? {text}}",
	    "L2TP PPP Session [192.0.2.7:1701]: PAP (Password authentication protocol) user authentication failed.",
	    "domain=L2TP address=192.0.2.7 port=1701 protocol=PAP value=Password authentication protocol", SAID_AAA),
	ROW("broken", "A PPP protocol error occurred, or the PPP session {?has been}{?was} disconnected.",
	    "L2TP PPP Session [192.0.2.7:1701]: A PPP protocol error occurred, or the PPP session has been disconnected.",
	    "domain=L2TP address=192.0.2.7 port=1701", SAID_LINK),
	ROW("upper", "The PPP session is disconnected because the upper-layer protocol \"{service}\" has been disconnected.",
	    "L2TP PPP Session [192.0.2.7:1701]: The PPP session is disconnected because the upper-layer protocol \"L2TP\" has been disconnected.",
	    "domain=L2TP address=192.0.2.7 port=1701 service=L2TP", SAID_PPP_DISCONNECT),
	ROW("disconnected", "The PPP session is disconnected.",
	    "L2TP PPP Session [192.0.2.7:1701]: The PPP session is disconnected.",
	    "domain=L2TP address=192.0.2.7 port=1701", SAID_LINK),
	ROW("no-dhcp", "Acquiring an IP address from the DHCP server failed.{? {text}}",
	    "L2TP PPP Session [192.0.2.7:1701]: Acquiring an IP address from the DHCP server failed. To accept a PPP session, you need to have a DHCP server.",
	    "domain=L2TP address=192.0.2.7 port=1701 text=To accept a PPP session, you need to have a DHCP server.", SAID_PPP_DISCONNECT),
	/* a Virtual Hub */
	{.name = "softether.hub-asked",
	 .pattern = HUB "The connection \"{value:*}\" (IP address: {address}, Host name: {host:*}, Port number: {port}, Client name: \"{service}\", {text} and the user name is \"{user}\".",
	 .sample = "[HUB \"VPN\"] The connection \"CID-3\" (IP address: 192.0.2.7, Host name: 192.0.2.7, Port number: 1701, Client name: \"L2TP VPN Client\", Version: 5.02, Build: 5180) is attempting to connect to the Virtual Hub. The auth type provided is \"External server authentication\" and the user name is \"rosa\".",
	 .reading = "name=VPN value=CID-3 address=192.0.2.7 host=192.0.2.7 port=1701 service=L2TP VPN Client text=Version: 5.02, Build: 5180) is attempting to connect to the Virtual Hub. The auth type provided is \"External server authentication\" user=rosa",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "softether.hub-accepted",
	 .pattern = HUB "Connection \"{value:*}\": Successfully authenticated as user \"{user}\".",
	 .sample = "[HUB \"VPN\"] Connection \"CID-3\": Successfully authenticated as user \"rosa\".",
	 .reading = "name=VPN value=CID-3 user=rosa",
	 .kind = RECORD_SAID, .topic = SAID_AAA},
	{.name = "softether.hub-refused",
	 .pattern = HUB "Connection \"{value:*}\": User authentication failed. The user name that has been provided was \"{user}\"{text}",
	 .sample = "[HUB \"VPN\"] Connection \"CID-3\": User authentication failed. The user name that has been provided was \"rosa\", from 192.0.2.7.",
	 .reading = "name=VPN value=CID-3 user=rosa text=, from 192.0.2.7.",
	 .kind = RECORD_SAID, .topic = SAID_AAA, .flags = ROW_RECALLED},
	{.name = "softether.hub-session",
	 .pattern = HUB "Connection \"{value:*}\": The new session \"{request:*}\" has been created. (IP address: {address}, Port number: {port}, Physical underlying protocol: \"{service}\")",
	 .sample = "[HUB \"VPN\"] Connection \"CID-3\": The new session \"SID-ROSA-[L2TP]-7\" has been created. (IP address: 192.0.2.7, Port number: 1701, Physical underlying protocol: \"Legacy VPN - L2TP\")",
	 .reading = "name=VPN value=CID-3 request=SID-ROSA-[L2TP]-7 address=192.0.2.7 port=1701 service=Legacy VPN - L2TP",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "softether.hub-gone",
	 .pattern = HUB "Session \"{request:*}\": The session has been terminated.{? {text}}",
	 .sample = "[HUB \"VPN\"] Session \"SID-ROSA-[L2TP]-7\": The session has been terminated.",
	 .reading = "name=VPN request=SID-ROSA-[L2TP]-7",
	 .kind = RECORD_SAID, .topic = SAID_LINK, .flags = ROW_RECALLED},
	{.name = "softether.other",
	 .pattern = HEAD "{text}",
	 .sample = "L2TP PPP Session [192.0.2.7:1701]: The VPN Client sent a packet though an IP address of the VPN Client hasn't been determined.",
	 .reading = "domain=L2TP address=192.0.2.7 port=1701 text=The VPN Client sent a packet though an IP address of the VPN Client hasn't been determined.",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_GENERIC},
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

enum { HUB_LINKS = 64 };

struct softether {
	struct {
		char id[64];        /* CID-3, SID-ROSA-[L2TP]-7 */
		char interface[64]; /* as it is called here */
	} links[HUB_LINKS];
	size_t next;
};

/* `192.0.2.7` of `192.0.2.7:1701`. */
static struct str address_of(struct str interface)
{
	while (interface.len && interface.at[interface.len - 1] != ':')
		interface.len--;
	return (struct str){interface.at, interface.len ? interface.len - 1 : 0};
}

/* The log begins late: whatever it says of a session first, the server is the LNS of it. */
static void say_late(struct speech *s, const struct spoken *line, struct str interface)
{
	struct event *e = speech_say(s, line, SAID_SESSION_NEW);

	e->said.n_values = 0;
	e->interface = interface;
	address_parse(address_of(interface), &e->to.address);
	e->to.port = (uint16_t)spoken_number(line, FIELD_PORT);
	e->l2tp.is_present = true;
	e->l2tp.version = 2;
	speech_value(s, e, FIELD_SERVICE, STR("LNS"));
	speech_value(s, e, FIELD_PROTOCOL, STR("PPP"));
}

/* Whether the session of a client was spoken of. */
static void know(struct speech *s, const struct spoken *line, enum topic topic,
		 struct str interface)
{
	struct device *d = speech_device(s, line);
	bool is_end = topic == SAID_LINK || topic == SAID_PPP_DISCONNECT;
	struct known_call *c = device_call_alias(d, interface, !is_end);
	bool is_new = !c;

	if (topic == SAID_OTHER)
		return;
	if (!c) {
		c = device_call_new(s, d, NULL);
		call_set_alias(c, speech_keep(s, interface));
	}
	if (is_new && topic != SAID_SESSION_NEW)
		say_late(s, line, interface);
	c->is_closed |= topic == SAID_LINK;
}

/* Where a connection or session of a Virtual Hub stands; HUB_LINKS: it is of no L2TP client. */
static size_t hub_find(const struct softether *x, struct str id)
{
	size_t i = 0;

	while (i < HUB_LINKS && !(id.len && str_equal(str_of(x->links[i].id), id)))
		i++;
	return i;
}

/* The PPP session that it is. */
static struct str hub_link(const struct softether *x, struct str id)
{
	size_t at = hub_find(x, id);

	return at < HUB_LINKS ? str_of(x->links[at].interface) : (struct str){0};
}

/* From that line on: a server that starts again counts anew. */
static void hub_remember(struct softether *x, struct str id, struct str interface)
{
	size_t at = hub_find(x, id);

	if (id.len >= sizeof(x->links[0].id))
		return;
	if (at == HUB_LINKS)
		at = x->next++ % HUB_LINKS;
	str_keep(x->links[at].id, sizeof(x->links[0].id), id);
	str_keep(x->links[at].interface, sizeof(x->links[0].interface), interface);
}

static void hub_forget(struct softether *x, struct str id)
{
	size_t at = hub_find(x, id);

	if (at < HUB_LINKS)
		x->links[at].id[0] = '\0';
}

static void say_hub(struct speech *s, const struct spoken *line, struct str interface,
		    enum topic topic)
{
	struct str user = spoken_text(line, FIELD_USER);
	struct event *e;

	know(s, line, topic, interface);
	e = speech_say(s, line, topic);
	e->said.n_values = 0;
	e->interface = interface;
	e->l2tp.is_present = true;
	e->l2tp.version = 2;
	if (topic == SAID_AAA) {
		speech_value(s, e, FIELD_RESULT,
			     spoken_is(line, "softether.hub-refused") ? STR("failed")
								      : STR("succeeded"));
		speech_value(s, e, FIELD_BY, STR("this-end"));
		speech_value(s, e, FIELD_USER, user);
	} else {
		speech_value(s, e, FIELD_STATUS, STR("down"));
		speech_value(s, e, FIELD_REASON, STR("disconnected"));
	}
}

/* True: it was a line of a Virtual Hub. */
static bool take_hub(struct speech *s, struct softether *x, const struct spoken *line,
		     struct str interface)
{
	bool is_asked = spoken_is(line, "softether.hub-asked");
	bool is_made = spoken_is(line, "softether.hub-session");
	struct str service = spoken_text(line, FIELD_SERVICE);
	enum topic topic = line->record.row->topic;

	if (!str_starts(str_of(line->record.row->name), "softether.hub-"))
		return false;
	if (is_asked || is_made) {
		struct str id = spoken_text(line, is_asked ? FIELD_VALUE : FIELD_REQUEST);

		if (str_find(service, STR("L2TP")) != SIZE_MAX)
			hub_remember(x, id, interface);
		else
			hub_forget(x, id);
		speech_say(s, line, SAID_OTHER);
		return true;
	}
	interface =
		hub_link(x, spoken_text(line, topic == SAID_LINK ? FIELD_REQUEST : FIELD_VALUE));
	if (interface.len)
		say_hub(s, line, arena_str(s->arena, interface), topic);
	else
		speech_say(s, line, SAID_OTHER);
	return true;
}

static void take(struct speech *s, void *state, const struct spoken *line)
{
	enum topic topic = line->record.row->topic;
	struct str interface =
		arena_printf(s->arena, "%.*s:%u", STR_ARG(spoken_text(line, FIELD_ADDRESS)),
			     spoken_number(line, FIELD_PORT));
	struct event *e;

	if (take_hub(s, state, line, interface))
		return;
	if (!str_is(spoken_text(line, FIELD_DOMAIN), "L2TP"))
		topic = SAID_OTHER;
	know(s, line, topic, interface);
	e = speech_say(s, line, topic);
	e->interface = interface;
	address_parse(spoken_text(line, FIELD_ADDRESS), &e->to.address);
	e->to.port = (uint16_t)spoken_number(line, FIELD_PORT);
	if (topic == SAID_SESSION_NEW || topic == SAID_ADDRESS || topic == SAID_CP_STATE)
		e->said.n_values = 0;
	if (topic == SAID_SESSION_NEW) { /* the server is the LNS; tunnel and session are there */
		speech_value(s, e, FIELD_SERVICE, STR("LNS"));
		speech_value(s, e, FIELD_DIRECTION, STR("dialin"));
		speech_value(s, e, FIELD_STATUS, STR("connected"));
		speech_value(s, e, FIELD_PROTOCOL, STR("PPP"));
	}
	if (topic == SAID_AAA) { /* it is the LNS */
		e->said.n_values = 0;
		speech_value(s, e, FIELD_RESULT, STR("failed"));
		speech_value(s, e, FIELD_BY, STR("this-end"));
	}
	if (topic == SAID_ADDRESS)
		speech_value(s, e, FIELD_ADDRESS, spoken_text(line, FIELD_ADDRESS2));
	if (topic == SAID_CP_STATE) {
		speech_value(s, e, FIELD_PROTOCOL, STR("IPCP"));
		speech_value(s, e, FIELD_STATE, STR("Open"));
	}
	if (topic == SAID_LINK)
		speech_value(s, e, FIELD_STATUS, STR("down"));
	if (spoken_is(line, "softether.disconnected"))
		speech_value(s, e, FIELD_REASON, STR("disconnected"));
	if (spoken_is(line, "softether.no-dhcp")) {
		e->said.n_values = 0;
		speech_value(s, e, FIELD_REASON,
			     STR("acquiring an IP address from the DHCP server failed"));
		speech_value(s, e, FIELD_BY, STR("this-end"));
	}
	if (spoken_is(line, "softether.upper"))
		speech_value(s, e, FIELD_REASON,
			     STR("the upper-layer protocol has been disconnected"));
	if (topic == SAID_OTHER)
		return;
	e->l2tp.is_present = true;
	e->l2tp.version = 2;
}

static const char *const programs[] = {NULL};
static const char *const heads[] = {"L2TP PPP Session [", "SSTP PPP Session [",
				    "PPTP PPP Session [", "[HUB \"", NULL};

const struct daemon_dialect daemon_softether = {
	.name = "softether",
	.programs = programs,
	.heads = heads,
	.tables = &table,
	.state_size = sizeof(struct softether),
	.take = take,
};
