#include "buffer.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"

/* Large enough that system calls cost nothing, small enough to stay in a processor's cache. */
enum { ROOM = 64 * 1024 };
/* Who goes to a place wants little of what stands there. */
enum { STEP_AT_PLACE = 4096 };

void buffer_open(struct buffer *b, FILE *file, struct span head)
{
	off_t at = ftello(file);
	bool is_pipe = at < 0 || lseek(fileno(file), at, SEEK_SET) < 0;

	*b = (struct buffer){
		.file = file, .room = must_grow(NULL, ROOM, 1), .size = ROOM, .step = ROOM};
	if (!is_pipe)
		return;
	b->end = head.len < b->size ? head.len : b->size;
	memcpy(b->room, head.at, b->end);
}

/* What is left is copied after all. */
static void unmap(struct buffer *b)
{
	size_t left = buffer_left(b), n = b->at + left;
	uint8_t *map = b->room;

	if (!b->own)
		return;
	b->room = b->own;
	b->own = NULL;
	if (left > b->size) {
		b->room = must_grow(b->room, left, 1);
		b->size = left;
	}
	memcpy(b->room, map + b->at, left);
	munmap(map, n);
	b->at = 0;
	b->end = left;
	if (lseek(fileno(b->file), (off_t)(b->offset + left), SEEK_SET) < 0)
		b->is_end = true;
}

void buffer_map(struct buffer *b, uint64_t offset, uint64_t end)
{
	uint64_t begin = offset - offset % (uint64_t)sysconf(_SC_PAGESIZE);
	struct stat s;
	void *map;

	unmap(b);
	if (fstat(fileno(b->file), &s) != 0 || !S_ISREG(s.st_mode))
		return;
	end = end < (uint64_t)s.st_size ? end : (uint64_t)s.st_size;
	if (end <= offset)
		return;
	map = mmap(NULL, end - begin, PROT_READ, MAP_PRIVATE, fileno(b->file), (off_t)begin);
	if (map == MAP_FAILED)
		return;
	posix_madvise(map, end - begin, POSIX_MADV_SEQUENTIAL);
	b->own = b->room;
	b->room = map;
	b->at = offset - begin;
	b->end = end - begin;
	b->offset = offset;
	b->is_end = false;
}

void buffer_close(struct buffer *b)
{
	unmap(b);
	if (b->file)
		fclose(b->file);
	free(b->room);
	*b = (struct buffer){0};
}

/* What is left moves to the front; the rest of the room is free. */
static void room_make(struct buffer *b, size_t n)
{
	size_t left = buffer_left(b);

	if (b->at > 0 && left > 0)
		memmove(b->room, b->room + b->at, left);
	b->at = 0;
	b->end = left;
	if (n <= b->size)
		return;
	b->room = must_grow(b->room, n, 1);
	b->size = n;
}

/* After a seek little by little more. */
static size_t room_to_read(struct buffer *b, size_t n)
{
	size_t room = b->size - b->end;
	size_t wanted = n - b->end > b->step ? n - b->end : b->step;

	b->step = b->step < ROOM ? b->step * 2 : b->step;
	return wanted < room ? wanted : room;
}

bool buffer_seek(struct buffer *b, uint64_t offset)
{
	uint64_t begin = b->offset - b->at;

	if (offset > INT64_MAX)
		return false;
	if (offset >= begin && offset < b->offset + buffer_left(b)) {
		b->at = (size_t)(offset - begin);
		b->offset = offset;
		return true;
	}
	unmap(b);
	if (lseek(fileno(b->file), (off_t)offset, SEEK_SET) < 0)
		return false;
	b->at = b->end = 0;
	b->offset = offset;
	b->step = STEP_AT_PLACE;
	b->error = 0;
	b->is_end = false;
	return true;
}

void buffer_fill(struct buffer *b, size_t n)
{
	ssize_t got;

	unmap(b);
	if (b->is_end)
		return;
	room_make(b, n);
	while (b->end < n && !b->is_end) {
		got = read(fileno(b->file), b->room + b->end, room_to_read(b, n));
		if (got > 0)
			b->end += (size_t)got;
		else if (got < 0)
			b->error = errno; /* also EINTR: somebody no longer wants to wait */
		b->is_end = got <= 0;
	}
}

size_t buffer_peek(const struct buffer *b, uint64_t offset, uint8_t *to, size_t n)
{
	size_t done = 0;
	ssize_t got = 1;

	while (done < n && got > 0 && offset + done <= INT64_MAX) {
		got = pread(fileno(b->file), to + done, n - done, (off_t)(offset + done));
		done += got > 0 ? (size_t)got : 0;
	}
	return done;
}
