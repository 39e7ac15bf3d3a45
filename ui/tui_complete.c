/* Tab in the line of input: what may come next, from where shells complete it (complete.h). */
#include "complete.h"
#include "tui.h"

/* A line without what is said about it. */
static struct str candidate_of(struct str line)
{
	size_t tab = str_find(line, STR("\t"));

	return tab == SIZE_MAX ? line : (struct str){line.at, tab};
}

/* Up to where all candidates are alike. */
static struct str common_part(struct str lines)
{
	struct str all = candidate_of(tui_next_line(&lines));

	while (lines.len > 0) {
		struct str other = candidate_of(tui_next_line(&lines));
		size_t n = 0;

		while (n < all.len && n < other.len && all.at[n] == other.at[n])
			n++;
		all.len = n;
	}
	return all;
}

/* Where the word begins that is being typed. */
static size_t word_start(struct str typed)
{
	size_t at = typed.len;

	while (at > 0 && strchr(" ({,", typed.at[at - 1]) == NULL)
		at--;
	return at;
}

static void offer(struct prompt *p, struct str lines, size_t start)
{
	while (lines.len > 0) {
		struct str line = tui_next_line(&lines);
		struct str word = str_from(candidate_of(line), start);

		text_puts(&p->offers, " \033[1m");
		text_escape(&p->offers, word);
		text_puts(&p->offers, "\033[0m");
		if (candidate_of(line).len < line.len) {
			text_puts(&p->offers, "\033[34G");
			text_escape(&p->offers, str_from(line, candidate_of(line).len + 1));
		}
		text_putc(&p->offers, '\n');
	}
}

void prompt_complete(struct prompt *p)
{
	struct text out = text_make(LIMIT_OUTPUT_LINE);
	struct completion c = {.out = &out, .prefix = STR(""), .before = STR("")};
	struct str clear;

	if (p->at > 0)
		c.prefix = (struct str){p->text.at, p->at};
	if (p->complete != NULL)
		p->complete(&c);
	clear = common_part(text_str(&out));
	if (out.len > 0) {
		bool is_one = str_find(text_str(&out), STR("\n")) == out.len - 1;

		prompt_replace(p, 0, p->at, clear);
		if (is_one)
			prompt_replace(p, p->at, p->at, STR(" "));
		else
			offer(p, text_str(&out), word_start(clear));
	}
	text_free(&out);
}

void prompt_draw_offers(const struct prompt *p, struct canvas *c, size_t row)
{
	struct str rest = text_str(&p->offers);
	size_t n = 0, room = row / 2, from;

	for (size_t i = 0; i < rest.len; i++)
		n += rest.at[i] == '\n';
	from = row - (n < room ? n : room);
	for (size_t i = from; i < row && rest.len > 0; i++) {
		struct str line = tui_next_line(&rest);
		char more[64];

		if (i + 1 == row && rest.len > 0) {
			snprintf(more, sizeof(more), " … and %zu more: type on", n - (i - from));
			line = str_of(more);
		}
		canvas_line(c, canvas_whole(c), i, 0, line);
	}
}
