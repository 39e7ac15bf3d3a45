/* EAP behind its header (RFC 3748 5), as named values. */
#include "code.h"
#include "ppp_values.h"

enum eap_type {
	IDENTITY = 1,
	NOTIFICATION = 2,
	NAK = 3,
	MD5_CHALLENGE = 4,
	OTP = 5,
	TOKEN_CARD = 6,
	TLS = 13,
	SIM = 18,
	TTLS = 21,
	AKA = 23,
	PEAP = 25,
	MSCHAPV2 = 26,
	FAST = 43,
	AKA_PRIME = 50,
	TEAP = 55,
	EXPANDED = 254,
};

/* RFC 3748 5.3.1: the types that the peer would rather use; 0 none. */
static void nak_values(struct value_list *list, struct bytes *b)
{
	while (b->left > 0) {
		struct span octet = bytes_take(b, 1);
		uint32_t type = (uint32_t)value_of_octets(octet);
		struct value *v =
			value_number(list, "eap.desired_type", "Desired Auth Type", octet, type);

		v->meaning = type ? code_name(CODE_EAP_TYPE, type) : "none";
		v->tells = true;
	}
}

static void md5_values(struct value_list *list, struct bytes *b)
{
	struct span size = bytes_take(b, 1);
	struct bytes box = bytes_box(b, (size_t)value_of_octets(size));

	value_number(list, "eap.md5.value_size", "EAP-MD5 Value-Size", size, value_of_octets(size));
	value_octets(list, "eap.md5.value", "EAP-MD5 Value", bytes_rest(&box));
	if (b->left > 0)
		value_text(list, "eap.md5.extra_data", "EAP-MD5 Extra Data", bytes_rest(b));
}

/* RFC 5216 3.1; TTLS, PEAP, FAST and TEAP begin the same way. */
static void tls_values(struct value_list *list, struct bytes *b)
{
	enum { LENGTH_INCLUDED = 0x80 };
	struct span flags = bytes_take(b, 1);
	struct span length;

	if (flags.len == 0)
		return;
	value_hex(list, "eap.tls.flags", "EAP-TLS Flags", flags)->meaning =
		flags.at[0] & 0x20 ? "start" : NULL;
	if (flags.at[0] & LENGTH_INCLUDED) {
		length = bytes_take(b, 4);
		value_number(list, "eap.tls.len", "EAP-TLS Length", length,
			     value_of_octets(length));
	}
	if (b->left > 0)
		value_octets(list, "eap.data", "EAP Data", bytes_rest(b));
}

/* RFC 4186 8.1, RFC 4187 8.1 */
static void sim_values(struct value_list *list, uint8_t type, struct bytes *b)
{
	struct span subtype = bytes_take(b, 1);

	value_number(list, type == SIM ? "eap.sim.subtype" : "eap.aka.subtype", "Subtype", subtype,
		     value_of_octets(subtype));
	bytes_take(b, 2);
	if (b->left > 0)
		value_octets(list, "eap.data", "EAP Data", bytes_rest(b));
}

/* RFC 3748 5.7 */
static void expanded_values(struct value_list *list, struct bytes *b)
{
	struct span vendor = bytes_take(b, 3);
	struct span type = bytes_take(b, 4);

	value_number(list, "eap.ext.vendor_id", "EAP-EXT Vendor Id", vendor,
		     value_of_octets(vendor));
	value_number(list, "eap.ext.vendor_type", "EAP-EXT Vendor Type", type,
		     value_of_octets(type));
	if (b->left > 0)
		value_octets(list, "eap.data", "EAP Data", bytes_rest(b));
}

/* draft-kamath-pppext-eap-mschapv2: a CHAP packet inside. */
static void mschap_values(struct value_list *list, struct bytes *b)
{
	struct span op = bytes_take(b, 1);
	struct span id, length, size;
	struct bytes box;
	uint8_t code = op.len ? op.at[0] : 0;

	value_number(list, "eap.ms_chap_v2.opcode", "EAP-MS-CHAP-v2 OpCode", op, code)->meaning =
		code_name(CODE_CHAP, code);
	if (b->left < 3) /* the peer's bare acknowledgement */
		return;
	id = bytes_take(b, 1);
	length = bytes_take(b, 2);
	value_number(list, "eap.ms_chap_v2.id", "EAP-MS-CHAP-v2 Id", id, value_of_octets(id));
	value_number(list, "eap.ms_chap_v2.length", "EAP-MS-CHAP-v2 Length", length,
		     value_of_octets(length));
	if (code == CHAP_SUCCESS || code == CHAP_FAILURE) {
		mschap_text_values(list, bytes_rest(b));
		return;
	}
	if (code != CHAP_CHALLENGE && code != CHAP_RESPONSE)
		return;
	size = bytes_take(b, 1);
	box = bytes_box(b, (size_t)value_of_octets(size));
	value_number(list, "eap.ms_chap_v2.value_size", "EAP-MS-CHAP-v2 Value-Size", size,
		     value_of_octets(size));
	if (code == CHAP_CHALLENGE)
		value_octets(list, "eap.ms_chap_v2.challenge", "EAP-MS-CHAP-v2 Challenge",
			     bytes_rest(&box));
	else
		mschap_response_values(list, CHAP_MSV2, bytes_rest(&box));
	if (b->left > 0)
		value_text(list, "eap.ms_chap_v2.name", "EAP-MS-CHAP-v2 Name", bytes_rest(b));
}

static void type_values(struct value_list *list, uint8_t code, uint8_t type, struct bytes *b)
{
	switch (type) {
	case IDENTITY:
		if (b->left > 0)
			value_text(list, "eap.identity",
				   code == EAP_RESPONSE ? "Identity" : "Prompt", bytes_rest(b));
		return;
	case NOTIFICATION:
		value_text(list, "eap.notification", "Notification", bytes_rest(b));
		return;
	case NAK:
		nak_values(list, b);
		return;
	case MD5_CHALLENGE:
		md5_values(list, b);
		return;
	case OTP:
	case TOKEN_CARD:
		value_text(list, "eap.data", code == EAP_REQUEST ? "Prompt" : "Token",
			   bytes_rest(b))
			->is_secret = code == EAP_RESPONSE;
		return;
	case TLS:
	case TTLS:
	case PEAP:
	case FAST:
	case TEAP:
		tls_values(list, b);
		return;
	case SIM:
	case AKA:
	case AKA_PRIME:
		sim_values(list, type, b);
		return;
	case MSCHAPV2:
		mschap_values(list, b);
		return;
	case EXPANDED:
		expanded_values(list, b);
		return;
	default:
		if (b->left > 0)
			value_octets(list, "eap.data", "EAP Data", bytes_rest(b));
	}
}

void eap_values(struct value_list *list, uint8_t code, struct span body)
{
	struct bytes b = bytes_of(body);
	struct span type;
	struct value *v;

	if (code != EAP_REQUEST && code != EAP_RESPONSE)
		return;
	type = bytes_take(&b, 1);
	if (type.len == 0)
		return;
	v = value_number(list, "eap.type", "EAP type", type, type.at[0]);
	v->meaning = code_name(CODE_EAP_TYPE, type.at[0]);
	v->tells = true;
	type_values(list, code, type.at[0], &b);
}
