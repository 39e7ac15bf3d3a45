#include "tcpdump_avp.h"

#include "hexdump.h"

enum print {
	TOLD_TEXT,
	TOLD_NUMBER,
	TOLD_OCTETS,
	TOLD_VERSION,
	TOLD_LETTERS,
	TOLD_RESULT,
	TOLD_PROXY,
	TOLD_TYPE
};

static const struct told_avp {
	const char *name;
	uint16_t number;
	enum print print;
} avps[] = {
	{"MSGTYPE", 0, TOLD_TYPE},
	{"RESULT_CODE", 1, TOLD_RESULT},
	{"PROTO_VER", 2, TOLD_VERSION},
	{"FRAMING_CAP", 3, TOLD_LETTERS},
	{"BEARER_CAP", 4, TOLD_LETTERS},
	{"TIE_BREAKER", 5, TOLD_OCTETS},
	{"FIRM_VER", 6, TOLD_NUMBER},
	{"HOST_NAME", 7, TOLD_TEXT},
	{"VENDOR_NAME", 8, TOLD_TEXT},
	{"ASSND_TUN_ID", 9, TOLD_NUMBER},
	{"RECV_WIN_SIZE", 10, TOLD_NUMBER},
	{"CHALLENGE", 11, TOLD_OCTETS},
	{"CHALLENGE_RESP", 13, TOLD_OCTETS},
	{"ASSND_SESS_ID", 14, TOLD_NUMBER},
	{"CALL_SER_NUM", 15, TOLD_NUMBER},
	{"MINIMUM_BPS", 16, TOLD_NUMBER},
	{"MAXIMUM_BPS", 17, TOLD_NUMBER},
	{"BEARER_TYPE", 18, TOLD_LETTERS},
	{"FRAMING_TYPE", 19, TOLD_LETTERS},
	{"CALLED_NUMBER", 21, TOLD_TEXT},
	{"CALLING_NUMBER", 22, TOLD_TEXT},
	{"SUB_ADDRESS", 23, TOLD_TEXT},
	{"TX_CONN_SPEED", 24, TOLD_NUMBER},
	{"PHY_CHANNEL_ID", 25, TOLD_NUMBER},
	{"INITIAL_LCPREQ", 26, TOLD_OCTETS},
	{"LAST_SENT_LCP", 27, TOLD_OCTETS},
	{"LAST_SENT_LCPREQ", 27, TOLD_OCTETS},
	{"LAST_RECV_LCP", 28, TOLD_OCTETS},
	{"LAST_RCVD_LCPREQ", 28, TOLD_OCTETS},
	{"PROXY_AUTH_TYPE", 29, TOLD_PROXY},
	{"PROXY_AUTH_NAME", 30, TOLD_TEXT},
	{"PROXY_AUTH_CHAL", 31, TOLD_OCTETS},
	{"PROXY_AUTH_ID", 32, TOLD_NUMBER},
	{"PROXY_AUTH_RESP", 33, TOLD_OCTETS},
	{"PRIVATE_GRP_ID", 37, TOLD_TEXT},
	{"RX_CONN_SPEED", 38, TOLD_NUMBER},
};

/* `1/0 Goodbye!`, `2/6`, `1`. */
static void take_result(struct retold *r, bool is_mandatory, struct str s)
{
	uint8_t octets[4 + 256] = {0};
	size_t slash = str_find(s, STR("/")), n = 2, blank;
	uint32_t number = 0;

	str_u32(slash == SIZE_MAX ? s : (struct str){s.at, slash}, &number);
	octets[0] = (uint8_t)(number >> 8);
	octets[1] = (uint8_t)number;
	if (slash != SIZE_MAX) {
		s = str_from(s, slash + 1);
		blank = str_find(s, STR(" "));
		number = 0;
		str_u32(blank == SIZE_MAX ? s : (struct str){s.at, blank}, &number);
		octets[2] = (uint8_t)(number >> 8);
		octets[3] = (uint8_t)number;
		n = 4;
		if (blank != SIZE_MAX && s.len - blank - 1 <= 256) {
			memcpy(octets + n, s.at + blank + 1, s.len - blank - 1);
			n += s.len - blank - 1;
		}
	}
	retold_avp(r, is_mandatory, 1, span_of(octets, n));
}

/* `AS`, `DA`: asynchronous or analog is bit 2, synchronous or digital bit 1. */
static uint64_t letters(struct str s)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < s.len; i++)
		bits |= s.at[i] == 'A' ? 2 : 1;
	return bits;
}

/* RFC 2661 4.4.5 as tcpdump names it. */
static bool take_proxy(struct retold *r, bool is_mandatory, struct str value)
{
	static const char *const types[] = {"Text", "CHAP", "PAP", "No Auth", "MS-CHAPv1"};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!str_is(value, types[i]))
			continue;
		retold_avp_number(r, is_mandatory, 29, i + 1);
		return true;
	}
	return false;
}

/* `VENDOR0009:ATTR0064(53657269)`: two numbers in hex. */
static bool take_vendor(struct speech *s, struct retold *r, bool is_mandatory, struct str name,
			struct str value)
{
	struct span vendor, number, octets;

	if (name.len != 19 || !str_starts(name, "VENDOR") ||
	    !str_starts(str_from(name, 10), ":ATTR") ||
	    !hex_octets(s->arena, (struct str){name.at + 6, 4}, &vendor) ||
	    !hex_octets(s->arena, str_from(name, 15), &number) ||
	    !hex_octets(s->arena, value, &octets))
		return false;
	retold_avp_raw(r, is_mandatory ? 0x8000 : 0, (uint16_t)(vendor.at[0] << 8 | vendor.at[1]),
		       (uint16_t)(number.at[0] << 8 | number.at[1]), octets);
	return true;
}

static bool take_number(struct retold *r, bool is_mandatory, uint16_t avp, struct str value)
{
	uint64_t number;

	if (!str_u64(value, &number))
		return false;
	retold_avp_number(r, is_mandatory, avp, number);
	return true;
}

static bool take_octets(struct speech *s, struct retold *r, bool is_mandatory, uint16_t avp,
			struct str value)
{
	struct span octets;

	if (!hex_octets(s->arena, value, &octets))
		return false;
	retold_avp(r, is_mandatory, avp, octets);
	return true;
}

/* False: the value is not in the words of its attribute. */
static bool take_value(struct speech *s, struct retold *r, bool is_mandatory,
		       const struct told_avp *avp, struct str value)
{
	switch (avp->print) {
	case TOLD_TEXT:
		retold_avp(r, is_mandatory, avp->number, span_of(value.at, value.len));
		return true;
	case TOLD_NUMBER:
		return take_number(r, is_mandatory, avp->number, value);
	case TOLD_LETTERS:
		retold_avp_number(r, is_mandatory, avp->number, letters(value));
		return true;
	case TOLD_OCTETS:
		return take_octets(s, r, is_mandatory, avp->number, value);
	case TOLD_VERSION:
		if (str_is(value, "1.0"))
			retold_avp_number(r, is_mandatory, avp->number, 0x100);
		return str_is(value, "1.0");
	case TOLD_RESULT:
		take_result(r, is_mandatory, value);
		return true;
	case TOLD_PROXY:
		return take_proxy(r, is_mandatory, value);
	case TOLD_TYPE:
		retold_avp_number(r, is_mandatory, avp->number, speech_message_type(value));
		return true;
	}
	return false;
}

static const struct told_avp *avp_named(struct str name)
{
	for (size_t i = 0; i < sizeof(avps) / sizeof(avps[0]); i++)
		if (str_is(name, avps[i].name))
			return &avps[i];
	return NULL;
}

static void take_avp(struct speech *s, struct retold *r, bool is_mandatory, struct str name,
		     struct str value)
{
	const struct told_avp *avp;

	if (take_vendor(s, r, is_mandatory, name, value))
		return;
	avp = avp_named(name);
	if (!avp || !take_value(s, r, is_mandatory, avp, value))
		r->is_complete = false;
}

void tcpdump_avps(struct speech *s, struct retold *r, struct str text)
{
	while (text.len) {
		size_t open = str_find(text, STR("(")), close;
		bool is_mandatory = text.at[0] == '*';
		struct str name, value;

		if (open == SIZE_MAX) {
			r->is_complete = r->is_complete && str_is(text, "ZLB");
			return;
		}
		name = str_range(text.at + is_mandatory, text.at + open);
		value = str_from(text, open + 1);
		/* a text may hold parentheses: the next attribute tells */
		close = str_find(value, STR(") *"));
		if (close == SIZE_MAX || str_find(value, STR(") ")) < close)
			close = str_find(value, STR(") "));
		if (close == SIZE_MAX)
			close = value.len ? value.len - 1 : 0;
		text = close + 2 <= value.len ? str_from(value, close + 2) : STR("");
		value.len = close;
		take_avp(s, r, is_mandatory, name, value);
	}
}
