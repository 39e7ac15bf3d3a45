/* PPPoE discovery and PPTP's control connection. */
#include "pppoe.h"
#include "redact_packet.h"

enum { PPPOE_HEADER = 6, VENDOR = 4 };

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

	/* up to where each has its layout, by its type */
	static const uint8_t lengths[] = {12, 156, 156, 16, 16, 16, 20, 168,
					  32, 220, 24,  28, 16, 20, 40, 24};

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
		/* of Call-Disconnect-Notify: statistics as text */
		place_blank(place_from(
			message, lengths[message.at[9] < sizeof(lengths) ? message.at[9] : 0]));
		segment = place_from(segment, length);
	}
	place_blank(segment);
}
