/* Names and numbers: parts that are compared, and octets that stay of their class. */
#include <ctype.h>
#include <stdlib.h>

#include "arena.h"
#include "redact_map.h"

/* One octet of the same class: what a reader of names tells apart stays apart. */
static uint8_t like(uint8_t original, uint8_t random)
{
	if (isdigit(original))
		return (uint8_t)('0' + random % 10);
	if (isupper(original))
		return (uint8_t)('A' + random % 26);
	if (islower(original) || original >= 0x80)
		return (uint8_t)('a' + random % 26);
	return original;
}

/* Names that differ in case only are one name to many implementations: so are replacements. */
static void part_replace(struct redact_map *m, uint8_t *at, size_t n)
{
	uint8_t *low, *to;

	if (n == 0 || redact_is_known(m, REDACT_NAME, at, n))
		return;
	low = must_alloc(n, 1);
	to = must_alloc(n, 1);
	for (size_t i = 0; i < n; i++)
		low[i] = (uint8_t)tolower(at[i]);
	redact_prf(m, REDACT_NAME, low, n, to, n);
	for (size_t i = 0; i < n; i++)
		to[i] = like(at[i], to[i]);
	redact_note(m, REDACT_NAME, at, to, n);
	memcpy(at, to, n);
	free(low);
	free(to);
}

/* `x.x.x.x`, `XX.XX.XX.XX`, `***`: somebody hid it already. */
static bool is_hidden(const uint8_t *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (memchr("xX*?.-:", at[i], 7) == NULL)
			return false;
	return true;
}

void redact_name(struct redact_map *m, uint8_t *at, size_t n)
{
	size_t start = 0;

	/* fields of fixed size are filled up */
	while (n > 0 && at[n - 1] == 0)
		n--;
	if (is_hidden(at, n) || redact_printed_address(m, at, n) || redact_printed_mac(m, at, n))
		return;
	for (size_t i = 0; i <= n; i++) {
		if (i < n && memchr("@\\/.", at[i], 4) == NULL)
			continue;
		part_replace(m, at + start, i - start);
		start = i + 1;
	}
}

void redact_name_fixed(struct redact_map *m, struct str s, struct text *ret)
{
	uint8_t *copy = must_alloc(s.len + 1, 1);

	if (s.len > 0)
		memcpy(copy, s.at, s.len);
	redact_name(m, copy, s.len);
	text_add(ret, (struct str){(const char *)copy, s.len});
	free(copy);
}

void redact_name_text(struct redact_map *m, struct str s, struct text *ret)
{
	if (!redact_address_text(m, s, ret))
		redact_name_fixed(m, s, ret);
}
