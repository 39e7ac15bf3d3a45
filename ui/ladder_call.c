/* Rows that stand for much of a call: all of it in a digest, and its payload. */
#include <inttypes.h>

#include "ladder_draft.h"

/* ---- a digest: one row a call ---- */

static void describe_call(struct draft *d, struct ladder_row *row, const struct call *c)
{
	struct text *t = &d->words;

	text_printf(t, "call %" PRIu64, c->number);
	row->message = draft_words(d);
	text_escape(t, c->user);
	text_printf(t, "%s%s", t->len > 0 ? " " : "", outcome_name(c->outcome));
	if (c->cause != NULL)
		text_printf(t, ", %s", c->cause);
	if (c->setup_s >= 0)
		text_printf(t, ", setup %.3f s", c->setup_s);
	if (c->duration_s >= 0)
		text_printf(t, ", lasted %.3f s", c->duration_s);
	row->detail = draft_words(d);
}

void draft_add_to_call(struct draft *d, const struct step *s, const struct call *c)
{
	size_t *place = &d->last_of[c->number];
	struct ladder_row *row;
	size_t from, to;

	if (*place != 0) {
		row = &d->ladder->rows[*place - 1];
		row->copies++;
		row->last = run_step_time(d->run, s);
		draft_add_notes(d, row, s);
		return;
	}
	from = party_of_role(&d->parties, s, ROLE_LAC);
	to = party_of_role(&d->parties, s, ROLE_LNS);
	row = from == NO_PARTY || to == NO_PARTY ? NULL : draft_new_row(d);
	if (row == NULL)
		return;
	*row = (struct ladder_row){.kind = LADDER_CALL, .from = from, .to = to};
	*place = d->ladder->n_rows;
	draft_begin_row(d, row, s);
	describe_call(d, row, c->whole != NULL ? c->whole : c);
	draft_add_notes(d, row, s);
}

/* ---- payload ---- */

/* Payload is counted, not kept (event.h): it stands where the call has come up, as one row, from
 * the caller, or of a pseudowire from the LAC, to the far end. */
static void add_payload(struct draft *d, const struct step *s, const struct call *c,
			struct moment when)
{
	const uint64_t *packets = c->counters.data_packets;
	struct ladder_row *row;
	size_t from = party_of_role(&d->parties, s,
				    c->ipv4.family != 0 || c->reached >= REACHED_LCP ? ROLE_CLIENT
										     : ROLE_LAC);
	size_t to = party_of_far_end(&d->parties, s);

	d->has_data[c->number] = true;
	row = from == NO_PARTY || to == NO_PARTY || from == to ? NULL : draft_new_row(d);
	if (row == NULL)
		return;
	*row = (struct ladder_row){.kind = LADDER_DATA, .from = from, .to = to};
	draft_begin_row(d, row, s);
	row->when = row->last = d->before = when;
	row->time = draft_time(d, d->run->options->time, when);
	row->delta = (struct str){0};
	row->message = STR("data");
	row->copies = packets[0] + packets[1];
	for (int way = 0; way < 2; way++) {
		row->packets[way] = packets[way];
		row->octets[way] = c->counters.data_bytes[way];
	}
}

/* The call has come up with this message, or was up before the first one. */
static bool is_up_by(const struct call *c, const struct step *s)
{
	if (!c->connected.is_set)
		return true;
	for (; s != NULL; s = s->seen_also) {
		if (s->event->number >= mark_number(&c->connected))
			return true;
	}
	return false;
}

/* The call came up before this message, with a packet that has no row. */
static bool was_up_before(const struct call *c, const struct step *s)
{
	for (; s != NULL && c->connected.is_set; s = s->seen_also) {
		if (s->event->origin.input == mark_input(&c->connected))
			return s->event->number > mark_number(&c->connected);
	}
	return false;
}

/* The call whose payload has no row yet, or NULL. */
static const struct call *call_with_payload(const struct draft *d, const struct step *s)
{
	const struct call *c = step_call(s);

	if (c != NULL && c->whole != NULL)
		c = c->whole;
	if (c == NULL || c->number > d->run->report->last_call || d->has_data[c->number] ||
	    d->ladder->is_digest)
		return NULL;
	return c->counters.data_packets[0] + c->counters.data_packets[1] > 0 ? c : NULL;
}

void draft_add_payload_before(struct draft *d, const struct step *s)
{
	const struct call *c = call_with_payload(d, s);
	struct moment up;

	if (c == NULL || !was_up_before(c, s))
		return;
	up = when_aligned(d->run->report, c->connected.vantage, mark_when(&c->connected));
	if (moment_comparable(up, d->before) && moment_minus(up, d->before) < 0)
		up = d->before;
	add_payload(d, s, c, moment_known(up) ? up : run_step_time(d->run, s));
}

void draft_add_payload(struct draft *d, const struct step *s)
{
	const struct call *c = call_with_payload(d, s);

	if (c != NULL && is_up_by(c, s))
		add_payload(d, s, c, run_step_time(d->run, s));
}
