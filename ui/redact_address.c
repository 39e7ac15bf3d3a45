/* Addresses: a keyed permutation of each octet, or of each two of IPv6, that depends on all octets
 * before it. That keeps prefixes at these borders; Crypto-PAn would keep them at every bit, but
 * change the length of what logs and RADIUS print. */
#include <string.h>

#include "redact_map.h"

/* A permutation of `bits` bits (even), by a Feistel network of six rounds. */
static unsigned permute(const struct redact_map *m, const uint8_t *before, size_t n, unsigned bits,
			unsigned value)
{
	unsigned half = bits / 2, mask = (1u << half) - 1;
	unsigned left = value >> half, right = value & mask;

	for (uint8_t round = 0; round < 6; round++) {
		uint8_t in[20] = {(uint8_t)bits, round, (uint8_t)right}, out[20];
		unsigned next;

		memcpy(in + 3, before, n);
		redact_prf(m, REDACT_ADDRESS, in, n + 3, out);
		next = left ^ (out[0] & mask);
		left = right;
		right = next;
	}
	return left << half | right;
}

static unsigned digits_of(unsigned value, unsigned base)
{
	unsigned digits = 1;

	while (value >= base) {
		value /= base;
		digits++;
	}
	return digits;
}

/* Octets that say something for themselves. */
static bool is_fixed_v4(const uint8_t *before, size_t at, unsigned value)
{
	if (value == 0 || value == 255)
		return true;
	if (at == 0)
		return value == 10 || value == 127 || value == 172 || value == 192 || value >= 224;
	if (at == 1 && before[0] == 192)
		return value == 168;
	return at == 1 && before[0] == 172 && value >= 16 && value < 32;
}

static bool is_fixed_v6(size_t at, unsigned value)
{
	if (value == 0)
		return true;
	return at == 0 && (value == 0x2001 || value == 0x64 || value >= 0xfc00);
}

static void replace_v4(const struct redact_map *m, const uint8_t *from, uint8_t *to)
{
	for (size_t i = 0; i < 4; i++) {
		unsigned v = from[i];

		if (!is_fixed_v4(from, i, v)) {
			do
				v = permute(m, from, i, 8, v);
			while (is_fixed_v4(from, i, v) ||
			       digits_of(v, 10) != digits_of(from[i], 10));
		}
		to[i] = (uint8_t)v;
	}
}

static void replace_v6(const struct redact_map *m, const uint8_t *from, uint8_t *to)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	memcpy(to, from, 16);
	if (memcmp(from, mapped, sizeof(mapped)) == 0) {
		replace_v4(m, from + 12, to + 12);
		return;
	}
	for (size_t i = 0; i < 16; i += 2) {
		unsigned first = (unsigned)from[i] << 8 | from[i + 1], v = first;

		if (!is_fixed_v6(i, v)) {
			do
				v = permute(m, from, i, 16, v);
			while (is_fixed_v6(i, v) || digits_of(v, 16) != digits_of(first, 16));
		}
		to[i] = (uint8_t)(v >> 8);
		to[i + 1] = (uint8_t)v;
	}
}

static bool names_no_host(const uint8_t *at, size_t n)
{
	static const uint8_t none[16], loopback[16] = {[15] = 1};

	if (n == 4)
		return at[0] == 0 || at[0] == 127 || at[0] >= 224;
	return memcmp(at, none, 16) == 0 || memcmp(at, loopback, 16) == 0 || at[0] == 0xff;
}

void redact_address(struct redact_map *m, uint8_t *at, size_t n)
{
	uint8_t to[16];

	if ((n != 4 && n != 16) || names_no_host(at, n) ||
	    redact_is_known(m, REDACT_ADDRESS, at, n))
		return;
	if (n == 4)
		replace_v4(m, at, to);
	else
		replace_v6(m, at, to);
	redact_note(m, REDACT_ADDRESS, at, to, n);
	memcpy(at, to, n);
}

bool redact_printed_address(struct redact_map *m, uint8_t *at, size_t n)
{
	struct str s = {.at = (const char *)at, .len = n};
	struct text t = text_make(64);
	struct address a;
	bool ok;

	if (n < 2 || !address_parse(s, &a) || (a.family != 4 && a.family != 6)) {
		text_free(&t);
		return false;
	}
	redact_address(m, a.octets, a.family == 4 ? 4 : 16);
	address_print(&t, &a);
	ok = text_str(&t).len == n;
	if (ok)
		memcpy(at, text_str(&t).at, n);
	text_free(&t);
	return ok;
}

void redact_mac(struct redact_map *m, uint8_t *at)
{
	static const uint8_t none[6];
	uint8_t to[6];

	if (at[0] & 1 || memcmp(at, none, 6) == 0 || redact_is_known(m, REDACT_MAC, at, 6))
		return;
	redact_prf(m, REDACT_MAC, at, 6, to);
	to[0] = (uint8_t)((to[0] & 0xfc) | 2);
	redact_note(m, REDACT_MAC, at, to, 6);
	memcpy(at, to, 6);
}
