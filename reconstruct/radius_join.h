/* RADIUS beside the calls: what an exchange says of a caller, tied to the one call it is about.
 *
 * User name, time and, where known, numbers and the assigned address must fit. Where several calls
 * fit equally well it is tied to none. */
#ifndef L2TPSCOPE_RADIUS_JOIN_H
#define L2TPSCOPE_RADIUS_JOIN_H

#include "observer.h"

enum { RADIUS_DISCONNECT_REQUEST = 40, RADIUS_DISCONNECT_ACK }; /* RFC 5176 3 */

/* A request with its repeats and its answer. */
struct radius_exchange {
	struct radius_exchange *next;
	struct call *call; /* radius_tie() */
	struct address client, server;
	uint16_t port;
	uint8_t id, code, answer; /* CODE_RADIUS; `answer` 0: none came */
	uint64_t frame;
	struct mark asked, last, answered;
	uint32_t copies;
	struct str user, calling, called, message;
	struct str session;      /* Acct-Session-Id */
	uint8_t terminate_cause; /* RFC 2866 5.10; 0: none */
	uint32_t most_s;         /* Session-Timeout; 0: none */
	struct address framed;
	struct address endpoint; /* the only Tunnel-Server-Endpoint, where it is an address */
	uint8_t endpoints;       /* how many it names: 2 is several */
};

/* An EVENT_RADIUS of a capture. */
void radius_take(struct context *c);

/* The router that decided on that authentication had a yes of its server. */
bool radius_accepted(const struct call *c, const struct auth *a);

/* After the calls are sealed and their legs found, before their causes are found. `exchanges` in
 * any order. */
void radius_tie(struct report *r);

#endif
