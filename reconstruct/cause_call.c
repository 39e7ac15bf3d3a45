#include "cause.h"

/* Three restart timers of PPP (RFC 1661 4.6): what was not answered by then is missing. */
static const double WAIT_PPP_S = 9;
static const double WAIT_CONTROL_S = 7;

static struct ppp_link *link_of(const struct trial *f)
{
	return &f->s->ppp;
}

static const struct mark *terminate_of(const struct trial *f, int side)
{
	return &link_of(f)->cp[CP_LCP].side[side].terminate;
}

/* The tunnel's StopCCN ends a call that was alive then. */
static const struct mark *stopccn_of(const struct trial *f)
{
	const struct ending *e = &f->t->stopccn;

	if (!e->is_set || (f->s->first.is_set && mark_before(f->r, &e->mark, &f->s->first)))
		return NULL;
	return &e->mark;
}

static bool cdn_ended(const struct trial *f)
{
	return f->c->cdn.is_set && f->end &&
	       (f->end == &f->c->cdn.mark || mark_before(f->r, f->end, &f->c->cdn.mark));
}

static enum role cdn_role(const struct trial *f)
{
	if (!f->c->roles_known)
		return ROLE_UNKNOWN;
	return f->c->cdn.from == LAC ? ROLE_LAC : ROLE_LNS;
}

static int terminator(const struct trial *f)
{
	for (int i = 0; i < 2; i++)
		if (f->end && f->end == terminate_of(f, i))
			return i;
	return -1;
}

/* Who made the first move (contract §3, ended_by). */
static enum role first_mover(const struct trial *f)
{
	int side = terminator(f);

	if (side >= 0)
		return side == CLIENT ? ROLE_CLIENT : ROLE_LNS;
	if (f->end && f->end == &f->c->cdn.mark)
		return cdn_role(f);
	if (f->end && f->end == stopccn_of(f)) {
		enum role role = role_of_end(f->s, f->t->stopccn.from);

		return role == ROLE_LAC || role == ROLE_LNS ? role : ROLE_UNKNOWN;
	}
	return ROLE_NETWORK;
}

static struct str terminate_words(struct trial *f, int side)
{
	const struct cp_side *lcp = &link_of(f)->cp[CP_LCP].side[side];

	return arena_printf(f->r->arena, "%.*s sent LCP Terminate-Request%.*s%.*s",
			    STR_ARG(side_words(f, side == CLIENT ? ROLE_CLIENT : ROLE_LNS)),
			    STR_ARG(quote_words(f->r, lcp->terminate_text)),
			    STR_ARG(time_words(f->r, &lcp->terminate)));
}

static struct str cdn_words(struct trial *f)
{
	const struct ending *e = &f->c->cdn;
	const char *name = e->result >= 0 ? code_name(CODE_CDN, (uint32_t)e->result) : NULL;
	const char *error = e->error > 0 ? code_name(CODE_ERROR, (uint32_t)e->error) : NULL;
	struct str more = {0};

	if (e->error > 0)
		more = arena_printf(f->r->arena, ", error %d%s%s", e->error, error ? " " : "",
				    error ? error : "");
	return arena_printf(f->r->arena, "CDN result %d%s%s%s%.*s%.*s from %.*s%.*s", e->result,
			    name ? " (" : "", name ? name : "", name ? ")" : "", STR_ARG(more),
			    STR_ARG(quote_words(f->r, e->text)),
			    STR_ARG(side_words(f, cdn_role(f))),
			    STR_ARG(time_words(f->r, &e->mark)));
}

/* What the protocol's end looked like, for sentences whose cause lies before it. */
static struct str ending_words(struct trial *f)
{
	int side = terminator(f);

	if (side >= 0)
		return arena_printf(f->r->arena, "; then %.*s", STR_ARG(terminate_words(f, side)));
	if (f->end && f->end == &f->c->cdn.mark)
		return arena_printf(f->r->arena, "; then %.*s", STR_ARG(cdn_words(f)));
	if (f->end && f->end == stopccn_of(f))
		return arena_printf(f->r->arena, "; then StopCCN closed the tunnel%.*s",
				    STR_ARG(time_words(f->r, f->end)));
	return (struct str){0};
}

/* Nothing came any more although the vantage point went on watching. */
static bool given_up(const struct trial *f)
{
	return f->end || mark_watched(f->r, &f->s->last) >= WAIT_PPP_S;
}

static bool terminate_phrase(struct trial *f)
{
	int side = terminator(f);
	struct str text;

	if (side < 0)
		return false;
	text = link_of(f)->cp[CP_LCP].side[side].terminate_text;
	f->cause = cause_of_phrase(text);
	if (!f->cause)
		return false;
	return trial_say(f, "%.*s.", STR_ARG(terminate_words(f, side)));
}

static bool said_phrase(struct trial *f)
{
	struct str text = link_of(f)->disconnect_reason;

	f->cause = cause_of_phrase(text);
	if (!f->cause || !f->end)
		return false;
	return trial_say(f, "The router says why PPP was disconnected%.*s%.*s.",
			 STR_ARG(quote_words(f->r, text)), STR_ARG(ending_words(f)));
}

static bool auth_rejected(struct trial *f)
{
	struct ppp_link *p = link_of(f);

	for (int i = 0; i < 2; i++) {
		const struct auth *a = &p->auth[i];

		if (a->result != RESULT_FAILURE || (f->came_up && !f->end))
			continue;
		f->by = i == CLIENT ? (a->by_lac && !a->by_lns ? ROLE_LAC : ROLE_LNS) : ROLE_CLIENT;
		return trial_say(f, "%.*s rejected the authentication of %s%.*s%.*s%.*s%s.",
				 STR_ARG(side_words(f, f->by)), a->peer_name.len ? "" : "its peer",
				 STR_ARG(a->peer_name), STR_ARG(time_words(f->r, &a->decided)),
				 STR_ARG(quote_words(f->r, a->message)),
				 a->verified == TRUTH_FALSE  ? ", and the response indeed does not "
							       "fit the given password"
				 : a->verified == TRUTH_TRUE ? ", although the response fits the "
							       "given password"
							     : "");
	}
	return false;
}

static bool auth_method_refused(struct trial *f)
{
	const struct mark *m = &link_of(f)->auth_method_refused;

	if (!m->is_set || f->came_up || !given_up(f) || link_of(f)->auth[CLIENT].response.len)
		return false;
	if (link_of(f)->auth[CLIENT].responses || link_of(f)->auth[LNS].responses)
		return false;
	f->by = first_mover(f);
	return trial_say(f,
			 "One end asked for authentication and the other refused every method, "
			 "first%.*s%.*s.",
			 STR_ARG(time_words(f->r, m)), STR_ARG(ending_words(f)));
}

static bool lcp_loopback(struct trial *f)
{
	const struct mark *m = &link_of(f)->loopback;

	if (!m->is_set || f->came_up)
		return false;
	f->by = ROLE_NETWORK;
	return trial_say(f,
			 "The line is looped: an end got its own magic number back%.*s; check the "
			 "access line.",
			 STR_ARG(time_words(f->r, m)));
}

static bool echo_lost(struct trial *f)
{
	for (int i = 0; i < 2; i++) {
		const struct cp_side *lcp = &link_of(f)->cp[CP_LCP].side[i];

		if (lcp->echo_unanswered < 3 || !f->came_up || !f->end)
			continue;
		f->by = ROLE_NETWORK;
		return trial_say(f,
				 "%.*s sent %u LCP Echo-Requests without an answer, the last"
				 "%.*s%.*s.",
				 STR_ARG(side_words(f, i == CLIENT ? ROLE_CLIENT : ROLE_LNS)),
				 lcp->echo_unanswered, STR_ARG(time_words(f->r, &lcp->echo_last)),
				 STR_ARG(ending_words(f)));
	}
	return false;
}

static bool hangup(struct trial *f)
{
	int side = terminator(f);

	if (side < 0)
		return false;
	f->cause = side == CLIENT ? "client-hangup" : "lns-hangup";
	return trial_say(f, "%.*s%s.", STR_ARG(terminate_words(f, side)),
			 f->came_up ? "" : " before the call came up");
}

static bool hangup_of_open_call(struct trial *f)
{
	return f->came_up && hangup(f);
}

static bool disconnect_avp(struct trial *f)
{
	const struct ending *e = &f->c->cdn;
	const char *name;

	if (!cdn_ended(f) || !e->has_disconnect)
		return false;
	f->cause = cause_of_disconnect(e->disconnect_code);
	if (e->disconnect_code == 3 && e->disconnect_direction)
		f->cause = (e->disconnect_direction == 1) == (e->from == LNS) ? "client-hangup"
									      : "lns-hangup";
	if (!f->cause)
		return false;
	name = code_name(CODE_DISCONNECT, e->disconnect_code);
	return trial_say(f, "The PPP disconnect cause is %u%s%s%s: %.*s.", e->disconnect_code,
			 name ? " (" : "", name ? name : "", name ? ")" : "",
			 STR_ARG(cdn_words(f)));
}

static bool cdn_phrase(struct trial *f)
{
	if (!cdn_ended(f))
		return false;
	f->cause = cause_of_phrase(f->c->cdn.text);
	return f->cause && trial_say(f, "The call was ended by %.*s.", STR_ARG(cdn_words(f)));
}

static bool cdn_error(struct trial *f)
{
	if (!cdn_ended(f) || f->c->cdn.result != 2)
		return false;
	f->cause = cause_of_error(f->c->cdn.error);
	return f->cause && trial_say(f, "The call was ended by %.*s.", STR_ARG(cdn_words(f)));
}

static bool cdn_q931(struct trial *f)
{
	const struct ending *e = &f->c->cdn;
	const char *name;

	if (!cdn_ended(f) || !e->has_q931 || !e->q931_cause)
		return false;
	if (e->q931_cause == 16 && e->result == 1)
		return false; /* normal clearing adds nothing to loss of carrier */
	f->cause = cause_of_q931(e->q931_cause);
	if (!f->cause)
		return false;
	name = code_name(CODE_Q931, e->q931_cause);
	return trial_say(f, "The line was cleared with Q.931 cause %u%s%s%s: %.*s.", e->q931_cause,
			 name ? " (" : "", name ? name : "", name ? ")" : "",
			 STR_ARG(cdn_words(f)));
}

static bool ncp_spoken(const struct ppp_link *p)
{
	for (int k = CP_IPCP; k < N_CP; k++)
		if (p->cp[k].side[0].first_request.is_set || p->cp[k].side[1].first_request.is_set)
			return true;
	return false;
}

static bool auth_no_answer(struct trial *f)
{
	struct ppp_link *p = link_of(f);

	for (int i = 0; i < 2; i++) {
		const struct auth *a = &p->auth[i];
		bool sent = a->responded.is_set && a->responses;

		if (f->came_up || !a->protocol || a->result != RESULT_UNKNOWN || !given_up(f) ||
		    ncp_spoken(p) || (!sent && !a->challenged.is_set))
			continue;
		/* the LAC only collects the response; the LNS judges it, out of the LAC's sight */
		if (a->by_lac && !a->by_lns)
			continue;
		f->by = f->end ? first_mover(f) : ROLE_NETWORK;
		if (sent) {
			trial_also(f, "aaa-unreachable");
			return trial_say(f,
					 "The %s of %.*s%.*s was never answered with success or "
					 "failure%.*s; the log of the authenticator (RADIUS) would "
					 "tell why.",
					 a->protocol == PPP_PAP ? "PAP request" : "response",
					 STR_ARG(a->peer_name),
					 STR_ARG(time_words(f->r, &a->responded)),
					 STR_ARG(ending_words(f)));
		}
		return trial_say(f,
				 "The challenge of %.*s%.*s (%u sent) was never answered%.*s; a "
				 "capture at the client would tell whether it arrived.",
				 STR_ARG(a->authenticator_name),
				 STR_ARG(time_words(f->r, &a->challenged)), a->challenges,
				 STR_ARG(ending_words(f)));
	}
	return false;
}

static bool refused_option(const struct cp_side *side, uint8_t number)
{
	return option_find(side->refused, side->n_refused, number) != NULL;
}

static bool ipcp_address_refused(struct trial *f)
{
	const struct cp *ipcp = &link_of(f)->cp[CP_IPCP];

	bool is_useless = ipcp_was_useless(link_of(f));

	if (f->came_up || (ipcp->opened.is_set && !is_useless) || !given_up(f))
		return false;
	for (int i = LNS; i >= CLIENT; i--) {
		const struct cp_side *judge = &ipcp->side[i], *asker = &ipcp->side[1 - i];
		unsigned refusals = (unsigned)judge->naks + judge->rejects;

		if ((asker->acked.is_set && !is_useless) || refusals < 2 ||
		    !refused_option(judge, 3))
			continue;
		f->by = f->end ? first_mover(f) : (i == CLIENT ? ROLE_CLIENT : ROLE_LNS);
		return trial_say(f,
				 "%.*s refused the IP address that its peer asks for %u times, "
				 "the last%.*s, and IPCP never opened%.*s.",
				 STR_ARG(side_words(f, i == CLIENT ? ROLE_CLIENT : ROLE_LNS)),
				 refusals, STR_ARG(time_words(f->r, &judge->refused_mark)),
				 STR_ARG(ending_words(f)));
	}
	return false;
}

static bool ncp_rejected(struct trial *f)
{
	struct ppp_link *p = link_of(f);

	if (f->came_up || !given_up(f))
		return false;
	for (int k = CP_IPCP; k < N_CP; k++) {
		if (k == CP_CCP)
			continue;
		for (int i = 0; i < 2; i++) {
			const struct mark *m = &p->cp[k].side[i].protocol_reject;
			const char *name = code_name(CODE_PPP_PROTOCOL, p->cp[k].protocol);

			if (!m->is_set)
				continue;
			f->by = f->end ? first_mover(f) : (i == CLIENT ? ROLE_CLIENT : ROLE_LNS);
			return trial_say(
				f, "%.*s rejected %s%.*s and no other network protocol opened%.*s.",
				STR_ARG(side_words(f, i == CLIENT ? ROLE_CLIENT : ROLE_LNS)),
				name ? name : "the network protocol", STR_ARG(time_words(f->r, m)),
				STR_ARG(ending_words(f)));
		}
	}
	return false;
}

static bool ncp_no_agreement(struct trial *f)
{
	if (f->came_up || !given_up(f) || !ncp_spoken(link_of(f)))
		return false;
	f->by = f->end ? first_mover(f) : ROLE_NETWORK;
	return trial_say(f,
			 "Network protocols were negotiated but none was acknowledged both ways"
			 "%.*s.",
			 STR_ARG(ending_words(f)));
}

static bool lcp_is_open(const struct ppp_link *p)
{
	return p->cp[CP_LCP].opened.is_set || p->proxy_accepted == TRUTH_TRUE;
}

/* An end that never sent a Configure-Request of its own, whatever it acknowledged. */
static bool lcp_no_answer(struct trial *f)
{
	const struct cp *lcp = &link_of(f)->cp[CP_LCP];

	if (f->came_up || !given_up(f) || lcp_is_open(link_of(f)))
		return false;
	for (int i = 0; i < 2; i++) {
		const struct cp_side *asker = &lcp->side[i], *silent = &lcp->side[1 - i];
		unsigned sent = (unsigned)asker->requests + asker->request_repeats;

		if (sent < 2 || silent->requests)
			continue;
		f->by = f->end ? first_mover(f) : ROLE_NETWORK;
		trial_also(f, "lcp-no-agreement");
		return trial_say(
			f,
			"%.*s sent %u LCP Configure-Requests, the first%.*s; %.*s %s%.*s; a "
			"capture at "
			"the silent end would tell what it waits for.",
			STR_ARG(side_words(f, i == CLIENT ? ROLE_CLIENT : ROLE_LNS)), sent,
			STR_ARG(time_words(f->r, &asker->first_request)),
			STR_ARG(side_words(f, i == CLIENT ? ROLE_LNS : ROLE_CLIENT)),
			silent->acks + silent->naks + silent->rejects
				? "answered them but never sent its own, so LCP never opened"
				: "never answered",
			STR_ARG(ending_words(f)));
	}
	return false;
}

static bool lcp_no_agreement(struct trial *f)
{
	const struct cp *lcp = &link_of(f)->cp[CP_LCP];

	if (f->came_up || !given_up(f) || lcp_is_open(link_of(f)) || !lcp->side[0].requests ||
	    !lcp->side[1].requests)
		return false;
	f->by = f->end ? first_mover(f) : ROLE_NETWORK;
	return trial_say(f,
			 "Both ends negotiated LCP (%u and %u Configure-Requests) but never "
			 "agreed%.*s.",
			 lcp->side[CLIENT].requests, lcp->side[LNS].requests,
			 STR_ARG(ending_words(f)));
}

/* ICRQ or OCRQ without an answer, or an answer without what must follow it. A call that is
 * dialled may take as long as the telephone rings. */
static bool session_not_answered(struct trial *f)
{
	static const double WAIT_RINGING_S = 60;
	const struct session *s = f->s;
	const struct mark *asked = mark_earlier(f->r, &s->seen[ICRQ].first, &s->seen[OCRQ].first);
	const struct seen *answer = s->seen[OCRP].count ? &s->seen[OCRP] : &s->seen[ICRP];
	bool is_outgoing = s->seen[OCRQ].count || s->seen[OCRP].count;
	const struct mark *last = answer->count ? &answer->first : asked;
	double wait = is_outgoing && answer->count ? WAIT_RINGING_S : WAIT_CONTROL_S;

	if (!asked || s->seen[ICCN].count || s->seen[OCCN].count || f->c->cdn.is_set ||
	    s->ppp.first.is_set || s->established[LAC].is_set || s->established[LNS].is_set)
		return false;
	if (!f->end && mark_watched(f->r, last) < wait)
		return false;
	f->by = ROLE_NETWORK;
	return trial_say(f,
			 "The %s%.*s was %s%.*s; the log of the other end would tell what became "
			 "of it.",
			 is_outgoing ? "OCRQ" : "ICRQ", STR_ARG(time_words(f->r, asked)),
			 !answer->count ? "never answered"
			 : is_outgoing  ? "answered with OCRP but OCCN never followed"
					: "answered with ICRP but ICCN never followed",
			 STR_ARG(ending_words(f)));
}

static bool is_xl2tpd(const struct tunnel *t, int end)
{
	return str_find(t->peer[end].vendor, STR("xelerance")) != SIZE_MAX;
}

static bool cdn_result(struct trial *f)
{
	/* RFC 2661 4.4.2, RFC 3931 5.4.2 */
	static const struct {
		int result;
		const char *cause;
	} rows[] = {
		{2, "protocol-error"}, {3, "admin-clear"},         {4, "no-resources"},
		{5, "no-resources"},   {6, "invalid-destination"}, {7, "no-carrier"},
		{8, "busy"},           {9, "no-dial-tone"},        {10, "call-timeout"},
		{11, "no-framing"},
	};
	const struct ending *e = &f->c->cdn;

	if (!cdn_ended(f))
		return false;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].result != e->result)
			continue;
		f->cause = rows[i].cause;
		return trial_say(f, "The call was ended by %.*s.", STR_ARG(cdn_words(f)));
	}
	return false;
}

/* " (ISDN disconnect at 17.140 s)" */
static struct str line_words(struct trial *f)
{
	if (!f->s->isdn_disconnect.is_set)
		return (struct str){0};
	return arena_printf(f->r->arena, " (ISDN disconnect%.*s)",
			    STR_ARG(time_words(f->r, &f->s->isdn_disconnect)));
}

/* CDN 1 is loss of carrier only from the LAC; xl2tpd sends it for everything. */
static bool carrier_lost(struct trial *f)
{
	const struct ending *e = &f->c->cdn;
	int end = e->from == LAC ? f->s->lac_end : 1 - f->s->lac_end;

	if (!cdn_ended(f) || e->result != 1 || cdn_role(f) != ROLE_LAC)
		return false;
	if (is_xl2tpd(f->t, end)) {
		f->confidence = CONFIDENCE_POSSIBLE;
		trial_also(f, "client-hangup");
		return trial_say(f,
				 "The LAC ended the call: %.*s; xl2tpd uses this result for every "
				 "end, its own log would tell which.",
				 STR_ARG(cdn_words(f)));
	}
	return trial_say(f, "%.*s lost the caller's line%.*s: %.*s.",
			 STR_ARG(side_words(f, ROLE_LAC)), STR_ARG(line_words(f)),
			 STR_ARG(cdn_words(f)));
}

static bool cdn_without_reason(struct trial *f)
{
	if (!cdn_ended(f))
		return false;
	f->cause = cdn_role(f) == ROLE_LNS ? "lns-hangup" : "unknown";
	return trial_say(
		f,
		"The call was ended by %.*s, with nothing before it that says why; the log "
		"of that end would.",
		STR_ARG(cdn_words(f)));
}

/* In order: the call takes the tunnel's cause. By a fault: tunnel-lost. */
static bool tunnel_ended(struct trial *f)
{
	const struct tunnel *t = f->t;
	bool alive = !f->c->cdn.is_set && terminator(f) < 0;

	if (!alive || !t->cause || t->outcome == OUTCOME_UP || t->outcome == OUTCOME_UNKNOWN)
		return false;
	if (t->ended.is_set && f->s->first.is_set && mark_before(f->r, &t->ended, &f->s->first))
		return false;
	if (cause_is_orderly(t->cause)) {
		f->cause = t->cause;
		f->by = first_mover(f);
		f->confidence = (enum confidence)t->confidence;
		return trial_say(f, "The call ended with its tunnel %llu: %.*s",
				 (unsigned long long)t->number, STR_ARG(t->cause_text));
	}
	f->by = t->ended_by == ROLE_NETWORK ? ROLE_NETWORK : first_mover(f);
	if (t->outcome == OUTCOME_FAILED) {
		f->cause = t->cause;
		f->confidence = (enum confidence)t->confidence;
		return trial_say(f, "The caller got no tunnel: %.*s", STR_ARG(t->cause_text));
	}
	trial_also(f, t->cause);
	return trial_say(f, "The call fell because its tunnel %llu did: %.*s",
			 (unsigned long long)t->number, STR_ARG(t->cause_text));
}

/* Only a log of one end tells it, and only if nothing of the call comes after it: an interface
 * goes down before it is used, too. */
static bool line_went_away(struct trial *f)
{
	const struct session *s = f->s;
	const struct mark *gone = mark_earlier(f->r, &s->isdn_disconnect, &s->link_down);

	if (f->end || !gone || mark_before(f->r, gone, &s->ppp.last) ||
	    mark_before(f->r, gone, &f->c->connected))
		return false;
	f->by = ROLE_NETWORK;
	return trial_say(f,
			 "The caller's line was disconnected%.*s; a CDN was not seen, the log of "
			 "the other end would have it.",
			 STR_ARG(time_words(f->r, gone)));
}

static const struct cause_row rows[] = {
	{auth_rejected, "auth-rejected", CONFIDENCE_CERTAIN},
	{auth_method_refused, "auth-method-refused", CONFIDENCE_CERTAIN},
	{terminate_phrase, NULL, CONFIDENCE_CERTAIN},
	{said_phrase, NULL, CONFIDENCE_CERTAIN},
	{lcp_loopback, "lcp-loopback", CONFIDENCE_CERTAIN},
	{echo_lost, "echo-lost", CONFIDENCE_LIKELY},
	{hangup_of_open_call, NULL, CONFIDENCE_CERTAIN},
	{disconnect_avp, NULL, CONFIDENCE_CERTAIN},
	{cdn_phrase, NULL, CONFIDENCE_CERTAIN},
	{cdn_error, NULL, CONFIDENCE_CERTAIN},
	{cdn_q931, NULL, CONFIDENCE_CERTAIN},
	{auth_no_answer, "auth-no-answer", CONFIDENCE_LIKELY},
	{ipcp_address_refused, "ipcp-address-refused", CONFIDENCE_LIKELY},
	{ncp_rejected, "ncp-rejected", CONFIDENCE_LIKELY},
	{ncp_no_agreement, "ncp-no-agreement", CONFIDENCE_LIKELY},
	{lcp_no_answer, "lcp-no-answer", CONFIDENCE_LIKELY},
	{lcp_no_agreement, "lcp-no-agreement", CONFIDENCE_LIKELY},
	{hangup, NULL, CONFIDENCE_CERTAIN},
	{session_not_answered, "session-not-answered", CONFIDENCE_LIKELY},
	{carrier_lost, "carrier-lost", CONFIDENCE_CERTAIN},
	{cdn_result, NULL, CONFIDENCE_CERTAIN},
	{cdn_without_reason, NULL, CONFIDENCE_POSSIBLE},
	{tunnel_ended, "tunnel-lost", CONFIDENCE_CERTAIN},
	{line_went_away, "carrier-lost", CONFIDENCE_LIKELY},
};

static bool call_came_up(const struct call *c)
{
	if (c->reached == REACHED_NCP)
		return true;
	return c->tunnel->version == 3 && !c->session->ppp.first.is_set && c->connected.is_set;
}

static const struct mark *end_of(const struct trial *f)
{
	const struct mark *end = mark_earlier(f->r, terminate_of(f, CLIENT), terminate_of(f, LNS));

	end = mark_earlier(f->r, end, f->c->cdn.is_set ? &f->c->cdn.mark : NULL);
	return mark_earlier(f->r, end, stopccn_of(f));
}

/* A LAC's log follows a call only until it is forwarded: whether PPP came up is not told. */
static bool ppp_out_of_sight(const struct trial *f)
{
	const struct session *s = f->s;
	const struct ppp_link *p = &s->ppp;

	for (const struct session *j = s; j; j = j->joined) {
		const struct view *v = report_view(f->r, j->vantage);

		if (!v || !v->is_text || v->role != ROLE_LAC)
			return false;
	}
	return (s->established[LAC].is_set || s->established[LNS].is_set) &&
	       !p->cp[CP_LCP].side[LNS].first_request.is_set && !p->auth[CLIENT].by_lns;
}

static void judge_open_end(struct trial *f)
{
	if (f->came_up) {
		f->c->outcome = OUTCOME_UP;
		trial_say(f, "The call is up when the input ends.");
		return;
	}
	f->c->outcome = OUTCOME_UNKNOWN;
	f->confidence = CONFIDENCE_LIKELY;
	if (ppp_out_of_sight(f)) {
		f->cause = "unknown";
		f->confidence = CONFIDENCE_POSSIBLE;
		trial_say(f, "The session is established when the input ends; whether PPP came up "
			     "between client and LNS is out of sight here, the log of the LNS "
			     "would tell.");
		return;
	}
	if (f->s->was_there) {
		f->cause = "capture-starts-late";
		trial_say(f, "The input begins in the middle of this call and shows neither data "
			     "nor its end.");
		return;
	}
	f->cause = "capture-ends";
	trial_say(f, "The input ends while the call is being set up (it had reached %s).",
		  reached_name(f->c->reached));
}

/* Where a call without an end of its own came to rest: when its tunnel did. */
static void seal_end(struct trial *f, bool judged)
{
	struct call *c = f->c;
	double last = 0;

	if (f->end)
		c->end = *f->end;
	else if (judged && f->t->ended.is_set && cause_is_orderly(f->cause) == false &&
		 f->s->last.is_set)
		c->end = mark_before(f->r, &f->t->ended, &f->s->last) ? f->s->last : f->t->ended;
	else if (judged)
		c->end = f->s->last;
	if (!c->connected.is_set)
		return;
	if (c->end.is_set)
		mark_gap(f->r, &c->connected, &c->end, &c->duration_s);
	else
		for (const struct session *s = f->s; s; s = s->joined) {
			const struct view *v = report_view(f->r, s->vantage);
			struct mark m = {.is_set = v != NULL, .vantage = s->vantage};

			if (v)
				m.when = v->last;
			if (mark_gap(f->r, &c->connected, &m, &last) && last > c->duration_s)
				c->duration_s = last;
		}
	if (c->duration_s < 0 && c->duration_s > -1)
		c->duration_s = 0;
}

void judge_call(struct report *r, struct call *c)
{
	struct trial f = {.r = r, .t = c->tunnel, .c = c, .s = c->session};
	bool judged;

	f.came_up = call_came_up(c);
	f.end = end_of(&f);
	f.by = first_mover(&f);
	judged = trial_judge(&f, rows, sizeof(rows) / sizeof(rows[0]));
	if (!judged)
		judge_open_end(&f);
	else if (f.came_up)
		c->outcome = cause_is_orderly(f.cause) ? OUTCOME_CLOSED : OUTCOME_DROPPED;
	else
		c->outcome =
			f.s->was_there || ppp_out_of_sight(&f) ? OUTCOME_UNKNOWN : OUTCOME_FAILED;
	seal_end(&f, judged);
	c->ended_by = judged ? f.by : ROLE_UNKNOWN;
	c->cause = f.cause;
	c->confidence = f.confidence;
	c->cause_text = f.text;
	c->n_also = f.n_also;
	for (size_t i = 0; i < f.n_also; i++)
		c->also[i] = f.also[i];
}
