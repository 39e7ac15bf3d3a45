/* Two messages of a ladder side by side, field by field; the fields that differ are marked. */
#include <stdlib.h>

#include "diff_align.h"
#include "limits.h"
#include "message_tree.h"
#include "tui.h"

enum {
	FIELDS = 1024, /* of one message that are compared; what follows is shown as it comes */
	BETWEEN = 2,
	MARK = 2,
	COLUMN_LEAST = 16
};

/* A line of the screen: a field of each, or what did not fit into the line above. */
struct pair_line {
	struct str cell[2];
	char mark; /* ' ' the same, '*' differs, '<' and '>' only there */
};

struct two {
	struct screen screen;
	struct arena *arena;
	const struct step *step[2];
	struct str where[2];
	struct message_tree tree[2];
	struct pair_line *lines;
	size_t n, room, differ, width;
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

static void add_line(struct two *p, struct pair_line line)
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

static void add_fields(struct two *p, size_t a, size_t b)
{
	struct str left = a == ALIGN_NONE ? (struct str){0} : p->tree[0].rows[a].text;
	struct str right = b == ALIGN_NONE ? (struct str){0} : p->tree[1].rows[b].text;
	struct pair_line line = {.mark = a == ALIGN_NONE          ? '>'
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

static void lay_out(struct two *p)
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

static void refresh(struct screen *s)
{
	struct two *p = (struct two *)s;
	size_t room = s->tui->canvas->columns;

	arena_reset(p->arena);
	for (int side = 0; side < 2; side++)
		p->tree[side] = message_tree(p->arena, step_fullest(p->step[side]),
					     s->tui->options.show_secrets);
	p->width = room > MARK + BETWEEN ? (room - MARK - BETWEEN) / 2 : 0;
	if (p->width < COLUMN_LEAST)
		p->width = COLUMN_LEAST;
	p->n = p->differ = 0;
	lay_out(p);
}

static size_t rows(struct screen *s)
{
	return ((struct two *)s)->n;
}

static void write_line(const struct two *p, struct text *t, const struct pair_line *line)
{
	text_putc(t, line->mark);
	text_printf(t, "\033[%dG", MARK + 1);
	screen_cell(t, line->cell[0], p->width);
	text_printf(t, "\033[%zuG", MARK + 1 + p->width + BETWEEN);
	screen_cell(t, line->cell[1], p->width);
}

static void line(struct screen *s, size_t row, struct text *t)
{
	const struct two *p = (const struct two *)s;

	text_puts(t, p->lines[row].mark == ' ' ? "" : "\033[33m");
	write_line(p, t, &p->lines[row]);
}

static void head(struct screen *s, struct text *t)
{
	const struct two *p = (const struct two *)s;

	write_line(p, t, &(struct pair_line){.cell = {p->where[0], p->where[1]}, .mark = ' '});
}

static void title(struct screen *s, struct text *t)
{
	const struct two *p = (const struct two *)s;

	text_printf(t, "side by side, %zu %s", p->differ,
		    p->differ == 1 ? "field differs" : "fields differ");
}

static void close_pair(struct screen *s)
{
	struct two *p = (struct two *)s;

	arena_free(p->arena);
	free(p->lines);
	free(p);
}

static const struct screen_class class = {
	.name = "messages",
	.on = ON_TEXT,
	.printed_by = "decode -v, of each",
	.title = title,
	.head = head,
	.rows = rows,
	.line = line,
	.refresh = refresh,
	.close = close_pair,
};

void tui_open_pair(struct tui *t, const struct step *const step[2], const struct str where[2])
{
	struct two *p = must_alloc(1, sizeof(*p));

	*p = (struct two){.screen = {.class = &class},
			  .arena = arena_new(LIMIT_SCRATCH),
			  .step = {step[0], step[1]},
			  .where = {where[0], where[1]}};
	tui_push(t, &p->screen);
	for (size_t i = 0; i < p->n && p->lines[p->screen.at].mark == ' '; i++)
		screen_go(&p->screen, i);
}
