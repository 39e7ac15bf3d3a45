#include "join_ppp.h"

#include "cause.h"
#include "known.h"
#include "ppp_link.h"

void fill_str(struct str *a, struct str b)
{
	if (!a->len)
		*a = b;
}

void fill_span(struct span *a, struct span b)
{
	if (!a->len)
		*a = b;
}

/* A log without a clock tells that something was, another view tells when. */
static bool tells_when(const struct mark *a, const struct mark *b)
{
	return a->is_set && b->is_set && !moment_known(mark_when(a)) && moment_known(mark_when(b));
}

static bool tells_no_time(const struct mark *a, const struct mark *b)
{
	return tells_when(b, a);
}

void fill_mark(struct mark *a, const struct mark *b)
{
	if (!a->is_set || tells_when(a, b))
		*a = *b;
}

/* As far as a clock of whole seconds can tell they are one moment: then the finer clock knows it
 * better, whichever seems to be before. 1: that of b is finer, −1: that of a; 0: they are two
 * moments, or no clock is so coarse. */
static int finer(const struct report *r, const struct mark *a, const struct mark *b)
{
	static const int64_t SECOND_NS = INT64_C(1000000000);
	int64_t at, bt, grain_a = mark_when(a).grain_ns, grain_b = mark_when(b).grain_ns;
	int64_t coarse = grain_a > grain_b ? grain_a : grain_b;

	if (grain_a == grain_b || coarse < SECOND_NS || a->vantage == b->vantage ||
	    !mark_ns(r, a, &at) || !mark_ns(r, b, &bt) || at - bt >= coarse || bt - at >= coarse)
		return 0;
	return grain_b < grain_a ? 1 : -1;
}

void fill_first(const struct report *r, struct mark *a, const struct mark *b)
{
	int finer_one = a->is_set && b->is_set ? finer(r, a, b) : 0;

	if (tells_no_time(a, b) || finer_one < 0)
		return;
	if (!a->is_set || tells_when(a, b) || finer_one > 0 || mark_before(r, b, a))
		*a = *b;
}

void fill_last(const struct report *r, struct mark *a, const struct mark *b)
{
	int finer_one = a->is_set && b->is_set ? finer(r, a, b) : 0;

	if (tells_no_time(a, b) || finer_one < 0)
		return;
	if (!a->is_set || tells_when(a, b) || finer_one > 0 || mark_before(r, a, b))
		*a = *b;
}

static uint16_t larger16(uint16_t a, uint16_t b)
{
	return a > b ? a : b;
}

static void join_refusal(struct cp_refusal *a, const struct cp_refusal *b)
{
	if (!a->options && b->options) {
		a->options = b->options;
		a->is_reject = b->is_reject;
	}
	fill_mark(&a->mark, &b->mark);
}

static void join_cp_ending(const struct report *r, struct cp_ending *a, const struct cp_ending *b)
{
	fill_first(r, &a->request, &b->request);
	fill_str(&a->text, b->text);
	fill_mark(&a->ack, &b->ack);
}

static void join_echo(struct arena *arena, const struct report *r, struct cp_side *a,
		      const struct cp_side *b)
{
	const struct cp_echo *from = side_echo(b);
	struct cp_echo *to = side_echo_make(arena, a);

	if (from->requests > to->requests) {
		to->requests = from->requests;
		to->unanswered = from->unanswered;
		to->first = from->first;
		side_replies_make(arena, a)->n = side_echo_replies(b);
	}
	fill_last(r, &to->last, &from->last);
}

static void join_claim(struct cp_claim *a, const struct cp_claim *b)
{
	fill_mark(&a->rejected, &b->rejected);
	fill_mark(&a->open, &b->open);
	fill_mark(&a->closed, &b->closed);
}

static void join_requests(struct arena *arena, const struct report *r, struct cp_side *a,
			  const struct cp_side *b)
{
	struct mark first = *side_first_request(a);

	fill_first(r, &first, side_first_request(b));
	fill_last(r, &a->last_request, &b->last_request);
	if (memcmp(&first, &a->last_request, sizeof(first)) != 0)
		side_again_make(arena, a)->first = first;
}

static void join_side(struct arena *arena, const struct report *r, struct cp_side *a,
		      const struct cp_side *b, bool b_is_there)
{
	end_join(&a->end, &b->end, b_is_there);
	if (b->requests > a->requests || (!a->options && b->options)) {
		a->options = b->options;
		a->request_id = b->request_id;
	}
	if (!a->agreed && b->agreed)
		a->agreed = b->agreed;
	a->requests = larger16(a->requests, b->requests);
	a->request_repeats = larger16(a->request_repeats, b->request_repeats);
	a->naks = larger16(a->naks, b->naks);
	a->rejects = larger16(a->rejects, b->rejects);
	a->acks = larger16(a->acks, b->acks);
	join_requests(arena, r, a, b);
	fill_first(r, &a->acked, &b->acked);
	if (side_part(b, CP_REFUSAL))
		join_refusal(side_refusal_make(arena, a), side_refusal(b));
	if (side_part(b, CP_ENDING))
		join_cp_ending(r, side_ending_make(arena, a), side_ending(b));
	if (side_part(b, CP_ECHO))
		join_echo(arena, r, a, b);
	if (side_part(b, CP_CLAIM))
		join_claim(side_claim_make(arena, a), side_claim(b));
}

static void join_cp(struct arena *arena, const struct report *r, struct cp *a, const struct cp *b,
		    const bool at[2])
{
	if (!b->protocol)
		return;
	if (!a->protocol) {
		a->protocol = b->protocol;
		for (int i = 0; i < 2; i++)
			a->side[i].end = b->side[i].end;
	}
	if (a->protocol != b->protocol)
		return;
	for (int i = 0; i < 2; i++)
		join_side(arena, r, &a->side[i], &b->side[i], i == LNS && at[LNS]);
	fill_first(r, &a->opened, &b->opened);
	if (b->closed)
		cp_close(arena, a, *b->closed);
}

static void join_auth(const struct report *r, struct auth *a, const struct auth *b,
		      const bool at[2])
{
	if (!b->protocol)
		return;
	if (!a->protocol) {
		*a = *b;
		return;
	}
	if (a->result == RESULT_UNKNOWN && b->result != RESULT_UNKNOWN) {
		a->eap_asked = b->eap_asked;
		a->eap_wanted = b->eap_wanted;
		a->eap_refused = b->eap_refused;
		a->result = b->result;
		a->message = b->message;
		a->decided = b->decided;
		if (b->authenticator_name.len)
			a->authenticator_name = b->authenticator_name;
	}
	/* challenge, response and their ids belong together */
	if ((!a->challenge.len || !a->response.len) && b->response.len &&
	    (b->challenge.len || !a->response.len)) {
		a->challenge = b->challenge;
		a->response = b->response;
		a->challenge_id = b->challenge_id;
		a->response_id = b->response_id;
		a->algorithm = b->algorithm ? b->algorithm : a->algorithm;
	}
	if (!a->algorithm)
		a->algorithm = b->algorithm;
	end_join(&a->authenticator, &b->authenticator, at[LNS]);
	end_join(&a->peer, &b->peer, at[LNS]);
	fill_str(&a->authenticator_name, b->authenticator_name);
	fill_str(&a->peer_name, b->peer_name);
	fill_first(r, &a->first, &b->first);
	fill_first(r, &a->challenged, &b->challenged);
	fill_first(r, &a->responded, &b->responded);
	/* a recording that has fewer of them cannot tell */
	if (b->challenges > a->challenges ||
	    (b->challenges == a->challenges && b->unanswered < a->unanswered))
		a->unanswered = b->unanswered;
	a->challenges = larger16(a->challenges, b->challenges);
	a->responses = larger16(a->responses, b->responses);
	a->is_proxy |= b->is_proxy;
	a->by_lac |= b->by_lac;
	a->by_lns |= b->by_lns;
}

/* Words that tell a cause, not that a daemon stopped its pppd; of two such those that came first.
 */
static bool says_more(const struct report *r, const struct link_rare *a, const struct link_rare *b)
{
	bool a_tells = cause_of_phrase(a->disconnect_reason) != NULL;
	bool b_tells = cause_of_phrase(b->disconnect_reason) != NULL;

	if (!b->disconnect_reason.len || !a->disconnect_reason.len || a_tells != b_tells)
		return b->disconnect_reason.len && (!a->disconnect_reason.len || b_tells);
	return mark_before(r, &b->disconnect_said, &a->disconnect_said);
}

static void join_rare(const struct report *r, struct link_rare *a, const struct link_rare *b)
{
	fill_mark(&a->auth_method_refused, &b->auth_method_refused);
	fill_str(&a->auth_asked, b->auth_asked);
	fill_str(&a->auth_wanted, b->auth_wanted);
	fill_mark(&a->renegotiated, &b->renegotiated);
	if (says_more(r, a, b)) {
		a->disconnect_reason = b->disconnect_reason;
		a->disconnect_said = b->disconnect_said;
	}
	fill_str(&a->judged, b->judged);
	fill_str(&a->aaa_silent, b->aaa_silent);
	fill_mark(&a->loopback, &b->loopback);
}

void link_join(struct arena *arena, const struct report *r, struct ppp_link *a,
	       const struct ppp_link *b, const bool at[2])
{
	end_join(&a->phase[LNS], &b->phase[LNS], at[LNS]);
	end_join(&a->phase[CLIENT], &b->phase[CLIENT], at[LNS]);
	for (size_t k = 0; k < ALL_CP; k++)
		if (b->cp[k])
			join_cp(arena, r, link_cp_make(arena, a, k), b->cp[k], at);
	for (size_t i = 0; i < 2; i++)
		if (b->auth[i])
			join_auth(r, link_auth_make(arena, a, i), b->auth[i], at);
	fill_first(r, &a->first, &b->first);
	fill_last(r, &a->last, &b->last);
	if (b->rare)
		join_rare(r, link_rare_make(arena, a), b->rare);
	a->proxy_lcp |= b->proxy_lcp;
	if (a->proxy_accepted == TRUTH_UNKNOWN)
		a->proxy_accepted = b->proxy_accepted;
	for (int i = 0; i < 2; i++)
		if (!a->proxy_mru[i])
			a->proxy_mru[i] = b->proxy_mru[i];
	a->renegotiations = larger16(a->renegotiations, b->renegotiations);
}

void link_swap(struct ppp_link *p)
{
	struct end phase = p->phase[0];
	struct auth *auth = p->auth[0];
	uint16_t mru = p->proxy_mru[0];

	p->phase[0] = p->phase[1];
	p->phase[1] = phase;
	p->auth[0] = p->auth[1];
	p->auth[1] = auth;
	p->proxy_mru[0] = p->proxy_mru[1];
	p->proxy_mru[1] = mru;
	cps_turn(p);
}
