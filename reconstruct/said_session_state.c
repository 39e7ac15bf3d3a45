#include "log_record.h"
#include "over.h"
#include "said_session.h"
#include "said_word.h"
#include "session.h"

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

void said_session_state(struct context *c, struct session *s, unsigned tunnel_end)
{
	struct str said = said_text(c->event, FIELD_AFTER);
	const uint8_t *before = said_session_word(said_text(c->event, FIELD_BEFORE));
	const uint8_t *after;
	struct end *end;
	unsigned side;

	if (!said.len)
		said = said_text(c->event, FIELD_STATE);
	after = said_session_word(said);
	/* where it comes from tells the machine, too: only an LNS waits for ICCN */
	if (before)
		machine_for(s, tunnel_end, before[0]);
	if (before && said_word_means(before, SESSION_ESTABLISHED) && !s->established[LAC].is_set &&
	    !s->established[LNS].is_set && !seen_of(s->seen, ICRQ)->count &&
	    !seen_of(s->seen, OCRQ)->count)
		s->was_there = true; /* before the log began */
	if (!after || !machine_for(s, tunnel_end, after[0]))
		return;
	if ((str_equal_nocase(said, STR("idle")) || str_is(said, "dead")) && before &&
	    !said_word_means(before, SESSION_IDLE))
		over_note_call(c->observer, s);
	side = session_side(s, tunnel_end);
	end = &s->end[side];
	if (said_word_means(after, end->state))
		return;
	if (before && !said_word_means(before, end->state) && end->state != SESSION_UNKNOWN &&
	    !end->is_doubtful)
		end_disagrees(c, end, before[0], session_role(s, side), &s->verdicts);
	end_adopt(c, end, after[0], session_role(s, side), 0, false);
	if (after[0] != SESSION_ESTABLISHED)
		return;
	mark_first(&s->established[side], c->mark);
	other_end_follows(c, s, side);
}
