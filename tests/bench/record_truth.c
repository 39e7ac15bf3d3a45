/* The truth: what `calls --json` has to say of each call, and what was injected. */
#include "carrier.h"

#include <inttypes.h>

void record_truth_open(struct carrier *c)
{
	c->truth = carrier_create(c->truth_path);
}

static const char *address_text(uint32_t a, char to[16])
{
	snprintf(to, 16, "%u.%u.%u.%u", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255);
	return to;
}

void record_truth(struct carrier *c, const struct call *call)
{
	const struct verdict *v = &fate_verdict[call->fate];
	const struct tunnel *t = call->tunnel;
	bool is_answered = call->fate != FATE_NO_ANSWER;
	char lac[16], lns[16], client[16];

	fprintf(c->truth,
		"{\"call\":%u,\"fate\":\"%s\",\"trouble\":\"%s\",\"lac\":[\"%s\",%u,%u],\"lns\":["
		"\"%s\",%u,%u],"
		"\"calling\":\"%s\",\"reached\":\"%s\",\"outcome\":\"%s\",\"cause\":\"%s\",\"ended_"
		"by\":\"%s\",",
		call->number, fate_name[call->fate], trouble_name[call->trouble],
		address_text(t->address[LAC], lac), t->id[LAC], call->id[LAC],
		address_text(t->address[LNS], lns), t->id[LNS], is_answered ? call->id[LNS] : 0,
		call->calling, v->reached, v->outcome, v->cause, v->ended_by);
	fprintf(c->truth, "\"cdn\":[\"%s\",%u],", v->cdn_from == LAC ? "lac" : "lns",
		v->cdn_result);
	if (call->connected_us != 0)
		fprintf(c->truth, "\"ipv4\":\"%s\",\"user\":\"%s\",\"connected_us\":%" PRId64 ",",
			address_text(call->address, client), call->user, call->connected_us);
	fprintf(c->truth,
		"\"start_us\":%" PRId64 ",\"end_us\":%" PRId64 ",\"control\":%u,\"repeats\":%u,"
		"\"duplicates\":%u,\"ppp\":%u,\"packets\":[%" PRIu64 ",%" PRIu64
		"],\"bytes\":[%" PRIu64 ",%" PRIu64 "]}\n",
		call->start_us, call->end_us, call->control, call->repeats, call->duplicates,
		call->ppp, call->packets[0], call->packets[1], call->bytes[0], call->bytes[1]);
}

void record_truth_end(struct carrier *c)
{
	if (c->truth == NULL)
		return;
	fprintf(c->truth, "{\"end\":true,\"calls\":%u,\"tunnels\":%u,\"fates\":{", c->calls,
		c->tunnels);
	for (size_t i = 0; i < N_FATES; i++)
		fprintf(c->truth, "%s\"%s\":%u", i == 0 ? "" : ",", fate_name[i],
			c->injected_fates[i]);
	fputs("},\"troubles\":{", c->truth);
	for (size_t i = 0; i < N_TROUBLES; i++)
		fprintf(c->truth, "%s\"%s\":%u", i == 0 ? "" : ",", trouble_name[i],
			c->injected_troubles[i]);
	fputs("}}\n", c->truth);
}
