/* The topics of `explain`, each printed from its table. A topic prints every row that the
 * question names, all of them (in short) when it names none, and returns how many. */
#ifndef L2TPSCOPE_EXPLAIN_H
#define L2TPSCOPE_EXPLAIN_H

#include "run.h"

struct question {
	const char *const *words; /* after the topic */
	size_t n;
};

struct explain_topic {
	const char *name;
	const char *arguments;
	const char *about;
	size_t (*explain)(struct run *r, const struct question *q);
};

/* For completion: all of them. */
size_t explain_topics(const struct explain_topic **ret);

size_t explain_machine(struct run *r, const struct question *q);
size_t explain_avp(struct run *r, const struct question *q);
size_t explain_option(struct run *r, const struct question *q);
size_t explain_code(struct run *r, const struct question *q);
size_t explain_result(struct run *r, const struct question *q);
size_t explain_rule(struct run *r, const struct question *q);
size_t explain_cause(struct run *r, const struct question *q);
size_t explain_quirk(struct run *r, const struct question *q);
size_t explain_threshold(struct run *r, const struct question *q);
size_t explain_field(struct run *r, const struct question *q);
size_t explain_dialect(struct run *r, const struct question *q);
size_t explain_key(struct run *r, const struct question *q);
size_t explain_schema(struct run *r, const struct question *q);
size_t explain_manual(struct run *r, const struct question *q);
size_t explain_coverage(struct run *r, const struct question *q);

#endif
