#include "arena_file.h"

#include <stdlib.h>

#include <fcntl.h>
#include <sys/mman.h>

#include "arena.h"
#include "stream.h"

enum {
	/* Mapped ones, and objects looked at, before all of them rest: at least … */
	WAKE_MAPS = 8,
	LOOKED = 512,
	/* … and as many as have room in what the arena may have in memory; an object is on a page.
	 */
	PAGE = 4096,
	CHUNK_HEAD = 64, /* what an arena needs in front, at most */
};

struct arena_file {
	size_t in_memory;
	struct stream stream;
	off_t length;
	void **maps; /* to look into them would bring them back */
	size_t n_maps, maps_room;
	unsigned n_looked;
	bool is_open;
	bool is_refused; /* no room */
};

struct arena_file *arena_file_new(size_t in_memory)
{
	struct arena_file *f = must_alloc(1, sizeof(*f));

	f->in_memory = in_memory;
	return f;
}

void arena_file_close(struct arena_file *f)
{
	if (!f)
		return;
	if (f->is_open)
		stream_close(&f->stream);
	free(f->maps);
	free(f);
}

/* Mostly the next one stands before the last one, or behind it. */
void arena_file_rest(struct arena_file *f)
{
	for (size_t i = 0, n; i < f->n_maps; i += n) {
		char *first = f->maps[i], *last = first;

		for (n = 1; i + n < f->n_maps; n++) {
			char *next = f->maps[i + n];

			if (next + ARENA_FILE_MAP == first)
				first = next;
			else if (last + ARENA_FILE_MAP == next)
				last = next;
			else
				break;
		}
		madvise(first, (size_t)(last - first) + ARENA_FILE_MAP, MADV_DONTNEED);
	}
}

void arena_file_looked(struct arena_file *f)
{
	size_t most = f->in_memory / PAGE > LOOKED ? f->in_memory / PAGE : LOOKED;

	if (++f->n_looked < most)
		return;
	f->n_looked = 0;
	arena_file_rest(f);
}

bool arena_file_is_for(const struct arena_file *f, size_t used, size_t size)
{
	return used >= f->in_memory && size <= ARENA_FILE_MAP - CHUNK_HEAD;
}

void *arena_file_map(struct arena_file *f)
{
	struct text why_not = text_make(256);
	void *map = MAP_FAILED;
	size_t most;

	if (!f->is_refused && !f->is_open)
		f->is_open = stream_temporary(&f->stream, &why_not);
	text_free(&why_not);
	if (!f->is_refused && f->is_open &&
	    posix_fallocate(fileno(f->stream.file), f->length, ARENA_FILE_MAP) == 0)
		map = mmap(NULL, ARENA_FILE_MAP, PROT_READ | PROT_WRITE, MAP_SHARED,
			   fileno(f->stream.file), f->length);
	f->is_refused = map == MAP_FAILED;
	if (f->is_refused)
		return NULL;
	f->length += ARENA_FILE_MAP;
	if (f->n_maps == f->maps_room) {
		f->maps_room = f->maps_room ? 2 * f->maps_room : 16;
		f->maps = must_grow(f->maps, f->maps_room, sizeof(*f->maps));
	}
	most = f->in_memory / ARENA_FILE_MAP > WAKE_MAPS ? f->in_memory / ARENA_FILE_MAP
							 : WAKE_MAPS;
	if (f->n_maps % most == 0)
		arena_file_rest(f);
	f->maps[f->n_maps++] = map;
	return map;
}

bool arena_file_leave(struct arena_file *f, const void *chunk)
{
	for (size_t i = f->n_maps; i-- > 0;) {
		if (f->maps[i] != chunk)
			continue;
		munmap(f->maps[i], ARENA_FILE_MAP);
		f->maps[i] = f->maps[--f->n_maps];
		return true;
	}
	return false;
}
