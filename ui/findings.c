#include "findings.h"

#include <inttypes.h>

#include "cmd_common.h"

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

uint64_t finding_subject(const struct finding *f)
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
				    f->root->call == NULL ? "tunnel" : "call",
				    finding_subject(f->root));
		print_part(r, indent, "consequence of:", text_str(&t));
	}
	text_free(&t);
}

/* The calls of the first one's rule. */
static void put_numbers(struct text *t, const struct finding *const *list, size_t n_list)
{
	uint64_t last = 0;
	size_t n = 0;

	for (size_t i = 0; i < n_list; i++) {
		const struct finding *f = list[i];

		if (f->rule != list[0]->rule || f->call == NULL || f->call->number == last)
			continue;
		last = f->call->number;
		if (n++ < FINDING_NUMBERS)
			text_printf(t, "%s %" PRIu64, n == 1 ? " on call" : ",", last);
	}
	if (n > FINDING_NUMBERS)
		text_printf(t, " … (%zu calls)", n);
}

/* Each rule once: "icrq-cdn; call-dropped on call 1, 2, 3 … (500 calls)". */
static void print_consequences(struct run *r, const struct finding *root, struct consequences *all,
			       size_t indent)
{
	const struct rule_row *told[64];
	struct text t = text_make(256);
	size_t n = 0, n_list;
	const struct finding *const *list = consequences_of(all, root, &n_list);

	for (size_t k = 0; k < n_list; k++) {
		const struct finding *f = list[k];
		size_t i = 0;

		while (i < n && told[i] != f->rule)
			i++;
		if (i < n || n == sizeof(told) / sizeof(told[0]))
			continue;
		told[n++] = f->rule;
		text_printf(&t, "%s%s", n == 1 ? "" : "; ", f->rule->id);
		if (f->call != root->call)
			put_numbers(&t, list + k, n_list - k);
	}
	print_part(r, indent, "consequences:", text_str(&t));
	text_free(&t);
}

void finding_print(struct run *r, const struct finding *f, struct consequences *all, size_t indent)
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
	print_consequences(r, f, all, indent + 4);
	if (r->options->filter_for != NULL)
		print_part(r, indent + 4,
			   "wireshark:", common_field(r, &field_findings, &s, "wireshark"));
}
