/* True time beside the rows. */

#include "picture_layout.h"

double layout_seconds(const struct ladder *l)
{
	double most = 0;

	for (size_t i = 0; i < l->n_rows; i++) {
		const struct ladder_row *row = &l->rows[i];
		struct moment last = row->n_waits > 0 ? row->last : row->when;

		if (moment_comparable(last, l->rows[0].when))
			most = larger(most, (double)moment_minus(last, l->rows[0].when) / 1e9);
	}
	return most;
}

void layout_tie_to_time(struct layout *l, const struct ladder_row *row)
{
	const struct ladder_row *first = &l->ladder->rows[0];
	double place;

	if (l->scale <= 0 || !moment_comparable(row->when, first->when))
		return;
	place = l->zero + (double)moment_minus(row->when, first->when) / 1e9 * l->scale;
	l->y = larger(l->y, place - LEAD / 2.0);
	layout_line(&l->front, (struct point){EDGE + RULER - 20, place},
		    (struct point){l->times - 2, l->y + LEAD / 2.0},
		    (struct stroke){INK_LINE, 1, false});
	for (size_t i = 0; i < row->n_waits; i++) {
		place += row->waits[i] * l->scale;
		layout_line(&l->front, (struct point){EDGE + RULER - 20, place},
			    (struct point){EDGE + RULER - 20 + 2 * NEAR, place},
			    (struct stroke){layout_arrow_ink(row), 1.5, false});
	}
}

/* 1, 2 or 5 times a power of ten, so that ticks are at least 40 pixels apart. */
static double tick_of(double scale)
{
	static const double powers[] = {1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1,
					1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9};
	double tick = powers[0];

	for (size_t i = 1; i < sizeof(powers) / sizeof(powers[0]) && powers[i] * scale <= 40; i++)
		tick = powers[i];
	for (int i = 0; tick * scale < 40 && i < 4; i++)
		tick *= i % 2 == 0 ? 2 : 2.5;
	return tick;
}

void layout_ruler(struct layout *l, double seconds)
{
	enum { TICKS = 10000 };
	double x = EDGE + RULER - 20, tick = tick_of(l->scale);
	double end = l->zero + seconds * l->scale;

	l->rows_end = larger(l->rows_end, end);
	l->y = larger(l->y, end + LEAD);
	layout_line(&l->front, (struct point){x, l->zero}, (struct point){x, end},
		    (struct stroke){INK_DIM, 1, false});
	for (int i = 0; i < TICKS && i * tick <= seconds; i++) {
		double y = l->zero + i * tick * l->scale;

		layout_line(&l->front, (struct point){x - NEAR, y}, (struct point){x, y},
			    (struct stroke){INK_DIM, 1, false});
		text_clear(&l->words);
		text_printf(&l->words, "%.6g%s", i * tick, i == 0 ? " s" : "");
		layout_text(l, x - PAD - layout_width(text_str(&l->words), SMALL), y + 3,
			    text_str(&l->words), lettering_dim);
	}
}
