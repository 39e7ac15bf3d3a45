/* What differs between two messages of one kind: attributes, options, fields. What differs by
 * nature (ids, serial numbers, challenges, magic numbers …: a table) is no difference, nor is what
 * one of the two does not tell. */
#ifndef L2TPSCOPE_DIFF_VALUE_H
#define L2TPSCOPE_DIFF_VALUE_H

#include "event.h"

enum { DIFF_VALUES = 32 }; /* of one message; more are not looked at */

enum diff_class {
	DIFF_PLAIN, /* the ends did or said something else */
	DIFF_WHO,   /* another caller, another host: told apart, no difference of behaviour */
};

struct diff_value {
	enum diff_class class;
	struct str name;
	struct str value[2]; /* escaped, masked; empty: not in this one */
};

/* At most DIFF_VALUES; texts live in `arena`. */
size_t diff_values(struct arena *arena, const struct event *a, const struct event *b,
		   bool show_secrets, struct diff_value ret[DIFF_VALUES]);

#endif
