#include "annotate.h"

#include <stdlib.h>

#include "annotate_collect.h"
#include "annotate_html.h"
#include "cmd_common.h"
#include "inputs.h"
#include "message.h"
#include "shape_stage.h"
#include "timeline.h"

/* ---- one remark ---- */

/* A line that holds many records: which of them is meant. */
static void add_whereabouts(struct annotation *a, const struct remark *m)
{
	struct text *line = &a->run->line;

	if (m->column <= 1 || a->run->options->reflow)
		return;
	text_printf(line, "[column %u", m->column);
	if (m->stamp.len > 0) {
		text_puts(line, ", ");
		text_escape(line, m->stamp);
	}
	text_puts(line, "] ");
}

static enum style style_of(const char *kind)
{
	return strcmp(kind, "error") == 0     ? STYLE_BAD
	       : strcmp(kind, "warning") == 0 ? STYLE_WARN
	       : strcmp(kind, "note") == 0    ? STYLE_NOTE
					      : STYLE_DIM;
}

/* `kind`: a severity, or "". */
static void begin_line(struct annotation *a, const struct remark *m, const char *kind)
{
	struct text *line = &a->run->line;

	a->kind = kind;
	if (!a->is_page) {
		if (!a->is_line_start)
			text_putc(line, '\n');
		term_style_on(&a->run->term, line, style_of(kind));
		text_puts(line, a->prefix);
	}
	add_whereabouts(a, m);
}

static void end_line(struct annotation *a)
{
	struct text *line = &a->run->line;

	if (a->is_page) {
		page_remark(&a->run->term, a->kind, text_str(line));
	} else {
		term_style_off(&a->run->term, line, style_of(a->kind));
		if (a->is_line_start)
			text_putc(line, '\n');
		if (a->is_line_open)
			text_add(&a->held, text_str(line));
		else
			term_write(&a->run->term, text_str(line));
	}
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

	if (m->pause_ns > 0) {
		begin_line(a, m, "");
		text_printf(line, "%.1f s after the record before", (double)m->pause_ns / 1e9);
		end_line(a);
	}
	if (s->event->kind == EVENT_SAID)
		return;
	begin_line(a, m, "");
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

		begin_line(a, m, c->row != NULL && c->row->verdict == WRONG ? "warning" : "");
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

		if (a->run->options->only_findings && row->severity == SEVERITY_NOTE)
			continue;
		begin_line(a, m, severity_word(row->severity));
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

/* Told where the finding stands first. */
static void remark_advice(struct annotation *a, const struct remark *m, const struct finding *f)
{
	struct str advice = f->advice.len > 0 ? f->advice : str_of(f->rule->advice);

	if (advice.len == 0 || f->severity == SEVERITY_NOTE ||
	    (f->mark.is_set && mark_number(&f->mark) != 0 &&
	     mark_number(&f->mark) != m->step->event->number))
		return;
	begin_line(a, m, severity_word(f->severity));
	text_puts(&a->run->line, "do: ");
	add_words(a, advice);
	end_line(a);
}

static void remark_finding(struct annotation *a, const struct finding *f)
{
	text_printf(&a->run->line, "%s %s: ", severity_word(f->severity), f->rule->id);
	add_words(a, f->text.len > 0 ? f->text : str_of(f->rule->title));
	if (f->rule->ref != NULL && f->rule->ref[0] != '\0')
		text_printf(&a->run->line, " (%s)", f->rule->ref);
	end_line(a);
}

static void remark_findings(struct annotation *a, const struct remark *m)
{
	const struct event *e = m->step->event;
	const struct evidence_at *at;
	size_t n = run_findings_at(a->run, e->number, &at);

	for (size_t i = 0; i < n; i++) {
		const struct finding *f = at[i].finding;

		if (is_defect_of(e, f) || (a->tells != NULL && !a->tells(a, f, e->number)))
			continue;
		begin_line(a, m, severity_word(f->severity));
		remark_finding(a, f);
		remark_advice(a, m, f);
	}
}

void annotate_late(struct annotation *a, const struct finding *f)
{
	const struct remark of_no_record = {0};

	begin_line(a, &of_no_record, severity_word(f->severity));
	if (mark_line(&f->mark) > 0)
		text_printf(&a->run->line, "line %llu: ", (unsigned long long)mark_line(&f->mark));
	remark_finding(a, f);
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

static void remark_record(struct annotation *a, const struct remark *m)
{
	if (m->is_unread) {
		begin_line(a, m, "note");
		text_puts(&a->run->line, "not read: no row of the grammar knows this record");
		end_line(a);
	} else if (m->row != NULL && m->row->means != NULL && is_new(a, m->row)) {
		begin_line(a, m, "");
		text_puts(&a->run->line, m->row->means);
		end_line(a);
	}
}

static void print_remark(struct annotation *a, const struct remark *m)
{
	bool is_whole = !a->run->options->only_findings;

	if (m->step == NULL) {
		if (is_whole)
			remark_record(a, m);
		return;
	}
	if (is_whole) {
		remark_message(a, m);
		remark_changes(a, m);
	}
	remark_defects(a, m);
	remark_findings(a, m);
}

/* ---- the whole log ---- */

/* A line of a text that grows begins as added lines do: those begin otherwise from here on. */
static void change_mark(struct annotation *a)
{
	const struct remark of_no_record = {0};
	int marks = a->marks % ANNOTATE_MARKS + 1;

	begin_line(a, &of_no_record, "");
	text_puts(&a->run->line, "the next line is one of the log; added lines begin with `");
	annotate_mark(a, marks);
	text_printf(&a->run->line, "%s` from here on", a->prefix);
	end_line(a);
}

/* A line goes on, or ends; what was said of it meanwhile stands behind it. */
static void close_line(struct annotation *a)
{
	term_write(&a->run->term, text_str(&a->held));
	if (a->held.is_cut) {
		const struct remark of_no_record = {0};

		a->is_line_open = false;
		begin_line(a, &of_no_record, "warning");
		text_puts(&a->run->line, "warning limit-reached: more was said of this line");
		end_line(a);
	}
	text_clear(&a->held);
	a->is_line_open = false;
}

/* Line ends stay with what follows: a remark stands between a line and its newline. */
static void print_lines(struct annotation *a, struct str rest)
{
	size_t next = 0;

	while (rest.len > 0) {
		const char *newline = memchr(rest.at, '\n', rest.len);
		struct str now = newline == NULL ? rest : str_range(rest.at, newline);

		if (a->is_growing && a->is_line_start && str_starts(now, a->prefix))
			change_mark(a);
		a->is_line_start = false;
		term_verbatim(&a->run->term, now);
		if (newline != NULL || !a->is_growing)
			close_line(a);
		else
			a->is_line_open = true;
		while (next < a->n && a->remarks[next].line_end <= a->line + 1)
			print_remark(a, &a->remarks[next++]);
		if (newline == NULL)
			break;
		a->line++;
		term_write(&a->run->term, STR("\n"));
		a->is_line_start = a->is_growing;
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
		for (; i + 1 < a->n && a->remarks[i + 1].is_more; i++) {
			text_putc(&a->run->line, ' ');
			text_escape(&a->run->line, a->remarks[i + 1].record);
			term_write(&a->run->term, text_str(&a->run->line));
			text_clear(&a->run->line);
		}
		print_remark(a, m);
	}
	if (a->n > 0)
		term_write(&a->run->term, STR("\n"));
}

/* The call of the first step whose record ends in this line. */
static uint64_t call_of_line(const struct annotation *a, size_t next, uint64_t line)
{
	for (size_t i = next; i < a->n && a->remarks[i].line_end <= line; i++) {
		const struct call *c =
			a->remarks[i].step == NULL ? NULL : step_call(a->remarks[i].step);

		if (c != NULL)
			return c->number;
	}
	return 0;
}

/* What a page shows of a line of UTF-16; `room` holds it. A line ends at an octet, so that the
 * other half of its newline is left at its end or at the beginning of the next. */
static struct str line_of_wide(const struct annotation *a, struct str line, struct text *room)
{
	size_t at = (size_t)(line.at - a->content.at), end = at + line.len;
	unsigned low = (uint8_t)a->content.at[0] == 0xfe || a->content.at[0] == 0;

	text_clear(room);
	for (at += at % 2; at + 1 < end; at += 2) {
		uint32_t code = (uint32_t)(uint8_t)a->content.at[at + low] |
				(uint32_t)(uint8_t)a->content.at[at + 1 - low] << 8;
		char octets[4];

		if (code == 0xfeff)
			continue;
		if (code >= 0xd800 && code < 0xe000)
			code = 0xfffd;
		text_add(room, (struct str){octets, shape_utf8(code, octets)});
	}
	return text_str(room);
}

static void print_page(struct annotation *a)
{
	struct text plain = text_make(LIMIT_OUTPUT_LINE);

	struct term *t = &a->run->term;
	struct str rest = a->content;
	uint64_t line = 0;
	size_t next = 0;

	page_begin(t, a->run->names[0]);
	annotate_summary(a);
	page_rows(t);
	while (rest.len > 0) {
		const char *newline = memchr(rest.at, '\n', rest.len);
		struct str now = newline == NULL ? rest : str_range(rest.at, newline);

		line++;
		page_line(t, line, a->is_wide ? line_of_wide(a, now, &plain) : now,
			  call_of_line(a, next, line));
		while (next < a->n && a->remarks[next].line_end <= line)
			print_remark(a, &a->remarks[next++]);
		page_line_end(t);
		rest = str_from(rest, now.len + (newline != NULL));
	}
	page_end(t);
	text_free(&plain);
}

void annotate_begin(struct annotation *a)
{
	const char *year = inputs_value(&a->run->options->years, &a->run->inputs[0]);
	uint64_t number = 0;

	if (year != NULL)
		str_u64(str_of(year), &number);
	a->year = (int)number;
	a->arena = arena_new(LIMIT_REPLAY_ARENA);
	a->held = text_make(LIMIT_OUTPUT_LINE);
	annotate_collect_begin(a);
}

void annotate_piece(struct annotation *a, size_t start, size_t end)
{
	annotate_collect(a, a->is_growing ? end : a->shape.text.len);
	if (a->is_page)
		print_page(a);
	else if (a->run->options->reflow)
		print_records(a);
	else
		print_lines(a, (struct str){a->content.at + start, end - start});
	arena_reset(a->arena);
}

void annotate_end(struct annotation *a)
{
	if (a->is_line_open)
		close_line(a);
	annotate_collect_end(a);
	text_free(&a->held);
	free(a->said);
	arena_free(a->arena);
}

bool annotate_all(struct annotation *a, struct text *why_not)
{
	const char *year = inputs_value(&a->run->options->years, &a->run->inputs[0]);
	uint64_t number = 0;

	if (year != NULL)
		str_u64(str_of(year), &number);
	if (!shape_open(&a->shape, a->content, NULL, (int)number, why_not)) {
		shape_close(&a->shape);
		return false;
	}
	a->is_wide = shape_is_wide(a->content);
	annotate_begin(a);
	annotate_piece(a, 0, a->content.len);
	annotate_end(a);
	shape_close(&a->shape);
	return true;
}
