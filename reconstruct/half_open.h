/* Tunnels and calls of which only one end was heard: requests that nobody answered yet, those that
 * were answered and nobody took the answer up (whoever asks under a forged address is answered,
 * too), and whatever somebody sends to ids that were never given. When there are too many, those
 * that were quiet for longest give way: a flood of them neither fills the memory nor keeps what is
 * up from being followed. */
#ifndef L2TPSCOPE_HALF_OPEN_H
#define L2TPSCOPE_HALF_OPEN_H

#include "observer.h"

struct half_open *half_open_of(struct observer *o, uint16_t vantage);

/* What became of the event is known: who was heard. */
void half_open_hear_end(struct context *c);
static inline void half_open_hear(struct context *c)
{
	struct session *s = c->session;
	const struct live_tunnel *lt = c->tunnel ? live_tunnel(c->tunnel) : NULL;
	const struct live_session *ls = s ? live_session(s) : NULL;

	if (c->observer->is_text)
		return;
	/* as nearly always: both ends were heard, of both */
	if (ls && lt && ls->is_heard == 3 && !ls->half.of && lt->is_heard[0] && lt->is_heard[1] &&
	    !lt->half.of)
		return;
	half_open_hear_end(c);
}

/* The record is no more; again: nothing. */
void half_open_leave(struct tunnel *t);
void half_open_leave_session(struct session *s);

#endif
