#include "overlay.h"

#include "linktype.h"

/* RFC 7348 5: flags with I (the VNI is valid), reserved, VNI, reserved; then an Ethernet frame. */
static bool vxlan(struct bytes *b, uint16_t *type)
{
	enum { VALID = 0x08 };
	uint8_t flags = bytes_u8(b);

	bytes_take(b, 7);
	*type = ETHER_BRIDGED;
	return flags & VALID;
}

/* RFC 8926 3.4: version 0 and the length of the options in 4 octets, O (a control message: no
 * data), protocol type, VNI, reserved, options. */
static bool geneve(struct bytes *b, uint16_t *type)
{
	enum { VERSION = 0xc0, CONTROL = 0x80 };
	uint8_t first = bytes_u8(b), flags = bytes_u8(b);

	*type = bytes_u16(b);
	bytes_take(b, 4);
	bytes_take(b, (size_t)(first & ~VERSION) * 4);
	return !(first & VERSION) && !(flags & CONTROL);
}

/* TZSP, as a RouterOS sniffer streams: version 1, a type (0 and 1 carry a packet), what it carries
 * (1 is Ethernet), tags up to one that ends them (0 pads, 1 ends, all others have a length). */
static bool tzsp(struct bytes *b, uint16_t *type)
{
	enum { VERSION = 1, TRANSMIT = 1, ETHERNET = 1, PADDING = 0, END = 1 };
	uint8_t version = bytes_u8(b), kind = bytes_u8(b), tag;
	uint16_t carried = bytes_u16(b);

	*type = ETHER_BRIDGED;
	do {
		tag = bytes_u8(b);
		if (tag != PADDING && tag != END)
			bytes_take(b, bytes_u8(b));
	} while (tag != END && bytes_ok(b));
	return version == VERSION && kind <= TRANSMIT && carried == ETHERNET;
}

static const struct {
	uint16_t port;
	bool (*read)(struct bytes *b, uint16_t *type);
} rows[] = {
	{4789, vxlan},
	{6081, geneve},
	{37008, tzsp},
};

bool overlay_open(uint16_t port, struct span payload, uint16_t *type, struct span *inside)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bytes b = bytes_of(payload);

		if (rows[i].port != port)
			continue;
		if (!rows[i].read(&b, type) || !bytes_ok(&b))
			return false;
		*inside = bytes_rest(&b);
		return true;
	}
	return false;
}
