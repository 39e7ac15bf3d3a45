/* pcapng: blocks, options, and what is text in them. */
#include <stdint.h>

#include "readers.h"

static uint32_t number(const char *s, size_t octets)
{
	uint32_t n = 0;

	for (size_t i = 0; i < octets; i++)
		n |= (uint32_t)(unsigned char)s[i] << 8 * i;
	return n;
}

/* Options 1 to `texts` are texts: comments of all blocks, names of sections and interfaces. */
static void read_options(const struct output *o, size_t at, size_t end, uint32_t texts)
{
	while (at + 4 <= end) {
		uint32_t code = number(o->at + at, 2), len = number(o->at + at + 2, 2);
		struct output text = *o;

		if (code == 0)
			return;
		if (at + 4 + len > end) {
			o->complain("an option runs out of its block", o->at + at, end - at);
			return;
		}
		text.at = o->at + at + 4;
		text.len = len;
		if (code <= texts)
			read_terminal(&text, false, false);
		at += 4 + (len + 3) / 4 * 4;
	}
}

void read_pcapng(const struct output *o)
{
	size_t at = 0;

	while (at + 12 <= o->len) {
		uint32_t type = number(o->at + at, 4), len = number(o->at + at + 4, 4);
		size_t options = type == 0x0a0d0d0a ? 24 : 16;

		if (len < 12 || len % 4 != 0 || at + len > o->len ||
		    number(o->at + at + len - 4, 4) != len) {
			o->complain("no block", o->at + at, o->len - at);
			return;
		}
		if (type == 6 && len >= 32)
			options = 28 + (number(o->at + at + 20, 4) + 3) / 4 * 4;
		if (type == 0x0a0d0d0a || type == 1 || (type == 6 && options < len))
			read_options(o, at + options, at + len - 4,
				     type == 6   ? 1
				     : type == 1 ? 3
						 : 4);
		at += len;
	}
	if (at != o->len || at == 0)
		o->complain("a rest that is no block", o->at + at, o->len - at);
}
