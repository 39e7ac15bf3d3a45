/* The diagram as text of any width: lanes from left to right, time before them. */
#include "diagram.h"

struct canvas {
	const struct diagram *diagram;
	struct term *term;
	bool has_utf8;
	size_t lane[PARTIES]; /* column of each party's line */
	size_t first, last;   /* outermost lanes that are there */
	size_t margin;        /* of times; 0: they stand on lines of their own */
	size_t indent;        /* of states */
	size_t width;
};

enum { TIME_WIDTH = 17, LANE_LEAST = 24 };

/* Lanes stand at even distances; notes of the last lane need room too. Where the lanes leave no
 * room for a column of times, or hardly any for themselves, words wrap. */
static void place_lanes(struct canvas *c)
{
	size_t n = 0;
	size_t room;
	size_t step;

	for (size_t i = 0; i < PARTIES; i++)
		n += c->diagram->parties[i].is_there;
	n = n > 0 ? n : 1;
	c->margin = c->width >= TIME_WIDTH + n * LANE_LEAST ? TIME_WIDTH : 0;
	room = c->width - c->margin;
	step = room / n;
	c->indent = step >= LANE_LEAST ? 4 : 2;
	if (step >= LANE_LEAST && n > 1)
		step += step / (2 * n);
	n = 0;
	c->first = PARTIES;
	for (size_t i = 0; i < PARTIES; i++) {
		if (!c->diagram->parties[i].is_there)
			continue;
		if (c->first == PARTIES)
			c->first = i;
		c->last = i;
		c->lane[i] = c->margin + n++ * step;
	}
}

/* Where the next lane stands, or the page ends. */
static size_t lane_after(const struct canvas *c, size_t party)
{
	for (size_t i = party + 1; i < PARTIES; i++) {
		if (c->diagram->parties[i].is_there)
			return c->lane[i];
	}
	return c->width;
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

/* Words in as many lines as they need between two columns, lanes going on beside them. */
static void draw_words(const struct canvas *c, struct text *line, struct str words, size_t from,
		       size_t upto)
{
	struct text plain = text_make(LIMIT_OUTPUT_LINE);
	struct str s;

	add_plain(c, &plain, words);
	s = text_str(&plain);
	while (s.len > 0) {
		struct str now = piece(s, upto > from ? upto - from : 1);

		if (now.len == 0)
			break;
		fill_lanes(c, line, from);
		term_pad(line, from, false);
		text_add(line, now);
		fill_lanes(c, line, c->lane[c->last] + 1);
		term_line(c->term, line);
		s = str_trim(str_from(s, now.len));
	}
	text_free(&plain);
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
	struct text t = text_make(LIMIT_OUTPUT_LINE);
	struct str label;

	text_add(&t, row->label);
	if (row->repeats > 1)
		text_printf(&t, "  %s%llu", c->has_utf8 ? "×" : "x",
			    (unsigned long long)row->repeats);
	if (row->rule != NULL)
		text_printf(&t, "  (%s %s)", severity_word(row->severity), row->rule);
	label = arena_str(c->diagram->arena, text_str(&t));
	text_free(&t);
	return label;
}

static void draw_time(const struct canvas *c, struct text *line, struct str time)
{
	text_add(line, time);
	if (c->margin == 0)
		term_line(c->term, line);
}

static void draw_row(const struct canvas *c, const struct diagram_row *row)
{
	struct text line = text_make(LIMIT_OUTPUT_LINE);
	size_t first = row->from < row->to ? row->from : row->to;
	size_t other = row->from < row->to ? row->to : row->from;
	size_t left = c->lane[first];
	size_t upto = row->kind == DIAGRAM_ARROW ? c->lane[other] : lane_after(c, first);

	draw_time(c, &line, row->time);
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
		draw_words(c, &line, row->states[i], left + c->indent, upto);
	}
	text_free(&line);
}

static void draw_heads(const struct canvas *c)
{
	struct text line = text_make(LIMIT_OUTPUT_LINE);

	for (size_t i = 0; i < PARTIES; i++) {
		struct text name;

		if (!c->diagram->parties[i].is_there)
			continue;
		name = text_make(LIMIT_OUTPUT_LINE);
		add_plain(c, &name, c->diagram->parties[i].name);
		term_pad(&line, c->lane[i], false);
		text_add(&line, piece(text_str(&name), lane_after(c, i) - c->lane[i] - 1));
		text_free(&name);
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

	if (d->first == NULL)
		return;
	place_lanes(&c);
	draw_heads(&c);
	for (const struct diagram_row *row = d->first; row != NULL; row = row->next)
		draw_row(&c, row);
}
