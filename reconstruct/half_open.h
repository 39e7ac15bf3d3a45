/* Tunnels and calls of which only one end was heard: requests that nobody answered yet, and
 * whatever somebody sends to ids that were never given. When there are too many, those that were
 * quiet for longest give way: a flood of them neither fills the memory nor keeps what is up from
 * being followed. */
#ifndef L2TPSCOPE_HALF_OPEN_H
#define L2TPSCOPE_HALF_OPEN_H

#include "observer.h"

struct half_open *half_open_of(struct observer *o, uint16_t vantage);

/* What became of the event is known: who was heard. */
void half_open_hear(struct context *c);

/* The record is no more; again: nothing. */
void half_open_leave(struct tunnel *t);
void half_open_leave_session(struct session *s);

#endif
