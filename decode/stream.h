/* One file to be read once, from its beginning: a file by name, standard input, a FIFO, or a
 * temporary file without a name that holds what was unpacked.
 *
 * A pipe can be looked into (stream_head) only as far as a magic number reaches; so a piped
 * capture is read as its octets arrive, and whatever else a pipe brings is copied to a
 * temporary file first (stream_spool). */
#ifndef L2TPSCOPE_STREAM_H
#define L2TPSCOPE_STREAM_H

#include <stdio.h>

#include "bytes.h"
#include "text.h"

enum {
	STREAM_BUFFER = 64 * 1024,
	STREAM_HEAD = 65536,  /* what a kind of input is told by */
	STREAM_PIPE_HEAD = 24 /* likewise of a pipe, which glibc's ungetc() takes back */
};

struct stream {
	FILE *file;   /* NULL once somebody took it over */
	char *buffer; /* file's own */
	bool is_live; /* a pipe: comes once, cannot be read again */
	bool is_cut, is_limited;
	struct text damage; /* with is_cut: what is wrong with the container it came out of */
};

/* `path` is a file, or `-` for standard input. */
bool stream_open(struct stream *ret, const char *path, struct text *why_not);
/* A file that is open, read from its beginning; it is taken over. */
bool stream_of_open(struct stream *ret, int file);
/* Where temporary files are: TMPDIR, or /tmp. */
const char *stream_temporary_folder(void);
/* Without a name, empty, to be written and read. */
bool stream_temporary(struct stream *ret, struct text *why_not);
void stream_close(struct stream *s);

/* The first octets, at most STREAM_HEAD, which are still to be read afterwards. */
bool stream_head(struct stream *s, uint8_t *head, struct span *ret, struct text *why_not);

/* A pipe becomes a temporary file of at most `limit` octets, or of those before it could no longer
 * be read (stream_cut). */
bool stream_spool(struct stream *s, size_t limit, struct text *why_not);

/* Back to the first octet. */
bool stream_rewind(struct stream *s);

/* What it came out of is damaged; the first reason holds. */
void stream_cut(struct stream *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
