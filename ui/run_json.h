/* The first and the last line of --json, and who needs the model. */
#ifndef L2TPSCOPE_RUN_JSON_H
#define L2TPSCOPE_RUN_JSON_H

#include "run.h"

void run_print_json_end(struct run *r);
/* The command, or what it was asked (--call, --where call.…), needs the report. */
bool run_wants_model(const struct run *r);

#endif
