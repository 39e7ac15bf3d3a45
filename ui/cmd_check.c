#include <inttypes.h>

#include "cmd_common.h"
#include "command.h"
#include "findings.h"

static enum exit_status run_check(struct run *r);

const struct command command_check = {
	.bit = COMMAND_CHECK,
	.name = "check",
	.arguments = "[OPTIONS] INPUT...",
	.about = "findings, most important first, each with evidence, likely cause, what to do",
	.details =
		"What is wrong, or worth knowing, most important first, with the frames or lines "
		"that show\nit. The exit status is 1 when something is at or above --fail-on.",
	.needs = NEEDS_REPLAY | NEEDS_STEPS,
	.run = run_check,
};

/* The words of the message that a mark stands for, when the mark has none. */
static void print_evidence(struct run *r, const struct subject *s, const struct mark *m,
			   size_t indent)
{
	const struct finding *f = s->finding;
	struct str words;

	if (m->frame == 0 && m->line == 0)
		return;
	term_pad(&r->line, indent, false);
	mark_print(&r->line, s, m);
	if (m->stamp.len > 0) {
		text_puts(&r->line, "  ");
		text_escape(&r->line, m->stamp);
	}
	words = mark_words(s, m);
	text_puts(&r->line, words.len > 0 ? "  " : "");
	term_wrap(&r->term, &r->line, indent + 4, common_untrusted(r, words));
	if (m->damage == NULL || f->n_evidence < 2)
		return;
	common_print_defect(r, m->damage);
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
}

static enum severity fail_on(const struct options *o)
{
	if (o->fail_on == NULL || strcmp(o->fail_on, "error") == 0)
		return SEVERITY_ERROR;
	return strcmp(o->fail_on, "warning") == 0 ? SEVERITY_WARNING : SEVERITY_NOTE;
}

static void print_total(struct run *r, const size_t *n)
{
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
	term_line(&r->term, &r->line);
}

static enum exit_status run_check(struct run *r)
{
	enum severity limit = fail_on(r->options);
	enum exit_status status = STATUS_DONE;
	size_t n[SEVERITY_ERROR + 1] = {0};

	for (const struct finding *f = r->report->findings; f != NULL; f = f->next) {
		if (!run_shows_finding(r, f))
			continue;
		n[f->severity]++;
		if (f->severity >= limit)
			status = STATUS_FOUND;
		if (r->options->json) {
			struct writer j = writer_into(&r->line);
			struct subject s = run_subject(r);

			s.finding = f;
			field_json(&j, &field_findings, &s);
			run_print_json(r);
			continue;
		}
		finding_print(r, f, 0);
		term_line(&r->term, &r->line);
	}
	if (!r->options->json)
		print_total(r, n);
	return status;
}
