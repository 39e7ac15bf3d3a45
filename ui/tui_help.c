/* Every key of the screen below, from the table of keys. */
#include <stdlib.h>

#include "tui.h"

struct help {
	struct screen screen;
	unsigned on; /* the screen that is explained */
	const char *name, *printed_by;
};

/* What stands at the rows of the screen, before its keys. */
static const struct {
	unsigned screens;
	const char *mark, *about;
} marks[] = {
	{ON_CALLS | ON_LADDER | ON_TUNNELS | ON_BARS, "E w n",
	 "the worst finding here: an error, a warning, a note"},
	{ON_CALLS | ON_LADDER, "*", "selected"},
	{ON_ALL & ~ON_TEXT, "~", "it goes on to the right: l, h"},
};

enum { N_MARKS = sizeof(marks) / sizeof(marks[0]) };

static bool is_told(const struct help *h, int a)
{
	return (action_row((enum action)a)->screens & h->on) != 0;
}

static size_t marks_on(const struct help *h)
{
	size_t n = 0;

	for (size_t i = 0; i < N_MARKS; i++)
		n += (marks[i].screens & h->on) != 0;
	return n;
}

static enum action action_at(const struct help *h, size_t row)
{
	for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
		if (is_told(h, a) && row-- == 0)
			return (enum action)a;
	}
	return ACTION_NONE;
}

static size_t rows(struct screen *s)
{
	size_t n = marks_on((struct help *)s);

	for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++)
		n += is_told((struct help *)s, a);
	return n;
}

static void write_mark(const struct help *h, size_t row, struct text *t)
{
	for (size_t i = 0; i < N_MARKS; i++) {
		if ((marks[i].screens & h->on) != 0 && row-- == 0)
			text_printf(t, " \033[1m%s\033[0m\033[16G%s", marks[i].mark,
				    marks[i].about);
	}
}

/* The names of actions are for `bind`: what a key does comes first where there is little room. */
static void write_key(const struct help *h, enum action a, struct text *t)
{
	enum { NARROW = 70 };
	const struct action_row *what = action_row(a);

	text_puts(t, " \033[1m");
	keymap_print(&h->screen.tui->keys, t, a);
	text_puts(t, "\033[0m\033[16G");
	if (h->screen.tui->canvas->columns >= NARROW)
		text_printf(t, "%s\033[34G", what->name);
	text_puts(t, what->about);
}

static void line(struct screen *s, size_t row, struct text *t)
{
	const struct help *h = (const struct help *)s;
	size_t n = marks_on(h);

	if (row < n)
		write_mark(h, row, t);
	else
		write_key(h, action_at(h, row - n), t);
}

static void title(struct screen *s, struct text *t)
{
	const struct help *h = (const struct help *)s;

	if (*h->name != '\0')
		text_printf(t, "for %s", h->name);
	if (h->printed_by != NULL)
		text_printf(t, "%s(the same printed: %s)", *h->name != '\0' ? " " : "",
			    h->printed_by);
}

static void close_help(struct screen *s)
{
	free(s);
}

static const struct screen_class class = {
	.name = "help",
	.on = ON_TEXT,
	.printed_by = "explain keys",
	.title = title,
	.rows = rows,
	.line = line,
	.close = close_help,
};

void tui_open_help(struct tui *t)
{
	struct help *h = must_alloc(1, sizeof(*h));

	*h = (struct help){.screen = {.class = &class},
			   .on = t->screen->class->on,
			   .name = t->screen->class->name,
			   .printed_by = t->screen->printed_by != NULL
						 ? t->screen->printed_by
						 : t->screen->class->printed_by};
	tui_push(t, &h->screen);
}
