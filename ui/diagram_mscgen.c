/* mscgen. In its strings `\"` is a quote and `\n` a new line; there is no other escape, so that a
 * backslash cannot be written. */
#include "diagram.h"

static void add_label(struct text *line, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (c == '"')
			text_puts(line, "\\\"");
		else if (c == '\\')
			text_puts(line, "\xe2\x88\x96"); /* U+2216 */
		else
			text_putc(line, c < 0x20 || c == 0x7f ? ' ' : (char)c);
	}
}

static void begin_note(struct text *line, const struct ladder_row *row, const char *kind)
{
	text_printf(line, "  P%zu %s P%zu [label=\"", diagram_left(row), kind, diagram_right(row));
}

static void end_arc(struct term *term, struct text *line, const char *color)
{
	text_puts(line, "\"");
	if (color != NULL)
		text_printf(line, ", textbgcolour=\"%s\"", color);
	text_puts(line, "];");
	term_line(term, line);
}

static void draw_states(const struct ladder_row *row, struct term *term, struct text *line)
{
	if (row->n_states == 0)
		return;
	begin_note(line, row, "rbox");
	for (size_t i = 0; i < row->n_states; i++) {
		text_puts(line, i == 0 ? "" : "\\n");
		add_label(line, row->states[i].text);
	}
	end_arc(term, line, NULL);
}

static const char *note_color(enum severity s)
{
	return s == SEVERITY_ERROR ? "#ffd6d6" : s == SEVERITY_WARNING ? "#ffefc2" : "#e8eef8";
}

static void draw_note(const struct ladder_row *row, const struct ladder_note *note,
		      struct term *term, struct text *line)
{
	struct text words = text_make(LIMIT_OUTPUT_LINE);

	diagram_note(&words, note);
	begin_note(line, row, "note");
	add_label(line, text_str(&words));
	end_arc(term, line, note_color(note->finding->severity));
	text_free(&words);
}

static const char *arrow_of(const struct ladder_row *row)
{
	if (row->from == row->to)
		return "box";
	if (row->is_unseen)
		return "-x";
	if (diagram_goes_both_ways(row))
		return "<=>";
	return row->kind == LADDER_DATA || row->kind == LADDER_ALIVE ? ">>" : "=>";
}

static void draw_row(const struct ladder *l, const struct ladder_row *row, struct term *term,
		     struct text *line)
{
	struct text label = text_make(LIMIT_OUTPUT_LINE);

	text_printf(line, "  P%zu %s P%zu [label=\"", row->from, arrow_of(row), row->to);
	diagram_label(&label, l, row);
	add_label(line, row->time);
	text_putc(line, ' ');
	add_label(line, text_str(&label));
	end_arc(term, line, NULL);
	draw_states(row, term, line);
	for (size_t i = 0; i < row->n_notes; i++) {
		if (row->notes[i].is_first)
			draw_note(row, &row->notes[i], term, line);
	}
	text_free(&label);
}

static void draw_heads(const struct ladder *l, struct term *term, struct text *line)
{
	for (size_t i = 0; i < l->n_parties; i++) {
		text_printf(line, "  P%zu [label=\"", i);
		add_label(line, l->parties[i].label);
		text_puts(line, i + 1 < l->n_parties ? "\"]," : "\"];");
		term_line(term, line);
	}
}

void diagram_draw_mscgen(const struct ladder *l, struct term *term)
{
	struct ladder_row across = {.to = l->n_parties > 0 ? l->n_parties - 1 : 0};
	struct text line = text_make(LIMIT_OUTPUT_LINE);
	struct text words = text_make(LIMIT_OUTPUT_LINE);

	text_puts(&line, "msc {\n  wordwraparcs=true, hscale=\"2\";");
	term_line(term, &line);
	draw_heads(l, term, &line);
	for (size_t i = 0; i < l->n_rows; i++)
		draw_row(l, &l->rows[i], term, &line);
	for (size_t i = 0; i < l->n_notes; i++)
		draw_note(&across, &l->notes[i], term, &line);
	diagram_left_out(&words, l);
	if (words.len > 0) {
		begin_note(&line, &across, "note");
		add_label(&line, text_str(&words));
		end_arc(term, &line, NULL);
	}
	term_puts(term, "}\n");
	text_free(&words);
	text_free(&line);
}
