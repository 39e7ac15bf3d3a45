/* A log with explanations between its lines.
 *
 * Each added line comes with the newline before it: taking `\n` + prefix + rest of line out of
 * the output gives the input back, also where the input ends without a newline. */
#ifndef L2TPSCOPE_ANNOTATE_H
#define L2TPSCOPE_ANNOTATE_H

#include "log_record.h"
#include "run.h"
#include "shape.h"

/* What there is to say below a line, in the order of the text. */
struct remark {
	uint64_t line_end, offset_end;
	uint64_t order;
	const struct grammar_row *row; /* a record that has a meaning of its own, or NULL */
	const struct step *step;       /* or NULL */
	struct str record;             /* --reflow: the repaired record */
	struct str stamp;
	uint32_t column;
	int64_t pause_ns; /* since the step before at the same place, when that is long */
	bool is_unread;
};

struct annotation {
	struct run *run;
	struct str content;
	char prefix[32];
	struct arena *arena;
	struct remark *remarks;
	size_t n, room;
	const struct grammar_row **said; /* rows whose meaning was printed: once is enough */
	size_t n_said, said_room;
	bool is_wide;       /* UTF-16 */
	bool is_page;       /* --format html */
	const char *kind;   /* of the line that is being made, for the page */
	struct shape shape; /* what the log came in; records are read without it */
};

/* False and `why_not` when there is no room for a copy of the log without its shape. */
bool annotate_all(struct annotation *a, struct text *why_not);

#endif
