/* One input as it was given: the lines of a text with what each record means and moves below it,
 * or the messages of a capture in their order. */
#include <inttypes.h>
#include <stdlib.h>

#include "grammar.h"
#include "message.h"
#include "timeline.h"
#include "tui_alias.h"
#include "tui_message.h"

/* A row: a line of the text, or a step (of a capture; of a text below its last line). */
struct row {
	size_t line;              /* from 1; 0: a step */
	const struct step *step;  /* with what all sights of the message tell */
	const struct step *sight; /* of this input */
};

struct log {
	struct screen screen;
	/* what is read again, where messages are not kept */
	const struct call *call;
	const struct tunnel *tunnel;
	uint64_t event;
	size_t input;
	struct str content;
	size_t *starts; /* of each line, from 0, in the content; one more at the end */
	size_t n_lines;
	struct row *rows;
	size_t n;
	bool is_wide;               /* UTF-16: every other octet is nothing to see */
	struct tui_message message; /* beside the rows, where there is room for it */
	const struct step *shown;   /* whose message that is */
};

static bool is_text(const struct log *l)
{
	const struct input *in = &l->screen.tui->run->inputs[l->input];

	return in->source != NULL && source_stats(in->source)->kind == SOURCE_TEXT;
}

static void find_lines(struct log *l)
{
	const struct input *in = &l->screen.tui->run->inputs[l->input];
	size_t room = 2;

	free(l->starts);
	l->content = is_text(l) ? source_text_content(in->source) : (struct str){0};
	l->is_wide = l->content.len > 1 && ((unsigned char)l->content.at[0] >= 0xfe ||
					    l->content.at[0] == 0 || l->content.at[1] == 0);
	for (size_t i = 0; i < l->content.len; i++)
		room += l->content.at[i] == '\n';
	l->starts = must_alloc(room + 1, sizeof(*l->starts));
	l->n_lines = 0;
	for (size_t i = 0; i < l->content.len; i++) {
		if (i == 0 || l->content.at[i - 1] == '\n')
			l->starts[l->n_lines++] = i;
	}
	l->starts[l->n_lines] = l->content.len;
}

static bool is_here(const struct log *l, const struct step *s)
{
	const struct event *e = s->event;

	return e->origin.input == l->input &&
	       !(e->kind == EVENT_SAID && e->said.topic == SAID_NOTHING);
}

static uint64_t place_of(const struct row *row)
{
	const struct origin *o = &row->sight->event->origin;

	return o->line_end != 0 ? o->line_end : o->line != 0 ? o->line : o->frame;
}

static int by_place(const void *a, const void *b)
{
	const struct row *x = a;
	const struct row *y = b;

	if (place_of(x) != place_of(y))
		return place_of(x) < place_of(y) ? -1 : 1;
	return (x->sight->event->number > y->sight->event->number) -
	       (x->sight->event->number < y->sight->event->number);
}

static struct row *steps_here(const struct log *l, size_t *ret_n)
{
	const struct report *report = l->screen.tui->run->report;
	struct row *rows = must_alloc(report->n_steps + 1, sizeof(*rows));
	size_t n = 0;

	for (size_t i = 0; i < report->n_steps; i++) {
		const struct step *s = report->steps[i];

		if (s->is_second_sight)
			continue;
		for (const struct step *sight = s; sight != NULL && n < report->n_steps;
		     sight = sight->seen_also) {
			if (is_here(l, sight))
				rows[n++] = (struct row){.step = s, .sight = sight};
		}
	}
	qsort(rows, n, sizeof(*rows), by_place);
	*ret_n = n;
	return rows;
}

static void refresh(struct screen *s)
{
	struct log *l = (struct log *)s;
	struct row *steps;
	size_t n_steps, k = 0;

	tui_read(s->tui, l->call, l->tunnel, l->event);
	l->shown = NULL;
	find_lines(l);
	steps = steps_here(l, &n_steps);
	free(l->rows);
	l->rows = must_alloc(l->n_lines + n_steps + 1, sizeof(*l->rows));
	l->n = 0;
	for (size_t line = 1; line <= l->n_lines; line++) {
		l->rows[l->n++] = (struct row){.line = line};
		for (; k < n_steps && place_of(&steps[k]) <= line; k++)
			l->rows[l->n++] = steps[k];
	}
	for (; k < n_steps; k++)
		l->rows[l->n++] = steps[k];
	free(steps);
}

static size_t rows(struct screen *s)
{
	return ((struct log *)s)->n;
}

/* ---- drawing ---- */

static int worst_of(const struct tui *t, const struct step *s)
{
	const struct evidence_at *at;
	int worst = -1;
	size_t n = run_findings_at(t->run, s->event->number, &at);

	for (size_t i = 0; i < n; i++)
		worst = (int)at[i].finding->severity > worst ? (int)at[i].finding->severity : worst;
	return worst;
}

static int severity(struct screen *s, size_t at)
{
	const struct log *l = (const struct log *)s;

	return l->rows[at].step == NULL ? -1 : worst_of(s->tui, l->rows[at].sight);
}

static void write_line(const struct log *l, size_t number, struct text *t)
{
	size_t start = l->starts[number - 1];
	struct str line = {l->content.at + start, l->starts[number] - start};
	struct text narrow = text_make(LIMIT_OUTPUT_LINE);

	while (line.len > 0 && (line.at[line.len - 1] == '\n' || line.at[line.len - 1] == '\r'))
		line.len--;
	for (size_t i = 0; l->is_wide && i < line.len; i++) {
		if (line.at[i] != '\0')
			text_putc(&narrow, line.at[i]);
	}
	text_printf(t, "\033[2m%6zu\033[0m ", number);
	term_untrusted(t, l->is_wide ? text_str(&narrow) : line,
		       l->screen.tui->options.show_secrets);
	text_free(&narrow);
}

static void write_findings(const struct tui *t, const struct step *s, struct text *line)
{
	static const char *const colors[] = {"\033[36m", "\033[33m", "\033[31m"};
	const struct evidence_at *at;
	size_t n = run_findings_at(t->run, s->event->number, &at);

	for (size_t i = 0; i < n; i++)
		text_printf(line, "  %s%s %s\033[0m", colors[at[i].finding->severity],
			    severity_word(at[i].finding->severity), at[i].finding->rule->id);
}

static void put_name(struct text *t, const struct event *e)
{
	text_putc(t, ' ');
	message_name(t, e);
}

static void write_step(const struct log *l, const struct row *row, struct text *t)
{
	const struct step *s = row->step;
	const struct tui *tui = l->screen.tui;
	const struct event *e = row->sight->event;
	const struct call *c = step_call(s);

	if (is_text(l)) {
		text_puts(t, "       \033[34m; ");
	} else {
		text_printf(t, "%6" PRIu64 " ", e->origin.frame);
		when_print(t, tui->options.time, run_step_time(tui->run, s), (struct moment){0},
			   tui->run->report->earliest);
		text_putc(t, ' ');
	}
	timeline_who(t, tui->run, s);
	if (e->kind == EVENT_SAID && s->n_changes == 0 && e->row != NULL && e->row->means != NULL)
		text_printf(t, " %s", e->row->means);
	else if (e->kind != EVENT_SAID || !is_text(l)) /* what was said stands in the line itself */
		put_name(t, e);
	if (e->kind != EVENT_SAID && !is_text(l)) {
		text_putc(t, ' ');
		message_detail(t, e, false, tui->options.show_secrets);
	}
	if (c != NULL && c->number != 0)
		text_printf(t, "  call %" PRIu64, c->number);
	for (size_t i = 0; i < s->n_changes; i++) {
		text_puts(t, i == 0 ? "  " : "; ");
		message_change(t, &s->changes[i]);
	}
	text_puts(t, "\033[0m");
	write_findings(tui, row->sight, t);
	tui_alias_put(tui, t, 0);
}

static void line(struct screen *s, size_t at, struct text *t)
{
	const struct log *l = (const struct log *)s;

	if (l->rows[at].step == NULL)
		write_line(l, l->rows[at].line, t);
	else
		write_step(l, &l->rows[at], t);
}

/* ---- what a row is about ---- */

/* Of a line the next step below it: the record that it is part of. */
static const struct step *step(struct screen *s, size_t at)
{
	const struct log *l = (const struct log *)s;

	while (at < l->n && l->rows[at].step == NULL)
		at++;
	return at < l->n ? l->rows[at].step : NULL;
}

/* `line 40 of lac.log` */
static struct str place_words(const struct log *l, const struct step *s)
{
	const struct origin *o = &s->event->origin;
	const struct run *r = l->screen.tui->run;
	struct text name = text_make(TUI_LINE);
	struct str words;

	text_escape(&name, r->names[o->input]);
	words = arena_printf(l->message.arena, "%s %" PRIu64 " of %.*s",
			     o->line != 0 ? "line" : "frame", o->line != 0 ? o->line : o->frame,
			     STR_ARG(text_str(&name)));
	text_free(&name);
	return words;
}

/* What the record means, and why each machine moved. */
static void set_meaning(struct log *l, const struct step *s, struct text *words)
{
	const struct grammar_row *row = s->event->row;

	if (row != NULL && row->means != NULL)
		tui_message_note(&l->message, "\033[34m", (struct str){0}, str_of(row->means));
	for (size_t i = 0; i < s->n_changes; i++) {
		const struct state_change *c = &s->changes[i];

		text_clear(words);
		message_change(words, c);
		if (c->row != NULL && c->row->why != NULL && *c->row->why != '\0' &&
		    c->row->ref != NULL)
			text_printf(words, " (%s %s; %s)", role_label(c->who), c->row->why,
				    c->row->ref);
		tui_message_note(&l->message, "\033[34m", (struct str){0}, text_str(words));
	}
}

static void set_notes(struct log *l, const struct step *s)
{
	static const char *const colors[] = {"\033[36m", "\033[33m", "\033[31m"};
	const struct tui *t = l->screen.tui;
	const struct evidence_at *at;
	size_t n = run_findings_at(t->run, s->event->number, &at);
	struct text words = text_make(TUI_LINE);

	for (size_t i = 0; i < n; i++) {
		const struct finding *f = at[i].finding;

		text_clear(&words);
		term_untrusted(&words, f->text.len > 0 ? f->text : str_of(f->rule->title),
			       t->options.show_secrets);
		tui_message_note(&l->message, colors[f->severity], str_of(f->rule->id),
				 text_str(&words));
	}
	set_meaning(l, s, &words);
	text_free(&words);
}

/* Of a line the message of the record that it is part of. */
static void set_message(struct log *l)
{
	const struct step *s = step(&l->screen, l->screen.at);

	if (s == l->shown)
		return;
	l->shown = s;
	tui_message_set(&l->message, l->screen.tui, s == NULL ? NULL : s->event, (struct str){0});
	if (s == NULL)
		return;
	l->message.where = place_words(l, s);
	set_notes(l, s);
}

static struct area frame(struct screen *s, struct canvas *c, struct area a)
{
	enum { WIDE = 160 };
	struct log *l = (struct log *)s;

	if (a.right - a.left < WIDE || l->n == 0)
		return a;
	set_message(l);
	return tui_message_frame(&l->message, c, a);
}

static void title(struct screen *s, struct text *t)
{
	const struct log *l = (const struct log *)s;

	text_puts(t, "of ");
	text_escape(t, s->tui->run->names[l->input]);
	text_printf(t, " (%zu of %zu)", l->input + 1, s->tui->run->n_inputs);
	if (s->tui->run->reread == NULL)
		return;
	if (l->call != NULL)
		text_printf(t, ", of it call %" PRIu64 " and its tunnel", l->call->number);
	else if (l->tunnel != NULL)
		text_printf(t, ", of it tunnel %" PRIu64, l->tunnel->number);
}

static const struct call *call(struct screen *s, size_t at)
{
	const struct step *found = step(s, at);
	const struct call *c = found == NULL ? NULL : step_call(found);

	return c == NULL || c->number == 0 ? NULL : c;
}

static const struct tunnel *tunnel(struct screen *s, size_t at)
{
	const struct step *found = step(s, at);

	return found == NULL ? NULL : step_tunnel(found);
}

static uint64_t event(struct screen *s, size_t at)
{
	const struct step *found = step(s, at);

	return found == NULL ? 0 : found->event->number;
}

static void go_to_event(struct log *l, uint64_t wanted)
{
	for (size_t i = 0; wanted != 0 && i < l->n; i++) {
		if (l->rows[i].step == NULL || (l->rows[i].step->event->number != wanted &&
						l->rows[i].sight->event->number != wanted))
			continue;
		screen_go(&l->screen, i);
		return;
	}
}

/* ---- keys ---- */

static void next_of_call(struct log *l, bool is_back)
{
	struct screen *s = &l->screen;
	const struct call *c = s->at < l->n ? call(s, s->at) : NULL;

	if (c == NULL) {
		tui_say(s->tui, STYLE_NOTE, "this is of no call");
		return;
	}
	for (size_t i = 1; i < l->n; i++) {
		size_t at = is_back ? s->at - i : s->at + i;

		if (at >= l->n)
			break;
		if (l->rows[at].step == NULL || step_call(l->rows[at].step) != c)
			continue;
		screen_go(s, at);
		return;
	}
	tui_say(s->tui, STYLE_NOTE, "no message of this call %s",
		is_back ? "before" : "after this");
}

static void next_input(struct log *l)
{
	size_t n = l->screen.tui->run->n_inputs;

	l->input = (l->input + 1) % n;
	screen_go(&l->screen, 0);
	refresh(&l->screen);
}

/* A line of a text, a frame of a capture: that one or the next that is here. */
static size_t numbered(struct screen *s, uint64_t number)
{
	const struct log *l = (const struct log *)s;

	for (size_t i = 0; i < l->n; i++) {
		const struct row *row = &l->rows[i];

		if (row->step == NULL ? row->line >= number
				      : !is_text(l) && row->sight->event->origin.frame >= number)
			return i;
	}
	return SIZE_MAX;
}

static bool act(struct screen *s, enum action a)
{
	struct log *l = (struct log *)s;

	switch (a) {
	case ACTION_PANE:
		next_input(l);
		return true;
	case ACTION_NEXT_OF_CALL:
	case ACTION_PREVIOUS_OF_CALL:
		next_of_call(l, a == ACTION_PREVIOUS_OF_CALL);
		return true;
	default:
		return false;
	}
}

static void close_log(struct screen *s)
{
	struct log *l = (struct log *)s;

	tui_message_free(&l->message);
	free(l->starts);
	free(l->rows);
	free(l);
}

static const struct screen_class class = {
	.name = "log",
	.on = ON_LOG,
	.printed_by = "annotate; of a capture decode",
	.title = title,
	.rows = rows,
	.line = line,
	.frame = frame,
	.act = act,
	.refresh = refresh,
	.call = call,
	.tunnel = tunnel,
	.event = event,
	.numbered = numbered,
	.severity = severity,
	.close = close_log,
};

void tui_open_log(struct tui *t, const struct call *c, const struct tunnel *n, uint64_t wanted)
{
	struct log *l = must_alloc(1, sizeof(*l));
	const struct step *first;

	tui_read(t, c, n, wanted);
	first = wanted == 0 ? NULL : run_step_of(t->run, wanted);
	*l = (struct log){.screen = {.class = &class},
			  .call = c,
			  .tunnel = n,
			  .event = wanted,
			  .input = first == NULL ? 0 : first->event->origin.input};
	tui_push(t, &l->screen);
	go_to_event(l, wanted);
}
