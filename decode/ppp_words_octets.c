#include "hexdump.h"
#include "ppp_words_parts.h"

void words_add(struct ppp_words *w, const void *octets, size_t n)
{
	if (n > sizeof(w->body) - w->n) {
		w->is_complete = false;
		return;
	}
	memcpy(w->body + w->n, octets, n);
	w->n += n;
}

void words_add_u8(struct ppp_words *w, unsigned value)
{
	uint8_t octet = (uint8_t)value;

	words_add(w, &octet, 1);
}

void words_add_number(struct ppp_words *w, uint64_t value, size_t n)
{
	while (n-- > 0)
		words_add_u8(w, (unsigned)(value >> (8 * n)) & 0xff);
}

bool words_hex(struct str s, uint64_t *ret)
{
	if (str_starts(s, "0x"))
		s = str_from(s, 2);
	*ret = 0;
	if (s.len == 0 || s.len > 16)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (hex_digit(s.at[i]) < 0)
			return false;
		*ret = *ret << 4 | (uint64_t)hex_digit(s.at[i]);
	}
	return true;
}

struct str words_next(struct str *s)
{
	struct str word;
	size_t n = 0;

	*s = str_trim(*s);
	while (n < s->len && s->at[n] != ' ')
		n++;
	word = (struct str){s->at, n};
	*s = str_trim(str_from(*s, n));
	return word;
}

bool words_add_octets(struct ppp_words *w, struct str s)
{
	while (s.len) {
		size_t n = 0;

		while (s.len && (s.at[0] == ' ' || s.at[0] == ':' || s.at[0] == '.'))
			s = str_from(s, 1);
		if (str_starts(s, "0x"))
			s = str_from(s, 2);
		while (n < s.len && hex_digit(s.at[n]) >= 0)
			n++;
		if (n == 0)
			return s.len == 0;
		if (n == 1) {
			words_add_u8(w, (unsigned)hex_digit(s.at[0]));
		} else {
			if (n % 2)
				return false;
			for (size_t i = 0; i < n; i += 2)
				words_add_u8(w, (unsigned)(hex_digit(s.at[i]) << 4 |
							   hex_digit(s.at[i + 1])));
		}
		s = str_from(s, n);
	}
	return true;
}
