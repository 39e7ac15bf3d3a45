/* A control connection: how its messages move both ends, and what they tell.
 *
 * The sender has what it sent at once. The other end has it when that is proven: it was seen
 * there, an Nr covers it, or an answer does (architecture.md 3). */
#ifndef L2TPSCOPE_TUNNEL_H
#define L2TPSCOPE_TUNNEL_H

#include "observer.h"

/* A new record; NULL at the limit. `is_fresh`: its beginning is seen. */
struct tunnel *tunnel_new(struct context *c, bool is_fresh);

/* A control message of end `from`. `known` may be NULL when the session is not known yet: then it
 * is found or made at delivery. Returns the session that its ids name, or NULL. */
struct session *tunnel_take(struct context *c, struct tunnel *t, unsigned from,
			    struct session *known);

/* The Nr of `e`, sent by `from`, covers what was not seen: the recording misses it, or has it
 * later. */
bool tunnel_acknowledges_unseen(const struct tunnel *t, unsigned from, const struct event *e);

/* Initiator and responder the other way round: who opened it became known late. */
void tunnel_flip(struct tunnel *t);

/* `id` was assigned by `end`. */
void tunnel_learn_id(struct context *c, struct tunnel *t, unsigned end, uint32_t id);

/* Proof that everything of this session (NULL: of the tunnel) that `from` sent has arrived. */
void tunnel_prove(struct context *c, struct tunnel *t, unsigned from, const struct session *s);

/* The end of the input: what is still held, because messages before it are missing, goes on. */
void tunnel_release(struct context *c, struct tunnel *t);

/* The end of the input: what is still held goes on, what never arrived is noted. */
void tunnel_finish(struct context *c, struct tunnel *t);

/* Of its initiator there is nothing but the SCCRQ: not that an answer has reached it. */
bool tunnel_is_asked_alone(const struct tunnel *t);

/* INITIATOR and RESPONDER as roles. */
static inline enum role tunnel_role(unsigned end)
{
	return end == INITIATOR ? ROLE_INITIATOR : ROLE_RESPONDER;
}

/* For the tunnel's other files: the machine of one end moves; a message has reached the end
 * that did not send it; the event that sending a message is (receiving it is the next one). */
void tunnel_step(struct context *c, struct tunnel *t, unsigned end, uint8_t event,
		 bool is_concluded);
void tunnel_received(struct context *c, struct tunnel *t, unsigned from, uint16_t message,
		     struct session *s, bool is_concluded);
uint8_t tunnel_send_event(uint16_t message);
void tunnel_note_established(struct context *c, struct tunnel *t, unsigned end);

/* A message that is new moves both ends; `known`: its call, where that is known. Returns its call,
 * or NULL. */
struct session *tunnel_deliver(struct context *c, struct tunnel *t, unsigned from,
			       struct session *known);

/* RFC 2661 has no message 5; here it is the OPEN with which a Home Gateway of L2F confirms the
 * tunnel (l2f_replay.h). */
enum { L2F_CONFIRM = 5 };

#endif
