/* Two calls side by side: the model behind `diff`, without a word of output.
 *
 * The messages of each call (its retransmissions folded, its keepalives, data and acknowledgements
 * left out) are aligned by kind and sender; then values, outcome, times and findings are compared.
 * What differs by nature, and what one of the two inputs cannot show (a recording that begins late,
 * a log that does not print it), is no difference. */
#ifndef L2TPSCOPE_DIFF_H
#define L2TPSCOPE_DIFF_H

#include "diff_value.h"
#include "run.h"

enum { DIFF_A, DIFF_B };

/* Times differ where one is longer by this much and by this factor. */
#define DIFF_SLOWER_S      0.5
#define DIFF_SLOWER_FACTOR 2.0

/* One message of one call. */
struct diff_line {
	const struct step *step; /* its first sight */
	uint64_t kind;           /* diff_align.h */
	uint32_t copies;         /* sent by its sender, the first included */
	enum role from, to;
	bool has_time;
	double at_s;    /* since the call began; a tunnel's messages are before it */
	double again_s; /* the first copy, when there is one */
};

enum diff_kind {
	DIFF_SAME,
	DIFF_CHANGED, /* other values, or sent more often */
	DIFF_INSTEAD, /* another message of the same sender and protocol */
	DIFF_ONLY_A,
	DIFF_ONLY_B,
	DIFF_UNSEEN, /* only in one, and the other input cannot show it */
};

struct diff_row {
	enum diff_kind kind;
	bool is_moved;                   /* at another place among the messages of B */
	const struct diff_line *line[2]; /* NULL: not there */
	const struct diff_value *values;
	size_t n_values;
};

/* A fact of the field table that differs, both known. */
struct diff_fact {
	const struct field *field;
	enum diff_class class;
	struct str value[2]; /* escaped */
};

/* How long something took; below 0: unknown. */
struct diff_time {
	const char *what;
	double s[2];
	bool is_slower; /* by DIFF_SLOWER_… */
};

enum { DIFF_TIMES = 8 };

/* Where in the life of a call a message stands. */
enum diff_phase {
	PHASE_TUNNEL,
	PHASE_SESSION,
	PHASE_LCP,
	PHASE_AUTH,
	PHASE_NCP,
	PHASE_ACCESS, /* between client and LAC: no recording between LAC and LNS shows it */
	DIFF_PHASES,
};

struct diff_side {
	struct run *run;
	const struct call *call;
	const struct diff_line *lines;
	size_t n_lines;
	bool is_cut;                 /* at LIMIT_DIFF_MESSAGES: what follows is not compared */
	bool is_text;                /* no capture shows it: only what a log prints */
	bool is_late;                /* the recording began after it, or misses packets */
	bool has_phase[DIFF_PHASES]; /* a message of it is there */
};

struct diff {
	struct diff_side side[2];
	struct diff_row *rows;
	size_t n_rows;
	size_t first; /* row of the first difference; n_rows: none */
	struct diff_fact *facts;
	size_t n_facts;
	struct diff_time times[DIFF_TIMES];
	size_t n_times;
	/* Findings of one call of a rule that the other has not, errors and warnings. */
	const struct finding **findings[2];
	size_t n_findings[2];
	bool is_different;
	struct arena *arena;
};

/* Call `a` of run `ra` against call `b` of run `rb`, which may be the same run. Both keep steps. */
struct diff diff_of(struct run *ra, const struct call *a, struct run *rb, const struct call *b);
void diff_free(struct diff *d);

/* Does the row count as a difference? */
bool diff_counts(const struct diff_row *row);

/* diff_lines.c: the messages of a call, for diff_of. */
void diff_collect(struct diff_side *side, struct arena *arena, bool has_tunnel);
enum diff_phase diff_phase_of(const struct diff_line *line);

#endif
