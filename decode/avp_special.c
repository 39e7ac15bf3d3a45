#include "avp_print.h"
#include "code.h"
#include "pppoe.h"

void avp_print_octets(struct text *t, struct span value)
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
	const char *name = avp_value_name(AVP_N_MESSAGE_DIGEST, type);

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
	avp_print_named(t, reason, avp_value_name(AVP_N_ATM_ALARM_STATUS, reason));
	text_puts(t, ", alarm ");
	avp_print_named(t, alarm, avp_value_name(AVP_N_ATM_ALARM_STATUS, 0x100u + alarm));
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
	static const char *const first[] = {NULL, "untagged", "single-tagged"};
	uint8_t one, two;
	const char *name;

	name = pppoe_encapsulation_name(0, bytes_u8(b));
	one = bytes_u8(b);
	two = bytes_u8(b);
	text_puts(t, name ? name : "unknown data link");
	if (one < 3 && first[one])
		text_printf(t, ", %s", first[one]);
	name = pppoe_encapsulation_name(2, two);
	if (two && name)
		text_printf(t, ", %s", name);
}

static void print_line_type(struct text *t, struct bytes *b)
{
	uint8_t type = bytes_u8(b);

	avp_print_named(t, type, avp_value_name(AVP_N_BBF_ANCP_ACCESS_LINE_TYPE, type));
}

/* CableLabs: the attributes of a QAM channel begin with a lock bit and the group they are for. */
static uint16_t print_channel(struct text *t, struct bytes *b)
{
	uint16_t head = bytes_u16(b);

	text_printf(t, "group %u%s, ", head >> 8 & 0x7fu, head & 0x8000 ? " locked" : "");
	return head;
}

static void print_frequency(struct text *t, struct bytes *b)
{
	print_channel(t, b);
	text_printf(t, "%u Hz", bytes_u32(b));
}

static void print_modulation(struct text *t, struct bytes *b)
{
	unsigned modulation = print_channel(t, b) & 15u;

	avp_print_named(t, modulation, avp_value_name(AVP_N_CABLELABS_MODULATION, modulation));
}

static void print_symbol_rate(struct text *t, struct bytes *b)
{
	print_channel(t, b);
	text_printf(t, "M %u", bytes_u16(b));
	text_printf(t, ", N %u", bytes_u16(b));
}

/* RFC 2341 4.4.4: an LCP packet as it came, or only its options. */
static void print_lcp(struct text *t, struct bytes *b)
{
	struct bytes packet = *b;
	uint8_t code = bytes_u8(&packet);
	uint8_t id = bytes_u8(&packet);
	uint16_t length = bytes_u16(&packet);

	if (bytes_ok(&packet) && code >= CP_CONFREQ && code <= CP_CONFREJ && length == b->left) {
		text_printf(t, "%s id %u: ", ppp_code_short(PPP_LCP, code), id);
		*b = packet;
	}
	avp_print_options(t, bytes_rest(b));
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
	{AVP_N_CABLELABS_FREQUENCY, print_frequency},
	{AVP_N_CABLELABS_MODULATION, print_modulation},
	{AVP_N_CABLELABS_SYMBOL_RATE, print_symbol_rate},
	{0xffff0204, print_lcp}, /* L2F */
	{0xffff0205, print_lcp},
	{0xffff0208, print_lcp},
};

void avp_print_special(struct text *t, const struct avp *a)
{
	size_t before = t->len;
	struct bytes b = bytes_of(a->value);

	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++)
		if (specials[i].avp == avp_key(a) && specials[i].print)
			specials[i].print(t, &b);
	/* Also what a printer could make nothing of. */
	if (t->len == before)
		avp_print_octets(t, a->value);
}
