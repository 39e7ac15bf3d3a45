/* SARIF 2.1.0 (OASIS): the findings of a run for code scanners, dashboards and editors. */
#ifndef L2TPSCOPE_SARIF_H
#define L2TPSCOPE_SARIF_H

#include "run.h"

struct sarif {
	struct run *run;
	struct writer j;
};

/* One document: head with all rules, a result each, the end. Streams to the run's output. */
void sarif_begin(struct sarif *s, struct run *r);
void sarif_result(struct sarif *s, const struct finding *f);
void sarif_end(struct sarif *s);

#endif
