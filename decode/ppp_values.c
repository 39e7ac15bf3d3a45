/* What PPP packets say that struct ppp has no field for. */
#include "ppp_values.h"
#include "code.h"
#include "ppp.h"
#include "ras_error.h"

/* RFC 1989 2.6, in the order of the packet. */
static void quality_values(struct value_list *list, struct span body)
{
	static const char *const names[] = {
		"Magic-Number", "LastOutLQRs",   "LastOutPackets", "LastOutOctets",
		"PeerInLQRs",   "PeerInPackets", "PeerInDiscards", "PeerInErrors",
		"PeerInOctets", "PeerOutLQRs",   "PeerOutPackets", "PeerOutOctets",
	};
	struct bytes b = bytes_of(body);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct span octets = bytes_take(&b, 4);

		if (!bytes_ok(&b))
			return;
		if (i == 0)
			value_hex(list, "", names[i], octets);
		else
			value_number(list, "", names[i], octets, value_of_octets(octets));
	}
}

/* RFC 1661 5.6: the packet that was not understood. */
static void code_reject_values(struct value_list *list, uint16_t protocol, struct span body)
{
	struct bytes b = bytes_of(body);
	struct span code = bytes_take(&b, 1);
	struct span id = bytes_take(&b, 1);
	struct value *v;

	if (!bytes_ok(&b))
		return;
	v = value_number(list, "", "Rejected Code", code, code.at[0]);
	v->meaning = ppp_code_name(protocol, code.at[0]);
	v->tells = true;
	value_number(list, "", "Rejected Identifier", id, id.at[0]);
}

/* RFC 2153 2 */
static void vendor_values(struct value_list *list, struct span body)
{
	struct bytes b = bytes_of(body);
	struct span magic = bytes_take(&b, 4);
	struct span oui = bytes_take(&b, 3);
	struct span kind = bytes_take(&b, 1);

	if (!bytes_ok(&b))
		return;
	value_hex(list, "ppp.magic_number", "Magic Number", magic);
	value_hex(list, "ppp.oui", "OUI", oui);
	value_number(list, "ppp.kind", "Kind", kind, kind.at[0]);
	if (b.left > 0)
		value_octets(list, "ppp.data", "Data", bytes_rest(&b));
}

/* RFC 1570 2.2 */
static void time_values(struct value_list *list, struct span body)
{
	struct bytes b = bytes_of(body);
	struct span seconds;

	bytes_take(&b, 4);
	seconds = bytes_take(&b, 4);
	if (bytes_ok(&b))
		value_number(list, "lcp.secs_remaining", "Seconds Remaining", seconds,
			     value_of_octets(seconds))
			->tells = true;
}

/* Windows tells in its Terminate data why it ends. */
static void terminate_values(struct value_list *list, const struct ppp *p, uint32_t code)
{
	const struct ras_error *error = ras_error_find(code);
	struct value *v;

	value_hex(list, "ppp.magic_number", "Magic Number", span_of(p->body.at, 4));
	v = value_number(list, "", "Windows error", span_of(p->body.at + 8, 4), code);
	v->meaning = error ? error->words : NULL;
	v->tells = true;
}

static void control_values(struct value_list *list, const struct ppp *p)
{
	enum { RESET_REQUEST = 14, RESET_ACK = 15 };
	uint32_t error;

	if (ras_error_of_terminate(p, &error))
		terminate_values(list, p, error);
	else if (p->code == CP_CODEREJ)
		code_reject_values(list, p->protocol, p->body);
	else if (p->code == 0)
		vendor_values(list, p->body);
	else if (p->protocol == PPP_LCP && p->code == CP_TIME_REMAINING)
		time_values(list, p->body);
	else if ((p->protocol == PPP_CCP || p->protocol == PPP_ECP) && p->body.len > 0 &&
		 (p->code == RESET_REQUEST || p->code == RESET_ACK))
		value_octets(list, "ppp.data", "Reset data", p->body);
}

/* RFC 2125 5: a response begins with its answer. */
static void bap_values(struct value_list *list, const struct ppp *p)
{
	static const char *const answers[] = {"Request-Ack", "Request-Nak", "Request-Rej",
					      "Request-Full-Nak"};
	struct value *v;

	if (p->code % 2 != 0 || p->code > 6 || p->body.len == 0)
		return;
	v = value_number(list, "bap.response_code", "Response Code", span_of(p->body.at, 1),
			 p->body.at[0]);
	v->meaning = p->body.at[0] < 4 ? answers[p->body.at[0]] : NULL;
	v->tells = true;
}

static void chap_values(struct value_list *list, const struct ppp *p)
{
	struct span message = span_of(p->message.at, p->message.len);

	if (p->code == CHAP_RESPONSE)
		mschap_response_values(list, 0, p->value);
	else if (p->code == CHAP_SUCCESS || p->code == CHAP_FAILURE)
		mschap_text_values(list, message);
	else
		mschap_password_values(list, p->code, p->body);
}

void ppp_values_add(struct value_list *list, const struct ppp *p)
{
	switch (p->protocol) {
	case PPP_LQR:
		quality_values(list, p->body);
		return;
	case PPP_PAP:
		return;
	case PPP_CHAP:
		chap_values(list, p);
		return;
	case PPP_EAP:
		eap_values(list, p->code, p->body);
		return;
	case PPP_BAP:
		bap_values(list, p);
		return;
	case PPP_CBCP:
		return;
	default:
		control_values(list, p);
	}
}
