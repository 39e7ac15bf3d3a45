#include "send.h"

void send_message(struct carrier *c, const struct message *m)
{
	if (c->pcap != NULL)
		record_pcap(c, m);
	if (c->log != NULL)
		record_log(c, m);
}

struct message send_numbered(struct tunnel *t, struct call *call, enum side from, unsigned type)
{
	struct message m = {.kind = MESSAGE_CONTROL, .tunnel = t, .call = call, .from = from};

	m.type = type;
	m.ns = t->ns[from];
	m.nr = t->nr[from];
	if (type != ZLB) {
		t->ns[from]++;
		t->nr[!from]++;
	}
	if (call != NULL && type != ZLB)
		call->control++;
	return m;
}

void send_control(struct carrier *c, struct tunnel *t, struct call *call, enum side from,
		  unsigned type)
{
	struct message m = send_numbered(t, call, from, type);

	send_message(c, &m);
}

void send_ppp(struct carrier *c, struct call *call, enum side from, unsigned protocol,
	      unsigned code, unsigned id, uint32_t address)
{
	struct message m = {.kind = MESSAGE_PPP,
			    .tunnel = call->tunnel,
			    .call = call,
			    .from = from,
			    .protocol = protocol,
			    .code = code,
			    .id = id,
			    .address = address};

	m.words = protocol == CHAP && code == FAILURE ? "Authentication failed" : NULL;
	call->ppp++;
	send_message(c, &m);
}

void send_data(struct carrier *c, struct call *call, enum side from)
{
	static const unsigned sizes[] = {40, 52, 64, 576, 1400, 1400};
	struct message m = {
		.kind = MESSAGE_DATA, .tunnel = call->tunnel, .call = call, .from = from};

	m.size = sizes[carrier_random(c, sizeof(sizes) / sizeof(sizes[0]))];
	call->packets[from]++;
	call->bytes[from] += m.size;
	send_message(c, &m);
}
