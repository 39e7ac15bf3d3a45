#include "cp_link.h"
#include "log_record.h"
#include "ppp_link.h"

static int claimed_cp_state(struct str word)
{
	static const struct {
		const char *word;
		uint8_t state;
	} words[] = {
		{"open", CP_STATE_OPENED},
		{"opened", CP_STATE_OPENED},
		{"closed", CP_STATE_CLOSED},
		{"listen", CP_STATE_STOPPED},
		{"stopped", CP_STATE_STOPPED},
		{"initial", CP_STATE_INITIAL},
		{"not negotiated", CP_STATE_INITIAL},
		{"starting", CP_STATE_STARTING},
		{"closing", CP_STATE_CLOSING},
		{"stopping", CP_STATE_STOPPING},
		{"reqsent", CP_STATE_REQ_SENT},
		{"ackrcvd", CP_STATE_ACK_RCVD},
		{"acksent", CP_STATE_ACK_SENT},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (str_equal_nocase(word, str_of(words[i].word)))
			return words[i].state;
	}
	return -1;
}

static uint16_t said_protocol(const struct event *e)
{
	static const struct {
		const char *name;
		uint16_t protocol;
	} names[] = {{"LCP", PPP_LCP},
		     {"IPCP", PPP_IPCP},
		     {"IPV6CP", PPP_IPV6CP},
		     {"IPv6CP", PPP_IPV6CP},
		     {"CCP", PPP_CCP}};
	struct str said = said_text(e, FIELD_PROTOCOL);

	if (e->ppp.protocol)
		return e->ppp.protocol;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_is(said, names[i].name))
			return names[i].protocol;
	}
	return 0;
}

void ppp_link_said_state(struct context *c, struct session *s, unsigned at, bool at_lac)
{
	uint16_t protocol = said_protocol(c->event);
	int state = claimed_cp_state(said_text(c->event, FIELD_STATE));
	int before = claimed_cp_state(said_text(c->event, FIELD_BEFORE));
	struct cp *cp;
	struct cp_side *side;

	if (before == CP_STATE_OPENED && (protocol == PPP_IPCP || protocol == PPP_IPV6CP) &&
	    !link_cp(&s->ppp, cp_index(protocol))->opened.is_set)
		session_told_make(c->arena, s)->was_up = true;
	if (!protocol || state < 0)
		return;
	cp = ppp_link_cp(c->arena, &s->ppp, protocol, at_lac);
	side = &cp->side[at];
	if (state == CP_STATE_OPENED) {
		if (c->event->l2tp.is_present && protocol == PPP_LCP)
			mark_first(&s->ppp.first, c->mark);
		if (c->event->l2tp.is_present && !s->ppp.first.is_set &&
		    (protocol == PPP_IPCP || protocol == PPP_IPV6CP))
			session_told_make(c->arena, s)->was_up = true; /* all before it is unseen */
		mark_first(&side_claim_make(c->arena, side)->open, c->mark);
		mark_first(&cp->opened, mark_text(c, "the router says it is open"));
	}
	if (state == CP_STATE_CLOSED || state == CP_STATE_INITIAL) {
		mark_first(&side_claim_make(c->arena, side)->closed, c->mark);
		cp_close(c->arena, cp, c->mark);
	}
	cp_said(&(struct cp_step){.c = c,
				  .s = s,
				  .cp = cp,
				  .who = at_lac ? ppp_roles_at_lac : ppp_roles,
				  .at_lac = at_lac},
		at, (uint8_t)state);
}

/* Authentication and network need an open LCP, and a network needs a client that was not
 * refused (RFC 1661 3.5, 3.6). */
static bool is_too_early(const struct context *c, const struct session *s, unsigned at,
			 uint8_t phase)
{
	const struct cp_side *lcp = &link_cp(&s->ppp, CP_LCP)->side[at];
	const struct auth *client = link_auth(&s->ppp, CLIENT);
	bool negotiates = lcp->end.state >= CP_STATE_REQ_SENT && lcp->end.state < CP_STATE_OPENED &&
			  !lcp->end.is_doubtful;

	if (c->observer->unsure > side_moved(lcp)->by)
		return false;
	if (phase == LINK_NETWORK && client->by_lns && client->result == RESULT_FAILURE)
		return true;
	return (phase == LINK_AUTHENTICATE || phase == LINK_NETWORK) && negotiates;
}

void ppp_link_said_phase(struct context *c, struct session *s, unsigned at)
{
	static const struct {
		const char *word;
		uint8_t state;
	} phases[] = {
		{"establishing", LINK_ESTABLISH},
		{"authenticating", LINK_AUTHENTICATE},
		{"forwarding", LINK_AUTHENTICATE},
		{"forwarded", LINK_AUTHENTICATE},
		{"up", LINK_NETWORK},
		{"network", LINK_NETWORK},
		{"terminating", LINK_TERMINATE},
		{"down", LINK_DEAD},
		{"dead", LINK_DEAD},
	};
	struct str word = said_text(c->event, FIELD_PHASE);

	for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]); i++) {
		if (!str_equal_nocase(word, str_of(phases[i].word)))
			continue;
		if (is_too_early(c, s, at, phases[i].state))
			end_disagrees(c, &s->ppp.phase[at], phases[i].state, ppp_roles[at],
				      &s->verdicts);
		end_adopt(c, &s->ppp.phase[at], phases[i].state, ppp_roles[at], 0, false);
		if (phases[i].state == LINK_ESTABLISH)
			mark_first(&link_rare_make(c->arena, &s->ppp)->told, c->mark);
	}
}
