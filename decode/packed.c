#include "packed.h"

#include <stdlib.h>

#include "arena.h"

enum { FIRST_ROOM = 4096 };

/* No stamp is coarser. */
static const int64_t year_ns = INT64_C(31536000000000000);

void packed_free(struct packed *p)
{
	free(p->at);
	*p = (struct packed){0};
}

struct span packed_span(const struct packed *p)
{
	return span_of(p->at, p->n);
}

uint8_t *packed_room(struct packed *p, size_t n)
{
	if (p->room - p->n < n) {
		p->room = p->room ? p->room : FIRST_ROOM;
		while (p->room - p->n < n)
			p->room *= 2;
		p->at = must_grow(p->at, p->room, 1);
	}
	return p->at + p->n;
}

void packed_add(struct packed *p, struct span s)
{
	uint8_t *to = packed_room(p, s.len);

	if (s.len > 0)
		memcpy(to, s.at, s.len);
	p->n += s.len;
}

void packed_str(struct packed *p, struct str s)
{
	packed_number(p, s.len);
	packed_add(p, span_of(s.at, s.len));
}

void packed_moment(struct packed *p, struct moment m)
{
	packed_number(p, (uint64_t)m.kind);
	if (!moment_known(m))
		return;
	packed_number(p, varint_fold(m.ns));
	packed_number(p, varint_fold(m.grain_ns));
	packed_number(p, m.is_unsynced);
}

struct str packed_take_str(struct bytes *b)
{
	uint64_t length = varint_take(b);
	struct span s = bytes_take(b, length > b->left ? SIZE_MAX : (size_t)length);

	return (struct str){(const char *)s.at, s.len};
}

struct moment packed_take_moment(struct bytes *b)
{
	struct moment m = {0};
	uint64_t kind = varint_take(b);

	if (kind == CLOCK_NONE)
		return m;
	if (kind > CLOCK_ABSOLUTE) {
		bytes_take(b, SIZE_MAX);
		return m;
	}
	m.kind = (enum clock_kind)kind;
	m.ns = varint_unfold(varint_take(b));
	m.grain_ns = varint_unfold(varint_take(b));
	m.is_unsynced = varint_take(b) != 0;
	if (m.grain_ns < 0 || m.grain_ns > year_ns || !moment_is_near(m.ns)) {
		bytes_take(b, SIZE_MAX);
		return (struct moment){0};
	}
	return m;
}
