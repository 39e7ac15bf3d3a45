/* A recording that begins late shows the two directions of a tunnel or a call apart: each names
 * only its receiver's id. What a packet answers tells which halves belong together. */
#ifndef L2TPSCOPE_HALVES_H
#define L2TPSCOPE_HALVES_H

#include "session.h"

/* The tunnel between the parties of the event whose receiver's id is not known yet: the one that
 * the packet answers, else the only one that waits for an answer to its SCCRQ. `ret_from` is the
 * sending end. */
struct tunnel *half_tunnel(struct context *c, unsigned *ret_from);

/* Does the packet answer what end `receiver` sent in this call? */
bool session_answers(const struct session *s, unsigned receiver, const struct event *e);

/* Is it the first request of a PPP protocol that the other end makes in this call? */
bool session_asks_first(const struct session *s, unsigned receiver, const struct event *e);

/* The same for a call of `t`; `receiver` is the end that the packet goes to. */
struct session *half_session(const struct context *c, const struct tunnel *t, unsigned receiver);

/* The packet of end `*from` belongs to `s`, a half: what it answers may be in the other half.
 * Then both are one from now on; returns it, `*from` as the ends stand there. */
struct session *half_joined(struct context *c, struct session *s, unsigned *from);

/* A message of `s`, a half, names that id of end `from`: so does the other half. Then both are one;
 * returns it. */
struct session *half_named(struct context *c, struct session *s, unsigned from, uint32_t id);

static inline struct session *half_complete(struct context *c, struct session *s, unsigned *from)
{
	return s->was_there && !s->id[session_side(s, *from)] ? half_joined(c, s, from) : s;
}

/* The end of a capture: halves that can only belong to each other. */
void halves_settle(struct context *c);

#endif
