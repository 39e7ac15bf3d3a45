/* The words that both outputs of `diff` use. */
#include "diff_print.h"
#include "message.h"

const char *diff_kind_word(enum diff_kind kind)
{
	static const char *const words[] = {
		[DIFF_SAME] = "same",     [DIFF_CHANGED] = "changed", [DIFF_INSTEAD] = "instead",
		[DIFF_ONLY_A] = "only-a", [DIFF_ONLY_B] = "only-b",   [DIFF_UNSEEN] = "unseen",
	};

	return words[kind];
}

void diff_line_words(struct text *t, const struct diff_line *line)
{
	text_puts(t, role_label(line->from));
	if (line->from != line->to)
		text_printf(t, " → %s", role_label(line->to));
	text_putc(t, ' ');
	message_name(t, line->step->event);
	if (line->copies > 1)
		text_printf(t, ", %u times", line->copies);
}

static void put_message(struct text *t, const struct diff_line *line)
{
	message_name(t, line->step->event);
	text_printf(t, " (%s", role_label(line->from));
	if (line->from != line->to)
		text_printf(t, " → %s", role_label(line->to));
	text_putc(t, ')');
}

/* "MRU 1460 in A, 1400 in B". */
static void put_values(struct text *t, const struct diff_row *row)
{
	const char *before = ": ";

	for (size_t i = 0; i < row->n_values; i++) {
		const struct diff_value *v = &row->values[i];

		if (v->class != DIFF_PLAIN)
			continue;
		text_puts(t, before);
		text_add(t, v->name);
		text_putc(t, ' ');
		text_add(t, v->value[DIFF_A].len == 0 ? STR("missing") : v->value[DIFF_A]);
		text_puts(t, " in A, ");
		text_add(t, v->value[DIFF_B].len == 0 ? STR("missing") : v->value[DIFF_B]);
		text_puts(t, " in B");
		before = "; ";
	}
}

void diff_row_words(struct text *t, const struct diff_row *row)
{
	switch (row->kind) {
	case DIFF_SAME:
	case DIFF_CHANGED:
		put_message(t, row->line[DIFF_A]);
		put_values(t, row);
		return;
	case DIFF_INSTEAD:
		put_message(t, row->line[DIFF_A]);
		text_puts(t, " in A, ");
		put_message(t, row->line[DIFF_B]);
		text_puts(t, " in B");
		return;
	case DIFF_ONLY_A:
	case DIFF_ONLY_B:
	case DIFF_UNSEEN:
		put_message(t, row->line[row->line[DIFF_A] == NULL]);
		text_printf(t, " only in %s", row->line[DIFF_A] != NULL ? "A" : "B");
		return;
	}
}
