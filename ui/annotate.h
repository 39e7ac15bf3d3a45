/* A log with explanations between its lines.
 *
 * Each added line comes with the newline before it: taking `\n` + prefix + rest of line out of
 * the output gives the input back, also where the input ends without a newline. */
#ifndef L2TPSCOPE_ANNOTATE_H
#define L2TPSCOPE_ANNOTATE_H

#include "daemon.h"
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
	bool is_more; /* --reflow: one more row of the record before it, in whose place it stands */
};

enum { ANNOTATE_MARKS = 16 };

/* Octets of the text that a record was read from. */
struct covered {
	size_t start, end;
};

struct annotation {
	struct run *run;
	struct str content;
	char prefix[32]; /* of added lines */
	int marks;
	bool is_growing; /* comes piece by piece; content and shape.text grow */
	/* Of a growing text: may a finding be told at this event? NULL: all are. */
	bool (*tells)(struct annotation *a, const struct finding *f, uint64_t event);
	struct log_reader *reader;
	struct daemon_reader *daemons;
	uint64_t line;       /* lines printed */
	uint64_t last_event; /* events up to this one are explained */
	bool is_line_start;  /* of a growing text: a newline was written */
	bool is_line_open;   /* the line printed last has no end yet; */
	struct text held;    /* what is to be said of it */
	struct arena *arena;
	struct remark *remarks;
	size_t n, room;
	size_t last_record; /* the remark of it */
	struct covered *covered;
	size_t n_covered, covered_room;
	size_t gap; /* up to there the text was gone through for what nobody covers */
	uint64_t gap_line;
	int year; /* --year, or 0 */
	struct log_witness witness;
	const struct grammar_row **said; /* rows whose meaning was printed: once is enough */
	size_t n_said, said_room;
	bool is_wide;       /* UTF-16 */
	bool is_page;       /* --format html */
	const char *kind;   /* of the line that is being made, for the page */
	struct shape shape; /* what the log came in; records are read without it */
};

/* annotate_mark.c: added lines begin with that many `;`, at most ANNOTATE_MARKS. */
void annotate_mark(struct annotation *a, int marks);
/* So many that no line of the content begins alike. */
void annotate_mark_choose(struct annotation *a);

/* annotate_summary.c: on a page, what is wrong in the log, before its lines. */
void annotate_summary(struct annotation *a);

/* A text in pieces: content and shape.text are set, and hold a piece before it is annotated.
 * run.report is of all events up to its end. */
void annotate_begin(struct annotation *a);
void annotate_piece(struct annotation *a, size_t start, size_t end);
/* A finding that was known only after its line was printed. */
void annotate_late(struct annotation *a, const struct finding *f);
void annotate_end(struct annotation *a);

/* False and `why_not` when there is no room for a copy of the log without its shape. */
bool annotate_all(struct annotation *a, struct text *why_not);

#endif
