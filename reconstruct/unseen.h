/* What one capture saw leave and another, nearer to the receiver, never saw arrive.
 *
 * Which of two captures is nearer to the receiver, the messages tell that both saw. Logs are not
 * asked: they do not print everything. */
#ifndef L2TPSCOPE_UNSEEN_H
#define L2TPSCOPE_UNSEEN_H

#include "replay.h"

/* Fills step.unseen_at and session.is_lost_between; the steps must be paired and aligned. */
void steps_unseen(struct report *r);

#endif
