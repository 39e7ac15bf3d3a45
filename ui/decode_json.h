/* A message as JSON: contract.md §3, `decode --json`. */
#ifndef L2TPSCOPE_DECODE_JSON_H
#define L2TPSCOPE_DECODE_JSON_H

#include "run.h"

void decode_json(struct run *r, const struct event *e);

#endif
