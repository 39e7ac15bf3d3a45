#include <inttypes.h>

#include "cmd_common.h"
#include "command.h"
#include "diff.h"
#include "diff_print.h"

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
		"  diff lac:3 lns:1 lac=a.log lns=b.log      the same, by name\n\n"
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
		"call alone.",
	.needs = NEEDS_REPLAY | NEEDS_STEPS | TAKES_PAIR,
	.run = run_diff,
};

/* ---- which two ---- */

static const struct call *call_numbered(const struct run *r, uint64_t number)
{
	for (const struct call *c = r->report->calls; c != NULL; c = c->next) {
		if (c->number == number)
			return c;
	}
	run_warn(r, "there is no call %" PRIu64 "; there are %zu", number, r->report->n_calls);
	return NULL;
}

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

static const struct call *only_call(struct run *r)
{
	const struct call *c = NULL;
	size_t n = calls_left(r, &c, 1);

	if (n == 1)
		return c;
	run_warn(r, "%.*s holds %zu calls%s: which one? `diff %.*s:N`, or --where",
		 STR_ARG(r->n_inputs == 0 ? STR("the input") : r->names[0]), n,
		 r->filter == NULL ? "" : " that fit",
		 STR_ARG(r->n_inputs == 0 ? STR("FILE") : r->names[0]));
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
		run_warn(a, "there are %zu calls%s, not two: `diff A B FILE`, or --where", n,
			 a->filter == NULL ? "" : " that fit");
		return false;
	}
	ret[0] = number[0] != 0 ? call_numbered(a, number[0]) : only_call(a);
	ret[1] = number[1] != 0 ? call_numbered(b, number[1]) : only_call(b);
	return ret[0] != NULL && ret[1] != NULL;
}

static enum exit_status run_diff(struct run *r)
{
	struct run *beside = r->beside == NULL ? r : r->beside;
	const struct call *calls[2] = {NULL, NULL};
	struct diff d;
	enum exit_status status;

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
