/* Tunnels of the same initiator, by its name and address, and calls of the same user, so that the
 * one that came again is found without a look at all of them. */
#ifndef L2TPSCOPE_KIN_H
#define L2TPSCOPE_KIN_H

#include "replay.h"

/* Sets kin_next of every tunnel whose initiator has a name, asked_next of every tunnel whose SCCRQ
 * was seen, and same_user_next of every call that has a user. Each leads from one to those that
 * began later; who looks among them for one that came again looks at LIMIT_KIN_LOOK. */
void kin_find(struct report *r);

#endif
