#include "arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <fcntl.h>
#include <sys/mman.h>

#include "arena_room.h"
#include "guard.h"
#include "stream.h"
#include "text_format.h"

/* A sanitizer shall see who uses what was not given out, or was given back. */
#if defined(__SANITIZE_ADDRESS__)
#define IS_WATCHED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_WATCHED 1
#endif
#endif
#ifdef IS_WATCHED
#include <sanitizer/asan_interface.h>
#define hide(at, size) __asan_poison_memory_region((at), (size))
#define show(at, size) __asan_unpoison_memory_region((at), (size))
static const bool is_unwatched = false;
#else
#define hide(at, size) ((void)(at), (void)(size))
#define show(at, size) ((void)(at), (void)(size))
static const bool is_unwatched = true;
#endif

enum {
	CHUNK_MIN = 4096,
	CHUNK_MAX = 1 << 20,
	CHUNK_CHILD = 512,
	SPARE_CHUNKS = 16,
	SLAB_CHUNKS = 32,
	HELD_CHUNKS = 12,
	/* Mapped ones, and objects looked at, before all of them rest: at least … */
	WAKE_CHUNKS = 8,
	LOOKED = 512,
	/* … and as many as have room in what the arena may have in memory; an object is on a page.
	 */
	PAGE = 4096,
};

struct chunk {
	struct chunk *older;
	size_t room, used;
	bool is_mapped;
	bool is_guarded;
};

/* Where the chunks of an arena are that is much. */
struct arena_file {
	size_t in_memory; /* of the arena's octets */
	struct stream stream;
	off_t length;
	void **maps; /* of CHUNK_MAX each: to look into them would bring them back */
	size_t n_maps, maps_room;
	unsigned n_looked;
	bool is_open;
	bool is_refused; /* no room */
};

struct arena {
	struct chunk *newest, *second; /* which may have room */
	struct chunk *chunks;          /* all but those that are held, the last one first */
	/* Of CHUNK_CHILD, from the parent. They are given back without a look into them: nobody did
	 * for long, and each would be waited for. */
	struct chunk *held[HELD_CHUNKS];
	size_t n_held;
	struct chunk *spare; /* of CHUNK_MAX, left from the round before */
	size_t n_spare;
	size_t ceiling, used;
	bool is_full;
	bool is_guarded;
	struct arena *parent; /* whose ceiling it shares, or NULL */
	struct chunk **small; /* of CHUNK_CHILD, for children */
	size_t n_small, small_room;
	struct chunk *slabs; /* of SLAB_CHUNKS of those each */
	struct arena *children, *younger, *elder;
	struct arena_file *file; /* NULL: none is wanted */
};

/* The one place where the program gives up for want of memory (contract: exit status 5). */
static _Noreturn void out_of_memory(void)
{
	fputs("l2tpscope: out of memory\n", stderr);
	exit(5);
}

void *must_grow(void *old, size_t count, size_t size)
{
	void *grown;

	if (size != 0 && count > SIZE_MAX / size)
		out_of_memory();
	grown = realloc(old, count == 0 || size == 0 ? 1 : count * size);
	if (!grown)
		out_of_memory();
	return grown;
}

void *must_room(size_t count, size_t size)
{
	return must_grow(NULL, count, size);
}

void *must_alloc(size_t count, size_t size)
{
	void *fresh = calloc(count ? count : 1, size ? size : 1);

	if (!fresh)
		out_of_memory();
	return fresh;
}

void *must_alloc_line(size_t size)
{
	enum { LINE = 64 };
	size_t whole = (size + LINE - 1) / LINE * LINE;
	void *fresh = aligned_alloc(LINE, whole);

	if (!fresh)
		out_of_memory();
	return memset(fresh, 0, whole);
}

static size_t rounded(size_t size)
{
	size_t unit = alignof(max_align_t);

	return (size + unit - 1) / unit * unit;
}

static uint8_t *chunk_room(struct chunk *c)
{
	return (uint8_t *)c + rounded(sizeof(*c));
}

struct arena *arena_new(size_t ceiling)
{
	struct arena *a = must_alloc(1, sizeof(*a));

	a->ceiling = ceiling;
	return a;
}

struct arena *arena_new_guarded(size_t ceiling)
{
	struct arena *a = arena_new(ceiling);

	a->is_guarded = true;
	return a;
}

struct arena *arena_child(struct arena *parent)
{
	struct arena *a = arena_new(SIZE_MAX);

	a->parent = parent;
	a->is_guarded = parent->is_guarded;
	a->elder = parent->children;
	if (a->elder)
		a->elder->younger = a;
	parent->children = a;
	return a;
}

struct arena *arena_new_spilled(size_t ceiling, size_t in_memory)
{
	struct arena *a = arena_new(ceiling);

	a->file = must_alloc(1, sizeof(*a->file));
	a->file->in_memory = in_memory;
	return a;
}

static void file_close(struct arena_file *f)
{
	if (!f)
		return;
	if (f->is_open)
		stream_close(&f->stream);
	free(f->maps);
	free(f);
}

/* Mostly the next one stands before the last one, or behind it. */
void arena_rest(struct arena *a)
{
	for (size_t i = 0, n; a->file && i < a->file->n_maps; i += n) {
		char *first = a->file->maps[i], *last = first;

		for (n = 1; i + n < a->file->n_maps; n++) {
			char *next = a->file->maps[i + n];

			if (next + CHUNK_MAX == first)
				first = next;
			else if (last + CHUNK_MAX == next)
				last = next;
			else
				break;
		}
		madvise(first, (size_t)(last - first) + CHUNK_MAX, MADV_DONTNEED);
	}
}

static __attribute__((noinline)) void file_looked(struct arena *a)
{
	size_t most = a->file->in_memory / PAGE > LOOKED ? a->file->in_memory / PAGE : LOOKED;

	if (++a->file->n_looked < most)
		return;
	a->file->n_looked = 0;
	arena_rest(a);
}

/* Asked at each step of every walk over calls and tunnels; few arenas have a file. */
void arena_looked(struct arena *a)
{
	if (a && a->file)
		file_looked(a);
}

/* Room for one more chunk in the file; NULL: there is none. */
static struct chunk *chunk_map(struct arena *a)
{
	struct arena_file *f = a->file;
	struct text why_not = text_make(256);
	struct chunk *c = MAP_FAILED;
	size_t most;

	if (!f->is_refused && !f->is_open)
		f->is_open = stream_temporary(&f->stream, &why_not);
	text_free(&why_not);
	if (!f->is_refused && f->is_open &&
	    posix_fallocate(fileno(f->stream.file), f->length, CHUNK_MAX) == 0)
		c = mmap(NULL, CHUNK_MAX, PROT_READ | PROT_WRITE, MAP_SHARED,
			 fileno(f->stream.file), f->length);
	f->is_refused = c == MAP_FAILED;
	if (f->is_refused)
		return NULL;
	f->length += CHUNK_MAX;
	if (f->n_maps == f->maps_room) {
		f->maps_room = f->maps_room ? 2 * f->maps_room : 16;
		f->maps = must_grow(f->maps, f->maps_room, sizeof(*f->maps));
	}
	most = f->in_memory / CHUNK_MAX > WAKE_CHUNKS ? f->in_memory / CHUNK_MAX : WAKE_CHUNKS;
	if (f->n_maps % most == 0)
		arena_rest(a);
	f->maps[f->n_maps++] = c;
	c->is_mapped = true;
	c->is_guarded = false;
	c->room = CHUNK_MAX - rounded(sizeof(*c));
	hide(chunk_room(c), c->room);
	return c;
}

static void chunk_free(struct chunk *c)
{
	if (!c)
		return;
	show(chunk_room(c), c->room);
	if (c->is_guarded)
		guard_wipe(chunk_room(c), c->room);
	if (c->is_mapped)
		munmap(c, CHUNK_MAX);
	else
		free(c);
}

static void leave_parent(struct arena *a)
{
	if (!a->parent)
		return;
	if (a->younger)
		a->younger->elder = a->elder;
	else
		a->parent->children = a->elder;
	if (a->elder)
		a->elder->younger = a->younger;
}

/* One of those that go from child to child. */
static bool is_small(const struct arena *a, size_t room)
{
	return is_unwatched && a->parent && room == CHUNK_CHILD;
}

static void map_leave(struct arena_file *f, const struct chunk *c)
{
	for (size_t i = f->n_maps; i-- > 0;) {
		if (f->maps[i] != c)
			continue;
		f->maps[i] = f->maps[--f->n_maps];
		return;
	}
}

static void small_put(struct arena *parent, struct chunk *c)
{
	if (parent->n_small == parent->small_room) {
		parent->small_room = parent->small_room ? 2 * parent->small_room : SLAB_CHUNKS;
		parent->small =
			must_grow(parent->small, parent->small_room, sizeof(struct chunk *));
	}
	parent->small[parent->n_small++] = c;
}

static void chunk_leave(struct arena *a, struct chunk *c)
{
	if (is_small(a, c->room)) {
		small_put(a->parent, c);
		return;
	}
	if (c->is_mapped)
		map_leave(a->file, c);
	if (c->room != CHUNK_MAX || a->n_spare == SPARE_CHUNKS) {
		chunk_free(c);
		return;
	}
	hide(chunk_room(c), c->used);
	c->older = a->spare;
	a->spare = c;
	a->n_spare++;
}

static void chunks_free(struct chunk *c)
{
	struct chunk *older;

	for (; c; c = older) {
		older = c->older;
		chunk_free(c);
	}
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	while (a->children)
		arena_free(a->children);
	arena_reset(a);
	leave_parent(a);
	if (a->chunks)
		chunk_leave(a, a->chunks);
	chunks_free(a->spare);
	free(a->small);
	chunks_free(a->slabs);
	file_close(a->file);
	free(a);
}

void arena_reset(struct arena *a)
{
	a->is_full = false;
	if (a->used == 0)
		return;
	while (a->n_held > 0)
		small_put(a->parent, a->held[--a->n_held]);
	while (a->chunks && a->chunks->older) {
		struct chunk *older = a->chunks->older;

		chunk_leave(a, a->chunks);
		a->chunks = older;
	}
	a->newest = a->chunks;
	a->second = NULL;
	if (a->newest) {
		hide(chunk_room(a->newest), a->newest->used);
		a->newest->used = 0;
	}
	if (a->parent)
		a->parent->used -= a->used;
	a->used = 0;
}

static bool wants_file(const struct arena *a, size_t size)
{
	return a->file && a->used >= a->file->in_memory &&
	       size <= CHUNK_MAX - rounded(sizeof(struct chunk));
}

static struct chunk *chunk_new(const struct arena *a, size_t room)
{
	size_t size = rounded(sizeof(struct chunk)) + room;
	struct chunk *c = must_grow(NULL, 1, size);

	*c = (struct chunk){.room = room, .is_guarded = a->is_guarded};
	if (c->is_guarded)
		guard_lock(c, size);
	hide(chunk_room(c), room);
	return c;
}

/* Children need many small ones: they are made many at a time, and go from one to the other. */
static struct chunk *small_take(struct arena *parent)
{
	const size_t step = rounded(sizeof(struct chunk)) + CHUNK_CHILD;
	struct chunk *c;

	if (parent->n_small == 0) {
		struct chunk *slab = chunk_new(parent, SLAB_CHUNKS * step);

		slab->older = parent->slabs;
		parent->slabs = slab;
		for (size_t i = SLAB_CHUNKS; i-- > 0;)
			small_put(parent, (struct chunk *)(void *)(chunk_room(slab) + i * step));
	}
	c = parent->small[--parent->n_small];
	*c = (struct chunk){.room = CHUNK_CHILD};
	return c;
}

/* Chunks double with what the arena already holds, so small arenas stay small. */
static struct chunk *chunk_for(struct arena *a, size_t size)
{
	size_t least = a->parent ? CHUNK_CHILD : CHUNK_MIN;
	size_t share = a->parent ? a->used / 8 : a->used;
	size_t room = share < least ? least : share;
	struct chunk *c;

	if (room > CHUNK_MAX)
		room = CHUNK_MAX;
	if (a->parent && !a->newest) /* the object that it was made for */
		room = size;
	if (room < size)
		room = size;
	if (room == CHUNK_MAX && a->spare) {
		c = a->spare;
		a->spare = c->older;
		a->n_spare--;
	} else if (is_small(a, room)) {
		c = small_take(a->parent);
	} else {
		c = wants_file(a, size) ? chunk_map(a) : NULL;
		if (!c)
			c = chunk_new(a, room);
	}
	c->used = 0;
	a->second = a->newest;
	a->newest = c;
	if (is_small(a, c->room) && a->n_held < HELD_CHUNKS) {
		a->held[a->n_held++] = c;
		return c;
	}
	c->older = a->chunks;
	a->chunks = c;
	return c;
}

void arena_extend(struct arena *a, size_t more)
{
	a->ceiling = a->used <= SIZE_MAX - more ? a->used + more : SIZE_MAX;
	a->is_full = false;
}

static bool may_grow(struct arena *a, size_t size)
{
	if (a->is_full || size > a->ceiling - (a->used < a->ceiling ? a->used : a->ceiling))
		a->is_full = true;
	else
		a->used += size;
	return !a->is_full;
}

/* What was too large for the rest of a chunk does not waste that rest. */
static void roomier_first(struct arena *a)
{
	struct chunk *c = a->newest, *second = a->second;

	if (!a->parent || !c || !second || c->room - c->used >= second->room - second->used)
		return;
	a->newest = second;
	a->second = c;
}

/* Of a child nothing is wasted that a later, smaller object can use. */
static struct chunk *held_with_room(const struct arena *a, size_t size)
{
	for (size_t i = a->n_held; i-- > 0;)
		if (a->held[i]->room - a->held[i]->used >= size)
			return a->held[i];
	return NULL;
}

/* As nearly always: the newest chunk has room, and no ceiling is near. Else NULL. */
static inline void *take_near(struct arena *a, size_t size)
{
	struct chunk *c = a->newest;
	struct arena *parent = a->parent;
	const size_t asked = size;
	void *given;

	if (!c || a->is_full || size > CHUNK_MAX)
		return NULL;
	size = rounded(size ? size : 1);
	if (size > c->room - c->used || a->used + size > a->ceiling)
		return NULL;
	if (parent) {
		if (parent->is_full || parent->used + size > parent->ceiling)
			return NULL;
		parent->used += size;
	}
	given = chunk_room(c) + c->used;
	show(given, asked);
	c->used += size;
	a->used += size;
	return given;
}

static void *take_far(struct arena *a, size_t size)
{
	const size_t asked = size;
	struct chunk *c;
	void *given;

	if (a->is_full || size > a->ceiling) {
		a->is_full = true;
		return NULL;
	}
	size = rounded(size ? size : 1);
	if (a->parent && !may_grow(a->parent, size))
		return NULL;
	if (size > a->ceiling - (a->used < a->ceiling ? a->used : a->ceiling)) {
		a->is_full = true;
		return NULL;
	}
	roomier_first(a);
	c = a->newest;
	if (!c || c->room - c->used < size)
		c = held_with_room(a, size);
	if (!c)
		c = chunk_for(a, size);
	given = chunk_room(c) + c->used;
	show(given, asked);
	c->used += size;
	a->used += size;
	return given;
}

/* What was in it stays. */
static inline void *take(struct arena *a, size_t size)
{
	void *given = take_near(a, size);

	return given ? given : take_far(a, size);
}

static void *alloc_far(struct arena *a, size_t size)
{
	void *given = take_far(a, size);

	return given ? memset(given, 0, size) : NULL;
}

void *arena_alloc(struct arena *a, size_t size)
{
	void *given = take_near(a, size);

	return given ? memset(given, 0, size) : alloc_far(a, size);
}

void *arena_room(struct arena *a, size_t size)
{
	return take(a, size);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size) {
		a->is_full = true;
		return NULL;
	}
	return arena_alloc(a, count * size);
}

struct str arena_str(struct arena *a, struct str s)
{
	char *copy;

	if (s.len == 0)
		return (struct str){0};
	copy = take(a, s.len + 1);
	if (!copy)
		return (struct str){0};
	memcpy(copy, s.at, s.len);
	copy[s.len] = 0;
	return (struct str){.at = copy, .len = s.len};
}

struct span arena_span(struct arena *a, struct span s)
{
	uint8_t *copy;

	if (s.len == 0)
		return (struct span){0};
	copy = take(a, s.len);
	if (!copy)
		return (struct span){0};
	memcpy(copy, s.at, s.len);
	return (struct span){.at = copy, .len = s.len};
}

struct str arena_printf(struct arena *a, const char *format, ...)
{
	va_list list;
	struct str made;

	va_start(list, format);
	made = arena_vprintf(a, format, list);
	va_end(list);
	return made;
}

/* Where there is room it is written at once. */
struct str arena_vprintf(struct arena *a, const char *format, va_list list)
{
	struct chunk *c = a->newest;
	size_t room = is_unwatched && c && !a->is_full ? c->room - c->used : 0;
	char *at = room ? (char *)chunk_room(c) + c->used : NULL;
	char *copy;
	va_list again;
	int len;

	va_copy(again, list);
	len = text_format(at, room, format, list);
	copy = len > 0 ? take(a, (size_t)len + 1) : NULL;
	if (copy && copy != at)
		text_format(copy, (size_t)len + 1, format, again);
	va_end(again);
	return copy ? (struct str){.at = copy, .len = (size_t)len} : (struct str){0};
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}

bool arena_is_full(const struct arena *a)
{
	return a->is_full;
}
