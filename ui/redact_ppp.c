/* PPP: what is inside of tunnels and on links. */
#include <stdlib.h>

#include "code.h"
#include "payload.h"
#include "ppp.h"
#include "redact_packet.h"

enum { CP_HEADER = 4 };

/* ---- options ---- */

static void option_redact(struct redactor *r, uint16_t protocol, const struct ppp_option *o,
			  struct place value)
{
	if (o->row == NULL) {
		redact_opaque(r, value);
		return;
	}
	switch (o->row->kind) {
	case OPTION_IPV4:
		if (value.n == 4)
			redact_address(r->map, value.at, 4);
		else
			redact_opaque(r, value);
		return;
	case OPTION_INTERFACE_ID:
		/* as the address that is made of it */
		if (value.n != 8) {
			redact_opaque(r, value);
		} else if (memcmp(value.at, "\0\0\0\0\0\0\0\0", 8) != 0) {
			uint8_t address[16] = {0xfe, 0x80};

			memcpy(address + 8, value.at, 8);
			redact_address(r->map, address, 16);
			memcpy(value.at, address + 8, 8);
		}
		return;
	case OPTION_ENDPOINT:
		if (value.n == 5 && value.at[0] == 2)
			redact_address(r->map, value.at + 1, 4);
		else if (value.n == 7 && value.at[0] == 3)
			redact_mac(r->map, value.at + 1);
		else
			redact_opaque(r, place_from(value, 1));
		return;
	case OPTION_SPECIAL:
		if (protocol == PPP_IPCP && value.n == 8) {
			redact_address(r->map, value.at, 4);
			redact_address(r->map, value.at + 4, 4);
		} else if (value.n > 4 || protocol == PPP_CBCP) {
			redact_opaque(r, place_from(value, protocol == PPP_CBCP ? 2 : 4));
		}
		return;
	case OPTION_CALLBACK:
		redact_opaque(r, place_from(value, 1));
		return;
	case OPTION_TEXT:
		redact_words(r->map, value.at, value.n);
		return;
	case OPTION_BYTES:
		redact_opaque(r, value);
		return;
	default:
		/* numbers; RFC 1661 6.2: behind them there may be anything */
		place_blank(place_from(value, 8));
		return;
	}
}

void redact_ppp_options(struct redactor *r, uint16_t protocol, struct place options)
{
	struct defect_list ignored = {.arena = r->scratch};
	struct ppp_option *list;
	size_t n, end = 0;

	option_parse(r->scratch, protocol, place_span(options), 0, &list, &n, &ignored);
	for (size_t i = 0; i < n; i++) {
		size_t at = list[i].value.at == NULL ? list[i].offset + 2u
						     : (size_t)(list[i].value.at - options.at);

		option_redact(r, protocol, &list[i], place_part(options, at, list[i].value.len));
		end = at + list[i].value.len;
	}
	place_blank(place_from(options, end));
}

/* ---- control protocols ---- */

static bool is_readable(struct place p)
{
	while (p.n > 0 && (p.at[p.n - 1] == 0 || p.at[p.n - 1] == '\n' || p.at[p.n - 1] == '\r'))
		p.n--;
	for (size_t i = 0; i < p.n; i++)
		if (p.at[i] < 0x20 || p.at[i] >= 0x7f)
			return false;
	return p.n > 0;
}

/* Terminate data: words, or a few octets of Windows that tell why. */
static void reason_redact(struct redactor *r, struct place data)
{
	static const uint8_t windows[4] = {0x00, 0x3c, 0xcd, 0x74};

	if (is_readable(data))
		redact_words(r->map, data.at, data.n);
	else if (data.n >= 12 && memcmp(data.at + 4, windows, 4) == 0)
		place_blank(place_from(data, 12));
	else
		redact_octets(r->map, REDACT_PROOF, data.at, data.n);
}

static void cp_redact(struct redactor *r, uint16_t protocol, uint8_t code, struct place body)
{
	switch (code) {
	case 1:
	case 2:
	case 3:
	case 4:
		redact_ppp_options(r, protocol, body);
		return;
	case 5:
	case 6:
		reason_redact(r, body);
		return;
	case 7: /* Code-Reject: the packet's header */
		place_blank(place_from(body, 4));
		return;
	case 8: /* Protocol-Reject: the protocol, and a header */
		place_blank(place_from(body, 6));
		return;
	case 12: /* Identification */
		redact_words(r->map, body.at + (body.n < 4 ? body.n : 4),
			     body.n < 4 ? 0 : body.n - 4);
		return;
	case 13: /* Time-Remaining */
		redact_words(r->map, body.at + (body.n < 8 ? body.n : 8),
			     body.n < 8 ? 0 : body.n - 8);
		return;
	default:
		place_blank(place_from(body, 4));
	}
}

/* Counted by an octet before it. */
static struct place counted(struct place p)
{
	return p.n == 0 ? p : place_part(p, 1, p.at[0]);
}

static struct place behind(struct place p, struct place taken)
{
	return place_from(p, 1 + taken.n);
}

static void pap_redact(struct redactor *r, uint8_t code, struct place body)
{
	struct place first = counted(body), rest = behind(body, first), second = counted(rest);

	if (code != 1) {
		redact_words(r->map, first.at, first.n);
		place_blank(rest);
		return;
	}
	redact_name(r->map, first.at, first.n);
	redact_octets(r->map, REDACT_SECRET, second.at, second.n);
	place_blank(behind(rest, second));
}

static void chap_redact(struct redactor *r, uint8_t code, uint8_t id, struct place body)
{
	struct place value = counted(body), name = behind(body, value);

	if (code != 1 && code != 2) {
		redact_words(r->map, body.at, body.n);
		return;
	}
	if (code == 1)
		redact_challenge(r->proofs, value.at, value.n);
	else
		redact_chap_response(r->proofs, id, (struct str){(const char *)name.at, name.n},
				     value.at, value.n);
	redact_name(r->map, name.at, name.n);
}

static void eap_redact(struct redactor *r, uint8_t code, uint8_t id, struct place body)
{
	struct place data = place_from(body, 1);
	uint8_t type = body.n > 0 ? body.at[0] : 0;

	if (code != 1 && code != 2) {
		place_blank(body);
		return;
	}
	switch (type) {
	case 1:
		if (code == 2)
			redact_name(r->map, data.at, data.n);
		else
			redact_words(r->map, data.at, data.n);
		return;
	case 2:
		redact_words(r->map, data.at, data.n);
		return;
	case 3: /* Nak: types */
		place_blank(place_from(data, 4));
		return;
	case 4:
		chap_redact(r, code, id, data);
		return;
	case 26:
		if (data.n > 4)
			chap_redact(r, data.at[0], data.at[1], place_from(data, 4));
		return;
	default:
		place_blank(data);
	}
}

static void control_redact(struct redactor *r, uint16_t protocol, struct place packet)
{
	size_t length = packet.n >= CP_HEADER ? (size_t)packet.at[2] << 8 | packet.at[3] : 0;
	struct place body =
		place_part(packet, CP_HEADER, length < CP_HEADER ? 0 : length - CP_HEADER);
	uint8_t code = packet.n > 0 ? packet.at[0] : 0, id = packet.n > 1 ? packet.at[1] : 0;

	place_blank(place_from(packet, CP_HEADER + body.n));
	switch (protocol) {
	case PPP_PAP:
		pap_redact(r, code, body);
		return;
	case PPP_CHAP:
		chap_redact(r, code, id, body);
		return;
	case PPP_EAP:
		eap_redact(r, code, id, body);
		return;
	case PPP_LQR: /* RFC 1989 2.3: numbers */
		place_blank(place_from(body, 44));
		return;
	default:
		cp_redact(r, protocol, code, body);
	}
}

/* What is known only by name: a log printed it. */
static void values_met(struct redactor *r, const struct ppp *p)
{
	size_t n = p->value.len;
	uint8_t *copy = must_alloc(n + p->name.len + 1, 1);

	if (n > 0)
		memcpy(copy, p->value.at, n);
	if (n > 0 && p->protocol == PPP_PAP)
		redact_octets(r->map, REDACT_SECRET, copy, n);
	else if (n > 0 && p->code == CHAP_CHALLENGE)
		redact_challenge(r->proofs, copy, n);
	else if (n > 0)
		redact_chap_response(r->proofs, p->id, p->name, copy, n);
	if (p->name.len > 0)
		memcpy(copy, p->name.at, p->name.len);
	redact_name(r->map, copy, p->name.len);
	free(copy);
	for (size_t i = 0; i < p->n_options; i++) {
		const struct ppp_option *o = &p->options[i];

		if (o->value.len == 0)
			continue;
		copy = must_alloc(o->value.len, 1);
		memcpy(copy, o->value.at, o->value.len);
		option_redact(r, p->protocol, o, (struct place){.at = copy, .n = o->value.len});
		free(copy);
	}
}

void redact_ppp_told(struct redactor *r, const struct ppp *p)
{
	size_t n = p->body.len + CP_HEADER;
	uint8_t *packet;

	values_met(r, p);
	if (p->body.len == 0 || n > UINT16_MAX)
		return;
	packet = must_alloc(n, 1);
	packet[0] = p->code;
	packet[1] = p->id;
	packet[2] = (uint8_t)(n >> 8);
	packet[3] = (uint8_t)n;
	memcpy(packet + CP_HEADER, p->body.at, p->body.len);
	control_redact(r, p->protocol, (struct place){.at = packet, .n = n});
	free(packet);
}

/* A fragment that is a whole packet is read; parts of one are blanked. */
static void multilink_redact(struct redactor *r, struct place packet)
{
	struct multilink m;

	if (!multilink_decode(place_span(packet), &m)) {
		place_blank(packet);
		return;
	}
	packet = place_from(packet, m.header.len);
	if (m.begins && m.ends)
		redact_ppp(r, packet);
	else
		place_blank(place_from(packet, m.begins ? 2 : 0));
}

void redact_ppp(struct redactor *r, struct place frame)
{
	struct bytes b = bytes_of(place_span(frame));
	bool is_inside = r->is_inside;
	uint16_t protocol;

	if (b.left >= 2 && b.at[0] == 0xff && b.at[1] == 0x03)
		bytes_u16(&b);
	protocol = b.left > 0 && b.at[0] & 1 ? bytes_u8(&b) : bytes_u16(&b);
	if (!bytes_ok(&b)) {
		place_blank(frame);
		return;
	}
	frame = place_from(frame, bytes_offset(&b));
	if (ppp_is_control(protocol))
		control_redact(r, protocol, frame);
	else if (protocol == PPP_IPV4 || protocol == PPP_IPV6)
		redact_ip(r, frame);
	else if (protocol == PPP_MULTILINK)
		multilink_redact(r, frame);
	else
		place_blank(frame);
	r->is_inside = is_inside;
}
