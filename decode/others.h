/* Packets of an input that are not L2TP, counted by what they are, in order of appearance
 * (input_stats.other). Beyond the last place all are "other". */
#ifndef L2TPSCOPE_OTHERS_H
#define L2TPSCOPE_OTHERS_H

#include "source.h"

enum { OTHERS = sizeof(((struct input_stats *)0)->other) / sizeof(struct other_count) };

struct others {
	struct other_count at[OTHERS];
	size_t n;
};

/* `what` is not copied. */
static inline void others_add(struct others *o, const char *what, uint64_t n)
{
	size_t i = 0;

	while (i < o->n && strcmp(o->at[i].what, what) != 0)
		i++;
	if (i == OTHERS) {
		i = OTHERS - 1;
		o->at[i].what = "other";
	} else if (i == o->n) {
		o->at[o->n++].what = what;
	}
	o->at[i].n += n;
}

#endif
