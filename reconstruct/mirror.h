/* A capture that sees each packet on several interfaces: on the wire with its VLAN and on the
 * interface of that VLAN without it (`tcpdump -i any`), on both sides of a router, on a port and
 * its trunk. Equal addresses and ids on two paths are otherwise two networks (registry.h).
 *
 * The same message, IP identification and all, on another path within a moment shows that
 * the one path mirrors the other: what comes there is taken as if it had come on the first one. */
#ifndef L2TPSCOPE_MIRROR_H
#define L2TPSCOPE_MIRROR_H

#include "observer.h"

/* An event came by: of L2TP, or something else. Returns the path of which its own is a mirror, or
 * NULL. */
const struct path *mirror_watch(struct observer *o, const struct event *e);

#endif
