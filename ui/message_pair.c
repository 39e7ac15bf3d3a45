#include "message_pair.h"

#include <stdlib.h>

#include "diff_align.h"
#include "term.h"

enum {
	FIELDS = 1024, /* of one message that are compared; what follows is shown as it comes */
	BETWEEN = 2,
	MARK = 2,
	COLUMN_LEAST = 16
};

/* A field is known by its name, wherever it stands. */
static uint64_t kind_of(struct str row)
{
	uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
	size_t end = str_find(row, STR(":"));

	for (size_t i = 0; i < row.len && i < end; i++)
		hash = (hash ^ (unsigned char)row.at[i]) * 0x100000001b3u;
	return hash;
}

static void add_line(struct message_pair *p, struct message_pair_line line)
{
	if (p->n == p->room) {
		p->room = p->room == 0 ? 64 : p->room * 2;
		p->lines = must_grow(p->lines, p->room, sizeof(*p->lines));
	}
	p->lines[p->n++] = line;
}

/* The next piece of a cell; the rest of it is left in `rest`. */
static struct str next_piece(struct str *rest, size_t width)
{
	struct str piece = term_piece(*rest, width);

	if (piece.len == 0)
		piece = *rest;
	*rest = str_trim(str_from(*rest, piece.len));
	return piece;
}

static void add_fields(struct message_pair *p, size_t a, size_t b)
{
	struct str left = a == ALIGN_NONE ? STR("") : p->tree[0].rows[a].text;
	struct str right = b == ALIGN_NONE ? STR("") : p->tree[1].rows[b].text;
	struct message_pair_line line = {.mark = a == ALIGN_NONE          ? '>'
						 : b == ALIGN_NONE        ? '<'
						 : str_equal(left, right) ? ' '
									  : '*'};

	p->differ += line.mark != ' ';
	do {
		line.cell[0] = next_piece(&left, p->width);
		line.cell[1] = next_piece(&right, p->width);
		add_line(p, line);
	} while (left.len > 0 || right.len > 0);
}

static void lay_out(struct message_pair *p)
{
	size_t n[2];
	uint64_t *kinds[2];
	struct align_row *rows;
	size_t n_rows;

	for (int side = 0; side < 2; side++) {
		n[side] = p->tree[side].n < FIELDS ? p->tree[side].n : FIELDS;
		kinds[side] = must_alloc(n[side] + 1, sizeof(*kinds[side]));
		for (size_t i = 0; i < n[side]; i++)
			kinds[side][i] = kind_of(p->tree[side].rows[i].text);
	}
	rows = must_alloc(n[0] + n[1] + 1, sizeof(*rows));
	n_rows = align(kinds[0], n[0], kinds[1], n[1], rows);
	for (size_t i = 0; i < n_rows; i++)
		add_fields(p, rows[i].at[0], rows[i].at[1]);
	for (size_t i = FIELDS; i < p->tree[0].n || i < p->tree[1].n; i++)
		add_fields(p, i < p->tree[0].n ? i : ALIGN_NONE, i < p->tree[1].n ? i : ALIGN_NONE);
	free(rows);
	free(kinds[0]);
	free(kinds[1]);
}

void message_pair_make(struct message_pair *p, struct arena *arena, const struct event *const e[2],
		       size_t columns, bool show_secrets)
{
	for (int side = 0; side < 2; side++)
		p->tree[side] = message_tree(arena, e[side], show_secrets);
	p->width = columns > MARK + BETWEEN ? (columns - MARK - BETWEEN) / 2 : 0;
	if (p->width < COLUMN_LEAST)
		p->width = COLUMN_LEAST;
	p->n = p->differ = 0;
	lay_out(p);
}

void message_pair_free(struct message_pair *p)
{
	free(p->lines);
	*p = (struct message_pair){0};
}

static void add_cell(struct text *t, struct str cell, size_t width)
{
	struct str piece = term_piece(cell, width);

	if (term_columns(cell) <= width) {
		text_add(t, cell);
		return;
	}
	text_add(t, piece.len > 0 ? piece : cell);
	text_puts(t, piece.len > 0 ? "~" : "");
}

void message_pair_print(struct text *t, const struct message_pair *p,
			const struct message_pair_line *line)
{
	text_putc(t, line->mark);
	term_pad(t, MARK, false);
	add_cell(t, line->cell[0], p->width);
	if (line->cell[1].len == 0)
		return;
	term_pad(t, MARK + p->width + BETWEEN, false);
	add_cell(t, line->cell[1], p->width);
}
