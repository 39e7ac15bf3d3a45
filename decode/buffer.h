/* A file read front to back, through one buffer. What is taken stands there in one piece
 * and is copied nowhere else; it is valid until the next is taken. */
#ifndef L2TPSCOPE_BUFFER_H
#define L2TPSCOPE_BUFFER_H

#include <stdio.h>

#include "bytes.h"

struct buffer {
	FILE *file;
	uint8_t *room;
	size_t size;
	size_t step;     /* so much is read at once */
	size_t at, end;  /* room[at … end) was read and not yet taken */
	uint64_t offset; /* of room[at] in the file */
	uint8_t *own;    /* while `room` is a part of the file itself: what it was before */
	int error;       /* errno of the read that failed, or 0 */
	bool is_end;     /* nothing follows room[end) */
};

/* Takes `file` over, where it stands; `head` is what it brings next: of a pipe that was looked
 * into (stream_head) only this still tells it. */
void buffer_open(struct buffer *b, FILE *file, struct span head);
void buffer_close(struct buffer *b);

/* Reads on until `n` octets are there, as far as the file goes. */
void buffer_fill(struct buffer *b, size_t n);

/* What is taken next stands there in the file; false: a pipe. */
bool buffer_seek(struct buffer *b, uint64_t offset);

/* What is taken next stands there, and is not copied up to `end`, if the system can. A file that
 * becomes shorter meanwhile ends the process (SIGBUS): only for one that nobody needs. */
void buffer_map(struct buffer *b, uint64_t offset, uint64_t end);

/* What stands there, at most `n` octets: a look aside; 0: nothing, or a pipe. */
size_t buffer_peek(const struct buffer *b, uint64_t offset, uint8_t *to, size_t n);

static inline size_t buffer_left(const struct buffer *b)
{
	return b->end - b->at;
}

/* The next `n` octets; fewer where the file ends, or could not be read (error). */
static inline struct span buffer_take(struct buffer *b, size_t n)
{
	struct span taken;

	if (buffer_left(b) < n) {
		buffer_fill(b, n);
		n = n < buffer_left(b) ? n : buffer_left(b);
	}
	taken = span_of(b->room + b->at, n);
	b->at += taken.len;
	b->offset += taken.len;
	return taken;
}

#endif
