/* DrayTek Vigor: raw header fields and PPP in one line, newest first in its CSV export. */
#include "character.h"
#include "hexdump.h"
#include "ppp_words.h"

/* clang-format off */
static const struct grammar_row rows[] = {
	{.name = "draytek.control",
	 .pattern = "L2TP {direction:<==|==>} Control({value-hex})-L-S Ver:{version} Len:{length}, Tunnel ID:{head-tunnel}, Session ID:{head-session}, Ns:{ns}, Nr:{nr}",
	 .sample = "L2TP <== Control(0xC802)-L-S Ver:2 Len:12, Tunnel ID:7, Session ID:0, Ns:4, Nr:6",
	 .reading = "direction=<== value-hex=0xC802 version=2 length=12 head-tunnel=7 head-session=0 ns=4 nr=6",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "draytek.ppp",
	 .pattern = "L2TP ({name}, {user}) {direction:<==|==>} Protocol:{protocol}({value-octets}) {message:*} Identifier:{id:*}{? {text}}",
	 .sample = "L2TP (VPN-0, user1) <== Protocol:LCP(c021) EchoReq Identifier:0x04 Magic Number: 0xa1b2 c3 d4 ##",
	 .reading = "name=VPN-0 user=user1 direction=<== protocol=LCP value-octets=c021 message=EchoReq id=0x04 text=Magic Number: 0xa1b2 c3 d4 ##",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
};
/* clang-format on */

struct draytek {
	bool is_scanned, is_several;
	uint32_t local; /* our tunnel's id */
	char link[64];
};

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

enum { TYPE_ONLY = 20 };

/* Flags, lengths and numbers, but no type: only a Hello is as short and comes as late. */
static uint16_t message_of_length(const struct spoken *line)
{
	uint32_t length = spoken_number(line, FIELD_LENGTH);

	if (length == 12)
		return ZLB;
	if (length == TYPE_ONLY && spoken_number(line, FIELD_NS) > 1 &&
	    spoken_number(line, FIELD_HEAD_SESSION) == 0)
		return HELLO;
	return MESSAGE_UNKNOWN;
}

/* What is received names our id, but may stand far from the PPP that it is about. */
static void scan(struct draytek *d, struct str content)
{
	static const struct str received = {"L2TP <== Control(", 17};
	size_t at;

	if (d->is_scanned)
		return;
	d->is_scanned = true;
	while ((at = str_find(content, received)) != SIZE_MAX) {
		size_t id_at, n = 0;
		uint32_t id = 0;

		content = str_from(content, at + received.len);
		id_at = str_find(content, STR("Tunnel ID:"));
		if (id_at == SIZE_MAX)
			return;
		content = str_from(content, id_at + 10);
		while (n < content.len && char_is_digit(content.at[n]))
			n++;
		if (!str_u32((struct str){content.at, n}, &id) || !id)
			continue;
		d->is_several |= d->local && d->local != id;
		d->local = id;
	}
}

static void take_control(struct speech *s, const struct spoken *line, enum sense sense)
{
	struct event *e = speech_message(s, line, sense, message_of_length(line));

	e->l2tp.has_ids = e->l2tp.has_sequence = e->l2tp.has_length = true;
	e->l2tp.flags = 0xc802;
	e->l2tp.length = (uint16_t)spoken_number(line, FIELD_LENGTH);
	e->l2tp.tunnel_id = spoken_number(line, FIELD_HEAD_TUNNEL);
	e->l2tp.session_id = spoken_number(line, FIELD_HEAD_SESSION);
	e->l2tp.ns = (uint16_t)spoken_number(line, FIELD_NS);
	e->l2tp.nr = (uint16_t)spoken_number(line, FIELD_NR);
	e->to.tunnel_id = e->l2tp.tunnel_id;
	e->to.session_id = e->l2tp.session_id;
}

/* `Magic Number: 0xa1b2 c3 d4 ##`: the first number is of two octets without leading zeros. */
static bool take_magic(struct str text, struct ppp_words *w)
{
	size_t at = str_find(text, STR("Magic Number: 0x"));
	uint32_t part[3] = {0}, n = 0;

	if (at == SIZE_MAX)
		return false;
	text = str_from(text, at + 16);
	for (size_t i = 0; i < text.len && n < 3; i++) {
		int digit = hex_digit(text.at[i]);

		if (digit >= 0)
			part[n] = part[n] << 4 | (unsigned)digit;
		else
			n++;
	}
	if (n < 3 || part[0] > 0xffff || part[1] > 0xff || part[2] > 0xff)
		return false;
	w->body[0] = (uint8_t)(part[0] >> 8);
	w->body[1] = (uint8_t)part[0];
	w->body[2] = (uint8_t)part[1];
	w->body[3] = (uint8_t)part[2];
	w->n = 4;
	return true;
}

/* The name of the connection and its user stand before every packet. */
static void say_user(struct speech *s, struct draytek *d, const struct spoken *line,
		     const struct event *packet)
{
	struct party own = packet->sense == SENT ? packet->from : packet->to;
	struct str name = spoken_text(line, FIELD_NAME), user = spoken_text(line, FIELD_USER);
	struct event *e;

	if (str_equal(name, str_of(d->link)) || name.len >= sizeof(d->link))
		return;
	memcpy(d->link, name.at, name.len);
	d->link[name.len] = 0;
	e = speech_say(s, line, SAID_FORWARDED);
	e->said.n_values = 0;
	speech_value(s, e, FIELD_USER, user);
	e->from.tunnel_id = own.tunnel_id;
	e->interface = arena_str(s->arena, name);
	e->l2tp.is_present = true;
	e->l2tp.version = 2;
}

static void take_ppp(struct speech *s, struct draytek *d, const struct spoken *line,
		     enum sense sense)
{
	struct str id = spoken_text(line, FIELD_ID);
	struct ppp_words w = {.has_id = true};
	struct event *e;

	w.protocol = ppp_words_protocol(spoken_text(line, FIELD_PROTOCOL));
	w.code = ppp_words_code(w.protocol, spoken_text(line, FIELD_MESSAGE));
	if (!w.protocol || !w.code) {
		speech_say(s, line, SAID_OTHER);
		return;
	}
	for (size_t i = 2; i < id.len; i++)
		w.id = (uint8_t)((unsigned)w.id << 4 | (unsigned)hex_digit(id.at[i]));
	w.is_complete = (w.code == CP_ECHOREQ || w.code == CP_ECHOREP) &&
			take_magic(spoken_text(line, FIELD_TEXT), &w);
	e = ppp_words_event(s, line, sense, &w);
	e->interface = arena_str(s->arena, spoken_text(line, FIELD_NAME));
	e->l2tp.is_present = true;
	e->l2tp.version = 2;
	if (!d->is_several) /* else no line tells which it is in */
		(sense == SENT ? &e->from : &e->to)->tunnel_id = d->local;
	say_user(s, d, line, e);
}

static void take(struct speech *s, void *state, const struct spoken *line)
{
	enum sense sense = str_is(spoken_text(line, FIELD_DIRECTION), "==>") ? SENT : RECEIVED;

	scan(state, s->content);
	if (spoken_is(line, "draytek.control"))
		take_control(s, line, sense);
	else
		take_ppp(s, state, line, sense);
}

static const char *const programs[] = {"Vigor", "DrayTek", NULL};

const struct daemon_dialect daemon_draytek = {
	.name = "draytek",
	.programs = programs,
	.tables = &table,
	.state_size = sizeof(struct draytek),
	.take = take,
};
