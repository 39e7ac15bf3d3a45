#include "spill.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "arena.h"
#include "stream.h"

enum { MEMORY_MOST = 8 << 20, MEMORY_FIRST = 65536, FORGET_STEP = 1 << 20 };

struct spill {
	uint8_t *memory; /* until it is too much */
	size_t room;
	struct stream stream;
	struct text why_not; /* no file, or not all of it */
	uint64_t length;
	void *map;
	uint64_t forgotten;
};

struct spill *spill_open(void)
{
	struct spill *s = must_alloc(1, sizeof(*s));

	*s = (struct spill){.room = MEMORY_FIRST, .why_not = text_make(1024)};
	s->memory = must_alloc(s->room, 1);
	return s;
}

static void file_write(struct spill *s, const void *at, size_t len)
{
	if (len == 0 || s->why_not.len || fwrite(at, 1, len, s->stream.file) == len)
		return;
	text_printf(&s->why_not, "temporary file: %s", strerror(errno));
}

void spill_write(struct spill *s, const void *at, size_t len)
{
	if (s->memory && s->length + len <= MEMORY_MOST) {
		while (s->length + len > s->room) {
			s->room *= 2;
			s->memory = must_grow(s->memory, s->room, 1);
		}
		if (len)
			memcpy(s->memory + s->length, at, len);
		s->length += len;
		return;
	}
	if (s->memory) {
		if (stream_temporary(&s->stream, &s->why_not))
			file_write(s, s->memory, (size_t)s->length);
		free(s->memory);
		s->memory = NULL;
	}
	file_write(s, at, len);
	s->length += len;
}

bool spill_map(struct spill *s, struct span *ret, struct text *why_not)
{
	*ret = (struct span){0};
	if (s->memory) {
		*ret = span_of(s->memory, (size_t)s->length);
		return true;
	}
	if (!s->why_not.len && fflush(s->stream.file) != 0)
		text_printf(&s->why_not, "temporary file: %s", strerror(errno));
	if (!s->why_not.len) {
		s->map = mmap(NULL, (size_t)s->length, PROT_READ, MAP_PRIVATE,
			      fileno(s->stream.file), 0);
		if (s->map == MAP_FAILED) {
			s->map = NULL;
			text_printf(&s->why_not, "temporary file: %s", strerror(errno));
		}
	}
	text_add(why_not, text_str(&s->why_not));
	if (s->map)
		*ret = span_of(s->map, (size_t)s->length);
	return s->map != NULL;
}

void spill_forget(struct spill *s, uint64_t offset)
{
	uint64_t until = offset / FORGET_STEP * FORGET_STEP;

	if (!s || !s->map || until <= s->forgotten)
		return;
	madvise((uint8_t *)s->map + s->forgotten, (size_t)(until - s->forgotten), MADV_DONTNEED);
	s->forgotten = until;
}

void spill_rest(struct spill *s)
{
	if (!s || !s->map)
		return;
	madvise(s->map, (size_t)s->length, MADV_DONTNEED);
	s->forgotten = 0;
}

void spill_close(struct spill *s)
{
	if (!s)
		return;
	if (s->map)
		munmap(s->map, (size_t)s->length);
	free(s->memory);
	stream_close(&s->stream);
	text_free(&s->why_not);
	free(s);
}
