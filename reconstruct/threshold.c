#include "threshold.h"

#include <string.h>

static const struct threshold_row rows[] = {
#define THRESHOLD(symbol, name, value, unit, about) {name, value, unit, about},
#include "threshold.def"
#undef THRESHOLD
};

size_t threshold_rows(const struct threshold_row **ret)
{
	*ret = rows;
	return THRESHOLD_COUNT;
}

enum threshold_id threshold_named(const char *name)
{
	size_t i = 0;

	while (i < THRESHOLD_COUNT && strcmp(rows[i].name, name) != 0)
		i++;
	return (enum threshold_id)i;
}

struct thresholds thresholds_default(void)
{
	struct thresholds t;

	for (size_t i = 0; i < THRESHOLD_COUNT; i++)
		t.value[i] = rows[i].value;
	return t;
}

double threshold(const struct thresholds *t, enum threshold_id id)
{
	return t ? t->value[id] : rows[id].value;
}
