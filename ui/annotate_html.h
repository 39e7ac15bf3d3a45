/* The page of `annotate --format html`: the log on the left, what there is to say of each line on
 * the right, in the colour of its call. It needs no script and nothing else from anywhere; all
 * text of the log is escaped. */
#ifndef L2TPSCOPE_ANNOTATE_HTML_H
#define L2TPSCOPE_ANNOTATE_HTML_H

#include "term.h"

void page_begin(struct term *t, struct str title);
/* Before the lines: how much was found, and each thing that is wrong, with the line that shows it
 * (0: none) and what to do. */
void page_sum(struct term *t, struct str words);
void page_found(struct term *t, const char *kind, uint64_t line, struct str what,
		struct str advice);
/* The lines begin. */
void page_rows(struct term *t);
/* A line of the log; `call` 0 when it belongs to none. */
void page_line(struct term *t, uint64_t number, struct str line, uint64_t call);
/* What is said of it; `kind` is a class of the page: "", "note", "warning", "error". */
void page_remark(struct term *t, const char *kind, struct str words);
void page_line_end(struct term *t);
void page_end(struct term *t);

#endif
