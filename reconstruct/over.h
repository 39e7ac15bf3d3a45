/* What is over: calls and tunnels that nothing can happen to any more. They are parted from the
 * rest, told, and leave the replay (over_leave.h).
 *
 * A call is over when its CDN has reached the other end, a tunnel when its StopCCN has (and a
 * request when nobody answered it), and when the capture has gone on for `settle` seconds without
 * a packet of it: copies and late data come within that time (RFC 2661 5.7, 5.8). Where the first
 * CDN was acknowledged nobody has a reason to send anything: a sixteenth of it does, in which a
 * sender that lost the acknowledgement would send the CDN again (5.8: after a second). What comes
 * to its ids later than that is known for late (remembered.h). A call that its tunnel took along is
 * over with the tunnel.
 *
 * Of a text, where it is asked for, only calls leave; tunnels stay to the end. A console has words
 * for a call whose CDN was acknowledged, too: it is waited for as long as the others.
 *
 * When it is told (`settles_ns`) is a full second on the clock of the capture, whenever it
 * was looked for: rows come in order of that time and of their numbers, and so in the same order
 * whatever reads the capture, and in what portions. */
#ifndef L2TPSCOPE_OVER_H
#define L2TPSCOPE_OVER_H

#include "observer.h"

/* The numbers of a call and of a tunnel that begin. */
void over_number_call(struct observer *o, struct session *s);
void over_number_tunnel(struct observer *o, struct tunnel *t);
/* Both turned out to be of another one: numbers that nobody had after them are given again. */
void over_is_half(struct observer *o, struct session *s, const struct tunnel *t);
/* It is a link without a tunnel, and has none. It may turn out to be the line of a call that has
 * ended: from now on all wait for the end of the input. */
void over_is_link(struct observer *o, struct tunnel *t);
/* The clock was set: how long anything is over cannot be told any more. */
void over_stop(struct observer *o);

/* A CDN, a StopCCN was delivered. */
void over_note_call(struct observer *o, struct session *s);
void over_note_tunnel(struct observer *o, struct tunnel *t);
/* The tunnel was closed, or asked for in vain: it may be over soon. */
bool over_is_near(const struct tunnel *t);

/* What is over was looked for at that time. */
void over_looked(struct observer *o, struct moment when);
/* Worth a look: enough has ended, or enough time has gone by. */
bool over_is_worth_now(const struct observer *o);
static inline bool over_is_worth(const struct observer *o)
{
	return o->last.ns >= o->look_ns &&
	       (8 * o->n_ended >= o->n_sessions + o->n_tunnels ||
		o->last.ns >= o->look_anyway_ns) &&
	       over_is_worth_now(o);
}

/* Parts what is over from the rest: a tunnel has its calls that are over in `sessions`, the others
 * in `staying`; one that is itself over has `is_over`, the others go on. False: nothing is over.
 * `at_end`: nothing is parted, everything is told, what was over first; false: nothing was. */
bool over_part(struct observer *o, bool at_end);

/* Text: it was told by now, or would have been, if anybody were told: no later record is about it.
 * So what a log says does not depend on who asks. */
bool over_is_past(const struct observer *o, struct session *s);

/* Is not settled yet after all, because another one that belongs to it goes on. */
void over_stay(struct session *s);

#endif
