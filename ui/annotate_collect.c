#include "annotate_collect.h"

#include <stdlib.h>

#include "daemon.h"
#include "shape_stage.h"

/* What a person would call waiting. */
static const int64_t LONG_PAUSE_NS = INT64_C(2000000000);

static void add_remark(struct annotation *a, struct remark remark)
{
	if (a->n == a->room) {
		a->room = a->room == 0 ? 1024 : a->room * 2;
		a->remarks = must_grow(a->remarks, a->room, sizeof(*a->remarks));
	}
	remark.order = a->n;
	a->remarks[a->n++] = remark;
}

/* In a log of UTF-16 characters are two octets. */
static uint32_t column_shown(const struct annotation *a, uint32_t column)
{
	return !a->is_wide ? column : column > 2 ? column / 2 : 1;
}

/* Places of the text that was read become places of the log as it was given. */
static struct remark at_place(const struct annotation *a, const struct origin *o)
{
	struct remark m = {
		.line_end = o->line_end, .offset_end = o->offset_end, .column = o->column};
	uint64_t column;

	if (shape_is_plain(&a->shape))
		return m;
	m.offset_end = shape_end(&a->shape, o->offset_end);
	m.line_end = line_index_at(&a->shape.given_lines, m.offset_end).line;
	column = line_index_at(&a->shape.given_lines, shape_offset(&a->shape, o->offset)).column;
	m.column = column_shown(a, column > UINT32_MAX ? UINT32_MAX : (uint32_t)column);
	return m;
}

/* The words of a record, and the rows of its dump behind them. */
static struct str words_of(struct annotation *a, const struct log_record *record)
{
	struct text t;
	struct str ret;

	if (record->n_hex == 0)
		return arena_str(a->arena, record->text);
	t = text_make(LIMIT_OUTPUT_LINE);
	text_add(&t, record->text);
	for (size_t i = 0; i < record->n_hex; i++) {
		text_putc(&t, ' ');
		text_add(&t, str_trim(record->hex[i].digits));
		text_puts(&t, record->hex[i].goes_on ? " ..." : "");
	}
	ret = arena_str(a->arena, text_str(&t));
	text_free(&t);
	return ret;
}

/* What a record was read from, so that --reflow finds the lines that were not. */
static void cover(struct annotation *a, const struct origin *o)
{
	if (!a->run->options->reflow)
		return;
	if (a->n_covered == a->covered_room) {
		a->covered_room = a->covered_room == 0 ? 1024 : a->covered_room * 2;
		a->covered = must_grow(a->covered, a->covered_room, sizeof(*a->covered));
	}
	a->covered[a->n_covered++] = (struct covered){o->offset, o->offset_end};
}

static void collect_record(struct annotation *a, const struct log_record *record)
{
	bool has_meaning = record->row != NULL && record->row->means != NULL;
	bool is_unread = record->kind == RECORD_UNREAD;
	struct remark m = at_place(a, &record->origin);

	cover(a, &record->origin);
	if (!has_meaning && !is_unread && !a->run->options->reflow)
		return;
	m.row = record->row;
	m.stamp = arena_str(a->arena, record->stamp);
	m.is_unread = is_unread;
	if (a->run->options->reflow)
		m.record = words_of(a, record);
	a->last_record = a->n;
	add_remark(a, m);
}

/* A line of a daemon: a record, or one more row of what the record before it shows. */
static void saw(void *self, struct str content, const struct log_record *record, bool is_more)
{
	struct annotation *a = self;
	struct remark m;

	(void)content;
	if (!is_more) {
		collect_record(a, record);
		return;
	}
	cover(a, &record->origin);
	if (!a->run->options->reflow)
		return;
	/* of a growing text the record may have been told */
	m = a->last_record < a->n ? a->remarks[a->last_record] : at_place(a, &record->origin);
	m.is_more = a->last_record < a->n;
	m.record = arena_str(a->arena, record->text);
	add_remark(a, m);
}

/* The records of a piece once more, for what their rows say and, with --reflow, for their text. */
static void collect_records(struct annotation *a, size_t end)
{
	struct str text = {a->shape.text.at, end};
	struct log_record record;
	struct stretch stretch;
	struct event event;
	enum daemon_pull pull;

	daemon_grow(a->daemons, end);
	pull = daemon_next(a->daemons, &event, &stretch);
	while (pull != DAEMON_END) {
		if (pull == DAEMON_EVENT) { /* its lines were told */
			pull = daemon_next(a->daemons, &event, &stretch);
			continue;
		}
		log_section(a->reader, text, stretch.start, stretch.end, stretch.line);
		while ((pull = daemon_next(a->daemons, &event, &stretch)) == DAEMON_FOREIGN &&
		       stretch.goes_on)
			log_extend(a->reader, stretch.end);
		while (log_next(a->reader, &record))
			collect_record(a, &record);
	}
}

/* ---- --reflow: what nobody reads ---- */

static int by_offset(const void *x, const void *y)
{
	const struct covered *a = x, *b = y;

	return (a->start > b->start) - (a->start < b->start);
}

/* A line with a stamp is a record, although it is another program's. */
static void collect_stamped(struct annotation *a, size_t start, size_t end)
{
	static const char *const nobody[] = {NULL};
	struct str line = str_range(a->shape.text.at + start, a->shape.text.at + end);
	struct origin o = {
		.line = a->gap_line, .line_end = a->gap_line, .offset = start, .offset_end = end};
	struct prefix p;
	struct remark m;

	prefix_read(line, a->year, nobody, &p);
	if (p.stamp.len == 0 || str_trim(str_from(line, p.body)).len == 0)
		return;
	m = at_place(a, &o);
	m.stamp = p.stamp;
	m.record = str_trim(p.program.len > 0 ? str_range(p.program.at, line.at + line.len)
					      : str_from(line, p.body));
	add_remark(a, m);
}

/* Goes on to `end`, over what was read or past lines that were not. */
static void pass(struct annotation *a, size_t end, bool is_read)
{
	while (a->gap < end) {
		const char *newline = memchr(a->shape.text.at + a->gap, '\n', end - a->gap);
		size_t line_end = newline == NULL ? end : (size_t)(newline - a->shape.text.at);

		if (!is_read)
			collect_stamped(a, a->gap, line_end);
		a->gap = line_end + (newline != NULL);
		a->gap_line += newline != NULL;
	}
}

static void collect_gaps(struct annotation *a, size_t end)
{
	if (!a->run->options->reflow)
		return;
	if (a->n_covered > 0)
		qsort(a->covered, a->n_covered, sizeof(*a->covered), by_offset);
	for (size_t i = 0; i < a->n_covered; i++) {
		pass(a, a->covered[i].start, false);
		pass(a, a->covered[i].end, true);
	}
	pass(a, end, false);
	a->n_covered = 0;
}

/* ---- what was made of them ---- */

/* Times are compared within one vantage point only. */
static int64_t pause_before(const struct step *before, const struct step *s)
{
	int64_t pause;

	if (before == NULL || before->event->when.kind != s->event->when.kind)
		return 0;
	pause = moment_minus(s->event->when, before->event->when);
	return pause >= LONG_PAUSE_NS ? pause : 0;
}

static void collect_steps(struct annotation *a)
{
	const struct report *report = a->run->report;
	const struct step *before[LIMIT_VANTAGES] = {NULL};
	uint64_t last = a->last_event;

	for (size_t i = 0; i < report->n_steps; i++) {
		const struct step *s = report->steps[i];
		uint16_t vantage = s->event->origin.vantage % LIMIT_VANTAGES;

		if (s->event->origin.input != 0)
			continue;
		if (s->event->number > a->last_event)
			add_remark(a, (struct remark){
					      .line_end = s->event->origin.line_end,
					      .offset_end = s->event->origin.offset_end,
					      .column = column_shown(a, s->event->origin.column),
					      .stamp = s->event->stamp,
					      .pause_ns = pause_before(before[vantage], s),
					      .step = s,
				      });
		before[vantage] = s;
		last = s->event->number > last ? s->event->number : last;
	}
	a->last_event = last;
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

void annotate_collect(struct annotation *a, size_t end)
{
	a->n = a->last_record = 0;
	collect_records(a, end);
	collect_gaps(a, end);
	collect_steps(a);
	if (a->n > 0)
		qsort(a->remarks, a->n, sizeof(*a->remarks), by_place);
}

void annotate_collect_begin(struct annotation *a)
{
	struct str none = {a->shape.text.at, 0};

	a->reader = log_open(none, 0, a->year, a->arena);
	a->daemons = daemon_open(none, 0, a->year, NULL);
	a->witness = (struct log_witness){.self = a, .saw = saw};
	daemon_tell(a->daemons, &a->witness);
	a->gap_line = 1;
}

void annotate_collect_end(struct annotation *a)
{
	daemon_close(a->daemons);
	log_close(a->reader);
	free(a->covered);
	free(a->remarks);
}
