#include <inttypes.h>

#include "command.h"
#include "diff.h"
#include "diff_print.h"
#include "message.h"
#include "message_pair.h"

static enum exit_status run_diff(struct run *r);

const struct command command_diff = {
	.bit = COMMAND_DIFF,
	.name = "diff",
	.arguments = "A B [OPTIONS] INPUT...",
	.about = "two calls side by side: the first difference and all that follow from it",
	.details =
		"A good call and a bad one: their messages side by side, the first that differs, "
		"what "
		"follows,\nand what else differs: attributes, options, outcome, times, "
		"findings.\n\n"
		"  diff 3 7 FILE...          two calls of one run, by the numbers that `calls` "
		"shows\n"
		"  diff FILE                 the two calls that it holds, or that --where leaves\n"
		"  diff a.pcap b.log         the one call of each, or the one that --where or "
		"--call leaves\n"
		"  diff a.pcap:3 b.log:1     call 3 of one, call 1 of the other\n"
		"  diff lac:3 lns:1 lac=a.log lns=b.log      the same, by name\n"
		"  diff --messages 5 9 FILE  frames 5 and 9 of a capture, or lines of a log\n\n"
		"Two inputs are two recordings: nothing of one is joined with the other. What "
		"differs in "
		"any two\ncalls (ids, serial numbers, challenges, magic numbers, addresses given "
		"out, who "
		"called) is no\ndifference, nor what one input cannot show: a recording that "
		"begins late, "
		"a log that does not\nprint it. A time differs when it is longer by 0.5 s and "
		"twice as "
		"long. Exit status 1 when there is\na difference.\n\n"
		"--json: `{\"type\":\"diff\"}` with both calls, `different`, the number of the "
		"`first` "
		"differing row,\n`facts` and `times`; then `{\"type\":\"row\"}` for each row that "
		"differs "
		"(-v: for each): `kind` changed,\ninstead, only-a, only-b, unseen or same, the "
		"message of "
		"`a` and `b`, and `values`; then\n`{\"type\":\"finding\"}` for findings of one "
		"call alone. Of two messages\n`{\"type\":\"field\"}` for each field that differs "
		"(-v: for "
		"each): `kind` changed, only-a, only-b or\nsame, the field of `a` and of `b`.",
	.needs = NEEDS_REPLAY | NEEDS_STEPS | TAKES_PAIR,
	.run = run_diff,
};

/* ---- which two ---- */

/* The calls that the options leave: at most `most` in `ret`; how many there are. */
static size_t calls_left(struct run *r, const struct call **ret, size_t most)
{
	size_t n = 0;

	for (const struct call *c = r->report->calls; c != NULL; c = c->next) {
		if (!run_shows_call(r, c))
			continue;
		if (n < most)
			ret[n] = c;
		n++;
	}
	return n;
}

/* What the recording is called on the command line. */
static const char *asked_as(const struct run *r)
{
	const struct input_name *in = &r->options->inputs[0];

	return in->name.len > 0 ? arena_str(r->kept, in->name).at : in->path;
}

static void complain_none(const struct run *r)
{
	run_refuse("%s: no call in it%s", asked_as(r),
		   r->report->calls == NULL
			   ? ""
			   : " fits --where, --call, --tunnel, --since and --until");
}

static const struct call *only_call(struct run *r)
{
	const struct call *c = NULL;
	size_t n = calls_left(r, &c, 1);

	if (n == 1)
		return c;
	if (n == 0)
		complain_none(r);
	else
		run_refuse("%s holds %zu calls%s: which one? `diff %s:N`, or --where", asked_as(r),
			   n, r->filter == NULL ? "" : " that fit", asked_as(r));
	return NULL;
}

static bool choose(struct run *a, struct run *b, const struct call **ret)
{
	const uint64_t *number = a->options->pair.number;
	size_t n;

	if (number[0] == 0 && number[1] == 0 && a == b) {
		n = calls_left(a, ret, 2);
		if (n == 2)
			return true;
		if (n == 0)
			complain_none(a);
		else
			run_refuse("there %s %zu call%s%s, not two: `diff A B FILE`, or --where",
				   n == 1 ? "is" : "are", n, n == 1 ? "" : "s",
				   a->filter == NULL ? "" : " that fit");
		return false;
	}
	ret[0] = number[0] != 0 ? run_call_numbered(a, number[0]) : only_call(a);
	ret[1] = number[1] != 0 ? run_call_numbered(b, number[1]) : only_call(b);
	return ret[0] != NULL && ret[1] != NULL;
}

/* ---- two messages ---- */

static bool stands_at(const struct event *e, uint64_t place)
{
	const struct origin *o = &e->origin;
	uint64_t end = o->line_end > o->line ? o->line_end : o->line;

	return o->line != 0 ? place >= o->line && place <= end : o->frame == place;
}

/* The step whose message stands there, in one of the inputs; what only a log says is none. */
static const struct step *message_at(const struct run *r, uint64_t place)
{
	for (size_t i = 0; i < r->report->n_steps; i++) {
		for (const struct step *s = r->report->steps[i]; s != NULL; s = s->seen_also) {
			if (s->event->kind != EVENT_SAID && stands_at(s->event, place))
				return s;
		}
	}
	run_refuse("there is no message in frame or line %" PRIu64 " of %.*s", place,
		   STR_ARG(r->n_inputs == 0 ? STR("the input") : r->names[0]));
	return NULL;
}

static const char *kind_of(char mark)
{
	return mark == '*' ? "changed" : mark == '<' ? "only-a" : mark == '>' ? "only-b" : "same";
}

static void pair_json(struct run *r, const struct message_pair *p)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct message_pair_line *line = &p->lines[i];
		struct writer j;

		if (line->mark == ' ' && !r->options->verbose)
			continue;
		j = writer_into(&r->line);
		writer_open(&j, '{');
		writer_pair_known(&j, "type", STR("field"));
		writer_pair_known(&j, "kind", str_of(kind_of(line->mark)));
		if (line->mark != '>')
			writer_pair_known(&j, "a", line->cell[0]);
		if (line->mark != '<')
			writer_pair_known(&j, "b", line->cell[1]);
		writer_close(&j, '}');
		run_print_json(r);
	}
}

/* `SCCRQ, line 143` above the fields of each. */
static void pair_head(struct run *r, const struct message_pair *p, const struct event *const e[2])
{
	struct message_pair_line line = {.mark = ' '};

	arena_reset(r->scratch);
	for (int i = 0; i < 2; i++) {
		const struct origin *o = &e[i]->origin;
		struct text words = text_make(256);

		message_name(&words, e[i]);
		text_printf(&words, ", %s %" PRIu64, o->line != 0 ? "line" : "frame",
			    o->line != 0 ? o->line : o->frame);
		line.cell[i] = arena_str(r->scratch, text_str(&words));
		text_free(&words);
	}
	term_style_on(&r->term, &r->line, STYLE_BOLD);
	message_pair_print(&r->line, p, &line);
	term_style_off(&r->term, &r->line, STYLE_BOLD);
	term_line(&r->term, &r->line);
}

static void pair_text(struct run *r, const struct message_pair *p)
{
	for (size_t i = 0; i < p->n; i++) {
		enum style style = p->lines[i].mark == ' ' ? STYLE_NONE : STYLE_WARN;

		term_style_on(&r->term, &r->line, style);
		message_pair_print(&r->line, p, &p->lines[i]);
		term_style_off(&r->term, &r->line, style);
		term_line(&r->term, &r->line);
	}
	text_printf(&r->line, "%zu %s", p->differ,
		    p->differ == 1 ? "field differs" : "fields differ");
	term_line(&r->term, &r->line);
}

static enum exit_status diff_messages(struct run *a, struct run *b)
{
	enum { UNWRAPPED = LIMIT_OUTPUT_LINE };
	const uint64_t *number = a->options->pair.number;
	const struct step *steps[2];
	const struct event *events[2];
	struct message_pair p = {0};
	struct arena *arena;
	enum exit_status status;

	if (number[0] == 0 || number[1] == 0) {
		run_refuse("which messages? `diff --messages 5 9 FILE`: frames, or lines");
		return STATUS_USAGE;
	}
	steps[0] = message_at(a, number[0]);
	steps[1] = message_at(b, number[1]);
	if (steps[0] == NULL || steps[1] == NULL)
		return STATUS_USAGE;
	arena = arena_new(LIMIT_SCRATCH);
	events[0] = step_fullest(steps[0]);
	events[1] = step_fullest(steps[1]);
	message_pair_make(&p, arena, events, a->options->json ? UNWRAPPED : a->term.width,
			  a->options->show_secrets);
	if (a->options->json) {
		pair_json(a, &p);
	} else {
		pair_head(a, &p, events);
		pair_text(a, &p);
	}
	status = p.differ > 0 ? STATUS_FOUND : STATUS_DONE;
	message_pair_free(&p);
	arena_free(arena);
	return status;
}

static enum exit_status run_diff(struct run *r)
{
	struct run *beside = r->beside == NULL ? r : r->beside;
	const struct call *calls[2] = {NULL, NULL};
	struct diff d;
	enum exit_status status;

	if (r->options->messages)
		return diff_messages(r, beside);
	if (!choose(r, beside, calls))
		return STATUS_USAGE;
	d = diff_of(r, calls[0], beside, calls[1]);
	if (r->options->json)
		diff_json(r, &d);
	else
		diff_print(r, &d);
	status = d.is_different ? STATUS_FOUND : STATUS_DONE;
	diff_free(&d);
	return status;
}
