/* Tunnels of the same initiator, by its name and address, so that the one that came again is found
 * without a look at every tunnel. */
#ifndef L2TPSCOPE_KIN_H
#define L2TPSCOPE_KIN_H

#include "replay.h"

/* Sets kin_first and kin_next of every tunnel whose initiator has a name. */
void kin_find(struct report *r);

#endif
