/* Are two records of different vantage points the same tunnel? */
#ifndef L2TPSCOPE_EVIDENCE_H
#define L2TPSCOPE_EVIDENCE_H

#include "replay.h"

/* 0: not the same tunnel; else how strong the evidence is (contract §3: 16-bit ids alone never
 * suffice). The order of the ends is taken as it stands. */
unsigned evidence(const struct report *r, const struct tunnel *a, const struct tunnel *b);
/* Where one of them is known only by its PPP, which both have. */
enum { EVIDENCE_LINK = 7 };

#endif
