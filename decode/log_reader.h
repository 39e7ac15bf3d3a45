/* What the files of the log reader share: log.c finds records, log_between.c those that have no
 * stamp. Users of it want log_record.h. */
#ifndef L2TPSCOPE_LOG_READER_H
#define L2TPSCOPE_LOG_READER_H

#include "flow.h"
#include "grammar.h"
#include "log_line.h"
#include "log_prose.h"
#include "stamp.h"

enum { UNREAD_TEXT = 512 /* an unread record ends at its line, or here */ };

/* Where an octet of the input stands. Moves forward only. */
struct place {
	uint64_t offset, line, line_start;
};

/* How the text is read: as a flow, or by its lines as long as they are in good order. */
struct log_reader {
	struct str content;
	struct line_model model;
	bool is_by_lines;  /* the next record begins at `line`, and the flow is not needed */
	size_t line;       /* octet of the content */
	size_t unlined;    /* before that octet no record is read by its line */
	bool is_line_flow; /* the flow shows one record, and the stamp behind it */
	struct log_line lined;
	struct flow flow;
	struct grammar *grammar;
	struct arena *arena;
	struct arena *names; /* the reader's own: prompts, host names */
	struct log_stats stats;
	uint16_t input;
	int year;
	struct place place;
	size_t at;   /* next character of the flow that belongs to nothing yet */
	size_t scan; /* where the search for the next stamp goes on */
	bool has_head;
	struct stamp head, last; /* the next one; the one that was found last */
	enum gap gap;
	struct str prompt;
	struct str config_host;
	bool is_config_line, is_prose_line;
	enum table_kind table;
};

static inline struct str log_flow(const struct log_reader *r, size_t from, size_t to)
{
	return (struct str){r->flow.at + from, to - from};
}

/* The record that begins at that character of the flow. */
void log_record_begin(struct log_reader *r, size_t start, struct log_record *ret);
/* It ends where the reader stands. */
void log_record_end(struct log_reader *r, struct log_record *ret);
/* The row that reads `text`; false: none. */
bool log_record_match(struct log_reader *r, struct str text, struct grammar_match *ret,
		      struct defect_list *defects);
void log_record_take(const struct grammar_match *m, struct log_record *ret);
/* Damage knows its character of the text that was matched, which begins at `body`; people want line
 * and column. */
void log_record_damage(struct log_reader *r, size_t body, struct defect_list *defects,
		       struct log_record *ret);
/* What a matched row lets follow, up to `end`. */
void log_record_tail(struct log_reader *r, const struct grammar_match *m, size_t end,
		     struct log_record *ret);
/* A record that reaches the bound of what is read for one has more of it behind that. */
void log_record_cut(struct log_reader *r, size_t from, size_t end, struct log_record *ret);

/* Looks for a record without a stamp in the text up to `end`; false when none is left in it. */
bool log_read_between(struct log_reader *r, size_t end, struct log_record *ret);

#endif
