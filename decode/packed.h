/* What a part (part_file.h) holds, octet behind octet: numbers as varint.h has them, text with its
 * length before it. Made in a room that grows as it must; taken through the cursor, which is short
 * when something is not there, or is none that packed_…() makes. */
#ifndef L2TPSCOPE_PACKED_H
#define L2TPSCOPE_PACKED_H

#include "clock.h"
#include "text.h"
#include "varint.h"

struct packed {
	uint8_t *at;
	size_t n, room;
};

void packed_free(struct packed *p);
struct span packed_span(const struct packed *p);

/* Room for `n` more octets, at the end; they are not yet counted. */
uint8_t *packed_room(struct packed *p, size_t n);
void packed_add(struct packed *p, struct span s);
void packed_str(struct packed *p, struct str s);
void packed_moment(struct packed *p, struct moment m);

static inline void packed_number(struct packed *p, uint64_t number)
{
	p->n += varint_put(packed_room(p, VARINT_ROOM), number);
}

struct str packed_take_str(struct bytes *b);
struct moment packed_take_moment(struct bytes *b);

#endif
