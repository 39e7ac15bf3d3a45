#include <inttypes.h>

#include "paper.h"
#include "unread.h"

/* `[name, value]` of an input's facts, while they are made. */
static void fact(struct paper *p, const char *name, struct text *value)
{
	struct writer *j = &p->page.json;

	if (value->len > 0) {
		writer_open(j, '[');
		writer_string(j, str_of(name));
		writer_string(j, text_str(value));
		writer_close(j, ']');
	}
	text_clear(value);
}

static void number(struct paper *p, const char *name, uint64_t n, struct text *value)
{
	text_printf(value, "%" PRIu64, n);
	fact(p, name, value);
}

static void write_what(struct paper *p, const struct input_stats *s, struct text *t)
{
	text_puts(t, s->kind_name == NULL ? "" : s->kind_name);
	if (s->dialect != NULL && *s->dialect != '\0') {
		text_puts(t, ", ");
		text_escape(t, str_of(s->dialect));
	}
	fact(p, "what", t);
	if (s->kind == SOURCE_CAPTURE) {
		number(p, "packets", s->packets, t);
		number(p, "of L2TP", s->l2tp, t);
	} else {
		number(p, "lines", s->lines, t);
		number(p, "log records", s->records, t);
	}
	for (size_t i = 0; i < s->n_other; i++) {
		text_printf(t, "%s%" PRIu64 " ", i == 0 ? "" : ", ", s->other[i].n);
		text_escape(t, str_of(s->other[i].what));
	}
	fact(p, "not L2TP", t);
}

static void write_unread(struct paper *p, const struct input_stats *s, struct text *t)
{
	if (s->records_unread > 0)
		text_printf(t, "%" PRIu64 " records that nothing read (decode --unread shows them)",
			    s->records_unread);
	fact(p, "not read", t);
	if (s->lines_prose > 0)
		text_printf(t, "%" PRIu64 " lines are no log", s->lines_prose);
	fact(p, "prose", t);
	if (s->damaged > 0)
		text_printf(t, "%" PRIu64 " records", s->damaged);
	fact(p, "damaged", t);
	if (s->is_cut || s->is_limited) {
		text_puts(t, s->cut_text.len == 0 ? "not to its end" : "");
		text_escape(t, s->cut_text);
	}
	fact(p, "cut", t);
}

static void put_when(struct paper *p, struct text *t, const struct view *v, struct moment when)
{
	struct moment aligned = when_aligned(p->run->report, v->vantage, when);
	const struct moment earliest = p->run->report->earliest;

	if (moment_known(when))
		when_print(t, p->run->options->time == NULL ? "ad" : p->run->options->time, aligned,
			   earliest, earliest);
}

/* One clock; a text of several consoles has several. */
static void write_clock(struct paper *p, const struct view *v, bool is_alone, struct text *t)
{
	const char *clock = v->clock == NULL ? "none" : v->clock;

	if (!is_alone && v->name.len > 0) {
		text_escape(t, v->name);
		text_puts(t, ": ");
	}
	text_puts(t, clock);
	if (v == &p->run->report->views[p->run->report->reference])
		text_puts(t, "; the clock of this page");
	else if (v->has_offset)
		text_printf(t, "; %+.6f s added", v->offset_s);
	else
		text_puts(t, "; unrelated to the others");
	if (v->has_offset && v->joined_messages > 0)
		text_printf(t, " (by %" PRIu32 " shared messages, within %.6f s)",
			    v->joined_messages, v->residual_s);
	if (v->drift > 0 || v->drift < 0)
		text_printf(t, "; gains %.3f ppm", v->drift * 1e6);
	fact(p, "clock", t);
	put_when(p, t, v, v->first);
	if (t->len > 0 && moment_known(v->last)) {
		text_puts(t, " to ");
		put_when(p, t, v, v->last);
	}
	fact(p, "time", t);
}

static void write_clocks(struct paper *p, size_t input, struct text *t)
{
	const struct report *report = p->run->report;
	size_t n = 0;

	for (size_t i = 0; i < report->n_views; i++)
		n += report->views[i].input == input;
	for (size_t i = 0; i < report->n_views; i++) {
		if (report->views[i].input == input)
			write_clock(p, &report->views[i], n == 1, t);
	}
}

/* What nothing read, with its place: each kind of record once. */
static void list_unread(struct paper *p, size_t input)
{
	struct writer *j = &p->page.json;
	const struct source *s = p->run->inputs[input].source;
	uint64_t left_out;

	if (p->run->unread == NULL || s == NULL || source_stats(s)->records_unread == 0)
		return;
	writer_key(j, "unread");
	left_out = unread_write(p->run->unread, (uint16_t)input, LIMIT_PAPER_UNREAD, j);
	if (left_out > 0)
		writer_pair_unsigned(j, "unread_more", left_out);
}

void paper_inputs(struct paper *p)
{
	struct writer *j = &p->page.json;
	struct text t = text_make(LIMIT_OUTPUT_LINE);

	writer_key(j, "inputs");
	writer_open(j, '[');
	for (size_t i = 0; i < p->run->n_inputs; i++) {
		const struct input *in = &p->run->inputs[i];

		writer_open(j, '{');
		text_escape(&t, in->name);
		paper_pair(p, "name", text_str(&t));
		text_clear(&t);
		writer_key(j, "facts");
		writer_open(j, '[');
		if (in->source == NULL) {
			text_puts(&t, "could not be read");
			fact(p, "what", &t);
		} else {
			write_what(p, source_stats(in->source), &t);
			write_unread(p, source_stats(in->source), &t);
			write_clocks(p, in->vantage.is_shared ? in->vantage.root : i, &t);
		}
		writer_close(j, ']');
		list_unread(p, i);
		writer_close(j, '}');
		webpage_flush(&p->page);
	}
	writer_close(j, ']');
	text_free(&t);
}
