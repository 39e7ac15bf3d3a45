/* Where everything of a picture stands. A row takes, from above: its words, its arrow, the states
 * it moves (at the right of each lifeline), its findings. Words never leave the gap behind their
 * lifeline, so that nothing can overlap; the last lifeline has a gap of its own. */
#include <math.h>
#include <stdlib.h>

#include "diagram.h"
#include "picture_bars.h"

enum {
	EDGE = 16,  /* around the page */
	SIZE = 12,  /* of words */
	LEAD = 15,  /* from line to line */
	SMALL = 10, /* of what is said beside */
	SMALL_LEAD = 13,
	PAD = 6,
	RULER = 72, /* of true time */
	GAP_LEAST = 14,
	NEAR = 4,
};

struct layout {
	const struct ladder *ladder;
	const struct picture_wish *wish;
	struct picture *picture;
	struct page front, back; /* of the page that is being made; back: lifelines and bars */
	struct bars bars[LIMIT_LADDER_PARTIES];
	double lane[LIMIT_LADDER_PARTIES + 1]; /* and where the last gap ends */
	double times;                          /* left edge of the times */
	size_t time_columns;
	double head; /* where rows begin on each page */
	double y;
	double rows_end; /* where lifelines end */
	double scale;    /* pixels a second of true time; 0: rows follow each other */
	double zero;     /* y of the first moment */
	size_t rows_here;
	struct text words;
};

static double width_of(struct str s, double size)
{
	return (double)term_columns(s) * size * PICTURE_ADVANCE;
}

static size_t columns_in(double width, double size)
{
	double n = width / (size * PICTURE_ADVANCE);

	return n < 1 ? 1 : (size_t)n;
}

/* ---- marks ---- */

struct lettering {
	enum ink ink;
	double size;
	bool is_bold;
};

static const struct lettering plain = {INK_TEXT, SIZE, false};
static const struct lettering bold = {INK_TEXT, SIZE, true};
static const struct lettering dim = {INK_DIM, SMALL, false};

static void put_text(struct layout *l, double x, double baseline, struct str s,
		     struct lettering how)
{
	if (s.len == 0)
		return;
	page_add(&l->front, (struct mark_on_page){
				    .shape = SHAPE_TEXT,
				    .ink = how.ink,
				    .x = x,
				    .y = baseline,
				    .x2 = width_of(s, how.size),
				    .is_bold = how.is_bold,
				    .size = how.size,
				    .text = arena_str(l->picture->arena, s),
			    });
}

static void put_rect(struct page *page, double x, double y, double w, double h, enum ink ink,
		     bool is_framed)
{
	page_add(page, (struct mark_on_page){.shape = SHAPE_RECT,
					     .ink = ink,
					     .x = x,
					     .y = y,
					     .x2 = w,
					     .y2 = h,
					     .is_framed = is_framed,
					     .size = 1});
}

static void put_line(struct page *page, double x, double y, double x2, double y2, enum ink ink,
		     double stroke, bool is_dashed)
{
	page_add(page, (struct mark_on_page){.shape = SHAPE_LINE,
					     .ink = ink,
					     .x = x,
					     .y = y,
					     .x2 = x2,
					     .y2 = y2,
					     .size = stroke,
					     .is_dashed = is_dashed});
}

/* Words in lines no wider than `width`, from `y` down; returns where they end. */
static double put_words(struct layout *l, double x, double y, double width, struct str s,
			struct lettering how)
{
	double lead = how.size == SIZE ? LEAD : SMALL_LEAD;

	while (s.len > 0) {
		struct str now = term_piece(s, columns_in(width, how.size));

		if (now.len == 0)
			break;
		put_text(l, x, y + how.size, str_trim(now), how);
		y += lead;
		s = str_trim(str_from(s, now.len));
	}
	return y;
}

/* ---- the page ---- */

static size_t longest_time(const struct ladder *l)
{
	size_t most = 8;

	for (size_t i = 0; i < l->n_rows; i++) {
		size_t columns = term_columns(l->rows[i].time);

		most = columns > most ? columns : most;
	}
	return most;
}

/* As wide as a few parties need; many stand closer. */
static double gap_of(const struct layout *l)
{
	static const unsigned columns[] = {0, 60, 48, 40, 34, 30};
	size_t n = l->ladder->n_parties;
	size_t wanted = columns[n < 5 ? n : 5];

	if (l->wish->columns > l->time_columns + 4)
		wanted = (l->wish->columns - l->time_columns - 4) / (n == 0 ? 1 : n);
	if (wanted < GAP_LEAST)
		wanted = GAP_LEAST;
	return (double)wanted * SIZE * PICTURE_ADVANCE + (double)BARS * 5;
}

static void place_lanes(struct layout *l)
{
	size_t n = l->ladder->n_parties;
	double gap;

	l->time_columns = longest_time(l->ladder);
	l->times = EDGE + (l->wish->has_time_scale ? RULER : 0);
	gap = gap_of(l);
	for (size_t i = 0; i <= n; i++)
		l->lane[i] = l->times + (double)l->time_columns * SIZE * PICTURE_ADVANCE + 28 +
			     (double)i * gap;
	l->picture->width = ceil(l->lane[n] + EDGE);
}

/* Where words beside a lifeline may stand. */
static double words_left(const struct layout *l, size_t party)
{
	return l->lane[party] + bars_half(&l->bars[party]) + PAD;
}

static double words_right(const struct layout *l, size_t party)
{
	double next = party + 1 < l->ladder->n_parties ? bars_half(&l->bars[party + 1]) : 0;

	return l->lane[party + 1] - next - PAD;
}

static void know_bars(struct layout *l)
{
	for (size_t i = 0; i < l->ladder->n_rows; i++) {
		const struct ladder_row *row = &l->ladder->rows[i];

		for (size_t k = 0; k < row->n_states; k++)
			bars_know(&l->bars[row->states[k].party], &row->states[k]);
	}
}

/* `bars: tunnel session LCP`, in their order. */
static double put_bar_names(struct layout *l, size_t party, double x, double y, double width)
{
	const struct bars *b = &l->bars[party];

	if (b->n == 0)
		return y;
	text_clear(&l->words);
	text_puts(&l->words, "bars:");
	for (size_t i = 0; i < b->n; i++) {
		text_putc(&l->words, ' ');
		text_add(&l->words, b->at[i].name);
	}
	return put_words(l, x, y, width, text_str(&l->words), dim);
}

static double put_head(struct layout *l, size_t i, double y)
{
	const struct ladder_party *party = &l->ladder->parties[i];
	double x = l->lane[i] - bars_half(&l->bars[i]);
	double right = words_right(l, i);
	size_t box = l->front.n_marks;
	double end;

	put_rect(&l->front, x, y, right - x, 0, INK_BOX, false);
	put_rect(&l->front, x, y, right - x, 0, INK_LINE, true);
	end = put_words(l, x + PAD, y + NEAR, right - x - 2 * PAD, party->title, bold);
	end = put_words(l, x + PAD, end, right - x - 2 * PAD, party->name, plain);
	end = put_bar_names(l, i, x + PAD, end, right - x - 2 * PAD) + NEAR;
	l->front.marks[box].y2 = end - y;
	l->front.marks[box + 1].y2 = end - y;
	return end;
}

/* Boxes of one height. */
static void put_heads(struct layout *l)
{
	size_t first;
	double end = 0;
	double y;

	l->y = put_words(l, EDGE, EDGE, l->picture->width - 2 * EDGE, l->wish->title, bold);
	y = l->y + NEAR;
	first = l->front.n_marks;
	for (size_t i = 0; i < l->ladder->n_parties; i++)
		end = fmax(end, put_head(l, i, y));
	for (size_t i = first; i < l->front.n_marks; i++) {
		struct mark_on_page *m = &l->front.marks[i];

		if (m->shape == SHAPE_RECT)
			m->y2 = end - y;
	}
	l->head = end;
	l->y = end + 2 * NEAR;
	l->rows_end = l->y;
}

static void begin_page(struct layout *l)
{
	l->front = (struct page){0};
	l->back = (struct page){0};
	l->rows_here = 0;
	put_heads(l);
}

/* What stands behind is drawn first. */
static void end_page(struct layout *l)
{
	struct page *page = picture_add_page(l->picture);

	for (size_t i = 0; i < l->ladder->n_parties; i++) {
		put_line(page, l->lane[i], l->head, l->lane[i], l->rows_end, INK_LINE, 1, false);
		bars_end_page(&l->bars[i], l->lane[i], l->rows_end, l->head, &l->back);
	}
	for (size_t i = 0; i < l->back.n_marks; i++)
		page_add(page, l->back.marks[i]);
	for (size_t i = 0; i < l->front.n_marks; i++)
		page_add(page, l->front.marks[i]);
	page->height = ceil(l->y + EDGE);
	free(l->back.marks);
	free(l->front.marks);
	l->back = (struct page){0};
	l->front = (struct page){0};
}

/* ---- rows ---- */

static void put_time(struct layout *l, const struct ladder_row *row, double y)
{
	put_text(l, l->times, y + SIZE, row->time, plain);
	if (row->delta.len == 0)
		return;
	text_clear(&l->words);
	text_printf(&l->words, "+%.*s", STR_ARG(row->delta));
	put_text(l, l->times, y + SIZE + SMALL_LEAD, text_str(&l->words), dim);
}

/* The gap in which the words of a row stand: at its sender's side. */
static size_t gap_at(const struct ladder_row *row)
{
	return row->from <= row->to ? row->from : row->from - 1;
}

static double put_label(struct layout *l, const struct ladder_row *row, double y)
{
	size_t gap = gap_at(row);
	double x = words_left(l, gap), width = words_right(l, gap) - x;

	text_clear(&l->words);
	diagram_headline(&l->words, l->ladder, row);
	y = put_words(l, x, y, width, text_str(&l->words), bold);
	text_clear(&l->words);
	diagram_detail(&l->words, row);
	return put_words(l, x, y, width, text_str(&l->words), plain);
}

static void put_head_of_arrow(struct layout *l, double x, double y, bool is_left, enum ink ink)
{
	page_add(&l->front,
		 (struct mark_on_page){
			 .shape = SHAPE_HEAD, .ink = ink, .x = x, .y = y, .x2 = is_left ? -1 : 1});
}

static enum ink arrow_ink(const struct ladder_row *row)
{
	if (row->is_unseen)
		return INK_LOST;
	return row->kind == LADDER_MESSAGE || row->kind == LADDER_SAID ? INK_ARROW : INK_DATA;
}

static void put_cross(struct layout *l, double x, double y)
{
	put_line(&l->front, x - NEAR, y - NEAR, x + NEAR, y + NEAR, INK_LOST, 1.5, false);
	put_line(&l->front, x - NEAR, y + NEAR, x + NEAR, y - NEAR, INK_LOST, 1.5, false);
}

static double put_arrow(struct layout *l, const struct ladder_row *row, double y)
{
	enum { HEAD = 8 };
	bool goes_right = row->to > row->from, has_both = diagram_goes_both_ways(row);
	size_t first = diagram_left(row), other = diagram_right(row);
	double left = l->lane[first] + bars_half(&l->bars[first]);
	double right = l->lane[other] - bars_half(&l->bars[other]);
	enum ink ink = arrow_ink(row);

	y += PAD;
	if (row->is_unseen) {
		double cross = goes_right ? right - 2 * HEAD : left + 2 * HEAD;

		put_line(&l->front, goes_right ? left : cross, y, goes_right ? cross : right, y,
			 ink, 1.5, true);
		put_cross(l, cross, y);
		return y + PAD;
	}
	put_line(&l->front, left, y, right, y, ink, ink == INK_DATA ? 2.5 : 1.5, false);
	if (goes_right || has_both)
		put_head_of_arrow(l, right, y, false, ink);
	if (!goes_right || has_both)
		put_head_of_arrow(l, left, y, true, ink);
	return y + PAD;
}

static double put_said(struct layout *l, const struct ladder_row *row, double y)
{
	double left = words_left(l, row->from) - NEAR;
	size_t box = l->front.n_marks;
	double end;

	put_rect(&l->front, left, y, words_right(l, row->from) + NEAR - left, 0, INK_BOX, false);
	end = put_label(l, row, y + 2) + NEAR;
	l->front.marks[box].y2 = end - y;
	return end + 2;
}

static const char *state_word(const struct machine *m, uint8_t state)
{
	const char *name = state < m->n_states ? m->states[state] : NULL;

	return name == NULL ? "?" : name;
}

static double put_state(struct layout *l, const struct ladder_state *s, double y)
{
	double x = words_left(l, s->party);
	struct lettering how = dim;

	how.ink = s->is_inferred ? INK_DIM : INK_TEXT;
	text_clear(&l->words);
	text_add(&l->words, bar_name(s));
	text_printf(&l->words, ": %s → %s%s", state_word(s->machine, s->before),
		    state_word(s->machine, s->after), s->is_inferred ? " (inferred)" : "");
	put_rect(&l->front, x, y + 3, 6, 6, bar_ink(s->machine, s->after), false);
	return put_words(l, x + 10, y - 1, words_right(l, s->party) - x - 10, text_str(&l->words),
			 how);
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
		end = fmax(end, ends[s->party]);
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

static double put_note(struct layout *l, const struct ladder_note *note, double left, double right,
		       double y)
{
	enum severity severity = note->finding->severity;
	struct lettering how = {note_inks[severity].ink, SMALL, false};
	size_t box = l->front.n_marks;
	double end;

	text_clear(&l->words);
	diagram_note(&l->words, note);
	put_rect(&l->front, left, y, right - left, 0, note_inks[severity].back, false);
	put_rect(&l->front, left, y, 3, 0, note_inks[severity].ink, false);
	end = put_words(l, left + 2 * PAD, y + 2, right - left - 3 * PAD, text_str(&l->words),
			how) +
	      NEAR;
	l->front.marks[box].y2 = end - y;
	l->front.marks[box + 1].y2 = end - y;
	return end + NEAR;
}

static double put_notes(struct layout *l, const struct ladder_row *row, double y)
{
	size_t first = diagram_left(row), last = diagram_right(row);
	double left = words_left(l, first);
	double right = words_right(l, last > first ? last - 1 : first);

	for (size_t i = 0; i < row->n_notes; i++) {
		if (row->notes[i].is_first)
			y = put_note(l, &row->notes[i], left, right, y);
	}
	return y;
}

/* Its true place on the ruler, and a line from there to the row. */
static void tie_to_time(struct layout *l, const struct ladder_row *row)
{
	const struct ladder_row *first = &l->ladder->rows[0];
	double place;

	if (l->scale <= 0 || !moment_comparable(row->when, first->when))
		return;
	place = l->zero + (double)moment_minus(row->when, first->when) / 1e9 * l->scale;
	l->y = fmax(l->y, place - LEAD / 2.0);
	put_line(&l->front, EDGE + RULER - 20, place, l->times - 2, l->y + LEAD / 2.0, INK_LINE, 1,
		 false);
}

/* Draws a row at l->y; returns where it ends, and where its states change. */
static double put_row(struct layout *l, const struct ladder_row *row, double *ret_changes)
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
	return fmax(y, l->y + (row->delta.len > 0 ? LEAD + SMALL_LEAD : LEAD)) + PAD;
}

static void take_row(struct layout *l, const struct ladder_row *row)
{
	size_t before = l->front.n_marks;
	double changes;
	double end;

	tie_to_time(l, row);
	end = put_row(l, row, &changes);
	if (l->wish->page_height > 0 && end + EDGE > l->wish->page_height && l->rows_here > 0) {
		l->front.n_marks = before;
		end_page(l);
		begin_page(l);
		end = put_row(l, row, &changes);
	}
	for (size_t i = 0; i < row->n_states; i++)
		bars_change(&l->bars[row->states[i].party], &row->states[i],
			    l->lane[row->states[i].party], changes, &l->back);
	l->y = end;
	l->rows_end = end;
	l->rows_here++;
}

/* ---- below the rows ---- */

static void put_rest(struct layout *l)
{
	double left = l->times, right = l->picture->width - EDGE;

	l->y += PAD;
	for (size_t i = 0; i < l->ladder->n_notes; i++)
		l->y = put_note(l, &l->ladder->notes[i], left, right, l->y);
	text_clear(&l->words);
	diagram_left_out(&l->words, l->ladder);
	l->y = put_words(l, left, l->y, right - left, text_str(&l->words), bold);
}

static void put_legend(struct layout *l)
{
	static const struct {
		enum ink ink;
		const char *word;
	} inks[] = {{INK_IDLE, "idle"},
		    {INK_BUSY, "under way"},
		    {INK_OPEN, "up"},
		    {INK_FAILED, "refused"},
		    {INK_ARROW, "message"},
		    {INK_DATA, "data, folded"},
		    {INK_LOST, "not seen to arrive"}};
	double x = l->times;

	for (size_t i = 0; i < sizeof(inks) / sizeof(inks[0]); i++) {
		double width = 14 + width_of(str_of(inks[i].word), SMALL) + 14;

		if (x + width > l->picture->width - EDGE && x > l->times) {
			x = l->times;
			l->y += SMALL_LEAD;
		}
		put_rect(&l->front, x, l->y + 2, 9, 9, inks[i].ink, false);
		put_text(l, x + 14, l->y + SMALL, str_of(inks[i].word), dim);
		x += width;
	}
	l->y += SMALL_LEAD;
}

/* 1, 2 or 5 times a power of ten, so that ticks are at least 40 pixels apart. */
static double tick_of(double scale)
{
	double tick = pow(10, floor(log10(40 / scale)));

	for (int i = 0; tick * scale < 40 && i < 4; i++)
		tick *= i % 2 == 0 ? 2 : 2.5;
	return tick;
}

static void put_ruler(struct layout *l, double seconds)
{
	enum { TICKS = 10000 };
	double x = EDGE + RULER - 20, tick = tick_of(l->scale);

	put_line(&l->front, x, l->zero, x, l->zero + seconds * l->scale, INK_DIM, 1, false);
	for (int i = 0; i < TICKS && i * tick <= seconds; i++) {
		double y = l->zero + i * tick * l->scale;

		put_line(&l->front, x - NEAR, y, x, y, INK_DIM, 1, false);
		text_clear(&l->words);
		text_printf(&l->words, "%.6g", i * tick);
		put_text(l, x - PAD - width_of(text_str(&l->words), SMALL), y + 3,
			 text_str(&l->words), dim);
	}
}

/* ---- the whole ---- */

static double seconds_of(const struct ladder *l)
{
	double most = 0;

	for (size_t i = 0; i < l->n_rows; i++) {
		if (moment_comparable(l->rows[i].when, l->rows[0].when))
			most = fmax(most,
				    (double)moment_minus(l->rows[i].when, l->rows[0].when) / 1e9);
	}
	return most;
}

static struct picture *lay_out(const struct ladder *ladder, const struct picture_wish *wish,
			       double scale)
{
	struct picture *p = must_alloc(1, sizeof(*p));
	struct layout *l = must_alloc(1, sizeof(*l));

	*p = (struct picture){.arena = arena_new(LIMIT_LADDER)};
	p->title = arena_str(p->arena, wish->title);
	*l = (struct layout){.ladder = ladder,
			     .wish = wish,
			     .picture = p,
			     .scale = scale,
			     .words = text_make(LIMIT_OUTPUT_LINE)};
	if (ladder->n_rows > 0)
		p->start = ladder->rows[0].when;
	place_lanes(l);
	know_bars(l);
	begin_page(l);
	l->zero = l->y + LEAD / 2.0;
	for (size_t i = 0; i < ladder->n_rows; i++)
		take_row(l, &ladder->rows[i]);
	if (scale > 0)
		put_ruler(l, seconds_of(ladder));
	put_rest(l);
	put_legend(l);
	end_page(l);
	text_free(&l->words);
	free(l);
	return p;
}

/* With true time, silence needs room beside what the rows themselves take. */
struct picture *picture_make(const struct ladder *l, const struct picture_wish *wish)
{
	struct picture_wish endless = *wish;
	double span = seconds_of(l);
	struct picture *p;
	double height;

	if (!wish->has_time_scale || span <= 0) {
		endless.has_time_scale = false;
		return lay_out(l, &endless, 0);
	}
	endless.page_height = 0;
	p = lay_out(l, &endless, 0);
	height = p->pages[0].height;
	picture_free(p);
	return lay_out(l, &endless, 1.25 * height / span);
}
