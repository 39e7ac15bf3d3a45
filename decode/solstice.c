/* ppptrace of Solstice PPP: a line for each packet, its length and its options below. Only a log
 * made after a printed one was at hand; its lengths are not to be trusted. */
#include "retold.h"

/* clang-format off */
static const struct grammar_row rows[] = {
	{.name = "solstice.packet",
	 .pattern = "{interface:*} {direction:Send|Recv|Receive}: {protocol} Packet {message:Config Request|Config Ack|Config Nak|Config Reject|Terminate Request|Terminate Ack|Code Reject|Protocol Reject|Echo Request|Echo Reply|Discard Request|Challenge|Response|Success|Failure|Authenticate Request|Authenticate Ack|Authenticate Nak} [id: {id:0x}]{? [length: {value-hex}]}",
	 .sample = "ipdptp0 Send: LCP Packet Config Request  [id: 21]",
	 .reading = "interface=ipdptp0 direction=Send protocol=LCP message=Config Request id=21",
	 .kind = RECORD_PPP_PACKET, .topic = SAID_NOTHING, .flags = ROW_RECALLED},
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

static const struct {
	const char *word;
	uint8_t code;
} codes[] = {
	{"Config Request", CP_CONFREQ},    {"Config Ack", CP_CONFACK},
	{"Config Nak", CP_CONFNAK},        {"Config Reject", CP_CONFREJ},
	{"Terminate Request", CP_TERMREQ}, {"Terminate Ack", CP_TERMACK},
	{"Code Reject", CP_CODEREJ},       {"Protocol Reject", CP_PROTREJ},
	{"Echo Request", CP_ECHOREQ},      {"Echo Reply", CP_ECHOREP},
	{"Discard Request", CP_DISCARD},   {"Challenge", CHAP_CHALLENGE},
	{"Response", CHAP_RESPONSE},       {"Success", CHAP_SUCCESS},
	{"Failure", CHAP_FAILURE},         {"Authenticate Request", PAP_REQUEST},
	{"Authenticate Ack", PAP_ACK},     {"Authenticate Nak", PAP_NAK},
};

static void take(struct speech *s, void *state, const struct spoken *line)
{
	struct retold *r = state;
	struct str name = spoken_text(line, FIELD_INTERFACE);
	struct str word = spoken_text(line, FIELD_MESSAGE);
	size_t n = name.len < sizeof(r->interface) - 1 ? name.len : sizeof(r->interface) - 1;

	retold_give(s, r);
	retold_begin(r, line, str_is(spoken_text(line, FIELD_DIRECTION), "Send") ? SENT : RECEIVED);
	memcpy(r->interface, name.at, n);
	r->carrier = RETOLD_LINK;
	r->words.protocol = ppp_words_protocol(spoken_text(line, FIELD_PROTOCOL));
	r->words.id = (uint8_t)spoken_number(line, FIELD_ID);
	r->words.has_id = true;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (str_is(word, codes[i].word))
			r->words.code = codes[i].code;
	r->words.is_complete = r->words.code <= CP_TERMACK && r->words.protocol != PPP_CHAP &&
			       r->words.protocol != PPP_PAP;
	if (r->words.protocol)
		return;
	r->is_open = false;
	speech_say(s, line, SAID_OTHER);
}

/* The misspelling is the program's. */
static const struct {
	const char *words;
	uint16_t protocol;
	uint8_t number;
	size_t length; /* 0: what the value needs */
	bool is_hex;
} options[] = {
	{"Maximun Receive unit: ", PPP_LCP, 1, 4, false},
	{"Maximum Receive unit: ", PPP_LCP, 1, 4, false},
	{"Async Control Character Map: ", PPP_LCP, 2, 6, true},
	{"Authentication protocol: ", PPP_LCP, 3, 0, false},
	{"Magic Number: ", PPP_LCP, 5, 6, true},
	{"Protocol Field Compression", PPP_LCP, 7, 2, false},
	{"Address and Control Field Compression", PPP_LCP, 8, 2, false},
	{"IP Address: ", PPP_IPCP, 3, 6, false},
};

static bool take_option(struct retold *r, struct str text)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		char hex[32] = "0x";
		struct str value;
		size_t length = options[i].length;

		if (!str_starts(text, options[i].words) || r->words.protocol != options[i].protocol)
			continue;
		value = str_from(text, strlen(options[i].words));
		if (!length)
			length = str_starts(value, "CHAP") ? 5 : 4;
		if (options[i].is_hex && value.len > 0 && value.len < 16 &&
		    !str_starts(value, "0x")) {
			memcpy(hex + 2, value.at, value.len);
			value = (struct str){hex, value.len + 2};
		}
		if (str_starts(value, "PAP"))
			value.len = 3;
		if (!retold_option_words(r, options[i].number, length, value))
			r->words.is_complete = false;
		return true;
	}
	r->words.is_complete = false;
	return str_find(text, STR(": ")) != SIZE_MAX;
}

static bool more(struct speech *s, void *state, const struct spoken *line)
{
	struct retold *r = state;
	struct str text = line->record.text;

	(void)s;
	return r->is_open && (str_starts(text, "[length: ") || take_option(r, text));
}

static void finish(struct speech *s, void *state)
{
	retold_give(s, state);
}

static const char *const programs[] = {NULL};

const struct daemon_dialect daemon_solstice = {
	.name = "solstice",
	.programs = programs,
	.tables = &table,
	.state_size = sizeof(struct retold),
	.take = take,
	.more = more,
	.finish = finish,
};
