#include "diagram.h"

#include <inttypes.h>

static void add_part(struct text *t, struct str s)
{
	if (s.len == 0)
		return;
	if (t->len > 0)
		text_putc(t, ' ');
	text_add(t, s);
}

/* What a row adds to its first message, in brackets. */
static void add_remark(struct text *t, const struct ladder_row *row)
{
	if (row->remark.len == 0)
		return;
	text_printf(t, "%s(", t->len > 0 ? " " : "");
	text_add(t, row->remark);
	text_putc(t, ')');
}

void diagram_headline(struct text *t, const struct ladder *l, const struct ladder_row *row)
{
	if (l->n_calls > 1 && row->call != 0 && row->kind != LADDER_CALL)
		text_printf(t, "[%" PRIu64 "]", row->call);
	add_part(t, row->message);
	add_remark(t, row);
}

void diagram_label(struct text *t, const struct ladder *l, const struct ladder_row *row)
{
	diagram_headline(t, l, row);
	diagram_detail(t, row);
}

void diagram_detail(struct text *t, const struct ladder_row *row)
{
	struct text folded = text_make(LIMIT_OUTPUT_LINE);

	add_part(t, row->detail);
	ladder_folded(&folded, row);
	if (t->len > 0 && folded.len > 0 && row->detail.len > 0)
		text_putc(t, ';');
	add_part(t, text_str(&folded));
	for (size_t i = 0; i < row->n_notes; i++) {
		const struct finding *f = row->notes[i].finding;

		if (!row->notes[i].is_first)
			text_printf(t, " (%s %s)", severity_word(f->severity), f->rule->id);
	}
	text_free(&folded);
}

void diagram_note(struct text *t, const struct ladder_note *note)
{
	text_printf(t, "%s %s: ", severity_word(note->finding->severity), note->finding->rule->id);
	text_add(t, note->text);
}

void diagram_left_out(struct text *t, const struct ladder *l)
{
	if (l->left_out > 0)
		text_printf(t,
			    "… and %" PRIu64
			    " messages more, not drawn: --call, --since and --until choose",
			    l->left_out);
}

size_t diagram_left(const struct ladder_row *row)
{
	return row->from < row->to ? row->from : row->to;
}

size_t diagram_right(const struct ladder_row *row)
{
	return row->from < row->to ? row->to : row->from;
}

bool diagram_goes_both_ways(const struct ladder_row *row)
{
	return row->kind == LADDER_CALL || (row->packets[0] > 0 && row->packets[1] > 0);
}
