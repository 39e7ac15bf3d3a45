#include "character.h"
#include "ppp.h"
#include "ppp_words_parts.h"

static const struct {
	const char *word;
	uint16_t protocol;
} protocols[] = {
	{"LCP", PPP_LCP}, {"IPCP", PPP_IPCP}, {"IPV6CP", PPP_IPV6CP},  {"IPv6CP", PPP_IPV6CP},
	{"CCP", PPP_CCP}, {"ECP", PPP_ECP},   {"PAP", PPP_PAP},        {"CHAP", PPP_CHAP},
	{"EAP", PPP_EAP}, {"CBCP", PPP_CBCP}, {"MSCHAP-v1", PPP_CHAP}, {"MSCHAP-v2", PPP_CHAP},
};

static const struct {
	uint16_t protocol; /* 0: every control protocol */
	const char *word;
	uint8_t code;
} codes[] = {
	{0, "ConfReq", CP_CONFREQ},
	{0, "ConfAck", CP_CONFACK},
	{0, "ConfNak", CP_CONFNAK},
	{0, "ConfRej", CP_CONFREJ},
	{0, "TermReq", CP_TERMREQ},
	{0, "TermAck", CP_TERMACK},
	{0, "CodeRej", CP_CODEREJ},
	{0, "ProtRej", CP_PROTREJ},
	{0, "ProtoRej", CP_PROTREJ},
	{0, "EchoReq", CP_ECHOREQ},
	{0, "EchoRep", CP_ECHOREP},
	{0, "DiscReq", CP_DISCARD},
	{0, "Ident", CP_IDENTIFICATION},
	{0, "TimeRem", CP_TIME_REMAINING},
	{0, "ResetReq", 14},
	{0, "ResetAck", 15},
	{PPP_PAP, "AuthReq", PAP_REQUEST},
	{PPP_PAP, "AuthAck", PAP_ACK},
	{PPP_PAP, "AuthNak", PAP_NAK},
	{PPP_CHAP, "Challenge", CHAP_CHALLENGE},
	{PPP_CHAP, "Response", CHAP_RESPONSE},
	{PPP_CHAP, "Success", CHAP_SUCCESS},
	{PPP_CHAP, "Failure", CHAP_FAILURE},
	{PPP_EAP, "Request", EAP_REQUEST},
	{PPP_EAP, "Response", EAP_RESPONSE},
	{PPP_EAP, "Success", EAP_SUCCESS},
	{PPP_EAP, "Failure", EAP_FAILURE},
};

uint16_t ppp_words_protocol(struct str word)
{
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (str_is(word, protocols[i].word))
			return protocols[i].protocol;
	return 0;
}

static bool is_auth(uint16_t protocol)
{
	return protocol == PPP_PAP || protocol == PPP_CHAP || protocol == PPP_EAP;
}

uint8_t ppp_words_code(uint16_t protocol, struct str word)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if ((codes[i].protocol == protocol || (!codes[i].protocol && !is_auth(protocol))) &&
		    str_is(word, codes[i].word))
			return codes[i].code;
	return 0;
}

/* The octet that three octal digits at `i` say, of which the first is up to `most`; -1: they are
 * none. */
static int octal_at(struct str s, size_t i, char most)
{
	int octet = 0;

	if (i + 3 > s.len || s.at[i] > most)
		return -1;
	for (size_t end = i + 3; i < end; i++) {
		if (s.at[i] < '0' || s.at[i] > '7')
			return -1;
		octet = 8 * octet + (s.at[i] - '0');
	}
	return octet & 0xff;
}

/* What stands in quotes: `\n`, `\\`, `\"`, `\ooo` are one octet; older ones print those above 127
 * with the sign that a char has, `\37777777ooo`. Returns what follows. */
static struct str add_quoted(struct ppp_words *w, struct str s)
{
	size_t i = 1;

	while (i < s.len && s.at[i] != '"') {
		char c = s.at[i++];
		bool is_signed = str_starts(str_from(s, i), "37777777");
		size_t at = is_signed ? i + 8 : i;
		int octet = octal_at(s, at, is_signed ? '7' : '3');

		if (c != '\\' || i >= s.len || (octet < 0 && char_is_digit(s.at[i]))) {
			words_add(w, &c, 1);
			continue;
		}
		if (octet >= 0) {
			words_add_u8(w, (unsigned)octet);
			i = at + 3;
			continue;
		}
		c = s.at[i++];
		words_add_u8(w, c == 'n'   ? '\n'
				: c == 'r' ? '\r'
				: c == 't' ? '\t'
					   : (unsigned char)c);
	}
	return i < s.len ? str_from(s, i + 1) : STR("");
}

/* `<hex>, name = "x"`; MS-CHAPv2 of accel-ppp prints its parts apart. */
static void chap_value(struct ppp_words *w, struct str s)
{
	size_t open = str_find(s, STR("<")), end, length_at = w->n;
	size_t name;

	words_add_u8(w, 0);
	while (open != SIZE_MAX) {
		size_t part = w->n;

		s = str_from(s, open + 1);
		end = str_find(s, STR(">"));
		if (end == SIZE_MAX || !words_add_octets(w, (struct str){s.at, end})) {
			/* `<***>`: hidden, or hurt; the name behind it is as it was */
			w->is_complete = false;
			w->n = length_at + 1;
			break;
		}
		s = str_from(s, end + 1);
		open = str_find(s, STR("<"));
		/* RFC 2759 4: 16 octets of challenge, 8 reserved, 24 of response, flags */
		if (w->code == CHAP_RESPONSE && open != SIZE_MAX && w->n - part <= 16) {
			while (w->n - part < 16 + 8)
				words_add_u8(w, 0);
		}
	}
	if (w->is_complete && str_find(s, STR("F=")) != SIZE_MAX) {
		words_add_u8(w, 0);
		w->is_complete = w->is_complete && w->n - length_at - 1 == 49;
	}
	if (w->n - length_at - 1 > 255) {
		w->is_complete = false;
		return;
	}
	w->body[length_at] = (uint8_t)(w->n - length_at - 1);
	name = str_find(s, STR("\""));
	if (name != SIZE_MAX)
		add_quoted(w, str_from(s, name));
}

static void add_counted(struct ppp_words *w, struct str s)
{
	size_t at = w->n;

	words_add_u8(w, 0);
	add_quoted(w, s);
	w->body[at] = (uint8_t)(w->n - at - 1);
}

/* `user="x" password=<hidden>`. */
static void pap_request(struct ppp_words *w, struct str s)
{
	size_t user = str_find(s, STR("user=\"")), password;

	if (user == SIZE_MAX) {
		w->is_complete = false;
		return;
	}
	add_counted(w, str_from(s, user + 5));
	password = str_find(s, STR("password=\""));
	if (password == SIZE_MAX)
		w->is_complete = false;
	else
		add_counted(w, str_from(s, password + 9));
}

/* `magic=0x1234`, octets or a text behind it. */
static void magic_body(struct ppp_words *w, struct str s)
{
	size_t at = str_find(s, STR("magic"));
	uint64_t magic = 0;

	if (at == SIZE_MAX) {
		/* accel-ppp prints the text of an Identification alone: <MSRASV5.20> */
		w->is_complete = false;
		return;
	}
	s = str_from(s, at + 6);
	while (s.len && (s.at[0] == '=' || s.at[0] == ' '))
		s = str_from(s, 1);
	at = 0;
	while (at < s.len && s.at[at] != ' ' && s.at[at] != '>')
		at++;
	if (!words_hex((struct str){s.at, at}, &magic)) {
		w->is_complete = false;
		return;
	}
	words_add_number(w, magic, 4);
	s = str_trim(str_from(s, at));
	if (str_starts(s, "\""))
		add_quoted(w, s);
	else if (s.len && s.at[0] != '>' && !words_add_octets(w, s))
		w->is_complete = false;
}

/* `Identity <Name "x">`, `MD5-Challenge <Value 0102…> <Name "x">`. */
static void eap_body(struct ppp_words *w, struct str s)
{
	static const struct {
		const char *word;
		uint8_t type;
	} types[] = {{"Identity", 1}, {"Notification", 2}, {"Nak", 3}, {"MD5-Challenge", 4}};
	size_t value, text;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!str_starts(s, types[i].word))
			continue;
		words_add_u8(w, types[i].type);
		value = str_find(s, STR("<Value "));
		if (types[i].type == 4 && value != SIZE_MAX) {
			struct str hex = str_from(s, value + 7);
			size_t end = str_find(hex, STR(">")), at = w->n;

			words_add_u8(w, 0);
			if (end == SIZE_MAX || !words_add_octets(w, (struct str){hex.at, end}))
				w->is_complete = false;
			w->body[at] = (uint8_t)(w->n - at - 1);
		} else if (types[i].type >= 3) {
			w->is_complete = false;
		}
		text = str_find(s, STR("\""));
		if (text != SIZE_MAX)
			add_quoted(w, str_from(s, text));
		return;
	}
	w->is_complete = w->code == EAP_SUCCESS || w->code == EAP_FAILURE;
}

static void text_body(struct ppp_words *w, struct str s)
{
	size_t quote = str_find(s, STR("\""));

	if (quote != SIZE_MAX)
		add_quoted(w, str_from(s, quote));
	else if (s.len && !words_add_octets(w, s))
		w->is_complete = false;
}

static void octets_body(struct ppp_words *w, struct str s)
{
	s = str_trim(s);
	if (str_starts(s, "<") && str_ends(s, ">")) { /* accel-ppp: only the protocol */
		s = (struct str){s.at + 1, s.len - 2};
		w->is_complete = false;
	}
	if (!words_add_octets(w, s))
		w->is_complete = false;
}

static void auth_body(struct ppp_words *w, struct str s)
{
	if (w->protocol == PPP_EAP) {
		eap_body(w, s);
	} else if (w->protocol == PPP_PAP) {
		if (w->code == PAP_REQUEST)
			pap_request(w, s);
		else if (str_starts(s, "\""))
			add_counted(w, s);
		else
			w->is_complete = false;
	} else if (w->code == CHAP_CHALLENGE || w->code == CHAP_RESPONSE) {
		chap_value(w, s);
	} else {
		text_body(w, s);
	}
}

static void read_body(struct ppp_words *w, struct str s)
{
	s = str_trim(s);
	if (is_auth(w->protocol)) {
		auth_body(w, s);
		return;
	}
	switch (w->code) {
	case CP_CONFREQ:
	case CP_CONFACK:
	case CP_CONFNAK:
	case CP_CONFREJ:
		ppp_words_options(w, s);
		/* accel-ppp acknowledges without repeating the options */
		if (w->is_hex && w->code == CP_CONFACK && !w->n)
			w->is_complete = false;
		break;
	case CP_TERMREQ:
	case CP_TERMACK:
		text_body(w, s);
		break;
	case CP_CODEREJ:
	case CP_PROTREJ:
		octets_body(w, s);
		break;
	case CP_ECHOREQ:
	case CP_ECHOREP:
	case CP_DISCARD:
	case CP_IDENTIFICATION:
	case CP_TIME_REMAINING:
		magic_body(w, s);
		break;
	default:
		octets_body(w, s);
		break;
	}
}

bool ppp_words_read(struct str inside, bool is_hex, struct ppp_words *ret)
{
	struct str s = inside, protocol = words_next(&s), code = words_next(&s), id;
	uint64_t number;
	size_t n = 0;

	memset(ret, 0, sizeof(*ret));
	ret->is_complete = true;
	ret->is_hex = is_hex;
	ret->protocol = ppp_words_protocol(protocol);
	if (!ret->protocol)
		return false;
	ret->code = ppp_words_code(ret->protocol, code);
	if (!ret->code)
		return false;
	if (str_starts(s, "id=")) {
		s = str_from(s, 3);
		while (n < s.len && s.at[n] != ' ' && s.at[n] != '"' && s.at[n] != '<')
			n++;
		id = (struct str){s.at, n};
		s = str_from(s, n);
		if (is_hex || str_starts(id, "0x"))
			ret->has_id = words_hex(id, &number);
		else
			ret->has_id = str_u64(id, &number);
		ret->id = (uint8_t)number;
	}
	read_body(ret, s);
	return true;
}

struct event *ppp_words_event(struct speech *s, const struct spoken *line, enum sense sense,
			      const struct ppp_words *w)
{
	uint8_t packet[4 + sizeof(w->body)];
	size_t length = 4 + w->n;
	struct event *e;

	packet[0] = w->code;
	packet[1] = w->id;
	packet[2] = (uint8_t)(length >> 8);
	packet[3] = (uint8_t)length;
	memcpy(packet + 4, w->body, w->n);
	e = speech_ppp(s, line, sense, w->protocol, span_of(packet, length));
	e->ppp.has_id = w->has_id;
	if (w->is_complete)
		return e;
	/* what is not known is no fault of the sender */
	e->ppp.is_complete = false;
	e->ppp.length = 0;
	e->n_defects = 0;
	return e;
}
