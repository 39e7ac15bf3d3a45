/* What a console says of its PPP states, beside what its packets give. */
#include "replay_kit.h"

#include "rule.h"

/* A packet with the state that it found: RFC 1661's number, as in `[ACKsent]`. */
static void bracketed(struct console *k, enum sense sense, uint8_t code, uint8_t id, int state)
{
	struct console nameless = *k;
	struct event e;

	nameless.tunnel = 0;
	nameless.peer_tunnel = 0;
	e = spoken(&nameless, sense, 0, 0, "Se0:0");
	e.kind = EVENT_PPP;
	e.ppp = (struct ppp){.protocol = PPP_LCP,
			     .code = code,
			     .id = id,
			     .has_id = true,
			     .claimed_state = state};
	k->line = nameless.line;
	feed_event(k->feed, e);
}

enum { CLOSED = 2, LISTEN = 3, REQ_SENT = 6, ACK_RCVD = 7, ACK_SENT = 8, OPENED = 9 };

static void forward(struct console *k)
{
	log_control(k, SENT, ICRQ, LAC_SESSION, 0, "Se0:0");
}

static const struct session *only_session(const struct report *r)
{
	assert_non_null(r->tunnels);
	assert_non_null(r->tunnels->sessions);
	return r->tunnels->sessions;
}

/* Verdicts of a caller's link, that is spoken of before its session has an id. */
static struct verdict_note *verdicts_of(void (*talk)(struct console *))
{
	struct feed f = feed_new();
	struct console k = {.feed = &f, .tunnel = LAC_TUNNEL};
	struct verdict_note *found;
	static struct verdict_note kept;

	forward(&k);
	talk(&k);
	found = only_session(feed_end(&f))->verdicts;
	if (found)
		kept = *found;
	replay_free(f.replay);
	return found ? &kept : NULL;
}

static void healthy(struct console *k)
{
	bracketed(k, RECEIVED, CP_CONFREQ, 118, LISTEN);
	bracketed(k, SENT, CP_CONFREQ, 11, LISTEN);
	bracketed(k, SENT, CP_CONFACK, 118, LISTEN);
	bracketed(k, RECEIVED, CP_CONFREJ, 11, ACK_SENT);
	bracketed(k, SENT, CP_CONFREQ, 12, ACK_SENT);
	bracketed(k, RECEIVED, CP_CONFACK, 12, ACK_SENT);
	link_said(k, SAID_CP_STATE, "Se0:0", FIELD_PROTOCOL, "LCP", FIELD_STATE, "Open");
	/* the other side begins anew: what answers it still shows the state it found */
	bracketed(k, RECEIVED, CP_CONFREQ, 119, OPENED);
	bracketed(k, SENT, CP_CONFREQ, 13, OPENED);
	bracketed(k, SENT, CP_CONFACK, 119, OPENED);
	bracketed(k, RECEIVED, CP_CONFACK, 13, ACK_SENT);
}

static void contradicting(struct console *k)
{
	bracketed(k, RECEIVED, CP_CONFREQ, 118, LISTEN);
	bracketed(k, SENT, CP_CONFREQ, 11, LISTEN);
	bracketed(k, SENT, CP_CONFREQ, 12, OPENED);
}

static void begun_late(struct console *k)
{
	bracketed(k, RECEIVED, CP_CONFACK, 12, ACK_SENT);
	bracketed(k, RECEIVED, CP_ECHOREQ, 1, OPENED);
}

static void given_up(struct console *k)
{
	bracketed(k, SENT, CP_CONFREQ, 11, CLOSED);
	bracketed(k, SENT, CP_CONFREQ, 12, REQ_SENT);
	bracketed(k, SENT, CP_CONFREQ, 13, CLOSED);
}

static void open_too_soon(struct console *k)
{
	bracketed(k, SENT, CP_CONFREQ, 11, CLOSED);
	bracketed(k, RECEIVED, CP_CONFACK, 11, REQ_SENT);
	link_said(k, SAID_CP_STATE, "Se0:0", FIELD_PROTOCOL, "LCP", FIELD_STATE, "Open");
}

static void unread_before(struct console *k)
{
	bracketed(k, RECEIVED, CP_CONFREQ, 118, LISTEN);
	bracketed(k, SENT, CP_CONFREQ, 11, LISTEN);
	link_said(k, SAID_UNREAD, "Se0:0", FIELD_NONE, "", FIELD_NONE, "");
	bracketed(k, RECEIVED, CP_CONFACK, 11, ACK_SENT);
}

static void what_agrees_is_no_note(void **unused)
{
	(void)unused;
	assert_null(verdicts_of(healthy));
	/* a late start, a timer that ran out, a record that could not be read */
	assert_null(verdicts_of(begun_late));
	assert_null(verdicts_of(given_up));
	assert_null(verdicts_of(unread_before));
}

static void a_bracket_that_contradicts_is_noted(void **unused)
{
	const struct verdict_note *v = verdicts_of(contradicting);

	(void)unused;
	assert_non_null(v);
	assert_ptr_equal(v->machine, &machine_lcp);
	assert_int_equal(v->state, CP_STATE_REQ_SENT);
	assert_int_equal(v->claimed, CP_STATE_OPENED);
	assert_int_equal(v->who, ROLE_LAC);
	assert_null(v->next);
}

static void an_open_that_was_not_agreed_is_noted(void **unused)
{
	const struct verdict_note *v = verdicts_of(open_too_soon);

	(void)unused;
	assert_non_null(v);
	assert_int_equal(v->state, CP_STATE_ACK_RCVD);
	assert_int_equal(v->claimed, CP_STATE_OPENED);
}

static void the_note_is_the_rule_for_such_logs(void **unused)
{
	struct feed f = feed_new();
	struct console k = {.feed = &f, .tunnel = LAC_TUNNEL};
	const struct report *r;
	size_t n = 0;

	(void)unused;
	forward(&k);
	contradicting(&k);
	r = feed_end(&f);
	for (const struct finding *x = r->findings; x; x = x->next) {
		if (strcmp(x->rule->id, "cisco-log-state-mismatch") != 0)
			continue;
		n++;
		assert_int_equal(x->severity, SEVERITY_NOTE);
		assert_true(str_find(x->text, STR("says its lcp is in state Opened")) != SIZE_MAX);
	}
	assert_int_equal(n, 1);
	replay_free(f.replay);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_agrees_is_no_note),
		cmocka_unit_test(a_bracket_that_contradicts_is_noted),
		cmocka_unit_test(an_open_that_was_not_agreed_is_noted),
		cmocka_unit_test(the_note_is_the_rule_for_such_logs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
