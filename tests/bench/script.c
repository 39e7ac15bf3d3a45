#include "script.h"
#include "send.h"

enum {
	ROUNDS_LCP = 10,
	ROUNDS_IPCP = 12,
};

/* ---- steps: each sends something and says after how long the next one follows ---- */

typedef int64_t step_function(struct carrier *c, struct call *call, bool *ret_again);

static int64_t step_icrq(struct carrier *c, struct call *call, bool *ret_again)
{
	struct message m;

	if (call->round == 0) {
		m = send_numbered(call->tunnel, call, LAC, ICRQ);
		call->start_us = c->now_us;
		send_message(c, &m);
		if (call->trouble == TROUBLE_DUPLICATE) {
			m.is_copy = true;
			c->now_us += 300;
			send_message(c, &m);
			call->duplicates++;
		}
		call->sent_ns = m.ns;
		*ret_again = call->trouble == TROUBLE_REPEAT;
		return *ret_again ? SECOND_US : 8000;
	}
	m = (struct message){.kind = MESSAGE_CONTROL, .tunnel = call->tunnel, .call = call};
	m.type = ICRQ;
	m.ns = call->sent_ns;
	m.nr = call->tunnel->nr[LAC];
	m.is_repeat = true;
	call->repeats++;
	send_message(c, &m);
	return 8000;
}

static int64_t step_icrp(struct carrier *c, struct call *call, bool *ret_again)
{
	(void)ret_again;
	send_control(c, call->tunnel, call, LNS, ICRP);
	return 9000;
}

static int64_t step_iccn(struct carrier *c, struct call *call, bool *ret_again)
{
	struct message m = send_numbered(call->tunnel, call, LAC, ICCN);

	(void)ret_again;
	if (call->trouble == TROUBLE_REORDER) {
		send_control(c, call->tunnel, NULL, LAC, HELLO);
		c->now_us += 200;
	}
	send_message(c, &m);
	return 1500;
}

static int64_t step_lns_acks(struct carrier *c, struct call *call, bool *ret_again)
{
	(void)ret_again;
	send_control(c, call->tunnel, NULL, LNS, ZLB);
	return 3000;
}

static int64_t step_lcp(struct carrier *c, struct call *call, bool *ret_again)
{
	static const struct {
		enum side from;
		unsigned code;
	} turns[] = {{LNS, CONFREQ}, {LAC, CONFACK}, {LAC, CONFREQ}, {LNS, CONFACK}};

	send_ppp(c, call, turns[call->round].from, LCP, turns[call->round].code, 1, 0);
	*ret_again = call->round + 1 < sizeof(turns) / sizeof(turns[0]);
	return 4000;
}

static int64_t step_chap(struct carrier *c, struct call *call, bool *ret_again)
{
	unsigned code = CHALLENGE + call->round;

	if (code == SUCCESS && call->fate == FATE_AUTH)
		code = FAILURE;
	send_ppp(c, call, code == RESPONSE ? LAC : LNS, CHAP, code, 1, 0);
	*ret_again = code < SUCCESS;
	return code == RESPONSE ? 25000 : 5000; /* RADIUS is asked */
}

static int64_t step_ipcp(struct carrier *c, struct call *call, bool *ret_again)
{
	static const struct {
		enum side from;
		unsigned code, id;
		bool has_address;
	} turns[] = {{LNS, CONFREQ, 1, false}, {LAC, CONFACK, 1, false}, {LAC, CONFREQ, 1, false},
		     {LNS, CONFNAK, 1, true},  {LAC, CONFREQ, 2, true},  {LNS, CONFACK, 2, true}};
	size_t n = sizeof(turns) / sizeof(turns[0]);
	uint32_t lns = 0x0AFF0001u; /* 10.255.0.1 */
	size_t i = call->round;

	send_ppp(c, call, turns[i].from, IPCP, turns[i].code, turns[i].id,
		 i < 2                  ? lns
		 : turns[i].has_address ? call->address
					: 0);
	*ret_again = i + 1 < n;
	if (!*ret_again)
		call->connected_us = c->now_us;
	return 6000;
}

/* The client asks for no address, is told one, and asks for none again. */
static int64_t step_ipcp_loop(struct carrier *c, struct call *call, bool *ret_again)
{
	unsigned id = call->round / 2 + 1;

	if (call->round % 2 == 0)
		send_ppp(c, call, LAC, IPCP, CONFREQ, id, 0);
	else
		send_ppp(c, call, LNS, IPCP, CONFNAK, id, call->address);
	*ret_again = call->round + 1 < ROUNDS_IPCP;
	return 20000;
}

static int64_t step_lcp_unanswered(struct carrier *c, struct call *call, bool *ret_again)
{
	send_ppp(c, call, LNS, LCP, CONFREQ, call->round + 1, 0);
	*ret_again = call->round + 1 < ROUNDS_LCP;
	return 2 * SECOND_US;
}

static int64_t step_echo(struct carrier *c, struct call *call, bool *ret_again)
{
	if (call->round == 0)
		send_ppp(c, call, LNS, LCP, ECHOREQ, 1, 0);
	else
		send_ppp(c, call, LAC, LCP, ECHOREP, 1, 0);
	*ret_again = call->round == 0;
	return 5000;
}

static int64_t step_data(struct carrier *c, struct call *call, bool *ret_again)
{
	if (call->data_left == 0)
		return call->pause_us;
	send_data(c, call, call->data_left % 3 == 0 ? LAC : LNS);
	call->data_left--;
	*ret_again = call->data_left > 0;
	return call->pause_us;
}

static int64_t step_client_terminates(struct carrier *c, struct call *call, bool *ret_again)
{
	if (call->round == 0)
		call->end_us = c->now_us;
	send_ppp(c, call, call->round == 0 ? LAC : LNS, LCP, call->round == 0 ? TERMREQ : TERMACK,
		 7, 0);
	*ret_again = call->round == 0;
	return 4000;
}

static int64_t step_lns_terminates(struct carrier *c, struct call *call, bool *ret_again)
{
	if (call->round == 0)
		call->end_us = c->now_us;
	send_ppp(c, call, call->round == 0 ? LNS : LAC, LCP, call->round == 0 ? TERMREQ : TERMACK,
		 8, 0);
	*ret_again = call->round == 0;
	return 4000;
}

/* The CDN of its fate; sent again when its acknowledgement got lost. */
static int64_t step_cdn(struct carrier *c, struct call *call, bool *ret_again)
{
	const struct verdict *v = &fate_verdict[call->fate];
	struct tunnel *t = call->tunnel;
	struct message m = {.kind = MESSAGE_CONTROL, .tunnel = t, .call = call};

	if (call->round == 0) {
		m = send_numbered(t, call, (enum side)v->cdn_from, CDN);
		call->sent_ns = m.ns;
		if (call->end_us == 0)
			call->end_us = c->now_us;
	} else {
		m.from = (enum side)v->cdn_from;
		m.type = CDN;
		m.ns = call->sent_ns;
		m.nr = t->nr[m.from];
		m.is_repeat = true;
		call->repeats++;
	}
	m.result = v->cdn_result;
	send_message(c, &m);
	*ret_again = call->round == 0 && call->trouble == TROUBLE_LOST_ACK;
	return *ret_again ? SECOND_US : 1500;
}

static int64_t step_cdn_acked(struct carrier *c, struct call *call, bool *ret_again)
{
	(void)ret_again;
	send_control(c, call->tunnel, NULL, fate_verdict[call->fate].cdn_from == LAC ? LNS : LAC,
		     ZLB);
	return 20000;
}

static int64_t step_late_data(struct carrier *c, struct call *call, bool *ret_again)
{
	(void)ret_again;
	if (call->trouble == TROUBLE_LATE_DATA && call->connected_us != 0)
		send_data(c, call, LAC);
	return 0;
}

static int64_t step_wait_a_minute(struct carrier *c, struct call *call, bool *ret_again)
{
	(void)c;
	(void)call;
	(void)ret_again;
	return 60 * SECOND_US;
}

#define SET_UP  step_icrq, step_icrp, step_iccn, step_lns_acks
#define CAME_UP SET_UP, step_lcp, step_chap, step_ipcp, step_echo, step_data
#define CLEARED step_cdn, step_cdn_acked, step_late_data, NULL

enum { STEPS = 20 };
static step_function *const script[N_FATES][STEPS] = {
	[FATE_HANGUP] = {CAME_UP, step_client_terminates, CLEARED},
	[FATE_CARRIER] = {CAME_UP, CLEARED},
	[FATE_CLEARED] = {CAME_UP, CLEARED},
	[FATE_AUTH] = {SET_UP, step_lcp, step_chap, step_lns_terminates, CLEARED},
	[FATE_LOOP] = {SET_UP, step_lcp, step_chap, step_ipcp_loop, step_lns_terminates, CLEARED},
	[FATE_NO_RESOURCES] = {step_icrq, CLEARED},
	[FATE_BAD_NUMBER] = {step_icrq, CLEARED},
	[FATE_NO_ANSWER] = {step_icrq, step_lns_acks, step_wait_a_minute, CLEARED},
	[FATE_LCP_SILENT] = {SET_UP, step_lcp_unanswered, CLEARED},
};

/* contract.md section 4. */
const struct verdict fate_verdict[N_FATES] = {
	[FATE_HANGUP] = {"closed", "client-hangup", "client", "ncp", LAC, 1},
	[FATE_CARRIER] = {"closed", "carrier-lost", "lac", "ncp", LAC, 1},
	[FATE_CLEARED] = {"closed", "admin-clear", "lns", "ncp", LNS, 3},
	[FATE_AUTH] = {"failed", "auth-rejected", "lns", "lcp", LNS, 3},
	[FATE_LOOP] = {"failed", "ncp-no-agreement", "lns", "auth", LNS, 3},
	[FATE_NO_RESOURCES] = {"failed", "no-resources", "lns", "session", LNS, 4},
	[FATE_BAD_NUMBER] = {"failed", "invalid-destination", "lns", "session", LNS, 6},
	[FATE_NO_ANSWER] = {"failed", "call-timeout", "lac", "session", LAC, 10},
	[FATE_LCP_SILENT] = {"failed", "lcp-no-answer", "lns", "session", LNS, 3},
};

int64_t script_step(struct carrier *c, struct call *call)
{
	bool is_again = false;
	int64_t pause = script[call->fate][call->step](c, call, &is_again);

	if (is_again) {
		call->round++;
	} else {
		call->round = 0;
		call->step++;
	}
	return pause;
}

bool script_is_over(const struct call *call)
{
	return script[call->fate][call->step] == NULL;
}

bool script_has_iccn(enum fate fate)
{
	return script[fate][2] == step_iccn;
}
