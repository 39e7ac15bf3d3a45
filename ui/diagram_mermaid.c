/* Mermaid's sequenceDiagram. In its labels `;` ends a statement, `#` begins an entity, `$$` a
 * formula and `"` may confuse: these, and everything that is no plain text, become `#NN;`
 * entities. A label of `end` alone cannot happen: own words stand before. */
#include "diagram.h"

static void add_label(struct text *line, struct str s)
{
	static const char special[] = "#;&$\"<>{}%\\`";

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (c < 0x20 || c == 0x7f || memchr(special, c, sizeof(special) - 1) != NULL)
			text_printf(line, "#%u;", c < 0x20 ? 32u : c);
		else
			text_putc(line, (char)c);
	}
}

static void add_note_over(struct text *line, const struct ladder_row *row)
{
	size_t left = diagram_left(row);
	size_t right = diagram_right(row);

	if (left == right)
		text_printf(line, "    Note over P%zu: ", left);
	else
		text_printf(line, "    Note over P%zu,P%zu: ", left, right);
}

static void draw_states(const struct ladder_row *row, struct term *term, struct text *line)
{
	if (row->n_states == 0)
		return;
	add_note_over(line, row);
	for (size_t i = 0; i < row->n_states; i++) {
		text_puts(line, i == 0 ? "" : "<br/>");
		add_label(line, row->states[i].text);
	}
	term_line(term, line);
}

static void draw_notes(const struct ladder_row *row, struct term *term, struct text *line)
{
	struct text note = text_make(LIMIT_OUTPUT_LINE);

	for (size_t i = 0; i < row->n_notes; i++) {
		if (!row->notes[i].is_first)
			continue;
		text_clear(&note);
		diagram_note(&note, &row->notes[i]);
		add_note_over(line, row);
		add_label(line, text_str(&note));
		term_line(term, line);
	}
	text_free(&note);
}

/* Solid, dashed for data, with a cross for what was never seen to arrive. */
static const char *arrow_of(const struct ladder_row *row)
{
	if (row->is_unseen)
		return "--x";
	if (row->kind == LADDER_DATA || row->kind == LADDER_ALIVE || row->kind == LADDER_CALL)
		return "-->>";
	return "->>";
}

static void draw_row(const struct ladder *l, const struct ladder_row *row, struct term *term,
		     struct text *line)
{
	struct text label = text_make(LIMIT_OUTPUT_LINE);

	if (row->from == row->to)
		text_printf(line, "    Note over P%zu: ", row->from);
	else
		text_printf(line, "    P%zu%sP%zu: ", row->from, arrow_of(row), row->to);
	diagram_label(&label, l, row);
	add_label(line, row->time);
	text_putc(line, ' ');
	add_label(line, text_str(&label));
	term_line(term, line);
	draw_states(row, term, line);
	draw_notes(row, term, line);
	text_free(&label);
}

/* What belongs to no row stands over all parties, behind them. */
static void draw_rest(const struct ladder *l, struct term *term, struct text *line)
{
	struct text words = text_make(LIMIT_OUTPUT_LINE);

	for (size_t i = 0; i <= l->n_notes && l->n_parties > 0; i++) {
		text_clear(&words);
		if (i < l->n_notes)
			diagram_note(&words, &l->notes[i]);
		else
			diagram_left_out(&words, l);
		if (words.len == 0)
			continue;
		add_note_over(line, &(struct ladder_row){.to = l->n_parties - 1});
		add_label(line, text_str(&words));
		term_line(term, line);
	}
	text_free(&words);
}

void diagram_draw_mermaid(const struct ladder *l, struct term *term)
{
	struct text line = text_make(LIMIT_OUTPUT_LINE);

	text_puts(&line, "sequenceDiagram");
	term_line(term, &line);
	for (size_t i = 0; i < l->n_parties; i++) {
		text_printf(&line, "    participant P%zu as ", i);
		add_label(&line, l->parties[i].label);
		term_line(term, &line);
	}
	for (size_t i = 0; i < l->n_rows; i++)
		draw_row(l, &l->rows[i], term, &line);
	draw_rest(l, term, &line);
	text_free(&line);
}
