#include "screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A letter is CELL × LINE, as wide as DejaVu Sans Mono is in that size. */
enum { CELL = 8, LINE = 16, BASE = 12, EDGE = 8 };

#define SIZE "13.29"

#define PAPER "#15181e"
#define INK   "#d4d7dd"

struct look {
	VTermColor color, back;
	bool is_bold, has_line, is_reverse;
};

static struct look look_of(const VTermScreenCell *cell)
{
	return (struct look){.color = cell->fg,
			     .back = cell->bg,
			     .is_bold = cell->attrs.bold != 0,
			     .has_line = cell->attrs.underline != 0,
			     .is_reverse = cell->attrs.reverse != 0};
}

static bool is_same(const struct look *a, const struct look *b)
{
	return vterm_color_is_equal(&a->color, &b->color) &&
	       vterm_color_is_equal(&a->back, &b->back) && a->is_bold == b->is_bold &&
	       a->has_line == b->has_line && a->is_reverse == b->is_reverse;
}

static VTermScreenCell cell_at(struct terminal *t, int row, int column)
{
	VTermScreenCell cell = {0};

	vterm_screen_get_cell(t->screen, (VTermPos){.row = row, .col = column}, &cell);
	return cell;
}

static bool is_blank(const VTermScreenCell *cell)
{
	return cell->chars[0] == 0 || cell->chars[0] == ' ';
}

/* The second half of a wide letter, which has no letter of its own. */
static bool is_half(const VTermScreenCell *cell)
{
	return cell->chars[0] == (uint32_t)-1;
}

static void write_letters(FILE *out, const VTermScreenCell *cell)
{
	char octets[8];

	if (is_half(cell))
		return;
	if (cell->chars[0] == 0)
		fputc(' ', out);
	for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell->chars[i] != 0; i++)
		fwrite(octets, 1, terminal_utf8(octets, cell->chars[i]), out);
}

/* ---- SVG ---- */

static void write_escaped(FILE *out, const VTermScreenCell *cell)
{
	switch (cell->chars[0]) {
	case '<':
		fputs("&lt;", out);
		break;
	case '>':
		fputs("&gt;", out);
		break;
	case '&':
		fputs("&amp;", out);
		break;
	default:
		write_letters(out, cell);
	}
}

static void write_color(FILE *out, struct terminal *t, VTermColor color, const char *plain)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(&color) || VTERM_COLOR_IS_DEFAULT_BG(&color)) {
		fputs(plain, out);
		return;
	}
	vterm_screen_convert_color_to_rgb(t->screen, &color);
	fprintf(out, "#%02x%02x%02x", color.rgb.red, color.rgb.green, color.rgb.blue);
}

static void write_look_color(FILE *out, struct terminal *t, const struct look *l)
{
	if (l->is_reverse)
		write_color(out, t, l->back, PAPER);
	else
		write_color(out, t, l->color, INK);
}

static bool has_back(const struct look *l)
{
	return l->is_reverse || !VTERM_COLOR_IS_DEFAULT_BG(&l->back);
}

static void write_box(FILE *out, struct terminal *t, const struct look *l, int row, int from,
		      int to)
{
	fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"",
		EDGE + from * CELL, EDGE + row * LINE, (to - from) * CELL, LINE);
	if (l->is_reverse)
		write_color(out, t, l->color, INK);
	else
		write_color(out, t, l->back, PAPER);
	fputs("\"/>\n", out);
}

static void write_line(FILE *out, struct terminal *t, const struct look *l, int row, int from,
		       int to)
{
	fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"1\" fill=\"",
		EDGE + from * CELL, EDGE + row * LINE + LINE - 2, (to - from) * CELL);
	write_look_color(out, t, l);
	fputs("\"/>\n", out);
}

static void write_words(FILE *out, struct terminal *t, const struct look *l, int row, int from,
			int to)
{
	fprintf(out, "<text x=\"%d\" y=\"%d\" textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\"",
		EDGE + from * CELL, EDGE + row * LINE + BASE, (to - from) * CELL);
	if (l->is_bold)
		fputs(" font-weight=\"bold\"", out);
	if (l->is_reverse || !VTERM_COLOR_IS_DEFAULT_FG(&l->color)) {
		fputs(" fill=\"", out);
		write_look_color(out, t, l);
		fputc('"', out);
	}
	fputc('>', out);
	for (int i = from; i < to; i++) {
		VTermScreenCell cell = cell_at(t, row, i);

		write_escaped(out, &cell);
	}
	fputs("</text>\n", out);
}

/* Lines, bars and arrows are drawn, not written: they join in whatever font a browser has. Each is
 * a path in a cell, or through `n` of them: M, h, v and z need no more than numbers. */
static bool is_drawn(const VTermScreenCell *cell)
{
	switch (cell->chars[0]) {
	case 0x2500: /* ─ */
	case 0x2502: /* │ */
	case 0x2550: /* ═ */
	case 0x254c: /* ╌ */
	case 0x2588: /* █ */
	case 0x25b6: /* ▶ */
	case 0x25c0: /* ◀ */
	case 0x25cf: /* ● */
		return true;
	default:
		return false;
	}
}

static void write_path(FILE *out, uint32_t code, int x, int y, int n)
{
	int width = n * CELL, middle = y + LINE / 2;

	switch (code) {
	case 0x2502:
		fprintf(out, "M%d %dh1v%dh-1z", x + CELL / 2, y, LINE);
		break;
	case 0x2550:
		fprintf(out, "M%d %dh%dv1h-%dzm0 3h%dv1h-%dz", x, middle - 2, width, width, width,
			width);
		break;
	case 0x254c:
		for (int i = 0; i < n; i++)
			fprintf(out, "M%d %dh5v1h-5z", x + i * CELL + 1, middle);
		break;
	case 0x2588:
		fprintf(out, "M%d %dh%dv%dh-%dz", x, y + 1, width, LINE - 2, width);
		break;
	case 0x25b6:
		fprintf(out, "M%d %dv10l%d -5z", x, middle - 4, CELL);
		break;
	case 0x25c0:
		fprintf(out, "M%d %dv10l-%d -5z", x + CELL, middle - 4, CELL);
		break;
	case 0x25cf:
		fprintf(out, "M%d %da3 3 0 1 0 6 0a3 3 0 1 0 -6 0z", x + 1, middle);
		break;
	default: /* ─ */
		fprintf(out, "M%d %dh%dv1h-%dz", x, middle, width, width);
	}
}

/* As many of one kind as follow each other; where they end. */
static int write_drawn(FILE *out, struct terminal *t, const struct look *l, int row, int from,
		       int to)
{
	uint32_t code = cell_at(t, row, from).chars[0];
	int end = from;

	while (end < to && cell_at(t, row, end).chars[0] == code)
		end++;
	fputs("<path fill=\"", out);
	write_look_color(out, t, l);
	fputs("\" d=\"", out);
	write_path(out, code, EDGE + from * CELL, EDGE + row * LINE, end - from);
	fputs("\"/>\n", out);
	return end;
}

/* Words of one look, up to two blanks, something drawn, or its end. */
static int words_end(struct terminal *t, int row, int from, int to)
{
	int end = from;

	for (int i = from; i < to && i < end + 2; i++) {
		VTermScreenCell cell = cell_at(t, row, i);

		if (is_drawn(&cell))
			break;
		if (!is_blank(&cell))
			end = i + 1;
	}
	return end;
}

static void write_run(FILE *out, struct terminal *t, const struct look *l, int row, int from,
		      int to)
{
	if (has_back(l))
		write_box(out, t, l, row, from, to);
	if (l->has_line)
		write_line(out, t, l, row, from, to);
	for (int i = from; i < to;) {
		VTermScreenCell cell = cell_at(t, row, i);
		int end;

		if (is_blank(&cell)) {
			i++;
			continue;
		}
		if (is_drawn(&cell)) {
			i = write_drawn(out, t, l, row, i, to);
			continue;
		}
		end = words_end(t, row, i, to);
		write_words(out, t, l, row, i, end);
		i = end;
	}
}

/* Where the run of one look that begins at `from` ends. */
static int run_end(struct terminal *t, int row, int from, struct look *ret)
{
	VTermScreenCell cell = cell_at(t, row, from);
	int to = from + 1;

	*ret = look_of(&cell);
	for (; to < t->columns; to++) {
		VTermScreenCell next = cell_at(t, row, to);
		struct look look = look_of(&next);

		if (!is_half(&next) && !is_same(&look, ret))
			break;
	}
	return to;
}

static void each_run(FILE *out, struct terminal *t, int row,
		     void (*write)(FILE *out, struct terminal *t, const struct look *l, int row,
				   int from, int to))
{
	struct look look;

	for (int from = 0; from < t->columns;) {
		int to = run_end(t, row, from, &look);

		write(out, t, &look, row, from, to);
		from = to;
	}
}

char *screen_svg(struct terminal *t)
{
	int width = t->columns * CELL + 2 * EDGE, height = t->rows * LINE + 2 * EDGE;
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		"viewBox=\"0 0 %d %d\" font-family=\"DejaVu Sans Mono, Menlo, Consolas, "
		"monospace\" font-size=\"" SIZE "\" fill=\"%s\">\n"
		"<rect width=\"%d\" height=\"%d\" rx=\"6\" fill=\"%s\"/>\n",
		width, height, width, height, INK, width, height, PAPER);
	for (int row = 0; row < t->rows; row++)
		each_run(out, t, row, write_run);
	fputs("</svg>\n", out);
	fclose(out);
	return text;
}

/* ---- text ---- */

static void write_number(FILE *out, VTermColor color)
{
	if (VTERM_COLOR_IS_INDEXED(&color))
		fprintf(out, "%d", color.indexed.idx);
	else
		fprintf(out, "#%02x%02x%02x", color.rgb.red, color.rgb.green, color.rgb.blue);
}

static void write_look(FILE *out, const struct look *l)
{
	bool has_color = !VTERM_COLOR_IS_DEFAULT_FG(&l->color);
	const char *between = has_color ? " " : "";

	fputc('{', out);
	if (has_color)
		write_number(out, l->color);
	if (!VTERM_COLOR_IS_DEFAULT_BG(&l->back)) {
		fprintf(out, "%son ", between);
		write_number(out, l->back);
		between = " ";
	}
	if (l->is_bold) {
		fprintf(out, "%sbold", between);
		between = " ";
	}
	if (l->has_line) {
		fprintf(out, "%sline", between);
		between = " ";
	}
	if (l->is_reverse)
		fprintf(out, "%sreverse", between);
	fputc('}', out);
}

static void write_looked(FILE *out, struct terminal *t, const struct look *l, int row, int from,
			 int to)
{
	VTermScreenCell cell;

	if (from > 0 || l->is_bold || l->has_line || has_back(l) ||
	    !VTERM_COLOR_IS_DEFAULT_FG(&l->color))
		write_look(out, l);
	if (to == t->columns && !l->is_reverse && !l->has_line) {
		for (cell = cell_at(t, row, to - 1); to > from && is_blank(&cell);) {
			to--;
			cell = cell_at(t, row, to > 0 ? to - 1 : 0);
		}
	}
	for (int i = from; i < to; i++) {
		cell = cell_at(t, row, i);
		write_letters(out, &cell);
	}
}

char *screen_looks(struct terminal *t)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	for (int row = 0; row < t->rows; row++) {
		each_run(out, t, row, write_looked);
		fputc('\n', out);
	}
	fclose(out);
	return text;
}
