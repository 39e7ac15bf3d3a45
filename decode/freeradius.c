/* FreeRADIUS 3 in debug mode (`radiusd -X`): each line of a request begins with its number; and
 * what its log says of a login, which is an answer to a request that it does not print. */
#include "radius_words.h"

/* clang-format off */
static const struct grammar_row rows[] = {
	{.name = "freeradius.received",
	 .pattern = "({count}) Received {message:*} Id {id} from {address}:{port} to {address2}:{value-decimal} length {length}",
	 .sample = "(0) Received Access-Request Id 0 from 127.0.0.1:57304 to 127.0.0.1:1812 length 82",
	 .reading = "count=0 message=Access-Request id=0 address=127.0.0.1 port=57304 address2=127.0.0.1 value-decimal=1812 length=82",
	 .kind = RECORD_SAID, .topic = SAID_RADIUS},
	{.name = "freeradius.sent",
	 .pattern = "({count}) Sent {message:*} Id {id} from {address}:{port} to {address2}:{value-decimal} length {length}",
	 .sample = "(0) Sent Access-Accept Id 0 from 127.0.0.1:1812 to 127.0.0.1:57304 length 38",
	 .reading = "count=0 message=Access-Accept id=0 address=127.0.0.1 port=1812 address2=127.0.0.1 value-decimal=57304 length=38",
	 .kind = RECORD_SAID, .topic = SAID_RADIUS},
	{.name = "freeradius.refused",
	 .pattern = "{?: }{?Auth: }{?({count}) }{?Login incorrect}{?Invalid user}{? ({reason})}: [{user}{?/<{text}>}] (from client {name} port {value}",
	 .sample = "Auth: (813) Login incorrect (mschap: MS-CHAP2-Response is incorrect): [rosa/<via Auth-Type = mschap>] (from client lns1 port 45 cli 198.51.100.8)",
	 .reading = "count=813 reason=mschap: MS-CHAP2-Response is incorrect user=rosa text=via Auth-Type = mschap name=lns1 value=45 cli 198.51.100.8)",
	 .kind = RECORD_SAID, .topic = SAID_RADIUS},
	{.name = "freeradius.let-in",
	 .pattern = "{?: }{?Auth: }{?({count}) }Login OK: [{user}{?/<{text}>}] (from client {name} port {value}",
	 .sample = "Auth: (812) Login OK: [piotr/<via Auth-Type = mschap>] (from client lns1 port 44 cli 198.51.100.7)",
	 .reading = "count=812 user=piotr text=via Auth-Type = mschap name=lns1 value=44 cli 198.51.100.7)",
	 .kind = RECORD_SAID, .topic = SAID_RADIUS},
	{.name = "freeradius.stranger",
	 .pattern = "{?: }{?Error: }Ignoring request to {reason} from unknown client {address} port {port}{? proto {text}}",
	 .sample = "Ignoring request to auth address * port 1812 bound to server default from unknown client 10.77.1.1 port 48423 proto udp",
	 .reading = "reason=auth address * port 1812 bound to server default address=10.77.1.1 port=48423 text=udp",
	 .kind = RECORD_SAID, .topic = SAID_AAA,
	 .means = "the server has no client with this address (clients.conf): it never answers it"},
	{.name = "freeradius.garbled",
	 .pattern = "({count}) WARNING: {reason:Unprintable characters in the password}.{text}",
	 .sample = "(0) WARNING: Unprintable characters in the password.  Double-check the shared secret on the server and the NAS!",
	 .reading = "count=0 reason=Unprintable characters in the password text=Double-check the shared secret on the server and the NAS!",
	 .kind = RECORD_SAID, .topic = SAID_AAA,
	 .means = "most likely the password was hidden with another secret than the server's, and is rejected, right or wrong; one beyond ASCII looks so, too"},
	{.name = "freeradius.value",
	 .pattern = "({count}) {attribute} = {value}",
	 .sample = "(0)   User-Name = \"alice\"",
	 .reading = "count=0 attribute=User-Name value=\"alice\"",
	 .kind = RECORD_SAID, .topic = SAID_RADIUS_VALUE, .flags = ROW_CONTEXT},
	{.name = "freeradius.banner",
	 .pattern = "#### {text}",
	 .sample = "#### Opening IP addresses and Ports ####",
	 .reading = "text=Opening IP addresses and Ports ####",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_CONTEXT},
	{.name = "freeradius.other",
	 .pattern = "({count}) {text}",
	 .sample = "(0)     [chap] = ok",
	 .reading = "count=0 text=[chap] = ok",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_GENERIC | ROW_CONTEXT},
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

/* A packet whose attributes are being printed. */
struct freeradius {
	struct radius_words packet;
	uint32_t request; /* its number */
};

static void begin(struct freeradius *f, const struct spoken *line)
{
	struct radius_words *p = &f->packet;

	radius_words_begin(p, line, spoken_text(line, FIELD_MESSAGE),
			   spoken_is(line, "freeradius.sent") ? SENT : RECEIVED);
	f->request = spoken_number(line, FIELD_COUNT);
	p->id = (uint8_t)spoken_number(line, FIELD_ID);
	p->length = (uint16_t)spoken_number(line, FIELD_LENGTH);
	address_parse(spoken_text(line, FIELD_ADDRESS), &p->from.address);
	address_parse(spoken_text(line, FIELD_ADDRESS2), &p->to.address);
	p->from.port = (uint16_t)spoken_number(line, FIELD_PORT);
	p->to.port = (uint16_t)spoken_number(line, FIELD_VALUE_DECIMAL);
}

/* `45 cli 198.51.100.8)`, `45 cli 198.51.100.8 via TLS tunnel)`. */
static void add_port(struct radius_words *p, struct str text)
{
	static const char cli[] = " cli ";
	size_t end = str_find(text, STR(" ")), at = str_find(text, str_of(cli));
	struct str port = {text.at, end < text.len ? end : text.len}, caller;

	radius_words_add(p, STR("NAS-Port"),
			 str_ends(port, ")") ? (struct str){port.at, port.len - 1} : port);
	if (at == SIZE_MAX)
		return;
	caller = str_from(text, at + sizeof(cli) - 1);
	end = str_find(caller, STR(" "));
	caller.len = end < caller.len ? end : caller.len - str_ends(caller, ")");
	radius_words_add(p, STR("Calling-Station-Id"), caller);
}

/* `[user/password]` (auth_badpass): the name alone, which may hold a slash itself. Only where it
 * says that there is no password is it known where the name ends; else all from the first slash on
 * may be one (ui/secrecy.c). */
static struct str user_of(const struct spoken *line)
{
	struct str user = spoken_text(line, FIELD_USER), none = spoken_text(line, FIELD_TEXT);
	size_t slash = str_find(user, STR("/"));

	if (slash && slash < user.len && !str_starts(none, "via ") &&
	    !str_is(none, "CHAP-Password"))
		user.len = slash;
	return user;
}

/* `Login incorrect (why): [user/<…>]`: the request and its answer. */
static void take_login(struct speech *s, struct freeradius *f, const struct spoken *line)
{
	struct str reason = spoken_text(line, FIELD_REASON);
	bool is_refused = spoken_is(line, "freeradius.refused");

	for (int i = 0; i < 2; i++) {
		struct radius_words *p = &f->packet;

		radius_words_begin(p, line,
				   i == 0       ? STR("Access-Request")
				   : is_refused ? STR("Access-Reject")
						: STR("Access-Accept"),
				   i == 0 ? RECEIVED : SENT);
		p->id = (uint8_t)spoken_number(line, FIELD_COUNT);
		radius_words_add(p, STR("User-Name"), user_of(line));
		if (i == 0)
			add_port(p, spoken_text(line, FIELD_VALUE));
		if (i == 1 && reason.len)
			radius_words_add(p, STR("Reply-Message"), reason);
		radius_words_give(s, p);
	}
}

/* Between a packet and its attributes stands no other line of its request. */
static void take(struct speech *s, void *state, const struct spoken *line)
{
	struct freeradius *f = state;

	if (spoken_is(line, "freeradius.value") && f->packet.is_open &&
	    spoken_number(line, FIELD_COUNT) == f->request) {
		radius_words_add(&f->packet, spoken_text(line, FIELD_ATTRIBUTE),
				 spoken_text(line, FIELD_VALUE));
		return;
	}
	radius_words_give(s, &f->packet);
	if (spoken_is(line, "freeradius.refused") || spoken_is(line, "freeradius.let-in"))
		take_login(s, f, line);
	else if (line->record.row->topic == SAID_RADIUS)
		begin(f, line);
	else
		speech_say(s, line, line->record.row->topic);
}

static void finish(struct speech *s, void *state)
{
	struct freeradius *f = state;

	radius_words_give(s, &f->packet);
}

static const char *const programs[] = {"radiusd", "freeradius", NULL};

const struct daemon_dialect daemon_freeradius = {
	.name = "freeradius",
	.programs = programs,
	.tables = &table,
	.state_size = sizeof(struct freeradius),
	.take = take,
	.finish = finish,
};
