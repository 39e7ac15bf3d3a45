#include "canvas.h"

#include <ctype.h>
#include <stdlib.h>
#include <wchar.h>

#include "arena.h"
#include "limits.h"

struct canvas *canvas_new(bool is_utf8)
{
	struct canvas *c = must_alloc(1, sizeof(*c));

	*c = (struct canvas){.is_utf8 = is_utf8};
	return c;
}

void canvas_free(struct canvas *c)
{
	if (c == NULL)
		return;
	free(c->cells);
	free(c);
}

void canvas_resize(struct canvas *c, size_t rows, size_t columns)
{
	c->rows = rows;
	c->columns = columns;
	c->cells = must_grow(c->cells, rows * columns + 1, sizeof(*c->cells));
	canvas_clear(c);
}

void canvas_clear(struct canvas *c)
{
	for (size_t i = 0; i < c->rows * c->columns; i++)
		c->cells[i] = (struct cell){.codes = {' '}};
}

struct area canvas_whole(const struct canvas *c)
{
	return (struct area){.bottom = c->rows, .right = c->columns};
}

/* ---- letters ---- */

/* One character of UTF-8. Renderers escape what is none; a wrong octet takes no other with it. */
static size_t next_code(struct str s, uint32_t *ret)
{
	unsigned char first = (unsigned char)s.at[0];
	size_t n = first < 0x80 ? 1 : first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	uint32_t code = first < 0x80 ? first : first & (0x7fu >> n);

	*ret = '?';
	if (n > s.len || (first >= 0x80 && first < 0xc0) || first >= 0xf8)
		return 1;
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)s.at[i] & 0xc0) != 0x80)
			return 1;
		code = code << 6 | ((unsigned char)s.at[i] & 0x3fu);
	}
	*ret = code;
	return n;
}

/* What stands for the signs that our own pictures use, where only ASCII can be shown. */
static const struct {
	uint32_t code;
	char ascii;
} stand_ins[] = {
	{0x2192, '>'}, {0x2190, '<'}, {0x2194, '='}, {0x2191, '^'}, {0x2193, 'v'}, {0x2500, '-'},
	{0x2502, '|'}, {0x250c, '+'}, {0x2510, '+'}, {0x2514, '+'}, {0x2518, '+'}, {0x251c, '+'},
	{0x2524, '+'}, {0x252c, '+'}, {0x2534, '+'}, {0x253c, '+'}, {0x2550, '='}, {0x2551, '|'},
	{0x25b6, '>'}, {0x25c0, '<'}, {0x25ba, '>'}, {0x25c4, '<'}, {0x2588, '#'}, {0x2591, '.'},
	{0x2592, ':'}, {0x2593, '%'}, {0x00d7, 'x'}, {0x2026, '~'}, {0x00b7, '.'}, {0x2022, '*'},
	{0x25cf, '*'}, {0x2014, '-'}, {0x2013, '-'}, {0x00b1, '~'}, {0x2248, '~'}, {0x2506, ':'},
	{0x250a, ':'}, {0x254c, '-'}, {0x2504, '-'}, {0x2580, '#'}, {0x2584, '#'}, {0x258c, '#'},
	{0x2590, '#'}, {0x2713, 'v'}, {0x2717, 'x'}, {0x25b2, '^'}, {0x25bc, 'v'}, {0x2581, '_'},
	{0x2582, '_'}, {0x2583, '='}, {0x2585, '='}, {0x2586, '#'}, {0x2587, '#'}, {0x2589, '#'},
	{0x258a, '#'}, {0x258b, '#'}, {0x258d, '|'}, {0x258e, '|'}, {0x258f, '|'},
};

static uint32_t ascii_of(uint32_t code)
{
	if (code < 0x80)
		return code;
	for (size_t i = 0; i < sizeof(stand_ins) / sizeof(stand_ins[0]); i++) {
		if (stand_ins[i].code == code)
			return (unsigned char)stand_ins[i].ascii;
	}
	return '?';
}

/* What is shown for a code, and in how many columns. Only letters get through. */
static uint32_t shown_code(bool is_utf8, uint32_t code, size_t *ret_width)
{
	int width;

	*ret_width = 1;
	if (code < 0x20 || code == 0x7f || (code >= 0x80 && code < 0xa0))
		return '?';
	if (code < 0x80)
		return code;
	if (!is_utf8)
		return ascii_of(code);
	width = wcwidth((wchar_t)code);
	if (width < 0)
		return '?';
	*ret_width = (size_t)width;
	return code;
}

/* ---- sequences ---- */

struct pen {
	uint8_t color, flags;
};

static void pen_set(struct pen *p, unsigned number)
{
	switch (number) {
	case 0:
		*p = (struct pen){0};
		break;
	case 1:
		p->flags |= CELL_BOLD;
		break;
	case 2:
		p->flags |= CELL_DIM;
		break;
	case 4:
		p->flags |= CELL_UNDERLINE;
		break;
	case 7:
		p->flags |= CELL_REVERSE;
		break;
	default:
		if (number >= 31 && number <= 37)
			p->color = (uint8_t)(number - 30);
	}
}

/* `\033[nm` or `\033[nG`: octets taken, 0 when it is neither. */
static size_t sequence(struct str s, unsigned *ret_number, char *ret_letter)
{
	size_t n = 2;
	unsigned number = 0;

	if (s.len < 3 || s.at[0] != '\033' || s.at[1] != '[')
		return 0;
	for (; n < s.len && isdigit((unsigned char)s.at[n]) && number < 10000; n++)
		number = number * 10 + (unsigned)(s.at[n] - '0');
	if (n == s.len || (s.at[n] != 'm' && s.at[n] != 'G'))
		return 0;
	*ret_number = number;
	*ret_letter = s.at[n];
	return n + 1;
}

/* ---- drawing ---- */

static struct cell *cell_at(struct canvas *c, struct area a, size_t row, size_t column)
{
	return &c->cells[(a.top + row) * c->columns + a.left + column];
}

static bool area_has(const struct canvas *c, struct area a, size_t row)
{
	return a.top + row < a.bottom && a.bottom <= c->rows && a.right <= c->columns &&
	       a.left < a.right;
}

static void put_mark(struct cell *cell, uint32_t code)
{
	for (size_t i = 1; i < CELL_CODES; i++) {
		if (cell->codes[i] != 0)
			continue;
		cell->codes[i] = code;
		return;
	}
}

/* A line while it is drawn: `skip` columns of it are out of sight. */
struct drawn {
	struct canvas *canvas;
	struct area area;
	size_t row, skip;
	struct pen pen;
};

/* A letter in column `at` of the line. */
static void put(const struct drawn *d, size_t at, uint32_t code, size_t width)
{
	size_t room = d->area.right - d->area.left;
	size_t x = at - d->skip;

	if (width == 0) {
		if (at > d->skip && x <= room && x > 0)
			put_mark(cell_at(d->canvas, d->area, d->row, x - 1), code);
		return;
	}
	if (at + width <= d->skip || (at >= d->skip && x >= room))
		return;
	if (at < d->skip) { /* half of a wide letter */
		*cell_at(d->canvas, d->area, d->row, 0) = (struct cell){.codes = {' '}};
		return;
	}
	if (x + width > room)
		code = ' ';
	*cell_at(d->canvas, d->area, d->row, x) =
		(struct cell){{code, 0, 0}, d->pen.color, d->pen.flags};
	if (width == 2 && x + 1 < room)
		*cell_at(d->canvas, d->area, d->row, x + 1) =
			(struct cell){{0}, d->pen.color, d->pen.flags};
}

/* On to a column: what stood there of a cell that is too long goes. */
static void blank_from(const struct drawn *d, size_t from)
{
	for (size_t x = from > d->skip ? from - d->skip : 0; x < d->area.right - d->area.left; x++)
		*cell_at(d->canvas, d->area, d->row, x) = (struct cell){.codes = {' '}};
}

/* The next cell begins at `column`, before the end of the one that stands there. */
static void cut_cell(const struct drawn *d, size_t column)
{
	blank_from(d, column);
	if (column > 1)
		put(d, column - 2, '~', 1);
	if (column > 0)
		put(d, column - 1, ' ', 1);
}

/* The last column says that its cell goes on. */
static void put_cut(struct canvas *c, struct area a, size_t row)
{
	size_t last = a.right - a.left - 1;
	struct cell *cell = cell_at(c, a, row, last);

	if (last > 0 && cell->codes[0] == 0) /* the second half of a wide letter */
		*cell_at(c, a, row, last - 1) = (struct cell){.codes = {' '}};
	*cell = (struct cell){.codes = {'~'}, .flags = CELL_DIM};
}

void canvas_line(struct canvas *c, struct area a, size_t row, size_t skip, struct str line)
{
	struct drawn d = {.canvas = c, .area = a, .row = row, .skip = skip};
	size_t at = 0, cell = 0, end = skip + (a.right > a.left ? a.right - a.left : 0);
	bool is_cut = false;

	if (!area_has(c, a, row))
		return;
	blank_from(&d, skip);
	while (line.len > 0) {
		unsigned number;
		char letter;
		uint32_t code;
		size_t width;
		size_t n = sequence(line, &number, &letter);

		if (n > 0 && letter == 'm') {
			pen_set(&d.pen, number);
		} else if (n > 0) {
			cell = number > 0 ? number - 1 : 0;
			if (number > 0 && cell < at) {
				is_cut = false;
				cut_cell(&d, cell);
			}
			at = cell;
		} else {
			n = next_code(line, &code);
			code = shown_code(c->is_utf8, code, &width);
			put(&d, at, code, width);
			at += width;
			is_cut = is_cut || (code != ' ' && at > end && cell < end);
		}
		line = str_from(line, n);
	}
	if (is_cut)
		put_cut(c, a, row);
}

void canvas_flag(struct canvas *c, struct area a, size_t row, unsigned flags)
{
	if (!area_has(c, a, row))
		return;
	for (size_t x = 0; x < a.right - a.left; x++)
		cell_at(c, a, row, x)->flags |= (uint8_t)flags;
}

void canvas_cursor(struct canvas *c, struct area a, size_t row)
{
	if (!area_has(c, a, row))
		return;
	for (size_t x = 0; x < a.right - a.left; x++) {
		struct cell *cell = cell_at(c, a, row, x);

		cell->color = COLOR_NONE;
		cell->flags = (uint8_t)((cell->flags & ~(unsigned)CELL_DIM) | CELL_REVERSE);
	}
}

static bool same_letter(uint32_t cell, unsigned char letter)
{
	return cell < 0x80 && tolower((int)cell) == tolower(letter);
}

/* Needles of other letters than ASCII are found, but not painted. */
void canvas_find(struct canvas *c, struct area a, size_t row, struct str needle)
{
	size_t room = a.right - a.left;

	if (!area_has(c, a, row) || needle.len == 0)
		return;
	for (size_t x = 0; x + needle.len <= room; x++) {
		size_t n = 0;

		while (n < needle.len && same_letter(cell_at(c, a, row, x + n)->codes[0],
						     (unsigned char)needle.at[n]))
			n++;
		for (size_t i = 0; n == needle.len && i < n; i++)
			cell_at(c, a, row, x + i)->flags |= CELL_REVERSE | CELL_UNDERLINE;
	}
}

void canvas_rule(struct canvas *c, struct area a, size_t column)
{
	for (size_t row = a.top; row < a.bottom && row < c->rows && column < c->columns; row++)
		c->cells[row * c->columns + column] =
			(struct cell){.codes = {c->is_utf8 ? 0x2502 : '|'}, .flags = CELL_DIM};
}

/* ---- reading ---- */

static void put_utf8(struct text *t, uint32_t code)
{
	if (code < 0x80) {
		text_putc(t, (char)code);
	} else if (code < 0x800) {
		text_putc(t, (char)(0xc0 | code >> 6));
		text_putc(t, (char)(0x80 | (code & 0x3f)));
	} else if (code < 0x10000) {
		text_putc(t, (char)(0xe0 | code >> 12));
		text_putc(t, (char)(0x80 | (code >> 6 & 0x3f)));
		text_putc(t, (char)(0x80 | (code & 0x3f)));
	} else {
		text_putc(t, (char)(0xf0 | code >> 18));
		text_putc(t, (char)(0x80 | (code >> 12 & 0x3f)));
		text_putc(t, (char)(0x80 | (code >> 6 & 0x3f)));
		text_putc(t, (char)(0x80 | (code & 0x3f)));
	}
}

void canvas_print_row(const struct canvas *c, size_t row, struct text *t)
{
	size_t start = t->len;

	for (size_t x = 0; x < c->columns; x++) {
		const struct cell *cell = &c->cells[row * c->columns + x];

		for (size_t i = 0; i < CELL_CODES && cell->codes[i] != 0; i++)
			put_utf8(t, cell->codes[i]);
	}
	while (t->len > start && t->at[t->len - 1] == ' ')
		t->at[--t->len] = '\0';
}

void canvas_plain(struct text *t, struct str line)
{
	while (line.len > 0) {
		unsigned number;
		char letter;
		size_t n = sequence(line, &number, &letter);

		if (n == 0) {
			text_putc(t, line.at[0]);
			n = 1;
		} else if (letter == 'G' && t->len > 0) {
			text_puts(t, "  ");
		}
		line = str_from(line, n);
	}
}

bool canvas_holds(struct str plain, struct str needle)
{
	for (size_t i = 0; i + needle.len <= plain.len; i++) {
		if (str_equal_nocase((struct str){plain.at + i, needle.len}, needle))
			return true;
	}
	return false;
}

size_t canvas_width(bool is_utf8, struct str line)
{
	size_t at = 0;
	size_t widest = 0;

	while (line.len > 0) {
		unsigned number;
		char letter;
		uint32_t code;
		size_t width = 0;
		size_t n = sequence(line, &number, &letter);

		if (n == 0) {
			n = next_code(line, &code);
			shown_code(is_utf8, code, &width);
		} else if (letter == 'G') {
			at = number > 0 ? number - 1 : 0;
		}
		at += width;
		widest = at > widest ? at : widest;
		line = str_from(line, n);
	}
	return widest;
}
