#include <inttypes.h>
#include <stdlib.h>

#include "cause_group.h"
#include "cmd_common.h"
#include "command.h"
#include "findings.h"
#include "pick.h"
#include "sarif.h"
#include "wireshark.h"

static enum exit_status run_check(struct run *r);

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
		"tells each in\nfull. The exit status is 1 when something is "
		"at "
		"or above --fail-on.",
	.needs = NEEDS_REPLAY | NEEDS_STEPS,
	.run = run_check,
};

/* The words of the message that a mark stands for, when the mark has none. */
static void print_evidence(struct run *r, const struct subject *s, const struct mark *m,
			   size_t indent)
{
	const struct finding *f = s->finding;
	struct str words;

	if (mark_frame(m) == 0 && mark_line(m) == 0)
		return;
	term_pad(&r->line, indent, false);
	mark_print(&r->line, s, m);
	if (mark_stamp(m).len > 0) {
		text_puts(&r->line, "  ");
		text_escape(&r->line, mark_stamp(m));
	}
	words = mark_words(s, m);
	text_puts(&r->line, words.len > 0 ? "  " : "");
	term_wrap(&r->term, &r->line, indent + 4, common_untrusted(r, words));
	if (mark_damage(m) == NULL || f->n_evidence < 2)
		return;
	common_print_defect(r, mark_damage(m));
	words = arena_str(r->scratch, text_str(&r->line));
	text_clear(&r->line);
	term_pad(&r->line, indent + 4, false);
	term_wrap(&r->term, &r->line, indent + 4, words);
}

static void print_part(struct run *r, size_t indent, const char *word, struct str s)
{
	if (s.len == 0)
		return;
	term_pad(&r->line, indent, false);
	term_styled(&r->term, &r->line, STYLE_DIM, word);
	text_putc(&r->line, ' ');
	term_wrap(&r->term, &r->line, indent + 4, s);
}

enum { TOLD_IN_FULL = 3, NUMBERS_SHOWN = 12 };

static bool is_alike(const struct finding *a, const struct finding *b)
{
	return a->rule == b->rule && a->severity == b->severity;
}

static uint64_t number_of(const struct finding *f)
{
	return f->call != NULL ? f->call->number : f->tunnel != NULL ? f->tunnel->number : 0;
}

/* "hello-lost of tunnel 1" */
static void print_root(struct run *r, const struct finding *f, size_t indent)
{
	struct text t = text_make(64);

	if (f->root != NULL) {
		text_puts(&t, f->root->rule->id);
		if (f->root->call != f->call)
			text_printf(&t, " of %s %" PRIu64,
				    f->root->call == NULL ? "tunnel" : "call", number_of(f->root));
		print_part(r, indent, "consequence of:", text_str(&t));
	}
	text_free(&t);
}

static void put_numbers(struct text *t, const struct finding *first)
{
	uint64_t last = 0;
	size_t n = 0;

	for (const struct finding *f = first; f != NULL; f = f->next) {
		if (f->root != first->root || f->rule != first->rule || f->call == NULL ||
		    f->call->number == last)
			continue;
		last = f->call->number;
		if (n++ < NUMBERS_SHOWN)
			text_printf(t, "%s %" PRIu64, n == 1 ? " on call" : ",", last);
	}
	if (n > NUMBERS_SHOWN)
		text_printf(t, " … (%zu calls)", n);
}

/* Each rule once: "icrq-cdn; call-dropped on call 1, 2, 3 … (500 calls)". */
static void print_consequences(struct run *r, const struct finding *root, size_t indent)
{
	const struct rule_row *told[64];
	struct text t = text_make(256);
	size_t n = 0;

	for (const struct finding *f = r->report->findings; f != NULL && root->consequences > 0;
	     f = f->next) {
		size_t i = 0;

		if (f->root != root)
			continue;
		while (i < n && told[i] != f->rule)
			i++;
		if (i < n || n == sizeof(told) / sizeof(told[0]))
			continue;
		told[n++] = f->rule;
		text_printf(&t, "%s%s", n == 1 ? "" : "; ", f->rule->id);
		if (f->call != root->call)
			put_numbers(&t, f);
	}
	print_part(r, indent, "consequences:", text_str(&t));
	text_free(&t);
}

void finding_print(struct run *r, const struct finding *f, size_t indent)
{
	enum { EVIDENCE_SHOWN = 8 };
	struct subject s = run_subject(r);
	struct str text;

	s.finding = f;
	term_pad(&r->line, indent, false);
	term_styled(&r->term, &r->line, common_severity_style(f->severity),
		    severity_word(f->severity));
	text_puts(&r->line, "  ");
	term_styled(&r->term, &r->line, STYLE_BOLD, f->rule->id);
	if (f->call != NULL)
		text_printf(&r->line, "  call %" PRIu64, f->call->number);
	else if (f->tunnel != NULL)
		text_printf(&r->line, "  tunnel %" PRIu64, f->tunnel->number);
	if (f->count > 1)
		text_printf(&r->line, "  ×%" PRIu64, f->count);
	term_line(&r->term, &r->line);
	text = common_field(r, &field_findings, &s, "text");
	term_pad(&r->line, indent + 4, false);
	term_wrap(&r->term, &r->line, indent + 4, text);
	for (size_t i = 0; i < f->n_evidence && i < EVIDENCE_SHOWN; i++)
		print_evidence(r, &s, &f->evidence[i], indent + 4);
	if (f->n_evidence == 0 && f->mark.is_set)
		print_evidence(r, &s, &f->mark, indent + 4);
	if (f->n_evidence > EVIDENCE_SHOWN) {
		text_printf(&r->line, "%*s… and %zu more", (int)indent + 4, "",
			    f->n_evidence - EVIDENCE_SHOWN);
		term_line(&r->term, &r->line);
	}
	print_part(r, indent + 4, "cause:", common_field(r, &field_findings, &s, "cause"));
	print_part(r, indent + 4, "do:", common_field(r, &field_findings, &s, "advice"));
	print_part(r, indent + 4, "see:", common_field(r, &field_findings, &s, "ref"));
	print_root(r, f, indent + 4);
	print_consequences(r, f, indent + 4);
	if (r->options->filter_for != NULL)
		print_part(r, indent + 4,
			   "wireshark:", common_field(r, &field_findings, &s, "wireshark"));
}

static enum severity fail_on(const struct options *o)
{
	if (o->fail_on == NULL || strcmp(o->fail_on, "error") == 0)
		return SEVERITY_ERROR;
	return strcmp(o->fail_on, "warning") == 0 ? SEVERITY_WARNING : SEVERITY_NOTE;
}

/* Those that are shown, in order, so that they can be looked at more than once. */
struct shown {
	const struct finding **at;
	bool *is_told; /* folded into an earlier one of its rule, or under its root */
	size_t n, folded;
	size_t by_severity[SEVERITY_ERROR + 1];
};

static struct shown shown_of(struct run *r)
{
	size_t room = r->report->n_findings + 1;
	struct shown s = {.at = must_alloc(room, sizeof(*s.at)),
			  .is_told = must_alloc(room, sizeof(*s.is_told))};

	memset(s.is_told, 0, room * sizeof(*s.is_told));
	for (const struct finding *f = r->report->findings; f != NULL && s.n + 1 < room;
	     f = f->next) {
		if (!run_shows_finding(r, f) || pick_drops(r->pick, f))
			continue;
		s.by_severity[f->severity]++;
		s.at[s.n++] = f;
	}
	return s;
}

/* As text a consequence is told with its root, if that is shown, too. */
static void fold_consequences(struct run *r, struct shown *s)
{
	size_t room = r->report->n_findings + 1;
	bool *is_shown = must_alloc(room, sizeof(*is_shown));

	memset(is_shown, 0, room * sizeof(*is_shown));
	for (size_t i = 0; i < s->n; i++)
		is_shown[s->at[i]->number] = true;
	for (size_t i = 0; i < s->n && !r->options->verbose; i++) {
		const struct finding *f = s->at[i];

		if (f->root == NULL || !is_shown[f->root->number])
			continue;
		s->is_told[i] = true;
		s->by_severity[f->severity]--;
		s->folded++;
	}
	free(is_shown);
}

static void shown_free(struct shown *s)
{
	free(s->at);
	free(s->is_told);
}

static enum exit_status judge(const struct run *r, const struct shown *s)
{
	for (int i = fail_on(r->options); i <= SEVERITY_ERROR; i++) {
		if (s->by_severity[i] > 0)
			return STATUS_FOUND;
	}
	return STATUS_DONE;
}

/* ---- text ---- */

static void print_total(struct run *r, const struct shown *s)
{
	const size_t *n = s->by_severity;
	size_t all = n[SEVERITY_ERROR] + n[SEVERITY_WARNING] + n[SEVERITY_NOTE];

	if (all == 0 && r->report->n_tunnels == 0 && r->report->n_calls == 0) {
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
	text_printf(&r->line, " in %zu call%s and %zu tunnel%s", r->report->n_calls,
		    r->report->n_calls == 1 ? "" : "s", r->report->n_tunnels,
		    r->report->n_tunnels == 1 ? "" : "s");
	if (s->folded > 0)
		text_printf(&r->line, "; %zu consequence%s folded (-v tells each)", s->folded,
			    s->folded == 1 ? "" : "s");
	if (pick_ignored(r->pick) > 0)
		text_printf(&r->line, "; %zu ignored", pick_ignored(r->pick));
	if (pick_known(r->pick) > 0)
		text_printf(&r->line, "; %zu in the baseline", pick_known(r->pick));
	term_line(&r->term, &r->line);
}

/* A note in a line: what it says and where. `-v` tells its cause and what to do. */
static void print_brief(struct run *r, struct shown *s, size_t i)
{
	const struct finding *f = s->at[i];
	struct subject subject = run_subject(r);
	uint64_t last = number_of(f);
	size_t n = 1;

	subject.finding = f;
	term_styled(&r->term, &r->line, common_severity_style(f->severity),
		    severity_word(f->severity));
	text_puts(&r->line, "  ");
	term_styled(&r->term, &r->line, STYLE_BOLD, f->rule->id);
	if (f->call != NULL || f->tunnel != NULL)
		text_printf(&r->line, "  %s %" PRIu64, f->call != NULL ? "call" : "tunnel", last);
	for (size_t k = i + 1; k < s->n; k++) {
		/* another one of the same call says something else */
		if (s->is_told[k] || !is_alike(s->at[k], f) ||
		    (s->at[k]->call == NULL) != (f->call == NULL) ||
		    number_of(s->at[k]) == number_of(f))
			continue;
		s->is_told[k] = true;
		if (number_of(s->at[k]) == last)
			continue;
		last = number_of(s->at[k]);
		if (n++ < NUMBERS_SHOWN)
			text_printf(&r->line, ", %" PRIu64, last);
	}
	if (n > NUMBERS_SHOWN)
		text_printf(&r->line, " … (%zu in all)", n);
	if (f->n_evidence > 0 || f->mark.is_set) {
		text_puts(&r->line, " (");
		mark_print(&r->line, &subject, f->n_evidence > 0 ? f->evidence : &f->mark);
		text_puts(&r->line, f->n_evidence > 1 ? " …)" : ")");
	}
	text_puts(&r->line, ": ");
	term_wrap(&r->term, &r->line, 6, common_field(r, &field_findings, &subject, "text"));
}

/* The same rule on many calls: the first was told in full, the others are numbers. */
static void print_others(struct run *r, struct shown *s, size_t from)
{
	const struct finding *f = s->at[from - 1];
	uint64_t last = 0;
	size_t numbers = 0;
	size_t n = 0;

	text_printf(&r->line, "    and on %s", f->call != NULL ? "call" : "tunnel");
	for (size_t i = from; i < s->n; i++) {
		uint64_t number = number_of(s->at[i]);

		if (s->is_told[i] || !is_alike(s->at[i], f) ||
		    (s->at[i]->call == NULL) != (f->call == NULL))
			continue;
		s->is_told[i] = true;
		n++;
		if (number == last || numbers == NUMBERS_SHOWN)
			continue;
		text_printf(&r->line, "%s %" PRIu64, numbers == 0 ? "" : ",", number);
		last = number;
		numbers++;
	}
	if (n > numbers)
		text_printf(&r->line, " … (%zu in all; -v tells each)", n);
	term_line(&r->term, &r->line);
}

/* How many of the rule come from there on. */
static size_t count_alike(const struct shown *s, size_t from)
{
	size_t n = 0;

	for (size_t i = from; i < s->n; i++)
		n += !s->is_told[i] && is_alike(s->at[i], s->at[from]) && number_of(s->at[i]) != 0;
	return n;
}

static void print_findings(struct run *r, struct shown *s)
{
	for (size_t i = 0; i < s->n; i++) {
		bool is_folded;

		if (s->is_told[i])
			continue;
		is_folded = !r->options->verbose && count_alike(s, i) > TOLD_IN_FULL;
		s->is_told[i] = true;
		if (s->at[i]->severity == SEVERITY_NOTE && !r->options->verbose &&
		    r->options->filter_for == NULL) {
			print_brief(r, s, i);
			continue;
		}
		finding_print(r, s->at[i], 0);
		if (is_folded)
			print_others(r, s, i + 1);
		term_line(&r->term, &r->line);
	}
}

/* ---- JSON ---- */

static void json_findings(struct run *r, const struct shown *s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct writer j = writer_into(&r->line);
		struct subject subject = run_subject(r);

		subject.finding = s->at[i];
		field_json(&j, &field_findings, &subject);
		run_print_json(r);
	}
}

static void csv_findings(struct run *r, const struct shown *s)
{
	common_csv_head(r, &field_findings);
	for (size_t i = 0; i < s->n; i++) {
		struct subject subject = run_subject(r);

		subject.finding = s->at[i];
		common_csv_row(r, &field_findings, &subject);
	}
}

static void sarif_findings(struct run *r, const struct shown *s)
{
	struct sarif sarif;

	sarif_begin(&sarif, r);
	for (size_t i = 0; i < s->n; i++)
		sarif_result(&sarif, s->at[i]);
	sarif_end(&sarif);
}

static enum exit_status run_check(struct run *r)
{
	struct shown s = shown_of(r);
	enum exit_status status = judge(r, &s);
	struct cause_groups groups;

	if (common_format(r, "sarif") || common_format(r, "csv")) {
		if (common_format(r, "sarif"))
			sarif_findings(r, &s);
		else
			csv_findings(r, &s);
		shown_free(&s);
		return status;
	}
	groups = cause_groups_of(r);
	if (r->options->json) {
		cause_groups_json(r, &groups);
		json_findings(r, &s);
	} else {
		/* of one call the findings tell it all */
		if (groups.bad > 1)
			cause_groups_print(r, &groups);
		fold_consequences(r, &s);
		print_findings(r, &s);
		print_total(r, &s);
	}
	free(groups.at);
	shown_free(&s);
	return status;
}
