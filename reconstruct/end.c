#include "observer.h"
#include "text_format.h"

static bool is_power_of_two(uint32_t n)
{
	return (n & (n - 1)) == 0;
}

/* Mostly two, of both ends; a StopCCN ends all calls of its tunnel. */
static bool changes_have_room(struct context *c, struct step *step)
{
	uint32_t n = step->n_changes;
	struct state_change *grown;

	if (n == 1 || !is_power_of_two(n))
		return true;
	grown = arena_array(c->arena, n ? 2 * (size_t)n : 2, sizeof(*grown));
	if (!grown)
		return false;
	if (n)
		memcpy(grown, step->changes, n * sizeof(*grown));
	step->changes = grown;
	return true;
}

static void change_add(struct context *c, struct state_change change)
{
	if (changes_have_room(c, c->step))
		c->step->changes[c->step->n_changes++] = change;
}

static void note_add(struct context *c, struct verdict_note **notes, struct verdict_note note)
{
	struct verdict_note *kept = arena_alloc(c->arena, sizeof(*kept));

	if (!kept)
		return;
	*kept = note;
	kept->mark = c->mark;
	kept->last = kept;
	if (!*notes) {
		*notes = kept;
		return;
	}
	while ((*notes)->last->next) /* others joined them */
		(*notes)->last = (*notes)->last->next;
	(*notes)->last->next = kept;
	(*notes)->last = kept;
}

void end_step_told(struct context *c, struct end *end, uint8_t event, struct end_of of,
		   bool is_concluded)
{
	const struct machine *m = end_machine(end);
	struct decision d = machine_decision(end->machine, end->state, event);
	const struct transition *row = d.number ? &m->rows[d.number - 1] : NULL;
	uint8_t before = end->state;
	bool was_doubtful = end->is_doubtful || before == 0;

	if (row)
		end_move(end, d, is_concluded);
	if ((!row || row->verdict >= ODD) && !was_doubtful && of.notes)
		note_add(c, of.notes,
			 (struct verdict_note){.machine = m,
					       .row = row,
					       .state = before,
					       .event = event,
					       .who = of.who});
	if (step_is_shown(c->step) && end->state != before)
		change_add(c, (struct state_change){.who = of.who,
						    .machine = m,
						    .protocol = of.protocol,
						    .before = before,
						    .after = end->state,
						    .row = row,
						    .is_inferred = end->is_inferred});
}

void end_adopt(struct context *c, struct end *end, uint8_t state, enum role who, uint16_t protocol,
	       bool is_inferred)
{
	uint8_t before = end->state;

	if (before == state)
		return;
	end->state = state;
	end->is_inferred = is_inferred;
	end->is_doubtful = true;
	if (step_is_shown(c->step))
		change_add(c, (struct state_change){.who = who,
						    .machine = end_machine(end),
						    .protocol = protocol,
						    .before = before,
						    .after = state,
						    .is_inferred = is_inferred});
}

void end_disagrees(struct context *c, const struct end *end, uint8_t claimed, enum role who,
		   struct verdict_note **notes)
{
	static const struct transition said = {
		.from = ANY_STATE,
		.to = SAME_STATE,
		.verdict = ODD,
		.why = "says it is in another state than its messages give",
		.ref = "",
	};

	note_add(c, notes,
		 (struct verdict_note){.machine = end_machine(end),
				       .row = &said,
				       .state = end->state,
				       .claimed = claimed,
				       .who = who});
}

struct mark mark_text(struct context *c, const char *format, ...)
{
	struct mark mark = c->mark;
	char line[256];
	va_list list;

	va_start(list, format);
	text_format(line, sizeof(line), format, list);
	va_end(list);
	mark_set_text(c->arena, &mark, str_of(line));
	return mark;
}

/* A log prints one time for many lines, and nothing of it is forgotten before the end. */
static void keep_stamp(struct context *c)
{
	struct observer *o = c->observer;

	if (o->is_text && mark_share_stamp(&c->mark, &o->stamped, c->event->stamp))
		return;
	mark_set_stamp(c->arena, &c->mark, c->event->stamp);
	if (o->is_text && c->arena == o->arena)
		o->stamped = c->mark;
}

void mark_keep_words(struct context *c)
{
	const struct origin *o = &c->event->origin;

	if (c->event->stamp.len)
		keep_stamp(c);
	if (o->frame && o->line)
		mark_set_place(c->arena, &c->mark, o->frame, o->line);
}

struct str keep(struct context *c, struct str s)
{
	return s.len ? arena_str(c->arena, s) : (struct str){0};
}

struct span keep_span(struct context *c, struct span s)
{
	return s.len ? arena_span(c->arena, s) : (struct span){0};
}
