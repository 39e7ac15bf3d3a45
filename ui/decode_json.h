/* A message as JSON: contract.md §3, `decode --json`. */
#ifndef L2TPSCOPE_DECODE_JSON_H
#define L2TPSCOPE_DECODE_JSON_H

#include "run.h"
#include "value.h"
#include "writer.h"

void decode_json(struct run *r, const struct event *e);

/* Its members, one object each. `value` is a number, a list or a truth where the attribute is
 * one, else the text that people read; `parts` then has the numbers in it. On the wire a length
 * of 0 stands there; in a log it was not printed. */
void decode_json_avp(struct writer *j, const struct run *r, const struct avp *a);
void decode_json_option(struct writer *j, const struct run *r, const struct ppp_option *o,
			bool is_wire);
void decode_json_value(struct writer *j, const struct run *r, const struct value *v);

#endif
