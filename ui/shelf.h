/* Output that is put aside until it is known that it holds: in memory, and beyond
 * LIMIT_ASIDE_MEMORY in a temporary file without a name. */
#ifndef L2TPSCOPE_SHELF_H
#define L2TPSCOPE_SHELF_H

#include "text.h"

struct shelf;
struct term;

struct shelf *shelf_new(void);
void shelf_free(struct shelf *a);
void shelf_add(struct shelf *a, struct str octets);
/* Not all of it could be kept: there is no file, or no room for it. */
bool shelf_is_full(const struct shelf *a);
/* All of it, in order; nothing of what is NULL, or full. What cannot be read again is a failure of
 * the output. */
void shelf_give(struct shelf *a, struct term *to);

#endif
