#include "avp_print.h"
#include "code.h"
#include "ppp_option.h"

enum {
	LAST_RESULT = 31,
	OPTIONS_ARENA = 1 << 17, /* the options of 1023 octets, and their defects */
};

/* Options of L2F_OPEN (l2f.def). */
static const uint32_t L2F_OPEN_RESPONSE = 0xffff0203;
static const uint32_t L2F_OPEN_TYPE = 0xffff0206;

/* Names of single values and bits that are not a registry of their own. */
static const struct value_name {
	uint32_t avp; /* AVP_N_… */
	uint32_t value;
	const char *name;
} names[] = {
	{AVP_N_FRAMING_CAPABILITIES, 1, "sync"},
	{AVP_N_FRAMING_CAPABILITIES, 2, "async"},
	{AVP_N_FRAMING_TYPE, 1, "sync"},
	{AVP_N_FRAMING_TYPE, 2, "async"},
	{AVP_N_BEARER_CAPABILITIES, 1, "digital"},
	{AVP_N_BEARER_CAPABILITIES, 2, "analog"},
	{AVP_N_BEARER_CAPABILITIES, 4, "broadband"}, /* RFC 3301 5.3 */
	{AVP_N_BEARER_TYPE, 1, "digital"},
	{AVP_N_BEARER_TYPE, 2, "analog"},
	{AVP_N_BEARER_TYPE, 4, "broadband"},
	{AVP_N_SERVICE_CATEGORY, 1, "real time"},
	{AVP_N_CIRCUIT_STATUS, 0x01, "active"},
	{AVP_N_CIRCUIT_STATUS, 0x02, "new"},
	{AVP_N_CIRCUIT_STATUS, 0x04, "local circuit receive fault"}, /* RFC 5641 */
	{AVP_N_CIRCUIT_STATUS, 0x08, "local circuit transmit fault"},
	{AVP_N_CIRCUIT_STATUS, 0x10, "network receive fault"},
	{AVP_N_CIRCUIT_STATUS, 0x20, "network transmit fault"},
	{AVP_N_CIRCUIT_STATUS, 0x40, "standby"},
	{AVP_N_CISCO_CIRCUIT_STATUS, 1, "active"},
	{AVP_N_CISCO_CIRCUIT_STATUS, 2, "new"},
	{AVP_N_L2_SPECIFIC_SUBLAYER, 0, "none"},
	{AVP_N_L2_SPECIFIC_SUBLAYER, 1, "default"},
	{AVP_N_L2_SPECIFIC_SUBLAYER, 2, "ATM"},
	{AVP_N_L2_SPECIFIC_SUBLAYER, 3, "MPT"},
	{AVP_N_L2_SPECIFIC_SUBLAYER, 4, "PSP"},
	{AVP_N_DATA_SEQUENCING, 0, "none"},
	{AVP_N_DATA_SEQUENCING, 1, "non-IP only"},
	{AVP_N_DATA_SEQUENCING, 2, "all"},
	{AVP_N_MESSAGE_DIGEST, 0, "HMAC-MD5"},
	{AVP_N_MESSAGE_DIGEST, 1, "HMAC-SHA-1"},
	/* RFC 2341 4.4.5: option 1 of an L2F_CLOSE */
	{0xffff0301, 0x001, "authentication failed"},
	{0xffff0301, 0x002, "out of resources"},
	{0xffff0301, 0x004, "administrative intervention"},
	{0xffff0301, 0x008, "user quota exceeded"},
	{0xffff0301, 0x010, "protocol error"},
	{0xffff0301, 0x020, "unknown user"},
	{0xffff0301, 0x040, "incorrect password"},
	{0xffff0301, 0x080, "PPP configuration incompatible"},
	{0xffff0301, 0x100, "wrong multilink PPP destination"},
	{AVP_N_ERICSSON_MESSAGE_TYPE, 0, "transport configuration notify"},
	{AVP_N_ERICSSON_MESSAGE_TYPE, 1, "performance notify"},
	{AVP_N_ERICSSON_MESSAGE_TYPE, 2, "transport configuration request"},
	{AVP_N_ERICSSON_MESSAGE_TYPE, 3, "transport configuration response"},
	{AVP_N_ERICSSON_MESSAGE_TYPE, 4, "Abis lower request"},
	{AVP_N_ERICSSON_MESSAGE_TYPE, 5, "Abis lower response"},
	{AVP_N_ERICSSON_MESSAGE_TYPE, 6, "local connect channel status notify"},
	{AVP_N_ERICSSON_CONNECTION_TYPE, 0, "primary"},
	{AVP_N_ERICSSON_CONNECTION_TYPE, 1, "secondary"},
	{AVP_N_ERICSSON_CRC32_ENABLED, 0, "no"},
	{AVP_N_ERICSSON_CRC32_ENABLED, 1, "yes"},
	{AVP_N_ERICSSON_ABIS_LOWER_MODE, 0, "single timeslot"},
	{AVP_N_ERICSSON_ABIS_LOWER_MODE, 1, "super channel"},
	{AVP_N_BBF_IWF_SESSION, 0, "not performed"},
	{AVP_N_BBF_IWF_SESSION, 1, "performed"},
	{AVP_N_BBF_ANCP_ACCESS_LINE_TYPE, 1, "ADSL1"},
	{AVP_N_BBF_ANCP_ACCESS_LINE_TYPE, 2, "ADSL2"},
	{AVP_N_BBF_ANCP_ACCESS_LINE_TYPE, 3, "ADSL2+"},
	{AVP_N_BBF_ANCP_ACCESS_LINE_TYPE, 4, "VDSL1"},
	{AVP_N_BBF_ANCP_ACCESS_LINE_TYPE, 5, "VDSL2"},
	{AVP_N_BBF_ANCP_ACCESS_LINE_TYPE, 6, "SDSL"},
	{AVP_N_BBF_ANCP_ACCESS_LINE_TYPE, 7, "unknown"},
	{AVP_N_CABLELABS_MODULATION, 0, "64-QAM"},
	{AVP_N_CABLELABS_MODULATION, 1, "256-QAM"},
	/* RFC 4454 8.1: the reason; the alarm follows with 0x100 added */
	{AVP_N_ATM_ALARM_STATUS, 1, "no alarm"},
	{AVP_N_ATM_ALARM_STATUS, 2, "unspecified"},
	{AVP_N_ATM_ALARM_STATUS, 3, "F1 alarm on ingress"},
	{AVP_N_ATM_ALARM_STATUS, 4, "F2 alarm on ingress"},
	{AVP_N_ATM_ALARM_STATUS, 5, "F3 alarm on ingress"},
	{AVP_N_ATM_ALARM_STATUS, 6, "F4 alarm on ingress"},
	{AVP_N_ATM_ALARM_STATUS, 7, "F5 alarm on ingress"},
	{AVP_N_ATM_ALARM_STATUS, 8, "ATM port shut down on the peer"},
	{AVP_N_ATM_ALARM_STATUS, 9, "loopback timeout"},
	{AVP_N_ATM_ALARM_STATUS, 0x101, "no type"},
	{AVP_N_ATM_ALARM_STATUS, 0x102, "AIS"},
	{AVP_N_ATM_ALARM_STATUS, 0x103, "RDI"},
	{AVP_N_ATM_ALARM_STATUS, 0x104, "LOS"},
	{AVP_N_ATM_ALARM_STATUS, 0x105, "LOP"},
	{AVP_N_ATM_ALARM_STATUS, 0x106, "LOF"},
	{AVP_N_ATM_ALARM_STATUS, 0x107, "LB"},
	{AVP_N_ATM_ALARM_STATUS, 0x108, "CC"},
};

/* Values that have a registry in code.def. */
static const struct {
	uint32_t avp;
	enum code_domain domain;
} registries[] = {
	{AVP_N_MESSAGE_TYPE, CODE_MESSAGE},
	{AVP_N_PROXY_AUTHEN_TYPE, CODE_PROXY_AUTH},
	{AVP_N_PSEUDOWIRE_TYPE, CODE_PW_TYPE},
	{AVP_N_PSEUDOWIRE_CAPABILITIES, CODE_PW_TYPE},
	{AVP_N_CISCO_PSEUDOWIRE_TYPE, CODE_PW_TYPE},
	{AVP_N_CISCO_PSEUDOWIRE_CAPABILITIES, CODE_PW_TYPE},
	{0xffff0206, CODE_L2F_AUTH},
};

const char *avp_value_name(uint32_t avp, uint32_t value)
{
	for (size_t i = 0; i < sizeof(registries) / sizeof(registries[0]); i++)
		if (registries[i].avp == avp)
			return code_name(registries[i].domain, value);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].avp == avp && names[i].value == value)
			return names[i].name;
	return NULL;
}

static __attribute__((noinline)) bool result_number(const struct avp *a, uint64_t *ret)
{
	struct result_code result;

	if (!avp_result(a, &result))
		return false;
	*ret = (uint64_t)result.result;
	return true;
}

bool avp_number(const struct avp *a, uint64_t *ret)
{
	enum avp_kind kind = a->row ? a->row->kind : AVP_BYTES;
	uint64_t number = 0;
	size_t skip = kind == AVP_PROXY_ID ? 1 : 0; /* its first octet is reserved */
	size_t len = a->value.len;

	if (kind == AVP_RESULT)
		return result_number(a, ret);
	if (len == 2 && a->is_whole && !skip) { /* as most of them */
		*ret = span_u16(a->value, 0);
		return true;
	}
	if (kind == AVP_Q931 || kind == AVP_DISCONNECT)
		len = len < 2 ? 0 : 2;
	if (!a->is_whole || len < 1 || len > 8)
		return false;
	for (size_t i = skip; i < len; i++)
		number = number << 8 | a->value.at[i];
	*ret = number;
	return true;
}

struct str avp_text(const struct avp *a)
{
	if (!a->is_whole)
		return (struct str){0};
	return (struct str){.at = (const char *)a->value.at, .len = a->value.len};
}

static struct str rest_text(struct bytes *b)
{
	struct span s = bytes_rest(b);

	return (struct str){.at = (const char *)s.at, .len = s.len};
}

bool avp_result(const struct avp *a, struct result_code *ret)
{
	struct bytes b = bytes_of(a->value);

	if (!a->is_whole)
		return false;
	*ret = (struct result_code){.error = -1};
	ret->result = bytes_u16(&b);
	if (!bytes_ok(&b))
		return false;
	/* No registry goes up to 256 (IANA); 31 is the last that is assigned. */
	ret->is_swapped = (ret->result & 0xff) == 0 && ret->result >> 8 >= 1 &&
			  ret->result >> 8 <= LAST_RESULT;
	if (ret->is_swapped)
		ret->result >>= 8;
	if (b.left < 2)
		return true;
	ret->error = bytes_u16(&b);
	ret->text = rest_text(&b);
	return true;
}

bool avp_disconnect(const struct avp *a, struct disconnect_cause *ret)
{
	struct bytes b = bytes_of(a->value);

	if (!a->is_whole)
		return false;
	ret->code = bytes_u16(&b);
	ret->protocol = bytes_u16(&b);
	ret->direction = bytes_u8(&b);
	ret->text = rest_text(&b);
	return bytes_ok(&b);
}

/* Every message of a run may be printed: nothing is formatted that need not be. */
static void print_in_words(struct text *t, const char *words)
{
	text_puts(t, " (");
	text_puts(t, words);
	text_putc(t, ')');
}

void avp_print_named(struct text *t, uint32_t number, const char *name)
{
	text_decimal(t, number);
	if (name)
		print_in_words(t, name);
}

static void print_remark(struct text *t, struct str remark)
{
	if (!remark.len)
		return;
	text_puts(t, ": ");
	text_escape(t, remark);
}

/* What stands behind the result: by 30 of a CDN an error of another table (RFC 5611 2.3), by 5 of
 * a StopCCN a version (RFC 2661 4.4.2). */
static void print_error(struct text *t, const struct result_code *r, uint16_t message)
{
	enum { VERSION_REFUSED = 5, TDM_REFUSED = 30 };
	bool is_tdm = message == CDN && r->result == TDM_REFUSED;

	if (message == STOPCCN && r->result == VERSION_REFUSED) {
		text_printf(t, ", highest version 0x%04x", (unsigned)r->error);
	} else {
		text_puts(t, ", error ");
		avp_print_named(
			t, (uint32_t)r->error,
			code_name(is_tdm ? CODE_TDM_ERROR : CODE_ERROR, (uint32_t)r->error));
	}
	print_remark(t, r->text);
}

static void print_result(struct text *t, const struct avp *a, uint16_t message)
{
	struct result_code r;
	const char *name = NULL;

	if (!avp_result(a, &r))
		return;
	if (message == STOPCCN)
		name = code_name(CODE_STOPCCN, (uint32_t)r.result);
	else if (message == CDN)
		name = code_name(CODE_CDN, (uint32_t)r.result);
	else if (message == MSEN)
		name = code_name(CODE_MSEN, (uint32_t)r.result);
	avp_print_named(t, (uint32_t)r.result, name);
	if (r.is_swapped)
		text_puts(t, ", octets swapped");
	if (r.error >= 0)
		print_error(t, &r, message);
}

static void print_disconnect(struct text *t, const struct avp *a)
{
	struct disconnect_cause c;
	const char *protocol;
	const char *direction;

	if (!avp_disconnect(a, &c))
		return;
	avp_print_named(t, c.code, code_name(CODE_DISCONNECT, c.code));
	protocol = code_name(CODE_PPP_PROTOCOL, c.protocol);
	if (protocol)
		text_printf(t, ", %s", protocol);
	else if (c.protocol)
		text_printf(t, ", protocol 0x%04x", c.protocol);
	direction = code_name(CODE_PROXY_DIRECTION, c.direction);
	if (!direction)
		text_printf(t, ", direction %u", c.direction);
	else if (c.direction)
		text_printf(t, ", %s", direction);
	print_remark(t, c.text);
}

static void print_q931(struct text *t, struct bytes *b)
{
	uint16_t cause = bytes_u16(b);
	uint8_t message = bytes_u8(b);
	const char *name = code_name(CODE_Q931_MESSAGE, message);

	avp_print_named(t, cause, code_name(CODE_Q931, code_q931_cause(cause)));
	text_printf(t, ", message 0x%02x", message);
	if (name)
		text_printf(t, " (%s)", name);
	print_remark(t, rest_text(b));
}

static void print_call_errors(struct text *t, struct bytes *b)
{
	static const char *const what[] = {
		"CRC", "framing", "hardware overruns", "buffer overruns", "timeouts", "alignment"};

	bytes_u16(b);
	for (size_t i = 0; i < sizeof(what) / sizeof(what[0]); i++)
		text_printf(t, "%s%s %u", i ? ", " : "", what[i], bytes_u32(b));
}

static void print_accm(struct text *t, struct bytes *b)
{
	bytes_u16(b);
	text_printf(t, "send 0x%08x", bytes_u32(b));
	text_printf(t, ", receive 0x%08x", bytes_u32(b));
}

/* "sync, async": the bits that have a name. */
static void print_bit_names(struct text *t, const struct avp *a, uint32_t bits)
{
	const char *between = "";

	for (uint32_t bit = 1; bit && bit <= bits; bit <<= 1) {
		const char *name = bits & bit ? avp_value_name(avp_key(a), bit) : NULL;

		if (!name)
			continue;
		text_puts(t, between);
		text_puts(t, name);
		between = ", ";
	}
}

static void print_bits(struct text *t, const struct avp *a, uint32_t bits)
{
	struct text names_of_bits = text_make(400);

	text_printf(t, "0x%x", bits);
	print_bit_names(&names_of_bits, a, bits);
	if (names_of_bits.len)
		print_in_words(t, names_of_bits.at);
	text_free(&names_of_bits);
}

void avp_print_meaning(struct text *t, const struct avp *a)
{
	uint64_t number;

	if (!a->row || !avp_number(a, &number))
		return;
	switch (a->row->kind) {
	case AVP_BITS:
	case AVP_BITS16:
		print_bit_names(t, a, (uint32_t)number);
		return;
	case AVP_U8:
	case AVP_U16:
	case AVP_U32:
	case AVP_MESSAGE_TYPE:
		text_puts(t, avp_value_name(avp_key(a), (uint32_t)number));
		return;
	default:
		return;
	}
}

static void print_list(struct text *t, const struct avp *a, struct bytes *b, bool is_u32)
{
	for (bool is_first = true; b->left > 0; is_first = false) {
		uint32_t number = is_u32 ? bytes_u32(b) : bytes_u16(b);

		if (!is_first)
			text_puts(t, ", ");
		avp_print_named(t, number, avp_value_name(avp_key(a), number));
	}
}

/* "MRU 1492, Magic-Number 0x2c0f1b5e"; octets where the list leads nowhere. */
void avp_print_options(struct text *t, struct span value)
{
	struct arena *scratch = arena_new(OPTIONS_ARENA);
	struct defect_list defects = {.arena = scratch};
	struct ppp_option *options;
	size_t n;

	option_parse(scratch, PPP_LCP, value, 0, &options, &n, &defects);
	if (defects.n)
		text_hex(t, value, 0);
	for (size_t i = 0; i < n && !defects.n; i++) {
		text_puts(t, i ? ", " : "");
		if (options[i].row)
			text_puts(t, options[i].row->name);
		else
			text_printf(t, "option %u", options[i].number);
		if (options[i].value.len)
			text_putc(t, ' ');
		option_print_value(t, &options[i]);
	}
	arena_free(scratch);
}

/* Numbers that everybody writes in hex. */
static bool is_hex(const struct avp *a)
{
	switch (avp_key(a)) {
	case AVP_N_FIRMWARE_REVISION:
	case AVP_N_TIE_BREAKER:
	case AVP_N_CISCO_SESSION_TIE_BREAKER:
	case AVP_N_CONTROL_CONNECTION_DS:
	case AVP_N_SESSION_DS:
		return true;
	}
	return false;
}

static void print_number(struct text *t, const struct avp *a)
{
	const char *name;
	uint64_t number;

	if (!avp_number(a, &number))
		return;
	if (is_hex(a)) {
		text_printf(t, "0x%0*llx", (int)(2 * a->value.len), (unsigned long long)number);
		return;
	}
	text_decimal(t, number);
	name = avp_value_name(avp_key(a), (uint32_t)number);
	if (name)
		print_in_words(t, name);
}

/* A value whose length is right, by the kind of its attribute. */
static void print_kind(struct text *t, const struct avp *a, uint16_t message)
{
	struct bytes b = bytes_of(a->value);

	switch (a->row->kind) {
	case AVP_EMPTY:
		text_puts(t, "yes");
		return;
	case AVP_TEXT:
		text_escape(t, avp_text(a));
		return;
	case AVP_RESULT:
		print_result(t, a, message);
		return;
	case AVP_VERSION:
		text_printf(t, "%u", bytes_u8(&b));
		text_printf(t, ".%u", bytes_u8(&b));
		return;
	case AVP_BITS:
		print_bits(t, a, bytes_u32(&b));
		return;
	case AVP_BITS16:
		print_bits(t, a, bytes_u16(&b));
		return;
	case AVP_Q931:
		print_q931(t, &b);
		return;
	case AVP_CALL_ERRORS:
		print_call_errors(t, &b);
		return;
	case AVP_ACCM:
		print_accm(t, &b);
		return;
	case AVP_PPP_OPTIONS:
		avp_print_options(t, a->value);
		return;
	case AVP_DISCONNECT:
		print_disconnect(t, a);
		return;
	case AVP_U16_LIST:
	case AVP_U32_LIST:
		print_list(t, a, &b, a->row->kind == AVP_U32_LIST);
		return;
	case AVP_SPECIAL:
		avp_print_special(t, a);
		return;
	case AVP_U8:
	case AVP_U16:
	case AVP_U32:
	case AVP_U64:
	case AVP_MESSAGE_TYPE:
	case AVP_PROXY_ID:
		print_number(t, a);
		return;
	case AVP_BYTES:
	case AVP_KIND_COUNT:
		break;
	}
	text_hex(t, a->value, 0);
}

/* How the client showed who it is, by the attribute `key`; 0 where the message does not say. */
static uint64_t proxy_type(const struct avp_context *in, uint32_t key)
{
	uint64_t type = 0;

	for (size_t i = 0; i < in->n_avps; i++)
		if (avp_key(&in->avps[i]) == key)
			avp_number(&in->avps[i], &type);
	return type;
}

/* RFC 2661 4.4.5, RFC 2341 4.4.4: of PAP or a login dialogue the response is the password itself.
 * Where the type is not known: a CHAP MD5 response has 16 octets; what has another length is
 * taken for a password. */
bool avp_is_password(const struct avp *a, const struct avp_context *in)
{
	enum { LOGIN = 1, CHAP = 2, PAP = 3, MSCHAP = 5, MD5_LENGTH = 16 };
	bool is_l2f = avp_key(a) == L2F_OPEN_RESPONSE;
	size_t header = is_l2f ? 2 : 6;
	size_t len = a->is_whole || a->length < header ? a->value.len : a->length - header;

	if (!is_l2f && avp_key(a) != AVP_N_PROXY_AUTHEN_RESPONSE)
		return false;
	switch (proxy_type(in, is_l2f ? L2F_OPEN_TYPE : AVP_N_PROXY_AUTHEN_TYPE)) {
	case LOGIN:
	case PAP:
		return len > 0;
	case CHAP:
	case MSCHAP:
		return false;
	default:
		return len > 0 && len != MD5_LENGTH;
	}
}

void avp_print_value(struct text *t, const struct avp *a, const struct avp_context *in,
		     bool show_secrets)
{
	if ((a->is_hidden && !a->is_unhidden) || (avp_is_password(a, in) && !show_secrets)) {
		text_puts(t, "(hidden)");
		return;
	}
	if (!a->is_whole) {
		/* The beginning of a text is worth reading, that of a number is not. */
		if (a->row && a->row->kind == AVP_TEXT)
			text_escape(t, (struct str){(const char *)a->value.at, a->value.len});
		else
			text_hex(t, a->value, 0);
		text_puts(t, "…");
		return;
	}
	if (!a->row)
		text_hex(t, a->value, 0);
	else if (avp_length_fits(a->row, a->value.len + 6))
		print_kind(t, a, in->message);
	else
		avp_print_octets(t, a->value);
}

void avp_print_name(struct text *t, const struct avp *a)
{
	const char *vendor = avp_vendor_name(a->vendor);

	if (a->row)
		text_puts(t, a->row->name);
	else if (vendor && a->vendor)
		text_printf(t, "%s %u", vendor, a->number);
	else if (a->vendor)
		text_printf(t, "vendor %u AVP %u", a->vendor, a->number);
	else
		text_printf(t, "AVP %u", a->number);
}
