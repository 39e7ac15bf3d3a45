#include "growing.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arena.h"
#include "limits.h"
#include "same_file.h"

enum {
	GROW_STEP = 16 << 20, /* of memory that is made usable at once, and forgotten */
	READ_MOST = 1 << 20,
	FILE_TICK = 200, /* milliseconds between two looks at a file */
};

struct growing {
	int fd;
	const char *path; /* NULL: not followed by its name */
	bool is_pipe;
	char *at; /* LIMIT_GROWING octets of addresses, of which the first `usable` are memory */
	size_t len, usable, forgotten;
};

static bool is_file(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

struct growing *growing_open(const char *path, struct text *why_not)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	struct growing *g;
	void *at;

	if (fd < 0 || fstat(fd, &st) < 0 || S_ISDIR(st.st_mode)) {
		text_puts(why_not,
			  fd < 0 || !S_ISDIR(st.st_mode) ? strerror(errno) : "is a directory");
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	at = mmap(NULL, LIMIT_GROWING, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
		  0);
	if (at == MAP_FAILED) {
		text_printf(why_not, "no memory to follow it: %s", strerror(errno));
		close(fd);
		return NULL;
	}
	g = must_alloc(1, sizeof(*g));
	*g = (struct growing){
		.fd = fd, .path = is_stdin ? NULL : path, .is_pipe = !is_file(fd), .at = at};
	return g;
}

void growing_close(struct growing *g)
{
	if (!g)
		return;
	munmap(g->at, LIMIT_GROWING);
	close(g->fd);
	free(g);
}

static bool room_make(struct growing *g)
{
	if (g->usable - g->len >= READ_MOST)
		return true;
	if (LIMIT_GROWING - g->usable < GROW_STEP ||
	    mprotect(g->at + g->usable, GROW_STEP, PROT_READ | PROT_WRITE) != 0)
		return false;
	g->usable += GROW_STEP;
	return true;
}

/* Is there another file of that name, or is this one shorter than what was read of it? */
static void file_find_again(struct growing *g)
{
	struct stat now, own;
	off_t at = lseek(g->fd, 0, SEEK_CUR);
	int fd;

	if (!g->path || fstat(g->fd, &own) < 0 || stat(g->path, &now) < 0)
		return;
	if (is_same_file(&own, &now)) {
		if (own.st_size < at)
			lseek(g->fd, 0, SEEK_SET);
		return;
	}
	fd = open(g->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	close(g->fd);
	g->fd = fd;
}

static bool pipe_waits(const struct growing *g, int milliseconds)
{
	struct pollfd ready = {.fd = g->fd, .events = POLLIN};

	return poll(&ready, 1, milliseconds) > 0;
}

static ssize_t take(struct growing *g)
{
	ssize_t n = read(g->fd, g->at + g->len, READ_MOST);

	if (n > 0)
		g->len += (size_t)n;
	return n;
}

static enum growth pipe_wait(struct growing *g, int milliseconds)
{
	ssize_t n;

	if (!pipe_waits(g, milliseconds))
		return GROWTH_NONE;
	n = take(g);
	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? GROWTH_NONE : GROWTH_END;
	return n > 0 ? GROWTH_MORE : GROWTH_END;
}

static enum growth file_wait(struct growing *g, int milliseconds)
{
	while (take(g) <= 0) {
		int tick = milliseconds < FILE_TICK ? milliseconds : FILE_TICK;

		file_find_again(g);
		if (milliseconds <= 0 || poll(NULL, 0, tick) < 0)
			return GROWTH_NONE;
		milliseconds -= tick;
	}
	return GROWTH_MORE;
}

enum growth growing_wait(struct growing *g, int milliseconds)
{
	if (!room_make(g))
		return GROWTH_FULL;
	return g->is_pipe ? pipe_wait(g, milliseconds) : file_wait(g, milliseconds);
}

struct str growing_text(const struct growing *g)
{
	return (struct str){g->at, g->len};
}

void growing_forget(struct growing *g, size_t offset)
{
	size_t until = offset / GROW_STEP * GROW_STEP;

	if (until <= g->forgotten)
		return;
	madvise(g->at + g->forgotten, until - g->forgotten, MADV_DONTNEED);
	mprotect(g->at + g->forgotten, until - g->forgotten, PROT_NONE);
	g->forgotten = until;
}
