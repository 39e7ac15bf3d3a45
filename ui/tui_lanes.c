#include "tui_lanes.h"

#include "code.h"
#include "limits.h"

enum { APART_LEAST = 18, APART_MOST = 44, SIDE = 7, LANE_LIMIT = 8192, TIMELESS = 48 };

/* A line being drawn: letters and their colour. */
struct strip {
	uint32_t codes[LANE_LIMIT];
	const char *colors[LANE_LIMIT];
	size_t n;
};

static size_t gaps_of(const struct ladder *l)
{
	return l->n_parties > 1 ? l->n_parties - 1 : 1;
}

size_t lanes_least(const struct ladder *l, size_t margin)
{
	return margin + 2 * (size_t)SIDE + gaps_of(l) * APART_LEAST;
}

struct lanes lanes_make(const struct ladder *l, size_t margin, size_t room)
{
	size_t gaps = gaps_of(l);
	size_t sides = 2 * (size_t)SIDE; /* half a name beside the first and the last lane */
	size_t apart = room > margin + sides ? (room - margin - sides) / gaps : 0;

	if (apart < APART_LEAST)
		apart = APART_LEAST;
	if (apart > APART_MOST)
		apart = APART_MOST;
	while (apart > 1 && margin + sides + gaps * apart >= LANE_LIMIT)
		apart--;
	return (struct lanes){.ladder = l,
			      .first = margin + SIDE,
			      .apart = apart,
			      .width = margin + sides + gaps * apart,
			      .is_narrow = margin + SIDE + gaps * apart >= room,
			      .has_no_time = room < TIMELESS};
}

static size_t lane_of(const struct lanes *l, size_t party)
{
	return l->first + party * l->apart;
}

static void put(struct strip *s, size_t at, uint32_t code, const char *color)
{
	if (at >= s->n)
		return;
	s->codes[at] = code;
	s->colors[at] = color;
}

static size_t code_at(struct str s, uint32_t *ret)
{
	unsigned char first = (unsigned char)s.at[0];
	size_t n = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	uint32_t code = first < 0x80 ? first : first & (0x7fu >> n);

	n = n > s.len ? s.len : n;
	for (size_t i = 1; i < n; i++)
		code = code << 6 | ((unsigned char)s.at[i] & 0x3fu);
	*ret = code;
	return n;
}

/* Words in at most `room` columns from `at`; a wide letter covers two. */
static size_t write(struct strip *s, size_t at, size_t room, struct str words, const char *color)
{
	size_t used = 0;

	while (words.len > 0) {
		uint32_t code;
		size_t n = code_at(words, &code);
		size_t width = term_columns((struct str){words.at, n});
		size_t rest = term_columns(str_from(words, n));

		if (used + width > room)
			break;
		if (rest > 0 && used + width + rest > room && used + width == room)
			code = '~';
		put(s, at + used, code, color);
		if (width == 2)
			put(s, at + used + 1, 0, color);
		used += width;
		words = str_from(words, n);
	}
	return used;
}

static void start(const struct lanes *l, struct strip *s, bool has_lanes)
{
	s->n = l->width;
	for (size_t i = 0; i < s->n; i++) {
		s->codes[i] = ' ';
		s->colors[i] = "";
	}
	for (size_t i = 0; has_lanes && i < l->ladder->n_parties; i++)
		put(s, lane_of(l, i), 0x2502, "\033[2m");
}

static void put_utf8(struct text *t, uint32_t code)
{
	char at[4];
	size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	static const unsigned first[] = {0, 0, 0xc0, 0xe0, 0xf0};

	for (size_t i = n; i-- > 1; code >>= 6)
		at[i] = (char)(0x80 | (code & 0x3f));
	at[0] = (char)(first[n] | code);
	text_add(t, (struct str){at, n});
}

static void finish(const struct strip *s, struct text *t)
{
	const char *color = "";

	for (size_t i = 0; i < s->n; i++) {
		if (s->colors[i] != color) {
			text_puts(t, *color == '\0' ? "" : "\033[0m");
			text_puts(t, s->colors[i]);
			color = s->colors[i];
		}
		if (s->codes[i] != 0)
			put_utf8(t, s->codes[i]);
	}
	text_puts(t, *color == '\0' ? "" : "\033[0m");
}

/* `client dora, LAC lac1 192.0.2.10` */
static void narrow_head(const struct lanes *l, struct text *t)
{
	for (size_t i = 0; i < l->ladder->n_parties; i++) {
		text_puts(t, i == 0 ? " " : ", ");
		text_add(t, l->ladder->parties[i].label);
	}
}

void lanes_head(const struct lanes *l, struct text *t)
{
	struct strip s;
	size_t end = 0;

	if (l->is_narrow) {
		narrow_head(l, t);
		return;
	}

	start(l, &s, false);
	for (size_t i = 0; i < l->ladder->n_parties; i++) {
		struct str label = l->ladder->parties[i].label;
		size_t width = term_columns(label);
		size_t at = lane_of(l, i);

		width = width > l->apart - 2 ? l->apart - 2 : width;
		at = at > width / 2 ? at - width / 2 : 0;
		if (at + width > s.n)
			at = s.n - width;
		if (i > 0 && at <= end) { /* two names never touch */
			width -= width > end + 1 - at ? end + 1 - at : width;
			at = end + 1;
		}
		write(&s, at, width, label, "");
		end = at + width;
	}
	finish(&s, t);
}

/* `ICRQ ×3`: what the arrow is called. */
static void write_label(struct text *t, const struct ladder_row *row)
{
	text_add(t, row->message.len > 0 ? row->message : row->detail);
	if (row->kind == LADDER_DATA || row->kind == LADDER_ALIVE || row->kind == LADDER_CALL) {
		text_putc(t, ' ');
		ladder_folded(t, row);
	} else if (row->copies > 1) {
		text_printf(t, " ×%llu", (unsigned long long)row->copies);
	}
	if (row->remark.len > 0) {
		text_puts(t, " (");
		text_add(t, row->remark);
		text_putc(t, ')');
	}
}

static void draw_arrow(const struct lanes *l, struct strip *s, const struct ladder_row *row,
		       struct str label, const char *color)
{
	bool is_right = row->to > row->from;
	bool is_both =
		row->kind == LADDER_DATA || row->kind == LADDER_ALIVE || row->kind == LADDER_CALL;
	size_t left = lane_of(l, is_right ? row->from : row->to);
	size_t right = lane_of(l, is_right ? row->to : row->from);
	uint32_t shaft = row->is_unseen ? 0x254c : is_both ? 0x2550 : 0x2500;
	size_t room = right - left - 4;
	size_t width = term_columns(label);

	for (size_t x = left + 1; x < right; x++)
		put(s, x, shaft, color);
	if (is_right || is_both)
		put(s, right - 1, 0x25b6, color);
	if (!is_right || is_both)
		put(s, left + 1, 0x25c0, color);
	width = width > room - 2 ? room - 2 : width;
	left += 2 + (room - width) / 2;
	put(s, left - 1, ' ', color);
	write(s, left, width, label, color);
	put(s, left + width, ' ', color);
}

/* What was said at one party stands beside its lane, on the side where there is room. */
static void draw_speech(const struct lanes *l, struct strip *s, const struct ladder_row *row,
			struct str label, const char *color)
{
	size_t lane = lane_of(l, row->from);
	size_t width = term_columns(label);
	size_t to_right = s->n > lane + 2 ? s->n - lane - 2 : 0;

	put(s, lane, 0x25cf, color);
	if (width <= to_right || to_right + 2 >= lane - l->first + 6) {
		write(s, lane + 2, to_right, label, color);
		return;
	}
	lane -= 2;
	width = width > lane - l->first + 6 ? lane - l->first + 6 : width;
	write(s, lane - width + 1, width, label, color);
}

/* `E09:00:40.081000 LNS → client  CHAP FAILURE` */
static void narrow_message(const struct lanes *l, struct text *t, struct str left,
			   const struct ladder_row *row, struct str label, const char *color)
{
	const struct ladder_party *parties = l->ladder->parties;

	text_add(t, l->has_no_time && left.len > 0 ? (struct str){left.at, 1} : left);
	text_printf(t, " %s", color);
	text_add(t, parties[row->from].title);
	if (row->from != row->to) {
		text_puts(t, row->kind == LADDER_MESSAGE ? " → " : " ↔ ");
		text_add(t, parties[row->to].title);
	}
	text_puts(t, l->has_no_time ? " " : "  ");
	text_add(t, label);
	text_puts(t, "\033[0m");
}

void lanes_message(const struct lanes *l, struct text *t, struct str left,
		   const struct ladder_row *row, const char *color)
{
	struct strip s;
	struct text label = text_make(LIMIT_OUTPUT_LINE);

	start(l, &s, true);
	write(&s, 0, l->first > SIDE ? l->first - SIDE : 0, left, "");
	write_label(&label, row);
	if (row->from == row->to && row->message.len > 0 && row->detail.len > 0) {
		text_puts(&label, label.len > 0 ? " " : "");
		text_add(&label, row->detail);
	}
	if (l->is_narrow) {
		narrow_message(l, t, left, row, text_str(&label), color);
	} else {
		if (row->from == row->to)
			draw_speech(l, &s, row, text_str(&label), color);
		else
			draw_arrow(l, &s, row, text_str(&label), color);
		finish(&s, t);
	}
	text_free(&label);
}

/* The states of one party in one message stand below each other; of several, side by side. */
static size_t state_line(const struct ladder_row *row, size_t k)
{
	size_t line = 0;

	for (size_t i = 0; i < k; i++)
		line += row->states[i].party == row->states[k].party;
	return line;
}

size_t lanes_state_lines(const struct ladder_row *row)
{
	size_t most = 0;

	for (size_t k = 0; k < row->n_states; k++) {
		size_t line = state_line(row, k) + 1;

		most = line > most ? line : most;
	}
	return most;
}

/* `LAC: idle → wait-reply; LNS: …` */
static void narrow_states(struct text *t, const struct ladder_row *row, size_t i)
{
	const char *between = "   \033[36m";

	for (size_t k = 0; k < row->n_states; k++) {
		if (state_line(row, k) != i)
			continue;
		text_puts(t, between);
		text_add(t, row->states[k].text);
		between = "; ";
	}
	text_puts(t, "\033[0m");
}

/* Does a state beside it stand in the same line? */
static bool has_neighbour(const struct ladder_row *row, size_t k)
{
	for (size_t i = 0; i < row->n_states; i++) {
		size_t a = row->states[i].party, b = row->states[k].party;

		if ((a + 1 == b || b + 1 == a) && state_line(row, i) == state_line(row, k))
			return true;
	}
	return false;
}

void lanes_states(const struct lanes *l, struct text *t, const struct ladder_row *row, size_t i)
{
	struct text said;
	struct strip s;

	if (l->is_narrow) {
		narrow_states(t, row, i);
		return;
	}
	said = text_make(1024);
	start(l, &s, true);
	for (size_t k = 0; k < row->n_states; k++) {
		const struct ladder_state *state = &row->states[k];
		struct str words = state->text;
		size_t arrow = str_find(words, STR("→ "));
		const char *protocol = NULL;
		size_t width, room, lane = lane_of(l, state->party);

		if (state_line(row, k) != i)
			continue;
		if (arrow != SIZE_MAX) /* the lane has the state before */
			words = str_from(words, arrow + STR("→ ").len);
		if (state->protocol != 0)
			protocol = code_name(CODE_PPP_PROTOCOL, state->protocol);
		text_clear(&said);
		text_printf(&said, "%s%s", protocol == NULL ? "" : protocol,
			    protocol == NULL ? "" : " ");
		text_add(&said, words);
		words = text_str(&said);
		width = term_columns(words);
		room = has_neighbour(row, k) ? l->apart - 2 : 2 * l->apart - 2;
		width = width > room ? room : width;
		lane = lane > width / 2 ? lane - width / 2 : 0;
		if (lane + width > s.n)
			lane = s.n - width;
		write(&s, lane, width, words, "\033[36m");
	}
	finish(&s, t);
	text_free(&said);
}

void lanes_words(const struct lanes *l, struct text *t, struct str words, const char *color)
{
	text_printf(t, "\033[%zuG%s",
		    l->is_narrow      ? 4
		    : l->first > SIDE ? l->first - SIDE + 1
				      : 1,
		    color);
	text_add(t, words);
}
