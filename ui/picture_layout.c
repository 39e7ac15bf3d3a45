#include "picture_layout.h"

#include <math.h>
#include <stdlib.h>

#include "diagram.h"

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

double layout_words_left(const struct layout *l, size_t party)
{
	return l->lane[party] + bars_half(&l->bars[party]) + PAD;
}

double layout_words_right(const struct layout *l, size_t party)
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
	return layout_words(l, x, y, width, text_str(&l->words), lettering_dim);
}

static double put_head(struct layout *l, size_t i, double y)
{
	const struct ladder_party *party = &l->ladder->parties[i];
	double x = l->lane[i] - bars_half(&l->bars[i]);
	double right = layout_words_right(l, i);
	size_t box = l->front.n_marks;
	double end;

	layout_rect(&l->front, (struct point){x, y}, (struct point){right - x, 0}, INK_BOX, false);
	layout_rect(&l->front, (struct point){x, y}, (struct point){right - x, 0}, INK_LINE, true);
	end = layout_words(l, x + PAD, y + NEAR, right - x - 2 * PAD, party->title, lettering_bold);
	end = layout_words(l, x + PAD, end, right - x - 2 * PAD, party->name, lettering_plain);
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

	l->y = layout_words(l, EDGE, EDGE, l->picture->width - 2 * EDGE, l->wish->title,
			    lettering_bold);
	y = l->y + NEAR;
	first = l->front.n_marks;
	for (size_t i = 0; i < l->ladder->n_parties; i++)
		end = larger(end, put_head(l, i, y));
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
		layout_line(page, (struct point){l->lane[i], l->head},
			    (struct point){l->lane[i], l->rows_end},
			    (struct stroke){INK_LINE, 1, false});
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

static void take_row(struct layout *l, const struct ladder_row *row)
{
	size_t before = l->front.n_marks;
	double changes;
	double end;

	layout_tie_to_time(l, row);
	end = layout_row(l, row, &changes);
	if (l->wish->page_height > 0 && end + EDGE > l->wish->page_height && l->rows_here > 0) {
		l->front.n_marks = before;
		end_page(l);
		begin_page(l);
		end = layout_row(l, row, &changes);
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
		l->y = layout_note(l, &l->ladder->notes[i], left, right, l->y);
	text_clear(&l->words);
	diagram_left_out(&l->words, l->ladder);
	l->y = layout_words(l, left, l->y, right - left, text_str(&l->words), lettering_bold);
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
		double width = 14 + layout_width(str_of(inks[i].word), SMALL) + 14;

		if (x + width > l->picture->width - EDGE && x > l->times) {
			x = l->times;
			l->y += SMALL_LEAD;
		}
		layout_rect(&l->front, (struct point){x, l->y + 2}, (struct point){9, 9},
			    inks[i].ink, false);
		layout_text(l, x + 14, l->y + SMALL, str_of(inks[i].word), lettering_dim);
		x += width;
	}
	l->y += SMALL_LEAD;
}

/* ---- the whole ---- */

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
		layout_ruler(l, layout_seconds(ladder));
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
	double span = layout_seconds(l);
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
