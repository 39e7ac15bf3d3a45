/* `redact`: a log, record by record, in its order and its layout.
 *
 * Of each record its row (grammar.h) says where values stand and what they are; all other words of
 * it are the row's own. Free text keeps its plain words (redact_words.h). A line that nothing read
 * is left out and counted, so that the numbers of lines stay right, or kept with only what was met
 * elsewhere replaced (--keep-unread). A log in another shape than plain lines (shape.h) is written
 * as plain lines. */
#ifndef L2TPSCOPE_REDACT_LOG_H
#define L2TPSCOPE_REDACT_LOG_H

#include <stdio.h>

#include "redact_capture.h"
#include "redact_search.h"

struct redact_log;

/* Reads input `index` once, so that all that it names is known. NULL when it cannot be read. */
struct redact_log *redact_log_open(struct run *run, struct redact_map *map, size_t index);
/* `search` is of all inputs. */
void redact_log_write(struct redact_log *l, const struct redact_search *search, FILE *out,
		      struct redact_counts *counts);
void redact_log_close(struct redact_log *l);

#endif
