/* Whole calls through the replay: hand-made events as a capture and as consoles give them, and
 * the lab's captures against what is known of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <jansson.h>

#include "observer.h"
#include "replay_kit.h"

static void a_captured_call_moves_both_ends(void **unused)
{
	struct feed f = feed_new();
	struct avps cdn = {0};
	const struct report *r;
	const struct tunnel *t;
	const struct session *s;

	(void)unused;
	wire_tunnel(&f);
	wire_incoming(&f);
	wire_lcp(&f);
	wire_ppp(&f, false, PPP_CHAP, CHAP_CHALLENGE, 1);
	wire_ppp(&f, true, PPP_CHAP, CHAP_RESPONSE, 1);
	wire_ppp(&f, false, PPP_CHAP, CHAP_SUCCESS, 1);
	avp_u16(&cdn, 14, LAC_SESSION);
	avp_octets(&cdn, 1, "\0\1\0\0", 4);
	wire_control(&f, true, CDN, 4, 2, LNS_SESSION, &cdn);
	r = feed_end(&f);
	t = r->tunnels;
	assert_non_null(t);
	assert_null(t->next);
	assert_true(str_is(t->peer[INITIATOR].name, "hgw"));
	assert_int_equal(t->peer[RESPONDER].tunnel_id, LNS_TUNNEL);
	assert_int_equal(t->end[INITIATOR].state, TUNNEL_ESTABLISHED);
	assert_int_equal(t->end[RESPONDER].state, TUNNEL_ESTABLISHED);
	assert_int_equal(t->counters.control_messages, 7);
	s = t->sessions;
	assert_int_equal(s->direction, INCOMING);
	assert_int_equal(s->id[LAC], LAC_SESSION);
	assert_int_equal(s->id[LNS], LNS_SESSION);
	assert_true(str_is(s->calling, "2085730592"));
	assert_true(s->established[LAC].is_set && s->established[LNS].is_set);
	/* nothing proves that the LNS has the CDN: the recording ends */
	assert_int_equal(s->end[LAC].state, SESSION_IDLE);
	assert_int_equal(s->end[LNS].state, SESSION_ESTABLISHED);
	assert_int_equal(session_cdn(s)->result, 1);
	assert_int_equal(session_cdn(s)->from, LAC);
	assert_true(str_starts(mark_said(r->arena, &session_cdn(s)->mark), "CDN result 1"));
	assert_true(link_cp(&s->ppp, CP_LCP)->opened.is_set);
	assert_int_equal(link_auth(&s->ppp, CLIENT)->result, RESULT_SUCCESS);
	assert_true(str_is(link_auth(&s->ppp, CLIENT)->peer_name, "alice"));
	assert_int_equal(s->counters.control_messages, 4);
	assert_int_equal(s->counters.ppp_messages, 7);
	assert_healthy(r);
	replay_free(f.replay);
}

static void the_other_end_moves_on_proof(void **unused)
{
	struct feed f = feed_new();
	const struct report *r;
	const struct step *request, *zlb;

	(void)unused;
	wire_tunnel(&f);
	wire_incoming(&f);
	r = feed_end(&f);
	/* the LNS's step stands at the ICCN though the ZLB proved it */
	assert_int_equal(r->n_steps, 7);
	request = r->steps[5];
	assert_int_equal(request->event->control.message, ICCN);
	assert_int_equal(request->n_changes, 2);
	assert_int_equal(request->changes[1].who, ROLE_LNS);
	assert_int_equal(request->changes[1].after, SESSION_ESTABLISHED);
	assert_true(request->changes[1].is_inferred);
	zlb = r->steps[6];
	assert_int_equal(zlb->delivery, DELIVERY_ACK);
	assert_int_equal(zlb->n_changes, 0);
	assert_int_equal(r->steps[0]->from, ROLE_LAC);
	replay_free(f.replay);
}

static void repeats_count_and_go_no_further(void **unused)
{
	struct feed f = feed_new();
	struct avps icrq = {0};
	const struct report *r;

	(void)unused;
	wire_tunnel(&f);
	avp_u16(&icrq, 14, LAC_SESSION);
	for (int i = 0; i < 3; i++)
		wire_control(&f, true, ICRQ, 2, 1, 0, &icrq);
	r = feed_end(&f);
	assert_int_equal(r->tunnels->n_sessions, 1);
	assert_int_equal(r->tunnels->counters.retransmissions, 2);
	assert_int_equal(r->tunnels->sessions->counters.retransmissions, 2);
	assert_true(r->tunnels->unanswered.is_set);
	assert_int_equal(r->tunnels->unanswered.message, ICRQ);
	assert_int_equal(r->tunnels->unanswered.copies, 3);
	assert_int_equal(r->tunnels->sessions->end[LNS].state, SESSION_IDLE);
	assert_healthy(r);
	replay_free(f.replay);
}

static void what_came_early_waits_for_the_gap(void **unused)
{
	struct feed f = feed_new();
	struct avps icrq = {0}, icrp = {0};
	const struct report *r;

	(void)unused;
	avp_u16(&icrq, 14, LAC_SESSION);
	avp_u16(&icrp, 14, LNS_SESSION);
	wire_tunnel(&f);
	wire_control(&f, true, ICRQ, 2, 1, 0, &icrq);
	wire_control(&f, false, ICRP, 1, 3, LAC_SESSION, &icrp);
	wire_control(&f, true, HELLO, 4, 2, 0, NULL);
	wire_control(&f, true, ICCN, 3, 2, LNS_SESSION, NULL);
	wire_control(&f, false, ZLB, 2, 5, 0, NULL);
	r = feed_end(&f);
	assert_int_equal(r->tunnels->way[INITIATOR].gaps, 0);
	assert_int_equal(r->tunnels->hellos, 1);
	assert_int_equal(r->tunnels->sessions->end[LNS].state, SESSION_ESTABLISHED);
	assert_healthy(r);
	replay_free(f.replay);
}

static void a_late_start_is_no_fault(void **unused)
{
	struct feed f = feed_new();
	const struct report *r;
	const struct session *s;

	(void)unused;
	wire_ppp(&f, true, PPP_IPCP, CP_CONFREQ, 4);
	wire_ppp(&f, false, PPP_IPCP, CP_CONFACK, 4);
	wire_control(&f, true, HELLO, 700, 400, 0, NULL);
	wire_control(&f, false, ZLB, 400, 701, 0, NULL);
	wire_ppp(&f, false, PPP_CHAP, CHAP_CHALLENGE, 7);
	r = feed_end(&f);
	assert_int_equal(r->tunnels->n_sessions, 1);
	assert_null(r->tunnels->next);
	assert_true(r->tunnels->was_there);
	s = r->tunnels->sessions;
	assert_true(s->was_there && s->roles_known && s->roles_inferred);
	assert_int_equal(s->id[LAC], LAC_SESSION);
	assert_int_equal(s->id[LNS], LNS_SESSION);
	assert_int_equal(s->end[LAC].state, SESSION_ESTABLISHED);
	assert_int_equal(r->tunnels->end[INITIATOR].state, TUNNEL_ESTABLISHED);
	assert_healthy(r);
	replay_free(f.replay);
}

static void an_sccrq_of_a_live_id_is_a_new_tunnel(void **unused)
{
	struct feed f = feed_new();
	struct avps sccrq = {0};
	const struct report *r;

	(void)unused;
	wire_tunnel(&f);
	f.ms += 120000;
	avp_u16(&sccrq, 9, LAC_TUNNEL);
	wire_control(&f, true, SCCRQ, 0, 0, 0, &sccrq);
	r = feed_end(&f);
	assert_non_null(r->tunnels->next);
	assert_int_equal(r->tunnels->end[INITIATOR].state, TUNNEL_ESTABLISHED);
	assert_int_equal(r->tunnels->next->end[INITIATOR].state, TUNNEL_WAIT_CTL_REPLY);
	assert_healthy(r);
	replay_free(f.replay);
}

static void a_breach_is_noted(void **unused)
{
	struct feed f = feed_new();
	const struct report *r;

	(void)unused;
	wire_tunnel(&f);
	wire_incoming(&f);
	wire_control(&f, false, ICCN, 2, 4, LAC_SESSION, NULL);
	r = feed_end(&f);
	assert_non_null(r->tunnels->sessions->verdicts);
	assert_int_equal(r->tunnels->sessions->verdicts->row->verdict, WRONG);
	assert_int_equal(r->tunnels->sessions->verdicts->who, ROLE_LNS);
	replay_free(f.replay);
}

/* The LAC's console of a dial-in call, events only: no ICRP is printed. */
static void lac_console(struct console *k)
{
	link_said(k, SAID_LINK, "Serial0:0", FIELD_STATUS, "up", FIELD_LAYER, "link");
	log_ppp(k, RECEIVED, "Se0:0", PPP_LCP, CP_CONFREQ, 118, false);
	log_ppp(k, SENT, "Se0:0", PPP_LCP, CP_CONFREQ, 11, false);
	log_ppp(k, SENT, "Se0:0", PPP_LCP, CP_CONFACK, 118, false);
	log_ppp(k, RECEIVED, "Se0:0", PPP_LCP, CP_CONFACK, 11, false);
	log_ppp(k, SENT, "Se0:0", PPP_CHAP, CHAP_CHALLENGE, 6, false);
	log_ppp(k, RECEIVED, "Se0:0", PPP_CHAP, CHAP_RESPONSE, 6, false);
	link_said(k, SAID_LOOKUP, "Se0:0", FIELD_DOMAIN, "dnis:614629", FIELD_NONE, "");
	link_said(k, SAID_TUNNEL_INFO, "Se0:0", FIELD_ADDRESS, "10.51.6.82", FIELD_NONE, "");
	log_said(k, SAID_TUNNEL_STATE, 0, NULL, FIELD_STATE, "idle", FIELD_NONE, "");
	log_control(k, SENT, SCCRQ, 0, 0, NULL);
	log_state(k, 0, NULL, "idle", "wait-ctl-reply");
	k->peer = "l2tp-gw";
	log_control(k, RECEIVED, SCCRP, 0, 0, NULL);
	log_said(k, SAID_TUNNEL_AUTH, 0, NULL, FIELD_RESULT, "success", FIELD_NONE, "");
	log_state(k, 0, NULL, "wait-ctl-reply", "established");
	k->peer_tunnel = LNS_TUNNEL;
	log_control(k, SENT, SCCCN, 0, 0, NULL);
	log_said(k, SAID_NOTHING, LAC_SESSION, NULL, FIELD_NONE, "", FIELD_NONE, "");
	log_state(k, LAC_SESSION, NULL, "idle", "wait-for-tunnel");
	log_said(k, SAID_SESSION_NEW, LAC_SESSION, "Se0:0", FIELD_NONE, "", FIELD_NONE, "");
	log_control(k, SENT, ICRQ, LAC_SESSION, 0, "Se0:0");
	log_state(k, LAC_SESSION, "Se0:0", "wait-for-tunnel", "wait-reply");
	link_said(k, SAID_FORWARDED, "Se0:0", FIELD_USER, "2500-1", FIELD_NONE, "");
	log_control(k, SENT, ICCN, LAC_SESSION, LNS_SESSION, "Se0:0");
	log_state(k, LAC_SESSION, "Se0:0", "wait-reply", "established");
}

static void a_lac_console_tells_the_call(void **unused)
{
	struct feed f = feed_new();
	struct console k = {.feed = &f, .tunnel = LAC_TUNNEL};
	const struct report *r;
	const struct tunnel *t;
	const struct session *s;

	(void)unused;
	lac_console(&k);
	link_said(&k, SAID_LINK, "Serial0:0", FIELD_STATUS, "down", FIELD_LAYER, "link");
	log_control(&k, SENT, CDN, LAC_SESSION, LNS_SESSION, "Se0:0");
	log_state(&k, LAC_SESSION, "Se0:0", "established", "idle");
	log_state(&k, 0, NULL, "established", "no-sessions-left");
	log_control(&k, RECEIVED, STOPCCN, 0, 0, NULL);
	log_state(&k, 0, NULL, "no-sessions-left", "idle");
	r = feed_end(&f);
	t = r->tunnels;
	assert_non_null(t);
	assert_null(t->next);
	assert_int_equal(t->peer[INITIATOR].tunnel_id, LAC_TUNNEL);
	assert_true(t->peer[INITIATOR].is_text_source);
	assert_int_equal(t->peer[RESPONDER].tunnel_id, LNS_TUNNEL);
	assert_true(str_is(t->peer[RESPONDER].name, "l2tp-gw"));
	assert_int_equal(t->peer[RESPONDER].address.octets[3], 82);
	assert_int_equal(t->auth_result, RESULT_SUCCESS);
	assert_int_equal(t->end[INITIATOR].state, TUNNEL_IDLE);
	assert_int_equal(t->n_sessions, 1);
	s = t->sessions;
	assert_int_equal(s->id[LAC], LAC_SESSION);
	assert_int_equal(s->id[LNS], LNS_SESSION);
	assert_true(s->roles_known);
	assert_int_equal(s->direction, INCOMING);
	assert_true(str_is(session_console(s)->interface[LAC], "Se0:0"));
	assert_true(session_told(s)->before_first.is_set);
	assert_true(link_cp(&s->ppp, CP_LCP_AT_LAC)->opened.is_set);
	assert_false(link_cp(&s->ppp, CP_LCP)->opened.is_set);
	assert_true(link_auth(&s->ppp, CLIENT)->by_lac);
	assert_true(str_is(link_auth(&s->ppp, CLIENT)->peer_name, "2500-1"));
	assert_true(str_is(s->called, "614629"));
	assert_true(str_is(session_told(s)->said_user, "2500-1"));
	assert_true(session_told(s)->link_down.is_set);
	assert_true(s->established[LAC].is_set && session_cdn(s)->is_set);
	assert_int_equal(r->views[0].role, ROLE_LAC);
	assert_healthy(r);
	replay_free(f.replay);
}

static void a_second_call_on_an_interface_is_another(void **unused)
{
	struct feed f = feed_new();
	struct console k = {.feed = &f, .tunnel = LAC_TUNNEL};
	const struct report *r;

	(void)unused;
	lac_console(&k);
	log_control(&k, SENT, CDN, LAC_SESSION, LNS_SESSION, "Se0:0");
	link_said(&k, SAID_LINK, "Serial0:0", FIELD_STATUS, "down", FIELD_LAYER, "link");
	link_said(&k, SAID_LINK, "Serial0:0", FIELD_STATUS, "up", FIELD_LAYER, "link");
	log_ppp(&k, RECEIVED, "Se0:0", PPP_LCP, CP_CONFREQ, 1, false);
	log_state(&k, LAC_SESSION + 1, NULL, "idle", "wait-for-tunnel");
	log_control(&k, SENT, ICRQ, LAC_SESSION + 1, 0, "Se0:0");
	r = feed_end(&f);
	assert_int_equal(r->tunnels->n_sessions, 2);
	assert_true(link_cp(&r->tunnels->sessions->ppp, CP_LCP_AT_LAC)->opened.is_set);
	assert_false(link_cp(&r->tunnels->sessions->next->ppp, CP_LCP_AT_LAC)->opened.is_set);
	assert_int_equal(
		link_cp(&r->tunnels->sessions->next->ppp, CP_LCP_AT_LAC)->side[CLIENT].requests, 1);
	assert_healthy(r);
	replay_free(f.replay);
}

static void an_lns_console_tells_the_call(void **unused)
{
	struct feed f = feed_new();
	struct console k = {.feed = &f, .peer_tunnel = LAC_TUNNEL, .peer = "hgw"};
	const struct report *r;
	const struct session *s;

	(void)unused;
	log_control(&k, RECEIVED, SCCRQ, 0, 0, NULL);
	k.tunnel = LNS_TUNNEL;
	log_said(&k, SAID_TUNNEL_NEW, 0, NULL, FIELD_NAME, "hgw", FIELD_ADDRESS, "10.51.6.68");
	log_control(&k, SENT, SCCRP, 0, 0, NULL);
	log_state(&k, 0, NULL, "idle", "wait-ctl-reply");
	log_control(&k, RECEIVED, SCCCN, 0, 0, NULL);
	log_state(&k, 0, NULL, "wait-ctl-reply", "established");
	log_control(&k, RECEIVED, ICRQ, 0, 0, NULL);
	log_state(&k, LNS_SESSION, NULL, "idle", "wait-connect");
	log_control(&k, SENT, ICRP, LNS_SESSION, LAC_SESSION, NULL);
	log_control(&k, RECEIVED, ICCN, LNS_SESSION, LAC_SESSION, NULL);
	log_state(&k, LNS_SESSION, NULL, "wait-connect", "established");
	link_said(&k, SAID_CLONED, "Vi4", FIELD_USER, "2500-1", FIELD_NONE, "");
	link_said(&k, SAID_PPP_PHASE, "Vi4", FIELD_PHASE, "down", FIELD_NONE, "");
	link_said(&k, SAID_PPP_PHASE, "Vi4", FIELD_PHASE, "establishing", FIELD_NONE, "");
	log_ppp(&k, RECEIVED, "Vi4", PPP_LCP, CP_CONFREQ, 0, true);
	link_said(&k, SAID_LCP_FORCED, "Vi4", FIELD_RESULT, "accepted", FIELD_NONE, "");
	log_ppp(&k, SENT, "Vi4", PPP_CHAP, CHAP_CHALLENGE, 3, true);
	log_ppp(&k, RECEIVED, "Vi4", PPP_CHAP, CHAP_RESPONSE, 6, true);
	log_ppp(&k, SENT, "Vi4", PPP_CHAP, CHAP_SUCCESS, 6, false);
	log_ppp(&k, SENT, "Vi4", PPP_IPCP, CP_CONFREQ, 1, false);
	log_ppp(&k, RECEIVED, "Vi4", PPP_IPCP, CP_CONFREQ, 187, false);
	log_ppp(&k, SENT, "Vi4", PPP_IPCP, CP_CONFACK, 187, false);
	log_ppp(&k, RECEIVED, "Vi4", PPP_IPCP, CP_CONFACK, 1, false);
	log_control(&k, RECEIVED, CDN, LNS_SESSION, LAC_SESSION, "Vi4");
	r = feed_end(&f);
	assert_non_null(r->tunnels);
	assert_null(r->tunnels->next);
	assert_int_equal(r->tunnels->peer[RESPONDER].tunnel_id, LNS_TUNNEL);
	assert_true(r->tunnels->peer[RESPONDER].is_text_source);
	assert_true(address_equal(&r->tunnels->peer[INITIATOR].address,
				  &(struct address){.family = 4, .octets = {10, 51, 6, 68}}));
	assert_int_equal(r->tunnels->n_sessions, 1);
	s = r->tunnels->sessions;
	assert_int_equal(s->id[LNS], LNS_SESSION);
	assert_int_equal(s->id[LAC], LAC_SESSION);
	assert_true(str_is(session_console(s)->interface[LNS], "Vi4"));
	assert_int_equal(s->ppp.proxy_accepted, TRUTH_TRUE);
	assert_true(link_cp(&s->ppp, CP_LCP)->opened.is_set);
	assert_true(link_cp(&s->ppp, CP_IPCP)->opened.is_set);
	assert_int_equal(link_cp(&s->ppp, CP_IPCP)->side[LNS].end.state, CP_STATE_OPENED);
	assert_int_equal(link_auth(&s->ppp, CLIENT)->result, RESULT_SUCCESS);
	assert_int_equal(link_auth(&s->ppp, CLIENT)->responses, 0);
	assert_true(link_auth(&s->ppp, CLIENT)->is_proxy);
	assert_true(session_cdn(s)->is_set);
	assert_int_equal(s->end[LAC].state, SESSION_IDLE);
	assert_int_equal(r->views[0].role, ROLE_LNS);
	assert_healthy(r);
	replay_free(f.replay);
}

static void a_dial_out_console_tells_the_call(void **unused)
{
	struct feed f = feed_new();
	struct console k = {
		.feed = &f, .tunnel = LNS_TUNNEL, .peer_tunnel = LAC_TUNNEL, .peer = "LAC"};
	struct console bare;
	const struct report *r;
	const struct session *s;

	(void)unused;
	link_said(&k, SAID_DIAL, "Vi1", FIELD_NUMBER, "6121", FIELD_NONE, "");
	log_state(&k, 304, NULL, "idle", "wait-for-tunnel");
	log_said(&k, SAID_SESSION_NEW, 304, NULL, FIELD_DIRECTION, "dialout", FIELD_NONE, "");
	/* `L2TP: O OCRQ` names nothing */
	bare = k;
	bare.tunnel = 0;
	bare.peer_tunnel = 0;
	bare.peer = NULL;
	log_control(&bare, SENT, OCRQ, 0, 0, NULL);
	log_state(&k, 304, "Vi1", "wait-for-tunnel", "wait-reply");
	log_control(&k, RECEIVED, OCRP, 304, 0, "Vi1");
	log_state(&k, 304, "Vi1", "wait-reply", "wait-connect");
	log_control(&k, RECEIVED, OCCN, 304, 292, "Vi1");
	log_state(&k, 304, "Vi1", "wait-connect", "established");
	log_ppp(&k, SENT, "Vi1", PPP_LCP, CP_CONFREQ, 1, false);
	log_ppp(&k, RECEIVED, "Vi1", PPP_CHAP, CHAP_CHALLENGE, 8, false);
	r = feed_end(&f);
	assert_int_equal(r->n_tunnels, 1);
	assert_int_equal(r->tunnels->n_sessions, 1);
	s = r->tunnels->sessions;
	assert_int_equal(s->direction, OUTGOING);
	assert_int_equal(s->id[LNS], 304);
	assert_int_equal(s->id[LAC], 292);
	assert_true(str_is(session_told(s)->dialed, "6121"));
	assert_int_equal(s->end[LNS].state, SESSION_ESTABLISHED);
	assert_int_equal(s->end[LAC].state, SESSION_ESTABLISHED);
	assert_int_equal(link_cp(&s->ppp, CP_LCP)->side[LNS].requests, 1);
	assert_int_equal(link_auth(&s->ppp, LNS)->challenges, 1);
	assert_healthy(r);
	replay_free(f.replay);
}

static void a_dial_out_at_the_lac_binds_late(void **unused)
{
	struct feed f = feed_new();
	struct console k = {
		.feed = &f, .tunnel = LAC_TUNNEL, .peer_tunnel = LNS_TUNNEL, .peer = "LNS"};
	struct console bare;
	const struct report *r;
	const struct session *s;

	(void)unused;
	log_control(&k, RECEIVED, OCRQ, 0, 0, NULL);
	log_said(&k, SAID_SESSION_NEW, 292, NULL, FIELD_NONE, "", FIELD_NONE, "");
	bare = k;
	bare.tunnel = 0;
	bare.peer_tunnel = 0;
	bare.peer = NULL;
	log_control(&bare, SENT, OCRP, 0, 0, NULL);
	log_state(&k, 292, NULL, "idle", "wait-cs-answer");
	log_state(&k, 292, "Se0:30", "wait-cs-answer", "established");
	log_control(&bare, SENT, OCCN, 0, 0, NULL);
	r = feed_end(&f);
	assert_int_equal(r->n_tunnels, 1);
	assert_int_equal(r->tunnels->n_sessions, 1);
	s = r->tunnels->sessions;
	assert_int_equal(s->id[LAC], 292);
	assert_int_equal(s->direction, OUTGOING);
	assert_int_equal(s->end[LAC].state, SESSION_ESTABLISHED);
	assert_int_equal(seen_of(s->seen, OCCN)->count, 1);
	assert_healthy(r);
	replay_free(f.replay);
}

static void a_false_word_is_noted(void **unused)
{
	struct feed f = feed_new();
	struct console k = {.feed = &f, .tunnel = LAC_TUNNEL};
	const struct report *r;

	(void)unused;
	lac_console(&k);
	log_state(&k, LAC_SESSION, "Se0:0", "wait-cs-answer", "wait-reply");
	r = feed_end(&f);
	assert_non_null(r->tunnels->sessions->verdicts);
	assert_int_equal(r->tunnels->sessions->verdicts->row->verdict, ODD);
	replay_free(f.replay);
}

/* ---- the lab ---- */

#define LAB SOURCE_DIR "/../shared/captures/lab/"

static bool replay_file(struct replay *replay, const char *path, struct secrets *secrets)
{
	struct text why = text_make(256);
	uint16_t vantages = 0;
	struct source_options options = {.name = "lab", .secrets = secrets, .vantages = &vantages};
	struct source *source = source_open(path, &options, &why);
	struct event e;

	text_free(&why);
	if (!source)
		return false;
	while (source_next(source, &e) == PULLED)
		replay_feed(replay, &e);
	source_close(source);
	replay_end(replay, NULL, 0);
	return true;
}

static uint32_t truth_id(const json_t *where, const char *side, const char *key)
{
	const json_t *id = json_object_get(json_object_get(where, side), key);

	return json_is_integer(id) ? (uint32_t)json_integer_value(id) : 0;
}

static const struct tunnel *find_tunnel(const struct report *r, uint32_t initiator,
					uint32_t responder)
{
	for (const struct tunnel *t = r->tunnels; t; t = t->next) {
		if (t->peer[INITIATOR].tunnel_id == initiator &&
		    t->peer[RESPONDER].tunnel_id == responder)
			return t;
	}
	return NULL;
}

static const struct session *find_session(const struct report *r, uint32_t lac, uint32_t lns)
{
	for (const struct tunnel *t = r->tunnels; t; t = t->next) {
		for (const struct session *s = t->sessions; s; s = s->next) {
			if (s->id[LAC] == lac && s->id[LNS] == lns)
				return s;
		}
	}
	return NULL;
}

static bool truth_says(const json_t *o, const char *key, const char *word)
{
	const json_t *value = json_object_get(o, key);

	return json_is_string(value) && strcmp(json_string_value(value), word) == 0;
}

static void check_tunnels(const struct report *r, const json_t *truth, const char *path)
{
	const json_t *tunnels = json_object_get(truth, "tunnels"), *one;
	size_t i;

	json_array_foreach(tunnels, i, one)
	{
		const struct tunnel *t = find_tunnel(r, truth_id(one, "initiator", "tunnel_id"),
						     truth_id(one, "responder", "tunnel_id"));
		const json_t *stop = json_object_get(one, "stopccn");
		const json_t *repeats = json_object_get(one, "retransmissions");

		if (!t) {
			fail_msg("%s: tunnel %zu is missing", path, i);
			return;
		}
		assert_true(t->roles_known);
		for (const struct verdict_note *v = t->verdicts; v; v = v->next)
			assert_true(v->row && v->row->verdict != WRONG);
		if (json_is_integer(json_object_get(stop, "result")))
			assert_int_equal(t->stopccn.result,
					 json_integer_value(json_object_get(stop, "result")));
		if (truth_says(one, "outcome", "closed"))
			assert_int_equal(t->end[t->stopccn.from].state, TUNNEL_IDLE);
		if (json_is_integer(repeats))
			assert_int_equal(t->counters.retransmissions, json_integer_value(repeats));
	}
	if (json_is_array(tunnels))
		assert_int_equal(r->n_tunnels, json_array_size(tunnels));
}

static void check_call(const struct session *s, const json_t *one)
{
	const json_t *repeats = json_object_get(one, "retransmissions");
	const json_t *cdn = json_object_get(json_object_get(one, "cdn"), "result");
	const json_t *auth = json_object_get(one, "auth"), *user = json_object_get(one, "user");

	for (const struct verdict_note *v = s->verdicts; v; v = v->next)
		assert_true(v->row && v->row->verdict != WRONG);
	if (truth_says(one, "direction", "incoming"))
		assert_int_equal(s->direction, INCOMING);
	if (json_is_integer(repeats))
		assert_int_equal(s->counters.retransmissions, json_integer_value(repeats));
	if (json_is_integer(cdn))
		assert_int_equal(session_cdn(s)->result, json_integer_value(cdn));
	if (json_is_string(user))
		assert_true(str_is(link_auth(&s->ppp, CLIENT)->peer_name, json_string_value(user)));
	if (truth_says(auth, "result", "success"))
		assert_int_equal(link_auth(&s->ppp, CLIENT)->result, RESULT_SUCCESS);
	if (truth_says(auth, "result", "failure"))
		assert_int_equal(link_auth(&s->ppp, CLIENT)->result, RESULT_FAILURE);
	if (truth_says(auth, "protocol", "mschapv2"))
		assert_int_equal(link_auth(&s->ppp, CLIENT)->algorithm, CHAP_MSV2);
	if (truth_says(one, "reached", "ncp"))
		assert_true(link_cp(&s->ppp, CP_IPCP)->opened.is_set ||
			    link_cp(&s->ppp, CP_IPV6CP)->opened.is_set);
	if (truth_says(one, "reached", "lcp"))
		assert_true(link_cp(&s->ppp, CP_LCP)->opened.is_set);
	if (truth_says(one, "reached", "session"))
		assert_false(link_cp(&s->ppp, CP_LCP)->opened.is_set);
}

static void check_calls(const struct report *r, const json_t *truth, const char *path)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(truth, "calls"), i, one)
	{
		const struct session *s = find_session(r, truth_id(one, "lac", "session_id"),
						       truth_id(one, "lns", "session_id"));

		if (!s) {
			fail_msg("%s: call %zu is missing", path, i);
			return;
		}
		check_call(s, one);
	}
}

static void learn_secrets(struct secrets *secrets, const json_t *truth)
{
	const json_t *given = json_object_get(truth, "secrets");
	const char *tunnel = json_string_value(json_object_get(given, "tunnel"));

	if (tunnel)
		secrets_add(secrets, SECRET_TUNNEL, STR("*"), span_of(tunnel, strlen(tunnel)),
			    false);
}

static int check_lab(const char *name)
{
	static const char *const sides[] = {"lac", "lns"};
	char path[512];
	json_t *truth;
	int checked = 0;

	snprintf(path, sizeof(path), LAB "%s/truth.json", name);
	truth = json_load_file(path, 0, NULL);
	if (!truth)
		return 0;
	for (size_t i = 0; i < 2; i++) {
		const json_t *alone =
			json_object_get(json_object_get(truth, "per_input"), sides[i]);
		const char *file = json_string_value(
			json_object_get(json_object_get(truth, "captures"), sides[i]));
		struct secrets *secrets = secrets_new();
		struct replay_options options = {.secrets = secrets};
		struct replay *replay = replay_new(&options);

		learn_secrets(secrets, truth);
		if (file) {
			snprintf(path, sizeof(path), LAB "%s/%s", name, file);
			assert_true(replay_file(replay, path, secrets));
			check_tunnels(replay_report(replay), alone ? alone : truth, path);
			check_calls(replay_report(replay), alone ? alone : truth, path);
			checked++;
		}
		replay_free(replay);
		secrets_free(secrets);
	}
	json_decref(truth);
	return checked;
}

static void the_lab_is_read_as_it_was(void **unused)
{
	static const char *const names[] = {
		"s01_chap_ok",
		"s02_tunnel_secret_mismatch",
		"s02c_no_secret_on_lac",
		"s03_chap_wrong_password",
		"s03d_auth_proto_mismatch",
		"s03f_mschapv2_ok",
		"s04_peer_silent",
		"s05_loss_reorder_dup",
		"s06_lns_frozen_hello_timeout",
		"s07_multi_tunnels_sessions",
		"s08c_hidden_session_id_ok",
		"s09_l2tpv3_digest_ok",
		"s12_ipcp_address_refused",
		"s13_lns_admin_disconnect",
		"s20_xl2tpd_to_l2tpns_ok",
		"s21c_l2tpns_radius_down",
		"s22_tunnel_switch_l2tpns",
		"s24_bngblaster_lns",
	};
	int checked = 0;

	(void)unused;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		checked += check_lab(names[i]);
	if (checked == 0) {
		print_message("skipped: ../shared is not there\n");
		skip();
	}
	assert_true(checked >= 18);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_captured_call_moves_both_ends),
		cmocka_unit_test(the_other_end_moves_on_proof),
		cmocka_unit_test(repeats_count_and_go_no_further),
		cmocka_unit_test(what_came_early_waits_for_the_gap),
		cmocka_unit_test(a_late_start_is_no_fault),
		cmocka_unit_test(an_sccrq_of_a_live_id_is_a_new_tunnel),
		cmocka_unit_test(a_breach_is_noted),
		cmocka_unit_test(a_lac_console_tells_the_call),
		cmocka_unit_test(a_second_call_on_an_interface_is_another),
		cmocka_unit_test(an_lns_console_tells_the_call),
		cmocka_unit_test(a_dial_out_console_tells_the_call),
		cmocka_unit_test(a_dial_out_at_the_lac_binds_late),
		cmocka_unit_test(a_false_word_is_noted),
		cmocka_unit_test(the_lab_is_read_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
