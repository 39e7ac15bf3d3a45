/* What is wrong in a log, above its lines: nobody reads a thousand of them to find the one. */
#include <inttypes.h>

#include "annotate.h"
#include "annotate_html.h"
#include "cmd_common.h"

enum { MOST = 50 }; /* that are told */

static bool is_told(const struct finding *f)
{
	return f->severity != SEVERITY_NOTE && f->root == NULL;
}

/* The line of its first evidence in the log, or 0. */
static uint64_t line_of(const struct finding *f)
{
	for (size_t i = 0; i < f->n_evidence; i++) {
		if (mark_line(&f->evidence[i]) != 0 && mark_input(&f->evidence[i]) == 0)
			return mark_line(&f->evidence[i]);
	}
	return mark_input(&f->mark) == 0 ? mark_line(&f->mark) : 0;
}

static void tell(struct annotation *a, const struct finding *f)
{
	struct run *r = a->run;
	struct text *words = &r->line;

	arena_reset(r->scratch);
	if (f->call != NULL)
		text_printf(words, "call %" PRIu64 ": ", f->call->number);
	else if (f->tunnel != NULL)
		text_printf(words, "tunnel %" PRIu64 ": ", f->tunnel->number);
	text_add(words, common_untrusted(r, f->text.len > 0 ? f->text : str_of(f->rule->title)));
	page_found(&r->term, severity_word(f->severity), line_of(f), text_str(words),
		   f->advice.len > 0 ? f->advice : str_of(f->rule->advice));
	text_clear(words);
}

void annotate_summary(struct annotation *a)
{
	struct run *r = a->run;
	size_t by_severity[SEVERITY_ERROR + 1] = {0}, n = 0;

	for (const struct finding *f = r->report->findings; f != NULL; f = f->next) {
		by_severity[f->severity] += is_told(f) || f->severity == SEVERITY_NOTE;
		if (is_told(f) && n++ < MOST)
			tell(a, f);
	}
	if (n > MOST)
		text_printf(&r->line, "and %zu more; ", n - MOST);
	for (int i = SEVERITY_ERROR; i >= SEVERITY_NOTE; i--)
		text_printf(&r->line, "%s%zu %s%s", i == SEVERITY_ERROR ? "" : ", ", by_severity[i],
			    severity_word((enum severity)i), by_severity[i] == 1 ? "" : "s");
	page_sum(&r->term, text_str(&r->line));
	text_clear(&r->line);
}
