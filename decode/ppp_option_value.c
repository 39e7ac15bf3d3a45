/* Values of configuration options for people: one printer per kind. */
#include "code.h"
#include "event.h"
#include "ppp_option.h"

/* Prints a value and says whether it could: what does not fit is printed as hex. */
typedef bool option_printer(struct text *t, struct bytes *b);

static void text_ipv4(struct text *t, uint32_t address)
{
	const struct address a = address_v4(address);

	address_print(t, &a);
}

static void text_rest(struct text *t, struct bytes *b)
{
	struct span rest = bytes_rest(b);

	text_escape(t, (struct str){.at = (const char *)rest.at, .len = rest.len});
}

static void text_hex_rest(struct text *t, struct bytes *b)
{
	if (b->left == 0)
		return;
	text_puts(t, "0x");
	text_hex(t, bytes_rest(b), 0);
}

static bool print_u8(struct text *t, struct bytes *b)
{
	text_decimal(t, bytes_u8(b));
	return true;
}

static bool print_u16(struct text *t, struct bytes *b)
{
	text_decimal(t, bytes_u16(b));
	return true;
}

static bool print_u32(struct text *t, struct bytes *b)
{
	text_decimal(t, bytes_u32(b));
	return true;
}

/* Upper case as routers print magic numbers and character maps. */
static void text_hex32(struct text *t, uint32_t value)
{
	static const char digits[] = "0123456789ABCDEF";
	char room[] = "0x00000000";

	for (size_t i = sizeof(room) - 1; i-- > 2; value >>= 4)
		room[i] = digits[value & 15];
	text_add(t, (struct str){room, sizeof(room) - 1});
}

static bool print_hex32(struct text *t, struct bytes *b)
{
	text_hex32(t, bytes_u32(b));
	return true;
}

static bool print_ipv4(struct text *t, struct bytes *b)
{
	text_ipv4(t, bytes_u32(b));
	return true;
}

/* Like the lower half of an IPv6 address. */
static bool print_interface_id(struct text *t, struct bytes *b)
{
	for (int i = 0; i < 4; i++)
		text_printf(t, "%s%04x", i ? ":" : "", bytes_u16(b));
	return true;
}

static void print_protocol(struct text *t, uint16_t protocol)
{
	const char *name = code_name(CODE_PPP_PROTOCOL, protocol);

	if (name)
		text_puts(t, name);
	else
		text_printf(t, "protocol 0x%04x", protocol);
}

static void print_chap(struct text *t, struct bytes *b)
{
	uint8_t algorithm;

	if (b->left == 0) {
		text_puts(t, "CHAP");
		return;
	}
	algorithm = bytes_u8(b);
	switch (algorithm) {
	case CHAP_MD5:
		text_puts(t, "CHAP MD5");
		return;
	case CHAP_MS:
		text_puts(t, "MS-CHAP");
		return;
	case CHAP_MSV2:
		text_puts(t, "MS-CHAP-V2");
		return;
	default:
		text_printf(t, "CHAP algorithm %u", algorithm);
	}
}

static bool print_auth(struct text *t, struct bytes *b)
{
	uint16_t protocol = bytes_u16(b);

	switch (protocol) {
	case PPP_PAP:
		text_puts(t, "PAP");
		break;
	case PPP_CHAP:
		print_chap(t, b);
		break;
	case PPP_EAP:
		text_puts(t, "EAP");
		break;
	default:
		print_protocol(t, protocol);
	}
	if (b->left > 0)
		text_putc(t, ' ');
	text_hex_rest(t, b);
	return true;
}

static bool print_quality(struct text *t, struct bytes *b)
{
	uint16_t protocol = bytes_u16(b);
	uint32_t period;

	if (protocol != PPP_LQR || b->left != 4) {
		print_protocol(t, protocol);
		if (b->left > 0)
			text_putc(t, ' ');
		text_hex_rest(t, b);
		return true;
	}
	period = bytes_u32(b); /* hundredths of a second, RFC 1989 2.2 */
	text_printf(t, "LQR every %u.%02u s", period / 100, period % 100);
	return true;
}

static bool print_compression(struct text *t, struct bytes *b)
{
	enum { VAN_JACOBSON = 0x002d, IPV6_HEADER = 0x004f, IP_HEADER = 0x0061, ROHC = 0x0003 };
	uint16_t protocol = bytes_u16(b);

	switch (protocol) {
	case VAN_JACOBSON:
		text_puts(t, "VJ");
		if (b->left < 2)
			break;
		text_printf(t, " %u slots", bytes_u8(b));
		if (bytes_u8(b) & 1)
			text_puts(t, " CompressSlotID");
		break;
	case IPV6_HEADER:
		text_puts(t, "IPv6 header compression");
		break;
	case IP_HEADER:
		text_puts(t, "IPHC");
		break;
	case ROHC:
		text_puts(t, "ROHC");
		break;
	default:
		text_printf(t, "protocol 0x%04x", protocol);
	}
	if (b->left > 0)
		text_putc(t, ' ');
	text_hex_rest(t, b);
	return true;
}

static bool print_mac(struct text *t, struct bytes *b)
{
	if (b->left != 6)
		return false;
	text_hex(t, bytes_rest(b), ':');
	return true;
}

static bool print_endpoint(struct text *t, struct bytes *b)
{
	uint8_t class = bytes_u8(b);

	switch (class) {
	case 0:
		text_puts(t, "null");
		break;
	case 1:
		text_puts(t, "local ");
		text_rest(t, b);
		break;
	case 2:
		if (b->left != 4)
			return false;
		text_puts(t, "IP ");
		text_ipv4(t, bytes_u32(b));
		break;
	case 3:
		text_puts(t, "MAC ");
		return print_mac(t, b);
	case 4:
		text_puts(t, "magic block ");
		break;
	case 5:
		text_puts(t, "number ");
		text_rest(t, b);
		break;
	default:
		text_printf(t, "class %u ", class);
	}
	text_hex_rest(t, b);
	return true;
}

/* RFC 3078 2 and RFC 2118. */
static bool print_mppe(struct text *t, struct bytes *b)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} bits[] = {
		{0x01000000, "stateless"}, {0x40, "128-bit"},  {0x80, "56-bit"},
		{0x20, "40-bit"},          {0x10, "obsolete"}, {0x01, "MPPC"},
	};
	uint32_t mask = bytes_u32(b);
	const char *before = " (";

	text_hex32(t, mask);
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		if (!(mask & bits[i].bit))
			continue;
		text_printf(t, "%s%s", before, bits[i].name);
		before = ", ";
	}
	if (*before == ',')
		text_putc(t, ')');
	return true;
}

static bool print_text(struct text *t, struct bytes *b)
{
	text_rest(t, b);
	return true;
}

/* RFC 1570 2.3.3; operation 6 is Microsoft's CBCP. */
static bool print_callback(struct text *t, struct bytes *b)
{
	static const char *const operations[] = {
		"by user authentication", "dial string", "location", "number",
		"distinguished name",     NULL,          "CBCP",
	};
	uint8_t operation = bytes_u8(b);

	if (operation < sizeof(operations) / sizeof(operations[0]) && operations[operation])
		text_puts(t, operations[operation]);
	else
		text_printf(t, "operation %u", operation);
	if (b->left == 0)
		return true;
	text_putc(t, ' ');
	text_rest(t, b);
	return true;
}

static bool print_oui(struct text *t, struct bytes *b)
{
	struct span oui = bytes_take(b, 3);

	text_hex(t, oui, ':');
	text_printf(t, " kind %u ", bytes_u8(b));
	text_hex_rest(t, b);
	return true;
}

static bool print_fcs(struct text *t, struct bytes *b)
{
	static const char *const names[] = {"none", "16-bit", "32-bit"};
	uint8_t mask = bytes_u8(b);

	text_printf(t, "0x%02X", mask);
	for (unsigned i = 0; i < 3; i++)
		if (mask >> i & 1)
			text_printf(t, " %s", names[i]);
	return true;
}

static bool print_numbered_mode(struct text *t, struct bytes *b)
{
	text_printf(t, "window %u address ", bytes_u8(b));
	text_hex_rest(t, b);
	return true;
}

static bool print_header_format(struct text *t, struct bytes *b)
{
	uint8_t code = bytes_u8(b);

	text_puts(t, code == 2 ? "long" : code == 6 ? "short" : "unknown");
	text_printf(t, " sequence numbers (%u), %u classes", code, bytes_u8(b));
	return true;
}

static bool print_language(struct text *t, struct bytes *b)
{
	text_printf(t, "MIBenum %u ", bytes_u32(b));
	text_rest(t, b);
	return true;
}

static bool print_two_addresses(struct text *t, struct bytes *b)
{
	text_ipv4(t, bytes_u32(b));
	text_puts(t, " to ");
	text_ipv4(t, bytes_u32(b));
	return true;
}

/* RFC 1974 2 and RFC 1967 3.1: history count, check mode [, process mode]. */
static bool print_lzs(struct text *t, struct bytes *b)
{
	static const char *const modes[] = {"none", "LCB", "CRC", "sequence", "extended"};
	uint16_t histories = bytes_u16(b);
	uint8_t mode = bytes_u8(b) & 7;

	text_printf(t, "%u histories, check %s", histories,
		    mode < sizeof(modes) / sizeof(modes[0]) ? modes[mode] : "unknown");
	if (b->left > 0)
		text_printf(t, ", process %u", bytes_u8(b));
	return true;
}

static bool print_bsd_compress(struct text *t, struct bytes *b)
{
	uint8_t value = bytes_u8(b);

	text_printf(t, "version %u, %u bits", value >> 5, value & 0x1f);
	return true;
}

static bool print_deflate(struct text *t, struct bytes *b)
{
	uint8_t window = bytes_u8(b);

	text_printf(t, "window 2^%u, method %u, check %u", (window >> 4) + 8u, window & 0xfu,
		    bytes_u8(b));
	return true;
}

static bool print_link_type(struct text *t, struct bytes *b)
{
	text_printf(t, "%u kbit/s", bytes_u16(b));
	text_printf(t, ", type bits 0x%02X", bytes_u8(b));
	return true;
}

static bool print_call_status(struct text *t, struct bytes *b)
{
	uint8_t cause = bytes_u8(b);
	const char *name = cause ? code_name(CODE_Q931, cause) : "success";

	text_printf(t, "%u (%s), ", cause, name ? name : "unknown");
	text_puts(t, bytes_u8(b) ? "retry" : "no retry");
	return true;
}

/* The delay, then addresses: a type (1: telephone number) and text that ends with a zero. */
static bool print_delay(struct text *t, struct bytes *b)
{
	text_printf(t, "delay %u s", bytes_u8(b));
	while (b->left > 0) {
		uint8_t type = bytes_u8(b);
		const uint8_t *end = b->left ? memchr(b->at, 0, b->left) : NULL;
		struct span number;

		if (!end)
			return false;
		number = bytes_take(b, (size_t)(end - b->at));
		bytes_u8(b);
		text_puts(t, type == 1 ? ", number " : ", address ");
		text_escape(t, (struct str){.at = (const char *)number.at, .len = number.len});
	}
	return true;
}

/* RFC 2125 5.2: sub-options. */
static bool print_phone_delta(struct text *t, struct bytes *b)
{
	static const char *const names[] = {"unknown", "unique digits", "subscriber number",
					    "sub-address"};

	while (b->left > 0) {
		uint8_t type = bytes_u8(b);
		uint8_t length = bytes_u8(b);
		struct bytes box = bytes_box(b, length < 2 ? 0 : length - 2u);

		if (!bytes_ok(b) || length < 2)
			return false;
		text_printf(t, "%s ", names[type < 4 ? type : 0]);
		if (type == 1 && box.left == 1)
			text_printf(t, "%u", bytes_u8(&box));
		else
			text_rest(t, &box);
		if (b->left > 0)
			text_puts(t, ", ");
	}
	return true;
}

static bool print_bridge(struct text *t, struct bytes *b)
{
	uint16_t value = bytes_u16(b);

	text_printf(t, "segment %u bridge %u", value >> 4, value & 0xfu);
	return true;
}

static bool print_enable(struct text *t, struct bytes *b)
{
	uint8_t value = bytes_u8(b);

	text_puts(t, value == 1 ? "enabled" : value == 2 ? "disabled" : "unknown");
	return true;
}

static const struct special {
	uint16_t protocol;
	uint8_t number;
	option_printer *print;
} specials[] = {
	{0xc021, 0, print_oui},
	{0xc021, 9, print_fcs},
	{0xc021, 11, print_numbered_mode},
	{0xc021, 27, print_header_format},
	{0xc021, 28, print_language},
	{0x8021, 1, print_two_addresses},
	{0x80fd, 0, print_oui},
	{0x80fd, 17, print_lzs},
	{0x80fd, 21, print_bsd_compress},
	{0x80fd, 23, print_lzs},
	{0x80fd, 26, print_deflate},
	{0x8053, 0, print_oui},
	{0xc02d, 1, print_link_type},
	{0xc02d, 2, print_phone_delta},
	{0xc02d, 6, print_call_status},
	{0xc029, 2, print_delay},
	{0xc029, 3, print_delay},
	{0xc029, 4, print_delay},
	{0x8031, 1, print_bridge},
	{0x8031, 2, print_bridge},
	{0x8031, 4, print_enable},
	{0x8031, 5, print_enable},
	{0x8031, 6, print_mac},
	{0x8031, 8, print_enable},
};

static option_printer *const printers[OPTION_KIND_COUNT] = {
	[OPTION_U8] = print_u8,
	[OPTION_U16] = print_u16,
	[OPTION_U32] = print_u32,
	[OPTION_HEX32] = print_hex32,
	[OPTION_IPV4] = print_ipv4,
	[OPTION_INTERFACE_ID] = print_interface_id,
	[OPTION_AUTH] = print_auth,
	[OPTION_QUALITY] = print_quality,
	[OPTION_COMPRESSION] = print_compression,
	[OPTION_ENDPOINT] = print_endpoint,
	[OPTION_MPPE] = print_mppe,
	[OPTION_TEXT] = print_text,
	[OPTION_CALLBACK] = print_callback,
};

enum { VALUE_ROOM = 4096 }; /* octets: of a value of 253, each as an escape and a word */

static option_printer *printer_of(const struct option_row *row)
{
	if (!row)
		return NULL;
	if (row->kind != OPTION_SPECIAL)
		return printers[row->kind];
	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++)
		if (specials[i].protocol == row->protocol && specials[i].number == row->number)
			return specials[i].print;
	return NULL;
}

static bool print_fitting(struct text *t, const struct ppp_option *o)
{
	struct bytes b = bytes_of(o->value);
	option_printer *print = o->is_whole ? printer_of(o->row) : NULL;

	return print && o->length >= o->row->length_min && o->length <= o->row->length_max &&
	       print(t, &b) && bytes_ok(&b) && b.left == 0;
}

/* What stands there from `start` on, without blanks at its ends. */
static void trim_from(struct text *t, size_t start)
{
	struct str s = str_trim(str_range(t->at + start, t->at + t->len));

	memmove(t->at + start, s.at, s.len);
	t->len = start + s.len;
	t->at[t->len] = '\0';
}

/* Where there is no room for all of it its end is missing, and not its middle. */
static void print_beginning(struct text *t, size_t start, const struct ppp_option *o)
{
	struct text whole = text_make(VALUE_ROOM);

	print_fitting(&whole, o);
	t->len = start;
	text_add(t, str_trim(text_str(&whole)));
	text_free(&whole);
}

void option_print_value(struct text *t, const struct ppp_option *o)
{
	struct bytes raw = bytes_of(o->value);
	size_t start = t->len;
	bool was_cut = t->is_cut;

	if (print_fitting(t, o)) {
		if (t->is_cut && !was_cut)
			print_beginning(t, start, o);
		else if (t->len > start)
			trim_from(t, start);
		return;
	}
	t->len = start; /* where it was begun to be printed */
	t->is_cut = was_cut;
	if (t->at)
		t->at[start] = '\0';
	text_hex_rest(t, &raw);
	if (!o->is_whole && o->value.len > 0)
		text_puts(t, "…");
}
