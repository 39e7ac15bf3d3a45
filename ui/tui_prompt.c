/* The line of input: editing, history, and what is wrong with it as it is typed. */
#include "tui.h"

static void check(struct tui *t)
{
	struct prompt *p = &t->prompt;

	text_clear(&p->why_not);
	if (p->check != NULL && p->text.len > 0)
		p->check(t, p->text.at, &p->why_not);
}

void prompt_open(struct tui *t, const char *label, struct history *history, const char *text,
		 bool (*check_with)(struct tui *t, const char *text, struct text *why_not),
		 void (*done)(struct tui *t, const char *text))
{
	struct prompt *p = &t->prompt;

	prompt_close(t);
	*p = (struct prompt){
		.label = label,
		.text = text_make(TUI_LINE),
		.why_not = text_make(TUI_LINE),
		.offers = text_make(LIMIT_OUTPUT_LINE),
		.check = check_with,
		.done = done,
		.history = history,
	};
	text_puts(&p->text, text == NULL ? "" : text);
	p->at = p->text.len;
	check(t);
}

void prompt_close(struct tui *t)
{
	text_free(&t->prompt.text);
	text_free(&t->prompt.why_not);
	text_free(&t->prompt.offers);
	t->prompt = (struct prompt){0};
}

/* ---- history ---- */

static void history_add(struct history *h, const struct text *line)
{
	size_t same = 0;

	if (h == NULL || line->len == 0)
		return;
	while (same < h->n && !str_equal(text_str(&h->at[same]), text_str(line)))
		same++;
	if (same == h->n && h->n < TUI_HISTORY)
		h->at[h->n++] = text_make(TUI_LINE);
	if (same == h->n)
		same--;
	for (struct text moved = h->at[same];; same--) {
		if (same == 0) {
			h->at[0] = moved;
			break;
		}
		h->at[same] = h->at[same - 1];
	}
	text_clear(&h->at[0]);
	text_add(&h->at[0], text_str(line));
}

static void recall(struct prompt *p, bool is_older)
{
	if (p->history == NULL || (is_older ? p->back >= p->history->n : p->back == 0))
		return;
	p->back = is_older ? p->back + 1 : p->back - 1;
	text_clear(&p->text);
	if (p->back > 0)
		text_add(&p->text, text_str(&p->history->at[p->back - 1]));
	p->at = p->text.len;
}

/* ---- editing ---- */

void prompt_replace(struct prompt *p, size_t from, size_t until, struct str s)
{
	struct text whole = text_make(TUI_LINE);

	if (p->text.len > 0) {
		text_add(&whole, (struct str){p->text.at, from});
		text_add(&whole, s);
		text_add(&whole, str_from(text_str(&p->text), until));
	} else {
		text_add(&whole, s);
	}
	p->at = from + s.len < whole.len ? from + s.len : whole.len;
	text_free(&p->text);
	p->text = whole;
}

static size_t letter_before(const struct prompt *p, size_t at)
{
	if (at > 0)
		at--;
	while (at > 0 && ((unsigned char)p->text.at[at] & 0xc0) == 0x80)
		at--;
	return at;
}

static size_t letter_after(const struct prompt *p, size_t at)
{
	if (at < p->text.len)
		at++;
	while (at < p->text.len && ((unsigned char)p->text.at[at] & 0xc0) == 0x80)
		at++;
	return at;
}

static size_t word_before(const struct prompt *p)
{
	size_t at = p->at;

	while (at > 0 && p->text.at[at - 1] == ' ')
		at--;
	while (at > 0 && p->text.at[at - 1] != ' ')
		at--;
	return at;
}

static void type(struct prompt *p, uint32_t key)
{
	struct text letter = text_make(8);

	if (key == KEY_OF_SPACE)
		text_putc(&letter, ' ');
	else
		key_print(&letter, key);
	if (p->text.len + letter.len < TUI_LINE - 1)
		prompt_replace(p, p->at, p->at, text_str(&letter));
	text_free(&letter);
}

static void edit(struct prompt *p, uint32_t key)
{
	switch (key) {
	case KEY_OF_LEFT:
	case KEY_CTRL_A + 1: /* C-b */
		p->at = letter_before(p, p->at);
		return;
	case KEY_OF_RIGHT:
	case KEY_CTRL_A + 5: /* C-f */
		p->at = letter_after(p, p->at);
		return;
	case KEY_OF_HOME:
	case KEY_CTRL_A:
		p->at = 0;
		return;
	case KEY_OF_END:
	case KEY_CTRL_A + 4: /* C-e */
		p->at = p->text.len;
		return;
	case KEY_OF_BACKSPACE:
		prompt_replace(p, letter_before(p, p->at), p->at, (struct str){0});
		return;
	case KEY_OF_DELETE:
	case KEY_CTRL_A + 3: /* C-d */
		prompt_replace(p, p->at, letter_after(p, p->at), (struct str){0});
		return;
	case KEY_CTRL_A + 20: /* C-u */
		prompt_replace(p, 0, p->at, (struct str){0});
		return;
	case KEY_CTRL_A + 10: /* C-k */
		prompt_replace(p, p->at, p->text.len, (struct str){0});
		return;
	case KEY_CTRL_A + 22: /* C-w */
		prompt_replace(p, word_before(p), p->at, (struct str){0});
		return;
	case KEY_OF_UP:
	case KEY_CTRL_A + 15: /* C-p */
		recall(p, true);
		return;
	case KEY_OF_DOWN:
	case KEY_CTRL_A + 13: /* C-n */
		recall(p, false);
		return;
	default:
		if (key >= KEY_OF_SPACE && key < KEY_SPECIAL && key != KEY_OF_BACKSPACE)
			type(p, key);
	}
}

/* What was typed is taken when nothing is wrong with it. */
static void enter(struct tui *t)
{
	struct prompt *p = &t->prompt;
	void (*done)(struct tui *, const char *) = p->done;
	struct text typed = text_make(TUI_LINE);

	text_add(&typed, text_str(&p->text));
	text_puts(&typed, "");
	if (p->why_not.len == 0) {
		history_add(p->history, &typed);
		prompt_close(t);
		done(t, typed.at == NULL ? "" : typed.at);
	}
	text_free(&typed);
}

void prompt_key(struct tui *t, uint32_t key)
{
	if (key == KEY_OF_ESC || (key == KEY_OF_BACKSPACE && t->prompt.text.len == 0)) {
		prompt_close(t);
		return;
	}
	if (key == KEY_OF_ENTER) {
		enter(t);
		return;
	}
	text_clear(&t->prompt.offers);
	if (key == KEY_OF_TAB)
		prompt_complete(&t->prompt);
	else
		edit(&t->prompt, key);
	check(t);
}

void prompt_draw(struct tui *t, struct canvas *c, size_t row, size_t *ret_cursor)
{
	struct prompt *p = &t->prompt;
	struct text line = text_make(TUI_LINE * 2);
	struct area a = canvas_whole(c);
	size_t before, skip = 0;

	text_puts(&line, p->label);
	text_puts(&line, ": ");
	if (p->text.len > 0)
		text_escape(&line, (struct str){p->text.at, p->at});
	before = canvas_width(c->is_utf8, text_str(&line));
	if (p->text.len > 0)
		text_escape(&line, str_from(text_str(&p->text), p->at));
	if (before + 1 > c->columns)
		skip = before + 1 - c->columns;
	canvas_line(c, a, row, skip, text_str(&line));
	*ret_cursor = before - skip;
	if (p->offers.len > 0) {
		prompt_draw_offers(p, c, row);
	} else if (p->text.len == 0 && p->hint != NULL && row > 0) {
		text_clear(&line);
		text_printf(&line, "\033[2m%s", p->hint);
		canvas_line(c, a, row - 1, 0, text_str(&line));
	} else if (p->why_not.len > 0 && row > 0) {
		struct str first = text_str(&p->why_not);
		size_t end = str_find(first, STR("\n"));

		text_clear(&line);
		text_puts(&line, "\033[31m");
		text_add(&line, (struct str){first.at, end == SIZE_MAX ? first.len : end});
		canvas_line(c, a, row - 1, 0, text_str(&line));
	}
	text_free(&line);
}
