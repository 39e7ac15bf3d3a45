/* Tunnel switching: a session that leaves one tunnel and goes on in the next. The host in between
 * is LNS of the one and LAC of the other; what it hands on is one call with two legs.
 *
 * The call's LAC is the LAC of its first leg, its LNS the LNS of its last; its tunnel and session
 * are those of its first leg. Control messages of the legs are added up; PPP and data are counted
 * once, since the same packets pass through every leg. */
#ifndef L2TPSCOPE_LEGS_H
#define L2TPSCOPE_LEGS_H

#include "model.h"

/* The tunnel carries the call, or one of its legs. */
bool call_uses_tunnel(const struct call *c, const struct tunnel *t);

#endif
