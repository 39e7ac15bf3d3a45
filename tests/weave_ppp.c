/* What L2TP carries: PPP packets of a weaver script. */
#include <nettle/md5.h>
#include <string.h>

#include "weave.h"

enum option_kind { NUMBER16, NUMBER32, ADDRESS, HEX, EMPTY, AUTH, ENDPOINT, VJ };

/* RFC 1661 6, RFC 1570, RFC 1990; RFC 1332, RFC 1877; RFC 5072. */
static const struct option_key {
	uint16_t protocol;
	const char *key;
	uint8_t number;
	enum option_kind kind;
} option_keys[] = {
	{0xC021, "mru", 1, NUMBER16},   {0xC021, "accm", 2, HEX},
	{0xC021, "auth", 3, AUTH},      {0xC021, "magic", 5, NUMBER32},
	{0xC021, "pfc", 7, EMPTY},      {0xC021, "acfc", 8, EMPTY},
	{0xC021, "mrru", 17, NUMBER16}, {0xC021, "endpoint", 19, ENDPOINT},
	{0x8021, "vj", 2, VJ},          {0x8021, "address", 3, ADDRESS},
	{0x8021, "dns", 129, ADDRESS},  {0x8021, "dns2", 131, ADDRESS},
	{0x8057, "ifid", 1, HEX},
};

static const struct code {
	uint16_t protocol; /* 0: all control protocols */
	const char *name;
	uint8_t code;
} codes[] = {
	{0, "CONFREQ", 1},       {0, "CONFACK", 2},       {0, "CONFNAK", 3},
	{0, "CONFREJ", 4},       {0, "TERMREQ", 5},       {0, "TERMACK", 6},
	{0, "CODEREJ", 7},       {0xC021, "PROTREJ", 8},  {0xC021, "ECHOREQ", 9},
	{0xC021, "ECHOREP", 10}, {0xC021, "DISCREQ", 11}, {0xC223, "CHALLENGE", 1},
	{0xC223, "RESPONSE", 2}, {0xC223, "SUCCESS", 3},  {0xC223, "FAILURE", 4},
	{0xC023, "AUTHREQ", 1},  {0xC023, "AUTHACK", 2},  {0xC023, "AUTHNAK", 3},
};

static const struct protocol {
	const char *name;
	uint16_t number;
} protocols[] = {
	{"LCP", 0xC021},  {"PAP", 0xC023},    {"CHAP", 0xC223},
	{"IPCP", 0x8021}, {"IPV6CP", 0x8057}, {"CCP", 0x80FD},
};

static const char *value_of(const struct weave *w, const char *key, const char *usual)
{
	for (size_t i = 0; i < w->n_words; i++) {
		if (w->words[i].mark != '@' && strcmp(w->words[i].key, key) == 0)
			return w->words[i].value;
	}
	return usual;
}

static void put_hex(const struct weave *w, struct octets *o, const char *value)
{
	o->len += weave_hex(w, value, o->at + o->len, sizeof(o->at) - o->len);
}

static void put_counted(struct octets *o, const char *text)
{
	octets_u8(o, (unsigned)strlen(text));
	octets_put(o, text, strlen(text));
}

static void put_address(const struct weave *w, struct octets *o, const char *value)
{
	uint8_t address[16];
	bool is_ipv6;

	if (!weave_address(value, address, &is_ipv6) || is_ipv6)
		weave_fail(w, "'%s' is not an IPv4 address", value);
	octets_put(o, address, 4);
}

static void put_auth(const struct weave *w, struct octets *o, const char *value)
{
	static const struct {
		const char *name, *hex;
	} known[] = {
		{"pap", "c023"},
		{"chap", "c22305"},
		{"mschap", "c22380"},
		{"mschapv2", "c22381"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i].name, value) == 0)
			value = known[i].hex;
	}
	put_hex(w, o, value);
}

static void put_option(const struct weave *w, struct octets *o, const struct option_key *key,
		       const char *value)
{
	size_t start = o->len;

	octets_u8(o, key->number);
	octets_u8(o, 0);
	switch (key->kind) {
	case EMPTY:
		break;
	case NUMBER16:
		octets_u16(o, weave_number(w, value, UINT16_MAX));
		break;
	case NUMBER32:
		octets_u32(o, weave_number(w, value, UINT32_MAX));
		break;
	case ADDRESS:
		put_address(w, o, value);
		break;
	case HEX:
		put_hex(w, o, value);
		break;
	case AUTH:
		put_auth(w, o, value);
		break;
	case ENDPOINT: /* class 1: locally assigned */
		octets_u8(o, 1);
		octets_put(o, value, strlen(value));
		break;
	case VJ: /* RFC 1332 3.2: Van Jacobson, highest slot, slot id not compressed */
		octets_u16(o, 0x002D);
		octets_u8(o, weave_number(w, value, UINT8_MAX));
		octets_u8(o, 0);
		break;
	}
	o->at[start + 1] = (uint8_t)(o->len - start);
}

/* opt=NUMBER:hex */
static void put_any_option(const struct weave *w, struct octets *o, const char *value)
{
	struct option_key key = {0, "opt", 0, HEX};
	unsigned number;
	int at = 0;

	if (sscanf(value, "%3u:%n", &number, &at) != 1 || at == 0)
		weave_fail(w, "opt=NUMBER:hex");
	key.number = (uint8_t)number;
	put_option(w, o, &key, value + at);
}

static void put_options(const struct weave *w, struct octets *o, uint16_t protocol)
{
	const size_t n = sizeof(option_keys) / sizeof(option_keys[0]);

	for (size_t i = 0; i < w->n_words; i++) {
		const struct word *word = &w->words[i];
		size_t k = 0;

		if (word->mark == '@' || strcmp(word->key, "id") == 0)
			continue;
		if (strcmp(word->key, "opt") == 0) {
			put_any_option(w, o, word->value);
			continue;
		}
		while (k < n && (option_keys[k].protocol != protocol ||
				 strcmp(option_keys[k].key, word->key) != 0))
			k++;
		if (k == n)
			weave_fail(w, "no option is called '%s'", word->key);
		put_option(w, o, &option_keys[k], word->value);
	}
}

static void put_control(const struct weave *w, struct octets *o, uint16_t protocol, uint8_t code)
{
	switch (code) {
	case 1:
	case 2:
	case 3:
	case 4:
		put_options(w, o, protocol);
		return;
	case 5:
	case 6:
		octets_put(o, value_of(w, "text", ""), strlen(value_of(w, "text", "")));
		return;
	case 8:
		octets_u16(o, weave_number(w, value_of(w, "protocol", ""), UINT16_MAX));
		break;
	case 9:
	case 10:
	case 11:
		octets_u32(o, weave_number(w, value_of(w, "magic", "0"), UINT32_MAX));
		break;
	default:
		break;
	}
	put_hex(w, o, value_of(w, "data", ""));
}

/* RFC 1994 4.1 */
static size_t chap_response(const struct weave *w, uint8_t id, uint8_t ret[MD5_DIGEST_SIZE])
{
	const char *password = value_of(w, "password", "");
	struct md5_ctx md5;

	if (w->to->chap_len == 0)
		weave_fail(w, "value=auto needs a CHAP challenge from %s", w->to->id);
	md5_init(&md5);
	md5_update(&md5, 1, &id);
	md5_update(&md5, strlen(password), (const uint8_t *)password);
	md5_update(&md5, w->to->chap_len, w->to->chap);
	md5_digest(&md5, MD5_DIGEST_SIZE, ret);
	return MD5_DIGEST_SIZE;
}

static void put_chap(struct weave *w, struct octets *o, uint8_t code, uint8_t id)
{
	const char *text = value_of(w, "message", "");
	const char *name = value_of(w, "name", "");
	const char *value = value_of(w, "value", "");
	uint8_t octets[UINT8_MAX];
	size_t len;

	if (code > 2) {
		octets_put(o, text, strlen(text));
		return;
	}
	if (strcmp(value, "auto") == 0)
		len = chap_response(w, id, octets);
	else
		len = weave_hex(w, value, octets, sizeof(octets));
	if (code == 1) {
		memcpy(w->from->chap, octets, len);
		w->from->chap_len = len;
	}
	octets_u8(o, (unsigned)len);
	octets_put(o, octets, len);
	octets_put(o, name, strlen(name));
}

static void put_pap(const struct weave *w, struct octets *o, uint8_t code)
{
	if (code != 1) {
		put_counted(o, value_of(w, "message", ""));
		return;
	}
	put_counted(o, value_of(w, "user", ""));
	put_counted(o, value_of(w, "password", ""));
}

/* An IPv4 packet of no particular protocol (253: experiments, RFC 3692). */
static void put_data(const struct weave *w, struct octets *o)
{
	uint32_t size = weave_number(w, value_of(w, "size", "64"), 9000);

	if (size < 20)
		weave_fail(w, "an IPv4 packet has at least 20 octets");
	octets_u16(o, 0x4500);
	octets_u16(o, size);
	octets_u16(o, w->round);
	octets_u16(o, 0);
	octets_u16(o, 64 << 8 | 253);
	octets_u16(o, 0);
	put_address(w, o, value_of(w, "source", "192.0.2.1"));
	put_address(w, o, value_of(w, "destination", "192.0.2.2"));
	for (uint32_t i = 20; i < size; i++)
		octets_u8(o, 0);
}

static void put_protocol(const struct weave *w, struct octets *o, uint16_t protocol)
{
	if (weave_order(w, "acfc") == NULL)
		octets_u16(o, 0xFF03);
	if (weave_order(w, "pfc") != NULL && protocol < 256)
		octets_u8(o, protocol);
	else
		octets_u16(o, protocol);
}

/* The word after the protocol: the packet's code. Taken off the line's words. */
static uint8_t take_code(struct weave *w, uint16_t protocol)
{
	const size_t n = sizeof(codes) / sizeof(codes[0]);
	size_t k = 0;
	bool is_auth = protocol == 0xC023 || protocol == 0xC223;

	if (w->n_words == 0)
		weave_fail(w, "which packet?");
	while (k < n && ((codes[k].protocol != protocol && (codes[k].protocol != 0 || is_auth)) ||
			 strcmp(codes[k].name, w->words[0].key) != 0))
		k++;
	if (k == n)
		weave_fail(w, "the protocol has no packet '%s'", w->words[0].key);
	return codes[k].code;
}

/* A frame of Ethernet around the IPv4 of DATA: what most pseudowires carry. */
static void put_frame(struct weave *w, struct octets *o)
{
	static const uint8_t head[] = {2, 0, 0, 0, 1, 2, 2, 0, 0, 0, 1, 1, 8, 0};

	octets_put(o, head, sizeof(head));
	put_data(w, o);
}

bool ppp_packet(struct weave *w, const char *name, struct octets *ret)
{
	const size_t n = sizeof(protocols) / sizeof(protocols[0]);
	struct word first;
	size_t k = 0, start;
	uint8_t code, id;

	if (strcmp(name, "DATA") == 0) {
		put_protocol(w, ret, 0x0021);
		put_data(w, ret);
		return true;
	}
	if (strcmp(name, "FRAME") == 0) {
		put_frame(w, ret);
		return true;
	}
	if (strcmp(name, "PPP") == 0) {
		put_protocol(w, ret,
			     (uint16_t)weave_number(w, value_of(w, "protocol", ""), UINT16_MAX));
		put_hex(w, ret, value_of(w, "data", ""));
		return true;
	}
	while (k < n && strcmp(protocols[k].name, name) != 0)
		k++;
	if (k == n)
		return false;

	code = take_code(w, protocols[k].number);
	/* An order no one asks for: the code stays a word of the line for the next round. */
	first = w->words[0];
	w->words[0].mark = '@';
	id = (uint8_t)(weave_number(w, value_of(w, "id", "1"), UINT8_MAX) + w->round);

	put_protocol(w, ret, protocols[k].number);
	start = ret->len;
	octets_u8(ret, code);
	octets_u8(ret, id);
	octets_u16(ret, 0);
	if (protocols[k].number == 0xC223)
		put_chap(w, ret, code, id);
	else if (protocols[k].number == 0xC023)
		put_pap(w, ret, code);
	else
		put_control(w, ret, protocols[k].number, code);
	octets_set_u16(ret, start + 2, (unsigned)(ret->len - start));
	w->words[0] = first;
	return true;
}
