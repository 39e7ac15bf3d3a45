/* A message as JSON: contract.md §3, `decode --json`. */
#ifndef L2TPSCOPE_DECODE_JSON_H
#define L2TPSCOPE_DECODE_JSON_H

#include "run.h"
#include "writer.h"

void decode_json(struct run *r, const struct event *e);

/* The same into any text. The `value` of an AVP or option is a number, a list or a truth where it
 * is one, else the text that people read; `parts` then has the numbers in it (part.def). */
void decode_json_write(struct writer *j, struct run *r, const struct event *e);

#endif
