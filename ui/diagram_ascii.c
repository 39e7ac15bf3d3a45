/* The diagram as text of any width: lanes from left to right, time before them. */
#include "diagram.h"

struct canvas {
	const struct ladder *ladder;
	struct term *term;
	bool has_utf8;
	size_t lane[LIMIT_LADDER_PARTIES]; /* column of each party's line */
	size_t margin;                     /* of times; 0: they stand on lines of their own */
	size_t indent;                     /* of states */
	size_t words; /* where words stand when lanes leave no room between them; or 0 */
	size_t width;
};

enum { TIME_WIDTH = 17, LANE_LEAST = 24, LANE_NARROW = 14, LANE_PACKED = 4 };

/* Many parties on a narrow page: lanes side by side, all words behind them. */
static void pack_lanes(struct canvas *c, size_t n)
{
	size_t step = n * LANE_PACKED + LANE_LEAST <= c->width ? LANE_PACKED : 2;

	c->margin = 0;
	c->indent = 2;
	for (size_t i = 0; i < n; i++)
		c->lane[i] = i * step;
	c->words = n * step;
}

/* Lanes stand at even distances; notes of the last lane need room too. Where the lanes leave no
 * room for a column of times, or hardly any for themselves, words wrap. */
static void place_lanes(struct canvas *c)
{
	size_t n = c->ladder->n_parties > 0 ? c->ladder->n_parties : 1;
	size_t step;

	c->margin = c->width >= TIME_WIDTH + n * LANE_LEAST ? TIME_WIDTH : 0;
	step = (c->width - c->margin) / n;
	if (step < LANE_NARROW && n > 2) {
		pack_lanes(c, n);
		return;
	}
	c->indent = step >= LANE_LEAST ? 4 : 2;
	if (step >= LANE_LEAST && n > 1)
		step += step / (2 * n);
	for (size_t i = 0; i < n; i++)
		c->lane[i] = c->margin + i * step;
}

/* Where the next lane stands, or the page ends. */
static size_t lane_after(const struct canvas *c, size_t party)
{
	return party + 1 < c->ladder->n_parties ? c->lane[party + 1] : c->width;
}

static size_t last_lane(const struct canvas *c)
{
	return c->lane[c->ladder->n_parties > 0 ? c->ladder->n_parties - 1 : 0];
}

static const char *lane_mark(const struct canvas *c)
{
	return c->has_utf8 ? "│" : "|";
}

/* Lanes that stand between the end of the line and `upto`. */
static void fill_lanes(const struct canvas *c, struct text *line, size_t upto)
{
	for (size_t i = 0; i < c->ladder->n_parties && c->lane[i] < upto; i++) {
		if (term_columns(text_str(line)) > c->lane[i])
			continue;
		term_pad(line, c->lane[i], false);
		text_puts(line, lane_mark(c));
	}
}

/* The ASCII of the character at `s`; how many octets it had. */
static size_t add_sign(struct text *line, struct str s)
{
	static const struct {
		const char *sign, *ascii;
	} signs[] = {{"→", "->"}, {"←", "<-"}, {"×", "x"}, {"…", "..."}};
	size_t n = 1;

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (!str_starts(s, signs[i].sign))
			continue;
		text_puts(line, signs[i].ascii);
		return strlen(signs[i].sign);
	}
	while (n < s.len && ((unsigned char)s.at[n] & 0xc0) == 0x80)
		n++;
	text_putc(line, '?');
	return n;
}

/* Text from an input may hold any UTF-8; plain ASCII shows `?` for what it has not got. */
static void add_plain(const struct canvas *c, struct text *line, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char byte = (unsigned char)s.at[i];

		if (c->has_utf8 || byte < 0x80) {
			text_putc(line, (char)byte);
			continue;
		}
		i += add_sign(line, str_from(s, i)) - 1;
	}
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
		struct str now = term_piece(s, upto > from ? upto - from : 1);

		if (now.len == 0)
			break;
		fill_lanes(c, line, from);
		term_pad(line, from, false);
		text_add(line, now);
		fill_lanes(c, line, last_lane(c) + 1);
		term_line(c->term, line);
		s = str_trim(str_from(s, now.len));
	}
	text_free(&plain);
}

struct stroke {
	const char *dash, *left, *right;
};

/* Data is drawn double, what was never seen to arrive dashed and with a cross. */
static const struct stroke *stroke_of(const struct canvas *c, const struct ladder_row *row)
{
	static const struct stroke utf8[] = {{"─", "◀", "▶"}, {"═", "◀", "▶"}, {"╌", "×", "×"}};
	static const struct stroke ascii[] = {{"-", "<", ">"}, {"=", "<", ">"}, {".", "x", "x"}};
	size_t kind = row->kind == LADDER_DATA || row->kind == LADDER_CALL ? 1 : 0;

	return &(c->has_utf8 ? utf8 : ascii)[row->is_unseen ? 2 : kind];
}

static void draw_arrow(const struct canvas *c, struct text *line, const struct ladder_row *row)
{
	const struct stroke *stroke = stroke_of(c, row);
	bool goes_right = row->to > row->from;
	bool has_back = diagram_goes_both_ways(row);
	bool has_left = !goes_right || has_back, has_right = goes_right || has_back;
	size_t left = c->lane[goes_right ? row->from : row->to];
	size_t right = c->lane[goes_right ? row->to : row->from];

	fill_lanes(c, line, left);
	term_pad(line, left, false);
	text_puts(line, lane_mark(c));
	if (has_left && right - left > 2)
		text_puts(line, stroke->left);
	while (term_columns(text_str(line)) + (has_right ? 1 : 0) < right)
		text_puts(line, stroke->dash);
	if (has_right)
		text_puts(line, stroke->right);
	text_puts(line, lane_mark(c));
	fill_lanes(c, line, last_lane(c) + 1);
	term_line(c->term, line);
}

static void draw_time(const struct canvas *c, struct text *line, struct str time)
{
	if (c->words > 0) {
		draw_words(c, line, time, c->words, c->width);
		return;
	}
	text_add(line, time);
	if (c->margin == 0)
		term_line(c->term, line);
}

/* What a row is said between: its two lanes, or one and the next, or behind all of them. */
struct room {
	size_t lane, from, upto;
};

static struct room room_of(const struct canvas *c, const struct ladder_row *row)
{
	size_t first = diagram_left(row);
	size_t other = diagram_right(row);
	size_t lane = c->lane[first];

	if (c->words > 0)
		return (struct room){lane, c->words, c->width};
	return (struct room){lane, lane + 2,
			     row->from == row->to ? lane_after(c, first) : c->lane[other]};
}

static void draw_below(const struct canvas *c, struct text *line, const struct room *room,
		       struct str words)
{
	if (c->words == 0) {
		fill_lanes(c, line, room->lane);
		term_pad(line, room->lane, false);
		text_puts(line, lane_mark(c));
	}
	draw_words(c, line, words, room->from - 2 + c->indent, room->upto);
}

static void draw_notes(const struct canvas *c, struct text *line, const struct room *room,
		       const struct ladder_row *row)
{
	struct text note = text_make(LIMIT_OUTPUT_LINE);

	for (size_t i = 0; i < row->n_notes; i++) {
		if (!row->notes[i].is_first)
			continue;
		text_clear(&note);
		text_puts(&note, "! ");
		diagram_note(&note, &row->notes[i]);
		draw_below(c, line, room, text_str(&note));
	}
	text_free(&note);
}

static void draw_row(const struct canvas *c, const struct ladder_row *row)
{
	struct text line = text_make(LIMIT_OUTPUT_LINE);
	struct text label = text_make(LIMIT_OUTPUT_LINE);
	struct room room = room_of(c, row);

	draw_time(c, &line, row->time);
	diagram_label(&label, c->ladder, row);
	if (row->from == row->to) {
		fill_lanes(c, &line, room.lane);
		term_pad(&line, room.lane, false);
		text_puts(&line, c->has_utf8 ? "◆" : "*");
	}
	draw_words(c, &line, text_str(&label), room.from, room.upto);
	if (row->from != row->to)
		draw_arrow(c, &line, row);
	for (size_t i = 0; i < row->n_states; i++)
		draw_below(c, &line, &room, row->states[i].text);
	draw_notes(c, &line, &room, row);
	text_free(&label);
	text_free(&line);
}

/* ---- heads ---- */

/* Takes the next line of a name off it. */
static struct str take_piece(struct str *rest, size_t width)
{
	struct str now = term_piece(*rest, width);

	*rest = now.len == 0 ? STR("") : str_trim(str_from(*rest, now.len));
	return now;
}

/* Names stand above their lanes, in as many lines as the longest needs. */
static void draw_heads(const struct canvas *c)
{
	struct text names[LIMIT_LADDER_PARTIES];
	struct str rest[LIMIT_LADDER_PARTIES];
	struct text line = text_make(LIMIT_OUTPUT_LINE);
	size_t n = c->ladder->n_parties;
	bool is_more = true;

	for (size_t i = 0; i < n; i++) {
		names[i] = text_make(LIMIT_OUTPUT_LINE);
		add_plain(c, &names[i], c->ladder->parties[i].label);
		rest[i] = text_str(&names[i]);
	}
	while (is_more) {
		is_more = false;
		for (size_t i = 0; i < n; i++) {
			size_t room = lane_after(c, i) - c->lane[i];

			if (rest[i].len == 0)
				continue;
			term_pad(&line, c->lane[i], false);
			text_add(&line, take_piece(&rest[i], room > 1 ? room - 1 : 1));
			is_more = is_more || rest[i].len > 0;
		}
		term_line(c->term, &line);
	}
	for (size_t i = 0; i < n; i++)
		text_free(&names[i]);
	text_free(&line);
}

/* Packed lanes have letters, which a list before them explains. */
static void draw_letters(const struct canvas *c)
{
	struct text line = text_make(LIMIT_OUTPUT_LINE);
	struct text name = text_make(LIMIT_OUTPUT_LINE);

	for (size_t i = 0; i < c->ladder->n_parties; i++) {
		text_clear(&name);
		add_plain(c, &name, c->ladder->parties[i].label);
		text_printf(&line, "%c ", (int)('A' + i));
		term_wrap(c->term, &line, 2, text_str(&name));
	}
	for (size_t i = 0; i < c->ladder->n_parties; i++) {
		term_pad(&line, c->lane[i], false);
		text_putc(&line, (char)('A' + i));
	}
	term_line(c->term, &line);
	text_free(&name);
	text_free(&line);
}

/* ---- what stands below ---- */

static void draw_rest(const struct canvas *c)
{
	struct text line = text_make(LIMIT_OUTPUT_LINE);
	struct text words = text_make(LIMIT_OUTPUT_LINE);
	struct text plain = text_make(LIMIT_OUTPUT_LINE);

	for (size_t i = 0; i <= c->ladder->n_notes; i++) {
		text_clear(&words);
		text_clear(&plain);
		if (i < c->ladder->n_notes) {
			text_puts(&words, "! ");
			diagram_note(&words, &c->ladder->notes[i]);
		} else {
			diagram_left_out(&words, c->ladder);
		}
		add_plain(c, &plain, text_str(&words));
		if (plain.len > 0)
			term_wrap(c->term, &line, 2, text_str(&plain));
	}
	text_free(&plain);
	text_free(&words);
	text_free(&line);
}

void diagram_draw_text(const struct ladder *l, struct term *term, bool has_utf8)
{
	struct canvas c = {
		.ladder = l,
		.term = term,
		.has_utf8 = has_utf8,
		.width = term->width,
	};

	if (l->n_rows == 0)
		return;
	place_lanes(&c);
	if (c.words > 0)
		draw_letters(&c);
	else
		draw_heads(&c);
	for (size_t i = 0; i < l->n_rows; i++)
		draw_row(&c, &l->rows[i]);
	draw_rest(&c);
}
