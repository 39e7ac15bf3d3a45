#include "annotate.h"

#include <stdlib.h>

#include "cmd_common.h"
#include "message.h"
#include "timeline.h"

static void add_remark(struct annotation *a, struct remark remark)
{
	if (a->n == a->room) {
		a->room = a->room == 0 ? 1024 : a->room * 2;
		a->remarks = must_grow(a->remarks, a->room, sizeof(*a->remarks));
	}
	remark.order = a->n;
	a->remarks[a->n++] = remark;
}

/* The records once more, for what their rows say and, with --reflow, for their text. */
static void collect_records(struct annotation *a)
{
	const char *year = named_value(&a->run->options->years, a->run->names[0]);
	uint64_t number = 0;
	struct log_record record;
	struct log_reader *reader;

	if (year != NULL)
		str_u64(str_of(year), &number);
	reader = log_open(a->content, 0, (int)number, a->arena);
	while (log_next(reader, &record)) {
		bool has_meaning = record.row != NULL && record.row->means != NULL;
		bool is_unread = record.kind == RECORD_UNREAD;

		if (!has_meaning && !is_unread && !a->run->options->reflow)
			continue;
		add_remark(a, (struct remark){
				      .line_end = record.origin.line_end,
				      .offset_end = record.origin.offset_end,
				      .column = record.origin.column,
				      .row = record.row,
				      .record = record.text,
				      .stamp = record.stamp,
				      .is_unread = is_unread,
			      });
	}
	log_close(reader);
}

static void collect_steps(struct annotation *a)
{
	const struct report *report = a->run->report;

	for (size_t i = 0; i < report->n_steps; i++) {
		const struct step *s = report->steps[i];

		if (s->event->origin.input != 0)
			continue;
		add_remark(a, (struct remark){
				      .line_end = s->event->origin.line_end,
				      .offset_end = s->event->origin.offset_end,
				      .column = s->event->origin.column,
				      .step = s,
			      });
	}
}

static int by_place(const void *x, const void *y)
{
	const struct remark *a = x;
	const struct remark *b = y;

	if (a->line_end != b->line_end)
		return a->line_end < b->line_end ? -1 : 1;
	if (a->offset_end != b->offset_end)
		return a->offset_end < b->offset_end ? -1 : 1;
	return (a->order > b->order) - (a->order < b->order);
}

/* ---- one remark ---- */

static void begin_line(struct annotation *a, const struct remark *m)
{
	struct text *line = &a->run->line;

	text_putc(line, '\n');
	term_style_on(&a->run->term, line, STYLE_DIM);
	text_puts(line, a->prefix);
	if (m->column > 1 && !a->run->options->reflow)
		text_printf(line, "[column %u] ", m->column);
}

static void end_line(struct annotation *a)
{
	struct text *line = &a->run->line;

	term_style_off(&a->run->term, line, STYLE_DIM);
	term_write(&a->run->term, text_str(line));
	text_clear(line);
	arena_reset(a->run->scratch);
}

static void add_words(struct annotation *a, struct str untrusted)
{
	text_add(&a->run->line, common_untrusted(a->run, untrusted));
}

static void remark_message(struct annotation *a, const struct remark *m)
{
	struct text *line = &a->run->line;
	const struct step *s = m->step;
	const char *delivery = timeline_delivery(s);

	if (s->event->kind == EVENT_SAID)
		return;
	begin_line(a, m);
	timeline_who(line, a->run, s);
	text_puts(line, "  ");
	message_name(line, s->event);
	text_putc(line, ' ');
	if (delivery != NULL)
		text_printf(line, "(%s) ", delivery);
	if (s->event->is_virtual)
		text_puts(line, "(not on the wire: replayed from what the LAC handed on) ");
	message_detail(line, s->event, true, a->run->options->show_secrets);
	end_line(a);
}

/* With the row that decided: why, and whether that is as the RFC says. */
static void remark_changes(struct annotation *a, const struct remark *m)
{
	static const char *const verdicts[] = {
		[NORMAL] = "normal",
		[INFERRED] = "not all of it was seen",
		[ODD] = "unusual",
		[WRONG] = "against the RFC",
	};

	for (size_t i = 0; i < m->step->n_changes; i++) {
		const struct state_change *c = &m->step->changes[i];

		begin_line(a, m);
		message_change(&a->run->line, c);
		if (c->row != NULL) {
			text_printf(&a->run->line, " (%s", verdicts[c->row->verdict]);
			if (c->row->why != NULL && c->row->why[0] != '\0')
				text_printf(&a->run->line, ": %s %s", role_label(c->who),
					    c->row->why);
			if (c->row->ref != NULL && c->row->ref[0] != '\0')
				text_printf(&a->run->line, "; %s", c->row->ref);
			text_putc(&a->run->line, ')');
		}
		end_line(a);
	}
}

static void remark_defects(struct annotation *a, const struct remark *m)
{
	const struct event *e = m->step->event;

	for (size_t i = 0; i < e->n_defects; i++) {
		const struct defect *d = &e->defects[i];
		const struct defect_row *row = defect_row(d->id);

		begin_line(a, m);
		text_printf(&a->run->line, "%s %s: ", severity_word(row->severity), row->id);
		common_print_defect(a->run, d);
		end_line(a);
	}
}

static bool is_defect_of(const struct event *e, const struct finding *f)
{
	for (size_t i = 0; i < e->n_defects; i++) {
		if (strcmp(defect_row(e->defects[i].id)->id, f->rule->id) == 0)
			return true;
	}
	return false;
}

static void remark_findings(struct annotation *a, const struct remark *m)
{
	const struct event *e = m->step->event;
	const struct evidence_at *at;
	size_t n = run_findings_at(a->run, e->number, &at);

	for (size_t i = 0; i < n; i++) {
		const struct finding *f = at[i].finding;

		if (is_defect_of(e, f))
			continue;
		begin_line(a, m);
		text_printf(&a->run->line, "%s %s: ", severity_word(f->severity), f->rule->id);
		add_words(a, f->text.len > 0 ? f->text : str_of(f->rule->title));
		if (f->rule->ref != NULL && f->rule->ref[0] != '\0')
			text_printf(&a->run->line, " (%s)", f->rule->ref);
		end_line(a);
	}
}

/* What a kind of record means is told where it stands first. */
static bool is_new(struct annotation *a, const struct grammar_row *row)
{
	for (size_t i = 0; i < a->n_said; i++) {
		if (a->said[i] == row)
			return false;
	}
	if (a->n_said == a->said_room) {
		a->said_room = a->said_room == 0 ? 64 : a->said_room * 2;
		a->said = must_grow(a->said, a->said_room, sizeof(struct grammar_row *));
	}
	a->said[a->n_said++] = row;
	return true;
}

static void print_remark(struct annotation *a, const struct remark *m)
{
	if (m->step != NULL) {
		remark_message(a, m);
		remark_changes(a, m);
		remark_defects(a, m);
		remark_findings(a, m);
		return;
	}
	if (m->is_unread) {
		begin_line(a, m);
		text_puts(&a->run->line, "not read: no row of the grammar knows this record");
		end_line(a);
	} else if (m->row != NULL && m->row->means != NULL && is_new(a, m->row)) {
		begin_line(a, m);
		text_puts(&a->run->line, m->row->means);
		end_line(a);
	}
}

/* ---- the whole log ---- */

/* Line ends stay with what follows: a remark stands between a line and its newline. */
static void print_lines(struct annotation *a)
{
	struct str rest = a->content;
	uint64_t line = 0;
	size_t next = 0;

	while (rest.len > 0) {
		const char *newline = memchr(rest.at, '\n', rest.len);
		struct str now = newline == NULL ? rest : str_range(rest.at, newline);

		line++;
		term_write(&a->run->term, now);
		while (next < a->n && a->remarks[next].line_end <= line)
			print_remark(a, &a->remarks[next++]);
		if (newline == NULL)
			break;
		term_write(&a->run->term, STR("\n"));
		rest = str_from(rest, now.len + 1);
	}
}

static void print_records(struct annotation *a)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct remark *m = &a->remarks[i];

		if (m->step == NULL) {
			text_puts(&a->run->line, i == 0 ? "" : "\n");
			text_escape(&a->run->line, m->stamp);
			text_puts(&a->run->line, m->stamp.len > 0 ? ": " : "");
			text_escape(&a->run->line, m->record);
			term_write(&a->run->term, text_str(&a->run->line));
			text_clear(&a->run->line);
		}
		print_remark(a, m);
	}
	if (a->n > 0)
		term_write(&a->run->term, STR("\n"));
}

void annotate_all(struct annotation *a)
{
	a->arena = arena_new(LIMIT_REPLAY_ARENA);
	collect_records(a);
	collect_steps(a);
	if (a->n > 0)
		qsort(a->remarks, a->n, sizeof(*a->remarks), by_place);
	if (a->run->options->reflow)
		print_records(a);
	else
		print_lines(a);
	free(a->remarks);
	free(a->said);
	arena_free(a->arena);
}
