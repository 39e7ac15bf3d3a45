/* The causes of contract and JSON (`cause`), in words: for verdicts, `explain` and tests. */
#ifndef L2TPSCOPE_CAUSE_TABLE_H
#define L2TPSCOPE_CAUSE_TABLE_H

#include <stddef.h>

enum cause_stage {
	IN_ORDER,
	TUNNEL_SETUP,
	SESSION_SETUP,
	PPP_SETUP,
	WHILE_UP,
	LITTLE_SEEN,
};

struct cause_fact {
	const char *slug;
	enum cause_stage stage;
	const char *meaning;
	const char *concluded;
	const char *advice;
};

size_t cause_rows(const struct cause_fact **ret);
const struct cause_fact *cause_named(const char *slug);
/* "in order", "tunnel setup" … */
const char *cause_stage_name(enum cause_stage stage);

#endif
