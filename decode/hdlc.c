#include "hdlc.h"

enum { ESCAPE = 0x7d, FLIP = 0x20, FCS16_LEN = 2, FCS32_LEN = 4, FRAME_MIN = 2 };

/* Reflected polynomials 0x8408 and 0xedb88320, four bits at a time. */
static uint32_t crc(struct span octets, uint32_t seed, uint32_t polynomial)
{
	uint32_t table[16];
	uint32_t value = seed;

	for (uint32_t i = 0; i < 16; i++) {
		table[i] = i;
		for (int bit = 0; bit < 4; bit++)
			table[i] = table[i] & 1 ? table[i] >> 1 ^ polynomial : table[i] >> 1;
	}
	for (size_t i = 0; i < octets.len; i++) {
		value ^= octets.at[i];
		value = value >> 4 ^ table[value & 0xf];
		value = value >> 4 ^ table[value & 0xf];
	}
	return value;
}

uint16_t hdlc_fcs16(struct span octets)
{
	return (uint16_t)~crc(octets, 0xffff, 0x8408);
}

/* RFC 1662 4.2. An escape at the very end has nothing to escape, and is dropped. */
static struct span unstuff(struct arena *a, struct span frame)
{
	uint8_t *clear = arena_alloc(a, frame.len);
	size_t n = 0;

	if (!clear)
		return frame;
	for (size_t i = 0; i < frame.len; i++) {
		if (frame.at[i] != ESCAPE)
			clear[n++] = frame.at[i];
		else if (++i < frame.len)
			clear[n++] = frame.at[i] ^ FLIP;
	}
	return span_of(clear, n);
}

/* Stuffed frames show it in their second octet, the control field 0x03, unless an ACCM of zero
 * was agreed on; then between flags nothing else may stand for 0x7d. */
static bool is_stuffed(struct span frame, bool has_flags)
{
	if (frame.len >= 3 && frame.at[0] == 0xff && frame.at[1] == ESCAPE && frame.at[2] == 0x23)
		return true;
	return has_flags && frame.len > 0 && memchr(frame.at, ESCAPE, frame.len) != NULL;
}

/* The residues that a right sequence leaves, RFC 1662 C. */
static size_t right_fcs(struct span frame)
{
	if (frame.len >= FRAME_MIN + FCS32_LEN && crc(frame, 0xffffffff, 0xedb88320) == 0xdebb20e3)
		return FCS32_LEN;
	if (frame.len >= FRAME_MIN + FCS16_LEN && crc(frame, 0xffff, 0x8408) == 0xf0b8)
		return FCS16_LEN;
	return 0;
}

struct span hdlc_open(struct arena *a, struct span frame, bool has_flags, bool is_cut,
		      struct hdlc_memory *memory, struct defect_list *defects)
{
	size_t fcs;
	struct defect *d;

	if (is_stuffed(frame, has_flags))
		frame = unstuff(a, frame);
	if (is_cut || frame.len < FRAME_MIN + FCS16_LEN)
		return frame;
	fcs = right_fcs(frame);
	if (fcs)
		memory->right++;
	else
		memory->wrong++;
	if (!has_flags && memory->right <= memory->wrong)
		return frame;
	if (fcs)
		return span_of(frame.at, frame.len - fcs);
	d = defect_add(defects, DEFECT_PPP_FCS, frame.len - FCS16_LEN);
	if (d)
		d->text = arena_printf(a, "the frame ends in %02x%02x", frame.at[frame.len - 2],
				       frame.at[frame.len - 1]);
	return span_of(frame.at, frame.len - FCS16_LEN);
}
