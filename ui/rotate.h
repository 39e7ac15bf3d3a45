/* Rotated captures and logs: is this input where that one goes on?
 *
 * It is when it begins after the other ended, is of the same kind, tunnels of the other are
 * in it, and next to none of its packets were in the other: two ends whose clocks differ
 * show the same packets at different times. */
#ifndef L2TPSCOPE_ROTATE_H
#define L2TPSCOPE_ROTATE_H

#include "event.h"

enum { ROTATE_LOOK = 256 }; /* events of an input's beginning that are looked at */

/* What an input showed so far. */
struct rotation;
struct rotation *rotation_new(void);
void rotation_note(struct rotation *r, const struct event *e);
void rotation_free(struct rotation *r);

bool rotation_goes_on(const struct rotation *before, const struct event *const *events, size_t n);

/* The input was captured between the same stations: with names that a rotation makes of one, and
 * times behind the other's, it goes on even where all that it has was sent again. */
bool rotation_is_of_place(const struct rotation *before, const struct event *const *events,
			  size_t n);

/* Names that a rotation makes of one: `x.pcap`, `x.pcap1`, `x_00002_20240101.pcap.gz`. */
bool rotation_named_alike(struct str a, struct str b);

#endif
