/* Two messages of a ladder side by side, field by field; the fields that differ are marked. */
#include <stdlib.h>

#include "limits.h"
#include "message_pair.h"
#include "tui.h"

struct two {
	struct screen screen;
	struct arena *arena;
	const struct step *step[2];
	struct str where[2];
	struct message_pair pair;
};

static void refresh(struct screen *s)
{
	struct two *p = (struct two *)s;
	const struct event *events[2] = {step_fullest(p->step[0]), step_fullest(p->step[1])};

	arena_reset(p->arena);
	message_pair_make(&p->pair, p->arena, events, s->tui->canvas->columns,
			  s->tui->options.show_secrets);
}

static size_t rows(struct screen *s)
{
	return ((struct two *)s)->pair.n;
}

static void line(struct screen *s, size_t row, struct text *t)
{
	const struct two *p = (const struct two *)s;

	text_puts(t, p->pair.lines[row].mark == ' ' ? "" : "\033[33m");
	message_pair_print(t, &p->pair, &p->pair.lines[row]);
}

static void head(struct screen *s, struct text *t)
{
	const struct two *p = (const struct two *)s;
	struct message_pair_line line = {.cell = {p->where[0], p->where[1]}, .mark = ' '};

	message_pair_print(t, &p->pair, &line);
}

static void title(struct screen *s, struct text *t)
{
	const struct two *p = (const struct two *)s;

	text_printf(t, "side by side, %zu %s", p->pair.differ,
		    p->pair.differ == 1 ? "field differs" : "fields differ");
}

static void close_pair(struct screen *s)
{
	struct two *p = (struct two *)s;

	arena_free(p->arena);
	message_pair_free(&p->pair);
	free(p);
}

static const struct screen_class class = {
	.name = "messages",
	.on = ON_TEXT,
	.printed_by = "diff --messages",
	.title = title,
	.head = head,
	.rows = rows,
	.line = line,
	.refresh = refresh,
	.close = close_pair,
};

void tui_open_pair(struct tui *t, const struct step *const step[2], const struct str where[2])
{
	struct two *p = must_alloc(1, sizeof(*p));

	*p = (struct two){.screen = {.class = &class},
			  .arena = arena_new(LIMIT_SCRATCH),
			  .step = {step[0], step[1]},
			  .where = {where[0], where[1]}};
	tui_push(t, &p->screen);
	for (size_t i = 0; i < p->pair.n && p->pair.lines[p->screen.at].mark == ' '; i++)
		screen_go(&p->screen, i);
}
