#include "stages.h"

void correlate(struct report *r)
{
	(void)r;
}
