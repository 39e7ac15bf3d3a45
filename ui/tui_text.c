/* What a command prints, on a screen: details of a call or tunnel. The command runs as it does
 * without screens, and its lines are kept. */
#include <inttypes.h>
#include <stdlib.h>

#include "command.h"
#include "tui.h"

struct printed {
	struct screen screen;
	const struct command *command;
	struct options options;
	struct str title;
	char *text;
	size_t length;
	struct str *lines;
	size_t n;
	uint64_t width; /* it was printed for */
};

static void split(struct printed *p)
{
	struct str rest = {p->text, p->length};

	p->n = 0;
	for (size_t i = 0; i < rest.len; i++)
		p->n += rest.at[i] == '\n';
	free(p->lines);
	p->lines = must_alloc(p->n + 2, sizeof(*p->lines));
	p->n = 0;
	while (rest.len > 0) {
		size_t end = str_find(rest, STR("\n"));

		end = end == SIZE_MAX ? rest.len : end;
		p->lines[p->n++] = (struct str){rest.at, end};
		rest = str_from(rest, end < rest.len ? end + 1 : end);
	}
}

/* The command prints into memory, as if it were a terminal of our width. */
static void print(struct printed *p)
{
	struct run *r = p->screen.tui->run;
	const struct options *options = r->options;
	const struct call *chosen = r->chosen;
	struct term term = r->term;
	enum exit_status status = r->status;
	struct filter *filter = r->filter;
	FILE *out;

	free(p->text);
	p->text = NULL;
	p->length = 0;
	out = open_memstream(&p->text, &p->length);
	if (out == NULL)
		return;
	r->term = (struct term){.out = out, .has_color = true, .is_tty = true};
	term_set_width(&r->term, p->width);
	p->options.time = options->time;
	p->options.show_secrets = options->show_secrets;
	r->options = &p->options;
	r->chosen = NULL;
	r->filter = NULL;
	p->command->run(r);
	fclose(out);
	r->term = term;
	r->options = options;
	r->chosen = chosen;
	r->filter = filter;
	r->status = status;
}

static void refresh(struct screen *s)
{
	struct printed *p = (struct printed *)s;

	p->width = s->tui->canvas->columns;
	print(p);
	split(p);
}

static size_t rows(struct screen *s)
{
	return ((struct printed *)s)->n;
}

static void line(struct screen *s, size_t row, struct text *t)
{
	text_add(t, ((struct printed *)s)->lines[row]);
}

static void title(struct screen *s, struct text *t)
{
	text_add(t, ((struct printed *)s)->title);
}

static void close_printed(struct screen *s)
{
	struct printed *p = (struct printed *)s;

	free(p->text);
	free(p->lines);
	free(p);
}

static const struct screen_class class = {
	.name = "details of",
	.on = ON_TEXT,
	.title = title,
	.rows = rows,
	.line = line,
	.refresh = refresh,
	.close = close_printed,
};

void tui_open_command(struct tui *t, const struct command *command, const struct options *o,
		      struct str title_words)
{
	struct printed *p = must_alloc(1, sizeof(*p));

	*p = (struct printed){.screen = {.class = &class},
			      .command = command,
			      .options = *o,
			      .title = title_words};
	p->options.command = command;
	tui_push(t, &p->screen);
}

void tui_open_call(struct tui *t, const struct call *c)
{
	struct options o = t->options;

	o.call = c->number;
	o.tunnel = 0;
	tui_open_command(t, &command_show, &o,
			 arena_printf(t->run->kept, "call %" PRIu64, c->number));
}

void tui_open_tunnel(struct tui *t, const struct tunnel *n)
{
	struct options o = t->options;

	o.call = 0;
	o.tunnel = n->number;
	tui_open_command(t, &command_show, &o,
			 arena_printf(t->run->kept, "tunnel %" PRIu64, n->number));
}
