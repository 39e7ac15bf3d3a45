/* A finding in words; shared by check and show. */
#ifndef L2TPSCOPE_FINDINGS_H
#define L2TPSCOPE_FINDINGS_H

#include "consequences.h"

enum { FINDING_NUMBERS = 12 }; /* calls that are listed for one finding; more are counted */

/* `all`: of this report. */
void finding_print(struct run *r, const struct finding *f, struct consequences *all, size_t indent);

/* The number of its call, else of its tunnel; 0: of the run. */
uint64_t finding_subject(const struct finding *f);

#endif
