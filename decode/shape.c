#include "shape.h"

#include <stdlib.h>

#include "shape_stage.h"

/* In this order: what was done last is taken off first. Of a text that was pasted twice the numbers
 * of its lines go on, or (a router's own) begin again: it is looked at with them and without. */
static const struct shape_stage *const stages[] = {
	&shape_encoding[0], &shape_encoding[1], &shape_encoding[2], &shape_encoding[3],
	&shape_encoding[4], &shape_terminal,    &shape_html,        &shape_markdown,
	&shape_spaced,      &shape_indented,    &shape_listed,      &shape_quoted,
	&shape_named,       &shape_barred,      &shape_twice,       &shape_numbered,
	&shape_json,        &shape_journal,     &shape_verbose,     &shape_reversed_table,
	&shape_table,       &shape_doubled,     &shape_twice,       &shape_noded,
	&shape_wrapped,     &shape_reversed,    &shape_relayed,
};

/* ---- the sink ---- */

static void add_run(struct shape_sink *s, uint64_t given)
{
	struct shape_run run = {s->length, given};

	if (s->length == 0 || given != s->next_given)
		spill_write(s->runs, &run, sizeof(run));
	s->next_given = given;
}

static void write_octets(struct shape_sink *s, const char *at, size_t len)
{
	spill_write(s->text, at, len);
	s->length += len;
	s->next_given += len;
	s->last = at[len - 1];
}

/* The run of the stage before in which `offset` stands. */
static size_t run_of(const struct shape_run *runs, size_t n, size_t hint, uint64_t offset)
{
	size_t low = 0, high = n;

	if (hint < n && runs[hint].at <= offset && (hint + 1 == n || runs[hint + 1].at > offset))
		return hint;
	if (hint + 1 < n && runs[hint + 1].at <= offset &&
	    (hint + 2 == n || runs[hint + 2].at > offset))
		return hint + 1;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (runs[middle].at <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static uint64_t given_of(struct shape_sink *s, size_t from, size_t *ret_left)
{
	*ret_left = SIZE_MAX;
	if (!s->before)
		return from;
	s->at_before = run_of(s->before, s->n_before, s->at_before, from);
	if (s->at_before + 1 < s->n_before)
		*ret_left = (size_t)(s->before[s->at_before + 1].at - from);
	return s->before[s->at_before].given + (from - s->before[s->at_before].at);
}

void sink_copy(struct shape_sink *s, size_t from, size_t to)
{
	while (from < to) {
		size_t left;
		uint64_t given = given_of(s, from, &left);
		size_t n = to - from < left ? to - from : left;

		add_run(s, given);
		write_octets(s, s->in.at + from, n);
		from += n;
	}
	spill_forget(s->in_spill, from);
}

void sink_put(struct shape_sink *s, struct str characters, size_t from)
{
	size_t left;

	if (!characters.len)
		return;
	add_run(s, given_of(s, from < s->in.len ? from : s->in.len - 1, &left));
	write_octets(s, characters.at, characters.len);
	s->next_given = UINT64_MAX; /* what follows is a run of its own */
}

void sink_newline(struct shape_sink *s, size_t from)
{
	if (s->last != '\n')
		sink_put(s, STR("\n"), from);
}

/* ---- the text ---- */

static void release(struct shape *s)
{
	spill_close(s->spill);
	spill_close(s->runs_spill);
	s->spill = s->runs_spill = NULL;
}

static bool apply(struct shape *s, const struct shape_stage *stage, int year, struct text *why_not)
{
	struct shape_sink sink = {.in = s->text,
				  .in_spill = s->spill ? s->spill : s->given_spill,
				  .before = s->runs,
				  .n_before = s->n_runs,
				  .text = spill_open(),
				  .runs = spill_open(),
				  .last = '\n',
				  .year = year};
	struct span text, runs;

	stage->copy(&sink);
	spill_rest(sink.in_spill);
	if (!spill_map(sink.text, &text, why_not) || !spill_map(sink.runs, &runs, why_not) ||
	    text.len == 0) {
		spill_close(sink.text);
		spill_close(sink.runs);
		return false;
	}
	release(s);
	s->spill = sink.text;
	s->runs_spill = sink.runs;
	s->text = (struct str){(const char *)text.at, text.len};
	s->runs = (const struct shape_run *)(const void *)runs.at;
	s->n_runs = runs.len / sizeof(*s->runs);
	return true;
}

bool shape_is_wide(struct str head)
{
	return shape_encoding[0].applies(head, 0) || shape_encoding[1].applies(head, 0);
}

bool shape_open(struct shape *s, struct str given, struct spill *spill, int year,
		struct text *why_not)
{
	*s = (struct shape){.given = given, .text = given, .given_spill = spill};
	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		struct str head = {s->text.at, s->text.len};

		if (head.len > SHAPE_LOOK)
			head.len = SHAPE_LOOK;
		if (!stages[i]->applies(head, year))
			continue;
		if (apply(s, stages[i], year, why_not) && s->n_names < SHAPE_NAMES)
			s->names[s->n_names++] = stages[i]->name;
	}
	if (s->runs) {
		line_index_open(&s->given_lines, s->given, s->given_spill);
		line_index_open(&s->text_lines, s->text, s->spill);
	}
	return why_not->len == 0;
}

void shape_close(struct shape *s)
{
	if (s->runs) {
		line_index_close(&s->given_lines);
		line_index_close(&s->text_lines);
	}
	release(s);
	*s = (struct shape){0};
}

uint64_t shape_offset(const struct shape *s, uint64_t offset)
{
	const struct shape_run *run;
	uint64_t given;

	if (!s->runs)
		return offset;
	run = &s->runs[run_of(s->runs, s->n_runs, 0, offset)];
	given = run->given + (offset - run->at);
	return given < s->given.len ? given : s->given.len;
}

uint64_t shape_end(const struct shape *s, uint64_t offset)
{
	return !s->runs ? offset : offset ? shape_offset(s, offset - 1) + 1 : 0;
}

void shape_forget(const struct shape *s, uint64_t offset)
{
	spill_forget(s->spill, offset);
}

struct line_place shape_place(const struct shape *s, uint64_t line, uint64_t column)
{
	uint64_t offset;

	if (!s->runs)
		return (struct line_place){line, column};
	offset = line_index_start(&s->text_lines, line) + (column ? column - 1 : 0);
	return line_index_at(&s->given_lines, shape_offset(s, offset));
}

size_t shape_utf8(uint32_t code, char ret[4])
{
	static const uint32_t marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	if (n == 1) {
		ret[0] = (char)code;
		return 1;
	}
	for (size_t i = n - 1; i > 0; i--) {
		ret[i] = (char)(0x80 | (code & 0x3f));
		code >>= 6;
	}
	ret[0] = (char)(marks[n] | code);
	return n;
}
