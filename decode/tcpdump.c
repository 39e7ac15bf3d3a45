/* tcpdump as text (-n, -e, -v, -vv, -t…): L2TP, PPTP's GRE, PPPoE and PPP lines. One packet is
 * one line; with -v its IP header stands in a line before it and options of PPP behind it.
 *
 * Real lines of tcpdump 4.99 were at hand for all forms but those that a row says are recalled. */
#include "retold.h"

#include "character.h"
#include "hexdump.h"
#include "tcpdump_avp.h"

#define ETHER "{value:*}{? (oui {value})}"
#define LINK                                                                                       \
	"{?" ETHER " > " ETHER                                                                     \
	", ethertype {service:*}{? {request:*}} ({value-hex}), length {length}: }"
#define HEAD6                                                                                      \
	"{?({?class {value:*}, }{?flowlabel {value:*}, }hlim {count}, next-header {value:*} "      \
	"({value-decimal}) payload length: {count}) }"
#define ENDS LINK "{?IP }{?IP6 }{?ip: }" HEAD6 "{host:*} > {name:*}: "
#define SUM  "{?[no cksum] }{?[udp sum ok] }{?[bad udp cksum {mnemonic:*} -> {request:*}!] }"
#define PPP  "{text}"

/* clang-format off */
static const struct grammar_row rows[] = {
	{.name = "tcpdump.l2tp",
	 .pattern = ENDS SUM "l2tp:[{?{flags:*}}]({head-tunnel}/{head-session})Ns={ns},Nr={nr} {text}",
	 .sample = "IP 10.66.1.2.1701 > 10.66.1.1.1701:  l2tp:[TLS](5658/0)Ns=2,Nr=1 *MSGTYPE(ICRQ) *ASSND_SESS_ID(33262) *CALL_SER_NUM(1) *BEARER_TYPE()",
	 .reading = "host=10.66.1.2.1701 name=10.66.1.1.1701 flags=TLS head-tunnel=5658 head-session=0 ns=2 nr=1 text=*MSGTYPE(ICRQ) *ASSND_SESS_ID(33262) *CALL_SER_NUM(1) *BEARER_TYPE()",
	 .kind = RECORD_MESSAGE, .topic = SAID_NOTHING},
	{.name = "tcpdump.data",
	 .pattern = ENDS SUM "l2tp:[{?{flags:*}}]({head-tunnel}/{head-session}) {text}",
	 .sample = "IP 10.66.1.2.1701 > 10.66.1.1.1701:  l2tp:[L](5658/59988) {LCP, Conf-Request (0x01), id 1, length 26}",
	 .reading = "host=10.66.1.2.1701 name=10.66.1.1.1701 flags=L head-tunnel=5658 head-session=59988 text={LCP, Conf-Request (0x01), id 1, length 26}",
	 .kind = RECORD_PPP_PACKET, .topic = SAID_NOTHING},
	{.name = "tcpdump.gre",
	 .pattern = ENDS "GREv1, {?Flags [{value}], }call {session}{?, seq {ns}}{?, ack {nr}}{?, no-payload}, length {length}{?: " PPP "}",
	 .sample = "IP 192.0.2.38 > 198.51.100.6: GREv1, call 4100, seq 17, length 41: LCP, Conf-Request (0x01), id 1, length 27",
	 .reading = "host=192.0.2.38 name=198.51.100.6 session=4100 ns=17 length=41 text=LCP, Conf-Request (0x01), id 1, length 27",
	 .kind = RECORD_PPP_PACKET, .topic = SAID_NOTHING},
	{.name = "tcpdump.pppoe",
	 .pattern = LINK "PPPoE [ses {value-hex}] " PPP,
	 .sample = "PPPoE  [ses 0x11] LCP, Conf-Request (0x01), id 1, length 12",
	 .reading = "value-hex=0x11 text=LCP, Conf-Request (0x01), id 1, length 12",
	 .kind = RECORD_PPP_PACKET, .topic = SAID_NOTHING},
	{.name = "tcpdump.discovery",
	 .pattern = LINK "PPPoE {message:PADI|PADO|PADR|PADS|PADT}{? [ses {value-hex}]} [{text}",
	 .sample = "PPPoE PADS [ses 0x11] [Service-Name] [Host-Uniq 0x64138518]",
	 .reading = "message=PADS value-hex=0x11 text=Service-Name] [Host-Uniq 0x64138518]",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "tcpdump.ppp",
	 .pattern = "{?In }{?Out }{service:LCP|CHAP|PAP|EAP|IPCP|IP6CP|CCP|MPLSCP}{? ({value-hex}), length {count}}: {protocol:LCP|CHAP|PAP|EAP|IPCP|IP6CP|CCP|MPLSCP}, " PPP,
	 .sample = "LCP: LCP, Conf-Request (0x01), id 1, length 17",
	 .reading = "service=LCP protocol=LCP text=Conf-Request (0x01), id 1, length 17",
	 .kind = RECORD_PPP_PACKET, .topic = SAID_NOTHING},
	{.name = "tcpdump.pptp",
	 .pattern = ENDS "Flags [{flags:*}], {value} length {length}: pptp {?Length={count} CTRL-MSG Magic-Cookie={request} }CTRL_MSGTYPE={message:*}{? {text}}",
	 .sample = "IP 20.0.0.2.1999 > 20.0.0.1.1723: Flags [P.], seq 157:325, ack 157, win 2764, length 168: pptp CTRL_MSGTYPE=OCRQ CALL_ID(1) CALL_SER_NUM(0)",
	 .reading = "host=20.0.0.2.1999 name=20.0.0.1.1723 flags=P. value=seq 157:325, ack 157, win 2764, length=168 message=OCRQ text=CALL_ID(1) CALL_SER_NUM(0)",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "tcpdump.tcp",
	 .pattern = ENDS "Flags [{flags:*}], {text}",
	 .sample = "IP 20.0.0.2.1999 > 20.0.0.1.1723: Flags [.], ack 1, win 2920, length 0",
	 .reading = "host=20.0.0.2.1999 name=20.0.0.1.1723 flags=. text=ack 1, win 2920, length 0",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "tcpdump.unreachable",
	 .pattern = ENDS "ICMP {address} udp port {value:*} unreachable, length {length}",
	 .sample = "IP 10.66.1.1 > 10.66.1.2: ICMP 10.66.1.1 udp port 1701 unreachable, length 112",
	 .reading = "host=10.66.1.1 name=10.66.1.2 address=10.66.1.1 value=1701 length=112",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "tcpdump.quiet",
	 .pattern = ENDS "{protocol:UDP|tcp}{?, length} {length}",
	 .sample = "IP 10.51.6.68.l2f > 10.51.6.82.l2f: UDP, length 128",
	 .reading = "host=10.51.6.68.l2f name=10.51.6.82.l2f protocol=UDP length=128",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "tcpdump.header",
	 .pattern = LINK "{?IP }{?ip: }(tos {request:*} ttl {count}, id {id}, offset {code}, flags [{flags:*}], proto {protocol} ({value-decimal}), length {length}{?, options ({text})})",
	 .sample = "IP (tos 0x0, ttl 64, id 57675, offset 0, flags [DF], proto UDP (17), length 149)",
	 .reading = "request=0x0, count=64 id=57675 code=0 flags=DF protocol=UDP value-decimal=17 length=149",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "tcpdump.version",
	 .pattern = ENDS SUM "Unknown Version, neither L2F(1) nor L2TP(2)",
	 .sample = "IP 172.31.1.211.1701 > 172.31.6.72.1701:  Unknown Version, neither L2F(1) nor L2TP(2)",
	 .reading = "host=172.31.1.211.1701 name=172.31.6.72.1701",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "tcpdump.file",
	 .pattern = "reading from file {name:*} link-type {value}",
	 .sample = "reading from file lac.pcap, link-type EN10MB (Ethernet), snapshot length 262144",
	 .reading = "name=lac.pcap, value=EN10MB (Ethernet), snapshot length 262144",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "tcpdump.listening",
	 .pattern = "listening on {interface}, link-type {value}",
	 .sample = "listening on ppp0, link-type EN10MB (Ethernet), snapshot length 262144 bytes",
	 .reading = "interface=ppp0 value=EN10MB (Ethernet), snapshot length 262144 bytes",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_RECALLED},
	{.name = "tcpdump.other",
	 .pattern = ENDS "{text}",
	 .sample = "IP 10.66.1.2.500 > 10.66.1.1.500: isakmp: phase 1 I ident",
	 .reading = "host=10.66.1.2.500 name=10.66.1.1.500 text=isakmp: phase 1 I ident",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_GENERIC | ROW_CONTEXT},
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

/* Stamps that begin with a blank: ` 00:00:00.089000` of -ttt and -ttttt look alike. */
enum elapsed { ELAPSED_UNTOLD, ELAPSED_NONE, ELAPSED_BEFORE, ELAPSED_FIRST };

struct tcpdump {
	struct retold packet;
	bool is_gre_open; /* -v: the PPP packet of this GRE line stands in the next one */
	size_t option_length;
	uint8_t option;    /* whose bytes may follow */
	size_t before;     /* octets of the body without it */
	size_t left;       /* of them to come */
	bool was_complete; /* before it */
	enum elapsed elapsed;
	int64_t sum; /* of the differences so far */
};

/* ---- times ---- */

/* Nanoseconds of the ` 00:00:00.089000` that a line begins with; -1: it does not. */
static int64_t elapsed_of(struct str line)
{
	static const char form[] = " 00:00:00.000000";
	int64_t digits = 0;

	if (line.len < sizeof(form) - 1)
		return -1;
	for (size_t i = 0; i < sizeof(form) - 1; i++) {
		bool is_digit = char_is_digit(line.at[i]);

		if (form[i] != '0' ? line.at[i] != form[i] : !is_digit)
			return -1;
		if (is_digit)
			digits = digits * 10 + (line.at[i] - '0');
	}
	return ((digits / 10000000000 * 60 + digits / 100000000 % 100) * 60 +
		digits / 1000000 % 100) *
		       1000000000 +
	       digits % 1000000 * 1000;
}

/* Times since the first packet never go back; differences do so soon. */
static enum elapsed elapsed_kind(struct str text)
{
	enum { LOOK_LINES = 400 };
	int64_t last = 0;

	if (elapsed_of(text) < 0)
		return ELAPSED_NONE;
	for (int i = 0; i < LOOK_LINES && text.len; i++) {
		int64_t now = elapsed_of(text);
		const char *end = memchr(text.at, '\n', text.len);

		if (now >= 0 && now < last)
			return ELAPSED_BEFORE;
		last = now >= 0 ? now : last;
		text = end ? str_from(text, (size_t)(end - text.at) + 1) : STR("");
	}
	return ELAPSED_FIRST;
}

/* Makes a time since the first packet of what was printed as a difference. */
static void set_time(struct speech *s, struct tcpdump *t, struct spoken *line)
{
	size_t start = line->record.origin.offset, end = line->record.origin.offset_end;
	struct str text = str_range(s->content.at + start, s->content.at + end);
	int64_t now = elapsed_of(text);

	if (t->elapsed == ELAPSED_UNTOLD)
		t->elapsed = elapsed_kind(str_from(s->content, start));
	if (t->elapsed < ELAPSED_BEFORE)
		return;
	if (now >= 0)
		t->sum = t->elapsed == ELAPSED_BEFORE ? t->sum + now : now;
	line->record.when = (struct moment){.kind = CLOCK_UPTIME, .ns = t->sum, .grain_ns = 1000};
}

/* ---- PPP ---- */

static uint16_t protocol_of(struct str word)
{
	return str_is(word, "IP6CP") ? PPP_IPV6CP : ppp_words_protocol(word);
}

/* The part of `LCP, Conf-Request (0x01), id 1, length 17` up to the next comma. */
static struct str part(struct str *rest)
{
	size_t comma = str_find(*rest, STR(", "));
	struct str s = *rest;

	if (comma == SIZE_MAX) {
		*rest = STR("");
		return s;
	}
	s.len = comma;
	*rest = str_from(*rest, comma + 2);
	return s;
}

static void put_octet(struct ppp_words *w, size_t octet)
{
	if (w->n < sizeof(w->body))
		w->body[w->n++] = (uint8_t)octet;
}

static void put_octets(struct ppp_words *w, const void *octets, size_t n)
{
	if (w->n + n > sizeof(w->body)) {
		w->is_complete = false;
		return;
	}
	if (n)
		memcpy(w->body + w->n, octets, n);
	w->n += n;
}

static struct str behind(struct str s, const char *word)
{
	size_t at = str_find(s, str_of(word));

	return at == SIZE_MAX ? STR("") : str_from(s, at + strlen(word));
}

/* `Value 2c25…, Name lns1`, `Msg Access denied`, `Peer cisco, Name cisco`. */
static void take_auth(struct speech *s, struct ppp_words *w, struct str rest)
{
	struct str peer = behind(rest, "Peer "), name = behind(rest, "Name ");
	struct span octets;

	if (str_starts(rest, "Value ")) {
		struct str value = str_from(rest, 6);

		value.len = str_find(value, STR(",")) < value.len ? str_find(value, STR(","))
								  : value.len;
		if (!hex_octets(s->arena, value, &octets) || octets.len > 255) {
			w->is_complete = false;
			return;
		}
		put_octet(w, octets.len);
		put_octets(w, octets.at, octets.len);
		put_octets(w, name.at, name.len);
	} else if (str_starts(rest, "Msg") && w->protocol == PPP_CHAP) {
		struct str message = str_trim(str_from(rest, 3));

		put_octets(w, message.at, message.len);
	} else if (peer.len) {
		peer.len =
			str_find(peer, STR(", ")) < peer.len ? str_find(peer, STR(", ")) : peer.len;
		put_octet(w, peer.len);
		put_octets(w, peer.at, peer.len);
		put_octet(w, name.len);
		put_octets(w, name.at, name.len);
	} else {
		w->is_complete = false;
	}
}

/* Two hex digits; false when damage made something else of them. */
static bool octet_at(struct str s, size_t at, uint8_t *ret)
{
	int high = at + 2 <= s.len ? hex_digit(s.at[at]) : -1;
	int low = high >= 0 ? hex_digit(s.at[at + 1]) : -1;

	if (low < 0)
		return false;
	*ret = (uint8_t)(high << 4 | low);
	return true;
}

/* False when it is no control packet of PPP. */
static bool take_ppp(struct speech *s, struct retold *r, struct str protocol, struct str text)
{
	struct ppp_words *w = &r->words;
	struct str rest = text, word = part(&rest);
	size_t code = str_find(word, STR("(0x"));
	bool is_end = str_ends(text, "}");
	uint32_t id = 0, length = 0;

	w->protocol = protocol_of(protocol);
	if (!w->protocol || code == SIZE_MAX || !octet_at(word, code + 3, &w->code))
		return false;
	w->is_complete = true;
	word = part(&rest);
	if (str_starts(word, "id ") && str_u32(str_from(word, 3), &id) && id < 256) {
		w->has_id = true;
		w->id = (uint8_t)id;
	}
	if (is_end && rest.len && str_ends(rest, "}"))
		rest.len--;
	if (w->protocol == PPP_CHAP || w->protocol == PPP_PAP || w->protocol == PPP_EAP) {
		take_auth(s, w, rest);
		return true;
	}
	/* the length counts the protocol field too */
	if (str_starts(rest, "length ") && str_u32(str_from(rest, 7), &length))
		w->is_complete = length == 6;
	return true;
}

static void begin(struct tcpdump *t, const struct spoken *line)
{
	struct retold *r = &t->packet;
	struct str call = spoken_text(line, FIELD_SESSION);

	retold_begin(r, line, CROSSING);
	retold_parties(r, spoken_text(line, FIELD_HOST), spoken_text(line, FIELD_NAME));
	r->tunnel_id = spoken_number(line, FIELD_HEAD_TUNNEL);
	r->session_id = spoken_number(line, FIELD_HEAD_SESSION);
	r->ns = (uint16_t)spoken_number(line, FIELD_NS);
	r->nr = (uint16_t)spoken_number(line, FIELD_NR);
	if (spoken_is(line, "tcpdump.gre"))
		r->gre_call = call.len ? spoken_number(line, FIELD_SESSION) : 0;
	if (spoken_is(line, "tcpdump.pppoe"))
		r->pppoe = (uint16_t)spoken_number(line, FIELD_VALUE_HEX);
}

static void take_packet(struct speech *s, struct tcpdump *t, const struct spoken *line)
{
	struct retold *r = &t->packet;
	struct str text = spoken_text(line, FIELD_TEXT);
	struct str protocol = spoken_text(line, FIELD_PROTOCOL);

	begin(t, line);
	if (line->record.kind == RECORD_MESSAGE) {
		r->carrier = RETOLD_CONTROL;
		tcpdump_avps(s, r, text);
		retold_give(s, r);
		return;
	}
	r->carrier = spoken_is(line, "tcpdump.data") ? RETOLD_DATA : RETOLD_LINK;
	if (str_starts(text, "{"))
		text = str_from(text, 1);
	t->is_gre_open = spoken_is(line, "tcpdump.gre") && !text.len;
	if (!protocol.len)
		protocol = part(&text);
	if (str_find(protocol, STR(" (0x")) !=
	    SIZE_MAX) { /* -e: `LCP (0xc021), length 28: LCP, …` */
		text = behind(text, ": ");
		protocol = part(&text);
	}
	if (t->is_gre_open || take_ppp(s, r, protocol, text))
		return;
	r->is_open = false;
	speech_say(s, line, SAID_OTHER)->sense = CROSSING;
}

/* From whom the packet was that nobody took is to whom the error goes. */
static bool take_unreachable(struct speech *s, const struct spoken *line)
{
	static const char *const ports[] = {"1701", "l2f", "l2tp"}; /* -n, and without */
	bool is_ours = false;
	struct event *e;

	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
		is_ours |= str_is(spoken_text(line, FIELD_VALUE), ports[i]);
	if (!spoken_is(line, "tcpdump.unreachable") || !is_ours)
		return false;
	e = speech_event(s, line);
	e->kind = EVENT_ICMP;
	e->sense = CROSSING;
	e->from.name = (struct str){0};
	address_parse(spoken_text(line, FIELD_NAME), &e->from.address);
	address_parse(spoken_text(line, FIELD_ADDRESS), &e->to.address);
	e->to.port = L2TP_PORT;
	e->icmp_type = e->icmp_code = 3; /* RFC 792: port unreachable */
	return true;
}

static void take(struct speech *s, void *state, const struct spoken *told)
{
	struct tcpdump *t = state;
	struct spoken timed = *told;
	const struct spoken *line = &timed;

	if (t->is_gre_open)
		t->packet.is_open = false;
	t->is_gre_open = false;
	t->left = 0;
	retold_give(s, &t->packet);
	set_time(s, t, &timed);
	if (take_unreachable(s, line))
		return;
	if (line->record.kind == RECORD_SAID)
		speech_say(s, line, line->record.row->topic)->sense = CROSSING;
	else
		take_packet(s, t, line);
}

/* ---- the lines behind a packet ---- */

/* `  MRU Option (0x01), length 4: 1400`. */
static bool take_option(struct tcpdump *t, struct str text)
{
	struct ppp_words *w = &t->packet.words;
	size_t at = str_find(text, STR(" Option (0x"));
	struct str rest, word;
	uint32_t length = 0;

	if (at == SIZE_MAX || !octet_at(text, at + 11, &t->option))
		return false;
	if (str_ends(text, "}"))
		text.len--;
	rest = behind(text, "length ");
	word = rest;
	word.len = str_find(rest, STR(":")) < rest.len ? str_find(rest, STR(":")) : rest.len;
	if (!str_u32(str_trim(word), &length) || length < 2)
		return true;
	t->before = w->n;
	t->left = length - 2;
	t->option_length = length;
	t->was_complete = w->n == 0 || w->is_complete;
	w->is_complete = t->was_complete;
	rest = word.len < rest.len ? str_trim(str_from(rest, word.len + 1)) : STR("");
	if (!retold_option_words(&t->packet, t->option, length, rest))
		w->is_complete = false;
	return true;
}

/* `    0x0000:  2081 7a1a` behind an option: its very octets, whatever the words were. */
static void take_octets(struct tcpdump *t, struct str text)
{
	struct ppp_words *w = &t->packet.words;
	struct str digits = behind(text, ":");
	size_t n = 0;
	int half = -1;

	if (!t->left || t->option_length > sizeof(w->body) - t->before)
		return;
	if (t->left == t->option_length - 2) {
		w->n = t->before;
		put_octet(w, t->option);
		put_octet(w, t->option_length);
		w->is_complete = false;
	}
	for (; n < digits.len && t->left; n++) {
		int digit = hex_digit(digits.at[n]);

		if (digit < 0)
			continue;
		if (half < 0) {
			half = digit;
			continue;
		}
		put_octet(w, (size_t)(half << 4 | digit));
		half = -1;
		t->left--;
	}
	if (!t->left)
		w->is_complete = t->was_complete;
}

static bool more(struct speech *s, void *state, const struct spoken *line)
{
	struct tcpdump *t = state;
	struct str text = line->record.text;
	struct str rest = text, protocol;

	if (str_starts(text, "0x") && text.len > 6 && text.at[6] == ':') {
		take_octets(t, text);
		return true;
	}
	if (t->is_gre_open) {
		protocol = part(&rest);
		t->is_gre_open = false;
		if (protocol_of(protocol) && take_ppp(s, &t->packet, protocol, rest))
			return true;
		t->packet.is_open = false;
		return false;
	}
	if (!t->packet.is_open)
		return false;
	if (str_starts(text, "encoded length ")) {
		t->packet.words.is_complete = str_find(text, STR("length 0)")) != SIZE_MAX;
		return true;
	}
	return take_option(t, text);
}

static void finish(struct speech *s, void *state)
{
	struct tcpdump *t = state;

	if (t->is_gre_open)
		t->packet.is_open = false;
	retold_give(s, &t->packet);
}

static const char *const programs[] = {NULL};

const struct daemon_dialect daemon_tcpdump = {
	.name = "tcpdump",
	.programs = programs,
	.tables = &table,
	.is_wire = true,
	.state_size = sizeof(struct tcpdump),
	.take = take,
	.more = more,
	.finish = finish,
};
