/* The diagram as text of any width: lanes from left to right, time before them. */
#include "diagram.h"

struct canvas {
	const struct diagram *diagram;
	struct term *term;
	bool has_utf8;
	size_t lane[PARTIES]; /* column of each party's line */
	size_t first, last;   /* outermost lanes that are there */
	size_t width;
};

enum { TIME_WIDTH = 15, LANE_LEAST = 24 };

/* Lanes stand at even distances; notes of the last lane need room too. */
static void place_lanes(struct canvas *c)
{
	size_t n = 0;
	size_t step;
	size_t room = c->width > TIME_WIDTH + 2 ? c->width - TIME_WIDTH - 2 : LANE_LEAST;

	for (size_t i = 0; i < PARTIES; i++)
		n += c->diagram->parties[i].is_there;
	step = n > 1 ? room / n + (room / n) / (2 * n) : room;
	if (step < LANE_LEAST)
		step = LANE_LEAST;
	n = 0;
	c->first = PARTIES;
	for (size_t i = 0; i < PARTIES; i++) {
		if (!c->diagram->parties[i].is_there)
			continue;
		if (c->first == PARTIES)
			c->first = i;
		c->last = i;
		c->lane[i] = TIME_WIDTH + 2 + n++ * step;
	}
}

static const char *lane_mark(const struct canvas *c)
{
	return c->has_utf8 ? "│" : "|";
}

/* Lanes that stand between the end of the line and `upto`. */
static void fill_lanes(const struct canvas *c, struct text *line, size_t upto)
{
	for (size_t i = 0; i < PARTIES; i++) {
		if (!c->diagram->parties[i].is_there || c->lane[i] >= upto ||
		    term_columns(text_str(line)) > c->lane[i])
			continue;
		term_pad(line, c->lane[i], false);
		text_puts(line, lane_mark(c));
	}
}

/* Text from an input may hold any UTF-8; plain ASCII shows `?` for what it has not got. */
static void add_plain(const struct canvas *c, struct text *line, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char byte = (unsigned char)s.at[i];

		if (c->has_utf8 || byte < 0x80) {
			text_putc(line, (char)byte);
		} else if (s.len - i >= 3 && memcmp(s.at + i, "→", 3) == 0) {
			text_puts(line, "->");
			i += 2;
		} else if ((byte & 0xc0) != 0x80) {
			text_putc(line, '?');
		}
	}
}

/* At most `width` columns of `s`, cut between words when that leaves most of it. */
static struct str piece(struct str s, size_t width)
{
	size_t end = 0;
	size_t blank = 0;

	while (end < s.len) {
		size_t next = end + 1;

		while (next < s.len && ((unsigned char)s.at[next] & 0xc0) == 0x80)
			next++;
		if (term_columns((struct str){s.at, next}) > width)
			break;
		if (s.at[end] == ' ')
			blank = end;
		end = next;
	}
	if (end < s.len && s.at[end] != ' ' && blank > 0)
		end = blank;
	return (struct str){s.at, end};
}

/* `s` in as many lines as it needs between two columns, lanes going on beside it. */
static void draw_words(const struct canvas *c, struct text *line, struct str s, size_t from,
		       size_t upto)
{
	size_t width = upto > from + 8 ? upto - from : 8;

	while (s.len > 0) {
		struct str now = piece(s, width);

		if (now.len == 0)
			break;
		fill_lanes(c, line, from);
		term_pad(line, from, false);
		add_plain(c, line, now);
		if (c->last != PARTIES)
			fill_lanes(c, line, c->lane[c->last] + 1);
		term_line(c->term, line);
		s = str_trim(str_from(s, now.len));
	}
}

static void draw_arrow(const struct canvas *c, struct text *line, const struct diagram_row *row)
{
	bool goes_right = row->to > row->from;
	size_t left = c->lane[goes_right ? row->from : row->to];
	size_t right = c->lane[goes_right ? row->to : row->from];
	const char *dash = row->is_data ? (c->has_utf8 ? "╌" : ".") : (c->has_utf8 ? "─" : "-");

	fill_lanes(c, line, left);
	term_pad(line, left, false);
	text_puts(line, lane_mark(c));
	if (!goes_right)
		text_puts(line, c->has_utf8 ? "◀" : "<");
	while (term_columns(text_str(line)) + (goes_right ? 1 : 0) < right)
		text_puts(line, dash);
	if (goes_right)
		text_puts(line, c->has_utf8 ? "▶" : ">");
	text_puts(line, lane_mark(c));
	fill_lanes(c, line, c->lane[c->last] + 1);
	term_line(c->term, line);
}

static struct str with_notes(const struct canvas *c, const struct diagram_row *row)
{
	if (row->repeats <= 1 && !row->has_finding)
		return row->label;
	if (row->repeats <= 1)
		return arena_printf(c->diagram->arena, "%.*s  (%s)", STR_ARG(row->label),
				    severity_word(row->severity));
	return arena_printf(c->diagram->arena, "%.*s  %s%llu%s%s%s", STR_ARG(row->label),
			    c->has_utf8 ? "×" : "x", (unsigned long long)row->repeats,
			    row->has_finding ? "  (" : "",
			    row->has_finding ? severity_word(row->severity) : "",
			    row->has_finding ? ")" : "");
}

static void draw_row(const struct canvas *c, const struct diagram_row *row)
{
	struct text line = text_make(LIMIT_OUTPUT_LINE);
	size_t left = c->lane[row->from < row->to ? row->from : row->to];
	size_t right = c->lane[row->from < row->to ? row->to : row->from];
	size_t upto = row->kind == DIAGRAM_ARROW ? right : c->width;

	for (size_t i = row->from + 1; row->kind == DIAGRAM_NOTE && i < PARTIES; i++) {
		if (c->diagram->parties[i].is_there && c->lane[i] < upto &&
		    c->lane[i] >= left + LANE_LEAST)
			upto = c->lane[i];
	}
	text_add(&line, row->time);
	if (row->kind == DIAGRAM_NOTE) {
		fill_lanes(c, &line, left);
		term_pad(&line, left, false);
		text_puts(&line, c->has_utf8 ? "◆" : "*");
	}
	draw_words(c, &line, with_notes(c, row), left + 2, upto);
	if (row->kind == DIAGRAM_ARROW)
		draw_arrow(c, &line, row);
	for (size_t i = 0; i < row->n_states; i++) {
		fill_lanes(c, &line, left);
		term_pad(&line, left, false);
		text_puts(&line, lane_mark(c));
		draw_words(c, &line, row->states[i], left + 4, c->width);
	}
	text_free(&line);
}

static void draw_heads(const struct canvas *c)
{
	struct text line = text_make(LIMIT_OUTPUT_LINE);

	for (size_t i = 0; i < PARTIES; i++) {
		size_t next = c->width;
		struct str name;

		if (!c->diagram->parties[i].is_there)
			continue;
		for (size_t k = PARTIES; k-- > i + 1;)
			next = c->diagram->parties[k].is_there ? c->lane[k] : next;
		name = piece(c->diagram->parties[i].name,
			     next > c->lane[i] + 1 ? next - c->lane[i] - 1 : 8);
		term_pad(&line, c->lane[i], false);
		add_plain(c, &line, name);
	}
	term_line(c->term, &line);
	text_free(&line);
}

void diagram_draw_text(const struct diagram *d, struct term *term, bool has_utf8)
{
	struct canvas c = {
		.diagram = d,
		.term = term,
		.has_utf8 = has_utf8,
		.width = term->width,
	};

	place_lanes(&c);
	draw_heads(&c);
	for (const struct diagram_row *row = d->first; row != NULL; row = row->next)
		draw_row(&c, row);
}
