#include "log_record.h"
#include "tunnel.h"

/* IOS's words (l2tpv2-fsm.md): several replay states may stand behind one. */
const uint8_t *tunnel_word(struct str word)
{
	static const struct {
		const char *word;
		uint8_t states[5];
	} words[] = {
		{"idle", {TUNNEL_IDLE, TUNNEL_REQUEST_RECEIVED}},
		{"wait-ctl-reply",
		 {TUNNEL_WAIT_CTL_REPLY, TUNNEL_WAIT_CTL_CONN, TUNNEL_REPLY_RECEIVED}},
		{"wait-ctl-conn", {TUNNEL_WAIT_CTL_CONN}},
		{"established", {TUNNEL_ESTABLISHED, TUNNEL_REPLY_RECEIVED}},
		{"no-sessions-left", {TUNNEL_ESTABLISHED}},
		{"shutting-down", {TUNNEL_IDLE}},
		/* `FSM-CC A->B` of IOS 12.4T and later, printed around its messages */
		{"Wt-SCCRP", {TUNNEL_WAIT_CTL_REPLY, TUNNEL_REPLY_RECEIVED, TUNNEL_ESTABLISHED}},
		{"Proc-SCCRP", {TUNNEL_REPLY_RECEIVED, TUNNEL_WAIT_CTL_REPLY, TUNNEL_ESTABLISHED}},
		{"Proc-SCCRQ", {TUNNEL_REQUEST_RECEIVED, TUNNEL_WAIT_CTL_CONN, TUNNEL_IDLE}},
		{"Wt-SCCCN", {TUNNEL_WAIT_CTL_CONN, TUNNEL_REQUEST_RECEIVED, TUNNEL_ESTABLISHED}},
		{"Proc-SCCCN", {TUNNEL_WAIT_CTL_CONN, TUNNEL_ESTABLISHED}},
		{"Wt-StopCCN-ack", {TUNNEL_IDLE}},
		{"dead", {TUNNEL_IDLE}},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (str_equal_nocase(word, str_of(words[i].word)))
			return words[i].states;
	}
	return NULL;
}

static bool means(const uint8_t *states, uint8_t state)
{
	for (; states && *states; states++) {
		if (*states == state)
			return true;
	}
	return false;
}

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

void tunnel_said_state(struct context *c, struct tunnel *t)
{
	struct live_tunnel *lt = live_tunnel(t);
	struct end *end = &t->end[lt->local];
	struct str said = said_text(c->event, FIELD_AFTER);
	const uint8_t *before = tunnel_word(said_text(c->event, FIELD_BEFORE));
	const uint8_t *after;

	if (!said.len)
		said = said_text(c->event, FIELD_STATE);
	after = tunnel_word(said);
	if (!after)
		return;
	if ((str_equal_nocase(said, STR("idle")) || str_is(said, "dead")) && before &&
	    !means(before, TUNNEL_IDLE))
		lt->is_closed = true;
	if (lt->local == INITIATOR && t->was_there &&
	    (after[0] == TUNNEL_WAIT_CTL_REPLY ||
	     (before && before[0] == TUNNEL_WAIT_CTL_REPLY && after[0] == TUNNEL_IDLE)))
		tunnel_still_asks(t);
	if (means(after, end->state) || end->state == after[0])
		return;
	if (before && !means(before, end->state) && end->state != TUNNEL_UNKNOWN &&
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
