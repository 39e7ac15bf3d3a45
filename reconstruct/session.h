/* A call inside a tunnel: its messages, its ids, who is LAC and who LNS. */
#ifndef L2TPSCOPE_SESSION_H
#define L2TPSCOPE_SESSION_H

#include "observer.h"

/* A new record at the end of the tunnel's list; `t` NULL: a stray. NULL at the limit. */
struct session *session_new(struct context *c, struct tunnel *t, bool is_fresh);

/* The tunnel end's index in this session: LAC or LNS. */
static inline unsigned session_side(const struct session *s, unsigned tunnel_end)
{
	return tunnel_end == s->lac_end ? LAC : LNS;
}

/* `id` was assigned by that tunnel end. */
void session_learn_id(struct context *c, struct session *s, unsigned tunnel_end, uint32_t id);

/* The same from a header: the message in which that end told it was not seen. */
void session_take_used_id(struct context *c, struct session *s, unsigned tunnel_end, uint32_t id);
static inline void session_learn_used_id(struct context *c, struct session *s, unsigned tunnel_end,
					 uint32_t id)
{
	if (id && !s->id[session_side(s, tunnel_end)]) /* most are known */
		session_take_used_id(c, s, tunnel_end, id);
}

/* The event proves that something before it was not recorded; or something, anywhere. */
void session_note_hole(struct context *c, struct session *s);
void session_note_hole_anywhere(struct session *s);

/* Session of a control message in a capture, found or made. NULL for tunnel messages. */
struct session *session_of_message(struct context *c, struct tunnel *t, unsigned from);
/* The same, only if it is there. */
struct session *session_known(struct context *c, const struct tunnel *t, unsigned from);

static inline bool session_message(uint16_t message)
{
	return (message >= OCRQ && message <= ICCN) || (message >= CDN && message <= SLI);
}

/* The facts of a message of tunnel end `from`: roles, AVPs, result. */
void session_facts(struct context *c, struct session *s, unsigned from);
/* The machines: the sender's end; the receiver's (`is_concluded`: only a proof was seen). */
void session_sent(struct context *c, struct session *s, unsigned from, uint16_t message,
		  bool is_concluded);
void session_received(struct context *c, struct session *s, unsigned from, uint16_t message,
		      bool is_concluded);
/* Another event at one tunnel end: SESSION_TUNNEL_CLOSES, SESSION_TRAFFIC … */
void session_step(struct context *c, struct session *s, unsigned tunnel_end, uint8_t event);

/* The machine of [LAC] or [LNS] moves. */
void session_side_step(struct context *c, struct session *s, unsigned side, uint8_t event,
		       bool is_concluded);

/* Payload from tunnel end `from`: the call is up. */
void session_first_traffic(struct context *c, struct session *s, unsigned from);
static inline void session_traffic(struct context *c, struct session *s, unsigned from)
{
	if (s->end[LAC].state != SESSION_ESTABLISHED || s->end[LNS].state != SESSION_ESTABLISHED)
		session_first_traffic(c, s, from);
}

/* It got as far as a reply, if only a refusal. */
bool session_is_answered(const struct session *s);

/* What it and the records that became it lie in is free again. */
void session_give_back(struct session *s);

/* LAC and LNS the other way round. */
void session_flip(struct session *s);
void session_direction(struct session *s, enum direction d);

/* For the session's other files: the machine (enum machine_number) that [LAC] or [LNS] has where
 * the call goes in that direction; who that is. */
uint8_t session_machine(const struct session *s, enum direction d, unsigned side);
enum role session_role(const struct session *s, unsigned side);

#endif
