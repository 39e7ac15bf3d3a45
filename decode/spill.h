/* Octets that are written once, from their beginning, and then read anywhere: in memory as long as
 * they are few, else in a temporary file without a name, mapped, so that what is not looked at
 * takes no memory. */
#ifndef L2TPSCOPE_SPILL_H
#define L2TPSCOPE_SPILL_H

#include "text.h"

struct spill;

struct spill *spill_open(void);
void spill_write(struct spill *s, const void *at, size_t len);
/* No more is written: all of it. False and `why_not` when there was no room (TMPDIR). */
bool spill_map(struct spill *s, struct span *ret, struct text *why_not);
/* What stands before `offset` is not looked at soon; it can still be read. */
void spill_forget(struct spill *s, uint64_t offset);
/* Nor is anything else. */
void spill_rest(struct spill *s);
void spill_close(struct spill *s);

#endif
