/* What a router says of its own control protocols, against the replay. */
#include "cp_link.h"

/* Timers and commands lead to these without a packet. */
static bool is_quiet(uint8_t state)
{
	return state <= CP_STATE_STOPPING;
}

/* IOS prints the state that a packet found, also for the answers to it: `O CONFACK [Open]`
 * after the `I CONFREQ [Open]` that ended Opened. */
static bool agrees(const struct cp_side *side, uint8_t claimed)
{
	return side->end.state == claimed || side->before_received == claimed ||
	       (is_quiet(side->before_received) && is_quiet(claimed));
}

/* The log begins behind the other end's request, which the claim rests on. */
static bool rests_on_unseen(const struct cp_step *x, unsigned at)
{
	return x->s->was_there && !x->cp->side[1 - at].last_request.is_set;
}

/* An answer to a request that was not printed: what it found is what that request left. */
static bool answers_unseen(const struct cp_step *x, unsigned at)
{
	const struct event *e = x->c->event;
	const struct cp_side *asker = &x->cp->side[1 - at];

	return e->sense == SENT && e->ppp.code >= CP_CONFACK && e->ppp.code <= CP_CONFREJ &&
	       (!asker->last_request.is_set || (e->ppp.has_id && asker->request_id != e->ppp.id));
}

static bool contradicts(const struct context *c, const struct cp_side *side, uint8_t claimed)
{
	const struct end *end = &side->end;

	return end->state != claimed && !is_quiet(claimed) && !is_quiet(end->state) &&
	       !end->is_doubtful && c->observer->unsure <= side_moved(side)->by;
}

static void claim(struct cp_step *x, unsigned at, uint8_t claimed)
{
	struct cp_side *side = &x->cp->side[at];

	if (contradicts(x->c, side, claimed) && !rests_on_unseen(x, at))
		end_disagrees(x->c, &side->end, claimed, x->who[at], &x->s->verdicts);
	end_adopt(x->c, &side->end, claimed, x->who[at], x->cp->protocol, false);
}

void cp_said(struct cp_step *x, unsigned at, uint8_t claimed)
{
	claim(x, at, claimed);
}

void cp_bracket(struct cp_step *x)
{
	const struct event *e = x->c->event;
	unsigned at = e->sense == SENT ? x->from : 1 - x->from;
	uint8_t claimed = (uint8_t)(e->ppp.claimed_state + 1);

	if (e->ppp.claimed_state < 0 || claimed >= CP_STATES || e->is_virtual ||
	    answers_unseen(x, at))
		return;
	if (!agrees(&x->cp->side[at], claimed))
		claim(x, at, claimed);
}
