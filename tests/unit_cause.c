#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cause_table.h"
#include "model_kit.h"
#include "ppp_link.h"
#include "reject_reason.h"

static void set_up_call(struct kit *k)
{
	struct tunnel *t = &k->tunnels[0].tunnel;
	struct session *s = &k->sessions[0].session;

	kit_open(k, 1);
	kit_seen(k, &t->seen, 0, SCCRQ, INITIATOR, 1.0);
	kit_seen(k, &t->seen, 0, SCCRP, RESPONDER, 1.1);
	kit_seen(k, &t->seen, 0, SCCCN, INITIATOR, 1.2);
	t->established[INITIATOR] = kit_mark(k, 0, 1.1);
	t->established[RESPONDER] = kit_mark(k, 0, 1.2);
	kit_seen(k, &s->seen, 0, ICRQ, LAC, 1.3);
	kit_seen(k, &s->seen, 0, ICRP, LNS, 1.4);
	kit_seen(k, &s->seen, 0, ICCN, LAC, 1.5);
	s->established[LAC] = s->established[LNS] = kit_mark(k, 0, 1.5);
	s->first = seen_of(s->seen, ICRQ)->first;
	s->ppp.first = kit_mark(k, 0, 1.6);
	s->last = kit_mark(k, 0, 20);
}

static void open_ipcp(struct kit *k)
{
	link_cp_make(k->r.arena, &k->s[0]->ppp, CP_LCP)->protocol = PPP_LCP;
	link_cp_make(k->r.arena, &k->s[0]->ppp, CP_LCP)->opened = kit_mark(k, 0, 2);
	link_cp_make(k->r.arena, &k->s[0]->ppp, CP_IPCP)->protocol = PPP_IPCP;
	link_cp_make(k->r.arena, &k->s[0]->ppp, CP_IPCP)->opened = kit_mark(k, 0, 3);
}

static void cdn(struct kit *k, uint8_t from, int result, double at)
{
	*session_cdn_make(k->r.arena, k->s[0]) = (struct ending){.is_set = true,
								 .from = from,
								 .result = result,
								 .error = -1,
								 .mark = kit_mark(k, 0, at)};
}

static struct call *judge(struct kit *k)
{
	seal_calls(&k->r);
	find_causes(&k->r);
	assert_int_equal(k->r.n_calls, 1);
	return k->r.calls;
}

static void expect(const struct call *c, enum outcome outcome, const char *cause, enum role by,
		   enum confidence confidence)
{
	if (cause)
		assert_string_equal(c->cause, cause);
	else
		assert_null(c->cause);
	assert_int_equal(c->outcome, outcome);
	assert_int_equal(c->ended_by, by);
	assert_int_equal(c->confidence, confidence);
	assert_true(c->cause_text.len > 0);
}

static void an_open_call_is_up(void **state)
{
	struct kit k;
	struct call *c;

	(void)state;
	set_up_call(&k);
	open_ipcp(&k);
	c = judge(&k);
	expect(c, OUTCOME_UP, NULL, ROLE_UNKNOWN, CONFIDENCE_NONE);
	assert_int_equal(c->reached, REACHED_NCP);
	assert_true(c->setup_s > 1.69 && c->setup_s < 1.71);
	kit_close(&k);
}

static void cdn_1_is_carrier_only_from_the_lac(void **state)
{
	struct kit k;

	(void)state;
	set_up_call(&k);
	open_ipcp(&k);
	cdn(&k, LAC, 1, 20);
	expect(judge(&k), OUTCOME_CLOSED, "carrier-lost", ROLE_LAC, CONFIDENCE_CERTAIN);
	kit_close(&k);
	set_up_call(&k);
	open_ipcp(&k);
	cdn(&k, LNS, 1, 20);
	expect(judge(&k), OUTCOME_CLOSED, "lns-hangup", ROLE_LNS, CONFIDENCE_POSSIBLE);
	kit_close(&k);
}

static void ppp_before_the_cdn_is_the_root(void **state)
{
	struct kit k;

	(void)state;
	set_up_call(&k);
	open_ipcp(&k);
	side_ending_make(k.r.arena, &link_cp_make(k.r.arena, &k.s[0]->ppp, CP_LCP)->side[CLIENT])
		->request = kit_mark(&k, 0, 19);
	cdn(&k, LAC, 1, 20);
	expect(judge(&k), OUTCOME_CLOSED, "client-hangup", ROLE_CLIENT, CONFIDENCE_CERTAIN);
	kit_close(&k);
	set_up_call(&k);
	open_ipcp(&k);
	side_ending_make(k.r.arena, &link_cp_make(k.r.arena, &k.s[0]->ppp, CP_LCP)->side[LNS])
		->request = kit_mark(&k, 0, 19);
	side_ending_make(k.r.arena, &link_cp_make(k.r.arena, &k.s[0]->ppp, CP_LCP)->side[LNS])
		->text = STR("Link inactive");
	cdn(&k, LNS, 3, 20);
	expect(judge(&k), OUTCOME_CLOSED, "idle-timeout", ROLE_LNS, CONFIDENCE_CERTAIN);
	kit_close(&k);
}

static void a_terminate_after_the_cdn_is_not_the_root(void **state)
{
	struct kit k;

	(void)state;
	set_up_call(&k);
	open_ipcp(&k);
	cdn(&k, LAC, 3, 18);
	side_ending_make(k.r.arena, &link_cp_make(k.r.arena, &k.s[0]->ppp, CP_LCP)->side[CLIENT])
		->request = kit_mark(&k, 0, 19);
	expect(judge(&k), OUTCOME_CLOSED, "admin-clear", ROLE_LAC, CONFIDENCE_CERTAIN);
	kit_close(&k);
}

static void a_rejected_password_fails_the_call(void **state)
{
	struct kit k;

	(void)state;
	set_up_call(&k);
	link_cp_make(k.r.arena, &k.s[0]->ppp, CP_LCP)->protocol = PPP_LCP;
	link_cp_make(k.r.arena, &k.s[0]->ppp, CP_LCP)->opened = kit_mark(&k, 0, 2);
	*link_auth_make(k.r.arena, &k.s[0]->ppp, CLIENT) =
		(struct auth){.protocol = PPP_CHAP,
			      .algorithm = CHAP_MD5,
			      .peer_name = STR("alice"),
			      .result = RESULT_FAILURE,
			      .by_lns = true,
			      .decided = kit_mark(&k, 0, 3)};
	cdn(&k, LAC, 1, 4);
	expect(judge(&k), OUTCOME_FAILED, "auth-rejected", ROLE_LNS, CONFIDENCE_CERTAIN);
	assert_int_equal(k.r.calls->reached, REACHED_LCP);
	assert_string_equal(k.r.calls->auth_protocol, "chap-md5");
	kit_close(&k);
}

static void a_response_without_answer(void **state)
{
	struct kit k;

	(void)state;
	set_up_call(&k);
	link_cp_make(k.r.arena, &k.s[0]->ppp, CP_LCP)->opened = kit_mark(&k, 0, 2);
	*link_auth_make(k.r.arena, &k.s[0]->ppp, CLIENT) =
		(struct auth){.protocol = PPP_CHAP,
			      .peer_name = STR("alice"),
			      .responses = 1,
			      .responded = kit_mark(&k, 0, 3)};
	cdn(&k, LNS, 3, 13);
	expect(judge(&k), OUTCOME_FAILED, "auth-no-answer", ROLE_LNS, CONFIDENCE_LIKELY);
	assert_string_equal(k.r.calls->also[0], "aaa-unreachable");
	kit_close(&k);
}

static void numbers_of_a_cdn(void **state)
{
	static const struct {
		int result, error;
		uint16_t q931;
		const char *cause;
	} rows[] = {
		{2, 4, 0, "no-resources"},
		{2, 8, 0, "protocol-error"},
		{3, -1, 17, "busy"},
		{3, -1, 0, "admin-clear"},
		{4, -1, 0, "no-resources"},
		{7, -1, 0, "no-carrier"},
		{8, -1, 0, "busy"},
		{9, -1, 0, "no-dial-tone"},
		{10, -1, 0, "call-timeout"},
		{11, -1, 0, "no-framing"},
		{6, -1, 0, "invalid-destination"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kit k;

		kit_open(&k, 1);
		kit_seen(&k, &k.s[0]->seen, 0, OCRQ, LNS, 1);
		cdn(&k, LAC, rows[i].result, 2);
		k.s[0]->cdn->error = rows[i].error;
		k.s[0]->cdn->has_q931 = rows[i].q931 != 0;
		k.s[0]->cdn->q931_cause = rows[i].q931;
		expect(judge(&k), OUTCOME_FAILED, rows[i].cause, ROLE_LAC, CONFIDENCE_CERTAIN);
		kit_close(&k);
	}
}

static void stopccn(struct kit *k, uint8_t from, int result, int error, double at)
{
	k->t[0]->stopccn = (struct ending){.is_set = true,
					   .from = from,
					   .result = result,
					   .error = error,
					   .mark = kit_mark(k, 0, at)};
}

static void a_call_takes_the_cause_of_its_tunnel(void **state)
{
	struct kit k;

	(void)state;
	set_up_call(&k);
	open_ipcp(&k);
	stopccn(&k, INITIATOR, 1, -1, 30);
	expect(judge(&k), OUTCOME_CLOSED, "request-clear", ROLE_LAC, CONFIDENCE_CERTAIN);
	assert_string_equal(k.t[0]->cause, "request-clear");
	assert_int_equal(k.t[0]->outcome, OUTCOME_CLOSED);
	assert_int_equal(k.t[0]->ended_by, ROLE_INITIATOR);
	kit_close(&k);
}

static void a_lost_keepalive_drops_both(void **state)
{
	struct kit k;

	(void)state;
	set_up_call(&k);
	open_ipcp(&k);
	k.t[0]->unanswered = (struct unanswered){.is_set = true,
						 .from = INITIATOR,
						 .message = HELLO,
						 .copies = 5,
						 .first = kit_mark(&k, 0, 40),
						 .last = kit_mark(&k, 0, 71)};
	expect(judge(&k), OUTCOME_DROPPED, "tunnel-lost", ROLE_NETWORK, CONFIDENCE_CERTAIN);
	assert_string_equal(k.t[0]->cause, "keepalive-lost");
	assert_int_equal(k.t[0]->outcome, OUTCOME_DROPPED);
	kit_close(&k);
}

static void bare_tunnel(struct kit *k)
{
	kit_open(k, 1);
	k->t[0]->sessions = NULL;
	kit_seen(k, &k->t[0]->seen, 0, SCCRQ, INITIATOR, 1);
}

static void judge_bare(struct kit *k, enum outcome outcome, const char *cause)
{
	seal_calls(&k->r);
	find_causes(&k->r);
	assert_int_equal(k->r.n_calls, 0);
	assert_string_equal(k->t[0]->cause, cause);
	assert_int_equal(k->t[0]->outcome, outcome);
}

static void a_silent_peer(void **state)
{
	struct kit k;

	(void)state;
	bare_tunnel(&k);
	seen_place(k.r.arena, &k.t[0]->seen, SCCRQ)->repeats = 4;
	stopccn(&k, INITIATOR, 1, -1, 31);
	judge_bare(&k, OUTCOME_FAILED, "peer-silent");
	assert_int_equal(k.t[0]->ended_by, ROLE_NETWORK);
	kit_close(&k);
}

static void tunnel_secrets(void **state)
{
	static const uint8_t octets[16];
	struct span challenge = {octets, sizeof(octets)};
	struct kit k;

	(void)state;
	/* the LNS challenges, the LAC never answers and closes */
	bare_tunnel(&k);
	kit_seen(&k, &k.t[0]->seen, 0, SCCRP, RESPONDER, 1.1);
	k.t[0]->peer[RESPONDER].challenge = challenge;
	k.t[0]->auth_used = true;
	stopccn(&k, INITIATOR, 2, 6, 1.2);
	judge_bare(&k, OUTCOME_FAILED, "tunnel-secret-missing");
	kit_close(&k);
	/* both challenge; the LAC refuses the response in the SCCRP */
	bare_tunnel(&k);
	kit_seen(&k, &k.t[0]->seen, 0, SCCRP, RESPONDER, 1.1);
	k.t[0]->peer[INITIATOR].challenge = challenge;
	k.t[0]->peer[RESPONDER].challenge = challenge;
	k.t[0]->peer[RESPONDER].response = challenge;
	k.t[0]->auth_used = true;
	stopccn(&k, INITIATOR, 2, 6, 1.2);
	judge_bare(&k, OUTCOME_FAILED, "tunnel-secret-wrong");
	assert_int_equal(k.t[0]->auth_result, RESULT_FAILURE);
	kit_close(&k);
	/* result 4 without any challenge is authorisation, not a secret */
	bare_tunnel(&k);
	stopccn(&k, RESPONDER, 4, -1, 1.2);
	judge_bare(&k, OUTCOME_FAILED, "not-authorized");
	kit_close(&k);
}

static void the_end_of_the_input_is_no_fault(void **state)
{
	struct kit k;

	(void)state;
	set_up_call(&k);
	k.views[0].last = mark_when(&k.s[0]->last);
	expect(judge(&k), OUTCOME_UNKNOWN, "capture-ends", ROLE_UNKNOWN, CONFIDENCE_LIKELY);
	kit_close(&k);
}

static void lcp_of_one_side_only(void **state)
{
	struct kit k;

	(void)state;
	set_up_call(&k);
	link_cp_make(k.r.arena, &k.s[0]->ppp, CP_LCP)->protocol = PPP_LCP;
	link_cp_make(k.r.arena, &k.s[0]->ppp, CP_LCP)->side[CLIENT].requests = 1;
	link_cp_make(k.r.arena, &k.s[0]->ppp, CP_LCP)->side[CLIENT].request_repeats = 9;
	link_cp_make(k.r.arena, &k.s[0]->ppp, CP_LCP)->side[LNS].acks = 10;
	cdn(&k, LAC, 1, 40);
	expect(judge(&k), OUTCOME_FAILED, "lcp-no-answer", ROLE_LAC, CONFIDENCE_LIKELY);
	assert_int_equal(k.r.calls->reached, REACHED_SESSION);
	kit_close(&k);
}

static void let_in(struct kit *k, struct session *s, double at)
{
	struct auth *a = link_auth_make(k->r.arena, &s->ppp, CLIENT);

	a->protocol = PPP_CHAP;
	a->by_lns = true;
	a->peer_name = STR("bob");
	a->response_id = 1;
	a->result = RESULT_SUCCESS;
	a->decided = kit_mark(k, 0, at);
}

/* The same user is let in again, and one second later the LNS clears the older call. */
static void the_older_call_of_a_user_is_superseded(void **state)
{
	static const double let_in_again_at[] = {19, 5};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct kit k;
		struct session *again;

		set_up_call(&k);
		open_ipcp(&k);
		let_in(&k, k.s[0], 2.5);
		again = k.s[1];
		k.s[0]->next = again;
		k.t[0]->n_sessions = 2;
		again->tunnel = k.t[0];
		again->vantage = 0;
		again->id[LAC] = 8;
		again->id[LNS] = 46;
		kit_seen(&k, &again->seen, 0, ICRQ, LAC, let_in_again_at[i] - 1);
		again->first = seen_of(again->seen, ICRQ)->first;
		again->last = kit_mark(&k, 0, 30);
		let_in(&k, again, let_in_again_at[i]);
		cdn(&k, LNS, 3, 20);
		seal_calls(&k.r);
		find_causes(&k.r);
		assert_int_equal(k.r.n_calls, 2);
		assert_string_equal(k.r.calls->cause, i == 0 ? "superseded" : "admin-clear");
		assert_int_equal(k.r.calls->outcome, OUTCOME_CLOSED);
		assert_int_equal(k.r.calls->ended_by, ROLE_LNS);
		kit_close(&k);
	}
}

/* Which answer belongs to a request whose own id is hidden, nobody can tell. */
static void a_hidden_session_id_is_no_missing_answer(void **state)
{
	struct kit k;

	(void)state;
	kit_open(&k, 1);
	kit_seen(&k, &k.t[0]->seen, 0, SCCRQ, INITIATOR, 1.0);
	kit_seen(&k, &k.t[0]->seen, 0, SCCCN, INITIATOR, 1.2);
	kit_seen(&k, &k.s[0]->seen, 0, ICRQ, LAC, 1.3);
	k.s[0]->id[LAC] = k.s[0]->id[LNS] = 0;
	k.s[0]->id_is_hidden = true;
	k.s[0]->first = k.s[0]->last = seen_of(k.s[0]->seen, ICRQ)->first;
	expect(judge(&k), OUTCOME_UNKNOWN, "unknown", ROLE_UNKNOWN, CONFIDENCE_POSSIBLE);
	kit_close(&k);
}

static void icmp(struct kit *k, uint8_t type, uint8_t code, double at)
{
	k->t[0]->icmp = kit_mark(k, 0, at);
	k->t[0]->icmp_type = type;
	k->t[0]->icmp_code = code;
}

/* "Fragmentation needed" is not "port unreachable", and explains only a call that did not work. */
static void packets_too_big_for_the_path(void **state)
{
	struct kit k;

	(void)state;
	set_up_call(&k);
	open_ipcp(&k);
	icmp(&k, 3, 4, 15);
	expect(judge(&k), OUTCOME_UP, NULL, ROLE_UNKNOWN, CONFIDENCE_NONE);
	assert_null(k.t[0]->cause);
	kit_close(&k);
	set_up_call(&k);
	let_in(&k, k.s[0], 2.5);
	link_auth_make(k.r.arena, &k.s[0]->ppp, CLIENT)->result = RESULT_UNKNOWN;
	icmp(&k, 3, 4, 15);
	k.s[0]->last = kit_mark(&k, 0, 20);
	expect(judge(&k), OUTCOME_FAILED, "path-mtu", ROLE_NETWORK, CONFIDENCE_LIKELY);
	kit_close(&k);
}

static void a_digest_that_does_not_fit(void **state)
{
	struct defect_note bad = {.defect = {.id = DEFECT_V3_DIGEST_BAD}};
	struct kit k;

	(void)state;
	kit_open(&k, 1);
	k.t[0]->version = 3;
	k.t[0]->n_sessions = 0;
	k.t[0]->sessions = NULL;
	kit_seen(&k, &k.t[0]->seen, 0, SCCRQ, INITIATOR, 1.0);
	bad.mark = seen_of(k.t[0]->seen, SCCRQ)->first;
	k.t[0]->defects = &bad;
	seal_calls(&k.r);
	find_causes(&k.r);
	assert_string_equal(k.t[0]->cause, "digest-wrong");
	assert_int_equal(k.t[0]->outcome, OUTCOME_FAILED);
	kit_close(&k);
}

/* Every cause of the contract is the verdict of a woven capture (facts/causes.tsv). */
static void every_cause_has_its_capture(void **unused)
{
	static char table[1 << 20];
	const struct cause_fact *rows;
	size_t n = cause_rows(&rows), len;
	FILE *file = fopen(SOURCE_DIR "/tests/facts/causes.tsv", "r");

	(void)unused;
	assert_non_null(file);
	len = fread(table, 1, sizeof(table) - 1, file);
	fclose(file);
	assert_true(len > 0 && len < sizeof(table) - 1);
	for (size_t i = 0; i < n; i++) {
		char row[128];

		snprintf(row, sizeof(row), "].cause\t%s\t", rows[i].slug);
		if (!strstr(table, row))
			fail_msg("%s: no row of tests/facts/causes.tsv ends so", rows[i].slug);
	}
}

/* What RADIUS servers and routers tell a user whom they reject, one sentence for each row. */
static void what_a_rejection_says(void **unused)
{
	static const struct {
		const char *text, *cause;
	} rows[] = {
		{"Simultaneous use limit reached", "in use"},
		{"You are already logged in - access denied", "in use"},
		{"User is already connected", "in use"},
		{"already online", "in use"},
		{"Account already in use", "in use"},
		{"Multiple logins are not allowed", "in use"},
		{"Maximum number of sessions exceeded", "in use"},
		{"Too many concurrent logins", "in use"},
		{"duplicate session", "in use"},
		{"Password Has Expired", "expired"},
		{"account expired", "expired"},
		{"PASSWORD_EXPIRED", "expired"},
		{"User expired", "expired"},
		{"Your account has been disabled.", "locked or disabled"},
		{"Account locked out", "locked or disabled"},
		{"service suspended: payment overdue", "locked or disabled"},
		{"user blocked", "locked or disabled"},
		{"Outside allowed timespan", "at this time"},
		{"You are calling outside your allowed timespan", "at this time"},
		{"timespan", "at this time"},
		{"outside of login hours", "at this time"},
		{"wrong time of day", "at this time"},
		{"Quota exceeded", "has no credit"},
		{"no credit left", "has no credit"},
		{"Insufficient balance", "has no credit"},
		{"Your maximum daily usage time has been reached", "has no credit"},
		{"Your maximum monthly usage time has been reached", "has no credit"},
		{"Your usage time has been reached", "has no credit"},
		{"User not found", "does not know"},
		{"unknown user", "does not know"},
		{"No such user", "does not know"},
		{"user does not exist", "does not know"},
		{"Calling-Station-Id does not match", "another line"},
		{"wrong caller id", "another line"},
		{"NAS-Port mismatch", "another line"},
		{"TLS alert of the client: unknown CA", "certificate of the AAA server"},
		{"TLS alert of the server: certificate expired", "certificate of the client"},
		{"TLS alert of the client: handshake failure", "cipher"},
		{"TLS alert of the server: handshake failure", "cipher"},
		{"TLS alert of the client: protocol version", "cipher"},
		{"TLS alert of the server: protocol version", "cipher"},
		{"TLS alert of the client: insufficient security", "cipher"},
		{"TLS alert of the server: insufficient security", "cipher"},
		{"the certificate has expired", "certificate of the client"},
		{"Certificate expired", "certificate of the client"},
		{"Account unlocked, try again", NULL},
		{"Login incorrect: locked@isp.example", NULL},
		{"CORP\\credit may not log in", NULL},
		{"eva@isp.example is locked", "locked or disabled"},
		{"Access denied", NULL},
		{"E=691 R=0 C=00 V=3 M=Authentication failed", NULL},
		{"Authentication timer expired", NULL},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct reject_reason *why = reject_reason_of(str_of(rows[i].text));

		if (!why != !rows[i].cause || (why && !strstr(why->cause, rows[i].cause)))
			fail_msg("%s: %s", rows[i].text, why ? why->cause : "nothing");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_open_call_is_up),
		cmocka_unit_test(cdn_1_is_carrier_only_from_the_lac),
		cmocka_unit_test(ppp_before_the_cdn_is_the_root),
		cmocka_unit_test(a_terminate_after_the_cdn_is_not_the_root),
		cmocka_unit_test(a_rejected_password_fails_the_call),
		cmocka_unit_test(a_response_without_answer),
		cmocka_unit_test(numbers_of_a_cdn),
		cmocka_unit_test(a_call_takes_the_cause_of_its_tunnel),
		cmocka_unit_test(a_lost_keepalive_drops_both),
		cmocka_unit_test(a_silent_peer),
		cmocka_unit_test(tunnel_secrets),
		cmocka_unit_test(the_end_of_the_input_is_no_fault),
		cmocka_unit_test(lcp_of_one_side_only),
		cmocka_unit_test(the_older_call_of_a_user_is_superseded),
		cmocka_unit_test(a_hidden_session_id_is_no_missing_answer),
		cmocka_unit_test(packets_too_big_for_the_path),
		cmocka_unit_test(a_digest_that_does_not_fit),
		cmocka_unit_test(every_cause_has_its_capture),
		cmocka_unit_test(what_a_rejection_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
