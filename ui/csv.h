/* Comma-separated values (RFC 4180) that a spreadsheet takes as values: text that would begin a
 * formula there (= + - @, tab, CR) stands behind an apostrophe. Control characters of an input come
 * out escaped, so that a record is one line. */
#ifndef L2TPSCOPE_CSV_H
#define L2TPSCOPE_CSV_H

#include "field.h"
#include "term.h"

struct csv {
	struct text *line;
	bool needs_comma;
};

struct csv csv_into(struct text *line);
void csv_text(struct csv *c, struct str untrusted);
void csv_number(struct csv *c, uint64_t number);
void csv_id(struct csv *c, uint64_t number);    /* 0: unknown, empty */
void csv_word(struct csv *c, const char *word); /* of our own; NULL is empty */
void csv_end(struct csv *c, struct term *term); /* the record: CR LF */

/* The keys of a field table, and the facts of one subject: lists with blanks between, times as in
 * JSON, what is unknown empty. */
void csv_field_head(struct csv *c, const struct field_set *set);
void csv_field_row(struct csv *c, const struct field_set *set, const struct subject *s);

#endif
