#include "address.h"
#include "character.h"
#include "text_format.h"

bool address_equal_long(const struct address *a, const struct address *b)
{
	size_t len = a->family == 4 ? 4 : a->family == 6 ? 16 : a->family == ADDRESS_MAC ? 6 : 0;

	return a->family == b->family && memcmp(a->octets, b->octets, len) == 0;
}

struct address address_v4(uint32_t host_order)
{
	return (struct address){.family = 4,
				.octets = {(uint8_t)(host_order >> 24), (uint8_t)(host_order >> 16),
					   (uint8_t)(host_order >> 8), (uint8_t)host_order}};
}

struct address address_mac(const uint8_t octets[6])
{
	struct address a = {.family = ADDRESS_MAC};

	memcpy(a.octets, octets, 6);
	return a;
}

/* RFC 5952: the longest run of two or more zero groups is `::`. */
static void print_v6(struct text *t, const uint8_t octets[16])
{
	unsigned group[8];
	int best = -1, best_len = 1;

	for (size_t i = 0; i < 8; i++)
		group[i] = (unsigned)octets[2 * i] << 8 | octets[2 * i + 1];
	for (int i = 0; i < 8; i++) {
		int len = 0;

		while (i + len < 8 && group[i + len] == 0)
			len++;
		if (len > best_len) {
			best = i;
			best_len = len;
		}
	}
	for (int i = 0; i < 8; i++) {
		if (i == best) {
			text_puts(t, "::");
			i += best_len - 1;
			continue;
		}
		if (i && i != best + best_len)
			text_putc(t, ':');
		text_printf(t, "%x", group[i]);
	}
}

static void print_v4(struct text *t, const uint8_t octets[4])
{
	char room[16];
	size_t n = 0;

	for (int i = 0; i < 4; i++) {
		unsigned octet = octets[i];

		if (octet >= 100)
			room[n++] = (char)('0' + octet / 100);
		if (octet >= 10) {
			pair_write(room + n, octet % 100);
			n += 2;
		} else {
			room[n++] = (char)('0' + octet);
		}
		room[n++] = '.';
	}
	text_add(t, (struct str){room, n - 1});
}

void address_print(struct text *t, const struct address *a)
{
	if (a->family == 4)
		print_v4(t, a->octets);
	else if (a->family == 6)
		print_v6(t, a->octets);
	else if (a->family == ADDRESS_MAC)
		text_hex(t, span_of(a->octets, 6), ':');
}

static bool parse_v4(struct str s, uint8_t ret[4])
{
	for (int i = 0; i < 4; i++) {
		size_t dot = i < 3 ? str_find(s, STR(".")) : s.len;
		uint32_t octet;

		if (dot == SIZE_MAX || dot == 0 || dot > 3 ||
		    !str_u32((struct str){.at = s.at, .len = dot}, &octet) || octet > 255)
			return false;
		ret[i] = (uint8_t)octet;
		s = str_from(s, dot + 1);
	}
	return true;
}

static bool parse_group(struct str s, uint8_t ret[2])
{
	unsigned value = 0;

	if (s.len == 0 || s.len > 4)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];
		unsigned digit = char_is_digit(c)       ? (unsigned)(c - '0')
				 : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
				 : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
							: 16;

		if (digit > 15)
			return false;
		value = value << 4 | digit;
	}
	ret[0] = (uint8_t)(value >> 8);
	ret[1] = (uint8_t)value;
	return true;
}

/* Groups of one side of `::`; returns octets written, or SIZE_MAX. */
static size_t parse_groups(struct str s, uint8_t *ret, size_t room)
{
	size_t used = 0;

	while (s.len) {
		size_t colon = str_find(s, STR(":"));
		struct str group = {.at = s.at, .len = colon == SIZE_MAX ? s.len : colon};

		if (str_find(group, STR(".")) != SIZE_MAX) {
			if (used + 4 > room || colon != SIZE_MAX || !parse_v4(group, ret + used))
				return SIZE_MAX;
			return used + 4;
		}
		if (used + 2 > room || !parse_group(group, ret + used) || colon + 1 == s.len)
			return SIZE_MAX;
		used += 2;
		s = colon == SIZE_MAX ? STR("") : str_from(s, colon + 1);
	}
	return used;
}

static bool parse_v6(struct str s, uint8_t ret[16])
{
	size_t gap = str_find(s, STR("::"));
	uint8_t tail[16];
	size_t before, after;

	if (gap == SIZE_MAX)
		return parse_groups(s, ret, 16) == 16;
	before = parse_groups((struct str){.at = s.at, .len = gap}, ret, 14);
	if (before == SIZE_MAX)
		return false;
	after = parse_groups(str_from(s, gap + 2), tail, 14 - before);
	if (after == SIZE_MAX)
		return false;
	memset(ret + before, 0, 16 - before);
	memcpy(ret + 16 - after, tail, after);
	return true;
}

bool address_parse(struct str s, struct address *ret)
{
	struct address parsed = {0};

	if (parse_v4(s, parsed.octets))
		parsed.family = 4;
	else if (str_find(s, STR(":")) != SIZE_MAX && parse_v6(s, parsed.octets))
		parsed.family = 6;
	else
		return false;
	*ret = parsed;
	return true;
}
