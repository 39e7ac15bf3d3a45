/* Log records that no row of the grammar reads, grouped by shape: what differs from line to line
 * (numbers, hex, addresses, quoted text) is folded to `#`. */
#ifndef L2TPSCOPE_UNREAD_H
#define L2TPSCOPE_UNREAD_H

#include "run.h"
#include "writer.h"

struct unread;

struct unread *unread_new(void);
void unread_free(struct unread *u);
void unread_add(struct unread *u, struct run *r, const struct event *e);
/* Begins anew. */
void unread_clear(struct unread *u);
/* Most lines first. */
void unread_print(struct unread *u, struct run *r);
/* Of one input, as a value of `j`: `[[how many, line of the first, its text], …]`; at most `most`.
 * How many records that leaves out. */
uint64_t unread_write(struct unread *u, uint16_t input, size_t most, struct writer *j);

#endif
