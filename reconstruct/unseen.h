/* What one capture saw leave and another, nearer to the receiver, never saw arrive.
 *
 * Which of two captures is nearer to the receiver, the messages tell that both saw. Logs are not
 * asked: they do not print everything. */
#ifndef L2TPSCOPE_UNSEEN_H
#define L2TPSCOPE_UNSEEN_H

#include "replay.h"

/* Fills step.unseen_at and lost_between of sessions and tunnels; the steps must be paired and
 * aligned. */
void steps_unseen(struct report *r);

/* PPP of a session that left one recording and never came to another. What is asked again arrives
 * at last, or does not: of each part and sender the last request and the last answer count, and of
 * LCP that with which an end gives up does not. */
enum ppp_part { PART_LCP, PART_AUTH, PART_NETWORK };

bool ppp_part_is_lost(const struct session *s, enum ppp_part part);
/* The same of the last control message that `end` of the tunnel sent. */
bool control_is_lost(const struct tunnel *t, unsigned end);

#endif
