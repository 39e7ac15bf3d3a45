/* Output that is put aside until it is known that it holds: in memory, and beyond
 * LIMIT_ASIDE_MEMORY in a temporary file without a name. */
#ifndef L2TPSCOPE_ASIDE_H
#define L2TPSCOPE_ASIDE_H

#include "text.h"

struct aside;
struct term;

struct aside *aside_new(void);
void aside_free(struct aside *a);
void aside_add(struct aside *a, struct str octets);
/* Not all of it could be kept: there is no file, or no room for it. */
bool aside_is_full(const struct aside *a);
/* All of it, in order; NULL: nothing. */
void aside_give(struct aside *a, struct term *to);

#endif
