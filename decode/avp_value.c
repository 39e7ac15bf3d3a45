#include "avp.h"
#include "code.h"
#include "ppp_option.h"

enum {
	NO_MESSAGE = 0xffff,
	LAST_RESULT = 31,
	OPTIONS_ARENA = 1 << 17, /* the options of 1023 octets, and their defects */
};

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
	/* RFC 4591 3.5, RFC 4454 8.1: the reason; the alarm follows with 0x100 added */
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
};

static uint32_t key_of(const struct avp *a)
{
	return (uint32_t)a->vendor << 16 | a->number;
}

static const char *value_name(uint32_t avp, uint32_t value)
{
	for (size_t i = 0; i < sizeof(registries) / sizeof(registries[0]); i++)
		if (registries[i].avp == avp)
			return code_name(registries[i].domain, value);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].avp == avp && names[i].value == value)
			return names[i].name;
	return NULL;
}

bool avp_number(const struct avp *a, uint64_t *ret)
{
	enum avp_kind kind = a->row ? a->row->kind : AVP_BYTES;
	uint64_t number = 0;
	size_t skip = kind == AVP_PROXY_ID ? 1 : 0; /* its first octet is reserved */
	size_t len = a->value.len;
	struct result_code result;

	if (kind == AVP_RESULT) {
		if (!avp_result(a, &result))
			return false;
		*ret = (uint64_t)result.result;
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
	if (a->is_hidden && !a->is_unhidden)
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

static void print_named(struct text *t, uint32_t number, const char *name)
{
	text_printf(t, "%u", number);
	if (name)
		text_printf(t, " (%s)", name);
}

static void print_remark(struct text *t, struct str remark)
{
	if (!remark.len)
		return;
	text_puts(t, ": ");
	text_escape(t, remark);
}

/* 30 of a CDN changes the table of the error code (RFC 5611 2.3). */
static void print_result(struct text *t, const struct avp *a, uint16_t message)
{
	enum { TDM_REFUSED = 30 };
	struct result_code r;
	const char *name = NULL;
	bool is_tdm;

	if (!avp_result(a, &r))
		return;
	is_tdm = message == CDN && r.result == TDM_REFUSED;
	if (message == STOPCCN)
		name = code_name(CODE_STOPCCN, (uint32_t)r.result);
	else if (message == CDN)
		name = code_name(CODE_CDN, (uint32_t)r.result);
	else if (message == MSEN)
		name = code_name(CODE_MSEN, (uint32_t)r.result);
	print_named(t, (uint32_t)r.result, name);
	if (r.is_swapped)
		text_puts(t, ", octets swapped");
	if (r.error < 0)
		return;
	text_puts(t, ", error ");
	print_named(t, (uint32_t)r.error,
		    code_name(is_tdm ? CODE_TDM_ERROR : CODE_ERROR, (uint32_t)r.error));
	print_remark(t, r.text);
}

static void print_disconnect(struct text *t, const struct avp *a)
{
	struct disconnect_cause c;
	const char *protocol;
	const char *direction;

	if (!avp_disconnect(a, &c))
		return;
	print_named(t, c.code, code_name(CODE_DISCONNECT, c.code));
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

	print_named(t, cause, code_name(CODE_Q931, cause));
	text_printf(t, ", message 0x%02x", message);
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

/* Bits with a name, then what is left of the mask. */
static void print_bits(struct text *t, const struct avp *a, uint32_t bits)
{
	const char *between = " (";

	text_printf(t, "0x%x", bits);
	for (uint32_t bit = 1; bit && bit <= bits; bit <<= 1) {
		const char *name = bits & bit ? value_name(key_of(a), bit) : NULL;

		if (!name)
			continue;
		text_printf(t, "%s%s", between, name);
		between = ", ";
	}
	if (between[0] == ',')
		text_putc(t, ')');
}

static void print_list(struct text *t, const struct avp *a, struct bytes *b, bool is_u32)
{
	for (bool is_first = true; b->left > 0; is_first = false) {
		uint32_t number = is_u32 ? bytes_u32(b) : bytes_u16(b);

		if (!is_first)
			text_puts(t, ", ");
		print_named(t, number, value_name(key_of(a), number));
	}
}

/* Octets that are mostly text in the field (a circuit name), and sometimes not. */
static void print_text_or_hex(struct text *t, struct span value)
{
	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] < 0x20 || value.at[i] > 0x7e) {
			text_hex(t, value, 0);
			return;
		}
	}
	text_escape(t, (struct str){.at = (const char *)value.at, .len = value.len});
}

static void print_vpi_vci(struct text *t, struct bytes *b)
{
	text_printf(t, "%u", bytes_u16(b) & 0xfffu);
	text_printf(t, "/%u", bytes_u16(b));
}

/* RFC 3573 4.2: V.92 timeouts */
static void print_on_hold(struct text *t, struct bytes *b)
{
	static const char *const timeouts[] = {NULL,    "10 s",   "20 s",   "30 s",    "40 s",
					       "1 min", "2 min",  "3 min",  "4 min",   "6 min",
					       "8 min", "12 min", "16 min", "no limit"};
	uint16_t value = bytes_u16(b);
	unsigned timeout = value & 15u;

	text_puts(t, value & 0x8000 ? "on hold" : "not on hold");
	if ((value & 0x8000) && timeout < sizeof(timeouts) / sizeof(timeouts[0]) &&
	    timeouts[timeout])
		text_printf(t, ", at most %s", timeouts[timeout]);
}

/* RFC 3817 4: the PAD frame from its Ethernet addresses on. */
static void print_pppoe(struct text *t, struct bytes *b)
{
	struct span to = bytes_take(b, 6);
	struct span from = bytes_take(b, 6);
	uint16_t type = bytes_u16(b);
	uint8_t code;
	const char *name;
	uint16_t session;

	bytes_u8(b);
	code = bytes_u8(b);
	session = bytes_u16(b);
	name = code_name(CODE_PPPOE, code);
	if (!bytes_ok(b) || type != 0x8863)
		return;
	text_printf(t, "%s, session %u, ", name ? name : "unknown code", session);
	text_hex(t, from, ':');
	text_puts(t, " to ");
	text_hex(t, to, ':');
}

static void print_extended(struct text *t, struct bytes *b)
{
	text_printf(t, "vendor %u", bytes_u32(b));
	text_printf(t, ", type %u: ", bytes_u16(b));
	text_hex(t, bytes_rest(b), 0);
}

static void print_digest(struct text *t, struct bytes *b)
{
	uint8_t type = bytes_u8(b);
	const char *name = value_name(AVP_N_MESSAGE_DIGEST, type);

	text_printf(t, "%s ", name ? name : "unknown type");
	text_hex(t, bytes_rest(b), 0);
}

static void print_failover(struct text *t, struct bytes *b)
{
	uint16_t bits = bytes_u16(b);

	text_printf(t, "control %s", bits & 1 ? "yes" : "no");
	text_printf(t, ", data %s", bits & 2 ? "yes" : "no");
	text_printf(t, ", recovery time %u ms", bytes_u32(b));
}

static void print_id_pair(struct text *t, struct bytes *b)
{
	bytes_u16(b);
	text_printf(t, "local %u", bytes_u32(b));
	text_printf(t, ", remote %u", bytes_u32(b));
}

static void print_sequence(struct text *t, struct bytes *b)
{
	bytes_u16(b);
	text_printf(t, "Ns %u", bytes_u16(b));
	text_printf(t, ", Nr %u", bytes_u16(b));
}

static void print_atm_alarm(struct text *t, struct bytes *b)
{
	uint16_t reason = bytes_u16(b);
	uint16_t alarm = bytes_u16(b);

	text_puts(t, "reason ");
	print_named(t, reason, value_name(AVP_N_ATM_ALARM_STATUS, reason));
	text_puts(t, ", alarm ");
	print_named(t, alarm, value_name(AVP_N_ATM_ALARM_STATUS, 0x100u + alarm));
}

static void print_vccv(struct text *t, struct bytes *b)
{
	text_printf(t, "control channels 0x%02x", bytes_u8(b));
	text_printf(t, ", verification 0x%02x", bytes_u8(b));
}

/* RFC 5515 6.1: its length tells L2TPv2's layout from L2TPv3's. */
static void print_speed_update(struct text *t, struct bytes *b)
{
	bool is_v3 = b->left == 20;
	uint32_t session = bytes_u32(b);

	text_printf(t, "session %u", is_v3 ? session : session & 0xffff);
	text_printf(t, ", tx %llu", (unsigned long long)(is_v3 ? bytes_u64(b) : bytes_u32(b)));
	text_printf(t, ", rx %llu", (unsigned long long)(is_v3 ? bytes_u64(b) : bytes_u32(b)));
	text_puts(t, " bit/s");
}

/* RFC 5611 2.1 */
static void print_tdm(struct text *t, struct bytes *b)
{
	static const char *const signalling[] = {"none", "E1", "T1 ESF", "T1 SF"};

	text_printf(t, "CAS %s", signalling[bytes_u16(b) & 3]);
	text_printf(t, ", %u × 64 kbit/s", bytes_u16(b));
	text_printf(t, ", payload %u octets", bytes_u16(b));
}

/* RFC 5611 2.2 */
static void print_rtp(struct text *t, struct bytes *b)
{
	uint16_t bits = bytes_u16(b);

	bytes_u16(b);
	text_printf(t, "%s timestamps", bits & 0x8000 ? "differential" : "absolute");
	text_printf(t, ", payload type %u", bits >> 8 & 0x7fu);
	text_printf(t, ", clock %u × 8 kHz", bytes_u16(b));
	text_printf(t, ", SSRC 0x%08x", bytes_u32(b));
}

/* RFC 5515 5.17 */
static void print_encapsulation(struct text *t, struct bytes *b)
{
	static const char *const links[] = {"AAL5", "Ethernet"};
	static const char *const first[] = {NULL, "untagged", "single-tagged"};
	static const char *const second[] = {NULL,
					     "PPPoA LLC",
					     "PPPoA null",
					     "IPoA LLC",
					     "IPoA null",
					     "Ethernet over AAL5 LLC with FCS",
					     "Ethernet over AAL5 LLC",
					     "Ethernet over AAL5 null with FCS",
					     "Ethernet over AAL5 null"};
	uint8_t link = bytes_u8(b);
	uint8_t one = bytes_u8(b);
	uint8_t two = bytes_u8(b);

	text_puts(t, link < 2 ? links[link] : "unknown data link");
	if (one < 3 && first[one])
		text_printf(t, ", %s", first[one]);
	if (two < 9 && second[two])
		text_printf(t, ", %s", second[two]);
}

static void print_line_type(struct text *t, struct bytes *b)
{
	uint8_t type = bytes_u8(b);

	print_named(t, type, value_name(AVP_N_BBF_ANCP_ACCESS_LINE_TYPE, type));
}

/* Attributes of kind AVP_SPECIAL. NULL: text where it can be read, else octets. */
static const struct {
	uint32_t avp;
	void (*print)(struct text *t, struct bytes *b);
} specials[] = {
	{AVP_N_PRIVATE_GROUP_ID, NULL},
	{AVP_N_VPI_VCI, print_vpi_vci},
	{AVP_N_MODEM_ON_HOLD_STATUS, print_on_hold},
	{AVP_N_PPPOE_RELAY, print_pppoe},
	{AVP_N_EXTENDED_VENDOR_ID, print_extended},
	{AVP_N_MESSAGE_DIGEST, print_digest},
	{AVP_N_REMOTE_END_ID, NULL},
	{AVP_N_FAILOVER_CAPABILITY, print_failover},
	{AVP_N_TUNNEL_RECOVERY, print_id_pair},
	{AVP_N_SUGGESTED_CONTROL_SEQUENCE, print_sequence},
	{AVP_N_FAILOVER_SESSION_STATE, print_id_pair},
	{AVP_N_ATM_ALARM_STATUS, print_atm_alarm},
	{AVP_N_AGI, NULL},
	{AVP_N_LOCAL_END_ID, NULL},
	{AVP_N_VCCV_CAPABILITY, print_vccv},
	{AVP_N_CONNECT_SPEED_UPDATE, print_speed_update},
	{AVP_N_TDM_PSEUDOWIRE, print_tdm},
	{AVP_N_RTP, print_rtp},
	{AVP_N_CISCO_REMOTE_END_ID, NULL},
	{AVP_N_CISCO_NAS_PORT_INFO, NULL},
	{AVP_N_CISCO_ATM_ALARM_STATUS, print_atm_alarm},
	{AVP_N_BBF_ACCESS_LOOP_ENCAPSULATION, print_encapsulation},
	{AVP_N_BBF_ANCP_ACCESS_LINE_TYPE, print_line_type},
};

static void print_special(struct text *t, const struct avp *a)
{
	size_t before = t->len;
	struct bytes b = bytes_of(a->value);

	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++)
		if (specials[i].avp == key_of(a) && specials[i].print)
			specials[i].print(t, &b);
	/* Also what a printer could make nothing of. */
	if (t->len == before)
		print_text_or_hex(t, a->value);
}

/* "MRU 1492, Magic-Number 0x2c0f1b5e"; octets where the list leads nowhere. */
static void print_options(struct text *t, const struct avp *a)
{
	struct arena *scratch = arena_new(OPTIONS_ARENA);
	struct defect_list defects = {.arena = scratch};
	struct ppp_option *options;
	size_t n;

	option_parse(scratch, PPP_LCP, a->value, 0, &options, &n, &defects);
	if (defects.n)
		text_hex(t, a->value, 0);
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
	switch (key_of(a)) {
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
	uint64_t number;

	if (!avp_number(a, &number))
		return;
	if (is_hex(a)) {
		text_printf(t, "0x%0*llx", (int)(2 * a->value.len), (unsigned long long)number);
		return;
	}
	text_printf(t, "%llu", (unsigned long long)number);
	if (value_name(key_of(a), (uint32_t)number))
		text_printf(t, " (%s)", value_name(key_of(a), (uint32_t)number));
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
		print_options(t, a);
		return;
	case AVP_DISCONNECT:
		print_disconnect(t, a);
		return;
	case AVP_U16_LIST:
	case AVP_U32_LIST:
		print_list(t, a, &b, a->row->kind == AVP_U32_LIST);
		return;
	case AVP_SPECIAL:
		print_special(t, a);
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

/* RFC 2661 4.4.5: with PAP the Proxy Authen Response is the password itself. A CHAP MD5
 * response has 16 octets; what has another length is taken for a password. */
static bool is_password(const struct avp *a)
{
	size_t len = a->is_whole ? a->value.len : a->length;

	return key_of(a) == AVP_N_PROXY_AUTHEN_RESPONSE && len > 0 && len != 16;
}

void avp_print_value_in(struct text *t, const struct avp *a, uint16_t message, bool show_secrets)
{
	if ((a->is_hidden && !a->is_unhidden) || (is_password(a) && !show_secrets)) {
		text_puts(t, "(hidden)");
		return;
	}
	if (!a->is_whole) {
		/* The beginning of a text is worth reading, that of a number is not. */
		if (a->row && a->row->kind == AVP_TEXT)
			text_escape(t, avp_text(a));
		else
			text_hex(t, a->value, 0);
		text_puts(t, "…");
		return;
	}
	if (!a->row)
		text_hex(t, a->value, 0);
	else if (avp_length_fits(a->row, a->value.len + 6))
		print_kind(t, a, message);
	else
		print_text_or_hex(t, a->value);
}

void avp_print_value(struct text *t, const struct avp *a, bool show_secrets)
{
	avp_print_value_in(t, a, NO_MESSAGE, show_secrets);
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
