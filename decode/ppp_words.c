#include "ppp_words.h"

#include "hexdump.h"
#include "ppp.h"

/* How the value of an option is printed. */
enum print {
	PRINT_NONE,
	PRINT_NUMBER, /* in `size` octets */
	PRINT_HEX,    /* a number in hexadecimal, with or without 0x */
	PRINT_ADDRESS,
	PRINT_AUTH,
	PRINT_OCTETS, /* octets in hexadecimal, apart or together */
	PRINT_ENDPOINT,
	PRINT_MPPE,
	PRINT_INTERFACE_ID,
	PRINT_DEFLATE,
	PRINT_BSD,
	PRINT_VJ,
	PRINT_CALLBACK,
};

static const struct option_word {
	uint16_t protocol;
	const char *word;
	uint8_t number;
	enum print print;
	uint8_t size;
} options[] = {
	{PPP_LCP, "mru", 1, PRINT_NUMBER, 2},
	{PPP_LCP, "asyncmap", 2, PRINT_HEX, 4},
	{PPP_LCP, "accm", 2, PRINT_HEX, 4},
	{PPP_LCP, "auth", 3, PRINT_AUTH, 0},
	{PPP_LCP, "quality", 4, PRINT_OCTETS, 0},
	{PPP_LCP, "magic", 5, PRINT_HEX, 4},
	{PPP_LCP, "pcomp", 7, PRINT_NONE, 0},
	{PPP_LCP, "accomp", 8, PRINT_NONE, 0},
	{PPP_LCP, "callback", 13, PRINT_CALLBACK, 1},
	{PPP_LCP, "mrru", 17, PRINT_NUMBER, 2},
	{PPP_LCP, "ssnhf", 18, PRINT_NONE, 0},
	{PPP_LCP, "endpoint", 19, PRINT_ENDPOINT, 0},
	{PPP_IPCP, "compress", 2, PRINT_VJ, 0},
	{PPP_IPCP, "addr", 3, PRINT_ADDRESS, 4},
	{PPP_IPCP, "dns1", 129, PRINT_ADDRESS, 4},
	{PPP_IPCP, "ms-dns1", 129, PRINT_ADDRESS, 4},
	{PPP_IPCP, "wins1", 130, PRINT_ADDRESS, 4},
	{PPP_IPCP, "ms-wins", 130, PRINT_ADDRESS, 4},
	{PPP_IPCP, "ms-wins1", 130, PRINT_ADDRESS, 4},
	{PPP_IPCP, "dns2", 131, PRINT_ADDRESS, 4},
	{PPP_IPCP, "ms-dns2", 131, PRINT_ADDRESS, 4},
	{PPP_IPCP, "ms-dns3", 131, PRINT_ADDRESS, 4},
	{PPP_IPCP, "wins2", 132, PRINT_ADDRESS, 4},
	{PPP_IPCP, "ms-wins2", 132, PRINT_ADDRESS, 4},
	{PPP_IPV6CP, "addr", 1, PRINT_INTERFACE_ID, 8},
	{PPP_CCP, "deflate", 26, PRINT_DEFLATE, 0},
	{PPP_CCP, "deflate(old#)", 24, PRINT_DEFLATE, 0},
	{PPP_CCP, "bsd", 21, PRINT_BSD, 0},
	{PPP_CCP, "predictor1", 1, PRINT_NONE, 0},
	{PPP_CCP, "predictor2", 2, PRINT_NONE, 0},
	{PPP_CCP, "mppe", 18, PRINT_MPPE, 0},
};

static const struct {
	const char *word;
	uint16_t protocol;
	uint8_t algorithm;
} auths[] = {
	{"pap", PPP_PAP, 0},
	{"eap", PPP_EAP, 0},
	{"chap MD5", PPP_CHAP, CHAP_MD5},
	{"CHAP-md5", PPP_CHAP, CHAP_MD5},
	{"chap MS", PPP_CHAP, CHAP_MS},
	{"MSCHAP-v1", PPP_CHAP, CHAP_MS},
	{"mschap1", PPP_CHAP, CHAP_MS},
	{"chap MS-v2", PPP_CHAP, CHAP_MSV2},
	{"MSCHAP-v2", PPP_CHAP, CHAP_MSV2},
	{"mschap2", PPP_CHAP, CHAP_MSV2},
	{"chap m$oft", PPP_CHAP, CHAP_MS},
};

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

/* ---- octets ---- */

static void add(struct ppp_words *w, const void *octets, size_t n)
{
	if (n > sizeof(w->body) - w->n) {
		w->is_complete = false;
		return;
	}
	memcpy(w->body + w->n, octets, n);
	w->n += n;
}

static void add_u8(struct ppp_words *w, unsigned value)
{
	uint8_t octet = (uint8_t)value;

	add(w, &octet, 1);
}

static void add_number(struct ppp_words *w, uint64_t value, size_t n)
{
	while (n-- > 0)
		add_u8(w, (unsigned)(value >> (8 * n)) & 0xff);
}

static bool read_hex(struct str s, uint64_t *ret)
{
	if (str_starts(s, "0x"))
		s = str_from(s, 2);
	*ret = 0;
	if (s.len == 0 || s.len > 16)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (hex_digit(s.at[i]) < 0)
			return false;
		*ret = *ret << 4 | (uint64_t)hex_digit(s.at[i]);
	}
	return true;
}

static struct str word_next(struct str *s)
{
	struct str word;
	size_t n = 0;

	*s = str_trim(*s);
	while (n < s->len && s->at[n] != ' ')
		n++;
	word = (struct str){s->at, n};
	*s = str_trim(str_from(*s, n));
	return word;
}

/* `80 fd 01 01`, `d 3 6`, `c67e9c1e…`, `aa:bb:cc`. False when a character is no digit. */
static bool add_octets(struct ppp_words *w, struct str s)
{
	while (s.len) {
		size_t n = 0;

		while (s.len && (s.at[0] == ' ' || s.at[0] == ':' || s.at[0] == '.'))
			s = str_from(s, 1);
		if (str_starts(s, "0x"))
			s = str_from(s, 2);
		while (n < s.len && hex_digit(s.at[n]) >= 0)
			n++;
		if (n == 0)
			return s.len == 0;
		if (n == 1) {
			add_u8(w, (unsigned)hex_digit(s.at[0]));
		} else {
			if (n % 2)
				return false;
			for (size_t i = 0; i < n; i += 2)
				add_u8(w, (unsigned)(hex_digit(s.at[i]) << 4 |
						     hex_digit(s.at[i + 1])));
		}
		s = str_from(s, n);
	}
	return true;
}

/* What stands in quotes: `\n`, `\\`, `\"`, `\ooo` are one octet. Returns what follows. */
static struct str add_quoted(struct ppp_words *w, struct str s)
{
	size_t i = 1;

	while (i < s.len && s.at[i] != '"') {
		char c = s.at[i++];

		if (c != '\\' || i >= s.len) {
			add(w, &c, 1);
			continue;
		}
		c = s.at[i++];
		if (c >= '0' && c <= '7' && i + 1 < s.len) {
			add_u8(w, (unsigned)((c - '0') << 6 | (s.at[i] - '0') << 3 |
					     (s.at[i + 1] - '0')));
			i += 2;
			continue;
		}
		add_u8(w, c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : (unsigned char)c);
	}
	return i < s.len ? str_from(s, i + 1) : STR("");
}

/* ---- options ---- */

static bool print_auth(struct ppp_words *w, struct str value)
{
	uint64_t number;

	for (size_t i = 0; i < sizeof(auths) / sizeof(auths[0]); i++) {
		if (!str_equal_nocase(value, str_of(auths[i].word)))
			continue;
		add_number(w, auths[i].protocol, 2);
		if (auths[i].algorithm)
			add_u8(w, auths[i].algorithm);
		return true;
	}
	if (str_starts(value, "chap ") && read_hex(str_from(value, 5), &number)) {
		add_number(w, PPP_CHAP, 2);
		add_u8(w, (unsigned)number);
		return true;
	}
	if (!read_hex(word_next(&value), &number) || number > UINT16_MAX)
		return false;
	add_number(w, number, 2);
	return add_octets(w, value);
}

static bool print_endpoint(struct ppp_words *w, struct str value)
{
	static const char *const classes[] = {"null", "local", "IP", "MAC", "magic", "phone"};
	struct address address;
	struct str kind;
	size_t colon;

	if (str_starts(value, "[") && str_ends(value, "]")) {
		value.len -= 2;
		value.at++;
	}
	colon = str_find(value, STR(":"));
	kind = (struct str){value.at, colon == SIZE_MAX ? value.len : colon};
	value = colon == SIZE_MAX ? STR("") : str_from(value, colon + 1);
	for (unsigned i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (!str_equal_nocase(kind, str_of(classes[i])))
			continue;
		add_u8(w, i);
		if (i == 2 && address_parse(value, &address) && address.family == 4) {
			add(w, address.octets, 4);
			return true;
		}
		return add_octets(w, value);
	}
	return false;
}

/* RFC 3078 2.1: a flag per letter. */
static bool print_mppe(struct ppp_words *w, struct str value)
{
	static const struct {
		char letter;
		uint32_t bit;
	} flags[] = {{'H', 0x01000000}, {'M', 0x80}, {'S', 0x40},
		     {'L', 0x20},       {'D', 0x10}, {'C', 0x01}};
	uint32_t bits = 0;

	while (value.len) {
		struct str word = word_next(&value);
		bool is_known = false;

		if (word.len != 2)
			return false;
		for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
			if (word.at[1] != flags[i].letter)
				continue;
			is_known = true;
			bits |= word.at[0] == '+' ? flags[i].bit : 0;
		}
		if (!is_known)
			return false;
	}
	add_number(w, bits, 4);
	return true;
}

static bool print_interface_id(struct ppp_words *w, struct str value)
{
	struct address address;
	struct text whole;
	bool ok;

	if (address_parse(value, &address) && address.family == 6) {
		add(w, address.octets + 8, 8);
		return true;
	}
	/* accel-ppp prints the identifier alone: `1:2:3:4` */
	whole = text_make(128);
	text_printf(&whole, "fe80::%.*s", STR_ARG(value));
	ok = address_parse(text_str(&whole), &address) && address.family == 6;
	text_free(&whole);
	if (ok)
		add(w, address.octets + 8, 8);
	return ok;
}

/* RFC 1979 2.1: window in the high bits, method 8, check 0. */
static bool print_deflate(struct ppp_words *w, struct str value)
{
	uint64_t window;

	if (!str_u64(value, &window) || window < 8 || window > 15)
		return false;
	add_u8(w, (unsigned)(window - 8) << 4 | 8);
	add_u8(w, 0);
	return true;
}

/* RFC 1977 2.1: `v1 15`. */
static bool print_bsd(struct ppp_words *w, struct str value)
{
	struct str version = word_next(&value);
	uint64_t v, bits;

	if (!str_starts(version, "v") || !str_u64(str_from(version, 1), &v) ||
	    !str_u64(value, &bits) || v > 7 || bits > 31)
		return false;
	add_u8(w, (unsigned)v << 5 | (unsigned)bits);
	return true;
}

/* `VJ 0f 01`: RFC 1332 3.2. */
static bool print_vj(struct ppp_words *w, struct str value)
{
	uint64_t protocol;

	if (str_starts(value, "VJ")) {
		add_number(w, 0x002d, 2);
		return add_octets(w, str_from(value, 2));
	}
	if (!read_hex(word_next(&value), &protocol) || protocol > UINT16_MAX)
		return false;
	add_number(w, protocol, 2);
	return add_octets(w, value);
}

static bool print_value(struct ppp_words *w, const struct option_word *o, struct str value)
{
	struct address address;
	uint64_t number = 0;

	switch (o->print) {
	case PRINT_NONE:
		return value.len == 0;
	case PRINT_NUMBER:
		if (!str_u64(value, &number))
			return false;
		add_number(w, number, o->size);
		return true;
	case PRINT_HEX:
		if (!read_hex(value, &number))
			return false;
		add_number(w, number, o->size);
		return true;
	case PRINT_ADDRESS:
		if (!address_parse(value, &address) || address.family != 4)
			return false;
		add(w, address.octets, 4);
		return true;
	case PRINT_AUTH:
		return print_auth(w, value);
	case PRINT_OCTETS:
		return add_octets(w, value);
	case PRINT_ENDPOINT:
		return print_endpoint(w, value);
	case PRINT_MPPE:
		return print_mppe(w, value);
	case PRINT_INTERFACE_ID:
		return print_interface_id(w, value);
	case PRINT_DEFLATE:
		return print_deflate(w, value);
	case PRINT_BSD:
		return print_bsd(w, value);
	case PRINT_VJ:
		return print_vj(w, value);
	case PRINT_CALLBACK:
		if (!str_is(value, "CBCP") && !str_u64(value, &number))
			return false;
		add_u8(w, str_is(value, "CBCP") ? 6 : (unsigned)number);
		return true;
	}
	return false;
}

/* An unknown option is printed as octets: type, length and value. */
static bool raw_option(struct ppp_words *w, struct str option)
{
	size_t before = w->n;

	if (!add_octets(w, option) || w->n < before + 2 || w->body[before + 1] != w->n - before) {
		w->n = before;
		return false;
	}
	return true;
}

void ppp_words_option(struct ppp_words *w, struct str option)
{
	size_t before = w->n;
	struct str value = str_trim(option);
	struct str word = word_next(&value);

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		const struct option_word *o = &options[i];

		if (o->protocol != w->protocol || !str_equal_nocase(word, str_of(o->word)))
			continue;
		add_u8(w, o->number);
		add_u8(w, 0);
		if (print_value(w, o, value) && w->n - before < 256) {
			w->body[before + 1] = (uint8_t)(w->n - before);
			return;
		}
		/* known to be there, its value is not: an option of its header alone */
		w->n = before;
		w->is_complete = false;
		return;
	}
	if (!raw_option(w, option))
		w->is_complete = false;
}

void ppp_words_options(struct ppp_words *w, struct str s)
{
	for (;;) {
		size_t open = str_find(s, STR("<")), end;

		if (open == SIZE_MAX)
			return;
		s = str_from(s, open + 1);
		end = str_find(s, STR(">"));
		if (end == SIZE_MAX) {
			w->is_complete = false;
			return;
		}
		ppp_words_option(w, (struct str){s.at, end});
		s = str_from(s, end + 1);
	}
}

/* ---- bodies ---- */

/* `<hex>, name = "x"`; MS-CHAPv2 of accel-ppp prints its parts apart. */
static void chap_value(struct ppp_words *w, struct str s)
{
	size_t open = str_find(s, STR("<")), end, length_at = w->n;
	size_t name;

	add_u8(w, 0);
	while (open != SIZE_MAX) {
		size_t part = w->n;

		s = str_from(s, open + 1);
		end = str_find(s, STR(">"));
		if (end == SIZE_MAX || !add_octets(w, (struct str){s.at, end})) {
			w->is_complete = false;
			return;
		}
		s = str_from(s, end + 1);
		open = str_find(s, STR("<"));
		/* RFC 2759 4: 16 octets of challenge, 8 reserved, 24 of response, flags */
		if (w->code == CHAP_RESPONSE && open != SIZE_MAX && w->n - part <= 16) {
			while (w->n - part < 16 + 8)
				add_u8(w, 0);
		}
	}
	if (str_find(s, STR("F=")) != SIZE_MAX) {
		add_u8(w, 0);
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

	add_u8(w, 0);
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
	if (!read_hex((struct str){s.at, at}, &magic)) {
		w->is_complete = false;
		return;
	}
	add_number(w, magic, 4);
	s = str_trim(str_from(s, at));
	if (str_starts(s, "\""))
		add_quoted(w, s);
	else if (s.len && s.at[0] != '>' && !add_octets(w, s))
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
		add_u8(w, types[i].type);
		value = str_find(s, STR("<Value "));
		if (types[i].type == 4 && value != SIZE_MAX) {
			struct str hex = str_from(s, value + 7);
			size_t end = str_find(hex, STR(">")), at = w->n;

			add_u8(w, 0);
			if (end == SIZE_MAX || !add_octets(w, (struct str){hex.at, end}))
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
	else if (s.len && !add_octets(w, s))
		w->is_complete = false;
}

static void octets_body(struct ppp_words *w, struct str s)
{
	s = str_trim(s);
	if (str_starts(s, "<") && str_ends(s, ">")) { /* accel-ppp: only the protocol */
		s = (struct str){s.at + 1, s.len - 2};
		w->is_complete = false;
	}
	if (!add_octets(w, s))
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
	struct str s = inside, protocol = word_next(&s), code = word_next(&s), id;
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
			ret->has_id = read_hex(id, &number);
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
