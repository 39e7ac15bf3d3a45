/* Payload is metered: of the next data packet of an established call nothing is to be learned but
 * that it came.
 *
 * A data packet that went the plain way (replay_feed) opens a meter for those that look alike: the
 * same ends, ids, PPP protocol and form of header. As long as nothing else happens to the call, a
 * glance at such a packet is enough, and changes exactly what replay_feed would have changed:
 * counters, times, numbers (the watchers of data say what they want, watch.h). Whatever could make
 * a difference closes the meter, and the next packet goes the plain way again. */
#ifndef L2TPSCOPE_METER_H
#define L2TPSCOPE_METER_H

#include "glance.h"
#include "observer.h"

struct meters;

void meters_free(struct meters *all);
/* Is any of them open? */
bool meters_are_open(const struct meters *m);

/* False: nothing was changed, the packet goes the plain way. */
bool meter_count(struct observer *o, struct glance *g);

/* After the data packet of `c` went the plain way. */
void meter_open(struct context *c);

/* Something happens in the call. Its tunnel closes all at once by turning (live_tunnel.turn). */
void meters_close(struct session *s);
static inline void meter_close(struct session *s)
{
	if (live_session(s)->meters)
		meters_close(s);
}

#endif
