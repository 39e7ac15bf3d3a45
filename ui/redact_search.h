/* `redact`: the last line of defence. Whatever was replaced anywhere is looked for in all that is
 * written of a log: as text, and as hex digits with or without marks between them. */
#ifndef L2TPSCOPE_REDACT_SEARCH_H
#define L2TPSCOPE_REDACT_SEARCH_H

#include "redact_map.h"

struct redact_search;

/* What the map holds now. Plain words, short numbers and what is as short as a number are not
 * looked for: they would be found everywhere. */
struct redact_search *redact_search_new(const struct redact_map *m);
void redact_search_free(struct redact_search *s);
/* Replaces what is found; how often. */
size_t redact_search_apply(const struct redact_search *s, struct text *t);

#endif
