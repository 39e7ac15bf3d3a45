/* PPP.LOG of Windows: each packet in three parts, a line with its time, a line with its type and
 * the octets, behind a `<` where it was sent. Windows 2000 puts `[process] month-day time:` before
 * lines.
 *
 * The log of Windows 98 was at hand; rows of Windows 2000 are recalled. */
#include "retold.h"

#include "character.h"
#include "hexdump.h"
#include "ppp.h"

#define HEAD "{?[{request}] {?{value-decimal:#}-{version:#} }{service:*} }"
#define SAID(name_, pattern_, sample_, reading_, flags_)                                           \
	{                                                                                          \
		.name = "ppplog." name_, .pattern = HEAD pattern_, .sample = (sample_),            \
		.reading = (reading_), .kind = RECORD_SAID, .topic = SAID_NOTHING,                 \
		.flags = (flags_)                                                                  \
	}

/* clang-format off */
static const struct grammar_row rows[] = {
	{.name = "ppplog.packet",
	 .pattern = HEAD "{?<}{?>}PPP packet {direction:sent|received} at {domain:*} {number:*}",
	 .sample = "<PPP packet sent at 03/06/2000 11:51:07:100",
	 .reading = "direction=sent domain=03/06/2000 number=11:51:07:100",
	 .kind = RECORD_PPP_PACKET, .topic = SAID_NOTHING},
	{.name = "ppplog.type",
	 .pattern = HEAD "{?<}{?>}Protocol = {protocol}, Type = {value}, Length = {value-hex}, Id = {id:*}, Port{? }={? }{port}",
	 .sample = "<Protocol = PAP, Type = Protocol specific, Length = 0x1b, Id = 0x0, Port =1",
	 .reading = "protocol=PAP value=Protocol specific value-hex=0x1b id=0x0 port=1",
	 .kind = RECORD_PPP_OPTION, .topic = SAID_NOTHING},
	{.name = "ppplog.phase",
	 .pattern = HEAD "{phase:Authenticating|Callback|NCP|LCP} phase started",
	 .sample = "Authenticating phase started", .reading = "phase=Authenticating",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	SAID("bucket", "Packet received{? ({direction:*})} {?or line went down }{?for hPort {port} }in bucket {?# }{count}",
	     "Packet received or line went down in bucket # 1", "count=1", 0),
	SAID("info", "RasGetInfo returned {code} hPort={port}, RI_ConnState={state:*} RI_LastError={error}",
	     "RasGetInfo returned 0 hPort=1, RI_ConnState=2 RI_LastError=0", "code=0 port=1 state=2 error=0", 0),
	{.name = "ppplog.got",
	 .pattern = HEAD "Received packet",
	 .sample = "Received packet", .reading = "",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_CONTEXT},
	SAID("octets", "Bytes received in the packet = {length}", "Bytes received in the packet = 46", "length=46", 0),
	SAID("listen", "Posting listen on address {request}", "Posting listen on address e90624", "request=e90624", 0),
	SAID("returned", "RasPort{name:Receive|Send|Open|Close|Disconnect} returned {code}", "RasPortReceive returned 600", "name=Receive code=600", 0),
	SAID("fsm", "Fsm{name:*} {?event received }{?called }for protocol = {value-octets}, port = {port}",
	     "FsmUp event received for protocol = c021, port = 5", "name=Up value-octets=c021 port=5", ROW_RECALLED),
	SAID("options", "LCP {name:Local|Remote} Options{text}",
	     "LCP Local Options-------------", "name=Local text=-------------", ROW_RECALLED),
	SAID("timer", "{?InsertInTimerQ}{?RemoveFromTimerQ} called portid={port},Id={id},Protocol={value-octets}{?,{text}}",
	     "InsertInTimerQ called portid=5,Id=0,Protocol=c021,EventType=0,fAuth=0", "port=5 id=0 value-octets=c021 text=EventType=0,fAuth=0", ROW_RECALLED),
	SAID("timeout", "{?Recv timeout event received for}{?Timeout event occurred for} portid={port},Id={id},Protocol={value-octets}{?,{text}}",
	     "Recv timeout event received for portid=5,Id=0,Protocol=c021,EventType=0", "port=5 id=0 value-octets=c021 text=EventType=0", ROW_RECALLED),
	SAID("line", "Line {status:up|down} event occurred on port {port}", "Line up event occurred on port 5", "status=up port=5", ROW_RECALLED),
	{.name = "ppplog.given-up",
	 .pattern = HEAD "Request retry exceeded",
	 .sample = "Request retry exceeded", .reading = "",
	 .kind = RECORD_SAID, .topic = SAID_PPP_DISCONNECT, .flags = ROW_RECALLED,
	 .means = "it asked as often as it may, and no answer counted"},
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

struct ppplog {
	bool is_open;
	struct spoken line;
	char stamp[32], text[128];
	enum sense sense;
	struct moment when;
	uint32_t port;
	uint16_t waits_for; /* the protocol whose timer ran out */
	uint8_t octets[RETOLD_OCTETS];
	size_t n;
};

static unsigned digits(struct str *s)
{
	unsigned n = 0;

	while (s->len && char_is_digit(s->at[0]) && n < 100000) {
		n = n * 10 + (unsigned)(s->at[0] - '0');
		*s = str_from(*s, 1);
	}
	if (s->len)
		*s = str_from(*s, 1);
	return n;
}

/* `03/06/2000 11:51:07:100`: month, day, year; milliseconds behind a colon. */
static struct moment moment_of(struct str date, struct str time)
{
	unsigned month = digits(&date), day = digits(&date), year = digits(&date);
	unsigned hour = digits(&time), minute = digits(&time), second = digits(&time);
	unsigned ms = digits(&time);

	if (month < 1 || month > 12 || day < 1 || day > 31 || year < 1980 || year > 2100 ||
	    hour > 23 || minute > 59 || second > 60 || ms > 999)
		return (struct moment){0};
	return (struct moment){.kind = CLOCK_LOCAL,
			       .grain_ns = 1000000,
			       .ns = clock_from_civil((int)year, (int)month, (int)day, (int)hour,
						      (int)minute, (int)second,
						      (int64_t)ms * 1000000)};
}

/* Its length says that more rows of octets stood there: the log was cut, or something got in
 * between. */
static bool is_cut(const struct ppplog *p)
{
	enum { PROTOCOL = 2, LENGTH_AT = 4 };

	return p->n < LENGTH_AT + 2 ||
	       p->n < PROTOCOL + ((size_t)p->octets[LENGTH_AT] << 8 | p->octets[LENGTH_AT + 1]);
}

static void give(struct speech *s, struct ppplog *p)
{
	struct defect_list defects = {.arena = s->arena};
	struct event *e;

	if (!p->is_open)
		return;
	p->is_open = false;
	if (p->sense == SENT && p->n >= 2)
		p->waits_for = (uint16_t)(p->octets[0] << 8 | p->octets[1]);
	e = speech_event(s, &p->line);
	e->sense = p->sense;
	e->interface = arena_printf(s->arena, "Port %u", p->port);
	ppp_decode(s->arena, arena_span(s->arena, span_of(p->octets, p->n)), e, &defects);
	if (is_cut(p)) {
		defects.n = 0;
		e->ppp.is_complete = false;
		e->ppp.length = 0;
	}
	e->defects = defects.at;
	e->n_defects = defects.n;
	if (e->kind == EVENT_PPP)
		return;
	s->n--;
	speech_say(s, &p->line, SAID_OTHER);
}

/* Its requests were in vain: in pppd's words, which say of what. */
static void say_given_up(struct speech *s, struct ppplog *p, const struct spoken *line)
{
	static const struct {
		uint16_t protocol;
		const char *name;
	} names[] = {
		{PPP_LCP, "LCP"}, {PPP_IPCP, "IPCP"}, {PPP_IPV6CP, "IPV6CP"}, {PPP_CCP, "CCP"}};
	struct event *e;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].protocol != p->waits_for)
			continue;
		e = speech_say(s, line, SAID_PPP_DISCONNECT);
		e->interface = arena_printf(s->arena, "Port %u", p->port);
		e->l2tp.is_present = true;
		e->l2tp.version = 2;
		speech_value(s, e, FIELD_REASON,
			     arena_printf(s->arena, "%s: timeout sending Config-Requests",
					  names[i].name));
		return;
	}
	speech_say(s, line, SAID_OTHER);
}

static uint16_t protocol_of(struct str octets)
{
	uint16_t protocol = 0;

	for (size_t i = 0; i < octets.len && i < 4; i++)
		if (hex_digit(octets.at[i]) >= 0)
			protocol = (uint16_t)(protocol << 4 | hex_digit(octets.at[i]));
	return protocol;
}

static void take(struct speech *s, void *state, const struct spoken *line)
{
	struct ppplog *p = state;

	if (line->record.kind == RECORD_PPP_OPTION && p->is_open && !p->n) {
		p->port = spoken_number(line, FIELD_PORT);
		return;
	}
	give(s, p);
	if (spoken_is(line, "ppplog.timeout"))
		p->waits_for = protocol_of(spoken_text(line, FIELD_VALUE_OCTETS));
	if (spoken_is(line, "ppplog.given-up")) {
		say_given_up(s, p, line);
		return;
	}
	if (line->record.kind != RECORD_PPP_PACKET) {
		speech_say(s, line, SAID_NOTHING);
		return;
	}
	*p = (struct ppplog){
		.is_open = true, .line = *line, .port = p->port, .waits_for = p->waits_for};
	p->line.record.n_values = 0;
	p->line.record.fields = 0;
	p->line.record.stamp =
		str_copy(p->stamp, sizeof(p->stamp), spoken_text(line, FIELD_NUMBER));
	p->line.record.text = str_copy(p->text, sizeof(p->text), line->record.text);
	p->line.record.when =
		moment_of(spoken_text(line, FIELD_DOMAIN), spoken_text(line, FIELD_NUMBER));
	p->sense = str_is(spoken_text(line, FIELD_DIRECTION), "sent") ? SENT : RECEIVED;
}

/* `<C0 23 01 00 00 19 |.#....|`: at most 16 octets; the letters behind the bar may be masked. */
static bool more(struct speech *s, void *state, const struct spoken *line)
{
	struct ppplog *p = state;
	struct str text = line->record.text;
	size_t bar = str_find(text, STR("|")), n = 0;

	(void)s;
	if (!p->is_open)
		return false;
	if (bar != SIZE_MAX)
		text.len = bar;
	/* Windows 2000 puts process and time before the octets */
	if (str_starts(text, "[") && str_find(text, STR(": ")) != SIZE_MAX)
		text = str_from(text, str_find(text, STR(": ")) + 2);
	if (text.len && (text.at[0] == '<' || text.at[0] == '>'))
		text = str_from(text, 1);
	text = str_trim(text);
	for (size_t i = 0; i + 1 < text.len && n < 16; i += 3, n++) {
		int high = hex_digit(text.at[i]), low = hex_digit(text.at[i + 1]);

		if (high < 0 || low < 0 || (i + 2 < text.len && text.at[i + 2] != ' '))
			return n > 0;
		if (p->n < sizeof(p->octets))
			p->octets[p->n++] = (uint8_t)(high << 4 | low);
	}
	return n > 0;
}

static void finish(struct speech *s, void *state)
{
	give(s, state);
}

static const char *const programs[] = {NULL};

const struct daemon_dialect daemon_ppplog = {
	.name = "ppplog",
	.programs = programs,
	.tables = &table,
	.state_size = sizeof(struct ppplog),
	.take = take,
	.more = more,
	.finish = finish,
};
