/* The manual pages, for people who have not installed the program, and for the build. */
#include "explain.h"
#include "manual.h"

static void print_page(struct run *r, const struct manual_page *page)
{
	struct text t = text_make(LIMIT_OUTPUT_LINE);
	struct writer j = writer_into(&r->line);

	manual_print(&t, page);
	if (r->options->json) {
		writer_open(&j, '{');
		writer_pair_known(&j, "type", STR("manual"));
		writer_pair_known(&j, "name", str_of(page->name));
		writer_pair_unsigned(&j, "section", (uint64_t)page->section);
		writer_pair_known(&j, "mdoc", text_str(&t));
		writer_close(&j, '}');
		run_print_json(r);
	} else {
		term_write(&r->term, text_str(&t));
	}
	text_free(&t);
}

size_t explain_manual(struct run *r, const struct question *q)
{
	struct manual_page pages[MANUAL_PAGES];
	size_t n = manual_pages(pages);

	if (q->n > 0) {
		if (!manual_named(&pages[0], q->words[0]))
			return 0;
		print_page(r, &pages[0]);
		return 1;
	}
	for (size_t i = 0; i < n; i++) {
		if (r->options->json) {
			print_page(r, &pages[i]);
			continue;
		}
		text_printf(&r->line, "  %s(%d)", pages[i].name, pages[i].section);
		term_pad(&r->line, 26, true);
		text_puts(&r->line, pages[i].about);
		term_line(&r->term, &r->line);
	}
	return n;
}
