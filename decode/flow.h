/* Text as one flow: a window over the input in which every run of blanks is one character and
 * what only decorates lines (quote marks, list numbers, fences, table bars) is gone. Each
 * character's octet in the input is known.
 *
 * A run is a blank when it stays within a line, `\n` when lines end in it, `\v` when also a
 * fence, a table bar or a page does. Typographic dashes, quotes and blanks are plain ones. */
#ifndef L2TPSCOPE_FLOW_H
#define L2TPSCOPE_FLOW_H

#include "text.h"

struct flow {
	struct str content;
	size_t raw; /* next octet of the input to be read */
	char *at;   /* the window */
	size_t len;
	struct flow_run *runs; /* of characters that stand side by side in the input, too */
	size_t n_runs, runs_room;
	uint64_t next; /* octet with which the last run goes on */
	size_t hint;   /* the run that was asked for last */
	bool is_plain[256];
};

/* Characters of the window from `at` on begin at `offset` in the input. */
struct flow_run {
	size_t at;
	uint64_t offset;
};

/* Typographic characters and what they stand for; 0: nothing (byte order mark and such). */
struct typographic {
	const char *bytes;
	char plain;
};
/* The one that `s` begins with; NULL: none. */
const struct typographic *typographic_at(struct str s);

/* The window is empty at first: flow_more(). */
void flow_open(struct flow *f, struct str content);
void flow_close(struct flow *f);
/* Begins again, empty, with the octets [start, end) of `whole`; their places stay those of
 * `whole`. */
void flow_section(struct flow *f, struct str whole, size_t start, size_t end);

/* Ends at `end` only. */
void flow_extend(struct flow *f, size_t end);

/* Forgets the first `done` characters. */
void flow_forget(struct flow *f, size_t done);

/* Takes some more into the window; false when there is no more, or no room for it. */
bool flow_more(struct flow *f);

/* Whether the window reaches the end of the input. */
bool flow_is_last(const struct flow *f);

/* Where character `i` begins in the input. */
uint64_t flow_offset(struct flow *f, size_t i);

static inline bool flow_is_wrap(char c)
{
	return c == '\n' || c == '\v';
}

static inline bool flow_is_blank(char c)
{
	return c == ' ' || flow_is_wrap(c);
}

#endif
