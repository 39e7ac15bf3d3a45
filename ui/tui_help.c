/* Every key of the screen below, from the table of keys. */
#include <stdlib.h>

#include "tui.h"

struct help {
	struct screen screen;
	unsigned on; /* the screen that is explained */
	const char *name, *printed_by;
};

static bool is_told(const struct help *h, int a)
{
	return (action_row((enum action)a)->screens & h->on) != 0;
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
	size_t n = 0;

	for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++)
		n += is_told((struct help *)s, a);
	return n;
}

static void line(struct screen *s, size_t row, struct text *t)
{
	enum action a = action_at((struct help *)s, row);
	const struct action_row *what = action_row(a);

	text_puts(t, " \033[1m");
	keymap_print(&s->tui->keys, t, a);
	text_printf(t, "\033[0m\033[16G%s\033[34G%s", what->name, what->about);
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
