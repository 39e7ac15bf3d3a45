/* Records by the ids that both ends gave them, of which one may be unknown (0): tunnels, and the
 * sessions of a tunnel. Two fit when no id that both know differs, and one at least is equal.
 * Whoever looks for those that fit one record needs not compare it with all. */
#ifndef L2TPSCOPE_BY_IDS_H
#define L2TPSCOPE_BY_IDS_H

#include <stddef.h>
#include <stdint.h>

struct by_ids;
enum { NO_PLACE = UINT32_MAX };

struct by_ids *by_ids_new(void);
void by_ids_free(struct by_ids *x);
/* A place may be added again when more is known of its record; what it was found by before stays.
 */
void by_ids_add(struct by_ids *x, const uint32_t id[2], uint32_t place);
/* The first place at or behind `from` whose record fits; NO_PLACE: none. */
uint32_t by_ids_next(struct by_ids *x, const uint32_t id[2], uint32_t from);
/* It is not found any more. */
void by_ids_drop(struct by_ids *x, uint32_t place);

#endif
