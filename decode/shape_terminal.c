/* What a terminal made of it: colours and cursor moves, a pager's `--More--` and the backspaces
 * that rub it out, corrected typing, lines that end in CR alone. */
#include "shape_stage.h"

enum { ESC = 0x1b, BACKSPACE = 0x08, BELL = 0x07, SEQUENCE_MOST = 128 };

static bool is_cr_only(struct str head)
{
	return !memchr(head.at, '\n', head.len) && memchr(head.at, '\r', head.len);
}

static bool is_terminal(struct str head, int year)
{
	(void)year;
	return memchr(head.at, ESC, head.len) || memchr(head.at, BACKSPACE, head.len) ||
	       str_find(head, STR("--More--")) != SIZE_MAX || is_cr_only(head);
}

/* ECMA-48 5.4: `ESC [ 1 ; 31 m`; `ESC ] … BEL` sets a title; else two characters. */
static size_t sequence(struct str s)
{
	size_t i = 2, most = s.len < SEQUENCE_MOST ? s.len : SEQUENCE_MOST;

	if (s.len < 2)
		return 1;
	if (s.at[1] == '[') {
		while (i < most && s.at[i] >= 0x20 && s.at[i] < 0x40)
			i++;
		return i < most ? i + 1 : i;
	}
	if (s.at[1] == ']') {
		while (i < most && s.at[i] != BELL && s.at[i] != ESC && s.at[i] != '\n')
			i++;
		if (i < most && s.at[i] == ESC)
			return i + 2 <= s.len ? i + 2 : s.len;
		return i < most && s.at[i] == BELL ? i + 1 : i;
	}
	return s.at[1] == '(' && s.len > 2 ? 3 : 2;
}

/* ` --More-- ` and what rubs it out. */
static size_t pager(struct str s)
{
	size_t i = str_starts(s, " --More--") ? 1 : 0;

	if (!str_starts(str_from(s, i), "--More--"))
		return 0;
	i += 8;
	while (i < s.len && (s.at[i] == BACKSPACE || s.at[i] == ' ' || s.at[i] == '\r'))
		i++;
	return s.at[i - 1] == '\r' && i < s.len && s.at[i] == '\n' ? i - 1 : i;
}

/* Characters that the backspaces from `at` on rub out, and where the typing goes on. */
static size_t rub_out(struct str s, size_t plain, size_t at, size_t *ret_keep)
{
	*ret_keep = at;
	while (at < s.len && s.at[at] == BACKSPACE) {
		if (*ret_keep > plain && s.at[*ret_keep - 1] != '\n')
			--*ret_keep;
		at++;
	}
	return at;
}

static void copy_terminal(struct shape_sink *s)
{
	struct str head = {s->in.at, s->in.len < SHAPE_LOOK ? s->in.len : SHAPE_LOOK};
	bool is_cr = is_cr_only(head);
	size_t plain = 0, i = 0;

	while (i < s->in.len) {
		char c = s->in.at[i];
		struct str here = str_from(s->in, i);
		size_t skip = 0, keep = i;

		if (c == ESC)
			skip = sequence(here);
		else if (c == BACKSPACE)
			skip = rub_out(s->in, plain, i, &keep) - i;
		else if (c == ' ' || c == '-')
			skip = pager(here);
		else if (c == '\r' && is_cr)
			skip = 1;
		if (!skip) {
			i++;
			continue;
		}
		sink_copy(s, plain, keep);
		if (c == '\r')
			sink_put(s, STR("\n"), i);
		i += skip;
		plain = i;
	}
	sink_copy(s, plain, s->in.len);
}

const struct shape_stage shape_terminal = {"terminal", is_terminal, copy_terminal};
