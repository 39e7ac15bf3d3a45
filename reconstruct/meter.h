/* Payload is metered: of the next data packet of an established call nothing is to be learned but
 * that it came.
 *
 * A data packet that went the plain way (replay_feed) opens a meter for those that look alike: the
 * same ends, ids, PPP protocol and form of header. As long as nothing else happens to the call, a
 * glance at such a packet is enough, and changes exactly what replay_feed would have changed:
 * counters, times, numbers (the watchers of data say what they want, watch.h). Whatever could make
 * a difference closes the meter, and the next packet goes the plain way again.
 *
 * A source that can tell such packets apart by itself is lent the meter (glance_lease): what it
 * counted meanwhile is not yet in the call's counters, nor is the newest packet in its last marks
 * and in its tunnel's. It comes there when the meter is closed, or when somebody is about to read
 * them: the call's next event, and whatever tells calls. What others look at is kept up to date
 * all the time: the newest time and number of the vantage point, the tunnel's pulse. */
#ifndef L2TPSCOPE_METER_H
#define L2TPSCOPE_METER_H

#include "glance.h"
#include "observer.h"

struct meters;

void meters_free(struct meters *all);
/* Everything that was counted is where it belongs; and no lease is open any more. */
void meters_settle(const struct observer *o);
void meters_recall(const struct observer *o);
/* Is any of them open? */
bool meters_are_open(const struct meters *m);

/* False: nothing was changed, the packet goes the plain way. */
bool meter_count(struct observer *o, struct glance *g);

/* After the data packet of `c` went the plain way. */
void meter_open(struct context *c);

/* Something happens in the call. */
void meters_close(struct session *s);
static inline void meter_close(struct session *s)
{
	if (live_session(s)->meters)
		meters_close(s);
}
/* Something happens in the tunnel, or is about to: all of its meters close. */
void meter_turn(struct tunnel *t);
/* A packet of the session goes the plain way; its meters stay open, but numbered ones are not lent
 * any more: the packet may be of their row. */
void meter_settle(struct session *s);

/* Of the vantage point: what a source counted by itself, up to that packet. */
void meter_counted(struct observer *o, const struct glance_lease *newest);

#endif
