/* Mermaid's sequenceDiagram. In its labels `;` ends a statement, `#` begins an entity and `"`
 * may confuse: these, and everything that is no plain text, become `#NN;` entities. */
#include "diagram.h"

static const char *const ids[] = {"C", "L", "N", "R"};

static void add_label(struct text *line, struct str s)
{
	static const char special[] = "#;\"<>{}%\\`";

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (c < 0x20 || c == 0x7f || memchr(special, c, sizeof(special) - 1) != NULL)
			text_printf(line, "#%u;", c < 0x20 ? 32u : c);
		else
			text_putc(line, (char)c);
	}
}

static void draw_states(const struct diagram_row *row, struct term *term, struct text *line)
{
	if (row->n_states == 0)
		return;
	if (row->from == row->to)
		text_printf(line, "    Note over %s: ", ids[row->from]);
	else
		text_printf(line, "    Note over %s,%s: ", ids[row->from], ids[row->to]);
	for (size_t i = 0; i < row->n_states; i++) {
		text_puts(line, i == 0 ? "" : "<br/>");
		add_label(line, row->states[i]);
	}
	term_line(term, line);
}

static void draw_row(const struct diagram_row *row, struct term *term, struct text *line)
{
	if (row->kind == DIAGRAM_ARROW)
		text_printf(line, "    %s%s%s: ", ids[row->from], row->is_data ? "-->>" : "->>",
			    ids[row->to]);
	else
		text_printf(line, "    Note over %s: ", ids[row->from]);
	add_label(line, row->time);
	text_putc(line, ' ');
	add_label(line, row->label);
	if (row->repeats > 1)
		text_printf(line, " ×%llu", (unsigned long long)row->repeats);
	if (row->rule != NULL)
		text_printf(line, " (%s %s)", severity_word(row->severity), row->rule);
	term_line(term, line);
	draw_states(row, term, line);
}

void diagram_draw_mermaid(const struct diagram *d, struct term *term)
{
	struct text line = text_make(LIMIT_OUTPUT_LINE);

	text_puts(&line, "sequenceDiagram");
	term_line(term, &line);
	for (size_t i = 0; i < PARTIES; i++) {
		if (!d->parties[i].is_there)
			continue;
		text_printf(&line, "    participant %s as ", ids[i]);
		add_label(&line, d->parties[i].name);
		term_line(term, &line);
	}
	for (const struct diagram_row *row = d->first; row != NULL; row = row->next)
		draw_row(row, term, &line);
	text_free(&line);
}
