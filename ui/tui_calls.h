/* The list of calls in its parts: what it shows (tui_calls.c), how wide its columns are
 * (tui_calls_widths.c), and how the next list is made, bit by bit (tui_calls_make.c). */
#ifndef L2TPSCOPE_TUI_CALLS_H
#define L2TPSCOPE_TUI_CALLS_H

#include "tui_brief.h"

enum { CALLS_MARKS = 4 }; /* columns before the first cell: selected, severity */

/* A call of the report, or a session whose call is not known yet; neither: it is no more. */
struct call_row {
	const struct call *call;
	struct tunnel *tunnel;
	struct session *session;
	uint64_t number; /* 0: not yet */
};

struct sort_key {
	double number;
	struct str text;
	size_t place; /* as the rows were: equal ones stay in order */
	bool is_known;
};

/* What the title says of the rows, once all is read. */
struct calls_count {
	size_t failed, dropped;
	size_t attempts; /* tunnels that failed and never had a call */
};

/* The next list while it is made, bit by bit. The one before is shown meanwhile. */
struct making {
	enum { MAKING_NOTHING, MAKING_TOLD, MAKING_ROWS, MAKING_KEYS, MAKING_ORDER } stage;
	struct call_row *rows;
	size_t n, room, all;
	struct calls_count count; /* of the rows */
	/* the next one to be looked at: of the report, or of the i-th vantage point */
	const struct call *call;
	size_t i;
	struct tunnel *tunnel;
	struct session *session;
	uint64_t told; /* of those that were told, the last one that was looked at */
	/* to be sorted: runs of `run` keys are in order, and go from `keys` to `merged` in pairs */
	struct sort_key *keys, *merged;
	size_t n_keys, run, n_merged;
	struct arena *texts;
};

struct calls {
	struct screen screen;
	struct call_row *rows;
	size_t n, all;
	struct calls_count count;
	size_t told;             /* as many were when the rows were looked at */
	const struct call *read; /* whose messages were read again last, for what is said of it */
	struct making making;
	struct call_row *made; /* the next rows, for calls_made() to take over */
	size_t n_made;
	size_t natural[TUI_COLUMNS]; /* the widths that the cells would have */
	size_t widths[TUI_COLUMNS];
	bool is_hidden[TUI_COLUMNS]; /* for want of room */
	size_t measured[2];          /* rows whose cells are known to fit: from, until */
	size_t measured_for;         /* columns of the screen */
	struct call draft;           /* of the row that was asked for last */
	/* what is shown while the model cannot be asked: rows held_from to held_from + n_held */
	struct text *held;
	size_t held_from, n_held;
	struct tui_brief brief;
};

/* As far as it is known; valid until the next question. */
const struct call *calls_of_row(struct calls *l, const struct call_row *r);
/* A cell as it stands in the list. */
void calls_cell(struct calls *l, struct text *line, const struct call *c, const struct field *f);
struct subject calls_subject(struct calls *l, const struct call *c);

/* The widths of the columns for the canvas as it is now. */
void calls_measure(struct calls *l);

void calls_count_print(struct text *t, const struct calls_count *n);

/* Begins another list, and goes on with it as screen_class.work; `calls_made` is called at its end.
 */
void calls_make(struct calls *l);
bool calls_make_on(struct calls *l, int64_t until);
void calls_make_stop(struct calls *l);
void calls_made(struct calls *l);
/* Some calls were told since: their rows are of those now. */
void calls_were_told(struct calls *l);

#endif
