#include "tui_message.h"

#include "cmd_common.h"

enum { OFFSET = 6 }; /* columns before the first octet */
/* Columns: from which on the message stands beside the list, and how many 8 or 16 octets take. */
enum { WIDE = 120, VERY_WIDE = 160, LOW = 14, HEX_8 = 40, HEX_16 = 72, BESIDE = 48 };

static void find_octet(struct tui_message *m)
{
	const struct tree_row *row = &m->tree.rows[m->field];

	if (m->field < m->tree.n && row->n > 0 && row->at < m->n_octets)
		m->octet = row->at;
}

void tui_message_set(struct tui_message *m, struct tui *t, const struct event *e, struct str where)
{
	bool show_secrets = t->options.show_secrets;

	if (m->arena == NULL)
		m->arena = arena_new(LIMIT_SCRATCH);
	arena_reset(m->arena);
	m->notes = NULL;
	m->last_note = &m->notes;
	m->event = e;
	m->where = where;
	m->field = m->octet = m->tree_top = m->hex_top = m->tree_left = 0;
	m->n_octets = 0;
	m->tree = (struct message_tree){0};
	if (e == NULL)
		return;
	m->tree = message_tree(m->arena, e, show_secrets);
	m->n_octets = message_octets(m->arena, e, &m->octets, &m->known);
	m->hides_octets = common_has_secret(e) && !show_secrets;
	find_octet(m);
}

void tui_message_note(struct tui_message *m, const char *color, struct str name, struct str text)
{
	struct tui_note *n = arena_alloc(m->arena, sizeof(*n));

	if (n == NULL)
		return;
	n->next = NULL;
	n->color = color;
	n->text = name.len == 0
			  ? arena_str(m->arena, text)
			  : arena_printf(m->arena, "%.*s: %.*s", STR_ARG(name), STR_ARG(text));
	*m->last_note = n;
	m->last_note = &n->next;
}

void tui_message_free(struct tui_message *m)
{
	arena_free(m->arena);
}

/* ---- drawing ---- */

static void keep_in_sight(size_t *top, size_t at, size_t height)
{
	if (*top > at)
		*top = at;
	if (height > 0 && at >= *top + height)
		*top = at - height + 1;
}

static void draw_tree(struct tui_message *m, struct canvas *c, struct area a)
{
	struct text line = text_make(TUI_LINE);

	m->tree_area = a;
	m->tree_rows = a.bottom - a.top;
	keep_in_sight(&m->tree_top, m->field, m->tree_rows);
	for (size_t i = 0; i < m->tree_rows && m->tree_top + i < m->tree.n; i++) {
		size_t row = m->tree_top + i;

		text_clear(&line);
		text_add(&line, m->tree.rows[row].text);
		canvas_line(c, a, i, m->tree_left, text_str(&line));
		if (row == m->field && m->pane == PANE_TREE)
			canvas_cursor(c, a, i);
		else if (row == m->field)
			canvas_flag(c, a, i, CELL_BOLD);
	}
	if (m->tree.n == 0 && m->event != NULL && m->notes == NULL) {
		text_add(&line, (struct str){0});
		text_puts(&line, "\033[2mno fields");
		canvas_line(c, a, 0, 0, text_str(&line));
	}
	text_free(&line);
}

static bool is_of_field(const struct tui_message *m, size_t octet)
{
	const struct tree_row *row = &m->tree.rows[m->field];

	return m->field < m->tree.n && octet >= row->at && octet - row->at < row->n;
}

/* What the octets of one cell look like. */
static const char *look_of(const struct tui_message *m, size_t octet)
{
	if (m->pane == PANE_HEX && octet == m->octet)
		return "\033[7m\033[4m";
	return is_of_field(m, octet) ? "\033[7m" : "";
}

static void write_octet(const struct tui_message *m, struct text *t, size_t octet)
{
	text_puts(t, look_of(m, octet));
	if (m->hides_octets)
		text_puts(t, "**");
	else if (m->known[octet])
		text_printf(t, "%02x", m->octets[octet]);
	else
		text_puts(t, "..");
	text_puts(t, "\033[0m ");
}

static void write_letter(const struct tui_message *m, struct text *t, size_t octet)
{
	uint8_t o = m->octets[octet];
	bool is_letter = m->known[octet] && !m->hides_octets && o >= 0x20 && o < 0x7f;

	text_puts(t, look_of(m, octet));
	text_putc(t, is_letter ? (char)o : '.');
	text_puts(t, "\033[0m");
}

static void write_hex(const struct tui_message *m, struct text *t, size_t first)
{
	text_printf(t, "\033[2m%04zx\033[0m  ", first);
	for (size_t i = first; i < first + m->per_line && i < m->n_octets; i++)
		write_octet(m, t, i);
	text_printf(t, "\033[%zuG", OFFSET + m->per_line * 3 + 2);
	for (size_t i = first; i < first + m->per_line && i < m->n_octets; i++)
		write_letter(m, t, i);
}

static void draw_hex(struct tui_message *m, struct canvas *c, struct area a)
{
	struct text line = text_make(TUI_LINE);
	size_t at = m->octet;

	m->per_line = a.right - a.left >= HEX_16 ? 16 : 8;
	m->hex_area = a;
	m->hex_rows = a.bottom - a.top;
	keep_in_sight(&m->hex_top, at / m->per_line, m->hex_rows);
	for (size_t i = 0; i < m->hex_rows; i++) {
		size_t first = (m->hex_top + i) * m->per_line;

		if (first >= m->n_octets)
			break;
		text_clear(&line);
		write_hex(m, &line, first);
		canvas_line(c, a, i, 0, text_str(&line));
	}
	text_free(&line);
}

/* The line between the list and what is below or beside it says which message it is. */
static void draw_title(const struct tui_message *m, struct canvas *c, struct area a)
{
	struct text line = text_make(TUI_LINE);

	text_puts(&line, "\033[1m");
	text_add(&line, m->where);
	if (m->n_octets > 0)
		text_printf(&line, "\033[0m  %zu octets", m->n_octets);
	if (m->hides_octets)
		text_puts(&line, "  \033[33mthey hold a password: `set show-secrets yes`");
	canvas_line(c, a, 0, 0, text_str(&line));
	canvas_flag(c, a, 0, CELL_UNDERLINE);
	text_free(&line);
}

/* From the top of the area, in as many lines as they need, as far as there is room: what is left.
 */
static struct area draw_notes(const struct tui_message *m, struct canvas *c, struct area a,
			      size_t most)
{
	struct text line = text_make(TUI_LINE);
	size_t width = a.right - a.left, n = 0;

	for (const struct tui_note *note = m->notes; note != NULL; note = note->next) {
		struct str rest = note->text;

		while (rest.len > 0 && n < most) {
			struct str piece = term_piece(rest, width > 2 ? width - 2 : width);
			bool is_last = n + 1 == most;

			piece = piece.len == 0 || is_last ? rest : piece;
			text_clear(&line);
			text_puts(&line, note->color);
			text_puts(&line, rest.at == note->text.at ? "" : "  ");
			text_add(&line, piece);
			canvas_line(c, a, n++, 0, text_str(&line));
			rest = str_trim(str_from(rest, piece.len));
		}
	}
	text_free(&line);
	a.top += n;
	return a;
}

/* Beside the list: where there is room, and the list does not need more than is left of it. */
static bool is_beside(const struct tui_message *m, size_t width, size_t own)
{
	return width >= WIDE && (m->list_needs > width || m->list_needs + own + 2 <= width);
}

struct area tui_message_frame(struct tui_message *m, struct canvas *c, struct area a)
{
	struct area list = a, tree = a, hex = a, title = a;
	size_t beside = a.right - a.left >= VERY_WIDE ? HEX_16 : BESIDE;
	bool is_wide = is_beside(m, a.right - a.left, beside);

	m->tree_area = m->hex_area = (struct area){0};
	if (a.bottom - a.top < LOW || a.right - a.left < HEX_8)
		return a;
	if (is_wide) {
		size_t hex_rows = (a.bottom - a.top) * 2 / 5;

		list.right = a.right - 2 - beside;
		canvas_rule(c, a, list.right);
		title.left = tree.left = hex.left = list.right + 2;
		tree.top = a.top + 1;
		hex.top = tree.bottom = a.bottom - hex_rows;
		hex.top++;
	} else {
		list.bottom = a.bottom - (a.bottom - a.top) * 2 / 5;
		title.top = list.bottom;
		tree.top = hex.top = list.bottom + 1;
		hex.left = a.right - HEX_8;
		tree.right = hex.left - 1;
		if (m->tree.n > 0 || m->n_octets > 0)
			canvas_rule(c, hex, tree.right);
	}
	draw_title(m, c, title);
	if (is_wide) {
		tree = draw_notes(m, c, tree, (tree.bottom - tree.top) / 2);
	} else {
		struct area all = a;
		size_t most =
			m->tree.n == 0 && m->n_octets == 0 ? SIZE_MAX : (a.bottom - tree.top) / 2;

		all.top = tree.top;
		tree.top = hex.top = draw_notes(m, c, all, most).top;
	}
	draw_tree(m, c, tree);
	draw_hex(m, c, hex);
	return list;
}

/* ---- keys ---- */

/* The smallest field that the octet is part of. */
static void find_field(struct tui_message *m)
{
	size_t best = SIZE_MAX;

	for (size_t i = 0; i < m->tree.n; i++) {
		const struct tree_row *row = &m->tree.rows[i];

		if (m->octet < row->at || m->octet - row->at >= row->n || row->n >= best)
			continue;
		best = row->n;
		m->field = i;
	}
}

static size_t moved(size_t at, size_t by, bool is_back, size_t n)
{
	if (is_back)
		return at > by ? at - by : 0;
	return n == 0 ? 0 : at + by < n ? at + by : n - 1;
}

static bool move_field(struct tui_message *m, enum action a)
{
	size_t page = m->tree_rows > 1 ? m->tree_rows - 1 : 1;

	switch (a) {
	case ACTION_UP:
	case ACTION_DOWN:
		m->field = moved(m->field, 1, a == ACTION_UP, m->tree.n);
		break;
	case ACTION_PAGE_UP:
	case ACTION_PAGE_DOWN:
		m->field = moved(m->field, page, a == ACTION_PAGE_UP, m->tree.n);
		break;
	case ACTION_FIRST:
	case ACTION_LAST:
		m->field = moved(m->field, m->tree.n, a == ACTION_FIRST, m->tree.n);
		break;
	case ACTION_LEFT:
		m->tree_left = m->tree_left > 8 ? m->tree_left - 8 : 0;
		return true;
	case ACTION_RIGHT:
		m->tree_left += 8;
		return true;
	default:
		return false;
	}
	find_octet(m);
	return true;
}

static bool move_octet(struct tui_message *m, enum action a)
{
	size_t page = m->hex_rows * m->per_line;

	switch (a) {
	case ACTION_LEFT:
	case ACTION_RIGHT:
		m->octet = moved(m->octet, 1, a == ACTION_LEFT, m->n_octets);
		break;
	case ACTION_UP:
	case ACTION_DOWN:
		m->octet = moved(m->octet, m->per_line, a == ACTION_UP, m->n_octets);
		break;
	case ACTION_PAGE_UP:
	case ACTION_PAGE_DOWN:
		m->octet = moved(m->octet, page, a == ACTION_PAGE_UP, m->n_octets);
		break;
	case ACTION_FIRST:
	case ACTION_LAST:
		m->octet = moved(m->octet, m->n_octets, a == ACTION_FIRST, m->n_octets);
		break;
	default:
		return false;
	}
	find_field(m);
	return true;
}

bool tui_message_act(struct tui_message *m, enum action a)
{
	if (a == ACTION_PANE || (a == ACTION_ENTER && m->pane != PANE_HEX)) {
		m->pane = m->pane == PANE_LIST                      ? PANE_TREE
			  : m->pane == PANE_TREE && m->n_octets > 0 ? PANE_HEX
								    : PANE_LIST;
		return true;
	}
	if (m->pane != PANE_LIST && a == ACTION_BACK) {
		m->pane = m->pane == PANE_HEX ? PANE_TREE : PANE_LIST;
		return true;
	}
	if (m->pane == PANE_TREE)
		return move_field(m, a);
	return m->pane == PANE_HEX && move_octet(m, a);
}

static bool is_in(struct area a, size_t row, size_t column)
{
	return row >= a.top && row < a.bottom && column >= a.left && column < a.right;
}

/* The octet that a column of the line belongs to: as a number, or as a letter. */
static size_t octet_at(const struct tui_message *m, size_t column)
{
	size_t letters = OFFSET + m->per_line * 3 + 1;

	if (column >= letters)
		column = column - letters;
	else
		column = column < OFFSET ? 0 : (column - OFFSET) / 3;
	return column < m->per_line ? column : m->per_line - 1;
}

void tui_message_click(struct tui_message *m, size_t row, size_t column)
{
	if (is_in(m->tree_area, row, column)) {
		size_t field = m->tree_top + row - m->tree_area.top;

		if (field >= m->tree.n)
			return;
		m->pane = PANE_TREE;
		m->field = field;
		find_octet(m);
	} else if (is_in(m->hex_area, row, column)) {
		size_t line = m->hex_top + row - m->hex_area.top;
		size_t octet = line * m->per_line + octet_at(m, column - m->hex_area.left);

		if (octet >= m->n_octets)
			return;
		m->pane = PANE_HEX;
		m->octet = octet;
		find_field(m);
	} else {
		m->pane = PANE_LIST;
	}
}
