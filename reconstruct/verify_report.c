#include "stages.h"

void verify_report(struct report *r, struct secrets *secrets)
{
	(void)r;
	(void)secrets;
}
