/* Captures that have nothing to do with each other: no two hosts speak in more than one of them, no
 * host has the same tunnel id in two, and no tunnel or call is offered in two, as behind a NAT.
 * They are replayed side by side, as one capture (replay_options.are_apart); whether they are
 * turns out while they are read. */
#ifndef L2TPSCOPE_APART_H
#define L2TPSCOPE_APART_H

#include "glance.h"

struct apart;
struct apart *apart_new(void);
void apart_free(struct apart *a);

/* The event is of input `root` (of files that follow each other, of the first one). False: another
 * one has shown its hosts, its tunnel id or the same message; or there is another one, and one of
 * them told of calls between other hosts (PPPoE, RADIUS, PPTP), or LIMIT_APART was reached. */
bool apart_event(struct apart *a, const struct event *e, size_t root);
/* The same of a packet at a glance. */
bool apart_glance(struct apart *a, const struct glance *g, size_t root);

#endif
