/* Which finding is the root, and which are only its consequences.
 *
 * On a call or tunnel that failed or fell, what came first explains what came after: a rejected
 * password the Terminate-Request and the CDN behind it, a dead peer the 500 calls of its tunnel.
 * Every finding stays; `root` names the one to read, `consequences` counts the others. */
#ifndef L2TPSCOPE_FINDING_ROOT_H
#define L2TPSCOPE_FINDING_ROOT_H

#include "replay.h"

/* Of the sorted findings: numbers them and finds their roots. */
void roots_find(struct report *r);

#endif
