/* Records of a log in good order, found where they stand in the input: each begins a line with a
 * stamp printed like the one before it, and ends where the next does. What a flow (flow.h) would
 * show of them is known without one. */
#ifndef L2TPSCOPE_LOG_LINE_H
#define L2TPSCOPE_LOG_LINE_H

#include "stamp.h"

/* How the stamps of the input are printed. */
struct line_model {
	struct stamp stamp; /* of one, as a flow shows it */
	char date[STAMP_TEXT];
	size_t date_length; /* of what stands before its clock, in the input, */
	size_t length;      /* and of all of it */
	char second[8];     /* `12:00:00` of the line that was looked at last, */
	int64_t second_ns;  /* and what it tells; -1: none was */
	size_t found;       /* where the last head was found, */
	int64_t found_ns;   /* and what it tells */
};

/* Octets of the input. */
struct log_line {
	size_t start, body, end; /* the stamp, what stands behind it, the end of that line */
	size_t next;             /* where the next record begins */
	int64_t clock_ns;        /* of the stamp, in its day */
};

/* `head` stands as [start, end) in the input. False when no stamp can be told by it, as by one
 * that a line end cuts. */
bool line_model_set(struct line_model *m, struct str content, size_t start, size_t end,
		    const struct stamp *head);

/* The record that begins at `at`. False when no other one begins a line soon behind it: then none
 * does before *ret_looked. */
bool log_line_find(struct line_model *m, struct str content, size_t at, struct log_line *ret,
		   size_t *ret_looked);

/* When the record happened, and its stamp, as a flow shows it, into `ret`, which has room for the
 * length of one in the input; its length. */
struct moment line_moment(const struct line_model *m, const struct log_line *line);
size_t line_stamp(const struct line_model *m, struct str content, const struct log_line *line,
		  char *ret);

#endif
