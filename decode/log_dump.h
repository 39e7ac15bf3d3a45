/* The rows of a hex dump behind a record, found in a flow. */
#ifndef L2TPSCOPE_LOG_DUMP_H
#define L2TPSCOPE_LOG_DUMP_H

#include "log_record.h"

struct dump_text {
	struct hex_row *rows; /* in the arena; line and column not yet known */
	size_t *start;        /* per row: its first character in `text` */
	size_t n;
	size_t length; /* characters of `text` that belong to the dump */
};

/* `octets`: how many the record states, 0 unknown. False when no dump stands there. A byte that
 * a line end cut in two is put together again; nothing else is repaired. */
bool dump_read(struct str text, uint64_t octets, struct arena *arena, struct dump_text *ret);

/* The same of whole lines as they stand in the input, each octets with one blank between them, at
 * most `...` behind the last; `line` is the number of the first. False when it is not so. */
bool dump_lines(struct str lines, uint64_t octets, uint64_t line, struct arena *arena,
		struct hex_row **ret, size_t *ret_n);

#endif
