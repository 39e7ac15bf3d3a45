/* RADIUS, PPPoE discovery and PPTP's control connection. */
#include "pppoe.h"
#include "pptp.h"
#include "radius.h"
#include "redact_packet.h"

enum { RADIUS_HEADER = 20, PPPOE_HEADER = 6, VENDOR = 4 };

/* ---- RADIUS ---- */

/* Attributes whose words are for people, or name a service: no identity. */
static bool is_for_people(uint32_t vendor, uint8_t number)
{
	return vendor == 0 && (number == 18 || number == 77);
}

/* `vpdn:tunnel-id=lac1`: the value may be anything. */
static void pair_redact(struct redactor *r, struct place value)
{
	const uint8_t *equals = value.n > 0 ? memchr(value.at, '=', value.n) : NULL;
	struct place text;

	if (equals == NULL)
		equals = value.n > 0 ? memchr(value.at, '*', value.n) : NULL;
	if (equals == NULL) {
		redact_opaque(r, value);
		return;
	}
	text = place_from(value, (size_t)(equals - value.at) + 1);
	if (text.n >= 5)
		redact_name(r->map, text.at, text.n);
	else
		redact_words(r->map, text.at, text.n);
}

static void radius_value_redact(struct redactor *r, const struct radius_row *row,
				struct place value)
{
	switch (row->kind) {
	case RADIUS_U32:
	case RADIUS_U64:
	case RADIUS_TIME:
	case RADIUS_TAG_U24:
	case RADIUS_ENCAPSULATION:
	case RADIUS_EMPTY:
		if (value.n > 8)
			place_blank(place_from(value, 8));
		return;
	case RADIUS_IPV4:
		redact_address(r->map, value.at, value.n);
		return;
	case RADIUS_IPV6:
		redact_address(r->map, value.at, value.n);
		return;
	case RADIUS_TEXT:
		if (is_for_people(row->vendor, row->number))
			redact_words(r->map, value.at, value.n);
		else
			redact_name(r->map, value.at, value.n);
		return;
	case RADIUS_TAG_TEXT:
		if (value.n > 0 && value.at[0] <= 0x1f)
			value = place_from(value, 1);
		redact_name(r->map, value.at, value.n);
		return;
	case RADIUS_CHAP_PASSWORD:
		if (value.n == 17)
			redact_chap_response(r->proofs, value.at[0], value.at + 1, 16);
		else
			redact_octets(r->map, REDACT_PROOF, value.at, value.n);
		return;
	case RADIUS_PAIR:
		pair_redact(r, value);
		return;
	case RADIUS_OCTETS:
		if (row->vendor == 0 && row->number == 60)
			redact_challenge(r->proofs, value.at, value.n);
		else
			redact_opaque(r, value);
		return;
	case RADIUS_EAP:
		place_blank(place_from(value, 5));
		return;
	default:
		redact_octets(r->map, REDACT_PROOF, value.at, value.n);
	}
}

static void attributes_redact(struct redactor *r, uint32_t vendor, struct place list)
{
	while (list.n >= 2) {
		size_t length = list.at[1] < 2 ? 2 : list.at[1];
		const struct radius_row *row = radius_lookup(vendor, list.at[0]);
		struct place value = place_part(list, 2, length - 2);

		if (row == NULL)
			redact_opaque(r, value);
		else if (row->kind == RADIUS_VENDOR && value.n > VENDOR)
			attributes_redact(r,
					  (uint32_t)value.at[0] << 24 |
						  (uint32_t)value.at[1] << 16 |
						  (uint32_t)value.at[2] << 8 | value.at[3],
					  place_from(value, VENDOR));
		else
			radius_value_redact(r, row, value);
		list = place_from(list, length);
	}
	place_blank(list);
}

void redact_radius(struct redactor *r, struct place packet)
{
	enum { ACCESS_REQUEST = 1 };
	struct place attributes = place_from(packet, RADIUS_HEADER);

	if (packet.n < RADIUS_HEADER || !radius_plausible(place_span(packet), 0)) {
		place_blank(packet);
		return;
	}
	if (packet.at[0] != ACCESS_REQUEST)
		redact_octets(r->map, REDACT_PROOF, packet.at + VENDOR, RADIUS_AUTHENTICATOR);
	attributes_redact(r, 0, attributes);
}

/* ---- PPPoE ---- */

static void line_redact(struct redactor *r, struct place list)
{
	while (list.n >= 2) {
		struct place value = place_part(list, 2, list.at[1]);
		const struct pppoe_tag_row *row = pppoe_tag_lookup(TAG_OF_TR101, list.at[0]);

		if (row == NULL || row->kind == TAG_TEXT || row->kind == TAG_OCTETS)
			redact_opaque(r, value);
		list = place_from(list, 2 + (size_t)list.at[1]);
	}
	place_blank(list);
}

static void tag_redact(struct redactor *r, uint16_t number, struct place value)
{
	const struct pppoe_tag_row *row = pppoe_tag_lookup(TAG_OF_PPPOE, number);

	if (row == NULL) {
		redact_opaque(r, value);
		return;
	}
	switch (row->kind) {
	case TAG_TEXT:
		if (number >= 0x0200)
			redact_words(r->map, value.at, value.n);
		else
			redact_name(r->map, value.at, value.n);
		return;
	case TAG_VENDOR:
		line_redact(r, place_from(value, VENDOR));
		return;
	case TAG_ROUTE:
		for (size_t i = 0; i + 4 <= value.n; i += 4)
			redact_address(r->map, value.at + i, 4);
		return;
	case TAG_OCTETS:
		redact_octets(r->map, REDACT_PROOF, value.at, value.n);
		return;
	default:
		return;
	}
}

void redact_pppoe(struct redactor *r, struct place packet)
{
	size_t length = packet.n >= PPPOE_HEADER ? (size_t)packet.at[4] << 8 | packet.at[5] : 0;
	struct place list = place_part(packet, PPPOE_HEADER, length);

	place_blank(place_from(packet, PPPOE_HEADER + list.n));
	while (list.n >= 4) {
		size_t n = (size_t)list.at[2] << 8 | list.at[3];

		tag_redact(r, (uint16_t)((unsigned)list.at[0] << 8 | list.at[1]),
			   place_part(list, 4, n));
		list = place_from(list, 4 + n);
	}
	place_blank(list);
}

/* ---- PPTP ---- */

/* RFC 2637 2: of fixed layout. Text stands where the message has room for it. */
void redact_pptp(struct redactor *r, struct place segment)
{
	static const struct {
		uint8_t type, offset, n, last;
	} texts[] = {
		{1, 28, 64, 0}, {2, 28, 64, 0}, {7, 40, 64, 0},  {7, 104, 64, 0},
		{9, 28, 64, 0}, {9, 92, 64, 0}, {9, 156, 64, 0},
	};

	while (segment.n >= 12) {
		size_t length = (size_t)segment.at[0] << 8 | segment.at[1];
		struct place message;

		if (length < 12 || memcmp(segment.at + 4, "\x1a\x2b\x3c\x4d", 4) != 0)
			break;
		message = place_part(segment, 0, length);
		for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
			struct place text = place_part(message, texts[i].offset, texts[i].n);

			if (texts[i].type == message.at[9])
				redact_name(r->map, text.at, text.n);
		}
		if (message.at[9] == 13) /* Call-Disconnect-Notify: statistics as text */
			place_blank(place_from(message, 20));
		segment = place_from(segment, length);
	}
	place_blank(segment);
}
