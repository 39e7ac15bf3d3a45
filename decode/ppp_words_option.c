#include "ppp.h"
#include "ppp_words_parts.h"

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

static bool print_auth(struct ppp_words *w, struct str value)
{
	uint64_t number;

	for (size_t i = 0; i < sizeof(auths) / sizeof(auths[0]); i++) {
		if (!str_equal_nocase(value, str_of(auths[i].word)))
			continue;
		words_add_number(w, auths[i].protocol, 2);
		if (auths[i].algorithm)
			words_add_u8(w, auths[i].algorithm);
		return true;
	}
	if (str_starts(value, "chap ") && words_hex(str_from(value, 5), &number)) {
		words_add_number(w, PPP_CHAP, 2);
		words_add_u8(w, (unsigned)number);
		return true;
	}
	if (!words_hex(words_next(&value), &number) || number > UINT16_MAX)
		return false;
	words_add_number(w, number, 2);
	return words_add_octets(w, value);
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
		words_add_u8(w, i);
		if (i == 2 && address_parse(value, &address) && address.family == 4) {
			words_add(w, address.octets, 4);
			return true;
		}
		return words_add_octets(w, value);
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
		struct str word = words_next(&value);
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
	words_add_number(w, bits, 4);
	return true;
}

static bool print_interface_id(struct ppp_words *w, struct str value)
{
	struct address address;
	struct text whole;
	bool ok;

	if (address_parse(value, &address) && address.family == 6) {
		words_add(w, address.octets + 8, 8);
		return true;
	}
	/* accel-ppp prints the identifier alone: `1:2:3:4` */
	whole = text_make(128);
	text_printf(&whole, "fe80::%.*s", STR_ARG(value));
	ok = address_parse(text_str(&whole), &address) && address.family == 6;
	text_free(&whole);
	if (ok)
		words_add(w, address.octets + 8, 8);
	return ok;
}

/* RFC 1979 2.1: window in the high bits, method 8, check 0. */
static bool print_deflate(struct ppp_words *w, struct str value)
{
	uint64_t window;

	if (!str_u64(value, &window) || window < 8 || window > 15)
		return false;
	words_add_u8(w, (unsigned)(window - 8) << 4 | 8);
	words_add_u8(w, 0);
	return true;
}

/* RFC 1977 2.1: `v1 15`. */
static bool print_bsd(struct ppp_words *w, struct str value)
{
	struct str version = words_next(&value);
	uint64_t v, bits;

	if (!str_starts(version, "v") || !str_u64(str_from(version, 1), &v) ||
	    !str_u64(value, &bits) || v > 7 || bits > 31)
		return false;
	words_add_u8(w, (unsigned)v << 5 | (unsigned)bits);
	return true;
}

/* `VJ 0f 01`: RFC 1332 3.2. */
static bool print_vj(struct ppp_words *w, struct str value)
{
	uint64_t protocol;

	if (str_starts(value, "VJ")) {
		words_add_number(w, 0x002d, 2);
		return words_add_octets(w, str_from(value, 2));
	}
	if (!words_hex(words_next(&value), &protocol) || protocol > UINT16_MAX)
		return false;
	words_add_number(w, protocol, 2);
	return words_add_octets(w, value);
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
		words_add_number(w, number, o->size);
		return true;
	case PRINT_HEX:
		if (!words_hex(value, &number))
			return false;
		words_add_number(w, number, o->size);
		return true;
	case PRINT_ADDRESS:
		if (!address_parse(value, &address) || address.family != 4)
			return false;
		words_add(w, address.octets, 4);
		return true;
	case PRINT_AUTH:
		return print_auth(w, value);
	case PRINT_OCTETS:
		return words_add_octets(w, value);
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
		words_add_u8(w, str_is(value, "CBCP") ? 6 : (unsigned)number);
		return true;
	}
	return false;
}

/* An unknown option is printed as octets: type, length and value. */
static bool raw_option(struct ppp_words *w, struct str option)
{
	size_t before = w->n;

	if (!words_add_octets(w, option) || w->n < before + 2 ||
	    w->body[before + 1] != w->n - before) {
		w->n = before;
		return false;
	}
	return true;
}

void ppp_words_option(struct ppp_words *w, struct str option)
{
	size_t before = w->n;
	struct str value = str_trim(option);
	struct str word = words_next(&value);

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		const struct option_word *o = &options[i];

		if (o->protocol != w->protocol || !str_equal_nocase(word, str_of(o->word)))
			continue;
		words_add_u8(w, o->number);
		words_add_u8(w, 0);
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
