#include "stages.h"

void seal_calls(struct report *r)
{
	(void)r;
}
