/* Numbers that decide when a rule speaks, in one table (threshold.def), changeable per run.
 * Ceilings of the program are elsewhere: limits.h; two of them may be lowered here. */
#ifndef L2TPSCOPE_THRESHOLD_H
#define L2TPSCOPE_THRESHOLD_H

#include <stdbool.h>
#include <stddef.h>

enum threshold_id {
#define THRESHOLD(symbol, name, value, unit, about) THRESHOLD_##symbol,
#include "threshold.def"
#undef THRESHOLD
	THRESHOLD_COUNT
};

struct threshold_row {
	const char *name;
	double value; /* the default */
	const char *unit, *about;
};

/* Those of one run. */
struct thresholds {
	double value[THRESHOLD_COUNT];
};

size_t threshold_rows(const struct threshold_row **ret);
/* The row of that name, or THRESHOLD_COUNT. */
enum threshold_id threshold_named(const char *name);

struct thresholds thresholds_default(void);
/* NULL gives the default. */
double threshold(const struct thresholds *t, enum threshold_id id);

#endif
