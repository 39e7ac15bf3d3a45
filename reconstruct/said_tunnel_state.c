#include "log_record.h"
#include "said_tunnel.h"
#include "said_word.h"
#include "tunnel.h"

/* It was there when the log began, but it never came up. */
static void tunnel_still_asks(struct tunnel *t)
{
	const struct mark *gave_up = &live_tunnel(t)->gave_up;

	t->was_there = false;
	if (gave_up->is_set && !t->unanswered.is_set)
		t->unanswered = (struct unanswered){.is_set = true,
						    .from = INITIATOR,
						    .message = SCCRQ,
						    .is_given_up = true,
						    .first = *gave_up,
						    .last = *gave_up};
	if (t->unanswered.is_set && t->unanswered.message == HELLO)
		t->unanswered.message = SCCRQ;
}

/* RFC 2661 7.2.1: only the initiator's SCCCN brings the responder up. */
static void initiator_is_up(struct context *c, struct tunnel *t)
{
	struct end *end = &t->end[INITIATOR];

	if (t->end[RESPONDER].state != TUNNEL_ESTABLISHED || end->state == TUNNEL_ESTABLISHED)
		return;
	end_adopt(c, end, TUNNEL_ESTABLISHED, tunnel_role(INITIATOR), 0, true);
	tunnel_note_established(c, t, INITIATOR);
}

void said_tunnel_state(struct context *c, struct tunnel *t)
{
	struct live_tunnel *lt = live_tunnel(t);
	struct end *end = &t->end[lt->local];
	struct str said = said_text(c->event, FIELD_AFTER);
	const uint8_t *before = said_tunnel_word(said_text(c->event, FIELD_BEFORE));
	const uint8_t *after;

	if (!said.len)
		said = said_text(c->event, FIELD_STATE);
	after = said_tunnel_word(said);
	if (!after)
		return;
	if ((str_equal_nocase(said, STR("idle")) || str_is(said, "dead")) && before &&
	    !said_word_means(before, TUNNEL_IDLE))
		lt->is_closed = true;
	if (lt->local == INITIATOR && t->was_there &&
	    (after[0] == TUNNEL_WAIT_CTL_REPLY ||
	     (before && before[0] == TUNNEL_WAIT_CTL_REPLY && after[0] == TUNNEL_IDLE)))
		tunnel_still_asks(t);
	if (said_word_means(after, end->state) || end->state == after[0])
		return;
	if (before && !said_word_means(before, end->state) && end->state != TUNNEL_UNKNOWN &&
	    !end->is_doubtful)
		end_disagrees(c, end, before[0], tunnel_role(lt->local), &t->verdicts);
	/* `wait-ctl-reply` of the end that was asked is the RFC's wait-ctl-conn */
	end_adopt(c, end,
		  after[0] == TUNNEL_WAIT_CTL_REPLY && lt->local == RESPONDER ? TUNNEL_WAIT_CTL_CONN
									      : after[0],
		  tunnel_role(lt->local), 0, false);
	tunnel_note_established(c, t, lt->local);
	if (lt->local == RESPONDER && t->roles_known)
		initiator_is_up(c, t);
}
