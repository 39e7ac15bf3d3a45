/* Tunnels of the same initiator, by its name and address, and calls of the same user, so that the
 * one that came again is found without a look at all of them. */
#ifndef L2TPSCOPE_KIN_H
#define L2TPSCOPE_KIN_H

#include "replay.h"

/* Sets kin_first and kin_next of every tunnel whose initiator has a name, and same_user_next of
 * every call that has a user. */
void kin_find(struct report *r);

#endif
