/* FortiGate: `diagnose debug application l2tp` (or pptpd, pppoed, sslvpn) prints each PPP packet as
 * `SND: LCP Configure_Request id(1) len(14) [Maximum_Received_Unit 1354] …`. What its pppd says
 * stands between, in pppd's own words. An echo, a terminate and options of LCP were at hand; names
 * of other options are recalled. */
#include "retold.h"

#include "hexdump.h"
#include "ppp.h"

/* clang-format off */
static const struct grammar_row rows[] = {
	{.name = "fortigate.packet",
	 .pattern = "{?[{value:*}]}{direction:SND|RCV}: {protocol:LCP|IPCP|IPV6CP|IPv6CP|CCP|PAP|CHAP|EAP|CBCP|ECP} {message:*} id({id}){? len({length})}{? {text}}",
	 .sample = "SND: LCP Configure_Request id(1) len(10) [Magic_Number 2858EE4F]",
	 .reading = "direction=SND protocol=LCP message=Configure_Request id=1 length=10 text=[Magic_Number 2858EE4F]",
	 .kind = RECORD_PPP_PACKET, .topic = SAID_NOTHING},
	{.name = "fortigate.tunnel",
	 .pattern = "l2tp_ppp_{action:*}()-{code}: tunnel={count}",
	 .sample = "l2tp_ppp_send()-395: tunnel=52", .reading = "action=send code=395 count=52",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "fortigate.lcp",
	 .pattern = "{action:lcp_up|lcp_down|lcp_reqci}: {text}",
	 .sample = "lcp_up: with mtu 1354", .reading = "action=lcp_up text=with mtu 1354",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_CONTEXT | ROW_RECALLED},
	{.name = "fortigate.ipcp",
	 .pattern = "ipcp: {status:up|down} ppp:{value:*} {text}",
	 .sample = "ipcp: down ppp:0x7f7940007000 caller:0x1872e100 tun:-1",
	 .reading = "status=down value=0x7f7940007000 text=caller:0x1872e100 tun:-1",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	/* pppd's words, of the link whose packets stand here */
	{.name = "fortigate.echo",
	 .pattern = "No response to {count} echo-requests",
	 .sample = "No response to 3 echo-requests", .reading = "count=3",
	 .kind = RECORD_SAID, .topic = SAID_PPP_DISCONNECT, .flags = ROW_CONTEXT,
	 .means = "the other end is gone, or the path to it"},
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

/* Two spellings of Terminate are the program's. */
static const struct {
	const char *word;
	uint8_t code;
} codes[] = {
	{"Configure_Request", CP_CONFREQ}, {"Configure_Ack", CP_CONFACK},
	{"Configure_Nak", CP_CONFNAK},     {"Configure_Reject", CP_CONFREJ},
	{"Terminate_Request", CP_TERMREQ}, {"Termiate_Request", CP_TERMREQ},
	{"Terminate_Ack", CP_TERMACK},     {"Termiate_Ack", CP_TERMACK},
	{"Code_Reject", CP_CODEREJ},       {"Protocol_Reject", CP_PROTREJ},
	{"Echo_Request", CP_ECHOREQ},      {"Echo_Reply", CP_ECHOREP},
	{"Discard_Request", CP_DISCARD},   {"Authenticate_Request", PAP_REQUEST},
	{"Authenticate_Ack", PAP_ACK},     {"Authenticate_Nak", PAP_NAK},
	{"Challenge", CHAP_CHALLENGE},     {"Response", CHAP_RESPONSE},
	{"Success", CHAP_SUCCESS},         {"Failure", CHAP_FAILURE},
};

static const struct {
	const char *word;
	uint16_t protocol;
	uint8_t number;
	size_t length;
	bool is_hex;
} options[] = {
	{"Maximum_Received_Unit", PPP_LCP, 1, 4, false},
	{"Async_Control_Character_Map", PPP_LCP, 2, 6, true},
	{"Authentication_Protocol", PPP_LCP, 3, 0, false},
	{"Magic_Number", PPP_LCP, 5, 6, true},
	{"Protocol_Field_Compression", PPP_LCP, 7, 2, false},
	{"Address_And_Control_Field_Compression", PPP_LCP, 8, 2, false},
	{"Address_and_Control_Field_Compression", PPP_LCP, 8, 2, false},
	{"IP_Address", PPP_IPCP, 3, 6, false},
	{"Primary_DNS_IP_Address", PPP_IPCP, 129, 6, false},
	{"Primary_WINS_IP_Address", PPP_IPCP, 130, 6, false},
	{"Secondary_DNS_IP_Address", PPP_IPCP, 131, 6, false},
	{"Secondary_WINS_IP_Address", PPP_IPCP, 132, 6, false},
};

static void take_option(struct retold *r, struct str text)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		char hex[32] = "0x";
		size_t n = strlen(options[i].word), length = options[i].length;
		struct str value;

		if (!str_starts(text, options[i].word) || r->words.protocol != options[i].protocol)
			continue;
		value = str_trim(str_from(text, n));
		if (!length)
			length = str_starts(value, "CHAP") ? 5 : 4;
		if (options[i].is_hex && value.len > 0 && value.len <= 8) {
			memcpy(hex + 2, value.at, value.len);
			value = (struct str){hex, value.len + 2};
		}
		if (str_starts(value, "MSCHAPV2") || str_starts(value, "MS-CHAPv2")) {
			value = STR("CHAP, MS-CHAPv2");
			length = 5;
		}
		if (retold_option_words(r, options[i].number, length, value))
			return;
		break;
	}
	r->words.is_complete = false;
}

/* `[Magic_Number 2858EE4F] [Protocol_Field_Compression]` */
static void take_options(struct retold *r, struct str text)
{
	while (text.len) {
		size_t open = str_find(text, STR("[")), close;

		if (open == SIZE_MAX)
			return;
		text = str_from(text, open + 1);
		close = str_find(text, STR("]"));
		if (close == SIZE_MAX)
			close = text.len;
		take_option(r, (struct str){text.at, close});
		text = str_from(text, close);
	}
}

/* Else sslvpn, pptpd or pppoed. */
static void carry(const struct speech *s, struct event *e)
{
	if (!speech_has(s, STR("l2tp")))
		return;
	e->l2tp.is_present = true;
	e->l2tp.version = 2;
}

static void take_echo(struct speech *s, const struct retold *r, const struct spoken *line)
{
	struct event *e = speech_say(s, line, SAID_PPP_DISCONNECT);

	e->said.n_values = 0;
	e->interface = speech_keep(s, r->interface[0] ? str_of(r->interface) : STR("ppp"));
	speech_value(s, e, FIELD_REASON, line->record.text);
	carry(s, e);
}

static void take(struct speech *s, void *state, const struct spoken *line)
{
	struct retold *r = state;
	struct str word = spoken_text(line, FIELD_MESSAGE), text = spoken_text(line, FIELD_TEXT);
	struct str of = spoken_text(line, FIELD_VALUE);
	size_t n = of.len < sizeof(r->interface) - 1 ? of.len : sizeof(r->interface) - 1;
	size_t before;
	bool is_request;

	retold_give(s, r);
	if (spoken_is(line, "fortigate.echo")) {
		take_echo(s, r, line);
		return;
	}
	if (line->record.kind != RECORD_PPP_PACKET) {
		speech_say(s, line, SAID_NOTHING);
		return;
	}
	retold_begin(r, line, str_is(spoken_text(line, FIELD_DIRECTION), "SND") ? SENT : RECEIVED);
	r->carrier = RETOLD_LINK;
	memcpy(r->interface, n ? of.at : "ppp", n ? n : 3);
	r->words.protocol = ppp_words_protocol(spoken_text(line, FIELD_PROTOCOL));
	r->words.id = (uint8_t)spoken_number(line, FIELD_ID);
	r->words.has_id = true;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (str_is(word, codes[i].word))
			r->words.code = codes[i].code;
	is_request = r->words.protocol != PPP_CHAP && r->words.protocol != PPP_PAP &&
		     r->words.protocol != PPP_EAP && r->words.code <= CP_CONFREJ;
	r->words.is_complete = is_request;
	if (is_request)
		take_options(r, text);
	if (!r->words.code)
		r->is_open = false;
	before = s->n;
	retold_give(s, r);
	if (s->n > before)
		carry(s, &s->queue[s->n - 1]);
}

static const char *const programs[] = {NULL};

const struct daemon_dialect daemon_fortigate = {
	.name = "fortigate",
	.programs = programs,
	.tables = &table,
	.state_size = sizeof(struct retold),
	.take = take,
};
