/* Log records made by hand, for the tests of what is built on them. */
#ifndef L2TPSCOPE_LOG_BUILDER_H
#define L2TPSCOPE_LOG_BUILDER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "console.h"
#include "repair.h"

/* What a test builds its window with. */
struct log_builder {
	struct window window;
	struct consoles *consoles;
	struct arena *scratch;
	int64_t ms; /* stamp of the next record */
	uint64_t line;
};

static inline struct log_builder builder_new(void)
{
	struct log_builder b = {.consoles = consoles_new(), .scratch = arena_new(1 << 20)};

	b.window.arena = arena_new(1 << 24);
	return b;
}

static inline void builder_free(struct log_builder *b)
{
	arena_free(b->window.arena);
	arena_free(b->scratch);
	window_free(&b->window);
	consoles_free(b->consoles);
}

/* Adds a record of one line: `row` may be NULL; then pairs of a field and its text up to
 * FIELD_NONE. */
static inline struct log_record *log_add(struct log_builder *b, enum record_kind kind,
					 const struct grammar_row *row, ...)
{
	struct log_record r = {.kind = kind, .row = row};
	enum log_field field;
	va_list list;

	b->line++;
	r.when =
		(struct moment){.kind = CLOCK_YEARLESS, .ns = b->ms * 1000000, .grain_ns = 1000000};
	r.origin.line = r.origin.line_end = b->line;
	va_start(list, row);
	while ((field = (enum log_field)va_arg(list, int)) != FIELD_NONE) {
		struct said_value *v =
			record_add(&r, b->window.arena, field, str_of(va_arg(list, const char *)));

		str_u64(v->text, &v->number);
	}
	va_end(list);
	*window_room(&b->window) = r;
	window_add(&b->window);
	return &b->window.records[b->window.n - 1];
}

/* Gives the last record a dump: rows parted by newlines; `...` at the end cuts it. */
static inline void log_dump(struct log_builder *b, const char *rows)
{
	struct log_record *r = &b->window.records[b->window.n - 1];
	struct hex_row *hex = arena_array(b->window.arena, 16, sizeof(*hex));
	struct str rest = str_of(rows);

	r->hex = hex;
	r->n_hex = 0;
	while (rest.len) {
		size_t end = str_find(rest, STR("\n"));
		struct str row = {.at = rest.at, .len = end == SIZE_MAX ? rest.len : end};
		bool goes_on = str_ends(row, "...");

		rest = str_from(rest, end == SIZE_MAX ? rest.len : end + 1);
		if (goes_on)
			row.len -= 3;
		row = arena_str(b->window.arena, str_trim(row));
		hex[r->n_hex++] =
			(struct hex_row){.digits = row, .line = ++b->line, .goes_on = goes_on};
	}
	r->origin.line_end = b->line;
}

static inline void builder_read(struct log_builder *b)
{
	repair_names(&b->window);
	consoles_assign(b->consoles, b->window.records, b->window.n, b->window.n,
			b->window.console);
	window_group(&b->window);
	repair_messages(&b->window);
}

/* The n-th event that is no speech. */
static inline bool builder_event(struct log_builder *b, size_t n, struct event *ret)
{
	for (size_t i = 0; i < b->window.n; i++) {
		if (!event_from_record(&b->window, i, b->scratch, ret) || ret->kind == EVENT_SAID)
			continue;
		if (n-- == 0)
			return true;
	}
	return false;
}

static inline size_t builder_damaged(const struct log_builder *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->window.n; i++)
		for (size_t k = 0; k < b->window.records[i].n_defects; k++)
			n += b->window.records[i].defects[k].id == DEFECT_INPUT_DAMAGED;
	return n;
}

#endif
