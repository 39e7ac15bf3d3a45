/* Keenetic: its L2TP client prints control messages as `[CTRL …]` with the numbers of the packet
 * (Ns, Nr) and of its own state (RNs, RNr), and PPP as accel-ppp does. One line of a real log
 * was at hand; the rest is recalled. */
#include "ppp_words.h"

/* clang-format off */
static const struct grammar_row rows[] = {
	{.name = "keenetic.control",
	 .pattern = "{?{interface:*}: }{direction:recv|send} [CTRL {message}{? <Ns {ns}> <Nr {nr}>{? <RNs {code}> <RNr {count}>}}{? {text}}]",
	 .sample = "recv [CTRL ZLB <Ns 6> <Nr 3> <RNs 2> <RNr 5>]",
	 .reading = "direction=recv message=ZLB ns=6 nr=3 code=2 count=5",
	 .kind = RECORD_MESSAGE, .topic = SAID_NOTHING},
	{.name = "keenetic.ppp",
	 .pattern = "{?{interface:*}: }{direction:recv|send|rcvd|sent} [{protocol:LCP|IPCP|IPV6CP|CCP|PAP|CHAP|MSCHAP-v1|MSCHAP-v2|EAP} {message:*} id={text}]",
	 .sample = "l2tp0: recv [LCP ConfReq id=1 <mru 1400> <magic 0142785a>]",
	 .reading = "interface=l2tp0 direction=recv protocol=LCP message=ConfReq text=1 <mru 1400> <magic 0142785a>",
	 .kind = RECORD_PPP_PACKET, .topic = SAID_NOTHING, .flags = ROW_RECALLED | ROW_CONTEXT},
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

static void take_ppp(struct speech *s, const struct spoken *line, enum sense sense)
{
	struct str words = arena_printf(
		s->arena, "%.*s %.*s id=%.*s", STR_ARG(spoken_text(line, FIELD_PROTOCOL)),
		STR_ARG(spoken_text(line, FIELD_MESSAGE)), STR_ARG(spoken_text(line, FIELD_TEXT)));
	struct ppp_words w;
	struct event *e;

	if (!ppp_words_read(words, str_find(words, STR("id=0x")) == SIZE_MAX, &w)) {
		speech_say(s, line, SAID_OTHER);
		return;
	}
	e = ppp_words_event(s, line, sense, &w);
	e->interface = arena_str(s->arena, spoken_text(line, FIELD_INTERFACE));
	e->l2tp.is_present = true;
	e->l2tp.version = 2;
}

static void take(struct speech *s, void *state, const struct spoken *line)
{
	struct str direction = spoken_text(line, FIELD_DIRECTION);
	enum sense sense = str_is(direction, "send") || str_is(direction, "sent") ? SENT : RECEIVED;
	struct event *e;

	(void)state;
	if (line->record.kind == RECORD_PPP_PACKET) {
		take_ppp(s, line, sense);
		return;
	}
	e = speech_message(s, line, sense, speech_message_type(spoken_text(line, FIELD_MESSAGE)));
	e->interface = arena_str(s->arena, spoken_text(line, FIELD_INTERFACE));
	if (!spoken_text(line, FIELD_NS).len)
		return;
	e->l2tp.has_sequence = true;
	e->l2tp.ns = (uint16_t)spoken_number(line, FIELD_NS);
	e->l2tp.nr = (uint16_t)spoken_number(line, FIELD_NR);
}

static const char *const programs[] = {"ppp-l2tp", NULL};

const struct daemon_dialect daemon_keenetic = {
	.name = "keenetic",
	.programs = programs,
	.tables = &table,
	.take = take,
};
