/* Messages of the carrier, with their numbers, on their way into the capture and the log. */
#ifndef L2TPSCOPE_BENCH_SEND_H
#define L2TPSCOPE_BENCH_SEND_H

#include "carrier.h"

void send_message(struct carrier *c, const struct message *m);

/* A control message with its Ns and Nr, to be sent; the receiver has it at once. `call` may be
 * NULL. */
struct message send_numbered(struct tunnel *t, struct call *call, enum side from, unsigned type);
void send_control(struct carrier *c, struct tunnel *t, struct call *call, enum side from,
		  unsigned type);

void send_ppp(struct carrier *c, struct call *call, enum side from, unsigned protocol,
	      unsigned code, unsigned id, uint32_t address);
/* An IP packet of one of the usual sizes. */
void send_data(struct carrier *c, struct call *call, enum side from);

#endif
