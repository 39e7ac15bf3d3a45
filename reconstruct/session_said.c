#include "log_record.h"
#include "over.h"
#include "session.h"

/* A router's word for a state as the states it may mean; 0-terminated. NULL: not known. */
static const uint8_t *session_word(struct str word)
{
	static const struct {
		const char *word;
		uint8_t states[4];
	} words[] = {
		{"idle", {SESSION_IDLE, SESSION_REQUEST_RECEIVED}},
		{"wait-for-tunnel", {SESSION_WAIT_TUNNEL}},
		{"wait-tunnel", {SESSION_WAIT_TUNNEL}},
		{"wait-reply", {SESSION_WAIT_REPLY, SESSION_REPLY_RECEIVED}},
		/* IOS says so before it prints the ICRP that makes it true */
		{"wait-connect", {SESSION_WAIT_CONNECT, SESSION_REQUEST_RECEIVED}},
		{"wait-cs-answer", {SESSION_WAIT_CS_ANSWER, SESSION_ANSWERED}},
		{"established", {SESSION_ESTABLISHED}},
		/* `FSM-Sn A->B` of IOS 12.4T and later, printed around its messages */
		{"Wt-for-CC", {SESSION_WAIT_TUNNEL, SESSION_WAIT_REPLY, SESSION_IDLE}},
		{"Wt-Rx-ICRP", {SESSION_WAIT_REPLY, SESSION_REPLY_RECEIVED, SESSION_ESTABLISHED}},
		{"Proc-ICRP", {SESSION_REPLY_RECEIVED, SESSION_WAIT_REPLY, SESSION_ESTABLISHED}},
		{"Proc-ICRQ", {SESSION_REQUEST_RECEIVED, SESSION_WAIT_CONNECT, SESSION_IDLE}},
		{"Wt-Tx-ICRP", {SESSION_REQUEST_RECEIVED, SESSION_WAIT_CONNECT}},
		{"Wt-Rx-ICCN",
		 {SESSION_WAIT_CONNECT, SESSION_REQUEST_RECEIVED, SESSION_ESTABLISHED}},
		{"Proc-ICCN", {SESSION_WAIT_CONNECT, SESSION_ESTABLISHED}},
		{"Wt-Tx-ICCN", {SESSION_REPLY_RECEIVED, SESSION_WAIT_REPLY, SESSION_ESTABLISHED}},
		{"dead", {SESSION_IDLE}},
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

/* A state that only one kind of machine has tells direction, or who is LAC. */
static bool machine_for(struct session *s, unsigned tunnel_end, uint8_t state)
{
	for (int flip = 0; flip < 2; flip++) {
		unsigned side = session_side(s, tunnel_end);

		if (machine_state_name(end_machine(&s->end[side]), state))
			return true;
		if (s->direction == DIRECTION_UNKNOWN &&
		    machine_state_name(machine_numbers[session_machine(s, OUTGOING, side)],
				       state)) {
			session_direction(s, OUTGOING);
			return true;
		}
		if (s->roles_known)
			return false;
		session_flip(s);
	}
	return false;
}

/* A log of one end that says "established" prints no message of the other end: that end has
 * answered (the caller's) or was told (the called one's). */
static void other_end_follows(struct context *c, struct session *s, unsigned side)
{
	struct end *other = &s->end[1 - side];
	bool asked = (side == LAC) == (s->direction != OUTGOING);

	if (other->state != SESSION_IDLE || (s->tunnel && s->tunnel->version != 2))
		return;
	end_adopt(c, other, asked ? SESSION_WAIT_CONNECT : SESSION_ESTABLISHED,
		  session_role(s, 1 - side), 0, true);
}

void session_said_state(struct context *c, struct session *s, unsigned tunnel_end)
{
	struct str said = said_text(c->event, FIELD_AFTER);
	const uint8_t *before = session_word(said_text(c->event, FIELD_BEFORE));
	const uint8_t *after;
	struct end *end;
	unsigned side;

	if (!said.len)
		said = said_text(c->event, FIELD_STATE);
	after = session_word(said);
	/* where it comes from tells the machine, too: only an LNS waits for ICCN */
	if (before)
		machine_for(s, tunnel_end, before[0]);
	if (before && means(before, SESSION_ESTABLISHED) && !s->established[LAC].is_set &&
	    !s->established[LNS].is_set && !seen_of(s->seen, ICRQ)->count &&
	    !seen_of(s->seen, OCRQ)->count)
		s->was_there = true; /* before the log began */
	if (!after || !machine_for(s, tunnel_end, after[0]))
		return;
	if ((str_equal_nocase(said, STR("idle")) || str_is(said, "dead")) && before &&
	    !means(before, SESSION_IDLE))
		over_note_call(c->observer, s);
	side = session_side(s, tunnel_end);
	end = &s->end[side];
	if (means(after, end->state))
		return;
	if (before && !means(before, end->state) && end->state != SESSION_UNKNOWN &&
	    !end->is_doubtful)
		end_disagrees(c, end, before[0], session_role(s, side), &s->verdicts);
	end_adopt(c, end, after[0], session_role(s, side), 0, false);
	if (after[0] != SESSION_ESTABLISHED)
		return;
	mark_first(&s->established[side], c->mark);
	other_end_follows(c, s, side);
}
