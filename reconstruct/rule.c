#include "rule.h"

#include "stages.h"

size_t rule_rows(const struct rule_row *const **ret)
{
	*ret = NULL;
	return 0;
}

const struct rule_row *rule_named(const char *id)
{
	(void)id;
	return NULL;
}

void rules_run(struct report *r)
{
	(void)r;
}
