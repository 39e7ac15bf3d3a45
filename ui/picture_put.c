/* Texts, rectangles and lines of a page that is being laid out. */
#include "picture_layout.h"

const struct lettering lettering_plain = {INK_TEXT, SIZE, false};
const struct lettering lettering_bold = {INK_TEXT, SIZE, true};
const struct lettering lettering_dim = {INK_DIM, SMALL, false};

double layout_width(struct str s, double size)
{
	return (double)term_columns(s) * size * PICTURE_ADVANCE;
}

static size_t columns_in(double width, double size)
{
	double n = width / (size * PICTURE_ADVANCE);

	return n < 1 ? 1 : (size_t)n;
}

void layout_text(struct layout *l, double x, double baseline, struct str s, struct lettering how)
{
	if (s.len == 0)
		return;
	page_add(&l->front, (struct mark_on_page){
				    .shape = SHAPE_TEXT,
				    .ink = how.ink,
				    .x = x,
				    .y = baseline,
				    .x2 = layout_width(s, how.size),
				    .is_bold = how.is_bold,
				    .size = how.size,
				    .text = arena_str(l->picture->arena, s),
			    });
}

void layout_rect(struct page *page, struct point at, struct point size, enum ink ink,
		 bool is_framed)
{
	page_add(page, (struct mark_on_page){.shape = SHAPE_RECT,
					     .ink = ink,
					     .x = at.x,
					     .y = at.y,
					     .x2 = size.x,
					     .y2 = size.y,
					     .is_framed = is_framed,
					     .size = 1});
}

void layout_line(struct page *page, struct point from, struct point to, struct stroke how)
{
	page_add(page, (struct mark_on_page){.shape = SHAPE_LINE,
					     .ink = how.ink,
					     .x = from.x,
					     .y = from.y,
					     .x2 = to.x,
					     .y2 = to.y,
					     .size = how.width,
					     .is_dashed = how.is_dashed});
}

double layout_words(struct layout *l, double x, double y, double width, struct str s,
		    struct lettering how)
{
	double lead = how.size == SIZE ? LEAD : SMALL_LEAD;

	while (s.len > 0) {
		struct str now = term_piece(s, columns_in(width, how.size));

		if (now.len == 0)
			break;
		layout_text(l, x, y + how.size, str_trim(now), how);
		y += lead;
		s = str_trim(str_from(s, now.len));
	}
	return y;
}
