/* What a command prints, on a screen: details of a call or tunnel. The command runs as it does
 * without screens, and its lines are kept. */
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "command.h"
#include "tui_alias.h"
#include "tui_aside.h"

struct printed {
	struct screen screen;
	const struct command *command;
	struct options options;
	struct tui_about about;
	struct str title;
	char *text;
	size_t length;
	struct str *lines;
	size_t n;
	uint64_t width;    /* it was printed for */
	bool keeps_filter; /* of the screens */
	struct aside aside;
};

/* Of fewer calls it is there at once. */
enum { CALLS_AT_ONCE = 2000 };

static void split(struct printed *p)
{
	struct str rest = {p->text, p->length};

	p->n = 0;
	for (size_t i = 0; i < rest.len; i++)
		p->n += rest.at[i] == '\n';
	free(p->lines);
	p->lines = must_alloc(p->n + 2, sizeof(*p->lines));
	p->n = 0;
	while (rest.len > 0)
		p->lines[p->n++] = tui_next_line(&rest);
}

/* The names stand for the addresses also here; frees `text`. */
static char *name_aliases(const struct tui *t, char *text, size_t *length)
{
	struct text named;

	if (t->n_aliases == 0 || text == NULL)
		return text;
	named = text_make(SIZE_MAX);
	text_add(&named, (struct str){text, *length});
	tui_alias_put(t, &named, 0);
	free(text);
	*length = named.len;
	return named.at;
}

char *tui_print(struct tui *t, size_t width, void (*print)(struct run *r, const void *what),
		const void *what, size_t *ret_length)
{
	struct run *r = t->run;
	struct term term = r->term;
	enum exit_status status = r->status;
	char *text = NULL;
	FILE *out = open_memstream(&text, ret_length);

	if (out == NULL) {
		*ret_length = 0;
		return NULL;
	}
	r->term = (struct term){.out = out, .has_color = true, .is_tty = true};
	term_set_width(&r->term, width);
	print(r, what);
	fclose(out);
	r->term = term;
	r->status = status;
	return name_aliases(t, text, ret_length);
}

struct str tui_next_line(struct str *rest)
{
	size_t end = str_find(*rest, STR("\n"));
	struct str line = {rest->at, end == SIZE_MAX ? rest->len : end};

	*rest = str_from(*rest, end == SIZE_MAX ? rest->len : end + 1);
	return line;
}

enum exit_status tui_ask(struct run *r, const struct command *command, const struct options *o,
			 struct filter *filter)
{
	const struct options *options = r->options;
	const struct call *chosen = r->chosen;
	struct filter *own = r->filter;
	bool *calls_fit = r->calls_fit;
	bool *tunnels_fit = r->tunnels_fit;
	enum exit_status status;

	r->options = o;
	r->chosen = NULL;
	r->filter = filter;
	r->calls_fit = r->tunnels_fit = NULL;
	status = command->run(r);
	free(r->calls_fit);
	free(r->tunnels_fit);
	r->calls_fit = calls_fit;
	r->tunnels_fit = tunnels_fit;
	r->options = options;
	r->chosen = chosen;
	r->filter = own;
	return status;
}

static void run_it(struct run *r, const void *what)
{
	const struct printed *p = what;

	tui_ask(r, p->command, &p->options, p->keeps_filter ? r->filter : NULL);
}

static void read_first(struct printed *p)
{
	if (p->about.n_calls > 0)
		tui_read_calls(p->screen.tui, p->about.calls, p->about.n_calls);
	else if (p->about.tunnel != NULL)
		tui_read(p->screen.tui, NULL, p->about.tunnel, 0);
}

static void print(struct printed *p)
{
	struct tui *t = p->screen.tui;

	read_first(p);
	p->options.time = t->options.time;
	p->options.show_secrets = t->options.show_secrets;
	free(p->text);
	p->text = NULL;
	p->length = 0;
	aside_stop(&p->aside);
	if (p->about.n_calls == 0 && p->about.tunnel == NULL &&
	    t->run->report->n_calls > CALLS_AT_ONCE &&
	    aside_start(&p->aside, t, p->width, run_it, p))
		return;
	p->text = tui_print(t, p->width, run_it, p, &p->length);
}

static bool work(struct screen *s, int64_t until)
{
	struct printed *p = (struct printed *)s;

	(void)until;
	if (p->aside.process == 0)
		return false;
	if (aside_take(&p->aside)) {
		nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
		return true;
	}
	p->text = p->aside.text;
	p->length = p->aside.length;
	p->aside = (struct aside){0};
	split(p);
	s->tui->is_new = true;
	return true;
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
	const struct printed *p = (const struct printed *)s;

	text_add(t, p->title);
	if (p->aside.process != 0)
		text_puts(t, ", being counted");
}

static void close_printed(struct screen *s)
{
	struct printed *p = (struct printed *)s;

	aside_stop(&p->aside);
	free(p->text);
	free(p->lines);
	free(p);
}

static const struct screen_class class = {
	.name = "",
	.on = ON_TEXT,
	.title = title,
	.rows = rows,
	.line = line,
	.refresh = refresh,
	.work = work,
	.close = close_printed,
};

void tui_open_command(struct tui *t, const struct command *command, const struct options *o,
		      struct tui_about about, struct str title_words)
{
	struct printed *p = must_alloc(1, sizeof(*p));

	*p = (struct printed){.screen = {.class = &class, .printed_by = command->name},
			      .command = command,
			      .options = *o,
			      .about = about,
			      .title = title_words,
			      .keeps_filter = o->call == 0 && o->tunnel == 0};
	p->options.command = command;
	tui_push(t, &p->screen);
}

void tui_open_call(struct tui *t, const struct call *c)
{
	struct options o = t->options;

	o.call = c->number;
	o.tunnel = 0;
	tui_open_command(t, &command_show, &o, (struct tui_about){.calls = {c}, .n_calls = 1},
			 arena_printf(t->run->kept, "details of call %" PRIu64, c->number));
}

void tui_open_tunnel(struct tui *t, const struct tunnel *n)
{
	struct options o = t->options;

	o.call = 0;
	o.tunnel = n->number;
	tui_open_command(t, &command_show, &o, (struct tui_about){.tunnel = n},
			 arena_printf(t->run->kept, "details of tunnel %" PRIu64, n->number));
}
