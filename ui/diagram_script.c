#include "diagram_script.h"

struct drawer {
	const struct script_syntax *syntax;
	struct term *term;
	struct text line, words;
};

static void begin(struct drawer *d, const struct script_statement *s)
{
	d->syntax->begin(&d->line, s);
}

static void end(struct drawer *d, const struct script_statement *s)
{
	if (d->syntax->end != NULL)
		d->syntax->end(&d->line, s);
	term_line(d->term, &d->line);
}

static void add_words(struct drawer *d)
{
	d->syntax->add_label(&d->line, text_str(&d->words));
	text_clear(&d->words);
}

static void draw_words(struct drawer *d, const struct script_statement *s)
{
	begin(d, s);
	add_words(d);
	end(d, s);
}

static enum script_arrow arrow_of(const struct ladder_row *row)
{
	if (row->is_unseen)
		return SCRIPT_LOST;
	if (diagram_goes_both_ways(row))
		return SCRIPT_BOTH;
	return row->kind == LADDER_DATA || row->kind == LADDER_ALIVE ? SCRIPT_FOLDED
								     : SCRIPT_MESSAGE;
}

static void draw_arrow(struct drawer *d, const struct ladder *l, const struct ladder_row *row)
{
	struct script_statement s = {
		.part = row->from == row->to ? SCRIPT_SAID : SCRIPT_ARROW,
		.arrow = arrow_of(row),
		.from = row->from,
		.to = row->to,
	};

	begin(d, &s);
	d->syntax->add_label(&d->line, row->time);
	text_putc(&d->line, ' ');
	diagram_label(&d->words, l, row);
	add_words(d);
	end(d, &s);
}

static struct script_statement below(enum script_part part, const struct ladder_row *row)
{
	return (struct script_statement){
		.part = part, .from = diagram_left(row), .to = diagram_right(row)};
}

static void draw_states(struct drawer *d, const struct ladder_row *row)
{
	struct script_statement s = below(SCRIPT_STATES, row);

	if (row->n_states == 0)
		return;
	begin(d, &s);
	for (size_t i = 0; i < row->n_states; i++) {
		text_puts(&d->line, i == 0 ? "" : d->syntax->line_break);
		d->syntax->add_label(&d->line, row->states[i].text);
	}
	end(d, &s);
}

static void draw_note(struct drawer *d, struct script_statement s, const struct ladder_note *note)
{
	s.note = note;
	diagram_note(&d->words, note);
	draw_words(d, &s);
}

static void draw_row(struct drawer *d, const struct ladder *l, const struct ladder_row *row)
{
	draw_arrow(d, l, row);
	draw_states(d, row);
	for (size_t i = 0; i < row->n_notes; i++) {
		if (row->notes[i].is_first)
			draw_note(d, below(SCRIPT_NOTE, row), &row->notes[i]);
	}
}

/* What belongs to no row stands over all parties, behind them. */
static void draw_rest(struct drawer *d, const struct ladder *l)
{
	struct script_statement across = {.part = SCRIPT_NOTE, .to = l->n_parties - 1};

	for (size_t i = 0; i < l->n_notes; i++)
		draw_note(d, across, &l->notes[i]);
	diagram_left_out(&d->words, l);
	if (d->words.len > 0)
		draw_words(d, &across);
}

void script_draw(const struct script_syntax *syntax, const struct ladder *l, struct term *term)
{
	struct drawer d = {
		.syntax = syntax,
		.term = term,
		.line = text_make(LIMIT_OUTPUT_LINE),
		.words = text_make(LIMIT_OUTPUT_LINE),
	};

	term_puts(term, syntax->before);
	for (size_t i = 0; i < l->n_parties; i++) {
		syntax->add_party(&d.line, l, i);
		term_line(term, &d.line);
	}
	for (size_t i = 0; i < l->n_rows; i++)
		draw_row(&d, l, &l->rows[i]);
	if (l->n_rows == 0 && syntax->nothing != NULL)
		term_puts(term, syntax->nothing);
	if (l->n_parties > 0)
		draw_rest(&d, l);
	term_puts(term, syntax->behind);
	text_free(&d.words);
	text_free(&d.line);
}
