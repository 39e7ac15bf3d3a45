#include "code.h"
#include "payload.h"

enum { BEGIN = 0x80, END = 0x40, LONG = 4, SHORT = 2 };

/* How well what stands there begins a PPP frame (RFC 1661 2, 6.5): 0 no known protocol, 1 one
 * of them, 2 a control protocol, whose two octets hardly come about by chance. */
static unsigned frame_likeness(struct span s)
{
	uint16_t number;

	if (s.len >= 2 && s.at[0] == 0xff && s.at[1] == 0x03)
		return 2;
	if (s.len == 0)
		return 0;
	if (s.at[0] & 1)
		return code_name(CODE_PPP_PROTOCOL, s.at[0]) != NULL;
	if (s.len < 2)
		return 0;
	number = (uint16_t)(s.at[0] << 8 | s.at[1]);
	if (!code_name(CODE_PPP_PROTOCOL, number))
		return 0;
	return number >= 0x8000 ? 2 : 1;
}

/* Only a beginning has a protocol to go by; else the bits that long headers leave zero. */
static bool is_short_header(struct span payload)
{
	unsigned as_long = 0;
	unsigned as_short = 0;

	if (payload.len < LONG)
		return true;
	if (payload.at[0] & BEGIN) {
		as_long = frame_likeness(span_of(payload.at + LONG, payload.len - LONG));
		as_short = frame_likeness(span_of(payload.at + SHORT, payload.len - SHORT));
	}
	return as_long == as_short ? (payload.at[0] & 0x3f) != 0 : as_short > as_long;
}

bool multilink_decode(struct span payload, struct multilink *ret)
{
	struct bytes b = bytes_of(payload);

	if (payload.len < SHORT)
		return false;
	*ret = (struct multilink){.is_short = is_short_header(payload),
				  .begins = payload.at[0] & BEGIN,
				  .ends = payload.at[0] & END};
	ret->header = bytes_take(&b, ret->is_short ? SHORT : LONG);
	if (!bytes_ok(&b))
		return false;
	ret->sequence =
		(uint32_t)value_of_octets(ret->header) & (ret->is_short ? 0x0fffu : 0xffffffu);
	ret->inside = bytes_rest(&b);
	return true;
}

void multilink_values(struct value_list *list, const struct multilink *m)
{
	struct span bits = span_of(m->header.at, 1);

	value_add(list, "mp.first", "First fragment", VALUE_TRUTH, bits)->number = m->begins;
	value_add(list, "mp.last", "Last fragment", VALUE_TRUTH, bits)->number = m->ends;
	value_number(list, m->is_short ? "mp.sseq" : "mp.seq", "Sequence number", m->header,
		     m->sequence)
		->tells = true;
}
