/* Packets written as hex in a test. Blanks are free. */
#ifndef L2TPSCOPE_OCTETS_H
#define L2TPSCOPE_OCTETS_H

#include <stdlib.h>

#include "arena.h"

static inline struct span octets(struct arena *a, const char *hex)
{
	uint8_t *out = arena_alloc(a, strlen(hex) / 2 + 1);
	size_t n = 0;
	char pair[3] = {0};

	while (*hex) {
		if (*hex == ' ') {
			hex++;
			continue;
		}
		pair[0] = hex[0];
		pair[1] = hex[1];
		out[n++] = (uint8_t)strtoul(pair, NULL, 16);
		hex += 2;
	}
	return span_of(out, n);
}

/* A copy that ends where malloc's room does: a read past it stops the sanitizer. */
static inline uint8_t *exact_copy(struct span s)
{
	uint8_t *copy = malloc(s.len ? s.len : 1);

	if (copy && s.len)
		memcpy(copy, s.at, s.len);
	return copy;
}

#endif
