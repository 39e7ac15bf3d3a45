#include "character.h"
#include "xl2tpd.h"

enum { FLAG_LENGTH = 0x40, FLAG_CONTROL = 0x80, FLAG_SEQUENCE = 0x08 };

static int digit(char c)
{
	if (char_is_digit(c))
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void swap(uint8_t *octets)
{
	uint8_t first = octets[0];

	octets[0] = octets[1];
	octets[1] = first;
}

/* xl2tpd turns the header of what it received into its own byte order before it prints it (on
 * the little-endian machines it runs on): `02 C8` instead of `C8 02`. */
static bool to_network_order(struct xl2tpd_dump *d, enum sense *ret_sense)
{
	size_t words = 3;

	*ret_sense = SENT;
	if (d->n < 6)
		return false;
	if ((d->octets[1] & 15) == 2 && (d->octets[0] & 0x30) == 0 && d->octets[0] != 2)
		return true;
	if ((d->octets[0] & 15) != 2)
		return false;
	*ret_sense = RECEIVED;
	swap(d->octets);
	words += d->octets[0] & FLAG_LENGTH ? 1 : 0;
	words += d->octets[0] & FLAG_SEQUENCE ? 2 : 0;
	for (size_t i = 1; i < words && 2 * i + 1 < d->n; i++)
		swap(d->octets + 2 * i);
	return true;
}

static void add_digits(struct xl2tpd_dump *d, struct str s)
{
	for (size_t i = 0; i < s.len && d->is_open; i++) {
		if (s.at[i] == '}') {
			d->is_open = false;
			return;
		}
		if (s.at[i] == ' ')
			continue;
		if (digit(s.at[i]) < 0 || d->n == sizeof(d->octets)) {
			d->is_broken = true;
			continue;
		}
		if (!d->half) {
			d->half = s.at[i];
			continue;
		}
		d->octets[d->n++] = (uint8_t)(digit(d->half) * 16 + digit(s.at[i]));
		d->half = 0;
	}
}

static bool is_digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (digit(s.at[i]) < 0 && s.at[i] != ' ' && s.at[i] != '}')
			return false;
	return s.len > 0;
}

static bool close_ascii(struct xl2tpd_dump *d, struct str text)
{
	if (str_ends(text, "}"))
		d->is_ascii = false;
	return true;
}

bool xl2tpd_dump_line(struct xl2tpd_dump *d, struct str text, struct span *ret_packet,
		      enum sense *ret_sense)
{
	*ret_packet = (struct span){0};
	if (str_is(text, "packet dump:"))
		return true;
	if (str_starts(text, "ASCII: {")) {
		d->is_ascii = true;
		return close_ascii(d, text);
	}
	if (str_starts(text, "HEX: {")) {
		*d = (struct xl2tpd_dump){.is_open = true};
		add_digits(d, str_from(text, 6));
	} else if (d->is_open && is_digits(text)) {
		add_digits(d, text);
	} else {
		return d->is_ascii && close_ascii(d, text);
	}
	if (!d->is_open && !d->is_broken && to_network_order(d, ret_sense))
		*ret_packet = span_of(d->octets, d->n);
	return true;
}
