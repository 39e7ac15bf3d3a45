/* Addresses: prefixes that two of them have in common stay common, to the bit (the construction of
 * Xu, Fan, Ammar and Moon, "Prefix-preserving IP address anonymization", 2002: each bit is flipped
 * or not by a keyed function of the bits before it). On the way to a range of special meaning no
 * bit is flipped, so that nobody comes into one or leaves it. */
#include <string.h>

#include "hexdump.h"
#include "redact_map.h"

/* The first `bits` of addresses whose meaning depends on them. */
struct special {
	uint8_t bits;
	bool is_kept; /* all of it: it names no host */
	uint8_t octets[16];
};

static const struct special special_v4[] = {
	{8, true, {0}},          /* RFC 1122 3.2.1.3: this network */
	{8, false, {10}},        /* RFC 1918 */
	{10, false, {100, 64}},  /* RFC 6598: shared */
	{8, true, {127}},        /* loopback */
	{16, false, {169, 254}}, /* RFC 3927: link-local */
	{12, false, {172, 16}},  /* RFC 1918 */
	{16, false, {192, 168}}, /* RFC 1918 */
	{3, true, {224}},        /* multicast, reserved, broadcast */
};

static const struct special special_v6[] = {
	{128, true, {0}},                           /* unspecified */
	{128, true, {[15] = 1}},                    /* loopback */
	{3, false, {0x20}},                         /* global unicast */
	{32, false, {0x20, 0x01, 0x0d, 0xb8}},      /* RFC 3849: documentation */
	{64, false, {0xfe, 0x80}},                  /* link-local */
	{7, false, {0xfc}},                         /* RFC 4193: unique local */
	{104, false, {0xff, 0x02, [11] = 1, 0xff}}, /* RFC 4291 2.7.1: solicited node */
	{8, true, {0xff}},                          /* other groups */
};

/* Behind these stands an IPv4 address: RFC 4291 2.5.5.2, RFC 6052. */
static const uint8_t holds_v4[][12] = {{[10] = 0xff, [11] = 0xff}, {0x00, 0x64, 0xff, 0x9b}};

static bool bit_of(const uint8_t *at, size_t i)
{
	return at[i / 8] >> (7 - i % 8) & 1;
}

static size_t bits_common(const uint8_t *a, const uint8_t *b, size_t most)
{
	size_t n = 0;

	while (n < most && bit_of(a, n) == bit_of(b, n))
		n++;
	return n;
}

/* How many bits, from the first one on, stay as they are. */
static size_t bits_kept(const struct special *rows, size_t n, const uint8_t *at, size_t size)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		size_t common = bits_common(at, rows[i].octets, rows[i].bits);

		if (common == rows[i].bits && rows[i].is_kept)
			return 8 * size;
		/* the bit in which they differ keeps them apart; a closer row holds for what is
		 * inside of both */
		if (common < rows[i].bits)
			common++;
		kept = common > kept ? common : kept;
	}
	return kept;
}

static void bits_flip(const struct redact_map *m, size_t kept, const uint8_t *from, uint8_t *to,
		      size_t size)
{
	for (size_t i = kept; i < 8 * size; i++) {
		uint8_t before[17] = {(uint8_t)i}, flip;

		for (size_t k = 0; k < i; k++)
			before[1 + k / 8] |= (uint8_t)(bit_of(from, k) << (7 - k % 8));
		redact_prf(m, REDACT_ADDRESS, before, 1 + size, &flip, 1);
		to[i / 8] ^= (uint8_t)((flip & 1) << (7 - i % 8));
	}
}

static void replace_v4(const struct redact_map *m, const uint8_t *from, uint8_t *to)
{
	size_t n = sizeof(special_v4) / sizeof(special_v4[0]);

	memcpy(to, from, 4);
	bits_flip(m, bits_kept(special_v4, n, from, 4), from, to, 4);
}

static void replace_v6(const struct redact_map *m, const uint8_t *from, uint8_t *to)
{
	size_t n = sizeof(special_v6) / sizeof(special_v6[0]);

	memcpy(to, from, 16);
	for (size_t i = 0; i < sizeof(holds_v4) / sizeof(holds_v4[0]); i++) {
		if (memcmp(from, holds_v4[i], sizeof(holds_v4[i])) == 0) {
			replace_v4(m, from + 12, to + 12);
			return;
		}
	}
	bits_flip(m, bits_kept(special_v6, n, from, 16), from, to, 16);
}

void redact_address(struct redact_map *m, uint8_t *at, size_t n)
{
	uint8_t to[16];

	if ((n != 4 && n != 16) || redact_is_known(m, REDACT_ADDRESS, at, n))
		return;
	if (n == 4)
		replace_v4(m, at, to);
	else
		replace_v6(m, at, to);
	redact_note(m, REDACT_ADDRESS, at, to, n);
	memcpy(at, to, n);
}

bool redact_address_text(struct redact_map *m, struct str s, struct text *ret)
{
	struct address a;

	if (s.len < 2 || !address_parse(s, &a) || (a.family != 4 && a.family != 6))
		return false;
	redact_address(m, a.octets, a.family == 4 ? 4 : 16);
	address_print(ret, &a);
	return true;
}

/* A number of as many digits. */
static unsigned number_like(unsigned random, size_t digits)
{
	return digits == 1 ? random % 10 : digits == 2 ? 10 + random % 90 : 100 + random % 156;
}

/* Where the replacement of an IPv4 address is longer than the room for it: another address, which
 * is as long as the original. */
static void address_fit(const struct redact_map *m, uint8_t *at, size_t n)
{
	struct text t = text_make(64);
	uint8_t random[4];
	size_t start = 0, number = 0;

	redact_prf(m, REDACT_NAME, at, n, random, sizeof(random));
	for (size_t i = 0; i <= n; i++) {
		if (i < n && at[i] != '.')
			continue;
		if (number == 0)
			text_add(&t, (struct str){(const char *)at, i});
		else
			text_printf(&t, ".%u", number_like(random[number & 3], i - start));
		start = i + 1;
		number++;
	}
	memcpy(at, t.at, t.len < n ? t.len : n);
	text_free(&t);
}

/* `10.1.2.3` as `10.001.002.03`. */
static void pad(struct str printed, uint8_t *at, size_t n)
{
	size_t spare = n - printed.len, to = n, digits = 0;

	for (size_t i = printed.len; i-- > 0;) {
		at[--to] = (uint8_t)printed.at[i];
		digits = printed.at[i] == '.' ? 0 : digits + 1;
		while (spare > 0 && digits > 0 && digits < 3 &&
		       (i == 0 || printed.at[i - 1] == '.')) {
			at[--to] = '0';
			digits++;
			spare--;
		}
	}
}

bool redact_printed_address(struct redact_map *m, uint8_t *at, size_t n)
{
	struct str s = {.at = (const char *)at, .len = n};
	struct text t = text_make(64);
	bool is_v4 = memchr(s.at ? s.at : "", ':', n) == NULL;
	bool ok = redact_address_text(m, s, &t);

	if (ok && t.len == n)
		memcpy(at, t.at, n);
	else if (ok && is_v4 && t.len < n)
		pad(text_str(&t), at, n);
	else if (ok && is_v4)
		address_fit(m, at, n);
	else
		ok = false;
	text_free(&t);
	return ok;
}

void redact_mac(struct redact_map *m, uint8_t *at)
{
	static const uint8_t none[6];
	uint8_t to[6];

	if (at[0] & 1 || memcmp(at, none, 6) == 0 || redact_is_known(m, REDACT_MAC, at, 6))
		return;
	redact_prf(m, REDACT_MAC, at, 6, to, sizeof(to));
	to[0] = (uint8_t)((to[0] & 0xfc) | 2);
	redact_note(m, REDACT_MAC, at, to, 6);
	memcpy(at, to, 6);
}

/* Twelve hex digits and, between them, marks at the same distances: `00:11:22:33:44:55`,
 * `0011.2233.4455`, `00-11-22-33-44-55`. */
bool redact_printed_mac(struct redact_map *m, uint8_t *at, size_t n)
{
	static const char upper[] = "0123456789ABCDEF", lower[] = "0123456789abcdef";
	uint8_t mac[6] = {0};
	size_t digits = 0, every = n == 17 ? 2 : n == 14 ? 4 : 0;
	bool is_upper = false;

	if (every == 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		int digit = hex_digit((char)at[i]);

		if (i % (every + 1) == every) {
			if (at[i] != at[every] || (at[i] != ':' && at[i] != '-' && at[i] != '.'))
				return false;
			continue;
		}
		if (digit < 0)
			return false;
		is_upper = is_upper || (at[i] >= 'A' && at[i] <= 'F');
		mac[digits / 2] = (uint8_t)(mac[digits / 2] << 4 | digit);
		digits++;
	}
	redact_mac(m, mac);
	digits = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned digit;

		if (i % (every + 1) == every)
			continue;
		digit = digits % 2 == 0 ? mac[digits / 2] >> 4 : mac[digits / 2] & 0xf;
		at[i] = (uint8_t)(is_upper ? upper[digit] : lower[digit]);
		digits++;
	}
	return true;
}
