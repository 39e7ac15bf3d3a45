/* A finding in words; shared by check and show. */
#ifndef L2TPSCOPE_FINDINGS_H
#define L2TPSCOPE_FINDINGS_H

#include "run.h"

void finding_print(struct run *r, const struct finding *f, size_t indent);

#endif
