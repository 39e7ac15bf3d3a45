#include "cp_link.h"
#include "log_record.h"
#include "ppp_link.h"
#include "said_session.h"
#include "said_word.h"

/* −1: none is named, or it is not known. */
static int claimed_cp_state(struct str word)
{
	const uint8_t *states = said_cp_word(word);

	return states ? *states : -1;
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

void said_link_state(struct context *c, struct session *s, unsigned at, bool at_lac)
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

void said_link_phase(struct context *c, struct session *s, unsigned at)
{
	const uint8_t *phase = said_phase_word(said_text(c->event, FIELD_PHASE));

	if (!phase)
		return;
	if (is_too_early(c, s, at, *phase))
		end_disagrees(c, &s->ppp.phase[at], *phase, ppp_roles[at], &s->verdicts);
	end_adopt(c, &s->ppp.phase[at], *phase, ppp_roles[at], 0, false);
	if (*phase == LINK_ESTABLISH)
		mark_first(&link_rare_make(c->arena, &s->ppp)->told, c->mark);
}
