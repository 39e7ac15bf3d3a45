/* kl2tpd (go-l2tp): logfmt, often inside of NetworkManager's lines. */
#include "speech.h"

/* clang-format off */
static const struct grammar_row rows[] = {
	{.name = "kl2tpd.message",
	 .pattern = "level={service} tunnel_name={name} function=transport message={direction:send|recv} message_type={message:*}{? ns={ns} nr={nr} isRetransmit={value:*}}",
	 .sample = "level=debug tunnel_name=t1 function=transport message=send message_type=avpMsgTypeScccn ns=1 nr=1 isRetransmit=false",
	 .reading = "service=debug name=t1 direction=send message=avpMsgTypeScccn ns=1 nr=1 value=false",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "kl2tpd.complete",
	 .pattern = "level={service} tunnel_name={name} function=transport message=\"send complete\" message_type={message:*} error={value:*}",
	 .sample = "level=debug tunnel_name=t1 function=transport message=\"send complete\" message_type=avpMsgTypeSccrq error=null",
	 .reading = "service=debug name=t1 message=avpMsgTypeSccrq value=null",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "kl2tpd.socket",
	 .pattern = "level={service} tunnel_name={name} function=transport message=\"socket {direction:recv|send}\" length={length}",
	 .sample = "level=debug tunnel_name=t1 function=transport message=\"socket recv\" length=148",
	 .reading = "service=debug name=t1 direction=recv length=148",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "kl2tpd.event",
	 .pattern = "level={service} tunnel_name={name} message=\"fsm event\" event={value:*}",
	 .sample = "level=debug tunnel_name=t1 message=\"fsm event\" event=newsession",
	 .reading = "service=debug name=t1 value=newsession",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

struct kl2tpd {
	bool is_answered; /* its SCCRQ, which then need not be told any more */
	uint16_t told;    /* the last message sent */
};

/* The line with the Ns of a message may be missing; this one says that it went out. */
static bool take_complete(struct speech *s, struct kl2tpd *k, const struct spoken *line,
			  uint16_t message)
{
	if (!spoken_is(line, "kl2tpd.complete") || message == MESSAGE_UNKNOWN ||
	    message == k->told || (message == SCCRQ && k->is_answered))
		return false;
	k->told = message;
	speech_message(s, line, SENT, message);
	return true;
}

/* A message goes out in several lines: the one with its Ns is the message. */
static void take(struct speech *s, void *state, const struct spoken *line)
{
	struct kl2tpd *k = state;
	bool is_sent = str_is(spoken_text(line, FIELD_DIRECTION), "send");
	uint16_t message = speech_message_type(spoken_text(line, FIELD_MESSAGE));
	struct event *e;

	if (take_complete(s, k, line, message))
		return;
	if (!spoken_is(line, "kl2tpd.message") || message == MESSAGE_UNKNOWN ||
	    (is_sent && !spoken_text(line, FIELD_NS).len)) {
		speech_say(s, line, SAID_OTHER);
		return;
	}
	k->is_answered |= !is_sent && message == SCCRP;
	if (is_sent)
		k->told = message;
	e = speech_message(s, line, is_sent ? SENT : RECEIVED, message);
	if (!spoken_text(line, FIELD_NS).len)
		return;
	e->l2tp.has_sequence = true;
	e->l2tp.ns = (uint16_t)spoken_number(line, FIELD_NS);
	e->l2tp.nr = (uint16_t)spoken_number(line, FIELD_NR);
}

static const char *const programs[] = {"kl2tpd", NULL};

const struct daemon_dialect daemon_kl2tpd = {
	.name = "kl2tpd",
	.programs = programs,
	.tables = &table,
	.state_size = sizeof(struct kl2tpd),
	.take = take,
};
