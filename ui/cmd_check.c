#include <inttypes.h>
#include <stdlib.h>

#include "cause_group.h"
#include "check_sum.h"
#include "check_text.h"
#include "cmd_common.h"
#include "command.h"
#include "pick.h"
#include "sarif.h"

static enum exit_status run_check(struct run *r);
static void take(struct run *r);

const struct command command_check = {
	.bit = COMMAND_CHECK,
	.name = "check",
	.arguments = "[OPTIONS] INPUT...",
	.about = "findings, most important first, each with evidence, likely cause, what to do",
	.details =
		"First why calls failed, in groups, what cost most calls first; then the findings, "
		"most\nsevere first, with the frames or lines that show them. A rule that speaks "
		"of "
		"many calls is\ntold once, a note in a line, and a consequence with its root; -v "
		"tells each in\nfull. Seconds in a sentence count from "
		"the earliest record of all inputs, as with -t r.\nThe exit status is 1 when "
		"something is at or above --fail-on.",
	.needs = NEEDS_REPLAY | NEEDS_STEPS,
	.run = run_check,
	.rows = take,
};

/* What is told at the end, of all that was told before. */
struct check_sum {
	struct cause_groups groups;
	struct check_text *text; /* NULL: each finding is told as it comes */
	struct sarif sarif;
	bool is_sarif, is_csv;
	size_t by_severity[SEVERITY_ERROR + 1];
};

static struct check_sum *sum_of(struct run *r)
{
	struct check_sum *s = r->check;

	if (s != NULL)
		return s;
	s = r->check = must_alloc(1, sizeof(*s));
	*s = (struct check_sum){.groups = cause_groups_new(),
				.is_sarif = common_format(r, "sarif"),
				.is_csv = common_is_rows(r)};
	if (s->is_sarif)
		sarif_begin(&s->sarif, r);
	else if (s->is_csv)
		common_csv_head(r, &field_findings);
	else if (!r->options->json)
		s->text = check_text_new(r);
	return s;
}

void check_sum_free(struct check_sum *s)
{
	if (s == NULL)
		return;
	check_text_free(s->text);
	free(s->groups.at);
	free(s);
}

/* --fail-on */
static enum severity fail_on(const struct options *o)
{
	if (o->fail_on == NULL || strcmp(o->fail_on, "error") == 0)
		return SEVERITY_ERROR;
	return strcmp(o->fail_on, "warning") == 0 ? SEVERITY_WARNING : SEVERITY_NOTE;
}

enum exit_status check_status(const struct options *o, const size_t *by_severity)
{
	for (int i = fail_on(o); i <= SEVERITY_ERROR; i++)
		if (by_severity[i] > 0)
			return STATUS_FOUND;
	return STATUS_DONE;
}

/* ---- as calls end ---- */

static void print_row(struct run *r, struct check_sum *s, const struct finding *f)
{
	struct writer j = writer_into(&r->line);
	struct subject subject;

	if (s->is_sarif) {
		sarif_result(&s->sarif, f);
		return;
	}
	subject = run_subject(r);
	subject.finding = f;
	if (s->is_csv) {
		common_csv_row(r, &field_findings, &subject);
		return;
	}
	field_json(&j, &field_findings, &subject);
	run_print_json(r);
}

static void take_findings(struct run *r, struct check_sum *s)
{
	size_t room = r->report->n_findings + 1;
	const struct finding **shown = must_alloc(room, sizeof(*shown));
	size_t n = 0;

	for (const struct finding *f = r->report->findings; f != NULL && n + 1 < room;
	     f = finding_after(r->report, f)) {
		if (!run_shows_finding(r, f) || pick_drops(r->pick, f))
			continue;
		s->by_severity[f->severity]++;
		shown[n++] = f;
	}
	if (s->text != NULL)
		check_text_take(s->text, shown, n);
	for (size_t i = 0; s->text == NULL && i < n; i++) {
		print_row(r, s, shown[i]);
		run_rest(r, i);
	}
	free(shown);
}

static void take(struct run *r)
{
	struct check_sum *s = sum_of(r);

	for (const struct call *c = r->report->calls; c != NULL; c = call_after(r->report, c))
		cause_groups_take(r, &s->groups, c);
	cause_groups_take_tunnels(r, &s->groups);
	take_findings(r, s);
}

/* ---- at the end ---- */

static void print_total(struct run *r, const struct check_counts *counts)
{
	const size_t *n = counts->by_severity;
	size_t all = n[SEVERITY_ERROR] + n[SEVERITY_WARNING] + n[SEVERITY_NOTE];
	uint64_t calls = r->report->calls_told + r->report->n_calls;
	uint64_t tunnels = r->report->tunnels_told + r->report->n_tunnels;

	if (all == 0 && tunnels == 0 && calls == 0) {
		common_print_contents(r);
		return;
	}
	if (all == 0)
		text_puts(&r->line, "no findings");
	else
		text_printf(&r->line, "%zu error%s, %zu warning%s, %zu note%s", n[SEVERITY_ERROR],
			    n[SEVERITY_ERROR] == 1 ? "" : "s", n[SEVERITY_WARNING],
			    n[SEVERITY_WARNING] == 1 ? "" : "s", n[SEVERITY_NOTE],
			    n[SEVERITY_NOTE] == 1 ? "" : "s");
	text_printf(&r->line, " in %" PRIu64 " call%s and %" PRIu64 " tunnel%s", calls,
		    calls == 1 ? "" : "s", tunnels, tunnels == 1 ? "" : "s");
	if (counts->folded > 0)
		text_printf(&r->line, "; %zu consequence%s folded (-v tells each)", counts->folded,
			    counts->folded == 1 ? "" : "s");
	if (pick_ignored(r->pick) > 0)
		text_printf(&r->line, "; %zu ignored", pick_ignored(r->pick));
	if (pick_known(r->pick) > 0)
		text_printf(&r->line, "; %zu in the baseline", pick_known(r->pick));
	term_fold(&r->term, &r->line, 4);
}

static void print_text(struct run *r, struct check_sum *s)
{
	struct check_counts counts;

	/* of one call the findings tell it all */
	if (s->groups.bad > 1)
		cause_groups_print(r, &s->groups);
	counts = check_text_print(s->text);
	print_total(r, &counts);
}

static enum exit_status run_check(struct run *r)
{
	struct check_sum *s = sum_of(r);
	enum exit_status status;

	take(r);
	cause_groups_end(&s->groups);
	if (s->is_sarif)
		sarif_end(&s->sarif);
	else if (s->text != NULL)
		print_text(r, s);
	else if (!s->is_csv)
		cause_groups_json(r, &s->groups);
	status = check_status(r->options, s->by_severity);
	check_sum_free(s); /* screens ask again */
	r->check = NULL;
	return status;
}
