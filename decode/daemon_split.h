/* Where the records of a daemon's log end: at line ends, and where those were lost, before the tag
 * of the next record, its stamp and host, or around a packet that pppd prints in brackets. */
#ifndef L2TPSCOPE_DAEMON_SPLIT_H
#define L2TPSCOPE_DAEMON_SPLIT_H

#include "text.h"

struct splitter {
	struct str content; /* borrowed */
	int year;
	const char *const *programs; /* tags, NULL at the end */
	size_t n_programs;
	size_t clear, clear_end; /* no line ends between these, */
	bool is_line_end;        /* and one does behind them */
};

/* The end of the line in which `at` stands. Looked for as far as records reach: of an endless line
 * only what is read next. */
size_t split_line_end(struct splitter *s, size_t at);

/* The end of the record that begins at `start`, in its line: `… (ref=0/0)xl2tpd[8969]: …` are
 * two. */
size_t split_record_end(struct splitter *s, size_t start);

/* The content has grown to `len` octets. */
void split_grow(struct splitter *s, size_t len);
/* False: the line is one record to split_record_end(). Cheap. */
bool split_may_end(struct str line);

#endif
