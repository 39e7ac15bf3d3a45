/* What only sessions of L2TPv3 have: pseudowire, circuit, tie breakers. */
#ifndef L2TPSCOPE_SESSION_V3_H
#define L2TPSCOPE_SESSION_V3_H

#include "observer.h"

/* enum machine_number. */
uint8_t session_v3_machine(enum direction d, unsigned side);

/* The AVPs of a message of tunnel end `from`. A request for a circuit that the other end asks for
 * too is a tie: both sessions learn of it, and who loses where both values are known. */
void session_v3_facts(struct context *c, struct session *s, unsigned from);

/* Its request was sent: the machine now meets the tie that its facts told of. */
void session_v3_asked(struct context *c, struct session *s, unsigned from);

/* A pseudowire that carries no PPP: it is up when its session is. */
bool session_is_bare(const struct session *s);

/* It gave way to the other end's request for the same circuit: seen, or said by a CDN. */
bool session_lost_tie(const struct session *s);

#endif
