/* Values that a text shows: secrets, octets in hex. */
#include <ctype.h>
#include <stdlib.h>

#include "hexdump.h"
#include "redact_text.h"

enum {
	NUMBER_OCTETS = 4, /* as few are a number, unless they were met */
	PACKET_LEAST = 8,
	VALUE_MOST = 16, /* a digest */
};

static bool ends_nocase(struct str s, const char *end)
{
	size_t n = strlen(end);

	return s.len >= n && str_is_nocase(str_from(s, s.len - n), end);
}

enum redact_key redact_key_of(struct str name)
{
	static const char *const secrets[] = {"password", "passwd", "secret", "passphrase",
					      "key",      "pass",   "pwd"};
	static const char *const names[] = {
		"user",      "username", "name",     "login",  "host",   "nas",   "peer",
		"tunnel-id", "hostname", "identity", "number", "domain", "realm", "station"};

	if (ends_nocase(name, "vendor") || ends_nocase(name, "vendor-name"))
		return KEY_VENDOR;
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		if (ends_nocase(name, secrets[i]))
			return KEY_SECRET;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (ends_nocase(name, names[i]))
			return KEY_NAME;
	return KEY_NONE;
}

/* ---- secrets ---- */

static bool is_mask(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (strchr("*xX?.", s.at[i]) == NULL)
			return false;
	return true;
}

void redact_secret_text(struct redact_map *m, struct str s, struct text *ret)
{
	uint8_t *copy;

	if (is_mask(s) || str_is(s, "<hidden>") || str_is(s, "hidden")) {
		text_add(ret, s);
		return;
	}
	copy = must_alloc(s.len, 1);
	memcpy(copy, s.at, s.len);
	redact_octets(m, REDACT_SECRET, copy, s.len);
	/* one with blanks or other octets: nobody needs to type it */
	for (size_t i = 0; i < s.len; i++)
		if (copy[i] <= ' ' || copy[i] >= 0x7f || copy[i] == '"')
			copy[i] = 'x';
	text_add(ret, (struct str){(const char *)copy, s.len});
	free(copy);
}

static bool is_met(struct redactor *r, uint8_t *at, size_t n)
{
	struct redact_map *m = r->map;

	if (n == 6 && redact_is_known(m, REDACT_MAC, at, n))
		return true;
	return redact_is_known(m, REDACT_PROOF, at, n) ||
	       redact_is_known(m, REDACT_SECRET, at, n) ||
	       ((n == 4 || n == 16) && redact_is_known(m, REDACT_ADDRESS, at, n)) ||
	       (n > 1 && redact_is_known(m, REDACT_NAME, at, n));
}

void redact_shown_octets(struct redactor *r, uint8_t *at, size_t n)
{
	struct place all = {.at = at, .n = n};

	if (n >= PACKET_LEAST && r->scratch != NULL && redact_packet(r, at, n))
		return;
	if (is_met(r, at, n))
		return;
	/* A packet that nobody could read, or a piece of one: other octets in its place might by
	 * chance read as one. */
	if (n > VALUE_MOST)
		place_blank(all);
	else if (n > NUMBER_OCTETS)
		redact_opaque(r, all);
}

void redact_digits_put(struct str s, const uint8_t *octets, size_t n, struct text *ret)
{
	static const char upper[] = "0123456789ABCDEF", lower[] = "0123456789abcdef";
	bool is_upper = true;
	size_t digit = 0;

	for (size_t i = 0; i < s.len; i++)
		is_upper = is_upper && !(s.at[i] >= 'a' && s.at[i] <= 'f');
	for (size_t i = 0; i < s.len; i++) {
		if (hex_digit(s.at[i]) < 0 || digit / 2 >= n) {
			text_putc(ret, s.at[i]);
			continue;
		}
		text_putc(ret,
			  (is_upper ? upper : lower)[digit % 2 == 0 ? octets[digit / 2] >> 4
								    : octets[digit / 2] & 0xf]);
		digit++;
	}
}

size_t redact_digits_read(struct str s, uint8_t *ret, size_t room)
{
	size_t digits = 0;

	for (size_t i = 0; i < s.len && digits / 2 < room; i++) {
		int digit = hex_digit(s.at[i]);

		if (digit < 0)
			continue;
		ret[digits / 2] = (uint8_t)(ret[digits / 2] << 4 | digit);
		digits++;
	}
	return digits / 2;
}

void redact_hex_text(struct redactor *r, struct str s, struct text *ret)
{
	uint8_t *octets;
	size_t n;

	while (s.len > 2 && s.at[0] == '0' && (s.at[1] == 'x' || s.at[1] == 'X')) {
		text_add(ret, (struct str){s.at, 2});
		s = str_from(s, 2);
	}
	octets = must_alloc(s.len / 2 + 1, 1);
	n = redact_digits_read(s, octets, s.len / 2 + 1);
	redact_shown_octets(r, octets, n);
	redact_digits_put(s, octets, n, ret);
	free(octets);
}
