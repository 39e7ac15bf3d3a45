/* `annotate` of a log that grows: a pipe, or a file with --follow. */
#ifndef L2TPSCOPE_ANNOTATE_FOLLOW_H
#define L2TPSCOPE_ANNOTATE_FOLLOW_H

#include "run.h"

/* command.run_stream */
bool annotate_follow(struct run *r);

#endif
