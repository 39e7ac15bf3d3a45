/* A row of a picture: its words, its arrow, the states it moves, its findings. */

#include "diagram.h"
#include "picture_layout.h"

static void put_time(struct layout *l, const struct ladder_row *row, double y)
{
	layout_text(l, l->times, y + SIZE, row->time, lettering_plain);
	if (row->delta.len == 0)
		return;
	text_clear(&l->words);
	text_printf(&l->words, "+%.*s", STR_ARG(row->delta));
	layout_text(l, l->times, y + SIZE + SMALL_LEAD, text_str(&l->words), lettering_dim);
}

/* The gap in which the words of a row stand: at its sender's side. */
static size_t gap_at(const struct ladder_row *row)
{
	return row->from <= row->to ? row->from : row->from - 1;
}

static double put_label(struct layout *l, const struct ladder_row *row, double y)
{
	size_t gap = gap_at(row);
	double x = layout_words_left(l, gap), width = layout_words_right(l, gap) - x;

	text_clear(&l->words);
	diagram_headline(&l->words, l->ladder, row);
	y = layout_words(l, x, y, width, text_str(&l->words), lettering_bold);
	text_clear(&l->words);
	diagram_detail(&l->words, row);
	return layout_words(l, x, y, width, text_str(&l->words), lettering_plain);
}

static void put_head_of_arrow(struct layout *l, double x, double y, bool is_left, enum ink ink)
{
	page_add(&l->front,
		 (struct mark_on_page){
			 .shape = SHAPE_HEAD, .ink = ink, .x = x, .y = y, .x2 = is_left ? -1 : 1});
}

enum ink layout_arrow_ink(const struct ladder_row *row)
{
	if (row->is_unseen)
		return INK_LOST;
	return row->kind == LADDER_MESSAGE || row->kind == LADDER_SAID ? INK_ARROW : INK_DATA;
}

static void put_cross(struct layout *l, double x, double y)
{
	layout_line(&l->front, (struct point){x - NEAR, y - NEAR},
		    (struct point){x + NEAR, y + NEAR}, (struct stroke){INK_LOST, 1.5, false});
	layout_line(&l->front, (struct point){x - NEAR, y + NEAR},
		    (struct point){x + NEAR, y - NEAR}, (struct stroke){INK_LOST, 1.5, false});
}

static double put_arrow(struct layout *l, const struct ladder_row *row, double y)
{
	enum { HEAD = 8 };
	bool goes_right = row->to > row->from, has_both = diagram_goes_both_ways(row);
	size_t first = diagram_left(row), other = diagram_right(row);
	double left = l->lane[first] + bars_half(&l->bars[first]);
	double right = l->lane[other] - bars_half(&l->bars[other]);
	enum ink ink = layout_arrow_ink(row);

	y += PAD;
	if (row->is_unseen) {
		double cross = goes_right ? right - 2 * HEAD : left + 2 * HEAD;

		layout_line(&l->front, (struct point){goes_right ? left : cross, y},
			    (struct point){goes_right ? cross : right, y},
			    (struct stroke){ink, 1.5, true});
		put_cross(l, cross, y);
		return y + PAD;
	}
	layout_line(&l->front, (struct point){left, y}, (struct point){right, y},
		    (struct stroke){ink, ink == INK_DATA ? 2.5 : 1.5, false});
	if (goes_right || has_both)
		put_head_of_arrow(l, right, y, false, ink);
	if (!goes_right || has_both)
		put_head_of_arrow(l, left, y, true, ink);
	return y + PAD;
}

static double put_said(struct layout *l, const struct ladder_row *row, double y)
{
	double left = layout_words_left(l, row->from) - NEAR;
	size_t box = l->front.n_marks;
	double end;

	layout_rect(&l->front, (struct point){left, y},
		    (struct point){layout_words_right(l, row->from) + NEAR - left, 0}, INK_BOX,
		    false);
	end = put_label(l, row, y + 2) + NEAR;
	l->front.marks[box].y2 = end - y;
	return end + 2;
}

static const char *state_word(const struct machine *m, uint8_t state)
{
	const char *name = machine_state_name(m, state);

	return name == NULL ? "?" : name;
}

static double put_state(struct layout *l, const struct ladder_state *s, double y)
{
	double x = layout_words_left(l, s->party);
	struct lettering how = lettering_dim;

	how.ink = s->is_inferred ? INK_DIM : INK_TEXT;
	text_clear(&l->words);
	text_add(&l->words, bar_name(s));
	text_printf(&l->words, ": %s → %s%s", state_word(s->machine, s->before),
		    state_word(s->machine, s->after), s->is_inferred ? " (inferred)" : "");
	layout_rect(&l->front, (struct point){x, y + 3}, (struct point){6, 6},
		    bar_ink(s->machine, s->after), false);
	return layout_words(l, x + 10, y - 1, layout_words_right(l, s->party) - x - 10,
			    text_str(&l->words), how);
}

/* Each party has a gap of its own: its states stand beside those of the others. */
static double put_states(struct layout *l, const struct ladder_row *row, double y)
{
	double ends[LIMIT_LADDER_PARTIES];
	double end = y;

	for (size_t i = 0; i < LIMIT_LADDER_PARTIES; i++)
		ends[i] = y;
	for (size_t i = 0; i < row->n_states; i++) {
		const struct ladder_state *s = &row->states[i];

		ends[s->party] = put_state(l, s, ends[s->party]);
		end = larger(end, ends[s->party]);
	}
	return row->n_states > 0 ? end + 2 : end;
}

static const struct {
	enum ink ink, back;
} note_inks[] = {
	[SEVERITY_ERROR] = {INK_ERROR, INK_ERROR_BACK},
	[SEVERITY_WARNING] = {INK_WARNING, INK_WARNING_BACK},
	[SEVERITY_NOTE] = {INK_NOTE, INK_NOTE_BACK},
};

double layout_note(struct layout *l, const struct ladder_note *note, double left, double right,
		   double y)
{
	enum severity severity = note->finding->severity;
	struct lettering how = {note_inks[severity].ink, SMALL, false};
	size_t box = l->front.n_marks;
	double end;

	text_clear(&l->words);
	diagram_note(&l->words, note);
	layout_rect(&l->front, (struct point){left, y}, (struct point){right - left, 0},
		    note_inks[severity].back, false);
	layout_rect(&l->front, (struct point){left, y}, (struct point){3, 0},
		    note_inks[severity].ink, false);
	end = layout_words(l, left + 2 * PAD, y + 2, right - left - 3 * PAD, text_str(&l->words),
			   how) +
	      NEAR;
	l->front.marks[box].y2 = end - y;
	l->front.marks[box + 1].y2 = end - y;
	return end + NEAR;
}

static double put_notes(struct layout *l, const struct ladder_row *row, double y)
{
	size_t first = diagram_left(row), last = diagram_right(row);
	double left = layout_words_left(l, first);
	double right = layout_words_right(l, last > first ? last - 1 : first);

	for (size_t i = 0; i < row->n_notes; i++) {
		if (row->notes[i].is_first)
			y = layout_note(l, &row->notes[i], left, right, y);
	}
	return y;
}

double layout_row(struct layout *l, const struct ladder_row *row, double *ret_changes)
{
	double y = l->y;

	put_time(l, row, y);
	if (row->from == row->to) {
		*ret_changes = y;
		y = put_said(l, row, y);
	} else {
		y = put_arrow(l, row, put_label(l, row, y));
		*ret_changes = y - PAD;
	}
	y = put_states(l, row, y);
	y = put_notes(l, row, y);
	return larger(y, l->y + (row->delta.len > 0 ? LEAD + SMALL_LEAD : LEAD)) + PAD;
}
