/* The list of packets of Wireshark and tshark as text: number, time, source, destination, protocol,
 * length and a summary. A summary has the type of a control message and the ids of its header, no
 * other attribute and no number: what an end assigned is told by the headers of what comes back,
 * and a line like the last one of its direction, with nothing between, is the message sent again.
 */
#include <stdio.h>

#include "character.h"
#include "retold.h"

/* clang-format off */
static const struct grammar_row rows[] = {
	{.name = "tshark.control",
	 .pattern = "{?{count} }{value:*} {host:*} {?→ }{?-> }{name:*} {service:L2TP|L2TPv2} {length} Control Message - {message:*} (tunnel id={head-tunnel}, session id={head-session})",
	 .sample = "36 5.406 192.0.2.25 192.0.2.13 L2TP 150 Control Message - SCCRQ     (tunnel id=0, session id=0)",
	 .reading = "count=36 value=5.406 host=192.0.2.25 name=192.0.2.13 service=L2TP length=150 message=SCCRQ head-tunnel=0 head-session=0",
	 .kind = RECORD_MESSAGE, .topic = SAID_NOTHING},
	{.name = "tshark.data",
	 .pattern = "{?{count} }{value:*} {host:*} {?→ }{?-> }{name:*} {service:L2TP|L2TPv2} {length} Data Message (tunnel id={head-tunnel}, session id={head-session})",
	 .sample = "90 7.001 192.0.2.25 192.0.2.13 L2TP 62 Data Message            (tunnel id=4, session id=5)",
	 .reading = "count=90 value=7.001 host=192.0.2.25 name=192.0.2.13 service=L2TP length=62 head-tunnel=4 head-session=5",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "tshark.ppp",
	 .pattern = "{?{count} }{value:*} {host:*} {?→ }{?-> }{name:*} PPP {protocol:LCP|CHAP|PAP|IPCP|IPV6CP|CCP} {length} {message:Configuration Request|Configuration Ack|Configuration Nak|Configuration Reject|Termination Request|Termination Ack|Echo Request|Echo Reply|Protocol Reject|Code Reject|Identification|Challenge|Response|Success|Failure|Authenticate-Request|Authenticate-Ack|Authenticate-Nak}{? ({text}}",
	 .sample = "52 6.433 192.0.2.13 192.0.2.25 PPP CHAP 79 Challenge (NAME='lns', VALUE=0xc2a5)",
	 .reading = "count=52 value=6.433 host=192.0.2.13 name=192.0.2.25 protocol=CHAP length=79 message=Challenge text=NAME='lns', VALUE=0xc2a5)",
	 .kind = RECORD_PPP_PACKET, .topic = SAID_NOTHING},
	{.name = "tshark.columns",
	 .pattern = "No. Time Source Destination Protocol Length Info",
	 .sample = "No.     Time           Source                Destination           Protocol Length Info", .reading = "",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_CONTEXT},
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

/* One direction between two hosts. */
struct way {
	char from[64], to[64];
	char last[128];                 /* summary of the last message, while nothing came back */
	uint16_t next;                  /* the number of the next message */
	uint32_t tunnel_id, session_id; /* of the last header that names a session */
};

enum { WAYS = 64, LOOK_AHEAD = 1 << 16 };

struct tshark {
	struct retold packet;
	struct way ways[WAYS];
	size_t n;
};

static struct way *way_of(struct tshark *t, struct str from, struct str to)
{
	struct way *w;

	for (size_t i = 0; i < t->n; i++)
		if (str_is(from, t->ways[i].from) && str_is(to, t->ways[i].to))
			return &t->ways[i];
	w = &t->ways[t->n < WAYS ? t->n++ : WAYS - 1];
	*w = (struct way){0};
	str_keep(w->from, sizeof(w->from), from);
	str_keep(w->to, sizeof(w->to), to);
	return w;
}

/* Where the word stands by itself in the line. */
static size_t word_in(struct str line, struct str word)
{
	size_t at = 0, found;

	while ((found = str_find(str_from(line, at), word)) != SIZE_MAX) {
		size_t start = at + found, end = start + word.len;

		if (start && char_is_blank(line.at[start - 1]) &&
		    (end == line.len || char_is_blank(line.at[end])))
			return start;
		at = end;
	}
	return SIZE_MAX;
}

/* What `from` assigned: the id in the header of the next message to it that has one. */
static uint32_t assigned(const struct speech *s, const struct spoken *line, struct str from,
			 struct str to, struct str words)
{
	struct str text = str_from(s->content, line->record.origin.offset_end), here;
	size_t at = 0;

	text.len = text.len < LOOK_AHEAD ? text.len : LOOK_AHEAD;
	while (at < text.len) {
		const char *end = memchr(text.at + at, '\n', text.len - at);
		size_t source, destination, id;
		uint32_t number = 0, n = 0;

		here = (struct str){text.at + at,
				    end ? (size_t)(end - text.at) - at : text.len - at};
		at += here.len + 1;
		id = str_find(here, words);
		source = id == SIZE_MAX ? SIZE_MAX : word_in(here, to);
		destination = source == SIZE_MAX ? SIZE_MAX : word_in(here, from);
		if (destination == SIZE_MAX || source > destination)
			continue;
		here = str_from(here, id + words.len);
		while (n < here.len && char_is_digit(here.at[n]))
			n++;
		if (str_u32((struct str){here.at, n}, &number) && number)
			return number;
	}
	return 0;
}

/* Seconds since the first packet, or the time of day. */
static void set_time(struct spoken *line)
{
	struct str value = spoken_text(line, FIELD_VALUE);
	uint64_t whole = 0, part = 0;
	size_t dot = str_find(value, STR(".")), digits;

	if (dot == SIZE_MAX || !str_u64((struct str){value.at, dot}, &whole))
		return;
	value = str_from(value, dot + 1);
	digits = value.len < 9 ? value.len : 9;
	if (!str_u64((struct str){value.at, digits}, &part))
		return;
	for (size_t i = digits; i < 9; i++)
		part *= 10;
	line->record.when = (struct moment){
		.kind = CLOCK_UPTIME, .ns = (int64_t)(whole * 1000000000 + part), .grain_ns = 1000};
}

static void take_control(struct speech *s, struct tshark *t, const struct spoken *line)
{
	struct str from = spoken_text(line, FIELD_HOST), to = spoken_text(line, FIELD_NAME);
	struct str name = spoken_text(line, FIELD_MESSAGE);
	uint16_t message = speech_message_type(name);
	struct way *way = way_of(t, from, to), *back = way_of(t, to, from);
	struct retold *r = &t->packet;
	struct str words;
	char text[sizeof(way->last)];
	uint32_t id;

	retold_begin(r, line, CROSSING);
	retold_parties(r, from, to);
	r->carrier = RETOLD_CONTROL;
	r->original = spoken_number(line, FIELD_LENGTH);
	r->tunnel_id = spoken_number(line, FIELD_HEAD_TUNNEL);
	r->session_id = spoken_number(line, FIELD_HEAD_SESSION);
	r->nr = back->next;
	back->last[0] = 0;
	if (r->session_id) {
		way->tunnel_id = r->tunnel_id;
		way->session_id = r->session_id;
	}
	if (message == MESSAGE_UNKNOWN) { /* ZLB: an acknowledgement */
		r->ns = way->next;
		retold_give(s, r);
		return;
	}
	snprintf(text, sizeof(text), "%u %u %u", message, r->tunnel_id, r->session_id);
	r->ns = strcmp(text, way->last) == 0 ? (uint16_t)(way->next - 1) : way->next++;
	memcpy(way->last, text, sizeof(text));
	r->is_complete = false;
	retold_avp_number(r, true, AVP_N_MESSAGE_TYPE, message);
	words = message == SCCRQ || message == SCCRP ? STR("tunnel id=") : STR("session id=");
	if (message != SCCRQ && message != SCCRP && message != ICRQ && message != ICRP &&
	    message != OCRQ && message != OCRP) {
		retold_give(s, r);
		return;
	}
	id = assigned(s, line, from, to, words);
	if (id && id <= UINT16_MAX)
		retold_avp_number(r, true,
				  words.at[0] == 't' ? AVP_N_ASSIGNED_TUNNEL_ID
						     : AVP_N_ASSIGNED_SESSION_ID,
				  id);
	retold_give(s, r);
}

static const struct {
	const char *words;
	uint8_t code;
} codes[] = {
	{"Configuration Request", CP_CONFREQ},
	{"Configuration Ack", CP_CONFACK},
	{"Configuration Nak", CP_CONFNAK},
	{"Configuration Reject", CP_CONFREJ},
	{"Termination Request", CP_TERMREQ},
	{"Termination Ack", CP_TERMACK},
	{"Echo Request", CP_ECHOREQ},
	{"Echo Reply", CP_ECHOREP},
	{"Protocol Reject", CP_PROTREJ},
	{"Code Reject", CP_CODEREJ},
	{"Identification", CP_IDENTIFICATION},
	{"Challenge", CHAP_CHALLENGE},
	{"Response", CHAP_RESPONSE},
	{"Success", CHAP_SUCCESS},
	{"Failure", CHAP_FAILURE},
	{"Authenticate-Request", PAP_REQUEST},
	{"Authenticate-Ack", PAP_ACK},
	{"Authenticate-Nak", PAP_NAK},
};

/* The text between the quotes behind the word. */
static struct str quoted(struct str text, const char *word)
{
	size_t at = str_find(text, str_of(word)), end;

	if (at == SIZE_MAX)
		return STR("");
	text = str_from(text, at + strlen(word));
	end = str_find(text, STR("'"));
	return end == SIZE_MAX ? STR("") : (struct str){text.at, end};
}

static void put(struct ppp_words *w, struct str s)
{
	if (w->n + s.len > sizeof(w->body))
		return;
	if (s.len)
		memcpy(w->body + w->n, s.at, s.len);
	w->n += s.len;
}

/* The name without the value that stands before it; a message alone. */
static void put_words(struct ppp_words *w, struct str text)
{
	struct str name = quoted(text, "NAME='"), peer = quoted(text, "Peer-ID='");
	struct str message = quoted(text, "MESSAGE='");

	if (name.len) {
		w->body[w->n++] = 0;
		put(w, name);
	} else if (peer.len && peer.len < 256) {
		w->body[w->n++] = (uint8_t)peer.len;
		put(w, peer);
		w->body[w->n++] = 0;
	} else if (w->protocol == PPP_CHAP) {
		put(w, message);
	}
}

static void take_ppp(struct speech *s, struct tshark *t, const struct spoken *line)
{
	struct str from = spoken_text(line, FIELD_HOST), to = spoken_text(line, FIELD_NAME);
	struct way *way = way_of(t, from, to);
	struct retold *r = &t->packet;

	retold_begin(r, line, CROSSING);
	retold_parties(r, from, to);
	r->carrier = way->session_id ? RETOLD_DATA : RETOLD_LINK;
	r->tunnel_id = way->tunnel_id;
	r->session_id = way->session_id;
	r->words.protocol = ppp_words_protocol(spoken_text(line, FIELD_PROTOCOL));
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (str_equal_nocase(spoken_text(line, FIELD_MESSAGE), str_of(codes[i].words)))
			r->words.code = codes[i].code;
	put_words(&r->words, spoken_text(line, FIELD_TEXT));
	retold_give(s, r);
}

static void take(struct speech *s, void *state, const struct spoken *told)
{
	struct tshark *t = state;
	struct spoken timed = *told;

	set_time(&timed);
	if (timed.record.kind == RECORD_MESSAGE)
		take_control(s, t, &timed);
	else if (timed.record.kind == RECORD_PPP_PACKET)
		take_ppp(s, t, &timed);
	else
		speech_say(s, &timed, SAID_NOTHING)->sense = CROSSING;
}

static const char *const programs[] = {NULL};

const struct daemon_dialect daemon_tshark = {
	.name = "tshark",
	.programs = programs,
	.tables = &table,
	.is_wire = true,
	.state_size = sizeof(struct tshark),
	.take = take,
};
