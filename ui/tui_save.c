#include "tui_save.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "command.h"
#include "held.h"
#include "whole_file.h"

enum scope { THIS_CALL, SELECTED, SHOWN, SCOPES };

/* One row a form: the command that makes it, and what its files are called. */
static const struct form {
	const char *what, *ending, *format;
	const struct command *command;
	bool is_of_text; /* of a capture there is none */
} forms[] = {
	{"packets", "pcapng", NULL, &command_export, false},
	{"details as text", "txt", NULL, &command_show, false},
	{"timeline as text", "timeline.txt", NULL, &command_timeline, false},
	{"diagram as text", "diagram.txt", "utf8", &command_diagram, false},
	{"diagram for Mermaid", "mmd", "mermaid", &command_diagram, false},
	{"diagram as a picture", "svg", "svg", &command_diagram, false},
	{"findings as text", "findings.txt", NULL, &command_check, false},
	{"a page of all of it", "html", NULL, &command_report, false},
	{"the log as a page, explained", "log.html", "html", &command_annotate, true},
};

enum { N_FORMS = sizeof(forms) / sizeof(forms[0]) };

struct save {
	struct screen screen;
	const struct call *call;
	enum scope scopes[SCOPES]; /* those that there are */
	size_t n_scopes;
	const struct form *forms[N_FORMS]; /* those that can be made */
	size_t n_forms;
};

static size_t rows(struct screen *s)
{
	const struct save *l = (const struct save *)s;

	return l->n_scopes * l->n_forms;
}

static const struct form *form_at(const struct save *l, size_t row)
{
	return l->forms[row % l->n_forms];
}

static enum scope scope_at(const struct save *l, size_t row)
{
	return l->scopes[row / l->n_forms];
}

static void line(struct screen *s, size_t row, struct text *t)
{
	const struct save *l = (const struct save *)s;
	const struct call *some[2];
	size_t n;

	switch (scope_at(l, row)) {
	case THIS_CALL:
		text_printf(t, " call %" PRIu64, l->call->number);
		break;
	case SELECTED:
		n = tui_selected(s->tui, some);
		text_printf(t, " %zu selected call%s", n, n == 1 ? "" : "s");
		break;
	case SHOWN:
	case SCOPES:
		text_puts(t, " what is shown");
	}
	text_printf(t, "\033[24G%s", form_at(l, row)->what);
}

/* ---- writing ---- */

/* `call.id in {1, 3}` of the selected calls. */
static struct filter *selected_filter(struct tui *t)
{
	struct text expression = text_make(LIMIT_OUTPUT_LINE);
	struct text why_not = text_make(TUI_LINE);
	struct filter *f;
	size_t n = 0;

	text_puts(&expression, "call.id in {");
	for (const struct call *c = t->run->report->calls; c != NULL; c = c->next) {
		if (tui_is_selected(t, c))
			text_printf(&expression, "%s%" PRIu64, n++ == 0 ? "" : ", ", c->number);
	}
	text_puts(&expression, "}");
	f = filter_parse(expression.at, &why_not);
	text_free(&expression);
	text_free(&why_not);
	return f;
}

static bool is_in(struct save *l, enum scope scope, const struct call *c)
{
	struct tui *t = l->screen.tui;

	if (scope == SHOWN)
		return run_shows_call(t->run, c);
	return scope == SELECTED ? tui_is_selected(t, c) : c == l->call;
}

/* False: it is more than can be read again at once. */
static bool read_scope(struct save *l, enum scope scope)
{
	struct tui *t = l->screen.tui;
	const struct report *r = t->run->report;
	const struct call **calls;
	size_t n = 0;
	bool is_whole;

	if (t->run->reread == NULL)
		return true;
	calls = must_alloc(r->n_calls + 1, sizeof(*calls));
	for (const struct call *c = r->calls; c != NULL && n < r->n_calls; c = c->next) {
		if (is_in(l, scope, c))
			calls[n++] = c;
	}
	is_whole = tui_read_calls(t, calls, n);
	free(calls);
	return is_whole;
}

static enum exit_status ask(struct save *l, const struct form *form, struct options *o)
{
	struct tui *t = l->screen.tui;
	enum scope scope = scope_at(l, l->screen.at);
	struct filter *f = scope == SELECTED ? selected_filter(t) : NULL;
	enum exit_status status;

	o->command = form->command;
	o->format = form->format;
	o->call = scope == THIS_CALL ? l->call->number : scope == SHOWN ? o->call : 0;
	status = tui_ask(t->run, form->command, o, scope == SHOWN ? t->run->filter : f);
	filter_free(f);
	return status;
}

/* Commands that print do so into the file, as they would into a pipe. */
static bool print_into(struct save *l, const struct form *form, struct options *o, const char *path,
		       struct text *why_not)
{
	struct run *r = l->screen.tui->run;
	struct term term = r->term;
	struct whole_file file;
	enum exit_status status;

	if (!whole_open(&file, path, false, why_not))
		return false;
	r->term = (struct term){.out = file.out, .width = 120};
	status = ask(l, form, o);
	r->term = term;
	if (status == STATUS_DONE || status == STATUS_FOUND)
		return whole_close(&file, why_not);
	whole_drop(&file);
	text_printf(why_not, "`%s` makes nothing of this", form->command->name);
	return false;
}

/* A new file, and nothing else: standard output (`-`), a terminal by its name and, through a link,
 * either of them are the screen, where octets of a capture would take effect. */
static bool is_new(const char *path, struct text *why_not)
{
	struct stat st;

	if (strcmp(path, "-") == 0)
		text_puts(why_not, "`-` is no file here; ./- is one");
	else if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		text_printf(why_not, "%s is a folder", path);
	else if (lstat(path, &st) == 0)
		text_puts(why_not, "there is such a file already");
	else
		return true;
	return false;
}

static bool write_file(struct save *l, const struct form *form, const char *path,
		       struct text *why_not)
{
	struct options o = l->screen.tui->options;

	if (!is_new(path, why_not) || !held_ready(path, why_not))
		return false;
	if (!read_scope(l, scope_at(l, l->screen.at))) {
		text_puts(why_not, "too many messages: select, or filter");
		return false;
	}
	if ((form->command->needs & WRITES_FILE) == 0)
		return print_into(l, form, &o, path, why_not);
	o.output = path;
	if (ask(l, form, &o) == STATUS_DONE)
		return true;
	text_puts(why_not, "it cannot be written");
	return false;
}

static void typed(struct tui *t, const char *path)
{
	struct save *l = (struct save *)t->screen;
	struct text why_not = text_make(TUI_LINE);

	if (*path == '\0')
		tui_say(t, STYLE_NOTE, "nothing is saved");
	else if (write_file(l, form_at(l, l->screen.at), path, &why_not))
		tui_say(t, STYLE_GOOD, "saved %s", path);
	else
		tui_say(t, STYLE_BAD, "not saved: %s", why_not.at == NULL ? "" : why_not.at);
	text_free(&why_not);
}

static void ask_name(struct save *l)
{
	struct tui *t = l->screen.tui;
	struct text name = text_make(TUI_LINE);
	enum scope scope = scope_at(l, l->screen.at);

	if (scope == THIS_CALL)
		text_printf(&name, "call-%" PRIu64, l->call->number);
	else
		text_puts(&name, scope == SELECTED ? "selected" : "shown");
	text_printf(&name, ".%s", form_at(l, l->screen.at)->ending);
	prompt_open(t, "file", &t->files, name.at, NULL, typed);
	text_free(&name);
}

static bool act(struct screen *s, enum action a)
{
	if (a != ACTION_ENTER)
		return false;
	ask_name((struct save *)s);
	return true;
}

static void close_save(struct screen *s)
{
	free(s);
}

static const struct screen_class class = {
	.name = "save",
	.on = ON_CHOICE,
	.rows = rows,
	.line = line,
	.act = act,
	.close = close_save,
};

static bool has_text(const struct run *r)
{
	for (size_t i = 0; i < r->n_inputs; i++) {
		if (r->inputs[i].source != NULL &&
		    source_stats(r->inputs[i].source)->kind == SOURCE_TEXT)
			return true;
	}
	return false;
}

void tui_save_open(struct tui *t, const struct call *c)
{
	struct save *l = must_alloc(1, sizeof(*l));
	const struct call *some[2];

	*l = (struct save){.screen = {.class = &class}, .call = c};
	if (c != NULL)
		l->scopes[l->n_scopes++] = THIS_CALL;
	if (tui_selected(t, some) > 0)
		l->scopes[l->n_scopes++] = SELECTED;
	l->scopes[l->n_scopes++] = SHOWN;
	for (size_t i = 0; i < N_FORMS; i++) {
		if (!forms[i].is_of_text || has_text(t->run))
			l->forms[l->n_forms++] = &forms[i];
	}
	tui_push(t, &l->screen);
}
