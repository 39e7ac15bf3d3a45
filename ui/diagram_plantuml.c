/* PlantUML. Its labels know Creole (`**bold**`, `//italic//`), tags, `\n`, functions (`%date()`)
 * and variables (`$x`): whatever is no plain letter, digit or harmless sign becomes `<U+hhhh>`,
 * which is text to all of them. */
#include "diagram.h"

/* Signs that mean nothing, wherever they stand alone. */
static bool is_plain(unsigned char c, unsigned char before)
{
	if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
		return true;
	return c != before && memchr(" ,.()+", c, 6) != NULL;
}

static size_t add_character(struct text *line, struct str s)
{
	unsigned char first = (unsigned char)s.at[0];
	size_t n = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	unsigned code = first < 0x80 ? first : first & (0x7fu >> n);

	n = n > s.len ? s.len : n;
	for (size_t i = 1; i < n; i++)
		code = code << 6 | ((unsigned char)s.at[i] & 0x3fu);
	text_printf(line, "<U+%04X>", code < 0x20 ? 0x20u : code > 0xfffff ? 0xfffdu : code);
	return n;
}

static void add_label(struct text *line, struct str s)
{
	unsigned char before = ' ';

	for (size_t i = 0; i < s.len;) {
		unsigned char c = (unsigned char)s.at[i];

		if (is_plain(c, before)) {
			text_putc(line, (char)c);
			i++;
		} else {
			i += add_character(line, str_from(s, i));
		}
		before = c;
	}
}

static void begin_note(struct text *line, const struct ladder_row *row)
{
	if (row->from == row->to)
		text_printf(line, "note over P%zu : ", row->from);
	else
		text_printf(line, "note over P%zu, P%zu : ", diagram_left(row), diagram_right(row));
}

static void draw_states(const struct ladder_row *row, struct term *term, struct text *line)
{
	if (row->n_states == 0)
		return;
	begin_note(line, row);
	for (size_t i = 0; i < row->n_states; i++) {
		text_puts(line, i == 0 ? "" : "\\n");
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
		begin_note(line, row);
		add_label(line, text_str(&note));
		term_line(term, line);
	}
	text_free(&note);
}

static const char *arrow_of(const struct ladder_row *row)
{
	if (row->is_unseen)
		return "-->x";
	if (diagram_goes_both_ways(row))
		return "<-->";
	return row->kind == LADDER_DATA || row->kind == LADDER_ALIVE ? "-->" : "->";
}

static void draw_row(const struct ladder *l, const struct ladder_row *row, struct term *term,
		     struct text *line)
{
	struct text label = text_make(LIMIT_OUTPUT_LINE);

	if (row->from == row->to)
		begin_note(line, row);
	else
		text_printf(line, "P%zu %s P%zu : ", row->from, arrow_of(row), row->to);
	diagram_label(&label, l, row);
	add_label(line, row->time);
	text_putc(line, ' ');
	add_label(line, text_str(&label));
	term_line(term, line);
	draw_states(row, term, line);
	draw_notes(row, term, line);
	text_free(&label);
}

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
		begin_note(line, &(struct ladder_row){.to = l->n_parties - 1});
		add_label(line, text_str(&words));
		term_line(term, line);
	}
	text_free(&words);
}

void diagram_draw_plantuml(const struct ladder *l, struct term *term)
{
	struct text line = text_make(LIMIT_OUTPUT_LINE);

	term_puts(term, "@startuml\n"
			"hide footbox\n"
			"skinparam maxMessageSize 320\n"
			"skinparam wrapWidth 320\n");
	for (size_t i = 0; i < l->n_parties; i++) {
		text_puts(&line, "participant \"");
		add_label(&line, l->parties[i].label);
		text_printf(&line, "\" as P%zu", i);
		term_line(term, &line);
	}
	for (size_t i = 0; i < l->n_rows; i++)
		draw_row(l, &l->rows[i], term, &line);
	draw_rest(l, term, &line);
	term_puts(term, "@enduml\n");
	text_free(&line);
}
